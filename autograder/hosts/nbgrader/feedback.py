"""nbgrader's feedback step for the lessons of the course: pages that open with a summary, made again when a grade is another one."""

from __future__ import annotations

import contextlib
import glob
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import GetGrades
from sqlalchemy.exc import OperationalError
from traitlets import Integer, default

from autograder import files, settings
from autograder.course.catalog import Lesson, is_written, nbgrader_facts
from autograder.errors import AutograderError, CourseError
from autograder.grading import freshness, shared_pictures
from autograder.grading.lock import lock, share
from autograder.grading.pool import Workers, default_jobs
from autograder.grading.shared_pictures import SharedPictures
from autograder.hosts.nbgrader import exercises, pictures, sanitize, stale, waiting
from autograder.hosts.nbgrader.ahead import Ahead, can_be_forked
from autograder.hosts.nbgrader.gradebook import must_be_sound
from autograder.hosts.nbgrader.notebooks import NOTE
from autograder.hosts.nbgrader.steps import lesson_called
from autograder.reports import cards, display
from autograder.results import Result, Verdict
from autograder.time_zones import in_course_zone, said
from autograder.words import counted, duration


class CourseFeedback(GenerateFeedback):
    """nbgrader's feedback step: a page is made again when its grade is another one; one that takes too long stops no other.

    Pages are made by several processes; this one puts them in their places, one after the other.
    """

    jobs = Integer(help="How many pages are made at once; by default as many as there are cores.").tag(config=True)
    earlier = Integer(
        3, min=0,
        help="How many earlier pages of a student's lesson are kept when a page is made again, in feedback/STUDENT/earlier/LESSON/; 0 for none.",
    ).tag(config=True)  # fmt: skip
    # Whether whoever calls this is the only grader here already.
    alone = False
    _ahead: Ahead | None = None
    # What the pages of a lesson are completed with; None for an assignment that is no lesson.
    _pictures: tuple[SharedPictures, str] | None = None

    @default("jobs")
    def _jobs_default(self) -> int:
        return default_jobs()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # By student, why no page could be made.
        self.failed: dict[str, str] = {}

    def start(self) -> None:
        if lesson_called(self.coursedir.assignment_id) is not None:
            sanitize.use_own_template(self)
        super().start()

    def convert_notebooks(self) -> None:
        lesson = lesson_called(self.coursedir.assignment_id)
        if lesson is None:
            super().convert_notebooks()
            return
        try:
            with self._alone(lesson):
                self._convert_lesson(lesson)
        except (CourseError, OSError) as error:
            why = files.trouble(error) if isinstance(error, OSError) else str(error)
            self.log.error("%s", why)
            raise NbGraderException(why) from None

    def _alone(self, lesson: Lesson) -> contextlib.AbstractContextManager[None]:
        """Nobody grades while pages are made: no page is of a grade that is recorded in part, and nobody else writes the same page."""
        if self.alone:
            return contextlib.nullcontext()
        command = f"nbgrader generate_feedback {lesson.name}"
        return lock(Path(self.coursedir.root), command, shared=self.coursedir.groupshared)

    def _convert_lesson(self, lesson: Lesson) -> None:
        must_be_sound(self.coursedir.db_url, written=False)
        if not self.alone:  # what is stale, a class run says itself
            for line in stale.findings(self.coursedir, self.config, pages=False, only=lesson.name):
                self.log.warning("%s", line)
        self._pictures = self._course_pictures(lesson)
        if self.jobs == 1 or not can_be_forked():
            self._make_all(lesson)
        else:
            with Ahead(list(self._wanted()), self._page, self.jobs, settings.limits().page) as self._ahead:
                self._make_all(lesson)
            self._ahead = None
        if self.failed:
            pages = counted(len(self.failed), "page")
            raise CourseError(f"{lesson.name}: {pages} could not be made: {freshness.named([*self.failed])}.")

    def _make_all(self, lesson: Lesson) -> None:
        """Make the pages, one after the other. Unlike nbgrader's own loop, this removes no page of which a new one cannot be made."""
        pattern = re.compile(self._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True))
        for folder in sorted(self.assignments):
            found = pattern.match(folder)
            if found is None:
                continue
            self.notebooks = sorted(self.assignments[folder])
            try:
                self._make_one(**found.groupdict())
            except OperationalError as error:
                raise CourseError(f"{self.coursedir.db_url}: the gradebook cannot be read ({error.orig}).") from error
            except MissingEntry:
                self.log.warning(
                    "%s of %s: no feedback page, for the gradebook has no such submission. If the student was taken out of it, remove %s.",
                    lesson.name, found["student_id"], folder,
                )  # fmt: skip
            except Exception as error:  # a hook of the instructor's may raise anything; the others get their pages
                known = isinstance(error, (AutograderError, NbGraderException, OSError))
                why = files.trouble(error) if isinstance(error, OSError) else str(error) or type(error).__name__
                self.failed[found["student_id"]] = why
                self.log.error(
                    "%s of %s: no feedback page could be made: %s",
                    lesson.name, found["student_id"], why, exc_info=None if known else error,
                )  # fmt: skip

    def _make_one(self, assignment_id: str, student_id: str) -> None:
        if not self.init_destination(assignment_id, student_id):
            return
        self.run_pre_convert_hook()
        self.init_assignment(assignment_id, student_id)
        for notebook in self.notebooks:
            self.convert_single_notebook(notebook)
        self.set_permissions(assignment_id, student_id)
        self.run_post_convert_hook()

    def _course_pictures(self, lesson: Lesson) -> tuple[SharedPictures, str]:
        """The pictures that all pages have in common, which are drawn if they are not there, and what the settings say of pictures."""
        course = settings.Settings.of_class(Path(self.coursedir.root))
        shared = shared_pictures.kept(course, lesson)
        if shared is None:
            with Workers() as workers:
                shared = shared_pictures.made(course, lesson, workers.do)
        return shared, course.pictures

    def _wanted(self) -> Iterator[str]:
        """The notebooks whose pages will be made, in their order. A guess: whether one is made is decided when its turn comes."""
        pattern = re.compile(self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True))
        for folder in sorted(self.assignments):
            match = pattern.match(folder)
            if match is None:
                continue
            for notebook in sorted(self.assignments[folder]):
                name, (assignment, student) = Path(notebook).stem, match.groups()
                page = Path(self._format_dest(assignment, student), f"{name}.html")
                old = stale.noted_on_page(page) != stale.page_digest(self.coursedir, assignment, student, name)
                if (self.force or old) and student not in self.coursedir.student_id_exclude.split(","):
                    yield notebook

    def _page(self, notebook: str) -> str:
        """The text of a page, made in this process."""
        resources = self.init_single_notebook_resources(notebook)
        facts = resources["nbgrader"]
        made_from = (self.coursedir, facts["assignment"], facts["student"], facts["notebook"])
        # As it is before the page is drawn: what a human changes meanwhile makes the page an old one.
        digest = stale.page_digest(*made_from) if self._pictures is not None else ""
        try:
            with display.at_most(settings.limits().page):
                page = self.exporter.from_filename(notebook, resources=resources)[0]
        except display.TookTooLong:
            raise NbGraderException(f"{notebook}: its page took more than {settings.limits().page:g} s") from None
        return page + (stale.note_for_page(digest) if digest else "")

    def init_single_notebook_resources(self, notebook_filename: str) -> dict[str, Any]:
        resources = super().init_single_notebook_resources(notebook_filename)
        resources["course_pictures"] = self._pictures
        resources["course_directory"] = Path(self.coursedir.root)
        return resources

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        if lesson_called(assignment_id) is None:
            return super().init_destination(assignment_id, student_id)
        if student_id in self.coursedir.student_id_exclude.split(","):
            return False
        old = False
        for notebook in self.notebooks:
            name = Path(notebook).stem
            page = Path(self._format_dest(assignment_id, student_id), f"{name}.html")
            if stale.noted_on_page(page) != stale.page_digest(self.coursedir, assignment_id, student_id, name):
                old = True
                if page.exists():
                    self._keep(page)
        return old or self.force

    def _keep(self, page: Path) -> None:
        """Keep a page that is older than the grade, of which a new one is made, where nbgrader does not release it."""
        if not self.earlier:
            self.log.info("%s is older than the grade and is made again", page)
            return
        when = in_course_zone(datetime.fromtimestamp(page.stat().st_mtime, UTC))
        folder = page.parent.parent / "earlier" / page.parent.name
        kept = folder / f"{when:%Y-%m-%d %H.%M.%S} {page.stem}.html"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(page, kept)
        self.log.info("%s is older than the grade and is made again; the page so far is %s", page, kept)
        for old in sorted(folder.glob(f"* {glob.escape(page.stem)}.html"))[: -self.earlier]:
            old.unlink()
        if self.coursedir.groupshared:
            share(folder.parent)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        self.log.info("Converting notebook %s", notebook_filename)
        make = self._ahead.take if self._ahead is not None else self._page
        self.write_single_notebook(make(notebook_filename), self.init_single_notebook_resources(notebook_filename))

    def write_single_notebook(self, output: str, resources: dict) -> None:
        """Put a page in its place, whole."""
        facts = resources["nbgrader"]
        folder = Path(self._format_dest(facts["assignment"], facts["student"]))
        files.write(folder / f"{facts['notebook']}{self.exporter.file_extension}", output, folders=True)


