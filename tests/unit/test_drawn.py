"""Which cells show a student's own work: the course's own pictures are drawn once, and in doubt a cell is the student's own."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.catalog import is_check, is_example, is_setup
from autograder.course.drawn import (
    answers_behind,
    cells_to_run,
    has_pictures,
    may_show,
    names_of_answers,
    own_cells,
    shared_cells,
)
from autograder.grading.drawing import with_answers
from autograder.grading.shared_pictures import SharedPictures
from autograder.results import CellResult, CheckResult, Outcome, Verdict

ANSWER = {"nbgrader": {"solution": True, "grade_id": "half"}}
OTHER = {"nbgrader": {"solution": True, "grade_id": "third"}}
CHECK = {"nbgrader": {"grade": True, "grade_id": "half_check"}}


def notebook(*cells):
    """A notebook of (kind, source) cells: "setup", "answer", "other", "own", "check" or "example"."""
    kinds = {
        "setup": {"tags": ["setup"]},
        "answer": ANSWER,
        "other": OTHER,
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


THIRD = ("other", "def third(x):\n    return x / 3")
RIGHT = {"half": {"half"}}


@pytest.mark.parametrize(
    ("cells", "same"),
    [
        ([SETUP, HALF, THIRD, ("example", "show(half(photo))")], [0, 3]),
        ([SETUP, HALF, THIRD, ("example", "show(half(photo))"), ("example", "show(third(photo))")], [0, 3]),
        ([SETUP, HALF, THIRD, ("example", "show(half(third(photo)))")], [0]),
        ([SETUP, HALF, THIRD, ("example", "dark = third(photo)"), ("example", "show(half(dark))")], [0]),
        # A right answer that calls one that is not.
        ([SETUP, THIRD, ("answer", "def half(x):\n    return 1.5 * third(x)"), ("example", "show(half(photo))")], [0]),
        ([SETUP, ("answer", "def half(x):\n    return 1.5 * third(x)"), THIRD, ("example", "show(half(photo))")], [0]),
        # What the answer cell makes besides is the student's.
        ([SETUP, ("answer", HALF[1] + "\nsize = 3"), ("example", "show(half(photo), size)")], [0]),
        ([SETUP, ("answer", HALF[1] + "\nsize = 3"), ("example", "show(half(photo))")], [0, 2]),
        ([SETUP, THIRD, ("answer", HALF[1] + "\nthird = 3"), ("example", "show(third)")], [0]),
        ([SETUP, ("example", "parts = []"), ("answer", HALF[1] + "\nparts.append(1)"), ("example", "show(parts)")], [0]),
        ([SETUP, HALF, ("own", "half = 3"), ("example", "show(half)")], [0]),
        ([SETUP, HALF, ("own", "x = half(photo)"), ("example", "show(half(photo))")], [0, 3]),
        ([SETUP, ("answer", HALF[1] + "\nglobals()['photo'] = 1"), ("example", "show(photo)")], []),
        # Files: written by nobody else, or perhaps by the student.
        ([SETUP, HALF, ("example", "show(Path('a.png').exists())")], [0, 2]),
        ([SETUP, HALF, THIRD, ("example", "show(Path('a.png').exists())")], [0]),
        ([SETUP, HALF, ("own", "save('a.png')"), ("example", "show(Path('a.png').exists())")], [0]),
        ([SETUP, HALF, ("own", "# mine\nme = ['Ana', -1]"), ("example", "show(Path('a.png').exists())")], [0, 3]),
        ([SETUP, HALF, ("own", "photo = 1"), ("example", "show(photo)"), ("example", "show(Path('a.png'))")], [0]),
        ([SETUP, HALF, ("own", "me = photo.T"), ("example", "show(Path('a.png').exists())")], [0]),
        # It may print the answer's text.
        ([SETUP, HALF, ("example", "show(inspect.getsource(half))")], [0]),
    ],
)  # fmt: skip
def test_what_right_answers_alone_are_behind_is_the_courses(cells, same):
    assert sorted(shared_cells(notebook(*cells), RIGHT)) == same


def test_what_reads_a_file_is_the_students_where_files_came_along():
    lesson = notebook(SETUP, HALF, ("example", "show(Path('my_photo.jpg').exists())"))
    assert shared_cells(lesson, RIGHT) == {0, 2}
    assert shared_cells(lesson, RIGHT, files=True) == {0}


def test_a_variable_of_a_function_is_not_the_notebooks():
    """`grid` of the answer is not the `grid` that the example shows."""
    answer = ("answer", "def half(grid):\n    grid[0] = 1\n    grid += 1\n    return grid / 2")
    lesson = notebook(SETUP, ("example", "grid = photo * 2"), answer, ("example", "show(half(grid))"))
    assert shared_cells(lesson, RIGHT) == {0, 3}


def test_a_picture_of_the_courses_is_for_those_whose_answers_behind_it_are_all_right():
    lesson = notebook(
        SETUP, HALF, THIRD, ("example", "show(photo)"), ("example", "show(half(photo))"),
        ("example", "dark = third(photo)"), ("example", "show(half(dark))"), ("example", "show(globals())"),
    )  # fmt: skip
    assert names_of_answers(lesson) == {"half": {"half"}, "third": {"third"}}
    behind = answers_behind(lesson)
    assert behind == {"c4": {"half"}, "c5": {"third"}, "c6": {"half", "third"}}
    pictures = SharedPictures({"c3": []}, {cell: [] for cell in behind}, {c: sorted(a) for c, a in behind.items()})
    assert pictures.cells() == {"c3"}
    assert pictures.cells(["half"]) == {"c3", "c4"}
    assert pictures.cells(["half", "third"]) == {"c3", "c4", "c5", "c6"}
    assert pictures.for_all_alike().cells(["half", "third"]) == {"c3"}
    assert SharedPictures({}, {"c4": []}, {}).cells(["half"]) == set(), "nobody knows what is behind it"


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
    for place in (
        place for place in shared if not is_setup(release.cells[place])
    ):  # a set-up may define what calls them later
        assert not any(f"{name}(" in release.cells[place].source for name in answers)
        assert not is_check(release.cells[place])
    assert any(is_example(release.cells[place]) for place in shared)


def test_who_is_right_has_nothing_to_draw_and_what_calls_an_answer_depends_on_it(lesson):
    solution = with_answers(lesson)
    release, names, behind = lesson.read_release(), names_of_answers(solution), answers_behind(solution)
    known = {release.cells[i].id for i in shared_cells(release)} | behind.keys()
    assert not own_cells(solution, known, names)
    for cell in solution.cells:
        if cell.id in behind:
            assert {name for name in names if f"{name}(" in cell.source} <= behind[cell.id]
    for missing in names:
        seen = own_cells(solution, known, {name: made for name, made in names.items() if name != missing})
        assert {cell for cell, answers in behind.items() if missing in answers} == {solution.cells[i].id for i in seen}


def check(outcome: Outcome) -> CheckResult:
    return CheckResult("test_it", "half", "It is half", 1.0, outcome)


@pytest.mark.parametrize(
    ("points", "outcomes", "right"),
    [
        (5.0, [Outcome.PASSED, Outcome.PASSED], True),
        (5.0, [Outcome.PASSED, Outcome.OFF], True),
        (4.0, [Outcome.PASSED, Outcome.FAILED], False),
        (5.0, [Outcome.PASSED, Outcome.FAILED], False),  # a check that is worth next to nothing
        (5.0, [], False),  # a result whose checks are not kept
        (None, [Outcome.PASSED], False),
    ],
)
def test_an_answer_is_right_if_it_passed_all_its_checks(points, outcomes, right):
    cell = CellResult("half_check", "Half", Verdict.GRADED, points, 5.0, "", [check(outcome) for outcome in outcomes])
    assert cell.right is right
