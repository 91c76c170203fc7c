"""What Windows does otherwise, as far as it can be had elsewhere."""

import errno
import io
import multiprocessing
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from cleaner.batch import finished
from cleaner.batch.one import Job
from cleaner.batch.run import How, clean_into
from cleaner.clean import Cleaner
from cleaner.cli import output
from cleaner.errors import CleanerError
from cleaner.records import FORMATS, SUFFIXES, Choice, Fields, find_sources

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "name", ["..\\x.txt", "C:x.txt", "C:\\x.txt", "\\\\host\\share\\x.txt", "a\\..\\..\\x.txt", "\\x.txt"]
)
def test_names_of_a_run_cannot_lead_out_of_its_folder(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished, "WINDOWS", True)
    with pytest.raises(ValueError, match="leads out of the folder"):
        finished._inside(name)  # noqa: SLF001
    assert finished._inside("a/b.txt") == "a/b.txt"  # noqa: SLF001


def test_such_names_are_only_odd_elsewhere() -> None:
    if os.name == "nt":
        pytest.skip("here they lead out")
    assert finished._inside("..\\x.txt") == "..\\x.txt"  # noqa: SLF001


class Gone(io.BytesIO):
    """A pipe whose reader has gone away, as Windows tells of it."""

    def write(self, _: Any) -> int:
        raise OSError(errno.EINVAL, "Invalid argument")


def test_a_reader_that_leaves_early_makes_no_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Gone(), write_through=True))
    with pytest.raises(CleanerError, match="Invalid argument"):
        output.emit(b"x")
    monkeypatch.setattr(output, "WINDOWS", True)
    output.emit(b"x")


def test_workers_start_where_no_process_can_fork(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        shutil.copy(ROOT / "fixtures" / "el-chapo" / "input.txt", tmp_path / "in" / f"{name}.txt")
    job = Job(Cleaner(), Fields(), print)
    sources = find_sources([tmp_path / "in"], Choice(SUFFIXES), FORMATS["txt"])
    clean_into(tmp_path / "out", sources, job, {}, How(jobs=2))
    expected = (ROOT / "fixtures" / "el-chapo" / "expected.txt").read_bytes()
    assert [(tmp_path / "out" / "clean" / f"{name}.txt").read_bytes() for name in ("a", "b")] == [expected] * 2


def test_an_article_with_the_line_ends_of_windows_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"The council met.\r\n\xc2\xa9 Getty Images\r\nIt agreed.\r\n")
    (source,) = find_sources([tmp_path / "a.txt"], Choice(SUFFIXES), FORMATS["txt"])
    assert Job(Cleaner(), Fields(), print).rewrite_or_tell(source)
    assert (tmp_path / "a.txt").read_bytes() == b"The council met.\r\nIt agreed.\r\n"
