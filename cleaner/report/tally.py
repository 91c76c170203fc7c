"""Exact counts of a run: of all, and by category, rule, site, language, file and removed share."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from cleaner.model import category_of
from cleaner.report.run import Article

# Upper ends of the bins of the removed share of an article, the last one included in its bin.
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
TOTALS = ("articles", "touched", "untouched", "guarded", "failed", "removals", "elements", "characters", "read")


@dataclass(slots=True)
class Count:
    """What was counted of one rule, site or the like. Characters are code points.

    `elements` were cut from pages before their text was extracted; they are no removals from a text.
    """

    articles: int = 0
    touched: int = 0
    removals: int = 0
    elements: int = 0
    characters: int = 0


@dataclass(slots=True)
class Tally:
    """Counts over articles. Each is touched, untouched, guarded (kept as it was) or failed (not readable)."""

    articles: int = 0
    touched: int = 0
    guarded: int = 0
    failed: int = 0
    removals: int = 0
    elements: int = 0
    characters: int = 0
    read: int = 0
    by_category: dict[str, Count] = field(default_factory=dict)
    by_rule: dict[str, Count] = field(default_factory=dict)
    by_site: dict[str, Count] = field(default_factory=dict)
    by_language: dict[str, Count] = field(default_factory=dict)
    by_file: dict[str, Count] = field(default_factory=dict)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    shares: list[int] = field(default_factory=lambda: [0] * len(SHARES))

    @property
    def untouched(self) -> int:
        """Articles in which nothing was found."""
        return self.articles - self.touched - self.guarded - self.failed

    def add(self, article: Article) -> None:
        """Count one article."""
        self.articles += 1
        self.read += len(article.text)
        self.failed += article.failed
        self.guarded += bool(article.trouble) and not article.failed
        touched = bool(article.removals)
        self.touched += touched
        self.removals += len(article.removals)
        self.elements += len(article.pruned)
        self.characters += article.removed
        if touched:
            self.shares[next(n for n, end in enumerate(SHARES) if article.share <= end)] += 1
        self._add_names(article)
        for table, name in (
            (self.by_site, article.site),
            (self.by_language, article.language),
            (self.by_file, article.file),
        ):
            _add_whole(table.setdefault(name, Count()), article)

    def _add_names(self, article: Article) -> None:
        """Count a removal for each rule, and once for each category, that claimed it."""
        for table, name_of in ((self.by_rule, _rule), (self.by_category, category_of)):
            met = set()
            for removal in article.removals:
                for name in {name_of(rule) for rule in removal.rules}:
                    count = table.setdefault(name, Count())
                    count.removals += 1
                    count.characters += removal.end - removal.start
                    met.add(name)
            for pruned in article.pruned:
                table.setdefault(name_of(pruned.rule), Count()).elements += 1
                met.add(name_of(pruned.rule))
            for name in met:
                table[name].articles += 1
                table[name].touched += 1
        for rule in (rule for removal in article.removals for rule in removal.rules):
            self.pairs[rule, article.site] += 1
        for pruned in article.pruned:
            self.pairs[pruned.rule, article.site] += 1

    def totals(self) -> dict[str, int]:
        """Return the counts of all."""
        return {name: getattr(self, name) for name in TOTALS}

    def as_dict(self) -> dict[str, Any]:
        """Return all counts for JSON, the most frequent first."""
        tables = {
            name: {key: asdict(count) for key, count in ranked(getattr(self, name))}
            for name in ("by_category", "by_rule", "by_site", "by_language", "by_file")
        }
        sites = Counter(rule for rule, _ in self.pairs)
        for rule, row in tables["by_rule"].items():
            row["sites"] = sites[rule]
        shares = {f"<= {end:.0%}": count for end, count in zip(SHARES, self.shares, strict=True)}
        return self.totals() | tables | {"removed_share": shares}


def _add_whole(count: Count, article: Article) -> None:
    count.articles += 1
    count.touched += bool(article.removals)
    count.removals += len(article.removals)
    count.elements += len(article.pruned)
    count.characters += article.removed


def _rule(rule: str) -> str:
    return rule


def ranked(table: dict[str, Count]) -> list[tuple[str, Count]]:
    """Return the rows of a table, the one with most removals first."""
    return sorted(table.items(), key=lambda row: (-row[1].removals - row[1].elements, row[0]))


def tally(articles: Iterable[Article]) -> Tally:
    """Count articles."""
    counted = Tally()
    for article in articles:
        counted.add(article)
    return counted
