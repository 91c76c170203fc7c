r"""Strip boilerplate and link junk out of scraped articles, and account for every character that goes.

>>> import cleaner
>>> cleaner.clean("The council met.\n© Getty Images\n").text
'The council met.\n'
"""

import functools

from cleaner.allow import Allowed, load_allowed
from cleaner.clean import Cleaner, CleanResult
from cleaner.errors import CleanerError
from cleaner.model import Document, Pruned, Removal, Rule
from cleaner.rules import RuleError, builtin_rules, load_rules

__version__ = "0.1.0"
__all__ = [
    "Allowed",
    "CleanResult",
    "Cleaner",
    "CleanerError",
    "Document",
    "Pruned",
    "Removal",
    "Rule",
    "RuleError",
    "builtin_rules",
    "clean",
    "clean_html",
    "load_allowed",
    "load_rules",
]


@functools.cache
def _default() -> Cleaner:
    return Cleaner()


def clean(text: str, url: str | None = None) -> CleanResult:
    """Clean one text with the built-in rules; `url` decides which per-site rules apply."""
    return _default().clean(text, url)


def clean_html(html: str | bytes, url: str | None = None) -> CleanResult:
    """Extract the article of a page and clean it with the built-in rules; offsets count the extracted text.

    Raises:
        ExtractionError: the page holds no article, or is no page.
    """
    return _default().clean_html(html, url)
