"""The originals of a finished run, rebuilt from the clean files and the ledger."""

import contextlib
import hashlib
import itertools
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cleaner import edit
from cleaner.batch.files import written
from cleaner.batch.finished import NO_BLOCK, Entry, entries, pieces
from cleaner.errors import CleanerError
from cleaner.records import Reading, reading
from cleaner.records.blocks import BLOCK
from cleaner.records.packed import packed, unpacked
from cleaner.records.parquet import PARQUET, RowDigest, replaced_texts, rows_of, text_of


def restore(out: Path, back: Path) -> int:
    """Rebuild every original of a run, and return how many files that were.

    Of a web archive this is the articles as they were extracted, one a line.

    Raises:
        CleanerError: `out` holds no run with a ledger, or a file in it was changed since.
    """
    files = entries(out)
    if Path(os.path.realpath(back)).is_relative_to(os.path.realpath(out)):
        raise CleanerError(f"{back}: lies in {out}, which the restored files would overwrite: give another folder")
    taken = [back / _back_name(entry) for entry in files if os.path.lexists(back / _back_name(entry))]
    if taken:
        raise CleanerError(f"{taken[0]}: exists already: give a folder that does not hold it")
    for entry in files:
        with contextlib.ExitStack() as stack:
            target = stack.enter_context(written(back / _back_name(entry)))
            try:
                digest = _rebuild(out, entry, target, stack)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise CleanerError(f"{entry.name}: cannot be restored: {error}") from error
            if digest and digest != entry.sha256:
                raise CleanerError(f"{entry.name}: cannot be restored: {out} was changed since the run")
    return len(files)


def _back_name(entry: Entry) -> str:
    return entry.clean if entry.form.becomes == "jsonl" else entry.name


def _rebuild(out: Path, entry: Entry, target: BinaryIO, stack: contextlib.ExitStack) -> str:
    """Write an original, and return the hash of what it holds, "" if that is not known."""
    if entry.form is PARQUET:
        return _rebuild_parquet(out, entry, target, stack)
    digest = hashlib.sha256()
    for chunk in _batched(_original_bytes(out, entry, stack)):
        digest.update(chunk)
        target.write(packed(chunk, entry.codec))
    return "" if entry.form.becomes == "jsonl" else digest.hexdigest()


def _original_bytes(out: Path, entry: Entry, stack: contextlib.ExitStack) -> Iterator[bytes]:
    if entry.form.name == "html":
        page = stack.enter_context(reading(out / "pages" / entry.name))
        yield from (chunk.data for chunk in unpacked(page, entry.codec))
        return
    for piece in pieces(out, entry, stack):
        if not piece.broken:
            cuts = [row for row in piece.rows if "start" in row or "was" in row]
            reads = Reading(entry.name, entry.fields)
            yield entry.form.undo(piece.raw, piece.number, cuts, piece.block, reads)
        elif not piece.rows[0].get("unreadable") and not entry.form.becomes:
            yield piece.raw


def _batched(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Join pieces to such of about the size of a block."""
    held, size = [], 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= BLOCK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _rebuild_parquet(out: Path, entry: Entry, target: BinaryIO, stack: contextlib.ExitStack) -> str:
    digest = RowDigest(entry.fields)

    def batches() -> Iterator[tuple[int, Any]]:
        for group, batch in _original_rows(out, entry, stack):
            digest.add(batch)
            yield group, batch

    with (out / "clean" / entry.clean).open("rb") as like:
        PARQUET.finish(batches(), like, target)
    return digest.hexdigest()


def _original_rows(out: Path, entry: Entry, stack: contextlib.ExitStack) -> Iterator[tuple[int, Any]]:
    """Yield row group and rows of the original, a run of rows at a time."""
    group = 0
    for block, run in itertools.groupby(pieces(out, entry, stack), key=lambda piece: piece.block):
        if block is NO_BLOCK:
            yield from ((group, rows_of(piece.raw)) for piece in run if not piece.rows[0].get("unreadable"))
            continue
        group, rows_in = int.from_bytes(block.head), list(run)
        batch, texts = rows_of(block.data), dict[str, dict[int, str | None]]()
        for piece in rows_in:
            for field, rows in itertools.groupby(piece.rows, key=lambda row: row["field"]):
                held = list(rows)
                made = next((row["was"] for row in held if "was" in row), None)
                if made is not None:
                    texts.setdefault(field, {})[piece.place] = json.loads(made)
                elif cuts := [(row["start"], row["text"]) for row in held if "start" in row]:
                    texts.setdefault(field, {})[piece.place] = edit.restore(text_of(batch, piece.place, field), cuts)
        first, last = rows_in[0].place, rows_in[-1].place
        yield group, replaced_texts(batch, texts).slice(first, last + 1 - first)
