"""`cleaner compare`."""

from pathlib import Path
from typing import Annotated

import typer

from cleaner.batch.files import written
from cleaner.cli.options import AsJson, Seed
from cleaner.cli.output import emit_json, has_colour, paged, say


def compare(
    first: Annotated[Path, typer.Argument(metavar="OUT_A", help="What `cleaner clean -o OUT_A` wrote.")],
    second: Annotated[Path, typer.Argument(metavar="OUT_B", help="Another run over the same files.")],
    page: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write it as a page, too.")] = None,
    sample: Annotated[int, typer.Option(metavar="N", min=0, help="Removals to show of each rule and run.")] = 3,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Say what two runs removed differently.

    cleaner compare before after -o compare.html

    A removal that the other run made in part counts with the rest of it; white space alone is no difference.
    """
    from cleaner.report import compare as comparing  # noqa: PLC0415  its parts are slow to load
    from cleaner.report import terminal  # noqa: PLC0415
    from cleaner.report.run import Run  # noqa: PLC0415

    runs = Run(first), Run(second)
    found = comparing.compare(*runs, seed, max(sample, comparing.SAMPLE) if page else sample)
    if page:
        from cleaner.report.page import compare_page  # noqa: PLC0415  templates are slow to load

        with written(page) as file:
            file.write(compare_page(*runs, found).encode())
        say(f"cleaner: {page}")
    if as_json:
        emit_json(found.as_dict())
        return
    with paged() as write:
        write(terminal.comparison(found, sample, colour=has_colour()))
