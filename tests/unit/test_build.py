"""One source: the notebooks come from the scripts, the same bytes each time, and what an exercise lacks is an error that says where."""

from __future__ import annotations

import py_compile
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder import settings
from autograder.course import build, catalog
from autograder.course.catalog import Lesson, nbgrader_facts
from autograder.course.markers import SENTINEL, SUM
from autograder.course.script import solution_notebook
from autograder.errors import CourseError
from autograder.hosts.nbgrader.release import release_text
from tests.support import small_lesson, tiny
from tests.support.small_lesson import CHECKS, SCRIPT


@pytest.fixture
def small(tmp_path) -> Lesson:
    """A lesson of one exercise in a house of its own."""
    return small_lesson.make(tmp_path)


def test_what_is_committed_is_what_the_scripts_say(lesson):
    assert build.differences(lesson, release_text) == []


def test_no_file_is_there_that_no_lesson_made():
    assert build.strays(settings.root()) == []


def test_a_rebuild_is_byte_identical(small):
    assert len(build.build(small, release_text)) == 2
    before = {path: path.read_bytes() for path in (small.solution, small.release)}
    assert build.build(small, release_text) == []
    for path in before:
        path.unlink()
    build.build(small, release_text)
    assert {path: path.read_bytes() for path in before} == before


def test_differences_name_the_file(small):
    build.build(small, release_text)
    small.release.write_text(small.release.read_text("utf-8").replace("Double every", "Halve every"), "utf-8")
    assert build.differences(small, release_text) == [small.release]


def test_the_release_has_a_blank_for_the_answer_and_points_for_the_check(small):
    build.build(small, release_text)
    cells = {cell.id: cell for cell in nbformat.read(small.release, as_version=4).cells}
    assert "return 2" not in cells["double"].source
    assert "raise NotImplementedError" in cells["double"].source
    assert nbgrader_facts(cells["double_check"])["points"] == 4
    assert cells["double_check"].metadata["course"] == {"exercise": "Exercise 9.1 · Twice as much", "minutes": 6}
    assert nbformat.read(small.release, as_version=4).metadata["course"]["generated_from"] == "solutions/09_test.py"


# -- the sentinel, by which the sandbox knows what it must not show ---------------------------------------------------

HERE = catalog.PACKAGE.parent
HOLDS_ANSWERS = sorted(
    path
    for pattern in (
        "solutions/*.py",
        "solutions/*/*.ipynb",
        "autograder/checks/test_*.py",
        "assets/calibration*.json",
        "autograder/checks/answers/*.py",
        "tests/adversarial/course/solutions/*.py",
        "tests/adversarial/course/autograder/checks/*.py",
    )
    for path in HERE.glob(pattern)
)


@pytest.mark.parametrize("path", HOLDS_ANSWERS, ids=lambda path: str(path.relative_to(HERE)))
def test_every_file_with_answers_or_checks_carries_the_sentinel(path, tmp_path):
    assert SENTINEL.encode() in path.read_bytes()
    if path.parent.name == "checks":  # and what Python compiles of it
        compiled = py_compile.compile(str(path), str(tmp_path / "compiled.pyc"), doraise=True, optimize=2)
        assert SENTINEL.encode() in Path(compiled).read_bytes()


def test_the_list_of_files_with_answers_is_not_empty():
    assert len(HOLDS_ANSWERS) == 4 * len(catalog.lessons()) + 5 + 6
    assert SENTINEL.isascii()


