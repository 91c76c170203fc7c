"""Whole articles: fixtures/<case>/input.* become expected.txt, by just the removals of removals.jsonl."""

import json
from pathlib import Path

import pytest

import cleaner
from cleaner import CleanResult

FOLDER = Path(__file__).parents[1] / "fixtures"
CASES = sorted(path.parent for path in FOLDER.glob("*/input.*"))


def clean(case: Path) -> CleanResult:
    (path,) = case.glob("input.*")
    if path.suffix == ".html":
        return cleaner.clean_html(path.read_bytes())
    return cleaner.clean(path.read_bytes().decode())


def ledger(result: CleanResult) -> str:
    rows = [
        {"start": removal.start, "end": removal.end, "rules": removal.rules, "text": result.removed(removal)}
        for removal in result.removals
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_fixture(case: Path, request: pytest.FixtureRequest) -> None:
    result = clean(case)
    assert result.trouble == ""
    if request.config.getoption("--accept"):
        (case / "expected.txt").write_bytes(result.text.encode())
        (case / "removals.jsonl").write_text(ledger(result), encoding="utf-8")
    assert result.text == (case / "expected.txt").read_bytes().decode()
    assert ledger(result) == (case / "removals.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_fixture_says_what_it_shows(case: Path) -> None:
    assert (case / "note.md").read_text(encoding="utf-8").strip()


def test_clean_articles_come_out_as_they_went_in() -> None:
    untouched = [case for case in CASES if case.name.startswith("clean-")]
    assert len(untouched) >= 5
    assert all(not clean(case).removals for case in untouched)
