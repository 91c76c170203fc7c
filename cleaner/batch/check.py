"""What a check of files finds, and at which line and column of them."""

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from cleaner.batch.one import Job
from cleaner.batch.record import Cleaned
from cleaner.clean import CleanResult
from cleaner.errors import CleanerError
from cleaner.model import Removal, Rule
from cleaner.records import Fields, Source
from cleaner.records.base import Format, Record
from cleaner.report.check.finding import TROUBLE_WHY, Finding, Place

_BREAK = re.compile(r"\r\n|\n|\r")
_MARK = "\ufeff"
_TIDY = "White space at the end of a line, or surplus blank lines (--tidy)."


def findings(job: Job, sources: Iterable[Source]) -> Iterator[Finding]:
    """Yield what would go from files and what could not be checked, in order; of the latter the job tells too."""
    rules = {rule.id: rule for rule in job.cleaner.rules}
    for source in sources:
        lines = Lines() if source.form.lined and not source.codec else None
        try:
            for cleaned in job.clean(source):
                yield from _of_record(source, cleaned, lines, job.fields, rules)
                if lines:
                    lines.pass_over(cleaned.record.raw)
        except CleanerError as error:
            job.fail(str(error))
            yield Finding(str(source), (), str(error).removeprefix(f"{source}: "), TROUBLE_WHY)


def _of_record(
    source: Source, cleaned: Cleaned, lines: "Lines | None", fields: Fields, rules: Mapping[str, Rule]
) -> Iterator[Finding]:
    record, form = cleaned.record, source.form
    if cleaned.trouble:
        yield _trouble(source, cleaned, lines)
    for (field, _), result in zip(record.texts, cleaned.results, strict=False):
        if result.removals:
            place = lines.places(*form.written(record, field, fields)) if lines else None
            for removal in result.removals:
                yield _removal(source, record, field, result, removal, place, rules)


def _trouble(source: Source, cleaned: Cleaned, lines: "Lines | None") -> Finding:
    record = cleaned.record
    place = lines.places(*_lead(source.form, record))(0) if lines else None
    key = record.document.id if record.document else ""
    return Finding(str(source), (), cleaned.trouble, TROUBLE_WHY, place, place, _number(source, record), key)


def _removal(
    source: Source,
    record: Record,
    field: str,
    result: CleanResult,
    removal: Removal,
    place: Callable[[int], Place] | None,
    rules: Mapping[str, Rule],
) -> Finding:
    start, end = _shown(result, removal.start, removal.end)
    first = removal.rules[0]
    return Finding(
        file=str(source),
        rules=removal.rules,
        text=result.removed(removal),
        why=rules[first].why if first in rules else _TIDY,
        start=place(start) if place else None,
        end=place(end) if place else None,
        record=_number(source, record),
        id=result.document.id,
        field=field,
        span=(removal.start, removal.end),
    )


def _number(source: Source, record: Record) -> int:
    return record.number if source.form.many else 0


def _shown(result: CleanResult, start: int, end: int) -> tuple[int, int]:
    """Return where what one sees of a removal starts and ends: without the line break that goes with a line."""
    removed = result.document.text[start:end]
    seen = removed.strip()
    start += len(removed) - len(removed.lstrip()) if seen else 0
    return start, start + len(seen) if seen else end


def _lead(form: Format, record: Record) -> tuple[str, Callable[[int], int]]:
    """Return a record as text, and where in it what it holds starts."""
    source = record.raw.decode("utf-8", "replace")
    lead = form.lead(source)
    return source, lambda offset: lead + offset


class Lines:
    """The lines of a file while its records pass: where the next record stands.

    A line ends with a line feed, a carriage return, or both, as editors have it; U+2028, form feeds and the like are
    characters of a line. A byte order mark is none.
    """

    def __init__(self) -> None:
        self.line = self.column = 1

    def places(self, source: str, place: Callable[[int], int]) -> Callable[[int], Place]:
        """Return a function from offsets to places in the file.

        Args:
            source: the record that stands next.
            place: where in it an offset is.
        """
        starts = [match.end() for match in _BREAK.finditer(source)]
        line, first = self.line, self.column - (self._is_new and source.startswith(_MARK))

        def found(offset: int) -> Place:
            index = place(offset)
            number = bisect.bisect_right(starts, index)
            return (
                Place(line + number, index - starts[number - 1] + 1) if number else Place(line, max(1, first + index))
            )

        return found

    def pass_over(self, raw: bytes) -> None:
        """Go on behind a record."""
        if self._is_new:
            raw = raw.removeprefix(_MARK.encode())
        if breaks := raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n"):
            self.line, self.column = self.line + breaks, 1
            raw = raw[max(raw.rfind(b"\n"), raw.rfind(b"\r")) + 1 :]
        self.column += len(raw.decode("utf-8", "replace"))

    @property
    def _is_new(self) -> bool:
        return self.line == self.column == 1
