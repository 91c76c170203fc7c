"""The output folder of a run: what in it is ours, the parts of the file in work, and the journal of finished blocks."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from cleaner.batch.files import writing, written
from cleaner.batch.work import Done
from cleaner.errors import CleanerError
from cleaner.records.sources import RUN, read_run
from cleaner.report.totals import Totals

JOURNAL, PARTS = "journal.jsonl", ".parts"
KINDS = ("clean", "ledger", "errors", "pages", "report")
_OURS = {"clean", "removals", "attributes", "errors", "pages", RUN, JOURNAL, PARTS}

Head = dict[str, Any]


@dataclass(slots=True)
class State:
    """How far a run is.

    Attributes:
        files: entries of the finished files, by the number of their source.
        totals: counts over these.
        source: number of the source in work, -1 if none is.
        blocks: how many of its blocks are written.
        digest: hash of what they hold.
        sizes: how long each part of it is.
        partial: counts over these blocks.
        report: how long the report is at the start of that source.
    """

    files: dict[int, dict[str, Any]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    source: int = -1
    blocks: int = 0
    written: int = 0
    digest: str = ""
    sizes: dict[str, int] = field(default_factory=dict)
    partial: Totals = field(default_factory=Totals)
    report: int = 0

    def begin(self, source: int) -> None:
        """Start a source, or leave what was done of one behind."""
        self.source, self.blocks, self.written, self.digest = source, 0, 0, ""
        self.sizes, self.partial = {"report": self.report}, Totals()


class Parts:
    """The parts of the source in work: files that grow block by block, and can be cut back to where they were."""

    def __init__(self, out: Path, state: State) -> None:
        self.folder, self.state = out / PARTS, state
        self.paths = {kind: self.folder / kind for kind in KINDS}
        self.files: dict[str, BinaryIO] = {}
        self.sizes: dict[str, int] = {}
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            for kind, path in self.paths.items():
                path.touch()
                self.files[kind] = path.open("r+b")
        self.cut_back()

    def cut_back(self) -> None:
        """Take back what the journal does not know of."""
        for kind, file in self.files.items():
            size = self.state.sizes.get(kind, self.state.report if kind == "report" else 0)
            with writing(self.paths[kind]):
                if file.seek(0, os.SEEK_END) > size:  # some file systems write out at once what was ever cut to nothing
                    file.truncate(size)
                file.seek(size)
            self.sizes[kind] = size

    def add(self, done: Done, clean: bytes) -> dict[str, int]:
        """Hand what a block became to the system, and return how long the parts are now."""
        for kind, data in zip(KINDS, (clean, done.ledger, done.errors, done.pages, done.report), strict=True):
            if data:
                with writing(self.paths[kind]):
                    self.files[kind].write(data)
                    self.files[kind].flush()
                self.sizes[kind] += len(data)
        return dict(self.sizes)

    def move(self, kind: str, target: Path) -> None:
        """Put a finished part under its name, and begin a new one."""
        path = self.folder / kind
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            if kind in self.files:
                self.files[kind].close()
            os.replace(path, target)
            if kind in self.files:
                self.files[kind], self.sizes[kind] = path.open("w+b"), 0

    def copy(self, kind: str, target: Path) -> None:
        """Write what a part holds under another name."""
        with (self.folder / kind).open("rb") as part, written(target) as file:
            shutil.copyfileobj(part, file, 1 << 20)

    def close(self) -> None:
        """Close the files."""
        for file in self.files.values():
            with contextlib.suppress(OSError):  # what could not be written is not in the journal either
                file.close()


class Journal:
    """Lines of what is done, each written when the bytes it speaks of are."""

    def __init__(self, out: Path, head: Head | None) -> None:
        self.path = out / JOURNAL
        with writing(self.path):
            self.file = self.path.open("ab" if head is None else "wb")
        if head is not None:
            self.write({"head": head})

    def write(self, row: Mapping[str, Any]) -> None:
        """Append a line."""
        with writing(self.path):
            self.file.write((json.dumps(row) + "\n").encode())
            self.file.flush()

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):
            self.file.close()


def read_journal(out: Path, head: Head) -> State | None:
    """Return how far a run that was stopped came; None if no such run left a journal.

    A last line that is half written, and lines that speak of more bytes than are there, are as if never written.
    """
    path = out / JOURNAL
    if not path.exists():
        return None
    with writing(path):
        lines = path.read_bytes().split(b"\n")
    rows = list(_rows(lines))
    if not rows or rows[0].get("head") != head:
        return None
    state = State()
    for row in rows[1:]:
        _replay(out, state, row)
    _trim(path, rows)
    return state


def _rows(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines[:-1]:
        try:
            yield json.loads(line)
        except ValueError:
            return


def _trim(path: Path, rows: list[dict[str, Any]]) -> None:
    """Leave no half line for the next one to be joined to."""
    whole = sum(len(line) + 1 for line, _ in zip(path.read_bytes().split(b"\n"), rows, strict=False))
    os.truncate(path, whole)


def _replay(out: Path, state: State, row: Mapping[str, Any]) -> None:
    if "done" in row:
        state.files[row["source"]] = row["done"]
        state.totals.merge(Totals.of(row["totals"]))
        state.report = row["report"]
        state.begin(-1)
    elif "block" in row and _fits(out, row["sizes"]):
        if state.source != row["source"]:
            state.begin(row["source"])
        if row["block"] == state.blocks + 1:
            state.blocks, state.digest, state.sizes = row["block"], row["digest"], row["sizes"]
            state.written += row["written"]
            state.partial.merge(Totals.of(row["totals"]))


def _fits(out: Path, sizes: Mapping[str, int]) -> bool:
    """Whether the parts hold as many bytes as a line of the journal says; after a loss of power they may not."""
    paths = ((out / PARTS / kind, size) for kind, size in sizes.items())
    return all(not size or (path.exists() and path.stat().st_size >= size) for path, size in paths)


def make_way(out: Path, summary: Mapping[str, Any]) -> None:
    """Clear what an earlier run left in the output folder, and nothing else; note that the folder is ours.

    Raises:
        CleanerError: the folder holds other things, or cannot be written.
    """
    check_ours(out)
    write_run(out, summary)
    with writing(out):
        (out / JOURNAL).unlink(missing_ok=True)  # first: it speaks of what now goes
        for entry in [entry for entry in out.iterdir() if entry.name != RUN]:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


def clear(out: Path) -> None:
    """Remove what only a run that was stopped needs. The journal goes first: without it the rest says nothing."""
    with writing(out):
        (out / JOURNAL).unlink(missing_ok=True)
        if (out / PARTS).exists():
            shutil.rmtree(out / PARTS)


def check_ours(out: Path) -> None:
    """Raise an error if a folder holds other things than an earlier run.

    Raises:
        CleanerError: it does.
    """
    if out.exists() and not out.is_dir():
        raise CleanerError(f"{out}: is a file; -o wants a folder")
    with writing(out):
        held = (
            {entry.name for entry in out.iterdir() if not entry.name.startswith("report.")} if out.exists() else set()
        )
    if held - _OURS or (held and read_run(out) is None):
        raise CleanerError(f"{out}: is not empty and holds no earlier run: give another folder, or empty this one")


def write_run(out: Path, summary: Mapping[str, Any]) -> None:
    """Write run.json."""
    with written(out / RUN) as file:
        file.write((json.dumps(summary, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
