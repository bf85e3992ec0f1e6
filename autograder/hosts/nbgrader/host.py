"""nbgrader as the host of a class run: submissions from its folders, grades into its gradebook."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import find_all_files

from autograder import files
from autograder.course import checkfile
from autograder.course.catalog import Lesson
from autograder.course.markers import CHECK_SUFFIX
from autograder.grading import freshness, kept
from autograder.grading.drawing import Undrawn
from autograder.grading.lock import share_folders
from autograder.grading.shared_pictures import SharedPictures
from autograder.grading.staging import Staged
from autograder.grading.task import Done
from autograder.grading.works import Pair
from autograder.hosts.nbgrader import globbing, gradebook, pictures, records, released, stale
from autograder.hosts.nbgrader.gradebook import Book
from autograder.hosts.nbgrader.notebooks import NOTE, Steps
from autograder.hosts.nbgrader.preprocessors import KnownNotebook
from autograder.reports import cards
from autograder.results import Verdict
from autograder.settings import Settings
from autograder.submission.files import EXTRA_SUFFIXES

if TYPE_CHECKING:
    from autograder.hosts.nbgrader.converter import CourseAutograde


class NbgraderHost:
    """The host of a class run of one lesson; see `autograder.grading.host.Host`.

    Parameters
    ----------
    converter : CourseAutograde
        With nbgrader's configuration, its course directory and its hooks.
    lesson : Lesson
    """

    def __init__(self, converter: CourseAutograde, lesson: Lesson) -> None:
        self.converter = converter
        self.coursedir = converter.coursedir
        self.log = converter.log
        self.exporter = converter.exporter
        self.lesson = lesson
        self.book = Book(self.coursedir.db_url, self.coursedir.course_id)
        self._were_there = False

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        self.book = Book(self.coursedir.db_url, self.coursedir.course_id)
        with self.book:
            yield

    # -- what is there -----------------------------------------------------------------------

    def must_be_sound(self) -> None:
        gradebook.quiet()
        gradebook.must_be_sound(self.coursedir.db_url)
        for line in released.enter(self.coursedir, self.lesson):
            self.log.warning("%s", line)

    def facts(self, sandbox: str) -> dict[str, str]:
        return stale.facts_now(self.coursedir, self.lesson, self.converter.config, sandbox)

    def steps(self) -> Steps:
        with self.book.transaction() as book:
            known = KnownNotebook.read(book, self.lesson.name)
        return Steps.configured(self.lesson.name, known, self.exporter)

    def submissions(self) -> dict[str, Path]:
        try:
            self.converter.init_notebooks()
        except NbGraderException:
            if not self._were_there:
                raise
            return {}  # all were taken away meanwhile
        self._were_there = True
        pattern = self.converter._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
        found = {folder: re.fullmatch(pattern, folder, re.DOTALL) for folder in sorted(self.converter.assignments)}
        there = {match["student_id"]: Path(folder) for folder, match in found.items() if match}
        only = self.converter.only
        return {student: folder for student, folder in there.items() if not only or student in only}

    def excluded(self) -> set[str]:
        return set(filter(None, self.coursedir.student_id_exclude.split(",")))

    def graded_folder(self, student: str, lesson: str = "") -> Path:
        place = self.coursedir.autograded_directory
        return Path(self.coursedir.format_path(place, student, lesson or self.lesson.name))

    def all_graded(self) -> dict[str, Path]:
        place = self.coursedir.format_path
        folder, lesson = self.coursedir.autograded_directory, self.lesson.name
        pattern = re.compile(place(folder, "(?P<student>[^/]*)", lesson, escape=True))
        found = {path: pattern.fullmatch(path) for path in sorted(globbing.glob(place(folder, "*", lesson)))}
        return {match["student"]: Path(path) for path, match in found.items() if match}

    def recorded(self) -> set[str]:
        with self.book.transaction() as book:
            return records.recorded(book, self.lesson.name)

    def revision_of(self, student: str) -> str:
        """Return the revision that the graded notebook in its place says that it is of; "" if it says none, or no result."""
        path = self.graded_folder(student) / f"{self.lesson.name}.ipynb"
        try:
            note = json.loads(path.read_text("utf-8"))["metadata"][NOTE]
            return str(note["handed"]) if "result" in note else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def time_zone(self) -> str:
        """Return the time zone of the exchange, whose abbreviation stands in a time of handing in."""
        return str(self.converter.config.get("Exchange", {}).get("timezone", "UTC"))

    def own_due_dates(self) -> dict[str, str]:
        with self.book.transaction() as book:
            return records.due_dates(book, self.lesson.name)

    # -- one submission ----------------------------------------------------------------------

    def prepare(self, staged: Staged) -> None:
        self.converter.notebooks = [str(staged.source / f"{self.lesson.name}.ipynb")]
        self.converter.run_pre_convert_hook()
        self._copy_files(staged)

    def record(self, staged: Staged, done: Done) -> str:
        self.converter.notebooks = [str(staged.source / f"{self.lesson.name}.ipynb")]
        text = done.notebook.encode("utf-8", "backslashreplace")
        (staged.graded / f"{self.lesson.name}.ipynb").write_bytes(text)
        for path in staged.graded.rglob("*"):
            if path.is_file():
                path.chmod(int(str(self.converter.permissions), 8))
        if self.coursedir.groupshared:
            share_folders(staged.graded, *(path for path in staged.graded.rglob("*") if path.is_dir()))
        same = self.revision_of(staged.student) == staged.submitted.revision
        when = self.coursedir.get_existing_timestamp(str(staged.source)) or None
        # A time that nobody wrote down beside this submission, somebody may have written into the gradebook.
        times = {"timestamp": when} if when or staged.submitted.late_unknown or not same else {}
        with self.book.transaction() as book:
            if self.converter.create_student:
                book.update_or_create_student(staged.student)
            own_due = records.record(
                book, self.lesson.name, staged.student, done.to_record, self._penalize, same=same, **times
            )
        self.converter.run_post_convert_hook()
        return own_due

    def _penalize(self, whole: Any, saved: Any) -> None:
        records.assign_penalty(self.exporter, whole, saved)

    def in_place(self, student: str) -> None:
        if self.coursedir.groupshared:
            place = self.graded_folder(student)
            share_folders(place.parent, place.parent.parent)

    def _copy_files(self, staged: Staged) -> None:
        """Copy what was handed in with the notebook, and what lies beside the solutions notebook, which wins, as nbgrader does it."""
        for name in find_all_files(str(staged.source), [*self.coursedir.ignore, "*.ipynb"]):
            self._copy(Path(name), staged.graded / Path(name).relative_to(staged.source))
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", self.lesson.name))
        kept = {source / name for name in self.converter.exclude_overwriting.get(self.lesson.name, [])}
        for path in source.rglob("*") if source.is_dir() else ():
            # What a solution wrote when it was run is nobody's submission.
            made = path.suffix == ".ipynb" or path.name.lower().endswith(EXTRA_SUFFIXES)
            if path.is_file() and not made and ".ipynb_checkpoints" not in path.parts and path not in kept:
                self._copy(path, staged.graded / path.relative_to(source))

    @staticmethod
    def _copy(path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

    # -- what was recorded -------------------------------------------------------------------

    def mark_unsure(self, student: str) -> None:
        with contextlib.suppress(MissingEntry), self.book.transaction() as book:
            if self.converter.create_student:
                book.update_or_create_student(student)
            book.find_student(student)
            saved = book.update_or_create_submission(self.lesson.name, student)
            for notebook in saved.notebooks:
                for grade in notebook.grades:
                    grade.needs_manual_grade = True

    def reckon_lateness_anew(
        self, event: dict[str, Any], student: str, facts: dict[str, str], own_due: str
    ) -> dict[str, Any]:
        what = [w for w in freshness.changed(event, facts, self.lesson) if w in freshness.RECKONED]
        what += ["their own due date"] if event.get("own_due", own_due) != own_due and not what else []
        if not what:
            return {}
        with self.book.transaction() as book:
            try:
                saved = book.find_submission_notebook(self.lesson.name, self.lesson.name, student)
            except MissingEntry:
                return {}
            before = saved.late_submission_penalty or 0
            self._penalize(saved.assignment, saved)
            after = saved.late_submission_penalty or 0
        now = {name: facts[name] for name in freshness.RECKONED}
        say = self.log.warning if before != after else self.log.info
        say(
            "%s of %s: %s changed; for lateness %g points are taken off, before %g",
            self.lesson.name, student, " and ".join(what), after, before,
        )  # fmt: skip
        return {"handed": event["handed"], "own_due": own_due, "with": now}

    def undrawn(self, student: str, shared: SharedPictures) -> Undrawn | None:
        path = self.graded_folder(student) / f"{self.lesson.name}.ipynb"
        return pictures.undrawn(path, shared) if path.is_file() else None

    def put_pictures(self, student: str, outputs: dict[str, list[NotebookNode]], cells: frozenset[str]) -> None:
        pictures.put(self.graded_folder(student) / f"{self.lesson.name}.ipynb", outputs, cells)

    def review(self, pair: Pair, students: list[str]) -> None:
        asking = list(checkfile.hidden_checks(self.lesson, asking_for="handed_in")) or [self.lesson.exercises()[0].id]
        with self.book.transaction() as book:
            for student, name in itertools.product(students, asking):
                # One who was taken out of the gradebook; the folder is still there.
                with contextlib.suppress(MissingEntry):
                    lesson = self.lesson.name
                    saved = book.find_grade(name + CHECK_SUFFIX, lesson, lesson, student)
                    saved.needs_manual_grade = True
        for student in students:
            path = self.graded_folder(student) / f"{self.lesson.name}.ipynb"
            notebook = nbformat.from_dict(json.loads(path.read_text("utf-8")))
            reason = "The same weights were handed in more than once."
            notebook["metadata"][NOTE]["result"].update(verdict=Verdict.REVIEW, reason=reason)
            # Students read no names.
            why = f"{reason} `autograder integrity` says by whom."
            cards.tell_the_teacher(notebook, why, points_stand=True)
            files.write(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", protected=True)
            revision = notebook["metadata"][NOTE]["handed"]
            course = Settings.of_class(Path(self.coursedir.root))
            whole = kept.kept(course, self.lesson.name, student, revision)
            if whole is not None:
                whole.verdict, whole.reason = Verdict.REVIEW, reason
                kept.keep(course, self.lesson.name, student, revision, whole)
