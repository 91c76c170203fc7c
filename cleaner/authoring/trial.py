"""What rules would remove from real documents, and where they nearly would."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from cleaner.authoring.frequent import Frequent, Text
from cleaner.batch.one import Job, place
from cleaner.batch.record import Cleaned
from cleaner.clean import Cleaner, CleanResult
from cleaner.errors import CleanerError
from cleaner.find import host_of
from cleaner.fold import View
from cleaner.model import Document, Removal, Rule
from cleaner.records import Fields, Source
from cleaner.report.gather import CONTEXT
from cleaner.report.sample import SEED, Sample
from cleaner.rules import RuleError

TIME_LIMIT = 2.0  # seconds for one document
MOST_OVER = 5  # documents over their time, after which a rule is given up
LONGEST = 2000  # characters of a removal that are held
MOST_SITES = 10_000  # that are told apart

Item = dict[str, Any]


class Trial:
    """Rules at work on documents, alone and without a guard; nothing is written.

    Attributes:
        documents: how many were read.
        touched: from how many something would go.
        characters: code points of all texts.
        removed: code points that would go.
        texts: the removed texts by how often they stand there.
        near: the lines that hold a literal of a rule and of which nothing would go.
        sample: removals drawn at random.
    """

    def __init__(self, rules: Sequence[Rule], *, sample: int = 10, seed: int = SEED, near: bool = False) -> None:
        also = sorted({rule.also for rule in rules if rule.also})
        self.cleaner = Cleaner(rules, strict=True, also=also, guard=1.0, time_limit=TIME_LIMIT)
        self.documents = self.touched = self.characters = self.removed = self.over = 0
        self.sites: set[str] = set()
        self.texts, self.near = Frequent(), Frequent() if near else None
        self.sample = Sample[Item](sample, seed)

    def read(self, sources: Iterable[Source], fields: Fields, tell: Callable[[str], None]) -> None:
        """Try the rules on files; tell of each record that cannot be read.

        Raises:
            RuleError: a pattern ran over its time in several documents.
        """
        job = Job(self.cleaner, fields, tell, verify=False)
        for source in sources:
            for cleaned in job.clean_or_tell(source):
                self._add(cleaned, f"{place(source, cleaned.record.number)}")
        if not self.documents:
            raise CleanerError("there is no document to try rules on")

    def _add(self, cleaned: Cleaned, where: str) -> None:
        for pruned in cleaned.record.pruned:
            site = host_of(cleaned.results[0].document.url) if cleaned.results else ""
            self._found(pruned.text, {"rules": [pruned.rule], "text": pruned.text[:LONGEST]}, site, where)
        for result in cleaned.results:
            self.documents += 1
            self.characters += len(result.document.text)
            self._troubled(result)
            self._removals(result, where)
            if self.near is not None and not result.trouble:
                self._nearly(self.near, result)

    def _troubled(self, result: CleanResult) -> None:
        self.over += "time limit" in result.trouble
        if self.over >= MOST_OVER:
            limit = f"{TIME_LIMIT:g} s in {self.over} documents"
            raise RuleError(f"{result.trouble} of {limit}: see `cleaner rules lint`")

    def _removals(self, result: CleanResult, where: str) -> None:
        document, site = result.document, host_of(result.document.url)
        self.touched += bool(result.removals)
        for removal in result.removals:
            self.removed += removal.end - removal.start
            self._found(result.removed(removal), _item(document, removal), site, where)

    def _found(self, text: str, item: Item, site: str, where: str) -> None:
        item |= {"site": site, "place": where}
        if site and len(self.sites) < MOST_SITES:
            self.sites.add(site)
        self.texts.add(text, self.documents, site, lambda: item)
        self.sample.add(f"{where}\0{item.get('start', '')}\0{self.texts.seen}", lambda: item)

    def _nearly(self, near: Frequent, result: CleanResult) -> None:
        """Count the lines that a rule looks at and that stay whole."""
        document, site = result.document, host_of(result.document.url)
        view = View(document.text)
        for number in sorted({line for line, _ in self.cleaner.finder.candidates(view, site)}):
            start, end = view.bounds(number)
            if not any(removal.start < end and removal.end > start for removal in result.removals):
                line = document.text[start:end].strip()
                near.add(line, self.documents, site, partial(line.__getitem__, slice(LONGEST)))


def _item(document: Document, removal: Removal) -> Item:
    """Return a removal with the text around it, as reports have it."""
    text = document.text
    gone = text[removal.start : removal.end]
    item: Item = {"start": removal.start, "rules": list(removal.rules), "text": gone[:LONGEST]}
    if len(gone) > LONGEST:
        item["cut"] = len(gone) - LONGEST
    before = text[max(0, removal.start - CONTEXT) : removal.start]
    return item | {"before": before, "after": text[removal.end : removal.end + CONTEXT]}


def rows(trial: Trial, top: int) -> Item:
    """Return what a trial found, ready for JSON."""
    found: Item = {
        "documents": trial.documents,
        "touched": trial.touched,
        "removals": trial.texts.seen,
        "sites": len(trial.sites),
        "characters": trial.characters,
        "removed_characters": trial.removed,
        "share": trial.removed / trial.characters if trial.characters else 0.0,
        "counts_too_low_by_at_most": trial.texts.missed,
        "most_frequent": [_counted(text) | text.shown for text in trial.texts.top(top)],
        "sample": trial.sample.drawn(),
    }
    if trial.near is not None:
        found["near"] = [_counted(text) | {"text": text.shown} for text in trial.near.top(top)]
    return found


def _counted(text: Text) -> Item:
    return {"count": text.count, "documents": text.documents, "sites": len(text.sites)}
