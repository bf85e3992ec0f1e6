"""What nbgrader does around grading, for a command of the grader's own: collect from the exchange, make feedback pages, release them."""

from __future__ import annotations

import functools
import glob
import logging
import os
import pwd
import shutil
import stat
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeFactory
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns
from traitlets import Bool

from autograder import files, student_ids
from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.lock import lock, share
from autograder.grading.watching import PATIENCE, Stamp, looks_whole, stamp_of
from autograder.hosts.nbgrader import copying
from autograder.hosts.nbgrader.command import Grading
from autograder.hosts.nbgrader.feedback import CourseFeedback
from autograder.hosts.nbgrader.troubles import in_one_line, reason_of
from autograder.submission.files import SUBMISSION_SECRET, TIMESTAMP
from autograder.time_zones import said

# What a folder in the exchange may hold; the folder's reader looks at much less.
ENTRIES, DEPTH = 1000, 20
# By how much a clock may be ahead.
AHEAD = timedelta(hours=1)
# What nbgrader's steps around grading raise, beside their own errors.
RAISED = (RuntimeError, ValueError, SystemExit)


class WholeCollect(ExchangeCollect):
    """nbgrader's `collect`, for folders that anybody may have put into the exchange.

    A submission is put in its place whole: whoever is killed meanwhile leaves no half of one. What is no submission is left out and named, and the
    others are collected: a name that cannot be read, a file in a folder's place, links (which could lead to a file of the instructor's), pipes,
    what one student put there in another's name.
    """

    own_login = Bool(
        False, help="Whether everybody hands in by a login that is their id; what has another owner is not collected."
    ).tag(config=True)
    src_records: list[dict[str, Any]]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # By student, the folder that was collected last, and its state; a watch keeps this from one look to the next.
        self.collected: dict[str, tuple[str, Stamp]] = {}
        self.looks_again = False
        # By owner who is no student, a folder that hands in for somebody.
        self.others: dict[str, str] = {}

    def _path_to_record(self, path: str) -> dict[str, Any]:
        name = os.path.basename(path)
        try:
            if len(name.rsplit("+", 3)) < 3:
                raise ValueError("its name has no time")
            record = super()._path_to_record(path)
            if why := student_ids.why_not_new(record["username"]):
                raise ValueError(f"its name begins with no student's id: it {why}")
            if record["timestamp"] > datetime.now(UTC).replace(tzinfo=None) + AHEAD:
                raise ValueError("its time lies in the future, and nothing later would ever be collected")
            if why := trouble_in(Path(path)) or self._in_anothers_name(path, record["username"]):
                raise ValueError(why)
        except (ValueError, OverflowError, CourseError) as error:
            self.log.warning("%s: not collected: %s.", path, reason_of(error).rstrip("."))
            return {"username": "", "filename": name, "timestamp": datetime.min}
        return record

    def init_src(self) -> None:
        """Find the latest submission of each student, without those that were left out."""
        super().init_src()
        for owner, path in self.others.items():
            self.log.warning(
                "%s hands in for others (%s), and is no student of the course, so this is collected. Whose it is, nobody can tell.",
                owner, path,
            )  # fmt: skip
        self.src_records = [record for record in self.src_records if record["username"]]

    # -- whose it is --------------------------------------------------------------------------------------------------

    def _in_anothers_name(self, path: str, student: str) -> str:
        """Return why a submission is not this student's, or "": its owner is another student of the course, or with `own_login` anybody else."""
        owner = owner_of(path) if self.check_owner else student
        if owner == student:
            return ""
        if self.own_login:
            return (
                f"it hands in for {student}, and its owner is {owner or 'unknown here'}; if it is {student}'s, copy it to"
                f" {self._place_of(student)} yourself"
            )
        if not owner:
            return ""
        if owner in self.own_logins:
            return (
                f"it hands in for {student}, and its owner is {owner}, another student of the course; if it is {student}'s, copy it to"
                f" {self._place_of(student)} yourself"
            )
        self.others[owner] = min(path, self.others.get(owner, path))
        return ""

    @functools.cached_property
    def own_logins(self) -> set[str]:
        """The students whose login is their id: those in the gradebook, and those who own what was handed in by them."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            known = {student.id for student in book.students}
        with os.scandir(self.inbound_path) as entries:
            handed_in = [(entry.path, entry.name.partition("+")[0]) for entry in entries]
        return known | {student for path, student in handed_in if owner_of(path) == student}

    # -- to its place -------------------------------------------------------------------------------------------------

    def copy_files(self) -> None:
        """Bring what is new to its place. Unlike nbgrader's own, this removes nothing before the new one is there, and one student's trouble is nobody else's."""
        if not self.src_records:
            self.log.warning("%s: there is nothing to collect.", self.coursedir.assignment_id)
        for record in self.src_records:
            path = os.path.join(self.inbound_path, record["filename"])
            try:
                self._collect(path, record)
            except (OSError, RuntimeError) as error:
                self.log.warning("%s: not collected: %s.", path, reason_of(error).rstrip("."))

    def _collect(self, path: str, record: dict[str, Any]) -> None:
        student, new = record["username"], record["timestamp"]
        place, state = self._place_of(student), stamp_of(Path(path))
        if place.is_dir() and not self._is_newer(path, state, student, new):
            self.log.info("%s: nothing newer to collect from %s", self.coursedir.assignment_id, student)
            return
        if is_being_written(Path(path), state):
            say = self.log.info if self.looks_again else self.log.warning
            say("%s: not collected yet: it is being written, or is not whole. Collect again in half a minute.", path)
            return
        self.log.info("%s: collecting from %s", self.coursedir.assignment_id, student)
        self._say_if_written_later(path, state, new)
        place.parent.mkdir(parents=True, exist_ok=True)
        partial, old = (place.with_name(f".{place.name}.{end}") for end in ("collected", "replaced"))
        for left in (partial, old):
            shutil.rmtree(left, ignore_errors=True)
        try:
            self.do_copy(path, str(partial))
            if stamp_of(Path(path)) != state:
                raise OSError("it was written to while it was copied; collect again")
            self._put_the_time(partial, new)
            if self.coursedir.groupshared:
                share(partial)
            files.put_in_place(partial, place, old)
        finally:
            for left in (partial, old):
                shutil.rmtree(left, ignore_errors=True)
        self.collected[student] = path, state

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy as nbgrader does, what its settings leave in, but nothing that a link leads to."""
        rules = self.coursedir
        if (size := self.get_size(src)) > (most := 1000 * rules.max_dir_size):
            raise RuntimeError(f"Directory size is too big. Size is {size}, maximum size is {most}")
        left_out = ignore_patterns(rules.ignore, rules.include, rules.max_file_size, self.log)
        copying.copy_folder(Path(src), Path(dest), left_out, most)

    def _put_the_time(self, folder: Path, when: datetime) -> None:
        """Write down when a copy was handed in, by the name of its folder in the exchange: what it says itself may be taken away or changed."""
        path = folder / TIMESTAMP
        if path.is_dir() or self._time_in(folder) == when:
            return
        if path.exists():
            self.log.warning("%s: what it says is not the time in the name of the folder in the exchange, which counts.", path)  # fmt: skip
        files.write(path, f"{when:%Y-%m-%d %H:%M:%S.%f} UTC\n")

    def _time_in(self, folder: Path) -> datetime | None:
        """When a copy says that it was handed in; None where it says none. Of an instructor's own assignment nbgrader reads it, and stumbles over what is no time."""
        try:
            return self.coursedir.get_existing_timestamp(str(folder))
        except (AttributeError, ValueError):
            return None

    def _say_if_written_later(self, path: str, state: Stamp, when: datetime) -> None:
        """Name what was written to behind the due date and says that it was handed in well before that: its owner chooses the name."""
        written = datetime.fromtimestamp(max(changed for *_, changed in state) / 1e9, UTC).replace(tzinfo=None)
        if self.duedate is not None and written > self.duedate and written - when > AHEAD:
            self.log.warning(
                "%s: its name says that it was handed in at %s, and it was written to at %s. Look whether it is late.",
                path, said(when), said(written),
            )  # fmt: skip

    def _is_newer(self, path: str, state: Stamp, student: str, new: datetime) -> bool:
        """Whether a folder is not the one that was collected, or was written to since."""
        before, then = self.collected.get(student, ("", ()))
        if before == path:
            return then != state
        there = self._time_in(self._place_of(student))
        newer = self.update and (there is None or new > there)
        return newer or (self.before_duedate and there != new)

    def _place_of(self, student: str) -> Path:
        place = self.coursedir.format_path
        return Path(place(self.coursedir.submitted_directory, student, self.coursedir.assignment_id))


