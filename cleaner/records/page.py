"""An HTML page: one article, extracted first."""

from collections.abc import Sequence

from cleaner.clean import CleanResult
from cleaner.model import Document
from cleaner.records.base import Fields, Format, Reading, Record, Row
from cleaner.records.blocks import Block
from cleaner.records.text import Whole
from cleaner.spare import spared_by


class Page(Format):
    """`.html`: its clean form is the text of its article. Extraction cannot be undone, so the page itself is kept."""

    name = "html"
    suffixes = (".html", ".htm")
    becomes = "txt"
    many = False
    in_place = False

    def grammar(self, name: str, fields: Fields) -> Whole:
        """Return what knows that the file is one record."""
        del name, fields
        return Whole()

    def record(self, number: int, raw: bytes, block: Block, reading: Reading) -> Record:
        """Extract the article."""
        from cleaner.extract import ExtractionError, extract  # noqa: PLC0415  text never pays for the HTML engine

        del block
        keep = reading.keep(reading.name)
        try:
            found = extract(raw, reading.rules, left_out=reading.fields.left_out, keep=keep)
        except ExtractionError as error:
            return Record(number, raw, None, str(error))
        document = Document(found.document.text, reading.name, found.document.meta)
        return Record(number, raw, document, pruned=found.pruned, spared=spared_by(keep))

    def write(self, record: Record, results: Sequence[CleanResult]) -> bytes:
        """Return the clean text of the article."""
        del record
        return results[0].text.encode("utf-8", "replace")

    def undo(self, raw: bytes, number: int, rows: Sequence[Row], block: Block, reading: Reading) -> bytes:
        """Pages are kept, not restored."""
        del raw, number, rows, block, reading
        raise ValueError("a page is restored from the copy that the run kept")


PAGE = Page()
