"""A JSON file: an array of objects, or objects one after another. Records are edited in their source."""

import re
from collections.abc import Sequence

from cleaner.records.base import Fields, Reading, Record, Row
from cleaner.records.blocks import BROKEN, NEED, Block, End
from cleaner.records.jsonl import JsonLines

_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[?")
_TOKEN = re.compile(rb'"[^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*"?|[\[{}\]]')
_LEAD = re.compile(rb"\s*,?\s*")
_SCALAR = re.compile(rb'[^,\[\]{}"]+')
_SPACE = re.compile(rb"\s*")
_NEXT_ELEMENT = re.compile(rb',(?=\s*\{\s*["}])|\](?=\s*\Z)')
_NEXT_OBJECT = re.compile(rb'(?<=\n)\s*\{(?=\s*["}])')


class Elements:
    """Elements of one JSON array: number 0 is the opening bracket, an element has the comma before it.

    Without a bracket the file is objects with white space between them.
    """

    first = 0
    lone = False

    def __init__(self) -> None:
        self.opened = self.closed = False
        self.array = True

    def end(self, buffer: bytes, at: int, *, final: bool) -> End:
        """Return the end of the opening bracket, of an element, or of what follows the closing bracket."""
        if not self.opened:
            return self._open(buffer, at, final=final)
        if self.closed:
            return End(len(buffer) if final else NEED, "text behind the closing bracket" if buffer[at:].strip() else "")
        lead = _LEAD.match(buffer, at)
        start = lead.end() if lead else at
        if start == len(buffer):
            return End(len(buffer) if final else NEED)
        if self.array and buffer[start : start + 1] == b"]":
            return self._closing(buffer, start, final=final)
        return self._element(buffer, start, final=final)

    def _open(self, buffer: bytes, at: int, *, final: bool) -> End:
        head = _HEAD.match(buffer, at)
        place = head.end() if head else at
        if place == len(buffer) and not final:
            return End(NEED)
        self.opened, self.array = True, buffer[place - 1 : place] == b"["
        return End(place)

    def _closing(self, buffer: bytes, start: int, *, final: bool) -> End:
        self.closed = final
        return End(
            len(buffer) if final else NEED, "text behind the closing bracket" if buffer[start + 1 :].strip() else ""
        )

    def _element(self, buffer: bytes, start: int, *, final: bool) -> End:
        place = _value_end(buffer, start)
        if place < 0:
            return End(BROKEN if place == BROKEN or final else NEED, "not valid JSON: no end of the record is found")
        space = _SPACE.match(buffer, place)
        place = space.end() if space else place
        following = buffer[place : place + 1]
        if not following:
            return End(place if final else NEED)
        if following in (b",]" if self.array else b"{"):
            return End(place)
        return End(BROKEN, "not valid JSON: text behind the record")

    def resync(self, buffer: bytes, at: int, *, final: bool) -> int:
        """Return where an element that is whole follows."""
        pattern = _NEXT_ELEMENT if self.array else _NEXT_OBJECT
        for match in pattern.finditer(buffer, at):
            start = match.end() if self.array else match.end() - 1
            if match[0] == b"]":
                return match.start() if final else NEED
            if self._element(buffer, _SPACE.match(buffer, start).end(), final=final).place >= 0:  # type: ignore[union-attr]
                return match.start()
        return NEED

    def close(self) -> str:
        """Return what was missing at the end of the file."""
        return "" if self.closed or not self.opened or not self.array else "the array has no closing bracket"


def _value_end(buffer: bytes, start: int) -> int:
    """Return where a value ends, going by its strings and brackets alone."""
    if scalar := _SCALAR.match(buffer, start):
        return scalar.end()
    depth, at = 0, start
    for token in _TOKEN.finditer(buffer, start):
        first, at = buffer[token.start()], token.end()
        if first == 0x22:  # noqa: PLR2004  a double quote
            if at - token.start() == 1 or buffer[at - 1] != first:
                return NEED if at >= len(buffer) - 1 else BROKEN
            if not depth:
                return at
            continue
        depth += 1 if first in b"[{" else -1
        if depth <= 0:
            return at
    return NEED


class JsonArray(JsonLines):
    """`.json`: an array of objects; everything between and around them is kept."""

    name = "json"
    suffixes = (".json",)

    def grammar(self, name: str, fields: Fields) -> Elements:  # type: ignore[override]
        """Return what knows where elements end."""
        del name, fields
        return Elements()

    def lead(self, source: str) -> int:
        """Return where the object starts: behind its comma."""
        return len(source) - len(source.lstrip(", \t\r\n"))

    def record(self, number: int, raw: bytes, block: Block, reading: Reading) -> Record:
        """Read one element; brackets are none."""
        if number == 0 or not raw.strip(b"\xef\xbb\xbf \t\r\n]"):
            return Record(number, raw)
        return super().record(number, raw, block, reading)

    def join(self, block: Block, records: Sequence[Record], pieces: Sequence[bytes]) -> bytes:
        """Return the clean block; its first element has no comma before it if it is the first of the file."""
        del records
        if block.first:
            return b"".join(pieces)
        return pieces[0] + self.opening(b"".join(pieces[1:]))

    def opening(self, clean: bytes) -> bytes:
        """Return clean elements as they are if none stands before them: the comma becomes a space."""
        return b" " + clean[1:] if clean.startswith(b",") else clean

    def broken(self, record: Record) -> bytes:
        """Nothing, but a closing bracket for the one that was missing."""
        return b"" if record.raw else b"]\n"

    def undo(self, raw: bytes, number: int, rows: Sequence[Row], block: Block, reading: Reading) -> bytes:
        """Return the element of the original."""
        back = super().undo(raw, number, rows, block, reading)
        return b"," + back[1:] if number > 1 and back.startswith(b" ") else back


JSON_ARRAY = JsonArray()
