"""A student who imports what the grader has not is told so, and told what there is."""

from __future__ import annotations

import importlib.util

import nbformat
import pytest

from autograder.course import samples
from autograder.course.catalog import Exercise
from autograder.grading import score
from autograder.results import CheckResult
from tests.conftest import LESSONS

MODULES = ("numpy", "scipy", "skimage", "PIL", "matplotlib", "tensorflow", "keras")
EXERCISE = Exercise("half", "Half", 2.0, 5, 1, 2)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_head_of_each_lesson_says_which_packages_there_are(lesson):
    assert score.PACKAGES in " ".join(lesson.read_release().cells[0].source.split())


def test_the_packages_that_are_named_are_there():
    for name in MODULES:
        assert importlib.util.find_spec(name) is not None


def notebook(*errors: tuple[str, str] | None) -> nbformat.NotebookNode:
    """A notebook of cells that ended with these errors."""
    cells = [nbformat.v4.new_code_cell("x") for _ in errors]
    for cell, error in zip(cells, errors, strict=True):
        if error:
            cell.outputs = [nbformat.v4.new_output("error", ename=error[0], evalue=error[1], traceback=[])]
    return nbformat.v4.new_notebook(cells=cells)


def message(nb: nbformat.NotebookNode, said: str, outcome: str = "failed") -> str:
    lesson = LESSONS[0]
    checks = [CheckResult("test_half", "half", "Half", 1, outcome, said)]
    traces = {"half": score.traces_of(EXERCISE, nb, {})}
    (cell,) = score.result_of(lesson, "x", checks, sandbox="none", exercises=[EXERCISE], traces=traces).cells
    return cell.message


@pytest.mark.parametrize("module", ["cv2", "pandas", "seaborn", "google.colab", "torch", "my_helpers"])
@pytest.mark.parametrize("where", ["an earlier cell", "the answer cell"])
@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("`half` raised NameError: name 'np' is not defined.", "failed"),
        ("`half` raised ModuleNotFoundError: No module named 'cv2'.", "failed"),
        ("There is no `half` in the notebook at this point. Was its cell run?", "blank"),
    ],
)
def test_an_import_in_vain_is_named_where_it_costs_points(module, where, said, outcome):
    error = ("ModuleNotFoundError", f"No module named '{module}'")
    nb = notebook(error, None, None) if where == "an earlier cell" else notebook(None, error, None)
    card = message(nb, said, outcome)
    assert f"`{module}` is not there where notebooks are graded" in card and score.PACKAGES in card


@pytest.mark.parametrize("said", ["The mean should be 3; yours is 4.", "Not answered yet."])
def test_an_import_in_vain_is_not_named_where_something_else_is_wrong(said):
    card = message(notebook(("ModuleNotFoundError", "No module named 'cv2'"), None, None), said)
    assert card == said


def test_an_import_below_the_check_explains_nothing():
    said = "`half` raised NameError: name 'np' is not defined."
    nb = notebook(None, None, None, ("ModuleNotFoundError", "No module named 'cv2'"))
    assert message(nb, said) == said


def test_a_lesson_with_opencv_at_its_head_says_so_on_the_cards(handed_in, first, finished):
    """Really graded: the cell at the head stops, an answer uses what it would have brought."""
    name = first.exercises()[0].id
    notebook = samples.submission(
        first, {**samples.solutions(first), name: f"import cv2\ndef {name}(*a):\n    return cv2.{name}(*a)"}
    )
    notebook.cells.insert(1, nbformat.v4.new_code_cell("import cv2"))
    result = handed_in(first, notebook)
    cards = {cell.id: cell for cell in result.cells}
    assert "`cv2` is not there where notebooks are graded" in cards[f"{name}_check"].message
    assert all(cell.full or cell.id == f"{name}_check" for cell in result.cells)
