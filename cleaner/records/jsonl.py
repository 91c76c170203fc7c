"""JSON Lines: one article a line. Records are edited in their source, so that every other byte stays."""

import itertools
from collections.abc import Sequence

from cleaner.clean import CleanResult
from cleaner.records.base import Fields, Format, Reading, Record, Row, Written, decode
from cleaner.records.blocks import Block
from cleaner.records.cutting import Lines
from cleaner.records.json_object import Member, is_with, members, plain_source
from cleaner.records.json_record import json_record
from cleaner.records.prepared import prepared
from cleaner.records.prepared import put_back as put_back_made
from cleaner.records.source_text import Places, cuts, put_back, with_back, without


class JsonLines(Format):
    """`.jsonl`: objects, one a line; blank lines and line ends are kept."""

    name = "jsonl"
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")
    lined = True

    def grammar(self, name: str, fields: Fields) -> Lines:
        """Return what knows where lines end."""
        del name, fields
        return Lines()

    def lead(self, source: str) -> int:
        """Return where in the source of a record its object starts."""
        return 1 if source.startswith("\ufeff") else 0

    def record(self, number: int, raw: bytes, block: Block, reading: Reading) -> Record:
        """Read one line."""
        del block
        source, problem = decode(raw)
        if problem or not (source.startswith("{") or source.strip("\ufeff \t\r\n")):
            return Record(number, raw, None, problem)
        try:
            if reading.fields.html or reading.fields.markup:
                return self._made(number, raw, source, reading)
            return json_record(number, raw, source, reading.fields, self.lead(source))
        except (ValueError, RecursionError) as error:
            return Record(number, raw, None, f"not valid JSON: {error}")

    def _made(self, number: int, raw: bytes, source: str, reading: Reading) -> Record:
        """Read a line whose text is made of a page or of one with markup."""
        start = self.lead(source)
        return prepared(
            lambda made: json_record(number, raw, made, reading.fields, start),
            number,
            raw,
            source,
            start,
            reading,
            members,
        )

    def write(self, record: Record, results: Sequence[CleanResult]) -> bytes:
        """Return the line with the removed characters taken out of its texts, however they are written."""
        source, held, known = record.held
        gone = []
        for (field, _), result in zip(record.texts, results, strict=True):
            if result.removals:
                known[field] = _places(source, held[field])
                gone += cuts(known[field], result)
        return without(source, gone).encode() if gone or record.was is not None else record.raw

    def raw(self, record: Record, field: str, start: int, end: int) -> str | None:
        """Return the source of these characters where JSON's plain way of writing them is another one."""
        source, held, known = record.held
        places = known.get(field) or _places(source, held[field])
        if places.plain:
            return None
        written = source[places(start) : places(end)]
        text = next(document.text for name, document in record.texts if name == field)
        return None if written == plain_source(text[start:end]) else written

    def written(self, record: Record, field: str, fields: Fields) -> Written:
        """Return where a text is written; of one that was made of a field, where the value of that field starts."""
        source, held, known = record.held
        if record.was is None:
            return Written(source, known.get(field) or _places(source, held[field]))
        source = record.raw.decode()
        held = members(source, self.lead(source))
        if field != record.field:
            return Written(source, _places(source, held[field]))
        start = held[fields.html or field].start
        return Written(source, lambda _: start)

    def proven(self, record: Record, after: bytes, texts: Sequence[str]) -> bool:
        """Whether the line, read again, holds these texts in their places, and all else as it was written."""
        source, held, _ = record.held
        wanted = [(held[field], text) for (field, _), text in zip(record.texts, texts, strict=True)]
        return is_with(after.decode(), source, wanted)

    def undo(self, raw: bytes, number: int, rows: Sequence[Row], block: Block, reading: Reading) -> bytes:
        """Return the line of the original."""
        if not rows:
            return raw
        source = raw.decode()
        held = members(source, self.lead(source))
        made = [row for row in rows if "was" in row]
        if made:
            rows = [row for row in rows if "was" not in row]
            source = self.undo(raw, number, rows, block, reading).decode()
            return put_back_made(source, members(source, self.lead(source)), made).encode()
        pieces = []
        for field, group in itertools.groupby(rows, key=lambda row: row["field"]):
            if field not in held:
                raise ValueError(f"line {number} of the clean file has no field {field!r}")
            removed = [(row["start"], row["text"], row.get("raw", plain_source(row["text"]))) for row in group]
            pieces += put_back(_places(source, held[field]), removed, number)
        return with_back(source, pieces).encode()


def _places(source: str, member: Member) -> Places:
    return Places.of_json(source, member.start + 1, member.end - 1, member.value)


JSON_LINES = JsonLines()
