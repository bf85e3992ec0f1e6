"""The collected answers: a wrong one may be written as a change of a right one, and a change that does not fit is an error."""

from __future__ import annotations

import re

import pytest

from autograder.course import answers
from autograder.course.markers import SENTINEL_LINE
from autograder.errors import CourseError
from tests.support import tiny

BASE = "def f(x):\n    y = x\n    y = 2 * y\n    y = 2 * y\n    return y"


@pytest.fixture
def halves(tmp_path):
    """A course of one lesson; the function writes its answers and reads them back."""
    lesson = tiny.make_course(tmp_path / "course")
    lesson.answers.parent.mkdir(parents=True)

    def read(*cells: str) -> list[answers.Answer]:
        lesson.answers.write_text("\n\n\n".join((SENTINEL_LINE, *cells)) + "\n", "utf-8")
        return answers.collected(lesson)

    return read


@pytest.mark.parametrize(
    ("change", "new"),
    [
        ("# -     return y\n# +     return -y", BASE.replace("return y", "return -y")),
        ("# - def f(x):\n# + def f(x, z):\n\n# -     y = x\n# +     y = z", BASE.replace("(x)", "(x, z)").replace("y = x", "y = z")),
        ("#       y = 2 * y\n# -     y = 2 * y\n# +     y = 3 * y", BASE[:25] + BASE[25:].replace("y = 2 * y\n    return", "y = 3 * y\n    return")),
        ("# -     y = x\n# -     y = 2 * y", BASE.replace("    y = x\n    y = 2 * y\n", "", 1)),
        ("#       y = x\n# +\n# +     print(y)", BASE.replace("y = x\n", "y = x\n\n    print(y)\n")),
        ("#       y = x\n# +     print(y)", BASE.replace("y = x\n", "y = x\n    print(y)\n")),
    ],
)  # fmt: skip
def test_a_change_takes_lines_out_and_puts_lines_in(change, new):
    assert answers.changed(BASE, change, "here") == new


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("# -     return x\n# +     return y", "here: the lines .*return x.* are there 0 times"),
        ("# -     y = 2 * y\n# +     y = 3 * y", "are there 2 times"),
        ("# + y = 3 * y", r"the lines \[\] should be there once"),
        ("    return x", "here: `    return x` is no line of a change"),
        ("# return x", "is no line of a change"),
    ],
)
def test_a_change_that_does_not_fit_is_an_error(change, says):
    with pytest.raises(CourseError, match=says):
        answers.changed(BASE, change, "here")


def test_what_is_changed_is_the_solution_or_a_right_answer_or_a_base(halves):
    found = halves(
        '# %% right="half" style="a factor"\ndef half(grid):\n    return grid * 0.5',
        '# %% base="half" style="two steps"\ndef half(grid):\n    two = 2\n    return grid / two',
        '# %% slip="half" change="solution"\n# - def half(grid):\n# + def half(grid, by=2):',
        '# %% slip="half" change="a factor"\n# -     return grid * 0.5\n# +     return grid * 5',
        '# %% wrong="test_halves_are_floats" change="two steps" says="whole | cut"\n# -     two = 2\n# +     two = 3',
    )
    assert [(answer.style, answer.catches) for answer in found] == [
        ("a factor", ""), ("", "any"), ("", "any"), ("", "test_halves_are_floats"),
    ]  # fmt: skip
    solution = found[1].source
    assert solution.startswith("def half(grid, by=2):\n    return")
    assert "SOLUTION" not in solution and '"""' not in solution and "Answer" not in solution
    assert found[2].source == "def half(grid):\n    return grid * 5"
    assert found[3].source == "def half(grid):\n    two = 3\n    return grid / two"
    assert found[3].visible == found[3].card == ("whole", "cut")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (
            '# %% slip="half" change="nowhere"\n# - x',
            "a change of 'nowhere', but half has no answer or base of this style",
        ),
        ('# %% slip="third"\nx', "a slip in 'third', but there is no such exercise"),
        ('# %% right="third"\nx', "a right answer to 'third', but there is no such exercise"),
        ('# %% wrong="test_nothing"\nx', "a wrong answer for 'test_nothing', but there is no such check"),
        ('# %% slip="half" change="solution"\n# - no such line', "01_halves.py, a change of half, solution: the lines"),
    ],
)
def test_an_answer_that_belongs_to_nothing_is_an_error(halves, cell, says):
    with pytest.raises(CourseError, match=re.escape(says)):
        halves(cell)


def test_answers_that_are_not_there_are_an_error_with_the_files_name(tmp_path):
    lesson = tiny.make_course(tmp_path / "course")
    with pytest.raises(CourseError, match=r"answers/01_halves\.py: No such file"):
        answers.collected(lesson)
