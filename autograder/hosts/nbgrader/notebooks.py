"""A graded notebook: its grade cells hold cards, its metadata the result without the names of hidden checks."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade

from autograder.reports import cards
from autograder.results import Result

# The key in a notebook's metadata.
NOTE = "autograder"


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
    nb.metadata[NOTE] = {**nb.metadata[NOTE], "result": kept, "graded": now}
    if result.waits:
        cards.tell_the_teacher(nb, result.reason, points_stand=result.score is not None)
