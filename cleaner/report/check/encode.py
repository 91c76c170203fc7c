"""JSON that is safe to print."""

import json
from typing import Any

import regex

from cleaner.report.check.finding import COMMAND

_HIDDEN = regex.compile(r"[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]--\n]", regex.VERSION1)


def encode(value: Any, indent: int | None = None) -> str:
    """Return a value as JSON, control, format and bidirectional characters and lone surrogates as escapes."""
    plain = json.dumps(value, indent=indent, ensure_ascii=False)
    # A line feed that is left is one between values: in strings JSON escapes them. Number signs are in strings alone.
    shown = _HIDDEN.sub(lambda match: json.dumps(match[0])[1:-1], plain)
    return str(COMMAND.sub(r"#\\u0023", shown))
