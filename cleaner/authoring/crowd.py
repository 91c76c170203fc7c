"""Rules side by side: which of them take what another one is there for."""

from collections.abc import Collection, Iterable

from cleaner import edit
from cleaner.clean import TIME_LIMIT
from cleaner.examples import first_url, left_of, unmarked
from cleaner.find import Clock, Finder, TimeLimitError, host_of
from cleaner.fold import View
from cleaner.model import Rule
from cleaner.rules import MARK
from cleaner.traits import tier


class Crowd:
    """Rules that run side by side."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._finder = Finder(self.rules)

    def shadows(self, rule: Rule) -> tuple[str, ...]:
        """Return the other rules that take all that a rule's examples mark, none if they leave some of it.

        Only rules count that run whenever this one does.
        """
        beside = {other.id for other in self.rules if tier(other) in {"default", tier(rule)}} - {rule.id}
        takers, clock = dict[str, None](), Clock.of(TIME_LIMIT)
        for example in filter(MARK.search, rule.examples):
            by = self._on_page(example, beside) if rule.select else self._on_text(rule, example, beside, clock)
            if not by:
                return ()
            takers |= dict.fromkeys(by)
        return tuple(takers)

    def _on_text(self, rule: Rule, example: str, beside: Collection[str], clock: Clock) -> tuple[str, ...]:
        text = unmarked(example)
        view, host = View(text), host_of(first_url(rule) or "")
        candidates = [(line, other) for line, other in self._finder.candidates(view, host) if other.id in beside]
        try:
            claims = self._finder.claims(view, candidates, clock)
        except TimeLimitError:
            return ()
        removals = edit.merge(view, claims)
        if edit.delete(text, removals).split() != left_of(example).split():
            return ()
        return tuple(sorted({name for removal in removals for name in removal.rules}))

    def _on_page(self, example: str, beside: Collection[str]) -> tuple[str, ...]:
        from cleaner.extract import prune_fragment  # noqa: PLC0415  most rules are for text

        others = [other for other in self.rules if other.select and other.id in beside and not other.sites]
        page, wanted = unmarked(example), prune_fragment(left_of(example), ())
        if prune_fragment(page, others) != wanted:
            return ()
        return tuple(other.id for other in others if prune_fragment(page, (other,)) != prune_fragment(page, ()))
