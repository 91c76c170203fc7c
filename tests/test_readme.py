"""The README is true: its Python runs, its shell commands do, and its map is the tree."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import regex

from cleaner import load_allowed

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return regex.findall(rf"```{language}\n(.*?)```", README, regex.DOTALL)


@pytest.mark.parametrize("block", blocks("python"))
def test_python_blocks_run(block: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", block], check=True, capture_output=True, cwd=ROOT)


def test_shell_commands_run(tmp_path: Path) -> None:
    (tmp_path / "scraped").mkdir()
    for name in ("article.txt", "scraped/a.txt"):
        (tmp_path / name).write_text("The council met.\n© Getty Images\nIt agreed on a budget.\n")
    (tmp_path / "cleaner").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cleaner "$@"\n')
    (tmp_path / "cleaner").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    block = next(block for block in blocks("sh") if "cleaner restore" in block)
    subprocess.run(["bash", "-euc", block], cwd=tmp_path, env=env, check=True, capture_output=True)
    assert (tmp_path / "clean.txt").read_text() == "The council met.\nIt agreed on a budget.\n"
    assert (tmp_path / "originals" / "a.txt").read_text() == (tmp_path / "scraped" / "a.txt").read_text()


def test_the_main_job_cleans_the_fixtures(tmp_path: Path) -> None:
    setup = next(block for block in blocks("sh") if "fixtures" in block)
    job = shlex.split(setup.split("/bin/cleaner ")[1])
    command = [sys.executable, "-m", "cleaner", *job[:-1], str(tmp_path / "cleaned")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    for expected in ROOT.glob("fixtures/*/expected.txt"):
        (cleaned,) = (tmp_path / "cleaned" / "clean" / expected.parent.name).iterdir()
        assert cleaned.read_bytes() == expected.read_bytes()


def test_the_rule_in_the_readme_works(tmp_path: Path) -> None:
    from cleaner.examples import failures  # noqa: PLC0415
    from cleaner.rules import load_rules  # noqa: PLC0415

    (tmp_path / "kind").mkdir()
    (tmp_path / "kind" / "zap.toml").write_text(next(block for block in blocks("toml") if "pattern" in block))
    assert failures(load_rules(tmp_path)[0]) == []


def test_the_allow_list_in_the_readme_works(tmp_path: Path) -> None:
    (tmp_path / "allow.toml").write_text(next(block for block in blocks("toml") if "[[allow]]" in block))
    (entry,) = load_allowed(tmp_path / "allow.toml")
    assert (entry.text, entry.date) == ("© Getty Images", "2026-01-31")


def test_the_map_names_every_module() -> None:
    tree = {path.name for path in (ROOT / "cleaner").iterdir() if not path.name.startswith("__")} - {"py.typed"}
    mapped = set(regex.findall(r"^cleaner/(\w+(?:\.py)?)", README, regex.MULTILINE))
    assert mapped == tree
