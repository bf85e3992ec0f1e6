"""The clock of limits: it stands still while other programs have the cores that a box wants."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from autograder.sandbox.linux.waiting import PAUSE, RECORD


class Clock:
    """Seconds as limits count them: time that passes, without what the boxes that it follows lost to other programs.

    The supervisor of a box measures what is lost and writes it beside the box, where the box cannot see it. Without one, these are the
    seconds of time.monotonic().

    Parameters
    ----------
    stretch : float
        The clock never goes slower than by this factor.
    """

    def __init__(self, stretch: float) -> None:
        self._stretch = stretch
        self._file: int | None = None
        self._place: Path | None = None
        # Seconds that were lost in the boxes before.
        self._before = 0.0
        self._latest = 0.0

    def follow(self, place: Path | None) -> None:
        """Take what is lost from another box: from the file that its supervisor writes, once it is there. None: from no box."""
        self._latest = self()
        self._before = time.monotonic() - self._latest
        if self._file is not None:
            os.close(self._file)
        self._file, self._place = None, place

    def __call__(self) -> float:
        """Return the seconds; they never go back."""
        now = time.monotonic()
        at, lost, pace, _ = self._record() or (now, 0.0, 1.0, 0.0)
        since = max(now - at, 0.0)
        # Nothing is known yet of what came after the last look: it goes on as before, but not for long.
        known = min(since, PAUSE)
        lost += known * (1 - pace) + (since - known) * (1 - 1 / self._stretch)
        self._latest = max(self._latest, now - self._before - lost)
        return self._latest

    def wanted(self) -> tuple[float, float]:
        """Return how many cores the box would have kept busy before the last look at it, and when that was: 0.0 if there was none yet."""
        at, _, _, wanted = self._record() or (0.0, 0.0, 0.0, 0.0)
        return wanted, at

    def _record(self) -> tuple[float, ...] | None:
        """The supervisor's last record; None if there is none yet."""
        if self._file is None and self._place is not None:
            with contextlib.suppress(OSError):
                self._file = os.open(self._place, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        if self._file is None:
            return None
        # One that is being written while it is read differs from the next look.
        before, found = b"", os.pread(self._file, RECORD.size, 0)
        while before != found:
            before, found = found, os.pread(self._file, RECORD.size, 0)
        return RECORD.unpack(found) if len(found) == RECORD.size else None
