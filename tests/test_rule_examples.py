"""Every built-in rule does to its own examples what their marks say."""

import pytest

from cleaner.examples import failures
from cleaner.model import Rule
from cleaner.rules import builtin_rules


@pytest.mark.parametrize("rule", builtin_rules(), ids=lambda rule: rule.id)
def test_examples(rule: Rule) -> None:
    assert failures(rule) == []
