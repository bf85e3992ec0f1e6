"""Sample hand-ins, made from the solutions and from the right and wrong answers collected in `tests/answers/`."""

from __future__ import annotations

import re
from dataclasses import dataclass

import jupytext
from nbformat import NotebookNode

from autograder.course.catalog import Lesson, nbgrader_facts
from autograder.course.checkfile import hidden_checks
from autograder.errors import CourseError

ANY = "any"  # what a slip is caught by
SOLUTION_LINES = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """A collected answer to one exercise: right, wrong, or a slip (a wrong one that students write often).

    catches: the one check that must fail on a wrong answer; "" for a right one, "any" for a slip. visible, card: parts of what the
    visible check and the card must say of it. earns: the share of the points that it earns, if that is known. lucky: it once passed
    on some draws.
    """

    exercise: str
    source: str
    style: str
    catches: str = ""
    visible: tuple[str, ...] = ()
    card: tuple[str, ...] = ()
    earns: float | None = None
    lucky: bool = False

    @property
    def wrong(self) -> bool:
        return bool(self.catches)


def collected(lesson: Lesson) -> list[Answer]:
    """The right and wrong answers of a lesson, from `tests/answers/NN_name.py`."""
    path = lesson.root / "tests" / "answers" / f"{lesson.name}.py"
    owner = {check: exercise for exercise, checks in hidden_checks(lesson).items() for check in checks}
    found = []
    for cell in jupytext.reads(path.read_text("utf-8"), fmt="py:percent").cells:
        about = cell.metadata
        if cell.cell_type != "code" or not ({"wrong", "right", "slip"} & set(about)):
            continue
        style = about.get("style", "")
        if "right" in about:
            found.append(Answer(about["right"], cell.source, style))
            continue
        visible, card = (
            tuple(part.strip() for part in about.get(key, about.get("says", "")).split(" | ") if part.strip())
            for key in ("visible", "card")
        )
        earns = float(about["earns"]) if "earns" in about else None
        facts = {"visible": visible, "card": card, "earns": earns, "lucky": "lucky" in about}
        if "slip" in about:
            if about["slip"] not in owner.values():
                raise CourseError(f"{path}: a slip in {about['slip']!r}, but there is no such exercise.")
            found.append(Answer(about["slip"], cell.source, style, ANY, **facts))
        elif about["wrong"] in owner:
            found.append(Answer(owner[about["wrong"]], cell.source, style, about["wrong"], **facts))
        else:
            raise CourseError(f"{path}: a wrong answer for {about['wrong']!r}, but there is no such check.")
    return found


def solutions(lesson: Lesson) -> dict[str, str]:
    """The reference answer of each exercise, as a student would hand it in."""
    cells = lesson.read_solution().cells
    return {
        facts["grade_id"]: SOLUTION_LINES.sub("", cell.source)
        for cell in cells
        if (facts := nbgrader_facts(cell)).get("solution")
    }


def hand_in(lesson: Lesson, answers: dict[str, str]) -> NotebookNode:
    """The released notebook with these answers filled in, the other cells untouched."""
    notebook = lesson.read_release()
    for cell in notebook.cells:
        facts = nbgrader_facts(cell)
        if facts.get("solution") and facts["grade_id"] in answers:
            marker = cell.source.split("\n", 1)[0]
            source = answers[facts["grade_id"]]
            cell.source = source if source.startswith(marker) else f"{marker}\n{source}"
    return notebook


def without_metadata(notebook: NotebookNode) -> NotebookNode:
    """The same notebook as a careless front end saves it: no cell ids, no metadata, nbformat 4.0."""
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        cell.pop("id", None)
    notebook.metadata = NotebookNode()
    notebook.nbformat_minor = 0
    return notebook
