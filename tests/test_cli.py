"""The command line as a user meets it: what it prints, where, and its exit codes."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cleaner.cli import main

ROOT = Path(__file__).parents[1]
CASE = ROOT / "fixtures" / "el-chapo"
DIRTY, CLEAN = (CASE / "input.txt").read_bytes(), (CASE / "expected.txt").read_bytes()


def cleaner(*args: object, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    """Start the command in a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "cleaner", *map(str, args)]
    return subprocess.run(
        command, input=stdin, capture_output=True, cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False
    )


class Run:
    """What the command did, in this process: exit code, and the two outputs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *args: object, stdin: bytes = b"") -> None:
        out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["cleaner", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as ended:
            main()
        out.flush()
        self.code = ended.value.code or 0
        self.out: bytes = out.buffer.getvalue()
        self.err = err.getvalue()


class Runner:
    """Runs the command with the fixture's patching."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __call__(self, *args: object, stdin: bytes = b"") -> Run:
        with self.monkeypatch.context() as patch:
            return Run(patch, *args, stdin=stdin)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Runner:
    return Runner(monkeypatch)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(DIRTY)
    return path


def test_one_file_goes_to_stdout_and_the_summary_to_stderr(article: Path) -> None:
    done = cleaner("clean", article)
    assert (done.returncode, done.stdout) == (0, CLEAN)
    assert done.stderr.decode() == "cleaner: 1 article, junk in 1, 2 removals (credit 1, runon 1), 237 characters\n"


def test_standard_input(run: Runner) -> None:
    done = run("clean", "-", stdin=DIRTY)
    assert (done.code, done.out) == (0, CLEAN)


