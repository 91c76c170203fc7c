"""The visible lines of a page: its text in blocks, each with what its place in the tree says of it."""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from cleaner.find import scanner

SKIPPED = frozenset(
    {"applet", "audio", "canvas", "datalist", "embed", "frame", "frameset", "head", "iframe", "math", "noframes"}
    | {"noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video"}
)
BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog"}
    | {"dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "header", "hgroup", "hr", "html", "label", "legend", "li", "main", "menu", "nav", "ol", "p", "pre"}
    | {"search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
# Elements that say something of all the text in them.
_HOLDERS = {
    **{tag: tag for tag in ("address", "article", "aside", "blockquote", "button", "figure", "footer", "form")},
    **{tag: tag for tag in ("header", "main", "nav", "pre", "table")},
    **dict.fromkeys(("li", "ul", "ol", "dl"), "list"),
    "figcaption": "caption",
    "label": "form",
}
# What the names that pages give to their elements commonly stand for.
_NAMES = {
    "body": "article-body articlebody article_body article-text articletext article-content articlecontent"
    " article_content post-body postbody post-text post-content postcontent post_content entry-content entrycontent"
    " entry-text story body-text",
    "chrome": "foot header masthead menu nav sidebar breadcrumb toolbar pagin banner",
    "social": "share sharing social follow tweet twitter facebook",
    "other": "related recommend popular trending teaser more- -more promo latest headlines sponsor outbrain taboola"
    " widget",
    "talk": "comment disqus respond reply discussion",
    "plea": "newsletter subscri signup sign-up sign_up donat paywall cookie consent login register modal popup",
    "meta": "meta byline author dateline timestamp publish tags tag- category credit copyright bio",
    "image": "caption image photo gallery slide figure media video player",
    "title": "title headline heading kicker",
    "lead": "lead summary standfirst intro subtitle dek abstract excerpt description",
    "quote": "quote pull",
    "hidden": "hidden hide invisible",
}
_WORDS = [(word, kind) for kind, words in _NAMES.items() for word in words.split()]
_SCAN = scanner(word for word, _ in _WORDS)
_LONGEST_NAME = 300
_CACHE_LIMIT = 1_000


@dataclass(slots=True, eq=False)
class Place:
    """A block element: its tag, the signs that it and the elements around it give to the text in it."""

    tag: str
    signature: str = ""
    signs: tuple[str, ...] = ()
    around: frozenset[str] = frozenset()
    parent: "Place | None" = None
    depth: int = 0


@dataclass(slots=True, eq=False)
class Block:
    """One visible line of a page.

    `linked` and `bold` count the characters of its text that are links or bold, `links` the links themselves.
    `score` is above 0 where the line belongs to the story, and `signs` are what that was decided from.
    """

    text: str
    place: Place
    linked: int = 0
    links: int = 0
    bold: int = 0
    signs: list[str] = field(default_factory=list)
    score: float = 0.0


class _Reader:
    """Collects the text of a tree, line by line."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.place = Place("")
        self.pieces: list[str] = []
        self.links = self.linked = self.bold = self.in_link = self.in_bold = 0

    def read(self, tree: Any) -> list[Block]:
        skipping = None
        for event, element in etree.iterwalk(tree, events=("start", "end")):
            if skipping is not None:
                if element is not skipping or event == "start":
                    continue
                skipping = None
            elif event == "start":
                if element.tag in SKIPPED:
                    skipping = element
                    continue
                self.open(element)
                if element.text:
                    self.add(element.text)
                continue
            else:
                self.close(element.tag)
            if element.tail:
                self.add(element.tail)
        self.flush()
        return self.found

    def open(self, element: Any) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self.flush()
            self.place = _place(element, tag, self.place)
        elif tag == "br":
            self.flush()
        elif tag == "a":
            self.in_link += 1
            self.links += 1
        elif tag in {"b", "strong"}:
            self.in_bold += 1

    def close(self, tag: str) -> None:
        if tag in BLOCKS:
            self.flush()
            self.place = self.place.parent or self.place
        elif tag == "a":
            self.in_link -= 1
        elif tag in {"b", "strong"}:
            self.in_bold -= 1

    def add(self, text: str) -> None:
        self.pieces.append(text)
        if self.in_link:
            self.linked += len(text.strip())
        if self.in_bold:
            self.bold += len(text.strip())

    def flush(self) -> None:
        if self.pieces:
            if text := " ".join("".join(self.pieces).split()):
                self.found.append(Block(text, self.place, self.linked, self.links, self.bold))
            self.pieces.clear()
        self.links = self.linked = self.bold = 0


def blocks(tree: Any) -> list[Block]:
    """Return the visible lines of a tree that holds no comments, in the order of the page."""
    return _Reader().read(tree)


_KNOWN: dict[tuple[Any, ...], tuple[str, frozenset[str], tuple[str, ...]]] = {}


def _place(element: Any, tag: str, outer: Place) -> Place:
    style = element.get("style")
    body = element.get("itemprop") == "articleBody"
    hidden = (style and "none" in style and "display:none" in style.replace(" ", "")) or element.get(
        "hidden"
    ) is not None
    extra = ("body",) * body + ("hidden",) * bool(hidden)
    key = (tag, element.get("class"), element.get("id"), extra, outer.around, outer.tag)
    if (known := _KNOWN.get(key)) is None:
        if len(_KNOWN) >= _CACHE_LIMIT:
            _KNOWN.clear()
        known = _KNOWN[key] = _described(*key)
    signature, around, signs = known
    return Place(tag, signature, signs, around, outer, outer.depth + 1)


def _described(
    tag: str, classes: str | None, name: str | None, extra: tuple[str, ...], outer: frozenset[str], above: str
) -> tuple[str, frozenset[str], tuple[str, ...]]:
    named = f"{classes or ''} {name or ''}"[:_LONGEST_NAME]
    names = {_WORDS[hit[0]][1] for hit in _SCAN(named.lower().encode("utf-8", "replace"))} | set(extra)
    around = outer | ({_HOLDERS[tag]} if tag in _HOLDERS else set())
    if tag not in {"body", "html"}:
        around |= {f"named {name}" for name in names}
    signs = [
        f"tag {tag}",
        f"tag {above}>{tag}",
        *(f"in {sign}" for sign in around),
        *(f"own name {name}" for name in names),
    ]
    return f"{tag}.{classes or ''}", around, tuple(sorted(signs))
