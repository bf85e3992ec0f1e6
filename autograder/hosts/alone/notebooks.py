"""Which notebooks a command line of a learner means: files, or those of the course's lessons in a folder."""

from __future__ import annotations

import os
from pathlib import Path

from autograder import files
from autograder.course.catalog import lessons
from autograder.errors import CourseError
from autograder.safe_text import readable
from autograder.submission.files import NOTEBOOK_SUFFIXES

# Folders down from the one that is named: `autograder watch .` in a clone finds `lessons/01_rgb_grids/01_rgb_grids.ipynb`.
DEEP = 2
# Folders of a course directory in which others' notebooks lie, or the course's own answers.
PASSED_OVER = frozenset(
    {"solutions", "source", "submitted", "autograded", "downloaded", "feedback", "build", "node_modules", "__pycache__"}
)
MOST_FOLDERS = 500


def folders_in(folder: Path) -> list[Path]:
    """Return a folder and those in it that may hold a learner's notebooks, two levels down, the upper ones first."""
    found, level = [folder], [folder]
    for _ in range(DEEP):
        level = [inner for outer in level for inner in _inner(outer)][:MOST_FOLDERS]
        found += level
    return found


def _inner(folder: Path) -> list[Path]:
    try:
        inner = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
    return [folder / name for name in inner if not name.startswith(".") and name not in PASSED_OVER]


def notebooks_in(folder: Path) -> list[Path]:
    """Return the notebook files in a folder and its subfolders, without the course's own solutions; by path."""
    answers = {lesson.solution.resolve() for lesson in lessons()}
    found = []
    for place in folders_in(folder):
        try:
            names = sorted(os.listdir(place))
        except OSError:
            continue
        found += [place / name for name in names if name.endswith(".ipynb") and not name.startswith(".")]
    # Links lead to files; one that leads nowhere, or back to itself, hides no other file.
    return [path for path in found if os.path.isfile(path) and path.resolve() not in answers]


def must_be_there(place: Path) -> None:
    """CourseError if a path that somebody named is neither a notebook nor a folder, or is not there."""
    shown = readable(str(place))
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise CourseError(
            f"{shown}: there is no such file or folder. Is the name right, and is this the right folder?"
        ) from None
    except OSError as error:
        raise CourseError(files.trouble(error)) from error
    if not place.is_dir() and not place.name.lower().endswith(NOTEBOOK_SUFFIXES):
        raise CourseError(f"{shown}: not a notebook. Name a file that ends in .ipynb, or a folder with such files.")
