"""Which lessons there are, where their files lie, and what exercises a lesson holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import settings
from autograder.course.markers import CHECK_SUFFIX, NUMBER, SUM
from autograder.errors import CourseError
from autograder.settings import PACKAGE

LESSON_NAME = re.compile(r"\d{2}_[a-z0-9_]+")
# What a run of lessons 4 to 6 leaves beside its notebook: weights, which earn points where they are handed in, and pictures. No part of a release.
LEFT_BY_A_RUN = ("alpha.*", "beta.*", "fusion.*", "classifier.*")


@dataclass(frozen=True)
class Exercise:
    """One exercise as the release has it.

    Attributes
    ----------
    id
        The name of the answer cell.
    title
        The heading of its text, "Exercise 3.8 · The mean squared error".
    points, minutes
        What its text says.
    answer_index, check_index
        The places of its two graded cells in the release.
    builds_on
        The ids of the earlier exercises that its text says it builds on.
    """

    id: str
    title: str
    points: float
    minutes: int
    answer_index: int
    check_index: int
    builds_on: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number in the title, "3.8", or ""."""
        found = NUMBER.search(self.title)
        return found[0] if found else ""

    @property
    def check_id(self) -> str:
        """The name of the check cell."""
        return self.id + CHECK_SUFFIX


@dataclass(frozen=True)
class Lesson:
    """One lesson: its name and its files.

    Attributes
    ----------
    name
        Such as "02_lab_split".
    root
        The course's folder.
    """

    name: str
    root: Path = field(default_factory=lambda: settings.root())

    @property
    def script(self) -> Path:
        """The percent script, the lesson's source."""
        return self.root / "solutions" / f"{self.name}.py"

    @property
    def solution(self) -> Path:
        """The notebook with answers."""
        return self.root / "solutions" / self.name / f"{self.name}.ipynb"

    @property
    def release(self) -> Path:
        """The notebook that students open."""
        return self.root / "lessons" / self.name / f"{self.name}.ipynb"

    @property
    def checks(self) -> Path:
        """The hidden checks."""
        folder = PACKAGE if self.root in (PACKAGE.parent, PACKAGE / "_course") else self.root / "autograder"
        return folder / "checks" / f"test_{self.name}.py"

    @property
    def answers(self) -> Path:
        """The right and wrong answers by which the checks are proved, and of which the demo makes its class."""
        return self.checks.parent / "answers" / f"{self.name}.py"

    def read_release(self) -> NotebookNode:
        """Read a fresh copy of the released notebook."""
        return _notebook(self.release)

    def read_solution(self) -> NotebookNode:
        """Read a fresh copy of the solutions notebook."""
        return _notebook(self.solution)

    def title(self) -> str:
        """Return the heading of the release, such as "4 · The alpha model"; its name if it has none."""
        first = next((cell.source for cell in self.read_release().cells if cell.source.startswith("# ")), "")
        return first.partition("\n")[0].removeprefix("# ").strip() or self.name

    def minutes(self) -> int:
        """Return how long the lesson takes, by its first text; where that does not say, as long as its exercises together."""
        said = self._sum()
        return int(said["minutes"]) if said else sum(exercise.minutes for exercise in self.exercises())

    @property
    def bonus(self) -> bool:
        """Whether its first text says "bonus lesson": what it gives comes on top, and nobody has to hand it in."""
        try:
            said = self._sum()
        except CourseError:  # who asks for a grade that could not be given has said so already
            return False
        return bool(said and said["bonus"])

    def _sum(self) -> re.Match | None:
        """What its first text says of the whole of it."""
        return _sum_of(self.release, _changed(self.release))

    def exercises(self) -> list[Exercise]:
        """List the exercises of the release, in its order."""
        return list(_exercises_of(self.release, _changed(self.release)))


