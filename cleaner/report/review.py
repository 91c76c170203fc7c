"""What a reader judged of a report: exceptions, examples for the rules, and how often the rules are right."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.allow import Allowed, AllowError, toml_text
from cleaner.clean import Cleaner
from cleaner.errors import CleanerError
from cleaner.model import Rule

Judged = Mapping[str, Any]
Z95 = 1.959964  # of the normal distribution, two sides, 95 %
_MAX_BYTES = 200_000_000
_TEXTS = ("file", "id", "text", "before", "after", "verdict", "reason")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of `seen` judged removals of a random sample `right` were right; the interval is at 95 % confidence."""

    right: int
    seen: int

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end, 0 to 1."""
        return wilson(self.right, self.seen)

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        low, high = self.interval
        share = self.right / self.seen if self.seen else None
        return {"right": self.right, "judged": self.seen, "share": share, "low": low, "high": high}

    def __str__(self) -> str:
        low, high = self.interval
        share = f"{self.right / self.seen:.1%}" if self.seen else "unknown"
        return f"{share} ({self.right:,} of {self.seen:,} right; 95 % interval {low:.1%} to {high:.1%})"


def wilson(right: int, seen: int, z: float = Z95) -> tuple[float, float]:
    """Return the score interval of Wilson for a share that was seen in a random sample.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212. It
    holds for small samples and shares near 1, where the usual normal interval does not (Brown, Cai and DasGupta,
    "Interval estimation for a binomial proportion", Statistical Science 16 (2001), 101-133).
    """
    if not seen:
        return 0.0, 1.0
    share, square = right / seen, z * z
    middle = (share + square / (2 * seen)) / (1 + square / seen)
    reach = z / (1 + square / seen) * math.sqrt(share * (1 - share) / seen + square / (4 * seen * seen))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def load_decisions(path: Path) -> dict[str, Any]:
    """Read what `Save decisions` wrote.

    Raises:
        CleanerError: the file cannot be read, or is something else.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise CleanerError(f"{path}: larger than {_MAX_BYTES:,} bytes, that is no file of decisions")
        held: dict[str, Any] = json.loads(path.read_bytes())
    except OSError as error:
        raise CleanerError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CleanerError(f"{path}: not valid JSON: {error}") from error
    judged = held.get("judged") if isinstance(held, dict) and held.get("decisions") == 1 else None
    if not isinstance(judged, list):
        raise CleanerError(f"{path}: is no file of decisions: press `Save decisions` in a report's review")
    for number, item in enumerate(judged, 1):
        if problem := _problem(item):
            raise CleanerError(f"{path}: decision {number}: {problem}")
    return held


def _problem(item: object) -> str:
    if not isinstance(item, dict):
        return "is no object"
    for key in _TEXTS:
        if not isinstance(item.get(key, ""), str):
            return f"{key}: must be a text"
    if item.get("verdict") not in {"right", "wrong"}:
        return "verdict: must be right or wrong"
    if not item.get("text", "").strip():
        return "text: is missing or empty"
    rules, drawn = item.get("rules"), item.get("drawn", [])
    if not all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in (rules, drawn)):
        return "rules and drawn: must be lists of texts"
    return ""


def wrong(judged: Iterable[Judged]) -> list[Judged]:
    """Return the removals that were judged wrong."""
    return [item for item in judged if item["verdict"] == "wrong"]


def exceptions(judged: Iterable[Judged], date: str, *, everywhere: bool = False) -> list[Allowed]:
    """Return an entry of the allow-list for each removal judged wrong.

    A text that the run removed more than once stays only in the article where it was judged, since nobody looked at
    the others; with `everywhere` it stays in all.
    """
    entries: dict[tuple[str, str], Allowed] = {}
    for item in wrong(judged):
        known_once = "random" in item or item.get("drawn")  # the page counted the others of these
        article = "" if everywhere or (known_once and item.get("times", 1) == 1) else item.get("id", "")
        entry = Allowed(item["text"].strip(), article, ", ".join(item["rules"]), item.get("reason", ""), date)
        entries.setdefault((entry.text, entry.article), entry)
    return list(entries.values())


def precision(held: Mapping[str, Any]) -> tuple[Estimate, dict[str, Estimate]]:
    """Estimate how often the run was right: of all removals, and of each rule.

    Only removals that the page drew at random count, since what a reader goes looking for says nothing about the rest.
    """
    seen: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for item in held["judged"]:
        at_random = item.get("random") is not None
        names = [rule for rule in item["rules"] if at_random or rule in item.get("drawn", [])]
        for name in ([""] if at_random else []) + names:
            seen[name] += 1
            right[name] += item["verdict"] == "right"
    rules = {rule: Estimate(right[rule], seen[rule]) for rule in sorted(set(seen) - {""})}
    return Estimate(right[""], seen[""]), rules


def examples(judged: Sequence[Judged], rules: Iterable[Rule]) -> dict[str, list[str]]:
    """Return, for each rule at hand, lines of TOML that say what it must leave alone, to paste into its `examples`.

    An example is the line of the removal; what else the rule takes of it, rightly, has its marks.
    """
    known = {rule.id: rule for rule in rules if rule.pattern}
    found: dict[str, dict[str, None]] = {}
    for item in wrong(judged):
        for rule in (known[name] for name in item["rules"] if name in known):
            try:
                found.setdefault(rule.id, {})[toml_text(_example(item, rule)) + ","] = None
            except AllowError:
                continue
    return {rule: list(lines) for rule, lines in sorted(found.items())}


def _example(item: Judged, rule: Rule) -> str:
    text = item["text"]
    body = text.strip("\n")
    head = "" if text.startswith("\n") else item.get("before", "").rpartition("\n")[2]
    tail = "" if text.endswith("\n") else item.get("after", "").partition("\n")[0]
    line, start, end = head + body + tail, len(head), len(head) + len(body)
    cleaner = Cleaner((rule,), guard=1.0, strict=rule.strict, also=[rule.also] if rule.also else ())
    url = f"https://{rule.sites[0]}/" if rule.sites else None
    pieces, place = [], 0
    for removal in cleaner.clean(line, url).removals:
        if removal.end <= start or removal.start >= end:
            pieces += [line[place : removal.start], "[-", line[removal.start : removal.end], "-]"]
            place = removal.end
    return "".join((*pieces, line[place:]))
