"""What of the allow-list and of the per-file ignores did nothing in a run."""

from collections.abc import Iterator, Sequence

from cleaner.batch.one import Job
from cleaner.cli.output import say
from cleaner.config import Settings
from cleaner.records import Source

MOST = 20  # lines
SHOWN = 100  # characters of an allowed text


def tell_unused(sources: Sequence[Source], job: Job, settings: Settings, *, whole: bool) -> None:
    """Say which entries of the allow-list, and which per-file ignores, did nothing.

    Only where a run is over `whole` folders or dumps: where files are named one by one, as a hook does, others of the
    repository may need them.
    """
    lines = [*unused_allowed(job, settings), *unused_ignores(sources, job, settings)] if whole else []
    for line in lines[:MOST]:
        say(f"cleaner: {line}")
    if len(lines) > MOST:
        say(f"cleaner: … and {len(lines) - MOST:,} more that did nothing")


def unused_allowed(job: Job, settings: Settings) -> Iterator[str]:
    """Yield a line for each entry of the allow-list that kept nothing."""
    for entry in job.cleaner.allow:
        if str(entry) not in job.totals.by_allowed:
            yield f"{settings.allow}: unused: no rule takes {_short(str(entry))}"


def unused_ignores(sources: Sequence[Source], job: Job, settings: Settings) -> Iterator[str]:
    """Yield a line for each per-file ignore that fits no file, or under which no rule would have removed anything."""
    told = set()
    for ignore in settings.per_file_ignores:
        place = f"{settings.origin('per-file-ignores')}: per-file-ignores"
        if not any(ignore.fits(source.url or source.path) for source in sources):
            if ignore.glob not in told:
                yield f"{place}: unused: {ignore.glob} fits no file"
            told.add(ignore.glob)
        elif str(ignore) not in job.totals.by_ignored:
            yield f"{place}: unused: {ignore} ignores nothing"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
