"""Whoever learns alone, with real kernels: a watch over a notebook, progress, and a live session whose marks are those of the saved file."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from autograder.course import samples
from autograder.course.answers import collected
from autograder.errors import NoSandbox
from autograder.grading import one_file
from autograder.sandbox import backend
from tests.conftest import LESSONS
from tests.support import alone, tiny
from tests.support.answers import points


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The small lesson in a course of its own, and a learner's folder with the blank notebook."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    lesson = tiny.make_course(tmp_path / "course")
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / f"{tiny.NAME}.ipynb").write_text(nbformat.writes(lesson.read_release()), "utf-8")
    return lesson, folder


def test_a_watch_checks_at_each_save_and_ends_in_one_line(desk):
    lesson, folder = desk
    name, solutions = f"{tiny.NAME}.ipynb", samples.solutions(lesson)
    half = nbformat.writes(samples.submission(lesson, {"half": solutions["half"]}))
    wrong = nbformat.writes(samples.submission(lesson, {**solutions, "mirror": "def mirror(grid):\n    return grid"}))
    right = nbformat.writes(tiny.right(lesson))
    during = [["save", name, half], ["cut_off", name, right], ["save", name, wrong], ["save", name, right]]
    done = tiny.run_in(folder, lesson.root, "watch", name, changes=[(alone.steps, *during)])
    assert done.returncode == 0 and done.stderr == ""
    parts = done.stdout.split(f"{name}: ")
    assert parts[0].startswith(f"Watching {name}. Save a notebook, and it is checked")
    assert "0 / 10 points" in parts[1] and "0 of 2 exercises complete · about 5 min left" in parts[1]
    assert "5 / 10 points" in parts[2] and "Half as bright" in parts[2] and "Next: Exercise 1.2" in parts[2]
    assert "cut off" in parts[3] and "The watch goes on." in parts[3]
    assert "✗ Exercise 1.2" in parts[4] and "Half as bright" not in parts[4].partition("Next:")[0]
    assert "10 / 10 points" in parts[5] and "All exercises of all lessons are complete." in parts[5]
    assert done.stdout.splitlines()[-1] == "The watch ended. Your notebooks are as you saved them."
    done = tiny.run_in(folder, lesson.root, "progress", str(folder))
    assert "2 of 2" in done.stdout and "10 of 10" in done.stdout and "✓✓" in done.stdout
    assert "you may delete that file." in done.stdout


def no_sandbox() -> None:
    """In the command's process: no sandbox holds."""

    def choose():
        raise NoSandbox("No sandbox holds on this machine.")

    backend.choose = choose


@pytest.mark.parametrize("place", [f"{tiny.NAME}.ipynb", "."])
def test_where_nothing_can_be_checked_a_watch_says_so_at_once_and_ends(desk, place):
    lesson, folder = desk
    done = tiny.run_in(folder, lesson.root, "watch", place, changes=[no_sandbox, (alone.steps,)])
    assert done.returncode == 3 and done.stderr == "No sandbox holds on this machine.\n"
    assert "goes on" not in done.stdout and len(done.stdout.splitlines()) == 1


def test_check_feeds_progress(desk):
    lesson, folder = desk
    path = folder / f"{tiny.NAME}.ipynb"
    path.write_text(nbformat.writes(tiny.right(lesson)), "utf-8")
    record = folder.parent / "state" / "autograder" / "progress.json"
    record.parent.mkdir(parents=True)
    record.write_text("damaged")
    checked = tiny.run_in(folder, lesson.root, "check", path.name, "--json")
    assert checked.returncode == 0 and "the record of your progress was damaged" in checked.stderr
    assert json.loads(checked.stdout)["score"] == 10.0
    done = tiny.run_in(folder, lesson.root, "progress")
    assert "2 of 2" in done.stdout and "10 of 10" in done.stdout and "✓✓" in done.stdout
    elsewhere = tiny.run_in(folder, lesson.root, "progress", str(lesson.root))
    assert "0 of 2" in elsewhere.stdout and "No check of a notebook in" in elsewhere.stdout


# -- a live session ---------------------------------------------------------------------------------------------------


def session(lesson, notebook, folder: Path) -> dict[str, float]:
    """Run a notebook in a real kernel as a learner does, past every error, and score it there."""
    notebook = copy.deepcopy(notebook)
    notebook.cells.append(
        new_code_cell(
            f"import sys; sys.path.insert(0, {str(Path(__file__).parent.parent.parent)!r})\n"
            "import autograder, json\n"
            f"found = autograder.self_check({lesson.name!r}).result\n"
            "print(json.dumps({cell.id.removesuffix('_check'): cell.points for cell in found.cells}))"
        )
    )
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=where, allow_errors=True).execute()
    text = "".join(output.get("text", "") for output in notebook.cells[-1].outputs if output.get("name") == "stdout")
    assert text, notebook.cells[-1].outputs
    return json.loads(text.splitlines()[-1])


def must_be_equal(lesson, answers: dict[str, str], folder: Path) -> dict[str, float]:
    notebook = samples.submission(lesson, answers)
    path = folder / f"{lesson.name}.ipynb"
    path.write_text(nbformat.writes(notebook), "utf-8")
    saved = points(one_file.grade_file(path))
    assert session(lesson, notebook, folder) == saved
    return saved


def wrong_answers(lesson, turn: int) -> dict[str, str]:
    """One wrong answer for each exercise, other ones each turn; the right one where there are not so many."""
    chosen = samples.solutions(lesson)
    for exercise in lesson.exercises():
        of_it = [each for each in collected(lesson) if each.exercise == exercise.id and each.catches]
        if of_it:
            chosen[exercise.id] = of_it[turn % len(of_it)].source
    return chosen


def test_marks_of_a_live_session_are_those_of_the_saved_file(desk, monkeypatch):
    lesson, folder = desk
    monkeypatch.setenv("AUTOGRADER_COURSE", str(lesson.root))
    answers = {**samples.solutions(lesson), "mirror": "def mirror(grid):\n    return grid"}
    assert must_be_equal(lesson, answers, folder)["half"] == 5.0
    assert json.loads(next((folder.parent / "state").rglob("progress.json")).read_text())["notebooks"].keys() == {
        str(folder / f"{lesson.name}.ipynb")
    }


@pytest.mark.parametrize("turn", ["solution", "blank", 0, 1, 2])
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_marks_of_a_session_in_the_lessons(lesson, turn, tmp_path, monkeypatch):
    """The whole course; in `make test` the small lesson stands for it."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")  # lesson 4 trains for two epochs and not for a thousand
    made = {"solution": samples.solutions(lesson), "blank": {}}
    found = must_be_equal(lesson, made[turn] if turn in made else wrong_answers(lesson, turn), tmp_path)
    whole = sum(exercise.points for exercise in lesson.exercises())
    assert (sum(found.values()) == whole) == (turn == "solution")
