"""Rules run on a text: from candidate lines to claims."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import regex

from cleaner import edit
from cleaner.find.index import Candidate, Index
from cleaner.find.pattern import Clock, Line, Pattern
from cleaner.fold import View, fold_case
from cleaner.model import Removal, Rule

HEAD: Final = 1000  # code points; never more than half of the text
TAIL: Final = 2000

_LONG_WORD: Final = regex.compile(r"\p{L}{5,}")
_STEM: Final = 5  # letters by which two forms of a word are held equal
_PARAGRAPH: Final = 120  # code points from which on a line below a list is a paragraph


class Finder:
    """Text rules made ready to search; those without a pattern are passed over. Patterns compile when first needed."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = [rule for rule in rules if rule.pattern]
        self._patterns: dict[str, tuple[Pattern, Pattern]] = {}
        self._everywhere = Index(rule for rule in self.rules if not rule.sites)
        self._by_site: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for site in rule.sites:
                self._by_site.setdefault(site, []).append(rule)
        self._of_host: dict[str, list[Index]] = {}

    def find(self, view: View, host: str, clock: Clock) -> list[Removal]:
        """Return every span that a rule claims, in no order and with overlaps.

        Raises:
            TimeLimitError: a pattern ran until the clock had no time left.
        """
        return self.claims(view, self.candidates(view, host), clock)

    def claims(self, view: View, candidates: Iterable[Candidate], clock: Clock) -> list[Removal]:
        """Return what the rules of the candidates claim on their lines."""
        claims: list[Removal] = []
        lines: dict[int, Line] = {}
        for number, rule in candidates:
            if rule.where and not _is_where(view, number, rule):
                continue
            line = lines.get(number)
            if line is None:
                start, end = view.content(number)
                line = lines[number] = Line(view.plain[start:end])
            claims += self._claims(view, number, line, rule, clock)
        return claims

    def candidates(self, view: View, host: str) -> list[Candidate]:
        """Lines, and the rules of which they hold a literal; `host` decides which rules of single sites take part."""
        return [candidate for index in self._indexes(host) for candidate in index.candidates(view)]

    def is_done(
        self, before: Iterable[Candidate], view: View, removals: Sequence[Removal], host: str, clock: Clock
    ) -> bool:
        """Whether rules have nothing to say of what removals leave; False where only a look at all of it can tell.

        They may have of the lines that the removals changed, and of those that they brought to another place.

        Args:
            before: the candidates of the text.
            view: the text.
            removals: what is removed from it.
            host: as for `candidates`.
            clock: what is left of the time that the text may take.
        """
        if edit.has_wide_breaks(view):
            return False
        offsets = edit.Offsets(removals)
        size = offsets.to_clean(len(view.plain))
        for number, rule in before:
            if rule.where and _comes_to_place(number, rule, view, offsets, size):
                return False
        for number, cuts in edit.by_changed_line(view, removals).items():
            line = edit.line_without(view, number, cuts)
            start, end = line.content(0)
            place = offsets.to_clean(view.starts[number])
            content = Line(line.plain[start:end])
            for index in self._indexes(host):
                for _, rule in index.candidates(line):
                    if _is_at(place + start, place + end, size, rule) and self._spans(content, rule, clock):
                        return False
        return True

    def candidates_left(
        self, before: Sequence[Candidate], view: View, clean: View, removals: Sequence[Removal], host: str
    ) -> list[Candidate]:
        """Return the candidates that may claim something of the clean text which they did not claim before.

        These are all of the lines that the removals changed; of the others, those whose line was not at its place.

        Args:
            before: the candidates of the text.
            view: the text.
            clean: the text without the removals.
            removals: what was removed.
            host: as for `candidates`.
        """
        changed = edit.changed_lines(view, clean, removals)
        if changed is None:
            return self.candidates(clean, host)
        left = list(_carried(before, view, clean, removals))
        for line in changed:
            for index in self._indexes(host):
                left += index.candidates(clean, line)
        return left

    def _indexes(self, host: str) -> list[Index]:
        """The rules of every site, and those of this one."""
        labels = host.split(".")
        sites = [site for site in (".".join(labels[n:]) for n in range(len(labels))) if site in self._by_site]
        if not sites:
            return [self._everywhere]
        known = " ".join(sites)  # many hosts are one site
        if known not in self._of_host:
            rules = {rule.id: rule for site in sites for rule in self._by_site[site]}
            self._of_host[known] = [self._everywhere, Index(rules.values())]
        return self._of_host[known]

    def claims_of_line(self, view: View, line: int, rule: Rule, clock: Clock) -> list[Removal]:
        """Return what a rule claims when its pattern looks at one line, whatever its literals are."""
        return self.claims(view, [(line, rule)], clock)

    def _claims(self, view: View, number: int, line: Line, rule: Rule, clock: Clock) -> list[Removal]:
        spans = self._spans(line, rule, clock)
        if not spans:
            return []
        start, rules = view.content(number)[0], (rule.id,)
        claims = [Removal(start + a, start + b, rules) for a, b in spans if a < b]
        return claims + self._through(view, number, rule, clock) if claims and rule.through else claims

    def _spans(self, line: Line, rule: Rule, clock: Clock) -> list[tuple[int, int]]:
        """Start and end of what a rule claims of a line."""
        size = len(line.text)
        if 0 < rule.longest < size:
            return []
        pattern = self._patterns_of(rule)[0]
        if rule.removes == "line":
            return [(0, size)] if pattern.matches(line, clock) else []
        return pattern.spans(line, clock)

    def _patterns_of(self, rule: Rule) -> tuple[Pattern, Pattern]:
        if rule.id not in self._patterns:
            self._patterns[rule.id] = Pattern(rule, rule.pattern), Pattern(rule, rule.through)
        return self._patterns[rule.id]

    def _through(self, view: View, line: int, rule: Rule, clock: Clock) -> list[Removal]:
        """Claim the lines that follow for as long as they match; blank ones in between go with them.

        The last of them stays when the paragraph below takes it up: it is the heading of that paragraph.
        """
        claims: list[Removal] = []
        through = self._patterns_of(rule)[1]
        for following in range(line + 1, len(view.starts)):
            start, end = view.content(following)
            if start == end:
                continue
            content = Line(view.plain[start:end])
            if not through.matches(content, clock):
                if claims and _is_heading_of(view.plain[claims[-1].start : claims[-1].end], content.text):
                    claims.pop()
                break
            claims.append(Removal(start, end, (rule.id,)))
        return claims


