"""Tables of comma- or tab-separated cells: the first row names the columns. Cells are edited in their source."""

import csv
import functools
import itertools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from cleaner.clean import CleanResult
from cleaner.errors import CleanerError
from cleaner.model import Document
from cleaner.records.base import Fields, Format, Reading, Record, Row, Text, Written, decode, says_off
from cleaner.records.blocks import BROKEN, NEED, Block, End
from cleaner.records.prepared import made_text
from cleaner.records.source_text import Places, cuts, put_back, with_back, without
from cleaner.spare import spared_by

_DELIMITERS = ",;\t|"


class Cell(NamedTuple):
    """A cell of a row: where it stands in the source, without its quotes, and whether it has any."""

    start: int
    end: int
    quoted: bool


class Dialect:
    """How a table is written: patterns of a cell and of a row with a number of cells.

    As in RFC 4180 a cell that starts with a quote ends with one, holds delimiters and line breaks as they are, and
    doubles quotes.
    """

    def __init__(self, delimiter: str, columns: int, end: str) -> None:
        self.delimiter = delimiter.encode()
        d = re.escape(delimiter)
        # Where rows end with a line feed, a carriage return alone may stand in a cell without quotes.
        inside, last = (rf"[^{d}\r]", r"\r") if end == "\r" else (rf"(?:[^{d}\r\n]|\r(?!\n))", r"\r?\n")
        bare = rf'(?!"){inside}*+'
        quoted = r'"[^"]*+(?:""[^"]*+)*+"'
        cell, loose = rf"(?>{quoted}|{bare})", rf"(?>{quoted}{inside}*+|{bare})"
        row = rf"{cell}(?:{d}{cell}){{{columns - 1}}}"
        self.cells = re.compile(rf'(?:^|{d})(?:"([^"]*+(?:""[^"]*+)*+)"|({bare}))')
        self.blank = re.compile(last.encode())
        self.start = re.compile(rf"{cell}(?>{d}{cell})*+".encode())
        self.any_row = re.compile(rf"{cell}(?>{d}{cell})*+{last}".encode())
        self.loose = re.compile(rf"{loose}(?:{d}{loose}){{{columns - 1}}}{last}".encode())
        self.row = re.compile(rf"{row}{last}".encode())
        self.two_rows = re.compile(rf"(?:{row}{last}){{2}}".encode())
        self.last_rows = re.compile(rf"(?:{row}{last}){{0,2}}(?:{row})?\Z".encode())

    def split(self, source: str) -> list[Cell]:
        """Return the cells of a row."""
        found = []
        for match in self.cells.finditer(source.removesuffix("\n").removesuffix("\r")):
            quoted = match[1] is not None
            found.append(Cell(*match.span(1 if quoted else 2), quoted))
        return found


@functools.lru_cache(maxsize=16)
def dialect(head: bytes, name: str) -> tuple[Dialect, tuple[str, ...]]:
    """Return how a table is written, and the names of its columns, from its first row.

    Raises:
        CleanerError: the row is no text, or is empty.
    """
    source, problem = decode(head)
    source = source.removeprefix("\ufeff")
    if problem or not source.strip():
        raise CleanerError(f"{name}: its first row must name the columns: {problem or 'it is empty'}")
    delimiter = "\t" if ".tsv" in name.lower() else max(_DELIMITERS, key=_outside_quotes(source).count)
    columns = tuple(next(csv.reader([source], delimiter=delimiter)))
    return Dialect(delimiter, len(columns), source[-1] if source[-1] in "\r\n" else "\n"), columns


def _outside_quotes(source: str) -> str:
    return re.sub(r'"[^"]*"', "", source)


