"""A finished run read again: every record as it was, with what was removed from it."""

import contextlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

from cleaner import edit
from cleaner.errors import CleanerError
from cleaner.model import Document, Pruned, Removal
from cleaner.records import FORMATS, Block, Fields, Format, Reading, Record, reading
from cleaner.records.parquet import PARQUET, row_record, rows_of
from cleaner.report import ledger

Row = Mapping[str, Any]
WINDOWS = os.name == "nt"


class Entry(NamedTuple):
    """A file of a run: its names, its format and compression, its fields, and the hash of what it held."""

    name: str
    clean: str
    form: Format
    codec: str
    fields: Fields
    sha256: str


@dataclass(frozen=True, slots=True)
class Original:
    """One text of a finished run as it was, and what went from it.

    Attributes:
        file: name of its file, as in run.json.
        record: number of its record, from 1.
        field: the field it stood in, "" where the record is nothing but text.
        document: id, text and url; of a broken record the text is not known and is "".
        removals: what went; offsets count the code points of the text.
        pruned: what was cut from its page before.
        trouble: why it stayed as it was, or is in errors/; else "".
        broken: it is in errors/.
        raw: the bytes of its record in the clean file (JSON, a row), or of the broken record.
    """

    file: str
    record: int
    field: str
    document: Document
    removals: tuple[Removal, ...] = ()
    pruned: tuple[Pruned, ...] = ()
    trouble: str = ""
    broken: bool = False
    raw: bytes = b""


def entries(out: Path) -> list[Entry]:
    """Return the files of a finished run.

    Raises:
        CleanerError: the folder holds no finished run.
    """
    try:
        summary = json.loads((out / "run.json").read_text(encoding="utf-8"))
        fields = Fields(**_fields(summary.get("options", {}).get("fields", {})))
        files = [
            Entry(
                _inside(row["name"]), _inside(row.get("clean", row["name"])), FORMATS[row["format"]],
                str(row.get("codec", "")), fields, str(row["sha256"]),
            )
            for row in summary["files"]
        ]  # fmt: skip
        ledger_kind = summary.get("options", {}).get("ledger", "rows")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CleanerError(f"{out}: holds no run.json, so it is not the output of `cleaner clean -o`") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise CleanerError(f"{out / 'run.json'}: is not what `cleaner clean -o` wrote: {error}") from error
    if not summary.get("complete"):
        raise CleanerError(f"{out}: the run was stopped before its end: run `cleaner clean -o` again")
    if ledger_kind != "rows":
        raise CleanerError(
            f"{out}: the run kept no rows of what it removed (--ledger {ledger_kind}), so nothing can be rebuilt"
        )
    return files


