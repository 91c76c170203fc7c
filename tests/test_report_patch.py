"""`patch -R` with a run's report.diff makes the originals again of the clean texts."""

import shutil
import subprocess
from itertools import islice
from pathlib import Path

import pytest

import cleaner
from benchmarks import corpora
from cleaner.rules import builtin_rules
from tests.corpora import needs_corpora
from tests.runs import run_over

pytestmark = pytest.mark.skipif(shutil.which("patch") is None, reason="the program `patch` is not installed")
FIXTURES = Path(__file__).parents[1] / "fixtures"


def patched_back(out: Path, back: Path) -> Path:
    shutil.copytree(out / "clean", back)
    with (out / "report.diff").open("rb") as diff:
        subprocess.run(["patch", "-R", "-p1", "--posix", "-s", "-d", str(back)], stdin=diff, check=True)
    return back


def test_every_fixture(tmp_path: Path) -> None:
    inputs = list(FIXTURES.glob("*/input.*"))
    for path in inputs:
        (tmp_path / "in").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / "in" / f"{path.parent.name}{path.suffix}")
    run = run_over(tmp_path / "in", tmp_path / "out", builtin_rules())
    back = patched_back(run.out, tmp_path / "back")
    originals = {article.file: article.text for article in run.articles()}
    assert len(originals) == len(inputs) >= 17
    assert run.summary["counts"]["touched"] >= 8
    for path in inputs:
        name = f"{path.parent.name}{path.suffix}"
        if path.suffix == ".html":
            wanted = cleaner.clean_html(path.read_bytes()).document.text.encode()
            name += ".txt"
        else:
            wanted = path.read_bytes()
        assert (back / name).read_bytes() == wanted


@needs_corpora
def test_a_thousand_real_articles(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, row in enumerate(islice(corpora.pool(), 0, 14_000, 14)):
        (tmp_path / "in" / f"{number}.txt").write_bytes(row["text"].encode())
    run = run_over(tmp_path / "in", tmp_path / "out", builtin_rules())
    back = patched_back(run.out, tmp_path / "back")
    paths = sorted((tmp_path / "in").iterdir())
    assert len(paths) == 1000
    assert run.summary["counts"]["touched"] > 300
    assert [path.name for path in paths if (back / path.name).read_bytes() != path.read_bytes()] == []
