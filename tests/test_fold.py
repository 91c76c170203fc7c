"""What rules see of a text."""

import sys
from collections import defaultdict

import pytest
import regex
from hypothesis import given

from cleaner.fold import View, fold_case, plain
from tests.strategies import texts

EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1)]


def test_plain_keeps_the_place_of_every_character_of_unicode() -> None:
    assert all(len(plain(character)) == 1 for character in EVERY_CHARACTER)


def test_fold_case_keeps_the_place_of_every_character_of_unicode() -> None:
    assert all(len(fold_case(character)) == 1 for character in EVERY_CHARACTER)
    assert len(fold_case("ΑΣ İı ﬅ")) == len("ΑΣ İı ﬅ")


def test_fold_case_makes_equal_what_patterns_hold_equal() -> None:
    cased = [c for c in EVERY_CHARACTER if not "\ud800" <= c <= "\udfff" and (c.lower() != c or c.upper() != c)]
    by_fold = defaultdict(set)
    for character in cased:
        by_fold[fold_case(character)].add(character)
    everything = "".join(cased)
    for character in cased:
        equal = set(regex.findall("(?i)" + regex.escape(character), everything))
        assert equal <= by_fold[fold_case(character)], character


@given(texts)
def test_length_stays(text: str) -> None:
    assert len(plain(text)) == len(fold_case(plain(text))) == len(text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("“it’s” — ok", '"it\'s" - ok'),
        ("ＡＤ：！", "AD:!"),
        ("a\r\nb\rc\u2028d\x85e", "a \nb\nc\nd\ne"),
        ("a\r\u2028b", "a\n\nb"),
        ("a\u00a0b\u200bc", "a b c"),
        (r"one\ntwo\nthree", "one \ntwo \nthree"),
        (r"C:\new", r"C:\new"),
        ("real\n" + r"C:\new\names", "real\n" + r"C:\new\names"),
    ],
)
def test_plain(text: str, seen: str) -> None:
    assert plain(text) == seen


def test_lines_hug_their_content_and_leave_the_byte_order_mark_out() -> None:
    view = View("\ufeff one \r\n\ntwo")
    assert [view.text[slice(*view.content(line))] for line in range(3)] == ["one", "", "two"]
    assert view.starts == [1, 8, 9]
