"""Markup that is left in a text: taken out, with an account from which the text with its markup can be made again."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import regex

_BREAKS = (
    "address article aside blockquote body br center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 head"
    " header hr html li main nav ol p pre section table tbody td tfoot th thead title tr ul"
)
_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i iframe img input ins kbd label mark meta nobr o:p"
    " picture q s samp small source span strike strong sub sup svg time tt u var video wbr"
)
_ATTRIBUTES = r"""(?: \s (?: [^<>"'] | "[^"]*+" | '[^']*+' )*+ )?+ /? >"""
_MARKUP = regex.compile(
    rf"""(?xis)
      <!-- .*? --> | < (?P<dropped> script | style ) \b {_ATTRIBUTES} .*? </ (?P=dropped) \s* >
    | </? (?: (?P<breaks> {" | ".join(_BREAKS.split())} ) | (?: {" | ".join(_INLINE.split())} ) ) {_ATTRIBUTES}
    | (?P<entity> & (?: \#\d{{1,7}} | \#x[0-9a-f]{{1,6}} | [a-z][a-z0-9]{{1,30}} ) ; )
    """
)
_SURE = regex.compile(
    r"(?i)</(?:p|a|b|i|em|strong|span|div|li|h[1-6]|td|blockquote)\s*>|<(?:p|br)\s*/?>|&(?:nbsp|#160);"
)
_LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Code points `start` to `end` (excluded) of a text, and what stands for them without markup."""

    start: int
    end: int
    by: str


def has_markup(text: str) -> bool:
    """Say whether a text holds tags or entities that only a page has."""
    return _SURE.search(text) is not None


def unmark(text: str) -> tuple[str, tuple[Rewrite, ...]]:
    """Return a text without tags, its entities as characters, and what was rewritten; sorted, never overlapping.

    A tag that parts paragraphs becomes a line break where there is none; any other leaves nothing.

    Raises:
        TimeoutError: the text is made to keep the search busy.
    """
    pieces: list[str] = []
    rewrites: list[Rewrite] = []
    at = 0
    last = "\n"
    for match in _MARKUP.finditer(text, timeout=_LIMIT):
        if by := _plain(match):
            kept = text[at : match.start()]
            last = (kept or last)[-1]
            if by == "\n" and (last == "\n" or text[match.end() : match.end() + 1] in {"", "\n", "\r"}):
                by = ""
        if match["entity"] and by == match[0]:
            continue
        pieces += [text[at : match.start()], by]
        last = (by or text[at : match.start()] or last)[-1]
        rewrites.append(Rewrite(match.start(), match.end(), by))
        at = match.end()
    return "".join((*pieces, text[at:])), tuple(rewrites)


def _plain(match: "regex.Match[str]") -> str:
    if match["entity"]:
        return html.unescape(match[0]).replace("\xa0", " ")
    return "\n" if match["breaks"] else ""


def mark_again(text: str, rewrites: Sequence[Rewrite], original: Sequence[str]) -> str:
    """Return the text with its markup, from the one without.

    Args:
        text: what `unmark` returned.
        rewrites: and what it rewrote.
        original: what stood at each of them.
    """
    pieces: list[str] = []
    at = gone = 0
    for rewrite, markup in zip(rewrites, original, strict=True):
        place = rewrite.start - gone
        pieces += [text[at:place], markup]
        at = place + len(rewrite.by)
        gone += rewrite.end - rewrite.start - len(rewrite.by)
    return "".join((*pieces, text[at:]))
