"""Formats: documents out, clean bytes in, originals back."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import Cleaner, Rule
from cleaner.batch.record import clean_record
from cleaner.records import FORMATS, Fields, Reading, Record
from cleaner.records.json_object import is_with, members
from cleaner.report import ledger
from tests.strategies import texts

JUNK = Cleaner([Rule("kind/junk", "", ("junk", "é"), (), "junk|é", removes="match")], guard=1)


def read(data: str | bytes, form: str = "jsonl", **fields: Any) -> list[Record]:
    raw = data.encode() if isinstance(data, str) else data
    return list(FORMATS[form].read(io.BytesIO(raw), "name", Fields(**fields), ()))


def clean_and_restore(raw: bytes, form: str = "jsonl") -> tuple[bytes, bytes]:
    clean, rows = b"", []
    for record in read(raw, form):
        cleaned = clean_record(JUNK, FORMATS[form], record, verify=True)
        assert not cleaned.trouble
        clean += cleaned.after
        rows += [json.loads(ledger.encode(row)) for row in ledger.rows(FORMATS[form], record, cleaned.results)]
    return clean, undone(clean, rows, form)


def undone(clean: bytes, rows: list[dict[str, Any]], form: str = "jsonl") -> bytes:
    reading, back = Reading("name", Fields()), b""
    for block in FORMATS[form].cut(io.BytesIO(clean), "", "name", Fields()):
        for number, raw, _, _ in block.pieces():
            held = [row for row in rows if row["record"] == number]
            back += FORMATS[form].undo(raw, number, held, block, reading)
    return back


@given(texts)
def test_a_text_comes_back(text: str) -> None:
    assert clean_and_restore(text.encode(), "txt")[1] == text.encode()


@given(st.lists(texts, max_size=4), st.booleans(), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_lines_of_json_come_back_whatever_their_escapes(held: list[str], ascii_only: bool, end: str) -> None:
    raw = end.join(json.dumps({"id": n, "text": text}, ensure_ascii=ascii_only) for n, text in enumerate(held)).encode()
    clean, back = clean_and_restore(raw)
    assert back == raw
    assert [json.loads(line)["text"] for line in clean.splitlines() if line] == [JUNK.clean(text).text for text in held]


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        (
            r'{"text": "a junk b", "n": 123456789012345678901234567890}',
            r'{"text": "a b", "n": 123456789012345678901234567890}',
        ),
        (r'{ "x" : 1.10e+5 ,"text":"junk a\/b" }', r'{ "x" : 1.10e+5 ,"text":"a\/b" }'),
        (r'{"text": "\u00e9 caf\u00c9 \ud83d\ude00 junk \n"}', r'{"text": "caf\u00c9 \ud83d\ude00 \n"}'),
        (r'{"text": "\ud800 junk x"}', r'{"text": "\ud800 x"}'),
        (r'{"text": "no", "text": "a junk b"}', r'{"text": "no", "text": "a b"}'),
        (r'{"deep": {"text": "junk"}, "text": "kept"}', r'{"deep": {"text": "junk"}, "text": "kept"}'),
    ],
)
def test_every_other_byte_of_a_record_stays(line: str, clean: str) -> None:
    cleaned, back = clean_and_restore(line.encode())
    assert (cleaned.decode(), back.decode()) == (clean, line)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{bad", "not valid JSON: expected a key in double quotes"),
        ('{"text": "a"', "not valid JSON: expected a comma or a closing brace"),
        ('{"text": "a",}', "not valid JSON: a comma before the closing brace"),
        ('{"text": "a"} x', "not valid JSON: more text behind"),
        ('["text"]', "not valid JSON: a record must be an object"),
        ('{"text": ' + "[" * 100_000, "not valid JSON"),
        ('{"body": "a"}', "no field 'text' (fields: body): name it with --text-field"),
        ('{"text": 5}', "field 'text' is a number, not a text"),
        ('{"text": null}', "field 'text' is null, not a text"),
        ('{"text": ["a"]}', "field 'text' is a list, not a text"),
        ('{"text": true}', "field 'text' is a truth value, not a text"),
        (b'{"text": "\xff"}', "not valid UTF-8 at byte 10"),
        (b'{"text": "a\0b"}', "null bytes"),
    ],
)
def test_a_broken_record_is_kept_and_named(line: str | bytes, problem: str) -> None:
    good = b'{"text": "fine"}\n'
    raw = (line.encode() if isinstance(line, str) else line) + b"\n"
    records = read(good + raw + good)
    assert [bool(record.document) for record in records] == [True, False, True]
    assert problem in records[1].problem
    assert (records[1].number, records[1].raw) == (2, raw)


def test_fields_have_other_names() -> None:
    (record,) = read('{"body": "a", "key": 12, "link": "http://x.example/"}', text="body", id="key", url="link")
    assert record.document
    assert (record.document.text, record.document.id, record.document.url) == ("a", "12", "http://x.example/")


def test_a_record_without_id_is_called_by_its_line() -> None:
    records = read('{"text": "a"}\n\n{"text": "b"}\n')
    assert [record.document.id if record.document else None for record in records] == ["1", None, "3"]
    assert records[1].problem == ""


@given(
    st.dictionaries(
        st.text(max_size=5), st.recursive(st.none() | st.booleans() | st.text(max_size=5), st.lists, max_leaves=5)
    )
)
def test_spans_of_values(table: dict[str, Any]) -> None:
    line = json.dumps(table)
    assert {key: json.loads(line[one.start : one.end]) for key, one in members(line).items()} == table


def test_removals_of_another_file_are_refused() -> None:
    row = {"record": 1, "field": "text", "start": 50, "end": 51, "text": "x"}
    with pytest.raises(ValueError, match="does not fit"):
        undone(b'{"text": "a"}\n', [row])
    with pytest.raises(ValueError, match="no field 'body'"):
        undone(b'{"text": "a"}\n', [row | {"field": "body"}])


@pytest.mark.parametrize(("raw", "problem"), [(b"a\0b", "binary"), (b"caf\xe9", "not valid UTF-8 at byte 3")])
def test_a_file_that_is_no_text_is_named(raw: bytes, problem: str) -> None:
    (record,) = read(raw, "txt")
    assert record.document is None
    assert problem in record.problem


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ('{"a": 1, "text": "x\\u0079",  "b": "z"}', True),
        ('{"a": 1, "text": "xz",  "b": "z"}', False),
        ('{"a": 1, "text": "xy", "b": "z"}', False),
        ('{"a": 2, "text": "xy",  "b": "z"}', False),
        ('{"a": 1, "text": "xy",  "b": "z"} ', False),
        ('{"a": 1, "text": null,  "b": "z"}', False),
    ],
)
def test_a_line_is_proven_in_its_text_and_beside_it(line: str, holds: bool) -> None:
    source = '{"a": 1, "text": "xyjunk",  "b": "z"}'
    assert is_with(line, source, [(members(source)["text"], "xy")]) is holds


def test_several_texts_of_a_line_are_proven_in_any_order() -> None:
    source = '{"b": "one junk", "a": "two junk"}'
    held = members(source)
    assert is_with('{"b": "one", "a": "two"}', source, [(held["a"], "two"), (held["b"], "one")])
    assert not is_with('{"b": "two", "a": "one"}', source, [(held["a"], "two"), (held["b"], "one")])
