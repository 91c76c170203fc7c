"""Settings: what the command line, a config file and the defaults say together of how to clean."""

import dataclasses
import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.allow import find_allow_file
from cleaner.clean import GUARD, TIME_LIMIT
from cleaner.errors import CleanerError
from cleaner.model import Rule
from cleaner.rules import RuleError, check_groups, check_names
from cleaner.spare import ALL, Ignore

FILE_NAME, PYPROJECT = "cleaner.toml", "pyproject.toml"
COMMAND_LINE, DEFAULT = "command line", "default"
LEAST_TIME = 0.01
SHOWN = 80  # characters of a wrong value
_MAX_BYTES = 10_000_000
_MAY_HOLD_TABLE = re.compile(rb"""tool["'\s]*(?:\.["'\s]*cleaner|[\]=])""")  # however TOML writes tool.cleaner


class ConfigError(CleanerError):
    """A config file cannot be used. The message names the file, the key and the mend."""


class Key(NamedTuple):
    """A key of a config file: the kind of its value, and what it says."""

    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force. Each field but the last two is a key of a config file, which writes `-` for `_`.

    `file` is the config file that was read, if any; `origins` says of each setting that is not the default where it
    comes from: a file, or the command line.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    also: tuple[str, ...] = ()
    tidy: bool = False
    rules: tuple[Path, ...] = ()
    guard: float = GUARD
    time_limit: float = TIME_LIMIT
    text_field: tuple[str, ...] = ("text",)
    id_field: str = "id"
    url_field: str = "url"
    html_field: str = ""
    opt_out_field: str = "cleaner"
    markup: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[Ignore, ...] = ()
    allow: Path | None = None
    file: Path | None = None
    origins: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def plain(self, key: str) -> Any:
        """Return the value of a key as a config file writes it: a text, a number, a list or a table."""
        value = getattr(self, key.replace("-", "_"))
        if KEYS[key].kind == "ignores":
            return _by_glob(value)
        if KEYS[key].kind in {"path", "paths"}:
            return [str(one) for one in value] if isinstance(value, tuple) else str(value or "")
        return list(value) if isinstance(value, tuple) else value

    def origin(self, key: str) -> str:
        """Where a setting comes from: "default", a file, or "command line"."""
        return self.origins.get(key, DEFAULT)

    def check(self, rules: Sequence[Rule]) -> None:
        """Look whether every rule, category and group that is named is there.

        Raises:
            ConfigError: one that a file names is not.
            RuleError: one that the command line names is not.
        """
        for key, check, names in (
            ("select", check_names, self.select),
            ("ignore", check_names, self.ignore),
            ("also", check_groups, self.also),
            ("per-file-ignores", check_names, [one.rule for one in self.per_file_ignores if one.rule != ALL]),
        ):
            try:
                check(rules, names)
            except RuleError as error:
                place = self.origin(key)
                raise (error if place == COMMAND_LINE else ConfigError(f"{place}: {key}: {error}")) from None


KEYS = {
    "select": Key("names", "only these rules or categories; empty means all"),
    "ignore": Key("names", "not these rules or categories"),
    "strict": Key("flag", "also the rules that trade a little of the story for more junk"),
    "also": Key("names", "also these groups of text about the story, such as byline"),
    "tidy": Key("flag", "also trailing white space and surplus blank lines"),
    "rules": Key("paths", "folders of your own rules; one with a built-in's id replaces it"),
    "guard": Key("share", "a text that would lose more than this share of its visible characters stays"),
    "time-limit": Key("seconds", "seconds for one document; one that takes longer stays as it is"),
    "text-field": Key("fields", "fields or columns that hold the texts; one name or a list"),
    "id-field": Key("text", "field or column that holds the id"),
    "url-field": Key("text", "field or column that holds the url"),
    "html-field": Key("text", "field of a JSON record that holds a page; its article goes to the text field"),
    "opt-out-field": Key("text", "a record that holds false or off in this field or column stays"),
    "markup": Key("flag", "texts of JSON records may hold left-over tags and entities"),
    "include": Key("names", "of folders, read only files that one of these globs fits"),
    "exclude": Key("names", "of folders, leave out files that one of these globs fits"),
    "per-file-ignores": Key("ignores", "glob to rules or categories to ignore in such files"),
    "allow": Key("path", 'allow-list of exact texts; without it the nearest `cleaner-allow.toml`, with `""` none'),
}  # in the order in which they are printed


def settle(given: Mapping[str, Any], config: Path | None = None, *, isolated: bool = False) -> Settings:
    """Return what is in force: the command line before the config file before the defaults.

    Args:
        given: what the command line says, by key; None where it says nothing.
        config: the config file; without it, the nearest one from the working directory upward.
        isolated: look for no config file and for no allow-list.

    Raises:
        ConfigError: the file cannot be read, or an entry is not as it should be.
    """
    if config and isolated:
        raise ConfigError("--config and --isolated exclude each other: choose one")
    file = config or (None if isolated else find_config())
    values = read_config(file) if file else {}
    origins = dict.fromkeys(values, str(file))
    asked = {key: value for key, value in given.items() if value is not None}
    values |= asked
    origins |= dict.fromkeys(asked, COMMAND_LINE)
    if "allow" not in values and not isolated and (found := find_allow_file()):
        values["allow"] = found
        origins["allow"] = str(found)
    fields = {key.replace("-", "_"): value for key, value in values.items()}
    return Settings(**fields, file=file, origins=origins)


