"""The grading of lessons by a command of the grader's own, with the configuration and through the steps of `nbgrader autograde`."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from nbgrader.apps.autogradeapp import AutogradeApp

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.progress import Progress
from autograder.hosts.nbgrader import globbing, gradebook, install
from autograder.hosts.nbgrader.converter import CourseAutograde
from autograder.hosts.nbgrader.troubles import in_one_line
from autograder.settings import Settings


class _Autograde(CourseAutograde):
    """Raises what a class run raises: whoever started it says it in their own way."""

    def convert_notebooks(self) -> None:
        self.grade()


class Grading:
    """The course directory that is the current folder, with nbgrader's configuration.

    Parameters
    ----------
    log : logging.Handler
        Gets what is to be said.

    Raises
    ------
    CourseError
        If the current folder is no course directory.
    SystemExit
        If its configuration cannot be read.
    """

    def __init__(self, log: logging.Handler) -> None:
        if not Path("nbgrader_config.py").is_file():
            raise CourseError(
                f"{Path.cwd()}: not a course directory: there is no nbgrader_config.py here. Go to the folder with the gradebook, or name it"
                " with --course-dir."
            )
        self.app = AutogradeApp(log_level=logging.WARNING)
        self.app.initialize([])
        install.patch()
        gradebook.quiet()
        self.app.log.handlers[:] = [log]
        self.coursedir = self.app.coursedir
        self.settings = Settings.of_class(Path(self.coursedir.root))
        self.converter: CourseAutograde | None = None

    def submitted(self, lesson: Lesson) -> set[str]:
        """Return the students who handed something in."""
        return set(self.folders(lesson))

    def folders(self, lesson: Lesson) -> dict[str, Path]:
        """Return the folders of what was handed in, by student."""
        place = self.coursedir.format_path
        found = globbing.glob(place(self.coursedir.submitted_directory, "*", lesson.name))
        start = place(self.coursedir.submitted_directory, ".", ".")
        return {Path(os.path.relpath(folder, start)).parts[0]: Path(folder) for folder in sorted(found)}

    def grade(
        self,
        lesson: Lesson,
        students: frozenset[str],
        progress: Progress,
        *,
        jobs: int | None,
        scheduler: str | None = None,
        force: bool,
        once: bool = False,
    ) -> None:
        """Grade what is new of a lesson.

        Parameters
        ----------
        lesson : Lesson
        students : frozenset of str
            Empty for all.
        progress : Progress
        jobs : int or None
            None for what the configuration says.
        scheduler : str or None
            The same.
        force : bool
        once : bool
            Whether what somebody hands in again meanwhile is left to the next run: it may be one attempt too many.

        Raises
        ------
        CourseError
            If nobody can be graded.
        NotAllGraded
            If the grader failed on somebody.
        """
        self.coursedir.assignment_id, self.coursedir.student_id = lesson.name, "*"
        converter = _Autograde(coursedir=self.coursedir, parent=self.app)
        self.converter = converter
        converter.command, converter.progress, converter.only = "autograder grade", progress, students
        converter.force, converter.once = force, once
        if jobs is not None:
            converter.jobs = jobs
        if scheduler is not None or jobs is not None:
            converter.scheduler = scheduler or ""
        with in_one_line(lesson.name):
            converter.start()