def owner_of(path: str) -> str:
    """Return the login of a file's owner; "" where nobody knows it."""
    try:
        return pwd.getpwuid(os.lstat(path).st_uid).pw_name
    except (KeyError, OSError):
        return ""


def is_being_written(folder: Path, state: Stamp) -> bool:
    """Whether the rest of a submission may still be to come: something in it is young, and nbgrader's own files are not there, or a notebook is torn off."""
    age = time.time() - max((changed / 1e9 for *_, changed in state), default=0.0)
    if not -PATIENCE < age < PATIENCE:  # with another clock nobody can tell
        return False
    return not all((folder / name).is_file() for name in (TIMESTAMP, SUBMISSION_SECRET)) or not looks_whole(folder)


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
        # What was collected, by lesson and student.
        self.collected: dict[str, dict[str, tuple[str, Stamp]]] = {}

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
    with _alone(grading, f"autograder grade --collect {lesson.name}"):
        step = kind(coursedir=grading.coursedir, authenticator=Authenticator(parent=app), parent=app)
        step.update = True
        if isinstance(step, WholeCollect):
            step.collected, step.looks_again = once.collected.setdefault(lesson.name, {}), True
        step.log.addFilter(once)
        try:
            with in_one_line(f"{lesson.name}: nothing could be collected", *RAISED):
                step.start()
        finally:
            step.log.removeFilter(once)


