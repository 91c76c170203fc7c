"""Patterns of rules: compiled when first needed, run against the clock.

Patterns are written for `regex`. PCRE2 takes nearly all of them, finds the same, is compiled a hundred times as fast
and searches many times as fast, so it is what searches: with letters spelt out in lines with characters that are
letters to only one of the two. `regex` does in patterns of which only it knows what they mean, in very long lines with
many finds, and in searches that PCRE2 gives up.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pcre2
import regex
from pcre2._cy import create_match_context
from pcre2._cy import match as _match
from pcre2._cy import match_generator as _each_match
from pcre2._cy import match_substring_span_bynumber as _span

from cleaner.find.phrases import SLOT, Phrases, ascii_only, filled
from cleaner.fold import fold_case
from cleaner.model import Rule

_REMEMBERED: Final = 1000  # ways to fill a pattern that are kept
_NO_CONTEXT: Final = create_match_context()
_COUNTED: Final = (
    20_000_000  # code points of a line times its matches: for each, they are counted from the line's start
)
_TOO_LARGE: Final = 120  # PCRE2's number for a pattern of more than 64 KB
# What PCRE2 would take for something else: other escapes, fuzzy counts, flags for all from the middle on, version 1.
_ONLY_REGEX: Final = pcre2.compile(
    r"""(?x) ^ \s* \( \? \w* V | ^ \s* \( \? [a-zA-Z01]+ \) (*SKIP) (*FAIL) | \( \? [a-zA-Z01]+ \)
      | \\[hHLlmMNRUvVX] | (?<! \\[pPxN] ) (?<! \\ ) \{ [^{}\d,][^{}]* \}"""
)
# Letters to one of them only: joiners, marks that take room, numbers that are no digits, ringed letters.
_DOUBTFUL: Final = pcre2.compile(
    "[\\p{Mc}\\p{Me}\\p{No}Ⓐ-ⓩ\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189ʕ\u180e\u200c\u200d]"
)
_BLANK_TO_PCRE2 = "\u180e"  # and to it alone

_GIVEN_UP: Final = (pcre2.LibraryError, OverflowError, UnicodeEncodeError)  # out of bounds, or a lone surrogate


class TimeLimitError(Exception):
    """A text took longer than its time limit; the message names the rule that ran."""


@dataclass(slots=True)
class Clock:
    """What is left of the seconds that one document may take."""

    deadline: float

    @classmethod
    def of(cls, seconds: float) -> "Clock":
        """Start a clock that runs for some seconds."""
        return cls(time.monotonic() + seconds)

    def left(self, rule: Rule) -> float:
        """Seconds left; raises TimeLimitError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeLimitError(f"rule {rule.id}: the time limit of the document was over")
        return left


class Line:
    """What a line holds between its white space, for any number of patterns to look at."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.is_ascii = text.isascii()
        self._is_doubtful: bool | None = False if self.is_ascii else None

    @property
    def is_doubtful(self) -> bool:
        r"""Whether a character of it is a letter (`\w`, `\s`) to one of the engines and not to the other."""
        if self._is_doubtful is None:
            self._is_doubtful = _matches_quick(_DOUBTFUL, self.text)
        return self._is_doubtful


class Pattern:
    """A pattern of a rule, made ready when a line first needs it."""

    def __init__(self, rule: Rule, source: str) -> None:
        self._rule = rule
        slots = {name: rule.slots[name] for name in dict.fromkeys(SLOT.findall(source))}
        self._slow = _Filled(source, slots, regex.compile, whole=not slots)
        is_known = not _ONLY_REGEX.search(SLOT.sub("", source))
        self._quick = _Filled(source, slots, pcre2.compile, whole=True) if is_known else None
        self._source, self._slots = source, slots
        self._spelt: list[_Filled | None] = []  # made when a doubtful line first needs it

    def matches(self, line: Line, clock: Clock) -> bool:
        """Whether the pattern matches somewhere in a line.

        Raises:
            TimeLimitError: the clock had no time left.
        """
        left = clock.left(self._rule)
        try:
            if (quick := self._ready(line)) is not None:
                return _matches_quick(quick, line.text)
        except _GIVEN_UP:
            pass
        with self._in_time():
            return self._slow.ready(line).search(line.text, timeout=left) is not None

    def spans(self, line: Line, clock: Clock) -> list[tuple[int, int]]:
        """Start and end of each match in a line; raises as `matches` does."""
        left = clock.left(self._rule)
        try:
            if (quick := self._ready(line)) is not None:
                return _spans_quick(quick, line.text)
        except _GIVEN_UP:
            pass
        with self._in_time():
            return [match.span() for match in self._slow.ready(line).finditer(line.text, timeout=left)]

    @contextlib.contextmanager
    def _in_time(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise TimeLimitError(f"rule {self._rule.id}: its pattern ran over the time limit") from error

    def _ready(self, line: Line) -> Any | None:
        """Return what PCRE2 made of the pattern for a line; None where `regex` shall search."""
        if self._quick is None:
            return None
        try:
            return self._spelt_out(line) if line.is_doubtful else self._quick.ready(line)
        except pcre2.PatternError:
            self._quick = None
            return None

    def _spelt_out(self, line: Line) -> Any | None:
        """Return the same with its letters spelt out; with the phrases that the line holds, as few lines need it."""
        if _BLANK_TO_PCRE2 in line.text:
            return None
        if not self._spelt:
            from cleaner.find.letters import spelt_out  # noqa: PLC0415  few texts need it

            source = spelt_out(self._source)
            self._spelt.append(_Filled(source, self._slots, pcre2.compile, whole=not self._slots) if source else None)
        spelt = self._spelt[0]
        return spelt.ready(line) if spelt else None


def _matches_quick(pattern: Any, line: str) -> bool:
    # Nine of ten searches find nothing: this is what `search` does, without all that it makes ready for a match.
    return _match(pattern._pcre2_code, line, len(line), 0, _NO_CONTEXT, 0)[0] is not None  # noqa: SLF001


def _spans_quick(pattern: Any, line: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for match, _, _ in _each_match(pattern._pcre2_code, line, len(line), 0, _NO_CONTEXT):  # noqa: SLF001  as `finditer`
        spans.append(_span(match, line, 0))
        if len(spans) * len(line) > _COUNTED:
            raise OverflowError
    return spans


class _Filled:
    """A pattern for one engine: with all phrases that a line of ASCII or another may hold, or with those that it holds.

    The latter where all are too many: 64 KB of pattern for PCRE2; `regex` takes 0.1 ms to compile one of up to 2,000.
    """

    def __init__(
        self, source: str, slots: Mapping[str, Sequence[str]], compile_: Callable[[str], Any], *, whole: bool
    ) -> None:
        self._source, self._slots, self._compile, self._is_whole = source, slots, compile_, whole
        self._made: dict[
            bool, Any
        ] = {}  # with all phrases, by whether for lines of ASCII; None where that is too large
        self._of_held: dict[tuple[tuple[str, ...], ...], Any] = {}
        self._phrases: list[Phrases] = []

    def ready(self, line: Line) -> Any:
        """Return the compiled pattern for a line; raises what the engine raises."""
        if line.is_ascii not in self._made:
            self._made[line.is_ascii] = self._with_all(is_ascii=line.is_ascii) if self._is_whole else None
        return self._made[line.is_ascii] or self._with_held(fold_case(line.text))

    def _with_all(self, *, is_ascii: bool) -> Any | None:
        slots = self._slots
        if not slots and self._made:
            return self._made[not is_ascii]
        if is_ascii:
            slots = {name: ascii_only(tuple(phrases)) for name, phrases in slots.items()}
        try:
            return self._compile(filled(self._source, slots))
        except pcre2.PatternError as error:
            if error.code == _TOO_LARGE and slots:
                return None
            raise

    def _with_held(self, folded: str) -> Any:
        if not self._phrases:
            self._phrases = [Phrases(phrases) for phrases in self._slots.values()]
        held = tuple(phrases.in_line(folded) for phrases in self._phrases)
        if held not in self._of_held:
            if len(self._of_held) >= _REMEMBERED:
                self._of_held.clear()
            self._of_held[held] = self._compile(filled(self._source, dict(zip(self._slots, held, strict=True))))
        return self._of_held[held]
