"""The unified diff of a CleanResult, made from its removals: exact, and no search for what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex

from cleaner import edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaner.clean import CleanResult
    from cleaner.model import Pruned, Removal

CONTEXT = 3
_CONTROL = regex.compile(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]")


@dataclass(slots=True)
class _Change:
    """Lines `first` to `last` (excluded) of the original, which became `lines` in the clean text."""

    first: int
    last: int
    rules: set[str]
    lines: Sequence[str] = ()


def unified_diff(result: CleanResult, name: str) -> str:
    """Return a diff that turns the original into the clean text, "" if nothing changed.

    `patch` can apply it, also in reverse; each hunk heading names the rules. Lines end at line feeds only, as they
    do for `patch`. What a page held beside its article stands above, where the result has it: `patch` skips that.
    """
    left = "".join(f"# left out: {row.rule}: {_whole(row)}\n" for row in result.pruned)
    return left + (_removed(result, name) if result.removals else "")


def _whole(row: Pruned) -> str:
    return visible(" ".join(row.text.split())) + (f" ({row.why})" if row.why else "")


def _removed(result: CleanResult, name: str) -> str:
    text = result.document.text
    lines = _lines(text)
    changes = _changes(result, lines)
    shown = visible(name)
    pieces = [f"--- a/{shown}\n", f"+++ b/{shown}\n"]
    grown = 0
    for hunk in _hunks(changes):
        pieces += _hunk(lines, hunk, grown)
        grown += sum(len(change.lines) - (change.last - change.first) for change in hunk)
    return "".join(pieces)


def visible(text: str) -> str:
    r"""Return the text with control, format and bidirectional characters written as escapes: `\x1b`, `\u202e`."""
    return str(_CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text))


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _changes(result: CleanResult, lines: Sequence[str]) -> list[_Change]:
    """Group removals by the lines they touch, and find what those lines became."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    changes: list[_Change] = []
    first = 0
    for removal in result.removals:
        while starts[first + 1] <= removal.start:
            first += 1
        last = _last_line(starts, first, removal)
        _add(changes, _Change(first, last, set(removal.rules)))
    return _filled(result, starts, changes)


def _add(changes: list[_Change], change: _Change) -> None:
    """Append a change, or join it to the last one where they share a line."""
    if changes and change.first < changes[-1].last:
        changes[-1].last = max(changes[-1].last, change.last)
        changes[-1].rules |= change.rules
    else:
        changes.append(change)


def _filled(result: CleanResult, starts: Sequence[int], changes: Sequence[_Change]) -> list[_Change]:
    """Give each change its new lines; one whose last line break went takes the next line in."""
    offsets, filled = edit.Offsets(result.removals), list[_Change]()
    for change in changes:
        _add(filled, change)
        last = filled[-1]
        start = offsets.to_clean(starts[last.first])
        last.lines = _lines(result.text[start : offsets.to_clean(starts[last.last])])
        while last.lines and not last.lines[-1].endswith("\n") and last.last < len(starts) - 1:
            last.last += 1
            last.lines = _lines(result.text[start : offsets.to_clean(starts[last.last])])
    return filled


def _last_line(starts: Sequence[int], line: int, removal: Removal) -> int:
    """Number of the line after the last one that the removal changes; a line joined to an earlier one is changed."""
    last = line
    while last < len(starts) - 1 and starts[last + 1] <= removal.end:
        last += 1
    whole_lines = removal.start == starts[line] and removal.end == starts[last]
    return last if whole_lines or last == len(starts) - 1 else last + 1


def _hunks(changes: Sequence[_Change]) -> list[list[_Change]]:
    hunks: list[list[_Change]] = []
    for change in changes:
        if hunks and change.first - hunks[-1][-1].last <= 2 * CONTEXT:
            hunks[-1].append(change)
        else:
            hunks.append([change])
    return hunks


def _hunk(lines: Sequence[str], hunk: Sequence[_Change], grown: int) -> list[str]:
    first = max(0, hunk[0].first - CONTEXT)
    last = min(len(lines), hunk[-1].last + CONTEXT)
    old = last - first
    new = old + sum(len(change.lines) - (change.last - change.first) for change in hunk)
    names = ", ".join(sorted(set().union(*(change.rules for change in hunk))))
    heading = f"@@ -{_range(first, old)} +{_range(first + grown, new)} @@ {names}\n"
    body, place = [heading], first
    for change in hunk:
        body += [_line(" ", line) for line in lines[place : change.first]]
        body += [_line("-", line) for line in lines[change.first : change.last]]
        body += [_line("+", line) for line in change.lines]
        place = change.last
    return body + [_line(" ", line) for line in lines[place:last]]


def _range(first: int, count: int) -> str:
    return f"{first + 1 if count else first},{count}"


def _line(sign: str, line: str) -> str:
    return f"{sign}{line}" if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
