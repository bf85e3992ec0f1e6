"""Show a class on one page: scores, a table of students and exercises, exercises and checks with their figures, and who needs help first.

The page asks nobody for anything: styles, the little script that sorts tables, and pictures stand in it. It is made of results alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from jinja2 import Environment, PackageLoader

from autograder.reports.cards import ticks
from autograder.reports.rows import mark_of, points_text
from autograder.reports.statistics import (
    MOST_NAMED,
    Entry,
    ForReview,
    LessonFigures,
    Need,
    alike,
    figures_of,
    who_needs_help,
)
from autograder.reports.wall import Network, Wall, wall
from autograder.results import CellResult
from autograder.safe_text import printable
from autograder.words import BONUS, counted

# From little to all, told apart by lightness as well: steps of cividis, which look alike to nearly everybody (Nuñez, Anderton and Renslow 2018).
HEAT = ("#00204c", "#213d6b", "#555b6c", "#7b7a77", "#a59c74", "#d3c064", "#ffe945")
# The letters on it are white up to here.
DARK = 2
BARS = 10
# Students who are shown as those that need help first; the others are folded away.
FIRST = 20
# An exercise is looked at whose points say little about the rest, or that nearly nobody has.
LOW_DISCRIMINATION, LOW_DIFFICULTY = 0.1, 0.3


@dataclass(frozen=True)
class ClassOfLesson:
    """One lesson on the page.

    Attributes
    ----------
    name, title : str
    entries : list of Entry
        By student.
    figures : LessonFigures
    wall : Wall
        What networks painted; empty in a lesson that has none.
    builder : str
        The exercise that builds the lesson's network, or "".
    bonus : bool
        Whether it comes on top of what is expected: who needs help is told without it.
    """

    name: str
    title: str
    entries: list[Entry]
    figures: LessonFigures
    wall: Wall = field(default_factory=Wall)
    builder: str = ""
    bonus: bool = False


def class_of(
    name: str, title: str, entries: Sequence[Entry], network: Network | None = None, bonus: bool = False
) -> ClassOfLesson:
    """Return a lesson for the page, with its figures. network: that of the lesson, if it has one."""
    found = sorted(entries, key=lambda entry: entry.student)
    figures = figures_of(name, found)
    if network is None:
        return ClassOfLesson(name, title, found, figures, bonus=bonus)
    return ClassOfLesson(name, title, found, figures, wall(found, network), network.builder, bonus)


def counted_lessons(lessons: Sequence[ClassOfLesson]) -> str:
    """Say how many lessons there are, and how many of them bonus lessons: "4 lessons and 1 bonus lesson"."""
    bonus = sum(lesson.bonus for lesson in lessons)
    counts = [(len(lessons) - bonus, "lesson"), (bonus, BONUS)]
    return " and ".join(counted(n, what) for n, what in counts if n)


def lessons_said(lessons: Sequence[ClassOfLesson]) -> str:
    """Say which lessons a report is about: the title of the only one, or how many there are."""
    return lessons[0].title if len(lessons) == 1 else counted_lessons(lessons)


@dataclass(frozen=True)
class Heat:
    """A cell of the table.

    Attributes
    ----------
    text : str
        Points, or a sign.
    said : str
        The same in words, for who hears the page.
    colour, ink : str
        "#rrggbb" of ground and letters, "" where there are no points.
    order : float
        What it is sorted by.
    """

    text: str
    said: str
    colour: str = ""
    ink: str = ""
    order: float = -1.0


def heat_of(cell: CellResult | None, by_hand: float | None = None) -> Heat:
    """Return how an exercise of a student's stands in the table. by_hand: points that a human gave."""
    if cell is None:
        return Heat("–", "not there")
    points = cell.points if by_hand is None else by_hand
    if points is None:
        return Heat("?", "not graded")
    share = points / cell.max_points if cell.max_points else 1.0
    step = min(len(HEAT) - 1, max(0, math.floor(share * (len(HEAT) - 1))))
    ink = "#ffffff" if step <= DARK else "#000000"
    said = points_text(points, cell.max_points)
    if by_hand is not None:
        return Heat(f"{round(points, 2):g} ✎", f"{said}, given by hand", HEAT[step], ink, share)
    if cell.blank:
        return Heat("·", "no answer", HEAT[step], ink, share)
    return Heat(f"{round(points, 2):g}", said, HEAT[step], ink, share)


