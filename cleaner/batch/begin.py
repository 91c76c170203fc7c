"""Before a run: whether it may be done, what makes it the run it is, and how far an earlier one of the same came."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from cleaner import __version__
from cleaner.batch.folder import Head, State, check_ours, read_journal
from cleaner.batch.one import Job
from cleaner.errors import CleanerError
from cleaner.model import Rule
from cleaner.records import Source
from cleaner.records.sources import read_run


def head_of(sources: Sequence[Source], job: Job, options: dict[str, Any], ledger: str, *, report: bool) -> Head:
    """Return what makes a run this one."""
    names = [[source.name, source.form.name, source.codec] for source in sources]
    shown = options | {"ledger": ledger, "report": "diff" if report else "none", "fields": asdict(job.fields)}
    return {
        "version": __version__,
        "rules": rules_hash(job.cleaner.rules),
        "options": json.loads(json.dumps(shown)),
        "inputs": hashlib.sha256(json.dumps(names).encode()).hexdigest(),
    }


def rules_hash(rules: Sequence[Rule]) -> str:
    """Return a hash of all that decides what the rules remove."""
    names = [one.name for one in fields(Rule) if one.name not in {"why", "examples", "source"}]
    rows = [{name: getattr(rule, name) for name in names} for rule in sorted(rules, key=lambda rule: rule.id)]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def check(out: Path, sources: Sequence[Source]) -> None:
    """Raise an error where a run could do harm, or cannot be done."""
    start = out.parts[0] if out.parts else ""
    if start.endswith(":") and len(start) > len("C:"):
        raise CleanerError(f"{out}: -o wants a folder on this machine: write into one, then copy that there")
    seen: dict[str, Source] = {}
    for source in sources:
        source.check()
        first = seen.setdefault(source.clean_name, source)
        if first is not source:
            raise CleanerError(f"{first} and {source} would both be written as clean/{source.clean_name}")
    root = Path(os.path.realpath(out))
    inside = [s for s in sources if not s.url and Path(os.path.realpath(s.path)).is_relative_to(root)]
    if inside:
        raise CleanerError(f"{inside[0]}: lies in the output folder {out}: give another folder to -o")
    check_ours(out)


def earlier(out: Path, head: Head, sources: Sequence[Source], job: Job) -> State | None:
    """Return how far an earlier run of the same came; None if there was none.

    Raises:
        CleanerError: the folder holds another run.
    """
    summary = read_run(out)
    if summary is None:
        return None
    wrong = next((name for key, name in _NAMES.items() if summary.get(key) != head[key]), "")
    if wrong:
        raise CleanerError(
            f"{out}: holds a run with {wrong}: --restart throws it away and cleans anew, or give another folder"
        )
    journal = read_journal(out, head)
    state = journal or State()
    if not journal and summary.get("complete"):
        state.files = dict(enumerate(summary["files"]))
        state.totals.merge(state.totals.of(summary["counts"]))
    for number, entry in state.files.items():
        _must_be_unchanged(out, sources[number], entry, job)
    return state if journal or summary.get("complete") else None


_NAMES = {
    "version": "another version of cleaner",
    "rules": "other rules",
    "options": "other options",
    "inputs": "other input files",
}


def _must_be_unchanged(out: Path, source: Source, entry: dict[str, Any], job: Job) -> None:
    """Raise an error if a file that was cleaned is not the same any more; a new date alone does not count."""
    stamp = source.stamp()
    if stamp == entry["stamp"]:
        return
    if stamp[0] == entry["stamp"][0]:
        digest = source.form.digest(job.fields)
        with source.open() as file:
            for block in source.form.cut(file, source.codec, source.name, job.fields):
                if not block.unreadable:
                    digest.update(block)
        if digest.hexdigest() == entry["sha256"]:
            return
    raise changed(out, source)


def changed(out: Path, source: Source) -> CleanerError:
    """Return the error that a file is not what it was."""
    return CleanerError(
        f"{source}: is not what it was when {out} was begun: --restart throws that run away and cleans anew"
    )
