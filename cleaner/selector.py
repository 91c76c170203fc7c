"""CSS selectors of rules: what each asks of an element's attributes, and as XPath. `:has()` is done here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import regex
from cssselect import HTMLTranslator, SelectorError, parser
from lxml.etree import XPath, XPathError

_TRANSLATOR = HTMLTranslator()
_BRACKETS = r"""(?: [^()\[\]"'] | "[^"]*" | '[^']*' | \[ (?: [^\]"'] | "[^"]*" | '[^']*' )* \] | \( (?&inner)* \) )"""
_TOP = regex.compile(rf"(?x) (?: (?!,) (?P<inner> {_BRACKETS} ) )+")
_PARENT = regex.compile(rf"(?x) (?P<tag> \w+ ) :has\( \s* > \s* (?P<child> (?P<inner> {_BRACKETS} )+ ) \)")
_HAS = regex.compile(rf"(?x) (?P<no> :not\( )? :has\( \s* (?P<what> (?P<inner> {_BRACKETS} )+ ) \) (?(no) \) )")


class SelectError(ValueError):
    """A selector that is not valid; the message says why."""


@dataclass(frozen=True, eq=False)
class Selector:
    """One selector of a list, as it is looked for: by an anchor, the element whose attributes say most.

    An anchor has the tag `tag`, and the attribute `name` with a value that fits `operator` and `value`; "" where it
    asks for none. `simple` says that this decides alone. `reach` says what is selected where an anchor stands: ""
    itself, "following" (`X ~ *`) all its later siblings, else its parent if that has this tag (`div:has(> X)`).
    """

    tag: str
    name: str
    operator: str
    value: str
    simple: bool
    compound: Any
    holds: tuple[tuple[XPath, bool], ...] = ()
    reach: str = ""

    def matches(self, element: Any) -> bool:
        """Say whether an element is an anchor of this selector."""
        return _matches(self.compound, element) and all(bool(path(element)) is wanted for path, wanted in self.holds)

    def reached(self, anchor: Any) -> Iterator[Any]:
        """Yield what is selected where an anchor stands."""
        parent = anchor.getparent()
        if not self.reach:
            yield anchor
        elif self.reach == "following":
            yield from anchor.itersiblings("*")
        elif parent is not None and parent.tag == self.reach:
            yield parent

    def fits(self, value: str) -> bool:
        """Say whether an attribute's value is one that this asks for."""
        return _FITS[self.operator](self.value, value)


_FITS: dict[str, Callable[[str, str], bool]] = {
    "exists": lambda wanted, value: True,  # noqa: ARG005
    "~=": lambda wanted, value: wanted in value.split(),
    "=": str.__eq__,
    "!=": str.__ne__,
    "^=": lambda wanted, value: value.startswith(wanted),
    "$=": lambda wanted, value: value.endswith(wanted),
    "|=": lambda wanted, value: value == wanted or value.startswith(wanted + "-"),
    "*=": lambda wanted, value: wanted in value,
}


def _matches(tree: Any, element: Any) -> bool:
    """Match from the element outward: no list of all elements is made, so hostile pages cost no more than others."""
    match tree:
        case parser.Element():
            return tree.element is None or tree.element == element.tag
        case parser.Class():
            held = tree.class_name in (element.get("class") or "").split()
        case parser.Hash():
            held = element.get("id") == tree.id
        case parser.Attrib():
            value = element.get(tree.attrib)
            wanted = str(tree.value.value or "") if tree.value else ""
            held = value is not None and _FITS[tree.operator](wanted, value)
        case parser.Negation():
            held = not _matches(tree.subselector, element)
        case parser.Matching():
            held = any(_matches(other, element) for other in tree.selector_list)
        case parser.CombinedSelector():
            return _matches(tree.subselector, element) and _stands(tree, element)
        case _:
            raise SelectError(f"{type(tree).__name__} is not known")
    return held and _matches(tree.selector, element)


def _stands(tree: Any, element: Any) -> bool:
    """Say whether what is left of a combinator stands where it must."""
    parent = element.getparent()
    match tree.combinator:
        case ">":
            return parent is not None and _matches(tree.selector, parent)
        case "+":
            before = element.getprevious()
            return before is not None and _matches(tree.selector, before)
    return any(_matches(tree.selector, above) for above in element.iterancestors())


