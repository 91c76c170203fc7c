"""Literals found in texts, all at once."""

import threading
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

_SMALL = 500_000
_FEW = 50
_KEY = 4  # bytes by which literals are looked up
_SEPARATE = 0  # Hyperscan's flags: every hit of every literal, as it is written

Hit = tuple[int, int]  # number of the literal, and the byte behind it


class Scanner:
    """Finds literals in UTF-8: in the first texts by how they begin, or one by one if few, then with Hyperscan.

    To make Hyperscan ready takes longer than to clean a hundred articles. Any number of threads may scan.

    Args:
        literals: what to find.
        small: bytes of text that are looked at without Hyperscan.
    """

    def __init__(self, literals: Iterable[str], small: int = _SMALL) -> None:
        self._literals = [literal.encode() for literal in literals]
        self._small = small
        self._database: Any = None
        self._lock = threading.Lock()

    def __call__(self, encoded: bytes) -> list[Hit]:
        """Return every hit, overlapping ones too, in no order."""
        if self._database is None:
            self._small -= len(encoded)
            if self._small > 0 or not self._literals:
                return self._look_up(encoded)
            self._compile()
        hits: list[Hit] = []
        add = hits.append
        with self._lock:  # a database has room to scan one text at a time
            self._database.scan(encoded, lambda number, _start, end, _flags, _context: add((number, end)))
        return hits

    def _compile(self) -> None:
        import hyperscan  # noqa: PLC0415  what cleans a few articles never needs it

        with self._lock:
            database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            count = len(self._literals)
            database.compile(self._literals, ids=range(count), elements=count, flags=[_SEPARATE] * count, literal=True)
            self._database = database

    def _look_up(self, encoded: bytes) -> list[Hit]:
        if len(self._literals) <= _FEW:
            return [(number, end) for number, literal in enumerate(self._literals) for end in _ends(literal, encoded)]
        hits: list[Hit] = []
        for size in range(1, _KEY + 1):
            here = {encoded[place : place + size] for place in range(len(encoded) - size + 1)}
            for key in here & self._by_key[size].keys():
                for number in self._by_key[size][key]:
                    hits += [(number, end) for end in _ends(self._literals[number], encoded)]
        return hits

    @cached_property
    def _by_key(self) -> list[dict[bytes, list[int]]]:
        """Numbers of the literals by their first bytes, for each number of these: four, or all of a short literal."""
        by_key: list[dict[bytes, list[int]]] = [{} for _ in range(_KEY + 1)]
        for number, literal in enumerate(self._literals):
            key = literal[:_KEY]
            by_key[len(key)].setdefault(key, []).append(number)
        return by_key


def _ends(literal: bytes, encoded: bytes) -> Iterator[int]:
    start = encoded.find(literal)
    while start >= 0:
        yield start + len(literal)
        start = encoded.find(literal, start + 1)
