"""Markup in texts: what is taken out, and that the text with it can be made again."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.markup import has_markup, mark_again, unmark

PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<br/>", "&nbsp;", "&amp;", "&lt;b&gt;", "&none;", "<b class='x>y'>", "</b>", "\n", " ", "a"),
        *("é<", ">", "<!--", "-->", "<script>", "</script>", "&#160;", "&#0;", "<x>", "Tom & Ann;", '<a href="'),
    ]
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("One.<br>Two.<br />\nThree.", "One.\nTwo.\nThree."),
        ("He said&nbsp;so &amp; left.", "He said so & left."),
        ("A <b>bold</b> w<i>o</i>rd.", "A bold word."),
        ('<a href="/x" title="a > b">Link</a>', "Link"),
        ("<script>if (a < b) {}</script>Text<!-- note -->", "Text"),
        ("If a < b and b > c, then a<c.", "If a < b and b > c, then a<c."),
        ("AT&T; &none; &amp", "AT&T; &none; &amp"),
        ("&amp;nbsp;", "&nbsp;"),
        ("<jane@example.org>", "<jane@example.org>"),
    ],
)
def test_markup_is_taken_out(text: str, plain: str) -> None:
    assert unmark(text)[0] == plain


@given(st.lists(PIECES).map("".join))
def test_the_text_with_its_markup_can_be_made_again(text: str) -> None:
    plain, rewrites = unmark(text)
    assert mark_again(plain, rewrites, [text[one.start : one.end] for one in rewrites]) == text


@pytest.mark.parametrize(
    ("text", "held"), [("<p>a</p>", True), ("a&nbsp;b", True), ("a < b > c", False), ("R&D", False)]
)
def test_markup_is_recognised(text: str, held: bool) -> None:
    assert has_markup(text) is held


def test_a_text_with_markup_is_cleaned_without_it() -> None:
    text = "<p>The council met.</p><p>© Getty Images</p><p>It&nbsp;agreed.</p>"
    result = cleaner.Cleaner().clean_markup(text)
    assert result.text == "The council met.\nIt agreed."
    rewrites = result.document.meta["rewrites"]
    assert mark_again(result.document.text, rewrites, [text[one.start : one.end] for one in rewrites]) == text


def test_a_text_without_markup_is_cleaned_as_any_other() -> None:
    assert cleaner.Cleaner().clean_markup("A < B; R&D.").document.meta["rewrites"] == ()


@pytest.mark.parametrize(
    "text", ["<a " * 200_000, "<!--" * 100_000, "<script>" * 100_000, '<p "' * 100_000, "&" * 500_000]
)
def test_hostile_markup_ends_soon(text: str) -> None:
    started = time.process_time()
    try:
        unmark(text)
    except TimeoutError:
        return
    finally:
        assert time.process_time() - started < 20
