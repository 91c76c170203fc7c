"""What a check found: one removal, or what could not be checked."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import regex

from cleaner.report.diff import visible

TROUBLE = "trouble"
TROUBLE_WHY = "A file or a record that could not be checked."
SHOWN, TAIL = 100, 30  # characters of a removed text in a message, and of these how many from its end
# What starts a command in the log of a build: `##[group]`, `##vso[task]`.
COMMAND = regex.compile(r"##(?=[\w.-]*\[)")


class Place(NamedTuple):
    """A place in a file: line and column, both from 1, columns in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A removal that a check found, or trouble.

    Attributes:
        file: the file, as the user named it.
        rules: ids of the rules that claim the text; none where this is trouble.
        text: what would be removed, or what the trouble is.
        why: the reason of the first rule.
        start: where in the file it stands, None where no line of the file shows it.
        end: the place behind it.
        record: number of the record, 0 where the file is one text.
        id: id of the record.
        field: its field, "" where the file is one text.
        span: offsets of the removal in the text, in code points as the ledger has them.
    """

    file: str
    rules: tuple[str, ...]
    text: str
    why: str = ""
    start: Place | None = None
    end: Place | None = None
    record: int = 0
    id: str = ""
    field: str = ""
    span: tuple[int, int] | None = None

    @property
    def rule(self) -> str:
        """Id of the first rule; "trouble" where there is none."""
        return self.rules[0] if self.rules else TROUBLE

    @property
    def message(self) -> str:
        """Rules and text on one line that is not long, and safe to print."""
        if not self.rules:
            return f"{TROUBLE}: {printed(' '.join(self.text.split()))}"
        return f"{printed(', '.join(self.rules))}: {printed(shortened(self.text))}"

    @property
    def where(self) -> str:
        """File, line and column, or file and record where there is no line."""
        # A line that starts with two colons would be a command to GitHub.
        file = f"./{self.file}" if self.file.lstrip().startswith("::") else self.file
        if self.start:
            return f"{printed(file)}:{self.start.line}:{self.start.column}"
        return printed(file) + (f": record {self.record}" if self.record else "")


def shortened(text: str) -> str:
    """Return a text on one line, of a long one its start and its end, in whole words where it has such."""
    line = " ".join(text.split())
    if len(line) > SHOWN:
        head, tail = line[: SHOWN - TAIL - 3], line[-TAIL:]
        line = f"{head.rpartition(' ')[0] or head} … {tail.partition(' ')[2] or tail}"
    return line or "(white space)"


def printed(text: str) -> str:
    """Return a text in which nothing steers a terminal or the log of a build."""
    return str(COMMAND.sub(r"#\\x23", visible(text)))


def from_here(file: str) -> str:
    """Return the path of a file from the working directory if it lies below it, else as it is."""
    if os.path.isabs(file) and Path(file).is_relative_to(Path.cwd()):
        return str(Path(file).relative_to(Path.cwd()))
    return file
