"""rules/**/*.toml -> Rule; those of an installed package come packed in one file."""

import dataclasses
import functools
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner.fold import fold_case, plain
from cleaner.model import Rule
from cleaner.rules.files import RuleError, builtin_folder, read
from cleaner.rules.validate import check_examples, check_keys, check_patterns
from cleaner.rules.words import WORDS, Vocabulary, expanded_literals, load_words, slots_of

LONGEST_LINE = 300  # code points; a longer line is a paragraph, and a rule that takes one whole has to say so
PACK = "pack.json"
_BETWEEN = "\x7f"  # joins phrases: JSON needs no escape for it, and reads one long string in a tenth of the time
_MOST_RULES, _MOST_FILES = 5_000, 100_000


@functools.cache
def builtin_rules() -> tuple[Rule, ...]:
    """Return the rules that come with the package."""
    folder = builtin_folder()
    packed = folder / PACK
    return unpack(packed.read_bytes(), folder) if packed.exists() else load_rules(folder, check=False)


def pack(rules: Iterable[Rule]) -> bytes:
    """Return rules as one JSON text, which loads twenty times as fast as their files; a wheel is built with it.

    Rules with the same phrases share them: each list of phrases stands in it once, and rules name its place.
    """
    places: dict[tuple[str, ...], int] = {}
    rows = []
    for rule in rules:
        row = {key: value for key, value in dataclasses.asdict(rule).items() if key != "source"}
        slots = {name: places.setdefault(phrases, len(places)) for name, phrases in rule.slots.items()}
        rows.append(row | {"slots": slots, "literals": _joined(rule.literals)})
    return json.dumps({"phrases": [*map(_joined, places)], "rules": rows}, ensure_ascii=False).encode()


def _joined(phrases: Sequence[str]) -> str:
    if any(_BETWEEN in phrase for phrase in phrases):
        raise RuleError(f"a phrase holds {_BETWEEN!r}: leave the character out")
    return _BETWEEN.join(phrases)


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(_BETWEEN)) if joined else ()


def unpack(packed: bytes, folder: Path) -> tuple[Rule, ...]:
    """Return the rules that `pack` wrote; their files lie in `folder`."""
    held = json.loads(packed)
    phrases = [_split(one) for one in held["phrases"]]
    return tuple(_unpacked(row, phrases, folder) for row in held["rules"])


def _unpacked(row: dict[str, Any], phrases: Sequence[tuple[str, ...]], folder: Path) -> Rule:
    slots = {name: phrases[place] for name, place in row.pop("slots").items()}
    literals = _split(row.pop("literals"))
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Rule(source=f"{folder}/{row['id']}.toml", slots=slots, literals=literals, **values)


def load_rules(folder: Path | str, *, check: bool = True) -> tuple[Rule, ...]:
    """Read every rule below a folder; a rule's id is its path without `.toml`.

    Files in the subfolder `words` hold no rules but phrases, one file a language; a rule writes `{{name}}` for all
    phrases of that name. `check` compiles every pattern, so that a bad one is an error now and not when first used.

    Raises:
        RuleError: the folder is missing or empty, or a file in it is not a valid rule.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise RuleError(f"{folder}: there is no such folder of rules")
    vocabulary, more_examples = load_words(folder)
    rules = tuple(_rule(path, folder, vocabulary, more_examples, check=check) for path in _rule_files(folder))
    if not rules:
        raise RuleError(f"{folder}: no rule in it (a rule is a file KIND/NAME.toml)")
    return rules


def load_rule(path: Path) -> Rule:
    """Read one rule file; its id is the name of its folder and its own, as if the folder above held all rules.

    Raises:
        RuleError: it is not a valid rule.
    """
    path = path if len(path.parts) > 1 else path.absolute()
    folder = path.parent.parent
    return _rule(path, folder, *load_words(folder), check=True)


def written_literals(rule: Rule) -> tuple[str, ...]:
    """Return the literals of a rule as its file has them, doubled ones too; those it has where it has no file."""
    path = Path(rule.source)
    return tuple(read(path).get("literals", ())) if rule.source and path.is_file() else rule.literals


def _rule_files(folder: Path) -> list[Path]:
    """Return the files below a folder that are to be rules, sorted; hidden folders are none of it."""
    found: list[Path] = []
    seen = 0
    for parent, folders, files in os.walk(folder):
        seen += len(files) + len(folders)
        found += [path for path in (Path(parent, name) for name in files) if path.suffix == ".toml"]
        if seen > _MOST_FILES or len(found) > _MOST_RULES:
            most = f"{_MOST_FILES:,} files or {_MOST_RULES:,} rules"
            raise RuleError(f"{folder}: holds more than {most}: name the folder of the rules itself")
        folders[:] = [name for name in folders if not name.startswith(".") and Path(parent, name) != folder / WORDS]
    return sorted(found)


def _rule(
    path: Path, folder: Path, vocabulary: Vocabulary, more_examples: Mapping[str, Sequence[str]], *, check: bool
) -> Rule:
    name = path.relative_to(folder).with_suffix("").as_posix()
    table = read(path)
    check_keys(path, table)
    if "/" not in name:
        raise RuleError(f"{path}: a rule lies in a folder that names its kind: {folder.name}/KIND/{path.name}")
    table["slots"] = slots = slots_of(path, table, vocabulary)
    if check:
        check_patterns(path, table, slots)
    seen = map(plain, expanded_literals(path, table.get("literals", ()), vocabulary))
    table["literals"] = tuple(dict.fromkeys(seen if table.get("case") else map(fold_case, seen)))
    table["examples"] = (*table["examples"], *more_examples.get(name, ()))
    if table.get("removes", "line") == "line" and "pattern" in table:
        table.setdefault("longest", LONGEST_LINE)
    table["sites"] = tuple(table.get("sites", ()))
    check_examples(path, table["examples"])
    return Rule(id=name, source=str(path), folded=True, **table)
