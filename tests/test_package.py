"""The wheel, installed in a fresh environment, finds all it needs."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from cleaner import Cleaner

ROOT = Path(__file__).parents[1]
CASE = ROOT / "fixtures" / "el-chapo"
pytestmark = pytest.mark.slow


def wheel(folder: Path, **environment: str) -> Path:
    """Build the wheel into an empty folder."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "wheel", "--no-deps"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], env=os.environ | environment, check=True)
    (made,) = folder.glob("article_cleaner-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of programs of an environment that has the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    made = wheel(folder)
    venv.create(folder / "env", with_pip=True)
    programs = folder / "env" / "bin"
    subprocess.run([programs / "python", "-m", "pip", "--quiet", "install", str(made)], check=True)
    return programs


def test_the_wheel_finds_all_its_rules(installed: Path, tmp_path: Path) -> None:
    script = "import cleaner, json; print(json.dumps([r.id for r in cleaner.Cleaner().rules]))"
    done = subprocess.run([installed / "python", "-c", script], cwd=tmp_path, capture_output=True, check=True)
    assert json.loads(done.stdout) == [rule.id for rule in Cleaner().rules]


def test_the_wheel_loads_its_rules_from_one_file(installed: Path, tmp_path: Path) -> None:
    script = """
from cleaner.rules import PACK, builtin_folder, builtin_rules, load_rules
print((builtin_folder() / PACK).exists(), load_rules(builtin_folder()) == builtin_rules())
"""
    done = subprocess.run(
        [installed / "python", "-c", script], cwd=tmp_path, capture_output=True, check=True, text=True
    )
    assert done.stdout == "True True\n"


@pytest.mark.skipif(not shutil.which("gcc"), reason="no C compiler")
def test_the_wheel_holds_the_engine_compiled(installed: Path, tmp_path: Path) -> None:
    script = "import cleaner._literals, cleaner._speedups, cleaner.find.rounds as rounds; print(rounds.__file__)"
    done = subprocess.run([installed / "python", "-c", script], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout.rstrip().endswith(b".so")


@pytest.mark.skipif(not shutil.which("gcc"), reason="no C compiler")
def test_an_editable_install_puts_what_is_written_in_c_into_the_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    for name in ("cleaner", "rules"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("*.so", "__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, checkout)
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"]
    subprocess.run([*command, "--target", str(tmp_path / "env"), "--editable", str(checkout)], check=True)
    assert {file.name.partition(".")[0] for file in checkout.rglob("*.so")} == {"_literals", "_speedups"}


def test_a_wheel_without_a_compiler_holds_python(tmp_path: Path) -> None:
    made = wheel(tmp_path, CC="no-such-compiler")
    assert made.name.endswith("-none-any.whl")


def test_the_installed_command_cleans_the_first_article(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "cleaner"), "clean", str(CASE / "input.txt")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout == (CASE / "expected.txt").read_bytes()


def test_the_installed_command_writes_the_report(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "cleaner"), "clean", str(CASE / "input.txt"), "-o", "out"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert "A person widget" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_the_installed_command_cleans_a_page(installed: Path, tmp_path: Path) -> None:
    story = "<p>The council met on Monday and agreed on a budget after a long debate in the hall of the town.</p>" * 6
    (tmp_path / "page.html").write_text(f"<html><body><article>{story}</article></body></html>")
    command = [str(installed / "cleaner"), "clean", "page.html"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, text=True)
    assert "The council met" in done.stdout
