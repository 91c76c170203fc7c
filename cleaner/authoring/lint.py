"""What is wrong with rules although they load and pass their examples: dead words, missing look-alikes, slow patterns."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from cleaner import edit
from cleaner.authoring.cost import Cost, worst_case
from cleaner.clean import TIME_LIMIT
from cleaner.examples import first_url, left_of, unmarked
from cleaner.find import Clock, Finder, TimeLimitError, host_of
from cleaner.fold import View, fold_case, plain
from cleaner.model import Rule
from cleaner.rules import MARK, written_literals
from cleaner.traits import tier

SLOWEST = TIME_LIMIT * 1e6 / 200  # microseconds for a thousand characters: two hundred thousand take all the time
GREATEST_GROWTH = 1.5  # exponent of the time over the length of a line, of rules that look at lines of any length
TOLD = 0.002  # seconds from which on growth matters
SHORTEST = 3  # ASCII characters of a literal that counts anywhere in a line; others say more with one
SHOWN = 60  # characters of a line that a finding shows
WORDS_TRIED = 40  # of a line, between which a literal is put
_SYNTAX = regex.compile(r"\\[a-zA-Z]|\(\?[a-zA-Z:=!<>|-]*|#[^\n]*\n")
COMMON = frozenset(
    "the of and to in is it that for was on are as with his they at be this from have or by had not but what all were "
    "when we there can an your which their said if do will each about how up out them then she many some so these "
    "would other into has more her two like him see time could no make than first been its who now people my made "
    "over did down only way find use may der die und das den von zu mit sich des auf für ist im dem nicht ein eine als "
    "auch es an werden aus er hat dass sie nach wird bei le la les et des en un une du est pour que dans il ce qui ne "
    "sur se pas plus par je avec au el los las una por con para su al lo como más o pero sus".split()
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in a rule: which kind of thing, and what. `cost` is there where a time was measured."""

    rule: Rule
    kind: str
    message: str
    cost: Cost | None = None


def lint(
    rules: Sequence[Rule], others: Iterable[Rule] = (), told: Callable[[Cost], None] | None = None) -> Iterator[Finding]:
    """Yield what is wrong with rules, rule by rule.

    Args:
        rules: the rules to look at.
        others: rules that they run beside; a rule whose examples these take is shadowed.
        told: called with each measured worst case.
    """
    crowd = Crowd({rule.id: rule for rule in (*others, *rules)}.values())
    for rule in rules:
        yield from _of_literals(rule)
        yield from _of_examples(rule, crowd)
        cost = worst_case(rule)
        if cost and told:
            told(cost)
        yield from _of_cost(rule, cost)


def _of_cost(rule: Rule, cost: Cost | None) -> Iterator[Finding]:
    if not cost:
        return
    line = f"{cost.piece.before}{cost.piece.text * 2}"[:SHOWN]
    made = f"on {cost.size:,} characters made of {line + '…'!r}"
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
        yield Finding(rule, "dead-literal", f"literals: no line that holds {literal!r} matches: remove it, or show one")


def _of_examples(rule: Rule, crowd: "Crowd") -> Iterator[Finding]:
    if rule.pattern and not any(_tempts(rule, example) for example in rule.examples if not MARK.search(example)):
        mend = "add a text that holds one and stays"
        yield Finding(rule, "no-look-alike", f"examples: none that stays holds a literal in a line it looks at: {mend}")
    if by := crowd.shadows(rule):
        mend = "remove the rule, or show what only it takes"
        yield Finding(rule, "shadowed", f"examples: {', '.join(by)} would take all of them without it: {mend}")


def _tempts(rule: Rule, example: str) -> bool:
    """Whether the pattern is run on a line of an example."""
    return bool(Finder((rule,)).candidates(View(example), rule.sites[0] if rule.sites else ""))


class Crowd:
    """Rules that run side by side."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._finder = Finder(self.rules)

    def shadows(self, rule: Rule) -> tuple[str, ...]:
        """Return the other rules that take all that a rule's examples mark, "" if they leave some of it.

        Only rules count that run whenever this one does.
        """
        beside = {other.id for other in self.rules if tier(other) in {"default", tier(rule)}} - {rule.id}
        takers: dict[str, None] = {}
        for example in filter(MARK.search, rule.examples):
            by = self._on_page(rule, example, beside) if rule.select else self._on_text(rule, example, beside)
            if not by:
                return ()
            takers |= dict.fromkeys(by)
        return tuple(takers)

    def _on_text(self, rule: Rule, example: str, beside: Collection[str]) -> tuple[str, ...]:
        text = unmarked(example)
        view, host = View(text), host_of(first_url(rule) or "")
        candidates = [(line, other) for line, other in self._finder.candidates(view, host) if other.id in beside]
        try:
            claims = self._finder.claims(view, candidates, Clock.of(TIME_LIMIT))
        except TimeLimitError:
            return ()
        removals = edit.merge(view, claims)
        if edit.delete(text, removals).split() != left_of(example).split():
            return ()
        return tuple(sorted({name for removal in removals for name in removal.rules}))

    def _on_page(self, rule: Rule, example: str, beside: Collection[str]) -> tuple[str, ...]:
        from cleaner.extract import prune_fragment  # noqa: PLC0415  most rules are for text

        others = [other for other in self.rules if other.select and other.id in beside and not other.sites]
        page, wanted = unmarked(example), prune_fragment(left_of(example), ())
        if prune_fragment(page, others) != wanted:
            return ()
        return tuple(other.id for other in others if prune_fragment(page, (other,)) != prune_fragment(page, ()))


def dead_literals(rule: Rule) -> list[str]:
    """Return the literals of which no line could be made that the rule takes; none of a rule with phrases.

    A line is made from one of the examples' lines that the rule takes, with the literal in place of another one or
    between two words. A literal whose words stand in the pattern one after another is not asked about.
    """
    if rule.slots:
        return []
    finder, named = Finder((rule,)), _letters(_SYNTAX.sub("", rule.pattern))
    lines = {line.strip() for example in rule.examples for line in plain(unmarked(example)).splitlines()}
    taken = [line for line in lines if line and _takes(finder, rule, line)]
    return [
        literal
        for literal in rule.literals
        if not any(fold_case(literal) in fold_case(line) for line in taken)
        and _letters(literal) not in named
        and not any(_takes(finder, rule, line) for old in taken for line in _with(literal, old, rule.literals))
    ]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold_case(text)))


def _takes(finder: Finder, rule: Rule, line: str) -> bool:
    try:
        return bool(finder.claims_of_line(View(line), 0, rule, Clock.of(TIME_LIMIT)))
    except TimeLimitError:
        return True  # nothing is known


def _with(literal: str, line: str, literals: Iterable[str]) -> Iterator[str]:
    """Yield a line with a literal in place of the one it holds, and at each gap between two words."""
    words, folded = line.split(" ")[:WORDS_TRIED], fold_case(line)
    for form in dict.fromkeys((literal, literal.capitalize(), literal.title(), literal.upper())):
        for held in literals:
            if (place := folded.find(fold_case(held))) >= 0:
                yield line[:place] + form + line[place + len(held) :]
        for gap in range(len(words) + 1):
            yield " ".join((*words[:gap], form, *words[gap:]))
