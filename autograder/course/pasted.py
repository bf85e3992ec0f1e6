"""What the build pastes into a lesson: the words of its visible checks, and the set-up that several lessons share."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from autograder import slips
from autograder.course.catalog import nbgrader_facts
from autograder.course.markers import HEADING
from autograder.errors import CourseError

# The tag of the set-up cell into which the build pastes autograder/slips.py.
SLIPS = "slips"
SLIPS_HEAD = "# What the 🔎 checks below use to say what is wrong. Run it; there is no need to read it."
SLIPS_GAP = "# `autograder build` pastes autograder/slips.py here."


def numbers_of(cells: list[NotebookNode]) -> dict[str, str]:
    """Read the number of each exercise from the text above its answer.

    Parameters
    ----------
    cells
        Of a script or of a notebook.

    Returns
    -------
    dict
        The number by the answer's name, such as ``{"mse": "3.8"}``.
    """
    found, number = {}, ""
    for cell in cells:
        facts = nbgrader_facts(cell)
        if cell.cell_type == "markdown" and (heading := HEADING.search(cell.source)):
            number = heading["number"]
        elif name := cell.metadata.get("answer") or (facts["grade_id"] if facts.get("solution") else ""):
            found[name] = number
    return found


def slips_text(numbers: dict[str, str]) -> str:
    """Give the text of a lesson's cell with the tag "slips": slips.py without its docstring, and the exercises' numbers."""
    text = Path(slips.__file__).read_text("utf-8")
    _, _, text = text.split('"""', 2)
    known = ", ".join(f'"{name}": "{number}"' for name, number in numbers.items())
    return f"{SLIPS_HEAD}\n{text.strip()}\n\n\nEXERCISES.update({{{known}}})"


def need_slips(notebook: NotebookNode, cell: NotebookNode, path: Path) -> None:
    """Raise CourseError if the cell that the build pasted was edited in the notebook."""
    if cell.source.strip() not in (SLIPS_GAP, slips_text(numbers_of(notebook.cells))):
        raise CourseError(
            f"{path}, cell {cell.get('id', '')}: this cell is pasted from autograder/slips.py by the build. "
            "Take your edit there, undo it here, and adopt again."
        )
