"""HTML -> Document: DOM rules prune the tree, each line that is left is weighed, trafilatura is asked in doubt."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lxml.etree import strip_elements

from cleaner.extract.blocks import SKIPPED, Block, blocks
from cleaner.extract.parse import MAX_BYTES, ExtractionError, parse
from cleaner.extract.prune import prune, visible
from cleaner.extract.signs import KEPT, see
from cleaner.extract.told import told
from cleaner.extract.weigh import doubt, reasons, weigh
from cleaner.find import host_of
from cleaner.model import Document, Pruned, Rule
from cleaner.spare import Keep

__all__ = ["MAX_BYTES", "Extracted", "ExtractionError", "extract", "prune_fragment"]
# One page in seventy has more when rules have pruned it, and trafilatura takes a twelfth of its time for those.
MOST_ELEMENTS = 1_500
# The share of a story that may be wrong, by the scores of its lines: above it trafilatura is asked, and the lines are
# weighed again. That is a quarter of the pages of `benchmarks/weigh.py`; to ask about all makes F1 no better.
DOUBTFUL = 0.08
# A story shorter than this is doubted: the other readings of the page are asked.
SHORT = 250
_RIVAL = 2.2


class Extracted(NamedTuple):
    """The article of a page, the elements that rules cut before, and where asked for the lines that were left out."""

    document: Document
    pruned: tuple[Pruned, ...] = ()


def extract(
    html: str | bytes,
    rules: Sequence[Rule] = (),
    url: str | None = None,
    *,
    left_out: bool = False,
    keep: Keep | None = None,
) -> Extracted:
    """Return the article of a page.

    Args:
        html: the page; bytes are decoded by what they are, by what they declare, or by what they look like.
        rules: only those with a `select` are used.
        url: decides which per-site rules apply, and is kept in `Document.meta`.
        left_out: also say of each visible line that did not come through why it did not.
        keep: which elements rules leave alone.

    Raises:
        ExtractionError: no page, too large, or a page that holds no article.
    """
    tree = parse(html)
    about = told(tree, url)
    strip_elements(tree, *SKIPPED, with_tail=False)
    pruned = prune(tree, rules, host_of(url or ""), keep)
    lines = blocks(tree)
    see(lines, None, about.body, about.titles)
    weigh(lines)
    asked = doubt(lines) > DOUBTFUL and (taken := read(tree)) is not None
    if asked:
        see(lines, taken, about.body, about.titles)
        weigh(lines)
    chosen, source = _chosen(lines, about.body, asked=asked)
    if not chosen:
        raise ExtractionError("the page holds no article (is it a home page, a login or a script shell?)")
    meta = about.meta | {"extracted": source} | ({"url": url} if url else {})
    if left_out:
        pruned += _account(lines, chosen)
    return Extracted(Document("\n".join(chosen) + "\n", meta=meta), tuple(pruned))


def read(tree: Any) -> str | None:
    """Return what trafilatura takes for the article, None of a page that it cannot read in bounded time."""
    from trafilatura import bare_extraction  # noqa: PLC0415  slow to import, and the rules' examples do without it

    if tree.xpath("count(//*)") > MOST_ELEMENTS:
        return None
    try:
        found = bare_extraction(tree, fast=True, include_comments=False, deduplicate=False, with_metadata=False)
    except Exception:  # noqa: BLE001  it meets hostile trees, and the lines can be weighed without it
        return None
    return str(getattr(found, "text", "") or "")


def _chosen(lines: Sequence[Block], body: str, *, asked: bool) -> tuple[list[str], str]:
    """Return the lines of the story, and what they were chosen by."""
    weighed = [line.text for line in lines if line.score > 0]
    size = sum(map(len, weighed))
    voted = [line.text for line in lines if KEPT in line.signs]
    if size < SHORT and sum(map(len, voted)) > _RIVAL * size:
        return voted, "trafilatura"
    if len(body) > max(SHORT, _RIVAL * size):
        return [" ".join(line.split()) for line in body.splitlines() if line.strip()], "structured data"
    return weighed, "weights and trafilatura" if asked else "weights"


def _account(lines: Sequence[Block], chosen: Sequence[str]) -> list[Pruned]:
    kept = set(chosen)
    return [
        Pruned("extraction", line.text, ", ".join(reasons(line)))
        for line in lines
        if line.score <= 0 and line.text not in kept
    ]


def prune_fragment(html: str, rules: Sequence[Rule]) -> str:
    """Return the text of a piece of HTML after the rules pruned it, in single spaces: for a rule's examples."""
    tree = parse(f"<html><body>{html}</body></html>")
    prune(tree, rules, rules[0].sites[0] if rules and rules[0].sites else "")
    return visible(tree)
