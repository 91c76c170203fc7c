"""Which spans rules claim."""

import random
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.find import Clock, Finder, TimeLimitError, host_matches, is_word, line_start
from cleaner.fold import View, fold_case, plain
from cleaner.model import Removal, Rule
from tests.strategies import rule_sets, texts

RuleSet = tuple[Rule, ...]


def rule(pattern: str, literal: str = "junk", **keys: Any) -> Rule:
    return Rule("kind/name", "", (literal,), (), pattern, **keys)


def found(text: str, *rules: Rule, host: str = "") -> list[str]:
    claims = Finder(rules).find(View(text), host, Clock.of(5))
    return [text[claim.start : claim.end] for claim in sorted(claims)]


def naive(text: str, rules: RuleSet) -> set[Removal]:
    """Every pattern on every line, its literals looked for one by one."""
    view, claims = View(text), set()
    for each in rules:
        everywhere = replace(each, literals=())
        finder = Finder([everywhere])
        for line in range(len(view.starts)):
            start, end = view.bounds(line)
            folded = fold_case(view.plain[start:end])
            if any(_counts(each, literal, folded, view.plain[start:end]) for literal in map(plain, each.literals)):
                claims.update(finder.claims_of_line(view, line, everywhere, Clock.of(5)))
    return claims


def _counts(each: Rule, literal: str, folded: str, written: str) -> bool:
    places = [0, line_start(folded, 0)] if each.at == "start" else range(len(folded))  # a literal may begin with a mark
    return any(
        folded.startswith(fold_case(literal), place)
        and (not each.case or written.startswith(literal, place))
        and (each.at != "word" or is_word(folded, place, place + len(literal)))
        for place in places
    )


@given(texts, rule_sets)
def test_literals_only_save_time(text: str, rules: RuleSet) -> None:
    assert set(Finder(rules).find(View(text), "", Clock.of(5))) == naive(text, rules)


@given(texts, rule_sets, st.randoms())
def test_order_of_rules_changes_nothing(text: str, rules: RuleSet, chance: random.Random) -> None:
    shuffled = chance.sample(rules, len(rules))
    find = [sorted(Finder(order).find(View(text), "", Clock.of(5))) for order in (rules, shuffled)]
    assert find[0] == find[1]


def test_a_line_rule_takes_the_content_of_the_line() -> None:
    assert found("story\n  junk here \nstory", rule("junk")) == ["junk here"]


def test_a_match_rule_takes_each_match() -> None:
    assert found("a (junk) b (junk) c", rule(r"\(junk\)", removes="match")) == ["(junk)", "(junk)"]


def test_a_pattern_sees_one_line_without_the_white_space_around_it() -> None:
    assert found("x\n\tjunk \r\ny", rule("^junk$")) == ["junk"]


def test_literals_are_found_in_any_case_and_typography() -> None:
    assert found("WE’RE JUNK", rule("(?i)^we're junk$", literal="we're")) == ["WE’RE JUNK"]


def test_a_literal_at_the_start_may_begin_with_a_mark() -> None:
    assert found("• junk\nstory • junk", rule("(?i)junk$", literal="• junk", at="start")) == ["• junk"]


def test_a_literal_at_the_start_counts_behind_marks_only() -> None:
    text = "• “Junk\n(junk\na junk\n\n  junk"
    assert found(text, rule("(?i)junk", at="start")) == ["• “Junk", "(junk", "junk"]


def test_a_literal_as_a_word_does_not_count_inside_one() -> None:
    assert found("ad\nthe (ad)\nmade\nads", rule("(?i)ad", literal="ad", at="word")) == ["ad", "the (ad)"]


def test_a_literal_with_case_counts_as_it_is_written() -> None:
    assert found("the PA\nthe pa\nthe Pa", rule("(?i)pa", literal="PA", case=True)) == ["the PA"]


def test_a_line_longer_than_the_rule_says_stays() -> None:
    assert found("junk 12345\njunk 123456", rule("junk", longest=10)) == ["junk 12345"]


def test_through_takes_the_lines_that_match_and_stops_at_the_first_that_does_not() -> None:
    text = "junk:\n\n- one\n- two\n\nStory goes on.\n- three"
    assert found(text, rule("^junk:$", through="^- ")) == ["junk:", "- one", "- two"]


def test_through_leaves_the_heading_of_the_paragraph_below() -> None:
    story = "The council gave money to bridges and harbours. " * 4
    text = f"junk:\nMinister resigns\nMoney for bridges\n{story}"
    assert found(text, rule("^junk:$", through="^.{1,40}$")) == ["junk:", "Minister resigns"]


@pytest.mark.parametrize(("where", "lines"), [("head", ["junk 1"]), ("tail", ["junk 3"])])
def test_where(where: Any, lines: list[str]) -> None:
    filler = "\n".join(["A line of the story that is long enough to be one."] * 60)
    text = f"junk 1\n{filler}\njunk 2\n{filler}\njunk 3"
    assert found(text, rule("junk", where=where)) == lines


def test_sites_hold_for_subdomains_and_for_nothing_else() -> None:
    only = rule("junk", sites=("news.example",))
    assert found("junk", only, host="m.news.example") == ["junk"]
    assert found("junk", only, host="fakenews.example") == []
    assert found("junk", only) == []
    assert host_matches("news.example", ["news.example"])


def test_a_pattern_without_end_is_stopped_and_named() -> None:
    started = time.monotonic()
    with pytest.raises(TimeLimitError, match="kind/name"):
        Finder([rule("(?:a|aa)+$")]).find(View("junk " + "a" * 60 + "!"), "", Clock.of(0.05))
    assert time.monotonic() - started < 2


def test_a_lone_surrogate_is_no_obstacle() -> None:
    assert found("\ud800 junk", rule("junk$")) == ["\ud800 junk"]


@settings(max_examples=30)
@given(texts)
def test_no_rules_find_nothing(text: str) -> None:
    assert Finder([]).find(View(text), "", Clock.of(5)) == []


def test_a_slot_holds_phrases_that_differ_in_case_only() -> None:
    agency = rule(r"\({{agency}}\)", literal="(", removes="match", slots={"agency": ("DPA", "dpa", "AFP")})
    assert found("a (dpa) b (DPA) c (Dpa) d (Reuters)", agency) == ["(dpa)", "(DPA)"]


@pytest.mark.parametrize("phrases", [("a", "b", "c"), tuple("abcdefghijklmnopqrstuvwxyz")])
def test_a_slot_means_the_same_in_a_short_run_and_in_a_long_one(phrases: tuple[str, ...]) -> None:
    lettered = rule(r"^\({{letter}}+\)", literal="(", removes="match", slots={"letter": phrases})
    finder, clock = Finder([lettered]), Clock.of(5)
    lines = [f"({letter}{letter}) story" for letter in phrases] * 9
    texts = [View(line) for line in lines]
    assert [finder.find(view, "", clock) for view in texts] == [[Removal(0, 4, ("kind/name",))]] * len(lines)
