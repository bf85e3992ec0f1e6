"""One grader at a time in a course directory, and its files for a group of instructors."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import Busy, CourseError
from autograder.settings import FOLDER
from autograder.time_zones import said


@contextlib.contextmanager
def lock(directory: Path, what: str, *, shared: bool = False) -> Iterator[None]:
    """Be the only grader of a course directory. A lock whose holder was killed is free: the system lets go of it.

    Parameters
    ----------
    directory : Path
        nbgrader's course directory.
    what : str
        What is done, for somebody else who has to wait.
    shared : bool
        Whether a group of instructors grades here (nbgrader's `groupshared`), each of whom must be able to write.

    Raises
    ------
    Busy
        If somebody else grades here.
    CourseError
        If the folder cannot be written or locked.
    """
    # Not there on Windows, where a single file can be checked all the same.
    import fcntl

    path = directory / FOLDER / "lock"
    try:
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if shared:
            share(path.parent)
    except OSError as error:
        raise CourseError(
            f"{path}: cannot be written ({error.strerror}). Whoever grades here needs the rights to {path.parent}."
        ) from error
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read().strip() or "somebody"
            raise Busy(f"{directory}: {holder} is grading here. Wait until that has ended, or stop it.") from None
        except OSError as error:
            raise CourseError(f"{path}: this folder cannot be locked ({error.strerror}).") from error
        since = said(datetime.now(UTC))
        holder = f"{_user()} ({what}, process {os.getpid()} on {socket.gethostname()}, since {since})"
        # On a full disk the lock holds without a name.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, holder.encode("utf-8", "backslashreplace"), 0)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)


def share(*places: Path) -> None:
    """Let the group read and write these files, and what lies in these folders, as far as they are one's own to share."""
    for place in places:
        for path in (place, *(place.rglob("*") if place.is_dir() else ())):
            share_folders(path)
            with contextlib.suppress(OSError):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode):
                    path.chmod(stat.S_IMODE(status.st_mode) | 0o660)


def share_folders(*places: Path) -> None:
    """Let the group write into these folders, and own what is made there."""
    for path in places:
        with contextlib.suppress(OSError):
            status = path.lstat()
            if stat.S_ISDIR(status.st_mode):
                path.chmod(stat.S_IMODE(status.st_mode) | 0o2770)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"
