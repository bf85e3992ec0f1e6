"""What a card says of a grade cell, for a page and for the console: a sign, the points, a line for each check."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.results import CellResult, Outcome, counting
from autograder.words import counted

# Told apart by lightness and by the sign beside them, too.
GREEN, ORANGE, GREY, RED = "#00795a", "#b86e00", "#6b7280", "#b3470a"
# What a sign says, in a word: the class by which a page colours it for its light and its dark theme.
STATES = {"✓": "right", "✗": "wrong", "◐": "part", "○": "open", "–": "off", "?": "waits"}
WAITING = "Not counted yet: the first check of this exercise has to pass first."
AGAIN = "The same as above."


@dataclass(frozen=True)
class Row:
    """One check on a card.

    Attributes
    ----------
    sign : {"✓", "✗", "○", "–"}
        Passed, failed, passed but waiting for the exercise's gate check, not asked.
    colour : str
        Of the sign, "#rrggbb".
    title : str
    message : str
        For the student, or "".
    """

    sign: str
    colour: str
    title: str
    message: str = ""

    @property
    def state(self) -> str:
        """The sign in a word."""
        return STATES[self.sign]


def has_rows(cell: CellResult) -> bool:
    """Return whether a card shows each check; otherwise it shows the cell's message.

    There is nothing to show of a blank answer's checks, of what waits for a human, and where no check was asked or an
    older version of the grader did not keep what each said.
    """
    return cell.verdict.gradable and not cell.blank and bool(cell.checks)


def rows_of(cell: CellResult) -> list[Row]:
    """Return a row for each check of a cell."""
    earning = counting(cell.checks)
    rows, said = [], set[str]()
    for check in cell.checks:
        if check.outcome == Outcome.OFF:
            rows.append(Row("–", GREY, check.title, f"Not asked, and not counted: {check.message}"))
        elif check.name in earning:
            rows.append(Row("✓", GREEN, check.title))
        elif check.passed:
            rows.append(Row("○", GREY, check.title, WAITING))
        else:
            # An error of a library names the shapes that it met: other numbers make it no other error.
            same = re.sub(r"\d+", "#", check.message) if " raised " in check.message else check.message
            rows.append(Row("✗", RED, check.title, AGAIN if same in said else check.message))
            said |= {same} - {""}
    return rows


def notebook_said(cell: CellResult) -> str:
    """Return what the check in the notebook said, where a card has anything to gain by it: the points are not full, and no row says the same."""
    text = " ".join(cell.visible.split())
    if cell.full or not text:
        return ""
    if has_rows(cell) and any(text in " ".join(row.message.split()) for row in rows_of(cell)):
        return ""
    return cell.visible


def mark_of(cell: CellResult) -> tuple[str, str]:
    """Return the sign and the colour of a grade cell: complete, part, nothing yet, for a human."""
    if cell.points is None:
        return "?", GREY
    if cell.full:
        return "✓", GREEN
    if cell.points > 0:
        return "◐", ORANGE
    return ("○", GREY) if cell.blank else ("✗", RED)


def points_text(points: float | None, whole: float | None) -> str:
    """Return "2.5 / 3 points", or "not graded"."""
    if points is None or whole is None:
        return "not graded"
    return f"{round(points, 2):g} / {counted(whole, 'point')}"
