"""Read what rules do to real articles.

python -m benchmarks.pool rules [--select RULE]... [--sample 20] [--seed 1]   what each rule removed, in context
python -m benchmarks.pool left [--top 100]                                    what repeats on a site and no rule took
python -m benchmarks.pool draw [--sample 600] [--seed 1]                      removals to judge, of all rules and sites
python -m benchmarks.pool grep PATTERN [--sample 30]                          where a pattern stands, by site
"""

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

import regex

from benchmarks.corpora import pool, site
from cleaner.clean import Cleaner, CleanResult
from cleaner.model import Document

CONTEXT = 90  # code points around a removal
WIDE = 300  # code points around one that is to be judged
LONG = 25  # code points from which on a line has a start worth counting
OFTEN = 3  # articles of a site


def cleaned(args: argparse.Namespace) -> Iterator[tuple[dict[str, Any], CleanResult]]:
    """Yield each article with its result."""
    cleaner = Cleaner(select=args.select)
    for row in islice(pool(), args.articles):
        yield row, cleaner.clean_document(_document(row))


def _document(row: dict[str, Any]) -> Document:
    return Document(row["text"], row["id"], {"url": site(row)})


def rules(args: argparse.Namespace) -> None:
    """Print for each rule how many removals on how many sites, and a random sample in context."""
    removals: dict[str, list[tuple[str, str]]] = defaultdict(list)
    troubles: list[str] = []
    for row, result in cleaned(args):
        text = row["text"]
        for removal in result.removals:
            before, after = text[max(0, removal.start - CONTEXT) : removal.start], text[removal.end :][:CONTEXT]
            shown = f"{before}[-{result.removed(removal)}-]{after}".replace("\n", "⏎")
            for rule in removal.rules:
                removals[rule].append((row["domain"] or "?", shown))
        if result.trouble:
            troubles.append(f"{row['id']}: {result.trouble}")
    for rule, found in sorted(removals.items(), key=lambda item: -len(item[1])):
        sites = Counter(domain for domain, _ in found)
        top = ", ".join(f"{name} {count}" for name, count in sites.most_common(5))
        print(f"== {rule}: {len(found)} removals on {len(sites)} sites ({top})")
        for domain, shown in sample(found, args):
            print(f"  {domain}: {shown}")
    print(f"-- {len(troubles)} articles kept as they were", *troubles[:10], sep="\n   ")


def sample(found: list[tuple[str, str]], args: argparse.Namespace) -> list[tuple[str, str]]:
    """Draw removals at random, the sites in turn, so that a big one does not hide the others."""
    chance = random.Random(args.seed)
    by_site: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in chance.sample(found, len(found)):
        by_site[row[0]].append(row)
    drawn: list[tuple[str, str]] = []
    queues = list(by_site.values())
    while queues and len(drawn) < args.sample:
        drawn += [queue.pop() for queue in queues]
        queues = [queue for queue in queues if queue]
    return drawn[: args.sample]


def draw(args: argparse.Namespace) -> None:
    """Print removals to judge, one of each rule in turn, each of the site that was drawn least so far."""
    chance = random.Random(args.seed)
    by_rule: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row, result in cleaned(args):
        text = row["text"]
        for removal in result.removals:
            by_rule[chance.choice(sorted(removal.rules))].append(
                {
                    "id": row["id"],
                    "rule": ",".join(removal.rules),
                    "site": row["domain"] or "?",
                    "before": text[max(0, removal.start - WIDE) : removal.start],
                    "removed": result.removed(removal),
                    "after": text[removal.end :][:WIDE],
                }
            )
    drawn: list[dict[str, str]] = []
    seen: Counter[str] = Counter()
    queues = list(by_rule.values())
    for queue in queues:
        chance.shuffle(queue)
    while queues and len(drawn) < args.sample:
        chance.shuffle(queues)
        for queue in queues:
            case = queue.pop(min(range(len(queue)), key=lambda i: seen[queue[i]["site"]]))
            seen[case["site"]] += 1
            drawn.append(case)
        queues = [queue for queue in queues if queue]
    for number, case in enumerate(drawn[: args.sample], 1):
        print(json.dumps({"number": number, **case}, ensure_ascii=False))


def left(args: argparse.Namespace) -> None:
    """Print the lines, and the starts of lines, that stand in most articles of one site after cleaning."""
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    starts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, result in cleaned(args):
        held = {line.strip() for line in result.text.splitlines() if line.strip()}
        lines[row["domain"] or "?"].update(held)
        starts[row["domain"] or "?"].update({" ".join(line.split()[:3]) + " …" for line in held if len(line) > LONG})
    for name, counts in (("lines", lines), ("starts of lines", starts)):
        ranked = sorted(
            ((n, domain, line) for domain, c in counts.items() for line, n in c.items() if n >= OFTEN), reverse=True
        )
        print(f"== most repeated {name}")
        for count, domain, line in ranked[: args.top]:
            print(f"{count:6d} {domain}: {line[:150]}")


def grep(args: argparse.Namespace) -> None:
    """Print where a pattern stands in the articles, sites in turn."""
    pattern = regex.compile(args.pattern)
    cleaner, found = Cleaner(), []
    for row in islice(pool(), args.articles):
        if args.site in {None, row["domain"]}:
            text = cleaner.clean(row["text"], site(row)).text if args.clean else row["text"]
            found += [(row["domain"] or "?", _around(text, *match.span())) for match in pattern.finditer(text)]
    sites = Counter(domain for domain, _ in found)
    print(f"{len(found)} hits on {len(sites)} sites: {sites.most_common(12)}")
    for domain, shown in sample(found, args):
        print(f"  {domain}: {shown}")


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - CONTEXT) : end + CONTEXT].replace("\n", "⏎")


def main() -> None:
    """Read the arguments and run one of the commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("rules", "draw", "left", "grep"))
    parser.add_argument("pattern", nargs="?", default="")
    parser.add_argument("--select", action="append", default=[])
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--top", type=int, default=100)
    parser.add_argument("--articles", type=int, default=None)
    parser.add_argument("--clean", action="store_true", help="with grep: look at what is left")
    parser.add_argument("--site", help="with grep: only this site")
    args = parser.parse_args()
    {"rules": rules, "draw": draw, "left": left, "grep": grep}[args.command](args)


if __name__ == "__main__":
    main()
