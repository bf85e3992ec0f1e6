"""Ends a worker that has taken too long: by the clock of limits, which a busy machine does not move on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from pebble import ProcessFuture

from autograder import settings
from autograder.sandbox.linux.waiting import Waiting

# Seconds between two looks at a worker and all that it started.
LOOK = 1.0


def noting(note: str, work: Callable, *arguments: Any) -> Any:
    """Do some work in a worker, whose number is written to a file first."""
    Path(note).write_text(str(os.getpid()), "ascii")
    return work(*arguments)


class Watch:
    """Watches one piece of work that was scheduled as `noting`.

    Parameters
    ----------
    future : ProcessFuture
    note : Path
        The file with the worker's number.
    seconds : float
        That the work may take from the moment on when it begins, without those that the worker and what it started lost to other programs.
    """

    def __init__(self, future: ProcessFuture, note: Path, seconds: float) -> None:
        self.future = future
        self.note = note
        self.seconds = seconds
        self._waiting: Waiting | None = None
        self._deadline = 0.0

    def look(self) -> None:
        """End the worker if its time is up: the future is then cancelled. To be called again and again, at most `LOOK` seconds apart."""
        if self._waiting is not None:
            if self._waiting.clock() > self._deadline:
                self.future.cancel()
        elif number := _read(self.note):
            self._waiting = Waiting(lambda: _folders(number), settings.limits().stretch)
            self._deadline = self._waiting.clock() + self.seconds

    def close(self) -> None:
        """Watch no longer."""
        self.note.unlink(missing_ok=True)


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
