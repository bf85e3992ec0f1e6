"""Calm notebooks: code that nobody has to read is folded in JupyterLab and on Colab, and what a student fills, reads or changes is open."""

from __future__ import annotations

import itertools
import re

import nbformat
import pytest

from autograder.course import build
from autograder.course.adopt import adopt
from autograder.course.catalog import is_check, is_example, is_setup, nbgrader_facts
from autograder.course.folding import FIGURE_LINES
from autograder.course.script import script_text, solution_notebook
from autograder.hosts.nbgrader.release import release_text
from tests.support import small_lesson

SHORT = "# %%\nshow(double(2))\n"
LONG = "# %%\n" + "".join(f"x{n} = {n}\n" for n in range(FIGURE_LINES - 1)) + "show(x0)\n"


# What a text says right above a cell that its reader has to see.
ASKS = re.compile(
    r"to play with|\bplay\.|\ba toy\b|in the next cell|write its name below|change \w+ (?:two |three |four )?numbers",
    re.IGNORECASE,
)


def folded(cell) -> bool:
    """Folded everywhere or nowhere, with a title where it is."""
    both = {cell.metadata.get("cellView") == "form", bool(cell.metadata.get("jupyter", {}).get("source_hidden"))}
    assert len(both) == 1, cell.id
    assert not both.pop() or cell.source.startswith("# @title "), cell.id
    return cell.metadata.get("cellView") == "form"


def test_a_lesson_folds_its_set_up_checks_and_long_figures_and_no_answer(lesson):
    for cell in lesson.read_release().cells:
        if cell.cell_type != "code" or nbgrader_facts(cell).get("solution"):
            assert not folded(cell), f"{cell.id}: an answer or a text is folded"
        elif is_setup(cell) or is_check(cell):
            assert folded(cell), f"{cell.id}: set-up and checks are folded"
        elif "my_photo.jpg" in cell.source:
            assert not folded(cell), f"{cell.id}: a student writes the name of a photo here"


def test_the_folded_cells_of_a_lesson_can_be_told_apart_by_their_titles(lesson):
    cells = lesson.read_release().cells
    titles = [cell.source.splitlines()[0] for cell in cells if "cellView" in cell.metadata]
    assert len(titles) == len(set(titles))
    for exercise in lesson.exercises():
        assert f"# @title 🔎 Check: {exercise.id} ({exercise.number})" in titles


TWO_PICTURES = LONG + "\n# %% [markdown]\n# ## Part 2 · More\n\n" + LONG + "\n" + LONG
SET_UP = (
    '# %% tags=["setup"]\ndef one():\n    return 1\n\n\ndef two():\n    return 2\n\n# %% tags=["setup"]\nthree = 3\n'
)


def test_a_title_names_the_heading_above_or_what_the_cell_defines(tmp_path):
    small = small_lesson.make(tmp_path)
    small.script.write_text(f"{small_lesson.SCRIPT}\n{TWO_PICTURES}\n{SET_UP}", "utf-8")
    notebook = solution_notebook(small)
    titles = [cell.source.splitlines()[0] for cell in notebook.cells if folded(cell)]
    end = "(run it; there is no need to read it)"
    assert titles == [
        f"# @title Set-up: the whole lesson {end}",
        "# @title 🔎 Check: double (9.1)",
        f"# @title Picture: 9.1 · Twice as much {end}",
        f"# @title Picture 1: Part 2 · More {end}",
        f"# @title Picture 2: Part 2 · More {end}",
        f"# @title Set-up: one, two {end}",
        f"# @title Set-up: Part 2 · More {end}",
    ]
    assert "@title" not in script_text(notebook, small.solution, small)


def test_what_a_text_asks_to_read_or_to_change_is_open(lesson):
    cells = lesson.read_release().cells
    for text, cell in itertools.pairwise(cells):
        if text.cell_type == "markdown" and ASKS.search(text.source.split("\n\n")[-1]) and is_example(cell):
            assert not folded(cell), f"{cell.id}: tag it `open`, for the text above says: {ASKS.search(text.source)[0]}"


def test_a_long_picture_of_a_lesson_is_folded(first):
    assert any(folded(cell) for cell in first.read_release().cells if is_example(cell))


@pytest.mark.parametrize(
    ("cell", "is_so"),
    [
        (SHORT, False),
        (LONG, True),
        (LONG.replace("# %%", '# %% tags=["open"]'), False),
        (LONG.replace("x0 = 0\n", ""), False),
        (LONG.replace("show(x0)", "print(x0)"), False),
        (LONG.replace("x0 = 0", "# a remark"), False),
        (LONG.replace("# %%", "# %%\n# @title My picture"), True),
    ],
    ids=["short", "long", "tagged", "a line less", "no picture", "a remark is no code", "a title of its own"],
)
def test_an_example_is_folded_if_it_is_the_long_code_of_a_picture(tmp_path, cell, is_so):
    small = small_lesson.make(tmp_path)
    small.script.write_text(small_lesson.SCRIPT + "\n" + cell, "utf-8")
    notebook = solution_notebook(small)
    assert folded(notebook.cells[-1]) == is_so
    again = script_text(notebook, small.solution, small)
    assert cell.strip() in again
    assert again.count("@title") == cell.count("@title"), "titles that the build wrote do not come into a script"


def test_an_edit_comes_home_though_a_front_end_took_the_folds_or_a_title(tmp_path):
    small = small_lesson.make(tmp_path)
    small.script.write_text(small_lesson.SCRIPT + "\n" + LONG, "utf-8")
    build.build(small, release_text)
    notebook = nbformat.read(small.solution, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("jupyter", None)
        cell.metadata.pop("cellView", None)
    check = next(cell for cell in notebook.cells if is_check(cell))
    check.source = check.source.replace("Twice 3 is 6.", "Twice 3 is six.")
    nbformat.write(notebook, small.solution)
    assert adopt(small.solution, small, release_text) is True
    assert "Twice 3 is six." in small.script.read_text("utf-8")
    assert "@title" not in small.script.read_text("utf-8")
    assert folded(nbformat.read(small.release, as_version=4).cells[-1])
