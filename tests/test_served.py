"""A run that is ended by `kill -9` leaves no words of its workers behind, and no workers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KILLED = """
import os, signal
from multiprocessing import forkserver
from cleaner.batch.pool import Pool
from cleaner.batch.work import Plan
from cleaner.clean import Cleaner

from cleaner.batch import worker

worker.is_alone = lambda: False
start = forkserver.connect_to_new_process

def die(fds):
    start(fds)
    os.kill(os.getpid(), signal.SIGKILL)

forkserver.connect_to_new_process = die
Pool(Plan(Cleaner()), 1, 1.0)
"""

LEFT = """
import os, signal
from cleaner.batch.pool import Pool
from cleaner.batch.work import Plan
from cleaner.clean import Cleaner

pool = Pool(Plan(Cleaner()), 3, 1.0)
print(*(worker.process.pid for worker in pool.workers), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def python(script: str) -> subprocess.CompletedProcess[bytes]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, check=False, timeout=60)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork server")
def test_a_run_that_dies_while_it_starts_a_worker_says_nothing() -> None:
    done = python(KILLED)
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_workers_end_with_the_run_that_forked_them() -> None:
    done = python(LEFT)
    workers = [Path("/proc", pid, "stat") for pid in done.stdout.decode().split()]
    assert len(workers) == 3
    until = time.monotonic() + 20
    while any(map(_is_running, workers)):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert done.stderr == b""


def _is_running(stat: Path) -> bool:
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(("error", "told"), [("EOFError", False), ("ConnectionResetError", False), ("KeyError", True)])
def test_only_the_silence_of_the_dead_is_passed_over(error: str, told: bool) -> None:
    done = python(f"import cleaner.batch.served\nraise {error}('x')")
    assert (b"Traceback" in done.stderr) == told
