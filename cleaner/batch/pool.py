"""Worker processes that clean blocks. One that dies or hangs costs the record it was at, not the run."""

import contextlib
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing.connection import wait
from typing import Any, Self, TypeVar

from cleaner.batch.work import NO_RECORD, Done, Plan, Task
from cleaner.batch.worker import DEPTH, Failed, Worker
from cleaner.errors import CleanerError

WINDOW = 24  # blocks of each worker that are read, and not written yet
DEATHS = 3  # of workers at one block before its first record
BETWEEN = 0.5  # seconds between looks at the clock of each worker

Label = TypeVar("Label")
Item = tuple[Label, Task | None]


class Pool:
    """Processes that clean blocks and give them back in order. A context manager: they end with it.

    Args:
        plan: what is done to every record.
        jobs: how many processes.
        limit: seconds that one record may take until its worker is ended.
    """

    def __init__(self, plan: Plan, jobs: int, limit: float) -> None:
        self.plan, self.limit = plan, limit
        self.workers: list[Worker] = []
        for _ in range(jobs):
            self.start()
        self.window = WINDOW * jobs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()

    def start(self) -> None:
        """Start one worker more."""
        self.workers.append(Worker(self.plan, self.workers))

    def run(self, items: Iterable[Item[Label]]) -> Iterator[tuple[Label, Done | None]]:
        """Yield the label of each item in order, with what its block became; an item without a task is passed on."""
        return _Flow(self, items).run()


class _Flow:
    """Blocks on their way through the workers of a pool."""

    def __init__(self, pool: Pool, items: Iterable[Item[Any]]) -> None:
        self.pool, self.items = pool, iter(items)
        self.labels: dict[int, Any] = {}  # of what was taken in and not given out
        self.done: dict[int, Done | None] = {}
        self.again: deque[tuple[int, Task]] = deque()  # tasks of workers that died
        self.deaths: dict[int, int] = {}
        self.taken = self.given = 0
        self.ended = False

    def run(self) -> Iterator[tuple[Any, Done | None]]:
        while True:
            self._hand_out()
            while self.given in self.done:
                key, self.given = self.given, self.given + 1
                yield self.labels.pop(key), self.done.pop(key)
                self._hand_out()
            if self.ended and not self.labels:
                return
            self._collect()

    def _hand_out(self) -> None:
        """Give every worker that has room a block."""
        for depth in range(1, DEPTH + 1):
            for worker in self.pool.workers:
                while len(worker.tasks) < depth and (found := self._next()):
                    worker.give(*found)

    def _next(self) -> tuple[int, Task] | None:
        if self.again:
            return self.again.popleft()
        while not self.ended and self.taken - self.given < self.pool.window:
            try:
                label, task = next(self.items)
            except StopIteration:
                self.ended = True
                break
            key, self.taken = self.taken, self.taken + 1
            self.labels[key] = label
            if task:
                return key, task
            self.done[key] = None
        return None

    def _collect(self) -> None:
        """Wait for answers, and see to workers that died or hang."""
        workers = {worker.connection: worker for worker in self.pool.workers if worker.tasks}
        for connection in wait(list(workers), timeout=BETWEEN) if workers else ():
            try:
                self._take(workers[connection])
            except (EOFError, OSError):
                self._bury(workers[connection], "")
        for worker in self.pool.workers:
            if worker.over(self.pool.limit):
                worker.process.kill()
                self._bury(worker, f"took longer than {self.pool.limit:g} seconds")

    def _take(self, worker: Worker) -> None:
        key, done = worker.answer()
        if isinstance(done, Failed):
            raise CleanerError(done.why)
        worker.tasks.popleft()
        self.done[key] = done

    def _bury(self, worker: Worker, why: str) -> None:
        """Put a new worker in the place of one that is dead; the record it was at is not looked into again."""
        worker.process.join()
        with contextlib.suppress(EOFError, OSError):
            while worker.connection.poll():
                self._take(worker)
        # One that was ended as it went on to its next record: that has done nothing wrong.
        blamed = not why or worker.over(self.pool.limit)
        why = why or _how(worker.process.exitcode)
        if worker.tasks:
            key, task = worker.tasks.popleft()
            self.again.append((key, self._skipping(key, task, worker.at(key) if blamed else NO_RECORD, why)))
        self.again.extend(worker.tasks)
        worker.end()
        self.pool.workers.remove(worker)
        self.pool.start()

    def _skipping(self, key: int, task: Task, at: int, why: str) -> Task:
        if at >= 0 and at not in task.skip:
            return replace(task, skip={**task.skip, at: why})
        self.deaths[key] = self.deaths.get(key, 0) + 1
        if self.deaths[key] == DEATHS:
            raise CleanerError(f"{task.name}: workers end at record {task.block.first}: {why}")
        return task


def _how(exitcode: int | None) -> str:
    """How a process ended."""
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        return f"its worker was ended by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
    return f"its worker ended with exit code {exitcode}"
