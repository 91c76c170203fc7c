"""Memory that two processes share: the bytes of a block that is on its way lie here, where a pipe would copy them."""

import mmap

SLOT = 1 << 20  # bytes; a block has half as many, and those of its last record

Lying = tuple[int, int] | bytes  # where bytes lie and how many; or themselves, where they are too many


class Slots:
    """Slots that are filled in turn. A process forked later fills or reads them, and the other does the other.

    Args:
        count: bytes may lie in so many of them at once; the next to be filled must have been read before.
    """

    def __init__(self, count: int) -> None:
        self._memory = mmap.mmap(-1, count * SLOT)
        self._count, self._filled = count, 0

    def put(self, data: bytes) -> Lying:
        """Let bytes lie in the next slot."""
        if len(data) > SLOT:
            return data
        start = self._filled % self._count * SLOT
        self._filled += 1
        self._memory[start : start + len(data)] = data
        return start, len(data)

    def taken(self, lying: Lying) -> bytes:
        """Return the bytes that lie there."""
        if isinstance(lying, bytes):
            return lying
        start, size = lying
        return self._memory[start : start + size]


class NoSlots(Slots):
    """What does without, where a process is not forked: all bytes go the long way."""

    def __init__(self) -> None:
        """Share nothing."""

    def put(self, data: bytes) -> Lying:
        """Return the bytes."""
        return data