def selectors(text: str) -> list[Selector]:
    """Return the selectors of a comma-separated list.

    Raises:
        SelectError: one of them is not valid CSS, or has `:has()` elsewhere than on the selected element.
    """
    found = [_selector(part.strip()) for part in _parts(text)]
    if not found:
        raise SelectError("is empty")
    return found


def _parts(text: str) -> Iterator[str]:
    at = 0
    for match in _TOP.finditer(text):
        if text[at : match.start()].strip(" \t\r\n,"):
            break
        yield match[0]
        at = match.end()
    if text[at:].strip(" \t\r\n,"):
        raise SelectError(f"brackets or quotes do not match in {text[at:].strip()[:80]!r}")


def _selector(text: str) -> Selector:
    parent = _PARENT.fullmatch(text)
    if parent and not _HAS.search(parent["child"]):
        return _made(parent["child"], _parsed(parent["child"]), (), parent["tag"])
    holds = []
    for match in _HAS.finditer(text):
        if regex.search(r"\s*[\s>+~]\s*\S", text[match.end() :]):
            raise SelectError(f":has() must stand on the element that is selected: {text[:80]!r}")
        what = match["what"].strip()
        holds.append((_path(what.lstrip("> "), "child::" if what.startswith(">") else "descendant::"), not match["no"]))
    bare = _HAS.sub("", text)
    tree = _parsed(bare + "*" if not bare or bare[-1] in " >+~" else bare)
    if isinstance(tree, parser.CombinedSelector) and tree.combinator == "~":
        if holds or not (isinstance(tree.subselector, parser.Element) and _is_any(tree.subselector)):
            raise SelectError(f"only `X ~ *` is known of this kind: {text[:80]!r}")
        return _made(text, tree.selector, (), "following")
    return _made(text, tree, tuple(holds))


def _made(text: str, tree: Any, holds: tuple[tuple[XPath, bool], ...], reach: str = "") -> Selector:
    _check(tree, text)
    simple = not holds and isinstance(tree, parser.Class | parser.Hash | parser.Attrib) and _is_any(tree.selector)
    last = tree
    while isinstance(last, parser.CombinedSelector):
        last = last.subselector
    return Selector(_tag(last), *_key(last), simple, tree, holds, reach)


def _parsed(text: str) -> Any:
    try:
        [selector] = parser.parse(text)
        _TRANSLATOR.selector_to_xpath(selector)
        if selector.pseudo_element:
            raise SelectError(f"a pseudo-element is not in the page: {text[:80]!r}")
    except SelectorError as error:
        raise SelectError(f"{error} in {text[:80]!r}") from error
    return selector.parsed_tree


def _check(tree: Any, text: str) -> None:
    """Refuse what `_matches` does not know."""
    match tree:
        case parser.Element():
            return
        case parser.CombinedSelector() if tree.combinator == "~":
            raise SelectError(f"only `X ~ *` is known of this kind: {text[:80]!r}")
        case parser.CombinedSelector() | parser.Negation():
            _check(tree.subselector, text)
        case parser.Matching():
            for other in tree.selector_list:
                _check(other, text)
        case parser.Class() | parser.Hash() | parser.Attrib():
            pass
        case _:
            raise SelectError(f"use tags, classes, ids, attributes, :not(), :is() and :has() only: {text[:80]!r}")
    _check(tree.selector, text)


def _path(text: str, prefix: str) -> XPath:
    try:
        return XPath(_TRANSLATOR.css_to_xpath(text, prefix))
    except (SelectorError, XPathError) as error:
        raise SelectError(f"{error} in {text[:80]!r}") from error


def _key(tree: Any) -> tuple[str, str, str]:
    """Return the attribute, operator and value that one compound of a selector asks for."""
    known = ("", "", "")
    while not isinstance(tree, parser.Element):
        if isinstance(tree, parser.Class):
            return ("class", "~=", tree.class_name)
        if isinstance(tree, parser.Hash):
            return ("id", "=", tree.id)
        if isinstance(tree, parser.Attrib) and tree.operator != "!=" and not tree.namespace:
            value = tree.value.value if tree.value else ""
            known = (tree.attrib, tree.operator if value else "exists", value or "")
        tree = tree.selector
    return known


def _tag(tree: Any) -> str:
    while not isinstance(tree, parser.Element):
        tree = tree.selector
    return tree.element or ""


def _is_any(tree: Any) -> bool:
    return isinstance(tree, parser.Element) and tree.element is None
