"""Standard streams that are closed, full, ASCII or gone, and errors nobody thought of: a line, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner import cli
from cleaner.cli.output import has_colour

ROOT = Path(__file__).parents[1]
CASE = ROOT / "fixtures" / "el-chapo"
RUN = f"{sys.executable} -W error -m cleaner"
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")


def shell(command: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[bytes]:
    everything = os.environ | {"PYTHONPATH": str(ROOT)} | env
    command = command.replace("cleaner ", f"{RUN} ").replace("ARTICLE", str(CASE / "input.txt"))
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=cwd, env=everything, capture_output=True, check=False
    )


@full
@pytest.mark.parametrize(
    "command", ["clean ARTICLE -q", "clean ARTICLE --check -q", "rules list", "--version", "--help"]
)
def test_a_full_disk_behind_stdout_is_a_line(command: str) -> None:
    done = shell(f"cleaner {command} > /dev/full")
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"No space left on device" in done.stderr


@full
def test_a_full_disk_behind_stderr_does_not_touch_the_data() -> None:
    done = shell("cleaner clean ARTICLE 2> /dev/full")
    assert (done.returncode, done.stdout) == (0, (CASE / "expected.txt").read_bytes())


@pytest.mark.parametrize(
    ("command", "message"),
    [("cleaner clean ARTICLE -q >&-", b"stdout: is closed"), ("cleaner clean - <&-", b"-: stdin is closed")],
)
def test_a_closed_stream_is_a_line(command: str, message: bytes) -> None:
    done = shell(command)
    assert (done.returncode, done.stderr) == (2, b"cleaner: " + message + b"\n")


def test_talk_does_not_land_among_the_data_where_stderr_is_closed() -> None:
    done = shell("cleaner clean ARTICLE 2>&-")
    assert (done.returncode, done.stdout) == (0, (CASE / "expected.txt").read_bytes())


def test_a_file_does_not_take_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes((CASE / "input.txt").read_bytes())
    done = shell(f"cleaner clean {tmp_path}/a.txt --in-place <&- >&- 2>&-")
    assert (done.returncode, (tmp_path / "a.txt").read_bytes()) == (1, (CASE / "expected.txt").read_bytes())


@pytest.mark.parametrize("command", ["clean ARTICLE --check", "clean --help-all", "rules list", "show nowhere"])
def test_an_ascii_locale_hurts_nothing(command: str) -> None:
    done = shell(
        f"cleaner {command}", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="ascii:strict"
    )
    assert done.returncode == (1 if "check" in command else 2 if "nowhere" in command else 0)
    assert b"Error" not in done.stderr


@pytest.mark.parametrize("command", ["clean --help-all", "rules list", "clean ARTICLE --diff"])
def test_a_reader_that_leaves_early_makes_no_noise(command: str) -> None:
    done = shell(f"cleaner {command} | head -n 1 | cut -c 1")
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 1)
    assert b"Error" not in done.stderr


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("clean a.txt --allow folder", "folder: cannot be read"),
        ("clean folder -o out", "folder: no article in it"),
        ("clean a.txt --rules a.txt", "a.txt: there is no such folder of rules"),
        ("review apply folder", "folder: cannot be read"),
        ("report a.txt", "a.txt: holds no run.json"),
        ("restore a.txt -o back", "a.txt: holds no run.json"),
        ("stats folder", "folder: holds no run.json"),
    ],
)
def test_a_file_for_a_folder_and_a_folder_for_a_file_are_a_line(tmp_path: Path, command: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.txt").write_text("A story.\n")
    done = shell(f"cleaner {command}", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert message in done.stderr.decode()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch(mode=0)
    assert (
        shell("cleaner clean a.txt -q", cwd=tmp_path).stderr == b"cleaner: a.txt: cannot be read: Permission denied\n"
    )


def ended(monkeypatch: pytest.MonkeyPatch, error: BaseException, *args: str) -> object:
    """Return the exit code of the command line where a part of it raises an error."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["cleaner", "rules", "list", *args])
    monkeypatch.setattr("cleaner.cli.rules.look.all_rules", fail)
    with pytest.raises(SystemExit) as exited:
        cli.main()
    return exited.value.code


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RuntimeError("odd\n\x1bthing"), "internal error: RuntimeError: odd"),
        (RecursionError("too deep"), "internal error: RecursionError: too deep"),
        (MemoryError(), "out of memory"),
        (PermissionError(13, "Permission denied", "secret.txt"), "secret.txt: Permission denied"),
        (OSError("odd"), "internal error: OSError: odd"),
    ],
)
def test_no_error_shows_a_traceback_unless_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, message: str
) -> None:
    assert ended(monkeypatch, error) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"cleaner: {message}")
    assert (told.count("\n"), "\x1b" in told) == (1, False)
    assert ended(monkeypatch, error, "--debug") == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_debug_stands_anywhere_but_is_a_file_behind_two_dashes() -> None:
    for command in ("--debug clean nowhere.txt", "clean --debug nowhere.txt", "clean nowhere.txt --debug"):
        assert b"Traceback" in shell(f"cleaner {command}").stderr
    assert shell("cleaner clean -- --debug").stderr == b"cleaner: --debug: no such file or folder\n"


@pytest.mark.parametrize(
    ("variables", "terminal", "coloured"),
    [
        ({}, False, False), ({}, True, True), ({"NO_COLOR": "1"}, True, False), ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)  # fmt: skip
def test_colours(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], terminal: bool, coloured: bool) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("cleaner.cli.output.on_terminal", lambda _: terminal)
    assert has_colour() == coloured


def test_forced_colours_reach_a_pipe() -> None:
    assert b"\x1b[" in shell("cleaner clean ARTICLE --diff", FORCE_COLOR="1", NO_COLOR="").stdout
    assert b"\x1b[" not in shell("cleaner clean ARTICLE --diff", FORCE_COLOR="", NO_COLOR="").stdout


def test_a_log_gets_no_progress_bar(tmp_path: Path) -> None:
    done = shell(f"cleaner clean ARTICLE -o {tmp_path}/out", FORCE_COLOR="1")
    assert (done.returncode, done.stdout) == (0, b"")
    assert not {b"\x1b", b"\r"} & set(done.stderr.split())
    assert b"\x1b" not in done.stderr
