"""Data to stdout, talk to stderr."""

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from cleaner.report.diff import visible

if TYPE_CHECKING:
    import subprocess


def emit(data: bytes) -> None:
    """Write to stdout; what a reader that has gone away (`| head`) would have got is dropped quietly."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(line: str) -> None:
    """Write a line to stderr; names and texts in it cannot steer the terminal."""
    print(visible(line), file=sys.stderr)


def emit_json(value: Any) -> None:
    """Write a value to stdout as JSON."""
    emit((json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))


def has_colour() -> bool:
    """Whether stdout is a terminal whose user has not asked for no colours (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


@contextlib.contextmanager
def paged() -> Iterator[Callable[[str], None]]:
    """Write text through $PAGER as git does: `less -FRX` by default, none where stdout is no terminal."""
    import shlex  # noqa: PLC0415  only terminals need it
    import subprocess  # noqa: PLC0415

    command = shlex.split(os.environ.get("PAGER", "less"))
    if not sys.stdout.isatty() or command in ([], ["cat"]):
        yield lambda text: emit(text.encode("utf-8", "backslashreplace"))
        return
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env={"LESS": "FRX", "LV": "-c", **os.environ})  # noqa: S603  the user's own pager
    except OSError:
        yield lambda text: emit(text.encode("utf-8", "backslashreplace"))
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pager
    try:
        yield _writer(pager)
    finally:
        with contextlib.suppress(BrokenPipeError):
            pager.stdin.close()  # type: ignore[union-attr]
        pager.wait()
        signal.signal(signal.SIGINT, before)


def _writer(pager: "subprocess.Popen[bytes]") -> Callable[[str], None]:
    """Write to a pager for as long as its user looks."""

    def write(text: str) -> None:
        if pager.stdin and not gone:
            try:
                pager.stdin.write(text.encode("utf-8", "backslashreplace"))
            except BrokenPipeError:
                gone.append(True)

    gone: list[bool] = []
    return write
