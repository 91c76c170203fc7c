"""show, stats, compare and --diff on a terminal and off it: marks, colours, pager, JSON."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cleaner import CleanResult, Document, Removal
from cleaner.report.compare import compare, subtract
from cleaner.report.run import Run
from cleaner.report.terminal import coloured_diff, in_marks
from tests.runs import JUNK, LINE, records, run_over
from tests.test_cli import Runner, run

__all__ = ["run"]

ROOT = Path(__file__).parents[1]
ROWS = [
    {
        "id": f"n{n}",
        "text": f"AD line {n}\nA story junk a{n} goes on.\n",
        "url": f"https://s{n % 3}.example/",
        "lang": "en",
    }
    for n in range(30)
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    records(ROWS, tmp_path / "in" / "a.jsonl")
    return run_over(tmp_path / "in", tmp_path / "out").out


def on_terminal(*args: object, **env: str) -> str:
    """Run the command with a terminal as its output, and return what the terminal got."""
    master, slave = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key not in {"PAGER", "LESS", "NO_COLOR"}}
    command = [sys.executable, "-m", "cleaner", *map(str, args)]
    path = environment | {"PYTHONPATH": str(ROOT), "TERM": "xterm", **env}
    with subprocess.Popen(command, stdout=slave, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=path) as process:
        os.close(slave)
        got, deadline = b"", time.monotonic() + 60
        while time.monotonic() < deadline:
            if select.select([master], [], [], 0.1)[0]:
                try:
                    got += (chunk := os.read(master, 65536))
                except OSError:  # the other end is closed
                    break
                if not chunk:
                    break
            elif process.poll() is not None:
                break
        assert process.wait(10) == 0
    os.close(master)
    return got.decode().replace("\r\n", "\n")


def test_show_draws_a_seeded_sample_with_marks(run: Runner, out: Path) -> None:
    first, again = (run("show", out, "--rule", "kind", "--sample", 5).out.decode() for _ in range(2))
    assert first == again
    assert first.startswith("30 removals, 5 at random (seed 1)\n")
    assert len(re.findall(r"story\[- junk a\d+-\] goes on", first)) == 5
    assert "\x1b" not in first
    assert run("show", out, "--rule", "kind", "--sample", 5, "--seed", 2).out.decode() != first


def test_show_by_site_and_article(run: Runner, out: Path) -> None:
    told = json.loads(run("show", out, "--site", "s1.example", "--rule", "other/line", "--sample", 99, "--json").out)
    assert (told["removals"], {item["site"] for item in told["sample"]}) == (10, {"s1.example"})
    assert {item["id"] for item in json.loads(run("show", out, "--article", "n7", "--json").out)["sample"]} == {"n7"}


def test_show_says_when_there_is_nothing(run: Runner, out: Path) -> None:
    done = run("show", out, "--rule", "no/such")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "nothing of that was removed" in done.err


def test_a_run_that_removed_nothing_is_shown_and_compared(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It rained.\n© Getty Images\n")
    for name, options in (("A", ()), ("B", ("--ignore", "credit"))):
        assert run("clean", tmp_path / "a.txt", "-o", tmp_path / name, *options).code == 0
    done = run("show", tmp_path / "B")
    assert (done.code, done.out) == (0, b"0 removals\n")
    compared = run("compare", tmp_path / "A", tmp_path / "B").out.decode()
    assert "1 article in both" in compared
    assert "only in A: 1 removal, 15 characters, in 1 article\n" in compared


def test_stats_agree_with_the_run(run: Runner, out: Path) -> None:
    told, noted = json.loads(run("stats", out, "--json").out), Run(out).summary["counts"]
    assert (told["articles"], told["removals"], told["characters"]) == (30, noted["removals"], noted["characters"])
    assert {rule: row["removals"] for rule, row in told["by_rule"].items()} == noted["by_rule"]
    assert told["by_rule"]["kind/junk"]["sites"] == 3
    text = run("stats", out, "--by", "site", "--top", 2).out.decode()
    assert re.search(r"^ +20 +10 +\d+  s0\.example$", text, re.MULTILINE)
    assert "… 1 more: --top 3" in text


def test_a_terminal_gets_colours_and_a_pager(out: Path, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text('#!/bin/sh\necho "paged with $LESS"\nexec cat\n')
    pager.chmod(0o755)
    shown = on_terminal("show", out, "--rule", "kind", "--sample", 2, PAGER=str(pager))
    assert shown.startswith("paged with FRX\n")
    assert "\x1b[31;9m[- junk a" in shown
    assert "\x1b" not in on_terminal("stats", out, PAGER=str(pager), NO_COLOR="1")


def test_a_missing_pager_is_no_error(out: Path) -> None:
    assert "30 removals" in on_terminal("show", out, "--rule", "kind", PAGER="no-such-pager")


def test_a_diff_on_a_terminal_is_paged_and_marked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A story.\n© Getty Images\x1b]0;x\x07\nThe end.\n")
    shown = on_terminal("clean", tmp_path / "a.txt", "--diff", "-q", PAGER="cat")
    assert "\x1b[31m-\x1b[31;9m© Getty Images" in shown
    assert "\x1b]0" not in shown


def test_a_pager_that_is_left_early_is_no_error(tmp_path: Path) -> None:
    records(ROWS * 300, tmp_path / "in" / "a.jsonl")
    run_over(tmp_path / "in", tmp_path / "out")
    assert "9,000 removals" in on_terminal(
        "show", tmp_path / "out", "--rule", "kind", "--sample", 9000, PAGER="head -1"
    )


def test_a_coloured_diff_strikes_just_what_goes() -> None:
    text = "one\ntwo X three X four\nfive\nsix\n"
    result = CleanResult(
        Document(text), (Removal(7, 9, ("a/b",)), Removal(15, 17, ("a/b",)), Removal(23, 28, ("a/c",)))
    )
    struck = re.findall(r"\x1b\[31;9m(.*?)\x1b", "".join(coloured_diff(result, "x", colour=True)))
    assert struck == [" X", " X", "five"]
    assert "".join(coloured_diff(result, "x", colour=False)) == result.diff("x")


def test_marks_are_those_of_the_rules() -> None:
    item = {"before": "a ", "text": "b\r\n\x1b", "after": "c"}
    assert in_marks(item, colour=False) == "a [-b⏎\\x1b-]c"


def spans(*pairs: tuple[int, int]) -> list[Removal]:
    return [Removal(start, end, ("k/r",)) for start, end in pairs]


@pytest.mark.parametrize(
    ("ours", "theirs", "left"),
    [
        ([(0, 5)], [], [(0, 5)]),
        ([(0, 5)], [(0, 5)], []),
        ([(2, 8)], [(0, 4), (6, 9)], [(4, 6)]),
        ([(0, 9)], [(2, 3), (5, 6)], [(0, 2), (3, 5), (6, 9)]),
        ([(0, 2), (4, 9)], [(1, 5)], [(0, 1), (5, 9)]),
        ([(3, 6)], [(0, 3), (6, 9)], [(3, 6)]),
    ],
)
def test_what_only_one_removed(
    ours: list[tuple[int, int]], theirs: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    assert subtract("abcdefghij", spans(*ours), spans(*theirs)) == spans(*left)


def test_white_space_alone_is_no_difference() -> None:
    assert subtract("ab \n cd", spans((2, 5)), []) == []


def test_compare_counts_by_rule_and_side(run: Runner, out: Path, tmp_path: Path) -> None:
    other = run_over(tmp_path / "in", tmp_path / "other", rules=[JUNK]).out
    told = json.loads(run("compare", out, other, "--json", "--sample", 2).out)
    assert (told["articles"], told["same"], told["only"]["B"]["removals"]) == (30, 0, 0)
    assert told["only"]["A"]["by_rule"] == {"other/line": 30}
    assert len(told["only"]["A"]["samples"]) == 2
    text = run("compare", other, out).out.decode()
    assert "only in B: 30 removals" in text
    assert len(re.findall(r"\[-AD line \d+⏎-\]", text)) == 3


def test_compare_of_a_run_with_itself(run: Runner, out: Path) -> None:
    told = json.loads(run("compare", out, out, "--json").out)
    assert (told["same"], told["only"]["A"]["removals"], told["only"]["B"]["removals"]) == (30, 0, 0)
    assert told["characters_both"] == Run(out).summary["counts"]["characters"]


def test_compare_names_what_only_one_run_holds(out: Path, tmp_path: Path) -> None:
    records(ROWS[:10], tmp_path / "two" / "a.jsonl")
    (tmp_path / "two" / "b.txt").write_text("more junk")
    found = compare(Run(out), run_over(tmp_path / "two", tmp_path / "other", rules=[LINE]))
    assert (found.articles, len(found.missing["A"]), found.missing["B"]) == (10, 20, ["b.txt"])
    assert found.only["A"].by_rule == {"kind/junk": 10}


def test_compare_of_other_texts_is_said(run: Runner, out: Path, tmp_path: Path) -> None:
    records([{"id": "z", "text": "Another story junk."}], tmp_path / "two" / "a.jsonl")
    other = run_over(tmp_path / "two", tmp_path / "other")
    done = run("compare", out, other.out)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "have no article in common" in done.err


def test_compare_writes_a_page(run: Runner, out: Path, tmp_path: Path) -> None:
    done = run("compare", out, out, "-o", tmp_path / "page.html")
    assert done.code == 0
    assert "Both removed the same." in (tmp_path / "page.html").read_text()


def test_report_writes_the_page_of_a_run(run: Runner, out: Path, tmp_path: Path) -> None:
    assert run("report", out).code == 0
    assert run("report", out, "-o", tmp_path / "page.html").code == 0
    assert (out / "report.html").read_bytes() == (tmp_path / "page.html").read_bytes()


@pytest.mark.parametrize(("asked", "wanted"), [([], 2), (["--report", "diff"], 1), (["--report", "none"], 0)])
def test_clean_writes_the_reports_that_are_asked_for(
    run: Runner, tmp_path: Path, asked: list[str], wanted: int
) -> None:
    (tmp_path / "a.txt").write_text("A story.\n© Getty Images\n")
    assert run("clean", tmp_path / "a.txt", "-o", tmp_path / "out", *asked).code == 0
    assert len(list((tmp_path / "out").glob("report.*"))) == wanted
    assert run("clean", tmp_path / "a.txt", "-o", tmp_path / "out", *asked).code == 0


@pytest.mark.parametrize("command", ["report", "show", "stats", "compare"])
def test_what_is_no_run_is_one_line(run: Runner, tmp_path: Path, command: str) -> None:
    done = run(command, tmp_path, *([tmp_path] if command == "compare" else []))
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "holds no run.json" in done.err
