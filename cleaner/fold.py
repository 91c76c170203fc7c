"""The text as rules see it: typographic variants made one, no character moved."""

import bisect
from collections.abc import Iterable, Iterator
from typing import Final

# Every value is one character, so that an offset in the folded text is an offset in the text itself.
_SPACES: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE: Final = "\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
_BREAKS: Final = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
# Which of i, ı, I, İ are one letter depends on the language, and engines for patterns do not agree: here all are.
DOTLESS: Final = {"ı": "i", "İ": "I"}
_VARIANTS: Final = (
    dict.fromkeys(_SPACES + _INVISIBLE, " ")
    | dict.fromkeys(_BREAKS, "\n")
    | dict.fromkeys("‘’‚‛ʻʼ′‹›`´", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−﹘﹣", "-")
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | DOTLESS
)
_ASCII_VARIANTS: Final = tuple((old, new) for old, new in _VARIANTS.items() if old.isascii())
# The others by their first byte in UTF-8: most texts hold few of these bytes, and one byte is quick to look for.
_BY_BYTE: Final[dict[int, dict[bytes, tuple[str, str]]]] = {}
for _old, _new in _VARIANTS.items():
    if not _old.isascii():
        _BY_BYTE.setdefault(_old.encode()[0], {})[_old.encode()[1:]] = (_old, _new)
_VALUE: Final = "_©@#+&"
_PUNCTUATION: Final = 0xE2  # the byte that dashes and quotes begin with, of which there are many

# Letters that `regex` holds equal under IGNORECASE though str.lower() keeps them apart.
_CASE_TWINS: Final = {
    "ı": "i", "ſ": "s", "ς": "σ", "µ": "μ", "\u0345": "ι", "\u1fbe": "ι", "\u1fd3": "\u0390", "\u1fe3": "\u03b0",
    "ϐ": "β", "ϑ": "θ", "ϕ": "φ", "ϖ": "π", "ϰ": "κ", "ϱ": "ρ", "ϵ": "ε", "\u1e9b": "\u1e61", "\ufb05": "\ufb06",
    "\u1c80": "в", "\u1c81": "д", "\u1c82": "о", "\u1c83": "с", "\u1c84": "т", "\u1c85": "т", "\u1c86": "ъ",
    "\u1c87": "ѣ", "\u1c88": "\ua64b",
}  # fmt: skip
_TWINS_BY_BYTE: Final[dict[int, list[tuple[str, str]]]] = {}
for _old, _new in _CASE_TWINS.items():
    _TWINS_BY_BYTE.setdefault(_old.encode()[0], []).append((_old, _new))


def plain(text: str) -> str:
    r"""Return the text with one kind of space, quote, dash and line break, each character in its old place.

    Carriage returns, U+2028, U+0085 and their like become line feeds. A text without any line break that holds
    a backslash and an `n` at least twice came from a dump that wrote its line feeds that way: they become a space
    and a line feed.
    """
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    for old, new in _ASCII_VARIANTS:
        if old in text:
            text = text.replace(old, new)
    if not text.isascii():
        for old, new in _present(text.encode("utf-8", "surrogatepass")):
            text = text.replace(old, new)
    if "\n" not in text and text.count("\\n") > 1:
        text = text.replace("\\n", " \n")
    return text


def _present(encoded: bytes) -> Iterator[tuple[str, str]]:
    """Yield variants that a text may hold, and all that it does hold."""
    for first, variants in _BY_BYTE.items():
        if first == _PUNCTUATION:
            rests = {part[:2] for part in encoded.split(b"\xe2")[1:]}
            yield from (variants[rest] for rest in rests & variants.keys())
        elif first in encoded:
            yield from variants.values()


def fold_case(text: str) -> str:
    """Return the text in one case; texts that `regex` finds equal under IGNORECASE come out equal."""
    return _in_one_case(text)[0]


def _in_one_case(text: str) -> tuple[str, bytes]:
    """Return the text in one case, and that as UTF-8."""
    text = (text.replace("İ", "i") if "İ" in text else text).lower()
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) > len(text):
        twins = [pair for first, pairs in _TWINS_BY_BYTE.items() if first in encoded for pair in pairs]
        for old, new in twins:
            text = text.replace(old, new)
        if twins:
            encoded = text.encode("utf-8", "surrogatepass")
    return text, encoded


Seen = tuple[str, str, bytes, list[str], list[int], list[int], list[tuple[int, int]]]  # what a View holds


def in_python(text: str) -> Seen:
    """Return what a view holds of a text, as `_speedups` does it in a third of the time for all but odd texts."""
    one = plain(text)
    folded, encoded = _in_one_case(one)
    first = 1 if text.startswith("\ufeff") else 0
    lines = folded[first:].split("\n")
    encoded = encoded[first:]
    sizes = list(map(len, lines))
    byte_sizes = sizes if len(encoded) == len(folded) - first else list(map(len, encoded.split(b"\n")))
    places = [0 if line[:1].isalnum() else line_start(line, 0) for line in lines]
    marked = [(number, place) for number, place in enumerate(places) if 0 < place < sizes[number]]
    return one, folded, b"\n%b\n" % encoded, lines, _starts(sizes, first), _starts(byte_sizes, 1), marked


def line_start(line: str, place: int) -> int:
    """Where the first letter, digit or sign of value stands in a line: behind bullets, brackets and white space."""
    while place < len(line) and not (line[place].isalnum() or line[place] in _VALUE):
        place += 1
    return place


try:
    from cleaner._speedups import Folder

    _FOLDER: Folder | None = Folder(_VARIANTS, _CASE_TWINS)
except ImportError:  # a checkout, or a wheel made without a C compiler
    _FOLDER = None


class View:
    """A text and what rules see of it. Lines are numbered from 0; a line's content has no white space around it."""

    def __init__(self, text: str) -> None:
        self.text = text
        # A byte order mark belongs to the file, not to its first line.
        self.first = 1 if text.startswith("\ufeff") else 0
        seen = _FOLDER(text) if _FOLDER else None
        if seen is None:
            seen = in_python(text)
        # The text made plain, and that in one case; the lines of that as UTF-8, a line break before, between and behind
        # them; its lines without their breaks, where each starts in the text, and where among the bytes; and which of
        # them begin with marks, with the place behind these.
        self.plain, self.folded, self.encoded, self.lines, self.starts, self.byte_starts, self.marked = seen

    def line_at(self, place: int) -> int:
        """Number of the line that a place lies in."""
        return max(bisect.bisect_right(self.starts, place) - 1, 0)

    def bounds(self, line: int) -> tuple[int, int]:
        """Start of a line and end of it, its line break included."""
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.plain)
        return self.starts[line], end

    def content(self, line: int) -> tuple[int, int]:
        """Start and end of what a line holds between its white space; equal for a blank line."""
        start, held = self.starts[line], self.lines[line]
        size = len(held)
        if not size or not (held[0].isspace() or held[-1].isspace()):
            return start, start + size
        stripped = held.lstrip()
        start += size - len(stripped)
        return start, start + len(stripped.rstrip())

    def length(self, line: int) -> int:
        """Code points of a line's content."""
        start, end = self.content(line)
        return end - start


def _starts(sizes: Iterable[int], first: int) -> list[int]:
    starts, place = [], first
    for size in sizes:
        starts.append(place)
        place += size + 1
    return starts
