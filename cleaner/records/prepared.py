"""Records whose text is made first: the article of a page in another field, or a text without its markup."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cleaner.errors import CleanerError
from cleaner.model import Pruned
from cleaner.records.base import Reading, Record, says_off
from cleaner.spare import Keep, spared_by

Members = Callable[[str, int], Mapping[str, Any]]


def prepared(
    record: Callable[[str], Record],
    number: int,
    raw: bytes,
    source: str,
    start: int,
    reading: Reading,
    members: Members,
) -> Record:
    """Return the record of a JSON object with the text that was made for it; `was` of it is what stood there before.

    Args:
        record: reads the object with its new text.
        number: the number of the record.
        raw: its bytes.
        source: the same as text.
        start: where in it the object starts.
        reading: names the field of the page, or asks for texts without markup.
        members: finds the values of an object.
    """
    fields = reading.fields
    held = members(source, start)
    if fields.opt_out in held and says_off(held[fields.opt_out].value):
        return record(source)
    asked = fields.html or fields.text
    if asked not in held or not isinstance(held[asked].value, str) or source[held[asked].start] != '"':
        return Record(
            number,
            raw,
            None,
            f"field {asked!r} is missing or no text: it should hold a page"
            if fields.html
            else f"field {asked!r} is missing or no text: name it with --text-field",
        )
    url = held[fields.url].value if fields.url in held and isinstance(held[fields.url].value, str) else None
    keep = reading.keep(shown(source, held.get(fields.id)) or str(number))
    try:
        text, pruned = made_text(held[asked].value, url, reading, keep)
    except CleanerError as error:
        return Record(number, raw, None, str(error))
    if not fields.html and text == held[asked].value:
        return record(source)
    made, was = put(source, held, fields.text, text)
    return record(made)._replace(pruned=pruned, was=was, spared=spared_by(keep))


def shown(source: str, member: Any) -> str:
    """Return an id or url as text: a number as it is written."""
    return str(member.value) if member and source[member.start] in '"-0123456789' else ""


def made_text(value: str, url: str | None, reading: Reading, keep: Keep | None) -> tuple[str, tuple[Pruned, ...]]:
    """Return the article of a page, or a text without its markup, and what rules cut from the page.

    Raises:
        CleanerError: there is no article, or the markup cannot be read in time.
    """
    if reading.fields.html:
        from cleaner.extract import extract  # noqa: PLC0415  text never pays for the HTML engine

        document, pruned = extract(value, reading.rules, url, left_out=reading.fields.left_out, keep=keep)
        return document.text, pruned
    from cleaner.markup import has_markup, unmark  # noqa: PLC0415  the same

    try:
        return (unmark(value)[0] if has_markup(value) else value), ()
    except TimeoutError as error:
        raise CleanerError("its markup cannot be read in time") from error


def put(source: str, held: Mapping[str, Any], field: str, text: str) -> tuple[str, str]:
    """Return the source with a text in a field, and what stood there: "" where there was no such field."""
    written = _written(text)
    if field in held:
        member = held[field]
        return source[: member.start] + written + source[member.end :], source[member.start : member.end]
    end = max(member.end for member in held.values())
    return f"{source[:end]}{_joint(field)}{written}{source[end:]}", ""


def put_back(source: str, held: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the source as it was before `put`, from the row that holds what stood there."""
    for row in rows:
        member = held[row["field"]]
        start = member.start if row["was"] else member.start - len(_joint(row["field"]))
        source = source[:start] + row["was"] + source[member.end :]
    return source


def _joint(field: str) -> str:
    return f", {json.dumps(field)}: "


def _written(text: str) -> str:
    plain = json.dumps(text, ensure_ascii=False)
    return plain if plain.isascii() or not any("\ud800" <= one <= "\udfff" for one in plain) else json.dumps(text)
