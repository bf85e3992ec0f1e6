"""Brings a solutions notebook that was edited in JupyterLab back into the lesson's script."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.build import MakeRelease, generate, write_if_changed
from autograder.course.catalog import Lesson, nbgrader_facts
from autograder.course.script import script_text, solution_notebook
from autograder.errors import CourseError


def adopt(notebook_path: Path, lesson: Lesson, make_release: MakeRelease) -> bool:
    """Bring an edited solutions notebook back into the lesson's script, and rebuild.

    The script is only replaced by one that builds, and that says all that the notebook said.

    Returns
    -------
    bool
        Whether the script changed.

    Raises
    ------
    CourseError
        Where an edit cannot come back; then nothing is changed.
    """
    notebook = nbformat.read(notebook_path, as_version=4)
    before = lesson.script.read_text("utf-8") if lesson.script.exists() else None
    text = script_text(notebook, notebook_path, lesson)
    if before is not None and text == script_text(solution_notebook(lesson), lesson.script, lesson):
        # No text was edited: keep the script's own blank lines.
        text = before
    try:
        write_if_changed(lesson.script, text)
        generated = generate(lesson, make_release)
        _nothing_lost(notebook, nbformat.reads(generated[lesson.solution], as_version=4), notebook_path)
    except BaseException:  # Ctrl-C as well: the script is what it was
        if before is None:
            lesson.script.unlink(missing_ok=True)
        else:
            write_if_changed(lesson.script, before)
        raise
    for path, made in generated.items():
        write_if_changed(path, made)
    return text != before


def _nothing_lost(edited: NotebookNode, built: NotebookNode, path: Path) -> None:
    """Raise CourseError, with the cell, where the rebuilt notebook does not say what the edited one said."""
    for number, (one, two) in enumerate(zip_longest(edited.cells, built.cells), 1):
        cell = one or two
        where = f"{path}, cell {number} ({cell.get('id', '')})"
        if one is None or two is None or one.cell_type != two.cell_type or one.source.strip() != two.source.strip():
            raise CourseError(
                f"{where}: its text does not come back from a percent script as it is. "
                "Lines that begin with `# %%`, raw cells and pasted pictures do not; say it in another way."
            )
        for name, data in one.get("attachments", {}).items():
            if data != two.get("attachments", {}).get(name):
                raise CourseError(
                    f"{where}: the picture {name} is not the one in assets/. Save it there first, then adopt."
                )
        points, wanted = (nbgrader_facts(c).get("points") for c in (one, two))
        if points is not None and float(points) != wanted:
            raise CourseError(
                f"{where}: {points} points in the toolbar, {wanted:g} in the exercise text. "
                "Change the bold line of the text as well."
            )