class Rows:
    """Rows of a table; number 0 is the one that names the columns."""

    first = 0
    lone = False

    def __init__(self, name: str, fields: Fields) -> None:
        self.name, self.fields, self.head = name, fields, b""
        self.dialect: Dialect | None = None
        self.quoted = True  # every row so far starts with a quote

    def end(self, buffer: bytes, at: int, *, final: bool) -> End:
        """Return the end of a row."""
        if not self.dialect:
            return self._open(buffer, at, final=final)
        if blank := self.dialect.blank.match(buffer, at):
            return End(blank.end())
        if row := self.dialect.row.match(buffer, at):
            self.quoted = self.quoted and buffer[at : at + 1] == b'"'
            return End(row.end())
        return self._odd(self.dialect, buffer, at, final=final)

    def _odd(self, found: Dialect, buffer: bytes, at: int, *, final: bool) -> End:
        """Return the end of a row that is not as the others, or not there yet."""
        start = found.start.match(buffer, at)
        place = start.end() if start else at
        whole = place == len(buffer)
        open_quote = not start or buffer[place : place + 1] == found.delimiter
        if not final and (place >= len(buffer) - 1 or open_quote):
            return End(NEED)
        if final and whole and found.row.match(buffer[at:] + (b"\r" if self.head.endswith(b"\r") else b"\n")):
            return End(place)
        row = found.any_row.match(buffer, at)
        if (row or (final and whole)) and (b"\n" not in buffer[at:place] or self._goes_on(buffer, place, row)):
            cells = len(found.split(buffer[at:place].decode("utf-8", "replace")))
            return End(row.end() if row else place, f"has {cells} cells where the first row has {self._columns()}")
        why = "its quotes and cells do not fit the first row"
        loose = found.loose.match(buffer, at)
        return End(loose.end() if loose else BROKEN, why)

    def _goes_on(self, buffer: bytes, place: int, row: Any) -> bool:
        """Whether behind a row of several lines a good one follows, so that no quote has swallowed that."""
        return not row or place + 2 >= len(buffer) or bool(self.dialect and self.dialect.row.match(buffer, row.end()))

    def _columns(self) -> int:
        return len(dialect(self.head, self.name)[1])

    def _open(self, buffer: bytes, at: int, *, final: bool) -> End:
        """Read the names of the columns."""
        head = re.compile(rb'(?>"[^"]*+"|[^"\r\n])*+(?:\r?\n|\r(?=[^\n]))').match(buffer, at)
        if not head and not final:
            return End(NEED)
        place = head.end() if head else len(buffer)
        self.head = buffer[at:place]
        self.dialect, columns = dialect(self.head, self.name)
        if not set(self.fields.texts) & set(columns):
            known = ", ".join(itertools.islice(columns, 8))
            raise CleanerError(
                f"{self.name}: no column {self.fields.text!r} (columns: {known}): name it with --text-field"
            )
        return End(place)

    def resync(self, buffer: bytes, at: int, *, final: bool) -> int:
        """Return the start of the next line from which on two rows are as the first one, or all to the end.

        Lines inside a cell may look so too. Where all rows start with a quote one that does is enough.
        """
        found, place = self.dialect, at
        newline = b"\r" if self.head.endswith(b"\r") else b"\n"
        while found and (place := buffer.find(newline, place) + 1):
            if self.quoted and buffer[place : place + 1] not in {b'"', b""}:
                continue
            if (found.row if self.quoted else found.two_rows).match(buffer, place) or (
                final and found.last_rows.match(buffer, place)
            ):
                return place
        return NEED

    def close(self) -> str:
        """Nothing can be missing."""
        return ""


