"""CSS selectors of rules: what each asks of an element's attributes, and as XPath. `:has()` is done here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex
from cssselect import HTMLTranslator, SelectorError, parser
from lxml.etree import XPath, XPathError

_TRANSLATOR = HTMLTranslator()
_BRACKETS = r"""(?: [^()\[\]"'] | "[^"]*" | '[^']*' | \[ (?: [^\]"'] | "[^"]*" | '[^']*' )* \] | \( (?&inner)* \) )"""
_TOP = regex.compile(rf"(?x) (?: (?!,) (?P<inner> {_BRACKETS} ) )+")
_HAS = regex.compile(rf"(?x) (?P<no> :not\( )? :has\( \s* (?P<what> (?P<inner> {_BRACKETS} )+ ) \) (?(no) \) )")


class SelectError(ValueError):
    """A selector that is not valid; the message says why."""


@dataclass(frozen=True, eq=False)
class Selector:
    """One selector of a list.

    An element that it selects has the attribute `name` with a value that fits `operator` and `value`; "" where it asks
    for none. `simple` says that this decides alone, else the element must also be among those that `select` returns.
    """

    name: str
    operator: str
    value: str
    simple: bool
    path: XPath
    holds: tuple[tuple[XPath, bool], ...] = ()

    def select(self, tree: Any) -> list[Any]:
        """Return all elements of a tree that are selected."""
        return [
            element for element in self.path(tree) if all(bool(path(element)) is wanted for path, wanted in self.holds)
        ]

    def fits(self, value: str) -> bool:
        """Say whether an attribute's value is one that this asks for."""
        wanted = self.value
        match self.operator:
            case "~=":
                return wanted in value.split()
            case "=":
                return value == wanted
            case "^=":
                return value.startswith(wanted)
            case "$=":
                return value.endswith(wanted)
            case "|=":
                return value == wanted or value.startswith(wanted + "-")
            case "*=":
                return wanted in value
        return True


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
    holds = []
    for match in _HAS.finditer(text):
        if regex.search(r"\s*[\s>+~]\s*\S", text[match.end() :]):
            raise SelectError(f":has() must stand on the element that is selected: {text[:80]!r}")
        what = match["what"].strip()
        holds.append((_path(what.lstrip("> "), "child::" if what.startswith(">") else "descendant::"), not match["no"]))
    bare = _HAS.sub("", text)
    bare = bare + "*" if not bare or bare[-1] in " >+~" else bare
    try:
        parsed = parser.parse(bare)
        [selector] = parsed
        path = XPath(_TRANSLATOR.selector_to_xpath(selector))
    except (SelectorError, XPathError, ValueError) as error:
        raise SelectError(f"{error} in {text[:80]!r}") from error
    tree = selector.parsed_tree
    simple = not holds and isinstance(tree, parser.Class | parser.Hash | parser.Attrib) and _is_any(tree.selector)
    while isinstance(tree, parser.CombinedSelector):
        tree = tree.subselector
    return Selector(*_key(tree), simple, path, tuple(holds))


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
        if isinstance(tree, parser.Matching):
            return known
        tree = tree.selector
    return known


def _is_any(tree: Any) -> bool:
    return isinstance(tree, parser.Element) and tree.element is None
