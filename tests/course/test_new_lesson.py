"""`autograder new-lesson` makes a lesson that builds and whose answer passes; the tests say what it lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from autograder import settings
from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import judge
from autograder.cli import new_lesson as command
from autograder.course import build, catalog, pasted, samples, scaffold
from autograder.course.answers import collected
from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.score import PACKAGES
from autograder.hosts.nbgrader.release import release_text
from autograder.kernel.client import live

NAME = "09_my_lesson"
HERE = catalog.PACKAGE.parent


@pytest.fixture(params=[True, False], ids=["with shared set-up", "without"])
def fresh(tmp_path, request) -> Lesson:
    """A new lesson in a course of its own, built."""
    if request.param:
        pasted.shared_file(tmp_path).parent.mkdir()
        shutil.copy(pasted.shared_file(HERE), pasted.shared_file(tmp_path))
    scaffold.new_lesson(NAME, tmp_path)
    lesson = Lesson(NAME, tmp_path)
    assert len(build.build(lesson, release_text)) == 2
    return lesson


def test_a_new_lesson_builds_and_nothing_strays(fresh):
    assert build.differences(fresh, release_text) == []
    assert build.strays(fresh.root) == []
    assert not fresh.bonus
    assert [exercise.title for exercise in fresh.exercises()] == ["Exercise 9.1 · Twice as bright"]
    assert PACKAGES in fresh.read_release().cells[0].source


def test_a_new_bonus_lesson_says_that_it_is_one(tmp_path):
    scaffold.new_lesson(NAME, tmp_path, bonus=True)
    lesson = Lesson(NAME, tmp_path)
    build.build(lesson, release_text)
    assert lesson.bonus
    assert lesson.minutes() == 10


def test_its_solution_passes_and_each_wrong_answer_is_caught_by_its_check(fresh):
    for seed in range(3):
        for answer in [None, *collected(fresh)]:
            names = dict(reference_namespace(fresh))
            if answer is not None:
                run_cell(answer.source, names, answer.exercise)
            results = judge(fresh, lambda _, names=names: live(names), bytes([seed]) * 32)
            wanted = {answer.catches} - {""} if answer is not None else set()
            assert {check.name for check in results if not check.passed} == wanted
            assert len(results) == 2


def test_its_blank_is_blank(fresh):
    (exercise,) = fresh.exercises()
    assert "raise NotImplementedError" in fresh.read_release().cells[exercise.answer_index].source
    assert "grid.astype(int), 255" not in fresh.release.read_text("utf-8")
    assert samples.solutions(fresh)["brighter"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("beta", "'beta' is no name of a lesson"),
        ("09-beta", "no name of a lesson"),
        ("../09_beta", "no name of a lesson"),
        ("09_gamma", f"There is a lesson 09 already: {NAME}"),
        (NAME, f"There is a lesson 09 already: {NAME}"),
    ],
)
def test_a_name_that_does_not_fit_is_refused_and_nothing_is_written(tmp_path, name, says):
    scaffold.new_lesson(NAME, tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CourseError, match=says):
        scaffold.new_lesson(name, tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_is_there_is_not_overwritten(tmp_path):
    checks = Lesson(NAME, tmp_path).checks
    checks.parent.mkdir(parents=True)
    checks.write_text("mine", "utf-8")
    with pytest.raises(CourseError, match=rf"test_{NAME}\.py is there already"):
        scaffold.new_lesson(NAME, tmp_path)
    assert checks.read_text("utf-8") == "mine"
    assert not Lesson(NAME, tmp_path).script.exists()


def test_an_installed_course_gets_no_new_lesson(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "root", lambda: settings.PACKAGE / "_course")
    with pytest.raises(CourseError, match="a clone of the course"):
        command.new_lesson(NAME)


@pytest.mark.slow
def test_the_tests_say_what_a_new_lesson_lacks(tmp_path):
    """In a copy of the course, with the real command and the real tests."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (HERE / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / name, tmp_path / name)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AUTOGRADER")}
    environment = {**kept, "PYTHONPATH": str(tmp_path)}

    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    made = run("-c", "from autograder.cli import main; main()", "new-lesson", NAME)
    assert made.returncode == 0, made.stderr
    assert f"solutions/{NAME}.py" in made.stdout and f"lessons/{NAME}/{NAME}.ipynb" in made.stdout
    tests = [
        f"tests/{name}.py"
        for name in (
            "unit/test_build",
            "unit/test_packages",
            "course/test_checks",
            "course/test_lessons",
            "course/test_wrong_answers",
        )
    ]
    assert all((HERE / name).exists() for name in tests)
    chosen = "(09_ or 09- or brighter or house_has) and not kernel and not sandbox and not runs_clean"
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", "-m", "not slow", *tests, "-k", chosen)
    failed = {
        line.split("::")[1].split("[")[0].split(" ")[0]
        for line in done.stdout.splitlines()
        if line.startswith("FAILED")
    }
    assert failed == {
        "test_nothing_of_a_scaffold_is_left_to_do",
        "test_points_and_minutes_are_those_of_an_hours_work",
        "test_the_house_has_its_lessons_in_order",
        "test_every_exercise_has_two_right_answers_in_other_styles",
        "test_each_exercise_has_five_wrong_answers",
        "test_a_wrong_answer_is_told_its_cause",
    }, done.stdout[-6000:]
    for says in (
        "TODO: a title",
        "4 points are not those of an hour's work",
        "name a new lesson here",
        "two right answers are wanted in 09_my_lesson.py",
        "5 wrong answers are wanted in 09_my_lesson.py; there are 2",
        "`python -m tests.course.wrong_answers` writes the table anew",
    ):
        assert says in done.stdout, says
