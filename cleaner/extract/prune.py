"""DOM rules: which elements they select, found by the names of elements, and how an element is cut."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml.etree import XPath

from cleaner.extract.blocks import BLOCKS
from cleaner.find import host_matches, scanner
from cleaner.model import Pruned, Rule
from cleaner.selector import Selector, selectors
from cleaner.spare import Keep

LONG = 80
ENOUGH = 500
GREATEST_SHARE = 1 / 3
GREATEST_SHARE_OF_ALL = 0.6  # of all hits of a rule: a name that each paragraph bears
Part = tuple[Rule, Selector]
_UNCUT = frozenset({"html", "body", "main"})
_LONG_TEXTS = XPath(
    f".//text()[string-length() >= {LONG}][string-length(normalize-space()) >= {LONG}][not(parent::script or"
    " parent::style or parent::noscript or parent::template or parent::option or parent::textarea or ancestor::a)]",
    smart_strings=False,
)
_LONG_BEFORE = XPath(
    f"preceding::text()[string-length() >= {LONG}][string-length(normalize-space()) >= {LONG}][not(parent::script or"
    " parent::style or parent::noscript or parent::template or parent::option or parent::textarea or ancestor::a)]",
    smart_strings=False,
)
_FRAME = XPath('self::*[@itemprop="articleBody"] | .//h1 | .//main | .//*[@role="main" or @itemprop="articleBody"]')
_CACHE_LIMIT = 1_000
_KNOWN: dict[tuple[tuple[str, str], ...], "Selectors"] = {}


class Selectors:
    """The selectors of a set of rules, keyed by the attribute value or the tag that an element must have."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        parts = [(rule, selector) for rule in rules for selector in selectors(rule.select)]
        names = sorted({selector.name for _, selector in parts if selector.name})
        self.by_name = {name: _Values([part for part in parts if part[1].name == name]) for name in names}
        self.by_tag: dict[str, list[Part]] = {}
        for part in parts:
            if not part[1].name and part[1].tag:
                self.by_tag.setdefault(part[1].tag, []).append(part)

    def selected(self, tree: Any) -> Iterator[tuple[Part, Any]]:
        """Yield every element that is selected with its rule and selector, in the order of the page."""
        followed: set[tuple[Selector, Any]] = set()
        for element in tree.iter("*"):
            for part in self._anchored(element):
                selector = part[1]
                if selector.reach == "following":  # the first anchor reaches all that the next ones would
                    key = (selector, element.getparent())
                    if key in followed:
                        continue
                    followed.add(key)
                yield from ((part, found) for found in selector.reached(element))

    def _anchored(self, element: Any) -> list[Part]:
        tagged = self.by_tag.get(element.tag)
        parts = [part for part in tagged if part[1].matches(element)] if tagged else []
        for name, value in element.items():
            if (values := self.by_name.get(name)) is None:
                continue
            fitting = values.cache.get(value)  # most values were seen before
            if fitting is None:
                fitting = values.fitting(value)
            if fitting:
                parts += [part for part in fitting if part[1].simple or part[1].matches(element)]
        return parts


