"""`cleaner report`, and the page at the end of `cleaner clean -o`."""

from pathlib import Path
from typing import Annotated

import typer

from cleaner.batch.files import written
from cleaner.cli.options import Seed
from cleaner.cli.output import say

PAGE = "report.html"


def report(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="What `cleaner clean -o OUT` wrote.")],
    page: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Where the page goes, if not to OUT/report.html.")
    ] = None,
    seed: Seed = 1,
) -> None:
    """Make the page of a run, one file that needs no network.

    cleaner report cleaned

    It shows every removal of a small run, and of a big one a random sample that is the same for the same seed: up to
    2,000 of all, 20 of each rule, 5 of each of the 400 sites with most, and some 400 articles. Its counts are always of
    all. The page stays below 8 MB.
    """
    target = page or out / PAGE
    write_page(out, target, seed)
    say(f"cleaner: {target}")


def write_page(out: Path, target: Path, seed: int = 1) -> None:
    """Write the page of a run.

    Raises:
        CleanerError: `out` holds no run, or `target` cannot be written.
    """
    from cleaner.report.page import page  # noqa: PLC0415  templates are slow to load
    from cleaner.report.run import Run  # noqa: PLC0415

    text = page(Run(out), seed)
    with written(target) as file:
        file.write(text.encode())
