"""Random texts, spans and rules for the laws."""

from typing import Any

import regex
from hypothesis import strategies as st

from cleaner.model import Removal, Rule

# Few words, so that rules hit; every kind of line end, space and quote that dumps hold.
_WORDS = (
    "Foo",
    "bar",
    "MORE",
    "junk",
    "©",
    "x",
    "日本",
    "é",
    "İ",
    "ſ",
    "ς",
    "👍",
    ". ",
    ", ",
    "’s",
    "(",
    ")",
    "“",
    "”",
)
_SPACES = (" ", " ", "  ", "\n", "\n\n", "\r\n", "\r", "\u2028", "\x85", "\\n", "\t", "\u00a0", "\u200b", "\ufeff")
_PIECES = st.sampled_from((*_WORDS, *_SPACES, "—", "-", "___", "?"))
texts = st.lists(_PIECES, max_size=40).map("".join)
_RULE_IDS = ("a/one", "b/two", "c/three")


@st.composite
def texts_and_claims(draw: st.DrawFn) -> tuple[str, list[Removal]]:
    """Return a text and claims anywhere in it, in no order and overlapping."""
    text = draw(texts)
    edges = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(edges, edges, st.sampled_from(_RULE_IDS)), max_size=6))
    return text, [Removal(min(a, b), max(a, b), (rule,)) for a, b, rule in pairs if a != b]


@st.composite
def rules(draw: st.DrawFn, number: int = 0) -> Rule:
    """Return a rule whose pattern holds its literal, of any kind of removal and place."""
    literal = draw(st.sampled_from(["foo", "Foo", "junk", "MORE", "©", "日本", "i", "s", "'", "- "]))
    frame = draw(st.sampled_from(["{}", "^{}", "{}$", r"\b{}.{{0,3}}", r"{}\W*", r".{{0,2}}{}", "^{}.*bar"]))
    extra: dict[str, Any] = {"through": draw(st.sampled_from(["", "", "^x$", "bar"]))}
    return Rule(
        id=f"{_RULE_IDS[number]}",
        why="",
        literals=(literal,),
        examples=(),
        pattern="(?i)" + frame.format(regex.escape(literal)),
        at=draw(st.sampled_from(["", "", "start", "word"])),
        case=draw(st.sampled_from([False, False, True])),
        removes=draw(st.sampled_from(["line", "match"])),
        where=draw(st.sampled_from(["", "", "head", "tail"])),
        **extra,
    )


rule_sets = st.tuples(rules(0), rules(1), rules(2))
