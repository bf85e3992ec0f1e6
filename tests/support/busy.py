"""A busy machine: processes that compute without end, each in a session of its own, so that it has as large a share of the cores as any other."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Within this, what is started has one core of this machine's, together with this process."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(mine)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


@contextlib.contextmanager
def busy(processes: int = 4) -> Iterator[list[subprocess.Popen]]:
    """Within this, so many processes compute; it yields them."""
    command = [sys.executable, "-I", "-S", "-c", "while True: pass"]
    running = [subprocess.Popen(command, start_new_session=True) for _ in range(processes)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()
