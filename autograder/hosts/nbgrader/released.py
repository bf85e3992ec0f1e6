"""Keeps what the gradebook knows of a lesson equal to its release: points and cells, entered or brought up to date."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from autograder.course.catalog import Lesson
from autograder.errors import CourseError

Cells = dict[str, tuple[float | None, str]]  # by name: the points, None where there are none, and the source


def release_of(coursedir: CourseDirectory, lesson: Lesson) -> Path:
    """The released notebook of a course directory; the grader's own where the folder has none."""
    here = Path(coursedir.format_path(coursedir.release_directory, ".", lesson.name), f"{lesson.name}.ipynb")
    return here if here.is_file() else lesson.release


def read(path: Path) -> NotebookNode:
    """A released notebook. CourseError if it cannot be read."""
    try:
        notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
        cells_of(notebook)
        return notebook
    except Exception as error:  # of a broken notebook nbformat says so in many ways
        why = getattr(error, "strerror", None) or "it is not a notebook of a lesson"
        raise CourseError(f"{path}: the release cannot be read ({why}). Run `autograder build`.") from error


def cells_of(notebook: NotebookNode) -> Cells:
    """What the gradebook keeps of a released notebook."""
    kept = (c for c in notebook.cells if is_grade(c) or is_solution(c) or is_locked(c) or is_task(c))
    return {
        c.metadata.nbgrader["grade_id"]: (float(c.metadata.nbgrader["points"]) if is_grade(c) else None, c.source)
        for c in kept
    }


def known_cells(gradebook: Gradebook, lesson: Lesson) -> Cells | None:
    """What the gradebook keeps of a lesson, None if it does not know the lesson."""
    try:
        notebook = gradebook.find_notebook(lesson.name, lesson.name)
    except MissingEntry:
        return None
    points = {cell.name: float(cell.max_score) for cell in notebook.grade_cells}
    return {cell.name: (points.get(cell.name), cell.source or "") for cell in notebook.source_cells}


def enter(coursedir: CourseDirectory, lesson: Lesson) -> list[str]:
    """Make the gradebook equal to the release where it is not; returns a line for each thing that became another.

    CourseError if the release has other exercises than those that submissions were graded with.
    """
    path = release_of(coursedir, lesson)
    notebook = read(path)
    wanted = cells_of(notebook)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        known = known_cells(gradebook, lesson)
        if known == wanted:
            return []
        if known is not None and set(known) != set(wanted):
            _must_have_no_grades(gradebook, lesson, path, set(known) ^ set(wanted))
        gradebook.update_or_create_assignment(lesson.name)
    facts = {"notebook": lesson.name, "assignment": lesson.name, "db_url": coursedir.db_url}
    SaveCells().preprocess(notebook, {"nbgrader": facts})
    if known is None:
        return [f"{lesson.name}: entered into the gradebook"]
    changed = [name for name in wanted if name in known and known[name][0] != wanted[name][0]]
    lines = [f"{name}: {known[name][0]:g} → {wanted[name][0]:g} points" for name in changed]
    return [f"{lesson.name}: the gradebook was brought up to the release", *lines]


def _must_have_no_grades(gradebook: Gradebook, lesson: Lesson, path: Path, others: set[str]) -> None:
    graded = len(gradebook.find_notebook(lesson.name, lesson.name).submissions)
    if graded:
        raise CourseError(
            f"{path}: the release has other exercises than the gradebook ({', '.join(sorted(others)[:6])}), and {graded}"
            " submissions were graded with those. Put the old release back; or take the lesson with its grades out of the gradebook,"
            f" `nbgrader db assignment remove {lesson.name} --force`, and grade it anew."
        )
