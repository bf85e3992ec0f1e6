"""Plugs the engine into nbgrader: intake instead of sanitizing, the outside judge instead of execution, cards in feedback."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
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
from nbgrader.utils import is_grade

from autograder import feedback, grade, intake, sandbox, score
from autograder.course import Lesson, exercises_of, lessons, nbgrader_facts
from autograder.execution import GraderFault

# nbgrader starts `alembic` by its bare name: let it be found where the environment is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

NOTE = "autograder"  # the key in notebook metadata and in nbconvert's resources


def lesson_called(assignment: str) -> Lesson | None:
    """The lesson of this name, or None: an instructor's own assignments stay nbgrader's business."""
    return next((known for known in lessons() if known.name == assignment), None)


def take_misnamed(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's hook before a hand-in: a notebook under another name is taken for the lesson's.

    Of several, the newest that holds the lesson; if none does, the newest, so that somebody is told why it cannot be
    graded. What was handed in stays as it is: a link with the right name stands beside it until grading is over.
    """
    found = lesson_called(assignment)
    leave_misnamed(assignment, student, notebooks)
    if found is None or not notebooks or any(Path(name).stem == assignment for name in notebooks):
        return
    newest_first = sorted(map(Path, notebooks), key=lambda path: path.stat().st_mtime, reverse=True)
    taken = next((path for path in newest_first if _holds(path, found)), newest_first[0])
    link = taken.with_name(f"{assignment}.ipynb")
    link.symlink_to(taken.name)
    notebooks[:] = [str(link)]


