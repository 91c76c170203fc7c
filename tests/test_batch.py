"""A run into a folder, and back."""

import contextlib
import errno
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner import Cleaner, Rule
from cleaner.batch.back import restore
from cleaner.batch.one import Job
from cleaner.batch.run import How, clean_into
from cleaner.errors import CleanerError
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, Source, find_sources

JUNK = Rule("kind/junk", "", ("junk",), (), "junk", removes="match")
HERE = How(jobs=0)
PAGE = (
    "<html><body><article>"
    + "<p>The council met on Monday, and junk was the word of the day.</p>" * 9
    + "</article></body></html>"
)


def sources(*paths: Path, out: Path | None = None, include: tuple[str, ...] = ()) -> list[Source]:
    return find_sources(paths, Choice(SUFFIXES, include=include, out=out), FORMATS["txt"])


def run(folder: Path, out: Path, how: How = HERE) -> tuple[Job, list[str]]:
    told: list[str] = []
    job = Job(Cleaner([JUNK]), Fields(), told.append)
    clean_into(out, sources(folder, out=out), job, {}, how)
    return job, told


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def scraped(tmp_path: Path) -> Path:
    folder = tmp_path / "scraped"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"\xef\xbb\xbfa junk story\r\nmore of it")
    (folder / "deep" / "b.jsonl").write_text('{"id": "x", "text": "caf\\u00e9 junk b"}\n\n{bad\n{"text": "fine"}\n')
    (folder / "page.html").write_text(PAGE)
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def test_the_tree_is_kept_and_every_removal_is_on_record(scraped: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    job, told = run(scraped, out)
    assert (out / "clean" / "a.txt").read_bytes() == b"\xef\xbb\xbfa story\r\nmore of it"
    lines = (out / "clean" / "deep" / "b.jsonl").read_text().split("\n")
    assert lines == ['{"id": "x", "text": "caf\\u00e9 b"}', "", '{"text": "fine"}', ""]
    rows = [json.loads(line) for line in (out / "removals" / "deep" / "b.jsonl.jsonl").read_text().splitlines()]
    assert rows[0] == {
        "id": "x",
        "record": 1,
        "field": "text",
        "start": 5,
        "end": 10,
        "rules": ["kind/junk"],
        "text": "junk ",
    }
    (broken,) = (json.loads(line) for line in (out / "errors" / "deep" / "b.jsonl.jsonl").read_text().splitlines())
    assert (broken["record"], broken["offset"], broken["raw"]) == (3, 41, "{bad\n")
    assert "not valid JSON" in broken["trouble"]
    assert "junk" not in (out / "clean" / "page.html.txt").read_text()
    assert told == [f"{scraped}/deep/b.jsonl:3: {broken['trouble']}"]
    assert (job.totals.records, job.totals.touched, job.totals.troubled) == (5, 3, 1)


def test_restore_rebuilds_every_file(scraped: Path, tmp_path: Path) -> None:
    run(scraped, tmp_path / "out")
    assert restore(tmp_path / "out", tmp_path / "back") == 3
    for name in ("a.txt", "deep/b.jsonl", "page.html"):
        assert (tmp_path / "back" / name).read_bytes() == (scraped / name).read_bytes()


def test_restore_notices_a_changed_output(scraped: Path, tmp_path: Path) -> None:
    run(scraped, tmp_path / "out")
    (tmp_path / "out" / "clean" / "a.txt").write_text("another story\nof the same day")
    with pytest.raises(CleanerError, match=r"a\.txt: cannot be restored"):
        restore(tmp_path / "out", tmp_path / "back")
    assert not (tmp_path / "back" / "a.txt").exists()


def test_restore_does_not_write_outside_its_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text('{"complete": true, "files": [{"name": "../evil", "format": "txt", "sha256": ""}]}')
    with pytest.raises(CleanerError, match="leads out of the folder"):
        restore(out, tmp_path / "back")


@pytest.mark.parametrize(("content", "message"), [(None, "holds no run"), ("{", "is not what"), ("{}", "is not what")])
def test_restore_wants_the_output_of_a_run(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    with pytest.raises(CleanerError, match=message):
        restore(tmp_path, tmp_path / "back")


def test_the_report_names_file_and_record(scraped: Path, tmp_path: Path) -> None:
    run(scraped, tmp_path / "out")
    report = (tmp_path / "out" / "report.diff").read_bytes().decode()
    assert "--- a/deep/b.jsonl#x\n+++ b/deep/b.jsonl#x\n@@ -1,1 +1,1 @@ kind/junk\n-café junk b\n" in report


def test_no_report_when_none_is_asked_for(scraped: Path, tmp_path: Path) -> None:
    run(scraped, tmp_path / "out", How(jobs=0, report=False))
    assert not (tmp_path / "out" / "report.diff").exists()


def test_run_json_agrees_with_the_ledger(scraped: Path, tmp_path: Path) -> None:
    run(scraped, tmp_path / "out")
    counts = json.loads((tmp_path / "out" / "run.json").read_text())["counts"]
    rows = [
        json.loads(line)
        for path in (tmp_path / "out" / "removals").rglob("*.jsonl")
        for line in path.read_text().splitlines()
    ]
    spans = [row for row in rows if "start" in row]
    assert counts["removals"] == len(spans)
    assert counts["characters"] == sum(row["end"] - row["start"] for row in spans)
    assert counts["by_rule"] == {"kind/junk": len(spans)}


def test_a_second_run_replaces_the_first(scraped: Path, tmp_path: Path) -> None:
    run(scraped, tmp_path / "out")
    (scraped / "a.txt").unlink()
    run(scraped, tmp_path / "out", How(jobs=0, restart=True))
    assert not (tmp_path / "out" / "clean" / "a.txt").exists()


def test_a_folder_with_other_things_is_not_touched(scraped: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.doc").write_text("years of work")
    with pytest.raises(CleanerError, match="is not empty"):
        run(scraped, tmp_path / "out")
    assert (tmp_path / "out" / "thesis.doc").exists()


def test_an_output_folder_inside_the_input_is_no_input(scraped: Path) -> None:
    run(scraped, scraped / "out")
    job, _ = run(scraped, scraped / "out")
    assert job.totals.records == 5


def test_what_an_earlier_run_wrote_below_a_folder_is_no_input(scraped: Path) -> None:
    run(scraped, scraped / "before")
    assert {source.name.partition("/")[0] for source in sources(scraped)} == {"a.txt", "deep", "page.html"}
    assert sources(scraped / "before" / "clean")
    (scraped / "before" / "run.json").write_text('{"epochs": 3}')
    assert "before/run.json" in {source.name for source in sources(scraped)}


def test_an_input_inside_the_output_folder_is_refused(scraped: Path, tmp_path: Path) -> None:
    run(scraped, tmp_path / "out")
    job = Job(Cleaner([JUNK]), Fields(), print)
    with pytest.raises(CleanerError, match="lies in the output folder"):
        clean_into(tmp_path / "out", sources(tmp_path / "out" / "clean"), job, {}, HERE)
    assert (tmp_path / "out" / "clean" / "a.txt").exists()


def test_two_files_of_one_name_are_refused_one_output_but_not_in_place(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text("a junk b")
    both = sources(tmp_path / "one", tmp_path / "two")
    job = Job(Cleaner([JUNK]), Fields(), print)
    with pytest.raises(CleanerError, match=r"would both be written as clean/a\.txt"):
        clean_into(tmp_path / "out", both, job, {}, HERE)
    assert [job.rewrite_or_tell(source) for source in both] == [True, True]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert len(sources(tmp_path / "a.txt", tmp_path)) == 1


def test_a_folder_that_only_looks_like_a_run_is_not_touched(scraped: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "clean").mkdir(parents=True)
    (tmp_path / "out" / "clean" / "mine").write_text("precious")
    (tmp_path / "out" / "run.json").write_text('{"epochs": 3}')
    with pytest.raises(CleanerError, match="holds no earlier run"):
        run(scraped, tmp_path / "out")
    assert (tmp_path / "out" / "clean" / "mine").exists()


def test_one_file_that_cannot_be_read_does_not_stop_the_others(scraped: Path, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    @contextlib.contextmanager
    def opened(_: Source) -> Iterator[io.BytesIO]:
        yield Broken()

    told: list[str] = []
    job = Job(Cleaner([JUNK]), Fields(), told.append)
    first, *others = sources(scraped)
    with pytest.MonkeyPatch.context() as patch:
        original = Source.open
        patch.setattr(Source, "open", lambda source: opened(source) if source == first else original(source))
        clean_into(tmp_path / "out", [first, *others], job, {}, HERE)
    assert (tmp_path / "out" / "clean" / "page.html.txt").exists()
    assert job.failures == 1
    assert f"{first.path}: cannot be read: Input/output error" in told


def test_a_page_without_an_article_leaves_no_markup_in_the_clean_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text("<html><body></body></html>")
    run(tmp_path / "in", tmp_path / "out")
    assert (tmp_path / "out" / "clean" / "a.html.txt").read_bytes() == b""
    assert (tmp_path / "out" / "pages" / "a.html").exists()


def test_restore_overwrites_nothing(scraped: Path, tmp_path: Path) -> None:
    run(scraped, tmp_path / "out")
    with pytest.raises(CleanerError, match="exists already"):
        restore(tmp_path / "out", scraped)
    with pytest.raises(CleanerError, match="give another folder"):
        restore(tmp_path / "out", tmp_path / "out" / "clean")


def test_a_page_and_a_text_of_its_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(PAGE)
    (tmp_path / "in" / "a.html.txt").write_text("x")
    with pytest.raises(CleanerError, match=r"would both be written as clean/a\.html\.txt"):
        run(tmp_path / "in", tmp_path / "out")


def test_globs_choose_what_of_a_folder_is_read(scraped: Path) -> None:
    assert [source.name for source in sources(scraped, include=("deep/*",))] == ["deep/b.jsonl"]
    assert [source.name for source in sources(scraped, include=("a.*",))] == ["a.txt"]


def test_a_run_that_is_stopped_leaves_no_file_half_written_and_goes_on(scraped: Path, tmp_path: Path) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    job = Job(Cleaner([JUNK]), Fields(), stop)
    with pytest.raises(KeyboardInterrupt):
        clean_into(tmp_path / "out", sources(scraped), job, {}, HERE)
    written = [
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()
    ]
    assert sorted(name for name in written if not name.startswith(".parts/")) == [
        "clean/a.txt",
        "clean/page.html.txt",
        "journal.jsonl",
        "pages/page.html",
        "removals/a.txt.jsonl",
        "removals/page.html.txt.jsonl",
        "run.json",
    ]
    run(scraped, tmp_path / "out")
    run(scraped, tmp_path / "fresh")
    assert tree(tmp_path / "out") == tree(tmp_path / "fresh")


def rewrite(path: Path) -> bool:
    (source,) = sources(path)
    return Job(Cleaner([JUNK]), Fields(), print).rewrite_or_tell(source)


def test_in_place_keeps_mode_and_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.txt", tmp_path / "link.txt"
    target.write_bytes(b"a junk b\r\n")
    target.chmod(0o754)
    link.symlink_to(target)
    assert rewrite(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"a b\r\n"
    assert target.stat().st_mode & 0o777 == 0o754
    assert sorted(os.listdir(tmp_path)) == ["link.txt", "target.txt"]


def test_in_place_does_not_touch_a_file_without_junk(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("story")
    before = path.stat()
    assert not rewrite(path)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_ino == before.st_ino


def test_in_place_leaves_a_page_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE)
    assert not rewrite(path)
    assert path.read_text() == PAGE
