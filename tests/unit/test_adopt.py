"""An instructor's edit of a solutions notebook comes home into the script, or is refused and nothing is changed."""

from __future__ import annotations

import shutil

import nbformat
import pytest

from autograder import settings
from autograder.course import build, pasted
from autograder.course.adopt import adopt
from autograder.course.catalog import Lesson
from autograder.course.markers import SENTINEL, SENTINEL_LINE
from autograder.course.script import script_text, solution_notebook
from autograder.errors import CourseError
from autograder.hosts.nbgrader.release import release_text
from tests.support import small_lesson
from tests.support.small_lesson import SCRIPT


@pytest.fixture
def small(tmp_path) -> Lesson:
    """A lesson of one exercise in a house of its own."""
    return small_lesson.make(tmp_path)


def test_adopt_keeps_the_sentinel(small):
    build.build(small, release_text)
    notebook = nbformat.read(small.solution, as_version=4)
    notebook.metadata["course"].pop("holds")
    notebook.cells[0].source += "\n\nA new line."
    nbformat.write(notebook, small.solution)
    assert adopt(small.solution, small, release_text) is True
    assert small.script.read_text("utf-8").startswith(SENTINEL_LINE + "\n")
    assert SENTINEL in small.solution.read_text("utf-8")
    assert build.differences(small, release_text) == []


def test_a_notebook_that_was_not_edited_gives_its_own_script_back(lesson):
    before = lesson.script.read_bytes()
    assert adopt(lesson.solution, lesson, release_text) is False
    assert lesson.script.read_bytes() == before


def test_a_script_says_the_same_after_the_way_through_the_notebook(lesson, tmp_path):
    copy = Lesson(lesson.name, tmp_path)
    for path in (copy.script, copy.checks):
        path.parent.mkdir(parents=True)
    shutil.copytree(settings.root() / "assets", tmp_path / "assets")
    copy.script.write_text(script_text(lesson.read_solution(), lesson.solution, lesson), "utf-8")
    shutil.copy(pasted.shared_file(lesson.root), pasted.shared_file(tmp_path))
    copy.checks.write_text(lesson.checks.read_text("utf-8"), "utf-8")
    assert solution_notebook(copy) == solution_notebook(lesson)


def test_an_edit_of_what_the_build_pasted_is_refused(lesson):
    notebook = lesson.read_solution()
    slips = next(cell for cell in notebook.cells if "slips" in cell.metadata.get("tags", []))
    assert pasted.SLIPS_GAP in script_text(notebook, lesson.solution, lesson)
    slips.source += "\nFACTORS = ()"
    with pytest.raises(CourseError, match=r"pasted from the package's .*slips\.py"):
        script_text(notebook, lesson.solution, lesson)


def test_an_edit_of_the_solutions_notebook_comes_home(small):
    build.build(small, release_text)
    notebook = nbformat.read(small.solution, as_version=4)
    notebook.cells[2].source = notebook.cells[2].source.replace("Double every value.", "Double *every* value.")
    notebook.cells.insert(3, nbformat.v4.new_markdown_cell("A thought more."))
    for cell in notebook.cells:  # as JupyterLab saves it: run, with outputs
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="hello")]
            cell.execution_count = 7
    nbformat.write(notebook, small.solution)
    assert adopt(small.solution, small, release_text) is True
    script = small.script.read_text("utf-8")
    assert "# Double *every* value." in script
    assert "# A thought more." in script
    assert "hello" not in script
    assert build.differences(small, release_text) == []
    assert adopt(small.solution, small, release_text) is False


def test_points_that_contradict_the_text_are_not_adopted(small):
    build.build(small, release_text)
    notebook = nbformat.read(small.solution, as_version=4)
    notebook.cells[-1].metadata.nbgrader.points = 5.0
    nbformat.write(notebook, small.solution)
    with pytest.raises(CourseError, match=r"5\.0 points in the toolbar, 4 in the exercise text"):
        adopt(small.solution, small, release_text)
    assert small.script.read_text("utf-8") == SCRIPT


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda nb: nb.cells.insert(1, nbformat.v4.new_code_cell("x = 1\n# %% second thought\ny = 2")),
            "percent script",
        ),
        (lambda nb: nb.cells.insert(1, nbformat.v4.new_raw_cell("raw")), "percent script"),
        (
            lambda nb: nb.cells.insert(1, nbformat.v4.new_markdown_cell("![pasted](attachment:image.png)")),
            "Save it there",
        ),
    ],
)
def test_an_edit_that_would_be_lost_is_refused_and_nothing_is_changed(small, change, says):
    build.build(small, release_text)
    notebook = nbformat.read(small.solution, as_version=4)
    change(notebook)
    nbformat.write(notebook, small.solution)
    edited = small.solution.read_bytes()
    with pytest.raises(CourseError, match=says):
        adopt(small.solution, small, release_text)
    assert small.script.read_text("utf-8") == SCRIPT
    assert small.solution.read_bytes() == edited


def test_a_picture_that_was_replaced_in_the_notebook_is_not_silently_put_back(small):
    (small.root / "assets").mkdir()
    (small.root / "assets" / "a.png").write_bytes(b"old")
    small.script.write_text(SCRIPT.replace("# Double every value.", "# ![a picture](../assets/a.png)"), "utf-8")
    build.build(small, release_text)
    notebook = nbformat.read(small.solution, as_version=4)
    notebook.cells[2].attachments["a.png"]["image/png"] = "bmV3"
    nbformat.write(notebook, small.solution)
    with pytest.raises(CourseError, match=r"a\.png is not the one in assets"):
        adopt(small.solution, small, release_text)


def test_an_edit_that_does_not_build_leaves_the_script_alone(small):
    build.build(small, release_text)
    notebook = nbformat.read(small.solution, as_version=4)
    notebook.cells[2].source = notebook.cells[2].source.replace("about 6 minutes", "quick")
    nbformat.write(notebook, small.solution)
    with pytest.raises(CourseError, match="lacks points or minutes"):
        adopt(small.solution, small, release_text)
    assert small.script.read_text("utf-8") == SCRIPT
