"""`cleaner rules try`."""

import gc
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cleaner.cli.clean import AUTO, FormatName
from cleaner.cli.options import AsJson, RuleFolders, Seed
from cleaner.cli.output import emit_json, has_colour, paged, say
from cleaner.cli.rules.check import chosen_rules
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, Source, find_sources
from cleaner.report.plural import counted

STDIN = "-"
_AUTO = FormatName(AUTO)
WIDTH = 300  # characters of a line that stays
MOST_TOLD = 5  # records that cannot be read


def try_rule(
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="An id, a category, or a rule file that is not installed.")
    ],
    paths: Annotated[list[str], typer.Argument(metavar="DUMP...", help="Files, folders or URLs; - reads stdin.")],
    top: Annotated[int, typer.Option(metavar="N", min=0, help="Print the N most frequent texts.")] = 20,
    sample: Annotated[int, typer.Option(metavar="N", min=0, help="And N removals drawn at random.")] = 10,
    seed: Seed = 1,
    near: Annotated[
        bool, typer.Option("--near", help="And lines that hold a literal but do not match, most frequent first.")
    ] = False,
    form: Annotated[
        FormatName,
        typer.Option("--format", metavar="NAME", show_default=False, help=f"Read files as {', '.join(FORMATS)}."),
    ] = _AUTO,
    text_field: Annotated[str, typer.Option(metavar="FIELD", help="What holds the text of a record.")] = "text",
    url_field: Annotated[str, typer.Option(metavar="FIELD", help="What holds its url.")] = "url",
    rules: RuleFolders = None,
    as_json: AsJson = False,
) -> None:
    """Show what a rule would remove from documents of any format, most frequent first, in context. Writes nothing.

    cleaner rules try cleaner-rules/promo/zap.toml dump.jsonl --near
    """
    from cleaner.authoring.trial import Trial, rows  # noqa: PLC0415  loads the engine

    gc.enable()
    forced = None if form.value == AUTO else FORMATS[form.value]
    sources = find_sources([path for path in paths if path != STDIN], Choice(SUFFIXES, forced), FORMATS["txt"])
    if STDIN in paths:
        sources.append(Source(Path(STDIN), "stdin", forced or FORMATS["txt"], sys.stdin.buffer.read()))
    trial = Trial(chosen_rules([rule], rules), sample=sample, seed=seed, near=near)
    troubles: list[str] = []
    trial.read(sources, Fields(text_field, url=url_field), troubles.append)
    _tell(troubles)
    found = rows(trial, top)
    if as_json:
        emit_json(found | {"seed": seed})
        return
    with paged() as write:
        write(_shown(found, seed))


def _tell(troubles: list[str]) -> None:
    for line in troubles[:MOST_TOLD]:
        say(line)
    if len(troubles) > MOST_TOLD:
        say(f"… and {len(troubles) - MOST_TOLD:,} more")


def _shown(found: dict[str, Any], seed: int) -> str:
    from cleaner.report.terminal import BOLD, HEADING, in_marks, one_line, painted  # noqa: PLC0415

    colour = has_colour()
    lines = [_summary(found)]
    if found["most_frequent"]:
        lines += ["", painted("most frequent", BOLD, colour=colour)]
    for item in found["most_frequent"]:
        lines += [_heading(item), f"      {in_marks(item, colour=colour)}"]
    if found["sample"] and found["removals"] > len(found["most_frequent"]):
        lines += ["", painted(f"at random (seed {seed})", BOLD, colour=colour)]
        for item in found["sample"]:
            place = one_line("  ".join(filter(None, (item["site"], item["place"]))))
            lines += [f"  {painted(place, HEADING, colour=colour)}", f"      {in_marks(item, colour=colour)}"]
    if found.get("near"):
        lines += ["", painted("a literal stands there, and nothing goes", BOLD, colour=colour)]
        for item in found["near"]:
            lines += [_heading(item), f"      {one_line(item['text'][:WIDTH])}"]
    return "\n".join(lines) + "\n"


def _summary(found: dict[str, Any]) -> str:
    sites = f" on {counted(found['sites'], 'site')}" if found["sites"] else ""
    low = f" (counts may be {found['counts_too_low_by_at_most']} too low)" if found["counts_too_low_by_at_most"] else ""
    return (
        f"{counted(found['documents'], 'document')} read, {counted(found['removals'], 'removal')} from "
        f"{found['touched']:,} of them{sites}, {found['share']:.3%} of all characters{low}"
    )


def _heading(item: dict[str, Any]) -> str:
    sites = f", {counted(item['sites'], 'site')}" if item["sites"] else ""
    return f"{counted(item['count'], 'time'):>14} in {counted(item['documents'], 'document')}{sites}"
