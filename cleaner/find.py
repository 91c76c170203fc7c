"""Which spans the rules remove: literal -> line -> pattern."""

import functools
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import ahocorasick_rs
import regex

from cleaner import edit
from cleaner.fold import View, fold_case, plain
from cleaner.model import Removal, Rule

HEAD, TAIL = 1000, 2000  # code points; never more than half of the text
SLOT = regex.compile(r"\{\{(\w+)\}\}")
_SURROGATE = regex.compile("[\ud800-\udfff]")


_MARKS = regex.compile(r"[^\w\n©@#+&]*+")
_LONG_WORD = regex.compile(r"\p{L}{5,}")
_STEM = 5  # letters by which two forms of a word are held equal
_PARAGRAPH = 120  # code points from which on a line below a list is a paragraph
_SMALL = 50_000
_KEY = 3  # characters by which literals at the start of a line are looked up


class TimeLimitError(Exception):
    """A text took longer than its time limit; the message names the rule that ran."""


def host_of(url: str) -> str:
    """Return the host of a url or of a bare domain, in lower case and without `www.`; "" where there is none."""
    try:
        return (urlsplit(url if "//" in url else "//" + url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def host_matches(host: str, sites: Iterable[str]) -> bool:
    """Whether a host is one of the sites or a subdomain of one."""
    return any(host == site or host.endswith("." + site) for site in sites)


@dataclass(slots=True)
class Clock:
    """What is left of the seconds that one document may take."""

    deadline: float

    @classmethod
    def of(cls, seconds: float) -> "Clock":
        """Start a clock that runs for some seconds."""
        return cls(time.monotonic() + seconds)

    def left(self, rule: Rule) -> float:
        """Seconds left; raises TimeLimitError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeLimitError(f"rule {rule.id}: the time limit of the document was over")
        return left


Candidate = tuple[int, Rule]  # the number of a line, and a rule of which it holds a literal


class Finder:
    """Text rules made ready to search. Patterns compile when a text first needs them."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = [rule for rule in rules if rule.pattern]
        self._everywhere = _Index(rule for rule in self.rules if not rule.sites)
        self._by_site: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for site in rule.sites:
                self._by_site.setdefault(site, []).append(rule)
        self._of_host: dict[tuple[str, ...], _Index] = {}

    def find(self, view: View, host: str, clock: Clock) -> list[Removal]:
        """Return every span that a rule claims, in no order and with overlaps.

        Raises:
            TimeLimitError: a pattern ran until the clock had no time left.
        """
        return self.claims(view, self.candidates(view, host), clock)

    def claims(self, view: View, candidates: Iterable[Candidate], clock: Clock) -> list[Removal]:
        """Return what the rules of the candidates claim on their lines."""
        return [claim for line, rule in candidates for claim in self.claims_of_line(view, line, rule, clock)]

    def candidates(self, view: View, host: str) -> list[Candidate]:
        """Lines, and the rules of which they hold a literal; `host` decides which rules of single sites take part."""
        return [
            found for index in self._indexes(host) for found in index.candidates(view.plain, view.folded, view.starts)
        ]

    def candidates_left(
        self, before: Sequence[Candidate], view: View, clean: View, removals: Sequence[Removal], host: str
    ) -> list[Candidate]:
        """Return the candidates that may claim something of the clean text which they did not claim before.

        These are all of the lines that the removals changed; of the others only rules that look beyond their line.

        Args:
            before: the candidates of the text.
            view: the text.
            clean: the text without the removals.
            removals: what was removed.
            host: as for `candidates`.
        """
        changed = edit.changed_lines(clean, removals)
        if changed is None:
            return self.candidates(clean, host)
        left = [(clean.line_at(place), rule) for place, rule in _carried(before, view, removals)]
        for line in changed:
            start, end = clean.bounds(line)
            content, folded = clean.plain[start:end], clean.folded[start:end]
            for index in self._indexes(host):
                left += [(line, rule) for _, rule in index.candidates(content, folded, [0])]
        return left

    def _indexes(self, host: str) -> list["_Index"]:
        """The rules of every site, and those of this one."""
        labels = host.split(".")
        sites = tuple(site for site in (".".join(labels[n:]) for n in range(len(labels))) if site in self._by_site)
        if sites and sites not in self._of_host:
            self._of_host[sites] = _Index({rule.id: rule for site in sites for rule in self._by_site[site]}.values())
        return [self._everywhere, *([self._of_host[sites]] if sites else [])]

    def claims_of_line(self, view: View, line: int, rule: Rule, clock: Clock) -> list[Removal]:
        """Return what a rule claims when its pattern looks at one line, whatever its literals are."""
        start, end = view.content(line)
        if (rule.longest and end - start > rule.longest) or not _is_where(view, line, rule):
            return []
        if rule.removes == "line":
            spans = [(0, end - start)] if self._run("search", rule, rule.pattern, view, (start, end), clock) else []
        else:
            spans = [match.span() for match in self._run("finditer", rule, rule.pattern, view, (start, end), clock)]
        claims = [Removal(start + a, start + b, (rule.id,)) for a, b in spans if a < b]
        return claims + self._through(view, line, rule, clock) if claims and rule.through else claims

    def _through(self, view: View, line: int, rule: Rule, clock: Clock) -> list[Removal]:
        """Claim the lines that follow for as long as they match; blank ones in between go with them.

        The last of them stays when the paragraph below takes it up: it is the heading of that paragraph.
        """
        claims: list[Removal] = []
        for following in range(line + 1, len(view.starts)):
            start, end = view.content(following)
            if start == end:
                continue
            if not self._run("search", rule, rule.through, view, (start, end), clock):
                if claims and is_heading_of(view.plain[claims[-1].start : claims[-1].end], view.plain[start:end]):
                    claims.pop()
                break
            claims.append(Removal(start, end, (rule.id,)))
        return claims

    def _run(self, method: str, rule: Rule, pattern: str, view: View, span: tuple[int, int], clock: Clock) -> Any:
        held = tuple((name, _present(phrases, view, span)) for name, phrases in rule.slots.items())
        try:
            found = getattr(_compiled(pattern, held), method)(view.plain[slice(*span)], timeout=clock.left(rule))
            return list(found) if method == "finditer" else found
        except TimeoutError as error:
            raise TimeLimitError(f"rule {rule.id}: its pattern ran over the time limit") from error


def _carried(before: Iterable[Candidate], view: View, removals: Sequence[Removal]) -> Iterator[tuple[int, Rule]]:
    """Yield where lines that are still there now start, with their rules that look beyond the line."""
    offsets = edit.Offsets(removals)
    for line, rule in before:
        if rule.where or rule.through:
            start = view.starts[line]
            place = offsets.to_clean(start)
            if offsets.to_clean(start + 1) > place:
                yield place, rule


class Scanner:
    """Finds literals in texts: for the first small ones by looking for each, then by an automaton of all.

    To build the automaton takes longer than to clean one article.
    """

    def __init__(self, literals: Iterable[str], small: int = _SMALL) -> None:
        self._literals = tuple(literals)
        self._small = small  # characters that are still looked at without an automaton
        self._automaton: ahocorasick_rs.AhoCorasick | None = None

    def __call__(self, text: str) -> list[tuple[int, int, int]]:
        """Return number of the literal, start and end of each hit, overlapping ones too, sorted by end."""
        if self._automaton is None:
            self._small -= len(text)
            if self._small > 0:
                return self._look_for_each(text)
            self._automaton = ahocorasick_rs.AhoCorasick(list(self._literals))
        # A lone surrogate, which a JSON escape can bring in, has no UTF-8.
        return self._automaton.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text), overlapping=True)

    def _look_for_each(self, text: str) -> list[tuple[int, int, int]]:
        hits = []
        for number, literal in enumerate(self._literals):
            if literal in text:
                start = text.find(literal)
                while start >= 0:
                    hits.append((number, start, start + len(literal)))
                    start = text.find(literal, start + 1)
        return sorted(hits, key=lambda hit: (hit[2], hit[1]))


