"""What is wrong with rules that load and pass their examples: dead words, missing look-alikes, slow patterns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex

from cleaner.authoring.cost import Cost, worst_case
from cleaner.authoring.crowd import Crowd
from cleaner.authoring.literals import COMMON, dead_literals
from cleaner.clean import TIME_LIMIT
from cleaner.find import Finder
from cleaner.fold import View, fold_case
from cleaner.model import Rule
from cleaner.rules import MARK, written_literals

SLOWEST = TIME_LIMIT * 1e6 / 200  # microseconds for a thousand characters: two hundred thousand take all the time
GREATEST_GROWTH = 1.5  # exponent of the time over the length of a line, of rules that look at lines of any length
TOLD = 0.005  # seconds from which on growth matters
SHORTEST = 3  # ASCII characters of a literal that counts anywhere in a line; others say more with one
_MEASURED = {"blows-up", "grows", "slow"}  # kinds that a machine in a hurry may not find
_EXPLAINED = regex.compile(r"^#[ ]*lint:[ ]*([\w-]+)[ ]*:?(.*)$", regex.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in a rule: which kind of thing, and what. `cost` is there where a time was measured."""

    rule: Rule
    kind: str
    message: str
    cost: Cost | None = None

    def row(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        cost = {"cost": self.cost.row()} if self.cost else {}
        return {"rule": self.rule.id, "file": self.rule.source, "kind": self.kind, "message": self.message} | cost


def lint(
    rules: Sequence[Rule], others: Iterable[Rule] = (), told: Callable[[Rule, Cost], None] | None = None
) -> Iterator[Finding]:
    """Yield what is wrong with rules, rule by rule.

    Args:
        rules: the rules to look at.
        others: rules that they run beside; a rule whose examples these take is shadowed.
        told: called with each measured worst case.
    """
    crowd = Crowd({rule.id: rule for rule in (*others, *rules)}.values())
    for rule in rules:
        cost = worst_case(rule)
        if cost and told:
            told(rule, cost)
        found = [*_of_literals(rule), *_of_examples(rule, crowd), *_of_cost(rule, cost)]
        yield from _unexplained(rule, found)


def _unexplained(rule: Rule, found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what no comment in a rule's file explains, `# lint: KIND: REASON`, and comments that explain nothing."""
    explained = dict(_EXPLAINED.findall(_text_of(rule)))
    kinds = {finding.kind for finding in found}
    yield from (finding for finding in found if not explained.get(finding.kind, "").strip())
    for kind, reason in explained.items():
        if kind not in kinds | _MEASURED:
            yield Finding(rule, "unused-comment", f"# lint: {kind}: there is no such finding (any more): remove it")
        elif not reason.strip():
            yield Finding(rule, "unused-comment", f"# lint: {kind}: says no reason: add one")


def _text_of(rule: Rule) -> str:
    try:
        return Path(rule.source).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _of_cost(rule: Rule, cost: Cost | None) -> Iterator[Finding]:
    if not cost:
        return
    made = f"on {cost.size:,} characters made of {cost.line()}"
    if cost.over:
        yield Finding(rule, "blows-up", f"{cost.key}: ran over {cost.seconds:.1f} s {made}", cost)
    elif not rule.longest and cost.growth > GREATEST_GROWTH and cost.seconds > TOLD:
        grows = f"its time grows with the power {cost.growth:.1f} of the length"
        yield Finding(rule, "grows", f"{cost.key}: {grows}, {cost.seconds * 1e3:.0f} ms {made}", cost)
    elif cost.per_kilo > SLOWEST and cost.seconds > TOLD:
        yield Finding(rule, "slow", f"{cost.key}: {cost.per_kilo:,.0f} µs for a thousand characters, {made}", cost)


def _of_literals(rule: Rule) -> Iterator[Finding]:
    written = list(map(fold_case, written_literals(rule)))
    for literal in sorted({literal for literal in written if written.count(literal) > 1 and not rule.case}):
        yield Finding(rule, "duplicate-literal", f"literals: {literal!r} stands there twice: remove one")
    if not rule.pattern:
        return
    for literal in rule.literals:
        if not rule.at and literal.isascii() and literal.isalnum() and len(literal) < SHORTEST:
            mend = 'take a longer one, or at = "word"'
            yield Finding(rule, "short-literal", f"literals: {literal!r} stands inside many words: {mend}")
        elif rule.at != "start" and not rule.case and literal in COMMON:
            mend = "take a rarer word that every match holds"
            yield Finding(rule, "common-literal", f"literals: {literal!r} stands in every other line: {mend}")
    for literal in dead_literals(rule):
        mend = "remove it, or add such an example"
        yield Finding(rule, "dead-literal", f"literals: no line was found that holds {literal!r} and goes: {mend}")


def _of_examples(rule: Rule, crowd: Crowd) -> Iterator[Finding]:
    if rule.pattern and not any(_tempts(rule, example) for example in rule.examples if not MARK.search(example)):
        mend = "add a text that holds one and stays"
        yield Finding(rule, "no-look-alike", f"examples: none that stays holds a literal in a line it looks at: {mend}")
    if by := crowd.shadows(rule):
        mend = "remove the rule, or show what only it takes"
        yield Finding(rule, "shadowed", f"examples: {', '.join(by)} would take all of them without it: {mend}")


def _tempts(rule: Rule, example: str) -> bool:
    """Whether the pattern is run on a line of an example."""
    return bool(Finder((rule,)).candidates(View(example), rule.sites[0] if rule.sites else ""))
