"""Patterns of rules: their slots filled, compiled when first needed, run against the clock."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import regex

from cleaner.fold import fold_case
from cleaner.model import Rule

SLOT = regex.compile(r"\{\{(\w+)\}\}")
# Microseconds, measured: to compile a pattern with some phrases, with all for each of them, to look for them in a line.
_FOR_SOME, _FOR_EACH, _TO_LOOK = 4000, 100, 25
_KEY = 3  # characters by which phrases are looked up

_Held = tuple[tuple[str, ...], ...]  # for each slot its phrases that a line holds


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


class Pattern:
    """A pattern of a rule, made ready when a line first needs it.

    One with slots is at first compiled with only the phrases that the line holds, since no other can match there: a
    hundred times quicker than with all phrases of 76 languages. Once that took as long, it is compiled with them all.
    """

    def __init__(self, rule: Rule, source: str) -> None:
        self._rule, self._source = rule, source
        self._slots = {name: rule.slots[name] for name in dict.fromkeys(SLOT.findall(source))}
        self._of_held: dict[_Held, Any] = {}
        self._phrases: list[_Phrases] = []
        self._spent = 0.0
        self._whole: Any = None

    def matches(self, line: str, clock: Clock) -> bool:
        """Whether the pattern matches somewhere in a line.

        Raises:
            TimeLimitError: the clock had no time left.
        """
        try:
            return (self._whole or self._compiled(line)).search(line, timeout=clock.left(self._rule)) is not None
        except TimeoutError as error:
            raise self._over() from error

    def spans(self, line: str, clock: Clock) -> list[tuple[int, int]]:
        """Start and end of each match in a line; raises as `matches` does."""
        try:
            found = (self._whole or self._compiled(line)).finditer(line, timeout=clock.left(self._rule))
            return [match.span() for match in found]
        except TimeoutError as error:
            raise self._over() from error

    def _over(self) -> TimeLimitError:
        return TimeLimitError(f"rule {self._rule.id}: its pattern ran over the time limit")

    def _compiled(self, line: str) -> Any:
        self._spent += _TO_LOOK
        if not self._slots or self._spent >= _FOR_EACH * sum(map(len, self._slots.values())):
            self._of_held.clear()
            self._whole = regex.compile(filled(self._source, self._slots))
            return self._whole
        if not self._phrases:
            self._phrases = [_Phrases(phrases) for phrases in self._slots.values()]
        folded = fold_case(line)
        held = tuple(phrases.in_line(folded) for phrases in self._phrases)
        if held not in self._of_held:
            self._spent += _FOR_SOME
            self._of_held[held] = regex.compile(filled(self._source, dict(zip(self._slots, held, strict=True))))
        return self._of_held[held]


class _Phrases:
    """Phrases of a slot, found in a line by how they begin."""

    def __init__(self, phrases: Sequence[str]) -> None:
        self._phrases = phrases
        self._by_key: dict[str, list[tuple[int, str]]] = {}
        for number, phrase in enumerate(phrases):
            folded = fold_case(phrase)
            self._by_key.setdefault(folded[:_KEY], []).append((number, folded))
        self._sizes = sorted({len(key) for key in self._by_key})

    def in_line(self, folded: str) -> tuple[str, ...]:
        """Return the phrases that a line holds, in their order; the line is in one case."""
        keys = {folded[place : place + size] for size in self._sizes for place in range(len(folded) - size + 1)}
        found = [
            number for key in keys & self._by_key.keys() for number, phrase in self._by_key[key] if phrase in folded
        ]
        return tuple(self._phrases[number] for number in sorted(found))


def filled(pattern: str, slots: Mapping[str, Sequence[str]]) -> str:
    """Write every `{{name}}` of a pattern out: any of its phrases; one without phrases never matches."""
    return str(SLOT.sub(lambda match: _alternatives(slots[match[1]]), pattern))


def _alternatives(phrases: Sequence[str]) -> str:
    """Write phrases as one group, by their first character: a group of a thousand is three times faster so."""
    rests: dict[str, list[str]] = {}
    for phrase in phrases:
        rests.setdefault(phrase[0], []).append(_escaped(phrase[1:]))
    # In an order that does not depend on which other phrases there are.
    groups = [f"{_escaped(first)}(?:{'|'.join(rests[first])})" for first in sorted(rests)]
    return f"(?:{'|'.join(groups)})" if groups else "(?!)"


def _escaped(text: str) -> str:
    return str(regex.escape(text, special_only=False))
