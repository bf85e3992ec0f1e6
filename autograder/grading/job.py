"""Grades one submission: runs the rebuilt notebook and lets the judge ask at each grade cell."""

from __future__ import annotations

import time
import traceback
from pathlib import Path

from autograder.checks.runner import draw_key, judge
from autograder.course.catalog import Exercise, exercises_of
from autograder.environment import must_be_sound
from autograder.errors import CourseError, GraderFault, StudentTooMuch, Unreadable
from autograder.grading.proof import must_pass
from autograder.grading.records import Journal
from autograder.grading.score import no_result, result_of, traces_of
from autograder.kernel.client import Student
from autograder.kernel.session import NotebookRun
from autograder.limits import LIMITS
from autograder.networks import worker
from autograder.results import CheckResult, Result, Verdict
from autograder.sandbox import backend
from autograder.sandbox.box import scratch_folder
from autograder.sandbox.isolation import Isolation
from autograder.secret import read_secret
from autograder.submission.folder import content_hash, extra_files
from autograder.submission.intake import Submission, open_submission

KNOWN_FAULTS = (GraderFault, CourseError)


def grade_file(path: Path) -> Result:
    """Grade one notebook file. Whatever is wrong with the file ends in a verdict, not in an exception.

    CourseError if no grade of this grader would mean anything: Python, the sandbox, or the course itself is not as it must be.
    """
    began = time.monotonic()
    must_be_sound()
    try:
        submission = open_submission(path)
        submission.folder = path.resolve().parent
        submission.sha256 = content_hash(path, extra_files(submission.folder)[0])
    except Unreadable as error:
        return Result(
            None, str(path), Verdict.REVIEW, None, None, _since(began), backend.choose().name, reason=str(error)
        )
    backend.choose()
    must_pass(submission.lesson, Journal(submission.lesson.root))
    result = grade_submission(submission, str(path), pictures=False)
    result.seconds = _since(began)
    return result


def grade_submission(submission: Submission, name: str, *, pictures: bool = True) -> Result:
    """Grade a rebuilt submission; its notebook is left as it was run, with the student's outputs.

    pictures: for a feedback page, draw the notebook's figures and run the cells behind the last grade cell too.
    """
    began = time.monotonic()
    exercises = exercises_of(submission.notebook)
    isolation = backend.choose()
    facts = {"sandbox": isolation.name, "exercises": exercises}
    try:
        checks, run = _run(submission, exercises, isolation, pictures=pictures)
        traces = {e.id: traces_of(e, submission.notebook, run.trouble) for e in exercises}
        result = result_of(submission.lesson, name, checks, **facts, traces=traces, too_much=_too_much(run))
    except Exception as error:  # whatever it is, it is the grader's fault and not a zero
        reason = str(error) if isinstance(error, KNOWN_FAULTS) else "".join(traceback.format_exception(error)[-4:])
        result = no_result(submission.lesson, name, Verdict.INFRA, reason, **facts)
    result.repaired = submission.repaired
    result.seconds = _since(began)
    return result


def _run(
    submission: Submission, exercises: list[Exercise], isolation: Isolation, *, pictures: bool
) -> tuple[list[CheckResult], NotebookRun]:
    """Run the notebook with the judge beside it; what the checks said, and the run with the trouble that it met."""
    place = {e.id: e.check_index for e in exercises}
    files = extra_files(submission.folder)[0] if submission.folder else {}
    key = draw_key(read_secret(), submission.sha256)
    worker.forget()
    with (
        scratch_folder() as folder,
        NotebookRun(submission.notebook, folder, LIMITS, isolation=isolation, files=files, pictures=pictures) as run,
    ):

        def student_at(exercise: str) -> Student:
            run.advance_to(place[exercise])
            return run.student

        checks = judge(submission.lesson, student_at, key, folder=submission.folder)
        if pictures:
            run.finish()
    return checks, run


def _too_much(run: NotebookRun) -> str:
    """What a notebook took too much of, for the teacher, or ""."""
    for index, trouble in sorted(run.trouble.items()):
        if isinstance(trouble, StudentTooMuch):
            return f"cell {index + 1}: {trouble}"
    return f"cell {min(run.cut) + 1}: it showed more than is kept; the rest was cut off." if run.cut else ""


def _since(began: float) -> float:
    return round(time.monotonic() - began, 2)
