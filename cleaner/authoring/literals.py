"""Literals that cannot do their work: which no match holds, or which every other line does."""

from collections.abc import Iterable, Iterator

import regex

from cleaner.examples import unmarked
from cleaner.find import Clock, Finder, TimeLimitError
from cleaner.fold import View, fold_case, plain
from cleaner.model import Rule

PATIENCE = 5.0  # seconds for a rule; of literals that are not looked at by then nothing is said
WORDS_TRIED = 40  # of a line, between which a literal is put
_SYNTAX = regex.compile(r"\\[a-zA-Z]|\(\?[a-zA-Z:=!<>|-]*|#[^\n]*\n")
_COMMON = """
    the of and to in is it that for was on are as with his they at be this from have or by had not but what all were
    when we there can an your which their said if do will each about how up out them then she many some so these would
    other into has more her two like him see time could no make than first been its who now people my made over did down
    only way find use may der die und das den von zu mit sich des auf für ist im dem nicht ein eine als auch es werden
    aus er hat dass sie nach wird bei le la les et en un une du est pour que dans il ce qui ne sur se pas plus par je
    avec au el los las una por con para su al lo como más pero sus
"""
COMMON = frozenset(_COMMON.split())  # words of which one stands in every other line of a language


def dead_literals(rule: Rule) -> list[str]:
    """Return the literals of which no line could be made that the rule takes; none of a rule with phrases.

    A line is made from one of the examples' lines that the rule takes, with the literal in place of another one or
    between two words. A literal whose words stand in the pattern one after another is not asked about.
    """
    if rule.slots:
        return []
    clock = Clock.of(PATIENCE)
    finder, named = Finder((rule,)), _letters(_SYNTAX.sub("", rule.pattern))
    lines = {line.strip() for example in rule.examples for line in plain(unmarked(example)).splitlines()}
    taken = [line for line in lines if line and _takes(finder, rule, line, clock)]
    held = {line: [one for one in rule.literals if fold_case(one) in fold_case(line)] for line in taken}
    return [
        literal
        for literal in rule.literals
        if not any(fold_case(literal) in fold_case(line) for line in taken)
        and _letters(literal) not in named
        and not any(_takes(finder, rule, line, clock) for old in taken for line in _with(literal, old, held[old]))
    ]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold_case(text)))


def _takes(finder: Finder, rule: Rule, line: str, clock: Clock) -> bool:
    try:
        return bool(finder.claims_of_line(View(line), 0, rule, clock))
    except TimeLimitError:
        return True  # nothing is known


def _with(literal: str, line: str, held: Iterable[str]) -> Iterator[str]:
    """Yield a line with a literal in place of one that it holds, and at each gap between two words."""
    words, folded = line.split(" ")[:WORDS_TRIED], fold_case(line)
    for form in dict.fromkeys((literal, literal.capitalize(), literal.title(), literal.upper())):
        for old in held:
            place = folded.find(fold_case(old))
            yield line[:place] + form + line[place + len(old) :]
        for gap in range(len(words) + 1):
            yield " ".join((*words[:gap], form, *words[gap:]))
