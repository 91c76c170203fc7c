"""A worker process: how it is started, what it is given, and what it does."""

import contextlib
import gc
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from cleaner.batch.slots import Lying, NoSlots, Slots
from cleaner.batch.work import NO_RECORD, Done, Plan, Task, process
from cleaner.errors import CleanerError

ROOM = 1 << 20  # bytes that a pipe holds
DEPTH = 2  # blocks that a worker has at once, so that it never waits for the next one
_KEY, _INDEX, _STARTED = range(3)


class Failed(NamedTuple):
    """What a worker answers where its work raised an error that no record is to blame for."""

    why: str


class Worker:
    """A process, the blocks it has, and what it says of where it is.

    Where only one thread runs, it is forked, and shares all that is made ready; forked from several it could wait for
    ever for what one of them held. Then it is forked from a server that loads what it needs, or starts anew.

    Args:
        plan: what is done to every record.
        others: the workers there are; a forked one lets go of their pipes, which would not end with this process.
    """

    def __init__(self, plan: Plan, others: Iterable["Worker"] = ()) -> None:
        forks = is_alone()
        context = multiprocessing.get_context("fork") if forks else _server()
        theirs, self.tasks_in = _pipe(context)
        self.connection, their_answers = _pipe(context)
        self.state = context.RawArray("d", 3)
        self.tasks: deque[tuple[int, Task]] = deque()
        self._slots = (Slots(DEPTH), Slots(DEPTH)) if forks else (NoSlots(), NoSlots())
        given = (theirs, their_answers, self.state, self._slots)
        if forks:
            ours = [end for worker in (self, *others) for end in (worker.tasks_in, worker.connection)]
            self.process = context.Process(target=_work_forked, args=(*given, plan, ours), daemon=True)
        else:
            self.process = context.Process(target=_work_told, args=(*given, pickle.dumps(plan)), daemon=True)
        with _uninterrupted():
            self.process.start()
        theirs.close()
        their_answers.close()

    def give(self, key: int, task: Task) -> None:
        """Hand it a block; it must have answered all but the last `DEPTH` - 1 that it was given."""
        self.tasks.append((key, task))
        lying = self._slots[0].put(task.block.data)
        with contextlib.suppress(OSError):  # it died; its end is noticed where answers are waited for
            self.tasks_in.send((key, _with_data(task, b""), lying))

    def answer(self) -> tuple[int, Done | Failed]:
        """Return its next answer; raises EOFError or OSError when it died."""
        key, done, lying = self.connection.recv()
        return key, done if isinstance(done, Failed) else replace(done, clean=self._slots[1].taken(lying))

    def at(self, key: int) -> int:
        """Return the place of the record that it is at in a block; NO_RECORD if it is not at one."""
        return int(self.state[_INDEX]) if self.state[_KEY] == key else NO_RECORD

    def end(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.join()
        self.tasks_in.close()
        self.connection.close()

    def over(self, limit: float) -> bool:
        """Whether the record it is at takes too long."""
        started = self.state[_STARTED]  # read once: it is 0 from the moment on at which the block is done
        return bool(self.tasks and started and time.monotonic() - started > limit)


def is_alone() -> bool:
    """Whether this process can be forked as it is: on Linux, where no other thread runs, not even one of a library."""
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _server() -> Any:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cleaner.batch.served"])
    return context


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait: it is for the process that starts another, which inherits that it does not hear it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pipe(context: Any) -> tuple[Any, Any]:
    """Return the ends of a pipe to read from and to write to, with room for a block, so that few wait to write one."""
    reader, writer = context.Pipe(duplex=False)
    with contextlib.suppress(ImportError, AttributeError, OSError):  # only Linux has pipes of other sizes
        import fcntl  # noqa: PLC0415

        fcntl.fcntl(writer.fileno(), fcntl.F_SETPIPE_SZ, ROOM)
    return reader, writer


def _with_data(task: Task, data: bytes) -> Task:
    return replace(task, block=replace(task.block, data=data))


def _work_forked(
    given: Connection,
    answers: Connection,
    state: Any,
    slots: tuple[Slots, Slots],
    plan: Plan,
    ours: Iterable[Connection],
) -> None:
    """Do the work with what is at hand."""
    for end in ours:
        end.close()
    _work(given, answers, state, slots, plan)


def _work_told(given: Connection, answers: Connection, state: Any, slots: tuple[Slots, Slots], plan: bytes) -> None:
    """Do the work in a process that has to make ready for it first."""
    _work(given, answers, state, slots, pickle.loads(plan))  # noqa: S301  from the process that started this one


def _work(given: Connection, answers: Connection, state: Any, slots: tuple[Slots, Slots], plan: Plan) -> None:
    """Clean the blocks that come in until no more do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a block needs is freed with it. To look for cycles as often as Python does takes a thirtieth of the time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    tasks: queue.SimpleQueue[tuple[int, Task, Lying] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(given, tasks), daemon=True).start()

    def note(index: int) -> None:
        state[_INDEX], state[_STARTED] = index, time.monotonic()

    with contextlib.suppress(OSError):  # nobody is there any more who wants to know
        while found := tasks.get():
            key, task, lying = found
            task = _with_data(task, slots[0].taken(lying))
            state[_INDEX], state[_KEY], state[_STARTED] = NO_RECORD, key, time.monotonic()
            answer = _answer(plan, task, note)
            state[_STARTED] = 0  # to wait for the reader costs no record its time
            if isinstance(answer, Failed):
                answers.send((key, answer, b""))
            else:
                answers.send((key, replace(answer, clean=b""), slots[1].put(answer.clean)))


def _answer(plan: Plan, task: Task, note: Any) -> Done | Failed:
    try:
        return process(plan, task, note)
    except CleanerError as error:
        return Failed(str(error))
    except Exception as error:  # noqa: BLE001  a fault of ours: the run stops with a line, not with a traceback
        return Failed(
            f"{task.name}: internal error in records from {task.block.first} on: {type(error).__name__}: {error}"
        )


def _listen(given: Connection, tasks: "queue.SimpleQueue[tuple[int, Task, Lying] | None]") -> None:
    """Take in blocks while others are cleaned, so that neither side ever waits for the other to read."""
    try:
        while True:
            tasks.put(given.recv())
    except (EOFError, OSError):
        tasks.put(None)