def leave_misnamed(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's hook after a hand-in: take the link away again."""
    for name in list(notebooks):
        if Path(name).stem == assignment and Path(name).is_symlink() and lesson_called(assignment):
            Path(name).unlink()
            notebooks.remove(name)


def _holds(path: Path, found: Lesson) -> bool:
    try:
        intake.must_hold(intake.read(path)[1], found, path)
    except intake.Unreadable:
        return False
    return True


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
        path = Path(filename)
        note: dict[str, Any] = {"data": {"cells": []}, "reason": ""}
        raw = b""
        try:
            raw, data = intake.read(path)
            intake.must_hold(data, found, path)
            note["data"] = data
        except intake.Unreadable as error:
            note["reason"] = str(error)
            raw = raw or (path.read_bytes() if path.is_file() else b"")
        note["sha256"] = hashlib.sha256(raw).hexdigest()
        resources = dict(resources or {})
        resources[NOTE] = note
        return self.from_notebook_node(new_notebook(), resources, **kw)


class Intake(NbGraderPreprocessor):
    """Rebuilds the hand-in on the release and notes its hash, its mends and, if it was unreadable, the reason."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        note = resources.pop(NOTE, None)
        if note is None:  # not a lesson of the course
            return nb, resources
        submission = intake.rebuild(note["data"], lesson_called(resources["nbgrader"]["assignment"]), note["sha256"])
        for mend in submission.repaired:
            self.log.warning("Mended before grading: %s", mend)
        if note["reason"]:
            self.log.error("For a human to look at: %s", note["reason"])
        submission.notebook.metadata[NOTE] = {
            "sha256": note["sha256"],
            "reason": note["reason"],
            "repaired": submission.repaired,
        }
        return submission.notebook, resources


class Judge(NbGraderPreprocessor):
    """Runs the rebuilt notebook, lets the hidden checks ask from outside, and writes each grade cell's output itself."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        found = lesson_called(resources["nbgrader"]["assignment"])
        if found is None:  # not a lesson of the course: nbgrader's own way
            return Execute(parent=self.parent).preprocess(nb, resources)
        note = nb.metadata[NOTE]
        name = f"{resources['nbgrader']['student']}/{found.name}"
        if note["reason"]:
            result = score.no_result(
                found, name, score.REVIEW, note["reason"], sandbox=sandbox.means().name, exercises=exercises_of(nb)
            )
        else:
            folder = Path(resources["metadata"]["path"])
            submission = intake.Submission(found, nb, note["sha256"], list(note["repaired"]), folder)
            result = grade.grade_submission(submission, name)
        if result.verdict == score.INFRA:
            self.log.error("The grader failed on %s: %s", name, result.reason)
        write_outputs(nb, result)
        self.log.info("%s: %s, %s of %s points", name, result.verdict, result.score, result.max_score)
        return nb, resources


def write_outputs(nb: NotebookNode, result: score.Result) -> None:
    """Give each grade cell its one output, a plain float with its card, and keep the result with the notebook."""
    cells = {cell.id: cell for cell in result.cells}
    for cell in nb.cells:
        if is_grade(cell):
            graded = cells[cell.metadata.nbgrader["grade_id"]]
            number = repr(float(graded.points or 0.0))
            card = feedback.card_html(graded)
            count = cell.execution_count = cell.get("execution_count")
            cell.outputs = [
                new_output("execute_result", {"text/plain": number, "text/html": card}, execution_count=count)
            ]
    kept = json.loads(json.dumps(result.as_json()))
    kept["cells"] = [
        {**cell, "title": cells[cell["id"]].title, "blank": cells[cell["id"]].blank} for cell in kept["cells"]
    ]
    nb.metadata[NOTE] = {**nb.metadata[NOTE], "result": kept}


class Record(SaveAutoGrades):
    """Saves the grades. A hand-in for a human (REVIEW) waits in the gradebook instead of getting a zero.

    After a fault of the grader (INFRA) nothing is saved: the old grade stays, marked for a human, and nbgrader's next run tries again.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        result = nb.metadata.get(NOTE, {}).get("result", {"cells": [], "verdict": None})
        self.verdicts = {cell["id"]: cell["verdict"] for cell in result["cells"]}
        nb, resources = super().preprocess(nb, resources)
        if result["verdict"] == score.INFRA:
            raise GraderFault(f"{result['notebook']}: {result['reason']}")
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        verdict = self.verdicts.get(cell.metadata.nbgrader["grade_id"])
        if score.INFRA not in self.verdicts.values() and verdict != score.REVIEW:
            super()._add_score(cell, resources)
            return
        saved = self.gradebook.find_grade(
            cell.metadata.nbgrader["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        )
        if verdict == score.REVIEW:
            saved.auto_score = None
        saved.needs_manual_grade = True
        self.gradebook.db.commit()


class Summary(GetGrades):
    """nbgrader's own step that reads the grades; it also opens the feedback page with where the student stands; scores are the gradebook's, so manual ones count."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb, resources = super().preprocess(nb, resources)
        note = nb.metadata.get(NOTE, {}).get("result")
        if note is None:  # graded before the engine was plugged in
            return nb, resources
        result = score.Result(**{**note, "cells": [score.CellResult(**cell) for cell in note["cells"]]})
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
            if result.verdict in score.NOT_GRADABLE:
                result.verdict, result.reason = score.GRADED, ""
        nb.cells.insert(
            0,
            new_markdown_cell(feedback.summary_html(result, late_penalty=float(resources["nbgrader"]["late_penalty"]))),
        )
        return nb, resources


class ExportGrades(CsvExportPlugin):
    """nbgrader's CSV, with an empty score instead of a zero where a grade still waits for a human."""

    def export(self, gradebook: Gradebook) -> None:
        super().export(gradebook)
        path = Path(self.to or "grades.csv")
        with open(path, encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns, rows = reader.fieldnames, list(reader)
        waiting = {
            (submission.student.id, submission.assignment.name)
            for assignment in gradebook.assignments
            for submission in assignment.submissions
            if any(g.auto_score is None and g.manual_score is None for n in submission.notebooks for g in n.grades)
        }
        for row in rows:
            if (row["student_id"], row["assignment"]) in waiting:
                row["raw_score"] = row["score"] = ""
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


SANITIZE = [Intake, ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
AUTOGRADE = [
    Judge,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    Record,
    AssignLatePenalties,
    CheckCellMetadata,
]
FEEDBACK = [Summary, CSSHTMLHeaderPreprocessor]