def test_lines_of_json(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "dump.jsonl"
    path.write_text(json.dumps({"id": 7, "text": DIRTY.decode(), "n": 1.50}) + "\n")
    done = run("clean", path)
    assert json.loads(done.out) == {"id": 7, "text": CLEAN.decode(), "n": 1.5}


def test_a_format_can_be_named(run: Runner) -> None:
    done = run(
        "clean", "-", "--format", "jsonl", "--text-field", "body", stdin=b'{"body": "a\\n\\u00a9 Getty Images\\nb"}'
    )
    assert done.out == b'{"body": "a\\nb"}'


def test_quiet_says_nothing(run: Runner, article: Path) -> None:
    assert run("clean", article, "-q").err == ""


def test_diff_names_the_rules_and_writes_nothing(run: Runner, article: Path) -> None:
    done = run("clean", article, "--diff")
    headings = [line for line in done.out.decode().splitlines() if line.startswith("@@")]
    assert ["credit/" in headings[0], "runon/person" in headings[1], len(headings)] == [True, True, 2]
    assert (done.code, article.read_bytes()) == (0, DIRTY)


def test_check_names_place_and_rule_and_exits_with_1(run: Runner, article: Path) -> None:
    done = run("clean", article, "--check")
    first, second = done.out.decode().splitlines()
    assert first.startswith(f"{article}:2:1: credit/")
    assert first.endswith(": © Getty Images")
    assert second.startswith(f"{article}:23:85: runon/person: Donald John TrumpUSPS")
    assert (done.code, article.read_bytes()) == (1, DIRTY)


def test_check_of_a_clean_text_exits_with_0(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(CLEAN)
    done = run("clean", tmp_path / "a.txt", "--check")
    assert (done.code, done.out) == (0, b"")


def test_in_place_exits_with_1_when_it_changed_a_file_and_with_0_when_not(run: Runner, article: Path) -> None:
    first, second = run("clean", article, "--in-place"), run("clean", article, "--in-place")
    assert (first.code, second.code, article.read_bytes()) == (1, 0, CLEAN)
    assert f"cleaned {article}" in first.err


def test_a_folder_goes_to_a_folder_and_comes_back(run: Runner, article: Path, tmp_path: Path) -> None:
    out, back = tmp_path / "out", tmp_path / "back"
    assert run("clean", article.parent, "-o", out).code == 0
    assert (out / "clean" / "article.txt").read_bytes() == CLEAN
    assert json.loads((out / "run.json").read_text())["counts"]["removals"] == 2
    done = run("restore", out, "-o", back)
    assert (done.code, (back / "article.txt").read_bytes()) == (0, DIRTY)
    assert "1 file restored" in done.err


def test_select_and_ignore(run: Runner, article: Path) -> None:
    assert b"Getty" in run("clean", article, "--select", "runon").out
    assert b"Getty" in run("clean", article, "--ignore", "credit,legal").out


def test_own_rules(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "my" / "kind").mkdir(parents=True)
    rule = "why = 'x'\nliterals = ['zap']\npattern = '^zap$'\nexamples = ['[-zap-]', 'zap it']\n"
    (tmp_path / "my" / "kind" / "zap.toml").write_text(rule)
    assert run("clean", "-", "--rules", tmp_path / "my", stdin=b"a story\nzap\n").out == b"a story\n"
    assert b"kind/zap" in run("rules", "list", "--rules", tmp_path / "my").out


def test_rules_list_and_show(run: Runner) -> None:
    assert b"runon/person" in run("rules", "list").out
    shown = run("rules", "show", "runon/person").out.decode()
    assert "literals: MORE" in shown
    assert "case: true" in shown
    assert "[-" in shown
    assert "did you mean runon/person" in run("rules", "show", "runon/persn").err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["clean", "missing.txt"], "missing.txt: no such file or folder"),
        (["clean", "empty"], "empty: no article in it (looked for .csv, .htm, .html"),
        (["clean", "binary.txt"], "binary.txt: holds null bytes"),
        (["clean", "latin1.txt"], "latin1.txt: not valid UTF-8 at byte 3: convert it first"),
        (["clean", "bad.jsonl"], "bad.jsonl:3: not valid JSON: expected a key in double quotes at column 2"),
        (["clean", "field.jsonl"], "field.jsonl:1: no field 'text' (fields: body): name it with --text-field"),
        (["clean", "number.jsonl"], "number.jsonl:1: field 'text' is a number, not a text"),
        (["clean", "page.html"], "page.html: the page holds no article"),
        (["clean", "page.html", "--in-place"], "page.html: a page cannot be rewritten in place"),
        (["clean", "-", "--in-place"], "-: standard input cannot be rewritten in place"),
        (["clean", "a.txt", "b.txt"], "2 files have no place on stdout: add -o OUT"),
        (["clean", "a.txt", "--in-place", "--check"], "exclude each other"),
        (["clean", "a.txt", "-o", "b.txt"], "b.txt: is a file; -o wants a folder"),
        (["clean", "a.txt", "-o", "a.txt/out"], "cannot be written"),
        (["clean", "a.txt", "--select", "credits"], "no rule or category is called credits: did you mean credit"),
        (["clean", "a.txt", "--rules", "nowhere"], "nowhere: there is no such folder of rules"),
        (["clean", "a.txt", "--rules", "broken"], "broken/kind/rule.toml: not valid TOML"),
        (["restore", "empty", "-o", "back"], "empty: holds no run.json"),
    ],
)
def test_an_error_is_one_line_with_file_and_mend(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    files = {
        "binary.txt": b"\x89PNG\0\0", "latin1.txt": b"caf\xe9", "page.html": b"<html><body></body></html>",
        "bad.jsonl": b'{"text": "a"}\n\n{bad\n', "field.jsonl": b'{"body": "a"}\n', "number.jsonl": b'{"text": 5}\n',
        "a.txt": b"story", "b.txt": b"story", "broken/kind/rule.toml": b"why = ",
    }  # fmt: skip
    (tmp_path / "empty").mkdir()
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    done = run(*args, *(["-q"] if args[0] == "clean" else []))
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


def test_a_broken_record_goes_out_as_it_came_in(run: Runner) -> None:
    raw = b'{"text": "a"}\n{bad\n'
    done = run("clean", "-", "--format", "jsonl", stdin=raw)
    assert (done.code, done.out) == (2, raw)


def test_an_empty_file_is_no_error(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    done = run("clean", tmp_path / "a.txt")
    assert (done.code, done.out) == (0, b"")


def test_an_unwritable_output_folder_is_said(tmp_path: Path, article: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "locked").mkdir(mode=0o500)
    done = cleaner("clean", article, "-o", tmp_path / "locked" / "out")
    assert done.returncode == 2
    assert b"cannot be written" in done.stderr


def test_an_unknown_option_and_command_exit_with_2(run: Runner) -> None:
    assert run("clean", "--nope").code == 2
    assert run("claen").code == 2


def test_version_and_help(run: Runner) -> None:
    assert run("--version").out.startswith(b"cleaner ")
    assert b"--in-place" in run("clean", "--help").out


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "big.jsonl").write_text('{"text": "a story without end"}\n' * 20_000)
    command = f"{sys.executable} -m cleaner clean {tmp_path}/big.jsonl -q | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr, done.stdout.count(b"\n")) == (0, b"", 1)


def test_ctrl_c_ends_with_one_line_and_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "big.jsonl").write_text(json.dumps({"text": DIRTY.decode()}) + "\n")
    with (tmp_path / "in" / "big.jsonl").open("a") as file:
        file.writelines([json.dumps({"text": DIRTY.decode()}) + "\n"] * 20_000)
    command = [sys.executable, "-m", "cleaner", "clean", "in", "-o", "out"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    while not list(tmp_path.glob("out/.parts/clean")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (
        130,
        b"cleaner: stopped; no file was left half written, and a run with -o goes on when it is started again\n",
    )
    assert not (tmp_path / "out" / "clean").exists()


def test_names_and_texts_cannot_steer_the_terminal(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m.txt"
    path.write_bytes("story\n© Getty Images \x1b]0;x\x07\nstory\n".encode())
    assert b"\x1b" not in run("clean", path, "--check").out


def test_text_imports_no_html_engine() -> None:
    script = (
        "import sys; from cleaner.cli import main; sys.argv = ['cleaner', 'clean', sys.argv[1], '-q']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'trafilatura', 'lxml', 'bs4', 'cssselect'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(CASE / "input.txt")], capture_output=True, cwd=ROOT, check=True
    )
    assert (done.stdout, done.stderr) == (CLEAN, b"[]\n")


def test_tidy(run: Runner) -> None:
    assert run("clean", "-", "--tidy", stdin=b"a \n\n\n\nb\n").out == b"a\n\nb\n"
