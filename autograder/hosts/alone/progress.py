"""How far a learner is in each lesson, by what the last checks found."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.course.catalog import Lesson, lessons
from autograder.hosts.alone.record import Checked, stamp_of
from autograder.reports.learning import LessonProgress, Progress, Step
from autograder.safe_text import printable, readable


def progress_of(known: dict[str, Checked], folder: Path | None = None) -> Progress:
    """Return the progress in all lessons: of each, what the latest check found.

    Parameters
    ----------
    known : dict of str to Checked
        What is remembered, by path.
    folder : Path, optional
        Only notebooks in this folder count.
    """
    inside = Path(os.path.realpath(folder)) if folder is not None else None
    latest: dict[str, Checked] = {}
    for entry in sorted(known.values(), key=lambda entry: entry.when):
        if inside is None or Path(os.path.realpath(entry.path.parent)).is_relative_to(inside):
            latest[entry.lesson] = entry
    return Progress([_lesson(lesson, latest.get(lesson.name)) for lesson in lessons()])


def _lesson(lesson: Lesson, entry: Checked | None) -> LessonProgress:
    points = entry.points if entry is not None else {}
    steps = [Step(e.title, e.minutes, min(points.get(e.id, 0.0), e.points), e.points) for e in lesson.exercises()]
    name, note = (readable(str(entry.path)), _note(entry)) if entry is not None else ("", "")
    return LessonProgress(lesson.name, lesson.title(), lesson.minutes(), steps, name, note, lesson.bonus)


def _note(entry: Checked) -> str:
    """What has to be said of a check that is not one of the file as it is now, or ""."""
    name, when = printable(entry.path.name), f"{entry.when.astimezone():%Y-%m-%d %H:%M}"
    if entry.stamp is None:
        return f"as the running notebook was on {when}."
    if stamp_of(entry.path) is None:
        return f"{name} was checked on {when} and is not there any more."
    if not entry.is_of_the_file:
        return f"{name} was saved, or the lesson changed, since its check on {when}. Check it again."
    return ""
