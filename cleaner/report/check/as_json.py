"""A JSON array of objects, named as ruff names theirs where both have the same."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from cleaner.model import category_of
from cleaner.report.check.encode import encode
from cleaner.report.check.finding import Finding, Place


def pieces(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the array, an object at a time."""
    before = "["
    for finding in findings:
        yield f"{before}\n{textwrap.indent(encode(_row(finding), indent=2), '  ')}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _row(finding: Finding) -> dict[str, Any]:
    start, end = finding.span or (None, None)
    return {
        "filename": finding.file,
        "location": _place(finding.start),
        "end_location": _place(finding.end),
        "code": finding.rule,
        "rules": list(finding.rules),
        "category": category_of(finding.rule),
        "why": finding.why,
        "message": finding.message,
        "text": finding.text,
        "record": finding.record or None,
        "id": finding.id,
        "field": finding.field,
        "start": start,
        "end": end,
    }


def _place(place: Place | None) -> dict[str, int] | None:
    return {"row": place.line, "column": place.column} if place else None
