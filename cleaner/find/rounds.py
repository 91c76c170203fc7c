"""A text searched until nothing is left to find: what one removal lays bare belongs to the same cleaning."""

from collections.abc import Callable, Sequence
from typing import Final

from cleaner import edit
from cleaner.find.finder import Finder
from cleaner.find.pattern import Clock
from cleaner.fold import View
from cleaner.model import Removal

_WHITE: Final = " \n\t\x1f"  # all that is left of white space in a plain text

Settle = Callable[[View, list[Removal]], list[Removal]]


def find_all(
    finder: Finder, view: View, host: str, clock: Clock, settle: Settle = edit.merge, *, tidy: bool = False
) -> list[Removal]:
    """Return the removals of a text, sorted, none overlapping another.

    Args:
        finder: what claims spans.
        view: the text.
        host: decides which rules of single sites take part.
        clock: what is left of the time that the text may take.
        settle: makes removals of claims.
        tidy: also remove white space at the end of lines, and all but one of several blank lines.

    Raises:
        TimeLimitError: a pattern ran until the clock had no time left.
    """
    candidates = finder.candidates(view, host)
    removals: list[Removal] = []
    while found := settle(view, finder.claims(view, candidates, clock)) or _bare(view, removals, settle, tidy=tidy):
        removals = edit.normalise([*removals, *(_in_original(removals, found) if removals else found)])
        if settle is edit.merge and not tidy and finder.is_done(candidates, view, found, host, clock):
            bare = edit.separators(edit.delete(view.plain, found), removals)
            if not bare:
                break
        before, view = view, edit.shortened(view, found)
        candidates = finder.candidates_left(candidates, before, view, found, host)
    return removals


def _bare(view: View, removals: Sequence[Removal], settle: Settle, *, tidy: bool) -> list[Removal]:
    """Return what goes when the rules have nothing more to say."""
    claims = edit.separators(view.plain, removals) if removals else []
    bare = settle(view, claims) if claims else []
    return bare or (edit.tidy(view) if tidy else [])


def _in_original(before: Sequence[Removal], found: Sequence[Removal]) -> list[Removal]:
    """Return removals from what others left of a text as removals from the text."""
    offsets = edit.Offsets(before)
    return [
        Removal(offsets.to_original(removal.start), offsets.to_original(removal.end - 1) + 1, removal.rules)
        for removal in found
    ]


def visible_share(view: View, removals: Sequence[Removal], guard: float) -> float:
    """Return the share of the characters that are not white space which the removals would take.

    Where they are no more than the guard allows of the beginning of the text, it is their share of that.
    """
    gone = 0
    for removal in removals:
        gone += _visible(view.plain[removal.start : removal.end])
    if not gone:
        return 0.0
    beginning = _visible(view.plain[: 3 * gone])
    return gone / (beginning if gone <= guard * beginning else _visible(view.plain))


def _visible(plain: str) -> int:
    count = len(plain)
    for white in _WHITE:
        count -= plain.count(white)
    return count
