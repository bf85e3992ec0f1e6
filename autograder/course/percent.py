"""Reads the percent scripts that hold answers: lessons, shared set-up, collected answers."""

from __future__ import annotations

from pathlib import Path

import jupytext
from nbformat import NotebookNode

from autograder.course.markers import SENTINEL_LINE
from autograder.errors import CourseError


def read_script(path: Path) -> NotebookNode:
    """Read the cells of a script whose first line is the sentinel's.

    Raises
    ------
    CourseError
        Where the file cannot be read, or begins with another line.
    """
    try:
        first, _, text = path.read_text("utf-8").partition("\n")
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}.") from error
    if first.rstrip() != SENTINEL_LINE:
        raise CourseError(
            f"{path}, line 1: the line `{SENTINEL_LINE}` is missing, by which the sandbox knows files with answers. "
            "Put it there."
        )
    return jupytext.reads(text, fmt="py:percent")
