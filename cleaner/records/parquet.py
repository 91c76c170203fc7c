"""Parquet: rows by row groups; schema, metadata, row groups and compression of the file are kept.

A block holds rows as an Arrow stream. A clean block does too, behind its length and its row group; from these the file
is written when all are there.
"""

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from cleaner.clean import CleanResult
from cleaner.errors import CleanerError
from cleaner.model import Document
from cleaner.records.base import NOTHING, Digest, Fields, Format, Note, Reading, Record, Row, Text, says_off, unheard
from cleaner.records.blocks import BLOCK, Block, Grammar
from cleaner.records.prepared import made_text
from cleaner.spare import spared_by

ROWS = 1000  # rows of a block at most
_FRAME = struct.Struct("<QI")  # bytes of a clean block, and the number of its row group


class Parquet(Format):
    """`.parquet`: text columns are cleaned, all other columns stay as they are."""

    name = "parquet"
    suffixes = (".parquet", ".pq")
    modules = ("pyarrow",)
    in_place = False

    def grammar(self, name: str, fields: Fields) -> Grammar:
        """Rows are no runs of bytes."""
        raise NotImplementedError

    def cut(self, file: BinaryIO, codec: str, name: str, fields: Fields) -> Iterator[Block]:
        """Cut a file into blocks of rows; none reaches over the end of its row group."""
        if codec:
            raise CleanerError(f"{name}: is Parquet packed once more, which hides its row groups: unpack it first")
        pyarrow, parquet = _libraries()
        try:
            source = parquet.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20)
        except (pyarrow.ArrowException, OSError) as error:
            raise CleanerError(f"{name}: is not a Parquet file: {_first_line(error)}") from error
        self._check_columns(name, source.schema_arrow, fields)
        number = 1
        for group in range(source.num_row_groups):
            rows = source.metadata.row_group(group).num_rows
            size = max(1, source.metadata.row_group(group).total_byte_size // max(1, rows))
            done = 0
            try:
                for batch in source.iter_batches(
                    max(1, min(ROWS, BLOCK // size)), row_groups=[group], use_threads=False
                ):
                    yield _block(number + done, group, batch)
                    done += batch.num_rows
            except (pyarrow.ArrowException, OSError) as error:
                problem = f"row group {group} is damaged: {_first_line(error)}"
                yield _lost(number + done, rows - done, _raw_group(file, source.metadata.row_group(group)), problem)
            number += rows

    @staticmethod
    def _check_columns(name: str, schema: Any, fields: Fields) -> None:
        pyarrow, _ = _libraries()
        if not set(fields.texts) & set(schema.names):
            known = ", ".join(schema.names[:8])
            raise CleanerError(f"{name}: no column {fields.text!r} (columns: {known}): name it with --text-field")
        if fields.html and fields.html not in schema.names:
            raise CleanerError(f"{name}: no column {fields.html!r}: name the column of the page with --html-field")
        for field in {*fields.texts, fields.html} & set(schema.names):
            kind = schema.field(field).type
            if not _is_text(pyarrow, kind):
                raise CleanerError(f"{name}: column {field!r} is {kind}, not a text: name another with --text-field")

    def record(self, number: int, raw: bytes, block: Block, reading: Reading) -> Record:
        """Rows are read a block at a time."""
        raise NotImplementedError

    def records(
        self, block: Block, reading: Reading, skip: Mapping[int, str] = NOTHING, note: Note = unheard
    ) -> Iterator[Record]:
        """Read the rows of a block."""
        if block.unreadable:
            yield from super().records(block, reading, skip, note)
            return
        batch = rows_of(block.data)
        for index in range(batch.num_rows):
            note(index)
            if index in skip:
                yield Record(block.first + index, b"", trouble=skip[index], offset=block.first + index)
            else:
                yield _made_record(block.first + index, batch, index, reading)

    def digest(self, fields: Fields) -> "RowDigest":
        """Return a hash of the texts of rows."""
        return RowDigest(fields)

    def write(self, record: Record, results: Sequence[CleanResult]) -> bytes:
        """Return nothing: the rows of a block are written at once."""
        record.held["after"] = [result.text for result in results]
        return b""

    def join(self, block: Block, records: Sequence[Record], pieces: Sequence[bytes]) -> bytes:
        """Return the rows of the clean block, behind their length and row group."""
        del pieces
        if block.unreadable:
            return b""
        batch = _with_texts(rows_of(block.data), records)
        good = [index for index, record in enumerate(records) if not record.problem]
        if len(good) < batch.num_rows:
            batch = batch.take(good)
        data = _stream(batch)
        return _FRAME.pack(len(data), int.from_bytes(block.head)) + data

    def proven(self, record: Record, after: bytes, texts: Sequence[str]) -> bool:
        """Whether these texts are what will be written."""
        del after
        return bool(record.held["after"] == list(texts))

    def undo(self, raw: bytes, number: int, rows: Sequence[Row], block: Block, reading: Reading) -> bytes:
        """Rows are restored a block at a time."""
        raise NotImplementedError

    def finish(self, batches: Iterable[tuple[int, Any]], source: BinaryIO, target: Path | BinaryIO) -> None:
        """Write rows of row groups as a file like the original."""
        pyarrow, parquet = _libraries()
        like = parquet.ParquetFile(source)
        with parquet.ParquetWriter(target, like.schema_arrow, **_options(like)) as writer:
            held: list[Any] = []
            current = 0
            for group, batch in batches:
                if group != current and held:
                    _write(pyarrow, writer, held)
                    held = []
                current = group
                held.append(batch)
            if held:
                _write(pyarrow, writer, held)


def _write(pyarrow: Any, writer: Any, held: Sequence[Any]) -> None:
    table = pyarrow.Table.from_batches(held)
    if table.num_rows:
        writer.write_table(table, row_group_size=table.num_rows)


def clean_batches(file: BinaryIO) -> Iterator[tuple[int, Any]]:
    """Yield row group and rows of each clean block."""
    while head := file.read(_FRAME.size):
        size, group = _FRAME.unpack(head)
        yield group, rows_of(file.read(size))


def _libraries() -> tuple[Any, Any]:
    import pyarrow as pa  # noqa: PLC0415  comes with an extra
    from pyarrow import parquet  # noqa: PLC0415  the same

    return pa, parquet


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _is_text(pyarrow: Any, kind: Any) -> bool:
    if pyarrow.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind) or pyarrow.types.is_string_view(kind)
    )


def rows_of(data: bytes) -> Any:
    """Return the rows that a block holds."""
    pyarrow, _ = _libraries()
    with pyarrow.ipc.open_stream(data) as reader:
        return reader.read_next_batch()


def _stream(batch: Any) -> bytes:
    pyarrow, _ = _libraries()
    sink = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def _block(number: int, group: int, batch: Any) -> Block:
    rows = batch.num_rows
    return Block(number, _stream(batch), (0,) * rows, tuple(range(number, number + rows)), head=group.to_bytes(4))


def _lost(number: int, rows: int, raw: bytes, problem: str) -> Block:
    """Rows that cannot be read: a record for each, the first with all that the file holds of them."""
    problems = dict.fromkeys(range(rows), problem)
    return Block(number, raw, (len(raw),) * rows, tuple(range(number, number + rows)), problems, unreadable=True)


def _raw_group(file: BinaryIO, group: Any) -> bytes:
    """Return the bytes of a row group."""
    columns = [group.column(index) for index in range(group.num_columns)]
    starts = [min(place for place in (c.dictionary_page_offset, c.data_page_offset) if place) for c in columns]
    file.seek(min(starts))
    end = max(start + column.total_compressed_size for start, column in zip(starts, columns, strict=True))
    return file.read(end - min(starts))


def row_record(number: int, batch: Any, index: int, fields: Fields) -> Record:
    """Read a row."""
    names = batch.schema.names
    try:
        key = text_of(batch, index, fields.id) if fields.id in names else None
        url = text_of(batch, index, fields.url) if fields.url in names else None
        off = text_of(batch, index, fields.opt_out) if fields.opt_out in names else None
        texts = [(field, text_of(batch, index, field)) for field in fields.texts if field in names]
    except UnicodeDecodeError as error:
        raw = _stream(batch.slice(index, 1))
        return Record(number, raw, None, f"not valid UTF-8 at byte {error.start}", offset=number)
    if says_off(off):
        return Record(number, b"", offset=number, opted_out=True)
    meta, name = {"url": "" if url is None else str(url)}, str(number) if key is None else str(key)
    found = [Text(field, Document(text, name, meta)) for field, text in texts if text is not None]
    if not found:
        return Record(number, b"", offset=number)
    (field, document), *more = found
    return Record(number, b"", document, field=field, more=tuple(more), offset=number, held={})


def _made_record(number: int, batch: Any, index: int, reading: Reading) -> Record:
    """Read a row; where its text is made of a page, or of one with markup, `was` holds the old one as JSON."""
    record, fields = row_record(number, batch, index, reading.fields), reading.fields
    if (
        record.problem
        or record.opted_out
        or not (fields.html or fields.markup)
        or fields.text not in batch.schema.names
    ):
        return record
    value = text_of(batch, index, fields.html or fields.text)
    if value is None and fields.markup:
        return record
    url = str(text_of(batch, index, fields.url) or "") if fields.url in batch.schema.names else None
    keep = reading.keep(record.document.id if record.document else str(number))
    try:
        text, pruned = made_text(value or "", url, reading, keep)
    except CleanerError as error:
        return Record(number, _stream(batch.slice(index, 1)), None, str(error), offset=number)
    was = text_of(batch, index, fields.text)
    if text == was:
        return record
    made = row_record(number, replaced_texts(batch.slice(index, 1), {fields.text: {0: text}}), 0, fields)
    return made._replace(pruned=pruned, was=json.dumps(was), spared=spared_by(keep))


def text_of(batch: Any, index: int, name: str) -> Any:
    """Return a value of a row."""
    return batch.column(name)[index].as_py()


def _with_texts(batch: Any, records: Sequence[Record]) -> Any:
    """Return rows with the clean texts of their records."""
    changed: dict[str, dict[int, str]] = {}
    for index, record in enumerate(records):
        for (field, document), text in zip(record.texts, (record.held or {}).get("after", ()), strict=False):
            if text != document.text or record.was is not None:
                changed.setdefault(field, {})[index] = text
    return replaced_texts(batch, changed)


def replaced_texts(batch: Any, texts: Mapping[str, Mapping[int, str | None]]) -> Any:
    """Return rows with other texts, by column and place of the row."""
    for field, by_index in texts.items():
        batch = _replaced(batch, field, by_index)
    return batch


def _replaced(batch: Any, field: str, texts: Mapping[int, str | None]) -> Any:
    pyarrow, _ = _libraries()
    from pyarrow import compute  # noqa: PLC0415  comes with an extra

    place, column = batch.schema.get_field_index(field), batch.column(field)
    kind = column.type.value_type if pyarrow.types.is_dictionary(column.type) else column.type
    mask = pyarrow.array([index in texts for index in range(batch.num_rows)])
    given = pyarrow.array([texts[index] for index in sorted(texts)], kind)
    plain = column.cast(kind) if kind != column.type else column
    new = compute.replace_with_mask(plain, mask, given)
    new = new.cast(column.type) if kind != column.type else new
    return batch.set_column(place, batch.schema.field(place), new)


def _options(like: Any) -> dict[str, Any]:
    """How the file was written, as far as it says."""
    options: dict[str, Any] = {"version": "1.0" if like.metadata.format_version == "1.0" else "2.6"}
    options["store_schema"] = b"ARROW:schema" in (like.metadata.metadata or {})
    if like.num_row_groups:
        group = like.metadata.row_group(0)
        columns = [group.column(index) for index in range(group.num_columns)]
        options["compression"] = {
            column.path_in_schema: "none" if column.compression == "UNCOMPRESSED" else column.compression.lower()
            for column in columns
        }
        options["use_dictionary"] = [c.path_in_schema for c in columns if c.has_dictionary_page] or False
        options["write_statistics"] = [c.path_in_schema for c in columns if c.is_stats_set] or False
    return options


class RowDigest(Digest):
    """A hash of the texts of rows, whatever blocks they come in."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        import hashlib  # noqa: PLC0415  only runs into a folder need it

        self.fields, self.sizes = fields, hashlib.sha256()

    def update(self, block: Block) -> None:
        """Take in the rows of a block."""
        self.add(rows_of(block.data))

    def add(self, batch: Any) -> None:
        """Take in rows."""
        pyarrow, _ = _libraries()
        for field in self.fields.texts:
            if field in batch.schema.names:
                column = batch.column(field)
                for value in column.cast(pyarrow.large_binary()):
                    data = value.as_buffer()
                    self.sizes.update(struct.pack("<q", -1 if data is None else data.size))
                    self.hash.update(data or b"")

    def hexdigest(self) -> str:
        """Return the hash."""
        both = self.sizes.copy()
        both.update(self.hash.digest())
        return str(both.hexdigest())


PARQUET = Parquet()
