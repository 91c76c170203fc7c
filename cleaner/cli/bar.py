"""The progress bar of a run on a terminal."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from cleaner.batch.run import Seen
from cleaner.report.diff import visible

EVERY = 0.25  # seconds between two looks of the bar


class Bar:
    """Shows share, rate, time left, removals and errors while it is entered.

    It moves with the blocks, not by a thread: a process with a second one cannot be forked.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.progress = Progress(
            BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[removals]:,} removals, {task.fields[errors]:,} errors"),
            console=console or Console(file=sys.stderr), transient=True, auto_refresh=False,
        )  # fmt: skip
        self.moved = 0.0
        self.task = self.progress.add_task("", total=None, removals=0, errors=0)

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def see(self, seen: Seen) -> None:
        """Move the bar."""
        now = time.monotonic()
        is_time = now - self.moved >= EVERY
        self.moved = now if is_time else self.moved
        self.progress.update(
            self.task, completed=seen.read, total=seen.size, removals=seen.removals, errors=seen.errors,
            refresh=is_time,
        )  # fmt: skip

    def tell(self, line: str) -> None:
        """Print a line above the bar; names and texts in it cannot steer the terminal."""
        self.progress.console.print(visible(line), markup=False, highlight=False, soft_wrap=True)
