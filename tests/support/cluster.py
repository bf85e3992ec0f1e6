"""A Dask cluster of this machine: a scheduler and workers, each a process of its own, as `dask scheduler` and `dask worker` start them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from autograder.settings import PACKAGE

# Of a worker's environment, what could change a grade, or would take the sandbox away.
BAD = {
    "AUTOGRADER_SANDBOX": "none",
    "AUTOGRADER_COURSE": "/nowhere",
    "AUTOGRADER_SECRET_FILE": "/nowhere/secret",
    "AUTOGRADER_JOBS": "none",
    "PYTHONOPTIMIZE": "1",
    "PYTHONINSPECT": "1",
    "PYTHONWARNINGS": "error",
    "PYTEST_ADDOPTS": "--collect-only",
    "KERAS_BACKEND": "nothing",
}
DASK = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2", "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}


class LocalCluster:
    """The scheduler, its address, and the workers that were started. `address`: of the scheduler."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen] = []
        self._scheduler_log = folder / "scheduler"
        self.scheduler = self._start(
            "scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", name="scheduler"
        )
        found = wait_for(lambda: re.search(r"Scheduler at:\s+(tcp://\S+)", self._scheduler_log.read_text()))
        self.address = found[1]

    def add_worker(self, *, nanny: bool = False, **environment: str) -> subprocess.Popen:
        """Start a worker of one thread, in an environment that no grader should have."""
        options = [
            "--nthreads",
            "1",
            "--no-dashboard",
            "--host",
            "127.0.0.1",
            "--local-directory",
            str(self.folder / "space"),
        ]
        options += ["--nanny" if nanny else "--no-nanny", "--death-timeout", "60"]
        worker = self._start(
            "worker", self.address, *options, name=f"worker-{len(self.workers)}", **{**BAD, **environment}
        )
        self.workers.append(worker)
        return worker

    def _start(self, what: str, *options: str, name: str, **environment: str) -> subprocess.Popen:
        """Start `dask scheduler` or `dask worker`; Python's own switches do not reach Dask's process, but its environment has them."""
        named = {**os.environ, **DASK, "PYTHONPATH": str(PACKAGE.parent), **environment}
        program = f"import os; os.environ.update({environment!r}); from dask.__main__ import main; main()"
        for switch in ("PYTHONOPTIMIZE", "PYTHONINSPECT", "PYTHONWARNINGS"):
            named.pop(switch, None)
        with open(self.folder / name, "wb") as log:
            return subprocess.Popen(
                [sys.executable, "-c", program, what, *options], env=named, cwd=self.folder, stderr=log, stdout=log
            )

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            for each in everybody_of(process.pid):
                with contextlib.suppress(psutil.Error):
                    each.kill()
            process.wait()


@contextlib.contextmanager
def cluster(workers: int = 0) -> Iterator[LocalCluster]:
    """A cluster with some workers, for a while."""
    with tempfile.TemporaryDirectory(prefix="dask-", ignore_cleanup_errors=True) as folder:
        made = LocalCluster(Path(folder))
        try:
            for _ in range(workers):
                made.add_worker()
            for number in range(workers):
                log = Path(folder, f"worker-{number}")
                wait_for(lambda log=log: "Registered to:" in log.read_text())
            yield made
        finally:
            made.close()


def everybody_of(number: int) -> list[psutil.Process]:
    """A process and all that it started."""
    try:
        process = psutil.Process(number)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


@contextlib.contextmanager
def stopped(worker: subprocess.Popen) -> Iterator[None]:
    """A worker, with all that it started, stands still for a while."""
    everybody = everybody_of(worker.pid)
    for each in everybody:
        with contextlib.suppress(psutil.Error):
            each.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for each in reversed(everybody):
            with contextlib.suppress(psutil.Error):
                each.send_signal(signal.SIGCONT)


def wait_for(found, seconds: float = 60):
    """Return what a function returns as soon as that is true."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)
    return value
