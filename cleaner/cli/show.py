"""`cleaner show`."""

from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.complete import rules_or_categories
from cleaner.cli.options import AsJson, Seed, names
from cleaner.cli.output import emit_json, has_colour, paged
from cleaner.errors import CleanerError
from cleaner.report.diff import visible
from cleaner.report.plural import counted


def show(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="What `cleaner clean -o OUT` wrote.")],
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule", metavar="RULE", help="Only these rules or categories.", autocompletion=rules_or_categories
        ),
    ] = None,
    site: Annotated[list[str] | None, typer.Option(metavar="SITE", help="Only these sites.")] = None,
    article: Annotated[str | None, typer.Option(metavar="ID", help="Only the article of this id.")] = None,
    sample: Annotated[int, typer.Option(metavar="N", min=1, help="How many, drawn at random.")] = 20,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Show removals of a run in context.

    cleaner show cleaned --rule credit/label --sample 20

    On a terminal it is coloured (not with NO_COLOR) and goes through $PAGER, by default `less -FRX`.
    """
    from cleaner.report import terminal  # noqa: PLC0415  its parts are slow to load
    from cleaner.report.gather import pick  # noqa: PLC0415
    from cleaner.report.run import Run  # noqa: PLC0415

    run, wanted = Run(out), names(rule)
    count, items = pick(run, sample, seed, rules=wanted, sites=names(site), article=article)
    if as_json:
        emit_json({"removals": count, "seed": seed, "sample": items})
        return
    if not items and (wanted or site or article):
        raise CleanerError(f"{out}: nothing of that was removed (`cleaner stats {out} --by rule` lists what was)")
    colour = has_colour()
    with paged() as write:
        drawn = f", {len(items)} at random (seed {seed})" if len(items) < count else ""
        write(f"{counted(count, 'removal')}{drawn}\n")
        for name in wanted:
            if name in run.whys:
                write(visible(f"{name}: {run.whys[name]}") + "\n")
        for item in items:
            write("\n" + terminal.card(item, colour=colour))
