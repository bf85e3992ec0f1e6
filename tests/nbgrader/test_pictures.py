"""Pictures on feedback pages: what is the same for everybody is drawn once, the student's own work by their own code, and no page waits for it."""

from __future__ import annotations

import json
import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell

from autograder.course import build
from autograder.grading import shared_pictures
from autograder.hosts.nbgrader import scratch
from autograder.hosts.nbgrader.release import release_text
from autograder.settings import Settings
from tests.support import faults, tiny
from tests.support.small_class import graded_notebook, scores

pytestmark = pytest.mark.xdist_group("pictures")  # the class is graded once

SETUP = """\
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

def draw(height, alt):
    figure, axis = plt.subplots(figsize=(3, 2), layout="constrained")
    axis.bar([0, 1], [1, height])
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)
"""
EXAMPLES = """
# %%
# The same for everybody
draw(2, "two bars of the course")

# %%
# The student's own
draw(float(half(np.array(8.0))), "half of eight")

# %%
print("half of ten:", half(np.array(10.0)))
"""
SHARED, OWN, PRINTED = -3, -2, -1  # places in the release


@pytest.fixture(scope="module")
def pictured(tmp_path_factory):
    """The small lesson with pictures, and three students: a right answer, a wrong one, and one who draws something of their own."""
    lesson = tiny.make_course(tmp_path_factory.mktemp("pictures"))
    text = lesson.script.read_text("utf-8").replace("import numpy as np\n", SETUP, 1)
    lesson.script.write_text(text + EXAMPLES, "utf-8")
    build.build(lesson, release_text)
    right = tiny.right(lesson)
    tiny.submit(lesson, "right", right)
    wrong = nbformat.from_dict(right)
    next(
        cell for cell in wrong.cells if cell.id == "half"
    ).source = "# ✏️ Answer: half\ndef half(grid):\n    return grid * 3"
    tiny.submit(lesson, "wrong", wrong)
    more = nbformat.from_dict(right)
    more.cells.append(new_code_cell("plt.plot([3, 1, 2])\nplt.title('my own')\nplt.show()"))
    tiny.submit(lesson, "more", more)
    return lesson


@pytest.fixture(scope="module")
def class_(pictured):
    """The class graded, drawn, and with pages."""
    for step in ("autograde", "generate_feedback"):
        done = tiny.nbgrader(pictured.root, step, pictured.name)
        assert done.returncode == 0, done.stderr[-3000:]
    return pictured


@pytest.fixture
def fresh(pictured, tmp_path):
    """A copy of the course in which nobody is graded yet."""
    skipped = shutil.ignore_patterns("autograded", "feedback", "gradebook.db", "journal.jsonl", "results", "pictures")
    shutil.copytree(pictured.root, tmp_path / "course", ignore=skipped)
    return type(pictured)(pictured.name, tmp_path / "course")


def page_of(lesson, student: str) -> BeautifulSoup:
    path = lesson.root / "feedback" / student / lesson.name / f"{lesson.name}.html"
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def picture(page: BeautifulSoup, alt: str) -> str:
    """The only picture with this text; "" if there is none."""
    found = [image["src"] for image in page.find_all("img", alt=alt)]
    assert len(found) < 2
    return found[0] if found else ""


def test_a_finished_lessons_page_has_a_picture_for_each_cell_that_shows_one_and_is_small(tmp_path, lesson):
    """What the solutions notebook draws of set-up and examples is on the page, and the page has less than 1.5 MB."""
    config = scratch.config_text()
    (tmp_path / "nbgrader_config.py").write_text(config, "utf-8")
    for step in ("lessons", "solutions"):
        shutil.copytree(lesson.root / step / lesson.name, tmp_path / step / lesson.name)
    folder = tmp_path / "submitted" / "right" / lesson.name
    folder.mkdir(parents=True)
    right = tiny.right(lesson)
    (folder / f"{lesson.name}.ipynb").write_text(nbformat.writes(right), "utf-8")
    environment = scratch.environment(tmp_path, lesson.root)
    for step in ("autograde", "generate_feedback"):
        done = tiny.WARM.run([step, lesson.name], tmp_path, environment, 600)
        assert done.returncode == 0, done.stderr[-3000:]
    path = tmp_path / "feedback" / "right" / lesson.name / f"{lesson.name}.html"
    assert path.stat().st_size < 1_500_000
    page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    assert "not drawn" not in page.get_text()
    shows = [
        c
        for c in lesson.read_release().cells
        if c.cell_type == "code" and re.search(r"^\s*show\(", c.source, re.MULTILINE)
    ]
    pictured = [cell for cell in page.find_all(class_="code_cell") if cell.find("img")]
    assert len(pictured) == len(shows)
    assert not page.find_all("img", alt=re.compile("No description"))


