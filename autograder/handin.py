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
NOTEBOOKS = 10  # that are looked into where none has the lesson's name
ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # of notebooks: some browsers add one
LONGEST_TIME = 200  # bytes of a timestamp


@dataclass
class HandIn:
    """One student's folder for one lesson, looked at but not read yet.

    notebook: the file that is graded, or None with the `reason`. files: what comes along, by name. refused: one line
    for each thing that does not. content: hash of the notebook and of what comes along, which is all that student code
    can see; hidden inputs are drawn from it. sha256: of that and of when it was handed in; it decides whether this is new.
    """

    folder: Path
    notebook: Path | None = None
    reason: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    content: str = ""
    sha256: str = ""
    data: dict | None = field(default=None, repr=False)  # the notebook's JSON once it was read


def look_at(folder: Path, lesson: Lesson) -> HandIn:
    """Choose the notebook and the files of a hand-in. Follows no links; whatever is wrong becomes a reason or a refusal."""
    found = HandIn(folder)
    try:
        if any(place.is_symlink() for place in (folder, folder.parent)):
            found.reason = f"{printable(folder.name)}: the folder is a link to another place; links are not followed."
        else:
            _choose(found, lesson)
        found.content = content_hash(found.notebook, found.files)
        found.sha256 = _with_time(found)
    except OSError as error:  # no rights, or it went away while it was looked at
        found.notebook, found.files = None, {}
        found.reason = f"{printable(folder.name)}: cannot be read ({error.strerror})."
        found.content = content_hash(None, {})
        found.sha256 = _with_time(found)
    return found


def _choose(found: HandIn, lesson: Lesson) -> None:
    found.notebook, found.reason = _notebook(found.folder, lesson)
    found.files, found.refused = extra_files(found.folder)
    if found.notebook is not None:
        mine = printable(found.notebook.name)
        others = [path for path in _notebooks(found.folder) if path != found.notebook]
        lines = [f"{printable(o.name)}: not taken along (only one notebook is graded, {mine})" for o in others]
        found.refused += _some(lines)
        if intake.is_too_large(found.notebook):
            found.reason, found.notebook = intake.too_large(found.notebook), None


def extra_files(folder: Path) -> tuple[dict[str, Path], list[str]]:
    """The files beside a notebook that come along: pictures and `*.weights.h5`, no links, within the limits; and why others do not."""
    taken: dict[str, Path] = {}
    refused: list[str] = []
    left = LIMITS.disk // 2  # they lie where the notebook writes
    for path in _listed(folder):
        if path.name.lower().endswith(ENDINGS) or path.name == TIMESTAMP:
            continue
        why = _refusal(path, len(taken), left)
        if why:
            refused.append(f"{printable(path.name)}: not taken along ({why})")
        else:
            taken[path.name] = path
            left -= path.lstat().st_size
    return taken, _some(refused)


def _some(lines: list[str]) -> list[str]:
    most = LIMITS.extra_files
    return lines if len(lines) <= most else [*lines[:most], f"and {len(lines) - most} more files"]


def _refusal(path: Path, already: int, left: int) -> str:
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
    if status.st_size > left:
        return f"the files together are larger than {LIMITS.disk // 2 // MIB} MB"
    return "there are too many files" if already >= LIMITS.extra_files else ""


def printable(name: str) -> str:
    """A file's name as it may stand in a log or on a page: in one line, and not without end."""
    return "".join(c if c.isprintable() else "?" for c in name)[:80]


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _notebooks(folder: Path) -> list[Path]:
    return [path for path in _listed(folder) if path.name.lower().endswith(ENDINGS)]


def _notebook(folder: Path, lesson: Lesson) -> tuple[Path | None, str]:
    """The lesson's notebook: the one with its name; else, of the newest first, the first that holds the lesson; else the newest.

    If nothing was done in the one with the lesson's name, one beside it in which something was done is meant.
    """
    named = folder / f"{lesson.name}.ipynb"
    if named.is_symlink():
        return None, f"{named.name}: a link to another place; links are not followed. Hand in the file itself."
    files = [path for path in _notebooks(folder) if not path.is_symlink() and path.is_file()]
    newest_first = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
    if named.is_file():
        others = [path for path in newest_first if path != named]
        if others and _is_worked_on(named, lesson) is False:
            return next((path for path in others[:NOTEBOOKS] if _is_worked_on(path, lesson)), named), ""
        return named, ""
    for path in newest_first[:NOTEBOOKS]:
        if _is_worked_on(path, lesson) is not None:
            return path, ""
    if newest_first:
        return newest_first[0], ""
    return None, f"{folder.name}: there is no notebook in this folder. Hand in {lesson.name}.ipynb."


def _is_worked_on(path: Path, lesson: Lesson) -> bool | None:
    """Whether a notebook holds more than the release; None if it does not hold the lesson, or cannot be read."""
    try:
        data = intake.read(path)[1]
        intake.must_hold(data, lesson, path)
    except intake.Unreadable:
        return None
    written, given = intake.rebuild(data, lesson, "").notebook.cells, lesson.read_release().cells
    return [cell.source for cell in written] != [cell.source for cell in given]


def content_hash(notebook: Path | None, files: dict[str, Path]) -> str:
    """SHA-256 over the names and contents of all that student code can see."""
    digest = hashlib.sha256()
    for name, path in sorted({"notebook": notebook, **files}.items()):
        if path is None:
            digest.update(b"no notebook\n")
            continue
        digest.update(f"{name}: {path.stat().st_size}\n".encode("utf-8", "surrogateescape"))
        with open(path, "rb") as file:
            while block := file.read(HASHED_AT_ONCE):
                digest.update(block)
    return digest.hexdigest()


def _with_time(found: HandIn) -> str:
    said = f"{found.content}\n{found.reason}\n".encode("utf-8", "surrogateescape")
    return hashlib.sha256(said + (timestamp(found.folder) or "").encode()).hexdigest()


def timestamp(folder: Path) -> str | None:
    """What the file says that tells when it was handed in; None if it is missing or cannot be one."""
    path = folder / TIMESTAMP
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LONGEST_TIME:
            return None
        return path.read_bytes().decode("utf-8", "replace").strip()
    except OSError:
        return None
