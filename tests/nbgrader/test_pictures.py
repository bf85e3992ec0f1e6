"""Pictures on feedback pages: the course's own are drawn once, the student's own work by their own code, and no page waits for it."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell
from PIL import Image

from autograder.course import build
from autograder.grading import shared_pictures
from autograder.grading.beside import small_pictures
from autograder.grading.drawing import Drawn
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

# %%
# The other answer's
draw(float(mirror(np.array([[5.0, 3.0]]))[0, 0]), "the mirrored five")

# %%
# Of both
draw(float(half(mirror(np.array([[5.0, 3.0]])))[0, 0]), "half of the mirrored five")
"""
WRONG = "# ✏️ Answer: half\ndef half(grid):\n    return grid * 3"
WHO_DREW = "the picture is the one that the course's own code draws"
SHARED, OWN, PRINTED, OTHER, BOTH = -5, -4, -3, -2, -1  # places in the release
# Of `half` and not of `mirror`.
OF_HALF = ("half of eight", "half of the mirrored five")


@pytest.fixture(scope="module")
def pictured(tmp_path_factory):
    """The small lesson with pictures, and four students: all right, one answer wrong, all right and a picture besides, and nothing answered."""
    lesson = tiny.make_course(tmp_path_factory.mktemp("pictures"))
    text = lesson.script.read_text("utf-8").replace("import numpy as np\n", SETUP, 1)
    lesson.script.write_text(text + EXAMPLES, "utf-8")
    build.build(lesson, release_text)
    right = tiny.right(lesson)
    tiny.submit(lesson, "right", right)
    wrong = nbformat.from_dict(right)
    next(cell for cell in wrong.cells if cell.id == "half").source = WRONG
    tiny.submit(lesson, "wrong", wrong)
    more = nbformat.from_dict(right)
    more.cells.append(new_code_cell("plt.plot([3, 1, 2])\nplt.title('my own')\nplt.show()"))
    tiny.submit(lesson, "more", more)
    tiny.submit(lesson, "blank", lesson.read_release())
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
        if c.cell_type == "code"
        and re.search(r"^\s*show(?:_frames)?\(", c.source, re.MULTILINE)
        and "· Optional" not in c.source  # real photos, which a grader does not fetch
    ]
    pictured = [cell for cell in page.select(".code_cell, .exercise .yours") if cell.find("img")]
    assert len(pictured) == len(shows)
    assert len({image["src"] for image in page.find_all("img")}) == len(page.find_all("img")), "each stands once"
    assert not page.find_all("img", alt=re.compile("No description"))


def test_a_page_has_the_pictures_of_all_cells(class_):
    page = page_of(class_, "right")
    assert picture(page, "two bars of the course").startswith("data:image/")
    for alt in (*OF_HALF, "the mirrored five"):
        assert picture(page, alt).startswith("data:image/")
    assert "half of ten: 5.0" in page.get_text()
    assert "not drawn" not in page.get_text()


def test_a_wrong_answer_shows_what_it_draws_itself_and_of_the_right_one_a_small_picture_beside_its_own(class_):
    right, wrong = page_of(class_, "right"), page_of(class_, "wrong")
    for alt in ("two bars of the course", "the mirrored five"):
        assert picture(right, alt) == picture(wrong, alt)
    for alt in OF_HALF:
        assert picture(wrong, alt) not in ("", picture(right, alt))
        assert picture(right, alt) not in str(wrong)
    assert "half of ten: 30.0" in wrong.get_text()
    assert "half of ten: 5.0" not in wrong.get_text()
    assert "np.asarray(grid) / 2" not in wrong.get_text()


def test_a_right_picture_stands_beside_a_wrong_one_and_nowhere_else(class_):
    """Each answer behind it must have been tried; and it stands in the section of the exercise alone."""
    found = {student: page_of(class_, student).select("img[alt^='When it is right']") for student in scores(class_)}
    assert {student: [image["alt"] for image in images] for student, images in found.items()} == {
        "wrong": ["When it is right: half of eight"], "right": [], "more": [], "blank": [],
    }  # fmt: skip
    (image,) = found["wrong"]
    section = image.find_parent(class_="exercise")
    assert section["id"] == "half_check"
    assert section.select_one(".yours img")["alt"] == "half of eight"
    assert image["src"] not in str(page_of(class_, "right")), "it is a smaller one"
    shared = shared_pictures.kept(Settings.load(class_.root), class_)
    cell = class_.read_release().cells[BOTH].id
    assert shared.beside_of(cell, ["half"]) is None
    assert shared.beside_of(cell, ["half", "mirror"])


