"""Records whose text is made first: from a page in another field, or from a text with markup."""

import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cleaner import Cleaner
from cleaner.batch.work import Plan, clean_record
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
    plan = Plan(Cleaner(), fields)
    for record in JSONL.read(io.BytesIO(raw), "name", fields, plan.cleaner.rules):
        cleaned = clean_record(plan, JSONL, record)
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