def test_a_page_has_the_pictures_of_all_cells(class_):
    page = page_of(class_, "right")
    assert picture(page, "two bars of the course").startswith("data:image/")
    assert picture(page, "half of eight").startswith("data:image/")
    assert "half of ten: 5.0" in page.get_text()
    assert "not drawn" not in page.get_text()


def test_a_wrong_answer_shows_what_it_draws_itself_and_nothing_of_the_right_one(class_):
    right, wrong = page_of(class_, "right"), page_of(class_, "wrong")
    assert picture(right, "two bars of the course") == picture(wrong, "two bars of the course")
    assert picture(wrong, "half of eight") not in ("", picture(right, "half of eight"))
    assert picture(right, "half of eight") not in str(wrong)
    assert "half of ten: 30.0" in wrong.get_text()
    assert "half of ten: 5.0" not in wrong.get_text()
    assert "np.asarray(grid) / 2" not in wrong.get_text()


def test_a_students_own_cell_shows_its_picture(class_):
    own = page_of(class_, "more").find_all("img", alt=re.compile("No description"))
    assert len(own) == 1
    assert own[0]["src"].startswith("data:image/")


def test_no_answer_of_the_courses_is_among_what_is_kept_for_all(class_):
    """It is drawn without one: what a cell shows that calls one is not there."""
    shared = shared_pictures.kept(Settings.load(class_.root), class_)
    release = class_.read_release().cells
    assert shared.cells == {release[SHARED].id}
    assert "half" not in json.dumps(shared.outputs)


def test_drawing_changes_no_grade_and_nothing_in_a_graded_cell(class_):
    assert scores(class_) == {"right": 10.0, "wrong": 5.0, "more": 10.0}
    notebook = nbformat.read(graded_notebook(class_, "wrong"), as_version=4)
    checks = [cell for cell in notebook.cells if cell.id.endswith("_check")]
    assert [cell.outputs[0].data["text/plain"] for cell in checks] == ["0.0", "5.0"]
    assert notebook.metadata["autograder"]["drawn"] is True


@pytest.mark.parametrize("content", ["", "{}", '{"format": 1'])
def test_shared_pictures_that_are_damaged_are_made_again(class_, content):
    course = Settings.load(class_.root)
    file = course.pictures_file(class_.name)
    before = file.read_text("utf-8")
    file.write_text(content)
    assert shared_pictures.kept(course, class_) is None
    try:
        made = shared_pictures.made(course, class_, lambda work, job: type("D", (), {"outputs": {}})())
        assert made.cells == set()
        assert json.loads(file.read_text("utf-8"))["outputs"] == {}
    finally:
        file.write_text(before)
    assert shared_pictures.kept(course, class_) is not None


def test_a_run_that_is_killed_while_it_draws_keeps_all_grades_and_the_next_draws_the_rest(fresh):
    done = tiny.nbgrader(fresh.root, "autograde", fresh.name, changes=[(faults.die_when_pictures_come, 2)])
    assert done.returncode < 0
    assert scores(fresh) == {"right": 10.0, "wrong": 5.0, "more": 10.0}
    notes = [nbformat.read(graded_notebook(fresh, s), as_version=4).metadata["autograder"] for s in scores(fresh)]
    assert sum("drawn" in note for note in notes) == 1
    done = tiny.nbgrader(fresh.root, "generate_feedback", fresh.name)
    assert done.returncode == 0, done.stderr[-3000:]
    texts = [page_of(fresh, student).get_text() for student in scores(fresh)]
    assert sum("not drawn yet" in text for text in texts) == 2
    assert all(picture(page_of(fresh, student), "two bars of the course") for student in scores(fresh))
    again = tiny.nbgrader(fresh.root, "autograde", fresh.name)
    assert "drawing the pictures of 2 submissions" in again.stderr
    assert "Grading" not in again.stderr
    done = tiny.nbgrader(fresh.root, "generate_feedback", fresh.name)
    assert done.stderr.count("older than the grade") == 2, "the pages whose pictures came are made again"
    assert not any("not drawn" in page_of(fresh, student).get_text() for student in scores(fresh))


@pytest.mark.parametrize("wanted", ["none", "all"])
def test_an_instructor_may_want_no_pictures_of_students_work_or_all_by_their_kernels(fresh, wanted):
    for student in ("right", "more"):
        shutil.rmtree(fresh.root / "submitted" / student)
    with open(fresh.root / "limits.toml", "a", encoding="utf-8") as file:
        file.write(f'\npictures = "{wanted}"\n')
    for step in ("autograde", "generate_feedback"):
        done = tiny.nbgrader(fresh.root, step, fresh.name)
        assert done.returncode == 0, done.stderr[-3000:]
    page = page_of(fresh, "wrong")
    assert picture(page, "two bars of the course")
    assert bool(picture(page, "half of eight")) is (wanted == "all")
    assert ("is not drawn on this page" in page.get_text()) is (wanted == "none")
    assert scores(fresh) == {"wrong": 5.0}
