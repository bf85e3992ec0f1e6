"""A class as data: one JSON object, and CSV files with a line per student, per exercise and per check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from autograder.csv_lines import line_of
from autograder.reports.class_page import ClassOfLesson
from autograder.reports.statistics import ForReview
from autograder.reports.wall import painting_of

# The head of each CSV file.
COLUMNS = {
    "students.csv": [
        "lesson",
        "student_id",
        "student",
        "verdict",
        "score",
        "max_score",
        "exercise",
        "points",
        "max_points",
        "blank",
        "by_hand",
        "extra_credit",
        "late_penalty",
        "loss",
        "colour_difference",
        "bonus",
    ],
    "exercises.csv": [
        "lesson",
        "exercise",
        "title",
        "max_points",
        "graded",
        "complete",
        "blank",
        "mean",
        "difficulty",
        "discrimination",
        "bonus",
    ],
    "checks.csv": (
        [
            "lesson",
            "exercise",
            "check",
            "title",
            "asked",
            "passed",
            "pass_rate",
            "discrimination",
            "commonest_message",
            "times",
        ]
    ),
}
# Of the JSON object; it grows when a key changes its meaning. 1 had "problems", lines of text, in the place of "waiting".
VERSION = 2


def as_json(
    lessons: Sequence[ClassOfLesson], names: Mapping[str, str], waiting: Sequence[ForReview] = ()
) -> dict[str, Any]:
    """Return the class as plain data: {"version", "lessons": [figures, with "students"], "waiting"}.

    Parameters
    ----------
    lessons : sequence of ClassOfLesson
    names : dict of str to str
        What students are called, by their ids.
    waiting : sequence of ForReview
    """
    return {
        "version": VERSION,
        "lessons": [
            {
                **asdict(lesson.figures),
                "title": lesson.title,
                "bonus": lesson.bonus,
                "students": [
                    {
                        "student_id": entry.student,
                        "student": names[entry.student],
                        "score": entry.score,
                        "verdict": entry.result.verdict.value,
                        "reason": entry.result.reason,
                        "repaired": entry.result.repairs,
                        "exercises": {cell.id: entry.points_of(cell) for cell in entry.result.cells},
                        "by_hand": dict(entry.by_hand),
                        "extra_credit": entry.extra,
                        "late_penalty": entry.penalty,
                        "painting": painting_of(entry, lesson.builder) or None,
                    }
                    for entry in lesson.entries
                ],
            }
            for lesson in lessons
        ],
        "waiting": [
            {"student_id": one.student, "student": names.get(one.student, one.student), **_without_student(one)}
            for one in waiting
        ],
    }


def as_csv(lessons: Sequence[ClassOfLesson], names: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of three files by their names: students.csv, exercises.csv, checks.csv."""
    tables: dict[str, list[Sequence[Any]]] = {name: [columns] for name, columns in COLUMNS.items()}
    students, exercises, checks = tables.values()
    for lesson in lessons:
        for entry in lesson.entries:
            result = entry.result
            who = [entry.student, names[entry.student]]
            head = [lesson.name, *who, result.verdict.value, entry.score, result.max_score]
            painted = painting_of(entry, lesson.builder)
            tail = [
                entry.extra,
                entry.penalty,
                painted.get("loss"),
                painted.get("colour_difference"),
                int(lesson.bonus),
            ]
            rows = [
                [*head, c.id, entry.points_of(c), c.max_points, int(c.blank), int(c.id in entry.by_hand), *tail]
                for c in result.cells
            ]
            students += rows or [[*head, None, None, None, None, None, *tail]]
        for one in lesson.figures.exercises:
            counts = [one.graded, one.full, one.blank, one.mean, one.difficulty, one.discrimination]
            exercises.append([lesson.name, one.id, one.title, one.max_points, *counts, int(lesson.bonus)])
            for check in one.checks:
                text, times = check.messages[0] if check.messages else (None, None)
                figures = [check.asked, check.passed, check.pass_rate, check.discrimination]
                checks.append([lesson.name, one.id, check.name, check.title, *figures, text, times])
    return {name: "".join(map(line_of, table)) for name, table in tables.items()}


def _without_student(one: ForReview) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "student"}
