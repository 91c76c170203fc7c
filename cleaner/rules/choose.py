"""Which rules take part: by id, category, tier and group."""

import difflib
from collections.abc import Iterable, Sequence

from cleaner.model import Rule, is_named
from cleaner.rules.files import RuleError


def chosen(
    rules: Sequence[Rule],
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    *,
    strict: bool = False,
    also: Iterable[str] = (),
) -> tuple[Rule, ...]:
    """Return the rules that `select` names (all if it is empty) and `ignore` does not, sorted by id.

    A name is a rule id, or a category, which is everything before an id's slash. Rules marked strict only take part
    when `strict` is set, those of a group only when `also` names the group.

    Raises:
        RuleError: a name fits no rule, or a group has none.
        TypeError: there are texts in place of rules, or one text in place of names.
    """
    for key, names in (("select", select), ("ignore", ignore), ("also", also)):
        if isinstance(names, str):
            raise TypeError(f"{key}: must be a list of names, not {names!r}: did you mean [{names!r}]?")
    if any(isinstance(rule, str) for rule in rules):
        raise TypeError("rules: must be rules, not texts: `cleaner.load_rules` reads those of a folder")
    select, ignore, also = tuple(select), tuple(ignore), tuple(also)
    check_names(rules, (*select, *ignore))
    check_groups(rules, also)
    kept = (
        rule
        for rule in rules
        if (not select or _named(rule, select) or rule.also) and not _named(rule, ignore)
        if (strict or not rule.strict) and (not rule.also or rule.also in also)
    )
    return tuple(sorted(kept, key=lambda rule: rule.id))


def check_names(rules: Iterable[Rule], names: Iterable[str]) -> None:
    """Look whether each name is the id of a rule or a category.

    Raises:
        RuleError: one is not.
    """
    names = tuple(names)
    known = {known for rule in rules for known in (rule.id, rule.category)} if names else ()
    for name in names:
        if name not in known and not any(is_named(one, name) for one in known):
            raise RuleError(_unknown(name, sorted(known)))


def check_groups(rules: Iterable[Rule], names: Iterable[str]) -> None:
    """Look whether each name is a group of rules.

    Raises:
        RuleError: one is not.
    """
    groups = sorted({rule.also for rule in rules if rule.also})
    for name in names:
        if name not in groups:
            near = difflib.get_close_matches(name, groups, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(groups) or 'none'}"
            raise RuleError(f"no group of rules is called {name}; {hint}")


def by_id(rules: Iterable[Rule], name: str) -> Rule:
    """Return the rule of that id.

    Raises:
        RuleError: there is none.
    """
    known = {rule.id: rule for rule in rules}
    if name not in known:
        raise RuleError(_unknown(name, sorted(known)))
    return known[name]


def named(rules: Iterable[Rule], names: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules of these ids and categories, whatever their tier; without a name, all. Sorted by id.

    Raises:
        RuleError: a name fits no rule.
    """
    rules, names = sorted(rules, key=lambda rule: rule.id), tuple(names)
    check_names(rules, names)
    return tuple(rule for rule in rules if not names or _named(rule, names))


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "`cleaner rules list` prints them all"
    return f"no rule or category is called {name}: {hint}"


def _named(rule: Rule, names: Iterable[str]) -> bool:
    return any(is_named(rule.id, name) for name in names)
