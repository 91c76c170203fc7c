"""`cleaner clean -o`: the run, what is seen of it, and the table at its end."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from cleaner.batch.one import Job
from cleaner.batch.run import How, Seen, clean_into
from cleaner.cli.output import emit, on_terminal, say
from cleaner.cli.report import write_page
from cleaner.records import Source
from cleaner.report.totals import Totals

EVERY = 10.0  # seconds between lines in a log
SHOWN = 10  # rules, and sites, that the table names


def run(
    out: Path, sources: Sequence[Source], job: Job, options: Mapping[str, Any], how: Mapping[str, Any],
    *, page: Path | None, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Clean into a folder, show how far it is, make the page of the run, and print what was done."""
    started = time.monotonic()
    with _watching(quiet=quiet) as watch:
        if watch:
            job.tell = watch.tell
        fresh = clean_into(out, sources, job, dict(options), How(**how, watch=watch.see if watch else None))
    if page and (fresh or not page.exists()):
        write_page(out, page)
    counts = job.totals.as_dict() | {"failed_files": job.failures, "seconds": round(time.monotonic() - started, 3)}
    if as_json:
        emit((json.dumps(counts, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
    if quiet:
        return
    if not fresh:
        say(f"cleaner: nothing to do: {out} holds this run already; --restart cleans anew")
    for line in table(job.totals) if fresh else ():
        say(line)
    say(f"cleaner: {job.totals}")


def table(totals: Totals) -> list[str]:
    """Return what went by category, rule and site, and that nothing was lost, as lines."""
    lines = []
    for name, counts in (("category", totals.by_category), ("rule", totals.by_rule), ("site", totals.by_site)):
        if counts:
            shown = counts.most_common(SHOWN)
            width = max(len(key) for key, _ in shown)
            lines += [f"{name:<{width}}  removals", *(f"{key:<{width}}  {count:8,}" for key, count in shown)]
            if len(counts) > SHOWN:
                lines.append(f"… and {len(counts) - SHOWN:,} more")
            lines.append("")
    good = totals.records - totals.errors
    return [*lines, f"records: {totals.records:,} in = {good:,} out + {totals.errors:,} in errors/"]


class Watch(Protocol):
    """Shows how far a run is."""

    def see(self, seen: Seen) -> None:
        """Take in where the run is."""

    def tell(self, line: str) -> None:
        """Say something in between."""


def _watching(*, quiet: bool) -> AbstractContextManager[Watch | None]:
    if quiet:
        return nullcontext()
    if on_terminal(sys.stderr):
        from cleaner.cli.bar import Bar  # noqa: PLC0415  a log never pays for it

        return Bar()
    return nullcontext(Log())


class Log:
    """A line every few seconds."""

    def __init__(self) -> None:
        self.started = self.last = time.monotonic()
        self.first = 0

    def see(self, seen: Seen) -> None:
        """Print a line if it is time."""
        now = time.monotonic()
        self.first = self.first or seen.read
        if now - self.last < EVERY:
            return
        self.last = now
        rate = (seen.read - self.first) / (now - self.started)
        left = f", {duration((seen.size - seen.read) / rate)} left" if rate else ""
        share = f"{min(seen.read / seen.size, 1):.0%}" if seen.size else "?"
        say(
            f"cleaner: {share}, {rate / 1e6:.1f} MB/s{left}, {seen.records:,} articles, "
            f"{seen.removals:,} removals, {seen.errors:,} errors"
        )

    def tell(self, line: str) -> None:
        """Say something in between."""
        say(line)


def duration(seconds: float) -> str:
    """Return seconds as hours, minutes and seconds, the two that matter."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
