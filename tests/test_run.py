"""A run in processes: the same bytes whatever happens, one record lost to nobody, nothing done twice."""

import faulthandler
import io
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cleaner import Cleaner, CleanResult, Document, Rule
from cleaner.batch import begin, pool, worker
from cleaner.batch.back import restore
from cleaner.batch.finished import entries, originals_of
from cleaner.batch.one import Job
from cleaner.batch.run import How, Seen, clean_into
from cleaner.batch.work import Plan, Task, process
from cleaner.cli.bar import Bar
from cleaner.errors import CleanerError
from cleaner.model import Removal
from cleaner.records import FORMATS, SUFFIXES, Block, Choice, Fields, blocks, find_sources
from cleaner.report.totals import Totals

ROOT = Path(__file__).parents[1]
JUNK = Rule("kind/junk", "", ("junk",), (), "junk", removes="match")
HERE = How(jobs=0)


def _crash() -> None:
    faulthandler.disable()
    faulthandler._sigsegv()  # type: ignore[attr-defined]  # noqa: SLF001  made for tests


class Deadly(Cleaner):
    """Ends its process, or hangs, at texts that say so."""

    def clean_document(self, document: Document) -> CleanResult:
        """Die, hang, fail, lie or clean."""
        ends: dict[str, Callable[[], Any]] = {
            "EXIT": lambda: os._exit(3),
            "KILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
            "SEGV": _crash,
            "HANG": lambda: time.sleep(60),
        }
        for word, end in ends.items():
            if word in document.text:
                end()
        if "FAIL" in document.text:
            raise RuntimeError("a bug")
        if "LIE" in document.text:
            return CleanResult(document, (Removal(3, 9, ("kind/junk",)), Removal(5, 9, ("kind/junk",))))
        return super().clean_document(document)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a run but its page, which names the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "report.html"
    }


def run(
    folder: Path,
    out: Path,
    how: How = HERE,
    cleaner: Cleaner | None = None,
    fields: Fields = Fields(),  # noqa: B008
) -> tuple[Job, list[str]]:
    told: list[str] = []
    job = Job(cleaner or Cleaner([JUNK]), fields, told.append)
    sources = find_sources([folder], Choice(SUFFIXES, out=out), FORMATS["txt"])
    clean_into(out, sources, job, {}, how)
    return job, told


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 2000)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    with (folder / "a.jsonl").open("w") as file:
        for number in range(400):
            junk = "junk " * (number % 3)
            file.write(json.dumps({"id": number, "text": f"story {junk}number {number}", "url": "x.example"}) + "\n")
    (folder / "b.txt").write_text("a junk b")
    return folder


@pytest.mark.usefixtures("small_blocks")
def test_any_number_of_jobs_writes_the_same_bytes(dump: Path, tmp_path: Path) -> None:
    trees = []
    for jobs in (0, 1, 2, 3):
        run(dump, tmp_path / f"out{jobs}", How(jobs=jobs))
        trees.append(tree(tmp_path / f"out{jobs}"))
    for other in trees[1:]:
        assert other == trees[0]


