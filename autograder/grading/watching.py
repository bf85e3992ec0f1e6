"""Which submissions a watch grades now: those that are new and whole, of students who have not had their attempts for the day."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from autograder.course.catalog import Lesson
from autograder.grading.journal import Event, Journal
from autograder.submission.files import NOTEBOOK_SUFFIXES
from autograder.submission.folder import inspect_folder
from autograder.time_zones import in_course_zone

# Seconds for which a notebook that looks torn off, or a folder without one, is waited for: it may still be copied.
PATIENCE = 30.0

# Of each file and folder its path in the folder, its size, when it was changed, and when that or the rights to it were.
Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass
class _Seen:
    """A submission's folder as it was last seen, and when it was first seen like this. `settled`: nothing is to be done about it."""

    stamp: Stamp
    since: float
    settled: bool = False
    not_before: float = 0.0
    held_on: date | None = None


class Watch:
    """What is known of the folders of one lesson. A watch that is started anew knows nothing, and the class run tells what is graded."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def ready(self, folders: dict[str, Path], now: float, today: date) -> list[str]:
        """Return whose folders are to be graded: new or changed, and as they were when they were last looked at.

        Parameters
        ----------
        folders : dict of str to Path
            By student.
        now : float
            Seconds of a clock that never goes back.
        today : date
            In the course's time zone.
        """
        found = []
        self._seen = {student: seen for student, seen in self._seen.items() if student in folders}
        for student, folder in folders.items():
            stamp, seen = stamp_of(folder), self._seen.get(student)
            if seen is None or seen.stamp != stamp:
                self._seen[student] = _Seen(stamp, now)
            elif seen.settled or seen.held_on == today or now < seen.not_before:
                continue
            elif now - seen.since >= PATIENCE or looks_whole(folder):
                found.append(student)
        return found

    def settle(self, students: list[str]) -> None:
        """Leave these alone until something in their folders changes."""
        for student in students:
            self._seen[student].settled = True

    def hold(self, students: list[str], today: date) -> None:
        """Leave these alone until the next day, or until something in their folders changes."""
        for student in students:
            self._seen[student].held_on = today

    def put_off(self, students: list[str], until: float) -> None:
        """Leave these alone until then."""
        for student in students:
            self._seen[student].not_before = until


def day_now() -> date:
    """Return the day in the course's time zone."""
    return in_course_zone(datetime.now(UTC)).date()


def stamp_of(folder: Path) -> Stamp:
    """Tell one state of a folder from another, without reading its files."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not os.path.islink(os.path.join(place, name))]
        for path in (place, *(os.path.join(place, name) for name in files)):
            try:
                status = os.lstat(path)
            except OSError:  # taken away meanwhile
                continue
            found.append((os.path.relpath(path, folder), status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    return tuple(sorted(found))


def looks_whole(folder: Path) -> bool:
    """Whether there is a notebook, and none looks as if the rest of it were still to come."""
    try:
        notebooks = [path for path in folder.iterdir() if path.name.lower().endswith(NOTEBOOK_SUFFIXES)]
        return bool(notebooks) and all(path.is_file() and _ends_like_json(path) for path in notebooks)
    except OSError:
        return False


def _ends_like_json(path: Path) -> bool:
    # Whoever hands in may put a pipe or a link in its place at this moment.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        file.seek(max(0, os.fstat(descriptor).st_size - 64))
        return file.read().rstrip(b"\0 \t\r\n").endswith(b"}")


class Attempts:
    """Who has had as many graded attempts today as there are a day, by the journal and the course's time zone.

    An attempt is a submission that was graded for the first time: what the course grades anew is none of the student's, nor what this machine could
    not read, or on what the grader failed.
    """

    def __init__(self, journal: Journal, lesson: Lesson, most: int) -> None:
        self.journal = journal
        self.lesson = lesson
        self.most = most

    def over(self, folders: dict[str, Path], today: date) -> list[str]:
        """Return those of these whose new submission has to wait for the next day."""
        first = self._first_graded()
        waiting = []
        for student, folder in folders.items():
            days = first.get(student, {})
            had = sum(day == today for day in days.values())
            if had >= self.most and inspect_folder(folder, self.lesson).revision not in days:
                waiting.append(student)
        return waiting

    def _first_graded(self) -> dict[str, dict[str, date]]:
        """By student and revision, the day on which it was first graded."""
        found: dict[str, dict[str, date]] = {}
        for event in self.journal.events():
            ours = event.get("event") == Event.GRADED and event.get("lesson") == self.lesson.name
            if ours and not event.get("not_read"):
                found.setdefault(str(event.get("student")), {}).setdefault(str(event.get("handed")), _day(event))
        return found


def _day(event: dict[str, Any]) -> date:
    return in_course_zone(str(event["time"])).date()
