"""In a worker of a Dask cluster: hands work to a grader process beside it, one for each thread of the worker that has had work.

Nothing is graded in Dask's own process: its environment is not the grader's, and a submission that brings down whoever grades it must not bring down
the worker. Imports little, for it is imported there.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable
from typing import Any

from autograder.environment import KEPT, TAKEN_OUT
from autograder.errors import WorkerLost

TRIES = 3
# Seconds between two looks whether an answer is still wanted; that a grader process has to end in order.
LOOK, PATIENCE = 0.5, 15.0
PROGRAM = "autograder.grading.dask_grader"
READY = b"ready"
_mine = threading.local()


def carry(message: bytes) -> bytes:
    """Return a grader process's answer to a message; b"" if nobody waits for it any more. WorkerLost is an answer, too."""
    wanted = _still_wanted()
    lost = ""
    for _ in range(TRIES):
        grader = getattr(_mine, "grader", None)
        if grader is None or not grader.lives:
            try:
                grader = _mine.grader = GraderProcess()
            except GraderProcess.Ended as error:
                return _pickled("unfit", f"no grader process can be started: {error}")
        try:
            return grader.ask(message, wanted)
        except GraderProcess.Ended as error:
            lost = str(error)
    return _pickled("error", WorkerLost(f"{lost}, for the {TRIES}rd time"))


def _pickled(kind: str, content: Any) -> bytes:
    """An answer as `conditions.answer_of` makes it, which imports much."""
    return zlib.compress(pickle.dumps((kind, content)))


def _still_wanted() -> Callable[[], bool]:
    """What says whether anybody waits for the task of this thread: Dask cancels it when the grader was stopped or has gone."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()

    def wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state != "cancelled"

    return wanted


class GraderProcess:
    """A process that grades, started from nothing of Dask's: `dask_grader`."""

    class Ended(Exception):
        """The process has ended; the text says how."""

    def __init__(self) -> None:
        mine, theirs = multiprocessing.Pipe()
        self._line = mine
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  (for as long as the process)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", PROGRAM, str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=[theirs.fileno()],
                env=environment_of(dict(os.environ)),
                start_new_session=True,  # a terminal's Ctrl-C is Dask's business
            )
        if self._receive() != READY:
            raise GraderProcess.Ended(self._how())

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, message: bytes, wanted: Callable[[], bool]) -> bytes:
        """Return the answer to a message, b"" if it is not wanted any more: then the process is ended. GraderProcess.Ended if it ends before."""
        try:
            self._line.send_bytes(message)
        except OSError:
            raise GraderProcess.Ended(self._how()) from None
        while not self._line.poll(LOOK):
            if not wanted():
                self.end()
                return b""
        return self._receive()

    def _receive(self) -> bytes:
        try:
            return self._line.recv_bytes()
        except (EOFError, OSError):
            raise GraderProcess.Ended(self._how()) from None

    def _how(self) -> str:
        """How the process ended, with the last that it said."""
        self.end()
        self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - 2000))
        last = self._said.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return f"a grader process ended with status {self._process.returncode}" + "".join(f" ({line})" for line in last)

    def end(self) -> None:
        """End the process and all that it started."""
        self._line.close()
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self._process.kill()
        self._process.wait()


def environment_of(ours: dict[str, str]) -> dict[str, str]:
    """Return the environment of a grader process: a worker's, without what could change a grade."""
    taken = ("AUTOGRADER_", "PYTHON", "DASK_", *TAKEN_OUT)
    kept = ("PYTHONPATH", *KEPT)
    return {name: value for name, value in ours.items() if not name.startswith(taken) or name.startswith(kept)}
