"""How fast the engine is over real articles beside ftfy, and where the time goes: python -m benchmarks.speed.

Both do the same articles in turns, a twentieth of them at a time, so that what else the machine does meets both. The
first pass, in which patterns are compiled, is told apart.
"""

import argparse
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import islice

import ftfy

from benchmarks.corpora import pool, site
from cleaner.clean import Cleaner
from cleaner.find import Clock, host_of
from cleaner.fold import View

Row = tuple[str, str]  # a text and its site
PARTS = 20


def seconds(work: Callable[[Row], object], rows: Sequence[Row]) -> float:
    """Return the processor seconds that some work on every article takes."""
    started = time.process_time()
    for row in rows:
        work(row)
    return time.process_time() - started


def passes(cleaner: Cleaner, rows: Sequence[Row], times: int) -> tuple[float, float, float]:
    """Return the seconds of the first pass, and the medians of a later pass and of ftfy's."""
    parts = [rows[number::PARTS] for number in range(PARTS)]
    first, ours, theirs = seconds(lambda row: cleaner.clean(*row), rows), [], []
    for _ in range(times):
        pairs = [
            (seconds(lambda row: cleaner.clean(*row), part), seconds(lambda row: ftfy.fix_text(row[0]), part))
            for part in parts
        ]
        ours.append(sum(one for one, _ in pairs))
        theirs.append(sum(other for _, other in pairs))
    return first, statistics.median(ours), statistics.median(theirs)


def by_rule(cleaner: Cleaner, rows: Sequence[Row], top: int) -> None:
    """Print the rules that take the most time, each on the lines where it is a candidate."""
    finder, spent, lines = cleaner.finder, defaultdict[str, float](float), Counter[str]()
    for text, url in rows:
        view, clock = View(text), Clock.of(60)
        for line, rule in finder.candidates(view, host_of(url)):
            started = time.perf_counter()
            finder.claims_of_line(view, line, rule, clock)
            spent[rule.id] += time.perf_counter() - started
            lines[rule.id] += 1
    for name, taken in sorted(spent.items(), key=lambda item: -item[1])[:top]:
        print(f"{taken / len(rows) * 1e6:7.1f} us an article {lines[name]:7d} lines  {name}")


def main() -> None:
    """Read the arguments, time, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--step", type=int, default=1, help="take each so-manieth article")
    parser.add_argument("--times", type=int, default=3, help="passes of which the median counts")
    parser.add_argument("--top", type=int, default=0, help="also print so many rules by their time")
    args = parser.parse_args()
    rows = [(row["text"], site(row)) for row in islice(pool(), 0, None, args.step)]
    size = sum(len(text.encode()) for text, _ in rows) / 1e6
    cleaner = Cleaner()
    first, ours, theirs = passes(cleaner, rows, args.times)
    print(f"{len(rows)} articles, {size:.1f} MB, {len(cleaner.rules)} rules, one core")
    each = ours / len(rows) * 1e6
    print(f"cleaner {size / ours:6.1f} MB/s, {each:.0f} us an article ({size / first:.1f} MB/s in the first pass)")
    print(f"ftfy    {size / theirs:6.1f} MB/s: cleaner is {theirs / ours:.1f} times as fast")
    if args.top:
        by_rule(cleaner, rows, args.top)


if __name__ == "__main__":
    main()
