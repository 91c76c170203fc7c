"""A rule's examples: what its marks say must go, and whether just that goes."""

from dataclasses import dataclass

from cleaner import edit
from cleaner.clean import Cleaner
from cleaner.find import Finder
from cleaner.fold import View, fold_case
from cleaner.model import Rule
from cleaner.rules import MARK

TIME_LIMIT = 2.0  # seconds for one example


@dataclass(frozen=True, slots=True)
class Difference:
    """An example that a rule treats in another way than its marks say.

    `wanted` and `got` are the example with marks, for a rule with `select` what should be and is left of it; `why` is
    what kept the rule from it, as far as that is known.
    """

    rule: Rule
    wanted: str
    got: str
    why: str = ""


def failures(rule: Rule) -> list[str]:
    """Return a line for each example that the rule treats in another way than its marks say."""
    return [
        f"{rule.id}: wanted {found.wanted!r}, got {found.got!r}" + (f" ({found.why})" if found.why else "")
        for found in differences(rule)
    ]


def differences(rule: Rule) -> list[Difference]:
    """Return the examples that a rule treats in another way than their marks say.

    The rule runs alone, as if on its first site. White space at a joint is the engine's affair, so marks may lie
    on either side of it.
    """
    cleaner = alone(rule)
    found = _on_page if rule.select else _on_text
    return [difference for example in rule.examples if (difference := found(rule, cleaner, example))]


def alone(rule: Rule) -> Cleaner:
    """Return a cleaner that knows only this rule, whatever its tier, and takes whole texts if the rule does."""
    also = [rule.also] if rule.also else ()
    return Cleaner((rule,), guard=1.0, strict=rule.strict, also=also, time_limit=TIME_LIMIT)


def unmarked(example: str) -> str:
    """Return the text of an example."""
    return str(MARK.sub(r"\1", example))


def left_of(example: str) -> str:
    """Return what an example's marks leave of it."""
    return str(MARK.sub("", example))


def first_url(rule: Rule) -> str | None:
    """Return an address of a rule's first site."""
    return f"https://{rule.sites[0]}/" if rule.sites else None


def _on_text(rule: Rule, cleaner: Cleaner, example: str) -> Difference | None:
    result = cleaner.clean(unmarked(example), first_url(rule))
    if not result.trouble and result.text.split() == left_of(example).split():
        return None
    got = edit.mark(result.document.text, result.removals)
    return Difference(rule, example, got, result.trouble or ("" if result.removals else _why_not(rule, got)))


def _why_not(rule: Rule, text: str) -> str:
    """Say what keeps a rule from a text of which it takes nothing."""
    view = View(text)
    if Finder((rule,)).candidates(view, rule.sites[0] if rule.sites else ""):
        return "a literal stands there, but the pattern does not match" + (
            f" in the {rule.where}" if rule.where else ""
        )
    if not any(fold_case(literal) in view.folded for literal in rule.literals):
        return "none of its literals stands there"
    longest = max(map(view.length, range(len(view.starts))))
    if 0 < rule.longest < longest:
        return f"the line has {longest} characters, and longest is {rule.longest}"
    return "its literal stands there, but not as `at` or `case` ask"


def _on_page(rule: Rule, cleaner: Cleaner, example: str) -> Difference | None:
    from cleaner.extract import prune_fragment  # noqa: PLC0415  most rules are for text

    left, wanted = prune_fragment(unmarked(example), cleaner.rules), prune_fragment(left_of(example), ())
    return None if left == wanted else Difference(rule, wanted, left)
