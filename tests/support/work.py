"""Work for workers to do. Imports no pytest: in a worker that has judged, pytest knows the marks of the judge alone."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil


def kills_who_started_it(file: str, generations: int) -> None:
    """`kill -9` of the process that started this one, or of that one's. Counts its calls in a file."""
    with open(file, "a") as log:
        log.write("x")
    process = psutil.Process()
    for _ in range(generations):
        process = process.parent()
    process.kill()
    signal.pause()


def niceness() -> int:
    return os.nice(0)


def environment_here() -> dict[str, str]:
    return dict(os.environ)


def dies_until(file: str, times: int) -> str:
    """Dies, `kill -9`, as often as it is told to; counts its calls in a file."""
    with open(file, "a") as log:
        log.write("x")
    if os.path.getsize(file) <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def mistake() -> None:
    raise ZeroDivisionError("of the work's own")


def notes_its_pid(file: str) -> None:
    Path(file).write_text(str(os.getpid()))
    time.sleep(60)
