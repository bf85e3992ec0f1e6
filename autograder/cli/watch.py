"""`autograder grade --watch`: grade as hand-ins come, until somebody stops it. While it waits, it holds no lock."""

from __future__ import annotations

import logging
import os
import re
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli.grade_progress import Shown
from autograder.cli.options import INTERRUPTED, TRACEBACK, complain, in_one_line
from autograder.course.catalog import Lesson
from autograder.errors import Busy, CourseError, NotAllGraded
from autograder.grading.interrupts import ends_in_order
from autograder.grading.journal import Journal
from autograder.grading.watching import Attempts, Watch, day_now
from autograder.student_ids import why_not

if TYPE_CHECKING:
    from autograder.hosts.nbgrader.command import Grading
    from autograder.hosts.nbgrader.exchanging import Once

# Seconds until what failed is tried again, and until it is said again if it still fails.
AGAIN, REMIND = 300.0, 3600.0
# Numbers of processes, times: the same trouble is told with others each time.
NUMBERS = re.compile(r"\d+")

Watching = Annotated[
    bool,
    typer.Option(
        "--watch", help="Go on, and grade as hand-ins come, until Ctrl-C. Your own notebook: `autograder watch`."
    ),
]
Interval = Annotated[
    float, typer.Option(min=0.01, metavar="SECONDS", help="With --watch: how often to look for what came.")
]
AttemptsADay = Annotated[
    int | None,
    typer.Option(
        "--attempts", min=1, metavar="N",
        help="How many attempts of a student are graded a day, in the course's time zone; --force and --student lift it.",
    ),
]  # fmt: skip
Collect = Annotated[bool, typer.Option("--collect", help="With --watch: collect from nbgrader's exchange, too.")]
Feedback = Annotated[bool, typer.Option("--feedback", help="With --watch: make the feedback pages of what was graded.")]
Release = Annotated[bool, typer.Option("--release", help="With --watch: make feedback pages, and release them.")]


@dataclass(frozen=True)
class Ways:
    """What a watch does beside grading, and how often it looks."""

    interval: float = 5.0
    collect: bool = False
    feedback: bool = False
    release: bool = False


