"""The ledger: a row for each removal and each text that stayed as it was, and a row for each record that is broken."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cleaner.clean import CleanResult
from cleaner.records.base import Format, Record

Row = dict[str, Any]
ATTRIBUTE = "cleaner__cleaner__junk"  # experiment, tagger and kind of span, as Dolma joins them


def rows(form: Format, record: Record, results: Sequence[CleanResult]) -> Iterator[Row]:
    """Yield the rows of one record: elements pruned from its page, removals from its texts, and trouble."""
    head = {"id": record.document.id if record.document else "", "record": record.number}
    for pruned in record.pruned:
        why = {"why": pruned.why} if pruned.why else {}
        yield {**head, "field": "html", "rules": [pruned.rule], "text": pruned.text, **why}
    if record.was is not None:
        yield {**head, "field": record.field, "was": record.was}
    for (field, document), result in zip(record.texts, results, strict=False):
        for removal in result.removals:
            row = {**head, "field": field, "start": removal.start, "end": removal.end, "rules": list(removal.rules)}
            row["text"] = document.text[removal.start : removal.end]
            source = form.raw(record, field, removal.start, removal.end)
            yield row if source is None else row | {"raw": source}
        if result.trouble:
            yield {**head, "field": field, "trouble": result.trouble}
    if record.trouble:
        yield {**head, "field": record.field, "trouble": record.trouble}


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
        return (json.dumps(row, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can write
        return (json.dumps(row) + "\n").encode()
