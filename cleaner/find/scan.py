"""Literals found in texts, all at once."""

import bisect
import itertools
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

_SMALL: Final = 500_000
_SMALL_WITH_KEPT: Final = 20_000
_DIGEST: Final = 32  # bytes of the hash that a database begins with
_FEW: Final = 50
_KEY: Final = 4  # bytes by which literals are looked up
_ALPHANUMERIC: Final = b"0123456789abcdefghijklmnopqrstuvwxyz"
ALPHANUMERIC: Final = frozenset(_ALPHANUMERIC)
_NO_WORD: Final = rb"[^a-z0-9]"
_SEPARATE: Final = 0  # Hyperscan's flags: every hit of every literal, as it is written

Hit = tuple[int, int]  # number of the literal, and the byte behind it; of a word, behind the byte that follows


class Scanner:
    """Finds literals in UTF-8: in the first texts by how they begin, or one by one if few, then with Hyperscan.

    To make Hyperscan ready takes longer than to clean a hundred articles, to read a database that was kept as long as
    to clean five. Any number of threads may scan.

    Args:
        literals: what to find.
        words: numbers of the literals that count only between two bytes that are no ASCII letter in lower case and no
            digit. Hyperscan passes over the others by itself: of short words these are nearly all.
        small: bytes of text that are looked at without Hyperscan.
        kept: a file with what `prepare` returned, perhaps for these literals.
    """

    def __init__(
        self, literals: Iterable[str], words: Collection[int] = (), small: int = _SMALL, kept: Path | None = None
    ) -> None:
        self._literals = [literal.encode() for literal in literals]
        self._words = frozenset(words)
        self._small, self._kept = small, kept
        self._seen = 0
        self._by_key: list[dict[bytes, list[int]]] = []
        self._database: Any = None
        self._made = b""  # what `prepare` returns, once it is known
        self._lock = threading.Lock()

    def __call__(self, encoded: bytes) -> list[Hit]:
        """Return every hit, overlapping ones too, in no order."""
        if self._database is None:
            self._look_ahead(len(encoded))
        if self._database is None:
            return self._look_up(encoded)
        hits: list[Hit] = []
        add = hits.append
        with self._lock:  # a database has room to scan one text at a time
            self._database.scan(encoded, lambda number, _start, end, _flags, _context: add((number, end)))
        return hits

    def each(self, texts: Sequence[bytes]) -> list[list[Hit]]:
        """Return the hits of each of several texts that begin and end with a line break.

        Searched as one, they take half as long: what is searched with is larger than a processor's cache.
        """
        if self._database is None:
            return [self(encoded) for encoded in texts]
        found: list[list[Hit]] = [[] for _ in texts]
        ends = list(itertools.accumulate(map(len, texts)))
        start, which = 0, 0
        for number, end in self(b"".join(texts)):
            if not start < end <= ends[which]:
                which = bisect.bisect_left(ends, end)
                start = ends[which] - len(texts[which])
            found[which].append((number, end - start))
        return found

    def prepare(self, made: bytes | None = None) -> bytes | None:
        """Make Hyperscan ready, and return its database for another process to make it ready of; None if not needed.

        Args:
            made: what this returned; of no use for other literals or on another kind of machine.
        """
        if not self._literals:
            return None
        import hyperscan  # noqa: PLC0415  what cleans a few articles never needs it

        if self._database is None:
            self._use_kept()
        with self._lock:
            self._database = self._database or self._restored(made) or self._compiled()
            self._made = self._made or self._digest() + bytes(hyperscan.dumpb(self._database))
            return self._made

    def _look_ahead(self, size: int) -> None:
        """Make Hyperscan ready where the texts so far and this one are too many to do without."""
        self._seen += size
        if self._kept and self._seen > _SMALL_WITH_KEPT:
            self._use_kept()
        elif self._seen > self._small and self._literals:
            self.prepare()

    def _use_kept(self) -> None:
        kept, self._kept = self._kept, None
        if kept and kept.exists():
            with self._lock:
                self._database = self._restored(kept.read_bytes())

    def _restored(self, made: bytes | None) -> Any | None:
        if not made or made[:_DIGEST] != self._digest():
            return None
        import hyperscan  # noqa: PLC0415

        try:
            database = hyperscan.loadb(made[_DIGEST:], hyperscan.HS_MODE_BLOCK)
        except hyperscan.HyperscanError:  # of another version, or for another kind of processor
            return None
        database.scratch = hyperscan.Scratch(database)
        self._made = made
        return database

    def _compiled(self) -> Any:
        import hyperscan  # noqa: PLC0415

        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        patterns = [self._pattern(number, literal) for number, literal in enumerate(self._literals)]
        count = len(patterns)
        database.compile(patterns, ids=range(count), elements=count, flags=[_SEPARATE] * count)
        return database

    def _digest(self) -> bytes:
        import hashlib  # noqa: PLC0415  the same

        return hashlib.sha256(b"\0".join((*self._literals, repr(sorted(self._words)).encode()))).digest()

    def _pattern(self, number: int, literal: bytes) -> bytes:
        written = b"\\x" + literal.hex(",").replace(",", "\\x").encode()
        return _NO_WORD + written + _NO_WORD if number in self._words else written

    def _look_up(self, encoded: bytes) -> list[Hit]:
        if len(self._literals) <= _FEW:
            return [hit for number in range(len(self._literals)) for hit in self._hits(number, encoded)]
        hits: list[Hit] = []
        for size in range(1, _KEY + 1):
            here = {encoded[place : place + size] for place in range(len(encoded) - size + 1)}
            numbers = self._keys()[size]
            for key in here & numbers.keys():
                for number in numbers[key]:
                    hits += self._hits(number, encoded)
        return hits

    def _hits(self, number: int, encoded: bytes) -> Iterator[Hit]:
        literal = self._literals[number]
        for start in _starts(literal, encoded):
            end = start + len(literal)
            if number not in self._words:
                yield number, end
            elif start and encoded[start - 1] not in ALPHANUMERIC and encoded[end : end + 1].strip(_ALPHANUMERIC):
                yield number, end + 1

    def _keys(self) -> list[dict[bytes, list[int]]]:
        """Numbers of the literals by their first bytes, for each number of these: four, or all of a short literal."""
        if not self._by_key:
            self._by_key = [{} for _ in range(_KEY + 1)]
            for number, literal in enumerate(self._literals):
                key = literal[:_KEY]
                self._by_key[len(key)].setdefault(key, []).append(number)
        return self._by_key


def _starts(literal: bytes, encoded: bytes) -> Iterator[int]:
    start = encoded.find(literal)
    while start >= 0:
        yield start
        start = encoded.find(literal, start + 1)
