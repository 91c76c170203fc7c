"""WARC and WET: the web archives of crawls. The clean file is JSON Lines, an article a line."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cleaner.clean import CleanResult
from cleaner.model import Document
from cleaner.records.base import NOTHING, Fields, Format, Note, Reading, Record, Row, decode, unheard
from cleaner.records.blocks import BROKEN, NEED, Block, End
from cleaner.records.jsonl import JSON_LINES
from cleaner.spare import Keep, spared_by

_START = re.compile(rb"(?:\r?\n)*WARC/[01]\.\d+\r?\n")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"\nContent-Length:[ \t]*(\d+)[ \t]*\r?\n", re.IGNORECASE)
_NEXT = re.compile(rb"(?<=\n)WARC/[01]\.\d+\r?\n")
_BREAKS = re.compile(rb"(?:\r?\n)*")
_LONGEST_HEAD = 1 << 16
_OK = 200


class Archive:
    """Records of a WARC file: headers, as many bytes as they say, an empty line or two."""

    first = 1
    lone = False

    def end(self, buffer: bytes, at: int, *, final: bool) -> End:
        """Return the end of a record, the line breaks behind it included."""
        start = _START.match(buffer, at)
        if not start:
            few = len(buffer) - at < len(b"\r\n\r\nWARC/1.1\r\n") and not final
            return End(NEED if few else BROKEN, "no WARC record starts here")
        head = _HEADERS_END.search(buffer, start.end() - 1, at + _LONGEST_HEAD)
        if not head:
            few = len(buffer) - at < _LONGEST_HEAD and not final
            return End(NEED if few else BROKEN, "its WARC headers have no end")
        length = _LENGTH.search(buffer, start.end() - 1, head.end())
        if not length:
            return End(BROKEN, "its WARC headers name no Content-Length")
        return self._body_end(buffer, head.end() + int(length[1][:18]), final=final)

    def _body_end(self, buffer: bytes, place: int, *, final: bool) -> End:
        if place > len(buffer):
            return End(BROKEN if final else NEED, "its Content-Length is more than the file holds")
        breaks = _BREAKS.match(buffer, place)
        end = breaks.end() if breaks else place
        if end == len(buffer):
            return End(end if final else NEED)
        if end == place or not b"WARC/1.1".startswith(buffer[end : end + 7]):
            return End(BROKEN, "its Content-Length is wrong: no record follows where it ends")
        return End(end if len(buffer) - end >= 7 or final else NEED)  # noqa: PLR2004  as many bytes as were compared

    def resync(self, buffer: bytes, at: int, *, final: bool) -> int:
        """Return where the next record starts."""
        del final
        match = _NEXT.search(buffer, at)
        return match.start() if match else NEED

    def close(self) -> str:
        """Nothing can be missing."""
        return ""


class Warc(Format):
    """`.warc`, `.wet`: pages and texts become articles; requests and other records are none and have no line."""

    becomes = "jsonl"
    modules = ("fastwarc",)
    in_place = False

    def __init__(self, name: str) -> None:
        self.name, self.suffixes = name, (f".{name}",)

    def grammar(self, name: str, fields: Fields) -> Archive:
        """Return what knows where records end."""
        del name, fields
        return Archive()

    def record(self, number: int, raw: bytes, block: Block, reading: Reading) -> Record:
        """Read one record, and extract the article of a page."""
        del block
        from fastwarc.warc import ArchiveIterator  # noqa: PLC0415  comes with an extra

        try:
            found = next(iter(ArchiveIterator(io.BytesIO(raw.lstrip()), parse_http=True, auto_decode="all")), None)
        except (OSError, ValueError) as error:
            return Record(number, raw, None, f"not a WARC record: {error}")
        if found is None:
            return Record(number, raw, None, "not a WARC record")
        kind = _kind(found)
        if not kind:
            return Record(number, raw)
        return _article(number, raw, found, kind, reading)

    def records(
        self, block: Block, reading: Reading, skip: Mapping[int, str] = NOTHING, note: Note = unheard
    ) -> Iterator[Record]:
        """Read the records of a block; each knows where it starts."""
        for record, offset in zip(super().records(block, reading, skip, note), block.offsets, strict=False):
            if record.held:
                record.held["offset"] = offset
            yield record

    def write(self, record: Record, results: Sequence[CleanResult]) -> bytes:
        """Return the article as a line of JSON."""
        if record.document is None:
            return b""
        row = {**record.held, "record": record.number, record.field: results[0].text}
        return (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "replace")

    def proven(self, record: Record, after: bytes, texts: Sequence[str]) -> bool:
        """Whether the line holds the text."""
        return bool(json.loads(after)[record.field].encode("utf-8", "replace") == texts[0].encode("utf-8", "replace"))

    def clean_number(self, raw: bytes) -> int:
        """Return the number of the record that a line came from."""
        return int(json.loads(raw)["record"])

    def undo(self, raw: bytes, number: int, rows: Sequence[Row], block: Block, reading: Reading) -> bytes:
        """Return the line with the article as it was extracted."""
        return JSON_LINES.undo(raw, number, rows, block, reading)


def _kind(found: Any) -> str:
    """What a record is to be cleaned as: "html", "txt", or nothing."""
    kind = found.headers.get("WARC-Type", "").lower()
    if kind == "conversion":
        return "txt"
    if kind not in {"response", "resource"} or (found.is_http and found.http_headers.status_code != _OK):
        return ""
    given = (found.http_content_type if found.is_http else found.headers.get("Content-Type")) or ""
    return "html" if "html" in given.lower() else "txt" if given.lower().startswith("text/plain") else ""


def _article(number: int, raw: bytes, found: Any, kind: str, reading: Reading) -> Record:
    headers = found.headers
    held = {
        "id": headers.get("WARC-Record-ID", "").strip("<>"),
        "url": headers.get("WARC-Target-URI", ""),
        "date": headers.get("WARC-Date", ""),
        "digest": headers.get("WARC-Payload-Digest") or headers.get("WARC-Block-Digest") or "",
    }
    body, name = found.reader.read(), held["id"] or str(number)
    keep = reading.keep(name)
    if kind == "txt":
        text, problem = decode(body)
        pruned: Any = ()
    else:
        text, problem, pruned = _extracted(body, found.http_charset, held["url"], reading, keep)
    if problem:
        return Record(number, raw, None, problem)
    document = Document(text, name, {"url": held["url"]})
    return Record(
        number, raw, document, pruned=pruned, field=reading.fields.text, key=json.dumps(held["id"]), held=held,
        spared=spared_by(keep),
    )  # fmt: skip


def _extracted(body: bytes, charset: str | None, url: str, reading: Reading, keep: Keep | None) -> tuple[str, str, Any]:
    from cleaner.extract import ExtractionError, extract  # noqa: PLC0415  text never pays for the HTML engine

    page: str | bytes = body
    try:
        page = body.decode(charset) if charset else body
    except (LookupError, UnicodeDecodeError):
        page = body
    try:
        document, pruned = extract(page, reading.rules, url=url or None, keep=keep)
    except ExtractionError as error:
        return "", str(error), ()
    return document.text, "", pruned


WARC, WET = Warc("warc"), Warc("wet")
