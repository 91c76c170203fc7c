"""Slots of patterns: `{{name}}` stands for any phrase of that name."""

import functools
from collections.abc import Mapping, Sequence
from typing import Final

import regex

from cleaner.fold import DOTLESS, fold_case

SLOT: Final = regex.compile(r"\{\{(\w+)\}\}")
_SIGNS: Final = "\\" + "".join(chr(code) for code in range(128) if not chr(code).isalnum() and chr(code) != "\\")
_OPEN: Final = "\ufdd0"
_OR: Final = "\ufdd1"
_CLOSE: Final = "\ufdd2"  # stand in no text; written as what they are when all else is
_KEY: Final = 3  # characters by which phrases are looked up


def filled(pattern: str, slots: Mapping[str, Sequence[str]]) -> str:
    """Write every `{{name}}` of a pattern out: any of its phrases; one without phrases never matches.

    The letters i without dot and I with one become those that rules see in their place.
    """
    return str(SLOT.sub(lambda match: _alternatives(tuple(slots[match[1]])), _dotted(pattern)))


@functools.lru_cache(maxsize=256)
def _alternatives(phrases: tuple[str, ...]) -> str:
    """Write phrases as one group in which what begins alike is written once: half as long, and many times faster."""
    plain = sorted({_dotted(phrase) for phrase in phrases}, reverse=True)
    if not plain:
        return "(?!)"
    written = f"{_OPEN}{_branches(plain, 0)}{_CLOSE}"
    for sign in _SIGNS:  # a few times all at once, not each phrase for itself
        written = written.replace(sign, "\\" + sign)
    return written.replace(_OPEN, "(?:").replace(_OR, "|").replace(_CLOSE, ")")


def _dotted(text: str) -> str:
    for letter, seen in DOTLESS.items():  # a tenth of the time of `translate`
        text = text.replace(letter, seen)
    return text


@functools.lru_cache(maxsize=256)
def ascii_only(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Return the phrases that a line of ASCII may hold."""
    return tuple(phrase for phrase in phrases if phrase.isascii())


def _branches(phrases: list[str], common: int) -> str:
    """Write how phrases that have their first characters in common, sorted from the last on, go on after these.

    Of two of which one begins with the other, the longer one is tried first.
    """
    branches, at = [], 0
    while at < len(phrases):
        first, start = phrases[at], at
        at += 1
        while at < len(phrases) and phrases[at][common : common + 1] == first[common : common + 1]:
            at += 1
        if at == start + 1:
            branches.append(first[common:])
            continue
        last, same = phrases[at - 1], common + 1
        while first[same : same + 1] == last[same : same + 1]:
            same += 1
        branches.append(f"{first[common:same]}{_OPEN}{_branches(phrases[start:at], same)}{_CLOSE}")
    return _OR.join(branches)


class Phrases:
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
