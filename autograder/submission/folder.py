"""Look at a student's folder: which file is the notebook, what comes along, and a copy of it that is whole."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.catalog import Lesson
from autograder.errors import Unreadable
from autograder.safe_text import printable
from autograder.settings import MIB, limits
from autograder.submission.files import (
    BOOKKEEPING,
    BOOKKEEPING_FOLDERS,
    EXTRA_SUFFIXES,
    NOTEBOOK_SUFFIXES,
    all_in,
    copy_file,
    digest_inputs,
    extra_files,
    listed,
    shortened,
)
from autograder.submission.reader import is_too_large, read_notebook, too_large
from autograder.submission.rebuild import must_hold, rebuild
from autograder.submission.times import time_text

# Notebooks that are looked into where none has the lesson's name, and bytes of all those together.
NOTEBOOKS = 10
LOOKED_INTO = 64 * MIB
# How often a submission that is written to meanwhile is copied again.
COPIES = 3
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
# Where Jupyter keeps the version before the last save.
CHECKPOINTS = ".ipynb_checkpoints"
# Folders in which no submission lies.
IGNORED_FOLDERS = (CHECKPOINTS, "__MACOSX", *BOOKKEEPING_FOLDERS)
# Folders of a submission that are looked into.
FOLDERS = 50
# Bytes at the end of a zip file, where the names of its files stand.
END_OF_ARCHIVE = MIB
PACKED = re.compile(rb"PK\x01\x02.{42}([^\x00-\x1f]{1,200}?\.ipynb)", re.DOTALL)


@dataclass
class SubmissionFolder:
    """One student's folder for one lesson, looked at but not read yet.

    Attributes
    ----------
    folder : Path
    notebook : Path or None
        The file that is graded, or None with the `reason`.
    reason : str
    files : dict of str to Path
        What comes along, by name.
    refused : list of str
        One line for each thing that does not, and one if the notebook is not the file that was asked for.
    input_digest : str
        Hash of the notebook and of what comes along, which is all that student code can see. Hidden inputs are drawn from it.
    revision : str
        Hash of that and of when it was handed in. It decides whether this is new.
    late_unknown : str
        Why nobody knows when it was handed in; "" if that is known, or nothing says so.
    not_read : bool
        Whether this machine could not read it, whatever is in it: no rights, a disk that fails.
    """

    folder: Path
    notebook: Path | None = None
    reason: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    input_digest: str = ""
    revision: str = ""
    late_unknown: str = ""
    not_read: bool = False


def inspect_folder(folder: Path, lesson: Lesson) -> SubmissionFolder:
    """Choose the notebook and the files of a submission.

    No links are followed. Whatever is wrong becomes a reason or a refusal, and no error.
    """
    found = SubmissionFolder(folder)
    try:
        if any(place.is_symlink() for place in (folder, folder.parent)):
            found.reason = f"{printable(folder.name)}: the folder is a link to another place; links are not followed."
        else:
            _choose(found, lesson)
        found.input_digest = digest_inputs(found.notebook, found.files)
        found.revision = _with_time(found)
    except OSError as error:
        # No rights, or it went away while it was looked at.
        found.notebook, found.files, found.not_read = None, {}, True
        found.reason = f"{printable(folder.name)}: cannot be read ({error.strerror})."
        found.input_digest = digest_inputs(None, {})
        found.revision = _with_time(found)
    return found


def _choose(found: SubmissionFolder, lesson: Lesson) -> None:
    found.notebook, found.reason = _notebook(found.folder, lesson)
    mine = found.notebook
    beside = [mine.parent] if mine is not None and mine.parent != found.folder else []
    found.files, found.refused = extra_files(found.folder, *beside, but=mine)
    if mine is None:
        return
    named = found.folder / f"{lesson.name}.ipynb"
    name = printable(mine.relative_to(found.folder).as_posix())
    others = [path for path in _notebooks(found.folder) if path not in (mine, named)]
    lines = [f"{printable(o.name)}: not taken along (only one notebook is graded, {name})" for o in others]
    found.refused = shortened(lines) + found.refused
    if mine != named:
        why = "nothing was written in the one of that name" if named.exists() else "there is none of that name"
        found.refused.insert(0, f"{name}: this notebook was graded in place of {named.name} ({why})")
    if is_too_large(mine):
        found.reason, found.notebook = too_large(mine), None


def _notebooks(folder: Path) -> list[Path]:
    return [path for path in listed(folder) if path.name.lower().endswith(NOTEBOOK_SUFFIXES)]


def _is_file(path: Path) -> bool:
    return not path.is_symlink() and path.is_file()


def _notebook(folder: Path, lesson: Lesson) -> tuple[Path | None, str]:
    """The notebook that is graded, or None and why there is none.

    It is the one with the lesson's name; else, of the newest first, the first that holds the lesson; else the newest. If nothing
    was done in the one with the lesson's name, one beside it in which something was done is meant. Where no notebook lies in the
    folder, a file with another ending that holds the lesson is taken, or the only notebook one folder deeper.
    """
    named = folder / f"{lesson.name}.ipynb"
    if named.is_symlink():
        return None, f"{named.name}: a link to another place; links are not followed. Hand in the file itself."
    newest_first = _newest_first(_notebooks(folder))
    if named.is_file():
        others = [path for path in newest_first if path != named]
        if others and _is_worked_on(named, lesson) is False:
            return next((path for path in others if _is_worked_on(path, lesson)), named), ""
        return named, ""
    for path in newest_first:
        if _is_worked_on(path, lesson) is not None:
            return path, ""
    if newest_first:
        return newest_first[0], ""
    return _elsewhere(folder, lesson)


def _newest_first(paths: list[Path]) -> list[Path]:
    """The newest of some files, as many as are looked into. Links and what is no file are left out."""
    ordered = sorted(filter(_is_file, paths), key=lambda path: path.stat().st_mtime, reverse=True)
    found: list[Path] = []
    left = LOOKED_INTO
    for path in ordered[:NOTEBOOKS]:
        left -= min(path.stat().st_size, limits().notebook_bytes)
        if left >= 0 or not found:
            found.append(path)
    return found


def _elsewhere(folder: Path, lesson: Lesson) -> tuple[Path | None, str]:
    """The notebook of a submission that has no `*.ipynb` file: under another name, or one folder deeper; else why there is none."""
    cure = f"Hand in {lesson.name}.ipynb."
    files = listed(folder)
    archives = [path for path in files if path.name.lower().endswith(ARCHIVES)]
    taken_along = [path for path in files if path.name.lower().endswith(EXTRA_SUFFIXES) or path.name in BOOKKEEPING]
    others = _newest_first([path for path in files if path not in archives and path not in taken_along])
    for path in others:
        if _is_worked_on(path, lesson) is not None:
            return path, ""
    deeper, more = _deeper(folder, lesson)
    if deeper is not None:
        return deeper, ""
    if more:
        names = ", ".join(printable(path.relative_to(folder).as_posix()) for path in more[:3])
        return (
            None,
            f"{printable(folder.name)}: there is no notebook in this folder, but several one folder deeper ({names}). {cure}",
        )
    called = [path for path in others if ".ipynb" in path.name.lower() or path.name.lower().startswith(lesson.name)]
    if called:
        # Under the lesson's name, but not the lesson: what it is stands in the reason.
        return called[0], ""
    if archives:
        packed = next((name for path in archives if (name := _packed_in(path))), "")
        where = f"{packed} lies in it" if packed else "perhaps it lies in it"
        name = printable(archives[0].name)
        return None, f"{name}: an archive; there is no notebook beside it, {where}. Unpack it. {cure}"
    if any(path.name == CHECKPOINTS and path.is_dir() for path in all_in(folder)):
        return (
            None,
            f"{printable(folder.name)}: there is no notebook in this folder, only Jupyter's own checkpoints. {cure}",
        )
    other = f" It holds {printable(others[0].name)}." if others else ""
    return None, f"{printable(folder.name)}: there is no notebook in this folder.{other} {cure}"


def _deeper(folder: Path, lesson: Lesson) -> tuple[Path | None, list[Path]]:
    """The only notebook one folder deeper, or the only one with the lesson's name; and all that there are."""
    folders = [path for path in listed(folder) if path.is_dir() and not path.is_symlink()]
    folders = [path for path in folders if path.name not in IGNORED_FOLDERS]
    found = [path for place in folders[:FOLDERS] for path in _notebooks(place) if _is_file(path)]
    named = [path for path in found if path.name == f"{lesson.name}.ipynb"]
    only = found if len(found) == 1 else named
    return (only[0] if len(only) == 1 else None), found


