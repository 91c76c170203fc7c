"""Thin adapters for distributed engines: a pipeline step for datatrove, and a batch function for Ray Data and Spark.

Both clean one record at a time, keep a record that is in trouble as it came in, and give the ledger rows of
`cleaner clean -o`. None of the engines is imported before it is used.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import Template
from typing import Any, Protocol

from cleaner import edit
from cleaner.clean import Cleaner, CleanResult
from cleaner.errors import CleanerError
from cleaner.report.ledger import Row, encode, page_rows, text_rows


class TroveDocument(Protocol):
    """What the step needs of a `datatrove.data.Document`."""

    text: str
    id: str
    metadata: dict[str, Any]


class CleanStep:
    """A step of a datatrove pipeline: cleans `document.text` and writes a ledger file for each rank.

    It is a callable with `stats`, which is all that datatrove's executors ask of a step; the rules travel with it. No
    document is dropped, added or moved. A rank that runs again writes its ledger anew, as datatrove's writers do with
    its shard; both are whole once datatrove has noted the rank as completed.

    Args:
        ledger: the folder of the ledger files, as datatrove names folders: a path, a URL, or one of both with options.
        cleaner: the rules; None means the built-in ones.
        html: `text` holds a page; it becomes the cleaned text of the article, and `metadata["trouble"]` says why a page
            or its text stayed as it was, or "".
        url_key: the key of the metadata that holds the url.
        filename: of a ledger file; `${rank}` stands for the rank, and a suffix such as `.gz` compresses it.

    Raises:
        CleanerError: datatrove is not installed, or all ranks would write the same file.
    """

    def __init__(
        self,
        ledger: Any,
        cleaner: Cleaner | None = None,
        *,
        html: bool = False,
        url_key: str = "url",
        filename: str = "${rank}.jsonl",
    ) -> None:
        try:
            from datatrove.io import get_datafolder  # noqa: PLC0415  takes a second, and only this class needs it
            from datatrove.utils.stats import Stats  # noqa: PLC0415
        except ImportError as error:
            raise CleanerError("CleanStep needs datatrove: pip install 'article-cleaner[datatrove]'") from error
        if "rank" not in Template(filename).get_identifiers():
            raise CleanerError(f"filename {filename!r} holds no ${{rank}}: every rank would write the same file")
        self.ledger = get_datafolder(ledger)
        self.cleaner = cleaner or Cleaner()
        self.html, self.url_key, self.filename = html, url_key, filename
        self.stats = Stats(repr(self))

    def __repr__(self) -> str:
        return "🧹 - CLEANER: article-cleaner"

    def __call__(
        self, data: Iterable[TroveDocument] | None, rank: int = 0, world_size: int = 1
    ) -> Iterator[TroveDocument]:
        """Clean the documents of a rank; `record` in its ledger counts them from 1."""
        del world_size  # each rank has a ledger of its own
        name = Template(self.filename).substitute(rank=f"{rank:05d}")
        with self.ledger.open(name, "wb", compression="infer") as file:
            for number, document in enumerate(data or (), 1):
                with self.stats.time_stats:
                    rows = self._clean(document)
                    head = {"id": str(document.id), "record": number}
                    file.writelines(encode(head | row) for row in rows)
                yield document

    def _clean(self, document: TroveDocument) -> list[Row]:
        document.text, rows = clean_record(
            self.cleaner, document.text, document.metadata.get(self.url_key), field="text", html=self.html
        )
        trouble = next((row["trouble"] for row in rows if "trouble" in row), "")
        if self.html:
            document.metadata["trouble"] = trouble
        sizes = [len(row["text"]) for row in rows if "start" in row]
        self._count(total=1, changed=bool(sizes), removals=len(sizes), removed_chars=sum(sizes), trouble=bool(trouble))
        return rows

    def _count(self, **counts: int) -> None:
        for label, value in counts.items():
            self.stats[label].update(int(value), None)


class CleanColumns:
    """A function of a batch of columns for Ray Data's `map_batches`, Spark's `mapInPandas` and their like.

    It returns all columns, with the clean text, and a column more that holds the ledger rows of each record as JSON
    Lines, "" where there are none. It can be pickled, and the rules travel with it.

    Args:
        cleaner: the rules; None means the built-in ones.
        html: the texts are pages; each becomes the cleaned text of its article.
        text: the column of the texts.
        id: the column of the ids; a table without one has rows with the id "".
        url: the column of the urls; a table may be without one.
        removals: the column of the ledger rows.

    Raises:
        RuleError: a built-in rule is broken.
    """

    def __init__(
        self,
        cleaner: Cleaner | None = None,
        *,
        html: bool = False,
        text: str = "text",
        id: str = "id",  # noqa: A002  the name of the column by default
        url: str = "url",
        removals: str = "removals",
    ) -> None:
        self.cleaner = cleaner or Cleaner()
        self.html, self.text, self.id, self.url, self.removals = html, text, id, url, removals

    def __call__(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Clean a batch.

        Args:
            columns: names and columns of one length: lists, numpy arrays or pandas series (so a data frame will do).

        Raises:
            CleanerError: there is no column of texts, or one that already has the name of the ledger's.
        """
        held = dict(columns.items())
        if self.text not in held:
            raise CleanerError(f"no column {self.text!r} (columns: {', '.join(map(str, held))}): name it with text=")
        if self.removals in held:
            raise CleanerError(f"there is a column {self.removals!r} already: name the ledger's with removals=")
        texts = _values(held[self.text])
        nothing = [None] * len(texts)
        ids, urls = _values(held.get(self.id, nothing)), _values(held.get(self.url, nothing))
        done = [self._clean(*record) for record in zip(texts, ids, urls, strict=True)]
        return held | {self.text: [text for text, _ in done], self.removals: [lines for _, lines in done]}

    def _clean(self, text: Any, name: Any, url: Any) -> tuple[Any, str]:
        clean, rows = clean_record(self.cleaner, text, url, field=self.text, html=self.html)
        head = {"id": "" if name is None else str(name)}
        return clean, b"".join(encode(head | row) for row in rows).decode()