def _fields(held: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the clean file: what its texts were made of plays no part any more."""
    made = {"html", "markup"}
    return {key: tuple(value) if key == "more" else value for key, value in held.items() if key not in made}


def _inside(name: object) -> str:
    path = PurePosixPath(str(name))
    told = PureWindowsPath(str(name)) if WINDOWS else path
    if told.anchor or ".." in told.parts or not path.parts or "\0" in path.as_posix():
        raise ValueError(f"the name {name!r} leads out of the folder")
    return path.as_posix()


class _Rows:
    """Rows of a ledger or of errors/, which stand in the order of their records."""

    def __init__(self, path: Path, stack: contextlib.ExitStack) -> None:
        file: Iterable[bytes] = stack.enter_context(reading(path)) if path.exists() else ()
        self._groups = itertools.groupby(map(json.loads, file), key=lambda row: row["record"])
        self._next = next(self._groups, None)

    @property
    def number(self) -> int | None:
        """The record that the next rows are of."""
        return self._next[0] if self._next else None

    def take(self, number: int) -> list[Row]:
        """Return the rows of a record; records are asked for in order."""
        if self._next is None or self._next[0] != number:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows


class Piece(NamedTuple):
    """A record of the clean file, or a broken one, in the order of the original.

    `rows` are its rows in the ledger, or the one in errors/. Of Parquet, `block` holds the rows of the table, and
    `place` says which of them this is.
    """

    number: int
    raw: bytes
    rows: Sequence[Row]
    broken: bool
    block: Block
    place: int = 0


NO_BLOCK = Block(0, b"", ())


def pieces(out: Path, entry: Entry, stack: contextlib.ExitStack) -> Iterator[Piece]:
    """Yield every record of a file in the order of the original."""
    form = FORMATS[entry.form.becomes or entry.form.name]
    removed = _Rows(out / "removals" / f"{entry.clean}.jsonl", stack)
    errors = _Rows(out / "errors" / f"{entry.clean}.jsonl", stack)
    clean = stack.enter_context(reading(out / "clean" / entry.clean))
    place, ended = -1, False
    for block in form.cut(clean, entry.codec, entry.name, entry.fields):
        place = block.first if place < 0 else place
        for index, (_, raw, _, problem) in enumerate(block.pieces()):
            own = entry.form.clean_number(raw)
            while errors.number is not None and errors.number <= (own or place):
                piece = _broken(errors)
                ended = ended or bool(piece.rows[0].get("added")) or not entry.form.many
                place += 1
                yield piece
            if problem:
                raise ValueError(f"record {place} of the clean file cannot be read: {problem}")
            if not ended:
                yield Piece(own or place, raw, removed.take(own or place), False, block, index)
                place += 1
    while errors.number is not None:
        yield _broken(errors)
    if removed.number is not None:
        raise ValueError(f"the removals name record {removed.number}, which the clean file does not have")


def _broken(errors: _Rows) -> Piece:
    (row,) = errors.take(errors.number or 0)
    return Piece(row["record"], ledger.raw_bytes(row), [row], True, NO_BLOCK)


def originals_of(out: Path, entry: Entry) -> Iterator[Original]:
    """Yield every text of one file of a finished run as it was, with what was removed from it, in order.

    Raises:
        CleanerError: the clean texts and the ledger do not belong together, or cannot be read.
    """
    with contextlib.ExitStack() as stack:
        try:
            for piece in pieces(out, entry, stack):
                yield from _originals(entry, piece)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise CleanerError(f"{out / 'clean' / entry.clean}: does not fit its ledger: {error}") from error


def _originals(entry: Entry, piece: Piece) -> Iterator[Original]:
    if piece.broken:
        (row,) = piece.rows
        document = Document("", row["id"])
        yield Original(entry.name, piece.number, row["field"], document, (), (), row["trouble"], True, piece.raw)
        return
    record = _record(entry, piece)
    for field, document in record.texts:
        rows = [row for row in piece.rows if row["field"] == field]
        cuts = [row for row in rows if "start" in row]
        text = edit.restore(document.text, [(row["start"], row["text"]) for row in cuts])
        yield Original(
            file=entry.name,
            record=piece.number,
            field=field,
            document=Document(text, document.id, document.meta),
            removals=tuple(Removal(row["start"], row["start"] + len(row["text"]), _rules(row)) for row in cuts),
            pruned=tuple(Pruned(_rules(row)[0], str(row["text"])) for row in piece.rows if row["field"] == "html"),
            trouble=next((row["trouble"] for row in rows if "trouble" in row), ""),
            raw=record.raw,
        )


def _rules(row: Row) -> tuple[str, ...]:
    rules = row["rules"]
    if not (isinstance(rules, list) and rules and all(isinstance(rule, str) for rule in rules)):
        raise ValueError(f"a removal of record {row['record']} names no rules")
    return tuple(rules)


def _record(entry: Entry, piece: Piece) -> Record:
    """Read a record of the clean file."""
    form = FORMATS[entry.form.becomes or entry.form.name]
    if form is PARQUET:
        return row_record(piece.number, rows_of(piece.block.data), piece.place, entry.fields)
    fields = Fields(entry.fields.text) if entry.form.becomes else entry.fields
    return form.record(piece.number, piece.raw, piece.block, Reading(entry.name, fields))
