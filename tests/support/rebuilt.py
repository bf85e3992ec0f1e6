"""What tests of rebuilding ask about a notebook."""

from __future__ import annotations

from autograder.course.catalog import nbgrader_facts


def answers_of(notebook) -> dict[str, str]:
    return {nbgrader_facts(c)["grade_id"]: c.source for c in notebook.cells if nbgrader_facts(c).get("solution")}


def unanswered(submission) -> set[str]:
    """The exercises whose answer cell is the release's stub, or nothing but its marker."""
    blank = answers_of(submission.lesson.read_release())
    return {k for k, v in answers_of(submission.notebook).items() if v in (blank[k], blank[k].split("\n", 1)[0])}


def own_cells(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.metadata.get("course", {}).get("from") == "student"]


def place_of(notebook, name: str) -> int:
    return next(i for i, c in enumerate(notebook.cells) if c.get("id") == name)
