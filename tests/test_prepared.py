"""Records whose text is made first: from a page in another field, or from a text with markup."""

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from cleaner import Cleaner
from cleaner.batch.record import clean_record
from cleaner.cli import app
from cleaner.records import FORMATS, Fields, Reading
from cleaner.report import ledger

STORY = "The council met on Monday and agreed on a budget for the coming year after a long debate in the town hall. "
PAGE = (
    f"<html><body><nav><a href='/'>Home</a></nav><article><p>{STORY * 3}</p><p>© Getty Images</p><p>{STORY}</p>"
    "</article></body></html>"
)
JSONL = FORMATS["jsonl"]


def cleaned_and_undone(raw: bytes, fields: Fields) -> tuple[bytes, bytes]:
    clean = back = b""
    cleaner = Cleaner()
    for record in JSONL.read(io.BytesIO(raw), "name", fields, cleaner.rules):
        cleaned = clean_record(cleaner, JSONL, record, verify=True)
        assert not cleaned.trouble
        clean += cleaned.after
        rows = [json.loads(ledger.encode(row)) for row in ledger.rows(JSONL, record, cleaned.results)]
        rows = [row for row in rows if "start" in row or "was" in row]
        back += JSONL.undo(cleaned.after, record.number, rows, None, Reading("name", Fields()))  # type: ignore[arg-type]
    return clean, back


@pytest.mark.parametrize("text", [{}, {"text": "old é"}, {"text": None}, {"text": {"a": [1]}}])
def test_the_article_of_a_page_goes_to_the_text_field(text: dict[str, object]) -> None:
    raw = (json.dumps({"id": 7, "html": PAGE, **text, "z": 1.50}) + "\n").encode()
    clean, back = cleaned_and_undone(raw, Fields(html="html"))
    row = json.loads(clean)
    assert row["text"].splitlines() == [(STORY * 3).strip(), STORY.strip()]
    assert row["html"] == PAGE
    assert back == raw


@pytest.mark.parametrize("ascii_only", [True, False])
def test_markup_is_taken_out_of_a_text_field(ascii_only: bool) -> None:
    text = "<p>The café shut.</p>\n<p>© Getty Images</p>\n<p>It&nbsp;was &ldquo;late&rdquo;.</p>"
    raw = json.dumps({"text": text, "n": [1, 2]}, ensure_ascii=ascii_only).encode()
    clean, back = cleaned_and_undone(raw, Fields(markup=True))
    assert json.loads(clean) == {"text": "The café shut.\nIt was “late”.", "n": [1, 2]}
    assert back == raw


def test_a_text_without_markup_stays_byte_for_byte() -> None:
    raw = b'{"text":"A < B and R\\u0026D."}\n'
    assert cleaned_and_undone(raw, Fields(markup=True)) == (raw, raw)


@pytest.mark.parametrize("line", ['{"html": 3}', "{}", '{"html": "no page"}'])
def test_a_record_without_a_page_says_so(line: str) -> None:
    (record,) = JSONL.read(io.BytesIO(line.encode()), "name", Fields(html="html"), ())
    assert record.problem


def test_a_run_over_pages_in_records_can_be_undone(tmp_path: Path) -> None:
    source = tmp_path / "pages.jsonl"
    source.write_text(
        "".join(json.dumps({"id": n, "html": PAGE, "url": "https://a.example/"}) + "\n" for n in range(3))
    )
    run = CliRunner().invoke(
        app, ["clean", str(source), "-o", str(tmp_path / "out"), "--html-field", "html", "-j", "1"]
    )
    assert run.exit_code == 0, run.output
    back = CliRunner().invoke(app, ["restore", str(tmp_path / "out"), "-o", str(tmp_path / "back")])
    assert back.exit_code == 0, back.output
    assert (tmp_path / "back" / "pages.jsonl").read_bytes() == source.read_bytes()


