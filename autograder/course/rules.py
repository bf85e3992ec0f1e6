"""What the build insists on in a lesson: every exercise whole, every number right. An error names the file, the cell and the cure."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NoReturn

from nbformat import NotebookNode

from autograder.course.catalog import Lesson, nbgrader_facts
from autograder.course.checkfile import asked_names, hidden_checks
from autograder.course.markers import (
    ANSWER_MARKER,
    BEGIN_SOLUTION,
    CHECK_MARKER,
    CHECK_SUFFIX,
    END_SOLUTION,
    HEADING,
    HINT,
    NUMBER,
    SENTINEL,
    SUM,
    SUM_BEGINS,
    WORTH,
)
from autograder.course.needed import examples_read, names_left_out, needed_cells
from autograder.errors import CourseError

HINTS = 3
COUNTS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]


def apply(notebook: NotebookNode, lesson: Lesson) -> None:
    """Check every exercise, and write its points, title and minutes into its check cell.

    Parameters
    ----------
    notebook
        The lesson's solutions notebook; its check cells are changed.
    lesson
        Whose check file is read as well.

    Raises
    ------
    CourseError
        At the first part that is missing or wrong.
    """
    reading = _Reading(lesson)
    for cell in notebook.cells:
        reading.take(cell)
    reading.end()
    if notebook.cells:
        reading.need_sum(notebook.cells[0])
    _need_no_example(notebook, lesson)
    _need_sentinel(lesson.checks)


def _need_no_example(notebook: NotebookNode, lesson: Lesson) -> None:
    """CourseError where a check or an answer needs an example cell, for a grade runs none that the student's own code does not name."""
    for reader, example, name in examples_read(notebook):
        raise CourseError(
            f"{lesson.script}, cell {notebook.cells[reader]['id']}: it reads `{name}`, which the example cell"
            f" {notebook.cells[example]['id']} makes. Where notebooks are graded, example cells are left out: make it in the set-up"
            ' (`# %% tags=["setup"]`), or here.'
        )
    asked = asked_names(lesson)
    for name in sorted(names_left_out(notebook, needed_cells(notebook)) & asked.keys()):
        raise CourseError(
            f"{lesson.checks}, line {asked[name]}: the check asks for `{name}`, which only an example cell makes. Where notebooks are"
            f' graded, example cells are left out: make it in the set-up of {lesson.script.name} (`# %% tags=["setup"]`).'
        )


