"""Which cells show a student's own work: what is the same for everybody is drawn once, and in doubt a cell is the student's own."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.catalog import is_check, is_example
from autograder.course.drawn import cells_to_run, has_pictures, may_show, own_cells, shared_cells

ANSWER = {"nbgrader": {"solution": True, "grade_id": "half"}}
CHECK = {"nbgrader": {"grade": True, "grade_id": "half_check"}}


def notebook(*cells):
    """A notebook of (kind, source) cells: "setup", "answer", "own", "check" or "example"."""
    kinds = {
        "setup": {"tags": ["setup"]},
        "answer": ANSWER,
        "own": {"course": {"from": "student"}},
        "check": CHECK,
        "example": {},
    }
    made = [new_code_cell(source, id=f"c{n}", metadata=kinds[kind]) for n, (kind, source) in enumerate(cells)]
    return new_notebook(cells=made)


SETUP = ("setup", "import numpy as np\nphoto = np.ones(3)\nshow(photo)")
HALF = ("answer", "def half(x):\n    return x / 2")


@pytest.mark.parametrize(
    ("cells", "same"),
    [
        ([SETUP, HALF, ("example", "show(photo)")], [0, 2]),
        ([SETUP, HALF, ("example", "show(half(photo))")], [0]),
        ([SETUP, HALF, ("example", "dark = half(photo)"), ("example", "show(dark)")], [0]),
        ([SETUP, HALF, ("example", "def shown():\n    return half(photo)"), ("example", "show(shown())")], [0]),
        ([SETUP, ("example", "def shown():\n    return half(photo)\nshow(photo)"), HALF], [0]),
        # A name that is made afresh is the course's again.
        ([SETUP, HALF, ("example", "L = half(photo)"), ("example", "L = photo * 2"), ("example", "show(L)")], [0, 4]),
        ([SETUP, HALF, ("own", "L = photo"), ("example", "show(L)")], [0]),
        ([SETUP, HALF, ("example", "parts = []"), ("own", "parts.append(1)"), ("example", "show(parts)")], [0]),
        ([SETUP, HALF, ("check", "seen = half(photo)"), ("example", "show(seen)")], [0]),
        ([SETUP, HALF, ("example", "show(Path('my_photo.jpg').exists())")], [0]),
        ([SETUP, HALF, ("example", "show(globals())")], [0]),
        ([SETUP, HALF, ("own", "globals()['photo'] = 1"), ("example", "show(photo)")], []),
        ([SETUP, ("own", "photo = 3"), HALF, ("example", "show(photo)")], [0]),
    ],
)  # fmt: skip
def test_what_reads_no_name_of_the_students_is_the_same_for_everybody(cells, same):
    assert sorted(shared_cells(notebook(*cells))) == same


def test_a_cell_that_the_course_has_not_drawn_is_drawn_for_the_student():
    lesson = notebook(SETUP, HALF, ("example", "show(photo)"), ("example", "show(half(photo))"))
    assert own_cells(lesson, {"c0", "c2"}) == {3}
    assert own_cells(lesson, {"c0"}) == {2, 3}
    changed = notebook(SETUP, ("own", "photo = 3"), ("example", "show(photo)"), ("example", "show(half(photo))"))
    assert own_cells(changed, {"c0", "c2"}) == {2, 3}


def test_what_is_run_for_a_picture_is_what_it_reads():
    lesson = notebook(
        SETUP, HALF, ("check", "seen = half(photo)"), ("check", "other = 1"), ("example", "light = photo * 2"),
        ("example", "dark = photo * 0"), ("example", "show(half(light), seen)"),
    )  # fmt: skip
    assert own_cells(lesson, {"c0"}) == {6}
    assert cells_to_run(lesson, {6}) == {0, 1, 2, 4, 6}


@pytest.mark.parametrize(
    ("source", "shows"),
    [
        ("import numpy as np", False),
        ("def f():\n    print(1)", False),
        ('"""Only said."""\nx = 3', False),
        ("x = 3\nx", True),
        ("x = f()", True),
        ("if True:\n    print(1)", True),
        ("!ls", True),
    ],
)
def test_a_cell_that_only_imports_and_defines_shows_nothing(source, shows):
    assert may_show(source) is shows


def test_a_submission_has_pictures_of_its_own_if_a_cell_that_the_student_wrote_may_show_one():
    assert not has_pictures(notebook(SETUP, HALF), set())
    assert has_pictures(notebook(SETUP, HALF, ("own", "plt.plot([1])")), set())
    assert has_pictures(notebook(SETUP, HALF), {1})


def test_of_each_lesson_some_pictures_are_shared_and_those_that_call_answers_are_not(lesson):
    """The names of the answers stand in none of the cells that are drawn once."""
    release = lesson.read_release()
    shared = shared_cells(release)
    answers = {exercise.id for exercise in lesson.exercises()}
    assert shared
    assert own_cells(release, {release.cells[i].id for i in shared})
    for place in shared:
        assert not any(f"{name}(" in release.cells[place].source for name in answers)
        assert not is_check(release.cells[place])
    assert any(is_example(release.cells[place]) for place in shared)
