"""Plugs the engine into nbgrader: intake instead of sanitizing, the outside judge instead of execution, cards in feedback."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generatefeedbackapp
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    Execute,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from nbgrader.utils import is_grade, parse_utc

from autograder.course.catalog import Lesson, exercises_of, nbgrader_facts
from autograder.errors import CourseError, GraderFault, Unreadable, WorkerLost
from autograder.grading import score
from autograder.hosts.nbgrader import pages, stale, steps
from autograder.hosts.nbgrader.class_run import NOTE, CourseAutograde, assign_penalty
from autograder.hosts.nbgrader.export import ExportGrades
from autograder.hosts.nbgrader.gradebook import must_be_sound, one_transaction
from autograder.hosts.nbgrader.steps import CourseReleaseFeedback, lesson_called
from autograder.limits import LIMITS
from autograder.reports import cards, display
from autograder.results import Result, Verdict
from autograder.sandbox import backend
from autograder.submission import intake
from autograder.words import duration

# nbgrader starts `alembic` by its bare name: let it be found where the environment is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


class CourseFeedback(GenerateFeedback):
    """nbgrader's feedback step: a page is made again when its grade is another one; one that takes too long stops no other."""

    def start(self) -> None:
        if lesson_called(self.coursedir.assignment_id) is not None:
            pages.use_own_template(self)
        super().start()

    def convert_notebooks(self) -> None:
        lesson = lesson_called(self.coursedir.assignment_id)
        if lesson is not None:
            self._must_be_able_to_read()
            for line in stale.findings(self.coursedir, self.config, pages=False, only=lesson.name):
                self.log.warning("%s", line)
        super().convert_notebooks()

    def _must_be_able_to_read(self) -> None:
        try:
            must_be_sound(self.coursedir.db_url, written=False)
        except CourseError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        if lesson_called(assignment_id) is not None and not self.force:
            for notebook in self.notebooks:
                name = Path(notebook).stem
                page = Path(self._format_dest(assignment_id, student_id), f"{name}.html")
                wanted = stale.page_digest(self.coursedir, assignment_id, student_id, name)
                excluded = student_id in self.coursedir.student_id_exclude.split(",")
                if stale.noted_on_page(page) != wanted and not excluded:
                    if page.exists():
                        self.log.info("%s is older than the grade and is made again", page)
                    return True
        return super().init_destination(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        facts = self.init_single_notebook_resources(notebook_filename)["nbgrader"]
        made_from = (self.coursedir, facts["assignment"], facts["student"], facts["notebook"])
        # As it is before the page is drawn: what a human changes meanwhile makes the page an old one.
        self._digest = stale.page_digest(*made_from) if lesson_called(facts["assignment"]) is not None else ""
        try:
            with display.at_most(LIMITS.page):
                super().convert_single_notebook(notebook_filename)
        except display.TookTooLong:
            raise NbGraderException(f"{notebook_filename}: its page took more than {LIMITS.page:g} s") from None

    def write_single_notebook(self, output: str, resources: dict) -> None:
        if self._digest:
            output += stale.note_for_page(self._digest)
        super().write_single_notebook(output, resources)


# The one place where nbgrader's steps are exchanged: its commands and the formgrader look them up by these names.
nbgrader.apps.autogradeapp.Autograde = nbgrader.apps.api.Autograde = CourseAutograde
nbgrader.apps.generatefeedbackapp.GenerateFeedback = nbgrader.apps.api.GenerateFeedback = CourseFeedback
steps.install()


def _time(text: str) -> datetime | None:
    """A time of handing in, as nbgrader reads it; None where it is none, so that the formgrader's list is there all the same."""
    try:
        return parse_utc(text.strip("\ufeff\0 \r\n\t") if isinstance(text, str) else text)
    except Exception:
        return None


nbgrader.apps.api.parse_utc = _time


class SubmissionExporter(NotebookExporter):
    """Reads a hand-in whatever it is made of; what cannot be read goes on as a blank with a reason, not as a crash."""

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        if preprocessor is Intake:
            self._taking_in = True
        elif preprocessor is Judge:
            self._taking_in = False
        return super().register_preprocessor(preprocessor, enabled)

    def from_filename(self, filename: str, resources: dict | None = None, **kw: Any) -> tuple[str, dict]:
        found = lesson_called((resources or {})["nbgrader"]["assignment"])
        if found is None or not getattr(self, "_taking_in", False):
            return super().from_filename(filename, resources, **kw)
        path, handed = Path(filename), self.parent.handed
        note = {"reason": handed.reason, "handed": handed.sha256, "refused": handed.refused, "sha256": handed.content}
        note["late_unknown"] = handed.late_unknown
        note["file"] = handed.notebook.name if handed.notebook else ""
        handed.data = {"cells": []}
        if not note["reason"]:
            try:
                data = intake.read(path)[1]
                intake.must_hold(data, found, path)
                handed.data = data  # not among the resources, which nbconvert copies, however deep they are
            except Unreadable as error:
                note["reason"] = str(error)
        resources = dict(resources or {})
        resources[NOTE] = note
        return self.from_notebook_node(new_notebook(), resources, **kw)


class ForStudents(NbGraderPreprocessor):
    """Takes out of a release what marks a notebook as one with answers."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = nb.metadata.get("course")
        if isinstance(about, dict):
            about.pop("holds", None)
        return nb, resources


class Intake(NbGraderPreprocessor):
    """Rebuilds the hand-in on the release and notes its hash, its mends and, if it was unreadable, the reason."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        note = resources.pop(NOTE, None)
        if note is None:  # not a lesson of the course
            return nb, resources
        found = lesson_called(resources["nbgrader"]["assignment"])
        submission = intake.rebuild(self.parent.parent.handed.data, found, note["sha256"])
        submission.repaired += note["refused"]
        for mend in submission.repaired:
            self.log.warning("Mended before grading: %s", mend)
        if note["reason"]:
            self.log.error("For a human to look at: %s", note["reason"])
        submission.notebook.metadata[NOTE] = {
            "sha256": note["sha256"],
            "handed": note["handed"],
            "reason": note["reason"],
            "repaired": submission.repaired,
            "late_unknown": note["late_unknown"],
            "file": note["file"],
        }
        return submission.notebook, resources


class Judge(NbGraderPreprocessor):
    """Runs the rebuilt notebook, lets the hidden checks ask from outside, and writes each grade cell's output itself."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        found = lesson_called(resources["nbgrader"]["assignment"])
        if found is None:  # not a lesson of the course: nbgrader's own way
            return Execute(parent=self.parent)(nb, resources)
        note = nb.metadata[NOTE]
        name = f"{resources['nbgrader']['student']}/{found.name}"
        if note["reason"]:
            result = score.no_result(
                found, name, Verdict.REVIEW, note["reason"], sandbox=backend.choose().name, exercises=exercises_of(nb)
            )
        else:
            folder = Path(resources["metadata"]["path"])
            submission = intake.Submission(found, nb, note["sha256"], list(note["repaired"]), folder)
            run = self.parent.parent
            result, nb = run.workers.grade(submission, name)
            if run.workers.lost and run.lost_before(resources["nbgrader"]["student"], run.handed):
                reason = f"In two runs {run.workers.lost} while this was graded."
                result = score.too_costly(found, name, reason, sandbox=result.sandbox, exercises=exercises_of(nb))
        if result.verdict == Verdict.INFRA:
            self.log.error("The grader failed on %s: %s", name, result.reason)
        elif result.verdict != Verdict.REVIEW and self._has_due_date(found) and (why := note.get("late_unknown")):
            result.verdict, result.reason = Verdict.REVIEW, f"Nobody knows whether this is late. {why}"
            self.log.error("For a human to look at: %s: %s", name, result.reason)
        write_outputs(nb, result)
        self.log.info("%s: %s, %s of %s points", name, result.verdict, result.score, result.max_score)
        return nb, resources

    def _has_due_date(self, found: Lesson) -> bool:
        coursedir = self.parent.parent.coursedir
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            return gradebook.find_assignment(found.name).duedate is not None


def write_outputs(nb: NotebookNode, result: Result) -> None:
    """Give each grade cell its one output, a plain float with its card, and keep the result with the notebook."""
    cells = {cell.id: cell for cell in result.cells}
    for cell in nb.cells:
        if is_grade(cell):
            graded = cells[cell.metadata.nbgrader["grade_id"]]
            number = repr(float(graded.points or 0.0))
            card = cards.card_html(graded)
            count = cell.execution_count = cell.get("execution_count")
            cell.outputs = [
                new_output("execute_result", {"text/plain": number, "text/html": card}, execution_count=count)
            ]
    kept = json.loads(json.dumps(result.stored()))
    graded = datetime.now(UTC).isoformat(timespec="seconds")
    nb.metadata[NOTE] = {**nb.metadata[NOTE], "result": kept, "graded": graded}
    if not result.verdict.gradable:
        cards.tell_the_teacher(nb, result.reason, points_stand=result.score is not None)


class Shown(NbGraderPreprocessor):
    """Leaves of a graded notebook what a page can show: feedback pages and the formgrader draw what is kept from here on."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        if lesson_called(resources["nbgrader"]["assignment"]) is not None:
            display.bound(nb, self._drawable)
        return nb, resources

    def _drawable(self, texts: list[tuple[str, str]], language: str) -> list[bool]:
        try:
            return self.parent.parent.workers.do(display.can_be_drawn, texts, language)
        except WorkerLost as error:
            self.log.warning("The student's text is shown plain: %s", error)
            return [False] * len(texts)


class Record(SaveAutoGrades):
    """Saves all that is known of a hand-in in one transaction: student, time, scores, comments, late penalty.

    A cell for a human (REVIEW) waits in the gradebook instead of getting a zero. After a fault of the grader (INFRA) nothing is saved.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        result = nb.metadata.get(NOTE, {}).get("result")
        self.verdicts = {cell["id"]: cell["verdict"] for cell in result["cells"]} if result else {}
        self.open = {cell["id"] for cell in result["cells"] if cell["points"] is None} if result else set()
        if result is None:  # not a lesson of the course
            nb, resources = super().preprocess(nb, resources)
            return AssignLatePenalties(parent=self.parent)(nb, resources)
        if result["verdict"] == Verdict.INFRA:
            raise GraderFault(result["reason"])
        facts = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = facts["notebook"], facts["assignment"], facts["student"]
        coursedir = self.parent.parent.coursedir
        with one_transaction(facts["db_url"], coursedir.course_id) as self.gradebook:
            self._know_the_student(coursedir)
            for index, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, index)
            assign_penalty(self.parent, self.gradebook, self.notebook_id, self.assignment_id, self.student_id)
            if (
                result["score"] is not None and result["verdict"] == Verdict.REVIEW
            ):  # the points stand; a human has to look
                first = self.gradebook.find_grade(
                    result["cells"][0]["id"], self.notebook_id, self.assignment_id, self.student_id
                )
                first.needs_manual_grade = True
        return nb, resources

    def _know_the_student(self, coursedir: CourseDirectory) -> None:
        """The rows that scores hang on."""
        if self.parent.parent.create_student:
            self.gradebook.update_or_create_student(self.student_id)
        source = coursedir.format_path(coursedir.submitted_directory, self.student_id, self.assignment_id)
        when = coursedir.get_existing_timestamp(source)
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
        if not self.verdicts:
            super()._add_comment(cell, resources)
            return
        # nbgrader writes "No response." under an answer that is the release's; the card says so, where it is true
        name = cell.metadata.nbgrader["grade_id"]
        saved = self.gradebook.find_comment(name, self.notebook_id, self.assignment_id, self.student_id)
        saved.auto_comment = None


class Summary(GetGrades):
    """nbgrader's own step that reads the grades; it also opens the feedback page with where the student stands; scores are the gradebook's, so manual ones count."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb, resources = super().preprocess(nb, resources)
        note = nb.metadata.get(NOTE, {}).get("result")
        if note is None:  # graded before the engine was plugged in
            return nb, resources
        result = Result.restored(note)
        scores = {f["grade_id"]: f for c in nb.cells if (f := nbgrader_facts(c)).get("grade")}
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            for cell in result.cells:
                saved = gradebook.find_grade(
                    cell.id,
                    resources["nbgrader"]["notebook"],
                    resources["nbgrader"]["assignment"],
                    resources["nbgrader"]["student"],
                )
                if not saved.needs_manual_grade or saved.manual_score is not None:
                    cell.points = float(scores[cell.id]["score"])
        if all(cell.points is not None for cell in result.cells):
            result.score = max(0.0, float(resources["nbgrader"]["score"]))
            if not result.verdict.gradable:
                result.verdict, result.reason = Verdict.GRADED, ""
        commented = [f["grade_id"] for cell in nb.cells if (f := nbgrader_facts(cell)).get("comment")]
        penalty = float(resources["nbgrader"]["late_penalty"])
        about = self._about(nb.metadata[NOTE], result, resources["nbgrader"])
        summary = cards.summary_html(result, late_penalty=penalty, commented=commented, about=about)
        cards.open_with(nb, summary)
        return nb, resources

    def _about(self, note: dict, result: Result, facts: dict) -> cards.About:
        """Who handed what in, and when: the gradebook's word."""
        with Gradebook(facts["db_url"]) as gradebook:
            submission = gradebook.find_submission(facts["assignment"], facts["student"])
            names = (submission.student.first_name, submission.student.last_name)
            return cards.About(
                student=facts["student"],
                name=" ".join(name.strip() for name in names if name and name.strip()),
                handed_in=cards.when(submission.timestamp),
                late=duration(submission.total_seconds_late) if submission.total_seconds_late > 0 else "",
                graded=cards.when(note.get("graded")),
                file=note.get("file", ""),
                sandbox=result.sandbox,
            )


RELEASE = [*GenerateAssignment.class_traits()["preprocessors"].default(), ForStudents]
SANITIZE = [Intake, ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
AUTOGRADE = [
    Judge,
    Shown,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    Record,
    CheckCellMetadata,
]
FEEDBACK = [Summary, CSSHTMLHeaderPreprocessor]

__all__ = [
    "AUTOGRADE",
    "FEEDBACK",
    "RELEASE",
    "SANITIZE",
    "CourseReleaseFeedback",
    "ExportGrades",
    "SubmissionExporter",
]
