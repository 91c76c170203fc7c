"""What a run did, in numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cleaner.clean import CleanResult
from cleaner.find import host_of
from cleaner.model import category_of
from cleaner.records.base import Record
from cleaner.report.plural import counted
from cleaner.spare import NONE_SPARED, Ignore, Spared

SITES = 20_000  # sites that are counted one by one; of a crawl with more, the rest are counted as one
OTHER_SITES = "(other sites)"
_BY = ("by_category", "by_rule", "by_site", "by_allowed", "by_ignored")


@dataclass
class Totals:
    """Counts over records. Characters are code points.

    Attributes:
        records: articles, and records that are broken.
        touched: articles from which something went.
        removals: spans that went.
        characters: code points that went.
        troubled: articles that stayed as they were for a reason, and records that are broken.
        errors: records that are broken.
        opted_out: records that say that they are not to be cleaned.
        others: blank lines and other records that are no articles.
        by_category: removals by category of rule.
        by_rule: removals by rule.
        by_site: removals by site, where it is known.
        by_allowed: texts in which an entry of the allow-list kept something, by entry.
        by_ignored: texts in which a per-file ignore kept something, by ignore.
    """

    records: int = 0
    touched: int = 0
    removals: int = 0
    characters: int = 0
    troubled: int = 0
    errors: int = 0
    opted_out: int = 0
    others: int = 0
    by_category: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    by_site: Counter[str] = field(default_factory=Counter)
    by_allowed: Counter[str] = field(default_factory=Counter)
    by_ignored: Counter[str] = field(default_factory=Counter)

    def add(self, record: Record, results: Sequence[CleanResult], ignores: Sequence[Ignore] = ()) -> None:
        """Count one record; `ignores` are those of its file."""
        if not (record.document or record.problem or record.trouble or record.opted_out):
            self.others += 1
            return
        self.records += 1
        self.opted_out += record.opted_out
        self.errors += bool(record.problem)
        for pruned in record.pruned:
            self._name((pruned.rule,))
        troubled, touched = bool(record.problem or record.trouble), False
        for result in results:
            troubled = troubled or bool(result.trouble)
            if result.removals:
                touched = True
                self._count(result)
            if result.spared is not NONE_SPARED:
                self._spare(result.spared, ignores)
        if record.spared is not NONE_SPARED:
            self._spare(record.spared, ignores)
        self.troubled += troubled
        self.touched += touched

    def _spare(self, spared: Spared, ignores: Sequence[Ignore]) -> None:
        self.by_allowed.update(map(str, spared.allowed))
        self.by_ignored.update(str(one) for one in ignores if any(map(one.takes, spared.ignored)))

    def _count(self, result: CleanResult) -> None:
        self.removals += len(result.removals)
        for removal in result.removals:
            self.characters += removal.end - removal.start
            self._name(removal.rules)
        if site := host_of(result.document.url):
            self.by_site[site] += len(result.removals)

    def _name(self, rules: tuple[str, ...]) -> None:
        """Count a removal for each rule, and once for each category, that claimed it."""
        for rule in rules:
            self.by_rule[rule] += 1
        for category in {category_of(rule) for rule in rules} if len(rules) > 1 else (category_of(rules[0]),):
            self.by_category[category] += 1

    def merge(self, other: "Totals") -> None:
        """Add what another one counted."""
        for key, value in vars(other).items():
            if key in _BY:
                getattr(self, key).update(value)
            else:
                setattr(self, key, getattr(self, key) + value)
        if len(self.by_site) > 2 * SITES:
            kept = dict(_ranked(self.by_site)[:SITES])
            rest = self.by_site.total() - sum(kept.values())
            self.by_site = Counter(kept) + Counter({OTHER_SITES: rest})

    @classmethod
    def of(cls, counts: Mapping[str, Any]) -> "Totals":
        """Return the totals that `as_dict` made the counts from."""
        known = {key: counts[key] for key in vars(cls()) if key in counts}
        made: dict[str, Any] = {key: Counter(value) if key in _BY else value for key, value in known.items()}
        return cls(**made)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for JSON, rules and sites from the most frequent on."""
        return vars(self) | {key: dict(_ranked(getattr(self, key))) for key in _BY}

    def __str__(self) -> str:
        articles = counted(self.records, "article")
        found = "nothing to remove"
        if self.by_rule:
            found = f"junk in {self.touched:,}, {counted(self.removals, 'removal')} "
            categories = ", ".join(f"{name} {count:,}" for name, count in _ranked(self.by_category))
            found += f"({categories}), {self.characters:,} characters"
        opted_out = f"; {self.opted_out:,} opted out" if self.opted_out else ""
        troubled = f"; {self.troubled:,} left as they were, see above" if self.troubled else ""
        return f"{articles}, {found}{opted_out}{troubled}"


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts from the greatest on; equal ones by name, so that it does not matter which came first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
