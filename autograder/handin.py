"""What a student handed in: which notebook it is, which files come along with it, and the hash of all that."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograder import intake
from autograder.course import Lesson
from autograder.limits import LIMITS, MIB

TAKEN_ALONG = (".weights.h5", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
TIMESTAMP = "timestamp.txt"  # when it was handed in: nbgrader writes and reads it
HASHED_AT_ONCE = MIB


@dataclass
class HandIn:
    """One student's folder for one lesson, looked at but not read yet.

    notebook: the file that is graded, or None with the `reason`. files: what comes along, by name. refused: one line
    for each thing that does not. sha256: of the notebook and of what comes along; it decides whether this is new.
    """

    folder: Path
    notebook: Path | None = None
    reason: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    sha256: str = ""


def look_at(folder: Path, lesson: Lesson) -> HandIn:
    """Choose the notebook and the files of a hand-in. Follows no links; whatever is wrong becomes a reason or a refusal."""
    found = HandIn(folder)
    if any(place.is_symlink() for place in (folder, folder.parent)):
        found.reason = f"{folder.name}: the folder is a link to another place; links are not followed."
    else:
        found.notebook, found.reason = _notebook(folder, lesson)
        found.files, found.refused = extra_files(folder)
        found.refused += [
            f"{printable(path.name)}: not taken along (only one notebook is graded, {printable(found.notebook.name)})"
            for path in _listed(folder)
            if found.notebook is not None and path.suffix == ".ipynb" and path != found.notebook
        ]
    found.sha256 = _hash(found)
    return found


def extra_files(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The files beside a notebook that come along: pictures and `*.weights.h5`, no links, within the limits; and why others do not."""
    taken: dict[str, Path] = {}
    refused: list[str] = []
    for path in _listed(folder):
        if path.suffix == ".ipynb" or path.name == TIMESTAMP:
            continue
        why = _refusal(path, len(taken))
        if why:
            refused.append(f"{printable(path.name)}: not taken along ({why})")
        else:
            taken[path.name] = path
    most = LIMITS.extra_files
    return taken, refused if len(refused) <= most else [*refused[:most], f"and {len(refused) - most} more files"]


def _refusal(path: Path, already: int) -> str:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "it is a link"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a file"
    if not path.name.isprintable():
        return "its name holds characters that cannot be printed"
    if not path.name.lower().endswith(TAKEN_ALONG):
        return "only pictures and *.weights.h5 files are"
    if status.st_size > LIMITS.extra_file_bytes:
        return f"it is larger than {LIMITS.extra_file_bytes // MIB} MB"
    return "there are too many files" if already >= LIMITS.extra_files else ""


def printable(name: str) -> str:
    """A file's name as it may stand in a log or on a page: in one line, and not without end."""
    return "".join(c if c.isprintable() else "?" for c in name)[:80]


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _notebook(folder: Path, lesson: Lesson) -> tuple[Path | None, str]:
    """The lesson's notebook: the one with its name; else, of the newest first, the first that holds the lesson; else the newest."""
    named = folder / f"{lesson.name}.ipynb"
    if named.is_symlink():
        return None, f"{named.name}: a link to another place; links are not followed. Hand in the file itself."
    if named.is_file():
        return named, ""
    others = [path for path in _listed(folder) if path.suffix == ".ipynb" and not path.is_symlink() and path.is_file()]
    newest_first = sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first:
        try:
            intake.must_hold(intake.read(path)[1], lesson, path)
        except intake.Unreadable:
            continue
        return path, ""
    if newest_first:
        return newest_first[0], ""
    return None, f"{folder.name}: there is no notebook in this folder. Hand in {lesson.name}.ipynb."


def _hash(found: HandIn) -> str:
    """SHA-256 over names and contents: of the notebook, of what comes along, of the time of handing in; over the reason if there is none."""
    digest = hashlib.sha256()
    parts = {"notebook": found.notebook, **found.files, TIMESTAMP: found.folder / TIMESTAMP}
    for name, path in sorted(parts.items()):
        if path is None or path.is_symlink() or not path.is_file():
            digest.update(f"{name}: {found.reason}\n".encode())
            continue
        digest.update(f"{name}: {path.stat().st_size}\n".encode())
        with open(path, "rb") as file:
            while block := file.read(HASHED_AT_ONCE):
                digest.update(block)
    return digest.hexdigest()
