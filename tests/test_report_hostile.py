"""Hostile texts in every field of a run: none of them runs, loads or hides in the page."""

import json
from collections.abc import Sequence
from pathlib import Path

from cleaner.report.page import page
from cleaner.report.run import Run
from tests.browser import Browser, browser, needs_chromium, shared_browser
from tests.hostile import HIDING, RUNNING, STRINGS
from tests.runs import JUNK, LINE, records, run_over

__all__ = ["browser", "shared_browser"]

SHOW_ALL = """
for (const more of document.querySelectorAll(".pager button")) {
  while (!more.hidden && more.textContent.startsWith("Show more")) more.click();
}
return document.body.innerText
"""
ODD_LINKS = "return [...document.querySelectorAll('a')].filter((a) => !/^(https?|file):/.test(a.href)).length"


def hostile_runs(folder: Path, strings: Sequence[str]) -> Run:
    """Strings in the text, what is removed, id, url, site and language of records, and where possible in file names."""
    rows = []
    for text in strings:
        rows.append(
            {
                "id": text,
                "url": text,
                "domain": text,
                "lang": text,
                "text": f"{text} story junk {text} {text}\nAD {text}\nthe end\n",
            }
        )
        rows.append({"id": text, "domain": f"{text}.example", "text": f"{text}\nnothing\n"})
    records(rows, folder / "in" / "a.jsonl")
    for number, text in enumerate(strings):
        name = "".join("-" if character in "/\0\ud800" else character for character in text)[:60]
        (folder / "in" / f"{number}{name}.txt").write_text(f"story junk {name}\n", encoding="utf-8")
    (folder / "in" / "a.jsonl").rename(folder / "in" / "<b>&\u202e\"'.jsonl")
    return run_over(folder / "in", folder / "out", rules=[JUNK, LINE])


def with_hostile_rules(run: Run, strings: Sequence[str]) -> Run:
    """The same run as if rules had such names and reasons, as a stranger's folder may say."""
    path = next(path for path in (run.out / "removals").iterdir() if path.name.startswith("<b>"))
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for number, line in enumerate(lines):
        line["rules"] = [strings[number % len(strings)]]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    summary = json.loads((run.out / "run.json").read_text())
    summary["whys"] = {text: f"why {text}" for text in strings}
    summary["version"] = summary["rules"] = strings[0]
    (run.out / "run.json").write_text(json.dumps(summary))
    return Run(run.out)


@needs_chromium
def test_nothing_hostile_runs_and_all_of_it_shows(browser: Browser, tmp_path: Path) -> None:
    run = with_hostile_rules(hostile_runs(tmp_path, STRINGS), STRINGS)
    report = tmp_path / "report.html"
    report.write_bytes(page(run).encode())
    places = ["", "#rules", "#sites", "#articles?list=random", "#articles?list=untouched", "#removals", "#review"]
    data = json.loads(report.read_text().split('id="data">')[1].split("</script>")[0])
    seen = ""
    for place in places:
        browser.open(report, place)
        seen += browser.js(SHOW_ALL)
    held = [item for item in data["articles"] if item["removals"]]
    views = [("article", {key: item[key] for key in ("file", "record", "field")}) for item in held]
    views += [(view, {"name": row["name"]}) for view in ("rule", "site") for row in data[f"{view}s"]]
    for view, query in views:
        if "\ud800" in "".join(map(str, query.values())):
            continue  # no address can hold one
        address = browser.js("return `#${arguments[0]}?${new URLSearchParams(arguments[1])}`", view, query)
        browser.go(address)
        seen += browser.js("return document.body.innerText")
        assert browser.js("return window.hacked") is None
    assert browser.js(ODD_LINKS) == 0
    for text in RUNNING:
        assert text.replace("\t", " ") in seen.replace("\t", " "), f"{text!r} is not to be seen"
    for text, name in HIDING.items():
        assert text[:3] in seen
        assert name in seen, f"{text!r} shows no {name}"
    assert {character for text in HIDING for character in text if not character.isprintable()} & set(seen) == set()


def test_hostile_texts_cannot_hide_in_the_overview(tmp_path: Path) -> None:
    run = with_hostile_rules(hostile_runs(tmp_path, STRINGS), STRINGS)
    static = page(run).split('<script type="application/json"')[0]
    hidden = {"\u3164", *(character for text in HIDING for character in text if not character.isprintable())}
    assert hidden & set(static) == {"\n"} & hidden
