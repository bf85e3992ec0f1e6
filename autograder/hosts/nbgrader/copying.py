"""Copy a folder that belongs to somebody else, who may be changing it at this moment: no link is followed, and rights do not come along."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from autograder.settings import MIB


def copy_folder(source: Path, target: Path, left_out: Callable[[str, list[str]], Iterable[str]], most: int) -> None:
    """Copy the folders and ordinary files of a folder to a place where nothing is. Times come along.

    A name is looked up once, and what it then leads to is held: whoever puts a link or a pipe in its place meanwhile gains nothing. Rights are those
    that the umask gives, so that no copy belongs to the copier and runs with the copier's rights.

    Parameters
    ----------
    source, target : Path
    left_out : callable
        Gets a folder and the names in it, and returns those that do not come along, as for `shutil.copytree`.
    most : int
        Bytes of all files together.

    Raises
    ------
    OSError
        If something in it is neither a file nor a folder, is larger than that, or cannot be read or written. What is copied by then stays.
    """
    left = most
    for place, folders, names, descriptor in os.fwalk(source, follow_symlinks=False):
        here = target / os.path.relpath(place, source)
        here.mkdir()
        without = set(left_out(place, [*folders, *names]))
        folders[:] = [name for name in folders if name not in without]
        for name in names:
            if name not in without:
                left -= _copy_file(name, descriptor, here / name, left)
        status = os.fstat(descriptor)
        os.utime(here, ns=(status.st_atime_ns, status.st_mtime_ns))


def _copy_file(name: str, folder: int, target: Path, most: int) -> int:
    """Copy a file of a folder that is held by its descriptor; returns its bytes."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    with open(descriptor, "rb") as file, open(target, "xb") as copied:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{name[:100]!r} in it is neither a file nor a folder")
        if status.st_size > most:
            raise OSError("its files together are too large")
        left = status.st_size  # not more, should it grow meanwhile
        while left and (block := file.read(min(left, MIB))):
            copied.write(block)
            left -= len(block)
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return status.st_size
