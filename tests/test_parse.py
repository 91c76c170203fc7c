"""Pages as bytes: every encoding that is met, and pages made to break things."""

import time

import pytest

from cleaner.extract import ExtractionError, extract
from cleaner.extract.parse import decode

ENGLISH = "The council met on Monday and agreed, after a long debate, on a budget for the year – “at last”. "
RUSSIAN = "Городской совет собрался в понедельник и после долгих споров принял бюджет на следующий год. "
CHINESE = "市议会星期一开会，经过长时间的辩论，终于通过了明年的预算，市长对此表示满意。"
JAPANESE = "市議会は月曜日に開かれ、長い議論の末、来年の予算をようやく可決した。市長は満足だと述べた。"


def page(text: str, declared: str = "") -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}<title>Page</title></head><body><p>{text * 4}</p><p>{text * 3}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "declared", "encoding"),
    [
        (ENGLISH, "", "utf-8"),
        (ENGLISH, "iso-8859-1", "utf-8"),
        (ENGLISH, "", "utf-8-sig"),
        (ENGLISH, "utf-8", "utf-16"),
        (ENGLISH, "utf-16", "utf-16-le"),
        (ENGLISH, "", "utf-16-be"),
        (ENGLISH, "iso-8859-1", "cp1252"),
        (ENGLISH, "", "cp1252"),
        (ENGLISH, "utf-8", "cp1252"),
        (ENGLISH, "nonsense", "cp1252"),
        (RUSSIAN, "windows-1251", "cp1251"),
        (RUSSIAN, "", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (CHINESE, "gb2312", "gb18030"),
        (CHINESE, "gbk", "gbk"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "x-sjis", "cp932"),
        (JAPANESE, "euc-jp", "euc-jp"),
    ],
)
def test_a_page_is_decoded_as_it_is(text: str, declared: str, encoding: str) -> None:
    assert text.strip() in decode(page(text, declared).encode(encoding))


def test_a_wrong_byte_does_not_turn_the_whole_page() -> None:
    raw = page(RUSSIAN, "utf-8").encode().replace(b"<title>", b"<title>\xd0", 1)
    assert RUSSIAN.strip() in decode(raw)


def test_an_open_title_does_not_take_the_page() -> None:
    text = extract(page(ENGLISH).replace("</title>", "")).document.text
    assert ENGLISH.strip() in text


def test_null_bytes_are_passed_over() -> None:
    assert ENGLISH.strip() in extract(page(ENGLISH).replace("council", "coun\0cil").encode()).document.text


HOSTILE = {
    "many short paragraphs": "<p>a b" * 20_000,
    "a table of 200,000 cells": "<table><tr>" + "<td>x" * 200_000,
    "deep nesting": "<div>" * 10_000 + f"<p>{ENGLISH * 9}",
    "deep nesting of odd elements": "<x-y>" * 10_000 + f"<p>{ENGLISH * 9}",
    "half a page": page(ENGLISH)[:-200],
    "19 MB of script": f"<p>{ENGLISH * 9}</p><script>{'x = 1;' * 3_200_000}</script>",
    "open tags": "<a" * 9999,
    "a million attributes": "<p " + "a=b " * 200_000 + f">{ENGLISH * 9}",
    "entities": "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><p>" + "&b;" * 9999,
    "many anchors": '<a name="comments">x</a>' * 20_000,
    "nested articles": "<article>" * 250 + ENGLISH * 9,
    "repeated articles": f"<article>{ENGLISH}<article>" * 3000,
    "one long word": "<p>" + "x" * 3_000_000,
    "long class names": f'<p class="{"share-" * 100_000}">{ENGLISH * 9}',
    "a page of links": '<a href="/">a</a> ' * 50_000,
    "lone surrogates": f"<p>{ENGLISH * 9}\ud800",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_ends_soon_in_a_text_or_an_error(name: str) -> None:
    import cleaner  # noqa: PLC0415

    started = time.process_time()
    try:
        text = cleaner.Cleaner().clean_html(HOSTILE[name]).text
    except ExtractionError:
        text = "-"
    assert text
    assert time.process_time() - started < 30  # seconds of one core; most take less than one


@pytest.mark.parametrize(
    "name", ["deep nesting", "half a page", "19 MB of script", "a million attributes", "lone surrogates"]
)
def test_the_story_of_a_broken_page_is_found(name: str) -> None:
    assert ENGLISH.strip() in extract(HOSTILE[name]).document.text
