"""Score the rules on the annotated articles.

python -m benchmarks.gold [--by category|lang|domain] [--show missed|lost] [--category CATEGORY]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.corpora import GOLD, SHARED, gold, site
from cleaner.clean import Cleaner, CleanResult
from cleaner.rules import load_rules

SCORER = SHARED / "gold" / "score.py"


def score(results: dict[str, CleanResult], *options: str) -> str:
    """Run the scorer on results by article id; `options` are its own."""
    with tempfile.TemporaryDirectory() as folder:
        cleaned, ledger = Path(folder, "cleaned.jsonl"), Path(folder, "ledger.jsonl")
        cleaned.write_text(
            "".join(json.dumps({"id": name, "text": result.text}) + "\n" for name, result in results.items())
        )
        ledger.write_text(
            "".join(
                json.dumps({"id": name, "start": removal.start, "end": removal.end}) + "\n"
                for name, result in results.items()
                for removal in result.removals
            )
        )
        command = [sys.executable, str(SCORER), str(GOLD), str(cleaned), "--ledger", str(ledger), *options]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def show(rows: list[dict[str, Any]], results: dict[str, CleanResult], kind: str, category: str) -> None:
    """Print junk that was missed, or story that was lost, with a little of the text around it."""
    for row in rows:
        text, result = row["text"], results[row["id"]]
        gone = bytearray(len(text))
        for removal in result.removals:
            gone[removal.start : removal.end] = b"\1" * (removal.end - removal.start)
        if kind == "missed":
            for start, end, name, label in row["spans"]:
                missed = "".join(c for c, g in zip(text[start:end], gone[start:end], strict=True) if not g).strip()
                if label == "J" and missed and category in {"", name}:
                    before = text[max(0, start - 40) : start]
                    print(f"{row['id']} {row['lang']} {row['domain']} {name}: …{before!r} [[{missed!r}]]")
        else:
            marked = bytearray(len(text))
            for start, end, _, _ in row["spans"]:
                marked[start:end] = b"\1" * (end - start)
            for removal in result.removals:
                span = range(removal.start, removal.end)
                lost = "".join(text[place] for place in span if not marked[place]).strip()
                if lost and any(rule.startswith(category) for rule in removal.rules):
                    print(f"{row['id']} {row['lang']} {removal.rules}: lost {lost!r} of {result.removed(removal)!r}")
        if result.trouble:
            print(f"{row['id']} {result.trouble}")


def main() -> None:
    """Read the arguments, clean the articles, print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--by", choices=("category", "lang", "domain"))
    parser.add_argument("--worst", default="0")
    parser.add_argument("--show", choices=("missed", "lost"))
    parser.add_argument("--category", default="", help="with --show: only this category")
    parser.add_argument("--select", action="append", default=[])
    parser.add_argument("--rules", type=Path)
    args = parser.parse_args()
    cleaner = Cleaner(load_rules(args.rules) if args.rules else None, select=args.select)
    rows = gold()
    results = {row["id"]: cleaner.clean(row["text"], site(row)) for row in rows}
    if args.show:
        show(rows, results, args.show, args.category)
    print(score(results, *(("--by", args.by) if args.by else ()), "--worst", args.worst), end="")


if __name__ == "__main__":
    main()
