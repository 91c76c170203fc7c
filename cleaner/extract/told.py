"""What a page tells of itself in its head and its structured data: title, author, date, and at times the article."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import regex
from lxml.etree import HTMLParser, LxmlError, XPath, fromstring

_SCRIPTS = XPath('//script[contains(@type, "ld+json")]/text()', smart_strings=False)
_METAS = XPath("//meta[@content][@name or @property or @itemprop]")
_TITLE = XPath("string(//head/title)", smart_strings=False)
_HEADING = XPath("//h1")
_CANONICAL = XPath('string(//link[@rel="canonical"]/@href)', smart_strings=False)
_LANGUAGE = XPath("string(/html/@lang)", smart_strings=False)
_TIME = XPath(
    'string((//time[@pubdate or @itemprop="datePublished"]/@datetime | //time/@datetime)[1])', smart_strings=False
)
_AUTHOR = XPath('//*[@rel="author" or @itemprop="author"]')
_ARTICLE = regex.compile(r"(?:Article|Posting|Report|Review|Recipe)$")
_DATE = regex.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d")
_MARKUP = regex.compile(r"</?[a-zA-Z][^<>]*>|&\w+;|&#\d+;")
_LONGEST_VALUE = 500
_LONGEST_DATA = 2_000_000
_DEEPEST = 12
# The keys of `Document.meta`, and under which names pages give them, the surest first.
_NAMES = {
    "title": ("og:title", "twitter:title", "dc.title", "headline"),
    "author": ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl"),
    "date": (
        *("article:published_time", "datepublished", "date", "pubdate", "publishdate", "dc.date.issued", "dc.date"),
        *("parsely-pub-date", "sailthru.date", "article.published", "last-modified"),
    ),
    "site": ("og:site_name", "application-name", "publisher", "dc.publisher"),
    "language": ("og:locale", "content-language", "language", "dc.language", "inlanguage"),
    "canonical": ("og:url",),
}


@dataclass(slots=True)
class Told:
    """`meta` for the document, the `body` of the article if the page gives one, and all `titles` it gives."""

    meta: dict[str, str] = field(default_factory=dict)
    body: str = ""
    titles: str = ""


def told(tree: Any, url: str | None) -> Told:
    """Read what a page tells of itself; the tree stays as it is."""
    named = _named(tree)
    given = {key: next((named[name] for name in names if named.get(name)), "") for key, names in _NAMES.items()}
    found = Told()
    for item in _items(tree):
        _take(item, given, found)
    page_title = " ".join(_TITLE(tree).split())
    headings = [" ".join("".join(heading.itertext()).split()) for heading in _HEADING(tree)[:3]]
    given["title"] = given["title"] or (headings[0] if len(headings) == 1 else "") or page_title
    given["canonical"] = urljoin(url or "", _CANONICAL(tree).strip() or given["canonical"])
    given["language"] = (_LANGUAGE(tree) or given["language"]).replace("_", "-").strip()
    given["site"] = given["site"] or (urlsplit(given["canonical"] or url or "").hostname or "")
    given["author"] = given["author"] or ", ".join(dict.fromkeys(_texts(_AUTHOR(tree)[:4])))
    date = _DATE.search(given["date"] or _TIME(tree))
    given["date"] = date[0] if date else ""
    if "://" in given["author"]:  # a profile's address is no name
        given["author"] = ""
    found.meta = {key: " ".join(value.split())[:_LONGEST_VALUE] for key, value in given.items() if value.strip()}
    found.titles = "\n".join((page_title, given["title"], *headings))
    return found


def _named(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in _METAS(tree):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        found.setdefault(name.strip().lower(), element.get("content").strip())
    return found


def _texts(elements: list[Any]) -> list[str]:
    texts = (" ".join("".join(element.itertext()).split()) for element in elements)
    return [text for text in texts if 2 < len(text) < 60]  # noqa: PLR2004  a name, not an initial or a biography


def _items(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object of the structured data that describes an article."""
    for script in _SCRIPTS(tree):
        if len(script) > _LONGEST_DATA:
            continue
        try:
            data = json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _articles(data, _DEEPEST)


def _articles(data: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(data, list) and depth:
        for item in data:
            yield from _articles(item, depth - 1)
    elif isinstance(data, dict) and depth:
        kinds = data.get("@type")
        if any(
            isinstance(kind, str) and _ARTICLE.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
        ):
            yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _articles(data.get(key), depth - 1)


def _take(item: Mapping[str, Any], given: dict[str, str], found: Told) -> None:
    for key, names in (
        ("title", ("headline", "name")),
        ("date", ("datePublished", "dateCreated")),
        ("author", ("author", "creator")),
        ("site", ("publisher",)),
        ("language", ("inLanguage",)),
    ):
        value = next((text for name in names if (text := _plain(item.get(name)))), "")
        if value and (not given[key] or key in {"author", "date"}):  # its kinds of author and date are the cleaner ones
            given[key] = value
    body = item.get("articleBody")
    if isinstance(body, str) and len(body) > len(found.body):
        found.body = _unmarked(body.encode("utf-8", "replace").decode())  # escapes may be half of a pair


def _plain(value: Any) -> str:
    """A value of structured data as text: a name, or the names in a list of objects."""
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, map(_plain, value[:8]))))
    if isinstance(value, dict):
        return _plain(value.get("name"))
    return value.strip() if isinstance(value, str) else ""


def _unmarked(body: str) -> str:
    if not _MARKUP.search(body):
        return body
    try:
        tree: Any = fromstring(body.replace("\0", "").encode("utf-8", "replace"), HTMLParser(encoding="utf-8"))
    except (LxmlError, ValueError):
        return _MARKUP.sub(" ", body)
    for element in tree.iter("p", "br", "div", "li"):
        element.tail = "\n" + (element.tail or "")
    return "".join(tree.itertext())
