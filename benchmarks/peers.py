"""What others leave of an article that is text already: each gets the lines of the text as paragraphs.

None was made for this: jusText and trafilatura expect a page, the line rules a crawl of which lines may be lost. They
are what the field runs on text of this kind. One that is not installed is left out.
"""

import html
import importlib.util
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Peer = Callable[[Row], str]

_STOPLISTS = {
    "ar": "Arabic", "cs": "Czech", "de": "German", "en": "English", "es": "Spanish", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "hu": "Hungarian", "id": "Indonesian", "ko": "Korean", "pl": "Polish", "pt": "Portuguese",
    "ru": "Russian", "sq": "Albanian", "ur": "Urdu", "vi": "Vietnamese",
}  # fmt: skip


def peers() -> dict[str, Peer]:
    """Return what is installed, by name: the annotated article in, its text out."""
    found: dict[str, Peer] = {"leaving everything": lambda row: str(row["text"])}
    for modules, name, made in (
        (("trafilatura",), "trafilatura", _trafilatura),
        (("justext",), "jusText", _justext),
        (("datatrove", "numpy"), "line rules of C4", _c4),
    ):
        if all(map(importlib.util.find_spec, modules)):
            found[name] = made()
    return found


def _page(text: str) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.splitlines() if line.strip())
    return f"<html><body><article>{lines}</article></body></html>"


def _trafilatura() -> Peer:
    from trafilatura import extract  # noqa: PLC0415  need not be there

    def left(row: Row) -> str:
        return extract(_page(row["text"]), include_comments=False, deduplicate=False) or ""

    return left


def _justext() -> Peer:
    """Run jusText with the stop words of the article's language; without any where it has none, as its guide says."""
    import justext  # type: ignore[import-untyped]  # noqa: PLC0415  need not be there

    def left(row: Row) -> str:
        language = _STOPLISTS.get(row["lang"])
        if language:
            paragraphs = justext.justext(_page(row["text"]), justext.get_stoplist(language))
        else:
            paragraphs = justext.justext(_page(row["text"]), frozenset(), stopwords_low=0, stopwords_high=0)
        return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)

    return left


def _c4() -> Peer:
    """The line rules of datatrove's filter alone: what would drop whole documents is off."""
    from datatrove.data import Document  # noqa: PLC0415  need not be there
    from datatrove.pipeline.filters import C4QualityFilter  # noqa: PLC0415  the same

    rules = C4QualityFilter(min_num_sentences=-1, filter_lorem_ipsum=False, filter_curly_bracket=False)

    def left(row: Row) -> str:
        document = Document(text=row["text"], id=row["id"])
        rules.filter(document)
        return str(document.text)

    return left
