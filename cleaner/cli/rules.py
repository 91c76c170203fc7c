"""`cleaner rules`."""

from typing import Annotated

import typer

from cleaner.cli.complete import rule_ids
from cleaner.cli.help import App
from cleaner.cli.options import RuleFolders, all_rules
from cleaner.cli.output import emit
from cleaner.model import Rule
from cleaner.rules import by_id

app = App(help="Look at the rules.", no_args_is_help=True)


@app.command("list")
def list_rules(rules: RuleFolders = None) -> None:
    """Print every rule: its id, which begins with its category, and why it is there.

    cleaner rules list
    """
    known = sorted(all_rules(rules), key=lambda rule: rule.id)
    width = max(len(rule.id) for rule in known)
    emit("".join(f"{rule.id:<{width}}  {rule.why}\n" for rule in known).encode())


@app.command("show", no_args_is_help=True)
def show_rule(
    name: Annotated[str, typer.Argument(metavar="ID", help="A rule's id, e.g. runon/person.", autocompletion=rule_ids)],
    rules: RuleFolders = None,
) -> None:
    """Print one rule: why it is there, what it matches, and its examples with [-what it removes-] marked.

    cleaner rules show runon/person
    """
    emit(describe(by_id(all_rules(rules), name)).encode())


def describe(rule: Rule) -> str:
    """Return a rule as text, every key that says something."""
    removes = f"{rule.removes}, {rule.where} of the text only" if rule.where else rule.removes
    lines = [rule.id, f"  {rule.why}", f"  file: {rule.source}", f"  removes: {'element' if rule.select else removes}"]
    lines += [f"  {key}: {', '.join(getattr(rule, key))}" for key in ("literals", "sites") if getattr(rule, key)]
    for key in ("at", "case", "longest", "strict", "also"):
        if value := getattr(rule, key):
            lines.append(f"  {key}: {str(value).lower()}")
    for key in ("select", "pattern", "through"):
        if value := getattr(rule, key):
            lines += [f"  {key}:", *(f"    {line}" for line in value.strip("\n").splitlines())]
    lines.append("  examples:")
    lines += [f"    {line}" for example in rule.examples for line in (example.strip("\n") + "\n").splitlines()]
    return "\n".join(lines) + "\n"
