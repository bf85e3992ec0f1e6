"""A check can be switched off with a reason; every other way to lose one is an error that names the cure, and silence is no evidence."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from autograder.checks import runner
from autograder.course import build, checkfile
from autograder.course.catalog import Lesson
from autograder.errors import CourseError, JudgeFault
from autograder.grading import score
from autograder.hosts.nbgrader.release import release_text
from autograder.kernel.client import live
from autograder.reports import cards
from autograder.results import Result, Verdict
from autograder.sandbox import backend
from tests.support import tiny

needs_sandbox = pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine")
FIRST, SECOND = '@pytest.mark.check("half")\ndef test_halves_of', '@pytest.mark.check("half")\ndef test_halves_are'
WRONG = {"half": lambda grid: grid, "mirror": lambda grid: grid[:, ::-1]}
ROUNDED = {"half": lambda grid: grid / 2 if grid.dtype.kind == "f" else grid // 2, "mirror": lambda grid: grid[:, ::-1]}


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("switched-off") / "course"
    tiny.make_course(folder)
    return folder


@pytest.fixture
def lesson(template, tmp_path) -> Lesson:
    shutil.copytree(template, tmp_path / "course")
    return Lesson(tiny.NAME, tmp_path / "course")


def mark(lesson: Lesson, which: str, marker: str) -> None:
    text = lesson.checks.read_text("utf-8")
    assert which in text
    lesson.checks.write_text(text.replace(which, which.replace('@pytest.mark.check("half")', marker)), "utf-8")


def graded(lesson: Lesson, answers: dict) -> Result:
    checks = runner.judge(lesson, lambda _: live(dict(answers)), b"k" * 32)
    return score.result_of(lesson, "sample", checks, sandbox="none")


def test_the_points_of_a_check_that_is_off_go_to_the_others_and_the_card_says_so(lesson):
    assert [cell.points for cell in graded(lesson, ROUNDED).cells] == [2.5, 5.0]
    mark(lesson, SECOND, '@pytest.mark.check("half", off="the text was unclear")')
    result = graded(lesson, ROUNDED)
    assert [cell.points for cell in result.cells] == [5.0, 5.0]
    assert result.cells[0].message == "All checks passed."
    card = cards.card_html(result.cells[0])
    assert "Not asked, and not counted: the text was unclear" in card
    assert [cell.points for cell in graded(lesson, WRONG).cells] == [0.0, 5.0], "the other check still counts"


def test_where_the_first_check_is_off_the_next_one_is_the_one_that_must_pass(lesson):
    mark(lesson, FIRST, '@pytest.mark.check("half", off="a mistake of ours", weight=4)')
    checks = runner.judge(lesson, lambda _: live(dict(ROUNDED)), b"k" * 32)
    assert {check.name: check.needs for check in checks if check.exercise == "half"} == {
        "test_halves_of_drawn_grids": "",
        "test_halves_are_floats": "",
    }
    assert graded(lesson, ROUNDED).cells[0].points == 0.0


NOT_THE_WAY = {
    '@pytest.mark.skip\n@pytest.mark.check("half")': 'off="the reason"',
    '@pytest.mark.skip(reason="x")\n@pytest.mark.check("half")': 'off="the reason"',
    '@pytest.mark.skipif(True, reason="x")\n@pytest.mark.check("half")': 'off="the reason"',
    '@pytest.mark.xfail\n@pytest.mark.check("half")': 'off="the reason"',
    '@pytest.mark.parametrize("x", [])\n@pytest.mark.check("half")': 'off="the reason"',
    '@pytest.mark.check("half", weight=0)': 'off="the reason"',
    '@pytest.mark.check("half", weight=-1)': "above 0",
    '@pytest.mark.check("half", weight=float("nan"))': "written out",
    '@pytest.mark.check("half", weight=True)': "above 0",
    '@pytest.mark.check("half", off="")': "the reason",
    '@pytest.mark.check("half", off=True)': "the reason",
    '@pytest.mark.check("half", of="typing error")': "knows alone, off, weight",
    '@pytest.mark.check("half", "mirror")': "wants the exercise",
    "@pytest.mark.check": "wants the exercise",
}


@pytest.mark.parametrize("marker", NOT_THE_WAY)
def test_every_other_way_is_an_error_with_check_and_cure(lesson, marker):
    mark(lesson, SECOND, marker)
    with pytest.raises(CourseError) as said:
        checkfile.declared(lesson)
    assert "test_halves_are_floats" in str(said.value)
    assert NOT_THE_WAY[marker] in str(said.value)
    with pytest.raises(CourseError, match="test_halves_are_floats"):
        build.build(lesson, release_text)
    with pytest.raises(CourseError, match="test_halves_are_floats"):
        graded(lesson, ROUNDED)


def test_an_exercise_whose_checks_are_all_off_is_an_error(lesson):
    for which in (FIRST, SECOND):
        mark(lesson, which, '@pytest.mark.check("half", off="never mind")')
    with pytest.raises(CourseError, match="points to 0"):
        checkfile.declared(lesson)


def test_two_checks_of_one_name_are_an_error(lesson):
    text = lesson.checks.read_text("utf-8").replace("def test_halves_are_floats", "def test_halves_of_drawn_grids")
    lesson.checks.write_text(text, "utf-8")
    with pytest.raises(CourseError, match="two checks called test_halves_of_drawn_grids"):
        checkfile.declared(lesson)


def test_the_checks_of_the_course_are_all_on():
    from autograder.course.catalog import lessons

    for known in lessons():
        assert not [check.name for check in checkfile.declared(known) if check.off]


# -- silence -----------------------------------------------------------------------------------------------------------

SILENT = {
    "is taken out by a hook of the file": "\n\ndef pytest_collection_modifyitems(items):\n    items[:] = items[:1]\n\n\npytest_plugins = []\n",
    "is deleted below": "\n\ndel test_halves_are_floats\n",
    "is no test by its type": "\n\ntest_halves_are_floats = 3\n",
    "is marked anew": '\n\ntest_halves_are_floats = pytest.mark.skip(reason="x")(test_halves_are_floats)\n',
    "is not collected": "\n\ntest_halves_are_floats.__test__ = False\n",
}


@pytest.mark.parametrize("how", SILENT)
def test_a_check_without_a_result_is_the_graders_fault_and_never_points(lesson, how):
    with open(lesson.checks, "a", encoding="utf-8") as file:
        file.write(SILENT[how])
    if how == "is taken out by a hook of the file":  # a check file is no plug-in: the hook is not heard
        assert graded(lesson, ROUNDED).cells[0].points == 2.5
        return
    if how == "is marked anew":  # it is there, and says that it was skipped
        cell = graded(lesson, ROUNDED).cells[0]
        assert (cell.verdict, cell.points) == (Verdict.INFRA, None)
        return
    with pytest.raises(JudgeFault, match="test_halves_are_floats"):
        graded(lesson, ROUNDED)


def test_a_check_file_is_read_anew_each_time(lesson, template, tmp_path):
    """Another course's file of the same name, and this one after an edit, are not taken for what was read before."""
    assert graded(lesson, ROUNDED).cells[0].points == 2.5
    lesson.checks.write_text(lesson.checks.read_text("utf-8").replace("grid / 2.0", "grid // 2"), "utf-8")
    assert graded(lesson, ROUNDED).cells[0].points == 5.0
    shutil.copytree(template, tmp_path / "other")
    assert graded(Lesson(tiny.NAME, tmp_path / "other"), ROUNDED).cells[0].points == 2.5


