"""Options that several commands share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cleaner.allow import FILE_NAME, Allowed, find_allow_file, load_allowed
from cleaner.cli.complete import groups, rules_or_categories
from cleaner.model import Rule
from cleaner.rules import builtin_rules, load_rules

Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        metavar="RULE",
        help="Only these rules or categories, e.g. credit,runon/person.",
        autocompletion=rules_or_categories,
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="RULE", help="All but these rules or categories.", autocompletion=rules_or_categories
    ),
]
RuleFolders = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="DIR", help="A folder of your own rules; one with a built-in's id replaces it."),
]


Strict = Annotated[
    bool, typer.Option("--strict", help="Also use the rules that trade a little of the story for more junk.")
]
Also = Annotated[
    list[str] | None,
    typer.Option(
        "--also",
        metavar="GROUP",
        help="Also remove text about the story, e.g. byline,dateline.",
        autocompletion=groups,
    ),
]


Seed = Annotated[int, typer.Option(metavar="N", help="Of the random sample; the same seed draws the same.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AllowFile = Annotated[
    Path | None,
    typer.Option(
        "--allow",
        metavar="FILE",
        help=f"A list of exact texts that stay, if not {FILE_NAME} here or above.",
    ),
]


def allowed(file: Path | None) -> tuple[Allowed, ...]:
    """Return the entries of the allow-list that a run goes by."""
    found = file or find_allow_file()
    return load_allowed(found) if found else ()


def all_rules(folders: Sequence[Path] | None) -> tuple[Rule, ...]:
    """Return the built-in rules and the user's own."""
    rules = {rule.id: rule for rule in builtin_rules()}
    for folder in folders or ():
        rules |= {rule.id: rule for rule in load_rules(folder)}
    return tuple(rules.values())


def names(values: Sequence[str] | None) -> list[str]:
    """Return the names in options that may be repeated and may hold commas."""
    return [name.strip() for value in values or () for name in value.split(",") if name.strip()]
