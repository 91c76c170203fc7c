"""What a run has to do, in order: its files begin, are cut into blocks, and end."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cleaner.batch.begin import changed
from cleaner.batch.folder import State
from cleaner.batch.one import Job
from cleaner.batch.work import Task
from cleaner.errors import CleanerError
from cleaner.records import Source, UnreadableError


class Step(NamedTuple):
    """What happens to a source in the order of the run: it begins, a block of it is done, it ends, or it fails."""

    kind: str
    source: int
    block: int = 0
    pieces: int = 0
    digest: str = ""
    read: int = 0


class StoppedError(CleanerError):
    """A run stopped itself; the same command goes on with it."""


class Steps:
    """All that is left to do of a run, each step with the block to clean if it has one.

    Attributes:
        sizes: bytes of each source.
        stamps: what each source was like when it was opened.
    """

    def __init__(self, out: Path, sources: Sequence[Source], job: Job, state: State) -> None:
        self.out, self.sources, self.job, self.state = out, sources, job, state
        self.sizes = [_size(source) for source in sources]
        self.stamps: dict[int, list[int | str]] = {}

    def __iter__(self) -> Iterator[tuple[Step, Task | None]]:
        before = 0
        for number, source in enumerate(self.sources):
            if number not in self.state.files:
                try:
                    yield from self._of(number, source, before)
                except UnreadableError as error:
                    yield Step("failed", number, digest=str(error)), None
                except OSError as error:
                    yield Step("failed", number, digest=f"{source}: cannot be read: {error.strerror or error}"), None
                except CleanerError as error:
                    if isinstance(error, StoppedError):
                        raise
                    yield Step("failed", number, digest=str(error)), None
            before += self.sizes[number]

    def _of(self, number: int, source: Source, before: int) -> Iterator[tuple[Step, Task | None]]:
        resumed = number == self.state.source and self.state.blocks
        done, wanted = (self.state.blocks, self.state.digest) if resumed else (0, "")
        yield Step("begun", number, block=done), None
        digest, count, form = source.form.digest(self.job.fields), 0, source.form
        ignores = self.job.ignored_in(source)
        with source.open() as file:
            self.stamps[number] = source.stamp()
            for count, block in enumerate(form.cut(file, source.codec, source.name, self.job.fields), 1):
                if not block.unreadable:
                    digest.update(block)
                if count > done:
                    step = Step("block", number, count, len(block.ends), digest.hexdigest(), before + file.tell())
                    yield step, Task(source.name, form.name, source.codec, block, ignores=ignores)
                elif count == done and digest.hexdigest() != wanted:
                    raise StoppedError(str(changed(self.out, source)))
        if count < done:
            raise StoppedError(str(changed(self.out, source)))
        yield Step("ended", number, count, digest=digest.hexdigest(), read=before + self.sizes[number]), None


def _size(source: Source) -> int:
    with contextlib.suppress(OSError, CleanerError):
        return int(source.stamp()[0])
    return 0
