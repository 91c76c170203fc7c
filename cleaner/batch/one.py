"""One file after another in this process: to stdout, as a diff, or in place."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cleaner.batch.files import alone, rewrite
from cleaner.batch.record import Cleaned, clean_record
from cleaner.batch.work import Plan
from cleaner.clean import Cleaner
from cleaner.errors import CleanerError
from cleaner.records import Fields, Source, UnreadableError
from cleaner.records.packed import packed
from cleaner.report.totals import Totals
from cleaner.spare import Ignore


class Job:
    """A cleaner at work on files: which fields it reads, whom it tells of trouble, and what it has done so far.

    Args:
        cleaner: the rules.
        fields: where a record holds its texts, id and url.
        tell: called with a line for each record, and each file, that stays as it is.
        verify: whether each clean record is proven to be the original without what was removed.
        ignores: what is ignored in files of some names.
    """

    def __init__(
        self,
        cleaner: Cleaner,
        fields: Fields,
        tell: Callable[[str], None],
        *,
        verify: bool = True,
        ignores: Sequence[Ignore] = (),
    ) -> None:
        self.cleaner, self.fields, self.tell, self.ignores = cleaner, fields, tell, tuple(ignores)
        self.plan = Plan(cleaner, fields, verify=verify)
        self.totals = Totals()
        self.failures = 0

    def ignored_in(self, source: Source) -> tuple[Ignore, ...]:
        """Return what is ignored in a file."""
        return tuple(one for one in self.ignores if one.fits(source.url or source.path))

    def clean(self, source: Source) -> Iterator[Cleaned]:
        """Clean every record of a file; one in trouble goes out as it came in.

        Raises:
            CleanerError: the file cannot be read.
        """
        source.check()
        form, plan = source.form, self.plan.ignoring(self.ignored_in(source))
        with source.open() as file:
            try:
                for block in form.cut(file, source.codec, source.name, self.fields):
                    for record in form.records(block, plan.reading(source.name)):
                        cleaned = clean_record(plan.cleaner, form, record, verify=plan.verify)
                        self.totals.add(record, cleaned.results, plan.ignores)
                        if cleaned.trouble:
                            self.tell(f"{place(source, record.number)}: {cleaned.trouble}")
                        yield cleaned
            except OSError as error:
                raise UnreadableError(f"{source}: cannot be read: {error.strerror or error}") from error

    def clean_or_tell(self, source: Source) -> Iterator[Cleaned]:
        """Clean every record of a file; tell of one that cannot be read."""
        try:
            yield from self.clean(source)
        except CleanerError as error:
            self.fail(str(error))

    def fail(self, why: str) -> None:
        """Tell of a file that cannot be done."""
        self.failures += 1
        self.tell(why)

    def rewrite_or_tell(self, source: Source) -> bool:
        """Clean a file where it lies, and return whether it changed. A link stays a link, its target is rewritten."""
        if not source.form.in_place or source.url:
            what = (
                "a page cannot be rewritten in place as text" if source.form.name == "html" else "no rewriting in place"
            )
            self.fail(f"{source}: {what}: use -o OUT")
            return False
        path = Path(os.path.realpath(source.path))
        try:
            with alone(path) as before:
                pieces = [(cleaned.record.raw, out_of(source, cleaned)) for cleaned in self.clean(source)]
                if all(raw == after for raw, after in pieces):
                    return False
                rewrite(path, packed(b"".join(after for _, after in pieces), source.codec), before)
        except CleanerError as error:
            self.fail(str(error))
            return False
        return True


def out_of(source: Source, cleaned: Cleaned) -> bytes:
    """Return what a record becomes where there is no folder for broken ones: such a one stays as it is."""
    return cleaned.record.raw if cleaned.record.problem and not source.form.becomes else cleaned.after


def place(source: Source, number: int) -> str:
    """Name a record for a message: the file, and the record where a file holds several."""
    return f"{source}:{number}" if source.form.many else str(source)
