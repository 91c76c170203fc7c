"""Rules as files: read, looked at, filled with phrases, chosen."""

from cleaner.rules.choose import by_id, check_groups, check_names, chosen, named
from cleaner.rules.files import RuleError, builtin_folder
from cleaner.rules.load import (
    LONGEST_LINE,
    PACK,
    builtin_rules,
    load_rule,
    load_rules,
    pack,
    unpack,
    written_literals,
)
from cleaner.rules.validate import MARK, check_select
from cleaner.rules.words import WORDS, phrases_by_language

__all__ = [
    "LONGEST_LINE",
    "MARK",
    "PACK",
    "WORDS",
    "RuleError",
    "builtin_folder",
    "builtin_rules",
    "by_id",
    "check_groups",
    "check_names",
    "check_select",
    "chosen",
    "load_rule",
    "load_rules",
    "named",
    "pack",
    "phrases_by_language",
    "unpack",
    "written_literals",
]
