"""The files of rules and phrases: where the built-in ones lie, and their TOML, each key and text looked at."""

import difflib
import functools
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cleaner.errors import CleanerError

_MAX_BYTES = 1_000_000


class RuleError(CleanerError):
    """A rule cannot be used. The message names the file, the key and the mend."""


@functools.cache
def builtin_folder() -> Path:
    """Where the built-in rules lie: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    places = (package / "builtin_rules", package.parent / "rules")
    for place in places:
        if place.is_dir():
            return place
    raise RuleError(f"the built-in rules are missing, looked in {places[0]} and {places[1]}: install the package again")


def read(path: Path) -> dict[str, Any]:
    """Return what a TOML file holds; raises RuleError where it is none."""
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


def known_keys(path: Path, table: Mapping[str, Any], known: Sequence[str]) -> None:
    """Raise a RuleError if a table has a key that is not known."""
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known keys are {', '.join(known)}"
            raise RuleError(f"{path}: {key}: unknown key, {hint}")


def tables(path: Path, table: Mapping[str, Any], key: str) -> list[tuple[str, list[str]]]:
    """Return the entries of a table of lists of texts, such as `[phrases]`; raises RuleError where it is none."""
    found = table.get(key, {})
    if not isinstance(found, dict):
        raise RuleError(f"{path}: {key}: must be a table")
    for name, values in found.items():
        texts(path, f"{key}.{name}", values)
    return list(found.items())


def texts(path: Path, key: str, values: object) -> None:
    """Raise a RuleError if a value is no list of texts."""
    if not isinstance(values, list) or not values or not all(isinstance(v, str) and v.strip() for v in values):
        raise RuleError(f"{path}: {key}: must be a list of texts, none of them empty")