def test_a_picture_that_could_show_an_answer_is_never_set_beside():
    """Where an answer is a value, or a function of nothing, its picture may say what it is."""
    file = io.BytesIO()
    Image.new("RGB", (900, 300)).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    outputs = {
        "cell": [{"output_type": "display_data", "data": {"image/png": data}, "metadata": {"image/png": {"alt": "x"}}}]
    }
    for source, allowed in (
        ("def f(x):\n    return x", True),
        ("def f():\n    return 3", False),
        ("F = 3", False),
        ("def f(x):\n    return x\nF = 3", False),
        ("def f(x:", False),
    ):
        facts = {"grade_id": "a", "solution": True, "grade": False}
        solution = nbformat.v4.new_notebook(cells=[new_code_cell(source, metadata={"nbgrader": facts})])
        found = small_pictures(solution, outputs, {"cell": ["a"]})
        assert (found.keys() == {"cell"}) is allowed, source
        assert (
            shared_pictures.SharedPictures(behind={"cell": ["a"]}, beside=found)
            .for_all_alike()
            .beside_of("cell", ["a"])
            is None
        )


def test_who_answered_nothing_sees_nothing_that_the_courses_answers_show(class_):
    right, blank = page_of(class_, "right"), page_of(class_, "blank")
    assert picture(blank, "two bars of the course")
    for alt in (*OF_HALF, "the mirrored five"):
        assert picture(right, alt) not in str(blank)
    assert "half of ten" not in blank.get_text().replace('print("half of ten:"', "")
    assert WHO_DREW not in blank.get_text()
    for answers in ("`half`", "`mirror`", "`half` and `mirror`"):
        assert f"[What this cell shows needs {answers}: not answered yet.]" in blank.get_text()


def test_what_right_answers_show_is_drawn_by_the_courses_own_and_by_no_kernel_of_the_students(class_):
    """The page says so. What was drawn by the student's is noted, and is what a wrong answer is behind."""
    ids = {place: class_.read_release().cells[place].id for place in (OWN, PRINTED, OTHER, BOTH)}
    shared = shared_pictures.kept(Settings.load(class_.root), class_)
    assert shared.right.keys() == set(ids.values())
    assert shared.behind == {
        ids[OWN]: ["half"], ids[PRINTED]: ["half"], ids[OTHER]: ["mirror"], ids[BOTH]: ["half", "mirror"],
    }  # fmt: skip
    notebooks = {student: nbformat.read(graded_notebook(class_, student), as_version=4) for student in scores(class_)}
    drawn = {student: notebook.metadata["autograder"].get("drawn") for student, notebook in notebooks.items()}
    assert drawn == {
        "right": None, "more": [], "wrong": sorted(ids[i] for i in (OWN, PRINTED, BOTH)), "blank": None,
    }  # fmt: skip
    assert not any(cell.outputs for cell in notebooks["right"].cells if cell.get("id") in ids.values())
    for student in ("right", "more", "wrong"):
        assert WHO_DREW in page_of(class_, student).get_text()


def test_a_students_own_cell_shows_its_picture(class_):
    own = page_of(class_, "more").find_all("img", alt=re.compile("No description"))
    assert len(own) == 1
    assert own[0]["src"].startswith("data:image/")


def test_no_answer_of_the_courses_is_among_what_is_kept_for_all(class_):
    """What all see is drawn without one: what a cell shows that calls one is not there."""
    shared = shared_pictures.kept(Settings.load(class_.root), class_)
    release = class_.read_release().cells
    assert shared.cells() == {release[SHARED].id}
    assert "half" not in json.dumps(shared.outputs)


def test_drawing_changes_no_grade_and_nothing_in_a_graded_cell(class_):
    assert scores(class_) == {"right": 10.0, "wrong": 5.0, "more": 10.0, "blank": 0.0}
    notebook = nbformat.read(graded_notebook(class_, "wrong"), as_version=4)
    checks = [cell for cell in notebook.cells if cell.id.endswith("_check")]
    assert [cell.outputs[0].data["text/plain"] for cell in checks] == ["0.0", "5.0"]


@pytest.mark.parametrize("content", ["", "{}", '{"format": 1'])
def test_shared_pictures_that_are_damaged_are_made_again(class_, content):
    course = Settings.load(class_.root)
    file = course.pictures_file(class_.name)
    before = file.read_text("utf-8")
    file.write_text(content)
    assert shared_pictures.kept(course, class_) is None
    try:
        made = shared_pictures.made(course, class_, lambda work, job: Drawn({}))
        assert made.cells() == set()
        assert json.loads(file.read_text("utf-8"))["outputs"] == {}
    finally:
        file.write_text(before)
    assert shared_pictures.kept(course, class_) is not None


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_whoever_draws_the_courses_own_pictures_and_whenever_they_are_the_same(class_, fresh, jobs):
    """One student's submission takes one worker; another one draws meanwhile, if there is one."""
    for student in ("more", "wrong", "blank"):
        shutil.rmtree(fresh.root / "submitted" / student)
    done = tiny.nbgrader(fresh.root, "autograde", fresh.name, f"--Autograde.jobs={jobs}")
    assert done.returncode == 0, done.stderr[-3000:]
    assert scores(fresh) == {"right": 10.0}
    assert kept_text(fresh) == kept_text(class_)


