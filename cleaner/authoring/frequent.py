"""The most frequent texts of a stream, in one pass and bounded memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WIDTH = 20_000  # texts of a stretch; about so many are held
MOST_SITES = 100  # of a text, that are told apart
KEY = 500  # characters by which texts are told apart


@dataclass(slots=True)
class Text:
    """A text: how often it was seen, in how many documents, on which sites, and one place where it stands."""

    shown: Any
    missed: int
    count: int = 0
    documents: int = 0
    sites: set[str] = field(default_factory=set)
    last: int = -1


class Frequent:
    """Counts texts; what is rare is forgotten when there are too many.

    After each stretch of `width` texts those go that were seen less than once a stretch: lossy counting (Manku and
    Motwani, "Approximate frequency counts over data streams", 2002). Each count is at most `missed` too low.
    """

    def __init__(self, width: int = WIDTH) -> None:
        self.width = width
        self.seen = self.missed = 0
        self._held: dict[str, Text] = {}

    def add(self, text: str, document: int, site: str, show: Callable[[], Any]) -> None:
        """Count a text of a document, of which there may be several in a row; `show` is called for a new one."""
        key = " ".join(text.split())[:KEY]
        found = self._held.get(key)
        if found is None:
            found = self._held[key] = Text(show(), self.missed)
        found.count += 1
        found.documents += found.last != document
        found.last = document
        if site and len(found.sites) < MOST_SITES:
            found.sites.add(site)
        self.seen += 1
        if self.seen % self.width == 0:
            self.missed += 1
            self._held = {key: held for key, held in self._held.items() if held.count + held.missed > self.missed}

    def __len__(self) -> int:
        """How many different texts are held: all there were, unless `missed`."""
        return len(self._held)

    def top(self, number: int) -> list[Text]:
        """Return the most frequent texts, the most frequent first; of equals the one that came first."""
        return sorted(self._held.values(), key=lambda text: -text.count)[:number]
