"""nbgrader's feedback step for the lessons of the course: pages that open with a summary, made again when a grade is another one."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import GetGrades

from autograder import settings
from autograder.course.catalog import nbgrader_facts
from autograder.errors import CourseError
from autograder.hosts.nbgrader import sanitize, stale
from autograder.hosts.nbgrader.gradebook import must_be_sound
from autograder.hosts.nbgrader.notebooks import NOTE
from autograder.hosts.nbgrader.steps import lesson_called
from autograder.reports import cards, display
from autograder.results import Result, Verdict
from autograder.words import duration


class CourseFeedback(GenerateFeedback):
    """nbgrader's feedback step: a page is made again when its grade is another one; one that takes too long stops no other."""

    def start(self) -> None:
        if lesson_called(self.coursedir.assignment_id) is not None:
            sanitize.use_own_template(self)
        super().start()

    def convert_notebooks(self) -> None:
        lesson = lesson_called(self.coursedir.assignment_id)
        if lesson is not None:
            self._must_be_able_to_read()
            for line in stale.findings(self.coursedir, self.config, pages=False, only=lesson.name):
                self.log.warning("%s", line)
        super().convert_notebooks()

    def _must_be_able_to_read(self) -> None:
        try:
            must_be_sound(self.coursedir.db_url, written=False)
        except CourseError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        if lesson_called(assignment_id) is not None and not self.force:
            for notebook in self.notebooks:
                name = Path(notebook).stem
                page = Path(self._format_dest(assignment_id, student_id), f"{name}.html")
                wanted = stale.page_digest(self.coursedir, assignment_id, student_id, name)
                excluded = student_id in self.coursedir.student_id_exclude.split(",")
                if stale.noted_on_page(page) != wanted and not excluded:
                    if page.exists():
                        self.log.info("%s is older than the grade and is made again", page)
                    return True
        return super().init_destination(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        facts = self.init_single_notebook_resources(notebook_filename)["nbgrader"]
        made_from = (self.coursedir, facts["assignment"], facts["student"], facts["notebook"])
        # As it is before the page is drawn: what a human changes meanwhile makes the page an old one.
        self._digest = stale.page_digest(*made_from) if lesson_called(facts["assignment"]) is not None else ""
        try:
            with display.at_most(settings.limits().page):
                super().convert_single_notebook(notebook_filename)
        except display.TookTooLong:
            raise NbGraderException(
                f"{notebook_filename}: its page took more than {settings.limits().page:g} s"
            ) from None

    def write_single_notebook(self, output: str, resources: dict) -> None:
        if self._digest:
            output += stale.note_for_page(self._digest)
        super().write_single_notebook(output, resources)


class Summary(GetGrades):
    """nbgrader's own step that reads the grades; it also opens the feedback page with where the student stands; scores are the gradebook's, so manual ones count."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb, resources = super().preprocess(nb, resources)
        note = nb.metadata.get(NOTE, {}).get("result")
        if note is None:  # graded before the grader was plugged in
            return nb, resources
        result = Result.restored(note)
        scores = {f["grade_id"]: f for c in nb.cells if (f := nbgrader_facts(c)).get("grade")}
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            for cell in result.cells:
                saved = gradebook.find_grade(
                    cell.id,
                    resources["nbgrader"]["notebook"],
                    resources["nbgrader"]["assignment"],
                    resources["nbgrader"]["student"],
                )
                if not saved.needs_manual_grade or saved.manual_score is not None:
                    cell.points = float(scores[cell.id]["score"])
        if all(cell.points is not None for cell in result.cells):
            result.score = max(0.0, float(resources["nbgrader"]["score"]))
            if not result.verdict.gradable:
                result.verdict, result.reason = Verdict.GRADED, ""
        commented = [f["grade_id"] for cell in nb.cells if (f := nbgrader_facts(cell)).get("comment")]
        penalty = float(resources["nbgrader"]["late_penalty"])
        about = self._about(nb.metadata[NOTE], result, resources["nbgrader"])
        summary = cards.summary_html(result, late_penalty=penalty, commented=commented, about=about)
        cards.open_with(nb, summary)
        return nb, resources

    def _about(self, note: dict, result: Result, facts: dict) -> cards.About:
        """Who handed what in, and when: the gradebook's word."""
        with Gradebook(facts["db_url"]) as gradebook:
            submission = gradebook.find_submission(facts["assignment"], facts["student"])
            names = (submission.student.first_name, submission.student.last_name)
            return cards.About(
                student=facts["student"],
                name=" ".join(name.strip() for name in names if name and name.strip()),
                handed_in=cards.when(submission.timestamp),
                late=duration(submission.total_seconds_late) if submission.total_seconds_late > 0 else "",
                graded=cards.when(note.get("graded")),
                file=note.get("file", ""),
                sandbox=result.sandbox,
            )