def make_pages(grading: Grading, lesson: Lesson) -> dict[str, str]:
    """Make the feedback pages that are not there or older than the grade.

    Returns
    -------
    dict of str to str
        Whose page could not be made, and why; it was said.

    Raises
    ------
    CourseError
        If no page can be made.
    """
    _point_at(grading, lesson, "*")
    with _alone(grading, f"autograder grade --feedback {lesson.name}"):
        step = CourseFeedback(coursedir=grading.coursedir, parent=grading.app)
        step.alone = True
        try:
            with in_one_line(f"{lesson.name}: not all pages could be made", *RAISED):
                step.start()
        except CourseError:
            if not step.failed:
                raise
    return step.failed


def release_pages(grading: Grading, lesson: Lesson, students: Iterable[str]) -> None:
    """Release the feedback pages of these students. CourseError if that cannot be done for one; the others' are released."""
    factory, problems = ExchangeFactory(parent=grading.app), list[CourseError]()
    with _alone(grading, f"autograder grade --release {lesson.name}"):
        for student in map(glob.escape, students):
            _point_at(grading, lesson, student)
            step = factory.release_feedback(
                coursedir=grading.coursedir, authenticator=Authenticator(parent=grading.app), parent=grading.app
            )
            try:
                with in_one_line(f"{lesson.name}: feedback could not be released", *RAISED):
                    step.start()
            except CourseError as error:
                problems.append(error)
    _point_at(grading, lesson, "*")
    if problems:
        raise problems[0]


def _alone(grading: Grading, what: str) -> AbstractContextManager[None]:
    return lock(Path(grading.coursedir.root), what, shared=grading.coursedir.groupshared)


def _point_at(grading: Grading, lesson: Lesson, student: str) -> None:
    grading.coursedir.assignment_id, grading.coursedir.student_id = lesson.name, student