def bars(figures: LessonFigures) -> list[tuple[str, int, float]]:
    """Return the distribution of scores: for each tenth of the points its name, how many students, and its height from 0 to 1."""
    counts = [0] * BARS
    for score in figures.scores:
        share = score / figures.max_score if figures.max_score else 0.0
        counts[min(BARS - 1, max(0, math.floor(share * BARS)))] += 1
    highest = max(counts, default=0) or 1
    step = 100 // BARS
    return [(f"{i * step}–{(i + 1) * step} %", count, count / highest) for i, count in enumerate(counts)]


def page(
    lessons: Sequence[ClassOfLesson],
    *,
    title: str,
    made: str,
    names: Mapping[str, str] | None = None,
    waiting: Sequence[ForReview] = (),
) -> str:
    """Return the page.

    Parameters
    ----------
    lessons : sequence of ClassOfLesson
    title : str
    made : str
        When it was made, and of what.
    names : dict of str to str, optional
        What students are called on it, by their ids; by default the ids.
    waiting : sequence of ForReview
        Submissions that somebody has to look at, or that have no grade.
    """
    expected = [lesson for lesson in lessons if not lesson.bonus] or lessons
    needs = who_needs_help({lesson.name: lesson.entries for lesson in expected})
    students = sorted({entry.student for lesson in lessons for entry in lesson.entries})
    called = {student: (names or {}).get(student, student) for student in {*students, *(w.student for w in waiting)}}
    return _environment.get_template("class.html.j2").render(
        lessons=lessons,
        needs=needs,
        without_bonus=len(expected) < len(lessons),
        title=title,
        made=made,
        called=called,
        waiting=waiting,
        alike=alike(waiting),
        most=MOST_NAMED,
        first=FIRST,
        heat=HEAT,
        titles={lesson.name: lesson.title for lesson in lessons},
        figures=[(lesson, bars(lesson.figures)) for lesson in lessons],
    )


def _row(entry: Entry, figures: LessonFigures) -> list[Heat]:
    mine = {cell.id: cell for cell in entry.result.cells}
    return [heat_of(mine.get(exercise.id), entry.by_hand.get(exercise.id)) for exercise in figures.exercises]


def _first_words(title: str) -> str:
    """The number of an exercise: "1.7" of "Exercise 1.7 · The mean under a mask"."""
    return _without_word(title).split("·")[0].strip()


def _per_cent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}".replace("-", "−")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 2):g}"


def _without_word(title: str) -> str:
    return title.removeprefix("Exercise ")


def _open(need: Need, most: int = 3) -> list[tuple[str, str]]:
    """What a student should try first: numbers and titles of exercises."""
    told = [
        (_first_words(cell.title), _without_word(cell.title).partition("·")[2].strip()) for _, cell in need.open[:most]
    ]
    more = len(need.open) - len(told)
    return [*told, *([("", f"and {counted(more, 'more exercise')}")] if more > 0 else [])]


_environment = Environment(
    loader=PackageLoader("autograder.reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_environment.filters |= {
    "per_cent": _per_cent, "signed": _signed, "number": _number, "first_words": _first_words,
    "without_word": _without_word, "open": _open, "printable": printable, "ticks": partial(ticks, code="<code>{}</code>"),
}  # fmt: skip
_environment.globals |= {
    "BONUS": BONUS, "row": _row, "mark": mark_of, "counted": counted, "points_text": points_text,
    "low": (LOW_DISCRIMINATION, LOW_DIFFICULTY),
}  # fmt: skip
