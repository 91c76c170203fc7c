"""What every format gives: where records start and end, documents to clean, and the bytes of a record once it is clean.

A file is read as chunks of bytes (`packed`), cut into blocks of whole records without looking into them (`blocks`, in
one process), and a block is parsed, cleaned and written again (in any process, by a format). The clean blocks in their
order are the clean file.
"""

import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from cleaner.clean import CleanResult
from cleaner.errors import CleanerError
from cleaner.model import Document, Pruned, Rule
from cleaner.records.blocks import Block, Grammar
from cleaner.records.cutting import cut
from cleaner.records.packed import unpacked
from cleaner.spare import NONE_SPARED, Keep, Spared

Row = Mapping[str, Any]
Note = Callable[[int], None]
NOTHING: Mapping[int, str] = {}


def unheard(index: int) -> None:
    """Take note of nothing."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a record that hold its text, its id and its url, and those that hold more texts.

    `html` is the field of a page from which the text is made, `markup` says that texts may hold left-over markup.
    A record that holds false or "off" in the field `opt_out` goes out as it came in.
    `left_out` asks of pages that each visible line that did not come through says why.
    """

    text: str = "text"
    id: str = "id"
    url: str = "url"
    more: tuple[str, ...] = ()
    html: str = ""
    markup: bool = False
    left_out: bool = False
    opt_out: str = "cleaner"

    @property
    def texts(self) -> tuple[str, ...]:
        """Every field that holds a text."""
        return self.text, *self.more


def keep_nothing(article: str) -> Keep | None:
    """Leave no element of a page alone."""
    del article
    return None


class Reading(NamedTuple):
    """What a record is read with: the name of its file, its fields, and the rules that prune pages.

    `keep` gives, by the id of an article, which elements of its page they leave alone.
    """

    name: str
    fields: Fields
    rules: tuple[Rule, ...] = ()
    keep: Callable[[str], Keep | None] = keep_nothing


class Written(NamedTuple):
    """The source of a record as its file has it, and where in it each code point of one of its texts is written."""

    source: str
    place: Callable[[int], int]


class Text(NamedTuple):
    """One text of a record: the field it stands in ("" where the record is nothing but text), and its document."""

    field: str
    document: Document


class Record(NamedTuple):
    """One record of a file: its number from 1 (of a line, its line number), its bytes, and its texts.

    A record without a document is no article; `problem` says what is wrong with it, and is "" where nothing is (a
    blank line between records, a heading). `trouble` is why it goes out as it is although it may be an article.
    `offset` counts bytes of the file: of a compressed one, of what it unpacks to, but where a record starts a member
    of the compressed file, the place of that member. `key` is the id as JSON writes it, `held` what its format keeps
    to write it. `was` is the source of the text field where the text was made of something else, "" if it had none.
    `spared` is what rules left alone in its page. `opted_out` says that its text is there, but not to be cleaned.
    """

    number: int
    raw: bytes
    document: Document | None = None
    problem: str = ""
    pruned: tuple[Pruned, ...] = ()
    field: str = ""
    more: tuple[Text, ...] = ()
    trouble: str = ""
    offset: int = 0
    key: str = "null"
    held: Any = None
    was: str | None = None
    spared: Spared = NONE_SPARED
    opted_out: bool = False

    @property
    def texts(self) -> tuple[Text, ...]:
        """Every text of the record that is to be cleaned."""
        return (Text(self.field, self.document), *self.more) if self.document else ()


