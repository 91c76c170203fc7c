"""A finished run as its reports see it, article by article."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cleaner.batch.finished import Entry, Original, entries, originals_of
from cleaner.errors import CleanerError
from cleaner.find import host_of
from cleaner.model import Pruned, Removal
from cleaner.records import reading

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
        CleanerError: the folder holds no finished run, or one without a ledger.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.entries = {entry.name: entry for entry in entries(out)}
        self.summary: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))

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
        for name in self.entries:
            yield from self.articles_of(name)

    def articles_of(self, name: str) -> Iterator[Article]:
        """Yield every article of one file."""
        return map(_article, originals_of(self.out, self.entries[name]))

    def rows(self) -> Iterator[Row]:
        """Yield every row of the ledger.

        Raises:
            CleanerError: it cannot be read.
        """
        for entry in self.entries.values():
            yield from self._rows_of(entry)

    def _rows_of(self, entry: Entry) -> Iterator[Row]:
        path = self.out / "removals" / f"{entry.clean}.jsonl"
        with reading(path) as file:
            try:
                yield from map(json.loads, file)
            except (ValueError, RecursionError) as error:
                raise CleanerError(f"{path}: is no ledger: {error}") from error


def _article(original: Original) -> Article:
    document, held = original.document, _other_fields(original)
    return Article(
        file=original.file,
        number=original.record,
        id=document.id,
        field=original.field,
        url=document.url,
        site=host_of(document.url) or host_of(_first(held, SITE_FIELDS)),
        language=_first(held, LANGUAGE_FIELDS),
        text=document.text,
        removals=original.removals,
        pruned=original.pruned,
        trouble=original.trouble,
        failed=original.broken,
    )


def _other_fields(original: Original) -> Mapping[str, Any]:
    """The fields beside the text, where the record is written as JSON; a number too long for Python is a text."""
    if original.broken or not original.field:
        return {}
    try:
        held = json.loads(original.raw.decode("utf-8-sig"), parse_int=str, parse_float=str)
    except ValueError:
        return {}
    return held if isinstance(held, dict) else {}


def _first(held: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((held[name] for name in names if isinstance(held.get(name), str)), "")
