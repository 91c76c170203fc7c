"""A JSON object read so that it can be edited in its source: what its values are, and where each is written."""

import json
from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Any, Final

# Numbers are only stepped over: a long one must neither fail nor cost time.
_DECODER: Final[Any] = json.JSONDecoder(parse_int=str, parse_float=str)
_SCAN: Final = _DECODER.scan_once  # the C scanner itself: raw_decode only puts a Python call around it
_SPACES: Final = " \t\n\r"


class Member:
    """A value of a JSON object: what it is, and where it starts and ends in the source."""

    __slots__ = ("end", "start", "value")

    def __init__(self, value: Any, start: int, end: int) -> None:
        self.value, self.start, self.end = value, start, end


def members(source: str, start: int = 0) -> dict[str, Member]:
    """Return the values of the JSON object that starts there, by key; numbers as written, of a doubled key the last.

    Raises:
        ValueError: not one JSON object, and nothing else.
    """
    place = _skip(source, start)
    if not source.startswith("{", place):
        raise ValueError("a record must be an object: { … }")
    try:
        held, place = _members(source, _skip(source, place + 1))
    except StopIteration as stop:
        raise json.JSONDecodeError("Expecting value", source, stop.value) from None
    if _skip(source, place + 1) < len(source):
        raise ValueError(f"more text behind the object at column {place + 2}")
    return held


def _members(source: str, place: int) -> tuple[dict[str, Member], int]:
    """Return the values of an object and where it ends; raises StopIteration where a value should be and is not."""
    held: dict[str, Member] = {}
    while not source.startswith("}", place):
        if not source.startswith('"', place):
            raise ValueError(f"expected a key in double quotes at column {place + 1}")
        key, place = _SCAN(source, place)
        place = _skip(source, place)
        if not source.startswith(":", place):
            raise ValueError(f"expected a colon at column {place + 1}")
        start = _skip(source, place + 1)
        value, end = _SCAN(source, start)
        held[key] = Member(value, start, end)
        place = _next(source, end)
    return held, place


def _next(source: str, place: int) -> int:
    """Where the key behind a value starts, or the closing brace."""
    place = _skip(source, place)
    if source.startswith(",", place):
        place = _skip(source, place + 1)
        if source.startswith("}", place):
            raise ValueError(f"a comma before the closing brace at column {place + 1}")
    elif not source.startswith("}", place):
        raise ValueError(f"expected a comma or a closing brace at column {place + 1}")
    return place


def _skip(source: str, place: int) -> int:
    while place < len(source) and source[place] in _SPACES:
        place += 1
    return place


def is_with(line: str, source: str, wanted: Sequence[tuple[Member, str]]) -> bool:
    """Whether a line is the source with other texts in place of some of its values, and is the same beside them."""
    place = at = 0
    for member, text in sorted(wanted, key=_start):
        if line[place : place + member.start - at] != source[at : member.start]:
            return False
        place += member.start - at
        if not line.startswith('"', place):
            return False
        value, place = _SCAN(line, place)
        if value != text:
            return False
        at = member.end
    return line[place:] == source[at:]


def _start(wanted: tuple[Member, str]) -> int:
    return wanted[0].start


def plain_source(text: str) -> str:
    """Return how JSON plainly writes a text."""
    return encode_basestring(text)[1:-1]
