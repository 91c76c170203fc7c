"""Runs made for a test: articles in, the folder of `cleaner clean -o` out."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cleaner import Cleaner, Rule
from cleaner.allow import Allowed
from cleaner.batch.one import Job
from cleaner.batch.run import How, clean_into
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, find_sources
from cleaner.report.run import Run

JUNK = Rule("kind/junk", "The word junk.", ("junk",), (), pattern=r" ?junk[ !]*\w* ?", removes="match", folded=True)
LINE = Rule("other/line", "A line that begins with AD.", ("ad",), (), pattern="(?i)^AD\\b", longest=300, folded=True)


def records(rows: Iterable[Mapping[str, Any]], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run_over(source: Path, out: Path, rules: Iterable[Rule] = (JUNK, LINE), allow: Iterable[Allowed] = ()) -> Run:
    """Clean what lies in a folder, or a file, and return the run."""
    sources = find_sources([source], Choice(SUFFIXES), FORMATS["txt"])
    job = Job(Cleaner(rules, allow=allow), Fields(), lambda _: None)
    clean_into(out, sources, job, {}, How(jobs=0))
    return Run(out)