@pytest.mark.parametrize("folder", ["lessons", "assets/calibration.png", "README.md"])
def test_nothing_that_students_get_carries_the_sentinel(folder):
    place = HERE / folder
    files = [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
    assert files
    assert [path for path in files if SENTINEL.encode() in path.read_bytes()] == []


def test_a_build_writes_the_sentinel_into_the_solutions_and_not_into_the_release(small):
    build.build(small, release_text)
    assert SENTINEL in small.solution.read_text("utf-8")
    assert SENTINEL not in small.release.read_text("utf-8")


def test_nbgraders_own_release_is_without_the_sentinel(small, tmp_path):
    build.build(small, release_text)
    shutil.rmtree(small.release.parent)
    shutil.copy(HERE / "nbgrader_config.py", tmp_path)
    done = tiny.nbgrader(tmp_path, "generate_assignment", small.name, "--create")
    assert done.returncode == 0, done.stderr
    assert SENTINEL in small.solution.read_text("utf-8")
    assert SENTINEL not in small.release.read_text("utf-8")


@pytest.mark.parametrize(
    ("which", "without", "says"),
    [
        ("script", SCRIPT.partition("\n")[2], r"09_test\.py, line 1: .*is missing.* Put it there"),
        ("script", "# Another line\n" + SCRIPT, "line 1"),
        ("checks", CHECKS.replace(SENTINEL, "x"), r"test_09_test\.py: .*is missing.* Put it below"),
        ("checks", CHECKS.replace("SENTINEL = ", "# SENTINEL = "), "is missing"),
    ],
)
def test_a_script_or_checks_without_the_sentinel_is_an_error_that_says_the_cure(small, which, without, says):
    getattr(small, which).write_text(without, "utf-8")
    with pytest.raises(CourseError, match=says):
        build.build(small, release_text)


def test_cell_ids_are_valid_unique_and_outputs_are_stripped(lesson):
    for notebook in (lesson.read_solution(), lesson.read_release()):
        nbformat.validate(notebook)
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids)
        assert all(
            cell.outputs == [] and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code"
        )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("**4 points · about 6 minutes**", "", "lacks points or minutes"),
        ("**4 points · about 6 minutes**", "**4 points**", "lacks points or minutes"),
        ("<details><summary>Hint 3</summary>Three.</details>", "", "fewer than 3 hints"),
        ("### Exercise 9.1 · Twice as much", "### Something else", "no text cell headed"),
        ("# ✏️ Answer: double\n", "", "marker `# ✏️ Answer: double`"),
        ("# 🔎 Check: double\n", "", "marker `# 🔎 Check: double`"),
        ('assert double(3) == 6, "Twice 3 is 6."\n', "", "asserts nothing"),
        ('print("Doubled.")\n', "1 + 1\n", "bare value"),
        ('print("Doubled.")\n', "round(1.5)\n", "bare value"),
        (SCRIPT[SCRIPT.index('# %% check="double"') :], "", "no visible check"),
        ("    ### BEGIN SOLUTION\n", "", "BEGIN SOLUTION"),
        ('# %% check="double"', '# %% check="treble"', "right below the answer treble"),
    ],
)
def test_an_exercise_that_lacks_a_part_is_an_error_with_file_and_cell(small, old, new, says):
    assert old in SCRIPT
    small.script.write_text(SCRIPT.replace(old, new), "utf-8")
    with pytest.raises(CourseError, match=r"09_test\.py, cell [a-z_0-9-]+: ") as error:
        build.generate(small, release_text)
    assert says in str(error.value)


def test_an_exercise_without_a_hidden_check_is_an_error(small):
    small.checks.write_text('"""None."""\n', "utf-8")
    with pytest.raises(CourseError, match=r"cell double: no hidden check .* test_09_test\.py"):
        build.generate(small, release_text)


def test_a_hidden_check_without_an_exercise_is_an_error(small):
    small.checks.write_text(
        CHECKS.replace('check("double")', 'check("treble")') + CHECKS.replace("it_doubles", "it"), "utf-8"
    )
    with pytest.raises(CourseError, match='"treble", but the lesson has no such answer'):
        build.generate(small, release_text)


def test_a_picture_that_is_not_there_is_an_error(small):
    small.script.write_text(SCRIPT.replace("# Double every value.", "# ![a picture](../assets/none.png)"), "utf-8")
    with pytest.raises(CourseError, match=r"no picture assets/none\.png"):
        build.generate(small, release_text)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("**About 6 minutes · 4 points · one exercises**", ""),
        ("**About 6 minutes · 4 points · 1 exercises** (and more)", ""),
        ("**About 6 minutes · 5 points · one exercises**", "it says 5 points, but those of the exercises add up to 4"),
        ("**About 6 minutes · 4 points · two short exercises**", "it says two exercises, but there are 1"),
        ("**About 6 minutes · 4 points · one exercise · bonus lesson**", ""),
        ("**About 6 minutes · 5 points · one exercise · bonus lesson**", "it says 5 points"),
        (
            "**About 6 minutes · 4 points · one exercise · bonus**",
            r"· bonus\*\*` is not of the form .* of a bonus lesson, ",
        ),
    ],
)
def test_what_the_head_says_of_the_whole_is_right(small, head, says):
    small.script.write_text(
        SCRIPT.replace("# # 9 · A lesson for tests", f"# # 9 · A lesson for tests\n#\n# {head}"), "utf-8"
    )
    if not says:
        build.build(small, release_text)
        assert small.bonus == head.endswith("bonus lesson**")
        assert small.minutes() == 6
        return
    with pytest.raises(CourseError, match=says):
        solution_notebook(small)


def test_each_lesson_says_its_sum(lesson):
    assert SUM.search(lesson.read_release().cells[0].source)


def test_a_visible_check_that_only_calls_same_or_attempt_can_fail(small):
    text = small.script.read_text("utf-8")
    start = text.index("assert", text.index("# 🔎 Check"))
    line = text[start : text.index("\n", start)]
    for call, fits in (("attempt(double, 3)", True), ("double(3)", False)):
        small.script.write_text(text.replace(line, f"{call}\nprint(1)"), "utf-8")
        if fits:
            solution_notebook(small)
        else:
            with pytest.raises(CourseError, match="asserts nothing"):
                solution_notebook(small)


def test_nbgraders_own_command_makes_the_very_same_release(lesson, tmp_path):
    shutil.copytree(lesson.solution.parent, tmp_path / "solutions" / lesson.name)
    shutil.copy(settings.root() / "nbgrader_config.py", tmp_path)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", lesson.name]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    made = (tmp_path / "lessons" / lesson.name / lesson.release.name).read_text("utf-8")
    assert re.sub(r"\s+$", "", made) == re.sub(r"\s+$", "", lesson.release.read_text("utf-8"))
