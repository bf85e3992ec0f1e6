"""Waits until something in a few folders may have changed: told by the system where it can tell, else by looking twice a second."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

# Seconds between two looks where nobody tells; and where somebody does, in case a shared drive tells nothing.
POLL, LOOK = 0.5, 2.0
# Milliseconds for which further changes are waited for, and between two looks at what the system told.
SETTLED, STEP = 60, 20


class Changes:
    """What tells of changes; none of it is needed, for whoever waits looks at the files anyway."""

    def __init__(self) -> None:
        self._folders: frozenset[Path] = frozenset()
        self._told: Iterator | None = None
        self.polls = False

    def wait(self, folders: frozenset[Path]) -> None:
        """Return when something in these folders may have changed, and after two seconds at most."""
        if folders != self._folders:
            self.close()
            self._folders, self.polls = folders, False
        if not self.polls:
            try:
                self._told = self._told or _watching(folders)
                next(self._told)
                return
            except (ImportError, OSError, RuntimeError, StopIteration):
                # Not installed, nothing left to be told with, or a folder that is gone.
                self.close()
                self.polls = True
        time.sleep(POLL)

    def close(self) -> None:
        """Let the system tell no more."""
        told, self._told = self._told, None
        if told is not None:
            with contextlib.suppress(Exception):
                told.close()  # type: ignore[attr-defined]


def _watching(folders: frozenset[Path]) -> Iterator:
    import watchfiles

    return watchfiles.watch(
        *folders,
        watch_filter=None,
        debounce=SETTLED,
        step=STEP,
        rust_timeout=int(1000 * LOOK),
        yield_on_timeout=True,
        recursive=False,
    )
