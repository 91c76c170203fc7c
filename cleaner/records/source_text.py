"""A text as its file writes it: which code point stands where, so that a cut leaves every other byte as it is."""

import bisect
from collections.abc import Callable, Iterable, Sequence
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, Final, NamedTuple

import regex

from cleaner.clean import CleanResult

# How JSON writes a character in another way than itself: a surrogate pair, or another escape.
_ESCAPE: Final = regex.compile(r"\\u[dD][89abAB]\w{2}\\u[dD][c-fC-F]\w{2}|\\u\w{4}|\\.", regex.DOTALL)
# Of a backslash, by number, or of what need not be escaped.
_OTHER_ESCAPE: Final = regex.compile(r"\\[\\u/]")
_DOUBLED: Final = regex.compile('""')


class Places:
    """Where in the source of a text, `start` to `end` of a longer one, each of its code points is written.

    `plain` says that the source is written in the plain way of its format throughout.
    """

    def __init__(self, source: str, start: int, end: int, escapes: Any = None) -> None:
        self.source, self.start, self.end, self.plain = source, start, end, not escapes
        self._after, self._extra = [], [0]
        extra = 0
        for match in escapes.finditer(source, start, end) if escapes else ():
            first, last = match.span()
            self._after.append(first - start - extra)
            extra += last - first - 1
            self._extra.append(extra)

    @classmethod
    def of_json(cls, source: str, start: int, end: int, text: str) -> "Places":
        """Places of a text in its JSON string, quotes left out of `start` and `end`."""
        if source.find("\\", start, end) < 0:
            return cls(source, start, end)
        if not _OTHER_ESCAPE.search(source, start, end):
            return _Short(source, start, end)
        for encode in (encode_basestring, encode_basestring_ascii):
            if source[start - 1 : end + 1] == encode(text):
                return _Encoded(source, start, end, text, encode)
        return cls(source, start, end, _ESCAPE)

    @classmethod
    def of_cell(cls, source: str, start: int, end: int, quoted: bool) -> "Places":  # noqa: FBT001  as a cell has it
        """Places in a cell of a table; in one with quotes each quote is doubled."""
        return cls(source, start, end, _DOUBLED if quoted and source.find('""', start, end) >= 0 else None)

    def __call__(self, offset: int) -> int:
        """Where in the source a code point of the text starts; of the number of them all, where the text ends."""
        return self.start + offset + self._extra[bisect.bisect_left(self._after, offset)]


class _Encoded(Places):
    """Places in a source that an encoder makes of the text: what lies between two of them is as long as it makes it."""

    def __init__(self, source: str, start: int, end: int, text: str, encode: Callable[[str], str]) -> None:
        super().__init__(source, start, end)
        self.plain = encode is encode_basestring
        self._text, self._encode = text, encode
        self._offset, self._place = 0, start  # the last that was asked for: removals come in order

    def __call__(self, offset: int) -> int:
        if offset < self._offset:
            self._offset, self._place = 0, self.start
        if offset > len(self._text):
            return self.end + 1
        self._place += len(self._encode(self._text[self._offset : offset])) - 2
        self._offset = offset
        return self._place


class _Short(Places):
    """Places in a source where every backslash begins an escape of two characters that has to be one."""

    def __init__(self, source: str, start: int, end: int) -> None:
        super().__init__(source, start, end)
        self._offset, self._place = 0, start  # the last that was asked for: removals come in order

    def __call__(self, offset: int) -> int:
        if offset < self._offset:
            self._offset, self._place = 0, self.start
        straight = self._place + offset - self._offset
        place, behind = straight, -1
        while place != behind:  # as many further on as escapes lie in between
            behind, place = place, straight + self.source.count("\\", self._place, place)
        if place > self._place and self.source[place - 1] == "\\":
            place -= 1  # not into an escape
        self._offset, self._place = offset, place
        return place


class Cut(NamedTuple):
    """A stretch of a source that goes."""

    start: int
    end: int


def cuts(places: Places, result: CleanResult) -> list[Cut]:
    """Return the stretches of the source that the removals of a text take."""
    return [Cut(places(removal.start), places(removal.end)) for removal in result.removals]


def without(source: str, gone: Iterable[Cut]) -> str:
    """Return a source without stretches of it, in any order."""
    pieces, at = [], 0
    for cut in sorted(gone):
        pieces.append(source[at : cut.start])
        at = cut.end
    return "".join((*pieces, source[at:]))


def put_back(places: Places, removed: Sequence[tuple[int, str, str]], record: int) -> list[tuple[int, str]]:
    """Return where in a clean source what is put back.

    Args:
        places: of the clean text.
        removed: of each removal its start in the original text, its text, and how the file wrote that.
        record: for the message of an error.

    Raises:
        ValueError: a removal lies behind the end of the text.
    """
    found, gone = [], 0
    for start, text, source in removed:
        place = places(start - gone) if start >= gone else -1
        if not places.start <= place <= places.end:
            raise ValueError(f"a removal of record {record} does not fit its text")
        found.append((place, source))
        gone += len(text)
    return found


def with_back(source: str, pieces: Iterable[tuple[int, str]]) -> str:
    """Return a source with pieces put in at places of it; of one place, in the order given."""
    out, at = [], 0
    for place, piece in sorted(pieces, key=lambda pair: pair[0]):
        out += [source[at:place], piece]
        at = place
    return "".join((*out, source[at:]))