def find_config(folder: Path | None = None) -> Path | None:
    """Return the config file of a folder (by default the one the program runs in), or of the nearest one above it.

    As with ruff, `cleaner.toml` goes before `pyproject.toml`, and a `pyproject.toml` without the table is none.
    """
    start = Path(os.path.abspath(folder or Path.cwd()))
    for place in (start, *start.parents):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
        project = place / PYPROJECT
        if project.is_file() and _table(project) is not None:
            return project
    return None


def read_config(path: Path) -> dict[str, Any]:
    """Return what a config file says, by key.

    Raises:
        ConfigError: it cannot be read, or an entry is not as it should be.
    """
    table = _table(path)
    if table is None:
        raise ConfigError(f"{path}: holds no table [tool.cleaner]")
    folder = Path(os.path.abspath(path)).parent
    return {key: _value(path, folder, key, value) for key, value in table.items()}


def _table(path: Path) -> dict[str, Any] | None:
    """Return the settings in a file; None of a pyproject.toml that holds none."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path}: larger than {_MAX_BYTES:,} bytes, that is no config file")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    if path.name == PYPROJECT and not _MAY_HOLD_TABLE.search(data):
        return None  # most are other tools' alone, and to parse them costs time at each start
    import tomllib  # noqa: PLC0415  the same

    try:
        table = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    if path.name != PYPROJECT:
        return table
    tools = table.get("tool", {})
    found = tools.get("cleaner") if isinstance(tools, dict) else None
    if found is not None and not isinstance(found, dict):
        raise ConfigError(f"{path}: tool.cleaner: must be a table")
    return found


def _value(path: Path, folder: Path, key: str, value: Any) -> Any:
    """Return a value as `Settings` holds it."""
    if key not in KEYS:
        if key == "tool" and path.name != PYPROJECT:
            raise ConfigError(f"{path}: [tool.cleaner] stands in {PYPROJECT} alone: write its keys here without it")
        near = difflib.get_close_matches(key.replace("_", "-"), KEYS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known keys are {', '.join(KEYS)}"
        raise ConfigError(f"{path}: {_short(key)}: unknown key; {hint}")
    kind = KEYS[key].kind
    fits, wanted = KINDS[kind]
    if not fits(value):
        raise ConfigError(f"{path}: {key}: must be {wanted}, not {_short(repr(value))}{_nearly(kind, value)}")
    if kind in {"names", "fields"}:
        return (value,) if isinstance(value, str) else tuple(value)
    if kind == "paths":
        return tuple(_there(path, key, folder / one, one, os.path.isdir) for one in value)
    if kind == "path":
        return _there(path, key, folder / value, value, os.path.isfile) if value else None
    if kind == "ignores":
        return tuple(Ignore(glob, rule, folder) for glob, rules in value.items() for rule in rules)
    return value


def _there(path: Path, key: str, place: Path, name: str, is_there: Callable[[Path], bool]) -> Path:
    """Return a folder or file that a value names, from the folder of the config file on."""
    if not is_there(place):
        others = [one.name for one in place.parent.iterdir() if is_there(one)] if place.parent.is_dir() else []
        near = difflib.get_close_matches(place.name, others, n=1)
        hint = f"; did you mean {(Path(name).parent / near[0]).as_posix()}?" if near else ""
        raise ConfigError(f"{path}: {key}: {name}: is not there{hint}")
    return place


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _nearly(kind: str, value: Any) -> str:
    """What the writer of a value that does not fit most likely meant."""
    if kind == "flag" and str(value).lower() in {"true", "false"}:
        return f"; did you mean {str(value).lower()}?"
    if kind in {"names", "paths"} and isinstance(value, str) and 0 < len(value) <= SHOWN:
        return f"; did you mean {toml([value])}?"
    return ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "names": (_are_texts, "a list of texts"),
    "paths": (_are_texts, "a list of folders"),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "text": (lambda value: isinstance(value, str), "a text"),
    "path": (lambda value: isinstance(value, str), "the name of a file"),
    "fields": (lambda value: _is_text(value) or (_are_texts(value) and value != []), "a text or a list of texts"),
    "share": (lambda value: _is_number(value) and 0 <= value <= 1, "a number from 0 to 1"),
    "seconds": (
        lambda value: _is_number(value) and LEAST_TIME <= value < float("inf"),
        f"a number of {LEAST_TIME} or more",
    ),
    "ignores": (
        lambda value: isinstance(value, dict) and all(map(_are_texts, value.values())),
        'a table of globs, each with a list of rules, such as {"wire/*" = ["credit"]}',
    ),
}


def _by_glob(ignores: Iterable[Ignore]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for ignore in ignores:
        table.setdefault(ignore.glob, []).append(ignore.rule)
    return table


def toml(value: Any) -> str:
    """Return a plain value as TOML, on one line."""
    import json  # noqa: PLC0415  only `cleaner config` and errors write values

    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
