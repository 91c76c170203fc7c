"""The nouns: what a document, a rule and a removal are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Where = Literal["", "head", "tail"]
At = Literal["", "start", "word"]
Removes = Literal["line", "match"]


@dataclass(frozen=True, slots=True)
class Document:
    """One article: `text` never changes, and every offset counts its code points."""

    text: str
    id: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the article comes from, or ""."""
        return str(self.meta.get("url") or "")


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of junk: a `pattern` for text lines, or a CSS `select` for elements of a page.

    With `at` "start" a literal only counts as the first word of a line, with "word" as whole words; else it counts
    anywhere in the line. With `case` it only counts as it is written.
    `longest` is the greatest length of a line, in code points, at which the pattern looks; 0 means any.
    `folded` says that the literals already are as rules see text, in one case unless case counts.
    `slots` holds the phrases, longest first, that `{{name}}` stands for in `pattern` and `through`.
    """

    id: str
    why: str
    literals: tuple[str, ...]
    examples: tuple[str, ...]
    pattern: str = ""
    select: str = ""
    removes: Removes = "line"
    through: str = ""
    at: At = ""
    case: bool = False
    longest: int = 0
    where: Where = ""
    sites: tuple[str, ...] = ()
    strict: bool = False
    also: str = ""
    source: str = ""
    folded: bool = False
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def category(self) -> str:
        """The kind of junk: the first part of the id."""
        return category_of(self.id)


def category_of(rule: str) -> str:
    """Return the kind of junk: the first part of a rule's id."""
    return rule.partition("/")[0]


def is_named(rule: str, name: str) -> bool:
    """Whether a name is the id of a rule, or its category."""
    return rule == name or rule.startswith(name.rstrip("/") + "/")


class Removal(NamedTuple):
    """Code points `start` (included) to `end` (excluded) of a text, and the ids of the rules that claimed them."""

    start: int
    end: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What did not come through from a page: the text of an element that a rule cut, or a line that was not taken.

    `rule` is the rule's id, or "extraction" with what decided in `why`.
    """

    rule: str
    text: str
    why: str = ""