def test_workers_of_a_server_write_the_same_bytes(dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(dump, tmp_path / "forked", How(jobs=1))
    monkeypatch.setattr("cleaner.batch.worker.is_alone", lambda: False)
    run(dump, tmp_path / "served", How(jobs=2))
    assert tree(tmp_path / "served") == tree(tmp_path / "forked")


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_a_process_with_a_second_thread_is_not_forked() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not worker.is_alone()
    finally:
        stop.set()
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_the_progress_bar_is_no_second_thread_and_moves_with_the_blocks() -> None:
    shown = Console(file=io.StringIO(), force_terminal=True, width=120)
    threads = os.listdir("/proc/self/task")  # those that earlier tests left
    with Bar(shown) as bar:
        assert os.listdir("/proc/self/task") == threads
        bar.see(Seen(1_000_000, 2_000_000, 10, 1234, 5))
    assert "1,234 removals, 5 errors" in shown.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(("word", "why"), [("EXIT", "exit code 3"), ("KILL", "SIGKILL"), ("SEGV", "SIGSEGV")])
def test_a_worker_that_dies_costs_its_one_record(dump: Path, tmp_path: Path, word: str, why: str) -> None:
    lines = (dump / "a.jsonl").read_text().splitlines(keepends=True)
    lines[77] = json.dumps({"id": "bad", "text": f"a junk {word}"}) + "\n"
    (dump / "a.jsonl").write_text("".join(lines))
    job, told = run(dump, tmp_path / "out", How(jobs=2), Deadly([JUNK]))
    clean = (tmp_path / "out" / "clean" / "a.jsonl").read_text().splitlines(keepends=True)
    assert clean[77] == lines[77]
    assert not any("junk" in line for number, line in enumerate(clean) if number != 77)
    (row,) = (row for row in rows(tmp_path / "out" / "removals" / "a.jsonl.jsonl") if "trouble" in row)
    assert (row["record"], why in row["trouble"]) == (78, True)
    assert (job.totals.troubled, len(told), len(clean)) == (1, 1, 400)


def test_a_record_that_hangs_is_passed_through(dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.batch.run.GRACE", 0.5)
    (dump / "a.jsonl").write_text('{"text": "junk HANG"}\n{"text": "a junk b"}\n')
    run(dump, tmp_path / "out", How(jobs=1), Deadly([JUNK], time_limit=0.3))
    assert (tmp_path / "out" / "clean" / "a.jsonl").read_text() == '{"text": "junk HANG"}\n{"text": "a b"}\n'
    (row, _) = rows(tmp_path / "out" / "removals" / "a.jsonl.jsonl")
    assert "took longer than 1.1 seconds" in row["trouble"]


class Ending:
    """What a worker says of where it is, while its block ends between two looks."""

    def __init__(self) -> None:
        self.looks = iter([time.monotonic(), 0.0])

    def __getitem__(self, _: int) -> float:
        return next(self.looks)


def test_a_block_that_ends_while_it_is_looked_at_took_no_time(dump: Path) -> None:
    with (dump / "a.jsonl").open("rb") as file:
        block = next(iter(FORMATS["jsonl"].cut(file, "", "a", Fields())))
    with pool.Pool(Plan(Deadly([JUNK])), 1, 9) as workers:
        (worker,) = workers.workers
        worker.give(0, Task("a", "jsonl", "", block))
        worker.state = Ending()
        assert not worker.over(9)


def test_a_record_that_follows_one_that_hung_is_not_blamed() -> None:
    block = Block(1, b'{"text": "junk a"}\n', (19,), (0,))
    with pool.Pool(Plan(Deadly([JUNK])), 1, 9) as workers:
        flow = pool._Flow(workers, [(0, Task("a", "jsonl", "", block))])  # noqa: SLF001  the moment cannot be met from outside
        workers.workers[0].process.kill()
        workers.workers[0].give(0, Task("a", "jsonl", "", block))
        workers.workers[0].state[:] = [0, 0, time.monotonic()]
        flow._bury(workers.workers[0], "took longer")  # noqa: SLF001
        assert [dict(task.skip) for _, task in flow.again] == [{}]


def test_workers_that_die_before_a_record_stop_the_run_with_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "DEATHS", 1)
    plan = Plan(Deadly([JUNK]))
    task = Task("a.jsonl", "jsonl", "", Block(1, b'{"text": "EXIT"}\n', (17,), (0,)), {0: "already skipped"})
    with pool.Pool(plan, 1, 9) as workers:
        workers.workers[0].process.kill()
        with pytest.raises(CleanerError, match="workers end at record 1"):
            list(workers.run([("label", task)]))


@pytest.mark.parametrize(("word", "why"), [("FAIL", "RuntimeError: a bug"), ("LIE", "is not the text without")])
def test_a_fault_of_the_engine_keeps_the_document_as_it_was(tmp_path: Path, word: str, why: str) -> None:
    (tmp_path / "in").mkdir()
    raw = f'{{"text": "a junk {word}"}}\n{{"text": "a junk b"}}\n'
    (tmp_path / "in" / "a.jsonl").write_text(raw)
    run(tmp_path / "in", tmp_path / "out", HERE, Deadly([JUNK]))
    clean = (tmp_path / "out" / "clean" / "a.jsonl").read_text()
    assert clean == raw.replace("a junk b", "a b")
    (row, _) = rows(tmp_path / "out" / "removals" / "a.jsonl.jsonl")
    assert "internal error" in row["trouble"]
    assert why in row["trouble"]


def test_no_verify_leaves_the_proof_out() -> None:
    block = Block(1, b"a junk LIE", (10,), (0,))
    told = [
        process(Plan(Deadly([JUNK]), verify=verify), Task("a.txt", "txt", "", block)).told for verify in (True, False)
    ]
    assert [bool(one) for one in told] == [True, False]


class _StopError(BaseException):
    pass


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_run_that_was_stopped_goes_on_where_it_was(dump: Path, tmp_path: Path, after: int) -> None:
    seen: list[Seen] = []

    def stop(now: Seen) -> None:
        seen.append(now)
        if len(seen) == after:
            raise _StopError

    with pytest.raises(_StopError):
        run(dump, tmp_path / "out", How(jobs=0, watch=stop))
    assert not (tmp_path / "out" / "clean" / "a.jsonl").exists()
    again: list[Seen] = []
    job, _ = run(dump, tmp_path / "out", How(jobs=0, watch=again.append))
    run(dump, tmp_path / "fresh", HERE)
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")
    assert again[0].records > seen[-1].records
    assert job.totals.records == 401


@pytest.mark.parametrize("where", ["run.write_run", "run.clear", "folder.shutil.rmtree"])
def test_a_run_that_was_stopped_at_its_very_end_is_ended(
    dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def stop(*_: object) -> None:
        raise _StopError

    with monkeypatch.context() as patch:
        patch.setattr(f"cleaner.batch.{where}", stop)
        with pytest.raises(_StopError):
            run(dump, tmp_path / "out", HERE)
    assert sorted(path.name for path in tmp_path.glob("out/clean/*")) == ["a.jsonl", "b.txt"]
    job, _ = run(dump, tmp_path / "out", HERE)
    run(dump, tmp_path / "fresh", HERE)
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")
    assert job.totals.records == 401


@pytest.mark.usefixtures("small_blocks")
def test_half_a_line_of_the_journal_and_bytes_it_does_not_know_are_forgotten(dump: Path, tmp_path: Path) -> None:
    def stop(now: Seen) -> None:
        if now.records > 100:
            raise _StopError

    with pytest.raises(_StopError):
        run(dump, tmp_path / "out", How(jobs=0, watch=stop))
    for name in ("journal.jsonl", ".parts/clean", ".parts/ledger"):
        with (tmp_path / "out" / name).open("a") as file:
            file.write('{"block": 99, "sou')
    journal = tmp_path / "out" / "journal.jsonl"
    os.truncate(journal, journal.stat().st_size - 4)
    run(dump, tmp_path / "out")
    run(dump, tmp_path / "fresh")
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


def test_a_finished_run_is_left_as_it_is(dump: Path, tmp_path: Path) -> None:
    first, _ = run(dump, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    (dump / "b.txt").touch()
    second, _ = run(dump, tmp_path / "out")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before
    assert second.totals.as_dict() == first.totals.as_dict()


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _: {"cleaner": Cleaner([JUNK, Rule("kind/x", "", ("x",), (), "x")])}, "with other rules"),
        (lambda _: {"fields": Fields(url="link")}, "with other options"),
        (lambda d: (d / "c.txt").write_text("new") and {}, "with other input files"),
        (lambda d: (d / "b.txt").write_text("changed") and {}, "b.txt: is not what it was"),
        (lambda d: (d / "b.txt").write_text("b junk a") and {}, "b.txt: is not what it was"),
    ],
)
def test_what_changed_is_noticed_and_refused(
    dump: Path, tmp_path: Path, change: Callable[[Path], dict[str, Any]], message: str, complete: bool
) -> None:
    def stop(now: Seen) -> None:
        if not complete and now.records > 1:
            raise _StopError

    (dump / "a.jsonl").rename(dump / "z.jsonl")
    try:
        run(dump, tmp_path / "out", How(jobs=0, watch=stop))
    except _StopError:
        assert not complete
    changed = change(dump)
    with pytest.raises(CleanerError, match=message) as told:
        run(dump, tmp_path / "out", **changed)
    assert "--restart" in str(told.value)
    run(dump, tmp_path / "out", How(jobs=0, restart=True), **changed)
    run(dump, tmp_path / "fresh", **changed)
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


