"""One record cleaned and proven: what is written is its texts without the removals, or the record as it was."""

from collections.abc import Sequence
from dataclasses import replace

from cleaner.clean import Cleaner, CleanResult
from cleaner.model import Document, Removal
from cleaner.records import Format, Record


class Cleaned:
    """A record, what the cleaner made of its texts, and the bytes it becomes."""

    def __init__(self, record: Record, results: tuple[CleanResult, ...], after: bytes) -> None:
        self.record, self.results, self.after = record, results, after

    @property
    def trouble(self) -> str:
        """Why the record is as it was, or ""."""
        if why := self.record.problem or self.record.trouble:
            return why
        for result in self.results:
            if result.trouble:
                return result.trouble
        return ""

    @property
    def changes(self) -> bool:
        """Whether something of the record goes."""
        for result in self.results:  # noqa: SIM110  `any` would make a generator for each record
            if result.removals:
                return True
        return False


def clean_record(cleaner: Cleaner, form: Format, record: Record, *, verify: bool) -> Cleaned:
    """Clean a record; one in trouble stays as it came in.

    Args:
        cleaner: the rules.
        form: what writes it.
        record: the record.
        verify: whether what is written is proven first.
    """
    texts = record.texts
    if not texts:
        return Cleaned(record, (), form.broken(record) if record.problem else b"" if form.becomes else record.raw)
    results = tuple([_clean(cleaner, document) for _, document in texts])
    if record.pruned:
        results = (replace(results[0], pruned=record.pruned), *results[1:])
    try:
        after = form.write(record, results)
    except ValueError as error:
        return _kept(form, record, str(error))
    cleaned = Cleaned(record, results, after)
    if verify and (form.becomes or cleaned.changes) and not _is_proven(form, record, results, after):
        return _kept(form, record, "internal error: what was left is not the text without what was removed")
    return cleaned


def _clean(cleaner: Cleaner, document: Document) -> CleanResult:
    try:
        return cleaner.clean_document(document)
    except Exception as error:  # noqa: BLE001  whatever a rule or a library runs into costs this one text
        return CleanResult(document, trouble=f"internal error: {type(error).__name__}: {error}")


def _kept(form: Format, record: Record, why: str) -> Cleaned:
    """A record as it was."""
    results = tuple(CleanResult(document, trouble=why) for _, document in record.texts)
    return Cleaned(record, results, form.write(record, results))


def _is_proven(form: Format, record: Record, results: Sequence[CleanResult], after: bytes) -> bool:
    """Whether the clean bytes hold the texts minus the removals, worked out here once more."""
    texts = [_remaining(result.document.text, result.removals) for result in results]
    try:
        return None not in texts and form.proven(record, after, [text for text in texts if text is not None])
    except (ValueError, KeyError, TypeError):
        return False


def _remaining(text: str, removals: Sequence[Removal]) -> str | None:
    """The text without removals; None if they overlap or do not lie in it."""
    kept, place = [], 0
    for removal in removals:
        if not place <= removal.start < removal.end <= len(text):
            return None
        kept.append(text[place : removal.start])
        place = removal.end
    return "".join((*kept, text[place:]))