_Condition = tuple[bool, str]  # whether only whole words count, and how they must be written if case counts
_Groups = tuple[tuple[_Condition, list[Rule]], ...]
_Hit = tuple[int, int, int, _Groups]  # line, start, end, what the literal stands for


class _Index:
    """Literals to rules: one scanner for those that may stand anywhere, one table for those that start a line."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        anywhere: dict[str, dict[_Condition, list[Rule]]] = {}
        starting: dict[str, dict[str, dict[_Condition, list[Rule]]]] = {}
        for rule in rules:
            for written in rule.literals if rule.folded else dict.fromkeys(map(plain, rule.literals)):
                literal = written if rule.folded and not rule.case else fold_case(written)
                table = starting.setdefault(literal[:_KEY], {}) if rule.at == "start" else anywhere
                condition = rule.at == "word", written if rule.case else ""
                table.setdefault(literal, {}).setdefault(condition, []).append(rule)
        self._anywhere = [tuple(groups.items()) for groups in anywhere.values()]
        self._starting = {
            key: [(literal, tuple(groups.items())) for literal, groups in table.items()]
            for key, table in starting.items()
        }
        self._scan = Scanner(anywhere)

    def candidates(self, text: str, folded: str, starts: Sequence[int]) -> Iterable[Candidate]:
        """Lines, and the rules of which they hold a literal."""
        found: dict[tuple[int, str], tuple[int, Rule]] = {}
        for hits in (self._hits_anywhere(folded, starts), self._hits_at_start(folded, starts)):
            for line, start, end, groups in hits:
                for (word, written), rules in groups:
                    if written and text[start:end] != written:
                        continue
                    if word and not is_word(folded, start, end):
                        continue
                    for rule in rules:
                        found[line, rule.id] = line, rule
        return found.values()

    def _hits_anywhere(self, folded: str, starts: Sequence[int]) -> Iterator[_Hit]:
        line, line_end = -1, 0
        for literal, start, end in self._scan(folded):
            while start >= line_end:
                line += 1
                line_end = starts[line + 1] if line + 1 < len(starts) else len(folded) + 1
            yield line, start, end, self._anywhere[literal]

    def _hits_at_start(self, folded: str, starts: Sequence[int]) -> Iterator[_Hit]:
        starting = self._starting
        for line, start in enumerate(starts if starting else ()):
            place = line_start(folded, start)
            for size in range(1, _KEY + 1):
                for literal, groups in starting.get(folded[place : place + size], ()):
                    if folded.startswith(literal, place):
                        yield line, place, place + len(literal), groups


def line_start(folded: str, place: int) -> int:
    """Where the first letter, digit or sign of value stands in a line: behind bullets, brackets and white space."""
    if folded[place : place + 1].isalpha():
        return place
    match = _MARKS.match(folded, place)
    return int(match.end()) if match else place


def is_heading_of(line: str, paragraph: str) -> bool:
    """Whether a paragraph takes up the words of the short line above it, as it does with a heading in the story."""
    if len(paragraph) < _PARAGRAPH:
        return False
    words, taken_up = _stems(line), _stems(paragraph)
    return len(words & taken_up) >= min(2, len(words)) > 0


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _LONG_WORD.findall(fold_case(text))}


def is_word(folded: str, start: int, end: int) -> bool:
    """Whether no letter or digit goes on before or behind a span."""
    before, after = folded[start - 1 : start] if start else "", folded[end : end + 1]
    return not (before.isalnum() and folded[start].isalnum()) and not (after.isalnum() and folded[end - 1].isalnum())


Held = tuple[tuple[str, tuple[str, ...]], ...]  # names of slots, and their phrases that a line holds


def _present(phrases: tuple[str, ...], view: View, span: tuple[int, int]) -> tuple[str, ...]:
    """Return the phrases that stand in a span; no other can match there. Rules share the tuples of phrases."""
    key = (id(phrases), *span)
    if key not in view.held:
        scan, spellings = _scanner_of(phrases)
        numbers = sorted({number for number, _, _ in scan(view.folded[slice(*span)])})
        view.held[key] = tuple(phrase for number in numbers for phrase in spellings[number])
    return view.held[key]


@functools.lru_cache(maxsize=256)
def _scanner_of(phrases: tuple[str, ...]) -> tuple[Scanner, list[list[str]]]:
    """Return a scanner for phrases in one case, and the spellings that each stands for."""
    spellings: dict[str, list[str]] = {}
    for phrase in phrases:
        spellings.setdefault(fold_case(phrase), []).append(phrase)
    return Scanner(spellings), list(spellings.values())


@functools.lru_cache(maxsize=8192)
def _compiled(pattern: str, held: Held) -> Any:
    """Compile a pattern with the phrases that one line holds: small ones are quick to compile and to run."""
    return regex.compile(filled(pattern, dict(held)))


def filled(pattern: str, slots: Mapping[str, Sequence[str]]) -> str:
    """Write every `{{name}}` of a pattern out: any of its phrases; one without phrases never matches."""

    def alternatives(match: Any) -> str:
        phrases = slots[match[1]]
        return f"(?:{'|'.join(regex.escape(phrase, special_only=False) for phrase in phrases)})" if phrases else "(?!)"

    return str(SLOT.sub(alternatives, pattern))


def _is_where(view: View, line: int, rule: Rule) -> bool:
    if not rule.where:
        return True
    (start, end), size = view.content(line), len(view.plain)
    if rule.where == "head":
        return start < min(HEAD, size / 2)
    return end > size - min(TAIL, size / 2)
