"""Seeded random samples of a stream, in one pass and bounded memory."""

import heapq
from collections.abc import Callable
from hashlib import blake2b
from typing import Generic, TypeVar

Item = TypeVar("Item")

SEED = 1


class Greatest(Generic[Item]):
    """The `size` items of a stream with the greatest weight."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._held: list[tuple[float, str, Item]] = []  # a heap, the least weight on top

    def add(self, weight: float, key: str, make: Callable[[], Item]) -> None:
        """Show it an item; `make` is only called if the item is among the greatest, for now."""
        if len(self._held) < self.size:
            heapq.heappush(self._held, (weight, key, make()))
        elif self._held and (weight, key) > self._held[0][:2]:
            heapq.heapreplace(self._held, (weight, key, make()))

    def drawn(self) -> list[Item]:
        """Return the items, the greatest first."""
        return [item for *_, item in sorted(self._held, key=lambda held: (-held[0], held[1]))]


class Sample(Generic[Item]):
    """`size` items of a stream, drawn at random without replacement.

    Each item gets a random number from the seed and its key, and the `size` smallest stay: a bottom-k sample (Cohen
    and Kaplan, "Summarizing data using bottom-k sketches", 2007). The order of the stream changes nothing, so that the
    same run always gives the same sample, and the first n of a sample are a random sample themselves.
    """

    def __init__(self, size: int, seed: int = SEED) -> None:
        self.size, self.seed = size, seed
        self.seen = 0
        self._least = Greatest[Item](size)  # of the numbers below zero

    def add(self, key: str, make: Callable[[], Item]) -> None:
        """Show it an item; `make` is only called if the item is drawn, for now."""
        self.seen += 1
        self._least.add(-chance(key, self.seed), key, make)

    def drawn(self) -> list[Item]:
        """Return the items in random order."""
        return self._least.drawn()


def chance(key: str, seed: int = SEED) -> int:
    """Return the random number of a key, 64 bits."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8, salt=(seed % 2**64).to_bytes(8, "big"))
    return int.from_bytes(digest.digest(), "big")
