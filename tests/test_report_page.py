"""The page as text: what is in it, what cannot break out of it, how large it gets."""

import html
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import regex

from cleaner import Rule
from cleaner.report import gather as gathering
from cleaner.report.gather import gather
from cleaner.report.page import embedded, page, percent
from tests.hostile import STRINGS
from tests.runs import records, run_over

WIDE = Rule("kind/wide", "Much.", ("junk",), (), pattern="junk x+", removes="match", folded=True)


def data_of(text: str) -> Any:
    found = regex.search(r'<script type="application/json" id="data">(.*?)</script>', text, regex.DOTALL)
    assert found
    return json.loads(found[1])


def figures(text: str) -> dict[str, int]:
    found = regex.findall(r'data-figure="(.*?)">(?:<a [^>]*>)?([\d,]+)<', text)
    return {html.unescape(name): int(number.replace(",", "")) for name, number in found}


def many(folder: Path, articles: int) -> Path:
    rows = (
        {
            "id": f"x{n}",
            "url": f"https://s{n % 700}.example/",
            "lang": "en",
            "text": f"Story {n}. junk a{n} the end.\n" * 3,
        }
        for n in range(articles)
    )
    return records(rows, folder / "in" / "a.jsonl")


def test_figures_of_the_page_are_those_of_the_run(tmp_path: Path) -> None:
    run = run_over(many(tmp_path, 50), tmp_path / "out")
    counts, shown = run.summary["counts"], figures(page(run))
    assert shown["articles read"] == counts["records"] == 50
    assert shown["touched"] == counts["touched"]
    assert shown["removals"] == counts["removals"] == 150
    assert shown["characters"] == counts["characters"]
    assert shown["untouched"] == shown["guarded"] == shown["failed"] == 0


def test_a_small_run_is_shown_whole(tmp_path: Path) -> None:
    run = run_over(many(tmp_path, 50), tmp_path / "out")
    text = page(run)
    assert "All 150 removals are on this page" in text
    assert len(data_of(text)["removals"]) == 150
    assert len(data_of(text)["articles"]) == 50


def test_a_big_run_is_sampled_with_its_true_totals(tmp_path: Path) -> None:
    run = run_over(many(tmp_path, 2000), tmp_path / "out")
    text = page(run)
    held = data_of(text)
    assert held["totals"]["removals"] == 6000
    assert held["rules"][0]["removals"] == 6000
    assert held["all_sites"] == 700
    assert len(held["sites"]) == gathering.SITES
    assert 2000 < len(held["removals"]) < 4500
    assert sum("random" in item for item in held["removals"]) == 2000
    assert "drawn with seed 1" in text


def test_the_same_run_gives_the_same_page_and_another_seed_another(tmp_path: Path) -> None:
    run = run_over(many(tmp_path, 900), tmp_path / "out")
    assert page(run) == page(run)
    assert page(run, seed=2) != page(run)


def test_huge_articles_and_removals_have_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "REMOVALS_BYTES", 100_000)
    monkeypatch.setattr(gathering, "ARTICLES_BYTES", 100_000)
    rows = ({"text": f"{'word ' * 20_000}junk {'x' * 9_000} and so on {'word ' * 9000}"} for _ in range(60))
    run = run_over(records(rows, tmp_path / "a.jsonl"), tmp_path / "out", rules=[WIDE])
    text = page(run)
    assert len(text) < 300_000
    assert data_of(text)["totals"]["removals"] == 60
    assert 0 < len(data_of(text)["removals"]) < 60


def test_the_data_cannot_end_its_element() -> None:
    text = embedded({"x": list(STRINGS)})
    assert not regex.search(r"[<>&\u2028\u2029]", text)
    assert json.loads(text.encode("utf-8", "backslashreplace"))["x"] == list(STRINGS)


def test_the_page_lets_nothing_load_and_only_its_own_script_run(tmp_path: Path) -> None:
    text = page(run_over(many(tmp_path, 1), tmp_path / "out"))
    (policy,) = regex.findall(r'Content-Security-Policy" content="(.*?)">', text)
    assert html.unescape(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    markup = regex.sub(r"<(script|style).*?</\1>", "", text, flags=regex.DOTALL)
    assert not regex.search(r"""\s(?:src|style|on\w+)=|href="(?!#)|url\(|@import""", markup)


def test_the_same_text_is_counted_over_the_whole_run(tmp_path: Path) -> None:
    rows = [{"id": str(n), "text": f"Story {n} goes on. junk a{n % 2} the end."} for n in range(10)]
    data = gather(run_over(records([*rows, {"text": "it is junk once only"}], tmp_path / "a.jsonl"), tmp_path / "out"))
    assert sorted(item.get("times", 1) for item in data["removals"]) == [1, *[5] * 10]


def test_a_share_as_text() -> None:
    assert [percent(0, 5), percent(1, 3), percent(1, 40), percent(0, 0)] == ["0 %", "33 %", "2.5 %", "0 %"]


def test_cleaning_text_loads_no_templates() -> None:
    script = (
        "import sys; from cleaner.cli import main; sys.argv = ['cleaner', 'clean', '-', '-q']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'jinja2', 'cleaner.report.page', 'cleaner.report.gather'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], input=b"a story\n", capture_output=True, check=True)
    assert done.stdout == b"a story\n[]\n"
