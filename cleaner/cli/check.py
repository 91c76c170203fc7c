"""`cleaner clean --check`: what was found, in the format that was asked for."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cleaner.batch.files import writing, written
from cleaner.batch.one import Job
from cleaner.cli.output import emit
from cleaner.errors import CleanerError
from cleaner.records import Source
from cleaner.report.check import Form, formatted

OutputFormat = Annotated[
    Form | None,
    typer.Option(
        "--output-format",
        metavar="FORM",
        help=f"With --check: {', '.join(Form)}.",
        show_default=False,
    ),
]
OutputFile = Annotated[
    Path | None, typer.Option("--output-file", metavar="FILE", help="With --check: write there, not to stdout.")
]


def refuse_output(form: Form | None, file: Path | None, *, check: bool) -> None:
    """Raise an error if options of a check are given without one.

    Raises:
        CleanerError: they are.
    """
    if (form or file) and not check:
        raise CleanerError("--output-format and --output-file go with --check, and not with --diff")


def check_files(sources: Sequence[Source], job: Job, form: Form | None, file: Path | None) -> bool:
    """Write what would go from files, and return whether anything would.

    Raises:
        CleanerError: the output file cannot be written, or is one of those to check.
    """
    from cleaner.batch.check import findings  # noqa: PLC0415  only a check pays for it

    with _output(file, sources) as write:
        for piece in formatted(findings(job, sources), form or Form.text):
            write(piece.encode("utf-8", "backslashreplace"))
    return bool(job.totals.touched)


@contextlib.contextmanager
def _output(file: Path | None, sources: Sequence[Source]) -> Iterator[Callable[[bytes], object]]:
    """Give what writes to a file, which appears when it is whole, or to stdout."""
    if file is None:
        yield emit
        return
    real = os.path.realpath(file)
    if any(source.data is None and not source.url and os.path.realpath(source.path) == real for source in sources):
        raise CleanerError(f"{file}: is one of the files to check: give --output-file another name or folder")
    if file.exists() and not file.is_file():  # a device or a pipe is written to, never replaced
        with writing(file), file.open("wb") as out:
            yield out.write
        return
    with written(Path(real)) as out:
        yield out.write
