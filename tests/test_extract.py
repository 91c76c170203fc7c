"""Pages: what is cut from the tree, what is extracted, and what is no page."""

from typing import Any

import pytest

import cleaner
from cleaner import Rule
from cleaner.extract import ExtractionError, extract, prune_fragment

STORY = "The council met on Monday and agreed on a budget for the coming year after a long debate in the town hall. "
PAGE = f"""<html><head><title>Council agrees</title></head><body><nav><a href="/">Home</a></nav><article>
<h1>Council agrees</h1><p>{STORY * 2}</p><p>{{middle}}</p><p>{STORY * 2}</p></article></body></html>"""


def select(css: str, literal: str, **keys: Any) -> Rule:
    return Rule("kind/name", "", (literal,), (), select=css, **keys)


def test_the_article_of_a_page_is_extracted_and_cleaned() -> None:
    result = cleaner.clean_html(
        PAGE.format(middle="The mayor Jane DoeJane Ann DoeVote fails MORE left early that day.")
    )
    assert "The mayor Jane Doe left early that day." in result.text
    assert "Home" not in result.text


def test_the_same_page_gives_the_same_text_every_time() -> None:
    page = PAGE.format(middle=STORY)
    assert len({extract(page)[0].text for _ in range(5)}) == 1


def test_bytes_are_decoded_as_they_declare() -> None:
    page = PAGE.format(middle="Der Bürgermeister schwieg dazu am Montag lieber.").replace(
        "<head>", '<head><meta charset="iso-8859-1">'
    )
    assert "Bürgermeister" in cleaner.clean_html(page.encode("latin-1")).text


def test_what_a_rule_selects_is_cut_before_extraction_and_on_record() -> None:
    page = PAGE.format(middle='He said <span class="promo">Sign up now</span> that all was well with the town.')
    document, pruned = extract(page, [select(".promo", "promo")])
    assert "He said that all was well" in document.text
    assert [(cut.rule, cut.text) for cut in pruned] == [("kind/name", "Sign up now")]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one<i class=x>junk</i>two</p>", "onetwo"),
        ("<p>one<i class=x>two words</i>two</p>", "one two"),
        ("<p>one <i class=x>junk</i> two</p>", "one two"),
        ("<p>one<b>bold</b><i class=x>a b</i>tail</p>", "onebold tail"),
        ("<p>one<i class=x>a b</i><b>bold</b></p>", "one bold"),
        ("<div>one<div class=x>junk</div>two</div>", "one two"),
        ("<p class=x>gone <i class=x>inner</i></p><p>two</p>", "two"),
        ("<p>Doe<i class=x> a b</i>, mayor</p>", "Doe, mayor"),
    ],
)
def test_cutting_an_element_keeps_its_tail_and_glues_nothing(html: str, text: str) -> None:
    assert prune_fragment(html, [select(".x", "x")]) == text


def test_a_rule_of_a_site_runs_there_only() -> None:
    rule = select(".x", "x", sites=("news.example",))
    page = PAGE.format(middle='<span class="x">Widget text of the site</span> and then the story goes on as before.')
    assert "Widget" not in extract(page, [rule], url="https://www.news.example/a")[0].text
    assert "Widget" in extract(page, [rule], url="https://other.example/a")[0].text


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "no HTML"),
        ("plain words only", "no HTML"),
        (b"%PDF-1.7 ...", "PDF"),
        ("<html><body></body></html>", "holds no article"),
        (b"\0\0\0", "no HTML"),
        ("<p>" + "x" * 20_000_001, "the limit is"),
    ],
)
def test_what_is_no_article_is_said(page: str | bytes, message: str) -> None:
    with pytest.raises(ExtractionError, match=message):
        extract(page)


@pytest.mark.parametrize(
    "page", ["<div>" * 5000 + STORY, "<table>" + "<tr><td>x" * 3000, PAGE[: len(PAGE) // 2], "<a" * 999]
)
def test_a_hostile_page_ends_in_a_text_or_an_error(page: str) -> None:
    try:
        text = extract(page)[0].text
    except ExtractionError:
        return
    assert text
