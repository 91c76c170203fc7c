"""JSON Lines: one article a line. Records are edited in their source, so that every other byte stays."""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

import regex

from cleaner.clean import CleanResult
from cleaner.model import Document, Rule
from cleaner.records.base import Fields, Format, Record, decode

# Numbers are only stepped over: a long one must neither fail nor cost time.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_SPACES = frozenset(" \t\n\r")
# How the characters of a JSON string are written: a surrogate pair, another escape, or themselves.
_WRITTEN = regex.compile(r"\\u[dD][89abAB]\w{2}\\u[dD][c-fC-F]\w{2}|\\u\w{4}|\\.|[^\\]", regex.DOTALL)


class JsonLines(Format):
    """`.jsonl`: objects, one a line; blank lines and line ends are kept."""

    name = "jsonl"
    suffixes = (".jsonl", ".ndjson")

    def read(self, file: BinaryIO, name: str, fields: Fields, rules: tuple[Rule, ...]) -> Iterator[Record]:
        """Yield a record a line."""
        del name, rules
        for number, raw in enumerate(file, 1):
            yield _record(number, raw, fields)

    def write(self, record: Record, result: CleanResult) -> bytes:
        """Return the line with the removed characters taken out of its text field, however they are written."""
        if not result.removals:
            return record.raw
        line = record.raw.decode()
        start, places = _places(line, record.field)
        pieces, at = [], 0
        for removal in result.removals:
            pieces.append(line[at : start + places[removal.start]])
            at = start + places[removal.end]
        return "".join((*pieces, line[at:])).encode()

    def raw(self, record: Record, start: int, end: int) -> str | None:
        """Return the source of these characters where JSON's plain way of writing them is another one."""
        line = record.raw.decode()
        first, places = _places(line, record.field)
        source = line[first + places[start] : first + places[end]]
        text = record.document.text[start:end] if record.document else ""
        return None if source == _plain_source(text) else source

    def restore(self, clean: BinaryIO, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
        """Yield the lines of the original."""
        by_line = defaultdict(list)
        for row in rows:
            if "start" in row:
                by_line[row["record"]].append(row)
        for number, raw in enumerate(clean, 1):
            yield _restored(raw, by_line.pop(number, ()))
        if by_line:
            raise ValueError(f"the removals name line {min(by_line)}, which the clean file does not have")


def _record(number: int, raw: bytes, fields: Fields) -> Record:
    line, problem = decode(raw)
    if problem or not line.strip("\ufeff \t\r\n"):
        return Record(number, raw, None, problem)
    try:
        spans = values(line)
    except (ValueError, RecursionError) as error:
        return Record(number, raw, None, f"not valid JSON: {error}")
    if fields.text not in spans:
        known = ", ".join(itertools.islice(spans, 8)) or "none"
        return Record(number, raw, None, f"no field {fields.text!r} (fields: {known}): name it with --text-field")
    text = _value(line, spans[fields.text])
    if not isinstance(text, str):
        kind = {bool: "a truth value", dict: "an object", list: "a list", type(None): "null"}.get(
            type(text), "a number"
        )
        return Record(number, raw, None, f"field {fields.text!r} is {kind}, not a text")
    held = {key: _shown(line, spans, name) for key, name in (("id", fields.id), ("url", fields.url))}
    return Record(number, raw, Document(text, held["id"] or str(number), {"url": held["url"]}), field=fields.text)


def values(line: str) -> dict[str, tuple[int, int]]:
    """Where the value of each key of a JSON object starts and ends in its source; of a doubled key, the last.

    Raises:
        ValueError: not one JSON object, and nothing else.
    """
    place = _skip(line, 1 if line.startswith("\ufeff") else 0)
    if line[place : place + 1] != "{":
        raise ValueError("a record must be an object: { … }")
    spans: dict[str, tuple[int, int]] = {}
    place = _skip(line, place + 1)
    while line[place : place + 1] != "}":
        if line[place : place + 1] != '"':
            raise ValueError(f"expected a key in double quotes at column {place + 1}")
        key, place = _DECODER.raw_decode(line, place)
        place = _skip(line, place)
        if line[place : place + 1] != ":":
            raise ValueError(f"expected a colon at column {place + 1}")
        start = _skip(line, place + 1)
        _, end = _DECODER.raw_decode(line, start)
        spans[key] = (start, end)
        place = _skip(line, end)
        if line[place : place + 1] == ",":
            place = _skip(line, place + 1)
            if line[place : place + 1] == "}":
                raise ValueError(f"a comma before the closing brace at column {place + 1}")
        elif line[place : place + 1] != "}":
            raise ValueError(f"expected a comma or a closing brace at column {place + 1}")
    if line[place + 1 :].strip(" \t\r\n"):
        raise ValueError(f"more text behind the object at column {place + 2}")
    return spans


def _skip(line: str, place: int) -> int:
    while line[place : place + 1] in _SPACES:
        place += 1
    return place


def _value(line: str, span: tuple[int, int]) -> Any:
    return _DECODER.raw_decode(line, span[0])[0] if line[span[0]] == '"' else json.loads(_short(line, span))


def _short(line: str, span: tuple[int, int]) -> str:
    """A value that is no text only matters for its kind."""
    first = line[span[0]]
    return {"{": "{}", "[": "[]"}.get(first) or (line[span[0] : span[1]] if first in "tfn" else "0")


def _shown(line: str, spans: Mapping[str, tuple[int, int]], name: str) -> str:
    """An id or url as text: a number as it is written."""
    if name not in spans:
        return ""
    start, end = spans[name]
    return (
        str(_value(line, (start, end)))
        if line[start] == '"'
        else line[start:end]
        if line[start] in "-0123456789"
        else ""
    )


def _places(line: str, field: str) -> tuple[int, list[int]]:
    """Start of the source of a text field, and where in it each code point starts; the last is its end."""
    start, end = values(line)[field]
    source = line[start + 1 : end - 1]
    if "\\" not in source:
        return start + 1, list(range(len(source) + 1))
    return start + 1, list(itertools.accumulate(map(len, _WRITTEN.findall(source)), initial=0))


def _plain_source(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _restored(raw: bytes, rows: Iterable[Mapping[str, Any]]) -> bytes:
    rows = list(rows)
    if not rows:
        return raw
    line = raw.decode()
    try:
        start, places = _places(line, rows[0]["field"])
    except (ValueError, KeyError) as error:
        raise ValueError(f"line {rows[0]['record']} of the clean file has no field {rows[0]['field']!r}") from error
    pieces, at, gone = [], 0, 0
    for row in rows:
        place = row["start"] - gone
        if not 0 <= place < len(places):
            raise ValueError(f"a removal of line {row['record']} does not fit its text")
        here = start + places[place]
        pieces += [line[at:here], row.get("raw", _plain_source(row["text"]))]
        at, gone = here, gone + len(row["text"])
    return "".join((*pieces, line[at:])).encode()


JSON_LINES = JsonLines()
