"""What a grade is made from, which of it changed since, and whether the grade has to be given anew because of that."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.results import Verdict

RELEASE, SOLUTION, CHECKS, POINTS = "the release", "the solution", "the hidden checks", "the points"
DUE, PENALTY, LIMITS, GRADER, SANDBOX = "the due date", "the late penalty", "the limits", "the grader", "the sandbox"
# Whose change makes the next class run grade anew; whose change makes it reckon lateness anew.
REGRADED = (RELEASE, SOLUTION, CHECKS, POINTS)
RECKONED = (DUE, PENALTY)
# With whose change a grade stands, until it is given anew with --force.
STANDING = (LIMITS, GRADER, SANDBOX)
# In one line.
MOST_NAMES = 8


def fingerprint_of_course(lesson: Lesson) -> str:
    """A hash of what decides a grade: the lesson's release, its solutions and its checks. CourseError if one is missing."""
    return digest_of(lesson.release, lesson.solution, lesson.checks)


def digest_of(*paths: Path) -> str:
    """A hash of files of the course, one behind the other. CourseError if one cannot be read."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            raise CourseError(
                f"{path}: {error.strerror}. Nothing can be graded without it. Run `autograder build`, or bring the file back."
            ) from error
    return digest.hexdigest()[:16]


def changed(event: dict[str, Any], now: dict[str, str], lesson: Lesson) -> list[str]:
    """What became another since a grade was given, by the journal's event of that grade. What an older grader did not note is not compared.

    A grade that was rejudged and stayed counts as given with the course of that day as well.
    """
    then = event.get("with")
    own: dict[str, str] = then if isinstance(then, dict) else {}
    courses = [own, *({**own, **stands["with"]} for stands in event.get("stands", []))]
    found = [[name for name, value in now.items() if name in made and made[name] != value] for made in courses]
    if not isinstance(then, dict):
        found[0] = [RELEASE] if event.get("course") not in (None, fingerprint_of_course(lesson)) else []
    # Of courses for which it stands, the one that asks least for a new grade.
    return min(found, key=lambda names: (sum(name in REGRADED for name in names), len(names)))


def regrade_reasons(event: dict[str, Any], now: dict[str, str], lesson: Lesson) -> list[str]:
    """Return why a grade has to be given anew, although what was handed in is the same; the arguments are those of `changed`."""
    also = [LIMITS] if event.get("verdict") in (Verdict.TIMEOUT, Verdict.RESOURCE) else []
    also += [DUE] if event.get("late_unknown") else []
    return [what for what in changed(event, now, lesson) if what in (*REGRADED, *also)]


def points_lost(before: dict[str, Any], now: dict[str, Any]) -> str:
    """Say that a new grade of the same submission has fewer points than the one before; "" if it has not. Both are the journal's events."""
    old, new = before.get("score"), now.get("score")
    if before.get("handed") != now.get("handed") or old is None or new is None or new >= old:
        return ""
    return f"{old:g} → {new:g} points"


def named(students: list[str]) -> str:
    """Some students in one line."""
    shown = ", ".join(students[:MOST_NAMES])
    more = len(students) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown
