"""Data to stdout, talk to stderr."""

import os
import sys

from cleaner.report.diff import visible

_COLOURS = {"-": 31, "+": 32, "@": 36}


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


def emit_diff(diff: str) -> None:
    """Write a diff to stdout: as it is, or coloured and with control characters made visible on a terminal."""
    if not sys.stdout.isatty():
        emit(diff.encode("utf-8", "backslashreplace"))
        return
    plain = bool(os.environ.get("NO_COLOR"))
    for line in diff.split("\n")[:-1]:
        colour = None if plain else _COLOURS.get(line[:1])
        shown = visible(line)
        emit((f"\x1b[{colour}m{shown}\x1b[0m\n" if colour else f"{shown}\n").encode("utf-8", "backslashreplace"))
