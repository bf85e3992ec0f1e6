"""nbgrader's steps around grading, made to fit the course: the release, the release of feedback, times of handing in."""

from __future__ import annotations

import os
import re
import stat
from datetime import datetime
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash, parse_utc

from autograder import files
from autograder.course.catalog import LEFT_BY_A_RUN, Lesson, lessons
from autograder.errors import CourseError
from autograder.grading.lock import share
from autograder.hosts.nbgrader import globbing, gradebook, released
from autograder.submission.files import SUBMISSION_SECRET
from autograder.submission.times import submission_time


def lesson_called(assignment: str) -> Lesson | None:
    """The lesson of this name, or None: an instructor's own assignments stay nbgrader's business."""
    return next((known for known in lessons() if known.name == assignment), None)


class CourseRelease(GenerateAssignment):
    """nbgrader's `generate_assignment`: a lesson whose release is there already is entered into the gradebook, and not skipped."""

    def convert_notebooks(self) -> None:
        self._problem = ""
        if lesson_called(self.coursedir.assignment_id) is not None and not self.no_database:
            try:
                gradebook.must_be_sound(self.coursedir.db_url)
            except CourseError as error:
                self._problem = str(error)
        try:
            if not self._problem:
                super().convert_notebooks()
        finally:
            book = gradebook.file_of(self.coursedir.db_url)
            if self.coursedir.groupshared and book is not None:
                share(book)
        if self._problem:
            self.log.error("%s", self._problem)
            raise NbGraderException(self._problem)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Whether the release is to be made. An exception here would make nbgrader remove the release that is there."""
        wanted = super().init_destination(assignment_id, student_id)
        lesson = lesson_called(assignment_id)
        if lesson is None or wanted or self.no_database:
            return wanted
        try:
            for line in released.enter(self.coursedir, lesson):
                self.log.warning("%s", line)
            self._say_if_the_source_is_another(lesson)
            self.log.info("%s: the release is there, and the gradebook knows it. --force makes it anew.", lesson.name)
        except CourseError as error:
            self._problem = str(error)
        return False

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy what lies beside the solution, without what a run of it left there: the trained network is part of the answer."""
        ignored = self.coursedir.ignore
        if lesson_called(assignment_id) is not None:
            self.coursedir.ignore = [*ignored, *LEFT_BY_A_RUN]
        try:
            super().init_assignment(assignment_id, student_id)
        finally:
            self.coursedir.ignore = ignored

    def _say_if_the_source_is_another(self, lesson: Lesson) -> None:
        source = Path(self._format_source(lesson.name, "."), f"{lesson.name}.ipynb")
        ours, theirs = (
            {name: points for name, (points, _) in released.cells_of(released.read(path)).items() if points is not None}
            for path in (source, released.release_of(self.coursedir, lesson))
        )
        if ours != theirs:
            self.log.warning(
                "%s: %s has other points or exercises than the release. Run `autograder build`, or this command with --force.",
                lesson.name, source,
            )  # fmt: skip


class CourseReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's `release_feedback`: a submission that did not come through the exchange stops nobody else's feedback."""

    def copy_files(self) -> None:
        place, folder = self.coursedir.format_path, self.coursedir.feedback_directory
        pattern = re.compile(place(folder, "(?P<student>[^/]*)", self.coursedir.assignment_id, escape=True), re.DOTALL)
        excluded = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        without, failed = [], []
        for found in sorted(globbing.glob(self.src_path)):
            match = pattern.fullmatch(found)
            if match is None or match["student"] in excluded:
                continue
            try:
                secret = Path(found, SUBMISSION_SECRET).read_text("utf-8")
            except (OSError, UnicodeDecodeError):  # what a student wrote may be anything
                secret = ""
            if not secret:
                without.append(match["student"])
                continue
            for page in sorted(Path(found).glob("*.html")):
                try:
                    self._release(page, notebook_hash(secret=secret, notebook_id=page.stem), match["student"])
                except OSError as error:
                    self.log.error("%s: not released: %s", match["student"], files.trouble(error))
                    failed.append(match["student"])
        for student in without:
            self.log.warning(
                "%s: not released: this submission did not come through the exchange as nbgrader hands in (it has no %s that can be read). The page is %s.",
                student, SUBMISSION_SECRET, place(folder, student, self.coursedir.assignment_id),
            )  # fmt: skip
        if failed:
            self.fail(f"not released: {', '.join(failed)}")

    def _release(self, page: Path, name: str, student: str) -> None:
        """Copy a page to where its student's `fetch_feedback` looks; it is never there in part."""
        target = Path(self.dest_path, f"{name}.html")
        files.write(target, page.read_bytes())
        target.chmod(stat.S_IMODE(page.stat().st_mode))
        self.log.info("Releasing feedback for student '%s' on '%s': %s", student, self.coursedir.assignment_id, target)


nbgraders_time_of = CourseDirectory.get_existing_timestamp


def time_of(coursedir: CourseDirectory, folder: str) -> datetime | None:
    """When a submission came, as nbgrader keeps it (UTC); None where that is not known. nbgrader's own reading stumbles over byte order marks."""
    if lesson_called(coursedir.assignment_id) is None:
        return nbgraders_time_of(coursedir, folder)
    exchange = str(coursedir.config.get("Exchange", {}).get("timezone", "UTC"))
    text, reason = submission_time(Path(folder), exchange)
    if reason:
        coursedir.log.warning("%s: %s", folder, reason)
    return parse_utc(text) if text else None


def place_of_gradebook(coursedir: CourseDirectory) -> str:
    """The database URL of a course folder whose configuration names none. SystemExit where it would lead out of the folder."""
    if "?" in coursedir.root:
        raise SystemExit(
            f"{coursedir.root}: nbgrader cannot keep a gradebook in a folder with a question mark in its path: it would lie"
            f" outside, in {coursedir.root.partition('?')[0]}. Give the folder another name."
        )
    return f"sqlite:///{os.path.abspath(os.path.join(coursedir.root, 'gradebook.db'))}"


def install() -> None:
    """Put these in the place of nbgrader's own. RuntimeError if nbgrader has no such place."""
    import nbgrader.apps.api
    import nbgrader.apps.generateassignmentapp
    from nbgrader.exchange import ExchangeFactory

    for module in (nbgrader.apps.api, nbgrader.apps.generateassignmentapp):
        if not issubclass(module.GenerateAssignment, GenerateAssignment):
            raise RuntimeError(f"{module.__name__} has no GenerateAssignment that could be exchanged")
        module.GenerateAssignment = CourseRelease
    if not callable(getattr(CourseDirectory, "get_existing_timestamp", None)):
        raise RuntimeError("nbgrader's CourseDirectory does not read times of handing in")
    CourseDirectory.get_existing_timestamp = time_of
    # The default only: who has another exchange than nbgrader's own has named its classes.
    ExchangeFactory.release_feedback.default_value = CourseReleaseFeedback
    if not hasattr(CourseDirectory, "_db_url_default"):
        raise RuntimeError("nbgrader's CourseDirectory has no default place for a gradebook")
    CourseDirectory._db_url_default = place_of_gradebook
    globbing.install()
