"""Grade one notebook file without a class: `autograder check`, a watch over one's own notebooks, Gradescope."""

from __future__ import annotations

import time
from pathlib import Path

from autograder.course.catalog import Lesson, exercises_of
from autograder.environment import must_be_sound
from autograder.errors import CourseError, Unreadable
from autograder.grading.job import grade, job_of
from autograder.grading.journal import Journal
from autograder.grading.proof import must_pass
from autograder.grading.score import no_result
from autograder.results import Result, Verdict
from autograder.sandbox import backend
from autograder.sandbox.isolation import Isolation
from autograder.settings import Settings
from autograder.submission.rebuild import Submission, open_submission


def grade_file(path: Path) -> Result:
    """Grade one notebook file. Whatever is wrong with the file ends in a verdict, not in an exception.

    Raises
    ------
    CourseError
        If no grade of this grader would mean anything: Python, the sandbox, or the course itself is not as it must be.
    """
    began = time.monotonic()
    must_be_sound()
    try:
        submission = open_submission(path)
    except Unreadable as error:
        sandbox = backend.choose().name
        return Result(None, str(path), Verdict.REVIEW, None, None, _since(began), sandbox, reason=str(error))
    result = grade_submission(submission, str(path), must_be_fit(submission.lesson))
    result.seconds = _since(began)
    return result


def must_be_able() -> Isolation:
    """Return what keeps student code apart; CourseError if no notebook could be graded here: Python, or the sandbox, is not as it must be."""
    must_be_sound()
    return backend.choose()


def must_be_fit(lesson: Lesson) -> Settings:
    """Return the settings of the course if a grade of this lesson would mean something here; CourseError if not."""
    must_be_able()
    course = Settings.load()
    must_pass(lesson, Journal(course.directory), course)
    return course


def grade_submission(submission: Submission, name: str, course: Settings) -> Result:
    """Grade a submission that was rebuilt, where `must_be_fit` found nothing. Whatever goes wrong ends in a verdict."""
    try:
        return grade(job_of(submission, name, course, pictures=False)).result
    except CourseError as error:  # the secret is damaged
        sandbox, exercises = backend.choose().name, exercises_of(submission.notebook)
        return no_result(submission.lesson, name, Verdict.INFRA, str(error), sandbox=sandbox, exercises=exercises)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 2)
