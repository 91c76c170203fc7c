"""What must not get worse: fails when the rules score below their floors on the annotated articles.

python -m benchmarks.floors
"""

import json
import sys

from benchmarks.corpora import GOLD, gold, site
from benchmarks.gold import score
from cleaner.clean import Cleaner

RECALL, RUNON_RECALL, DAMAGE_PPM = 0.92, 0.98, 150.0


def main() -> None:
    """Score, print, and exit with 1 below a floor."""
    if not GOLD.exists():
        print(f"skipped: the annotated articles are not on this machine ({GOLD})")
        return
    cleaner = Cleaner()
    results = {row["id"]: cleaner.clean(row["text"], site(row)) for row in gold()}
    figures = json.loads(score(results, "--json"))
    by_category = score(results, "--by", "category")
    print(by_category, end="")
    runon = next(float(line.split()[2]) for line in by_category.splitlines() if line.split()[0] == "runon")
    if figures["recall"] < RECALL or runon < RUNON_RECALL or figures["damage_ppm"] > DAMAGE_PPM:
        sys.exit(f"below a floor: recall {RECALL}, run-on recall {RUNON_RECALL}, damage {DAMAGE_PPM} ppm")


if __name__ == "__main__":
    main()
