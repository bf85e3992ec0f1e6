"""nbgrader's preprocessors for the lessons of the course: what a release leaves out, and how a grade is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor, SaveAutoGrades

from autograder.hosts.nbgrader.gradebook import one_transaction
from autograder.results import Result, Verdict


class ForStudents(NbGraderPreprocessor):
    """Takes out of a release what marks a notebook as one with answers."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = nb.metadata.get("course")
        if isinstance(about, dict):
            about.pop("holds", None)
        return nb, resources


class Record(SaveAutoGrades):
    """Saves all that is known of a submission in one transaction: student, time, scores, comments, late penalty.

    A cell for a human (REVIEW) waits in the gradebook instead of getting a zero.

    Parameters
    ----------
    result : Result
    coursedir : CourseDirectory
    source : Path
        The folder of the submission, with the time of handing in.
    create_student : bool
        Whether a student whom the gradebook does not know is entered.
    """

    def __init__(
        self, result: Result, coursedir: CourseDirectory, source: Path, create_student: bool, **traits: Any
    ) -> None:
        super().__init__(**traits)
        self.result = result
        self.coursedir = coursedir
        self.source = source
        self.create_student = create_student
        self.open = {cell.id for cell in result.cells if cell.points is None}

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        facts = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = facts["notebook"], facts["assignment"], facts["student"]
        whole = (self.notebook_id, self.assignment_id, self.student_id)
        with one_transaction(facts["db_url"], self.coursedir.course_id) as self.gradebook:
            self._know_the_student()
            for index, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, index)
            assign_penalty(self.parent, self.gradebook, *whole)
            # The points stand; a human has to look.
            if self.result.score is not None and self.result.verdict == Verdict.REVIEW:
                first = self.gradebook.find_grade(self.result.cells[0].id, *whole)
                first.needs_manual_grade = True
        return nb, resources

    def _know_the_student(self) -> None:
        """The rows that scores hang on."""
        if self.create_student:
            self.gradebook.update_or_create_student(self.student_id)
        when = self.coursedir.get_existing_timestamp(str(self.source))
        times = {"timestamp": when} if when else {}
        self.gradebook.update_or_create_submission(self.assignment_id, self.student_id, **times)

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        name = cell.metadata.nbgrader["grade_id"]
        if name not in self.open:
            super()._add_score(cell, resources)
            return
        saved = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        saved.auto_score = None
        saved.needs_manual_grade = True

    def _add_comment(self, cell: NotebookNode, resources: dict) -> None:
        # nbgrader writes "No response." under an answer that is the release's; the card says so, where it is true
        name = cell.metadata.nbgrader["grade_id"]
        saved = self.gradebook.find_comment(name, self.notebook_id, self.assignment_id, self.student_id)
        saved.auto_comment = None


def assign_penalty(parent: Any, book: Gradebook, notebook: str, assignment: str, student: str) -> None:
    """Take off for lateness what the instructor's plug-in says, as part of a transaction that is open."""
    step = AssignLatePenalties(parent=parent)
    step.init_plugin()
    whole = book.find_submission(assignment, student)
    saved = book.find_submission_notebook(notebook, assignment, student)
    saved.late_submission_penalty = None
    if whole.total_seconds_late <= 0:
        return
    penalty = step.plugin_inst.late_submission_penalty(student, saved.score, whole.total_seconds_late)
    step.log.warning("%s is %s seconds late; penalty: %s", student, whole.total_seconds_late, penalty)
    if penalty is not None:
        saved.late_submission_penalty = step._check_late_penalty(saved, penalty)
