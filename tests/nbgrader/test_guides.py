"""The commands of the README and of the guides do what these say, word by word, in a fresh clone."""

from __future__ import annotations

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder import settings
from autograder.course import catalog, samples
from autograder.sandbox import backend
from tests.support.clone import clone_of_the_course, environment

pytestmark = [
    pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine"),
    pytest.mark.xdist_group("readme"),  # one clone
]

README = (settings.root() / "README.md").read_text("utf-8")
GUIDES = [README, *((settings.root() / "docs" / name).read_text("utf-8") for name in ("instructor.md", "student.md"))]
# Commands that are not run here, and why.
ELSEWHERE = {
    "make demo": "tests/nbgrader/test_scratch.py and tests/nbgrader/test_cli.py run the demo",
    "autograder demo --lesson 01_rgb_grids": "as above",
    "make test": "runs this test",
}


def commands() -> list[str]:
    """The commands of all console blocks, in order, without remarks; each once."""
    blocks = [block for text in GUIDES for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)]
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return list(dict.fromkeys(line[2:].split("  #")[0].strip() for line in lines))


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A fresh clone in a folder of its own, with one submission, as the README says where to put it."""
    folder = tmp_path_factory.mktemp("clone") / "course"
    clone_of_the_course(folder)
    lesson = catalog.lessons()[0]
    finished = nbformat.writes(samples.submission(lesson, samples.solutions(lesson)))
    place = folder / "submitted" / "STUDENT" / lesson.name
    place.mkdir(parents=True)
    (place / f"{lesson.name}.ipynb").write_text(finished, "utf-8")
    (folder / "my_notebook.ipynb").write_text(finished, "utf-8")
    return folder


def run(clone: Path, command: str) -> subprocess.CompletedProcess:
    """A command as somebody types it there, with the environment active."""
    words = shlex.split(command)
    programs = {"nbgrader": ["-m", "nbgrader"], "autograder": ["-c", "from autograder.cli import main; main()"]}
    return subprocess.run(
        [sys.executable, *programs[words[0]], *words[1:]], cwd=clone, env=environment(clone),
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def done(clone) -> dict[str, subprocess.CompletedProcess]:
    """What came of each command, run in the order of the texts."""
    return {command: run(clone, command) for command in commands() if command not in ELSEWHERE}


def test_every_command_ends_well(done):
    assert {command.split()[0] for command in done} == {"nbgrader", "autograder"}
    for command, result in done.items():
        assert result.returncode == 0, (command, result.stderr[-2000:])
        assert "Traceback" not in result.stderr, command


def test_after_them_the_class_is_graded_shown_and_exported(clone, done):
    lesson = catalog.lessons()[0]
    whole = sum(exercise.points for exercise in lesson.exercises())
    with Gradebook(f"sqlite:///{clone}/gradebook.db") as book:
        assert [s.score for s in book.find_assignment(lesson.name).submissions] == [whole]
    assert (clone / "feedback" / "STUDENT" / lesson.name / f"{lesson.name}.html").exists()
    with open(clone / "grades.csv", encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if row["assignment"] == lesson.name]
    assert float(row["score"]) == whole


def test_the_first_command_enters_the_lesson_into_the_gradebook_and_changes_no_file(tmp_path, clone):
    """The releases are in the repository already: nbgrader by itself skips them, and the gradebook stays empty."""
    lesson = catalog.lessons()[1]
    result = run(clone, f"nbgrader generate_assignment {lesson.name}")
    assert result.returncode == 0, result.stderr
    with Gradebook(f"sqlite:///{clone}/gradebook.db") as book:
        assert book.find_assignment(lesson.name).max_score == sum(e.points for e in lesson.exercises())
    released = (clone / "lessons" / lesson.name / f"{lesson.name}.ipynb").read_bytes()
    assert released == lesson.release.read_bytes()


def test_what_the_commands_leave_is_ignored_by_git(clone, done):
    status = subprocess.run(
        ["git", "status", "--porcelain", "--ignored=no"], cwd=clone, capture_output=True, text=True, check=True
    )
    names = {line[3:] for line in status.stdout.splitlines()}
    unclean = subprocess.run(
        ["git", "status", "--porcelain"], cwd=settings.root(), capture_output=True, text=True, check=True
    )
    assert names - {"my_notebook.ipynb"} <= {line[3:] for line in unclean.stdout.splitlines()}


def test_the_python_of_the_guides_is_what_the_package_has():
    (block,) = (block for text in GUIDES for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    assert "autograder.self_check(" in block
    import autograder

    assert callable(autograder.self_check)