def _packed_in(path: Path) -> str:
    """The name of a notebook in a zip file, or "". The archive is not unpacked: names stand at its end as they are."""
    try:
        if not _is_file(path):
            return ""
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - END_OF_ARCHIVE))
            found = PACKED.search(file.read(END_OF_ARCHIVE))
    except OSError:
        return ""
    return printable(found[1].decode("utf-8", "replace")) if found else ""


def _is_worked_on(path: Path, lesson: Lesson) -> bool | None:
    """Whether a notebook holds more than the release; None if it does not hold the lesson, or cannot be read."""
    try:
        raw = read_notebook(path)
        must_hold(raw, lesson)
        written, given = rebuild(raw, lesson, "").notebook.cells, lesson.read_release().cells
    except Unreadable:
        return None
    return [cell.source for cell in written] != [cell.source for cell in given]


def _with_time(found: SubmissionFolder) -> str:
    said = f"{found.input_digest}\n{found.reason}\n".encode("utf-8", "surrogateescape")
    text, reason = time_text(found.folder)
    return hashlib.sha256(said + (text or reason).encode()).hexdigest()


# -- a copy of it -----------------------------------------------------------------------------------------------------


class FolderChanging(OSError):
    """A submission was written to each time that it was copied. The next run finds it whole."""


def copy_folder(submitted: SubmissionFolder, lesson: Lesson, folder: Path) -> SubmissionFolder:
    """Copy a submission into a folder, which is made anew, and return it as it was when it was copied.

    The notebook gets the lesson's name; an empty file stands for one that is missing. Where the copy is not what was looked at,
    because somebody writes to it meanwhile, it is looked at again. nbgrader's own files are not copied: see `bookkeeping`
    and `submission_time`.

    Raises
    ------
    FolderChanging
        If it was written to each time.
    OSError
        If the disk fails.
    """
    for _ in range(COPIES):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        notebook = folder / f"{lesson.name}.ipynb"
        try:
            copies = {name: folder / name for name in submitted.files}
            for name, path in submitted.files.items():
                copy_file(path, copies[name], limits().extra_file_bytes)
            if submitted.notebook is None:
                notebook.touch()
            else:
                copy_file(submitted.notebook, notebook, limits().notebook_bytes)
            if digest_inputs(None if submitted.notebook is None else notebook, copies) == submitted.input_digest:
                return submitted
        except OSError:
            if submitted == (again := inspect_folder(submitted.folder, lesson)):
                # Not because it changes.
                raise
            submitted = again
            continue
        submitted = inspect_folder(submitted.folder, lesson)
    raise FolderChanging(
        None, f"{printable(submitted.folder.name)}: it is being written to at this moment. Run the same command again."
    )
