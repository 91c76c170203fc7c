"""`cleaner restore`."""

from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.output import say
from cleaner.report.plural import counted


def restore(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="What `cleaner clean -o OUT` wrote.")],
    back: Annotated[Path, typer.Option("-o", "--out", metavar="BACK", help="Write the originals here.")],
) -> None:
    """Rebuild every original of a run, byte for byte.

    cleaner restore cleaned -o originals
    """
    from cleaner.batch import back as rebuilding  # noqa: PLC0415  its parts are slow to load

    count = rebuilding.restore(out, back)
    say(f"cleaner: {counted(count, 'file')} restored, each with the checksum of its original")
