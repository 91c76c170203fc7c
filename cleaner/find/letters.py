r"""Patterns in which `\w` and `\b` are written out as `regex` means them.

PCRE2 knows other letters by `\w`: numbers that are no digits, but no marks that take room, no joiners and no ringed
letters. A line with one of these is searched with what `spelt_out` returns, and the two find the same again.
"""

import regex

_LETTER = "\\p{Alphabetic}\u200c\u200d\\p{M}\\p{Nd}\\p{Pc}"
_IS, _IS_NOT = f"[{_LETTER}]", f"[^{_LETTER}]"
_EDGE = f"(?:(?<={_IS})(?!{_IS})|(?<!{_IS})(?={_IS}))"
_NO_EDGE = f"(?:(?<={_IS})(?={_IS})|(?<!{_IS})(?!{_IS}))"
_WRITTEN = {"\\w": _IS, "\\W": _IS_NOT, "\\b": _EDGE, "\\B": _NO_EDGE}
_PART = regex.compile(r"\\. | \[ (?P<not>\^?) (?P<held> \]? (?: \\. | [^\]\\] )* ) \] | \#[^\n]*+", regex.X | regex.S)
_ESCAPE = regex.compile(r"\\.", regex.S)
_VERBOSE = regex.compile(r"\s*\(\?\w*x")
# Comments and classes that would have to be read with more care.
_UNKNOWN = regex.compile(r"\(\?\# | \[:\^?\w+:\] | \(\?\w*-?\w*x\w*:", regex.X)


def spelt_out(pattern: str) -> str | None:
    r"""Write `\w`, `\W`, `\b` and `\B` of a pattern out for PCRE2; None where that takes more than is done here."""
    is_verbose = _VERBOSE.match(pattern) is not None
    if _UNKNOWN.search(pattern) or (not is_verbose and "#" in pattern):
        return None
    return str(_PART.sub(_part, pattern))


def _part(match: "regex.Match[str]") -> str:
    if match["held"] is not None:
        return _class(match["held"], is_negated=bool(match["not"]))
    return _WRITTEN.get(match[0], match[0])


def _class(held: str, *, is_negated: bool) -> str:
    escapes = _ESCAPE.findall(held)
    wide = _ESCAPE.sub(lambda match: {"\\w": _LETTER, "\\W": ""}.get(match[0], match[0]), held)
    if "\\W" not in escapes:
        return f"[{'^' if is_negated else ''}{wide}]"
    if is_negated:
        return f"(?:(?![{wide}]){_IS})" if wide else _IS
    return f"(?:{_IS_NOT}|[{wide}])" if wide else _IS_NOT
