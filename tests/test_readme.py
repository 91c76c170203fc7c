"""The README's main job works, and its map is the tree. What its blocks say is run by test_docs.py."""

import shlex
import subprocess
import sys
from pathlib import Path

import regex

from cleaner.rules import builtin_rules
from tests.test_docs import blocks

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_main_job_cleans_the_fixtures(tmp_path: Path) -> None:
    setup = next(block for tag, block in blocks(ROOT / "README.md") if tag == "sh" and "fixtures" in block)
    job = shlex.split(setup.split("/bin/cleaner ")[1])
    command = [sys.executable, "-m", "cleaner", *job[:-1], str(tmp_path / "cleaned")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    for expected in ROOT.glob("fixtures/*/expected.txt"):
        (cleaned,) = (tmp_path / "cleaned" / "clean" / expected.parent.name).iterdir()
        assert cleaned.read_bytes() == expected.read_bytes()


def test_the_map_names_every_module() -> None:
    tree = {path.name for path in (ROOT / "cleaner").iterdir() if path.suffix in {"", ".py", ".c"}}
    tree -= {"__init__.py", "__main__.py", "__pycache__"}
    mapped = set(regex.findall(r"^cleaner/(\w+(?:\.\w+)?)", README, regex.MULTILINE))
    assert mapped == tree


def test_it_counts_the_rules_right() -> None:
    assert f"[{len(builtin_rules())} rules]" in README
