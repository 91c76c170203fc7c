"""Which files a run reads, and under which name each stands in the output."""

import contextlib
import fnmatch
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a folder is read, and as what.

    Attributes:
        formats: format by suffix.
        forced: format of every file, whatever its suffix.
        include: globs, on the relative name or its last part; only what one of them fits is read.
        exclude: globs; what one of them fits is not read.
        out: output folder; what lies in it is no input.
    """

    formats: Mapping[str, Format]
    forced: Format | None = None
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    out: Path | None = None

    def takes(self, name: str) -> bool:
        """Whether the globs let a relative name in."""
        return (not self.include or _fits(name, self.include)) and not _fits(name, self.exclude)


def _fits(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatch.fnmatch(part, glob) for glob in globs for part in (name, PurePosixPath(name).name))


def find_sources(paths: Iterable[Path], choice: Choice, default: Format) -> list[Source]:
    """Return the files that paths name: folders with all below them that a format reads, files as they are.

    A file that was named itself, and whose suffix says nothing, has the format `default`.

    Raises:
        CleanerError: a path does not exist, or a folder holds nothing to read or cannot be read.
    """
    sources: list[Source] = []
    for path in paths:
        if os.path.isdir(path):
            sources += _below(path, choice)
        elif os.path.exists(path):
            sources.append(Source(path, path.name, choice.forced or choice.formats.get(path.suffix.lower(), default)))
        else:
            raise CleanerError(f"{path}: no such file or folder")
    return list({os.path.realpath(source.path): source for source in reversed(sources)}.values())[::-1]


def _below(folder: Path, choice: Choice) -> list[Source]:
    found = []
    skipped = os.path.realpath(choice.out) if choice.out else None
    for parent, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = sorted(
            f for f in folders if not f.startswith(".") and os.path.realpath(Path(parent, f)) != skipped
        )
        for path in (Path(parent, file) for file in sorted(files) if not file.startswith(".")):
            name, form = path.relative_to(folder).as_posix(), choice.formats.get(path.suffix.lower())
            if form and choice.takes(name) and os.path.isfile(path):
                found.append(Source(path, name, choice.forced or form))
    if not found:
        raise CleanerError(f"{folder}: no article in it (looked for {', '.join(sorted(choice.formats))})")
    return found


def _unreadable(error: OSError) -> None:
    raise CleanerError(f"{error.filename}: cannot be read: {error.strerror}")