class _Reading:
    """The way through a lesson's cells: which exercise is open, and which are behind."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.hidden = hidden_checks(lesson)
        # The text of the open exercise, and its answer as long as no check stood below it.
        self.text: NotebookNode | None = None
        self.waiting: NotebookNode | None = None
        # The numbers of the exercises so far, by the answers' names.
        self.numbers: dict[str, str] = {}
        self.points = 0.0

    def take(self, cell: NotebookNode) -> None:
        """Read the next cell."""
        facts = nbgrader_facts(cell)
        if cell.cell_type == "markdown" and HEADING.search(cell.source):
            self._none_waiting()
            self.text = cell
        elif facts.get("solution"):
            self._none_waiting()
            self._answer(cell, facts["grade_id"])
            self.waiting = cell
        elif facts.get("grade"):
            self._check(cell, facts)
            self.text, self.waiting = None, None

    def end(self) -> None:
        """Say what is still missing behind the last cell."""
        self._none_waiting()
        for name in sorted(set(self.hidden) - set(self.numbers)):
            raise CourseError(f'{self.lesson.checks}: a check is marked "{name}", but the lesson has no such answer.')

    def need_sum(self, head: NotebookNode) -> None:
        """Fail if the lesson's first text says another sum of points, or number of exercises, than there is."""
        said = SUM.search(head.source)
        if said is None:
            if line := SUM_BEGINS.search(head.source):
                self._fail(
                    head,
                    f"`{line[0]}` is not of the form `**About 100 minutes · 30 points · twelve exercises**`; of a bonus"
                    " lesson, `**About 100 minutes · 30 points · twelve exercises · bonus lesson**`.",
                )
            return
        if float(said["points"]) != self.points:
            self._fail(head, f"it says {said['points']} points, but those of the exercises add up to {self.points:g}.")
        count = len(self.numbers)
        if said["count"] not in (str(count), *COUNTS[count : count + 1]):
            self._fail(head, f"it says {said['count']} exercises, but there are {count}.")

    def _answer(self, cell: NotebookNode, name: str) -> None:
        if name in self.numbers:
            self._fail(cell, f"there is a second answer called {name}.")
        self._need_marker(cell, ANSWER_MARKER, name, "✏️ Answer")
        if BEGIN_SOLUTION not in cell.source or END_SOLUTION not in cell.source:
            self._fail(cell, f"this answer has no `{BEGIN_SOLUTION}` … `{END_SOLUTION}`.")
        if self.text is None:
            self._fail(cell, "this answer has no text cell headed `### Exercise N.M · Title` above it.")
        if not WORTH.search(self.text.source):
            self._fail(
                cell,
                "its exercise text lacks points or minutes: `**4 points · about 6 minutes**`, "
                "or `**4 points · about 6 minutes · builds on 3.1 and 3.8**`.",
            )
        self._need_what_it_builds_on(cell)
        self.numbers[name] = self._in_the_text(HEADING)["number"]
        if self.text.source.count(HINT) < HINTS:
            self._fail(cell, f"its exercise text has fewer than {HINTS} hints in {HINT}.")
        if name not in self.hidden:
            self._fail(cell, f'no hidden check is marked `@pytest.mark.check("{name}")` in {self.lesson.checks.name}.')

    def _check(self, cell: NotebookNode, facts: dict) -> None:
        name = facts["grade_id"].removesuffix(CHECK_SUFFIX)
        if self.waiting is None or nbgrader_facts(self.waiting)["grade_id"] != name:
            self._fail(cell, f"this check does not stand right below the answer {name}.")
        self._need_marker(cell, CHECK_MARKER, name, "🔎 Check")
        tree = self._parse(cell)
        if not any(_can_fail(node) for node in ast.walk(tree)):
            self._fail(cell, "this visible check asserts nothing.")
        last = tree.body[-1]
        if isinstance(last, ast.Expr) and ast.unparse(last).split("(")[0] not in ("print", "show"):
            self._fail(
                cell, "this check ends in a bare value, which nbgrader would take for a score: end it with a print."
            )
        title, worth = self._in_the_text(HEADING), self._in_the_text(WORTH)
        facts["points"] = float(worth["points"])
        self.points += facts["points"]
        cell.metadata["course"] = {"exercise": title["title"].strip(), "minutes": int(worth["minutes"])}
        if named := NUMBER.findall(worth["on"] or ""):
            cell.metadata["course"]["builds_on"] = [n for n, number in self.numbers.items() if number in named]

    def _need_what_it_builds_on(self, cell: NotebookNode) -> None:
        """Fail unless the text names each earlier exercise that the answer uses, and nothing but earlier exercises."""
        named = NUMBER.findall(self._in_the_text(WORTH)["on"] or "")
        if unknown := [number for number in named if number not in self.numbers.values()]:
            self._fail(
                cell, f"its exercise text says that it builds on {unknown[0]}, but no exercise above has this number."
            )
        used = {node.id for node in ast.walk(self._parse(cell)) if isinstance(node, ast.Name)}
        for name, number in self.numbers.items():
            if name in used and number not in named:
                self._fail(
                    cell,
                    f"its answer uses `{name}`, but its text does not say `builds on {number}`, behind the minutes.",
                )

    def _need_marker(self, cell: NotebookNode, marker: re.Pattern, name: str, wanted: str) -> None:
        match = marker.match(cell.source.split("\n", 1)[0])
        if match is None or match["id"] != name:
            self._fail(cell, f"its first line should be the marker `# {wanted}: {name}`.")

    def _in_the_text(self, pattern: re.Pattern) -> re.Match:
        """What the open exercise's text says; its answer was let through only because it says so."""
        found = pattern.search(self.text.source) if self.text is not None else None
        assert found is not None
        return found

    def _none_waiting(self) -> None:
        if self.waiting is not None:
            self._fail(self.waiting, "this answer has no visible check: add a cell `# %% check=...` below it.")

    def _parse(self, cell: NotebookNode) -> ast.Module:
        try:
            return ast.parse(cell.source)
        except SyntaxError as error:
            self._fail(cell, f"not Python: {error}")

    def _fail(self, cell: NotebookNode, problem: str) -> NoReturn:
        raise CourseError(f"{self.lesson.script}, cell {cell['id']}: {problem}")


def _can_fail(node: ast.AST) -> bool:
    """Whether a part of a visible check can find an answer wrong: an assert, or a call of a function that asserts."""
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return isinstance(node, ast.Assert) or called in ("same", "attempt")


def _need_sentinel(checks: Path) -> None:
    """Raise CourseError if a check file does not hold the sentinel as a constant: Python compiles no comments."""
    for node in ast.parse(checks.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value == SENTINEL:
            return
    raise CourseError(
        f'{checks}: the line `SENTINEL = "{SENTINEL}"` is missing, by which the sandbox knows files with checks. '
        "Put it below the imports."
    )
