"""What several lessons share stands once: the build pastes it, and an edit of what was pasted is refused."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from autograder import settings
from autograder.course import build, catalog, pasted
from autograder.course.adopt import adopt
from autograder.course.catalog import Lesson
from autograder.course.markers import SENTINEL_LINE
from autograder.course.percent import read_script
from autograder.course.script import script_text
from autograder.errors import CourseError
from autograder.hosts.nbgrader.release import release_text
from tests.support import small_lesson
from tests.support.small_lesson import SCRIPT


@pytest.fixture
def small(tmp_path) -> Lesson:
    """A lesson of one exercise in a house of its own."""
    return small_lesson.make(tmp_path)


SHARED = f"""\
{SENTINEL_LINE}
# %% shared="two"
TWO = 2

# %% shared="twice"
def twice(x):
    return TWO * x
"""


WITH_SHARED = SCRIPT.replace(
    "import numpy as np\n",
    "import numpy as np\n\n# from solutions/shared.py: two\n\n\n# from solutions/shared.py: twice\n",
)


@pytest.fixture
def sharing(small) -> Lesson:
    """The same lesson with shared set-up, built."""
    pasted.shared_file(small.root).write_text(SHARED, "utf-8")
    small.script.write_text(WITH_SHARED, "utf-8")
    build.build(small, release_text)
    return small


def test_shared_set_up_is_pasted_and_the_release_needs_no_other_file(sharing):
    for notebook in (sharing.read_solution(), sharing.read_release()):
        title, _, set_up = notebook.cells[1].source.partition("\n")
        assert title.startswith("# @title ")
        assert set_up == "import numpy as np\n\nTWO = 2\n\n\ndef twice(x):\n    return TWO * x"
        assert "shared.py" not in str(notebook.cells)
    assert build.strays(sharing.root) == []


def test_shared_set_up_comes_home_as_its_name(sharing):
    text = script_text(sharing.read_solution(), sharing.solution, sharing)
    assert [line for line in text.splitlines() if line] == [line for line in WITH_SHARED.splitlines() if line]
    assert adopt(sharing.solution, sharing, release_text) is False


def test_an_edit_of_shared_set_up_is_refused_and_nothing_is_changed(sharing):
    notebook = sharing.read_solution()
    notebook.cells[1].source = notebook.cells[1].source.replace("TWO * x", "x + x")
    nbformat.write(notebook, sharing.solution)
    with pytest.raises(CourseError, match=r"`twice` .* pasted from solutions/shared\.py .*edit there, undo it here"):
        adopt(sharing.solution, sharing, release_text)
    assert sharing.script.read_text("utf-8") == WITH_SHARED


def test_an_edit_beside_shared_set_up_comes_home(sharing):
    notebook = sharing.read_solution()
    notebook.cells[1].source += "\nTHREE = 3"
    nbformat.write(notebook, sharing.solution)
    assert adopt(sharing.solution, sharing, release_text) is True
    assert "# from solutions/shared.py: twice\nTHREE = 3\n" in sharing.script.read_text("utf-8")
    assert "TWO" not in sharing.script.read_text("utf-8")


@pytest.mark.parametrize(
    ("shared", "says"),
    [
        (
            SHARED.replace('shared="twice"', 'shared="thrice"'),
            r"09_test\.py.*no 'twice' in solutions/shared\.py.*two, thrice",
        ),
        (SHARED.replace('shared="two"', 'shared="twice"'), r"shared\.py: there is a second fragment called twice"),
        (SHARED.partition("\n")[2], r"shared\.py, line 1: .*is missing"),
    ],
)
def test_shared_set_up_that_is_not_there_is_an_error_that_says_where(sharing, shared, says):
    pasted.shared_file(sharing.root).write_text(shared, "utf-8")
    with pytest.raises(CourseError, match=says):
        build.build(sharing, release_text)


def test_what_several_lessons_share_is_defined_once(first):
    """No function or photo of one lesson's set-up stands in another's script as well."""
    shared = pasted.read_shared(first.root)
    assert shared
    for lesson in catalog.lessons():
        text = lesson.script.read_text("utf-8")
        for name, fragment in shared.items():
            assert fragment not in text, f"{lesson.name}: {name}"
    named = [
        gap["name"] for lesson in catalog.lessons() for gap in pasted.GAP.finditer(lesson.script.read_text("utf-8"))
    ]
    assert set(named) == set(shared)
    set_ups = {}
    for lesson in catalog.lessons():
        for cell in read_script(lesson.script).cells:
            if "setup" in cell.metadata.get("tags", []):
                for name in re.findall(r"^def (\w+)", cell.source, re.MULTILINE):
                    set_ups.setdefault(name, []).append(lesson.name)
    assert {name: where for name, where in set_ups.items() if len(where) > 1} == {}


@pytest.mark.parametrize(
    ("title", "titles", "name"),
    [
        ("", ["the photo", "your\nred grid"], "the photo, your red grid"),
        ("Light < dark & more", ["left", "right"], "Light &lt; dark &amp; more"),
        ("", [], "Two grey squares, the left one black, the right one white."),
        ("", ["a picture of which much is to be said", "and another one of which more is said"], "a picture of which much is to be said, and another one of …"),
    ],
    ids=["titles", "one title", "no title", "long"],
)  # fmt: skip
def test_what_unfolds_a_pictures_words_says_of_which_picture(title, titles, name):
    """For who goes from button to button, all would be called the same."""
    shown: list[tuple] = []
    names = {"plt": plt, "np": np, "display": lambda *what, **_: shown.append(what)}
    exec(pasted.read_shared(settings.root())["show"], names)
    squares, alt = (
        [np.zeros((20, 20)), np.full((20, 20), 255.0)],
        "Two grey squares, the left one black, the right one white.",
    )
    figure, axes = plt.subplots(1, 2)
    for axis, each, text in zip(axes, squares, [*titles, "", ""], strict=False):
        axis.imshow(each)
        axis.set_title(text)
    figure.suptitle(title)
    for pictures, words in (([figure], name), *([(squares, name)] if not title else [])):
        names["show"](*pictures, alt=alt, titles=titles)
        assert shown[-1] == ({"text/html": f"<details><summary>In words: {words}</summary>{alt}</details>"},)
