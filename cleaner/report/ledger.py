"""The ledger: a row for each removal, and for each document that could not be cleaned."""

import json
from collections.abc import Iterator
from typing import Any

from cleaner.clean import CleanResult
from cleaner.records.base import Format, Record

Row = dict[str, Any]


def rows(form: Format, record: Record, result: CleanResult | None) -> Iterator[Row]:
    """Yield the rows of one record: elements pruned from its page, removals from its text, and trouble."""
    head = {"id": record.document.id if record.document else "", "record": record.number}
    for pruned in record.pruned:
        why = {"why": pruned.why} if pruned.why else {}
        yield {**head, "field": "html", "rules": [pruned.rule], "text": pruned.text, **why}
    for removal in result.removals if result else ():
        row = {**head, "field": record.field, "start": removal.start, "end": removal.end, "rules": list(removal.rules)}
        source = form.raw(record, removal.start, removal.end)
        yield row | {"text": result.removed(removal) if result else ""} | ({} if source is None else {"raw": source})
    if trouble := record.problem or (result.trouble if result else ""):
        yield {**head, "field": record.field, "trouble": trouble}


def encode(row: Row) -> bytes:
    """Return a row as a line of JSON."""
    try:
        return (json.dumps(row, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can write
        return (json.dumps(row) + "\n").encode()
