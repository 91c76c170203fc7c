"""The page as its readers meet it, in Chromium. Nothing may be asked of the network, and nothing complained about."""

import json
from collections import Counter
from pathlib import Path

import pytest

from cleaner.report.compare import compare
from cleaner.report.page import compare_page, page
from cleaner.report.run import Run
from tests.browser import Browser, browser, needs_chromium, shared_browser
from tests.runs import JUNK, records, run_over

__all__ = ["browser", "shared_browser"]
pytestmark = needs_chromium

LOW_CONTRAST = (Path(__file__).parent / "low_contrast.js").read_text(encoding="utf-8")
WORDS = ("harbour", "council", "bridge", "ferry", "market")


def article(number: int) -> dict[str, str]:
    word = WORDS[number % 5]
    text = f"AD line of {word} {number}\nThe {word} opens at noon.{' junk' * (number % 3)} a{number} It is old.\n" * 2
    lang = "en" if number % 4 else "de"
    return {"id": f"id-{number}", "text": text, "url": f"https://s{number % 6}.example/{number}", "lang": lang}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("run")
    rows = [*map(article, range(60)), {"id": "calm", "text": "Nothing to see."}, {"id": "all", "text": "AD a\nAD b"}]
    (folder / "in").mkdir()
    records([*rows, {"id": "none"}], folder / "in" / "a.jsonl")
    made = run_over(folder / "in", folder / "out")
    (made.out / "report.html").write_bytes(page(made).encode())
    return made


@pytest.fixture
def report(run: Run) -> Path:
    return run.out / "report.html"


def rows_of(run: Run) -> list[dict[str, object]]:
    return [dict(row) for row in run.rows() if "start" in row]


def wait_for_count(browser: Browser, wanted: str) -> None:
    browser.until("return document.querySelector('.filters .count')?.innerText === arguments[0]", wanted)


def test_figures_agree_with_the_ledger(browser: Browser, run: Run, report: Path) -> None:
    browser.open(report)
    script = """
    const figures = [...document.querySelectorAll("[data-figure]")];
    return Object.fromEntries(figures.map((one) => [one.dataset.figure, one.innerText]))
    """
    rows = rows_of(run)
    found = {name: int(text.replace(",", "")) for name, text in browser.js(script).items()}
    assert found["removals"] == len(rows)
    assert found["characters"] == sum(len(str(row["text"])) for row in rows)
    assert found["touched"] == len({row["record"] for row in rows}) == 60
    assert (found["articles read"], found["untouched"], found["guarded"], found["failed"]) == (63, 1, 1, 1)


def test_rules_of_the_page_agree_with_the_ledger(browser: Browser, run: Run, report: Path) -> None:
    browser.open(report, "#rules")
    ledger = Counter(rule for row in rows_of(run) for rule in row["rules"])  # type: ignore[attr-defined]
    shown = dict(zip(browser.texts(".list .rule"), browser.texts(".list tbody td:nth-child(2)"), strict=True))
    assert {rule: int(count) for rule, count in shown.items()} == ledger
    assert "The word junk." in browser.texts(".list .why")


def test_filters_and_search(browser: Browser, run: Run, report: Path) -> None:
    browser.open(report, "#removals")
    rows = rows_of(run)
    wait_for_count(browser, f"{len(rows)} removals")
    junk = [row for row in rows if row["rules"] == ["kind/junk"]]
    browser.set("select[name=category]", "kind", "change")
    wait_for_count(browser, f"{len(junk)} removals")
    browser.set("select[name=site]", "s1.example", "change")
    of_site = [row for row in junk if int(str(row["id"]).split("-")[1]) % 6 == 1]
    wait_for_count(browser, f"{len(of_site)} removals")
    browser.set("select[name=site]", "", "change")
    browser.set("select[name=lang]", "de", "change")
    wait_for_count(browser, f"{len([r for r in junk if int(str(r['id']).split('-')[1]) % 4 == 0])} removals")
    browser.set("select[name=lang]", "", "change")
    browser.set("select[name=category]", "", "change")
    browser.set("input[name=q]", "LINE OF FERRY 13", "input")
    wait_for_count(browser, "4 removals")  # two lines, and what the search finds beside them
    assert browser.js("return location.hash") == "#removals?q=LINE+OF+FERRY+13"


def test_a_deep_link_brings_the_filters_back(browser: Browser, report: Path) -> None:
    browser.open(report, "#removals?rule=other%2Fline&site=s2.example&sort=longest")
    assert browser.texts(".filters .count") == ["20 removals"]
    assert browser.js("return document.querySelector('select[name=rule]').value") == "other/line"
    assert set(browser.texts(".card header .rule")) == {"other/line"}


def test_tables_sort(browser: Browser, report: Path) -> None:
    browser.open(report, "#sites")
    browser.click(".list th:first-child button")
    names = browser.texts(".list tbody td:first-child")
    assert names == sorted(names)
    assert browser.js("return document.querySelector('.list th').getAttribute('aria-sort')") == "ascending"
    browser.click(".list th:first-child button")
    assert browser.texts(".list tbody td:first-child") == names[::-1]


def test_an_article_shows_what_went_struck_through_with_its_rule(browser: Browser, run: Run, report: Path) -> None:
    browser.open(report, "#article?file=a.jsonl&record=2&field=text")
    held = next(held for held in run.articles() if held.number == 2)
    script = """
    const own = (e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("");
    return [...document.querySelectorAll("[data-text=original] del")].map(own)
    """
    shown = [text.replace("⏎", "\n") for text in browser.js(script)]
    assert shown == [held.text[cut.start : cut.end] for cut in held.removals]
    assert browser.texts(".text .tag") == [cut.rules[0] for cut in held.removals]
    line = browser.js("return getComputedStyle(document.querySelector('del')).textDecorationLine")
    marks = browser.js(
        "return ['::before', '::after'].map((p) => getComputedStyle(document.querySelector('del'), p).content)"
    )
    assert (line, marks) == ("line-through", ['"[-"', '"-]"'])


