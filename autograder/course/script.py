"""A lesson's percent script and its solutions notebook, each made from the other."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import folding, pasted, rules
from autograder.course.address import address_of, with_badge
from autograder.course.catalog import Lesson, nbgrader_facts
from autograder.course.markers import CHECK_SUFFIX, SENTINEL, SENTINEL_LINE
from autograder.course.percent import read_script
from autograder.errors import CourseError

IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(\.\./assets/(?P<name>[\w.-]+)\)")
ATTACHED = re.compile(r"!\[(?P<alt>[^\]]*)\]\(attachment:(?P<name>[\w.-]+)\)")
IMAGE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}
KEPT_OPTIONS = ("tags",)

SCRIPT_FORMAT = {
    "jupytext": {
        "notebook_metadata_filter": "-all",
        "cell_metadata_filter": "answer,check,tags,-all",
        "text_representation": {"extension": ".py", "format_name": "percent"},
    }
}


def solution_notebook(lesson: Lesson) -> NotebookNode:
    """Make the notebook with answers, as nbgrader wants its source, from the script alone.

    Raises
    ------
    CourseError
        Where the script cannot be read, or breaks one of the course's rules.
    """
    script, shared = read_script(lesson.script), pasted.read_shared(lesson.root)
    address = address_of(lesson.root)
    section, position = "start", 0
    numbers = pasted.numbers_of(script.cells)
    for cell in script.cells:
        options = dict(cell.metadata)
        cell.metadata = NotebookNode({k: options[k] for k in KEPT_OPTIONS if k in options})
        position += 1
        if "setup" in options.get("tags", []):
            cell.source = pasted.fill(cell.source, shared, f"{lesson.script}, a set-up cell")
        if pasted.SLIPS in options.get("tags", []):
            cell.source = pasted.slips_text(numbers, keras=pasted.KERAS in options["tags"])
        if pasted.SCORE in options.get("tags", []):
            cell.source = pasted.score_text(lesson.name, address.repository)
            cell.metadata["cellView"] = "form"
        if "answer" in options:
            section, position = options["answer"], 0
            cell.metadata["nbgrader"] = _nbgrader(section, solution=True)
        elif "check" in options:
            section, position = options["check"] + CHECK_SUFFIX, 0
            cell.metadata["nbgrader"] = _nbgrader(section, grade=True)
        cell["id"] = section if position == 0 else f"{section}-{position:02d}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            _attach_images(cell, lesson)
    notebook = new_notebook(cells=script.cells, metadata=_metadata(lesson))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    rules.apply(notebook, lesson)
    if notebook.cells:
        head = notebook.cells[0]
        head.source = with_badge(head.source, address.badge_of(head.source, lesson.name))
    folding.fold(notebook.cells)
    return notebook


def script_text(notebook: NotebookNode, path: Path, lesson: Lesson) -> str:
    """Write the percent script of a solutions notebook: the inverse of `solution_notebook`.

    Parameters
    ----------
    notebook
        A solutions notebook.
    path
        Where it was read, for messages.
    lesson
        Whose notebook it is; its script says what was pasted.

    Raises
    ------
    CourseError
        Where a cell has no place in a script, or an edit is in what the build pasted.
    """
    plain = new_notebook(metadata=SCRIPT_FORMAT)
    repository = address_of(lesson.root).repository
    shared = pasted.read_shared(lesson.root)
    for cell in notebook.cells:
        facts = nbgrader_facts(cell)
        options = {k: cell.metadata[k] for k in KEPT_OPTIONS if cell.metadata.get(k)}
        if facts.get("solution") and facts.get("grade"):
            raise CourseError(
                f"{path}, cell {facts.get('grade_id')}: a manually graded answer. "
                "This course has answers (autograded answer) and checks (autograder tests) only."
            )
        if facts.get("solution"):
            options["answer"] = facts["grade_id"]
        elif facts.get("grade"):
            options["check"] = facts["grade_id"].removesuffix(CHECK_SUFFIX)
        make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        source = with_badge(cell.source, "") if cell is notebook.cells[0] else cell.source
        source = folding.without_title(ATTACHED.sub(r"![\g<alt>](../assets/\g<name>)", source))
        if pasted.SLIPS in options.get("tags", []):
            pasted.need_slips(notebook, cell, path)
            source = pasted.SLIPS_GAP
        elif pasted.SCORE in options.get("tags", []):
            pasted.need_score(cell, pasted.score_text(lesson.name, repository), path)
            source = pasted.SCORE_GAP
        elif "setup" in options.get("tags", []):
            source = pasted.empty(source, shared)
        plain.cells.append(make(source, metadata=options))
    text = f"{SENTINEL_LINE}\n" + jupytext.writes(plain, fmt="py:percent").rstrip("\n") + "\n"
    if lesson.script.exists():
        pasted.need_shared(lesson.script.read_text("utf-8"), text, path)
    return text


def _metadata(lesson: Lesson) -> NotebookNode:
    """The metadata of a lesson's solutions notebook."""
    return nbformat.from_dict(
        {
            "course": {
                "lesson": lesson.name,
                "generated_from": f"solutions/{lesson.name}.py",
                "holds": SENTINEL,
                "note": "Generated by `autograder build`: edit the script, or bring an edit back with `autograder adopt`.",
            },
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )


def _nbgrader(grade_id: str, *, solution: bool = False, grade: bool = False) -> dict:
    """What nbgrader wants to know of an answer or of a check."""
    facts = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": grade,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {**facts, "points": 0.0} if grade else facts


def _attach_images(cell: NotebookNode, lesson: Lesson) -> None:
    """Carry the pictures that a text cell shows inside the notebook."""
    for match in IMAGE.finditer(cell.source):
        path = lesson.root / "assets" / match["name"]
        if not path.exists() or path.suffix not in IMAGE_TYPES:
            raise CourseError(
                f"{lesson.script}, cell {cell.id}: there is no picture assets/{match['name']}. "
                "Save it there, and list it in assets/README.md."
            )
        encoded = base64.b64encode(path.read_bytes()).decode("ascii")
        cell.setdefault("attachments", {})[path.name] = {IMAGE_TYPES[path.suffix]: encoded}
    cell.source = IMAGE.sub(r"![\g<alt>](attachment:\g<name>)", cell.source)
