"""Which spans the rules remove: literal -> line -> pattern."""

from cleaner.find.finder import Finder
from cleaner.find.index import Candidate, is_word
from cleaner.find.pattern import Clock, TimeLimitError
from cleaner.find.phrases import SLOT, filled
from cleaner.find.rounds import Settle, find_all, visible_share
from cleaner.find.scan import scanner
from cleaner.find.site import host_matches, host_of
from cleaner.fold import line_start

__all__ = [
    "SLOT",
    "Candidate",
    "Clock",
    "Finder",
    "Settle",
    "TimeLimitError",
    "filled",
    "find_all",
    "host_matches",
    "host_of",
    "is_word",
    "line_start",
    "scanner",
    "visible_share",
]
