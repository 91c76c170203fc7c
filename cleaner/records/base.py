"""What every format gives: records to clean, and the bytes of a record once it is clean."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from cleaner.clean import CleanResult
from cleaner.model import Document, Pruned, Rule


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a record that hold its text, its id and its url.

    `left_out` asks of pages that each visible line that did not come through says why.
    """

    text: str = "text"
    id: str = "id"
    url: str = "url"
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One article of a file: its number from 1 (of a line, its line number), its bytes, and its document.

    A record without a document is passed on as it is; `problem` says what is wrong with it, and is "" where
    nothing is (a blank line between records).
    """

    number: int
    raw: bytes
    document: Document | None = None
    problem: str = ""
    pruned: tuple[Pruned, ...] = ()
    field: str = ""


class Format(ABC):
    """A kind of file."""

    name: str
    suffixes: tuple[str, ...]

    @abstractmethod
    def read(self, file: BinaryIO, name: str, fields: Fields, rules: tuple[Rule, ...]) -> Iterator[Record]:
        """Yield every record of a file in order; the bytes of all of them are the bytes of the file."""

    @abstractmethod
    def write(self, record: Record, result: CleanResult) -> bytes:
        """Return the bytes of a record with its clean text."""

    def broken(self, record: Record) -> bytes:
        """Return what stands in the clean file for a record without a document: the record as it is."""
        return record.raw

    def raw(self, record: Record, start: int, end: int) -> str | None:
        """Return how the file writes these code points of the text, None where it writes them as they are."""
        del record, start, end
        return None

    @abstractmethod
    def restore(self, clean: BinaryIO, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
        """Yield the bytes of the original from the clean file and the rows of its removals.

        Raises:
            ValueError: the two do not belong together.
        """


def decode(raw: bytes) -> tuple[str, str]:
    """Return bytes as text, and what is wrong where they are none."""
    if b"\0" in raw:
        return "", "holds null bytes, so it is binary or UTF-16: give UTF-8 text"
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        return "", f"not valid UTF-8 at byte {error.start}: convert it first, e.g. `iconv -f WINDOWS-1252 -t UTF-8`"
