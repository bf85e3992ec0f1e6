"""What a rejudging would change: old and new grades side by side, as plain data, as JSON, and as a rich table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from autograder.results import CellResult, CheckResult, Outcome, Result, Verdict, asked
from autograder.safe_text import readable
from autograder.words import counted

# The smallest difference of two scores; each is a sum of rounded points.
LEAST = 1e-6


class Change(StrEnum):
    """What becomes of a submission's score."""

    GAINS = "gains"
    LOSES = "loses"
    WAITS = "waits"  # a human has to look before there is a score
    SAME = "same"


@dataclass(frozen=True)
class Mark:
    """What a gradebook says of a submission.

    Attributes
    ----------
    points : float or None
        The sum, with what a human gave by hand; None where a human has to look first.
    penalty : float
        What is taken off for lateness.
    max_points : float
    by_hand : dict of str to float
        The points that a human gave, by grade cell.
    """

    points: float | None
    penalty: float
    max_points: float
    by_hand: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float | None:
        """What the student sees."""
        return None if self.points is None else max(0.0, self.points - self.penalty)


@dataclass(frozen=True)
class Exercise:
    """What changes in one exercise.

    Attributes
    ----------
    id, title : str
    old, new : float or None
        Its points; None where there are none.
    max_old, max_new : float
    checks : list of str
        One line for each check that is not as it was.
    """

    id: str
    title: str
    old: float | None
    new: float | None
    max_old: float
    max_new: float
    checks: list[str]


@dataclass(frozen=True)
class Row:
    """One submission, before and after."""

    student: str
    old: Mark
    new: Mark
    before: Result
    after: Result

    @property
    def change(self) -> Change:
        old, new = self.old.score, self.new.score
        if new is None:
            return Change.SAME if old is None else Change.WAITS
        if old is None or new > old + LEAST:
            return Change.GAINS
        return Change.LOSES if new < old - LEAST else Change.SAME

    @property
    def concealed(self) -> bool:
        """Whether points that a human gave keep the score as it is where an exercise earns others now, or is worth others."""
        by_hand = (one for one in self.exercises() if one.id in self.new.by_hand)
        return any((one.old, one.max_old) != (one.new, one.max_new) for one in by_hand)

    def exercises(self) -> list[Exercise]:
        """Return the exercises whose points or checks are not as they were."""
        before = {cell.id: cell for cell in self.before.cells}
        found = (_exercise(before.get(cell.id), cell) for cell in self.after.cells)
        return [one for one in found if one.checks or one.old != one.new or one.max_old != one.max_new]


@dataclass
class Comparison:
    """A rejudging, side by side with the grades that are recorded.

    Attributes
    ----------
    lesson : str
    rows : list of Row
    failed : dict of str to str
        On whom the grader failed, and why.
    left_out : list of str
        One line for each submission that was not judged, and why.
    changed : dict of str to int
        What became another since the old grades were given, and how many grades that concerns.
    """

    lesson: str
    rows: list[Row]
    failed: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    changed: dict[str, int] = field(default_factory=dict)

    def count(self, change: Change) -> int:
        return sum(row.change == change for row in self.rows)

    def worth(self) -> tuple[float, float]:
        """Return what the lesson was worth and what it is worth now."""
        return (self.rows[0].old.max_points, self.rows[0].new.max_points) if self.rows else (0.0, 0.0)


def above(by_hand: dict[str, float], before: Result, after: Result) -> list[str]:
    """Say in which exercises a grade that stays would have more points than they are worth now, such as "Half: 5 of 3"; extra credit is beside these.

    by_hand: the points that a human gave, by grade cell; they count instead of those of the result.
    """
    worth = {cell.id: cell.max_points for cell in after.cells}
    points = {cell.id: by_hand.get(cell.id, cell.points) for cell in before.cells}
    return [
        f"{cell.title}: {found:g} of {worth[cell.id]:g}"
        for cell in before.cells
        if (found := points[cell.id]) is not None and found > worth.get(cell.id, found) + LEAST
    ]


def _exercise(before: CellResult | None, after: CellResult) -> Exercise:
    """One exercise, before and after."""
    old = before.points if before else None
    worth = before.max_points if before else 0.0
    lines = _changes(before.checks if before else [], after.checks)
    return Exercise(after.id, after.title, old, after.points, worth, after.max_points, lines)