def clean_record(cleaner: Cleaner, text: Any, url: Any, *, field: str, html: bool) -> tuple[Any, list[Row]]:
    """Return the clean text of a record and its ledger rows but for their `id` and `record`.

    Args:
        cleaner: the rules.
        text: a text, or a page as text or bytes; anything else is trouble.
        url: decides which per-site rules apply; anything but a text is no url.
        field: the name of the text in the rows.
        html: whether the text is a page.
    """
    if not isinstance(text, (str, bytes) if html else str):
        return text, [{"field": field, "trouble": f"it is {type(text).__name__}, not a text"}]
    url = url if isinstance(url, str) else None
    try:
        result = cleaner.clean_html(text, url) if html else cleaner.clean(str(text), url)
        proven = edit.restore(result.text, _cuts(result)) == result.document.text
    except CleanerError as error:
        return text, [{"field": field, "trouble": str(error)}]
    except Exception as error:  # noqa: BLE001  whatever a rule or a library runs into costs this one record
        return text, [{"field": field, "trouble": f"internal error: {type(error).__name__}: {error}"}]
    if not proven:
        why = "internal error: what was left is not the text without what was removed"
        return text, [{"field": field, "trouble": why}]
    return result.text, [*page_rows(result.pruned), *text_rows(field, result)]


def _cuts(result: CleanResult) -> Iterator[tuple[int, str]]:
    return ((removal.start, result.removed(removal)) for removal in result.removals)


def restored(text: str, removals: str) -> str:
    """Return the text of a record before it was cleaned, from the clean text and its value of the ledger's column.

    Raises:
        ValueError: the two do not belong together, or the rows are none of the ledger's.
    """
    rows = map(json.loads, filter(None, removals.split("\n")))
    return edit.restore(text, [(row["start"], row["text"]) for row in rows if "start" in row])


def _values(column: Any) -> Sequence[Any]:
    """The values of a column as Python has them."""
    return column.tolist() if hasattr(column, "tolist") else list(column)
