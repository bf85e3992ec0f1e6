"""Temporary folders that do not stay: each is removed when its process is done with it, or by the next run if that process was killed.

A process holds a lock (flock(2)) on a file in each of its folders as long as it lives; the machine lets go of it when the process ends, however it
ends. A folder whose lock nobody holds is therefore one that a dead process left, and no other folder is ever removed. Where several machines share
a file system, a lock may be seen on one of them only: the file says which machine it is, and the others leave the folder alone.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import multiprocessing.util
import os
import shutil
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

# Of the names of such folders. "room-" is what earlier versions wrote.
PREFIXES = ("autograder-", "box-", "room-")
LOCK = ".owner"


class Temporary:
    """A fresh folder of this process's. A context manager that gives `path`.

    Parameters
    ----------
    prefix : str
        One of `PREFIXES`, or what begins with one.
    place : str, optional
        The folder in which it is made; by default the machine's own for such.
    """

    def __init__(self, prefix: str, place: str | None = None) -> None:
        if not prefix.startswith(PREFIXES):
            raise ValueError(f"no run would remove what a killed one left under {prefix!r}")
        place = place or tempfile.gettempdir()
        sweep_once(place)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        self._lock = _hold(self.path)
        self._closed = False
        _Ending.begin()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder."""
        if self._closed:
            return
        self._closed = True
        _remove(str(self.path))
        if self._lock is not None:
            os.close(self._lock)
        _Ending.end()


def kept(prefix: str) -> Path:
    """Make a fresh folder for the rest of this process's life.

    Parameters
    ----------
    prefix : str
        One of `PREFIXES`, or what begins with one.
    """
    temporary = Temporary(prefix)
    # Runs in worker processes too, which end without Python's own `atexit`, and not in a process that was forked from this one.
    multiprocessing.util.Finalize(None, temporary.close, exitpriority=0)
    return temporary.path


def _hold(folder: Path) -> int | None:
    """Lock a folder; None where the file system has no locks. The lock's file gets its name when it is locked, so that nobody finds it free before."""
    fresh = folder / f"{LOCK}.new"
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        lock = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.write(lock, _machine())
            os.rename(fresh, folder / LOCK)
        except OSError:
            os.close(lock)
            raise
        return lock
    return None


@functools.cache
def sweep_once(place: str) -> None:
    """Do as `sweep`, once in a process."""
    sweep(place)


def sweep(place: str) -> list[Path]:
    """Remove the folders that dead processes of this user left in a folder.

    Parameters
    ----------
    place : str
        The folder in which they lie.

    Returns
    -------
    list of Path
        Those that were removed.
    """
    swept = []
    with contextlib.suppress(OSError), os.scandir(place) as found:
        for entry in found:
            with contextlib.suppress(OSError):
                mine = entry.stat(follow_symlinks=False).st_uid == _user()
                if (
                    mine
                    and entry.name.startswith(PREFIXES)
                    and entry.is_dir(follow_symlinks=False)
                    and _clear(entry.path)
                ):
                    swept.append(Path(entry.path))
    return swept


def _clear(folder: str) -> bool:
    """Remove a folder if its process and those that work in it are dead; whether it was removed."""
    with contextlib.ExitStack() as held:
        if not held.enter_context(_free(os.path.join(folder, LOCK))):
            return False
        # A worker lives on for a moment when its grader was killed.
        for inside in os.scandir(folder):
            path = os.path.join(inside.path, LOCK)
            if inside.is_dir(follow_symlinks=False) and os.path.lexists(path) and not held.enter_context(_free(path)):
                return False
        return _remove(folder)


def _remove(folder: str) -> bool:
    """Remove a folder, its lock's file at the very end: where something cannot be removed now, a later run finds it. Whether it was removed."""
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            elif name != LOCK:
                os.unlink(path)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, LOCK))
        os.rmdir(folder)
    return not os.path.lexists(folder)


@contextlib.contextmanager
def _free(path: str) -> Iterator[bool]:
    """Say whether a lock is there, of this user's and this machine's, and held by nobody; it is held meanwhile."""
    try:
        import fcntl

        lock = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (ImportError, OSError):
        yield False
        return
    try:
        about = os.fstat(lock)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mine = stat.S_ISREG(about.st_mode) and about.st_uid == _user()
        # Earlier versions wrote nothing.
        yield mine and os.read(lock, 1000) in (b"", _machine())
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)


def _machine() -> bytes:
    """Return this machine's name."""
    return os.uname().nodename.encode()


def _user() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else 0


class _Ending:
    """While there are temporary folders, SIGTERM ends the process in order, as `sys.exit` does; where nobody else has a use for that signal."""

    count = 0
    set = False

    @classmethod
    def begin(cls) -> None:
        cls.count += 1
        main = threading.current_thread() is threading.main_thread() and multiprocessing.parent_process() is None
        if main and not cls.set and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, cls._end)
            cls.set = True

    @classmethod
    def end(cls) -> None:
        cls.count -= 1
        if cls.set and cls.count == 0 and threading.current_thread() is threading.main_thread():
            cls.set = False
            if signal.getsignal(signal.SIGTERM) == cls._end:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)

    @staticmethod
    def _end(number: int, _: object) -> None:
        raise SystemExit(128 + number)
