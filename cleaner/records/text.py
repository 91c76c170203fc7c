"""A text file: one article."""

from collections.abc import Sequence

from cleaner import edit
from cleaner.clean import CleanResult
from cleaner.model import Document
from cleaner.records.base import Fields, Format, Reading, Record, Row, Written, decode
from cleaner.records.blocks import NEED, Block, End


class Whole:
    """The file is its one record, also when it is empty."""

    first = 1
    lone = True

    def end(self, buffer: bytes, at: int, *, final: bool) -> End:
        """Return the end of the file."""
        del at
        return End(len(buffer) if final else NEED)

    def resync(self, buffer: bytes, at: int, *, final: bool) -> int:
        """Nothing follows the record."""
        del buffer, at, final
        return NEED

    def close(self) -> str:
        """Nothing can be missing."""
        return ""


class PlainText(Format):
    """`.txt`: UTF-8, line ends and byte order mark kept."""

    name = "txt"
    suffixes = (".txt", ".text")
    many = False
    lined = True

    def grammar(self, name: str, fields: Fields) -> Whole:
        """Return what knows that the file is one record."""
        del name, fields
        return Whole()

    def record(self, number: int, raw: bytes, block: Block, reading: Reading) -> Record:
        """Read the text."""
        del block
        text, problem = decode(raw)
        return Record(number, raw, None if problem else Document(text, reading.name), problem)

    def write(self, record: Record, results: Sequence[CleanResult]) -> bytes:
        """Return the clean text."""
        del record
        return results[0].text.encode()

    def written(self, record: Record, field: str, fields: Fields) -> Written:
        """Return the text itself."""
        del field, fields
        return Written(record.document.text if record.document else "", lambda offset: offset)

    def undo(self, raw: bytes, number: int, rows: Sequence[Row], block: Block, reading: Reading) -> bytes:
        """Return the original."""
        del number, block, reading
        return edit.restore(raw.decode(), [(row["start"], row["text"]) for row in rows]).encode()


TEXT = PlainText()
