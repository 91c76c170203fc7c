"""What removals do to a text: merge, delete, restore, mark, and offsets mapped both ways."""

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import regex

from cleaner.fold import View
from cleaner.model import Removal

# Scripts that put no space between words: joining two of their letters glues nothing.
_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WORD: Final = regex.compile(rf"(?V1)[\w--[{_UNSPACED}_]]")
_VISIBLE: Final = regex.compile(r"\w")
_STARTS_TEXT: Final = regex.compile(rf"""(?V1)[\w\(\[\{{"'$€£¥₹#@&--[{_UNSPACED}]]""")
_ENDS_TEXT: Final = regex.compile(rf"""(?V1)[\w.,;:!?)\]\}}%…"'--[{_UNSPACED}]]""")
_CLOSES: Final = regex.compile(r"""[,;:!?)\]}…%。、」』】》]|\.(?!\w)|'(?:s|re|ve|ll|d|t)\b""")
_OPENS: Final = "([{「『【《"
_SEPARATOR: Final = regex.compile(r"([-_=*~+#•·×|])(?: ?\1)*+")


def merge(view: View, claims: Iterable[Removal]) -> list[Removal]:
    """Turn claims, in any order and overlapping, into the removals that leave a text clean at every joint.

    A claim never takes a line break but with its whole line. A line of which nothing visible is left goes whole; of
    the blank lines above and below it the shorter run stays. A cut inside a line leaves one white-space character of
    the junk where two words or sentences would touch; where the junk holds none and two words would become one, the
    cut is not made.
    """
    by_line: dict[int, list[Removal]] = {}
    for claim in claims:
        _split(view, claim, by_line)
    dead: dict[int, tuple[str, ...]] = {}
    removals: list[Removal] = []
    for line, parts in by_line.items():
        cuts = _join(view, sorted(parts)) if len(parts) > 1 else parts
        if _leaves_nothing(view, line, cuts):
            dead[line] = _names(cuts)
        else:
            removals += [piece for cut in cuts for piece in _joint(view, line, cut)]
    if dead:
        removals += _drop_lines(view, dead)
    return sorted(removals)


def _split(view: View, claim: Removal, by_line: dict[int, list[Removal]]) -> None:
    """Give each line the part of the claim that lies in its content."""
    line = view.line_at(claim.start)
    start, end = view.content(line)
    if start <= claim.start and claim.end <= end:
        by_line.setdefault(line, []).append(claim)
        return
    while line < len(view.starts) and view.starts[line] < claim.end:
        start, end = view.content(line)
        part = Removal(max(start, claim.start), min(end, claim.end), claim.rules)
        if part.start < part.end:
            by_line.setdefault(line, []).append(part)
        line += 1


def _names(parts: Sequence[Removal]) -> tuple[str, ...]:
    if len(parts) == 1:
        return parts[0].rules
    return tuple(sorted({rule for part in parts for rule in part.rules}))


def _join(view: View, parts: Sequence[Removal]) -> list[Removal]:
    """Join sorted parts that overlap or have only white space between them."""
    joined: list[Removal] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and (part.start <= last.end or not view.plain[last.end : part.start].strip()):
            joined[-1] = Removal(last.start, max(last.end, part.end), _names((last, part)))
        else:
            joined.append(part)
    return joined


def _leaves_nothing(view: View, line: int, cuts: Sequence[Removal]) -> bool:
    place, end = view.content(line)
    for cut in cuts:
        if place < cut.start and _VISIBLE.search(view.plain, place, cut.start):
            return False
        place = cut.end
    return place == end or not _VISIBLE.search(view.plain, place, end)


def _joint(view: View, line: int, cut: Removal) -> list[Removal]:
    """Settle the white space where the two sides of a cut meet; an empty list means: better not cut."""
    text, (first, last) = view.plain, view.content(line)
    start, end = cut.start, cut.end
    before, after = text[start - 1 : start] if start > first else "", text[end : end + 1] if end < last else ""
    if not before or (after == " " and (before.isspace() or before in _OPENS)):
        end = _skip(text, end, last)
    elif not after or (before.isspace() and (after.isspace() or _CLOSES.match(text, end))):
        start = _skip_back(text, start, first)
    elif not before.isspace() and not after.isspace() and _would_glue(text, start, end):
        return _keep_space(view, cut)
    return [Removal(start, end, cut.rules)]


def _skip(text: str, place: int, last: int) -> int:
    while place < last and text[place].isspace():
        place += 1
    return place


def _skip_back(text: str, place: int, first: int) -> int:
    while place > first and text[place - 1].isspace():
        place -= 1
    return place


def _would_glue(text: str, start: int, end: int) -> bool:
    if _CLOSES.match(text, end):
        return False
    return bool(_ENDS_TEXT.match(text, start - 1) and _STARTS_TEXT.match(text, end))


