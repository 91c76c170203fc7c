"""Documents out of files and clean text back into them, every other byte kept."""

from cleaner.records.base import Fields, Format, Record
from cleaner.records.jsonl import JSON_LINES
from cleaner.records.page import PAGE
from cleaner.records.sources import Choice, Source, UnreadableError, find_sources, reading
from cleaner.records.text import TEXT

FORMATS: dict[str, Format] = {form.name: form for form in (TEXT, PAGE, JSON_LINES)}
SUFFIXES: dict[str, Format] = {suffix: form for form in FORMATS.values() for suffix in form.suffixes}

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "Choice",
    "Fields",
    "Format",
    "Record",
    "Source",
    "UnreadableError",
    "find_sources",
    "reading",
]
