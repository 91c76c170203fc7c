"""`cleaner rules test` and `cleaner rules lint`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.options import AsJson, RuleFolders, all_rules, names, rule_folders
from cleaner.cli.output import emit, emit_json, has_colour, say
from cleaner.cli.rules.look import marked, place_of
from cleaner.errors import CleanerError
from cleaner.model import Rule
from cleaner.report.diff import visible
from cleaner.report.plural import counted
from cleaner.rules import RuleError, builtin_rules, load_rule, load_rules, named

if TYPE_CHECKING:
    from cleaner.authoring.cost import Cost
    from cleaner.examples import Difference

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]...", help="Rules, categories or rule files; all if none.")
]


def run_examples(ids: Names = None, rules: RuleFolders = None, as_json: AsJson = False) -> None:
    """Run the examples of rules, those that must stay too, and show what differs; exit 1 if any does.

    Without --rules the built-in rules, with it those of the folder.

    cleaner rules test promo/zap --rules cleaner-rules
    """
    from cleaner.examples import differences  # noqa: PLC0415  needs the engine

    chosen = chosen_rules(ids, rules)
    found = [difference for rule in chosen for difference in differences(rule)]
    if as_json:
        emit_json([{"rule": one.rule.id, "wanted": one.wanted, "got": one.got, "why": one.why} for one in found])
    else:
        colour = has_colour()
        for rule in dict.fromkeys(one.rule.id for one in found):
            _show([one for one in found if one.rule.id == rule], colour=colour)
    examples = sum(len(rule.examples) for rule in chosen)
    differ = f"{len(found):,} differ" if found else "all as marked"
    say(f"cleaner: {counted(len(chosen), 'rule')}, {counted(examples, 'example')}, {differ}")
    raise typer.Exit(int(bool(found)))


def _show(found: "Sequence[Difference]", *, colour: bool) -> None:
    rule = found[0].rule
    lines = [f"{visible(rule.id)}: {len(found)} of {counted(len(rule.examples), 'example')} differ ({place_of(rule)})"]
    for one in found:
        lines.append(f"  expected  {marked(one.wanted, colour=colour)}")
        lines.append(f"  got       {marked(one.got, colour=colour)}")
        if one.why:
            lines.append(f"  because   {visible(one.why)}")
    emit("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))


def lint_rules(
    ids: Names = None,
    rules: RuleFolders = None,
    slowest: Annotated[
        int, typer.Option(metavar="N", min=0, help="Also print the N rules that are slowest at worst.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong with rules that pass their tests; exit 1 if anything is.

    Rules that others make needless, words that never match, missing look-alikes, slow patterns.

    What is meant to be is explained in the rule's file: # lint: KIND: REASON

    cleaner rules lint --rules cleaner-rules
    """
    from cleaner.authoring.lint import lint  # noqa: PLC0415  loads the engine

    chosen, costs = chosen_rules(ids, rules), list["tuple[Rule, Cost]"]()
    found = list(lint(chosen, all_rules(rule_folders(rules)), told=lambda rule, cost: costs.append((rule, cost))))
    costs.sort(key=lambda pair: -pair[1].per_kilo)
    if as_json:
        emit_json(
            {
                "findings": [one.row() for one in found],
                "costs": [{"rule": rule.id} | cost.row() for rule, cost in costs],
            }
        )
    else:
        for one in found:
            emit(visible(f"{place_of(one.rule)}: {one.rule.id}: {one.kind}: {one.message}").encode() + b"\n")
        for rule, cost in costs[:slowest]:
            at = f"{cost.per_kilo:10,.0f} µs per 1,000 characters at {cost.size:,}"
            emit(visible(f"{at}  {rule.id} {cost.key}: {cost.line()}").encode() + b"\n")
    worst = f", the slowest {costs[0][1].per_kilo:,.0f} µs per 1,000 characters" if costs else ""
    say(f"cleaner: {counted(len(chosen), 'rule')}, {counted(len(found), 'finding')}{worst}")
    raise typer.Exit(int(bool(found)))


def chosen_rules(ids: Iterable[str] | None, folders: Sequence[Path] | None) -> tuple[Rule, ...]:
    """Return the rules that arguments name: files, ids and categories; without any, all of the folders or built-in.

    Raises:
        CleanerError: there is none of that name, or it is broken.
    """
    wanted = list(ids or ())
    files = [name for name in wanted if name.endswith(".toml")]
    listed = names([name for name in wanted if name not in files])
    found = {rule.id: rule for rule in map(load_rule, map(Path, files))}
    if listed:
        try:
            found |= {rule.id: rule for rule in named(all_rules(rule_folders(folders)), listed)}
        except RuleError as error:
            raise RuleError(f"{error}" if folders else f"{error} One of your own needs --rules DIR") from None
    elif not files:
        found |= {rule.id: rule for folder in folders or () for rule in load_rules(folder)}
        found = found if folders else {rule.id: rule for rule in builtin_rules()}
    if not found:
        raise CleanerError("no rule is chosen: `cleaner rules list` prints them all")
    return tuple(sorted(found.values(), key=lambda rule: rule.id))
