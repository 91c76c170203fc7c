"""DOM rules: which elements they select, found by the names of elements, and how an element is cut."""

from collections.abc import Iterator, Sequence
from typing import Any

from ahocorasick_rs import AhoCorasick
from lxml.etree import XPath

from cleaner.extract.blocks import BLOCKS
from cleaner.find import host_matches
from cleaner.model import Pruned, Rule
from cleaner.selector import Selector, selectors

LONG = 80
ENOUGH = 500
GREATEST_SHARE = 1 / 3
Part = tuple[Rule, Selector]
_UNCUT = frozenset({"html", "body", "main"})
_LONG_TEXTS = XPath(
    f".//text()[string-length() >= {LONG}][string-length(normalize-space()) >= {LONG}][not(parent::script or parent::style"
    " or parent::noscript or parent::template or parent::option or parent::textarea or ancestor::a)]",
    smart_strings=False,
)
_LONG_BEFORE = XPath(
    f"preceding::text()[string-length() >= {LONG}][string-length(normalize-space()) >= {LONG}][not(parent::script or"
    " parent::style or parent::noscript or parent::template or parent::option or parent::textarea or ancestor::a)]",
    smart_strings=False,
)
_CACHE_LIMIT = 5_000
_KNOWN: dict[tuple[tuple[str, str], ...], "Selectors"] = {}


class Selectors:
    """The selectors of a set of rules, keyed by the attribute value that an element must have to be selected.

    Only pages where an attribute has a fitting value, and of them only the elements that bear it, are looked at.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        parts = [(rule, selector) for rule in rules for selector in selectors(rule.select)]
        self.loose = [part for part in parts if not part[1].name]
        self.keyed = {
            name: _Keys(name, [part for part in parts if part[1].name == name])
            for name in sorted({selector.name for _, selector in parts if selector.name})
        }

    def selected(self, tree: Any) -> Iterator[tuple[Rule, Any]]:
        """Yield every element that a rule selects, with the rule."""
        whole: dict[Selector, frozenset[Any]] = {}
        for name, keys in self.keyed.items():
            hits = {value: parts for value in set(keys.values(tree)) if (parts := keys.fitting(value))}
            for element in keys.bearers(tree) if hits else ():
                for rule, selector in hits.get(element.get(name), ()):
                    if selector.simple or element in _all(selector, tree, whole):
                        yield rule, element
        for rule, selector in self.loose:
            for element in selector.select(tree):
                yield rule, element


class _Keys:
    """The selectors of one attribute, by the values that fit."""

    def __init__(self, name: str, parts: Sequence[Part]) -> None:
        self.values = XPath(f"//@{name}", smart_strings=False)
        self.bearers = XPath(f"//*[@{name}]")
        self.anyhow = [part for part in parts if not part[1].value]
        wanted = sorted({selector.value for _, selector in parts if selector.value})
        self.by_value = [[part for part in parts if part[1].value == value] for value in wanted]
        self.scanner = AhoCorasick(wanted) if wanted else None
        self.cache: dict[str, tuple[Part, ...]] = {}

    def fitting(self, value: str) -> tuple[Part, ...]:
        """Return the selectors that an element with this value of the attribute may satisfy."""
        if (found := self.cache.get(value)) is None:
            if len(self.cache) >= _CACHE_LIMIT:
                self.cache.clear()
            found = self.cache[value] = tuple(self._fitting(value))
        return found

    def _fitting(self, value: str) -> Iterator[Part]:
        yield from self.anyhow
        if self.scanner is not None:
            for index in {hit[0] for hit in self.scanner.find_matches_as_indexes(value, overlapping=True)}:
                yield from (part for part in self.by_value[index] if part[1].fits(value))


def _all(selector: Selector, tree: Any, whole: dict[Selector, frozenset[Any]]) -> frozenset[Any]:
    if selector not in whole:
        whole[selector] = frozenset(selector.select(tree))
    return whole[selector]


def prune(tree: Any, rules: Sequence[Rule], host: str) -> list[Pruned]:
    """Cut from the tree every element that a rule selects, and say which.

    An element that holds the story (a third of the page's running text, with hardly any before it) stays, whatever
    it is named.
    """
    rules = tuple(rule for rule in rules if rule.select)
    general = tuple(rule for rule in rules if not rule.sites)
    sites = tuple(rule for rule in rules if rule.sites and host_matches(host, rule.sites))
    pruned: list[Pruned] = []
    for chosen in (general, sites):
        if chosen:
            _prune(tree, _selectors(chosen), pruned)
    return pruned


def _selectors(rules: Sequence[Rule]) -> Selectors:
    key = tuple((rule.id, rule.select) for rule in rules)
    if key not in _KNOWN:
        if len(_KNOWN) >= 64:  # noqa: PLR2004  sites with rules of their own, a handful of rule sets
            _KNOWN.clear()
        _KNOWN[key] = Selectors(rules)
    return _KNOWN[key]


def _prune(tree: Any, known: Selectors, pruned: list[Pruned]) -> None:
    total = -1
    for rule, element in list(known.selected(tree)):
        if element.tag in _UNCUT or element.getparent() is None or element.getroottree().getroot() is not tree:
            continue
        held = _long(_LONG_TEXTS(element))
        if held:
            total = _long(_LONG_TEXTS(tree)) if total < 0 else total
            if held > total * GREATEST_SHARE and _long(_LONG_BEFORE(element)) < ENOUGH:
                continue
        pruned.append(Pruned(rule.id, visible(element)))
        cut(element)


def _long(texts: Sequence[str]) -> int:
    return sum(len(text.strip()) for text in texts)


def visible(element: Any) -> str:
    """Return the text of an element in single spaces."""
    return " ".join(element.text_content().split())


def cut(element: Any) -> None:
    """Remove an element, keep the text behind it, and neither join two words nor part one."""
    held, tail = element.text_content(), element.tail or ""
    apart = element.tag in BLOCKS or any(character.isspace() for character in held)
    previous, following = element.getprevious(), element.getnext()
    before = element.getparent().text if previous is None else previous.tail or previous.text_content()
    after = tail or ("" if following is None else following.text_content())
    if apart and (before or "")[-1:].isalnum() and after[:1].isalnum():
        element.tail = " " + tail
    element.drop_tree()
