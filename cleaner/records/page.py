"""An HTML page: one article, extracted first."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from cleaner.clean import CleanResult
from cleaner.model import Document, Rule
from cleaner.records.base import Fields, Format, Record


class Page(Format):
    """`.html`: its clean form is the text of its article. Extraction cannot be undone, so the page itself is kept."""

    name = "html"
    suffixes = (".html", ".htm")

    def read(self, file: BinaryIO, name: str, fields: Fields, rules: tuple[Rule, ...]) -> Iterator[Record]:
        """Yield the one record."""
        from cleaner.extract import ExtractionError, extract  # noqa: PLC0415  text never pays for the HTML engine

        raw = file.read()
        try:
            found = extract(raw, rules, left_out=fields.left_out)
        except ExtractionError as error:
            yield Record(1, raw, None, str(error))
        else:
            document = Document(found.document.text, name, found.document.meta)
            yield Record(1, raw, document, pruned=found.pruned)

    def write(self, record: Record, result: CleanResult) -> bytes:
        """Return the clean text of the article."""
        del record
        return result.text.encode("utf-8", "replace")

    def broken(self, record: Record) -> bytes:
        """Nothing: the markup of a page is no clean text, and the page itself is kept."""
        del record
        return b""

    def restore(self, clean: BinaryIO, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
        """Pages are kept, not restored."""
        del clean, rows
        raise ValueError("a page is restored from the copy that the run kept")


PAGE = Page()
