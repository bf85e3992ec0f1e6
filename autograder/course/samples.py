"""Sample submissions, made from the solutions or from collected answers."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from autograder.course.catalog import Lesson, nbgrader_facts

SOLUTION_LINES = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


def solutions(lesson: Lesson) -> dict[str, str]:
    """Give the reference answer of each exercise, as a student would submit it, by the exercise's id."""
    cells = lesson.read_solution().cells
    return {
        facts["grade_id"]: SOLUTION_LINES.sub("", cell.source)
        for cell in cells
        if (facts := nbgrader_facts(cell)).get("solution")
    }


def submission(lesson: Lesson, answers: dict[str, str]) -> NotebookNode:
    """Fill these answers into the released notebook; the other cells stay untouched."""
    notebook = lesson.read_release()
    for cell in notebook.cells:
        facts = nbgrader_facts(cell)
        if facts.get("solution") and facts["grade_id"] in answers:
            marker = cell.source.split("\n", 1)[0]
            source = answers[facts["grade_id"]]
            cell.source = source if source.startswith(marker) else f"{marker}\n{source}"
    return notebook


def without_metadata(notebook: NotebookNode) -> NotebookNode:
    """Change a notebook into what a careless front end saves: no cell ids, no metadata, nbformat 4.0."""
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        cell.pop("id", None)
    notebook.metadata = NotebookNode()
    notebook.nbformat_minor = 0
    return notebook
