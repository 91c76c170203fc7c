"""Removals, counts and diffs for a terminal: the marks of the rules' examples, with colours where they are wanted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import regex

from cleaner.clean import CleanResult
from cleaner.report.compare import SIDES, Comparison
from cleaner.report.diff import unified_diff, visible
from cleaner.report.gather import CONTEXT
from cleaner.report.plural import counted
from cleaner.report.tally import Tally, ranked

RESET, BOLD, FAINT, GONE, HEADING = "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31;9m", "\x1b[36m"
_LINE_COLOURS = {"-": "\x1b[31m", "+": "\x1b[32m", "@": HEADING}
_HUNK = regex.compile(r"@@ -(\d+),(\d+) ")
Item = Mapping[str, Any]


def painted(text: str, style: str, *, colour: bool) -> str:
    """Return a text in a style, or as it is where no colour is wanted."""
    return f"{style}{text}{RESET}" if colour and text else text


def one_line(text: str) -> str:
    """Return a text on one line, with every break and every character that steers shown."""
    return visible(text.replace("\r\n", "⏎").replace("\n", "⏎"))


def in_marks(item: Item, *, colour: bool) -> str:
    """Return a removal with what stands around it: `before[-removed-]after`, on one line."""
    rest = f"… {item['cut']:,} more characters" if item.get("cut") else ""
    gone = painted(f"[-{one_line(item['text'])}{rest}-]", GONE, colour=colour)
    before, after = item.get("before", ""), item.get("after", "")
    if len(before) >= CONTEXT:
        before = "…" + before.partition(" ")[2]
    if len(after) >= CONTEXT:
        after = after.rpartition(" ")[0] + "…"
    return f"{one_line(before)}{gone}{one_line(after)}"


def card(item: Item, *, colour: bool) -> str:
    """Return a removal in two lines: where and by which rules, then what."""
    place = f"{item['file']}:{item['record']}" + (f" {item['id']}" if item["id"] not in {item["file"], ""} else "")
    head = "  ".join(filter(None, (", ".join(item["rules"]), item.get("site", ""), place)))
    return f"{painted(visible(head), HEADING, colour=colour)}\n    {in_marks(item, colour=colour)}\n"


def coloured_diff(result: CleanResult, name: str, *, colour: bool) -> Iterator[str]:
    """Yield the lines of a unified diff; coloured, just what is removed of a line that goes is struck through."""
    cuts = _cuts_by_line(result)
    number = 0
    for line in unified_diff(result, name).split("\n")[:-1]:
        if hunk := _HUNK.match(line):
            number = int(hunk[1]) - bool(int(hunk[2]))
        style = _LINE_COLOURS.get(line[:1], "")
        if colour and line[:1] == "-" and not line.startswith("--- a/"):
            yield f"{style}-{_struck(line[1:], cuts.get(number, ()), style)}{RESET}\n"
        else:
            yield painted(visible(line), style, colour=colour and bool(style)) + "\n"
        number += line[:1] in {"-", " "} and not line.startswith("--- a/")


def _cuts_by_line(result: CleanResult) -> dict[int, list[tuple[int, int]]]:
    """Where in each line of the original, numbered from 0, something was removed."""
    cuts: dict[int, list[tuple[int, int]]] = {}
    text, line, start = result.document.text, 0, 0
    for removal in result.removals:
        line += text.count("\n", start, removal.start)
        start = max(start, text.rfind("\n", 0, removal.start) + 1)
        place, number = removal.start, line
        while place < removal.end:
            head = text.rfind("\n", 0, place) + 1
            end = text.find("\n", place)
            end = removal.end if end < 0 else min(end, removal.end)
            cuts.setdefault(number, []).append((place - head, end - head))
            place, number = end + 1, number + 1
        line += text.count("\n", start, removal.start)
        start = max(start, removal.start)
    return cuts


def _struck(line: str, cuts: Iterable[tuple[int, int]], style: str) -> str:
    pieces, place = [], 0
    for start, end in cuts:
        pieces += [visible(line[place:start]), f"{GONE}{visible(line[start:end])}{RESET}{style}"]
        place = end
    return "".join((*pieces, visible(line[place:])))


def stats(tally: Tally, tables: Sequence[str], top: int, *, colour: bool) -> str:
    """Return the counts of a run as text: the totals, and a table for each of `tables` such as "rule"."""
    totals = tally.totals()
    lines = [f"{name:<12}{totals[name]:>14,}" for name in totals if totals[name] or name != "elements"]
    if tally.read:
        lines.append(f"{'removed':<12}{tally.characters / tally.read:>14.2%}")
    for name in tables:
        rows = ranked(getattr(tally, f"by_{name}"))
        lines += ["", painted(f"{'removals':>10} {'articles':>10} {'characters':>12}  {name}", BOLD, colour=colour)]
        for key, count in rows[:top]:
            found = count.removals + count.elements
            lines.append(f"{found:>10,} {count.articles:>10,} {count.characters:>12,}  {visible(key) or '(none)'}")
        if len(rows) > top:
            lines.append(painted(f"{'':>10} … {len(rows) - top:,} more: --top {len(rows)}", FAINT, colour=colour))
    return "\n".join(lines) + "\n"


def comparison(found: Comparison, sample: int, *, colour: bool) -> str:
    """Return two runs compared, as text: the totals, and for each run its rules with some of their removals."""
    lines = [f"{counted(found.articles, 'article')} in both, {found.same:,} with the same removals"]
    if found.renamed:
        lines.append(f"{counted(found.renamed, 'removal')} of the same text by other rules")
    for side in SIDES:
        difference, missing = found.only[side], found.missing[side]
        head = (
            f"only in {side}: {counted(difference.removals, 'removal')}, {counted(difference.characters, 'character')}"
        )
        lines += ["", painted(f"{head}, in {counted(difference.articles, 'article')}", BOLD, colour=colour)]
        if missing:
            lines.append(visible(f"articles or files only in {side}: {len(missing):,}, such as {missing[0]}"))
        for rule, count in difference.by_rule.most_common():
            lines.append(f"{count:>8,}  {painted(visible(rule), HEADING, colour=colour)}")
            drawn = found.samples[side, rule].drawn()[:sample]
            lines += [f"          {in_marks(item, colour=colour)}" for item in drawn]
    if found.changed:
        lines += ["", visible(f"{len(found.changed):,} articles have other texts, such as {found.changed[0]}")]
    return "\n".join(lines) + "\n"
