"""Compressed files: unpacked member after member, so that damage costs what it hits; packed again a block at a time."""

import bz2
import gzip
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

READ = 1 << 19  # bytes read at once: as many as a block has
SIP = 1 << 14  # bytes of a compressed file read at once
PART = 1 << 24  # bytes of the longest broken stretch that is kept in one piece
WINDOW = 1 << 27  # bytes a zstd frame may look back
OUTPUT = 1 << 20  # bytes unpacked at once


class Chunk(NamedTuple):
    """Bytes of a file, unpacked; `start` is the place of the compressed member that begins with them, else -1.

    With a `problem` the data is what lies in the file from `start` on and cannot be unpacked.
    """

    data: bytes
    start: int = -1
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Codec:
    """A kind of compression: how its members start, and how many bytes of one are unpacked at once.

    Few, so that what lies before a damaged place is not lost with it.
    """

    name: str
    magic: bytes
    step: int

    def unpacker(self) -> Any:
        """Return an object that unpacks one member."""
        match self.name:
            case "gz":
                return zlib.decompressobj(wbits=31)
            case "bz2":
                return bz2.BZ2Decompressor()
            case "xz":
                return lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
            case _:
                import zstandard  # noqa: PLC0415  comes with an extra

                return zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()

    def pack(self, data: bytes) -> bytes:
        """Return bytes as one member; the same bytes always become the same member."""
        match self.name:
            case "gz":
                return gzip.compress(data, 5, mtime=0)
            case "bz2":
                return bz2.compress(data)
            case "xz":
                return lzma.compress(data, preset=2)
            case _:
                import zstandard  # noqa: PLC0415  comes with an extra

                return zstandard.ZstdCompressor(write_checksum=True).compress(data)


CODECS = {
    "gz": Codec("gz", b"\x1f\x8b\x08", 4096),
    "bz2": Codec("bz2", b"BZh", 4096),
    "xz": Codec("xz", b"\xfd7zXZ\0", 4096),
    "zst": Codec("zst", b"\x28\xb5\x2f\xfd", 1024),
}


def packed(data: bytes, codec: str) -> bytes:
    """Return bytes as a member of a compressed file; no bytes are no member."""
    return CODECS[codec].pack(data) if codec and data else data


def unpacked(file: BinaryIO, codec: str) -> Iterator[Chunk]:
    """Yield what a file holds, unpacked; of what cannot be, a chunk with a problem, and then what follows."""
    if codec:
        yield from _Unpacking(file, CODECS[codec]).chunks()
        return
    while data := file.read(READ):
        yield Chunk(data)


class _Unpacking:
    """A compressed file while it is read: compressed bytes not yet used, and where they start in the file."""

    def __init__(self, file: BinaryIO, codec: Codec) -> None:
        self.file, self.codec = file, codec
        self.held, self.start, self.ended = b"", 0, False

    def chunks(self) -> Iterator[Chunk]:
        while self._fill():
            padding = len(self.held) - len(self.held.lstrip(b"\0"))
            if padding and self.start:
                self._use(padding)
            elif self.held.startswith(self.codec.magic) or self._is_skippable():
                yield from self._member()
            else:
                yield from self._damage(self.start, self.held[:0], f"no {self.codec.name} data")

    def _is_skippable(self) -> bool:
        return self.codec.name == "zst" and self.held[1:4] == b"\x2a\x4d\x18" and self.held[0] >> 4 == 5  # noqa: PLR2004

    def _fill(self) -> bool:
        """Hold some bytes, at least as many as the start of a member has; False at the end of the file."""
        while len(self.held) < self.codec.step and not self.ended:
            self._more()
        return bool(self.held)

    def _use(self, count: int) -> bytes:
        used, self.held = self.held[:count], self.held[count:]
        self.start += len(used)
        return used

    def _member(self) -> Iterator[Chunk]:
        """Unpack one member."""
        unpacker, start = self.codec.unpacker(), self.start
        while not unpacker.eof:
            if not self._fill():
                yield Chunk(b"", self.start, f"the file ends inside {self.codec.name} data: it is truncated")
                return
            place, fed = self.start, self._use(self.codec.step)
            try:
                for data in _unpack(unpacker, fed):
                    yield Chunk(data, start)
                    start = -1
            except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError) as error:
                yield from self._damage(place, fed, f"damaged {self.codec.name} data: {error}")
                return
            except Exception as error:  # zstandard's own, which may not be installed
                if type(error).__name__ != "ZstdError":
                    raise
                yield from self._damage(place, fed, f"damaged zst data: {error}")
                return
            unused = unpacker.unused_data if unpacker.eof else b""
            self.held, self.start = unused + self.held, self.start - len(unused)

    def _damage(self, start: int, lost: bytes, problem: str) -> Iterator[Chunk]:
        """Give out what cannot be unpacked, up to where the next member starts."""
        magic, skip = self.codec.magic, 0 if lost else 1
        while True:
            place = (lost + self.held).find(magic, 1) if lost else self.held.find(magic, skip)
            if place >= 0:
                whole = lost + self.held
                self.held, self.start = whole[place:], start + place
                yield Chunk(whole[:place], start, problem)
                return
            keep = len(magic) - 1
            if not self._more():
                yield Chunk(lost + self._use(len(self.held)), start, problem)
                return
            if len(lost) + len(self.held) > PART:
                whole = lost + self.held
                yield Chunk(whole[:-keep], start, problem)
                start += len(whole) - keep
                lost, self.held, self.start = b"", whole[-keep:], start
                skip = 0

    def _more(self) -> bool:
        data = self.file.read(SIP)
        self.held += data
        self.ended = not data
        return bool(data)


def _unpack(unpacker: Any, data: bytes) -> Iterator[bytes]:
    """Unpack some bytes, a bounded amount at a time where the library can."""
    if isinstance(unpacker, (bz2.BZ2Decompressor, lzma.LZMADecompressor)):
        while data or not (unpacker.needs_input or unpacker.eof):
            if out := unpacker.decompress(data, OUTPUT):
                yield out
            data = b""
    elif out := unpacker.decompress(data):
        yield out
