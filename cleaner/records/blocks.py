"""Blocks of whole records, and what knows where records end."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

BLOCK = 1 << 19  # bytes from which on a block is full
LONGEST = 1 << 25  # bytes of the longest record that is read
NEED, BROKEN = -1, -2


class End(NamedTuple):
    """Where a record ends, NEED where that takes more bytes, BROKEN where it has no end; and what is wrong with it."""

    place: int
    problem: str = ""


class Grammar(Protocol):
    """Knows where the records of one file end. It is asked for one after another, and may remember what it saw.

    Attributes:
        first: number of the first record.
        lone: the file is one record, also where it is empty.
    """

    first: int
    lone: bool

    def end(self, buffer: bytes, at: int, *, final: bool) -> End:
        """Return the end of the record that starts at `at`; with `final` the file ends where the buffer does."""

    def resync(self, buffer: bytes, at: int, *, final: bool) -> int:
        """Return the first place from `at` on where a good record may start behind a broken one, or NEED."""

    def close(self) -> str:
        """Return what was missing at the end of the file, or ""."""


@dataclass(frozen=True, slots=True)
class Block:
    """Records of a file that lie together: their bytes, and where in them each ends.

    Attributes:
        first: number of the first record.
        data: the bytes.
        ends: end of each record in `data`.
        offsets: where each record starts in the file.
        problems: what is wrong with a record, by its place in the block.
        unreadable: the data is a stretch of the compressed file that could not be unpacked.
        head: what every block of the file needs to be read.
    """

    first: int
    data: bytes
    ends: tuple[int, ...]
    offsets: tuple[int, ...] = ()
    problems: Mapping[int, str] = field(default_factory=dict)
    unreadable: bool = False
    head: bytes = b""

    def pieces(self) -> Iterator[tuple[int, bytes, int, str]]:
        """Yield number, bytes, offset and problem of each record."""
        starts = itertools.chain((0,), self.ends)
        for index, (start, end, offset) in enumerate(zip(starts, self.ends, self.offsets, strict=False)):
            yield self.first + index, self.data[start:end], offset, self.problems.get(index, "")