def kept_text(lesson) -> str:
    return Settings.load(lesson.root).pictures_file(lesson.name).read_text("utf-8")


def test_a_worker_that_is_lost_over_the_courses_own_pictures_costs_no_grade(fresh):
    done = tiny.nbgrader(fresh.root, "autograde", fresh.name, changes=[faults.lose_the_courses_own_pictures])
    assert done.returncode == 0, done.stderr[-3000:]
    assert "the course's own pictures could not be kept: a worker ended with status -9" in done.stderr
    assert scores(fresh) == {"right": 10.0, "wrong": 5.0, "more": 10.0, "blank": 0.0}


def test_a_run_that_is_killed_while_it_draws_keeps_all_grades_and_the_next_draws_the_rest(fresh):
    shutil.rmtree(fresh.root / "submitted" / "more")
    shutil.copytree(fresh.root / "submitted" / "wrong", fresh.root / "submitted" / "wrong, too")
    done = tiny.nbgrader(fresh.root, "autograde", fresh.name, changes=[(faults.die_when_pictures_come, 2)])
    assert done.returncode < 0
    assert scores(fresh) == {"right": 10.0, "wrong": 5.0, "wrong, too": 5.0, "blank": 0.0}
    notes = [nbformat.read(graded_notebook(fresh, s), as_version=4).metadata["autograder"] for s in scores(fresh)]
    assert sum("drawn" in note for note in notes) == 1
    done = tiny.nbgrader(fresh.root, "generate_feedback", fresh.name)
    assert done.returncode == 0, done.stderr[-3000:]
    texts = [page_of(fresh, student).get_text() for student in scores(fresh)]
    assert sum("not drawn yet" in text for text in texts) == 1
    assert all(picture(page_of(fresh, student), "two bars of the course") for student in scores(fresh))
    again = tiny.nbgrader(fresh.root, "autograde", fresh.name)
    assert "drawing the pictures of 1 submission" in again.stderr
    assert "Grading" not in again.stderr
    done = tiny.nbgrader(fresh.root, "generate_feedback", fresh.name)
    assert done.stderr.count("older than the grade") == 1, "the page whose pictures came is made again"
    assert not any("not drawn" in page_of(fresh, student).get_text() for student in scores(fresh))


@pytest.mark.parametrize("wanted", ["none", "all"])
def test_an_instructor_may_want_no_pictures_of_students_work_or_all_by_their_kernels(fresh, wanted):
    for student in ("blank", "more"):
        shutil.rmtree(fresh.root / "submitted" / student)
    with open(fresh.root / "limits.toml", "a", encoding="utf-8") as file:
        file.write(f'\npictures = "{wanted}"\n')
    for step in ("autograde", "generate_feedback"):
        done = tiny.nbgrader(fresh.root, step, fresh.name)
        assert done.returncode == 0, done.stderr[-3000:]
    right, page = page_of(fresh, "right"), page_of(fresh, "wrong")
    assert picture(right, "half of eight"), "nobody has to draw what the course has"
    assert (WHO_DREW in right.get_text()) is (wanted == "none")
    assert picture(page, "two bars of the course")
    assert bool(picture(page, "half of eight")) is (wanted == "all")
    assert not page.select("img[alt^='When it is right']")
    assert ("is not drawn on this page" in page.get_text()) is (wanted == "none")
    assert scores(fresh) == {"wrong": 5.0, "right": 10.0}


def test_a_grade_that_takes_points_away_takes_the_courses_picture_away(fresh):
    for student in ("blank", "more", "wrong"):
        shutil.rmtree(fresh.root / "submitted" / student)
    for step in ("autograde", "generate_feedback"):
        tiny.nbgrader(fresh.root, step, fresh.name)
    before = page_of(fresh, "right")
    worse = tiny.right(fresh)
    next(cell for cell in worse.cells if cell.id == "half").source = WRONG
    tiny.submit(fresh, "right", worse)
    tiny.nbgrader(fresh.root, "autograde", fresh.name, changes=[(faults.die_when_pictures_come, 1)])
    assert scores(fresh) == {"right": 5.0}
    tiny.nbgrader(fresh.root, "generate_feedback", fresh.name)
    page = page_of(fresh, "right")
    assert picture(page, "the mirrored five") == picture(before, "the mirrored five") != ""
    for alt in OF_HALF:
        assert picture(before, alt)
        assert picture(before, alt) not in str(page)
    assert "half of ten: 5.0" not in page.get_text()
    assert page.get_text().count("not drawn yet") == 3
