"""What the shell completes beside options and files: rules, categories, groups. No rule is read for its name."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from cleaner.rules import WORDS, builtin_folder, builtin_rules


def _ids(folders: Sequence[Path]) -> list[str]:
    """Return the ids of the built-in rules and of those in folders: a rule's id is its path."""
    found = {
        path.relative_to(folder).with_suffix("").as_posix()
        for folder in (builtin_folder(), *folders)
        for path in Path(folder).rglob("*.toml")
    }
    return sorted(name for name in found if "/" in name and not name.startswith(f"{WORDS}/"))


def _listed(incomplete: str, known: Iterable[str]) -> list[str]:
    """Complete the last of several names with commas between them."""
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in known if name.startswith(last)]


def rule_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete the id of a rule."""
    return [name for name in _ids(ctx.params.get("rules") or ()) if name.startswith(incomplete)]


def rules_or_categories(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete categories, and the rules of a category as soon as it is the only one."""
    ids = _ids(ctx.params.get("rules") or ())
    last = incomplete.rpartition(",")[2]
    categories = sorted({name.partition("/")[0] for name in ids if name.startswith(last)})
    return _listed(incomplete, [*categories, *ids] if len(categories) == 1 else categories)


def groups(incomplete: str) -> list[str]:
    """Complete groups of text about the story."""
    return _listed(incomplete, sorted({rule.also for rule in builtin_rules() if rule.also}))
