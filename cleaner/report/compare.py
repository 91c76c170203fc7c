"""Two runs over the same articles: what each of them removed that the other left."""

import bisect
import functools
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cleaner.errors import CleanerError
from cleaner.model import Removal
from cleaner.report.gather import in_context
from cleaner.report.run import Article, Run
from cleaner.report.sample import SEED, Sample

Side = Literal["A", "B"]
Item = dict[str, Any]
SIDES: tuple[Side, Side] = ("A", "B")
SAMPLE = 20  # of each rule and side
AT_RANDOM = 500  # of each side


@dataclass(slots=True)
class Difference:
    """What one run removed and the other did not. Characters are code points."""

    articles: int = 0
    removals: int = 0
    characters: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    characters_by_rule: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Comparison:
    """Two runs: `only` is by run, the rest is of the articles that both hold.

    `renamed` counts removals of the same text by other rules; `missing` names articles that only one run holds.
    """

    sample: int = SAMPLE
    only: dict[Side, Difference] = field(default_factory=lambda: {"A": Difference(), "B": Difference()})
    articles: int = 0
    same: int = 0
    renamed: int = 0
    characters_both: int = 0
    missing: dict[Side, list[str]] = field(default_factory=lambda: {"A": [], "B": []})
    changed: list[str] = field(default_factory=list)
    samples: dict[tuple[Side, str], Sample[Item]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it for JSON, with the removals that were drawn of each rule and side."""
        counts = {name: getattr(self, name) for name in ("articles", "same", "renamed", "characters_both")}
        only = {
            side: {
                "articles": difference.articles,
                "removals": difference.removals,
                "characters": difference.characters,
                "by_rule": dict(difference.by_rule.most_common()),
                "samples": self.drawn(side),
            }
            for side, difference in self.only.items()
        }
        return counts | {"only": only, "missing": self.missing, "changed": self.changed}

    def drawn(self, side: Side, *, more: bool = False) -> list[Item]:
        """Return the drawn removals of one side, each once: of every rule, with `more` also of the whole side."""
        drawn = {rule: sample.drawn() for (of, rule), sample in sorted(self.samples.items()) if of == side}
        at_random = drawn.pop("", [])
        items = itertools.chain(at_random if more else (), *drawn.values())
        return list({(i["file"], i["record"], i["field"], i["start"]): i for i in items}.values())


def compare(first: Run, second: Run, seed: int = SEED, sample: int = SAMPLE) -> Comparison:
    """Compare two runs; `sample` removals of each rule and side are drawn.

    Raises:
        CleanerError: a run cannot be read, or they have no article in common.
    """
    found = Comparison(sample)
    for name in first.files:
        if name not in second.files:
            found.missing["A"].append(name)
            continue
        for one, other in _paired(first.articles_of(name), second.articles_of(name)):
            _add(found, one, other, seed)
    found.missing["B"] += [name for name in second.files if name not in first.files]
    if not found.articles:
        raise CleanerError(f"{first.out} and {second.out} have no article in common: compare runs over the same files")
    return found


def _paired(ones: Iterator[Article], others: Iterator[Article]) -> Iterator[tuple[Article | None, Article | None]]:
    """Yield articles of two runs of one file by their record."""
    one, other = next(ones, None), next(others, None)
    while one or other:
        at = min((article.number, article.field) for article in (one, other) if article)
        here = one if one and (one.number, one.field) == at else None
        there = other if other and (other.number, other.field) == at else None
        yield here, there
        one = next(ones, None) if here else one
        other = next(others, None) if there else other


def _add(found: Comparison, one: Article | None, other: Article | None, seed: int) -> None:
    if one is None or other is None:
        left = one or other
        if left:
            found.missing["A" if one else "B"].append(f"{left.file}:{left.number}")
        return
    if one.text != other.text:
        found.changed.append(f"{one.file}:{one.number}")
        return
    found.articles += 1
    gone = {side: article.removals for side, article in zip(SIDES, (one, other), strict=True)}
    pieces = {"A": subtract(one.text, gone["A"], gone["B"]), "B": subtract(one.text, gone["B"], gone["A"])}
    found.same += not pieces["A"] and not pieces["B"]
    found.characters_both += one.removed - sum(piece.end - piece.start for piece in subtract("", gone["A"], gone["B"]))
    names = {(cut.start, cut.end): cut.rules for cut in other.removals}
    found.renamed += sum(names.get((cut.start, cut.end), cut.rules) != cut.rules for cut in one.removals)
    for side in SIDES:
        _count(found, side, one, pieces[side], seed)


def _count(found: Comparison, side: Side, article: Article, pieces: Sequence[Removal], seed: int) -> None:
    difference = found.only[side]
    difference.articles += bool(pieces)
    difference.removals += len(pieces)
    difference.characters += sum(piece.end - piece.start for piece in pieces)
    for piece in pieces:
        difference.by_rule.update(piece.rules)
        difference.characters_by_rule.update(dict.fromkeys(piece.rules, piece.end - piece.start))
        for rule in ("", *piece.rules):
            sample = found.samples.setdefault((side, rule), Sample(found.sample if rule else AT_RANDOM, seed))
            sample.add(f"{article.key}\0{piece.start}", functools.partial(_item, article, piece, side))


def _item(article: Article, piece: Removal, side: Side) -> Item:
    return in_context(article, piece) | {"side": side}


def subtract(text: str, removals: Iterable[Removal], others: Sequence[Removal]) -> list[Removal]:
    """Return the parts of removals that no other one covers, except those of white space alone.

    With an empty text, white space counts too.
    """
    left = []
    ends = [cut.end for cut in others]
    for removal in removals:
        place, at = removal.start, bisect.bisect_right(ends, removal.start)
        while place < removal.end:
            inside = at < len(others) and others[at].start < removal.end
            end = others[at].start if inside else removal.end
            if place < end and (not text or text[place:end].strip()):
                left.append(Removal(place, end, removal.rules))
            place = others[at].end if inside else removal.end
            at += 1
    return left
