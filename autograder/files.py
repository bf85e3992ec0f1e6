"""The one way to write a file: whole, by a rename, so that it is the old one or the new one and never half there."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PARTIAL = ".partial"
# What helps, by what is wrong.
CURES = {
    errno.ENOSPC: "Make room on that disk.",
    errno.EDQUOT: "Make room, or have the quota raised.",
    errno.EACCES: "Whoever runs this needs the rights to it.",
    errno.EPERM: "Whoever runs this needs the rights to it.",
    errno.EROFS: "It lies on a file system that is mounted for reading only.",
    errno.EMFILE: "Raise the number of open files, `ulimit -n`.",
    errno.EIO: "The disk fails.",
}


def write(
    target: Path, content: str | bytes, *, protected: bool = False, folders: bool = False, lasting: bool = True
) -> None:
    """Put a content into a file. It is on the disk before the file has its name.

    A link is followed; what is no file, such as /dev/stdout, is written to. The rights of a file that is there stay; a new one gets
    those that the umask gives.

    Parameters
    ----------
    target : Path
    content : str or bytes
        Text is written as UTF-8.
    protected : bool
        Whether a file that nobody may write to, such as a graded notebook, is replaced all the same.
    folders : bool
        Whether the folders that it lies in are made.
    lasting : bool
        Whether it is waited for until the disk has it; not needed for what can be made again, if whoever reads it expects an empty file
        after a power failure.

    Raises
    ------
    OSError
        Then the old file is still there. It names this file.
    """
    write_all({target: content}, protected=protected, folders=folders, lasting=lasting)


def write_all(
    contents: Mapping[Path, str | bytes], *, protected: bool = False, folders: bool = False, lasting: bool = True
) -> None:
    """Put contents into files: into all of them or, if one cannot be written, into none.

    Parameters
    ----------
    contents : dict of Path to (str or bytes)
    protected, folders, lasting
        As in `write`.

    Raises
    ------
    OSError
        Its `filename` is that of `contents` which cannot be written. Then the old files are still there.
    """
    ready: list[_Ready] = []
    target = Path()
    try:
        for target, content in contents.items():
            data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
            ready.append(_Ready.of(target, data, protected=protected, folders=folders, lasting=lasting))
        # What cannot be replaced first: it may still refuse.
        for one in sorted(ready, key=lambda one: one.partial != ""):
            target = one.target
            one.put()
    except OSError as error:
        raise _named(error, target) from error
    finally:
        for one in ready:
            one.clear()
    for folder in {one.place.parent for one in ready if one.partial} if lasting else ():
        with contextlib.suppress(OSError):  # some file systems cannot
            flush(folder)


@dataclass
class _Ready:
    """A content that lies beside its place, or waits to be written into what is no file."""

    target: Path
    place: Path
    data: bytes
    partial: str = ""

    @classmethod
    def of(cls, target: Path, data: bytes, *, protected: bool, folders: bool, lasting: bool) -> _Ready:
        found = cls(target, Path(os.path.realpath(target)), data)
        place = found.place
        try:
            mode: int | None = place.stat().st_mode
        except FileNotFoundError:
            mode = None
            if folders:
                place.parent.mkdir(parents=True, exist_ok=True)
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(21, "Is a directory")
        if mode is not None and not stat.S_ISREG(mode):
            return found
        if mode is not None and not protected and not os.access(place, os.W_OK):
            raise PermissionError(13, "Permission denied")
        descriptor, found.partial = tempfile.mkstemp(prefix=f".{place.name[:100]}.", suffix=PARTIAL, dir=place.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                rights = stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask()
                if hasattr(os, "fchmod"):  # Windows has it from Python 3.13 on
                    os.fchmod(file.fileno(), rights)
                if lasting:
                    os.fsync(file.fileno())
        except BaseException:
            found.clear()
            raise
        return found

    def put(self) -> None:
        """Put the content into its place."""
        if self.partial:
            os.replace(self.partial, self.place)
        else:
            self.place.write_bytes(self.data)

    def clear(self) -> None:
        """Remove what lies beside the place, after Ctrl-C as well: nothing half written stays."""
        if self.partial:
            with contextlib.suppress(OSError):
                os.unlink(self.partial)


def _named(error: OSError, target: Path) -> OSError:
    """The same error, with the name of the file that was asked for."""
    return OSError(error.errno, error.strerror or str(error), str(target))


def trouble(error: OSError) -> str:
    """Return in one line, for people, which file it is about, what is wrong, and what helps."""
    what = error.strerror or " ".join(str(error).split()) or type(error).__name__
    where = " → ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    cure = CURES.get(error.errno or 0, "")
    return f"{where + ': ' if where else ''}{what}.{' ' + cure if cure else ''}"


def move(source: Path, target: Path) -> None:
    """Move a folder to a place where nothing is, also to another file system. Whenever it is killed, each of the two is there whole or not at all.

    Raises
    ------
    OSError
        Then the folder is where it was.
    """
    try:
        os.rename(source, target)
        return
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    copy, gone = (place.with_name(f".{place.name}.{end}") for place, end in ((target, "partial"), (source, "gone")))
    for left in (copy, gone):
        shutil.rmtree(left, ignore_errors=True)
    try:
        shutil.copytree(source, copy)
        for path in (*copy.rglob("*"), copy):
            flush(path)
        os.rename(copy, target)
    except OSError:
        shutil.rmtree(copy, ignore_errors=True)
        raise
    os.rename(source, gone)
    shutil.rmtree(gone, ignore_errors=True)


def put_in_place(new: Path, place: Path, aside: Path) -> None:
    """Move a finished folder to its place; what was there goes aside only then. All of it is on the disk before it counts.

    Raises
    ------
    OSError
        Then what was there is there still.
    """
    for path in (*new.rglob("*"), new):
        flush(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    moved = place.exists()
    if moved:
        aside.parent.mkdir(parents=True, exist_ok=True)
        move(place, aside)
    try:
        move(new, place)
    except OSError:
        if moved:
            move(aside, place)
        raise


def flush(path: Path) -> None:
    """Have a file or a folder on the disk, not only on its way there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
