"""rules/**/*.toml -> Rule; a mistake is an error that names file and key."""

import dataclasses
import difflib
import functools
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import regex

from cleaner.errors import CleanerError
from cleaner.find import SLOT, filled
from cleaner.fold import fold_case, plain
from cleaner.model import Rule, is_named

REQUIRED = ("why", "examples")
PATTERN_ONLY = ("literals", "through", "removes", "at", "case", "longest", "where")
OPTIONAL = ("pattern", "select", "sites", "strict", "also", *PATTERN_ONLY)
CHOICES = {"at": ("start", "word"), "removes": ("line", "match"), "where": ("head", "tail")}
FLAGS = ("strict", "case")
LISTS = ("literals", "examples", "sites")
LONGEST_LINE = 300  # code points; a longer line is a paragraph, and a rule that takes one whole has to say so
TEXTS = ("why", "pattern", "select", "through", "also")
MARK = regex.compile(r"\[-(.*?)-\]", regex.DOTALL)
WORDS = "words"
PACK = "pack.json"
_MAX_BYTES = 1_000_000
_LONGEST_PATTERN = 50_000  # code points; one takes a second to compile
_MOST_RULES, _MOST_FILES = 5_000, 100_000

Vocabulary = dict[str, tuple[str, ...]]


class RuleError(CleanerError):
    """A rule cannot be used. The message names the file, the key and the mend."""


@functools.cache
def builtin_rules() -> tuple[Rule, ...]:
    """Return the rules that come with the package."""
    folder = builtin_folder()
    packed = folder / PACK
    return unpack(packed.read_bytes(), folder) if packed.exists() else load_rules(folder, check=False)


def pack(rules: Iterable[Rule]) -> bytes:
    """Return rules as one JSON text, which loads ten times as fast as their files; a wheel is built with it."""
    rows = ({key: value for key, value in dataclasses.asdict(rule).items() if key != "source"} for rule in rules)
    return json.dumps(list(rows), ensure_ascii=False).encode()


def unpack(packed: bytes, folder: Path) -> tuple[Rule, ...]:
    """Return the rules that `pack` wrote; their files lie in `folder`."""
    shared: dict[Any, Any] = {}  # rules with the same phrases share them

    def tupled(value: Any) -> Any:
        if isinstance(value, list):
            return shared.setdefault(tuple(value), tuple(value))
        return {key: tupled(held) for key, held in value.items()} if isinstance(value, dict) else value

    return tuple(
        Rule(source=f"{folder}/{row['id']}.toml", **{key: tupled(value) for key, value in row.items()})
        for row in json.loads(packed)
    )