class _Values:
    """The selectors of one attribute, by the values that fit."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.anyhow = [part for part in parts if not part[1].value]
        wanted = sorted({selector.value for _, selector in parts if selector.value})
        self.by_value = [[part for part in parts if part[1].value == value] for value in wanted]
        self.scan = scanner(wanted)
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
        for index in sorted({number for number, _ in self.scan(value.encode("utf-8", "replace"))}):
            yield from (part for part in self.by_value[index] if part[1].fits(value))


def prune(tree: Any, rules: Sequence[Rule], host: str, keep: Keep | None = None) -> list[Pruned]:
    """Cut from the tree every element that a rule selects, and say which.

    An element that holds the story (a third of the page's running text, with hardly any before it) stays, whatever
    it is named; so does one whose text `keep` allows, with all that is in it.
    """
    rules = tuple(rule for rule in rules if rule.select)
    general = tuple(rule for rule in rules if not rule.sites)
    sites = tuple(rule for rule in rules if rule.sites and host_matches(host, rule.sites))
    pruned: list[Pruned] = []
    for chosen in (general, sites):
        if chosen:
            _prune(tree, _selectors(chosen), pruned, keep)
    return pruned


def _selectors(rules: Sequence[Rule]) -> Selectors:
    key = tuple((rule.id, rule.select) for rule in rules)
    if key not in _KNOWN:
        if len(_KNOWN) >= 64:  # noqa: PLR2004  sites with rules of their own, a handful of rule sets
            _KNOWN.clear()
        _KNOWN[key] = Selectors(rules)
    return _KNOWN[key]


def _prune(tree: Any, known: Selectors, pruned: list[Pruned], keep: Keep | None) -> None:
    hits: dict[Selector, tuple[Rule, dict[Any, None]]] = {}
    for (rule, selector), element in known.selected(tree):
        if element.tag not in _UNCUT:
            hits.setdefault(selector, (rule, {}))[1][element] = None
    total = _long(tree) if hits else 0
    allowed = _allowed(hits.values(), keep) if keep else frozenset()
    for rule, elements in hits.values():
        enough = ENOUGH // 2 if rule.category == "comments" else ENOUGH  # a thread is never above its story
        texts = {element: "".join(element.itertext()) for element in elements if _in_tree(element, tree)}
        held = {element: _long(element) if len(text) >= LONG else 0 for element, text in texts.items()}
        outermost = [(one, size) for one, size in held.items() if not any(up in held for up in one.iterancestors())]
        if _holds_story(outermost, total * GREATEST_SHARE_OF_ALL, enough):
            continue
        for element, size in held.items():
            if not _in_tree(element, tree):
                continue  # it went with one around it
            if element in allowed or _holds_story([(element, size)], total * GREATEST_SHARE, enough):
                continue
            if not _is_frame(element, size) and not (keep and keep.ignores(rule.id)):
                pruned.append(Pruned(rule.id, " ".join(texts[element].split())))
                cut(element, texts[element])


def _allowed(hits: Iterable[tuple[Rule, Iterable[Any]]], keep: Keep) -> frozenset[Any]:
    """Return the elements whose text is allowed, and all in them."""
    if not keep.allow:
        return frozenset()
    kept = {one for _, elements in hits for one in elements if keep.holds(visible(one))}
    return frozenset(inner for element in kept for inner in element.iter())


def _in_tree(element: Any, tree: Any) -> bool:
    return element.getparent() is not None and element.getroottree().getroot() is tree


def _holds_story(hits: Sequence[tuple[Any, int]], most: float, enough: int) -> bool:
    """Say whether elements hold more of the running text than they may, with hardly any before the first of them."""
    held = sum(size for _, size in hits)
    if held <= most:
        return False
    first = next(element for element, size in hits if size)
    return _sum(_LONG_BEFORE(first)) < enough


def _is_frame(element: Any, held: int) -> bool:
    """Say whether an element is the frame of the story although a long thread of comments makes its share small."""
    return held > ENOUGH and bool(_FRAME(element)) and _sum(_LONG_BEFORE(element)) < ENOUGH


def _long(element: Any) -> int:
    return _sum(_LONG_TEXTS(element))


def _sum(texts: Sequence[str]) -> int:
    return sum(len(text.strip()) for text in texts)


def visible(element: Any) -> str:
    """Return the text of an element in single spaces."""
    return " ".join("".join(element.itertext()).split())


def cut(element: Any, text: str) -> None:
    """Remove an element with this text, keep the text behind it, and neither join two words nor part one."""
    tail = element.tail or ""
    parent, previous, following = element.getparent(), element.getprevious(), element.getnext()
    after = tail or ("" if following is None else next(following.itertext(), ""))
    if after[:1].isalnum() and (element.tag in BLOCKS or any(character.isspace() for character in text)):
        before = (parent.text if previous is None else previous.tail or "".join(previous.itertext())) or ""
        tail = " " + tail if before[-1:].isalnum() else tail
    if previous is None:
        parent.text = (parent.text or "") + tail
    else:
        previous.tail = (previous.tail or "") + tail
    element.tail = None
    parent.remove(element)
