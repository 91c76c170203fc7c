"""Score the rules on the annotated articles.

python -m benchmarks.gold [--by category|lang|domain] [--show missed|lost] [--category CATEGORY]
python -m benchmarks.gold --peers [--lang LANG]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpora import GOLD, SHARED, gold, site
from benchmarks.peers import peers
from cleaner.clean import Cleaner, CleanResult
from cleaner.rules import load_rules

SCORER = SHARED / "gold" / "score.py"


def score(results: Mapping[str, CleanResult], *options: str) -> str:
    """Run the scorer on results by article id, with their exact cuts; `options` are its own."""
    cuts = [
        {"id": name, "start": removal.start, "end": removal.end}
        for name, result in results.items()
        for removal in result.removals
    ]
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder, "ledger.jsonl")
        ledger.write_text("".join(json.dumps(cut) + "\n" for cut in cuts))
        return score_texts({name: result.text for name, result in results.items()}, "--ledger", str(ledger), *options)


def score_texts(texts: Mapping[str, str], *options: str, annotated: Path = GOLD) -> str:
    """Run the scorer on clean texts by article id; without a ledger it finds out what went by comparing words."""
    with tempfile.TemporaryDirectory() as folder:
        cleaned = Path(folder, "cleaned.jsonl")
        cleaned.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items()))
        command = [sys.executable, str(SCORER), str(annotated), str(cleaned), *options]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def table(rows: Sequence[dict[str, Any]], cleaner: Cleaner) -> str:
    """Return the scores of others and of the cleaner as a table in Markdown.

    Others tell no offsets, so what they removed is found out by comparing words, which can take junk for story where
    both have the same words; the cleaner is scored in that way too, and by its ledger.
    """
    ours = {row["id"]: cleaner.clean(row["text"], site(row)) for row in rows}
    rivals = peers() | {"cleaner": lambda row: ours[row["id"]].text}
    lines = ["| | junk removed | story lost, per million characters | articles perfect |", "|---|---:|---:|---:|"]
    with tempfile.TemporaryDirectory() as folder:
        annotated = Path(folder, "gold.jsonl")
        annotated.write_text("".join(json.dumps(row) + "\n" for row in rows))
        for name, left in rivals.items():
            texts = {row["id"]: left(row) for row in rows}
            lines.append(table_line(name, score_texts(texts, "--json", annotated=annotated)))
    if len(rows) == len(gold()):
        lines.append(table_line("cleaner, by its ledger", score(ours, "--json")))
    return "\n".join(lines)


def table_line(name: str, scores: str) -> str:
    """Return a line of the table: a name, and what the scorer says as JSON."""
    found = json.loads(scores)
    recall, perfect = (f"{100 * found[key]:.1f} %" for key in ("recall", "perfect"))
    return f"| {name} | {recall} | {found['damage_ppm']:,.0f} | {perfect} |"


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
    parser.add_argument("--ignore", action="append", default=[])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--rules", type=Path)
    parser.add_argument("--peers", action="store_true", help="a table of others on the same articles")
    parser.add_argument("--lang", help="with --peers: only articles of this language, e.g. en")
    args = parser.parse_args()
    rules = load_rules(args.rules) if args.rules else None
    cleaner = Cleaner(rules, select=args.select, ignore=args.ignore, strict=args.strict)
    rows = gold()
    if args.peers:
        print(table([row for row in rows if args.lang in {None, row["lang"]}], cleaner))
        return
    results = {row["id"]: cleaner.clean(row["text"], site(row)) for row in rows}
    if args.show:
        show(rows, results, args.show, args.category)
    print(score(results, *(("--by", args.by) if args.by else ()), "--worst", args.worst), end="")


if __name__ == "__main__":
    main()