def builtin_folder() -> Path:
    """Where the built-in rules lie: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    places = (package / "builtin_rules", package.parent / "rules")
    for place in places:
        if place.is_dir():
            return place
    raise RuleError(f"the built-in rules are missing, looked in {places[0]} and {places[1]}: install the package again")


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
    return tuple(_read(path).get("literals", ())) if rule.source and path.is_file() else rule.literals


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


def load_words(folder: Path) -> tuple[Vocabulary, dict[str, list[str]]]:
    """Read `words/*.toml`: every phrase by its name, and the examples that the files hold, by rule id."""
    phrases: dict[str, dict[str, None]] = {}
    examples: dict[str, list[str]] = {}
    own = builtin_folder()
    for place in (own,) if folder == own else (own, folder):
        for path, table in _words(place / WORDS):
            for name, values in _tables(path, table, "phrases"):
                phrases.setdefault(name, {}).update(dict.fromkeys(values))
            if place == folder:
                for rule, values in _tables(path, table, "examples"):
                    examples.setdefault(rule, []).extend(values)
    return {name: tuple(values) for name, values in phrases.items()}, examples


def phrases_by_language(folder: Path) -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    """Yield the language of each file in a folder `words`, and its phrases by their name.

    Raises:
        RuleError: a file is not valid.
    """
    for path, table in _words(folder):
        yield str(table.get("language", path.stem.capitalize())), dict(_tables(path, table, "phrases"))


def _words(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.toml")):
        table = _read(path)
        _known_keys(path, table, ("language", "phrases", "examples"))
        yield path, table


def chosen(
    rules: Sequence[Rule],
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    *,
    strict: bool = False,
    also: Iterable[str] = (),
) -> tuple[Rule, ...]:
    """Return the rules that `select` names (all if it is empty) and `ignore` does not, sorted by id.

    A name is a rule id, or a category, which is everything before an id's slash. Rules marked strict only take part
    when `strict` is set, those of a group only when `also` names the group.

    Raises:
        RuleError: a name fits no rule, or a group has none.
        TypeError: there are texts in place of rules, or one text in place of names.
    """
    for key, names in (("select", select), ("ignore", ignore), ("also", also)):
        if isinstance(names, str):
            raise TypeError(f"{key}: must be a list of names, not {names!r}: did you mean [{names!r}]?")
    if any(isinstance(rule, str) for rule in rules):
        raise TypeError("rules: must be rules, not texts: `cleaner.load_rules` reads those of a folder")
    select, ignore, also = tuple(select), tuple(ignore), tuple(also)
    check_names(rules, (*select, *ignore))
    check_groups(rules, also)
    kept = (
        rule
        for rule in rules
        if (not select or _named(rule, select) or rule.also) and not _named(rule, ignore)
        if (strict or not rule.strict) and (not rule.also or rule.also in also)
    )
    return tuple(sorted(kept, key=lambda rule: rule.id))


def check_names(rules: Iterable[Rule], names: Iterable[str]) -> None:
    """Look whether each name is the id of a rule or a category.

    Raises:
        RuleError: one is not.
    """
    names = tuple(names)
    known = {known for rule in rules for known in (rule.id, rule.category)} if names else ()
    for name in names:
        if name not in known and not any(is_named(one, name) for one in known):
            raise RuleError(_unknown(name, sorted(known)))


def check_groups(rules: Iterable[Rule], names: Iterable[str]) -> None:
    """Look whether each name is a group of rules.

    Raises:
        RuleError: one is not.
    """
    groups = sorted({rule.also for rule in rules if rule.also})
    for name in names:
        if name not in groups:
            near = difflib.get_close_matches(name, groups, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(groups) or 'none'}"
            raise RuleError(f"no group of rules is called {name}; {hint}")


def by_id(rules: Iterable[Rule], name: str) -> Rule:
    """Return the rule of that id.

    Raises:
        RuleError: there is none.
    """
    known = {rule.id: rule for rule in rules}
    if name not in known:
        raise RuleError(_unknown(name, sorted(known)))
    return known[name]


def named(rules: Iterable[Rule], names: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules of these ids and categories, whatever their tier; without a name, all. Sorted by id.

    Raises:
        RuleError: a name fits no rule.
    """
    rules, names = sorted(rules, key=lambda rule: rule.id), tuple(names)
    check_names(rules, names)
    return tuple(rule for rule in rules if not names or _named(rule, names))


