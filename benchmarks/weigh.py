"""Learn what each sign of a line weighs, from pages with hand-made texts: python -m benchmarks.weigh [--check].

Two logistic regressions: of the signs of a line, then of the same signs beside the first scores of its neighbours.
Without --check the weights are written into the package; with it, pages are scored by weights learnt from other sites.
Needs numpy and scipy.
"""

import argparse
import json
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import numpy as np
from lxml.etree import strip_elements
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks import html
from cleaner.clean import Cleaner
from cleaner.extract import DOUBTFUL, read
from cleaner.extract.blocks import SKIPPED, Block, blocks
from cleaner.extract.parse import parse
from cleaner.extract.prune import prune
from cleaner.extract.signs import see, see_again
from cleaner.extract.told import told
from cleaner.extract.weigh import LEAN, doubt, weigh
from cleaner.find import host_of
from cleaner.rules import builtin_rules

WEIGHTS = Path(__file__).resolve().parents[1] / "cleaner" / "extract" / "weights.json"
FOLDS = 4
DECAY = 1e-4
LEAST_LINES, LEAST_PAGES = 30, 8


@dataclass
class Sample:
    """A page: its lines with signs, which share of each is in the gold, and how much each line counts."""

    row: Mapping[str, Any]
    read: bool
    blocks: list[Block]
    share: Any
    size: Any


def samples() -> list[Sample]:
    """Read every page twice: with trafilatura's reading and, as pages too large for it are read, without."""
    held, rules = {row["id"]: row for row in html.gold()}, builtin_rules()
    found = []
    for name, page in html.pages():
        row, tree = held[name], parse(page)
        about = told(tree, row["url"])
        strip_elements(tree, *SKIPPED, with_tail=False)
        prune(tree, rules, host_of(row["url"]))
        for taken in (read(tree), None):
            lines = blocks(tree)
            see(lines, taken, about.body, about.titles)
            found.append(Sample(row, taken is not None, lines, *targets(lines, row["text"])))
    return found


def targets(lines: Sequence[Block], gold: str) -> tuple[Any, Any]:
    """Return the share of each line that is in the gold, and its words in proportion to the gold's."""
    score = html.scorer()
    words = score.words(gold)
    runs, flat = score.runs(words), f" {' '.join(words)} "
    whole = {" ".join(score.words(line)) for line in gold.splitlines()}
    own = [score.words(line.text) for line in lines]
    share = []
    for number, line in enumerate(own):
        if len(line) > 4:
            held = score.runs(line)
            share.append((held & runs).total() / held.total())
        else:
            before = own[number - 1][-3:] if number else []
            after = own[number + 1][:3] if number + 1 < len(own) else []
            beside_it = (side for side in (before + line, line + after) if len(side) > len(line))
            share.append(float(" ".join(line) in whole or any(f" {' '.join(side)} " in flat for side in beside_it)))
    return np.array(share), np.array([len(line) / max(len(words), 30) for line in own])


def known(pages: Sequence[Sequence[Sequence[str]]]) -> dict[str, int]:
    """Return the signs that are common enough to be weighed, numbered."""
    counts: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    for page in pages:
        found = Counter(sign for signs in page for sign in signs)
        counts += found
        spread.update(found.keys())
    common = sorted(sign for sign in counts if counts[sign] >= LEAST_LINES and spread[sign] >= LEAST_PAGES)
    return {sign: number for number, sign in enumerate(common)}


def matrix(pages: Sequence[Sequence[Sequence[str]]], numbers: Mapping[str, int]) -> Any:
    """Return lines by signs, 1 where a line has the sign."""
    lines = [[numbers[sign] for sign in signs if sign in numbers] for page in pages for signs in page]
    ends = np.cumsum([0, *map(len, lines)])
    columns = np.concatenate([np.array(line, dtype=int) for line in lines])
    return csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(lines), len(numbers)))


def fit(signs: Any, share: Any, size: Any) -> Any:
    """Return the weights of a logistic regression with quadratic decay."""

    def loss(weights: Any) -> tuple[float, Any]:
        score = signs @ weights
        value = (size * (np.logaddexp(0, score) - share * score)).sum() / size.sum() + DECAY * (weights @ weights) / 2
        slope = signs.T @ (size * (1 / (1 + np.exp(-score)) - share)) / size.sum() + DECAY * weights
        return value, slope

    return minimize(loss, np.zeros(signs.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300}).x


