"""A finished run as `cleaner clean -o OUT` wrote it, read back article by article: the one place that knows OUT."""

import contextlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from cleaner import edit
from cleaner.errors import CleanerError
from cleaner.find import host_of
from cleaner.model import Document, Pruned, Removal
from cleaner.records import FORMATS, Fields, Record, reading

Row = Mapping[str, Any]
SITE_FIELDS = ("domain", "site", "host")  # where a record may name its site if it has no url
LANGUAGE_FIELDS = ("lang", "language")


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a run: where it stands, its original text, and what was removed from it.

    `number` is its record, from 1; `failed` says that it could not be read, so that its text is not known. `trouble`
    is why it came out as it went in. Every offset counts the code points of `text`.
    """

    file: str
    number: int
    id: str
    field: str
    url: str
    site: str
    language: str
    text: str
    removals: tuple[Removal, ...]
    pruned: tuple[Pruned, ...]
    trouble: str
    failed: bool

    @property
    def key(self) -> str:
        """What no other article of the run is called."""
        return f"{self.file}\0{self.number}\0{self.field}"

    @property
    def cuts(self) -> tuple[Removal | Pruned, ...]:
        """What was removed from the text, and before that from its page."""
        return *self.removals, *self.pruned

    @property
    def removed(self) -> int:
        """How many code points were removed."""
        return sum(removal.end - removal.start for removal in self.removals)

    @property
    def share(self) -> float:
        """The share of the code points that were removed, 0 to 1."""
        return self.removed / len(self.text) if self.text else 0.0


class Run:
    """The output folder of `cleaner clean -o OUT`.

    Raises:
        CleanerError: the folder holds no finished run.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        try:
            self.summary: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
            self.files = {_inside(entry["name"]): _known(entry["format"]) for entry in self.summary["files"]}
            self.fields = _fields(self.summary.get("options") or {})
        except FileNotFoundError as error:
            raise CleanerError(f"{out}: holds no run.json, so it is not the output of `cleaner clean -o`") from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
            raise CleanerError(f"{out / 'run.json'}: is not what `cleaner clean -o` wrote: {error}") from error
        if not self.summary.get("complete"):
            raise CleanerError(f"{out}: the run was stopped before its end: run `cleaner clean -o` again")

    @cached_property
    def whys(self) -> dict[str, str]:
        """Why each rule of the run is there, by its id, as far as the run or the built-in rules say."""
        from cleaner.rules import builtin_rules  # noqa: PLC0415  most readers of a run do without

        noted = self.summary.get("whys")
        given = noted.items() if isinstance(noted, dict) else ()
        return {rule.id: rule.why for rule in builtin_rules()} | {str(rule): str(why) for rule, why in given}

    def articles(self) -> Iterator[Article]:
        """Yield every article in the order of the run; only one is held at a time.

        Raises:
            CleanerError: the clean texts and the ledger do not belong together, or cannot be read.
        """
        return itertools.chain.from_iterable(map(self.articles_of, self.files))

    def articles_of(self, name: str) -> Iterator[Article]:
        """Yield every article of one file."""
        form = self.files[name]
        clean_name = f"{name}.txt" if form == "html" else name
        reader = FORMATS["txt" if form == "html" else form]
        with contextlib.ExitStack() as stack:
            clean = stack.enter_context(reading(self.out / "clean" / clean_name))
            rows = stack.enter_context(reading(self.out / "removals" / f"{clean_name}.jsonl"))
            try:
                ledger = Ledger(rows)
                for record in reader.read(clean, name, self.fields, ()):
                    yield from _articles(name, record, ledger.rows_of(record.number))
                ledger.must_be_at_its_end()
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise CleanerError(f"{self.out / 'clean' / clean_name}: does not fit its ledger: {error}") from error

    def rows(self) -> Iterator[Row]:
        """Yield every row of the ledger.

        Raises:
            CleanerError: it cannot be read.
        """
        for name, form in self.files.items():
            path = self.out / "removals" / f"{name}{'.txt' if form == 'html' else ''}.jsonl"
            with reading(path) as file:
                try:
                    yield from map(json.loads, file)
                except (ValueError, RecursionError) as error:
                    raise CleanerError(f"{path}: is no ledger: {error}") from error


class Ledger:
    """The rows of one file, which stand in the order of its records."""

    def __init__(self, file: BinaryIO) -> None:
        self._groups = itertools.groupby(map(json.loads, file), key=lambda row: row["record"])
        self._next = next(self._groups, None)

    def rows_of(self, number: int) -> list[Row]:
        """Return the rows of a record; records must be asked for in order."""
        if self._next is None or self._next[0] != number:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows

    def must_be_at_its_end(self) -> None:
        """Raise ValueError if a row is of no record that was asked for."""
        if self._next:
            raise ValueError(f"the ledger names record {self._next[0]}, which the clean file does not have")


def _inside(name: object) -> str:
    path = PurePosixPath(str(name))
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in str(name):
        raise ValueError(f"the name {name!r} leads out of the folder")
    return path.as_posix()


def _known(form: object) -> str:
    if form not in FORMATS:
        raise ValueError(f"{form!r} is no format")
    return str(form)


def _fields(options: Mapping[str, Any]) -> Fields:
    default = Fields()
    given = (str(options.get(f"{key}_field") or getattr(default, key)) for key in ("text", "id", "url"))
    return Fields(*given)


def _articles(name: str, record: Record, rows: Iterable[Row]) -> Iterator[Article]:
    rows = list(rows)
    if record.document is None and not record.problem and not rows:
        return  # a blank line between records
    document = record.document or Document("")
    spans = [row for row in rows if "start" in row]
    trouble = next((str(row["trouble"]) for row in rows if "trouble" in row), "")
    text = edit.restore(document.text, [(row["start"], row["text"]) for row in spans])
    held = _other_fields(record)
    yield Article(
        file=name,
        number=record.number,
        id=document.id or next((str(row["id"]) for row in rows), ""),
        field=record.field,
        url=document.url,
        site=host_of(document.url) or host_of(_first(held, SITE_FIELDS)),
        language=_first(held, LANGUAGE_FIELDS),
        text=text,
        removals=tuple(Removal(row["start"], row["start"] + len(row["text"]), _rules(row)) for row in spans),
        pruned=tuple(Pruned(_rules(row)[0], str(row["text"])) for row in rows if row.get("field") == "html"),
        trouble=trouble,
        failed=record.document is None or bool(trouble and not text),
    )


def _rules(row: Row) -> tuple[str, ...]:
    rules = row["rules"]
    if not (isinstance(rules, list) and rules and all(isinstance(rule, str) for rule in rules)):
        raise ValueError(f"a removal of record {row['record']} names no rules")
    return tuple(rules)


def _other_fields(record: Record) -> Mapping[str, Any]:
    """The fields beside the text; a number too long for Python is a text."""
    if not record.field:
        return {}
    held = json.loads(record.raw.decode("utf-8-sig"), parse_int=str, parse_float=str)
    return held if isinstance(held, dict) else {}


def _first(held: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((held[name] for name in names if isinstance(held.get(name), str)), "")
