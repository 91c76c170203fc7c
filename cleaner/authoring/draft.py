"""A first draft of a rule, from a text that its author wants to be rid of."""

import difflib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

from cleaner.errors import CleanerError
from cleaner.examples import differences
from cleaner.fold import plain
from cleaner.rules import LONGEST_LINE, MARK, WORDS, RuleError, load_rule

MOST_LINES, LONGEST = 20, 2000  # of a text, its lines and the characters of each
ENOUGH = 60  # characters of a literal; a longer one is no rarer
SPARE = 100  # characters by which a line may be longer than the one that was given
_ID = regex.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)+")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT_MONTHS = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
# What differs from page to page, and the pattern that stands for it.
_VARIES = (
    (r"(?:https?://|www\.)\S+", r"(?:https?://|www\.)\S+"),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", r"[\w.+-]+@[\w.-]+"),
    (rf"\b(?:{_MONTHS}|{_SHORT_MONTHS}|{_DAYS})\b", r"\p{L}{3,9}"),
    (r"\d+", r"\d{1,9}"),
    (r"\s{2,}|\t", r"\s{1,9}"),
)
_PARTS = regex.compile("|".join(f"({what})" for what, _ in _VARIES))
_CONTROL = regex.compile(r"(?V1)[\p{Cc}--[\t\n]]|\p{Cs}")
_LETTERS = regex.compile(r"\p{L}[\p{L}\p{M}]")
_SPECIAL = regex.compile(r"[\\^$.|?*+()\[\]{}]")
_EDGES = regex.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that is not written yet: its id, and the text of its file."""

    id: str
    toml: str


@dataclass(frozen=True, slots=True)
class _Junk:
    """What goes of a line, as rules see it, and whether the line begins and ends with it."""

    text: str
    starts: bool
    ends: bool


def draft(rule: str, text: str, *, why: str = "", stays: Sequence[str] = (), kinds: Iterable[str] = ()) -> Draft:
    """Propose a rule that takes a text, and what differs from it only in numbers, dates and addresses.

    Args:
        rule: the id, `kind/name`.
        text: whole lines, each of which is to go; or lines with `[-marks-]` around the parts that are.
        why: one sentence; "" makes one of the text.
        stays: texts that the rule must not touch, beside one that is made of its first literal.
        kinds: the kinds of junk that there are, for the message about an id without one.

    Raises:
        CleanerError: the id is none, the text says too little, or the rule would take what must stay.
    """
    _check_id(rule, kinds)
    if _CONTROL.search(plain(text)):
        raise CleanerError(f"{rule}: the text holds control characters or is no UTF-8: copy it from an editor")
    junk, parts = _junk(rule, text), bool(MARK.search(text))
    literals = list(dict.fromkeys(_literal(rule, line) for line in junk))
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    look_alike = f'At the meeting they read "{literals[0]}" aloud, and nobody knew what to make of it.'
    examples = [*([text.strip()] if parts else [f"[-{line}-]" for line in lines]), look_alike, *stays]
    longest = max(len(line.text) for line in junk) + SPARE
    keys = {
        "why": _text(why or f"{'Part of a line' if parts else 'A line'} such as: {_short(junk[0].text)}"),
        "literals": _texts(literals),
        "removes": '"match"' if parts else "",
        "longest": str(longest) if not parts and longest > LONGEST_LINE else "",
        "pattern": f"'''{_pattern(junk)}'''",
        "examples": _texts(examples),
    }
    made = Draft(rule, "".join(f"{key} = {value}\n" for key, value in keys.items() if value))
    _check(made)
    return made


def write(made: Draft, folder: Path) -> Path:
    """Write a draft below a folder of rules, and return the file; one that is there is never written over.

    Raises:
        CleanerError: there is such a file, or the folder's links lead out of it.
    """
    path = folder / f"{made.id}.toml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.parent.resolve().is_relative_to(folder.resolve()):
            raise CleanerError(f"{path.parent}: leads out of {folder}, remove that link")
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(made.toml)
    except FileExistsError as error:
        raise CleanerError(f"{path}: is there already: edit it, or choose another id") from error
    except OSError as error:
        raise CleanerError(f"{path}: cannot be written: {error.strerror}") from error
    return path


def default_folder() -> Path:
    """Where new rules go: `rules` if that holds rules, else `cleaner-rules`."""
    here = Path("rules")
    return here if os.path.isdir(here) and any(here.glob("*/*.toml")) else Path("cleaner-rules")


def _check_id(rule: str, kinds: Iterable[str]) -> None:
    kinds = sorted(kinds)
    if "/" not in rule:
        raise CleanerError(f"{rule}: an id is KIND/NAME, such as promo/{rule}; kinds are {', '.join(kinds)}")
    if not _ID.fullmatch(rule):
        slug = "/".join(regex.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in rule.split("/"))
        hint = f"such as {slug}" if _ID.fullmatch(slug) else "such as promo/newsletter"
        raise CleanerError(f"{rule}: an id is made of a-z, 0-9 and hyphens, {hint}")
    if rule.partition("/")[0] == WORDS:
        raise CleanerError(f"{rule}: {WORDS}/ is for phrases, choose another kind")


def near_kind(rule: str, kinds: Iterable[str]) -> str:
    """Return the kind of junk whose name is nearly the one of an id, "" if it is one or none is near."""
    kind, known = rule.partition("/")[0], set(kinds)
    return "" if kind in known else next(iter(difflib.get_close_matches(kind, known, n=1)), "")


def _junk(rule: str, text: str) -> list[_Junk]:
    """Return what goes of each line."""
    found = []
    for line in filter(str.strip, plain(text).split("\n")):
        if not MARK.search(text):
            found.append(_Junk(line.strip(), starts=True, ends=True))
        for mark in MARK.finditer(line):
            before, after = line[: mark.start()].strip(), line[mark.end() :].strip()
            found.append(_Junk(mark[1].strip(), not before, not after))
    found = [line for line in dict.fromkeys(found) if line.text]
    if not found:
        raise CleanerError(f"{rule}: there is no text to remove: give a line, or mark a part of one: '… [-junk-] …'")
    if len(found) > MOST_LINES or any(len(line.text) > LONGEST for line in found):
        raise CleanerError(
            f"{rule}: give at most {MOST_LINES} lines of {LONGEST:,} characters, one kind of junk a rule"
        )
    return found


def _literal(rule: str, junk: _Junk) -> str:
    """Return the longest piece that is the same on every page; not all of what goes from the middle of a line."""
    same = regex.split(r"[{}]|\x00", _PARTS.sub("\0", junk.text))
    held = [piece for piece in (_EDGES.sub("", piece) for piece in same) if _LETTERS.search(piece)]
    literal = max(held, key=len, default="")
    if len(literal) > ENOUGH:
        literal = literal[: literal.rfind(" ", 0, ENOUGH) if " " in literal[:ENOUGH] else ENOUGH]
    if not junk.starts and not junk.ends and literal == _EDGES.sub("", junk.text):
        literal = literal.rpartition(" ")[0]
    if not _LETTERS.search(literal):
        raise CleanerError(f"{rule}: {junk.text[:ENOUGH]!r} holds too few words to know it by: give or mark more of it")
    return literal


def _pattern(junk: Sequence[_Junk]) -> str:
    texts: dict[tuple[bool, bool], dict[str, None]] = {}
    for line in junk:
        texts.setdefault((line.starts, line.ends), {})["".join(_generalised(line.text))] = None
    several = [
        ("^" if starts else r"(?<!\w)") + _any(list(held)) + ("$" if ends else r"(?!\w)")
        for (starts, ends), held in texts.items()
    ]
    return f"(?i){several[0] if len(several) == 1 else _any(several)}"


def _any(patterns: Sequence[str]) -> str:
    return patterns[0] if len(patterns) == 1 else f"(?:{'|'.join(patterns)})"


def _generalised(text: str) -> Iterator[str]:
    place = 0
    for match in _PARTS.finditer(text):
        yield _escaped(text[place : match.start()])
        yield _VARIES[(match.lastindex or 1) - 1][1]
        place = match.end()
    yield _escaped(text[place:])


def _escaped(text: str) -> str:
    """Write a text as a pattern; three quotes would end it in a rule's file."""
    return _SPECIAL.sub(r"\\\g<0>", text).replace("'''", r"\x27\x27\x27")


def _short(text: str) -> str:
    return text if len(text) <= ENOUGH else f"{text[:ENOUGH]}…"


def _text(text: str) -> str:
    """Write a text for TOML."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: Iterable[str]) -> str:
    return "[\n" + "".join(f"    {_text(text)},\n" for text in texts) + "]"


def _check(made: Draft) -> None:
    """Raise an error if a draft does not pass its own test."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(made, Path(folder))
        try:
            wrong = differences(load_rule(path))
        except RuleError as error:
            raise CleanerError(
                f"{made.id}: no rule can be made of that: {str(error).removeprefix(str(path))}"
            ) from error
    if wrong:
        raise CleanerError(
            f"{made.id}: no rule of that tells junk from what stays: wanted {wrong[0].wanted!r}, got {wrong[0].got!r}"
        )
