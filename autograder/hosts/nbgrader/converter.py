"""nbgrader's autograde step for the lessons of the course: a thin host of the class run.

`nbgrader autograde` and the formgrader's button both run this class: `install` puts it in the place of nbgrader's own. Assignments that
are no lessons of the course go nbgrader's own way.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from traitlets import Integer, Unicode, default

from autograder.course.catalog import Lesson
from autograder.errors import CourseError, NotAllGraded
from autograder.grading.class_run import ClassRun
from autograder.grading.lock import share
from autograder.grading.pool import default_jobs
from autograder.grading.progress import Progress
from autograder.hosts.nbgrader import globbing, gradebook
from autograder.hosts.nbgrader.host import NbgraderHost
from autograder.hosts.nbgrader.steps import lesson_called
from autograder.settings import Settings
from autograder.words import counted

# Exit status after Ctrl-C, as shells have it.
INTERRUPTED = 130


class CourseAutograde(Autograde):
    """Grades the submissions of one lesson. Which ones, their revision decides: new, changed, or begun and not ended."""

    jobs = Integer(
        help="How many submissions of a lesson are graded at once; by default as many as there are cores, or what AUTOGRADER_JOBS says."
    ).tag(config=True)

    scheduler = Unicode(
        help="The address of a Dask scheduler whose workers grade, such as tcp://10.0.0.1:8786, instead of this machine: docs/scale.md."
    ).tag(config=True)

    lesson: Lesson | None = None
    # By which the run was started, and who hears how it goes on.
    command = "nbgrader autograde"
    progress: Progress | None = None
    # The students who are graded; empty for all.
    only: frozenset[str] = frozenset()
    # Of each the submission that is there, and none that comes meanwhile.
    once = False
    run: ClassRun | None = None

    def start(self) -> None:
        self.lesson = lesson_called(self.coursedir.assignment_id)
        self._named: set[str] = set()  # folders that it was said of that they are left out
        super().start()

    def init_notebooks(self) -> None:
        """Find the submissions: a folder in submitted/ is one, also without a notebook."""
        if self.lesson is None:
            super().init_notebooks()
            return
        pattern = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        self.assignments: dict[str, list[str]] = {
            folder: [] for folder in sorted(globbing.glob(pattern)) if os.path.isdir(folder)
        }
        if not self.assignments:
            super().init_notebooks()  # says what was looked for
        hidden = self._format_source(self.coursedir.assignment_id, ".*") if self.coursedir.student_id == "*" else ""
        for folder in sorted({*globbing.glob(hidden)} - self._named) if hidden else []:
            self._named.add(folder)
            self.log.warning(
                "%s: left out. Like nbgrader, the grader looks into no folder whose name begins with a dot; give it another.",
                folder,
            )

    def convert_notebooks(self) -> None:
        if self.lesson is None:
            super().convert_notebooks()
            return
        try:
            self.grade()
        except (CourseError, NotAllGraded) as error:
            if isinstance(error, CourseError):
                self.log.error("%s", error)
                if sys.flags.inspect and isinstance(self.parent, AutogradeApp):
                    _leave()  # Python would stay open, and end with 0
            raise NbGraderException(str(error)) from None
        except KeyboardInterrupt:
            self.log.error("%s", self.stopped())
            raise SystemExit(INTERRUPTED) from None

    def grade(self, act: Callable[[Any], None] = lambda run: run.run()) -> None:
        """Grade what is new of the lesson, or do something else with the class run; raises what that does."""
        assert self.lesson is not None
        if self.jobs < 1:
            raise CourseError(f"Autograde.jobs={self.jobs}: this must be a whole number above 0.")
        course = Settings.of_class(Path(self.coursedir.root))
        shared = self.coursedir.groupshared
        self._say_what_is_ignored(self.lesson)
        try:
            with self._patient():
                self.run = self._class_run(
                    course, force=self.force, shared=shared, jobs=self.jobs, scheduler=self.scheduler,
                    command=self.command, progress=self.progress,
                )  # fmt: skip
                act(self.run)
        finally:
            if shared:
                book = [path for path in [gradebook.file_of(self.coursedir.db_url)] if path is not None]
                share(course.folder, course.secret_file, *book)

    def _class_run(self, course: Settings, **options: Any) -> ClassRun:
        assert self.lesson is not None
        run = ClassRun(self.lesson, course, NbgraderHost(self, self.lesson), self.log, **options)
        run.once = self.once
        return run

    def stopped(self) -> str:
        """Return what is said of a run that was interrupted."""
        graded = counted(len(self.run.done) if self.run else 0, "submission")
        return f"Stopped. Graded in this run, and kept: {graded}. To go on, run the same command again."

    @default("jobs")
    def _jobs_default(self) -> int:
        return default_jobs()

    @contextlib.contextmanager
    def _patient(self) -> Iterator[None]:
        """Wait for a gradebook that somebody else writes to."""
        before = self.coursedir.db_url
        self.coursedir.db_url = gradebook.patient(before)
        try:
            yield
        finally:
            self.coursedir.db_url = before

    def _say_what_is_ignored(self, lesson: Lesson) -> None:
        """Name the options of nbgrader's that have no meaning for a lesson."""
        for section in ("Execute", "ExecutePreprocessor", "NotebookClient"):
            for option, value in self.config.get(section, {}).items():
                said = "--no-execute" if (option, value) == ("enabled", False) else f"{section}.{option}"
                self.log.warning(
                    "%s is not followed: a lesson of the course is run by its own grader, with the limits of limits.toml.",
                    said,
                )
        if self.coursedir.notebook_id not in ("*", lesson.name):
            self.log.warning(
                "--notebook=%s is not followed: a lesson has one notebook, %s.ipynb, and all of it is graded.",
                self.coursedir.notebook_id,
                lesson.name,
            )


def _leave() -> None:
    """End this process with the status of a command that failed."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(1)
