"""Literals to rules: which lines hold a literal of which rule."""

import sys
from collections.abc import Iterable, Sequence
from typing import Final

from cleaner.find.scan import ALPHANUMERIC, scanner
from cleaner.fold import View, fold_case, plain
from cleaner.model import Rule

Candidate = tuple[int, Rule]  # the number of a line, and a rule of which it holds a literal

_KEY: Final = 3  # characters by which literals at the start of a line are looked up
_RULES: Final = 20  # bits for the number of a rule
_SHORT: Final = 5  # bytes of a word that stands in many others

_Use = tuple[int, Rule, str]  # a rule that has a literal, its number, and how it must be written if case counts
_Table = dict[str, tuple[_Use, ...]]


class _Literal:
    """A literal: its sizes, its rules, the longest line they look at, and at which ends it must not go on as a word.

    With conditions, its place in the line decides whether it counts.
    """

    __slots__ = ("byte_size", "ends_word", "groups", "is_conditional", "longest", "size", "starts_word")

    def __init__(self, literal: str, uses: Sequence[_Use], *, is_word: bool) -> None:
        encoded = literal.encode()
        self.size, self.byte_size = len(literal), len(encoded)
        groups: dict[tuple[bool, str], list[tuple[int, int, Rule]]] = {}
        for which, rule, written in uses:
            groups.setdefault((rule.at == "word", written), []).append((which, rule.longest, rule))
        self.groups = [(word, written, rules) for (word, written), rules in groups.items()]
        self.longest = max(rule.longest or sys.maxsize for _, rule, _ in uses)
        self.is_conditional = any(word or written for word, written in groups)
        checked = not is_word and all(word for word, _ in groups)
        self.starts_word = checked and encoded[0] in ALPHANUMERIC
        self.ends_word = checked and encoded[-1] in ALPHANUMERIC

    def goes_on(self, encoded: bytes, start: int, end: int) -> bool:
        """Whether a letter or digit of ASCII makes of the literal a part of a longer word."""
        return (self.starts_word and encoded[start - 1] in ALPHANUMERIC) or (
            self.ends_word and encoded[end] in ALPHANUMERIC
        )


class Index:
    """One scanner for the literals of all rules; those that count only at the start of a line follow a line break."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        anywhere: _Table = {}
        starting: _Table = {}
        for which, rule in enumerate(rules):
            table = starting if rule.at == "start" else anywhere
            uses: tuple[_Use, ...] = ((which, rule, ""),)  # one for nearly all: few rules share a literal
            for written in rule.literals if rule.folded else dict.fromkeys(map(plain, rule.literals)):
                literal = written if rule.folded and not rule.case else fold_case(written)
                if rule.case:
                    uses = ((which, rule, written),)
                table[literal] = table[literal] + uses if literal in table else uses
        self._anywhere = len(anywhere)
        self._tables = [*anywhere.items(), *starting.items()]
        self._made: dict[int, _Literal] = {}  # few of all literals are ever met
        self._starting: dict[str, list[tuple[str, int]]] = {}
        for number, literal in enumerate(starting, self._anywhere):
            self._starting.setdefault(literal[:_KEY], []).append((literal, number))
        self._words = {number for number, entry in enumerate(anywhere.items()) if _is_short_word(*entry)}
        self._scan = scanner([*anywhere, *("\n" + literal for literal in starting)], self._words)

    def candidates(self, view: View, only: int | None = None) -> list[Candidate]:
        """Lines, or only the one of that number, and the rules for which they are short enough and hold a literal."""
        found: dict[int, Candidate] = {}
        encoded, starts, first, marked = view.encoded, view.byte_starts, 0, view.marked
        if only is not None:
            encoded, starts, first = b"\n%b\n" % view.lines[only].encode("utf-8", "surrogatepass"), [1], only
            marked = [(number, place) for number, place in marked if number == only]
        line, last = 0, len(starts) - 1
        for number, end in self._scan(encoded):
            literal = self._made.get(number) or self._literal(number)
            start = end - literal.byte_size
            if number < self._anywhere and literal.goes_on(encoded, start, end):
                continue
            while line < last and starts[line + 1] <= start:
                line += 1
            while starts[line] > start:
                line -= 1
            place = _size(encoded[starts[line] : start]) if literal.is_conditional else 0
            _add(found, view, first + line, place, literal)
        if self._starting:
            for line, place in marked:
                self._add_behind_marks(found, view, line, place)
        return list(found.values())

    def _literal(self, number: int) -> _Literal:
        if number not in self._made:
            self._made[number] = _Literal(*self._tables[number], is_word=number in self._words)
        return self._made[number]

    def _add_behind_marks(self, found: dict[int, Candidate], view: View, number: int, place: int) -> None:
        """Add the rules whose literals start a line behind marks."""
        line = view.lines[number]
        for length in range(1, _KEY + 1):
            for literal, which in self._starting.get(line[place : place + length], ()):
                if line.startswith(literal, place):
                    _add(found, view, number, place, self._literal(which))


def _add(found: dict[int, Candidate], view: View, number: int, place: int, literal: _Literal) -> None:
    """Add the rules of a literal that stands at a place of a line, as far as they may count there."""
    line = view.lines[number]
    if literal.longest < len(line) and literal.longest < view.length(number):
        return
    for word, written, rules in literal.groups:
        if written and not view.plain.startswith(written, view.starts[number] + place):
            continue
        if word and not is_word(line, place, place + literal.size):
            continue
        for which, longest, rule in rules:
            if not 0 < longest < len(line) or longest >= view.length(number):
                found[number << _RULES | which] = number, rule


def _size(encoded: bytes) -> int:
    """Code points of a part of a line."""
    return len(encoded) if encoded.isascii() else len(encoded.decode("utf-8", "surrogatepass"))


def _is_short_word(literal: str, uses: Sequence[_Use]) -> bool:
    if len(literal) > _SHORT:
        return False
    encoded = literal.encode()
    return (
        len(encoded) <= _SHORT
        and encoded[0] in ALPHANUMERIC
        and encoded[-1] in ALPHANUMERIC
        and all(rule.at == "word" for _, rule, _ in uses)
    )


def is_word(folded: str, start: int, end: int) -> bool:
    """Whether no letter or digit goes on before or behind a span."""
    before, after = folded[start - 1 : start] if start else "", folded[end : end + 1]
    return not (before.isalnum() and folded[start].isalnum()) and not (after.isalnum() and folded[end - 1].isalnum())
