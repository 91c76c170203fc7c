"""How fast the engine is over real articles, and where the time goes: python -m benchmarks.speed [--step 14]."""

import argparse
import time
from collections import Counter, defaultdict
from itertools import islice
from typing import Any

from benchmarks.corpora import pool, site
from cleaner.clean import Cleaner
from cleaner.find import Clock, Finder
from cleaner.fold import View
from cleaner.model import Removal, Rule


class TimedFinder(Finder):
    """A finder that notes the seconds each rule takes."""

    def __init__(self, rules: Any) -> None:
        super().__init__(rules)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.lines: Counter[str] = Counter()

    def claims_of_line(self, view: View, line: int, rule: Rule, clock: Clock) -> list[Removal]:
        """Time one rule on one line."""
        started = time.perf_counter()
        claims = super().claims_of_line(view, line, rule, clock)
        self.seconds[rule.id] += time.perf_counter() - started
        self.lines[rule.id] += 1
        return claims


def run(cleaner: Cleaner, rows: list[dict[str, Any]]) -> float:
    """Clean every article, and return the seconds that took."""
    started = time.perf_counter()
    for row in rows:
        cleaner.clean(row["text"], site(row))
    return time.perf_counter() - started


def main() -> None:
    """Read the arguments, time, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", type=int, default=14, help="take each so-manieth article")
    parser.add_argument("--top", type=int, default=20)
    args = parser.parse_args()
    rows = list(islice(pool(), 0, None, args.step))
    size = sum(len(row["text"].encode()) for row in rows) / 1e6
    cleaner = Cleaner()
    run(cleaner, rows)
    seconds = run(cleaner, rows)
    print(f"{len(rows)} articles, {size:.1f} MB, {size / seconds:.2f} MB/s with {len(cleaner.rules)} rules")
    cleaner.finder = timed = TimedFinder(cleaner.rules)
    run(cleaner, rows)
    timed.seconds.clear()
    timed.lines.clear()
    run(cleaner, rows)
    for rule, spent in sorted(timed.seconds.items(), key=lambda item: -item[1])[: args.top]:
        print(f"{spent * 1000:8.1f} ms {timed.lines[rule]:7d} lines  {rule}")


if __name__ == "__main__":
    main()
