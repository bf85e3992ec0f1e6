"""What the results of a class say of a lesson: how hard each exercise and check is, how well it tells the strong from the weak, what goes wrong most.

Figures are those of classical test theory, as in any textbook of it: difficulty is the share of points that is reached, discrimination the correlation
with the rest of the lesson (of a check, which passes or does not, that is the point-biserial correlation).
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.results import CellResult, CheckResult, Outcome, Result, asked

# Students without whom a correlation means nothing.
FEWEST = 5
# Figures within a message, which differ from student to student.
NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")
# The word for what has no verdict.
NOT_GRADED = "NOT GRADED"
# Students that are named in one line.
MOST_NAMED = 12
# Messages of a check that are told.
MESSAGES = 3


@dataclass(frozen=True)
class Entry:
    """One student's submission of a lesson.

    Attributes
    ----------
    student : str
    result : Result
        As the checks gave it.
    score : float or None
        As the gradebook has it, with what a human changed and what lateness costs; None where somebody has to look first.
    by_hand : dict of str to float
        Points that a human gave, by the grade cell's id.
    extra : float
        Extra credit, which is in the score.
    penalty : float
        What lateness cost, which is not.
    """

    student: str
    result: Result
    score: float | None
    by_hand: Mapping[str, float] = field(default_factory=dict)
    extra: float = 0.0
    penalty: float = 0.0

    def points_of(self, cell: CellResult) -> float | None:
        """Return a cell's points: a human's, if one gave any, otherwise those of the checks."""
        return self.by_hand.get(cell.id, cell.points)

    @property
    def share(self) -> float | None:
        """The score as a share of the lesson's points, 0 to 1 (more with extra credit)."""
        return self.score / self.result.max_score if self.score is not None and self.result.max_score else None


@dataclass(frozen=True)
class CheckFigures:
    """One hidden check in a class.

    Attributes
    ----------
    name, title : str
    asked, passed : int
        Of how many submissions it was asked, and how many passed.
    pass_rate : float or None
        0 to 1; None where it was asked of nobody.
    discrimination : float or None
        Point-biserial correlation with the points of the other exercises, −1 to 1; None where there are few, or all are alike.
    outcomes : dict of str to int
        How often it ended how.
    messages : list of (str, int)
        What it said most, and how often; figures within a text do not tell two of them apart.
    """

    name: str
    title: str
    asked: int
    passed: int
    pass_rate: float | None
    discrimination: float | None
    outcomes: dict[str, int] = field(default_factory=dict)
    messages: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class ExerciseFigures:
    """One exercise in a class.

    Attributes
    ----------
    id, title : str
    max_points : float
    graded, full, blank : int
        Submissions with points for it; those with all points, and those without an answer among them.
    mean : float or None
        Points.
    difficulty : float or None
        Mean share of the points, 0 (nobody has any) to 1 (all have all).
    discrimination : float or None
        Correlation with the points of the other exercises, −1 to 1; None where there are few, or all are alike.
    checks : list of CheckFigures
    """

    id: str
    title: str
    max_points: float
    graded: int
    full: int
    blank: int
    mean: float | None
    difficulty: float | None
    discrimination: float | None
    checks: list[CheckFigures]


@dataclass(frozen=True)
class LessonFigures:
    """One lesson in a class.

    Attributes
    ----------
    lesson : str
    max_score : float
    submissions : int
    verdicts : dict of str to int
    scores : list of float
        In ascending order, of those that have one.
    mean, median : float or None
    exercises : list of ExerciseFigures
        In the lesson's order.
    """

    lesson: str
    max_score: float
    submissions: int
    verdicts: dict[str, int]
    scores: list[float]
    mean: float | None
    median: float | None
    exercises: list[ExerciseFigures]


def figures_of(lesson: str, entries: Sequence[Entry]) -> LessonFigures:
    """Return the figures of a lesson. Points of exercises are those that the checks gave; scores are the gradebook's."""
    graded = [entry for entry in entries if entry.result.score is not None]
    scores = sorted(entry.score for entry in entries if entry.score is not None)
    order = list(dict.fromkeys(cell.id for entry in graded for cell in entry.result.cells))
    return LessonFigures(
        lesson,
        max((entry.result.max_score or 0.0 for entry in entries), default=0.0),
        len(entries),
        dict(Counter(entry.result.verdict.value for entry in entries).most_common()),
        scores,
        statistics.fmean(scores) if scores else None,
        statistics.median(scores) if scores else None,
        [_exercise(name, graded) for name in order],
    )