class Format(ABC):
    """A kind of file.

    Attributes:
        name: what `--format` calls it.
        suffixes: what its files end in.
        becomes: name of the format of the clean file, where that is another one.
        many: whether a file holds several records.
        modules: what has to be installed to read it.
        in_place: whether a file can be rewritten where it lies.
        lined: whether a file is lines of text that hold the texts of its records; then `written` says where.
    """

    name: str
    suffixes: tuple[str, ...]
    becomes: str = ""
    many: bool = True
    modules: tuple[str, ...] = ()
    in_place: bool = True
    lined: bool = False

    @abstractmethod
    def grammar(self, name: str, fields: Fields) -> Grammar:
        """Return what knows where the records of one file end."""

    @abstractmethod
    def record(self, number: int, raw: bytes, block: Block, reading: Reading) -> Record:
        """Read one record; what is wrong with it is its `problem`, never an error."""

    @abstractmethod
    def write(self, record: Record, results: Sequence[CleanResult]) -> bytes:
        """Return the bytes of a record with its clean texts."""

    def cut(self, file: BinaryIO, codec: str, name: str, fields: Fields) -> Iterator[Block]:
        """Cut a file, compressed or not, into blocks of whole records.

        Raises:
            CleanerError: no record of it can be read.
        """
        return cut(unpacked(file, codec), self.grammar(name, fields))

    def records(
        self, block: Block, reading: Reading, skip: Mapping[int, str] = NOTHING, note: Note = unheard
    ) -> Iterator[Record]:
        """Read the records of a block in order.

        Args:
            block: the records.
            reading: what they are read with.
            skip: why a record, by its place in the block, is not to be looked into.
            note: called with the place of each record before it is read.
        """
        for index, (number, raw, offset, problem) in enumerate(block.pieces()):
            note(index)
            if problem or (index in skip and self.becomes):
                yield Record(number, raw, problem=problem or skip[index], offset=offset)
            elif index in skip:
                yield Record(number, raw, trouble=skip[index], offset=offset)
            else:
                record = self.record(number, raw, block, reading)
                yield record._replace(offset=offset) if record.problem else record

    def read(self, file: BinaryIO, name: str, fields: Fields, rules: tuple[Rule, ...]) -> Iterator[Record]:
        """Read every record of a file that is not compressed, in order."""
        self.check()
        for block in self.cut(file, "", name, fields):
            yield from self.records(block, Reading(name, fields, rules))

    def digest(self, fields: Fields) -> "Digest":
        """Return a hash of what the records of a file hold, to be fed with its blocks."""
        del fields
        return Digest()

    def join(self, block: Block, records: Sequence[Record], pieces: Sequence[bytes]) -> bytes:
        """Return the clean block from the clean bytes of its records."""
        del block, records
        return b"".join(pieces)

    def proven(self, record: Record, after: bytes, texts: Sequence[str]) -> bool:
        """Whether the clean bytes of a record hold these texts, and beside them what the record held."""
        del record
        return after == "".join(texts).encode("utf-8", "replace")

    def broken(self, record: Record) -> bytes:
        """Return what stands in the clean file for a record that is wrong."""
        del record
        return b""

    def raw(self, record: Record, field: str, start: int, end: int) -> str | None:
        """Return how the file writes these code points of a text, None where it writes them in its plain way."""
        del record, field, start, end
        return None

    def lead(self, source: str) -> int:
        """Return where in the source of a record what it holds starts."""
        del source
        return 0

    def written(self, record: Record, field: str, fields: Fields) -> Written:
        """Return where one of the texts of a record is written in the file."""
        raise NotImplementedError

    @abstractmethod
    def undo(self, raw: bytes, number: int, rows: Sequence[Row], block: Block, reading: Reading) -> bytes:
        """Return a record as it was, from its clean bytes and the rows of its removals.

        Raises:
            ValueError: the two do not belong together.
        """

    def clean_number(self, raw: bytes) -> int:
        """Return the number in the original of a record of the clean file, 0 where its place in the file tells."""
        del raw
        return 0

    def opening(self, clean: bytes) -> bytes:
        """Return the clean bytes of a block as they are if every record before it was broken."""
        return clean

    def check(self, name: str = "") -> None:
        """Raise an error, which names a file, if what reads these files is not installed."""
        need(name or self.name, self.modules)


class Digest:
    """A hash of the bytes of blocks."""

    def __init__(self) -> None:
        import hashlib  # noqa: PLC0415  only runs into a folder need it

        self.hash = hashlib.sha256()

    def update(self, block: Block) -> None:
        """Take in a block."""
        self.hash.update(block.data)

    def hexdigest(self) -> str:
        """Return the hash of all blocks so far."""
        return self.hash.hexdigest()


def need(what: str, modules: Iterable[str], extra: str = "dumps") -> None:
    """Raise an error that names the extra to install if a module is missing.

    Raises:
        CleanerError: one is.
    """
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        raise CleanerError(f"{what}: needs {', '.join(missing)}: pip install 'article-cleaner[{extra}]'")


def says_off(value: object) -> bool:
    """Whether the value of the field `opt_out` says that a record is not to be cleaned; a cell of CSV is a text."""
    return value is False or (isinstance(value, str) and value.lower() in {"off", "false"})


def decode(raw: bytes) -> tuple[str, str]:
    """Return bytes as text, and what is wrong where they are none."""
    if b"\0" in raw:
        return "", "holds null bytes, so it is binary or UTF-16: give UTF-8 text"
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        return "", f"not valid UTF-8 at byte {error.start}: convert it first, e.g. `iconv -f WINDOWS-1252 -t UTF-8`"
