"""The collected answers of a lesson: right ones, and wrong ones with what must be said of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.course.catalog import Lesson
from autograder.course.checkfile import hidden_checks
from autograder.course.markers import ANSWER_MARKER
from autograder.course.percent import read_script
from autograder.course.samples import solutions
from autograder.errors import CourseError

# What a slip is caught by.
ANY = "any"
# The style of the course's own answer, where it is changed into a wrong one.
SOLUTION = "solution"
# An empty line may be without the blanks that end it.
CHANGED_LINE = re.compile(r"^#(?: (?P<sign>[-+ ])(?: (?P<line>.*))?)?$")


@dataclass(frozen=True)
class Answer:
    """A collected answer to one exercise: right, wrong, or a slip (a wrong one that students write often).

    Attributes
    ----------
    exercise
        The name of the answer.
    source
        What the student wrote, without the marker line.
    style
        In a few words, how a right one was written.
    catches
        The one check that must fail on a wrong answer; "" for a right one, "any" for a slip.
    visible, card
        Parts of what the visible check and the card must say of it.
    lines, never
        Parts of what the checks of the exercise must say of it, in any line of the card; and what nothing that is said of it may have in it.
    earns
        The share of the points that it earns, if that is known.
    lucky
        Whether it once passed on some draws.
    """

    exercise: str
    source: str
    style: str
    catches: str = ""
    visible: tuple[str, ...] = ()
    card: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    earns: float | None = None
    lucky: bool = False

    @property
    def wrong(self) -> bool:
        return bool(self.catches)


def collected(lesson: Lesson) -> list[Answer]:
    """Read the right and wrong answers of a lesson, from `autograder/checks/answers/NN_name.py`.

    Raises
    ------
    CourseError
        Where the file cannot be read, names a check or an exercise that there is not, or has a change that does not fit.
    """
    return list(_collected(lesson, tuple(map(_changed, (lesson.answers, lesson.checks, lesson.solution)))))


def _changed(path: Path) -> int:
    """When a file was changed; 0 where it is not there, which whoever reads it says."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=16)
def _collected(lesson: Lesson, stamps: tuple[int, ...]) -> tuple[Answer, ...]:
    """The answers as `collected` lists them; read again when a file has changed, for a thousand of them take a second."""
    path = lesson.answers
    owner = {check: exercise for exercise, checks in hidden_checks(lesson).items() for check in checks}
    cells = [cell for cell in read_script(path).cells if cell.cell_type == "code"]
    texts = _texts(lesson, cells)
    found = []
    for cell in cells:
        about = cell.metadata
        if not {"wrong", "right", "slip"} & set(about):
            continue
        exercise = about.get("right") or about.get("slip") or owner.get(about.get("wrong"))
        if exercise is None:
            raise CourseError(f"{path}: a wrong answer for {about['wrong']!r}, but there is no such check.")
        if exercise not in owner.values():
            kind = "slip in" if "slip" in about else "right answer to"
            raise CourseError(f"{path}: a {kind} {exercise!r}, but there is no such exercise.")
        source = cell.source
        if "change" in about:
            of = (exercise, about["change"])
            if of not in texts:
                raise CourseError(f"{path}: a change of {of[1]!r}, but {exercise} has no answer or base of this style.")
            source = changed(texts[of], cell.source, f"{path}, a change of {exercise}, {of[1]}")
        catches = "" if "right" in about else ANY if "slip" in about else about["wrong"]
        found.append(Answer(exercise, source, about.get("style", ""), catches, **_wanted(about)))
    return tuple(found)


def changed(text: str, change: str, where: str) -> str:
    """Make a wrong answer of a right one.

    Parameters
    ----------
    text
        The right one.
    change
        What is different, as a patch in comments: `# - ` before a line that goes, `# + ` before one that comes, three blanks
        before one that stays. A blank line stands between two places of the text.
    where
        The file and the answer, for messages.

    Raises
    ------
    CourseError
        Where the lines that go and stay are not there exactly once.
    """
    lines = text.split("\n")
    for place in re.split(r"\n\s*\n", change.strip("\n")):
        old, new = [], []
        for line in place.split("\n"):
            match = CHANGED_LINE.match(line)
            if match is None:
                raise CourseError(f"{where}: `{line}` is no line of a change: begin it with `# - `, `# + ` or `#   `.")
            if match["sign"] != "+":
                old.append(match["line"] or "")
            if match["sign"] != "-":
                new.append(match["line"] or "")
        starts = [start for start in range(len(lines) - len(old) + 1) if lines[start : start + len(old)] == old]
        if len(starts) != 1:
            raise CourseError(f"{where}: the lines {old} should be there once, and are there {len(starts)} times.")
        lines[starts[0] : starts[0] + len(old)] = new
    return "\n".join(lines)


def _texts(lesson: Lesson, cells: list[NotebookNode]) -> dict[tuple[str, str], str]:
    """What can be changed: by exercise and style, the right answers, the bases, and the solutions, whose style is "solution"."""
    texts = {(exercise, SOLUTION): _bare(source) for exercise, source in solutions(lesson).items()}
    for cell in cells:
        if exercise := cell.metadata.get("right") or cell.metadata.get("base"):
            texts[exercise, cell.metadata.get("style", "")] = cell.source
    return texts


def _bare(source: str) -> str:
    """A solution as a student would write it: without the marker and the docstring."""
    lines = [line for line in source.split("\n") if not ANSWER_MARKER.match(line)]
    taken: set[int] = set()
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            taken |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in taken).strip("\n")


def _wanted(about: Mapping[str, str]) -> dict[str, Any]:
    """What a cell's options say of what must be said and earned."""
    texts = {key: about.get(key, about.get("says", "")) for key in ("visible", "card")}
    texts |= {key: about.get(key, "") for key in ("lines", "never")}
    parts = {key: tuple(part.strip() for part in text.split(" | ") if part.strip()) for key, text in texts.items()}
    earns = float(about["earns"]) if "earns" in about else None
    return {**parts, "earns": earns, "lucky": "lucky" in about}
