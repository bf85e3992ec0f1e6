"""A class of three students of the small lesson, graded with canned reports: what tests of faults ask about it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course.catalog import Lesson
from autograder.grading.journal import Journal
from autograder.grading.kept import kept
from autograder.settings import Settings
from tests.support import canned, tiny
from tests.support.warm import Change

STUDENTS = ("sample-a", "sample-b", "sample-c")


def proven_course(folder: Path) -> None:
    """A course that was graded once, so that its solution is known to pass; nobody has handed in yet."""
    lesson = tiny.make_course(folder)
    tiny.submit(lesson, "first", tiny.right(lesson))
    done = canned.nbgrader(folder, "autograde", lesson.name)
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.remove_student("first")
    for name in ("submitted", "autograded"):
        shutil.rmtree(folder / name)
    journal = folder / ".autograder" / "journal.jsonl"
    journal.write_text("".join(line + "\n" for line in journal.read_text().splitlines() if '"proven"' in line))


def hand_in(lesson: Lesson, **remarks: str) -> None:
    """Hand in for three students: right, half right, right. remarks: what the third one's answer to an exercise ends with, by its id."""
    for student in STUDENTS:
        notebook = tiny.right(lesson)
        cells = {cell.id: cell for cell in notebook.cells}
        if student == "sample-b":
            cells["half"].source = canned.WRONG
        for exercise, remark in remarks.items() if student == "sample-c" else ():
            cells[exercise].source += remark
        tiny.submit(lesson, student, notebook)


def autograde(lesson: Lesson, *options: str, changes: Sequence[Change] = ()) -> subprocess.CompletedProcess:
    """`nbgrader autograde` with canned reports: what is tested is all that happens around them."""
    return tiny.nbgrader(lesson.root, "autograde", lesson.name, *options, changes=[canned.use, *changes])


def really_autograde(lesson: Lesson, *options: str, changes: Sequence[Change] = ()) -> subprocess.CompletedProcess:
    """The same with kernels and hidden checks."""
    return tiny.nbgrader(lesson.root, "autograde", lesson.name, *options, changes=changes)


def gradebook(lesson: Lesson) -> Gradebook:
    return Gradebook(f"sqlite:///{lesson.root}/gradebook.db")


def scores(lesson: Lesson) -> dict[str, float]:
    with gradebook(lesson) as book:
        return {found.student.id: found.score for found in book.find_assignment(lesson.name).submissions}


def graded_notebook(lesson: Lesson, student: str) -> Path:
    return lesson.root / "autograded" / student / lesson.name / f"{lesson.name}.ipynb"


def events(lesson: Lesson, kind: str) -> Counter[str]:
    return Counter(e["student"] for e in Journal(lesson.root).events() if e["event"] == kind)


def must_be_whole(lesson: Lesson) -> None:
    """Every submission has one grade, the right one, in the gradebook, in its place, and in the journal."""
    assert scores(lesson) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}
    assert events(lesson, "graded") == dict.fromkeys(STUDENTS, 1)
    for student in STUDENTS:
        note = json.loads(graded_notebook(lesson, student).read_text("utf-8"))["metadata"]["autograder"]
        assert note["result"]["verdict"] == "GRADED"
        whole = kept(Settings.load(lesson.root), lesson.name, student, note["handed"])
        assert whole.stored(checks=False) == note["result"]
        assert all(cell.checks for cell in whole.cells)
    assert not (lesson.root / ".autograder" / "staging").exists()
