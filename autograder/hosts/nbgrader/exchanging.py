"""What nbgrader does around grading, for a command of the grader's own: collect from the exchange, make feedback pages, release them."""

from __future__ import annotations

import glob
import logging
import os
import shutil
import stat
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.auth import Authenticator
from nbgrader.converters.base import NbGraderException
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.lock import lock
from autograder.hosts.nbgrader.command import Grading
from autograder.hosts.nbgrader.feedback import CourseFeedback

# What a folder in the exchange may hold; the folder's reader looks at much less.
ENTRIES, DEPTH = 1000, 20
# By how much a clock may be ahead.
AHEAD = timedelta(hours=1)
# Characters of a reason that are told.
REASON = 300


class WholeCollect(ExchangeCollect):
    """nbgrader's `collect`, for folders that anybody may have put into the exchange.

    A submission is put in its place whole: whoever is killed meanwhile leaves no half of one. What is no submission is left out and named, and the
    others are collected: a name that cannot be read, a file in a folder's place, links (which could lead to a file of the instructor's), pipes.
    """

    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        name = os.path.basename(path)
        try:
            if len(name.rsplit("+", 3)) < 3:
                raise ValueError("its name has no time")
            record = super()._path_to_record(path)
            if record["username"].startswith(".") or not record["username"].isprintable():
                raise ValueError("its name begins with no student's id")
            if record["timestamp"] > datetime.now(UTC).replace(tzinfo=None) + AHEAD:
                raise ValueError("its time lies in the future, and nothing later would ever be collected")
            if why := trouble_in(Path(path)):
                raise ValueError(why)
        except (ValueError, OverflowError, CourseError) as error:
            self.log.warning("%s: not collected: %s.", path, _short(error))
            return {"username": "", "filename": name, "timestamp": datetime.min}
        return record

    def init_src(self) -> None:
        """Find the latest submission of each student, without those that were left out."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a folder beside its place, under a name that nobody looks at, and then put it there."""
        partial = Path(dest).with_name(f".{Path(dest).name}.collected")
        shutil.rmtree(partial, ignore_errors=True)
        try:
            super().do_copy(src, str(partial))
            if why := trouble_in(partial):
                raise OSError(why)
            os.replace(partial, dest)
        except (OSError, RuntimeError) as error:
            shutil.rmtree(partial, ignore_errors=True)
            self.log.warning("%s: not collected: %s.", src, _short(error))


def trouble_in(folder: Path) -> str:
    """Return why a folder that was handed in is not copied, or ""."""
    if folder.is_symlink() or not folder.is_dir():
        return "it is no folder"
    seen = 0
    for place, folders, names in os.walk(folder):
        if len(Path(place).relative_to(folder).parts) > DEPTH:
            return f"it has folders in more than {DEPTH} others"
        for name in (*folders, *names):
            kind = os.lstat(os.path.join(place, name)).st_mode
            if not (stat.S_ISDIR(kind) or stat.S_ISREG(kind)):
                return f"{name[:100]!r} in it is neither a file nor a folder"
            seen += 1
        if seen > ENTRIES:
            return f"it has more than {ENTRIES} files and folders"
    return ""


class Once(logging.Filter):
    """Lets each message through once: a watch looks again every few seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether this was not said yet."""
        text = record.getMessage()
        new = text not in self.said
        self.said.add(text)
        return new


def collect(grading: Grading, lesson: Lesson, once: Once) -> None:
    """Bring what is new from the exchange to submitted/, as `nbgrader collect --update` does. CourseError if that cannot be done."""
    app = grading.app
    factory = ExchangeFactory(parent=app)
    kind = WholeCollect if factory.collect is ExchangeCollect else factory.collect
    _point_at(grading, lesson, "*")
    with lock(
        Path(grading.coursedir.root), f"autograder grade --collect {lesson.name}", shared=grading.coursedir.groupshared
    ):
        step = kind(coursedir=grading.coursedir, authenticator=Authenticator(parent=app), parent=app)
        step.update = True
        step.log.addFilter(once)
        try:
            _do(step, f"{lesson.name}: nothing could be collected")
        finally:
            step.log.removeFilter(once)


def make_pages(grading: Grading, lesson: Lesson) -> None:
    """Make the feedback pages that are not there or older than the grade. CourseError if one cannot be made."""
    _point_at(grading, lesson, "*")
    _do(CourseFeedback(coursedir=grading.coursedir, parent=grading.app), f"{lesson.name}: not all pages could be made")


def release_pages(grading: Grading, lesson: Lesson, students: Iterable[str]) -> None:
    """Release the feedback pages of these students. CourseError if that cannot be done."""
    factory = ExchangeFactory(parent=grading.app)
    for student in map(glob.escape, students):
        _point_at(grading, lesson, student)
        step = factory.release_feedback(
            coursedir=grading.coursedir, authenticator=Authenticator(parent=grading.app), parent=grading.app
        )
        _do(step, f"{lesson.name}: no feedback could be released")
    _point_at(grading, lesson, "*")


def _point_at(grading: Grading, lesson: Lesson, student: str) -> None:
    grading.coursedir.assignment_id, grading.coursedir.student_id = lesson.name, student


def _do(step: Any, trouble: str) -> None:
    try:
        step.start()
    except (ExchangeError, NbGraderException, OSError, RuntimeError, ValueError, SystemExit) as error:
        why = _short(error)
        raise CourseError(f"{trouble} ({why})." if why and why != "1" else f"{trouble}.") from None


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:REASON]
