"""The bytes of a file cut into runs of whole records, in one pass and without looking into the records."""

from collections.abc import Iterable, Iterator

from cleaner.records import blocks
from cleaner.records.blocks import BROKEN, NEED, Block, End, Grammar
from cleaner.records.packed import PART, Chunk


class Lines:
    """Records that end with their line."""

    first = 1
    lone = False

    def end(self, buffer: bytes, at: int, *, final: bool) -> End:
        """Return the end of a line."""
        place = buffer.find(b"\n", at) + 1
        return End(place or (len(buffer) if final else NEED))

    def resync(self, buffer: bytes, at: int, *, final: bool) -> int:
        """Return the start of the next line."""
        del final
        return buffer.find(b"\n", at - 1) + 1 or NEED

    def close(self) -> str:
        """Nothing can be missing."""
        return ""


def cut(chunks: Iterable[Chunk], grammar: Grammar, size: int | None = None) -> Iterator[Block]:
    """Cut chunks of a file into blocks; where the blocks end does not depend on where the chunks do."""
    return _Cutter(grammar, blocks.BLOCK if size is None else size).blocks(chunks)


class _Cutter:
    """Bytes not yet given out, and where records in them end."""

    def __init__(self, grammar: Grammar, size: int) -> None:
        self.grammar, self.size = grammar, size
        self.is_plain = type(grammar) is Lines
        self.number = grammar.first
        self.buffer, self.offset = b"", 0  # and where the buffer starts in the file
        self.at = self.searched = 0
        self.lost = ""  # why the record at `at` is broken, while its end is looked for
        self.members: list[tuple[int, int]] = []  # offset of unpacked bytes, and of the member that starts there
        self._clear()

    def _clear(self) -> None:
        self.ends: list[int] = []
        self.offsets: list[int] = []
        self.problems: dict[int, str] = {}

    def blocks(self, chunks: Iterable[Chunk]) -> Iterator[Block]:
        waiting: list[bytes] = []
        held = 0
        for chunk in chunks:
            if chunk.problem:
                yield from self._feed(b"".join(waiting), final=True, stopped=chunk.problem)
                yield from self._flush()
                yield Block(self.number, chunk.data, (len(chunk.data),), (chunk.start,), {0: chunk.problem}, True)
                waiting, held, self.number = [], 0, self.number + 1
                continue
            if chunk.start >= 0:
                self.members.append((self.offset + len(self.buffer) + held, chunk.start))
            waiting.append(chunk.data)
            held += len(chunk.data)
            if held >= len(self.buffer) - self.at:  # doubling: a long record is not joined again for each chunk
                yield from self._feed(b"".join(waiting), final=False)
                waiting, held = [], 0
        yield from self._feed(b"".join(waiting), final=True)
        if self.grammar.lone and self.number == self.grammar.first and not self.ends:
            self._add(0, "")
        if missing := self.grammar.close():
            self._add(self.at, missing)
        yield from self._flush()

    def _feed(self, data: bytes, *, final: bool, stopped: str = "") -> Iterator[Block]:
        """Take in bytes; `stopped` says why the bytes behind them could not be had."""
        self.buffer += data
        while self._step(final=final, stopped=stopped):
            if self.at >= self.size:
                yield from self._flush()

    def _step(self, *, final: bool, stopped: str) -> bool:
        """Find the end of one record; False where there is none to find."""
        if self.lost:
            return self._find_back(final=final)
        if self.at == len(self.buffer):
            return False
        if self.is_plain and not self.members and self._add_lines():
            return True
        place, problem = self.grammar.end(self.buffer, self.at, final=final and not stopped)
        if stopped and place < 0:
            self._add(len(self.buffer), f"cut off: {stopped}")
        elif place >= 0:
            self._add(place, problem)
        elif place == BROKEN:
            self._lose(problem)
        elif len(self.buffer) - self.at > blocks.LONGEST:
            self._lose(f"longer than {blocks.LONGEST:,} bytes, or without an end")
        else:
            return False
        return True

    def _add_lines(self) -> bool:
        """Add as many lines as the block has room for; False if there is none."""
        before = self.at
        while self.at < self.size and (place := self.buffer.find(b"\n", self.at)) >= 0:
            self.offsets.append(self.offset + self.at)
            self.ends.append(place + 1)
            self.at = place + 1
        return self.at > before

    def _lose(self, problem: str) -> None:
        self.lost, self.searched = problem, self.at + 1

    def _find_back(self, *, final: bool) -> bool:
        """Look for the end of a broken record; one that is too long is given out in parts."""
        place = self.grammar.resync(self.buffer, self.searched, final=final)
        if place == NEED and final:
            place = len(self.buffer)
        if place != NEED:
            problem, self.lost = self.lost, ""
            self._add(place, problem)
            return True
        self.searched = max(self.searched, len(self.buffer) - PART // 4)
        if len(self.buffer) - self.at > PART:
            self._add(self.at + PART, self.lost)
            self.searched = max(self.searched, self.at)
            return True
        return False

    def _add(self, end: int, problem: str) -> None:
        if problem:
            self.problems[len(self.ends)] = problem
        self.offsets.append(self._place(self.offset + self.at))
        self.ends.append(end)
        self.at = end

    def _place(self, offset: int) -> int:
        """Where in the file something starts: the place of its member where it is the first in it."""
        while len(self.members) > 1 and self.members[1][0] <= offset:
            del self.members[0]
        return self.members[0][1] if self.members and self.members[0][0] == offset else offset

    def _flush(self) -> Iterator[Block]:
        if self.ends:
            head = getattr(self.grammar, "head", b"")
            block = Block(
                self.number, self.buffer[: self.at], tuple(self.ends), tuple(self.offsets), self.problems, head=head
            )
            self.number += len(self.ends)
            self.buffer, self.offset = self.buffer[self.at :], self.offset + self.at
            self.searched -= self.at
            self.at = 0
            self._clear()
            yield block
