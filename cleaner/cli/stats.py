"""`cleaner stats`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.options import AsJson
from cleaner.cli.output import emit_json, has_colour, paged


class By(StrEnum):
    """What a table of counts has a row for."""

    category = "category"
    rule = "rule"
    site = "site"
    language = "language"
    file = "file"


def stats(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="What `cleaner clean -o OUT` wrote.")],
    by: Annotated[list[By] | None, typer.Option(help="What to count by; may be repeated.")] = None,
    top: Annotated[int, typer.Option(metavar="N", min=1, help="Rows of each table.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Count what a run removed. With --json all tables, whole.

    cleaner stats cleaned --by rule --by site
    """
    from cleaner.report import terminal  # noqa: PLC0415  its parts are slow to load
    from cleaner.report.run import Run  # noqa: PLC0415
    from cleaner.report.tally import tally  # noqa: PLC0415

    counted = tally(Run(out).articles())
    if as_json:
        emit_json(counted.as_dict())
        return
    with paged() as write:
        write(terminal.stats(counted, [table.value for table in by or [By.category]], top, colour=has_colour()))
