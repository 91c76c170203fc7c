"""How long small jobs take beside `python -c pass`: python -m benchmarks.startup [--runs 10]."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "el-chapo" / "input.txt"


def seconds(command: list[str]) -> tuple[float, float]:
    """Return the wall time and the processor time of one run of a command, whatever its exit code."""
    before, started = os.times(), time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(command, capture_output=True, check=False, env=environment, cwd="/")
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, spent


def main() -> None:
    """Run the commands in turn, print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--command", default=str(Path(sys.executable).with_name("cleaner")))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        hooked = Path(folder, "article.txt")
        hooked.write_bytes(FIXTURE.read_bytes())
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "cleaner clean article.txt": [args.command, "clean", str(FIXTURE)],
            "the hook: cleaner clean --in-place": [args.command, "clean", "--in-place", str(hooked)],
        }
        taken = {name: [seconds(command)] for name, command in commands.items()}
        for _ in range(args.runs):
            for name, command in commands.items():
                taken[name].append(seconds(command))
    medians = {
        name: [statistics.median(column) * 1000 for column in zip(*runs[1:], strict=True)]
        for name, runs in taken.items()
    }
    base = medians["python -c pass"]
    for name, (wall, spent) in medians.items():
        print(
            f"{name:36s} {wall:6.0f} ms (+{wall - base[0]:.0f})  {spent:6.0f} ms of processor (+{spent - base[1]:.0f})"
        )


if __name__ == "__main__":
    main()
