"""Rejudging with nbgrader: a host on a copy of the gradebook, and the command's way to it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Base, Gradebook, MissingEntry
from sqlalchemy import create_engine, insert, select

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.class_run import ClassRun
from autograder.grading.progress import Progress
from autograder.grading.rejudge import Rejudging
from autograder.grading.rejudge_apply import Applying
from autograder.hosts.nbgrader import gradebook, records
from autograder.hosts.nbgrader.class_results import result_of
from autograder.hosts.nbgrader.command import Grading
from autograder.hosts.nbgrader.converter import CourseAutograde
from autograder.hosts.nbgrader.host import NbgraderHost
from autograder.hosts.nbgrader.notebooks import to_record
from autograder.hosts.nbgrader.records import ToRecord
from autograder.reports.rejudged import Mark
from autograder.results import Result
from autograder.settings import Settings
from autograder.tempdirs import Temporary


class BesideHost(NbgraderHost):
    """The host of a rejudging; see `autograder.grading.rejudge.Beside`. In its session, all that nbgrader calls the gradebook is a copy."""

    @property
    def whole_class(self) -> bool:
        return not self.converter.only

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        before = self.coursedir.db_url
        gradebook.must_be_sound(before)
        copy = Temporary("autograder-")
        try:
            self.coursedir.db_url = f"sqlite:///{copy.path / 'gradebook.db'}"
            copy_gradebook(before, self.coursedir.db_url, self.coursedir.course_id)
            with super().session():
                yield
        finally:
            self.coursedir.db_url = before
            copy.close()

    def marks(self) -> dict[str, Mark]:
        with self.book.transaction() as book:
            try:
                found = book.find_assignment(self.lesson.name).submissions
            except MissingEntry:
                return {}
            return {saved.student.id: _mark(saved) for saved in found}

    def result(self, student: str) -> Result:
        found = result_of(self.coursedir, Settings.of_class(Path(self.coursedir.root)), self.lesson, student)
        if found is None:
            raise CourseError(
                f"{student}: the graded notebook is gone. `autograder grade {self.lesson.name} --student {student} --force` grades it anew."
            )
        return found

    def to_record(self, notebook: str, result: Result) -> ToRecord:
        return to_record(nbformat.reads(notebook, as_version=4), result)

    def weigh(self, student: str, to_record: ToRecord) -> None:
        level, self.log.level = self.log.level, logging.ERROR  # nbgrader tells of each late submission
        try:
            with self.book.transaction() as book:
                records.record(book, self.lesson.name, student, to_record, self._penalize)
        finally:
            self.log.level = level


def _mark(saved: Any) -> Mark:
    """What the gradebook says of one submission."""
    grades = [grade for notebook in saved.notebooks for grade in notebook.grades]
    waits = any(grade.auto_score is None and grade.manual_score is None for grade in grades)
    by_hand = {grade.name: float(grade.manual_score) for grade in grades if grade.manual_score is not None}
    penalty = float(saved.late_submission_penalty or 0.0)
    return Mark(None if waits else float(saved.score), penalty, float(saved.max_score), by_hand)


def copy_gradebook(source: str, target: str, course_id: str) -> None:
    """Copy all rows of a gradebook into a new one, whatever database each is in."""
    with Gradebook(target, course_id):
        pass
    there, here = create_engine(source), create_engine(target)
    try:
        with there.connect() as reading, here.begin() as writing:
            for table in reversed(Base.metadata.sorted_tables):
                writing.execute(table.delete())
            for table in Base.metadata.sorted_tables:
                rows = [dict(row) for row in reading.execute(select(table)).mappings()]
                if rows:
                    writing.execute(insert(table), rows)
    finally:
        there.dispose()
        here.dispose()


class _Step(CourseAutograde):
    """nbgrader's autograde step, with a rejudging in the place of the class run."""

    def convert_notebooks(self) -> None:
        self.grade()


class _Rejudge(_Step):
    reason = ""

    def _class_run(self, course: Settings, **options: Any) -> ClassRun:
        assert self.lesson is not None
        host = BesideHost(self, self.lesson)
        return Rejudging(self.lesson, course, host, self.log, reason=self.reason, students=self.only, **options)


class _Apply(_Step):
    only_up = False

    def _class_run(self, course: Settings, **options: Any) -> ClassRun:
        assert self.lesson is not None
        hosts = NbgraderHost(self, self.lesson), BesideHost(self, self.lesson)
        return Applying(self.lesson, course, hosts[0], self.log, beside=hosts[1], only_up=self.only_up, **options)


class _Discard(_Apply):
    def convert_notebooks(self) -> None:
        self.grade(Applying.discard)


def rejudge(
    grading: Grading, lesson: Lesson, students: frozenset[str], progress: Progress, *, jobs: int | None, reason: str
) -> Rejudging:
    """Judge a lesson again beside its grades; raises what `Rejudging.run` does. Returns the run, with its comparison."""
    step = _Rejudge(coursedir=grading.coursedir, parent=grading.app)
    step.only, step.reason = students, reason
    return _started(grading, step, lesson, progress, jobs)


def apply(grading: Grading, lesson: Lesson, progress: Progress, *, jobs: int | None, only_up: bool) -> Applying:
    """Put a rejudging in its place; raises what `Applying.run` does."""
    step = _Apply(coursedir=grading.coursedir, parent=grading.app)
    step.only_up = only_up
    return _started(grading, step, lesson, progress, jobs)


def discard(grading: Grading, lesson: Lesson, progress: Progress) -> Applying:
    """Throw a rejudging away."""
    return _started(grading, _Discard(coursedir=grading.coursedir, parent=grading.app), lesson, progress, None)


def _started(grading: Grading, step: CourseAutograde, lesson: Lesson, progress: Progress, jobs: int | None) -> Any:
    grading.coursedir.assignment_id, grading.coursedir.student_id = lesson.name, "*"
    grading.converter = step
    step.command, step.progress = "autograder rejudge", progress
    if jobs is not None:
        step.jobs, step.scheduler = jobs, ""
    step.start()
    return step.run