def _changed(path: Path) -> int:
    """When a file was changed. CourseError if it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}. Run `autograder build`.") from error


def _notebook(path: Path) -> NotebookNode:
    try:
        text = _text(path, _changed(path))
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}. Run `autograder build`.") from error
    try:
        return nbformat.reads(text, as_version=4)
    except Exception as error:
        # Of a broken notebook nbformat says so in many ways.
        raise CourseError(f"{path}: not a notebook ({type(error).__name__}). Run `autograder build`.") from error


@lru_cache(maxsize=16)
def _text(path: Path, changed: int) -> str:
    """A file's text, read again when it has changed: the formgrader's process lives long."""
    return path.read_text("utf-8")


@lru_cache(maxsize=16)
def _sum_of(path: Path, changed: int) -> re.Match | None:
    """What a release's first text says of the whole of it: a class run asks for each submission."""
    return next((found for cell in _notebook(path).cells if (found := SUM.search(cell.source))), None)


@lru_cache(maxsize=16)
def _exercises_of(path: Path, changed: int) -> tuple[Exercise, ...]:
    return tuple(exercises_of(_notebook(path)))


def lessons(root: Path | None = None) -> list[Lesson]:
    """List all lessons of the course, in order."""
    root = root or settings.root()
    names = sorted(p.stem for p in (root / "solutions").glob("*.py") if LESSON_NAME.fullmatch(p.stem))
    return [Lesson(name, root) for name in names]


def bonus_names(root: Path | None = None) -> frozenset[str]:
    """Name the bonus lessons. One whose release cannot be read is none: a list of grades does not fail because of it."""
    return frozenset(one.name for one in lessons(root) if one.bonus)


def lesson(name: str, root: Path | None = None) -> Lesson:
    """Find one lesson by its name, "02_lab_split".

    Raises
    ------
    CourseError
        Where there is none of this name; the message names those that there are.
    """
    for found in lessons(root):
        if found.name == name:
            return found
    known = ", ".join(item.name for item in lessons(root))
    raise CourseError(f"There is no lesson called {name!r}. The lessons are: {known}.")


def is_own(cell: NotebookNode) -> bool:
    """Tell whether a cell of a rebuilt submission is the student's own, and not the release's."""
    return cell.metadata.get("course", {}).get("from") == "student"


def is_written(cell: NotebookNode) -> bool:
    """Whether the text of a cell of a rebuilt submission is the student's: an answer, or a cell of their own."""
    return is_own(cell) or bool(nbgrader_facts(cell).get("solution"))


def is_check(cell: NotebookNode) -> bool:
    """Whether a cell is a grade cell, whose output is the grader's."""
    return bool(nbgrader_facts(cell).get("grade"))


def is_setup(cell: NotebookNode) -> bool:
    """Whether a cell belongs to the set-up of a lesson."""
    return "setup" in cell.metadata.get("tags", [])


def is_example(cell: NotebookNode) -> bool:
    """Whether a cell is code of the course that shows something: no set-up, no answer, no visible check, and not the student's own."""
    return cell.cell_type == "code" and not (is_written(cell) or is_check(cell) or is_setup(cell))


def nbgrader_facts(cell: NotebookNode) -> dict[str, Any]:
    """Give a cell's nbgrader metadata, or an empty dict."""
    facts = cell.get("metadata", {}).get("nbgrader", {})
    return facts if isinstance(facts, dict) else {}


def exercises_of(notebook: NotebookNode) -> list[Exercise]:
    """List the exercises of a notebook that `autograder build` made."""
    answers = {}
    found = []
    for index, cell in enumerate(notebook.cells):
        facts = nbgrader_facts(cell)
        if facts.get("solution"):
            answers[facts["grade_id"]] = index
        elif facts.get("grade"):
            name = facts["grade_id"].removesuffix(CHECK_SUFFIX)
            about = cell.metadata["course"]
            places, points = (answers[name], index), float(facts["points"])
            builds_on = tuple(about.get("builds_on", ()))
            found.append(Exercise(name, about["exercise"], points, about["minutes"], *places, builds_on))
    return found