def test_side_by_side_shows_the_clean_text(browser: Browser, run: Run, report: Path) -> None:
    browser.open(report, "#article?file=a.jsonl&record=3&field=text")
    browser.press("s")
    browser.until("return document.querySelector('[data-text=clean]') !== null")
    clean = (run.out / "clean" / "a.jsonl").read_text().splitlines()[2]
    script = """
    const one = document.querySelector("[data-text=clean]").cloneNode(true);
    one.querySelectorAll("ins").forEach((e) => e.remove());
    return one.textContent
    """
    assert browser.js(script) == json.loads(clean)["text"]


def test_keys_walk_through_removals_and_articles(browser: Browser, report: Path) -> None:
    browser.open(report, "#article?file=a.jsonl&record=2&field=text")
    current = "return [...document.querySelectorAll('.text del')].findIndex((e) => e.classList.contains('on'))"
    assert browser.js(current) == 0
    browser.press("nn")
    assert browser.js(current) == 2
    browser.press("p")
    assert browser.js(current) == 1
    before = browser.js("return location.hash")
    browser.press("j")
    browser.until("return location.hash !== arguments[0]", before)
    browser.press("k")
    browser.until("return location.hash === arguments[0]", before)
    browser.go("#removals")
    browser.press("jj")
    assert browser.js("return [...document.querySelectorAll('.card')].indexOf(document.activeElement)") == 1
    browser.press("/")
    assert browser.js("return document.activeElement.name") == "q"
    browser.open(report)
    browser.press("?")
    assert browser.js("return document.getElementById('keys').open") is True


def test_lists_grow_on_demand(browser: Browser, report: Path) -> None:
    browser.open(report, "#removals")
    assert browser.js("return document.querySelectorAll('.card').length") == 40
    browser.click(".pager button")
    assert browser.js("return document.querySelectorAll('.card').length") == 80


def test_what_was_kept_as_it_was_says_why(browser: Browser, report: Path) -> None:
    browser.open(report, "#articles?list=troubled")
    told = " ".join(browser.texts(".list .why"))
    assert "100% would have been removed, the guard is 90%" in told
    assert "no field 'text'" in told


def test_an_unknown_place_is_no_error(browser: Browser, report: Path) -> None:
    for place in ("#rule?name=no/such", "#site?name=__proto__", "#article?file=x&record=1", "#nowhere", "#constructor"):
        browser.open(report, place)
    browser.open(report, "#rule?name=%3Cimg%20src=x%20onerror=alert(1)%3E")
    assert "<img src=x onerror=alert(1)>" in browser.texts("#view")[0]


@pytest.mark.parametrize("name", ["light", "dark", "phone", "print"])
def test_every_view_fits_its_screen_and_can_be_read(browser: Browser, report: Path, name: str) -> None:
    width, height = (390, 844) if name == "phone" else (1280, 900)
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": name == "phone"}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if name == "dark" else "light"}]
    media = {"media": "print" if name == "print" else "", "features": scheme}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        for place in (
            "",
            "#rules",
            "#sites",
            "#articles",
            "#removals",
            "#review",
            "#article?file=a.jsonl&record=2&field=text",
        ):
            browser.open(report, place)
            assert browser.js("return document.documentElement.scrollWidth") <= width
            assert browser.js(LOW_CONTRAST) == []
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_a_screen_reader_gets_names_tables_and_marks(browser: Browser, report: Path) -> None:
    browser.open(report, "#removals")
    unnamed = """
    const nameless = (e) => !(e.labels?.length || e.ariaLabel || e.innerText.trim());
    return [...document.querySelectorAll("input, select, button")].filter(nameless).length
    """
    assert browser.js(unnamed) == 0
    assert browser.js("return document.querySelector('del').textContent").startswith("removed: ")
    assert browser.js("return document.querySelector('.top nav').ariaLabel") == "Views"
    browser.go("#rules")
    assert browser.js("return [...document.querySelectorAll('.list th')].every((e) => e.scope === 'col')") is True
    browser.go("#overview")
    assert browser.js("return document.querySelectorAll('table:not(:has(caption))').length") == 0
    assert browser.js("return document.documentElement.lang") == "en"


def test_the_page_of_a_comparison(browser: Browser, run: Run, tmp_path: Path) -> None:
    other = run_over(run.out.parent / "in", tmp_path / "out", rules=[JUNK])
    report = tmp_path / "compare.html"
    report.write_text(compare_page(run, other, compare(run, other)), encoding="utf-8")
    lines = [row for row in rows_of(run) if row["rules"] == ["other/line"]]
    browser.open(report)
    assert browser.texts("[data-figure='only in a']") == [str(len(lines))]
    assert browser.texts("[data-figure='only in b']") == ["0"]
    browser.go("#removals?side=A")
    assert browser.texts(".filters .count") == [f"{len(lines)} removals"]
    browser.go("#removals?side=B")
    assert browser.texts(".filters .count") == ["0 removals"]


def test_context_shows_what_else_went(browser: Browser, report: Path) -> None:
    browser.open(report, "#removals?rule=kind%2Fjunk&q=id-31")
    other = (
        "return [...document.querySelector('.card').querySelectorAll('del.other')].map((one) => one.textContent.trim())"
    )
    assert "also removed: AD line of council 31" in browser.js(other)
    assert browser.js("return document.querySelector('.card del:not(.other)').textContent").startswith("removed: ")
