"""All that is done with one submission away from the process that records grades: read it, rebuild it, grade it, write its graded notebook.

`Task` in, `Done` out; both are plain data, so it does not matter in which process or on which machine this is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import nbformat
from nbformat import NotebookNode

from autograder import settings
from autograder.course.catalog import Lesson, exercises_of
from autograder.course.packed import unpack
from autograder.errors import Unreadable
from autograder.grading.job import GradeJob, GradeReport, grade
from autograder.grading.score import no_result, too_costly
from autograder.results import Result, Verdict
from autograder.settings import Settings
from autograder.submission.reader import RawNotebook, notebook_of
from autograder.submission.rebuild import must_hold, rebuild

LATE_UNKNOWN = "Nobody knows whether this is late."


class NotebookSteps(Protocol):
    """What a host does with a notebook before it is graded, and behind. Can be pickled; reads nothing but what it is given."""

    def before(self, notebook: NotebookNode, student: str, note: dict[str, Any]) -> NotebookNode:
        """Return a rebuilt notebook as it is to be graded, with the note in its metadata."""

    def behind(self, notebook: NotebookNode, student: str, result: Result) -> tuple[str, Any]:
        """Return the text of the graded notebook, and what the host is to record, as plain data."""


@dataclass(frozen=True)
class Task:
    """One submission that waits to be graded.

    Attributes
    ----------
    student : str
    job : GradeJob
        Without the notebook and the repairs, which are made of what was handed in.
    handed_in : bytes
        The notebook file as it was copied.
    input_digest : str
    reason : str
        Why the file cannot be graded, or "".
    refused : tuple of str
        One line for each thing that was not taken along.
    late_unknown : str
        Why nobody knows when it was handed in, or "".
    has_due_date : bool
        Whether it matters when it was handed in.
    note : dict
        What a graded notebook says of the submission that it was made from.
    steps : NotebookSteps
        The host's.
    sandbox : str
        The name of the isolation.
    given_up : str
        Why it is not tried again and a human has to look, or "".
    """

    student: str
    job: GradeJob
    handed_in: bytes = field(repr=False)
    input_digest: str
    reason: str
    refused: tuple[str, ...]
    late_unknown: str
    has_due_date: bool
    note: dict[str, Any]
    steps: NotebookSteps
    sandbox: str
    given_up: str = ""


@dataclass(frozen=True)
class Done:
    """What came of a task.

    Attributes
    ----------
    result : Result
    repairs : tuple of str
        What was changed in the submission before it was graded.
    reason : str
        Why the submission could not be read, or "".
    notebook : str
        The text of the graded notebook; "" where the grader failed.
    to_record : object
        What the host is to record; None where the grader failed.
    """

    result: Result
    repairs: tuple[str, ...]
    reason: str = ""
    notebook: str = field(default="", repr=False)
    to_record: Any = None


def carry_out(task: Task) -> Done:
    """Return what comes of a task. Where the grader fails, the verdict says so.

    Raises
    ------
    Exception
        If the host's own steps fail, or the lesson cannot be read.
    """
    lesson = unpack(task.job.lesson)
    here = Settings(lesson.root, lesson.root, task.job.limits, task.job.packages)
    with settings.using(here):
        raw, reason = _read(task, lesson)
        submission = rebuild(raw, lesson, task.input_digest)
        submission.repairs += task.refused
        # Where that is why a human has to look, it is said there.
        if task.late_unknown and not (task.has_due_date and not reason and not task.given_up):
            submission.repairs.append(task.late_unknown.rstrip("."))
        repairs = tuple(submission.repairs)
        note = {**task.note, "reason": reason, "repaired": list(repairs)}
        notebook = task.steps.before(submission.notebook, task.student, note)
    report = _report(task, notebook, lesson, reason, repairs)
    if report.result.verdict == Verdict.INFRA:
        return Done(report.result, repairs, reason)
    with settings.using(here):
        text, to_record = task.steps.behind(report.read_notebook(), task.student, report.result)
    return Done(report.result, repairs, reason, text, to_record)


def _read(task: Task, lesson: Lesson) -> tuple[RawNotebook, str]:
    """The notebook of a submission; of one that cannot be read a blank, and why."""
    if task.reason:
        return RawNotebook.blank(), task.reason
    try:
        raw = notebook_of(task.handed_in, f"{lesson.name}.ipynb")
        must_hold(raw, lesson)
    except Unreadable as error:
        return RawNotebook.blank(), str(error)
    return raw, ""


def _report(task: Task, notebook: NotebookNode, lesson: Lesson, reason: str, repairs: tuple[str, ...]) -> GradeReport:
    """Grade a submission, or say why that is not done."""
    name, text = task.job.name, nbformat.writes(notebook, indent=None)
    about: dict[str, Any] = {"sandbox": task.sandbox, "exercises": exercises_of(notebook)}
    if reason:
        return GradeReport(no_result(lesson, name, Verdict.REVIEW, reason, **about), text)
    if task.given_up:
        return GradeReport(too_costly(lesson, name, task.given_up, **about), text)
    report = grade(replace(task.job, notebook=text, repairs=repairs))
    if task.late_unknown and task.has_due_date and report.result.verdict not in (Verdict.REVIEW, Verdict.INFRA):
        report.result.verdict, report.result.reason = Verdict.REVIEW, f"{LATE_UNKNOWN} {task.late_unknown}"
    return report
