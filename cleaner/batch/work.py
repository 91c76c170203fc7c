"""The work on one block, in any process: read its records, clean them, prove it, write all that becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cleaner.batch.record import Cleaned, clean_record
from cleaner.clean import Cleaner, CleanResult
from cleaner.records import FORMATS, Block, Fields, Format, Reading
from cleaner.records.base import NOTHING, Note, unheard
from cleaner.records.packed import packed
from cleaner.report import ledger
from cleaner.report.diff import unified_diff
from cleaner.report.totals import Totals
from cleaner.spare import Ignore

DEFAULT_FIELDS = Fields()
NO_RECORD = -1
Ledger = Literal["rows", "dolma", "none"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to every record of a run.

    Attributes:
        cleaner: the rules.
        fields: where a record holds its texts, id and url.
        ledger: which account is kept of removals.
        report: whether every change is written as a diff.
        verify: whether every clean record is proven before it is written.
        ignores: what is ignored in the file that is in work.
    """

    cleaner: Cleaner
    fields: Fields = DEFAULT_FIELDS
    ledger: Ledger = "rows"
    report: bool = True
    verify: bool = True
    ignores: tuple[Ignore, ...] = ()

    def ignoring(self, ignores: tuple[Ignore, ...]) -> "Plan":
        """Return the plan for a file in which something is ignored; it shares what the cleaner has made ready."""
        if not ignores:
            return self
        return replace(self, cleaner=self.cleaner.without(one.rule for one in ignores), ignores=ignores)

    def reading(self, name: str) -> Reading:
        """Return what the records of a file are read with."""
        return Reading(name, self.fields, self.cleaner.rules, self.cleaner.keep)


@dataclass(frozen=True, slots=True)
class Task:
    """A block of one file, and what is ignored in that; `skip` says why records are not to be looked into, by place."""

    name: str
    form: str
    codec: str
    block: Block
    skip: Mapping[int, str] = field(default_factory=dict)
    ignores: tuple[Ignore, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What a block became: bytes for each file of the output, counts, and what is to be told of which record."""

    clean: bytes
    ledger: bytes
    errors: bytes
    report: bytes
    pages: bytes
    written: int
    totals: Totals
    told: tuple[tuple[int, str], ...]


def process(plan: Plan, task: Task, note: Note = unheard) -> Done:
    """Clean a block.

    Args:
        plan: what is done to every record.
        task: the block.
        note: called with the place of each record in the block before it is read and before it is cleaned.
    """
    form, plan = FORMATS[task.form], plan.ignoring(task.ignores)
    records = list(form.records(task.block, plan.reading(task.name), task.skip or NOTHING, note))
    cleaned = []
    for index, record in enumerate(records):
        note(index)
        cleaned.append(clean_record(plan.cleaner, form, record, verify=plan.verify))
    totals = Totals()
    for one in cleaned:
        totals.add(one.record, one.results, plan.ignores)
    clean = form.join(task.block, [one.record for one in cleaned], [one.after for one in cleaned])
    pages = b"".join(one.record.raw for one in cleaned) if form.name == "html" else b""
    broken = [one for one in cleaned if one.record.problem]
    return Done(
        clean=packed(clean, task.codec),
        ledger=_ledger(plan, form, cleaned, task.codec),
        errors=b"".join(ledger.encode(_error(form, one, task)) for one in broken),
        report=_diffs(task, form, cleaned) if plan.report else b"",
        pages=packed(pages, task.codec),
        written=len(cleaned) - len(broken),
        totals=totals,
        told=tuple((one.record.number, one.trouble) for one in cleaned if one.trouble),
    )


def _ledger(plan: Plan, form: Format, cleaned: Sequence[Cleaned], codec: str) -> bytes:
    if plan.ledger == "dolma":
        return packed(b"".join(ledger.attributes(one.record, one.results) for one in cleaned), codec)
    if plan.ledger == "none":
        return b""
    return b"".join(ledger.encode(row) for one in cleaned for row in ledger.rows(form, one.record, one.results))


def _error(form: Format, one: Cleaned, task: Task) -> ledger.Row:
    return ledger.error(one.record, form.broken(one.record), unreadable=task.block.unreadable)


def _diffs(task: Task, form: Format, cleaned: Sequence[Cleaned]) -> bytes:
    changed = (result for one in cleaned for result in one.results if result.removals or result.pruned)
    diffs = (unified_diff(result, header(task.name, form, result)) for result in changed)
    return "".join(diffs).encode("utf-8", "backslashreplace")


def header(name: str, form: Format, result: CleanResult) -> str:
    """Name a record in a diff: its clean file, and the id where a file holds several."""
    clean = f"{name}.{form.becomes}" if form.becomes else name
    return f"{clean}#{result.document.id}" if form.many else clean
