"""Writes what came of a submission into nbgrader's gradebook, in a transaction that is open, and reads what is recorded of a class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties

from autograder.errors import CourseError


@dataclass(frozen=True)
class ToRecord:
    """What a graded notebook says, as plain data.

    Attributes
    ----------
    scores : dict of str to (float or None)
        Of each grade cell; None where a human gives the points.
    points : dict of str to float
        What each grade cell is worth in the notebook.
    commented : tuple of str
        The cells that have a place for a comment.
    first : str
        The grade cell that waits for a human although there are points, which are provisional, or "".
    """

    scores: dict[str, float | None]
    points: dict[str, float]
    commented: tuple[str, ...]
    first: str = ""


def record(
    book: Gradebook,
    lesson: str,
    student: str,
    new: ToRecord,
    penalize: Callable[..., None],
    *,
    same: bool = True,
    **times: datetime | None,
) -> str:
    """Record a submission: scores, comments, late penalty. What a human wrote stays.

    Parameters
    ----------
    book : Gradebook
        With a transaction that is open.
    lesson, student : str
    new : ToRecord
    penalize : callable
        `assign_penalty` or something that calls it.
    same : bool
        Whether the grade that is there is one of the same submission: then a human who gave points does not have to look again.
    **times
        `timestamp`: when it was handed in, None if that is not known; left out, the time that is there stays.

    Returns
    -------
    str
        The student's due date, "" for none.

    Raises
    ------
    MissingEntry
        If the gradebook does not know the student or the lesson.
    CourseError
        If the points of the lesson were changed since the notebook was graded.
    """
    whole = book.update_or_create_submission(lesson, student)
    if not whole.notebooks:  # a due date of the student's own, given before the lesson was entered
        extension = whole.extension
        book.remove_submission(lesson, student)
        whole = book.add_submission(lesson, student, extension=extension)
    if "timestamp" in times:
        # Not of the submission before.
        whole.timestamp = times["timestamp"]
    saved = _notebook_of(whole, lesson)
    book.db.flush()
    _must_be_worth_the_same(book, saved, lesson, new.points)
    grades, comments = (_by_cell(book, kind, saved) for kind in (Grade, Comment))
    for name, score in new.scores.items():
        grade = _of(grades, name, lesson)
        grade.auto_score = score
        by_hand = grade.manual_score is not None
        if not (same and by_hand):
            # nbgrader's own rule: what a human scored before is looked at again.
            grade.needs_manual_grade = score is None or by_hand
    for name in new.commented:
        # nbgrader writes "No response." under an answer that is the release's; the card says so, where it is true.
        _of(comments, name, lesson).auto_comment = None
    book.db.flush()
    penalize(whole, saved)
    if new.first:
        _of(grades, new.first, lesson).needs_manual_grade = True
    return _text_of(whole.duedate)


def assign_penalty(parent: Any, whole: SubmittedAssignment, saved: SubmittedNotebook) -> None:
    """Take off for lateness what the instructor's plug-in says, as part of a transaction that is open.

    parent: whose configuration names the plug-in.
    """
    saved.late_submission_penalty = None
    late = whole.total_seconds_late
    if late <= 0:
        return
    step, student = AssignLatePenalties(parent=parent), whole.student.id
    step.init_plugin()
    penalty = step.plugin_inst.late_submission_penalty(student, saved.score, late)
    step.log.warning("%s is %s seconds late; penalty: %s", student, late, penalty)
    if penalty is not None:
        saved.late_submission_penalty = step._check_late_penalty(saved, penalty)


def recorded(book: Gradebook, lesson: str) -> set[str]:
    """Return the students who have a submission of a lesson in the gradebook."""
    found = book.db.query(SubmittedAssignment.student_id).join(Assignment).filter(Assignment.name == lesson)
    return {student for (student,) in found}


def due_dates(book: Gradebook, lesson: str) -> dict[str, str]:
    """Return the due date of each student who has a submission of a lesson, with the extension that they were granted; "" for none."""
    asked = book.db.query(SubmittedAssignment.student_id, SubmittedAssignment.extension, Assignment.duedate)
    found = asked.join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    return {
        s: _text_of(due and due + (more or timedelta())) for s, more, due in found.filter(Assignment.name == lesson)
    }


def _text_of(due: datetime | None) -> str:
    return due.isoformat() if due else ""


def _notebook_of(whole: SubmittedAssignment, lesson: str) -> SubmittedNotebook:
    for saved in whole.notebooks:
        if saved.name == lesson:
            return saved
    raise MissingEntry(f"No such submitted notebook: {lesson} for {whole.student_id}")


def _by_cell(book: Gradebook, kind: Any, saved: SubmittedNotebook) -> dict[str, Any]:
    """The grades or comments of a submitted notebook, by the names of their cells."""
    asked = book.db.query(BaseCell.name, kind).join(kind, kind.cell_id == BaseCell.id)
    return {name: found for name, found in asked.filter(kind.notebook_id == saved.id)}


def _of(found: dict[str, Any], name: str, lesson: str) -> Any:
    if name not in found:
        raise CourseError(
            f"{lesson}: the gradebook has no cell {name} for this submission. Run `nbgrader generate_assignment {lesson}`."
        )
    return found[name]


def _must_be_worth_the_same(book: Gradebook, saved: SubmittedNotebook, lesson: str, points: dict[str, float]) -> None:
    asked = book.db.query(GradeCell.name, GradeCell.max_score).join(Notebook, Notebook.id == GradeCell.notebook_id)
    now = {name: float(score) for name, score in asked.filter(Notebook.id == saved.notebook_id)}
    if any(now.get(name, worth) != worth for name, worth in points.items()):
        raise CourseError(f"{lesson}: the points in the gradebook were changed while the class was graded.")
