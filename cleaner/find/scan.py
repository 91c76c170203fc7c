"""Literals found in texts, all at once."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final

_KEY: Final = 4  # bytes by which a literal is known
_LEARN: Final = (20_000, 500_000)  # bytes of text after which keys are chosen, and chosen anew for the last time
_ALPHANUMERIC: Final = b"0123456789abcdefghijklmnopqrstuvwxyz"
ALPHANUMERIC: Final = frozenset(_ALPHANUMERIC)

Hit = tuple[int, int]  # number of the literal, and the byte behind it
Scan = Callable[[bytes], list[Hit]]  # returns every hit in a text, overlapping ones too, in no order


class InPython:
    """Finds literals in UTF-8 as `_literals.c` does it, some fifty times as slow.

    Literals are known by four bytes of them: by the first ones in the first texts, later by those that were seen least
    in these. Each that is known by what stands in a text is looked for; so are all that have fewer bytes.

    Args:
        literals: what to find; none may be empty.
        words: numbers of the literals that count only between two bytes that are no ASCII letter in lower case and no
            digit. Of short words these are few.
    """

    def __init__(self, literals: Sequence[bytes], words: frozenset[int]) -> None:
        self._literals, self._words = literals, words
        self._short = [number for number, literal in enumerate(literals) if len(literal) < _KEY]
        self._by_key: dict[bytes, list[int]] = {}
        self._seen: Counter[bytes] = Counter()
        self._size, self._steps = 0, list(_LEARN)
        self._lock = threading.Lock()
        self._choose()

    def __call__(self, text: bytes) -> list[Hit]:
        """Return every hit, overlapping ones too, in no order."""
        if self._steps:
            with self._lock:
                self._learn(text)
        here = {text[place : place + _KEY] for place in range(len(text) - _KEY + 1)}
        by_key = self._by_key
        numbers = [number for key in here & by_key.keys() for number in by_key[key]]
        return [hit for number in (*numbers, *self._short) for hit in self._hits(number, text)]

    def _learn(self, text: bytes) -> None:
        self._seen.update(text[place : place + _KEY] for place in range(len(text) - _KEY + 1))
        self._size += len(text)
        if self._steps and self._size >= self._steps[0]:
            self._choose()
            self._steps.pop(0)

    def _choose(self) -> None:
        """Know each literal by that of it which was seen least."""
        by_key: dict[bytes, list[int]] = {}
        for number, literal in enumerate(self._literals):
            if len(literal) >= _KEY:
                places = range(len(literal) - _KEY + 1 if self._seen else 1)
                key = min((literal[place : place + _KEY] for place in places), key=self._seen.__getitem__)
                by_key.setdefault(key, []).append(number)
        self._by_key = by_key

    def _hits(self, number: int, text: bytes) -> Iterator[Hit]:
        literal = self._literals[number]
        for start in _starts(literal, text):
            end = start + len(literal)
            if number not in self._words or (
                start and text[start - 1] not in ALPHANUMERIC and text[end : end + 1].strip(_ALPHANUMERIC)
            ):
                yield number, end


_FINDER: Callable[[list[bytes], frozenset[int]], Scan] = InPython
with contextlib.suppress(ImportError):  # a checkout, or a wheel made without a C compiler
    from cleaner._literals import Literals

    _FINDER = Literals


def scanner(literals: Iterable[str], words: Collection[int] = ()) -> Scan:
    """Return what finds literals in UTF-8; any number of threads may call it. Arguments as for `InPython`.

    Of what is written in libraries for this, Hyperscan is the fastest. With the 27,000 literals of the default rules it
    takes twice as long, as its tables are larger than a processor's cache, and half a second to make them.
    """
    return _FINDER([literal.encode() for literal in literals], frozenset(words))


def _starts(literal: bytes, text: bytes) -> Iterator[int]:
    start = text.find(literal)
    while start >= 0:
        yield start
        start = text.find(literal, start + 1)
