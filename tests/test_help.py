"""Help fits a screen and shows an example, mistakes are met with a suggestion, and the shell completes names."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from cleaner.cli import app, main
from cleaner.rules import builtin_rules

ROOT = Path(__file__).parents[1]
LINES, COLUMNS = 40, 100


class Done(NamedTuple):
    """What a command did."""

    returncode: object
    stdout: str
    stderr: str


Cleaner = Callable[..., Done]


@pytest.fixture
def cleaner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cleaner:
    """Return the command, run in this process."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", str(COLUMNS))

    def run(*args: str, **env: str) -> Done:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["cleaner", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(ended.value.code or 0, *capsys.readouterr())

    return run


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command below a group, and the group."""
    yield path, group
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


ALL = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_fits_a_screen(cleaner: Cleaner, path: tuple[str, ...]) -> None:
    lines = cleaner(*path, "--help").stdout.splitlines()
    assert (len(lines) <= LINES, max(map(len, lines)) <= COLUMNS) == (True, True), "\n".join(lines)
    assert lines == cleaner(*path, "-h").stdout.splitlines()


@pytest.mark.parametrize(
    "path", [path for path, command in ALL.items() if not hasattr(command, "commands")], ids=" ".join
)
def test_help_shows_an_example(cleaner: Cleaner, path: tuple[str, ...]) -> None:
    text = cleaner(*path, "--help").stdout.partition("\n")[2]
    assert f"  cleaner {' '.join(path)}" in text


def test_all_options_are_a_step_away(cleaner: Cleaner) -> None:
    short, whole = (set(cleaner("clean", option).stdout.split()) for option in ("--help", "--help-all"))
    options = {option for param in ALL["clean",].params for option in getattr(param, "opts", ()) if option[0] == "-"}
    assert options <= {word.rstrip(",") for word in whole}
    assert {"--help-all", "--select", "--in-place"} <= short
    assert "--max-errors" not in short


def test_help_is_plain_text_in_a_pipe(cleaner: Cleaner) -> None:
    assert "\x1b" not in cleaner("clean", "--help", FORCE_COLOR="1").stdout


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["claen"], "no such command 'claen'. Did you mean 'clean'? (see cleaner --help)"),
        (["rules", "lst"], "no such command 'lst'. Did you mean 'list'? (see cleaner rules --help)"),
        (["clean", "--inplace"], "no such option: --inplace: did you mean --in-place? (see cleaner clean --help)"),
        (["clean", "x", "--format", "jsnl"], "'jsnl' is not one of"),
        (["clean", "x", "-j", "0"], "0 is not in the range x>=1"),
        (["clean", "README.md", "--select", "credits"], "no rule or category is called credits: did you mean credit?"),
        (["clean", "README.md", "--ignore", "runon/persn"], "did you mean runon/person?"),
        (["clean", "README.md", "--also", "bylin"], "byline"),
        (["restore", "x"], "missing option '-o'"),
    ],
)
def test_a_mistake_is_a_line_with_a_suggestion(cleaner: Cleaner, args: list[str], message: str) -> None:
    done = cleaner(*args)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("cleaner: ")
    assert message in done.stderr


@pytest.fixture
def complete(cleaner: Cleaner) -> Callable[..., list[str]]:
    """Return what bash offers for the last word, asked as the script that `--show-completion` prints does."""

    def ask(*words: str) -> list[str]:
        env = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1), "_CLEANER_COMPLETE": "complete_bash"}
        return cleaner(**env).stdout.split()

    return ask


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("cleaner", "re"), {"restore", "report", "review"}),
        (("cleaner", "clean", "--select", "runo"), {"runon", "runon/person"}),
        (("cleaner", "clean", "--ignore", "credit/copyright-s"), {"credit/copyright-sign"}),
        (("cleaner", "clean", "--ignore", "legal,credit/copyright-s"), {"legal,credit/copyright-sign"}),
        (("cleaner", "clean", "--also", "byl"), {"byline"}),
        (("cleaner", "clean", "--format", "js"), {"json", "jsonl"}),
        (("cleaner", "rules", "show", "runon/per"), {"runon/person"}),
        (("cleaner", "show", "x", "--rule", "credit/copyright-s"), {"credit/copyright-sign"}),
        (("cleaner", "clean", "--in-p"), {"--in-place"}),
    ],
)
def test_the_shell_completes(complete: Callable[..., list[str]], words: tuple[str, ...], offered: set[str]) -> None:
    found = set(complete(*words))
    assert found >= offered
    assert all(name.startswith(words[-1]) for name in found)


def test_every_category_is_offered_and_no_rule_before_one_is_chosen(complete: Callable[..., list[str]]) -> None:
    assert set(complete("cleaner", "clean", "--select", "''")) == {
        rule.id.partition("/")[0] for rule in builtin_rules()
    }


def test_own_rules_are_completed(complete: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / "kind").mkdir()
    (tmp_path / "kind" / "zap.toml").write_text("not even read")
    assert complete("cleaner", "clean", "--rules", str(tmp_path), "--select", "kind/") == ["kind/zap"]


def test_completion_reads_no_rule_and_loads_nothing_heavy() -> None:
    script = """
import sys
from cleaner.cli import main
try: main()
except SystemExit: pass
heavy = {"lxml", "trafilatura", "jinja2", "pyarrow", "tomllib", "rich"}
print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""
    env = {"COMP_WORDS": "cleaner clean --select runon/", "COMP_CWORD": "3", "_CLEANER_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | env, capture_output=True, cwd=ROOT, check=True
    )
    assert b"runon/person" in done.stdout
    assert done.stderr == b"[]\n"


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_takes_the_completion_script(cleaner: Cleaner, tmp_path: Path) -> None:
    script = cleaner("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").stdout
    (tmp_path / "cleaner").write_text(f'#!/bin/sh\nexec {sys.executable} -m cleaner "$@"\n')
    (tmp_path / "cleaner").chmod(0o755)
    words = "COMP_WORDS=(cleaner clean --select runon/per); COMP_CWORD=3"
    ask = f'{words}; _cleaner_completion cleaner; echo "${{COMPREPLY[@]}}"'
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    done = subprocess.run(["bash", "-c", f"{script}\n{ask}"], env=env, capture_output=True, text=True, check=True)
    assert "runon/person" in done.stdout.split()
    assert time.monotonic() - started < 5
