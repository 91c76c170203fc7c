"""A run of many files into a folder: in parallel, in order, and to be gone on with when it was stopped."""

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.batch.begin import check, earlier, head_of
from cleaner.batch.files import writing
from cleaner.batch.folder import JOURNAL, Head, Journal, Parts, State, clear, make_way, write_run
from cleaner.batch.one import Job, place
from cleaner.batch.steps import Step, Steps, StoppedError
from cleaner.batch.work import Done, Ledger, Plan, process
from cleaner.errors import CleanerError
from cleaner.records import Source
from cleaner.records.packed import packed, unpacked
from cleaner.records.parquet import PARQUET, clean_batches

SMALL = 1 << 20  # bytes of a run for which no process is started
TOLD = 20  # records in trouble that are told of one by one
HARD = 2.0  # a worker is ended when one record takes so many times the time limit of a document
GRACE = 5.0  # and these seconds


@dataclass(frozen=True, slots=True)
class How:
    """How a run is done.

    Attributes:
        report: write report.diff.
        ledger: which account is kept of removals.
        jobs: processes; None means one a core, and none for a small run.
        restart: throw away what an earlier run left.
        max_errors: stop when more records than this are broken.
        watch: told of every block that is done.
    """

    report: bool = True
    ledger: Ledger = "rows"
    jobs: int | None = None
    restart: bool = False
    max_errors: int | None = None
    watch: Callable[["Seen"], None] | None = None


class Seen(NamedTuple):
    """How far a run is: bytes of the input read, and of how many, and counts so far."""

    read: int
    size: int
    records: int
    removals: int
    errors: int


def clean_into(out: Path, sources: Sequence[Source], job: Job, options: dict[str, Any], how: How) -> bool:
    """Write OUT/clean, OUT/removals, OUT/errors, OUT/pages, OUT/report.diff and OUT/run.json.

    A run that was stopped goes on where it was; one that is finished is left as it is.

    Args:
        out: the output folder; one that holds other things than an earlier run of the same is refused.
        sources: the files.
        job: the cleaner at work.
        options: what the user asked for that changes the output; kept in run.json.
        how: how the run is done.

    Returns:
        Whether anything was left to do.

    Raises:
        CleanerError: OUT is no place for this run, or cannot be written.
    """
    check(out, sources)
    head = head_of(sources, job, options, how.ledger, report=how.report)
    state = None if how.restart else earlier(out, head, sources, job)
    if state and len(state.files) == len(sources) and not (out / JOURNAL).exists():
        clear(out)  # of a run that was stopped at its very end
        job.totals.merge(state.totals)
        return False
    run = _Run(out, sources, job, how, head, state)
    try:
        run.go()
    finally:
        run.close()
    return True


