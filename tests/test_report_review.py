"""The round trip of a review: judged in the page, applied, and just what was wrong stays."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cleaner import CleanerError, Rule, load_allowed
from cleaner.report.review import examples, exceptions, load_decisions, precision, wilson
from tests.browser import Browser, browser, needs_chromium, shared_browser
from tests.runs import records
from tests.test_cli import Runner, run

__all__ = ["browser", "run", "shared_browser"]

STORY = "The council met at noon.\n{}\nIt agreed on a budget after a long debate in the hall.\n"
LINES = [
    "© Getty Images",
    "© Jane Doe/Harbour News",
    "Photo: John Roe/Reuters",
    "© Getty Images",
    "ADVERTISEMENT",
    "© Ann Poe",
]


@pytest.mark.parametrize(
    ("right", "seen", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (15, 20, 0.5313, 0.8881),
        (81, 263, 0.2553, 0.3662),
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_interval_of_wilson(right: int, seen: int, low: float, high: float) -> None:
    """81 of 263 is the example of Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3."""
    assert wilson(right, seen) == pytest.approx((low, high), abs=1e-4)


def judged(verdict: str = "wrong", **more: Any) -> dict[str, Any]:
    row = {"file": "a", "record": 1, "id": "x", "rules": ["k/r"], "text": "zap", "before": "", "after": ""}
    return {**row, "verdict": verdict, **more}


def test_only_what_was_drawn_at_random_counts_for_the_precision() -> None:
    rows = [
        judged("right", random=0), judged("right", random=5), judged("wrong", random=9, rules=["k/r", "k/s"]),
        judged("right", drawn=["k/s"], rules=["k/r", "k/s"]), judged("wrong"),
    ]  # fmt: skip
    overall, by_rule = precision({"judged": rows})
    assert (overall.right, overall.seen) == (2, 3)
    assert {rule: (found.right, found.seen) for rule, found in by_rule.items()} == {"k/r": (2, 3), "k/s": (1, 2)}
    assert str(overall) == "66.7% (2 of 3 right; 95 % interval 20.8% to 93.9%)"


def test_a_text_that_went_more_than_once_stays_only_where_it_was_judged() -> None:
    rows = [judged(random=1), judged(random=2, times=7, text="b"), judged(text="c"), judged("right", text="d")]
    found = [(entry.text, entry.article) for entry in exceptions(rows, "2026-01-31")]
    assert found == [("zap", ""), ("b", "x"), ("c", "x")]
    assert {entry.article for entry in exceptions(rows, "2026-01-31", everywhere=True)} == {""}


def test_an_example_is_the_line_with_marks_on_what_goes_rightly() -> None:
    rule = Rule("k/r", "x", ("zap",), (), pattern="zap!?", removes="match", folded=True)
    rows = [
        judged(before="Before it.\nThey ", text="zap", after=" the screen, zap! Yes.\nNext."),
        judged(text="\nzap\n", before="x", after="y"),
    ]
    assert examples(rows, [rule]) == {"k/r": ['"They zap the screen, [-zap! -]Yes.",', '"zap",']}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not valid JSON"), ("[]", "is no file of decisions"), ('{"decisions": 2, "judged": []}', "is no file"),
        ('{"decisions": 1, "judged": [5]}', "decision 1: is no object"),
        (json.dumps({"decisions": 1, "judged": [judged("maybe")]}), "decision 1: verdict: must be right or wrong"),
        (json.dumps({"decisions": 1, "judged": [judged(text="")]}), "decision 1: text: is missing"),
        (json.dumps({"decisions": 1, "judged": [judged(rules="x")]}), "decision 1: rules and drawn"),
        (json.dumps({"decisions": 1, "judged": [judged(id=5)]}), "decision 1: id: must be a text"),
    ],
)  # fmt: skip
def test_what_are_no_decisions_is_said(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "d.json").write_text(content)
    with pytest.raises(CleanerError, match=message):
        load_decisions(tmp_path / "d.json")


def test_apply_adds_to_a_list_without_touching_what_is_in_it(run: Runner, tmp_path: Path) -> None:
    allow = tmp_path / "list.toml"
    allow.write_text("# mine\n[[allow]]\ntext = 'zap'\n")
    rows = [judged(random=1), judged(random=2, text="b", reason="a quote")]
    (tmp_path / "d.json").write_text(json.dumps({"decisions": 1, "judged": rows}))
    assert "2 judged, 2 wrong; 1 added" in run("review", "apply", tmp_path / "d.json", "--allow", allow).out.decode()
    assert allow.read_text().startswith("# mine\n[[allow]]\ntext = 'zap'\n\n[[allow]]\ntext = \"b\"\n")
    assert [entry.reason for entry in load_allowed(allow)] == ["", "a quote"]
    assert "0 added" in run("review", "apply", tmp_path / "d.json", "--allow", allow).out.decode()


def test_apply_as_json(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text(
        json.dumps({"decisions": 1, "judged": [judged(random=1), judged("right", random=2)]})
    )
    told = json.loads(run("review", "apply", tmp_path / "d.json", "--allow", tmp_path / "list.toml", "--json").out)
    assert told["added"] == [{"text": "zap", "article": "", "rule": "k/r"}]
    assert (told["precision"]["right"], told["precision"]["judged"]) == (1, 2)


def test_apply_keeps_the_list_when_the_decisions_are_broken(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text("{")
    done = run("review", "apply", tmp_path / "d.json", "--allow", tmp_path / "list.toml")
    assert (done.code, done.err.count("\n"), (tmp_path / "list.toml").exists()) == (2, 1, False)


@needs_chromium
def test_three_marked_wrong_in_the_browser_are_just_what_stays(
    browser: Browser, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"id": f"n{number}", "text": STORY.format(line)} for number, line in enumerate(LINES)]
    records(rows, tmp_path / "a.jsonl")
    assert run("clean", "a.jsonl", "-o", "out").code == 0
    wrong = mark_in_browser(browser, tmp_path / "out" / "report.html", [0, 1, 4])
    assert [item["text"].strip() for item in wrong] == ["© Getty Images", "© Jane Doe/Harbour News", "ADVERTISEMENT"]
    told = run("review", "apply", saved(browser)).out.decode()
    assert "6 judged, 3 wrong; 3 added to cleaner-allow.toml" in told
    assert "precision: 50.0% (3 of 6 right; 95 % interval 18.8% to 81.2%)" in told
    assert 'paste into its examples\n    "© Jane Doe/Harbour News",' in told
    assert run("clean", "a.jsonl", "-o", "again").code == 0
    stayed = difference(tmp_path / "out", tmp_path / "again")
    assert stayed == [("n0", "© Getty Images"), ("n1", "© Jane Doe/Harbour News"), ("n4", "ADVERTISEMENT")]


def mark_in_browser(browser: Browser, report: Path, numbers: list[int]) -> list[dict[str, Any]]:
    """Judge the removals of some articles wrong, all others right; save, and return the wrong ones."""
    browser.open(report, "#review")
    for number in numbers:
        script = """
        const card = [...document.querySelectorAll(".card")].find((one) => one.item.id === arguments[0]);
        card.focus(); document.querySelectorAll(".card").forEach((one) => one.classList.toggle("on", one === card));
        """
        browser.js(script, f"n{number}")
        browser.press("w")
        assert browser.js("return document.querySelector('.card.on [data-verdict=wrong]').ariaPressed") == "true"
    browser.click("#rest")
    assert browser.texts("#view [role=status].lead")[0].startswith("6 judged, 3 wrong. 3 of 6 judged ones")
    assert browser.js("return wilson(3, 6)") == pytest.approx(wilson(3, 6))
    browser.click("#save")
    held = json.loads(saved(browser).read_text())
    return sorted((item for item in held["judged"] if item["verdict"] == "wrong"), key=lambda item: item["record"])


def saved(browser: Browser) -> Path:
    browser.until("return document.getElementById('said').textContent.includes('saved as')")
    for _ in range(100):
        if (path := browser.downloads / "decisions.json").exists():
            return path
        browser.js("return new Promise((done) => setTimeout(done, 50))")
    raise AssertionError("nothing was saved")


def difference(first: Path, second: Path) -> list[tuple[str, str]]:
    """Return what the first run removed and the second did not: id and text."""
    rows = [
        [json.loads(line) for line in (out / "removals" / "a.jsonl.jsonl").read_bytes().splitlines()]
        for out in (first, second)
    ]
    held = [{(row["id"], row["text"].strip()) for row in of} for of in rows]
    assert held[1] < held[0]
    return sorted(held[0] - held[1])


@needs_chromium
def test_judgements_outlive_a_reload_and_can_be_forgotten(browser: Browser, run: Runner, tmp_path: Path) -> None:
    records([{"id": "n0", "text": STORY.format(LINES[0])}], tmp_path / "a.jsonl")
    run("clean", tmp_path / "a.jsonl", "-o", tmp_path / "out")
    browser.open(tmp_path / "out" / "report.html", "#article?file=a.jsonl&record=1&field=text")
    browser.press("w")
    browser.set(".dock input", "it is a quote", "change")
    browser.open(tmp_path / "out" / "report.html", "#removals?verdict=wrong")
    assert browser.js("return document.querySelector('.card input').value") == "it is a quote"
    browser.click(".card [data-verdict=wrong]")
    browser.open(tmp_path / "out" / "report.html", "#removals?verdict=wrong")
    assert browser.texts(".filters .count") == ["0 removals"]


def test_examples_that_are_printed_are_toml() -> None:
    rule = Rule("k/r", "x", ("zap",), (), pattern="zap", removes="match", folded=True)
    (lines,) = examples([judged(before='say "', text="zap", after='"\\ now\x7f')], [rule]).values()
    assert tomllib.loads(f"examples = [{''.join(lines)}]")["examples"] == ['say "zap"\\ now\x7f']