def _unknown(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "`cleaner rules list` prints them all"
    return f"no rule or category is called {name}: {hint}"


def _named(rule: Rule, names: Iterable[str]) -> bool:
    return any(is_named(rule.id, name) for name in names)


def _read(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  installed rules are packed

    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise RuleError(f"{path}: is no file of text, remove it")
        if found.st_size > _MAX_BYTES:
            raise RuleError(f"{path}: larger than {_MAX_BYTES:,} bytes, that is no rule")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RuleError(f"{path}: not valid TOML: {' '.join(str(error).split())}") from error
    except OSError as error:
        raise RuleError(f"{path}: cannot be read: {error.strerror}") from error


def _known_keys(path: Path, table: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known keys are {', '.join(known)}"
            raise RuleError(f"{path}: {key}: unknown key, {hint}")


def _tables(path: Path, table: Mapping[str, Any], key: str) -> list[tuple[str, list[str]]]:
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise RuleError(f"{path}: {key}: must be a table")
    for name, values in found.items():
        _texts(path, f"{key}.{name}", values)
    return list(found.items())


def _texts(path: Path, key: str, values: object) -> None:
    if not isinstance(values, list) or not values or not all(isinstance(v, str) and v.strip() for v in values):
        raise RuleError(f"{path}: {key}: must be a list of texts, none of them empty")


def _rule(
    path: Path, folder: Path, vocabulary: Vocabulary, more_examples: Mapping[str, Sequence[str]], *, check: bool
) -> Rule:
    name = path.relative_to(folder).with_suffix("").as_posix()
    table = _read(path)
    _check_keys(path, table)
    if "/" not in name:
        raise RuleError(f"{path}: a rule lies in a folder that names its kind: {folder.name}/KIND/{path.name}")
    table["slots"] = slots = _slots(path, table, vocabulary)
    if check:
        _check_patterns(path, table, slots)
    seen = map(plain, _expanded(path, table.get("literals", ()), vocabulary))
    table["literals"] = tuple(dict.fromkeys(seen if table.get("case") else map(fold_case, seen)))
    table["examples"] = (*table["examples"], *more_examples.get(name, ()))
    if table.get("removes", "line") == "line" and "pattern" in table:
        table.setdefault("longest", LONGEST_LINE)
    table["sites"] = tuple(table.get("sites", ()))
    _check_examples(path, table["examples"])
    return Rule(id=name, source=str(path), folded=True, **table)


def _check_keys(path: Path, table: Mapping[str, Any]) -> None:
    _known_keys(path, table, REQUIRED + OPTIONAL)
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
        _texts(path, key, value)
    elif key in TEXTS and not (isinstance(value, str) and value.strip()):
        raise RuleError(f"{path}: {key}: must be a text that is not empty")
    elif key in CHOICES and value not in CHOICES[key]:
        raise RuleError(f"{path}: {key}: must be {' or '.join(CHOICES[key])}, not {value!r}")
    elif key in FLAGS and not isinstance(value, bool):
        raise RuleError(f"{path}: {key}: must be true or false")
    elif key == "longest" and not (type(value) is int and value > 0):
        raise RuleError(f"{path}: longest: must be a number of characters")


def _check_examples(path: Path, examples: Sequence[str]) -> None:
    marked = [bool(MARK.search(example)) for example in examples]
    if all(marked) or not any(marked):
        raise RuleError(
            f"{path}: examples: needs at least one with [-marks-] around what goes, and one without, that stays"
        )


def _phrases(path: Path, key: str, name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    if name not in vocabulary:
        near = difflib.get_close_matches(name, vocabulary, n=1)
        hint = f", did you mean {{{{{near[0]}}}}}?" if near else ""
        raise RuleError(f"{path}: {key}: no file in words/ has phrases called {{{{{name}}}}}{hint}")
    return vocabulary[name]


def _slots(path: Path, table: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Find the phrases of every `{{name}}` in a rule's patterns: longest first, as rules see text."""
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


def _expanded(path: Path, literals: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    expanded: list[str] = []
    for literal in literals:
        slots = SLOT.findall(literal)
        if len(slots) > 1:
            raise RuleError(f"{path}: literals: {literal!r} has more than one {{{{slot}}}}, write one literal for each")
        phrases = _phrases(path, "literals", slots[0], vocabulary) if slots else ()
        expanded += [literal.replace(f"{{{{{slots[0]}}}}}", phrase) for phrase in phrases] if slots else [literal]
    return expanded


def check_select(select: str, source: str) -> None:
    """Raise a RuleError if a CSS selector is not valid."""
    from cleaner.selector import SelectError, selectors  # noqa: PLC0415  rules for text do without it

    try:
        selectors(select)
    except SelectError as error:
        raise RuleError(f"{source}: select: not a valid CSS selector: {error}") from error


def _check_patterns(path: Path, table: Mapping[str, Any], slots: Mapping[str, Sequence[str]]) -> None:
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
