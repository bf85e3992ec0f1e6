"""The pictures of graded notebooks: which are missing, where they are put, and what a page shows where one is not drawn."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder import files
from autograder.course.catalog import is_check, is_written
from autograder.course.drawn import answer_of, has_pictures, own_cells
from autograder.course.names import NamesOf
from autograder.grading.drawing import PICTURES, Undrawn, whole_text
from autograder.grading.shared_pictures import SharedPictures
from autograder.hosts.nbgrader.notebooks import NOTE, RIGHT, UNANSWERED
from autograder.results import Verdict

# In the note of a graded notebook: the ids of the cells that were drawn; True for all.
DRAWN = "drawn"
NOT_YET = "What this cell shows of your own work is not drawn yet."
NOT_HERE = "What this cell shows of your own work is not drawn on this page. Run it in your notebook to see it."
NOT_ANSWERED = "What this cell shows needs {}: not answered yet."
FIGURE = "<Figure size "
# What lessons call whether a grader runs them; trainings are short then.
GRADED = re.compile(r"\bGRADED\b")


def undrawn(path: Path, shared: SharedPictures) -> Undrawn | None:
    """Return a graded notebook whose pictures are missing, with the files that came with it; None if nothing is to be drawn.

    Raises
    ------
    OSError, ValueError
        If it cannot be read.
    """
    notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
    note = notebook.metadata.get(NOTE, {})
    if note.get(DRAWN) is True or not _is_drawn_later(note):
        return None
    whole = whole_text(notebook)
    own = _own_cells(whole, shared).difference(unanswered(whole, shared))
    cells = frozenset(whole.cells[i].id for i in own)
    if (DRAWN in note and cells <= set(note[DRAWN])) or not has_pictures(whole, own):
        return None
    contents = {name: (path.parent / name).read_bytes() for name in note.get("files", [])}
    return Undrawn(nbformat.writes(whole), cells, contents)


def put(path: Path, outputs: dict[str, list[NotebookNode]], cells: Collection[str]) -> None:
    """Give the cells of a graded notebook what was drawn of them, and note that it was; the file is the old one or the new one.

    Parameters
    ----------
    path : Path
    outputs : dict of str to list
        By the ids of the cells.
    cells : collection of str
        The ids of those that were to be drawn.

    Raises
    ------
    OSError, ValueError
        If it cannot be read or written.
    """
    notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id in outputs and not is_check(cell):
            cell.outputs = outputs[cell.id]
    notebook.metadata[NOTE][DRAWN] = sorted({*notebook.metadata[NOTE].get(DRAWN, []), *cells})
    files.write(path, nbformat.writes(notebook).rstrip("\n") + "\n", protected=True)


def complete(notebook: NotebookNode, shared: SharedPictures, wanted: str) -> bool:
    """Give the course's cells of a graded notebook what they show on a page: the course's own, the student's own, or a line that it is not there.

    What the course's answers show is given where all that a cell depends on was right in the grade that is recorded.

    Parameters
    ----------
    notebook : NotebookNode
    shared : SharedPictures
    wanted : str
        What the course's settings say of pictures.

    Returns
    -------
    bool
        Whether something is there that the course's answers show.
    """
    note = notebook.metadata.get(NOTE, {})
    whole = whole_text(nbformat.from_dict(notebook))
    own, empty = _own_cells(whole, shared), unanswered(whole, shared)
    known, found = shared.cells(_right(note)), False
    for index, cell in enumerate(notebook.cells):
        about: dict[str, Any] = cell.metadata.get("course", {})
        if cell.cell_type != "code" or is_check(cell) or is_written(cell) or about.get("from") == "grader":
            continue
        if index in own and index in empty and not (_is_drawn(cell, note) or _has_picture(cell)):
            named = " and ".join(f"`{answer}`" for answer in empty[index])
            _say_what_is_missing(cell, NOT_ANSWERED.format(named))
        elif index in own and not (_is_drawn(cell, note) or _has_picture(cell)):
            _say_what_is_missing(cell, NOT_HERE if wanted == "none" or not _is_drawn_later(note) else NOT_YET)
        elif index not in own and cell.id in known:
            cell.outputs = shared.outputs_of(cell.id)
            found |= cell.id in shared.right
    return found


def unanswered(whole: NotebookNode, shared: SharedPictures) -> dict[int, list[str]]:
    """Return by the places of cells that show nothing, because they call answers which are not given: these answers.

    One whose name another cell of the student's makes counts as given.

    Parameters
    ----------
    whole : NotebookNode
        A graded notebook, with the whole text of its cells.
    shared : SharedPictures
    """
    blank = set(whole.metadata.get(NOTE, {}).get(UNANSWERED, []))
    written = [cell for cell in whole.cells if is_written(cell)]
    if not blank or any(NamesOf.of(cell.source).anything for cell in written):
        return {}
    missing = {}
    for answer in sorted(blank):
        elsewhere = {n for cell in written if answer_of(cell) != answer for n in NamesOf.of(cell.source).makes}
        names = set(shared.names.get(answer, ()))
        if names and not names & elsewhere:
            missing[answer] = names
    found = {}
    for i, cell in enumerate(whole.cells):
        behind = missing.keys() & set(shared.behind.get(cell.get("id"), ()))
        at_once = NamesOf.of(cell.source).at_once if behind else set()
        found[i] = [answer for answer in missing if answer in behind and at_once & missing[answer]]
    return {i: answers for i, answers in found.items() if answers}


def _own_cells(whole: NotebookNode, shared: SharedPictures) -> frozenset[int]:
    """The places of the cells that show a student's own work, and not what the course's answers show as well."""
    note = whole.metadata.get(NOTE, {})
    right = _right(note)
    return own_cells(whole, shared.cells(right), shared.right_answers(right), files=bool(note.get("files")))


def _right(note: dict[str, Any]) -> list[str]:
    """The answers of which all checks passed, by the grade that is recorded; none while a human has to look."""
    result = note.get("result") or {}
    return list(note.get(RIGHT, [])) if Verdict(result.get("verdict", Verdict.REVIEW)).gradable else []


def _is_drawn_later(note: dict[str, Any]) -> bool:
    return bool(note.get("result")) and not note.get("reason") and note["result"].get("score") is not None


def _is_drawn(cell: NotebookNode, note: dict[str, Any]) -> bool:
    drawn = note.get(DRAWN, [])
    return drawn is True or cell.id in drawn


def _has_picture(cell: NotebookNode) -> bool:
    return any(kind in output.get("data", {}) for output in cell.outputs for kind in PICTURES)


def are_cut_short(notebook: NotebookNode) -> bool:
    """Return whether code of the course's makes trainings shorter where it is graded."""
    return any(
        cell.cell_type == "code" and not is_written(cell) and GRADED.search(cell.source) for cell in notebook.cells
    )


def _say_what_is_missing(cell: NotebookNode, text: str) -> None:
    """Put a line in the place of a picture, where a cell may show one."""
    if not cell.source.strip():
        return
    cell.outputs = [o for o in cell.outputs if not o.get("data", {}).get("text/plain", "").startswith(FIGURE)]
    cell.outputs.append(new_output("stream", name="stdout", text=f"[{text}]\n"))
