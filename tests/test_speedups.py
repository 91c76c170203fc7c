"""What is written in C does what is written in Python."""

import sys

import pytest
from hypothesis import given

from cleaner.fold import in_python
from tests.strategies import texts

speedups = pytest.importorskip("cleaner._speedups", reason="only a wheel holds what is written in C")
from cleaner.fold import _CASE_TWINS, _VARIANTS  # noqa: E402  of no use without

folder = speedups.Folder(_VARIANTS, _CASE_TWINS)


@given(texts)
def test_a_text_is_seen_as_python_sees_it(text: str) -> None:
    seen = folder(text)
    assert seen is None or seen == in_python(text)


@pytest.mark.parametrize("code", sorted(set(range(0x100)) - {0xB5}))
def test_a_character_of_latin_1_is_seen_as_python_sees_it(code: int) -> None:
    for text in (chr(code), f" {chr(code)}a{chr(code)}\n«{chr(code)}"):
        assert folder(text) == in_python(text)


def test_every_character_is_seen_as_python_sees_it_in_texts_of_any_width() -> None:
    for first in range(0, sys.maxunicode, 64):
        characters = "".join(map(chr, range(first, first + 64)))
        for text in (f"{characters}Σ\n", f"{characters[::-1]}\U0001f600", "\n".join(f"Σ\n{characters}")):
            assert folder(text) == in_python(text)


@pytest.mark.parametrize("size", [31, 32, 33, 64, 1000])
@pytest.mark.parametrize("special", ["`", "\r", "\r\n", "\n", "É", "’", "\U0001f600", "\ud800", "\x00", "\x7f"])
def test_a_character_is_seen_wherever_it_stands(size: int, special: str) -> None:
    for place in range(min(size, 70)):
        text = "Aa" * size
        text = text[:place] + special + text[place:size]
        assert folder(text) == in_python(text)


def test_a_dump_with_its_line_feeds_written_out_is_left_to_python() -> None:
    assert folder(r"one\ntwo\nthree") is None
    assert folder("one\n" + r"two\nthree\nfour") == in_python("one\n" + r"two\nthree\nfour")


@pytest.mark.parametrize("wrong", [(), (b"bytes",), ("one", "two"), (None,)])
def test_what_is_no_text_is_refused(wrong: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        folder(*wrong)


@pytest.mark.parametrize("variants", [{"ab": "c"}, {"a": ""}, {"\U0001f600": "a"}, {1: "a"}])
def test_a_table_of_anything_but_single_characters_is_refused(variants: dict[object, object]) -> None:
    with pytest.raises(ValueError, match="single characters"):
        speedups.Folder(variants, {})