def _keep_space(view: View, cut: Removal) -> list[Removal]:
    """Cut all but one white-space character of the junk: its first, or its last, or the first inside."""
    start, end, rules = cut.start, cut.end, cut.rules
    spaces = [place for place in range(start, end) if view.text[place].isspace()]
    if not spaces:
        glued_words = _WORD.match(view.plain, start - 1) and _WORD.match(view.plain, end)
        return [] if glued_words else [cut]
    kept = spaces[-1] if spaces[-1] == end - 1 else spaces[0]
    pieces = [Removal(start, kept, rules), Removal(kept + 1, end, rules)]
    return [piece for piece in pieces if piece.start < piece.end]


def _drop_lines(view: View, dead: dict[int, tuple[str, ...]]) -> list[Removal]:
    """Remove whole lines, and of the blank lines on both sides of a group the longer run."""
    return [piece for group in _groups(view, sorted(dead)) for piece in _drop_group(view, dead, group)]


def _drop_group(view: View, dead: dict[int, tuple[str, ...]], group: Sequence[int]) -> list[Removal]:
    first, last, count = group[0], group[-1], _line_count(view)
    above, below = _blanks(view, first, -1), _blanks(view, last, 1)
    from_line, to_line, spared = first, last, -1
    if last + below == count - 1:
        from_line -= above
    elif first == above or (above and below >= above):
        to_line += below
    elif above and below:
        from_line -= above
    elif not above and not below:
        spared = next((line for line in range(first, last) if line not in dead), -1)
    pieces: list[Removal] = []
    for line in range(from_line, to_line + 1):
        start, end = view.bounds(line)
        if line == spared:
            continue
        if pieces and pieces[-1].end == start and (line not in dead or line == first):
            pieces[-1] = Removal(pieces[-1].start, end, pieces[-1].rules)
        else:
            pieces.append(Removal(start, end, dead.get(line) or dead[first]))
    return _without_last_break(view, pieces) if to_line == count - 1 and count == len(view.starts) else pieces


def _without_last_break(view: View, pieces: list[Removal]) -> list[Removal]:
    """The text has no line break at its end, and so must not get one when its last line goes."""
    start = pieces[0].start
    if start > view.first:
        start = _break_start(view, start)
    return [Removal(start, pieces[0].end, pieces[0].rules), *pieces[1:]]


def _line_count(view: View) -> int:
    """How many lines there are, not counting the empty one behind a last line break."""
    return len(view.starts) - (len(view.starts) > 1 and view.starts[-1] == len(view.plain))


