"""Documents of datatrove and columns of other engines: clean, accounted for, and back again."""

import gzip
import importlib.util
import io
import json
import os
import pickle
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import regex

from cleaner import Cleaner, CleanerError, CleanResult, Rule
from cleaner.edit import restore
from cleaner.engines import CleanColumns, CleanStep, restored

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
BLOCKS = regex.findall(r"```python\n(.*?)```", GUIDE, regex.DOTALL)
RULE = Rule("kind/zap", "Zap.", ("zap",), (), pattern="(?i)^zap$")
CLEANER = Cleaner([RULE])
DIRTY, CLEAN = "The council met.\nZap\nIt agreed.\n", "The council met.\nIt agreed.\n"
STORY = "<p>The council met on Monday and agreed on a budget after a long debate in the hall of the town.</p>" * 6
PAGE = f"<html><body><article>{STORY}<p>Zap</p></article></body></html>"
needs_datatrove = pytest.mark.skipif(not importlib.util.find_spec("datatrove"), reason="datatrove is not installed")


class Document:
    """What datatrove's documents hold."""

    def __init__(self, text: Any, name: str = "a", **metadata: Any) -> None:
        self.text, self.id, self.metadata = text, name, metadata


def cleaned(folder: Path, *documents: Document, cleaner: Cleaner = CLEANER, **options: Any) -> list[dict[str, Any]]:
    """Clean documents where they are; return the rows of the ledger."""
    assert list(CleanStep(str(folder), cleaner, **options)(iter(documents), rank=3)) == list(documents)
    return [json.loads(line) for line in (folder / "00003.jsonl").read_text(encoding="utf-8").splitlines()]


@needs_datatrove
def test_a_step_cleans_the_text_and_writes_a_row(tmp_path: Path) -> None:
    first, second = Document(CLEAN, "a"), Document(DIRTY, "b")
    row = {"id": "b", "record": 2, "field": "text", "start": 17, "end": 21, "rules": ["kind/zap"], "text": "Zap\n"}
    assert cleaned(tmp_path, first, second) == [row]
    assert (first.text, second.text) == (CLEAN, CLEAN)


@needs_datatrove
def test_a_step_reads_the_url_where_it_is_told(tmp_path: Path) -> None:
    cleaner = Cleaner([Rule("kind/zap", "Zap.", ("zap",), (), pattern="(?i)^zap$", sites=("example.org",))])
    here, there, nowhere = Document(DIRTY, link="https://example.org/a"), Document(DIRTY, link="x"), Document(DIRTY)
    assert len(cleaned(tmp_path, here, there, nowhere, cleaner=cleaner, url_key="link")) == 1
    assert (here.text, there.text, nowhere.text) == (CLEAN, DIRTY, DIRTY)


@needs_datatrove
def test_a_step_keeps_a_document_in_trouble(tmp_path: Path) -> None:
    document, after = Document(None), Document(DIRTY)
    rows = cleaned(tmp_path, document, after)
    assert rows[0] == {"id": "a", "record": 1, "field": "text", "trouble": "it is NoneType, not a text"}
    assert (document.text, after.text) == (None, CLEAN)


@needs_datatrove
def test_a_step_cleans_the_article_of_a_page(tmp_path: Path) -> None:
    document = Document(PAGE)
    rows = cleaned(tmp_path, document, html=True)
    assert [row["text"] for row in rows] == ["Zap\n"]
    assert document.text.startswith("The council met on Monday")
    assert "Zap" not in document.text
    assert document.metadata == {"trouble": ""}


@needs_datatrove
def test_a_step_accounts_for_the_elements_of_a_page(tmp_path: Path) -> None:
    rule = Rule("kind/aside", "An aside.", ("aside",), (), select="aside")
    document = Document(PAGE.replace("<article>", "<article><aside>Latest news</aside>"))
    rows = cleaned(tmp_path, document, cleaner=Cleaner([rule]), html=True)
    assert rows == [{"id": "a", "record": 1, "field": "html", "rules": ["kind/aside"], "text": "Latest news"}]


@needs_datatrove
def test_a_page_without_an_article_stays_and_says_so(tmp_path: Path) -> None:
    document = Document("<html><body></body></html>")
    (row,) = cleaned(tmp_path, document, html=True)
    assert "no article" in row["trouble"]
    assert document.text == "<html><body></body></html>"
    assert document.metadata == {"trouble": row["trouble"]}


@needs_datatrove
def test_whatever_happens_in_a_rule_costs_one_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clean = Cleaner.clean

    def fails_at_bombs(self: Cleaner, text: str, url: str | None = None) -> Any:
        if text == "bomb":
            raise RuntimeError("out of stack")
        return clean(self, text, url)

    monkeypatch.setattr(Cleaner, "clean", fails_at_bombs)
    documents = Document("bomb"), Document(DIRTY)
    assert cleaned(tmp_path, *documents)[0]["trouble"] == "internal error: RuntimeError: out of stack"
    assert [document.text for document in documents] == ["bomb", CLEAN]


