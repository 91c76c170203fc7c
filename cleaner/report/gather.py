"""What the page shows of a run: exact totals, and seeded samples of removals and articles, in one pass."""

import functools
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cleaner.model import Pruned, Removal, is_named
from cleaner.report.run import Article, Run
from cleaner.report.sample import SEED, Greatest, Sample
from cleaner.report.tally import Tally, ranked

Item = dict[str, Any]

AT_RANDOM = 2000  # removals of the whole run; a run with fewer is shown whole
OF_A_RULE = 20
OF_A_SITE = 5
SITES = 400  # sites in the table of the page
TOUCHED, UNTOUCHED, MOST, TROUBLED = 200, 40, 100, 100  # articles shown as a whole
CONTEXT = 160  # code points around a removal
LONGEST = 20_000  # code points of a removal that the page holds; of a longer one the start
KEPT = 1200  # code points of the story that an article shows on each side of a gap
REMOVALS_BYTES, ARTICLES_BYTES = 3_600_000, 3_600_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of a big run is shown; totals are always of all."""

    at_random: int = AT_RANDOM
    of_a_rule: int = OF_A_RULE
    of_a_site: int = OF_A_SITE


class Gatherer:
    """Sees every article of a run once, and holds on to what the page shows of it."""

    def __init__(self, seed: int = SEED, sizes: Sizes | None = None) -> None:
        self.seed, self.sizes = seed, sizes or Sizes()
        self.tally = Tally()
        self.at_random = Sample[Item](self.sizes.at_random, seed)
        self.of_rules: dict[str, Sample[Item]] = {}
        self.of_sites: dict[str, Sample[Item]] = {}
        self.touched, self.untouched = Sample[Item](TOUCHED, seed), Sample[Item](UNTOUCHED, seed)
        self.troubled, self.most = Sample[Item](TROUBLED, seed), Greatest[Item](MOST)

    def add(self, article: Article) -> None:
        """Count an article, and draw from it."""
        self.tally.add(article)
        for number, cut in enumerate(article.cuts):
            self._add_cut(article, number, cut)
        if article.trouble:
            self.troubled.add(article.key, lambda: shown(article))
        elif article.removals:
            self.touched.add(article.key, lambda: shown(article))
            self.most.add(article.share, article.key, lambda: shown(article))
        else:
            self.untouched.add(article.key, lambda: shown(article))

    def _add_cut(self, article: Article, number: int, cut: Removal | Pruned) -> None:
        key, rules = f"{article.key}\0{number}", rules_of(cut)
        of_a_rule = functools.partial(Sample[Item], self.sizes.of_a_rule, self.seed)
        samples = [self.at_random, *(self.of_rules.setdefault(rule, of_a_rule()) for rule in rules)]
        if article.site:
            samples.append(self._of_site(article.site))
        made: list[Item] = []

        def make() -> Item:
            if not made:
                made.append(in_context(article, cut))
            return made[0]

        for sample in samples:
            sample.add(key, make)

    def _of_site(self, site: str) -> Sample[Item]:
        """The sample of a site. Of very many sites those with the fewest removals so far lose theirs."""
        if site not in self.of_sites and len(self.of_sites) >= 8 * SITES:
            kept = sorted(self.of_sites.items(), key=lambda held: -held[1].seen)[: 4 * SITES]
            self.of_sites = dict(kept)
        return self.of_sites.setdefault(site, Sample(self.sizes.of_a_site, self.seed))

    def data(self, run: Run) -> dict[str, Any]:
        """Return all that the page shows, for JSON."""
        sites = [site for site, count in ranked(self.tally.by_site) if site][:SITES]
        removals = self._removals(sites)
        articles = self._articles()
        _count_same(run, removals)
        return {
            "run": {key: run.summary.get(key) for key in ("version", "rules", "options")},
            "seed": self.seed,
            "sizes": {"random": self.sizes.at_random, "rule": self.sizes.of_a_rule, "site": self.sizes.of_a_site},
            "totals": self.tally.totals() | {"shares": self.tally.shares},
            "categories": _rows(ranked(self.tally.by_category)),
            "rules": self._rules(run),
            "sites": self._sites(sites),
            "all_sites": sum(bool(site) for site in self.tally.by_site),
            "languages": _rows(ranked(self.tally.by_language)) if set(self.tally.by_language) - {""} else [],
            "removals": removals,
            "articles": articles,
        }

    def _rules(self, run: Run) -> list[Item]:
        sites: dict[str, Counter[str]] = defaultdict(Counter)
        for (rule, site), count in self.tally.pairs.items():
            sites[rule][site] += count
        return [
            row | {"why": run.whys.get(row["name"], ""), "sites": sum(bool(site) for site in sites[row["name"]])}
            | {"top": [pair for pair in sites[row["name"]].most_common(6) if pair[0]][:5]}
            for row in _rows(ranked(self.tally.by_rule))
        ]  # fmt: skip

    def _sites(self, names: Sequence[str]) -> list[Item]:
        rules: dict[str, Counter[str]] = {name: Counter() for name in names}
        for (rule, site), count in self.tally.pairs.items():
            if site in rules:
                rules[site][rule] += count
        return [
            {**_row(name, self.tally.by_site[name]), "rules": len(rules[name]), "top": rules[name].most_common(5)}
            for name in names
        ]

    def _removals(self, sites: Sequence[str]) -> list[Item]:
        """The removals that are shown: those drawn from all first, then of each rule, then of each site."""
        at_random = self.at_random.drawn()
        for rank, item in enumerate(at_random):
            item["random"] = rank
        held = [self.of_sites[site].drawn() for site in sites if site in self.of_sites]
        of_rules = []
        for rule, sample in sorted(self.of_rules.items()):
            of_rules.append(sample.drawn())
            for item in of_rules[-1]:
                item.setdefault("drawn", []).append(rule)
        half = _fitting(in_turn([at_random[:200], *of_rules]), REMOVALS_BYTES // 2)
        return list(_unique(_fitting(itertools.chain(half, at_random, in_turn(held)), REMOVALS_BYTES)))

    def _articles(self) -> list[Item]:
        lists: dict[str, Sample[Item] | Greatest[Item]] = {
            "most": self.most,
            "troubled": self.troubled,
            "random": self.touched,
            "untouched": self.untouched,
        }
        drawn = {name: source.drawn() for name, source in lists.items()}
        merged: dict[tuple[Any, ...], Item] = {}
        for item in _fitting(in_turn(drawn.values()), ARTICLES_BYTES):
            merged.setdefault(_place(item), item)
        for name, items in drawn.items():
            for rank, item in enumerate(items):
                if _place(item) in merged:
                    merged[_place(item)].setdefault("lists", {})[name] = rank
        return list(merged.values())


def rules_of(cut: Removal | Pruned) -> tuple[str, ...]:
    """Return the rules of a removal, or of an element cut from a page."""
    return (cut.rule,) if isinstance(cut, Pruned) else cut.rules


def pick(
    run: Run, size: int, seed: int, *, rules: Sequence[str] = (), sites: Sequence[str] = (), article: str | None = None
) -> tuple[int, list[Item]]:
    """Return how many removals of a run are of these rules or categories, sites and article, and a sample of them."""
    found = Sample[Item](size, seed)
    for held in run.articles():
        if (sites and held.site not in sites) or (article is not None and held.id != article):
            continue
        for number, cut in enumerate(held.cuts):
            if not rules or any(is_named(held_by, name) for held_by in rules_of(cut) for name in rules):
                found.add(f"{held.key}\0{number}", functools.partial(in_context, held, cut))
    return found.seen, found.drawn()


def in_turn(lists: Iterable[Sequence[Item]]) -> Iterator[Item]:
    """Yield the first item of each list, then the second of each."""
    for row in itertools.zip_longest(*lists):
        yield from (item for item in row if item is not None)


def _fitting(items: Iterable[Item], size: int) -> Iterator[Item]:
    """Yield items for as long as their JSON has room in so many bytes; one met twice takes room once."""
    met: set[int] = set()
    for item in items:
        if id(item) not in met:
            met.add(id(item))
            size -= len(json.dumps(item, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        if size < 0:
            return
        yield item


def _unique(items: Iterable[Item]) -> Iterator[Item]:
    return iter({(*_place(item), item.get("start"), item["rules"][0], item["text"]): item for item in items}.values())


def _place(item: Item) -> tuple[Any, ...]:
    return item["file"], item["record"], item["field"]


def _row(name: str, count: Any) -> Item:
    keys = ("articles", "touched", "removals", "elements", "characters")
    return {"name": name} | {key: getattr(count, key) for key in keys}


def _rows(table: Iterable[tuple[str, Any]]) -> list[Item]:
    return [_row(name, count) for name, count in table]


def _head(article: Article) -> Item:
    head = {"file": article.file, "record": article.number, "id": article.id, "field": article.field}
    more = {"site": article.site, "lang": article.language, "url": article.url}
    return head | {key: value for key, value in more.items() if value}


def in_context(article: Article, cut: Removal | Pruned) -> Item:
    """Return a removal with the text around it, and where in that text others lie.

    Of a removal too long to hold, `cut` characters are left out.
    """
    if isinstance(cut, Pruned):
        return _head(article) | {"rules": [cut.rule], "text": cut.text[:LONGEST]}
    around = {"before": (max(0, cut.start - CONTEXT), cut.start), "after": (cut.end, cut.end + CONTEXT)}
    text = article.text[cut.start : cut.end]
    item = {"start": cut.start, "end": cut.end, "rules": list(cut.rules), "text": text[:LONGEST]}
    if len(text) > LONGEST:
        item["cut"] = len(text) - LONGEST
    others = {f"{side}_cuts": _within(article.removals, *window) for side, window in around.items()}
    context = {side: article.text[start:end] for side, (start, end) in around.items()}
    return _head(article) | item | context | {side: cuts for side, cuts in others.items() if cuts}


def _within(removals: Iterable[Removal], start: int, end: int) -> list[tuple[int, int]]:
    """Where other removals lie in a part of the text, counted from its start."""
    inside = (cut for cut in removals if cut.start < end and cut.end > start)
    return [(max(cut.start, start) - start, min(cut.end, end) - start) for cut in inside]


def shown(article: Article) -> Item:
    """Return an article in parts: kept text, removals as objects, and gaps as numbers of characters."""
    parts: list[Any] = []
    place = 0
    for removal in article.removals:
        parts += _kept(article.text[place : removal.start], first=place == 0)
        parts.append({"start": removal.start, "end": removal.end, "rules": list(removal.rules)})
        text = article.text[removal.start : removal.end]
        parts[-1]["text"] = text[:LONGEST]
        if len(text) > LONGEST:
            parts[-1]["cut"] = len(text) - LONGEST
        place = removal.end
    parts += _kept(article.text[place:], first=place == 0, last=True)
    counts = {"length": len(article.text), "removed": article.removed, "removals": len(article.removals)}
    item = _head(article) | counts | {"parts": parts}
    if article.trouble:
        item |= {"trouble": article.trouble, "failed": article.failed}
    if article.pruned:
        item["elements"] = [{"rule": pruned.rule, "text": pruned.text[:LONGEST]} for pruned in article.pruned[:100]]
    return item


def _kept(text: str, *, first: bool = False, last: bool = False) -> list[Any]:
    head, tail = (KEPT * 3 if first else KEPT), (KEPT // 2 if last else KEPT)
    if len(text) <= head + tail + KEPT:
        return [text] if text else []
    return [text[:head], len(text) - head - tail, text[-tail:]]


def _count_same(run: Run, removals: Iterable[Item]) -> None:
    """Tell each shown removal how often the run removed this very text."""
    wanted = Counter({item["text"].strip(): 0 for item in removals if "start" in item and "cut" not in item})
    for row in run.rows():
        if "start" in row and (text := row["text"].strip()) in wanted:
            wanted[text] += 1
    for item in removals:
        if "start" in item and wanted[item["text"].strip()] > 1:
            item["times"] = wanted[item["text"].strip()]


def gather(run: Run, seed: int = SEED, sizes: Sizes | None = None) -> dict[str, Any]:
    """Read a run and return what its page shows."""
    gatherer = Gatherer(seed, sizes)
    for article in run.articles():
        gatherer.add(article)
    return gatherer.data(run)