@pytest.mark.usefixtures("small_blocks")
def test_a_change_in_the_part_that_was_read_is_noticed(dump: Path, tmp_path: Path) -> None:
    def stop(now: Seen) -> None:
        if now.records > 100:
            raise _StopError

    with pytest.raises(_StopError):
        run(dump, tmp_path / "out", How(jobs=0, watch=stop))
    text = (dump / "a.jsonl").read_text()
    (dump / "a.jsonl").write_text(text.replace("number 5", "Number 5", 1))
    with pytest.raises(CleanerError, match=r"a\.jsonl: is not what it was"):
        run(dump, tmp_path / "out")


def test_max_errors_stops_and_a_higher_one_goes_on(dump: Path, tmp_path: Path) -> None:
    (dump / "a.jsonl").write_text("{bad\n" * 5 + '{"text": "junk"}\n')
    with pytest.raises(CleanerError, match="more than 4 records are broken"):
        run(dump, tmp_path / "out", How(jobs=0, max_errors=4))
    job, _ = run(dump, tmp_path / "out", How(jobs=0, max_errors=5))
    assert (job.totals.errors, len(rows(tmp_path / "out" / "errors" / "a.jsonl.jsonl"))) == (5, 5)


def test_a_file_that_could_not_be_read_is_tried_again(dump: Path, tmp_path: Path) -> None:
    (dump / "c.csv").write_text("id,body\n1,a\n")
    job, told = run(dump, tmp_path / "out")
    assert (job.failures, "no column 'text' (columns: id, body)" in told[0]) == (1, True)
    (dump / "c.csv").write_text("id,text\n1,a junk b\n")
    job, told = run(dump, tmp_path / "out")
    run(dump, tmp_path / "fresh")
    assert (job.failures, told) == (0, [])
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


