"""Bytes or text of a page -> its tree: decoded as browsers would, in bounded time and memory."""

import codecs
from typing import Any

import regex
from lxml.etree import ElementDefaultClassLookup, HTMLParser, LxmlError, fromstring
from lxml.html import HtmlElement

from cleaner.errors import CleanerError

MAX_BYTES = 20_000_000
MAX_ELEMENTS = 500_000
_PEEK = 4096
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = regex.compile(rb"""(?i)<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""")
# What browsers take these names for (https://encoding.spec.whatwg.org/#names-and-labels).
_WIDER = {
    **dict.fromkeys(("iso8859-1", "ascii", "latin-1"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("tis-620", "iso8859-11"), "cp874"),
    **dict.fromkeys(("utf-16", "utf-16-le", "utf-16-be"), "utf-8"),
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-9": "cp1254",
    "big5": "big5hkscs",
}
_TELLING = regex.compile(rb"[^<>\n]*[\x80-\xff][^<>\n]*")
_TAG = regex.compile(r"<\s*[a-zA-Z!/?]")
# A title that is never closed takes the whole page; none holds a tag.
_OPEN_TITLE = regex.compile(r"(?i)<title[^>]{0,200}>[^<]*(?=<(?!/title))")
# Wrappers without meaning of their own: taken out of a page that is nested too deep to be read.
_WRAPPERS = regex.compile(
    r"(?i)</?(?:div|span|font|center|b|i|em|strong|big|small|u|section|blockquote|ul|ol|dl)\b[^>]{0,1000}>"
)
# The share of bytes that may be wrong in a page that else is UTF-8: half a character where a text was cut, say.
_FEW = 0.001


# One class for all elements: trafilatura asks for it, and the lookup by tag of lxml.html is a call for each.
_HTML_ELEMENTS = ElementDefaultClassLookup(element=HtmlElement)


class ExtractionError(CleanerError):
    """A page from which no article can be had; the message says why."""


def parse(html: str | bytes) -> Any:
    """Return the tree of a page, without comments.

    Raises:
        ExtractionError: no page, too large, or nothing that can be parsed.
    """
    if len(html) > MAX_BYTES:
        raise ExtractionError(f"the page has {len(html):,} bytes, the limit is {MAX_BYTES:,}")
    text = html if isinstance(html, str) else decode(html)
    text = text.replace("\0", "")
    text = _OPEN_TITLE.sub(r"\g<0></title>", text, count=1)
    if text.lstrip("\ufeff \t\r\n").startswith("%PDF-"):
        raise ExtractionError("this is a PDF, not a page")
    if not _TAG.search(text):
        raise ExtractionError("there is no HTML in it")
    tree, deep = _tree(text)
    if deep:
        tree, _ = _tree(_WRAPPERS.sub(" ", text))
    if tree is None:
        raise ExtractionError("the page cannot be parsed")
    if (count := int(tree.xpath("count(//*)"))) > MAX_ELEMENTS:
        raise ExtractionError(f"the page has {count:,} elements, the limit is {MAX_ELEMENTS:,}")
    return tree


def _tree(text: str) -> tuple[Any, bool]:
    """Parse, and say whether the page is nested deeper than the parser goes."""
    parser = HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, default_doctype=False
    )
    parser.set_element_class_lookup(_HTML_ELEMENTS)
    try:
        tree = fromstring(text.encode("utf-8", "replace"), parser)
    except (LxmlError, ValueError):
        tree = None
    return tree, any("depth" in entry.message for entry in parser.error_log)


def decode(page: bytes) -> str:
    """Decode the bytes of a page: by its mark, as UTF-8 if they are that, as it declares, or as they look."""
    for mark, name in _BOMS:
        if page.startswith(mark):
            return page[len(mark) :].decode(name, "replace")
    if name := _unmarked_utf16(page):
        return page.decode(name, "replace")
    try:
        return page.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _declared(page)
    if declared == "utf-8" or not declared:
        mended = page.decode("utf-8", "replace")
        multibyte = sum(map(page.count, (b"\xc2", b"\xc3", b"\xe2", b"\xd0", b"\xe3", b"\xe4")))
        if mended.count("\ufffd") <= max(2, _FEW * len(page)) and mended.count("\ufffd") * 4 < multibyte + 4:
            return mended
    if declared and declared != "utf-8":
        text = page.decode(declared, "replace")
        if text.count("\ufffd") <= max(8, _FEW * 10 * len(page)):
            return text
    return _guessed(page, declared)


def _unmarked_utf16(page: bytes) -> str:
    """UTF-16 without a mark shows by the null bytes of its tags."""
    start = page[:_PEEK]
    if start.count(b"<\0") + start.count(b"\0<") > 2 and start.count(0) > 0.3 * len(start):  # noqa: PLR2004
        return "utf-16-le" if b"<\0" in start[:64] and not start.startswith(b"\0") else "utf-16-be"
    return ""


def _declared(page: bytes) -> str:
    found = _DECLARED.search(page[:_PEEK]) or _DECLARED.search(page[: 16 * _PEEK])
    if not found:
        return ""
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return ""
    name = _WIDER.get(name, name)
    try:
        "".encode(name)
    except LookupError:  # a codec that is none for text, such as hex
        return ""
    return name


def _guessed(page: bytes, declared: str) -> str:
    from bs4.dammit import UnicodeDammit  # noqa: PLC0415  few pages need a guess

    telling = b" ".join(_TELLING.findall(page))[:_PEEK]  # the guess is slow, and text of tags says nothing
    guess = UnicodeDammit(telling, [declared] if declared else [], is_html=True).original_encoding
    name = codecs.lookup(guess).name if guess else "cp1252"
    return page.decode(_WIDER.get(name, name), "replace")
