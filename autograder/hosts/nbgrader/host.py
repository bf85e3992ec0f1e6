"""nbgrader as the host of a class run: submissions from its folders, grades into its gradebook."""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    DeduplicateIds,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
)
from nbgrader.utils import find_all_files

from autograder import files
from autograder.course import checkfile
from autograder.course.catalog import Lesson, is_check, is_written
from autograder.course.markers import CHECK_SUFFIX
from autograder.errors import WorkerLost
from autograder.grading import freshness, kept
from autograder.grading.host import Staged
from autograder.grading.job import GradeReport
from autograder.grading.lock import share_folders
from autograder.grading.works import Pair
from autograder.hosts.nbgrader import globbing, gradebook, released, stale
from autograder.hosts.nbgrader.gradebook import one_transaction
from autograder.hosts.nbgrader.notebooks import NOTE, write_outputs
from autograder.hosts.nbgrader.preprocessors import Record, assign_penalty
from autograder.reports import cards, display
from autograder.results import Verdict
from autograder.settings import Settings
from autograder.submission.files import EXTRA_SUFFIXES

# nbgrader's own steps before a notebook is run, and behind.
BEFORE = (ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata)
BEHIND = (IgnorePattern, ClearMetadataPreprocessor, LimitOutput)


class NbgraderHost:
    """The host of a class run of one lesson; see `autograder.grading.host.Host`.

    Parameters
    ----------
    converter : nbgrader.converters.Autograde
        With nbgrader's configuration, its course directory and its hooks.
    lesson : Lesson
    """

    def __init__(self, converter: Autograde, lesson: Lesson) -> None:
        self.converter = converter
        self.coursedir = converter.coursedir
        self.log = converter.log
        self.exporter = converter.exporter
        self.lesson = lesson

    # -- what is there -----------------------------------------------------------------------

    def must_be_sound(self) -> None:
        gradebook.quiet()
        gradebook.must_be_sound(self.coursedir.db_url)
        for line in released.enter(self.coursedir, self.lesson):
            self.log.warning("%s", line)

    def facts(self, sandbox: str) -> dict[str, str]:
        return stale.facts_now(self.coursedir, self.lesson, self.converter.config, sandbox)

    def submissions(self) -> dict[str, Path]:
        self.converter.init_notebooks()
        pattern = self.converter._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
        found = {folder: re.fullmatch(pattern, folder, re.DOTALL) for folder in sorted(self.converter.assignments)}
        return {match["student_id"]: Path(folder) for folder, match in found.items() if match}

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

    def is_recorded(self, student: str, revision: str) -> bool:
        """Say whether the graded notebook in its place says that it is this revision's, and the gradebook has the student too."""
        path = self.graded_folder(student) / f"{self.lesson.name}.ipynb"
        try:
            note = json.loads(path.read_text("utf-8"))["metadata"][NOTE]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if note.get("handed") != revision or "result" not in note:
            return False
        with self._book() as book:
            try:
                book.find_submission(self.lesson.name, student)
            except MissingEntry:
                return False
        return True

    def time_zone(self) -> str:
        """Return the time zone of the exchange, whose abbreviation stands in a time of handing in."""
        return str(self.converter.config.get("Exchange", {}).get("timezone", "UTC"))

    def has_due_date(self) -> bool:
        with self._book() as book:
            return book.find_assignment(self.lesson.name).duedate is not None

    def own_due_date(self, student: str) -> str:
        with self._book() as book:
            try:
                due = book.find_submission(self.lesson.name, student).duedate
            except MissingEntry:
                return ""
        return due.isoformat() if due else ""

    def _book(self) -> Gradebook:
        return Gradebook(self.coursedir.db_url, self.coursedir.course_id)

    # -- one submission ----------------------------------------------------------------------

    def prepare(self, staged: Staged) -> None:
        self.converter.notebooks = [str(staged.source / f"{self.lesson.name}.ipynb")]
        self.converter.run_pre_convert_hook()
        self._copy_files(staged)
        submitted, submission = staged.submitted, staged.submission
        submission.notebook.metadata[NOTE] = {
            "sha256": submitted.input_digest,
            "handed": submitted.revision,
            "reason": staged.reason,
            "repaired": submission.repairs,
            "late_unknown": submitted.late_unknown,
            "file": submitted.notebook.name if submitted.notebook else "",
        }
        submission.notebook = self._through(BEFORE, submission.notebook, staged.student)

    def record(self, staged: Staged, report: GradeReport, do: Callable[..., Any]) -> None:
        notebook = report.read_notebook()
        write_outputs(notebook, report.result)
        drawable = functools.partial(self._drawable, do)
        display.bound(notebook, drawable, is_written=is_written, is_graded=is_check)
        notebook = self._through(BEHIND, notebook, staged.student)
        record = Record(
            report.result,
            self.coursedir,
            staged.source,
            self.converter.create_student,
            parent=self.exporter,
        )
        self._run_step(record, notebook, staged.student)
        notebook = self._through((CheckCellMetadata,), notebook, staged.student)
        files.write(staged.graded / f"{self.lesson.name}.ipynb", nbformat.writes(notebook).rstrip("\n") + "\n")
        for path in staged.graded.rglob("*"):
            if path.is_file():
                path.chmod(int(str(self.converter.permissions), 8))
        if self.coursedir.groupshared:
            share_folders(staged.graded, *(path for path in staged.graded.rglob("*") if path.is_dir()))
        self.converter.run_post_convert_hook()

    def in_place(self, student: str) -> None:
        if self.coursedir.groupshared:
            place = self.graded_folder(student)
            share_folders(place.parent, place.parent.parent)

    def _through(self, steps: tuple[type, ...], notebook: NotebookNode, student: str) -> NotebookNode:
        """A notebook after some of nbgrader's own steps."""
        for step in steps:
            notebook = self._run_step(step(parent=self.exporter), notebook, student)
        return notebook

    def _run_step(self, step: Any, notebook: NotebookNode, student: str) -> NotebookNode:
        facts = {"student": student, "assignment": self.lesson.name, "notebook": self.lesson.name}
        facts["db_url"] = self.coursedir.db_url
        resources = {"unique_key": self.lesson.name, "nbgrader": facts, "metadata": {"name": self.lesson.name}}
        return step(notebook, resources)[0]

    def _drawable(self, do: Callable[..., Any], texts: list[tuple[str, str]], language: str) -> list[bool]:
        """Which texts can be drawn in a moment; a worker finds out, because one that cannot may take hours."""
        try:
            return do(display.can_be_drawn, texts, language)
        except WorkerLost as error:
            self.log.warning("The student's text is shown plain: %s", error)
            return [False] * len(texts)

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
        with (
            contextlib.suppress(MissingEntry),
            one_transaction(self.coursedir.db_url, self.coursedir.course_id) as book,
        ):
            if self.converter.create_student:
                book.update_or_create_student(student)
            book.find_student(student)
            saved = book.update_or_create_submission(self.lesson.name, student)
            for notebook in saved.notebooks:
                for grade in notebook.grades:
                    grade.needs_manual_grade = True

    def reckon_lateness_anew(self, event: dict[str, Any], student: str, facts: dict[str, str]) -> dict[str, Any]:
        own = self.own_due_date(student)
        what = [w for w in freshness.changed(event, facts, self.lesson) if w in freshness.RECKONED]
        what += ["their own due date"] if event.get("own_due", own) != own and not what else []
        if not what:
            return {}
        with one_transaction(self.coursedir.db_url, self.coursedir.course_id) as book:
            try:
                saved = book.find_submission_notebook(self.lesson.name, self.lesson.name, student)
            except MissingEntry:
                return {}
            before = saved.late_submission_penalty or 0
            assign_penalty(self.exporter, book, self.lesson.name, self.lesson.name, student)
            after = saved.late_submission_penalty or 0
        now = {name: facts[name] for name in freshness.RECKONED}
        say = self.log.warning if before != after else self.log.info
        say(
            "%s of %s: %s changed; for lateness %g points are taken off, before %g",
            self.lesson.name, student, " and ".join(what), after, before,
        )  # fmt: skip
        return {"handed": event["handed"], "own_due": own, "with": now}

    def review(self, pair: Pair, students: list[str]) -> None:
        asking = list(checkfile.hidden_checks(self.lesson, asking_for="handed_in")) or [self.lesson.exercises()[0].id]
        with one_transaction(self.coursedir.db_url, self.coursedir.course_id) as book:
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
            course = Settings.load(Path(self.coursedir.root))
            whole = kept.kept(course, self.lesson.name, student, revision)
            if whole is not None:
                whole.verdict, whole.reason = Verdict.REVIEW, reason
                kept.keep(course, self.lesson.name, student, revision, whole)
