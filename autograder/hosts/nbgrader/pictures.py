"""The pictures of graded notebooks: which are missing, where they are put, and what a page shows where one is not drawn."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder import files
from autograder.course.catalog import is_check
from autograder.course.drawn import has_pictures, own_cells
from autograder.grading.drawing import PICTURES, whole_text
from autograder.grading.shared_pictures import SharedPictures
from autograder.hosts.nbgrader.notebooks import NOTE

# In the note of a graded notebook: its pictures were drawn.
DRAWN = "drawn"
NOT_YET = "What this cell shows of your own work is not drawn yet."
NOT_HERE = "What this cell shows of your own work is not drawn on this page. Run it in your notebook to see it."
FIGURE = "<Figure size "


def undrawn(path: Path, shared: Collection[str]) -> tuple[str, dict[str, bytes]] | None:
    """Return the whole text of a graded notebook whose pictures are missing, and the files that came with it; None if nothing is to be drawn.

    Raises
    ------
    OSError, ValueError
        If it cannot be read.
    """
    notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
    note = notebook.metadata.get(NOTE, {})
    if DRAWN in note or not _is_drawn_later(note):
        return None
    whole = whole_text(notebook)
    if not has_pictures(whole, own_cells(whole, shared)):
        return None
    contents = {name: (path.parent / name).read_bytes() for name in note.get("files", [])}
    return nbformat.writes(whole), contents


def put(path: Path, outputs: dict[str, list[NotebookNode]]) -> None:
    """Give the cells of a graded notebook what was drawn of them, and note that it was; the file is the old one or the new one.

    Raises
    ------
    OSError, ValueError
        If it cannot be read or written.
    """
    notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.id in outputs and not is_check(cell):
            cell.outputs = outputs[cell.id]
    notebook.metadata[NOTE][DRAWN] = True
    files.write(path, nbformat.writes(notebook).rstrip("\n") + "\n", protected=True)


def complete(notebook: NotebookNode, shared: SharedPictures, wanted: str) -> None:
    """Give the course's cells of a graded notebook what they show on a page: what all have in common, the student's own, or a line that it is not there.

    Parameters
    ----------
    notebook : NotebookNode
    shared : SharedPictures
    wanted : str
        What the course's settings say of pictures.
    """
    note = notebook.metadata.get(NOTE, {})
    own = own_cells(whole_text(nbformat.from_dict(notebook)), shared.cells)
    for index, cell in enumerate(notebook.cells):
        about: dict[str, Any] = cell.metadata.get("course", {})
        if cell.cell_type != "code" or is_check(cell) or about.get("from") == "grader":
            continue
        if index in own and DRAWN not in note and not _has_picture(cell):
            _say_what_is_missing(cell, NOT_YET if wanted == "own" and _is_drawn_later(note) else NOT_HERE)
        elif index not in own and cell.id in shared.cells:
            cell.outputs = shared.outputs_of(cell.id)


def _is_drawn_later(note: dict[str, Any]) -> bool:
    return bool(note.get("result")) and not note.get("reason") and note["result"].get("score") is not None


def _has_picture(cell: NotebookNode) -> bool:
    return any(kind in output.get("data", {}) for output in cell.outputs for kind in PICTURES)


def _say_what_is_missing(cell: NotebookNode, text: str) -> None:
    """Put a line in the place of a picture, where a cell may show one."""
    if not cell.source.strip():
        return
    cell.outputs = [o for o in cell.outputs if not o.get("data", {}).get("text/plain", "").startswith(FIGURE)]
    cell.outputs.append(new_output("stream", name="stdout", text=f"[{text}]\n"))
