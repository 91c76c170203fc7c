"""Pages: what is cut from the tree, what is extracted, and what is no page."""

import gc
import tracemalloc
from typing import Any

import pytest

import cleaner
from cleaner import Rule
from cleaner import extract as pages
from cleaner.extract import ExtractionError, extract, prune_fragment
from cleaner.extract.blocks import Block, Place
from cleaner.extract.weigh import doubt

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
    assert len({extract(page).document.text for _ in range(5)}) == 1


class Reading:
    """Stands for trafilatura: takes always the same text, and counts how often it is asked."""

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, 0

    def __call__(self, tree: object) -> str:
        del tree
        self.asked += 1
        return self.text


def test_trafilatura_is_asked_about_a_page_in_doubt_only(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading(STORY)
    monkeypatch.setattr(pages, "read", reading)
    assert extract(PAGE.format(middle=STORY)).document.meta["extracted"] == "weights"
    assert reading.asked == 0
    monkeypatch.setattr(pages, "DOUBTFUL", 0.0)
    assert extract(PAGE.format(middle=STORY)).document.meta["extracted"] == "weights and trafilatura"
    assert reading.asked == 1


def test_what_trafilatura_makes_of_a_line_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "Call the town hall for more about this."
    page = f"<html><body><div><div>{line}</div></div>" + f"<p>{STORY}</p>" * 5
    monkeypatch.setattr(pages, "DOUBTFUL", 0.0)
    scores = []
    for text in (STORY, f"{line}\n{STORY}"):
        monkeypatch.setattr(pages, "read", Reading(text))
        monkeypatch.setattr(pages, "_chosen", lambda lines, *_, **__: ([str(lines[0].score)], ""))
        scores.append(float(extract(page).document.text))
    assert scores[0] < scores[1]


@pytest.mark.parametrize(
    ("scores", "share"), [((9.0, -9.0), 0.0), ((2.0, -9.0), 0.119), ((-3.0, -9.0), 1.0), ((-900.0,), 1.0), ((), 1.0)]
)
def test_doubt_is_the_share_of_the_story_that_may_be_wrong(scores: tuple[float, ...], share: float) -> None:
    lines = [Block("x" * 100, Place("p"), score=score) for score in scores]
    assert doubt(lines) == pytest.approx(share, abs=0.001)


def test_pages_with_ever_new_names_take_no_more_memory() -> None:
    def held_after(start: int) -> int:
        for number in range(start, start + 1500, 100):
            names = "".join(
                f'<b id="n-{name}"></b><div class="c-{name}">a</div>' for name in range(number, number + 100)
            )
            extract(PAGE.format(middle=names), [select("[class*=promo], [id*=promo]", "promo")])
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        held_after(0)
        before = held_after(1500)
        assert held_after(3000) - before < 700_000  # bytes; 1,500 names take twice as many
    finally:
        tracemalloc.stop()


def test_bytes_are_decoded_as_they_declare() -> None:
    page = PAGE.format(middle="Der Bürgermeister schwieg dazu am Montag lieber.").replace(
        "<head>", '<head><meta charset="iso-8859-1">'
    )
    assert "Bürgermeister" in cleaner.clean_html(page.encode("latin-1")).text


def test_what_a_rule_selects_is_cut_before_extraction_and_on_record() -> None:
    page = PAGE.format(middle='He said <span class="promo">Sign up now</span> that all was well with the town.')
    found = extract(page, [select(".promo", "promo")])
    assert "He said that all was well" in found.document.text
    assert [(cut.rule, cut.text) for cut in found.pruned] == [("kind/name", "Sign up now")]


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


def test_a_body_that_is_named_like_junk_stays() -> None:
    page = (
        PAGE.format(middle=STORY)
        .replace("<body>", '<body><div class="newsletter">')
        .replace("</body>", "</div></body>")
    )
    found = extract(page, [select(".newsletter", "newsletter")])
    assert STORY.strip() in found.document.text
    assert not found.pruned


def test_a_name_that_every_paragraph_bears_cuts_none() -> None:
    page = PAGE.format(middle=STORY).replace("<p>", '<p class="share-text">')
    assert not extract(page, [select("[class*=share]", "share")]).pruned


def test_links_to_other_pages_are_left_out() -> None:
    links = "".join(f'<li><a href="/{n}">Another headline of the day, number {n}</a></li>' for n in range(8))
    page = PAGE.format(middle=STORY).replace("</article>", f"</article><h3>Latest</h3><ul>{links}</ul>")
    assert "headline of the day" not in extract(page).document.text


def test_a_paragraph_that_is_a_link_stays_in_its_story() -> None:
    page = PAGE.format(middle=f'<a href="/ruling">{STORY}</a>').replace(
        STORY * 2, f"{STORY}It was a warm day, he said."
    )
    assert extract(page).document.text.count("The council met") == 3


def test_words_of_inline_elements_are_neither_lost_nor_glued() -> None:
    page = PAGE.format(
        middle="The <small>stint</small> of <nobr>Ann Lee</nobr><br>as <b>speaker</b> ended, said<i> he</i>."
    )
    assert "The stint of Ann Lee\nas speaker ended, said he." in extract(page).document.text


def test_what_a_page_tells_of_itself_is_in_meta() -> None:
    data = (
        '{"@graph": [{"@type": "NewsArticle", "author": [{"name": "Ann Lee"}], "datePublished": "2024-05-02T10:00Z"}]}'
    )
    head = (
        '<html lang="en-GB"><head><link rel="canonical" href="/a"><meta property="og:site_name" content="The Daily">'
        f'<meta property="og:title" content="Council agrees"><script type="application/ld+json">{data}</script>'
    )
    page = PAGE.format(middle=STORY).replace("<html><head>", head)
    meta = extract(page, url="https://daily.example/x?y").document.meta
    assert meta == {
        "title": "Council agrees",
        "author": "Ann Lee",
        "date": "2024-05-02",
        "site": "The Daily",
        "language": "en-GB",
        "canonical": "https://daily.example/a",
        "extracted": "weights",
        "url": "https://daily.example/x?y",
    }


def test_an_article_that_only_the_structured_data_holds_is_taken() -> None:
    body = f"<p>{STORY}</p><p>{STORY * 3}</p>"
    data = f'{{"@type": "Article", "articleBody": "{body}"}}'
    page = f'<html><body><script type="application/ld+json">{data}</script><div/></body>'
    found = extract(page)
    assert found.document.text.splitlines() == [STORY.strip(), (STORY * 3).strip()]
    assert found.document.meta["extracted"] == "structured data"


def test_half_a_pair_of_an_escape_in_the_structured_data_can_be_written() -> None:
    data = f'{{"@type": "Article", "articleBody": "{STORY * 4} \\ud83d"}}'
    page = f'<html><body><script type="application/ld+json">{data}</script><div/></body>'
    assert extract(page).document.text.encode().startswith(STORY.encode())


@pytest.mark.parametrize(
    "data", ["[" * 50_000, '{"@type": 3, "articleBody": 7}', "null", '{"@graph": {"@graph": [[]]}}', "{"]
)
def test_broken_structured_data_is_passed_over(data: str) -> None:
    page = PAGE.format(middle=STORY).replace("<head>", f'<head><script type="application/ld+json">{data}</script>')
    assert STORY.strip() in extract(page).document.text


def test_every_line_that_did_not_come_through_says_why() -> None:
    page = PAGE.format(middle='Seen.</p><p class="promo">Sign up now</p><p>© Getty Images</p><p>' + STORY)
    engine = cleaner.Cleaner(
        (select(".promo", "promo"), *(r for r in cleaner.Cleaner().rules if r.id.startswith("credit/")))
    )
    result = engine.clean_html(
        page.replace("</body>", '<footer><a href="/x">Imprint</a></footer></body>'), left_out=True
    )
    why = {row.text: (row.rule, row.why) for row in result.left_out}
    assert why["Sign up now"] == ("kind/name", "")
    assert why["Imprint"][0] == why["Home"][0] == "extraction"
    assert why["Imprint"][1]
    kept = set(result.text.splitlines())
    assert not kept & set(why)
    assert kept | set(why) >= {"Home", "Imprint", "Sign up now", STORY.strip()}


def test_a_rule_of_a_site_runs_there_only() -> None:
    rule = select(".x", "x", sites=("news.example",))
    page = PAGE.format(middle='<span class="x">Widget text of the site</span> and then the story goes on as before.')
    assert "Widget" not in extract(page, [rule], "https://www.news.example/a").document.text
    assert "Widget" in extract(page, [rule], "https://other.example/a").document.text


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
