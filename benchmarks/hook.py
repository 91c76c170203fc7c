"""How long the hook takes on 1,000 articles with nothing to change: python -m benchmarks.hook [--runs 5].

The real pre-commit runs each hook on the same git repository, all in turns, warm: ours, two of the pre-commit project
(pip install pre-commit-hooks), codespell (pip install codespell), `ruff format --check` on as many files of Python, and
`true`, which is what pre-commit itself takes. `--cleaner` names the command of an environment that holds the wheel, as
the hook's has; a checkout reads each rule file. `--profile` tells where ours spends its time, in one process.
"""

import argparse
import cProfile
import json
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from benchmarks.corpora import pool
from cleaner.clean import Cleaner

PROGRAMS = Path(sys.executable).parent
IGNORED = ".words"
HOOKS = {
    "true": "true",
    "cleaner": "{cleaner} clean --in-place",
    "cleaner-check": "{cleaner} clean --check",
    "codespell": f"{PROGRAMS}/codespell --ignore-words {IGNORED}",
    "trailing-whitespace": f"{PROGRAMS}/trailing-whitespace-fixer",
    "end-of-file-fixer": f"{PROGRAMS}/end-of-file-fixer",
    "ruff-format-check": f"{PROGRAMS}/ruff format --check --no-cache",
}


def settled(text: str) -> str:
    """Return a text without trailing spaces, with one line end at its end."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip() + "\n"


def repository(folder: Path, files: int, hooks: Mapping[str, str]) -> int:
    """Make a git repository of clean articles, as text and as a string in Python; return the bytes of the texts."""
    cleaner, size = Cleaner(), 0
    for number, row in enumerate(islice(pool(), files)):
        text = settled(cleaner.clean(settled(row["text"])).text)
        while (again := settled(cleaner.clean(text).text)) != text:
            text = again
        size += (folder / f"{number:04}.txt").write_bytes(text.encode())
        (folder / f"{number:04}.py").write_text(f"TEXT = {json.dumps(text, ensure_ascii=False)}\n", encoding="utf-8")
    _content_others(folder)
    rows = [{"id": name, "name": name, "language": "system", "entry": entry} for name, entry in hooks.items()]
    for row in rows:
        row["files"] = r"\.py$" if "ruff" in row["id"] else r"\.txt$"
    (folder / ".pre-commit-config.yaml").write_text(json.dumps({"repos": [{"repo": "local", "hooks": rows}]}))
    for args in (("init", "-q"), ("add", ".")):
        subprocess.run(["git", *args], cwd=folder, check=True)  # noqa: S607  the user's own git
    return size


def _content_others(folder: Path) -> None:
    """Leave codespell and ruff nothing to say either."""
    ignored = set()
    if (PROGRAMS / "codespell").exists():
        command = [PROGRAMS / "codespell", *sorted(folder.glob("*.txt"))]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        ignored = {
            line.partition(" ==>")[0].rpartition(": ")[2].rpartition(" ")[2].lower() for line in found.splitlines()
        }
    (folder / IGNORED).write_text("\n".join(sorted(ignored)), encoding="utf-8")
    subprocess.run([PROGRAMS / "ruff", "format", "--quiet", folder], check=True)


def seconds(name: str, folder: Path, home: Path) -> tuple[float, float, int]:
    """Return the wall time and the processor time of one hook on all files, and its exit code."""
    before, started = os.times(), time.perf_counter()
    command = [sys.executable, "-m", "pre_commit", "run", name, "--all-files"]
    environment = os.environ | {"PRE_COMMIT_HOME": str(home)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    if done.returncode:
        print(done.stdout.decode(errors="replace")[:500], file=sys.stderr)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, spent, done.returncode


def profile(folder: Path, top: int) -> None:
    """Print what takes the time of a run of the hook on all files."""
    from cleaner.cli import main as command  # noqa: PLC0415  it is part of what is measured

    sys.argv = ["cleaner", "clean", "--in-place", *map(str, sorted(folder.glob("*.txt")))]
    with cProfile.Profile() as profiler:
        try:
            command()
        except SystemExit as ended:
            print(f"exit code {ended.code}")
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(top)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(top)


def main() -> None:
    """Run the hooks in turn, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--cleaner", default=f"{PROGRAMS}/cleaner", help="the command")
    parser.add_argument("--profile", type=int, default=0, metavar="LINES")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as home:
        hooks = {name: entry.replace("{cleaner}", args.cleaner) for name, entry in HOOKS.items()}
        size = repository(Path(made), args.files, hooks)
        print(f"{args.files} files, {size / 1e6:.1f} MB, {os.cpu_count()} cores")
        if args.profile:
            profile(Path(made), args.profile)
            return
        names = [name for name, entry in hooks.items() if name == "true" or Path(entry.split()[0]).exists()]
        taken = {name: [seconds(name, Path(made), Path(home))] for name in names}
        for _ in range(args.runs):
            for name in names:
                taken[name].append(seconds(name, Path(made), Path(home)))
    for name, times in taken.items():
        wall, spent = (statistics.median(column) for column in list(zip(*times[1:], strict=True))[:2])
        print(f"{name:22s} {wall:6.2f} s  {spent:6.2f} s of processor  exit code {times[-1][2]}")


if __name__ == "__main__":
    main()