@needs_datatrove
def test_a_text_that_is_not_the_original_without_the_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CleanResult, "text", property(lambda result: result.document.text.upper()))
    document = Document(DIRTY)
    assert "internal error" in cleaned(tmp_path, document)[0]["trouble"]
    assert document.text == DIRTY


@needs_datatrove
def test_a_step_counts_for_the_statistics(tmp_path: Path) -> None:
    step = CleanStep(str(tmp_path), CLEANER)
    list(step([Document(DIRTY), Document(CLEAN), Document(None)]))
    counts = {name: figures.total for name, figures in step.stats.stats.items()}
    assert counts == {"total": 3, "changed": 1, "removals": 1, "removed_chars": 4, "trouble": 1}


@needs_datatrove
def test_a_suffix_compresses_the_ledger(tmp_path: Path) -> None:
    list(CleanStep(str(tmp_path), CLEANER, filename="${rank}.jsonl.gz")([Document(DIRTY)], rank=12))
    assert json.loads(gzip.decompress((tmp_path / "00012.jsonl.gz").read_bytes()))["text"] == "Zap\n"


@needs_datatrove
def test_ranks_never_share_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(CleanerError, match="every rank would write the same file"):
        CleanStep(str(tmp_path), CLEANER, filename="removals.jsonl")


def test_without_datatrove_the_step_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datatrove.io", None)
    with pytest.raises(CleanerError, match=r"article-cleaner\[datatrove\]"):
        CleanStep("removals", CLEANER)


def test_nothing_of_an_engine_is_imported_before_it_is_used() -> None:
    script = "import sys, cleaner, cleaner.cli, cleaner.engines; cleaner.engines.CleanColumns(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT)
    assert not {"datatrove", "fsspec", "numpy", "pandas", "pyarrow", "pyspark", "ray"} & set(done.stdout.split())


def test_columns_come_back_with_the_ledger() -> None:
    columns = {"id": [7, 8], "text": [DIRTY, CLEAN], "url": [None, float("nan")], "lang": ["en", "de"]}
    done = CleanColumns(CLEANER)(columns)
    removals = done.pop("removals")
    assert done == columns | {"text": [CLEAN, CLEAN]}
    row = {"id": "7", "field": "text", "start": 17, "end": 21, "rules": ["kind/zap"], "text": "Zap\n"}
    assert (json.loads(removals[0]), removals[1]) == (row, "")


def test_columns_may_have_other_names() -> None:
    clean = CleanColumns(CLEANER, text="body", id="key", removals="gone")
    done = clean({"body": [DIRTY], "key": ["x"], "id": ["y"]})
    row = json.loads(done["gone"][0])
    assert (done["body"], row["id"], row["field"]) == ([CLEAN], "x", "body")


def test_columns_need_no_id_or_url() -> None:
    assert json.loads(CleanColumns(CLEANER)({"text": [DIRTY]})["removals"][0])["id"] == ""


def test_a_value_that_is_no_text_stays() -> None:
    done = CleanColumns(CLEANER)({"text": [None, b"Zap", 5, DIRTY]})
    assert done["text"] == [None, b"Zap", 5, CLEAN]
    assert json.loads(done["removals"][1])["trouble"] == "it is bytes, not a text"


def test_pages_may_be_bytes() -> None:
    done = CleanColumns(CLEANER, html=True)({"text": [PAGE.encode(), b""]})
    assert done["text"][0].startswith("The council met on Monday")
    assert done["text"][1] == b""
    assert "no HTML" in json.loads(done["removals"][1])["trouble"]


def test_a_table_without_texts_is_refused() -> None:
    with pytest.raises(CleanerError, match=r"no column 'text' \(columns: body, id\): name it with text="):
        CleanColumns(CLEANER)({"body": [DIRTY], "id": [1]})


def test_a_column_of_the_user_is_never_overwritten() -> None:
    with pytest.raises(CleanerError, match="there is a column 'removals' already"):
        CleanColumns(CLEANER)({"text": [DIRTY], "removals": ["mine"]})


def test_columns_of_numpy_become_plain_texts() -> None:
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    done = CleanColumns(CLEANER)({"text": numpy.array([DIRTY, CLEAN]), "id": numpy.array([1, 2])})
    assert done["text"] == [CLEAN, CLEAN]
    assert type(done["text"][0]) is str
    assert json.loads(done["removals"][0])["id"] == "1"


def test_columns_travel_with_their_rules() -> None:
    assert pickle.loads(pickle.dumps(CleanColumns(CLEANER)))({"text": [DIRTY]})["text"] == [CLEAN]  # noqa: S301


@pytest.mark.parametrize("text", [DIRTY, "Zap\r\nStay\r\nZap", "a\nZap\n\u2028b\nZAP\n", "\ud800\nZap\nb", CLEAN])
def test_columns_are_restored(text: str) -> None:
    done = CleanColumns(CLEANER)({"text": [text]})
    assert restored(done["text"][0], done["removals"][0]) == text


