"""A text file: one article."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from cleaner import edit
from cleaner.clean import CleanResult
from cleaner.model import Document, Rule
from cleaner.records.base import Fields, Format, Record, decode


class Text(Format):
    """`.txt`: UTF-8, line ends and byte order mark kept."""

    name = "txt"
    suffixes = (".txt", ".text")

    def read(self, file: BinaryIO, name: str, fields: Fields, rules: tuple[Rule, ...]) -> Iterator[Record]:
        """Yield the one record."""
        del fields, rules
        raw = file.read()
        text, problem = decode(raw)
        yield Record(1, raw, None if problem else Document(text, name), problem)

    def write(self, record: Record, result: CleanResult) -> bytes:
        """Return the clean text."""
        del record
        return result.text.encode()

    def restore(self, clean: BinaryIO, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
        """Yield the original."""
        raw, cuts = clean.read(), [(row["start"], row["text"]) for row in rows if "start" in row]
        yield edit.restore(raw.decode(), cuts).encode() if cuts else raw


TEXT = Text()