def _changes(before: Sequence[CheckResult], after: Sequence[CheckResult]) -> list[str]:
    """One line for each check that is not as it was; none where the old checks were not kept."""
    if not before:
        return []
    old, new = ({check.name: check for check in checks} for checks in (before, after))
    shares = (_shares(before), _shares(after))
    lines = [
        f"{name}: {_said(old.get(name))} → {_said(new.get(name))}"
        for name in dict.fromkeys([*old, *new])
        if _said(old.get(name)) != _said(new.get(name))
    ]
    lines += [
        f"{name}: {shares[0][name]:.0%} → {shares[1][name]:.0%} of the points"
        for name in new
        if name in old and name in shares[0] and name in shares[1] and abs(shares[0][name] - shares[1][name]) > LEAST
    ]
    return lines


def _said(check: CheckResult | None) -> str:
    return "none" if check is None else str(check.outcome)


def _shares(checks: Sequence[CheckResult]) -> dict[str, float]:
    """Each check's share of the points of its exercise."""
    mine = asked(list(checks))
    whole = sum(check.weight for check in mine)
    return {check.name: check.weight / whole for check in mine} if whole else {}


def how(result: Result) -> str:
    """Return the row or column of a result in the matrix: its verdict, and of an ordinary one how much it earned."""
    if result.verdict != Verdict.GRADED or result.score is None:
        return str(result.verdict)
    if result.max_score is not None and result.score >= result.max_score:
        return "all points"
    return "some points" if result.score else "no points"