SCRIPT = """
import os, pathlib, signal, sys, time
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from cleaner.engines import CleanStep

def dies(data, rank=0, world_size=1):
    for number, document in enumerate(data):
        if rank == 3 and number == 20 and "die" in sys.argv:
            while not pathlib.Path("out/logs/completions/00000").exists():
                time.sleep(0.01)
            os.killpg(0, signal.SIGKILL)
        yield document

if __name__ == "__main__":
    writer = JsonlWriter("out/clean", output_filename="${rank}.jsonl", compression=None)
    steps = [JsonlReader("in", add_file_path=False), CleanStep("out/removals"), dies, writer]
    LocalPipelineExecutor(steps, tasks=4, workers=2, logging_dir="out/logs").run()
"""


def write_shards(folder: Path) -> dict[str, str]:
    """Write a pipeline and four shards of articles, each with junk of its own; return the texts by id."""
    (folder / "in").mkdir()
    (folder / "run.py").write_text(SCRIPT)
    texts: dict[str, str] = {}
    for shard in range(4):
        own = {f"{shard}-{n}": f"Day {n}.\r\n© Getty Images\r\nThe end “{shard}”.\n" * (n % 3 + 1) for n in range(40)}
        lines = [json.dumps({"id": name, "text": text, "url": "https://example.org"}) for name, text in own.items()]
        (folder / "in" / f"{shard}.jsonl").write_text("\n".join(lines) + "\n")
        texts |= own
    return texts


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the pipeline as a program and a process group of its own."""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "run.py", *arguments]
    return subprocess.run(
        command, cwd=folder, env=env, check=False, capture_output=True, text=True, start_new_session=True, timeout=120
    )


def rows_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of all ranks, in the order of the ranks."""
    for path in sorted(folder.iterdir()):
        yield from map(json.loads, io.StringIO(path.read_text(encoding="utf-8"), newline="\n"))


def files_of(folder: Path) -> dict[str, bytes]:
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in folder.glob("out/[cr]*/*.jsonl")}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return the folder of a run that nothing disturbed, and the original texts by id."""
    folder = tmp_path_factory.mktemp("undisturbed")
    texts = write_shards(folder)
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return folder, texts


@needs_datatrove
@pytest.mark.slow
def test_four_tasks_on_two_workers_leave_a_ledger_that_rebuilds_every_original(
    undisturbed: tuple[Path, dict[str, str]],
) -> None:
    folder, texts = undisturbed
    ledger: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows_of(folder / "out" / "removals"):
        ledger[row["id"]].append((row["start"], row["text"]))
    cleaned = {row["id"]: row["text"] for row in rows_of(folder / "out" / "clean")}
    assert not any("Getty" in text for text in cleaned.values())
    assert {name: restore(text, ledger[name]) for name, text in cleaned.items()} == texts
    assert len(list((folder / "out" / "removals").iterdir())) == 4


@needs_datatrove
@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, undisturbed: tuple[Path, dict[str, str]]
) -> None:
    write_shards(tmp_path)
    assert run(tmp_path, "die").returncode == -signal.SIGKILL
    finished = {path.name for path in tmp_path.glob("out/logs/completions/*")}
    assert "00000" in finished
    assert "00003" not in finished
    assert files_of(tmp_path) != files_of(undisturbed[0])
    first = (tmp_path / "out" / "removals" / "00000.jsonl").stat().st_mtime_ns
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "removals" / "00000.jsonl").stat().st_mtime_ns == first
    assert files_of(tmp_path) == files_of(undisturbed[0])
    assert len(files_of(tmp_path)) == 8


def engine_of(block: str) -> str:
    imports, _, _ = block.partition("cleaner.engines")
    return next((name for name in ("datatrove", "ray", "pyspark") if name in imports), "")


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: engine_of(block) or "lists")
def test_the_blocks_of_the_guide_run(tmp_path: Path, block: str) -> None:
    engine = engine_of(block)
    if engine and not importlib.util.find_spec(engine):
        pytest.skip(f"{engine} is not installed")
    (tmp_path / "run.py").write_text(block)
    article = {"id": "a", "text": "The council met.\n© Getty Images\nIt agreed.\n", "url": "https://example.org/a"}
    write_records(tmp_path / "scraped", article)
    write_records(tmp_path / "crawled", {"id": "a", "html": PAGE}, {"id": "b", "html": "<p></p>"})
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    if engine:
        (record,) = clean_records(tmp_path / "cleaned")
        assert record["text"].startswith("The council met")
        assert "Getty" not in record["text"]
        assert (tmp_path / "cleaned" / "pages").exists() == ("crawled" in block)


def write_records(folder: Path, *records: dict[str, str]) -> None:
    folder.mkdir()
    (folder / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))


def clean_records(out: Path) -> list[dict[str, Any]]:
    """Return the clean records of any engine, whatever its files are called."""
    folder = out / "clean" if (out / "clean").exists() else out
    paths = [path for path in folder.iterdir() if path.suffix in {".json", ".jsonl"}]
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]
