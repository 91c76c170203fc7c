"""Literals found in texts, by what is written in Python and by what is written in C."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.find.scan import Hit, InPython, Scan
from tests.strategies import texts

Make = Callable[[list[bytes], frozenset[int]], Scan]

LITERALS = [
    "foo",
    "o",
    "junk",
    "日本",
    "’s",
    "oo b",
    "\nfoo",
    "in",
    "ab",
    "abc",
    "abcd",
    "ab\0\0",
    "the harbour",
    "e h",
]
WORDS = frozenset({1, 7, 8, 9, 10})


def in_c(literals: list[bytes], words: frozenset[int]) -> Scan:
    made: Scan = pytest.importorskip("cleaner._literals", reason="only a wheel holds what is written in C").Literals(
        literals, words
    )
    return made


both = pytest.mark.parametrize("make", [InPython, in_c])


def is_alone(text: bytes, start: int, end: int) -> bool:
    beside = (text[start - 1 : start], text[end : end + 1])
    return all(byte and not (byte.isdigit() or byte.islower()) for byte in beside)


def naive(text: bytes, literals: Sequence[bytes], words: frozenset[int]) -> list[Hit]:
    """Every literal looked for at every place."""
    return [
        (number, start + len(literal))
        for number, literal in enumerate(literals)
        for start in range(len(text))
        if text.startswith(literal, start) and (number not in words or is_alone(text, start, start + len(literal)))
    ]


@both
@given(
    parts=st.lists(texts | st.text("fo jnukabcd\0in\n’s日本the harbour"), min_size=1, max_size=4),
    literals=st.lists(st.sampled_from(LITERALS), unique=True),
    words=st.frozensets(st.integers(0, 9)),
)
def test_every_hit_is_found(make: Make, parts: list[str], literals: list[str], words: frozenset[int]) -> None:
    encoded = [literal.encode() for literal in literals]
    scan = make(encoded, words)
    for part in parts:
        text = part.encode("utf-8", "surrogatepass")
        assert sorted(scan(text)) == sorted(naive(text, encoded, words))


@both
def test_the_same_is_found_however_much_was_seen_before(make: Make) -> None:
    many = (f"the {number} ships" for number in range(1500))  # of few literals C sees only the first text
    literals, chance = [literal.encode() for literal in (*LITERALS, *many)], random.Random(3)
    scan = make(literals, WORDS)
    text = b"".join(chance.choice([*literals[:20], b" the mayor ", b" harbour", b"\n"]) for _ in range(300))
    wanted = sorted(naive(text, literals, WORDS))
    for _ in range(12):
        scan(b"the junk and the harbour of foo " * 6000)
        assert sorted(scan(text)) == wanted


@both
@pytest.mark.parametrize("literal", [b"a", b"ab", b"abc", b"abcd", b"abcdefgh", b"abcdefghi"])
def test_a_literal_is_found_wherever_it_stands(make: Make, literal: bytes) -> None:
    scan = make([literal], frozenset())
    for before in (*range(4), *range(1010, 1030), *range(2040, 2050)):
        for behind in range(4):
            assert scan(b"-" * before + literal + b"-" * behind) == [(0, before + len(literal))]


@both
def test_nothing_is_found_where_nothing_stands(make: Make) -> None:
    for literals in ([], [b"a", b"ab", b"abc", b"abcd"]):
        for text in (b"", b"b", b"\0\0\0\0", b"bcd" * 2000):
            assert make(literals, frozenset({0}))(text) == []


@both
def test_several_threads_may_search(make: Make) -> None:
    scan = make([b"junk"], frozenset())
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(scan, [b"junk " * 1000] * 200)) == [[(0, end) for end in range(4, 5000, 5)]] * 200


@pytest.mark.parametrize("wrong", [([b""], frozenset()), (["text"], frozenset()), ([None], frozenset())])
def test_what_is_no_literal_is_refused(wrong: tuple[list[bytes], frozenset[int]]) -> None:
    with pytest.raises(ValueError, match="literals must be bytes"):
        in_c(*wrong)


@pytest.mark.parametrize("wrong", [(), ("text",), (b"one", b"two"), (None,)])
def test_what_is_no_text_in_bytes_is_refused(wrong: tuple[bytes, ...]) -> None:
    scan = in_c([b"junk"], frozenset())
    with pytest.raises(TypeError):
        scan(*wrong)
