"""A course of the small lesson with one graded submission, and what the gradebook says."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course.catalog import Lesson
from tests.support import canned, tiny


def one_graded(folder: Path) -> None:
    """A course with one submission, graded."""
    lesson = tiny.make_course(folder)
    tiny.submit(lesson, "sample", tiny.right(lesson))
    done = tiny.nbgrader(folder, "autograde", lesson.name)
    assert done.returncode == 0, done.stderr


def scores(lesson: Lesson) -> dict[str, float]:
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:
        return {found.student.id: found.score for found in book.find_assignment(lesson.name).submissions}


def refused(lesson: Lesson, *command: str) -> str:
    """The one line with which a command refuses."""
    done = canned.nbgrader(lesson.root, *command)
    assert done.returncode == 1, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert len(lines) == 1, lines
    return lines[0]
