"""Worker processes that clean blocks. One that dies or hangs costs the record it was at, not the run."""

import contextlib
import gc
import multiprocessing
import pickle
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple, Self, TypeVar

from cleaner.batch.work import NO_RECORD, Done, Plan, Task, process
from cleaner.errors import CleanerError

DEPTH = 2  # blocks that a worker has at once, so that it never waits for the next one
WINDOW = 24  # blocks of each worker that are read, and not written yet
DEATHS = 3  # of workers at one block before its first record
ROOM = 1 << 20  # bytes that a pipe holds
BETWEEN = 0.5  # seconds between looks at the clock of each worker
_KEY, _INDEX, _STARTED = range(3)

Label = TypeVar("Label")
Item = tuple[Label, Task | None]


class Failed(NamedTuple):
    """What a worker answers where its work raised an error that no record is to blame for."""

    why: str


def in_this_process(plan: Plan, items: Iterable[Item[Label]]) -> Iterator[tuple[Label, Done | None]]:
    """Clean blocks here, one after another."""
    for label, task in items:
        yield label, process(plan, task) if task else None


class Pool:
    """Processes that clean blocks and give them back in order. A context manager: they end with it.

    Args:
        plan: what is done to every record.
        jobs: how many processes.
        limit: seconds that one record may take until its worker is ended.
    """

    def __init__(self, plan: Plan, jobs: int, limit: float) -> None:
        methods = multiprocessing.get_all_start_methods()
        self.context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            self.context.set_forkserver_preload(["cleaner.batch.served"])
        self.plan, self.limit = pickle.dumps(plan), limit
        self.workers = [_Worker(self.context, self.plan) for _ in range(jobs)]
        self.window = WINDOW * jobs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()

    def run(self, items: Iterable[Item[Label]]) -> Iterator[tuple[Label, Done | None]]:
        """Yield the label of each item in order, with what its block became; an item without a task is passed on."""
        return _Flow(self, items).run()


class _Worker:
    """A process, the blocks it has, and what it says of where it is."""

    def __init__(self, context: Any, plan: bytes) -> None:
        theirs, self.tasks_in = _pipe(context)
        self.connection, their_answers = _pipe(context)
        self.state = context.RawArray("d", 3)
        self.process = context.Process(target=_work, args=(theirs, their_answers, self.state, plan), daemon=True)
        self.process.start()
        theirs.close()
        their_answers.close()
        self.tasks: deque[tuple[int, Task]] = deque()

    def give(self, key: int, task: Task) -> None:
        self.tasks.append((key, task))
        with contextlib.suppress(OSError):  # it died; its end is noticed where answers are waited for
            self.tasks_in.send((key, task))

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.tasks_in.close()
        self.connection.close()

    def over(self, limit: float) -> bool:
        """Whether the record it is at takes too long."""
        return bool(self.tasks and self.state[_STARTED] and time.monotonic() - self.state[_STARTED] > limit)


def _pipe(context: Any) -> tuple[Any, Any]:
    """Return the ends of a pipe to read from and to write to, with room for a block, so that few wait to write one."""
    reader, writer = context.Pipe(duplex=False)
    with contextlib.suppress(ImportError, AttributeError, OSError):  # only Linux has pipes of other sizes
        import fcntl  # noqa: PLC0415

        fcntl.fcntl(writer.fileno(), fcntl.F_SETPIPE_SZ, ROOM)
    return reader, writer


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
                self._take(workers[connection], workers[connection].connection.recv())
            except (EOFError, OSError):
                self._bury(workers[connection], "")
        for worker in self.pool.workers:
            if worker.over(self.pool.limit):
                worker.process.kill()
                self._bury(worker, f"took longer than {self.pool.limit:g} seconds")

    def _take(self, worker: _Worker, answer: tuple[int, Done | Failed]) -> None:
        key, done = answer
        if isinstance(done, Failed):
            raise CleanerError(done.why)
        worker.tasks.popleft()
        self.done[key] = done

    def _bury(self, worker: _Worker, why: str) -> None:
        """Put a new worker in the place of one that is dead; the record it was at is not looked into again."""
        worker.process.join()
        with contextlib.suppress(EOFError, OSError):
            while worker.connection.poll():
                self._take(worker, worker.connection.recv())
        why = why or _how(worker.process.exitcode)
        if worker.tasks:
            key, task = worker.tasks.popleft()
            at = int(worker.state[_INDEX]) if worker.state[_KEY] == key else NO_RECORD
            self.again.append((key, self._skipping(key, task, at, why)))
        self.again.extend(worker.tasks)
        worker.end()
        place = self.pool.workers.index(worker)
        self.pool.workers[place] = _Worker(self.pool.context, self.pool.plan)

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


def _work(given: Connection, answers: Connection, state: Any, pickled: bytes) -> None:
    """Clean the blocks that come in until no more do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    plan: Plan = pickle.loads(pickled)  # noqa: S301  from the process that started this one
    # What a block needs is freed with it. To look for cycles as often as Python does takes a thirtieth of the time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    tasks: queue.SimpleQueue[tuple[int, Task] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(given, tasks), daemon=True).start()

    def note(index: int) -> None:
        state[_INDEX], state[_STARTED] = index, time.monotonic()

    with contextlib.suppress(OSError):  # nobody is there any more who wants to know
        while found := tasks.get():
            key, task = found
            state[_INDEX], state[_KEY], state[_STARTED] = NO_RECORD, key, time.monotonic()
            answer = _answer(plan, task, note)
            state[_STARTED] = 0  # to wait for the reader costs no record its time
            answers.send((key, answer))


def _answer(plan: Plan, task: Task, note: Any) -> Done | Failed:
    try:
        return process(plan, task, note)
    except CleanerError as error:
        return Failed(str(error))
    except Exception as error:  # noqa: BLE001  a fault of ours: the run stops with a line, not with a traceback
        return Failed(
            f"{task.name}: internal error in records from {task.block.first} on: {type(error).__name__}: {error}"
        )


def _listen(given: Connection, tasks: "queue.SimpleQueue[tuple[int, Task] | None]") -> None:
    """Take in blocks while others are cleaned, so that neither side ever waits for the other to read."""
    try:
        while True:
            tasks.put(given.recv())
    except (EOFError, OSError):
        tasks.put(None)
