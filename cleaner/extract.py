"""HTML -> Document: DOM rules prune the tree, trafilatura extracts the article from it."""

from collections.abc import Sequence
from typing import Any

import lxml.html
import regex
import trafilatura
from bs4 import BeautifulSoup
from lxml.etree import XPath
from trafilatura.utils import load_html

from cleaner.errors import CleanerError
from cleaner.find import host_matches, host_of
from cleaner.fold import fold_case, plain
from cleaner.model import Document, Pruned, Rule
from cleaner.rules import xpath

MAX_BYTES = 20_000_000
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure"}
    | {"footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"}
    | {"section", "table", "td", "th", "tr", "ul"}
)
_TAG = regex.compile(r"<\s*[a-zA-Z!/?]")


class ExtractionError(CleanerError):
    """A page from which no article can be had; the message says why."""


def extract(
    html: str | bytes, rules: Sequence[Rule] = (), url: str | None = None
) -> tuple[Document, tuple[Pruned, ...]]:
    """Return the article of a page and the elements that `select` rules cut from the page first.

    Args:
        html: the page; bytes are decoded by what they declare, or by what they look like.
        rules: only those with a `select` are used.
        url: decides which per-site rules apply, and is kept in `Document.meta`.

    Raises:
        ExtractionError: no page, too large, or a page that holds no article.
    """
    tree = _parse(html)
    pruned = prune(tree, html, rules, host_of(url or ""))
    try:
        found = trafilatura.bare_extraction(
            tree, url=url, include_comments=False, include_tables=True, deduplicate=False, with_metadata=False
        )
    except Exception as error:  # the engine meets hostile trees, and a crash must cost one page only
        raise ExtractionError(f"the page cannot be read: {type(error).__name__}: {error}") from error
    text = str(getattr(found, "text", "") or "").strip()
    if not text:
        raise ExtractionError("the page holds no article (is it a home page, a login or a script shell?)")
    return Document(text + "\n", meta={"url": url} if url else {}), tuple(pruned)


def _parse(html: str | bytes) -> Any:
    if len(html) > MAX_BYTES:
        raise ExtractionError(f"the page has {len(html):,} bytes, the limit is {MAX_BYTES:,}")
    start = html[:1024] if isinstance(html, str) else html[:1024].decode("latin-1").replace("\0", "")
    if start.startswith("%PDF-"):
        raise ExtractionError("this is a PDF, not a page")
    whole = html if isinstance(html, str) else html.replace(b"\0", b"").decode("latin-1")
    if not _TAG.search(whole):
        raise ExtractionError("there is no HTML in it")
    tree = load_html(html)
    if tree is None:  # what lxml cannot make sense of
        tree = load_html(str(BeautifulSoup(html, "html.parser")))
    if tree is None:
        raise ExtractionError("the page cannot be parsed")
    return tree


def prune(tree: Any, source: str | bytes, rules: Sequence[Rule], host: str) -> list[Pruned]:
    """Cut from the tree every element that a rule selects, and say which."""
    rules = [rule for rule in rules if rule.select and (not rule.sites or host_matches(host, rule.sites))]
    if not rules:
        return []
    folded = fold_case(plain(source if isinstance(source, str) else source.decode("utf-8", "replace")))
    pruned = []
    for rule in rules:
        if any(fold_case(plain(literal)) in folded for literal in rule.literals):
            for element in XPath(xpath(rule.select, rule.source))(tree):
                if element.getparent() is not None and element.getroottree().getroot() is tree:
                    pruned.append(Pruned(rule.id, " ".join(element.text_content().split())))
                    _cut(element)
    return pruned


def _cut(element: Any) -> None:
    """Remove an element, keep the text behind it, and neither join two words nor part one."""
    held, tail = element.text_content(), element.tail or ""
    apart = element.tag in _BLOCKS or any(character.isspace() for character in held)
    previous, following = element.getprevious(), element.getnext()
    before = element.getparent().text if previous is None else previous.tail or previous.text_content()
    after = tail or ("" if following is None else following.text_content())
    if apart and (before or "")[-1:].isalnum() and after[:1].isalnum():
        element.tail = " " + tail
    element.drop_tree()


def prune_fragment(html: str, rules: Sequence[Rule]) -> str:
    """Return the text of a piece of HTML after the rules pruned it, in single spaces: for a rule's examples."""
    tree: Any = lxml.html.document_fromstring(f"<html><body>{html}</body></html>")
    prune(tree, html, rules, rules[0].sites[0] if rules and rules[0].sites else "")
    return " ".join(tree.text_content().split())
