"""Whether a rule file says what a rule may say; a mistake is an error that names file, key and mend."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import regex

from cleaner.find import filled
from cleaner.rules.files import RuleError, known_keys, texts

REQUIRED = ("why", "examples")
PATTERN_ONLY = ("literals", "through", "removes", "at", "case", "longest", "where")
OPTIONAL = ("pattern", "select", "sites", "strict", "also", *PATTERN_ONLY)
CHOICES = {"at": ("start", "word"), "removes": ("line", "match"), "where": ("head", "tail")}
FLAGS = ("strict", "case")
LISTS = ("literals", "examples", "sites")
TEXTS = ("why", "pattern", "select", "through", "also")
MARK = regex.compile(r"\[-(.*?)-\]", regex.DOTALL)
_LONGEST_PATTERN = 50_000  # code points; one takes a second to compile


def check_keys(path: Path, table: Mapping[str, Any]) -> None:
    """Raise a RuleError if a key is unknown or missing, or its value is not of its kind."""
    known_keys(path, table, REQUIRED + OPTIONAL)
    for key in REQUIRED:
        if key not in table:
            raise RuleError(f"{path}: {key}: is missing")
    if ("pattern" in table) == ("select" in table):
        raise RuleError(f"{path}: pattern: a rule has either a pattern or a select, never both")
    if "pattern" in table and "literals" not in table:
        raise RuleError(f"{path}: literals: is missing")
    for key, value in table.items():
        _check_value(path, key, value)
        if key in PATTERN_ONLY and "select" in table:
            raise RuleError(f"{path}: {key}: has no meaning beside select")


def _check_value(path: Path, key: str, value: object) -> None:
    if key in LISTS:
        texts(path, key, value)
    elif key in TEXTS and not (isinstance(value, str) and value.strip()):
        raise RuleError(f"{path}: {key}: must be a text that is not empty")
    elif key in CHOICES and value not in CHOICES[key]:
        raise RuleError(f"{path}: {key}: must be {' or '.join(CHOICES[key])}, not {value!r}")
    elif key in FLAGS and not isinstance(value, bool):
        raise RuleError(f"{path}: {key}: must be true or false")
    elif key == "longest" and not (type(value) is int and value > 0):
        raise RuleError(f"{path}: longest: must be a number of characters")


def check_examples(path: Path, examples: Sequence[str]) -> None:
    """Raise a RuleError unless there are examples of both kinds."""
    marked = [bool(MARK.search(example)) for example in examples]
    if all(marked) or not any(marked):
        raise RuleError(
            f"{path}: examples: needs at least one with [-marks-] around what goes, and one without, that stays"
        )


def check_patterns(path: Path, table: Mapping[str, Any], slots: Mapping[str, Sequence[str]]) -> None:
    """Raise a RuleError if a pattern or a selector is not valid."""
    few = {name: phrases[:2] for name, phrases in slots.items()}  # phrases are escaped, so none can break it
    for key in ("pattern", "through"):
        if len(table.get(key, "")) > _LONGEST_PATTERN:
            raise RuleError(f"{path}: {key}: longer than {_LONGEST_PATTERN:,} characters, make several rules of it")
        try:
            regex.compile(filled(table.get(key, ""), few))
        except RecursionError as error:
            raise RuleError(f"{path}: {key}: its groups are nested too deep") from error
        except (regex.error, ValueError, OverflowError) as error:
            raise RuleError(f"{path}: {key}: not a valid pattern: {' '.join(str(error).split())}") from error
    if "select" in table:
        check_select(table["select"], str(path))


def check_select(select: str, source: str) -> None:
    """Raise a RuleError if a CSS selector is not valid."""
    from cleaner.selector import SelectError, selectors  # noqa: PLC0415  rules for text do without it

    try:
        selectors(select)
    except SelectError as error:
        raise RuleError(f"{source}: select: not a valid CSS selector: {error}") from error
