"""The ledger: a row for each removal and each text that stayed as it was, and a row for each record that is broken."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from cleaner.clean import CleanResult
from cleaner.model import Pruned
from cleaner.records.base import Format, Record

Row = dict[str, Any]
_JSON: Final = json.JSONEncoder(ensure_ascii=False)
NO_HEAD: Final[Mapping[str, Any]] = {}
ATTRIBUTE: Final = "cleaner__cleaner__junk"  # experiment, tagger and kind of span, as Dolma joins them


def rows(form: Format, record: Record, results: Sequence[CleanResult]) -> Iterator[Row]:
    """Yield the rows of one record: elements pruned from its page, removals from its texts, and trouble."""
    head = {"id": record.document.id if record.document else "", "record": record.number}
    yield from (head | row for row in page_rows(record.pruned))
    if record.was is not None:
        yield {**head, "field": record.field, "was": record.was}
    for (field, _), result in zip(record.texts, results, strict=False):
        for row in text_rows(field, result, head):
            if "start" in row and (source := form.raw(record, field, row["start"], row["end"])) is not None:
                row["raw"] = source
            yield row
    if record.trouble:
        yield {**head, "field": record.field, "trouble": record.trouble}


def page_rows(pruned: Iterable[Pruned]) -> Iterator[Row]:
    """Yield the rows of what did not come through from a page, without id and record."""
    for part in pruned:
        why = {"why": part.why} if part.why else {}
        yield {"field": "html", "rules": [part.rule], "text": part.text, **why}


def text_rows(field: str, result: CleanResult, head: Mapping[str, Any] = NO_HEAD) -> Iterator[Row]:
    """Yield the rows of one text, its removals and its trouble; `head` holds id and record."""
    text = result.document.text
    for start, end, rules in result.removals:
        yield {**head, "field": field, "start": start, "end": end, "rules": list(rules), "text": text[start:end]}
    if result.trouble:
        yield {**head, "field": field, "trouble": result.trouble}


def error(record: Record, added: bytes = b"", *, unreadable: bool = False) -> Row:
    """Return the row of a broken record, with all its bytes.

    Args:
        record: the record.
        added: what stands in the clean file in its place.
        unreadable: its bytes are of the compressed file, since they could not be unpacked.
    """
    row: Row = {"id": "", "record": record.number, "field": record.field, "trouble": record.problem}
    row["offset"] = record.offset
    if unreadable:
        row["unreadable"] = True
    try:
        row["raw"] = record.raw.decode()
    except UnicodeDecodeError:
        row["base64"] = base64.b64encode(record.raw).decode()
    return row | ({"added": added.decode()} if added else {})


def raw_bytes(row: Mapping[str, Any]) -> bytes:
    """Return the bytes of the broken record that a row holds."""
    return base64.b64decode(row["base64"]) if "base64" in row else row["raw"].encode()


def attributes(record: Record, results: Sequence[CleanResult]) -> bytes:
    """Return the line of a Dolma attribute file for a record: spans [start, end, score] in code points.

    Dolma's mixer wants the id as the document has it, and a line for each line.
    """
    spans = ", ".join(f"[{cut.start}, {cut.end}, 1.0]" for result in results[:1] for cut in result.removals)
    return f'{{"id": {record.key}, "attributes": {{"{ATTRIBUTE}": [{spans}]}}}}\n'.encode("utf-8", "surrogatepass")


def encode(row: Row) -> bytes:
    """Return a row as a line of JSON."""
    try:
        return (_JSON.encode(row) + "\n").encode()
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can write
        return (json.dumps(row) + "\n").encode()
