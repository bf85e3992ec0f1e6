"""Which submissions wait for a human, and why: those that nbgrader's formgrader shows as "needs manual grade". No export has their points."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbgrader.api import SubmittedAssignment

from autograder.errors import CourseError
from autograder.grading.journal import Event, Journal
from autograder.grading.kept import kept
from autograder.safe_text import printable
from autograder.settings import Settings
from autograder.words import counted

MOST_NAMED, LONGEST = 12, 200
BY_HAND = "It has to be graded by hand."
AGAIN = "It was graded again after somebody gave points by hand."


def is_there(submission: SubmittedAssignment) -> bool:
    """Return whether something was handed in: the gradebook keeps a student's own due date as a submission, too."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    scores = [score for grade in grades for score in (grade.auto_score, grade.manual_score, grade.extra_credit)]
    return submission.extension is None or submission.timestamp is not None or any(s is not None for s in scores)


def waits(submission: SubmittedAssignment) -> bool:
    """Return whether a human has to look at a submission before its score is one."""
    return is_there(submission) and any(
        grade.needs_manual_grade or (grade.auto_score is None and grade.manual_score is None)
        for notebook in submission.notebooks
        for grade in notebook.grades
    )


class Reasons:
    """Tells why submissions wait.

    Parameters
    ----------
    directory : Path, optional
        nbgrader's course directory; without it, only the gradebook is asked.
    for_students : bool
        Whether students read it: then it names no file of the grading machine.
    """

    def __init__(self, directory: Path | None, *, for_students: bool = False) -> None:
        self._course = Settings.load(directory) if directory is not None else None
        self._for_students = for_students
        self._last: dict[str, dict[str, dict[str, Any]]] = {}

    def of(self, assignment: str, submission: SubmittedAssignment) -> str:
        """Return why a submission waits, in one line; "" if it does not."""
        if not waits(submission):
            return ""
        try:
            noted = self._noted(assignment, submission.student_id)
        except CourseError as error:  # a file that cannot be read: that it waits, the gradebook says
            noted = "" if self._for_students else str(error)
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        again = any(grade.needs_manual_grade and grade.manual_score is not None for grade in grades)
        return noted or (AGAIN if again else BY_HAND)

    def _noted(self, assignment: str, student: str) -> str:
        """What the grader noted down of a submission that waits, or ""."""
        if self._course is None:
            return ""
        if assignment not in self._last:
            self._last[assignment] = Journal(self._course.directory).last(assignment)
        last = self._last[assignment].get(student, {})
        if last.get("event") == Event.FAILED:
            why = "" if self._for_students else f": {last.get('reason', '')}"
            return f"The grader failed on what was handed in last{why or '.'}"
        result = kept(self._course, assignment, student)
        return result.reason if result is not None and result.waits else ""


def held_back(waiting: Mapping[str, str]) -> str:
    """Say in a sentence whose points are in no export yet; "" if nobody's are held back.

    waiting: why, by what each submission is called.
    """
    if not waiting:
        return ""
    named = [f"{printable(who)} ({_short(why)})" for who, why in list(waiting.items())[:MOST_NAMED]]
    more = [f"and {len(waiting) - MOST_NAMED} more"] if len(waiting) > MOST_NAMED else []
    verb = "waits" if len(waiting) == 1 else "wait"
    return f"{counted(len(waiting), 'submission')} {verb} for a human and got no points: {'; '.join([*named, *more])}."


def _short(reason: str) -> str:
    text = printable(" ".join(reason.split())).rstrip(".")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
