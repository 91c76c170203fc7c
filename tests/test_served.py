"""A run that is ended by `kill -9` leaves no words of its workers behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KILLED = """
import os, signal
from multiprocessing import forkserver
from cleaner.batch.pool import Pool
from cleaner.batch.work import Plan
from cleaner.clean import Cleaner

start = forkserver.connect_to_new_process

def die(fds):
    start(fds)
    os.kill(os.getpid(), signal.SIGKILL)

forkserver.connect_to_new_process = die
Pool(Plan(Cleaner()), 1, 1.0)
"""


def python(script: str) -> subprocess.CompletedProcess[bytes]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, check=False, timeout=60)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork server")
def test_a_run_that_dies_while_it_starts_a_worker_says_nothing() -> None:
    done = python(KILLED)
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, b"")


@pytest.mark.parametrize(("error", "told"), [("EOFError", False), ("ConnectionResetError", False), ("KeyError", True)])
def test_only_the_silence_of_the_dead_is_passed_over(error: str, told: bool) -> None:
    done = python(f"import cleaner.batch.served\nraise {error}('x')")
    assert (b"Traceback" in done.stderr) == told
