"""The engine as one function of one document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from cleaner import edit
from cleaner.allow import Allowed, AllowList
from cleaner.find import Clock, Finder, Settle, TimeLimitError, find_all, host_of, visible_share
from cleaner.fold import View
from cleaner.model import Document, Pruned, Removal, Rule, is_named
from cleaner.rules import builtin_rules, chosen
from cleaner.spare import ALL, NONE_SPARED, Keep, Spared, spared_by

GUARD = 0.9
TIME_LIMIT = 10.0


@dataclass(frozen=True)
class CleanResult:
    """A document, what was removed from it, and what is left.

    `trouble` says why a document came out as it went in although a rule may have found junk; else it is "".
    `spared` says what was left alone because it is allowed or ignored.
    """

    document: Document
    removals: tuple[Removal, ...] = ()
    trouble: str = ""
    pruned: tuple[Pruned, ...] = field(default=(), repr=False)
    spared: Spared = field(default=NONE_SPARED, repr=False)

    @cached_property
    def text(self) -> str:
        """The clean text."""
        return edit.delete(self.document.text, self.removals)

    @property
    def left_out(self) -> tuple[Pruned, ...]:
        """What did not come through and why: from a page as far as was asked for, then what text rules removed."""
        return self.pruned + tuple(
            Pruned(" ".join(removal.rules), self.removed(removal).strip()) for removal in self.removals
        )

    def removed(self, removal: Removal) -> str:
        """The text that a removal took."""
        return self.document.text[removal.start : removal.end]

    def marked(self) -> str:
        """The original text with each removal marked: `[-removed-]`."""
        return edit.mark(self.document.text, self.removals)

    def diff(self, name: str = "") -> str:
        """Return a unified diff that `patch` understands; hunk headings name the rules."""
        from cleaner.report.diff import unified_diff  # noqa: PLC0415  a report reads results, not the reverse

        return unified_diff(self, name or self.document.id or "text")

    def to_clean(self, offset: int) -> int:
        """Where a code point of the original lies in the clean text; a removed one is where its cut is."""
        return self._offsets.to_clean(offset)

    def to_original(self, offset: int) -> int:
        """Where a code point of the clean text lies in the original."""
        return self._offsets.to_original(offset)

    @cached_property
    def _offsets(self) -> edit.Offsets:
        return edit.Offsets(self.removals)


class Cleaner:
    """A set of rules, ready to clean any number of documents. It can be pickled and holds no state between calls.

    Args:
        rules: the rules; None means the built-in ones.
        select: ids or categories of the rules to use; empty means all.
        ignore: ids or categories of rules to leave out.
        strict: also use the rules that trade a little of the story for more junk.
        also: groups of text about the story to remove as well, such as "byline".
        allow: exact texts that are never removed, white space around them aside; see `load_allowed`.
        tidy: also remove white space at the end of lines, and all but one of several blank lines.
        guard: a document that would lose more than this share of its visible characters is kept as it is.
        time_limit: seconds that one document may take; past it the document is kept as it is.

    Raises:
        RuleError: a rule is broken, or `select`, `ignore` or `also` names none.
    """

    def __init__(
        self,
        rules: Iterable[Rule] | None = None,
        *,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        strict: bool = False,
        also: Sequence[str] = (),
        allow: Iterable[str | Allowed] = (),
        tidy: bool = False,
        guard: float = GUARD,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        given = builtin_rules() if rules is None else tuple(rules)
        self.rules = chosen(given, select, ignore, strict=strict, also=also)
        self.tidy, self.guard, self.time_limit = tidy, guard, time_limit
        self.allow = AllowList(allow)
        self.ignored: frozenset[str] = frozenset()
        self.finder = Finder(self.rules)

    def without(self, ignore: Iterable[str]) -> Self:
        """Return a cleaner that ignores these rules and categories too ("ALL": changes nothing), and shares the rest.

        Its results say in `spared` which of them would have removed something.
        """
        names = frozenset(ignore)
        ignored = {rule.id for rule in self.rules if ALL in names or any(is_named(rule.id, name) for name in names)}
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        other.ignored |= ignored
        other.tidy = self.tidy and ALL not in names
        return other

    def keep(self, article: str) -> Keep | None:
        """Return what leaves things alone in the article of that id; None if nothing is."""
        return Keep(self.allow, self.ignored, article) if self.allow or self.ignored else None

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "finder"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.finder = Finder(self.rules)

    def clean(self, text: str, url: str | None = None) -> CleanResult:
        """Clean one text; `url` decides which per-site rules apply.

        Raises:
            TypeError: the text is no str; bytes have to be decoded, a page goes to `clean_html`.
        """
        if not isinstance(text, str):
            raise TypeError(f"a text must be a str, not {type(text).__name__}: decode bytes, give pages to clean_html")
        return self.clean_document(Document(text, meta={"url": url} if url else {}))

    def clean_html(self, html: str | bytes, url: str | None = None, *, left_out: bool = False) -> CleanResult:
        """Extract the article of a page and clean it; offsets count the extracted text.

        With `left_out`, the result also says of each visible line of the page why it did not come through.

        Raises:
            ExtractionError: the page holds no article, or is no page.
        """
        from cleaner.extract import extract  # noqa: PLC0415  text never pays for the HTML engine

        keep = self.keep("")
        found = extract(html, self.rules, url, left_out=left_out, keep=keep)
        result = self._clean(found.document, keep)
        return replace(result, pruned=found.pruned)

    def clean_markup(self, text: str, url: str | None = None) -> CleanResult:
        """Clean a text that may hold left-over markup; `meta["rewrites"]` of its document says what was rewritten.

        Offsets count the text without markup, from which `cleaner.markup.mark_again` makes the original.
        """
        from cleaner.markup import has_markup, unmark  # noqa: PLC0415  plain text never pays for it

        try:
            plain, rewrites = unmark(text) if has_markup(text) else (text, ())
        except TimeoutError:
            return CleanResult(Document(text), trouble="its markup cannot be read in time")
        return self.clean_document(Document(plain, meta={"rewrites": rewrites} | ({"url": url} if url else {})))

    def clean_document(self, document: Document) -> CleanResult:
        """Clean one document."""
        return self._clean(document, self.keep(document.id))

    def _clean(self, document: Document, keep: Keep | None) -> CleanResult:
        view = View(document.text)
        try:
            clock, settle = Clock.of(self.time_limit), _settling(keep) if keep else edit.merge
            removals = find_all(self.finder, view, host_of(document.url), clock, settle, tidy=self.tidy)
        except TimeLimitError as error:
            return CleanResult(document, trouble=str(error), spared=spared_by(keep))
        if keep:  # what several rounds took together may be an allowed text too
            removals = [cut for cut in removals if not keep.holds(document.text[cut.start : cut.end])]
        spared = spared_by(keep)
        share = visible_share(view, removals, self.guard)
        if share > self.guard:
            why = f"{share:.0%} would have been removed, the guard is {self.guard:.0%}"
            return CleanResult(document, trouble=why, spared=spared)
        return CleanResult(document, tuple(removals), spared=spared)


def _settling(keep: Keep) -> Settle:
    return lambda view, claims: keep.settle(claims, lambda left: edit.merge(view, left), view.text)