def test_a_full_disk_is_a_line_and_the_run_goes_on_later(dump: Path, tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        "from cleaner.cli import main; sys.argv = ['cleaner', 'clean', *sys.argv[1:]]; main()"
    )
    command = [sys.executable, "-c", code, str(dump), "-o", str(tmp_path / "out"), "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot be written: File too large" in done.stderr
    command = [sys.executable, "-m", "cleaner", "clean", str(dump), "-q", "-o"]
    for out in ("out", "fresh"):
        subprocess.run([*command, str(tmp_path / out)], cwd=ROOT, check=True)
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


@pytest.mark.usefixtures("small_blocks")
def test_a_giant_record_does_not_hold_the_others_up(dump: Path) -> None:
    lines = (dump / "a.jsonl").read_text().splitlines(keepends=True)
    lines.insert(3, json.dumps({"text": "junk HANG"}) + "\n")
    (dump / "a.jsonl").write_text("".join(lines))
    done: list[float] = []
    started = time.monotonic()
    cleaner = Deadly([JUNK], time_limit=0.1)
    with (dump / "a.jsonl").open("rb") as file:
        items = [(0, Task("a", "jsonl", "", block)) for block in FORMATS["jsonl"].cut(file, "", "a", Fields())]
    with pool.Pool(Plan(cleaner), 2, 2.0) as workers:
        flow = pool._Flow(workers, items)  # noqa: SLF001  what is done, and not yet given out, is the point
        flow._hand_out()  # noqa: SLF001
        while len(flow.done) < len(items) - 3:
            flow._collect()  # noqa: SLF001
            flow._hand_out()  # noqa: SLF001
            done.append(time.monotonic() - started)
            assert done[-1] < 2.0, "the others waited"


def test_counts_of_a_run_add_up(dump: Path, tmp_path: Path) -> None:
    (dump / "a.jsonl").write_text('{"text": "a junk b", "url": "http://s.example/1"}\n\n{bad\n{"text": 5}\n')
    run(dump, tmp_path / "out")
    counts = json.loads((tmp_path / "out" / "run.json").read_text())["counts"]
    assert (counts["records"], counts["errors"], counts["others"], counts["removals"]) == (4, 2, 1, 2)
    assert (counts["by_rule"], counts["by_site"]) == ({"kind/junk": 2}, {"s.example": 1})


def test_originals_of_a_run(dump: Path, tmp_path: Path) -> None:
    (dump / "a.jsonl").write_text('{"id": "x", "text": "a junk b"}\n{bad\n{"text": "c"}\n')
    run(dump, tmp_path / "out")
    found = [one for entry in entries(tmp_path / "out") for one in originals_of(tmp_path / "out", entry)]
    assert [(one.file, one.record, one.document.text, one.broken) for one in found] == [
        ("a.jsonl", 1, "a junk b", False), ("a.jsonl", 2, "", True), ("a.jsonl", 3, "c", False),
        ("b.txt", 1, "a junk b", False),
    ]  # fmt: skip
    assert found[0].removals == (Removal(2, 7, ("kind/junk",)),)
    assert found[1].raw == b"{bad\n"


def test_a_run_without_rows_cannot_be_restored_and_says_so(dump: Path, tmp_path: Path) -> None:
    run(dump, tmp_path / "out", How(jobs=0, ledger="none"))
    assert not (tmp_path / "out" / "removals").exists()
    with pytest.raises(CleanerError, match="--ledger none"):
        restore(tmp_path / "out", tmp_path / "back")


def test_dolma_attributes_have_the_ids_and_lines_of_their_documents(dump: Path, tmp_path: Path) -> None:
    lines = ['{"id": 7, "text": "caf\\u00e9 junk b junk"}', "{bad", '{"id": "s", "text": "c"}', '{"text": "d"}']
    (dump / "a.jsonl").write_text("\n".join(lines) + "\n")
    run(dump, tmp_path / "out", How(jobs=0, ledger="dolma"))
    found = rows(tmp_path / "out" / "attributes" / "cleaner" / "a.jsonl")
    assert [row["id"] for row in found] == [7, None, "s", None]
    spans = found[0]["attributes"]["cleaner__cleaner__junk"]
    text = "café junk b junk"
    for start, end, score in reversed(spans):
        assert score == 1.0
        text = text[:start] + text[end:]
    assert text == Cleaner([JUNK]).clean("café junk b junk").text


@pytest.mark.parametrize("name", ["dump.jsonl.gz", "dump.parquet"])
def test_a_run_killed_at_random_moments_ends_with_the_bytes_of_one_that_was_not(tmp_path: Path, name: str) -> None:
    from benchmarks.dumps import killed_and_resumed, written_as  # noqa: PLC0415

    articles = [{"id": str(n), "text": f"The council met.\n© Getty Images\nIt agreed {n}.\n" * 9} for n in range(800)]
    source = written_as(tmp_path / name, articles)
    assert killed_and_resumed(source, tmp_path, kills=1, chance=random.Random(5))


def test_rules_hash_knows_what_decides() -> None:
    same = Rule("kind/junk", "another why", ("junk",), ("[-junk-]",), "junk", removes="match")
    other = Rule("kind/junk", "", ("junk",), (), "junk")
    hashes = [begin.rules_hash([rule]) for rule in (JUNK, same, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_counts_that_are_equal_stand_by_name_whatever_came_first() -> None:
    orders = [Totals(by_rule=Counter(names)) for names in (["b/b", "a/a", "c/c", "c/c"], ["c/c", "a/a", "c/c", "b/b"])]
    assert [list(one.as_dict()["by_rule"].items()) for one in orders] == [[("c/c", 2), ("a/a", 1), ("b/b", 1)]] * 2
