"""`nbgrader export`: the grades as CSV, read from the gradebook and written whole or not at all.

Columns and their order are nbgrader's own, so are `--to`, `--student` and `--assignment`. Who handed nothing in has no
score, a blank submission has 0, and where a human has to look first the score is empty; these are named in the last line.
Of a bonus lesson there are rows of those only who handed it in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy.exc import SQLAlchemyError

from autograder import files
from autograder.course.catalog import bonus_names
from autograder.csv_lines import line_of
from autograder.errors import CourseError
from autograder.hosts.nbgrader import waiting
from autograder.hosts.nbgrader.gradebook import must_be_sound
from autograder.time_zones import written

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class ExportGrades(CsvExportPlugin):
    """nbgrader's CSV export, for whatever names and ids the gradebook holds."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is not None:
            try:
                must_be_sound(coursedir.db_url, written=False)
            except CourseError as error:
                self._give_up(str(error).replace("Nothing was graded", "Nothing was exported"))

    def export(self, gradebook: Gradebook) -> None:
        """Write the file; SystemExit with status 1, after one line in the log, if it cannot be written or the gradebook not be read."""
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        try:
            lines = [line_of(COLUMNS), *(line_of(row) for row in self.rows(gradebook))]
        except SQLAlchemyError as error:
            why = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
            self._give_up(f"The gradebook cannot be read ({why}). Nothing was exported.")
        try:
            files.write(target, "".join(lines))
        except OSError as error:
            reason = error.strerror or str(error)
            self._give_up(f"{target}: cannot be written ({reason}). Nothing was exported; name another file with --to.")
        self._say_what_is_stale()
        if self.waiting:
            self.log.warning("%s: %s", target, waiting.held_back(self.waiting))

    def _say_what_is_stale(self) -> None:
        for line in self.stale():
            self.log.warning("%s", line)

    def stale(self) -> list[str]:
        """Return a line for those grades among them that are older than what they were made from."""
        from autograder.hosts.nbgrader import stale

        coursedir = getattr(self.parent, "coursedir", None)
        return [] if coursedir is None else list(stale.findings(coursedir, self.config, pages=False))

    def reasons(self) -> waiting.Reasons:
        """Return what tells why submissions wait for a human."""
        coursedir = getattr(self.parent, "coursedir", None)
        return waiting.Reasons(None if coursedir is None else Path(coursedir.root))

    def _give_up(self, why: str) -> None:
        self.log.error("%s", why)
        sys.exit(1)

    def rows(self, gradebook: Gradebook) -> Iterator[list[Any]]:
        """A row for each assignment and each student that were asked for; None stands for an empty cell."""
        students = [str(name) for name in self.student]
        assignments = [str(name) for name in self.assignment]
        reasons, bonus = self.reasons(), bonus_names()
        # Whose score is held back, and why.
        self.waiting: dict[str, str] = {}
        for assignment in gradebook.assignments:
            if assignments and assignment.name not in assignments:
                continue
            for student in gradebook.students:
                if students and student.id not in students:
                    continue
                try:
                    submission = gradebook.find_submission(assignment.name, student.id)
                except MissingEntry:
                    submission = None
                if assignment.name in bonus and not (submission and waiting.is_there(submission)):
                    continue
                if submission and (why := reasons.of(assignment.name, submission)):
                    self.waiting[f"{student.id}, {assignment.name}"] = why
                found = {
                    "assignment": assignment.name,
                    "duedate": written(assignment.duedate),
                    "student_id": student.id,
                    "last_name": student.last_name,
                    "first_name": student.first_name,
                    "email": student.email,
                    "max_score": float(assignment.max_score),
                    **(scores_of(submission) if submission else {}),
                }
                yield [found.get(column) for column in COLUMNS]


def scores_of(submission: SubmittedAssignment) -> dict[str, Any]:
    """What the gradebook says about one submission: no score where nothing was handed in, or a human has to look first."""
    penalty = float(submission.late_submission_penalty or 0.0)
    held_back = waiting.waits(submission) or not waiting.is_there(submission)
    return {
        "timestamp": written(submission.timestamp),
        "raw_score": None if held_back else float(submission.score),
        "late_submission_penalty": penalty,
        "score": None if held_back else max(0.0, float(submission.score) - penalty),
    }