@dataclass
class Watcher:
    """A watch over lessons of one course directory.

    Attributes
    ----------
    grading : Grading
    shown : Shown
    ways : Ways
    attempts : int
        A student and day; 0 for as many as come.
    students : frozenset of str
        Empty for all.
    options : dict
        For `Grading.grade`.
    """

    grading: Grading
    shown: Shown
    ways: Ways
    attempts: int
    students: frozenset[str]
    options: dict
    watches: dict[str, Watch] = field(default_factory=dict)
    # By lesson: whose pages are due, and when to try again what could not be done. With the first grades of a watch they are everybody's.
    owed: dict[str, set[str]] = field(default_factory=dict)
    not_before: dict[str, float] = field(default_factory=dict)
    # What was said already, and when.
    told: dict[tuple, float] = field(default_factory=dict)
    once: Once | None = None

    def run(self, lessons: list[Lesson]) -> int:
        """Watch until Ctrl-C; returns the exit status: 0, or 130 if something was cut off."""
        names = ", ".join(lesson.name for lesson in lessons)
        self.shown.console.print(f"Watching {names}. Ctrl-C ends it.", markup=False, soft_wrap=True)
        idle = False
        self.shown.log.addFilter(_once())  # each look says the same of what stays as it is
        try:
            with ends_in_order():
                while True:
                    for lesson in lessons:
                        self.look(lesson)
                    idle = True
                    wait(self.ways.interval)
                    idle = False
        except KeyboardInterrupt:
            if idle:
                self.shown.console.print("Stopped. Nothing was being graded.")
                return 0
            stopped = self.grading.converter.stopped() if self.grading.converter else "Stopped."
            complain(stopped)
            return INTERRUPTED

    def look(self, lesson: Lesson) -> None:
        """Do all that belongs to a look: collect, grade what is new, hand back. Trouble of one is told, and the watch goes on with the next."""
        for step in (self._collect, self._grade, self._hand_back):
            try:
                if step(lesson):
                    self._is_over(lesson.name, step.__name__)
            except Busy as error:
                self._tell(f"{error} The watch waits for that.", lesson.name, "busy")
                return
            except CourseError as error:
                self._tell(str(error), lesson.name, step.__name__, NUMBERS.sub("", str(error)))
            except Exception as error:  # what it is, nobody knows: the others are to be graded all the same
                self._tell_fault(error, lesson.name, step.__name__)

    def _collect(self, lesson: Lesson) -> bool:
        """Collect, if that is wanted; returns whether it was done, as the other steps do."""
        if not self.ways.collect:
            return False
        from autograder.hosts.nbgrader import exchanging

        self.once = self.once or exchanging.Once()
        exchanging.collect(self.grading, lesson, self.once)
        return True

    def _grade(self, lesson: Lesson) -> bool:
        """Grade whose folders are new and whole."""
        watch = self.watches.setdefault(lesson.name, Watch())
        folders = self.grading.folders(lesson)
        folders = {s: f for s, f in folders.items() if not why_not(s) and (not self.students or s in self.students)}
        ready = watch.ready(folders, time.monotonic(), day_now())
        if ready and self.attempts and not self.students:
            ready = self._within_the_limit(lesson, watch, ready, folders)
        if not ready:
            return False
        try:
            self.grading.grade(
                lesson, frozenset(ready), self.shown, force=False, once=self.attempts > 0, **self.options
            )
        except NotAllGraded:
            pass  # on whom the grader failed was told, with the reason
        except Busy:
            raise
        except Exception:
            watch.put_off(ready, time.monotonic() + AGAIN)
            raise
        failed = [s for s in ready if (seen := self.shown.seen.get((lesson.name, s))) is not None and seen.why]
        good = [student for student in ready if student not in failed]
        watch.settle(good)
        watch.put_off(failed, time.monotonic() + AGAIN)
        if good:
            self.owed.setdefault(lesson.name, set()).update(good)
        return True

    def _within_the_limit(self, lesson: Lesson, watch: Watch, ready: list[str], folders: dict[str, Path]) -> list[str]:
        counted, today = Attempts(Journal(self.grading.settings.directory), lesson, self.attempts), day_now()
        over = counted.over({student: folders[student] for student in ready}, today)
        for student in over:
            self._tell(over_the_limit(lesson, student, self.attempts), lesson.name, "attempts", today, student)
        watch.hold(over, today)
        return [student for student in ready if student not in over]

    def _hand_back(self, lesson: Lesson) -> bool:
        """Make the pages that are due, and release them. Whose page cannot be made gets it later; the others do not wait for that."""
        from autograder.hosts.nbgrader.exchanging import make_pages, release_pages

        owed = self.owed.get(lesson.name)
        if not owed or not (self.ways.feedback or self.ways.release):
            return False
        if time.monotonic() < self.not_before.get(lesson.name, 0.0):
            return False
        try:
            failed = owed & make_pages(self.grading, lesson).keys()
            if self.ways.release:
                release_pages(self.grading, lesson, sorted(owed - failed))
        except Busy:
            raise
        except Exception:
            self.not_before[lesson.name] = time.monotonic() + AGAIN
            raise
        what = "made and released" if self.ways.release else "made"
        if owed - failed:
            self.shown.console.print(f"{lesson.name}: feedback pages {what}.", markup=False, soft_wrap=True)
        self.owed[lesson.name] = failed
        if failed:
            self.not_before[lesson.name] = time.monotonic() + AGAIN
        return True

    # -- what is said -------------------------------------------------------------------------------------------------

    def _tell(self, line: str, *key: object) -> bool:
        """Say something, unless it was said not long ago. key: what it is about: the lesson, the step, and more. Returns whether it was said."""
        now = time.monotonic()
        if key in self.told and now < self.told[key] + REMIND:
            return False
        self.told[key] = now
        self.shown.say(line)
        return True

    def _tell_fault(self, error: Exception, *key: object) -> None:
        shows = os.environ.get(TRACEBACK)
        more = "" if shows else f" {TRACEBACK}=1 in the environment shows all of it."
        line = f"{key[0]}: a fault of the grader or of a plug-in: {in_one_line(error)}. The watch goes on.{more}"
        if self._tell(line, *key, NUMBERS.sub("", in_one_line(error))) and shows:
            traceback.print_exception(error)

    def _is_over(self, *key: object) -> None:
        """A step went well: trouble with it that comes later is another."""
        self.told = {known: when for known, when in self.told.items() if known[: len(key)] != key}


def _once() -> logging.Filter:
    from autograder.hosts.nbgrader.exchanging import Once

    return Once()


def over_the_limit(lesson: Lesson, student: str, attempts: int) -> str:
    """Return what is said of somebody whose submission waits for the next day."""
    had = "1 attempt of today was" if attempts == 1 else f"{attempts} attempts of today were"
    return (
        f"{lesson.name} {student}: not graded today, {had} graded already. It is graded tomorrow, or now with"
        f" `autograder grade {lesson.name} --student {student}`."
    )


def wait(seconds: float) -> None:
    """Wait until it is time to look again."""
    time.sleep(seconds)
