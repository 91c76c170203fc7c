"""Documents out of files and clean text back into them, every other byte kept."""

from cleaner.records.array import JSON_ARRAY
from cleaner.records.base import Fields, Format, Reading, Record, Text
from cleaner.records.blocks import Block
from cleaner.records.jsonl import JSON_LINES
from cleaner.records.page import PAGE
from cleaner.records.parquet import PARQUET
from cleaner.records.remote import UnreadableError
from cleaner.records.sources import Choice, Source, find_sources, reading
from cleaner.records.table import CSV, TSV
from cleaner.records.text import TEXT
from cleaner.records.warc import WARC, WET

FORMATS: dict[str, Format] = {
    form.name: form for form in (TEXT, PAGE, JSON_LINES, JSON_ARRAY, CSV, TSV, PARQUET, WARC, WET)
}
SUFFIXES: dict[str, Format] = {suffix: form for form in FORMATS.values() for suffix in form.suffixes}

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "Block",
    "Choice",
    "Fields",
    "Format",
    "Reading",
    "Record",
    "Source",
    "Text",
    "UnreadableError",
    "find_sources",
    "reading",
]
