"""What a list or a reference says of a rule beside its keys: its tier, and the languages that it is bound to."""

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

from cleaner.model import Rule
from cleaner.rules import WORDS, builtin_folder, phrases_by_language

ANY = "any"  # language of phrases that are names, the same everywhere
Phrases = Mapping[str, tuple[str, ...]]  # languages by the name of their phrases


def tier(rule: Rule) -> str:
    """When a rule takes part: "default", "strict" (with `--strict`) or "also:GROUP" (with `--also GROUP`)."""
    if rule.also:
        return f"also:{rule.also}"
    return "strict" if rule.strict else "default"


def languages(rule: Rule, phrases: Phrases | None = None) -> tuple[str, ...]:
    """Return the languages that a rule is bound to by its words, sorted; none for a general rule.

    A rule with `{{phrases}}` knows the languages that have such phrases; one whose id names a language knows that one.
    Of another rule nothing is said: its own pattern may hold words of any language.

    Args:
        rule: the rule.
        phrases: what `languages_of_phrases` found; None means the built-in phrases.
    """
    known = languages_of_phrases() if phrases is None else phrases
    bound = {language for name in rule.slots for language in known.get(name, ())} - {ANY}
    if bound:
        return tuple(sorted(bound))
    parts = rule.id.replace("/", "-").split("-")
    return tuple(language for language in _all(known) if language.lower() in parts)


def languages_of_phrases(folders: Iterable[Path] = ()) -> Phrases:
    """Return for each name of phrases the languages that have some: built-in ones, and those of more folders."""
    found: dict[str, set[str]] = {}
    for words in (_of_words(builtin_folder() / WORDS), *(_of_words(folder / WORDS) for folder in folders)):
        for name, spoken in words.items():
            found.setdefault(name, set()).update(spoken)
    return {name: tuple(sorted(spoken)) for name, spoken in found.items()}


@functools.cache
def _of_words(folder: Path) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for language, table in phrases_by_language(folder):
        for name in table:
            found.setdefault(name, set()).add(language.partition(" (")[0])
    return found


def _all(known: Phrases) -> list[str]:
    return sorted({language for spoken in known.values() for language in spoken})
