"""A lesson as plain data that can be sent to another process or machine, and brought back into files there."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from autograder import files, settings
from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.tempdirs import kept


@dataclass(frozen=True)
class PackedLesson:
    """All files of a lesson that a grade is made from.

    Attributes
    ----------
    name : str
        The lesson's name, "02_lab_split".
    digest : str
        SHA-256 over the names and contents of the files, as hex digits.
    files : tuple of (str, bytes)
        Each file's path in the course's folder, and its content.
    home : str
        The course's folder where the lesson was packed; messages name it.
    """

    name: str
    digest: str
    files: tuple[tuple[str, bytes], ...] = field(repr=False)
    home: str = ""


def pack(lesson: Lesson) -> PackedLesson:
    """Return a lesson's release, solution, hidden checks and calibrations as plain data.

    Raises
    ------
    CourseError
        If the release, the solution or the checks cannot be read.
    """
    named = {
        f"lessons/{lesson.name}/{lesson.name}.ipynb": lesson.release,
        f"solutions/{lesson.name}/{lesson.name}.ipynb": lesson.solution,
        f"autograder/checks/test_{lesson.name}.py": lesson.checks,
    }
    files = {name: _content(path) for name, path in named.items()}
    measured = {f"assets/{path.name}": path for path in settings.calibration_files()}
    files |= {name: _content(path) for name, path in measured.items() if path.is_file()}
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}: {len(content)}\n".encode())
        digest.update(content)
    return PackedLesson(lesson.name, digest.hexdigest(), tuple(sorted(files.items())), str(lesson.root))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"{path}: {error.strerror}. Nothing can be graded without it. Run `autograder build`, or bring the file back."
        ) from error


def unpack(packed: PackedLesson) -> Lesson:
    """Return the lesson with its files in a temporary folder of this process, which has them once for each digest."""
    root = _folder_of(packed.digest)
    for name, content in packed.files:
        path = root / name
        if not path.exists():
            files.write(path, content, folders=True)  # whole or not at all: half a check file has fewer checks
    return Lesson(packed.name, root)


@functools.lru_cache(maxsize=8)
def _folder_of(digest: str) -> Path:
    """A folder for one packed lesson, for the rest of this process's life."""
    return kept("autograder-lesson-")
