"""What a rule costs at worst: measured on lines made to be hard for its pattern."""

import contextlib
import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cleaner.authoring.pieces import Piece, pieces
from cleaner.examples import unmarked
from cleaner.find import Clock, Finder, TimeLimitError
from cleaner.fold import View
from cleaner.model import Rule

GREATEST = 4000  # code points of a line that is measured, where the rule looks at such
SCREEN = 1000  # code points at which the hardest lines are looked for
PATIENCE = 0.2  # seconds for one line
BUDGET = 15.0  # seconds in which the hardest lines of a rule are looked for
TIMES = 3  # measurements, of which the least counts
FINALISTS = 4
NOISE = 0.0002  # seconds below which no growth is told
LINES = 10  # lines of examples, and literals, that are made long
_END = "\N{SNOWMAN}"  # a character that no pattern waits for
_KILO = 1000
_TICK = 1e-7
# The processor's time is the same on a busy machine; some systems count it too coarsely.
_now = time.process_time if time.get_clock_info("process_time").resolution < _TICK else time.perf_counter
_SHOWN = 60  # characters of what a line is made of


@dataclass(frozen=True, slots=True)
class Cost:
    """The hardest line found for a rule.

    `key` is "pattern" or "through"; `piece` is what the line repeats, `size` counts its code points. `growth` is the
    exponent by which time grows with the line's length at that size, 1 where it grows in step or is too short to tell.
    `over` says that the line took longer than it was given.
    """

    key: str
    piece: Piece
    size: int
    seconds: float
    growth: float = 1.0
    over: bool = False

    @property
    def per_kilo(self) -> float:
        """Microseconds for a thousand code points."""
        return self.seconds * 1e6 / self.size * _KILO

    def line(self) -> str:
        """What the line is made of, shortened."""
        return repr(f"{self.piece.before}{self.piece.text * 2}"[:_SHOWN] + "…")

    def row(self) -> dict[str, Any]:
        """Return it ready for JSON; a growth without end is null."""
        return {
            "key": self.key,
            "line": self.line(),
            "characters": self.size,
            "microseconds": self.seconds * 1e6,
            "microseconds_per_1000_characters": self.per_kilo,
            "growth": None if math.isinf(self.growth) else self.growth,
            "over": self.over,
        }


def worst_case(rule: Rule) -> Cost | None:
    """Measure a rule's patterns on hard lines, and return the worst; None for a rule without a pattern.

    The lines repeat the pieces of the pattern, alone and behind what leads up to them, the lines of the examples and
    the literals, up to 4,000 characters or what the rule's `longest` allows: what an attack on a pattern is made of
    (Davis et al., "The impact of regular expression denial of service in practice", 2018).
    """
    found = [_hardest("pattern", rule)] if rule.pattern else []
    if rule.through:
        alone = replace(rule, pattern=rule.through, through="", removes="line", longest=0, where="")
        found.append(_hardest("through", alone))
    return max(found, key=lambda cost: (cost.over, cost.seconds), default=None)


def _hardest(key: str, rule: Rule) -> Cost:
    finder, greatest = Finder((rule,)), min(rule.longest or GREATEST, GREATEST)
    screened = []
    started = _now()
    for piece in dict.fromkeys(_pieces(rule)):
        if _now() - started > BUDGET:
            break
        cost = _measured(finder, rule, key, piece, min(greatest, SCREEN), times=1)
        if cost.over:
            return _shortest_over(finder, rule, cost)
        screened.append(cost)
    screened.sort(key=lambda cost: -cost.seconds)
    finals = [_grown(finder, rule, key, cost.piece, greatest) for cost in screened[:FINALISTS]]
    return max(finals, key=lambda cost: (cost.over, cost.seconds))


def _shortest_over(finder: Finder, rule: Rule, cost: Cost) -> Cost:
    """Halve a line for as long as it takes too long."""
    while cost.size > 1:
        half = _measured(finder, rule, cost.key, cost.piece, cost.size // 2, times=1)
        if not half.over:
            break
        cost = half
    return replace(cost, growth=math.inf)


def _grown(finder: Finder, rule: Rule, key: str, piece: Piece, size: int) -> Cost:
    """Measure a line whole, its half and its quarter; time grows by the smaller of the two exponents."""
    cost, half, quarter = (
        _measured(finder, rule, key, piece, length, TIMES) for length in (size, size // 2, size // 4)
    )
    if cost.over:
        return replace(cost, growth=math.inf)
    if cost.seconds < NOISE:
        return cost
    steps = math.log2(cost.seconds / half.seconds), math.log2(half.seconds / quarter.seconds)
    return replace(cost, growth=min(steps))


def _measured(finder: Finder, rule: Rule, key: str, piece: Piece, size: int, times: int) -> Cost:
    view = View(line_of(piece, size))
    view.content(0)
    seconds = min(_seconds(finder, rule, view) for _ in range(times + 1))  # the first one compiles
    if seconds >= PATIENCE:
        return Cost(key, piece, size, PATIENCE, over=True)
    return Cost(key, piece, max(view.length(0), 1), seconds)


def _seconds(finder: Finder, rule: Rule, view: View) -> float:
    """The seconds that a rule takes for a line of one view, at most `PATIENCE`."""
    started = _now()
    with contextlib.suppress(TimeLimitError):
        finder.claims_of_line(view, 0, rule, Clock.of(PATIENCE))
        return max(min(_now() - started, PATIENCE), _TICK)
    return PATIENCE


def line_of(piece: Piece, size: int) -> str:
    """Return a line of that many code points, at most, that leads up to a piece and repeats it."""
    room = size - len(piece.before) - 1
    repeated = piece.text * (max(room, 0) // len(piece.text) + 1)
    return (piece.before + repeated)[: size - 1].replace("\n", " ").lstrip() + _END


def _pieces(rule: Rule) -> Iterator[Piece]:
    found = pieces(rule.pattern, rule.slots)
    yield from (Piece("", piece.text) for piece in found)
    yield from found
    lines = _first(line.strip() for example in rule.examples for line in unmarked(example).splitlines())
    yield from (Piece("", line + " ") for line in lines)
    for literal in _first(sorted(rule.literals, key=len)):
        yield Piece("", literal + " ")
        yield from (Piece(literal + " ", text) for text in _first(piece.text for piece in found))


def _first(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))[:LINES]
