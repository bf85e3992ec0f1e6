"""What the visible check and the card say of each collected wrong answer: `python -m tests.course.wrong_answers` writes tests/course/MESSAGES.md.

Other commands: `python -m tests.course.wrong_answers 03_normalization mse` prints those of a lesson, or of one exercise.
"""

from __future__ import annotations

import contextlib
import functools
import html
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import Request, judge_each
from autograder.course import catalog
from autograder.course.answers import Answer, collected
from autograder.course.catalog import Lesson, nbgrader_facts
from autograder.course.markers import CHECK_SUFFIX
from autograder.grading import score
from autograder.kernel.client import live
from autograder.results import CellResult
from autograder.safe_text import readable

TABLE = Path(__file__).with_name("MESSAGES.md")
KEY = b"m" * 32
PASSES = "passes"
HEAD = """# What the course says of wrong answers

For each exercise the wrong answers that students write, what the visible check (🔎) says of them in the notebook, what the card says after
grading, and what they earn. The answers stand in `autograder/checks/answers/`; `python -m tests.course.wrong_answers` writes this file, and
`tests/course/test_wrong_answers.py` sees to it that it is so. Inputs of hidden checks are drawn: other numbers come for other submissions.
"""


@dataclass(frozen=True)
class Said:
    """What was said of one answer.

    visible: "passes", or the visible check's message; bare: whether that is no message of the course's; lines: what each hidden check
    says, "" where it passes; failed: those that do not pass.
    """

    visible: str
    bare: bool
    card: str
    points: float
    max_points: float
    outcomes: tuple[str, ...]
    lines: tuple[str, ...]
    failed: frozenset[str]


def wrong_answers(beginning: str = "") -> list[tuple[Lesson, Answer]]:
    """All collected wrong answers, in the order of the lessons' exercises. beginning: of the names of the lessons that are wanted."""
    found = []
    for lesson in (lesson for lesson in catalog.lessons() if lesson.name.startswith(beginning)):
        order = [exercise.id for exercise in lesson.exercises()]
        wrong = [answer for answer in collected(lesson) if answer.wrong]
        found += [(lesson, answer) for answer in sorted(wrong, key=lambda answer: order.index(answer.exercise))]
    return found


def namespace_with(lesson: Lesson, source: str, exercise: str) -> dict[str, Any]:
    """The names of a session in which all is answered rightly but this."""
    names = {
        name: value.copy() if isinstance(value, np.ndarray) else value
        for name, value in reference_namespace(lesson).items()
    }
    run_cell(source, names, f"in the place of {exercise}")
    return names


@functools.cache
def _cells_of(lesson: Lesson) -> dict[str, str]:
    """The texts of the released lesson's graded cells, by their names."""
    return {nbgrader_facts(cell).get("grade_id", ""): cell.source for cell in lesson.read_release().cells}


def visible_check(lesson: Lesson, exercise: str, names: dict[str, Any]) -> tuple[str, bool]:
    """What the visible check of an exercise says, and whether that comes from the course."""
    try:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # answers may write files
            run_cell(_cells_of(lesson)[exercise + CHECK_SUFFIX], names, exercise + CHECK_SUFFIX)
    except AssertionError as error:
        return readable(str(error)), False
    except NotImplementedError as error:
        return readable(str(error)) or "NotImplementedError", False
    except Exception as error:
        return readable(f"{type(error).__name__}: {error}"), True
    return PASSES, False


def hidden_checks(lesson: Lesson, exercise: str, names: dict[str, Any], key: bytes = KEY) -> CellResult:
    """The card of an exercise, in a session with these names."""
    (cell,) = each_hidden_checks(lesson, exercise, [names], key)
    return cell


def each_hidden_checks(
    lesson: Lesson, exercise: str, sessions: list[dict[str, Any]], key: bytes = KEY
) -> list[CellResult]:
    """The card of an exercise in each of several sessions; the check file is collected once."""
    plain = [finder for finder in sys.meta_path if type(finder).__name__ != "AssertionRewritingHook"]
    requests = [Request(lambda _, names=names: live(names), key, {exercise}) for names in sessions]
    with (
        # pytest, if this runs in it, would add its own words to the messages
        mock.patch.object(sys, "meta_path", plain),
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),  # answers may write files
    ):
        each = judge_each(lesson, requests)
    only = [e for e in lesson.exercises() if e.id == exercise]
    return [score.result_of(lesson, exercise, checks, sandbox="live", exercises=only).cells[0] for checks in each]