# -- a faulty check ----------------------------------------------------------------------------------------------------


def check(lesson: Lesson, notebook: Path) -> tuple[int, str, str]:
    done = tiny.run(
        [sys.executable, "-c", "from autograder.cli import main; main()", "check", str(notebook), "--json"], lesson.root
    )
    return done.returncode, done.stdout, done.stderr


@needs_sandbox
def test_a_check_that_the_courses_own_solution_does_not_pass_is_refused_everywhere(lesson):
    folder = tiny.submit(lesson, "sample", tiny.right(lesson))
    notebook = folder / f"{lesson.name}.ipynb"
    status, out, _ = check(lesson, notebook)
    assert (status, json.loads(out)["score"]) == (0, 10.0)
    lesson.checks.write_text(lesson.checks.read_text("utf-8").replace("grid / 2.0", "grid / 3.0"), "utf-8")
    status, out, err = check(lesson, notebook)
    assert (status, out) == (3, "")
    assert "test_halves_are_floats" in err
    assert len(err.strip().splitlines()) == 1
    done = tiny.nbgrader(lesson.root, "autograde", lesson.name)
    assert done.returncode == 1
    assert "test_halves_are_floats" in done.stderr
    assert "Traceback" not in done.stderr
    mark(lesson, SECOND, '@pytest.mark.check("half", off="it is wrong, and mended next week")')
    assert check(lesson, notebook)[0] == 0
    assert tiny.nbgrader(lesson.root, "autograde", lesson.name).returncode == 0