def learn(pages: Sequence[Sample]) -> dict[str, list[float]]:
    """Return the table of weights that `cleaner.extract.weigh` reads."""
    first = [[line.signs for line in page.blocks] for page in pages]
    share, size = (np.concatenate([getattr(page, name) for page in pages]) for name in ("share", "size"))
    numbers = known(first)
    signs = matrix(first, numbers)
    fold = np.concatenate([np.full(len(page.blocks), site_fold(page.row, 3)) for page in pages])
    honest = np.zeros(len(share))  # a line's first score must not come from itself
    for part in range(3):
        honest[fold == part] = signs[fold == part] @ fit(signs[fold != part], share[fold != part], size[fold != part])
    scores = np.split(honest, np.cumsum([len(page.blocks) for page in pages])[:-1])
    both = [
        [signs + more for signs, more in zip(own, see_again(page.blocks, list(score)), strict=True)]
        for page, own, score in zip(pages, first, scores, strict=True)
    ]
    again = known(both)
    one, two = fit(signs, share, size), fit(matrix(both, again), share, size)
    return {
        sign: [round(float(one[numbers[sign]]), 3) if sign in numbers else 0.0, round(float(two[again[sign]]), 3)]
        for sign in again
    }


def site_fold(row: Mapping[str, Any], folds: int = FOLDS) -> int:
    """Return the part of the sites that a page belongs to; all pages of a site are in one."""
    parts = (urlsplit(row["url"] or "").hostname or row["id"]).split(".")
    short = len(parts) > 1 and parts[-2] not in {"co", "com", "org"}
    return zlib.crc32(".".join(parts[-2:] if short else parts[-3:]).encode()) % folds


def check(pages: Sequence[Sample]) -> None:
    """Print the figures of pages that were scored by weights learnt from other sites, trafilatura asked more or less.

    First only what the weights decide; text rules and the fallbacks of `cleaner.extract` take part in the last table.
    """
    tables = [learn([page for page in pages if site_fold(page.row) != fold]) for fold in range(FOLDS)]
    signs = {id(line): list(line.signs) for page in pages for line in page.blocks}
    sets = {page.row["id"]: page.row["dataset"] for page in pages}
    for lean in (0.0, LEAN, 0.4):
        with_reading: dict[str, Any] = {}
        without: dict[str, tuple[Any, float]] = {}
        for page in pages:
            for line in page.blocks:
                line.signs = list(signs[id(line)])
            weigh(page.blocks, tables[site_fold(page.row)], lean)
            text = "\n".join(line.text for line in page.blocks if line.score > 0)
            scored = html.scorer().page(page.row, text)
            if page.read:
                with_reading[page.row["id"]] = scored
            else:
                without[page.row["id"]] = scored, doubt(page.blocks)
        for limit in (-1.0, 0.04, DOUBTFUL, 0.12, 1.0):
            asked = {name: with_reading[name] for name in with_reading if without[name][1] > limit}
            groups = defaultdict(list)
            for name, (scored, _) in without.items():
                groups[sets[name]].append(asked.get(name, scored))
            _print(f"lean {lean:.2f}, asked above {limit:5.2f} ({len(asked) / len(without):4.0%})", groups)
    whole(tables)


def whole(tables: Sequence[Mapping[str, Sequence[float]]]) -> None:
    """Print the figures of whole articles, by weights learnt from other sites."""
    rows = {row["id"]: row for row in html.gold()}
    run = html.Run("other sites' weights", html.ours(Cleaner()))
    for name, page in html.pages():
        table = tables[site_fold(rows[name])]
        with patch.object(sys.modules[weigh.__module__], "weights", lambda table=table: table):
            run.on(rows[name], page)
    html.print_table(list(rows.values()), [run])


def _print(head: str, groups: Mapping[str, Sequence[Any]]) -> None:
    figures = {name: html.scorer().figures(group) for name, group in sorted(groups.items())}
    means = "  ".join(f"{key} {html.mean(figures, key):.4f}" for key in ("f1", "recall", "precision", "exact"))
    print(f"{head}: {means}")
    print("   " + "  ".join(f"{name[:7]} {one['f1']:.3f}/{one['recall']:.3f}" for name, one in figures.items()))


def main() -> None:
    """Learn from all pages and write the weights, or check how well that goes on sites not learnt from."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    pages = samples()
    if args.check:
        check(pages)
        return
    lines = (f"{json.dumps(sign)}: {pair}" for sign, pair in learn(pages).items())
    WEIGHTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