class Summary(GetGrades):
    """nbgrader's own step that reads the grades; it also opens the feedback page with where the student stands; scores are the gradebook's, so manual ones count."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        with Gradebook(resources["nbgrader"]["db_url"]) as self.gradebook:
            return self._with_grades(nb, resources)

    def _with_grades(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        facts = resources["nbgrader"]
        saved = self.gradebook.find_submission_notebook(facts["notebook"], facts["assignment"], facts["student"])
        self._grades = {grade.name: grade for grade in saved.grades}
        self._comments = {comment.name: comment for comment in saved.comments}
        nb, resources = super(GetGrades, self).preprocess(nb, resources)
        facts["late_penalty"] = saved.late_submission_penalty or 0
        if facts["late_penalty"]:
            self.log.warning("Late submission penalty: %s", facts["late_penalty"])
        facts["score"], facts["max_score"] = saved.score - facts["late_penalty"], saved.max_score
        shared = resources.get("course_pictures")
        facts["cut_short"] = pictures.are_cut_short(nb)
        facts["course_pictures"] = shared is not None and pictures.complete(nb, *shared)
        note = nb.metadata.get(NOTE, {}).get("result")
        if note is None:  # graded before the grader was plugged in
            return nb, resources
        result = Result.restored(note)
        scores = {f["grade_id"]: f for c in nb.cells if (f := nbgrader_facts(c)).get("grade")}
        for cell in result.cells:
            grade = self._grades[cell.id]
            if not grade.needs_manual_grade or grade.manual_score is not None:
                cell.points = float(scores[cell.id]["score"])
        if all(cell.points is not None for cell in result.cells):
            result.score = max(0.0, float(resources["nbgrader"]["score"]))
        result.verdict, result.reason = self._standing(result, resources)
        commented = [f["grade_id"] for cell in nb.cells if (f := nbgrader_facts(cell)).get("comment")]
        penalty = float(resources["nbgrader"]["late_penalty"])
        facts["title"] = _title(nb)
        about = self._about(nb.metadata[NOTE], result, resources["nbgrader"])
        summary = cards.summary_html(result, late_penalty=penalty, commented=commented, about=about)
        cards.open_with(nb, summary)
        resources["first_cell"], resources["summary"] = cards.FIRST_CELL, summary
        resources["sections"] = exercises.sections(nb, result, shared[0] if shared else SharedPictures())
        resources["folded"] = True
        return nb, resources

    def _standing(self, result: Result, resources: dict) -> tuple[Verdict, str]:
        """The verdict as the gradebook has it by now: whether a human still has to look, and why."""
        facts = resources["nbgrader"]
        submission = self.gradebook.find_submission(facts["assignment"], facts["student"])
        reasons = waiting.Reasons(resources.get("course_directory"), for_students=True)
        why = reasons.of(facts["assignment"], submission)
        if why:
            return Verdict.REVIEW, why
        return (result.verdict, result.reason) if result.verdict.gradable else (Verdict.GRADED, "")

    def _get_comment(self, cell: NotebookNode, resources: dict) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        if name not in self._comments:
            raise MissingEntry(f"No such comment: {name}")
        cell.metadata.nbgrader["comment"] = self._comments[name].comment

    def _get_score(self, cell: NotebookNode, resources: dict) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        if name not in self._grades:
            raise MissingEntry(f"No such grade: {name}")
        cell.metadata.nbgrader["score"] = self._grades[name].score
        cell.metadata.nbgrader["points"] = self._grades[name].max_score

    def _about(self, note: dict, result: Result, facts: dict) -> cards.About:
        """Who handed what in, and when: the gradebook's word."""
        submission = self.gradebook.find_submission(facts["assignment"], facts["student"])
        names = (submission.student.first_name, submission.student.last_name)
        return cards.About(
            student=facts["student"],
            name=" ".join(name.strip() for name in names if name and name.strip()),
            handed_in=said(submission.timestamp),
            late=duration(submission.total_seconds_late) if submission.total_seconds_late > 0 else "",
            graded=said(note.get("graded")),
            file=note.get("file", ""),
            sandbox=result.sandbox,
            title=facts["title"],
            course_pictures=facts["course_pictures"],
            cut_short=facts["cut_short"],
        )


def _title(notebook: NotebookNode) -> str:
    """The heading of a lesson, from the course's own first text; "" if there is none."""
    texts = (c.source for c in notebook.cells if c.cell_type == "markdown" and not is_written(c))
    first = next((text for text in texts if text.startswith("# ")), "")
    return first.partition("\n")[0].removeprefix("# ").strip()