def said_of(lesson: Lesson, exercise: str, source: str, key: bytes = KEY) -> Said:
    """Run an answer through the visible check and the hidden ones."""
    (said,) = said_of_each(lesson, exercise, (source,), key)
    return said


@functools.cache
def said_of_each(lesson: Lesson, exercise: str, sources: tuple[str, ...], key: bytes = KEY) -> list[Said]:
    """Run several answers to one exercise through the visible check and the hidden ones."""
    seen = [visible_check(lesson, exercise, namespace_with(lesson, source, exercise)) for source in sources]
    cells = each_hidden_checks(lesson, exercise, [namespace_with(lesson, source, exercise) for source in sources], key)
    return [
        Said(
            visible,
            bare,
            cell.message,
            cell.points or 0.0,
            cell.max_points,
            tuple(check.outcome for check in cell.checks),
            tuple("" if check.passed else readable(check.message) for check in cell.checks),
            frozenset(check.name for check in cell.checks if not check.passed),
        )
        for (visible, bare), cell in zip(seen, cells, strict=True)
    ]


def row(answer: Answer, said: Said) -> str:
    """The answer's row of the table."""
    lines = answer.source.strip().split("\n")
    if lines[0].startswith("def ") and sum(line.startswith("def ") for line in lines) == 1:
        body = [line.removeprefix("    ") for line in lines[1:]]
    else:
        body = lines
    code = "<br>".join(html.escape(line).replace(" ", "&nbsp;").replace("|", "&#124;") for line in body if line.strip())
    visible = "*passes*" if said.visible == PASSES else cell_text(said.visible)
    return f"| <code>{code}</code> | {visible} | {cell_text(said.card)} | {said.points:g} of {said.max_points:g} |"


def cell_text(text: str) -> str:
    """A message as it may stand in a cell of a table."""
    text = re.sub(rf"{re.escape(tempfile.gettempdir())}/tmp\w+", "…", text)  # a folder for an hour
    return " ".join(text.split()).replace("|", "\\|")


def without_numbers(text: str) -> str:
    """A row in which all numbers are alike: the last digits differ between machines."""
    text = re.sub(r"0x[0-9a-f]+", "#", text)
    return re.sub(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", "#", text)


def table(rows: list[tuple[Lesson, Answer, str]]) -> str:
    """The whole file."""
    parts, last = [HEAD], None
    titles = {(lesson.name, e.id): e.title for lesson in catalog.lessons() for e in lesson.exercises()}
    for lesson, answer, text in rows:
        if (lesson.name, answer.exercise) != last:
            last = (lesson.name, answer.exercise)
            parts.append(
                f"\n## {titles[last]}\n\n| `{answer.exercise}` | 🔎 | card | points |\n| --- | --- | --- | --- |\n"
            )
        parts.append(text + "\n")
    return "".join(parts)


def chosen(names: list[str]) -> Iterator[tuple[Lesson, Answer]]:
    """The wrong answers of a lesson, or of one exercise, named on the command line."""
    for lesson, answer in wrong_answers(names[0]):
        if answer.exercise in (names[1:] or [answer.exercise]):
            yield lesson, answer


def main(names: list[str]) -> None:
    if not names:
        rows = [
            (lesson, answer, row(answer, said_of(lesson, answer.exercise, answer.source)))
            for lesson, answer in wrong_answers()
        ]
        TABLE.write_text(table(rows), "utf-8")
        print(f"{TABLE.name}: {len(rows)} wrong answers")
        return
    for lesson, answer in chosen(names):
        said = said_of(lesson, answer.exercise, answer.source)
        others = "".join(f"  line:    {line}\n" for line in said.lines if line and line != said.card)
        print(
            f"\n{answer.source.strip()}\n  visible: {said.visible}\n  card:    {said.card}\n{others}  points:  {said.points:g} of {said.max_points:g}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
