"""Plugs the engine into nbgrader: intake instead of sanitizing, the outside judge instead of execution, cards in feedback."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
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
from autograder.course import lesson, nbgrader_facts
from autograder.judge import CheckResult

# nbgrader starts `alembic` by its bare name: let it be found where the environment is not activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

NOTE = "autograder"  # the key in notebook metadata and in nbconvert's resources


def take_misnamed(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's hook before a hand-in: a lone notebook under another name is taken as the lesson's, if it holds the lesson.

    The file that was handed in stays as it is; a copy with the right name is put beside it.
    """
    if len(notebooks) != 1 or Path(notebooks[0]).stem == assignment:
        return
    path = Path(notebooks[0])
    try:
        intake.must_hold(intake.read(path)[1], lesson(assignment), path)
    except intake.Unreadable:
        return
    renamed = path.with_name(f"{assignment}.ipynb")
    shutil.copy(path, renamed)
    notebooks[:] = [str(renamed)]


class SubmissionExporter(NotebookExporter):
    """Reads a hand-in whatever it is made of; what cannot be read goes on as a blank with a reason, not as a crash."""

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        if preprocessor is Intake:
            self._taking_in = True
        elif preprocessor is Judge:
            self._taking_in = False
        return super().register_preprocessor(preprocessor, enabled)

    def from_filename(self, filename: str, resources: dict | None = None, **kw: Any) -> tuple[str, dict]:
        if not getattr(self, "_taking_in", False):
            return super().from_filename(filename, resources, **kw)
        path = Path(filename)
        note: dict[str, Any] = {"data": {"cells": []}, "reason": ""}
        raw = b""
        try:
            raw, data = intake.read(path)
            intake.must_hold(data, lesson((resources or {})["nbgrader"]["assignment"]), path)
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
        note = resources.pop(NOTE)
        submission = intake.rebuild(note["data"], lesson(resources["nbgrader"]["assignment"]), note["sha256"])
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
        note = nb.metadata[NOTE]
        found = lesson(resources["nbgrader"]["assignment"])
        name = f"{resources['nbgrader']['student']}/{found.name}"
        if note["reason"]:
            result = score.no_result(found, name, score.REVIEW, note["reason"], sandbox=sandbox.NAME)
        else:
            submission = intake.Submission(found, nb, note["sha256"], list(note["repaired"]))
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
    kept["cells"] = [{**cell, "title": cells[cell["id"]].title} for cell in kept["cells"]]
    nb.metadata[NOTE] = {**nb.metadata[NOTE], "result": kept}


class Record(SaveAutoGrades):
    """Saves the grades; where there is none to give (REVIEW, INFRA) the cell waits for a human instead of getting a zero."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if is_grade(cell) and cell.metadata.nbgrader["grade_id"] in self.for_a_human:
            saved = self.gradebook.find_grade(
                cell.metadata.nbgrader["grade_id"], self.notebook_id, self.assignment_id, self.student_id
            )
            saved.auto_score = None
            saved.needs_manual_grade = True
            self.gradebook.db.commit()
        return cell, resources

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        graded = nb.metadata[NOTE]["result"]["cells"]
        self.for_a_human = {cell["id"] for cell in graded if cell["verdict"] in score.NOT_GRADABLE}
        return super().preprocess(nb, resources)


class Summary(GetGrades):
    """nbgrader's own step that reads the grades; it also opens the feedback page with where the student stands; scores are the gradebook's, so manual ones count."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb, resources = super().preprocess(nb, resources)
        note = nb.metadata.get(NOTE, {}).get("result")
        if note is None:  # graded before the engine was plugged in
            return nb, resources
        result = score.Result(**{**note, "cells": [_cell(cell) for cell in note["cells"]]})
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
            result.score = float(resources["nbgrader"]["score"])
            if result.verdict in score.NOT_GRADABLE:
                result.verdict, result.reason = score.GRADED, ""
        nb.cells.insert(0, new_markdown_cell(feedback.summary_html(result)))
        return nb, resources


def _cell(saved: dict) -> score.CellResult:
    blank = saved["message"].startswith(score.NOT_ANSWERED)
    checks = [CheckResult("", "", "", 1.0, "blank" if blank else "failed")]
    return score.CellResult(**saved, checks=checks)


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
