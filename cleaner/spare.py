"""What is left alone although rules claim it: texts of the allow-list, and what rules claim that are ignored here."""

import fnmatch
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from cleaner.allow import Allowed, AllowList
from cleaner.model import Removal, is_named

ALL = "ALL"


@dataclass(frozen=True, slots=True)
class Ignore:
    """An entry of per-file ignores: a rule or a category, or "ALL", that is ignored in the files that a glob fits.

    The glob fits the name of a file, or its path from `folder` on; `*` also stands for slashes.
    """

    glob: str
    rule: str
    folder: Path = Path()

    def fits(self, path: str | PurePath) -> bool:
        """Whether it is for a file. Of a url, the glob fits its last part or all of it."""
        name = str(path)
        if "://" not in name:
            name = PurePath(_from(os.path.abspath(path), os.path.abspath(self.folder))).as_posix()
        return fnmatch.fnmatch(name, self.glob) or fnmatch.fnmatch(name.rpartition("/")[2], self.glob)

    def takes(self, rule: str) -> bool:
        """Whether it ignores the rule of that id."""
        return self.rule == ALL or is_named(rule, self.rule)

    def __str__(self) -> str:
        return f"{self.glob}: {self.rule}"


def _from(path: str, folder: str) -> str:
    try:
        return os.path.relpath(path, folder)
    except ValueError:  # another drive
        return path


@dataclass(frozen=True, slots=True)
class Spared:
    """What was left alone: the ids of ignored rules that claimed something, and the allow-list's entries that held."""

    ignored: frozenset[str] = frozenset()
    allowed: frozenset[Allowed] = frozenset()


NONE_SPARED = Spared()


class Keep:
    """Leaves alone in one article what is ignored or allowed, and remembers what that was.

    Args:
        allow: the allow-list.
        ignored: ids of rules whose claims do not count.
        article: the id of the article.
    """

    def __init__(self, allow: AllowList, ignored: frozenset[str], article: str) -> None:
        self.allow, self.ignored, self.article = allow, ignored, article
        self._ignored: set[str] = set()
        self._allowed: set[Allowed] = set()

    @property
    def spared(self) -> Spared:
        """What was left alone so far."""
        return Spared(frozenset(self._ignored), frozenset(self._allowed))

    def ignores(self, rule: str) -> bool:
        """Whether what this rule claims does not count."""
        if rule not in self.ignored:
            return False
        self._ignored.add(rule)
        return True

    def holds(self, text: str) -> bool:
        """Whether a text may not be removed."""
        entry = self.allow.entry(text, self.article)
        if entry:
            self._allowed.add(entry)
        return entry is not None

    def settle(
        self, claims: Sequence[Removal], merge: Callable[[Sequence[Removal]], list[Removal]], text: str
    ) -> list[Removal]:
        """Return what `merge` makes of the claims, without what is ignored or allowed.

        A claim that only takes allowed text is left out before the others are merged, so that they do not count on it.
        """
        if self.ignored:
            claims = [claim for claim in claims if not self.ignores(claim.rules[0])]  # a claim is of one rule
        while True:
            found = merge(claims)
            kept = [removal for removal in found if self.holds(text[removal.start : removal.end])] if self.allow else []
            going = [removal for removal in found if removal not in kept] if kept else found
            left = [claim for claim in claims if not _touches(claim, kept) or _touches(claim, going)]
            if len(left) == len(claims):
                return going
            claims = left


def spared_by(keep: Keep | None) -> Spared:
    """Return what was left alone."""
    return keep.spared if keep else NONE_SPARED


def _touches(claim: Removal, removals: Iterable[Removal]) -> bool:
    return any(claim.start < removal.end and removal.start < claim.end for removal in removals)
