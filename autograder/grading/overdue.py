"""Waits for a worker's result, and ends the worker when it has taken too long: by the clock of limits, which a busy machine does not move on."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import psutil
from pebble import ProcessFuture

from autograder import settings
from autograder.sandbox.linux.waiting import Waiting

# Seconds between two looks at a worker and all that it started.
LOOK = 1.0


class Overdue(Exception):
    """A worker took too long, and was ended."""


def noting(note: str, work: Callable, *arguments: Any) -> Any:
    """Do some work in a worker, whose number is written to a file first."""
    Path(note).write_text(str(os.getpid()), "ascii")
    return work(*arguments)


def result_within(future: ProcessFuture, note: Path, seconds: float) -> Any:
    """Return what comes of work that was scheduled as `noting`.

    Parameters
    ----------
    future : ProcessFuture
    note : Path
        The file with the worker's number.
    seconds : float
        From the moment on when the work begins, without those that the worker and what it started lost to other programs.

    Raises
    ------
    Overdue
        It took longer; the worker is ended.
    """
    waiting, deadline = None, 0.0
    try:
        while not wait([future], min(LOOK, seconds / 2)).done:
            if waiting is not None:
                if waiting.clock() > deadline and future.cancel():
                    raise Overdue
            elif number := _read(note):
                waiting = Waiting(lambda: _folders(number), settings.limits().stretch)
                deadline = waiting.clock() + seconds
        return future.result()
    finally:
        note.unlink(missing_ok=True)


def _read(note: Path) -> int:
    """The worker's number; 0 while it is not known."""
    try:
        return int(note.read_text("ascii"))
    except (OSError, ValueError):
        return 0


def _folders(number: int) -> list[str]:
    """Where /proc tells of a worker and of all that it started."""
    try:
        worker = psutil.Process(number)
        return [f"/proc/{process.pid}" for process in (worker, *worker.children(recursive=True))]
    except psutil.Error:
        return []
