"""What nbgrader does around grading, for a command of the grader's own: collect from the exchange, make feedback pages, release them."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbgrader.auth import Authenticator
from nbgrader.converters.base import NbGraderException
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.lock import lock
from autograder.hosts.nbgrader.command import Grading
from autograder.hosts.nbgrader.feedback import CourseFeedback


class WholeCollect(ExchangeCollect):
    """nbgrader's `collect`, which puts a submission in its place whole: whoever is killed meanwhile leaves no half of one."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a folder beside its place, under a name that nobody looks at, and then put it there."""
        partial = Path(dest).with_name(f".{Path(dest).name}.collected")
        shutil.rmtree(partial, ignore_errors=True)
        super().do_copy(src, str(partial))
        os.replace(partial, dest)


def collect(grading: Grading, lesson: Lesson) -> None:
    """Bring what is new from the exchange to submitted/, as `nbgrader collect --update` does. CourseError if that cannot be done."""
    app = grading.app
    factory = ExchangeFactory(parent=app)
    kind = WholeCollect if factory.collect is ExchangeCollect else factory.collect
    _point_at(grading, lesson, "*")
    with lock(
        Path(grading.coursedir.root), f"autograder grade --collect {lesson.name}", shared=grading.coursedir.groupshared
    ):
        step = kind(coursedir=grading.coursedir, authenticator=Authenticator(parent=app), parent=app)
        step.update = True
        _do(step, f"{lesson.name}: nothing could be collected")


def make_pages(grading: Grading, lesson: Lesson) -> None:
    """Make the feedback pages that are not there or older than the grade. CourseError if one cannot be made."""
    _point_at(grading, lesson, "*")
    _do(CourseFeedback(coursedir=grading.coursedir, parent=grading.app), f"{lesson.name}: not all pages could be made")


def release_pages(grading: Grading, lesson: Lesson, students: Iterable[str]) -> None:
    """Release the feedback pages of these students. CourseError if that cannot be done."""
    factory = ExchangeFactory(parent=grading.app)
    for student in map(glob.escape, students):
        _point_at(grading, lesson, student)
        step = factory.release_feedback(
            coursedir=grading.coursedir, authenticator=Authenticator(parent=grading.app), parent=grading.app
        )
        _do(step, f"{lesson.name}: no feedback could be released")
    _point_at(grading, lesson, "*")


def _point_at(grading: Grading, lesson: Lesson, student: str) -> None:
    grading.coursedir.assignment_id, grading.coursedir.student_id = lesson.name, student


def _do(step: Any, trouble: str) -> None:
    try:
        step.start()
    except (ExchangeError, NbGraderException, OSError, RuntimeError, SystemExit) as error:
        why = " ".join(str(error).split())
        raise CourseError(f"{trouble} ({why})." if why and why != "1" else f"{trouble}.") from None