def _exercise(name: str, graded: Sequence[Entry]) -> ExerciseFigures:
    mine: list[CellResult] = []
    rest: list[float] = []
    for entry in graded:
        for cell in entry.result.cells:
            if cell.id == name and cell.points is not None:
                mine.append(cell)
                rest.append(sum(other.points or 0.0 for other in entry.result.cells if other is not cell))
    points = [cell.points or 0.0 for cell in mine]
    whole = max((cell.max_points for cell in mine), default=0.0)
    return ExerciseFigures(
        name,
        mine[-1].title if mine else name,
        whole,
        len(mine),
        sum(cell.full for cell in mine),
        sum(cell.blank for cell in mine),
        statistics.fmean(points) if points else None,
        statistics.fmean(points) / whole if points and whole else None,
        correlation(points, rest),
        [
            _check(check, mine, rest)
            for check in dict.fromkeys(check.name for cell in mine for check in asked(cell.checks))
        ],
    )


def _check(name: str, cells: Sequence[CellResult], rest: Sequence[float]) -> CheckFigures:
    found: list[CheckResult] = []
    others: list[float] = []
    for cell, points in zip(cells, rest, strict=True):
        for check in asked(cell.checks):
            if check.name == name:
                found.append(check)
                others.append(points)
    passed = [float(check.passed) for check in found]
    return CheckFigures(
        name,
        found[-1].title if found else name,
        len(found),
        int(sum(passed)),
        statistics.fmean(passed) if passed else None,
        correlation(passed, others),
        dict(Counter(check.outcome.value for check in found).most_common()),
        commonest(check.message for check in found if not check.passed and check.outcome != Outcome.BLANK),
    )


def correlation(some: Sequence[float], others: Sequence[float]) -> float | None:
    """Return Pearson's correlation; None of fewer than FEWEST, or where one side does not vary."""
    if len(some) < FEWEST:
        return None
    try:
        return statistics.correlation(some, others)
    except statistics.StatisticsError:  # all alike
        return None


def commonest(messages: Iterable[str], most: int = MESSAGES) -> list[tuple[str, int]]:
    """Return what was said most, each with how often. Of messages that differ in figures alone, the first stands for all."""
    said: Counter[str] = Counter()
    first: dict[str, str] = {}
    for message in messages:
        text = " ".join(message.split())
        if text:
            kind = NUMBER.sub("#", text)
            said[kind] += 1
            first.setdefault(kind, text)
    return [(first[kind], count) for kind, count in said.most_common(most)]


@dataclass(frozen=True)
class ForReview:
    """A submission that somebody has to look at, or that has no grade.

    Attributes
    ----------
    student, lesson : str
    verdict : str
        A verdict, or NOT_GRADED.
    reason : str
        Why, in a sentence.
    todo : str
        What to do, in a sentence.
    left_out : bool
        Whether the figures are without it.
    """

    student: str
    lesson: str
    verdict: str
    reason: str
    todo: str
    left_out: bool = False

    @property
    def line(self) -> str:
        """The same in one line of text."""
        return line_of([self.student], self)


def line_of(students: Sequence[str], one: ForReview) -> str:
    """Say in one line of text what is so of these students' submissions."""
    more = [f"and {len(students) - MOST_NAMED} more"] if len(students) > MOST_NAMED else []
    named = ", ".join([*students[:MOST_NAMED], *more])
    return " ".join(part for part in (f"{named}, {one.lesson}:", one.reason, one.todo) if part)


def alike(waiting: Sequence[ForReview]) -> list[tuple[list[str], ForReview]]:
    """Put those together of which the same is to be said: their students, and one of them. What is only not graded yet comes last."""
    found: dict[ForReview, list[str]] = {}
    for one in waiting:
        found.setdefault(replace(one, student=""), []).append(one.student)
    groups = [(students, replace(one, student=students[0])) for one, students in found.items()]
    return sorted(groups, key=lambda group: group[1].verdict == NOT_GRADED)


@dataclass(frozen=True)
class Need:
    """What a student needs help with.

    Attributes
    ----------
    student : str
    share : float
        Of the points of all lessons that the student handed in and that have a score, 0 to 1 (more with extra credit).
    open : list of (str, CellResult)
        Lessons, and exercises in them that are not complete, in their order.
    """

    student: str
    share: float
    open: list[tuple[str, CellResult]]


def who_needs_help(lessons: Mapping[str, Sequence[Entry]]) -> list[Need]:
    """Return who has not all points of what has a score, the lowest shares first."""
    of: dict[str, dict[str, Entry]] = {}
    for lesson, entries in lessons.items():
        for entry in entries:
            if entry.score is not None:
                of.setdefault(entry.student, {})[lesson] = entry
    found = []
    for student, mine in of.items():
        whole = sum(entry.result.max_score or 0.0 for entry in mine.values())
        share = sum(entry.score or 0.0 for entry in mine.values()) / whole if whole else 0.0
        open_ = [
            (lesson, cell)
            for lesson, entry in mine.items()
            for cell in entry.result.cells
            if (entry.points_of(cell) or 0.0) < cell.max_points
        ]
        if open_:
            found.append(Need(student, share, open_))
    return sorted(found, key=lambda need: (need.share, need.student))