def _groups(view: View, dead: Sequence[int]) -> list[list[int]]:
    """Dead lines that have only blank lines between them belong together."""
    groups: list[list[int]] = []
    for line in dead:
        if groups and all(_is_blank(view, between) for between in range(groups[-1][-1] + 1, line)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _blanks(view: View, line: int, step: int) -> int:
    count = 0
    while 0 <= line + step * (count + 1) < _line_count(view) and _is_blank(view, line + step * (count + 1)):
        count += 1
    return count


def _is_blank(view: View, line: int) -> bool:
    start, end = view.content(line)
    return start == end


def shortened(view: View, removals: Sequence[Removal]) -> View:
    """Return the view of a text without sorted removals."""
    return View(delete(view.text, removals))


def has_wide_breaks(view: View) -> bool:
    """Whether a text may hold line breaks of two characters: one of them without the other may be one too, or none."""
    return "\r" in view.text or ("\\" in view.text and "\\n" in view.text)  # one letter is quicker to look for


def by_changed_line(view: View, removals: Sequence[Removal]) -> dict[int, list[Removal]]:
    """Return the removals that leave a part of a line, by its number."""
    lines: dict[int, list[Removal]] = {}
    for removal in removals:
        if not _takes_lines(view, removal):
            lines.setdefault(view.line_at(removal.start), []).append(removal)
    return lines


def line_without(view: View, number: int, removals: Sequence[Removal]) -> View:
    """Return the view of what removals leave of a line."""
    start = view.starts[number]
    end = start + len(view.lines[number])
    kept, place = [], start
    for removal in removals:
        kept.append(view.plain[place : removal.start])
        place = removal.end
    return View("".join((*kept, view.plain[place:end])))


def changed_lines(view: View, clean: View, removals: Sequence[Removal]) -> set[int] | None:
    """Numbers of the lines of a clean text that removals left a part of; None where lines may now be other ones."""
    if "\\n" in clean.text:
        return None
    parts = [removal for removal in removals if not _takes_lines(view, removal)]
    if not parts:
        return set()
    offsets = Offsets(removals)
    return {clean.line_at(offsets.to_clean(removal.start)) for removal in parts}


def _takes_lines(view: View, removal: Removal) -> bool:
    """Whether a removal begins and ends between lines, so that it changes none of those that stay."""
    start, end = removal.start, removal.end
    at_end = end == len(view.plain)
    return (_is_start(view.starts, start) and (at_end or _is_start(view.starts, end))) or (
        at_end and view.plain[start] == "\n"
    )


def _is_start(starts: Sequence[int], place: int) -> bool:
    nth = bisect.bisect_left(starts, place)
    return nth < len(starts) and starts[nth] == place


def separators(text: str, removals: Sequence[Removal]) -> list[Removal]:
    """Claim the separators that removals laid bare: as first or last line they divide nothing any more.

    Args:
        text: what is left of a plain text.
        removals: what was removed from it. A separator has the names of what stood beside it.
    """
    first, end = len(text) - len(text.lstrip()), len(text.rstrip())
    claims = []
    if head := _separator(text, first, text.find("\n", first, end)):
        above = [cut for cut, joint in _joints(removals) if joint <= first]
        claims += [Removal(*head, cut.rules) for cut in above[-1:]]
    if tail := _separator(text, text.rfind("\n", 0, end) + 1, end):
        below = [cut for cut, joint in _joints(removals) if joint >= end]
        claims += [Removal(*tail, cut.rules) for cut in below[:1]]
    return claims


def _separator(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the separator stands of which a line consists; a line without an end goes up to the end of the text."""
    line = text[start : end if end >= 0 else None].strip()
    return (start, start + len(line)) if _SEPARATOR.fullmatch(line) else None


def _joints(removals: Sequence[Removal]) -> Iterator[tuple[Removal, int]]:
    """Return the removals that did not only tidy up, with their places in what is left."""
    offsets = Offsets(removals)
    return ((cut, offsets.to_clean(cut.start)) for cut in removals if not cut.rules[0].startswith("tidy/"))


def tidy(view: View) -> list[Removal]:
    """Return removals of white space at the end of lines, and of all but the first of several blank lines."""
    removals = []
    blank = False
    for line in range(_line_count(view)):
        (start, end), (_, last) = view.bounds(line), view.content(line)
        was_blank, blank = blank, _is_blank(view, line)
        if blank and was_blank:
            removals.append(Removal(start, end, ("tidy/blank-lines",)))
            continue
        broken = _break_start(view, end)
        if blank:
            last = start
        if last < broken:
            removals.append(Removal(last, broken, ("tidy/spaces",)))
    return removals


def _break_start(view: View, end: int) -> int:
    """Where the line break begins that ends at `end`; `end` itself where there is none."""
    if view.plain[end - 1 : end] != "\n":
        return end
    return end - (2 if view.text[end - 2 : end] in {"\r\n", "\\n"} else 1)


def normalise(removals: Iterable[Removal]) -> list[Removal]:
    """Sort removals and join those that overlap; the joined one has the names of all."""
    joined: list[Removal] = []
    for part in sorted(removals):
        last = joined[-1] if joined else None
        if last and part.start < last.end:
            joined[-1] = Removal(last.start, max(last.end, part.end), _names((last, part)))
        else:
            joined.append(part)
    return joined


def delete(text: str, removals: Iterable[Removal]) -> str:
    """Return the text without the spans of sorted removals that do not overlap."""
    kept, place = [], 0
    for removal in removals:
        kept.append(text[place : removal.start])
        place = removal.end
    return "".join((*kept, text[place:]))


def restore(clean: str, cuts: Iterable[tuple[int, str]]) -> str:
    """Return the original text from the clean one and sorted (start in the original, removed text) pairs.

    Raises:
        ValueError: a cut lies behind the end of the text: the two do not belong together.
    """
    pieces, size, place = [], 0, 0
    for start, removed in cuts:
        step = start - size
        if step < 0 or place + step > len(clean):
            raise ValueError(f"a removal at {start} does not fit this text")
        pieces += [clean[place : place + step], removed]
        place, size = place + step, start + len(removed)
    return "".join((*pieces, clean[place:]))


def mark(text: str, removals: Iterable[Removal]) -> str:
    """Return the text with removals marked as `git diff --word-diff` does: `[-removed-]`."""
    pieces, place = [], 0
    for removal in removals:
        pieces += [text[place : removal.start], "[-", text[removal.start : removal.end], "-]"]
        place = removal.end
    return "".join((*pieces, text[place:]))


class Offsets:
    """Maps code points between a text and what sorted removals leave of it."""

    def __init__(self, removals: Sequence[Removal]) -> None:
        self._starts = [removal.start for removal in removals]
        self._ends = [removal.end for removal in removals]
        sizes = (removal.end - removal.start for removal in removals)
        self._gone = list(itertools.accumulate(sizes, initial=0))
        self._joints = [start - gone for start, gone in zip(self._starts, self._gone, strict=False)]

    def to_clean(self, offset: int) -> int:
        """Where a code point of the original lies in the clean text; a removed one is where its cut is."""
        before = bisect.bisect_left(self._starts, offset)
        return offset - self._gone[before] + (max(self._ends[before - 1] - offset, 0) if before else 0)

    def to_original(self, offset: int) -> int:
        """Where a code point of the clean text lies in the original."""
        return offset + self._gone[bisect.bisect_right(self._joints, offset)]
