"""A JSON object as a record: its texts, and where in its source they are written."""

import itertools
from collections.abc import Mapping
from typing import Final

from cleaner.model import Document
from cleaner.records.base import Fields, Record, Text, says_off
from cleaner.records.json_object import Member, members
from cleaner.records.prepared import shown

_KINDS: Final = {"{": "an object", "[": "a list", "t": "a truth value", "f": "a truth value", "n": "null"}


def json_record(number: int, raw: bytes, source: str, fields: Fields, start: int) -> Record:
    """Return the record of the JSON object that starts there; a text field that is missing or no text is its problem.

    Raises:
        ValueError: not one JSON object, and nothing else.
    """
    held = members(source, start)
    if fields.opt_out in held and says_off(held[fields.opt_out].value):
        return Record(number, raw, key=_key(source, held, fields), opted_out=True)
    key, url = (shown(source, held.get(name)) for name in (fields.id, fields.url))
    texts = []
    for field in fields.texts:
        if problem := _problem(source, held, field, fields):
            return Record(number, raw, None, problem)
        if field in held and isinstance(held[field].value, str):
            texts.append(Text(field, Document(held[field].value, key or str(number), {"url": url})))
    if not texts:
        return Record(number, raw, None, _missing(held, fields.text))
    (field, document), *more = texts
    key = _key(source, held, fields)
    return Record(number, raw, document, field=field, more=tuple(more), key=key, held=(source, held, {}))


def _key(source: str, held: Mapping[str, Member], fields: Fields) -> str:
    """The id as it is written."""
    return source[held[fields.id].start : held[fields.id].end] if fields.id in held else "null"


def _problem(source: str, held: Mapping[str, Member], field: str, fields: Fields) -> str:
    """What is wrong with a field; of several texts, one may be missing or null."""
    if field not in held:
        return "" if fields.more else _missing(held, field)
    if isinstance(held[field].value, str) and source[held[field].start] == '"':
        return ""
    kind = _KINDS.get(source[held[field].start], "a number")
    return "" if fields.more and kind == "null" else f"field {field!r} is {kind}, not a text"


def _missing(held: Mapping[str, Member], field: str) -> str:
    known = ", ".join(itertools.islice(held, 8)) or "none"
    return f"no field {field!r} (fields: {known}): name it with --text-field"