ROWS = [
    {"id": "1", "page": PAGE, "text": 'old "text"', "z": " 7"},
    {"id": "2", "page": PAGE.replace("Monday", 'Monday, "at last",'), "text": "", "z": "8"},
]
MARKED = [
    {"text": "<p>The café, shut.</p>\n<p>© Getty Images</p>\n<p>It&nbsp;was &ldquo;late&rdquo;.</p>", "z": "a"},
    {"text": 'No <b>"markup"</b> here', "z": "b"},
    {"text": "A < B and R&D.", "z": "c"},
]


def write(path: Path, rows: list[dict[str, str]]) -> None:
    if path.suffix == ".parquet":
        parquet.write_table(pa.table({key: [row[key] for row in rows] for key in rows[0]}), path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writeheader()
        writer.writerows(rows)


def rows_in(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".parquet":
        return list(parquet.read_table(path).to_pylist())
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


def cleaned_and_restored(source: Path, *options: str) -> list[dict[str, str]]:
    """Clean a table, restore it, and return the clean rows."""
    out, back = source.parent / "out", source.parent / "back"
    run = CliRunner().invoke(app, ["clean", str(source), "-o", str(out), "-j", "1", *options])
    assert run.exit_code == 0, run.output
    restored = CliRunner().invoke(app, ["restore", str(out), "-o", str(back)])
    assert restored.exit_code == 0, restored.output
    assert rows_in(back / source.name) == rows_in(source)
    if source.suffix != ".parquet":
        assert (back / source.name).read_bytes() == source.read_bytes()
    return rows_in(out / "clean" / source.name)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_pages_in_a_column_of_a_table_give_its_texts(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"pages{suffix}"
    write(source, ROWS)
    clean = cleaned_and_restored(source, "--html-field", "page")
    story = [(STORY * 3).strip(), STORY.strip()]
    assert clean[0]["text"].splitlines() == story
    assert clean[1]["text"].splitlines() == [line.replace("Monday", 'Monday, "at last",') for line in story]
    assert [row | {"text": ""} for row in clean] == [row | {"text": ""} for row in ROWS]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet"])
def test_markup_is_taken_out_of_a_column_of_a_table(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"texts{suffix}"
    write(source, MARKED)
    clean = cleaned_and_restored(source, "--markup")
    texts = ["The café, shut.\nIt was “late”.", 'No "markup" here', "A < B and R&D."]
    assert clean == [row | {"text": text} for row, text in zip(MARKED, texts, strict=True)]


def test_a_text_of_parquet_that_was_null_is_null_again(tmp_path: Path) -> None:
    source = tmp_path / "pages.parquet"
    schema = pa.schema([("page", pa.string()), ("text", pa.string())])
    parquet.write_table(pa.table({"page": [PAGE], "text": [None]}, schema), source)
    assert cleaned_and_restored(source, "--html-field", "page")[0]["text"].startswith("The council")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_row_without_a_page_is_kept_apart_and_comes_back(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"pages{suffix}"
    write(source, [ROWS[0], ROWS[1] | {"page": "no page"}, ROWS[1]])
    out, back = tmp_path / "out", tmp_path / "back"
    run = CliRunner().invoke(app, ["clean", str(source), "-o", str(out), "-j", "1", "--html-field", "page"])
    assert run.exit_code == 2
    assert "there is no HTML in it" in "".join(path.read_text() for path in (out / "errors").iterdir())
    assert CliRunner().invoke(app, ["restore", str(out), "-o", str(back)]).exit_code == 0
    assert rows_in(back / source.name) == rows_in(source)


def test_a_table_without_a_column_of_pages_says_so(tmp_path: Path) -> None:
    source = tmp_path / "pages.parquet"
    write(source, ROWS)
    run = CliRunner().invoke(app, ["clean", str(source), "-o", str(tmp_path / "out"), "--html-field", "nope"])
    assert "no column 'nope'" in run.output
    assert run.exit_code == 2
