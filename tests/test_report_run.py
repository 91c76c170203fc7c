"""A run read back: originals, removals, sites; and what is no run."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cleaner import CleanerError
from cleaner.report.run import Run
from cleaner.report.sample import Greatest, Sample
from cleaner.report.tally import tally
from tests.runs import records, run_over

ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": "one junk two", "url": "https://www.news.example/1", "lang": "en"},
    {"id": "b", "text": "nothing here", "domain": "other.example"},
    {"id": "c", "text": "AD x\nstory junk\nAD y\n", "language": "de", "n": 10**30},
    {"text": 5},
    {"id": "e", "text": "junk junk junk"},
]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    records(ROWS, tmp_path / "in" / "deep" / "a.jsonl")
    (tmp_path / "in" / "b.txt").write_bytes("\ufeffjunk here\r\nthe story\r\n".encode())
    story = "<p>The council met on Monday and agreed on a junk budget after a long debate in the hall of the town.</p>"
    (tmp_path / "in" / "c.html").write_text(f"<html><body><article>{story * 6}</article></body></html>")
    (tmp_path / "in" / "d.html").write_text("<html><body></body></html>")
    return run_over(tmp_path / "in", tmp_path / "out")


def test_an_article_has_its_original_text_back(run: Run) -> None:
    texts = {article.id: article.text for article in run.articles()}
    assert [texts["a"], texts["c"], texts["e"]] == [ROWS[0]["text"], ROWS[2]["text"], ROWS[4]["text"]]
    assert texts["b.txt"] == "\ufeffjunk here\r\nthe story\r\n"
    assert "agreed on a junk budget" in texts["c.html"]


def test_removals_lie_where_the_ledger_says(run: Run) -> None:
    spans = {
        (a.id, cut.start, cut.end, cut.rules): a.text[cut.start : cut.end] for a in run.articles() for cut in a.removals
    }
    rows = {
        (row["id"], row["start"], row["end"], tuple(row["rules"])): row["text"] for row in run.rows() if "start" in row
    }
    assert spans == rows
    assert len(rows) >= 5


def test_site_and_language_come_from_url_and_fields(run: Run) -> None:
    held = {article.id: (article.site, article.language) for article in run.articles()}
    assert (held["a"], held["b"], held["c"]) == (("news.example", "en"), ("other.example", ""), ("", "de"))


def test_every_article_is_touched_untouched_guarded_or_failed(run: Run) -> None:
    counted = tally(run.articles())
    assert (counted.articles, counted.touched, counted.untouched, counted.guarded, counted.failed) == (8, 4, 1, 1, 2)
    assert {article.id for article in run.articles() if article.trouble and not article.failed} == {"e"}


def test_counts_are_those_of_the_run(run: Run) -> None:
    counted, noted = tally(run.articles()), run.summary["counts"]
    assert (counted.articles, counted.removals, counted.characters) == tuple(
        noted[key] for key in ("records", "removals", "characters")
    )
    assert {rule: count.removals for rule, count in counted.by_rule.items()} == noted["by_rule"]
    assert counted.guarded + counted.failed == noted["troubled"]
    assert sum(counted.shares) == counted.touched


def test_the_run_says_why_a_rule_is_there(run: Run) -> None:
    assert run.whys["kind/junk"] == "The word junk."
    assert run.whys["runon/person"]


@pytest.mark.parametrize(
    ("summary", "message"),
    [
        (None, "holds no run.json"),
        ("{", "is not what"),
        ("[]", "is not what"),
        ('{"files": [{"name": "../x", "format": "txt"}]}', "leads out of the folder"),
        ('{"files": [{"name": "x", "format": "exe"}]}', "exe"),
        ('{"files": []}', "was stopped before its end"),
    ],
)
def test_what_is_no_run_is_said(tmp_path: Path, summary: str | None, message: str) -> None:
    if summary is not None:
        (tmp_path / "run.json").write_text(summary)
    with pytest.raises(CleanerError, match=message):
        Run(tmp_path)


@pytest.mark.parametrize("name", ["clean/deep/a.jsonl", "removals/deep/a.jsonl.jsonl"])
def test_a_run_that_was_changed_is_said(run: Run, name: str) -> None:
    path = run.out / name
    path.write_bytes(b"" if name.startswith("clean") else path.read_bytes() + b'{"record": 99}\n')
    with pytest.raises(CleanerError, match="does not fit its ledger"):
        list(run.articles())


@pytest.mark.parametrize(
    "row",
    [
        "[1]",
        "5",
        "{",
        '{"record": 1, "start": 0, "text": "x"}',
        '{"record": 1, "start": 0, "end": 1, "text": "x", "field": "", "rules": [5]}',
        '{"record": 1, "start": "0", "text": "x", "rules": ["a/b"]}',
        '{"record": 1, "start": 0, "text": 7, "rules": ["a/b"]}',
        '{"record": 1, "start": 999, "text": "x", "rules": ["a/b"]}',
        '{"record": 1, "field": "html", "text": "x", "rules": []}',
    ],
)
def test_a_ledger_that_is_none_is_said(run: Run, row: str) -> None:
    (run.out / "removals" / "b.txt.jsonl").write_text(row + "\n")
    with pytest.raises(CleanerError, match="does not fit its ledger"):
        list(run.articles())


def test_a_sample_depends_on_its_seed_and_not_on_the_order() -> None:
    def drawn(seed: int, numbers: list[int]) -> list[int]:
        sample = Sample[int](5, seed)
        for number in numbers:
            sample.add(str(number), lambda number=number: number)  # type: ignore[misc]
        assert sample.seen == len(numbers)
        return sample.drawn()

    numbers = list(range(200))
    assert drawn(1, numbers) == drawn(1, numbers[::-1])
    assert drawn(1, numbers) != drawn(2, numbers)
    assert len(set(drawn(1, numbers))) == 5
    assert sorted(drawn(1, numbers[:3])) == [0, 1, 2]


def test_a_sample_draws_each_item_as_often() -> None:
    drawn: Counter[int] = Counter()
    for seed in range(1000):
        sample = Sample[int](2, seed)
        for number in range(10):
            sample.add(str(number), lambda number=number: number)  # type: ignore[misc]
        drawn.update(sample.drawn())
    assert all(
        140 < drawn[number] < 260 for number in range(10)
    )  # 200 wanted, four standard deviations of 12.6 each way


def test_the_greatest_come_first() -> None:
    greatest = Greatest[str](2)
    for weight, name in ((0.1, "a"), (0.9, "b"), (0.5, "c")):
        greatest.add(weight, name, lambda name=name: name)  # type: ignore[misc]
    assert greatest.drawn() == ["b", "c"]
