"""Data to stdout, talk to stderr."""

import contextlib
import errno
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from cleaner.errors import CleanerError
from cleaner.report.diff import visible

WINDOWS = os.name == "nt"

if TYPE_CHECKING:
    import subprocess


def ready() -> None:
    """Make the standard streams take any character, and let no file take the place of one that is closed."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004  stderr
        pass
    os.close(handle)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def finish(code: int) -> int:
    """Hand what was printed to the system, and return the exit code; a reader that has gone away does not change it."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError as error:
        _drop()
        if not _left(error):
            say(f"cleaner: output: {error.strerror}")
            return 2
    return code


def _left(error: OSError) -> bool:
    """Whether the reader of stdout has gone away; Windows calls that an invalid argument."""
    return isinstance(error, BrokenPipeError) or (WINDOWS and error.errno == errno.EINVAL)


def _drop() -> None:
    """Send what is still to be written to stdout nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def emit(data: bytes) -> None:
    """Write to stdout; what a reader that has gone away (`| head`) would have got is dropped quietly.

    Raises:
        CleanerError: stdout cannot be written.
    """
    if sys.stdout is None:
        raise CleanerError("stdout: is closed")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        _drop()
        if _left(error):
            return
        raise CleanerError(f"stdout: cannot be written: {error.strerror}") from error


def read_stdin() -> bytes:
    """Return all of stdin.

    Raises:
        CleanerError: it cannot be read.
    """
    if sys.stdin is None:
        raise CleanerError("-: stdin is closed")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise CleanerError(f"-: stdin cannot be read: {error.strerror}") from error


def say(line: str) -> None:
    """Write a line to stderr; names and texts in it cannot steer the terminal."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):  # there is no one left to tell
            print(visible(line), file=sys.stderr, flush=True)


def on_terminal(stream: TextIO | None) -> bool:
    """Whether a standard stream, which may be closed, is a terminal."""
    return stream is not None and stream.isatty()


def emit_json(value: Any) -> None:
    """Write a value to stdout as JSON."""
    emit((json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))


def has_colour() -> bool:
    """Whether stdout gets colours: a terminal does, as NO_COLOR and FORCE_COLOR say (no-color.org, force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or on_terminal(sys.stdout)


@contextlib.contextmanager
def paged() -> Iterator[Callable[[str], None]]:
    """Write text through $PAGER as git does: `less -FRX` by default, none where stdout is no terminal."""
    import shlex  # noqa: PLC0415  only terminals need it
    import subprocess  # noqa: PLC0415

    command = shlex.split(os.environ.get("PAGER", "less"), posix=not WINDOWS)
    if not on_terminal(sys.stdout) or command in ([], ["cat"]):
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