class _Run:
    """A run at work: its state, its parts, its journal."""

    def __init__(
        self, out: Path, sources: Sequence[Source], job: Job, how: How, head: Head, state: State | None
    ) -> None:
        self.out, self.sources, self.job, self.how, self.head = out, sources, job, how, head
        self.plan = Plan(job.cleaner, job.fields, how.ledger, how.report, job.plan.verify)
        self.state = state or State()
        self.told = 0
        if state is None:
            make_way(out, head | {"complete": False, "files": []})
        self.parts = Parts(out, self.state)
        self.journal = Journal(out, head if state is None else None)
        self.steps = Steps(out, sources, job, self.state)

    def close(self) -> None:
        self.parts.close()
        self.journal.close()

    def go(self) -> None:
        """Do what is left to do."""
        with contextlib.ExitStack() as stack:
            for step, done in self._results(stack):
                getattr(self, f"_{step.kind}")(step, done)
        self._finish()

    def _results(self, stack: contextlib.ExitStack) -> Iterator[tuple[Step, Done | None]]:
        jobs = 0 if len(self.state.files) == len(self.sources) else self.how.jobs
        if jobs is None:
            plain = all(source.form.name in {"txt", "jsonl", "json", "csv", "tsv"} for source in self.sources)
            jobs = 0 if plain and sum(self.steps.sizes) < SMALL else cores()
        if not jobs:
            return ((step, process(self.plan, task) if task else None) for step, task in self.steps)
        from cleaner.batch.pool import Pool  # noqa: PLC0415  a small run needs no processes, and starts sooner without

        limit = HARD * self.job.cleaner.time_limit + GRACE
        return stack.enter_context(Pool(self.plan, jobs, limit)).run(self.steps)

    def _begun(self, step: Step, done: Done | None) -> None:
        del done
        if not step.block:
            self.state.begin(step.source)
            self.parts.cut_back()

    def _block(self, step: Step, done: Done | None) -> None:
        """Write what a block became, and note it."""
        if done is None:
            raise CleanerError("internal error: a block without a result")
        source, state = self.sources[step.source], self.state
        if step.pieces != done.written + done.totals.errors:
            raise CleanerError(
                f"{source}: internal error: {step.pieces} records became {done.written} + {done.totals.errors}"
            )
        sizes = self.parts.add(done, self._opened(source, done, step))
        state.blocks, state.sizes, state.digest = step.block, sizes, step.digest
        state.written += done.written
        state.partial.merge(done.totals)
        self.journal.write(
            {"block": step.block, "source": step.source, "sizes": sizes, "digest": step.digest}
            | {"written": done.written, "totals": _short(vars(done.totals))}
        )
        self._tell(source, done)
        self._watch(step.read)
        limit = self.how.max_errors
        if limit is not None and state.totals.errors + state.partial.errors > limit:
            raise StoppedError(
                f"stopped: more than {limit:,} records are broken, see {self.out / 'errors'}; "
                "the same command with a higher --max-errors goes on from here"
            )

    def _opened(self, source: Source, done: Done, step: Step) -> bytes:
        """Return the clean bytes of a block; before the first good record of an array stands no comma."""
        if source.form.name != "json" or step.block == 1 or self.state.written > 1:
            return done.clean
        clean = b"".join(chunk.data for chunk in unpacked(io.BytesIO(done.clean), source.codec))
        return packed(source.form.opening(clean), source.codec)

    def _tell(self, source: Source, done: Done) -> None:
        for number, trouble in done.told:
            self.told += 1
            if self.told <= TOLD:
                self.job.tell(f"{place(source, number)}: {trouble}")
            elif self.told == TOLD + 1:
                self.job.tell(f"… more are not told of one by one: see {self.out / 'errors'} and the ledger")

    def _watch(self, read: int) -> None:
        if self.how.watch:
            now, part = self.state.totals, self.state.partial
            counts = (getattr(now, key) + getattr(part, key) for key in ("records", "removals", "errors"))
            self.how.watch(Seen(read, sum(self.steps.sizes), *counts))

    def _failed(self, step: Step, done: Done | None) -> None:
        """Leave out a file that cannot be read to its end."""
        del done
        self.job.fail(step.digest)
        self.state.begin(-1)
        self.parts.cut_back()

    def _ended(self, step: Step, done: Done | None) -> None:
        """Put the parts of a finished file under their names."""
        del done
        source, state = self.sources[step.source], self.state
        entry = {
            "name": source.name, "clean": source.clean_name, "format": source.form.name, "codec": source.codec,
            "records": state.partial.records, "errors": state.partial.errors, "sha256": step.digest,
            "stamp": self.steps.stamps[step.source],
        }  # fmt: skip
        sizes = dict(self.parts.sizes)
        # Moved before it is noted: a run that stops between the two does this file again.
        self._place(source, sizes)
        state.files[step.source], state.report = entry, sizes["report"]
        state.totals.merge(state.partial)
        row = {"done": entry, "source": step.source, "report": state.report, "totals": _short(vars(state.partial))}
        state.begin(-1)
        self.journal.write(row)
        self._watch(step.read)

    def _place(self, source: Source, sizes: dict[str, int]) -> None:
        name = source.clean_name
        if self.how.ledger == "rows":
            self.parts.move("ledger", self.out / "removals" / f"{name}.jsonl")
        elif self.how.ledger == "dolma":
            self.parts.move("ledger", self.out / "attributes" / "cleaner" / source.name)
        if sizes["errors"]:
            self.parts.move("errors", self.out / "errors" / f"{name}.jsonl")
        if source.form.name == "html":
            self.parts.move("pages", self.out / "pages" / source.name)
        if source.form is PARQUET:
            self._write_parquet(source)
        self.parts.move(PARQUET.name if source.form is PARQUET else "clean", self.out / "clean" / name)

    def _write_parquet(self, source: Source) -> None:
        target = self.parts.folder / PARQUET.name
        with source.open() as original, (self.parts.folder / "clean").open("rb") as rows, writing(target):
            PARQUET.finish(clean_batches(rows), original, target)

    def _finish(self) -> None:
        """Note that the run is whole, and clear what only a stopped one needs."""
        self.job.totals.merge(self.state.totals)
        if self.how.report:
            self.parts.copy("report", self.out / "report.diff")
        counts = self.job.totals.as_dict() | {"failed_files": self.job.failures}
        files = [self.state.files[number] for number in sorted(self.state.files)]
        whys = {rule.id: rule.why for rule in self.job.cleaner.rules if rule.id in self.job.totals.by_rule}
        write_run(self.out, self.head | {"complete": True, "counts": counts, "whys": whys, "files": files})
        self.close()
        if self.job.failures:  # a later run goes on with the files that could not be read
            return
        clear(self.out)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _short(counts: dict[str, Any]) -> dict[str, Any]:
    """Leave out counts of nothing."""
    return {key: value for key, value in counts.items() if value}
