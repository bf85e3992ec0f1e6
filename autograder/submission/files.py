"""The files of a submission beside its notebook: which come along, which are nbgrader's own, and the hash of what student code sees."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from autograder.safe_text import printable
from autograder.settings import MIB, limits

EXTRA_SUFFIXES = (".weights.h5", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
# Endings of notebooks: some browsers add one.
NOTEBOOK_SUFFIXES = (".ipynb", ".ipynb.txt", ".ipynb.json")
# When it was handed in: nbgrader writes and reads it.
TIMESTAMP = "timestamp.txt"
# What `nbgrader submit` writes, and `release_feedback` and `fetch_feedback` read.
SUBMISSION_SECRET = "submission_secret.txt"
# What nbgrader itself puts into a submission's folder. Student code does not see it, and it is no part of `input_digest`.
BOOKKEEPING = (TIMESTAMP, SUBMISSION_SECRET)
# `nbgrader fetch_feedback` makes it, and the next `nbgrader submit` hands it in.
BOOKKEEPING_FOLDERS = ("feedback",)
# Bytes of one file of nbgrader's own.
LONGEST_BOOKKEEPING = 4096
READ_AT_ONCE = MIB


def extra_files(folder: Path, *more: Path, but: Path | None = None) -> tuple[dict[str, Path], list[str]]:
    """Return the files beside a notebook that come along, and why others do not.

    Pictures and `*.weights.h5` come along, within the limits. Links do not.

    Parameters
    ----------
    folder : Path
    *more : Path
        Further folders; of two files of one name the later folder's is taken.
    but : Path, optional
        A file that is no extra file.

    Returns
    -------
    files : dict of str to Path
        By name.
    refused : list of str
        One line for each file that does not come along.
    """
    taken: dict[str, Path] = {}
    refused: list[str] = []
    # They lie where the notebook writes.
    left = limits().disk // 2
    by_name = {path.name: path for place in (folder, *more) for path in listed(place)}
    for path in by_name.values():
        if path.name.lower().endswith(NOTEBOOK_SUFFIXES) or path in (but, *more) or _is_bookkeeping(path):
            continue
        why = _refusal(path, len(taken), left)
        if why:
            refused.append(f"{printable(path.name)}: not taken along ({why})")
        else:
            taken[path.name] = path
            left -= path.lstat().st_size
    return taken, shortened(refused)


def _is_bookkeeping(path: Path) -> bool:
    """Whether nbgrader put this into a submission's folder. A link or a folder under the name of a file is the student's."""
    mode = path.lstat().st_mode
    return (path.name in BOOKKEEPING and stat.S_ISREG(mode)) or (
        path.name in BOOKKEEPING_FOLDERS and stat.S_ISDIR(mode)
    )


def bookkeeping(folder: Path) -> dict[str, Path]:
    """Return nbgrader's own files in a submission's folder, by name: those that are ordinary and small.

    They go to `autograded/` as they are.
    """
    found = {}
    for name in BOOKKEEPING:
        try:
            status = (folder / name).lstat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and status.st_size <= LONGEST_BOOKKEEPING:
            found[name] = folder / name
    return found


def shortened(lines: list[str]) -> list[str]:
    """Return at most as many lines as files may come along, and one that says how many are left out."""
    most = limits().extra_files
    return lines if len(lines) <= most else [*lines[:most], f"and {len(lines) - most} more files"]


def _refusal(path: Path, already: int, left: int) -> str:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "it is a link"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a file"
    if not path.name.isprintable():
        return "its name holds characters that cannot be printed"
    if not path.name.lower().endswith(EXTRA_SUFFIXES):
        return "only pictures and *.weights.h5 files are"
    if status.st_size > limits().extra_file_bytes:
        return f"it is larger than {limits().extra_file_bytes // MIB} MB"
    if status.st_size > left:
        return f"the files together are larger than {limits().disk // 2 // MIB} MB"
    return "there are too many files" if already >= limits().extra_files else ""


def listed(folder: Path) -> list[Path]:
    """Return what lies in a folder and is not hidden, by name; nothing if it cannot be read."""
    return [path for path in all_in(folder) if not path.name.startswith(".")]


def all_in(folder: Path) -> list[Path]:
    """Return what lies in a folder, by name; nothing if it cannot be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def digest_inputs(notebook: Path | None, files: dict[str, Path]) -> str:
    """Return the SHA-256 over the names and contents of all that student code can see.

    Parameters
    ----------
    notebook : Path or None
        None for a submission without one.
    files : dict of str to Path
        The files that come along, by name.

    Raises
    ------
    OSError
        If one of them cannot be read.
    """
    digest = hashlib.sha256()
    for name, path in sorted({"notebook": notebook, **files}.items()):
        if path is None:
            digest.update(b"no notebook\n")
            continue
        digest.update(f"{name}: {path.stat().st_size}\n".encode("utf-8", "surrogateescape"))
        with open(path, "rb") as file:
            while block := file.read(READ_AT_ONCE):
                digest.update(block)
    return digest.hexdigest()


def copy_file(source: Path, target: Path, most: int) -> None:
    """Copy an ordinary file of at most so many bytes.

    Raises
    ------
    OSError
        If it has become something else meanwhile.
    """
    descriptor = os.open(source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file, open(target, "xb") as copied:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{source.name}: not a file any more")
        left = most + 1
        while left and (block := file.read(min(left, READ_AT_ONCE))):
            copied.write(block)
            left -= len(block)
        if not left:
            raise OSError(f"{source.name}: grew beyond its limit")
