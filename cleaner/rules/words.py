"""rules/words/*.toml: phrases by name and language, and what `{{name}}` in a rule stands for."""

import difflib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner.find import SLOT
from cleaner.fold import plain
from cleaner.rules.files import RuleError, builtin_folder, known_keys, read, tables

WORDS = "words"
Vocabulary = dict[str, tuple[str, ...]]


def load_words(folder: Path) -> tuple[Vocabulary, dict[str, list[str]]]:
    """Read `words/*.toml`: every phrase by its name, and the examples that the files hold, by rule id."""
    phrases: dict[str, dict[str, None]] = {}
    examples: dict[str, list[str]] = {}
    own = builtin_folder()
    for place in (own,) if folder == own else (own, folder):
        for path, table in _words(place / WORDS):
            for name, values in tables(path, table, "phrases"):
                phrases.setdefault(name, {}).update(dict.fromkeys(values))
            if place == folder:
                for rule, values in tables(path, table, "examples"):
                    examples.setdefault(rule, []).extend(values)
    return {name: tuple(values) for name, values in phrases.items()}, examples


def phrases_by_language(folder: Path) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    """Yield the language of each file in a folder `words`, and its phrases by their name.

    Raises:
        RuleError: a file is not valid.
    """
    for path, table in _words(folder):
        yield str(table.get("language", path.stem.capitalize())), dict(tables(path, table, "phrases"))


def _words(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.toml")):
        table = read(path)
        known_keys(path, table, ("language", "phrases", "examples"))
        yield path, table


def _phrases(path: Path, key: str, name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    if name not in vocabulary:
        near = difflib.get_close_matches(name, vocabulary, n=1)
        hint = f", did you mean {{{{{near[0]}}}}}?" if near else ""
        raise RuleError(f"{path}: {key}: no file in words/ has phrases called {{{{{name}}}}}{hint}")
    return vocabulary[name]


def slots_of(path: Path, table: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Return the phrases of every `{{name}}` in a rule's patterns: longest first, as rules see text."""
    found = {}
    for key in ("pattern", "through"):
        for name in SLOT.findall(table.get(key, "")):
            found[name] = _ordered(_phrases(path, key, name, vocabulary))
    return found


@functools.lru_cache(maxsize=1024)
def _ordered(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Return phrases as rules see text, longest first; the same tuple for every rule that has them."""
    seen = {" ".join(plain(phrase).split()) for phrase in phrases}
    return tuple(sorted(seen, key=lambda phrase: (-len(phrase), phrase)))


def expanded_literals(path: Path, literals: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Return literals with each `{{name}}` as one literal for each of its phrases."""
    expanded: list[str] = []
    for literal in literals:
        slots = SLOT.findall(literal)
        if len(slots) > 1:
            raise RuleError(f"{path}: literals: {literal!r} has more than one {{{{slot}}}}, write one literal for each")
        phrases = _phrases(path, "literals", slots[0], vocabulary) if slots else ()
        expanded += [literal.replace(f"{{{{{slots[0]}}}}}", phrase) for phrase in phrases] if slots else [literal]
    return expanded
