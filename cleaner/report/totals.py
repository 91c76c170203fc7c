"""What a run did, in numbers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from cleaner.clean import CleanResult
from cleaner.records.base import Record


@dataclass
class Totals:
    """Counts over records. Characters are code points."""

    records: int = 0
    touched: int = 0
    removals: int = 0
    characters: int = 0
    troubled: int = 0
    by_category: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)

    def add(self, record: Record, result: CleanResult | None) -> None:
        """Count one record."""
        if not record.document and not record.problem:
            return
        self.records += 1
        self.troubled += bool(record.problem or (result and result.trouble))
        for pruned in record.pruned:
            self._name((pruned.rule,))
        if result:
            self.touched += bool(result.removals)
            self.removals += len(result.removals)
            self.characters += sum(removal.end - removal.start for removal in result.removals)
            for removal in result.removals:
                self._name(removal.rules)

    def _name(self, rules: tuple[str, ...]) -> None:
        """Count a removal for each rule, and once for each category, that claimed it."""
        self.by_rule.update(rules)
        self.by_category.update({rule.partition("/")[0] for rule in rules})

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for JSON, rules from the most frequent on."""
        by = {key: dict(getattr(self, key).most_common()) for key in ("by_category", "by_rule")}
        return vars(self) | by

    def __str__(self) -> str:
        articles = f"{self.records:,} article{'s' if self.records != 1 else ''}"
        found = "nothing to remove"
        if self.by_rule:
            found = f"junk in {self.touched:,}, {self.removals:,} removal{'s' if self.removals != 1 else ''} "
            categories = ", ".join(f"{name} {count:,}" for name, count in self.by_category.most_common())
            found += f"({categories}), {self.characters:,} characters"
        return f"{articles}, {found}" + (f"; {self.troubled:,} left as they were, see above" if self.troubled else "")
