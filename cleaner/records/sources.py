"""Which files a run reads, and under which name each stands in the output."""

import contextlib
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cleaner.errors import CleanerError
from cleaner.records.base import Format


class UnreadableError(CleanerError):
    """A file cannot be read; a run over many goes on without it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, its name relative to the folder that was asked for, and its format.

    `data` is what standard input held; a file is read when its turn comes.
    """

    path: Path
    name: str
    form: Format
    data: bytes | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it to read.

        Raises:
            UnreadableError: it cannot be read.
        """
        if self.data is not None:
            yield io.BytesIO(self.data)
            return
        with reading(self.path) as file:
            yield file


@contextlib.contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read.

    Raises:
        UnreadableError: it cannot be opened.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror}") from error
    with file:
        yield file


def find_sources(
    paths: Iterable[Path],
    formats: dict[str, Format],
    default: Format,
    forced: Format | None = None,
    out: Path | None = None,
) -> list[Source]:
    """Return the files that paths name: folders with all below them that a format reads, files as they are.

    Args:
        paths: files and folders.
        formats: format by suffix, which decides what of a folder is read.
        default: format of a file that was named itself and whose suffix says nothing.
        forced: format of every file, whatever its suffix.
        out: output folder; what lies in it is no input.

    Raises:
        CleanerError: a path does not exist, a folder holds nothing to read, or two files have one name.
    """
    sources: list[Source] = []
    for path in paths:
        if path.is_dir():
            sources += _below(path, formats, forced, out)
        elif path.exists():
            sources.append(Source(path, path.name, forced or formats.get(path.suffix.lower(), default)))
        else:
            raise CleanerError(f"{path}: no such file or folder")
    _check_names(sources)
    return sources


def _below(folder: Path, formats: dict[str, Format], forced: Format | None, out: Path | None) -> Iterator[Source]:
    found = False
    for parent, folders, files in os.walk(folder):
        skipped = out.resolve() if out else None
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (Path(parent, name).resolve() != skipped)
        )
        for name in sorted(files):
            path = Path(parent, name)
            form = formats.get(path.suffix.lower())
            if form and not name.startswith("."):
                found = True
                yield Source(path, PurePosixPath(path.relative_to(folder)).as_posix(), forced or form)
    if not found:
        raise CleanerError(f"{folder}: no article in it (looked for {', '.join(sorted(formats))})")


def _check_names(sources: Iterable[Source]) -> None:
    seen: dict[str, Path] = {}
    for source in sources:
        first = seen.setdefault(source.name, source.path)
        if first is not source.path:
            raise CleanerError(
                f"{first} and {source.path} would both be written as {source.name}: "
                "give the folder that holds both, or clean them in two runs"
            )