class Table(Format):
    """`.csv`, `.tsv`: every cell but the cleaned ones keeps its bytes, quotes and all."""

    lined = True

    def __init__(self, name: str, suffixes: tuple[str, ...]) -> None:
        self.name, self.suffixes = name, suffixes

    def grammar(self, name: str, fields: Fields) -> Rows:
        """Return what knows where rows end."""
        return Rows(name, fields)

    def record(self, number: int, raw: bytes, block: Block, reading: Reading) -> Record:
        """Read one row."""
        source, problem = decode(raw)
        if problem or not number or not source.strip("\r\n"):
            return Record(number, raw, None, problem)
        if reading.fields.html or reading.fields.markup:
            return self._prepared(number, raw, source, block, reading)
        return self._row(number, raw, source, block, reading)

    def _prepared(self, number: int, raw: bytes, source: str, block: Block, reading: Reading) -> Record:
        """Read a row whose text is made first: the new cell has quotes, as it may hold anything."""
        fields = reading.fields
        found, columns = dialect(block.head, reading.name)
        cells = dict(zip(columns, found.split(source), strict=False))
        asked = fields.html or fields.text
        for name in (asked, fields.text):
            if name not in cells:
                return Record(number, raw, None, f"no column {name!r} (columns: {', '.join(columns[:8])})")
        row = self._row(number, raw, source, block, reading)
        if not row.document:
            return row
        keep = reading.keep(row.document.id)
        try:
            text, pruned = made_text(_text(source, cells[asked]), row.document.url or None, reading, keep)
        except CleanerError as error:
            return Record(number, raw, None, str(error))
        if text == _text(source, cells[fields.text]):
            return row
        start, end = _around(cells[fields.text])
        quoted = '"' + text.replace('"', '""') + '"'
        made = self._row(number, raw, source[:start] + quoted + source[end:], block, reading)
        return made._replace(pruned=pruned, was=source[start:end], spared=spared_by(keep))

    def _row(self, number: int, raw: bytes, source: str, block: Block, reading: Reading) -> Record:
        found, columns = dialect(block.head, reading.name)
        cells = dict(zip(columns, found.split(source), strict=False))
        key, url, off = (
            _text(source, cells[name]) if name in cells else ""
            for name in (reading.fields.id, reading.fields.url, reading.fields.opt_out)
        )
        if says_off(off):
            return Record(number, raw, opted_out=True)
        (field, document), *more = (
            Text(field, Document(_text(source, cells[field]), key or str(number), {"url": url}))
            for field in reading.fields.texts
            if field in cells
        )
        return Record(
            number, raw, document, field=field, more=tuple(more), held=(source, cells, block.head, reading.name)
        )

    def write(self, record: Record, results: Sequence[CleanResult]) -> bytes:
        """Return the row with the removed characters taken out of its cells."""
        source, cells, *_ = record.held
        gone = []
        for (field, _), result in zip(record.texts, results, strict=True):
            if result.removals:
                gone += cuts(_places(source, cells[field]), result)
                if not cells[field].quoted and result.text.startswith('"'):
                    raise ValueError(
                        f"what is left of {field!r} starts with a quote, which a cell without quotes cannot"
                    )
        return without(source, gone).encode() if gone or record.was is not None else record.raw

    def written(self, record: Record, field: str, fields: Fields) -> Written:
        """Return where a cell is written."""
        del fields
        source, cells, *_ = record.held
        return Written(source, _places(source, cells[field]))

    def proven(self, record: Record, after: bytes, texts: Sequence[str]) -> bool:
        """Whether the row, read again, holds these texts, and all other cells as they were written."""
        source, cells, head, name = record.held
        found, columns = dialect(head, name)
        line = after.decode()
        now = dict(zip(columns, found.split(line), strict=False))
        wanted = dict(zip((field for field, _ in record.texts), texts, strict=True))
        return list(now) == list(cells) and all(
            _text(line, cell) == wanted[column] and cell.quoted == cells[column].quoted
            if column in wanted
            else line[cell.start : cell.end] == source[cells[column].start : cells[column].end]
            for column, cell in now.items()
        )

    def undo(self, raw: bytes, number: int, rows: Sequence[Row], block: Block, reading: Reading) -> bytes:
        """Return the row of the original."""
        if not rows:
            return raw
        source = raw.decode()
        found, columns = dialect(block.head, reading.name)
        cells = dict(zip(columns, found.split(source), strict=False))
        if made := [row for row in rows if "was" in row]:
            rows = [row for row in rows if "was" not in row]
            source = self.undo(raw, number, rows, block, reading).decode()
            start, end = _around(dict(zip(columns, found.split(source), strict=False))[made[0]["field"]])
            return (source[:start] + str(made[0]["was"]) + source[end:]).encode()
        pieces = []
        for field, group in itertools.groupby(rows, key=lambda row: row["field"]):
            if field not in cells:
                raise ValueError(f"row {number} of the clean file has no column {field!r}")
            quoted = cells[field].quoted
            removed = [
                (row["start"], row["text"], row["text"].replace('"', '""') if quoted else row["text"]) for row in group
            ]
            pieces += put_back(_places(source, cells[field]), removed, number)
        return with_back(source, pieces).encode()


def _text(source: str, cell: Cell) -> str:
    text = source[cell.start : cell.end]
    return text.replace('""', '"') if cell.quoted else text


def _around(cell: Cell) -> tuple[int, int]:
    """Where a cell stands with its quotes."""
    return cell.start - cell.quoted, cell.end + cell.quoted


def _places(source: str, cell: Cell) -> Places:
    return Places.of_cell(source, *cell)


CSV, TSV = Table("csv", (".csv",)), Table("tsv", (".tsv", ".tab"))
