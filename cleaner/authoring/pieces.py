"""A pattern taken apart: what text each of its pieces stands for, to make lines that are hard for it."""

import contextlib
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import regex

from cleaner.find import SLOT

_ALPHABET = "aA1 .,-:;|/©@#&\"'()[]!?x0Zé一あ한аА"
_PHRASES = 2  # of a slot, its shortest and its longest ones
_MOST = 4  # characters of a class
_LONGEST, _PIECES = 300, 1500  # characters of a piece, and pieces of a pattern
_QUANTIFIER = regex.compile(r"(?:[*+?]|\{\d*,?\d*\})[?+]?(?<!^\{,?\})")
_SPACE = regex.compile(r"(?:\s|#[^\n]*)++")
_OPENING = regex.compile(
    r"""\( (?: \? (?: (?<flags>[a-zA-Z]*-?[a-zA-Z]*)(?<end>[:)]) | (?<define>\(DEFINE\)) | \( (?<if>[^)]*) \)
        | (?<look><?[=!]) | P?<(?<name>\w+)> | [>|] | P?[&>](?<call>\w+)\) | P=\w+\) | \#[^)]*(?<comment>\)) ) )?""",
    regex.VERBOSE,
)
_CLASS = regex.compile(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*+\]", regex.DOTALL)
_ESCAPE = regex.compile(
    r"\\(?:[pP]\{[^}]*\}|x\{?[0-9a-fA-F]{1,6}\}?|u[0-9a-fA-F]{4}|N\{[^}]*\}|g<\w+>|.)", regex.DOTALL
)
_NOTHING = frozenset("AbBGKzZmM")  # escapes that take no character


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that may be repeated, and one that leads up to it."""

    before: str
    text: str


def pieces(pattern: str, slots: Mapping[str, Sequence[str]]) -> list[Piece]:
    """Return the pieces of a pattern: its groups, alternatives, classes and words, each once, outer ones last."""
    reader = _Reader(pattern, slots)
    with contextlib.suppress(RecursionError):  # what was read so far will do
        for text in reader.alternatives(""):
            reader.add("", text)
    return list(reader.found)


class _Reader:
    """Reads a pattern from left to right. What it cannot read it skips: a piece less is no harm."""

    def __init__(self, pattern: str, slots: Mapping[str, Sequence[str]]) -> None:
        self.pattern, self.slots = pattern, slots
        self.place, self.verbose = 0, False
        self.named: dict[str, str] = {}
        self.found: dict[Piece, None] = {}

    def add(self, before: str, text: str) -> None:
        if text and len(self.found) < _PIECES:
            self.found.setdefault(Piece(before, text))

    def alternatives(self, before: str) -> list[str]:
        """Read to the end of a group, and return a text for each of its alternatives."""
        texts = [self.sequence(before)]
        while self.pattern.startswith("|", self.place):
            self.place += 1
            texts.append(self.sequence(before))
        self.place += 1  # the closing bracket
        return texts

    def sequence(self, before: str) -> str:
        """Read to the end of an alternative, and return a text for it."""
        text = ""
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            if self.verbose and (space := _SPACE.match(self.pattern, self.place)):
                self.place = space.end()
                continue
            choices = self.atom(before + text)
            quantifier = self.quantifier()
            if quantifier or len(choices) > 1:
                for choice in choices:
                    self.add(before + text, choice)
            text = (text + choices[0])[:_LONGEST] if choices else text
        return text

    def quantifier(self) -> bool:
        match = _QUANTIFIER.match(self.pattern, self.place)
        if not match or SLOT.match(self.pattern, self.place):
            return False
        self.place = match.end()
        return True

    def atom(self, before: str) -> list[str]:
        """Read one atom, and return texts that it stands for, the plainest first."""
        if slot := SLOT.match(self.pattern, self.place):
            self.place = slot.end()
            phrases = sorted(self.slots.get(slot[1], ()), key=len)
            return [*phrases[:_PHRASES], *phrases[_PHRASES:][-_PHRASES:]]
        if self.pattern[self.place] == "(":
            return self.group(before)
        for kind in (_CLASS, _ESCAPE):
            if match := kind.match(self.pattern, self.place):
                self.place = match.end()
                return [] if match[0][0] == "\\" and match[0][1:2] in _NOTHING else _members(match[0])
        character = self.pattern[self.place]
        self.place += 1
        return [] if character in "^$" else ["a"] if character == "." else [character]

    def group(self, before: str) -> list[str]:
        match = _OPENING.match(self.pattern, self.place)
        self.place = match.end() if match else self.place + 1
        if not match or match["comment"]:
            return []
        if match["call"]:
            return [self.named.get(match["call"], "")]
        outer = self.verbose
        self._flag(match["flags"] or "")
        if match["end"] == ")":
            return []
        texts = self.alternatives(before)
        self.verbose = outer
        for text in texts:
            self.add(before, text)
        if match["name"]:
            self.named[match["name"]] = texts[0]
        return [] if match["look"] or match["define"] else texts

    def _flag(self, flags: str) -> None:
        on, _, off = flags.partition("-")
        self.verbose = ("x" in on or self.verbose) and "x" not in off


@functools.lru_cache(maxsize=4096)
def _members(atom: str) -> list[str]:
    """Return some of the characters that a class or an escape stands for."""
    try:
        pattern = regex.compile(atom)
    except regex.error:
        return []
    held = dict.fromkeys(_ALPHABET + (atom.strip("[]^") if atom[0] == "[" else atom[-1]))
    return [character for character in held if pattern.fullmatch(character)][:_MOST]
