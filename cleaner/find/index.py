"""Literals to rules: which lines hold a literal of which rule."""

import bisect
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import regex

from cleaner.find.scan import ALPHANUMERIC, Scanner
from cleaner.fold import View, fold_case, plain
from cleaner.model import Rule

Candidate = tuple[int, Rule]  # the number of a line, and a rule of which it holds a literal

_MARKS = regex.compile(r"[^\w\n©@#+&]*+")
_KEY = 3  # characters by which literals at the start of a line are looked up
_SHORT = 5  # bytes of a word that stands in many others

_Condition = tuple[bool, str]  # whether only whole words count, and how they must be written if case counts
_Table = dict[str, dict[_Condition, list[Rule]]]


class _Literal:
    """A literal: its sizes, its rules, the longest line they look at, and at which ends it must not go on as a word.

    With conditions, its place in the line decides whether it counts.
    """

    __slots__ = ("byte_size", "ends_word", "groups", "is_conditional", "longest", "size", "starts_word")

    def __init__(self, literal: str, table: Mapping[_Condition, Sequence[Rule]], *, is_word: bool) -> None:
        encoded = literal.encode()
        self.size, self.byte_size = len(literal), len(encoded) + is_word  # up to where a hit ends
        self.groups = [
            (word, written, [(rule.id, rule.longest, rule) for rule in rules])
            for (word, written), rules in table.items()
        ]
        self.longest = max(rule.longest or sys.maxsize for rules in table.values() for rule in rules)
        self.is_conditional = any(word or written for word, written in table)
        checked = not is_word and all(word for word, _ in table)
        self.starts_word = checked and encoded[0] in ALPHANUMERIC
        self.ends_word = checked and encoded[-1] in ALPHANUMERIC


class Index:
    """One scanner for the literals of all rules; those that count only at the start of a line follow a line break."""

    def __init__(self, rules: Iterable[Rule], kept: Path | None = None) -> None:
        anywhere: _Table = {}
        starting: _Table = {}
        for rule in rules:
            table = starting if rule.at == "start" else anywhere
            for written in rule.literals if rule.folded else dict.fromkeys(map(plain, rule.literals)):
                literal = written if rule.folded and not rule.case else fold_case(written)
                condition = rule.at == "word", written if rule.case else ""
                table.setdefault(literal, {}).setdefault(condition, []).append(rule)
        self._anywhere = len(anywhere)
        self._tables = [*anywhere.items(), *starting.items()]
        self._made: dict[int, _Literal] = {}  # few of all literals are ever met
        self._starting: dict[str, list[tuple[str, int]]] = {}
        for number, literal in enumerate(starting, self._anywhere):
            self._starting.setdefault(literal[:_KEY], []).append((literal, number))
        self._words = {number for number, entry in enumerate(anywhere.items()) if _is_short_word(*entry)}
        self._scan = Scanner([*anywhere, *("\n" + literal for literal in starting)], self._words, kept=kept)

    def prepare(self, made: bytes | None = None) -> bytes | None:
        """Make the scanner ready for many texts; `made` is what this returned for the same rules."""
        return self._scan.prepare(made)

    def candidates(self, view: View, only: int | None = None) -> list[Candidate]:
        """Lines, or only the one of that number, and the rules for which they are short enough and hold a literal."""
        found: dict[tuple[int, str], Candidate] = {}
        encoded, starts, first = view.encoded, view.byte_starts, 0
        if only is not None:
            encoded, starts, first = b"\n%b\n" % view.lines[only].encode("utf-8", "surrogatepass"), [1], only
        made, anywhere = self._made, self._anywhere
        for number, end in self._scan(encoded):
            literal = made.get(number) or self._literal(number)
            start = end - literal.byte_size
            if number < anywhere:
                if literal.starts_word and encoded[start - 1] in ALPHANUMERIC:
                    continue
                if literal.ends_word and encoded[end] in ALPHANUMERIC:
                    continue
            line = bisect.bisect_right(starts, start) - 1
            before = encoded[starts[line] : start] if literal.is_conditional else b""
            place = len(before) if before.isascii() else len(before.decode("utf-8", "surrogatepass"))
            _add(found, view, first + line, place, literal)
        if self._starting:
            for number in range(len(view.lines)) if only is None else (only,):
                held = view.lines[number]
                if held and not ("a" <= held[0] <= "z" or "0" <= held[0] <= "9"):
                    self._add_behind_marks(found, view, number)
        return list(found.values())

    def _literal(self, number: int) -> _Literal:
        if number not in self._made:
            self._made[number] = _Literal(*self._tables[number], is_word=number in self._words)
        return self._made[number]

    def _add_behind_marks(self, found: dict[tuple[int, str], Candidate], view: View, number: int) -> None:
        """Add the rules whose literals start a line behind marks."""
        line = view.lines[number]
        place = line_start(line, 0)
        for length in range(1, _KEY + 1) if place else ():
            for literal, which in self._starting.get(line[place : place + length], ()):
                if line.startswith(literal, place):
                    _add(found, view, number, place, self._literal(which))


def _add(found: dict[tuple[int, str], Candidate], view: View, number: int, place: int, literal: _Literal) -> None:
    """Add the rules of a literal that stands at a place of a line, as far as they may count there."""
    line = view.lines[number]
    if literal.longest < len(line) and literal.longest < view.length(number):
        return
    for word, written, rules in literal.groups:
        if written and not view.plain.startswith(written, view.starts[number] + place):
            continue
        if word and not is_word(line, place, place + literal.size):
            continue
        for name, longest, rule in rules:
            if not 0 < longest < len(line) or longest >= view.length(number):
                found[number, name] = number, rule


def _is_short_word(literal: str, table: Mapping[_Condition, Sequence[Rule]]) -> bool:
    encoded = literal.encode()
    return (
        len(encoded) <= _SHORT
        and encoded[0] in ALPHANUMERIC
        and encoded[-1] in ALPHANUMERIC
        and all(word for word, _ in table)
    )


def line_start(folded: str, place: int) -> int:
    """Where the first letter, digit or sign of value stands in a line: behind bullets, brackets and white space."""
    if folded[place : place + 1].isalpha():
        return place
    match = _MARKS.match(folded, place)
    return int(match.end()) if match else place


def is_word(folded: str, start: int, end: int) -> bool:
    """Whether no letter or digit goes on before or behind a span."""
    before, after = folded[start - 1 : start] if start else "", folded[end : end + 1]
    return not (before.isalnum() and folded[start].isalnum()) and not (after.isalnum() and folded[end - 1].isalnum())
