"""`cleaner rules list` and `cleaner rules show`."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cleaner.cli.complete import rule_ids
from cleaner.cli.options import AsJson, RuleFolders, all_rules, names, rule_folders
from cleaner.cli.output import emit, emit_json, has_colour, paged
from cleaner.errors import CleanerError
from cleaner.model import Rule
from cleaner.report.diff import visible
from cleaner.rules import by_id, named
from cleaner.traits import Phrases, languages, languages_of_phrases, tier

FEW = 3  # languages that a table names; of more it says how many


def list_rules(
    category: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="Only this kind of junk, e.g. credit.")
    ] = None,
    only_tier: Annotated[
        list[str] | None, typer.Option("--tier", metavar="TIER", help="Only default, strict, also, or also:GROUP.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only rules that have words of this language.")
    ] = None,
    rules: RuleFolders = None,
    as_json: AsJson = False,
) -> None:
    """List rules: id, tier, languages, why. In a pipe, a line each with tabs between.

    cleaner rules list --category credit --tier default
    """
    folders = rule_folders(rules)
    known = all_rules(folders)
    phrases = languages_of_phrases(folders)
    rows = [row(rule, phrases) for rule in named(known, names(category))]
    rows = _of_tier(rows, names(only_tier))
    rows = _of_language(rows, names(language), phrases)
    if as_json:
        emit_json(rows)
    elif sys.stdout.isatty():
        with paged() as write:
            write(_table(rows))
    else:
        columns = (_cells(found) for found in rows)
        emit("".join("\t".join(visible(cell) for cell in cells) + "\n" for cells in columns).encode())


def row(rule: Rule, phrases: Phrases | None = None) -> dict[str, Any]:
    """Return what a list says of a rule."""
    return {
        "id": rule.id,
        "category": rule.category,
        "tier": tier(rule),
        "languages": list(languages(rule, phrases)),
        "why": rule.why,
        "removes": "element" if rule.select else rule.removes,
        "file": rule.source,
    }


def _of_tier(rows: list[dict[str, Any]], tiers: Sequence[str]) -> list[dict[str, Any]]:
    there = sorted({found["tier"] for found in rows})
    for name in tiers:
        if not any(tier_ in (name, f"{name}:{tier_.partition(':')[2]}") for tier_ in there):
            raise CleanerError(f"--tier {name}: no rule is of it; there are {', '.join(there)}")
    return [found for found in rows if not tiers or {found["tier"], found["tier"].partition(":")[0]} & set(tiers)]


def _of_language(rows: list[dict[str, Any]], wanted: Sequence[str], phrases: Phrases) -> list[dict[str, Any]]:
    there = {language.lower(): language for spoken in phrases.values() for language in spoken}
    for name in wanted:
        if name.lower() not in there:
            raise CleanerError(f"--language {name}: no words of it; there are {', '.join(sorted(there.values()))}")
    spoken = {there[name.lower()] for name in wanted}
    return [found for found in rows if not spoken or spoken & set(found["languages"])]


def _cells(found: dict[str, Any]) -> tuple[str, str, str, str]:
    return found["id"], found["tier"], spoken_in(found["languages"]), found["why"]


def spoken_in(spoken: Sequence[str]) -> str:
    """Return languages as a table names them; "general" for a rule that no list of words binds to some."""
    return f"{len(spoken)} languages" if len(spoken) > FEW else ", ".join(spoken) or "general"


def _table(rows: Sequence[dict[str, Any]]) -> str:
    from rich.console import Console  # noqa: PLC0415  only terminals need it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("rule", "tier", "languages"):
        table.add_column(name, no_wrap=name == "rule")
    table.add_column("why", ratio=1)
    for found in rows:
        table.add_row(*(Text(visible(cell)) for cell in _cells(found)))
    out = io.StringIO()
    Console(file=out, force_terminal=has_colour(), no_color=not has_colour(), width=Console().width).print(table)
    return out.getvalue()


def show_rule(
    name: Annotated[str, typer.Argument(metavar="ID", help="A rule's id.", autocompletion=rule_ids)],
    rules: RuleFolders = None,
    as_json: AsJson = False,
) -> None:
    """Show one rule: why it is there, what it matches, its file, and its examples with [-what it removes-] marked.

    cleaner rules show runon/person
    """
    folders = rule_folders(rules)
    rule = by_id(all_rules(folders), name)
    phrases = languages_of_phrases(folders)
    if as_json:
        keys = ("literals", "pattern", "select", "through", "where", "sites", "longest", "at", "case", "examples")
        emit_json(row(rule, phrases) | {key: value for key in keys if (value := getattr(rule, key))})
        return
    with paged() as write:
        write(described(rule, phrases, colour=has_colour(), links=sys.stdout.isatty()))


def described(rule: Rule, phrases: Phrases | None = None, *, colour: bool = False, links: bool = False) -> str:
    """Return a rule as text, every key that says something; `links` makes its file a link of the terminal."""
    from cleaner.report.terminal import BOLD, painted  # noqa: PLC0415  its parts are slow to load

    removes = f"{rule.removes}, {rule.where} of the text only" if rule.where else rule.removes
    lines = [
        painted(visible(rule.id), BOLD, colour=colour),
        f"  {visible(rule.why)}",
        f"  file: {place_of(rule, links=links)}",
        f"  tier: {tier(rule)}",
        f"  languages: {', '.join(languages(rule, phrases)) or 'general'}",
        f"  removes: {'element' if rule.select else removes}",
    ]
    lines += [
        f"  {key}: {visible(', '.join(getattr(rule, key)))}" for key in ("literals", "sites") if getattr(rule, key)
    ]
    for key in ("at", "case", "longest"):
        if value := getattr(rule, key):
            lines.append(f"  {key}: {str(value).lower()}")
    for key in ("select", "pattern", "through"):
        if value := getattr(rule, key):
            lines += [f"  {key}:", *(f"    {visible(line)}" for line in value.strip("\n").splitlines())]
    examples = [line for example in rule.examples for line in example.strip("\n").splitlines() or [""]]
    return "\n".join((*lines, "  examples:", *(f"    {marked(line, colour=colour)}" for line in examples))) + "\n"


def marked(text: str, *, colour: bool) -> str:
    """Return a text on one line, what its marks hold struck through."""
    from cleaner.report.terminal import GONE, one_line, painted  # noqa: PLC0415
    from cleaner.rules import MARK  # noqa: PLC0415

    pieces, place = [], 0
    for match in MARK.finditer(text):
        pieces += [one_line(text[place : match.start()]), painted(one_line(match[0]), GONE, colour=colour)]
        place = match.end()
    return "".join((*pieces, one_line(text[place:])))


def place_of(rule: Rule, *, links: bool = False) -> str:
    """Return file and line of a rule's pattern: `path:line`, on a terminal a link (OSC 8) to the file."""
    path = Path(rule.source)
    try:
        held = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return visible(rule.source)
    keys = (number for number, line in enumerate(held, 1) if line.startswith(("pattern", "select")))
    shown = visible(f"{rule.source}:{next(keys, 1)}")
    return f"\x1b]8;;{path.absolute().as_uri()}\x1b\\{shown}\x1b]8;;\x1b\\" if links else shown