def _carried(before: Iterable[Candidate], view: View, clean: View, removals: Sequence[Removal]) -> Iterator[Candidate]:
    """Yield the candidates of lines that were not at the place of their rule, and are still there.

    They may be at it now, or come there in a later round. Of a line that stays as it is, other rules have said all.
    """
    waiting = [(line, rule) for line, rule in before if rule.where and not _is_where(view, line, rule)]
    if not waiting:
        return
    offsets = edit.Offsets(removals)
    for line, rule in waiting:
        start = view.starts[line]
        place = offsets.to_clean(start)
        if offsets.to_clean(start + 1) > place:
            yield clean.line_at(place), rule


def _comes_to_place(line: int, rule: Rule, view: View, offsets: edit.Offsets, size: int) -> bool:
    """Whether removals bring a line to the place of a rule at which it was not."""
    if _is_where(view, line, rule):
        return False
    start, end = view.content(line)
    return _is_at(offsets.to_clean(start), offsets.to_clean(end), size, rule)


def _is_heading_of(line: str, paragraph: str) -> bool:
    """Whether a paragraph takes up the words of the short line above it, as it does with a heading in the story."""
    if len(paragraph) < _PARAGRAPH:
        return False
    words, taken_up = _stems(line), _stems(paragraph)
    return len(words & taken_up) >= min(2, len(words)) > 0


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _LONG_WORD.findall(fold_case(text))}


def _is_where(view: View, line: int, rule: Rule) -> bool:
    return not rule.where or _is_at(*view.content(line), len(view.plain), rule)


def _is_at(start: int, end: int, size: int, rule: Rule) -> bool:
    """Whether a line from `start` to `end` of a text of that size is at the place of a rule."""
    if not rule.where:
        return True
    return start < min(HEAD, size / 2) if rule.where == "head" else end > size - min(TAIL, size / 2)
