"""Which files a run reads, and under which name each stands in the output."""

import contextlib
import fnmatch
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from cleaner.errors import CleanerError
from cleaner.records.base import Format, need
from cleaner.records.packed import CODECS, Chunk, unpacked
from cleaner.records.remote import UnreadableError, found_at, opened, stamp

RUN = "run.json"  # in the output folder of a run


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, its name relative to the folder that was asked for, and its format.

    `codec` is how it is compressed, "" if it is not. `data` is what standard input held; a file is read when its turn
    comes. `url` is where a file that is not on this machine lies.
    """

    path: Path
    name: str
    form: Format
    data: bytes | None = None
    codec: str = ""
    url: str = ""

    def __str__(self) -> str:
        return self.url or str(self.path)

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open it to read, as it lies there.

        Raises:
            UnreadableError: it cannot be read.
        """
        if self.data is not None:
            yield io.BytesIO(self.data)
            return
        with opened(self.url) if self.url else reading(self.path) as file:
            yield file

    @contextlib.contextmanager
    def chunks(self) -> Iterator[Iterator[Chunk]]:
        """Open it to read what it holds, unpacked.

        Raises:
            UnreadableError: it cannot be read.
        """
        with self.open() as file:
            yield unpacked(file, self.codec)

    def stamp(self) -> list[int | str]:
        """Return what changes when the file does: its size, and when it was written last, as far as that is known."""
        if self.data is not None:
            return [len(self.data), 0]
        if self.url:
            return stamp(self.url)
        found = self.path.stat()
        return [found.st_size, found.st_mtime_ns]

    def check(self) -> None:
        """Raise an error if what reads it is not installed.

        Raises:
            CleanerError: it is not.
        """
        self.form.check(str(self))
        if self.codec == "zst":
            need(str(self), ["zstandard"])

    @property
    def clean_name(self) -> str:
        """Name of its clean file: `x.html` becomes `x.html.txt`, `x.warc.gz` becomes `x.warc.jsonl.gz`."""
        if not self.form.becomes:
            return self.name
        stem = self.name[: -len(self.codec) - 1] if self.codec else self.name
        return f"{stem}.{self.form.becomes}" + (f".{self.codec}" if self.codec else "")


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

    def kind(self, name: str) -> tuple[Format | None, str]:
        """Return the format and the compression that a name tells; no format if it tells none."""
        stem, _, last = name.rpartition(".")
        codec = last.lower() if last.lower() in CODECS else ""
        suffix = PurePosixPath(stem if codec else name).suffix.lower()
        return self.formats.get(suffix), codec


def _fits(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatch.fnmatch(part, glob) for glob in globs for part in (name, PurePosixPath(name).name))


def find_sources(paths: Iterable[Path | str], choice: Choice, default: Format) -> list[Source]:
    """Return the files that paths name: folders with all below them that a format reads, files as they are.

    Of a folder, what is hidden and what an earlier run wrote into a folder below is passed over.

    A file that was named itself, and whose suffix says nothing, has the format `default`. A path with `://` in it is
    for fsspec.

    Raises:
        CleanerError: a path does not exist, or a folder holds nothing to read or cannot be read.
    """
    sources: list[Source] = []
    for path in paths:
        if "://" in str(path):
            sources += _far(str(path), choice, default)
        elif os.path.isdir(path):
            sources += _below(Path(path), choice)
        elif os.path.exists(path):
            form, codec = choice.kind(Path(path).name)
            sources.append(Source(Path(path), Path(path).name, choice.forced or form or default, codec=codec))
        else:
            raise CleanerError(f"{path}: no such file or folder")
    return list({source.url or os.path.realpath(source.path): source for source in reversed(sources)}.values())[::-1]


def _below(folder: Path, choice: Choice) -> list[Source]:
    found = []
    skipped = os.path.realpath(choice.out) if choice.out else None
    for parent, folders, files in os.walk(folder, onerror=_unreadable):
        if RUN in files and Path(parent) != folder and read_run(Path(parent)):
            folders.clear()
            continue
        folders[:] = sorted(
            f for f in folders if not f.startswith(".") and os.path.realpath(Path(parent, f)) != skipped
        )
        for path in (Path(parent, file) for file in sorted(files) if not file.startswith(".")):
            name = path.relative_to(folder).as_posix()
            form, codec = choice.kind(name)
            if form and choice.takes(name) and os.path.isfile(path):
                found.append(Source(path, name, choice.forced or form, codec=codec))
    if not found:
        raise CleanerError(f"{folder}: no article in it (looked for {', '.join(sorted(choice.formats))})")
    return found


def read_run(out: Path) -> dict[str, Any] | None:
    """Return run.json of an earlier run; None if a folder holds none."""
    try:
        summary = json.loads((out / RUN).read_bytes())
        return dict(summary) if set(summary) >= {"version", "rules", "files"} else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _far(url: str, choice: Choice, default: Format) -> list[Source]:
    """Return the file that a url names, or the files below it."""
    need(url, ["fsspec"], "remote")
    found = []
    for file in found_at(url):
        form, codec = choice.kind(file.name)
        chosen = choice.forced or form or (default if file.named else None)
        if chosen and (file.named or choice.takes(file.name)):
            found.append(Source(Path(file.name), file.name, chosen, codec=codec, url=file.url))
    if not found:
        raise CleanerError(f"{url}: no article in it (looked for {', '.join(sorted(choice.formats))})")
    return found


def _unreadable(error: OSError) -> None:
    raise CleanerError(f"{error.filename}: cannot be read: {error.strerror}")
