"""The hooks, run by the real pre-commit on a git repository made for the test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASE = ROOT / "fixtures" / "el-chapo"
pytestmark = pytest.mark.slow


def command(*args: str, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PRE_COMMIT_HOME": str(home), "PYTHONPATH": ""}
    return subprocess.run(args, cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a git repository with one dirty article, one clean one, and another kind of file."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "dirty.txt").write_bytes((CASE / "input.txt").read_bytes().replace(b"\n", b"\r\n"))
    (folder / "clean.txt").write_bytes((CASE / "expected.txt").read_bytes())
    (folder / "code.py").write_text("# © Getty Images\n")
    for args in (("init", "-q"), ("add", ".")):
        subprocess.run(["git", *args], cwd=folder, check=True)
    return folder


def try_hook(name: str, corpus: Path, home: Path) -> subprocess.CompletedProcess[str]:
    pre_commit = (sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), name, "--all-files", "--verbose")
    return command(*pre_commit, cwd=corpus, home=home)


def test_hooks_report_then_repair_then_are_content(corpus: Path, tmp_path: Path) -> None:
    check = try_hook("cleaner-check", corpus, tmp_path)
    assert check.returncode == 1, check.stdout + check.stderr
    assert "dirty.txt:2:1: credit/" in check.stdout
    staged = subprocess.run(["git", "diff", "--name-only"], cwd=corpus, capture_output=True, text=True, check=True)
    assert staged.stdout == ""
    assert try_hook("cleaner", corpus, tmp_path).returncode == 1
    assert (corpus / "dirty.txt").read_bytes() == (CASE / "expected.txt").read_bytes().replace(b"\n", b"\r\n")
    assert (corpus / "clean.txt").read_bytes() == (CASE / "expected.txt").read_bytes()
    changed = subprocess.run(["git", "diff", "--name-only"], cwd=corpus, capture_output=True, text=True, check=True)
    assert changed.stdout == "dirty.txt\n"
    again = try_hook("cleaner", corpus, tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
