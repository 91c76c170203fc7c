"""A rule's examples: what its marks say must go, and whether just that goes."""

from cleaner import edit
from cleaner.clean import Cleaner
from cleaner.model import Rule
from cleaner.rules import MARK


def failures(rule: Rule) -> list[str]:
    """Return a line for each example that the rule treats in another way than its marks say.

    The rule runs alone, as if on its first site. White space at a joint is the engine's affair, so marks may lie
    on either side of it.
    """
    cleaner = Cleaner((rule,), guard=1.0, strict=rule.strict, also=[rule.also] if rule.also else ())
    found = []
    for example in rule.examples:
        text = MARK.sub(r"\1", example)
        url = f"https://{rule.sites[0]}/" if rule.sites else None
        if rule.select:
            found += _page_failures(rule, cleaner, example, text)
            continue
        result = cleaner.clean(text, url)
        wanted = MARK.sub("", example)
        if result.trouble or result.text.split() != wanted.split():
            found.append(f"{rule.id}: wanted {example!r}, got {edit.mark(text, result.removals)!r} {result.trouble}")
    return found


def _page_failures(rule: Rule, cleaner: Cleaner, example: str, page: str) -> list[str]:
    from cleaner.extract import prune_fragment  # noqa: PLC0415  most rules are for text

    left = prune_fragment(page, cleaner.rules)
    wanted = prune_fragment(MARK.sub("", example), ())
    return [] if left == wanted else [f"{rule.id}: wanted {wanted!r}, got {left!r}"]
