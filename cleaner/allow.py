"""The allow-list: exact texts that are never removed, each with its reason, in a file beside the user's config."""

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.errors import CleanerError

FILE_NAME = "cleaner-allow.toml"
KEYS = ("text", "article", "rule", "reason", "date")
_MAX_BYTES = 50_000_000
_HEAD = """\
# Texts that `cleaner` never removes. It finds this file in the folder it is started from or in one above.
# text: exactly what stays, white space around it aside; article: only in the article of that id; the rest is for you.
"""


class AllowError(CleanerError):
    """An allow-list cannot be used. The message names the file, the entry and the mend."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A text that stays, white space around it aside.

    With `article`, it stays only in the document of that id. `rule` says which rules took it, `reason` and `date` (ISO
    8601) why and when it was allowed; they are for the reader.
    """

    text: str
    article: str = ""
    rule: str = ""
    reason: str = ""
    date: str = ""

    def __str__(self) -> str:
        return self.text.strip() + (f" (article {self.article})" if self.article else "")


class AllowList:
    """Allowed texts, ready to be looked up."""

    def __init__(self, entries: Iterable[str | Allowed] = ()) -> None:
        given = (Allowed(entry) if isinstance(entry, str) else entry for entry in entries)
        self._entries = {(entry.text.strip(), entry.article): entry for entry in given if entry.text.strip()}

    def __bool__(self) -> bool:
        return bool(self._entries)

    @property
    def sha256(self) -> str:
        """A hash of what stays; "" where nothing is allowed. Two runs with the same remove the same."""
        import hashlib  # noqa: PLC0415  only runs into a folder note it

        return hashlib.sha256(json.dumps(sorted(self._entries)).encode()).hexdigest() if self else ""

    def __iter__(self) -> Iterator[Allowed]:
        return iter(self._entries.values())

    def entry(self, text: str, article: str) -> Allowed | None:
        """Return what says that a text may not be removed from the document of that id."""
        text = text.strip()
        return self._entries.get((text, "")) or (self._entries.get((text, article)) if article else None)


def load_allowed(path: Path | str) -> tuple[Allowed, ...]:
    """Read an allow-list: TOML, a table `[[allow]]` for each text.

    Raises:
        AllowError: the file cannot be read, or an entry is not as it should be.
    """
    import tomllib  # noqa: PLC0415  most runs have no list

    path = Path(path)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise AllowError(f"{path}: larger than {_MAX_BYTES:,} bytes, that is no allow-list")
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AllowError(f"{path}: not valid TOML: {error}") from error
    except OSError as error:
        raise AllowError(f"{path}: cannot be read: {error.strerror}") from error
    entries = table.pop("allow", [])
    if table or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise AllowError(f"{path}: holds other things than tables [[allow]]")
    return tuple(_entry(path, number, entry) for number, entry in enumerate(entries, 1))


def _entry(path: Path, number: int, entry: dict[str, Any]) -> Allowed:
    place = f"{path}: entry {number}"
    for key, value in entry.items():
        if key not in KEYS:
            raise AllowError(f"{place}: {key}: unknown key, known keys are {', '.join(KEYS)}")
        if key == "date" and isinstance(value, dt.date):
            entry[key] = value.isoformat()
        elif not isinstance(value, str):
            raise AllowError(f"{place}: {key}: must be a text")
    if not entry.get("text", "").strip():
        raise AllowError(f"{place}: text: is missing or empty")
    return Allowed(**entry)


def find_allow_file(folder: Path | None = None) -> Path | None:
    """Return the allow-list of a folder (by default the one the program runs in), or of the nearest one above it."""
    start = Path(os.path.abspath(folder or Path.cwd()))
    return next((place / FILE_NAME for place in (start, *start.parents) if (place / FILE_NAME).is_file()), None)


def written_out(entries: Iterable[Allowed], *, new: bool) -> str:
    """Return entries as TOML to append to an allow-list, or, if `new`, to begin one."""
    tables = []
    for entry in entries:
        lines = [f"{key} = {toml_text(getattr(entry, key))}" for key in KEYS if key != "date" and getattr(entry, key)]
        lines += [f"date = {entry.date}"] if entry.date else []
        tables.append("\n[[allow]]\n" + "\n".join(lines) + "\n")
    return (_HEAD if new else "") + "".join(tables)


def toml_text(text: str) -> str:
    """Return a text as a basic string of TOML, on one line.

    Raises:
        AllowError: it holds a lone surrogate, which TOML cannot write.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise AllowError(f"{text!r} holds a lone surrogate, which no text file can hold")
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
