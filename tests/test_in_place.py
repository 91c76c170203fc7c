"""Files rewritten where they lie: what of them stays, and what two writers do to one."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cleaner.batch.files import alone, rewrite
from cleaner.batch.one import Job
from cleaner.clean import Cleaner
from cleaner.errors import CleanerError
from cleaner.records import FORMATS, Fields, Source

ROOT = Path(__file__).parents[1]
CASE = ROOT / "fixtures" / "el-chapo"
DIRTY, CLEAN = (CASE / "input.txt").read_bytes(), (CASE / "expected.txt").read_bytes()
IN_PLACE = (sys.executable, "-W", "error", "-m", "cleaner", "clean", "--in-place")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(DIRTY)
    return path


def in_place(path: Path, told: list[str] | None = None) -> bool:
    source = Source(path, path.name, FORMATS["txt"])
    return Job(Cleaner(), Fields(), (told if told is not None else []).append).rewrite_or_tell(source)


def start(*args: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([*args], env=env, capture_output=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("mode", [0o600, 0o755, 0o444, 0o664])
def test_the_mode_stays(article: Path, mode: int) -> None:
    article.chmod(mode)
    assert in_place(article)
    assert (article.read_bytes(), stat.S_IMODE(article.stat().st_mode)) == (CLEAN, mode)


def test_a_link_stays_a_link_and_its_target_is_rewritten(article: Path, tmp_path: Path) -> None:
    link = tmp_path / "sub" / "link.txt"
    link.parent.mkdir()
    link.symlink_to("../article.txt")
    assert in_place(link)
    assert (os.readlink(link), article.read_bytes()) == ("../article.txt", CLEAN)


def test_all_names_of_a_file_stay_its_names(article: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.hardlink_to(article)
    assert in_place(article)
    assert (other.read_bytes(), other.samefile(article)) == (CLEAN, True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_stays(article: Path) -> None:
    os.chown(article, 12345, 23456)
    before = article.stat().st_ino
    assert in_place(article)
    found = article.stat()
    assert (found.st_uid, found.st_gid, found.st_ino != before) == (12345, 23456, True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_whose_owner_a_new_one_cannot_have_is_written_over(
    article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.chown(article, 12345, 23456)
    monkeypatch.delattr(os, "chown")  # Windows has none
    before = article.stat().st_ino
    assert in_place(article)
    found = article.stat()
    assert (article.read_bytes(), found.st_uid, found.st_ino) == (CLEAN, 12345, before)
    assert list(article.parent.iterdir()) == [article]


def test_a_clean_file_is_not_touched(article: Path) -> None:
    article.write_bytes(CLEAN)
    os.utime(article, ns=(1, 1))
    assert not in_place(article)
    assert article.stat().st_mtime_ns == 1


def test_a_file_that_someone_else_changed_meanwhile_is_left_alone(article: Path) -> None:
    with alone(article) as before:
        article.write_bytes(b"new")
        with pytest.raises(CleanerError, match="was changed while it was cleaned"):
            rewrite(article, CLEAN, before)
    assert article.read_bytes() == b"new"


def test_a_file_without_locks_of_the_system_is_rewritten_too(article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    article.with_name("other.txt").hardlink_to(article)
    monkeypatch.setattr("cleaner.batch.files.fcntl", None)  # Windows
    assert in_place(article)
    assert article.read_bytes() == CLEAN


def test_writers_of_one_file_under_two_names_wait_for_each_other(article: Path) -> None:
    other = article.with_name("other.txt")
    other.hardlink_to(article)
    Cleaner().clean(DIRTY.decode())  # compiles what the other thread would need time for
    told: list[str] = []
    changed: list[bool] = []
    writer = threading.Thread(target=lambda: changed.append(in_place(other, told)))
    with alone(article) as before:
        writer.start()
        writer.join(1)
        assert changed == []
        rewrite(article, CLEAN, before)
    writer.join(30)
    assert (changed, told, other.read_bytes()) == ([False], [], CLEAN)


def test_a_file_that_is_named_twice_is_cleaned_once(article: Path) -> None:
    done = start(*IN_PLACE, article, article.parent / "." / article.name)
    assert done.stderr.decode().count("cleaned ") == 1
    assert b"1 article," in done.stderr


def test_names_of_any_bytes_come_through_xargs(tmp_path: Path) -> None:
    names = [b"a b.txt", b"caf\xe9.txt", b"two\nlines.txt", b"it's.txt", b"-x.txt", b"c:d.txt", b"back\\slash.txt"]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_bytes(DIRTY)
    done = start("xargs", "-0", *IN_PLACE, "--", input=b"\0".join(names), cwd=tmp_path)
    assert done.returncode == 123, done.stderr  # what xargs makes of 1
    assert all((tmp_path / os.fsdecode(name)).read_bytes() == CLEAN for name in names)
    assert done.stderr.count(b"\n") == len(names) + 1