def matrix(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Return how many submissions went from what to what."""
    found: dict[str, dict[str, int]] = {}
    order = ["all points", "some points", "no points", *map(str, Verdict)]
    for old in order:
        mine = Counter(how(row.after) for row in rows if how(row.before) == old)
        if mine:
            found[old] = {new: mine[new] for new in order if mine[new]}
    return found


def checks(rows: Sequence[Row]) -> dict[str, int]:
    """Return what became of the checks, and of how many submissions, the commonest first."""
    return dict(Counter(line for row in rows for one in row.exercises() for line in one.checks).most_common())


# -- as JSON ----------------------------------------------------------------------------------------------------------


def as_json(found: Comparison) -> dict[str, Any]:
    """Return the comparison as plain data for JSON.

    Keys: "lesson"; "changed" (what became another since the old grades, and how many it concerns); "submissions", each with "student", "change",
    "old" and "new" ("score", "points", "penalty", "max_points", "verdict", "by_hand", "reason") and "exercises" (those that changed); "failed"; "left_out"; "matrix"
    (old → new → number); "checks" (line → number); "totals".
    """
    totals = {str(change): found.count(change) for change in Change}
    return {
        "lesson": found.lesson,
        "changed": found.changed,
        "submissions": [_row_as_json(row) for row in found.rows],
        "failed": found.failed,
        "left_out": found.left_out,
        "matrix": matrix(found.rows),
        "checks": checks(found.rows),
        "totals": {**totals, "failed": len(found.failed), "left_out": len(found.left_out)},
    }


def _row_as_json(row: Row) -> dict[str, Any]:
    exercises = [vars(one) | {"messages": _messages(row.after, one.id)} for one in row.exercises()]
    sides = ((row.old, row.before), (row.new, row.after))
    old, new = (
        {"score": mark.score, **vars(mark), "verdict": str(result.verdict), "reason": result.reason}
        for mark, result in sides
    )
    return {"student": row.student, "change": str(row.change), "old": old, "new": new, "exercises": exercises}


def _messages(result: Result, cell: str) -> dict[str, str]:
    """What the failed checks of an exercise say now."""
    mine = next((one.checks for one in result.cells if one.id == cell), [])
    silent = (Outcome.PASSED, Outcome.OFF)
    return {check.name: check.message for check in mine if check.outcome not in silent}


# -- on the console ---------------------------------------------------------------------------------------------------


def console_view(found: Comparison) -> Group:
    """Return what rich prints of a comparison: who gains and loses what, what the checks say now, and the totals."""
    parts: list[RenderableType] = []
    if found.changed:
        told = ", ".join(f"{what} ({counted(number, 'grade')})" for what, number in found.changed.items())
        parts.append(Text(f"Changed since these grades were given: {told}."))
    before, now = found.worth()
    if before != now:
        parts.append(
            Text(f"The lesson is worth {now:g} points now, before {before:g}; gains and losses are in points.")
        )
    if rows := [row for row in found.rows if row.change != Change.SAME or row.concealed]:
        parts.append(_students(rows))
    if others := sum(bool(row.exercises()) for row in found.rows if row not in rows):
        parts.append(
            Text(
                f"With the same score, but not by the same checks: {counted(others, 'submission')}; --json FILE has them."
            )
        )
    if lines := checks(found.rows):
        parts.append(_checks(lines))
    if len(found.rows) > 1:
        parts.append(_matrix(found))
    parts += [Text(f"Left out: {_in_one_line(line)}", style="yellow") for line in found.left_out]
    parts += [
        Text(f"{who}: the grader failed, the old grade stays: {_in_one_line(why)}", style="bold red")
        for who, why in found.failed.items()
    ]
    return Group(*parts, Text(totals(found), style="bold"))


def totals(found: Comparison) -> str:
    """Return in one sentence how many gain, lose, wait and stay."""
    told = [f"{found.count(change)} {word}" for change, word in ((Change.GAINS, "would gain"), (Change.LOSES, "lose"))]
    told += [f"{found.count(Change.WAITS)} wait for a human"] if found.count(Change.WAITS) else []
    told += [f"{found.count(Change.SAME)} keep their score"]
    told += [f"the grader failed on {len(found.failed)}"] if found.failed else []
    return f"{found.lesson}: {counted(len(found.rows) + len(found.failed), 'submission')}: {', '.join(told)}."


STYLES = {Change.GAINS: "green", Change.LOSES: "bold red", Change.WAITS: "yellow", Change.SAME: ""}


def _students(rows: Sequence[Row]) -> Table:
    table = Table("Student", *(Column(name, justify="right") for name in ("Old", "New", "±")), "Why", show_edge=False)
    order = (Change.LOSES, Change.WAITS, Change.GAINS, Change.SAME)
    for row in sorted(rows, key=lambda row: (order.index(row.change), row.student)):
        old, new = row.old.score, row.new.score
        known = old is not None and new is not None and row.change != Change.SAME
        difference = f"{(new or 0.0) - (old or 0.0):+.4g}" if known else ""
        style = STYLES[row.change]
        figures = [Text(text, style, justify="right") for text in (_score(row.old), _score(row.new), difference)]
        table.add_row(Text(_in_one_line(row.student)), *figures, Text("\n".join(_why(row))))
    return table


def _score(mark: Mark) -> str:
    return "–" if mark.score is None else f"{mark.score:.5g}"


def _why(row: Row) -> list[str]:
    """The reasons, one line each."""
    lines = []
    for one in row.exercises():
        points = f" {_points(one.old, one.max_old)} → {_points(one.new, one.max_new)}"
        same = (one.old, one.max_old) == (one.new, one.max_new)
        lines.append(f"{one.title}{'' if same else points}{': ' if one.checks else ''}{'; '.join(one.checks)}")
    if row.before.verdict != row.after.verdict:
        lines.append(f"{row.before.verdict} → {row.after.verdict} {row.after.reason}".rstrip())
    if row.old.penalty != row.new.penalty:
        lines.append(f"for lateness {row.old.penalty:g} → {row.new.penalty:g} points are taken off")
    if row.new.by_hand:
        worth = {cell.id: cell.max_points for cell in row.after.cells}
        told = [
            f"{points:g} for {name}{f' (worth {worth[name]:g})' if points > worth.get(name, points) else ''}"
            for name, points in sorted(row.new.by_hand.items())
        ]
        lines.append(f"given by hand, and stays: {', '.join(told)}")
    return [_in_one_line(line) for line in lines]


def _points(points: float | None, worth: float) -> str:
    return "–" if points is None else f"{points:.4g} of {worth:g}"


def _checks(lines: dict[str, int]) -> Table:
    table = Table("Check", Column("Submissions", justify="right"), show_edge=False)
    for line, number in lines.items():
        table.add_row(Text(line), Text(f"{number:,}", justify="right"))
    return table


def _matrix(found: Comparison) -> Table:
    numbers = matrix(found.rows)
    news = list(dict.fromkeys(new for of_old in numbers.values() for new in of_old))
    table = Table("Old ↓  new →", *(Column(new, justify="right") for new in news), show_edge=False)
    for old, of_old in numbers.items():
        table.add_row(old, *(Text(f"{of_old[new]:,}" if new in of_old else "·", justify="right") for new in news))
    return table


def _in_one_line(text: str) -> str:
    return readable(" ".join(text.split()))
