"""Every built-in rule does to its own examples what their marks say."""

import pytest

from cleaner.examples import failures
from cleaner.find import Clock, Finder
from cleaner.fold import View
from cleaner.model import Rule
from cleaner.rules import MARK, builtin_rules


@pytest.mark.parametrize("rule", builtin_rules(), ids=lambda rule: rule.id)
def test_examples(rule: Rule) -> None:
    assert failures(rule) == []


def test_literals_only_save_time_on_every_line_of_the_examples() -> None:
    rules = [rule for rule in builtin_rules() if rule.pattern and not (rule.also or rule.strict or rule.sites)]
    lines = {
        line.strip() for rule in rules for example in rule.examples for line in MARK.sub(r"\1", example).splitlines()
    }
    finder = Finder(rules)
    for view in map(View, lines - {""}):
        every = [claim for rule in rules for claim in finder.claims_of_line(view, 0, rule, Clock.of(60))]
        assert sorted(every) == sorted(finder.find(view, "", Clock.of(60))), view.text
