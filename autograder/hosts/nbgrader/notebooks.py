"""A graded notebook: its grade cells hold cards, its metadata the result without the names of hidden checks.

All of this is done in a worker, with nbgrader's own steps and what the gradebook says of the lesson as plain data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor, Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, DeduplicateIds, IgnorePattern, LimitOutput
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task

from autograder.course.catalog import is_check, is_written
from autograder.course.markers import CHECK_SUFFIX
from autograder.hosts.nbgrader.preprocessors import KnownNotebook, OverwriteKnownCells
from autograder.hosts.nbgrader.records import ToRecord
from autograder.reports import cards, display
from autograder.results import Outcome, Result, Verdict, asked

# The key in a notebook's metadata.
NOTE = "autograder"
# In the note: the answers of which all hidden checks passed, and those that were not given.
RIGHT, UNANSWERED = "right", "unanswered"
# nbgrader's own steps before a notebook is run, and behind.
BEFORE = (ClearOutput, DeduplicateIds, OverwriteKnownCells, CheckCellMetadata)
BEHIND = (IgnorePattern, ClearMetadataPreprocessor, LimitOutput, CheckCellMetadata)


@dataclass(frozen=True)
class Steps:
    """What nbgrader does with each notebook of a lesson, in any process: plain data.

    Attributes
    ----------
    lesson : str
    known : KnownNotebook
    options : dict of type to dict
        The configuration of each step.
    """

    lesson: str
    known: KnownNotebook
    options: dict[type[Preprocessor], dict[str, Any]] = field(repr=False)

    @classmethod
    def configured(cls, lesson: str, known: KnownNotebook, parent: Any) -> Steps:
        """Return the steps with the options that a configuration of nbgrader's gives them. parent: who has the configuration."""
        options = {step: step(parent=parent).trait_values(config=True) for step in {*BEFORE, *BEHIND}}
        return cls(lesson, known, options)

    def before(self, notebook: NotebookNode, student: str, note: dict[str, Any]) -> NotebookNode:
        """Return a rebuilt notebook with the points that are recorded for its cells, and a note in its metadata."""
        notebook.metadata[NOTE] = note
        if self.known.kernelspec and (kernelspec := json.loads(self.known.kernelspec)):
            notebook.metadata["kernelspec"] = kernelspec
        return self._through(BEFORE, notebook, student)

    def behind(self, notebook: NotebookNode, student: str, result: Result) -> tuple[str, ToRecord]:
        """Return the text of the graded notebook, and what the gradebook is told."""
        write_outputs(notebook, result)
        display.bound(notebook, display.can_be_drawn, is_written=is_written, is_graded=is_check)
        notebook = self._through(BEHIND, notebook, student)
        return nbformat.writes(notebook).rstrip("\n") + "\n", to_record(notebook, result)

    def _through(self, steps: tuple[type[Preprocessor], ...], notebook: NotebookNode, student: str) -> NotebookNode:
        """A notebook after some of nbgrader's own steps."""
        facts = {"student": student, "assignment": self.lesson, "notebook": self.lesson}
        for kind in steps:
            step = kind(**self.options[kind])
            if isinstance(step, OverwriteKnownCells):
                step.known = self.known
            resources = {"unique_key": self.lesson, "nbgrader": facts, "metadata": {"name": self.lesson}}
            notebook = step(notebook, resources)[0]
        return notebook


def to_record(notebook: NotebookNode, result: Result) -> ToRecord:
    """Return what a graded notebook says for the gradebook. A cell for a human (REVIEW) waits there instead of getting a zero."""
    waiting = {cell.id for cell in result.cells if cell.points is None}
    graded = {cell.metadata.nbgrader["grade_id"]: cell for cell in notebook.cells if is_grade(cell)}
    scores = {name: None if name in waiting else determine_grade(cell)[0] for name, cell in graded.items()}
    points = {name: float(cell.metadata.nbgrader["points"]) for name, cell in graded.items()}
    answers = [cell for cell in notebook.cells if is_solution(cell) or is_task(cell)]
    # There are points, provisional until a human has looked.
    first = result.cells[0].id if result.score is not None and result.verdict == Verdict.REVIEW else ""
    return ToRecord(scores, points, tuple(cell.metadata.nbgrader["grade_id"] for cell in answers), first)


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
    kept = json.loads(json.dumps(result.stored(checks=False)))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    right = [cell.id.removesuffix(CHECK_SUFFIX) for cell in result.cells if cell.right]
    unanswered = [
        cell.id.removesuffix(CHECK_SUFFIX)
        for cell in result.cells
        if cell.checks and all(check.outcome == Outcome.BLANK for check in asked(cell.checks))
    ]
    about = {"result": kept, RIGHT: right, UNANSWERED: unanswered, "graded": now}
    nb.metadata[NOTE] = {**nb.metadata[NOTE], **about}
    if result.waits:
        cards.tell_the_teacher(nb, result.reason, points_stand=result.score is not None)
