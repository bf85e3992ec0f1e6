"""`nbgrader export --exporter=autograder.hosts.nbgrader.lms.CanvasExport`: grades in the file that a learning platform takes back.

Each exporter is given the platform's own export, its *roster*, and fills in what the gradebook has. `autograder export` does the same.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from traitlets import Bool, Dict, Enum, Unicode

from autograder import files
from autograder.course.catalog import lessons
from autograder.course.markers import CHECK_SUFFIX
from autograder.csv_lines import line_of
from autograder.errors import CourseError
from autograder.grading.kept import kept
from autograder.hosts.lms import filling, moodle_zip, platforms, table
from autograder.hosts.lms.platforms import Platform
from autograder.hosts.nbgrader import waiting
from autograder.hosts.nbgrader.export import ExportGrades, scores_of
from autograder.hosts.nbgrader.gradebook import must_be_sound
from autograder.reports.feedback_comment import comment_html
from autograder.settings import Settings
from autograder.words import counted

FIELDS = ("id", "email", "lms_user_id")
LONG = (
    "assignment", "student_id", "last_name", "first_name", "email", "exercise", "title", "points", "max_points",
    "raw_score", "late_submission_penalty", "score", "max_score", "timestamp",
)  # fmt: skip


@dataclass
class Grades:
    """What the gradebook holds of one assignment, for those students that were asked for.

    Attributes
    ----------
    assignment : Assignment
    titles : dict of str to str
        What people call the assignment and, by the id of their grade cell, its exercises.
    scores : dict of str to dict
        `scores_of` each submission, by student.
    exercises : dict of str to dict of str to float or None
        Points by student, by the id of the grade cell.
    maxima : dict of str to float
        By the id of the grade cell, in the notebook's order.
    waiting : dict of str to str
        Why a human has to look first, by student; there are no points of theirs.
    """

    assignment: Assignment
    titles: dict[str, str]
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    exercises: dict[str, dict[str, float | None]] = field(default_factory=dict)
    maxima: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)

    def items(self) -> list[filling.Item]:
        """The assignment and each of its exercises, as columns may have them."""
        name = self.assignment.name
        called = self.titles.get("", name)
        alone = called.partition("·")[2].strip() or called
        titles = (name, called, alone, f"Lesson {called}", name.partition("_")[2] or name)
        scores = {student: found["score"] for student, found in self.scores.items()}
        found = [filling.Item(name, titles, float(self.assignment.max_score), scores)]
        for cell, maximum in self.maxima.items():
            points = {student: mine.get(cell) for student, mine in self.exercises.items()}
            short = cell.removesuffix(CHECK_SUFFIX)
            found.append(filling.Item(f"{name}/{short}", (f"{name}/{short}", f"{name} {short}"), maximum, points))
        return found


class _Export(ExportGrades):
    """What all these exporters share."""

    default_to = "grades.csv"

    def export(self, gradebook: Gradebook) -> None:
        """Write the file; SystemExit with status 1, after one line in the log, if that cannot be done."""
        try:
            said = self.write(gradebook)
        except CourseError as error:
            self._give_up(f"{error} Nothing was exported.")
        for line in said[:-1]:
            self.log.warning("%s", line)
        self._say_what_is_stale()
        self.log.info("%s", said[-1])

    def write(self, gradebook: Gradebook) -> list[str]:
        """Write the file, whole or not at all; returns what is to be said, the summary last.

        Raises
        ------
        CourseError
            Then nothing was written.
        """
        raise NotImplementedError

    def _write(self, content: str | bytes, target: Path) -> None:
        try:
            files.write(target, content)
        except OSError as error:
            raise CourseError(
                f"{target}: cannot be written ({error.strerror or error}). Name another file with --to."
            ) from error

    @property
    def _target(self) -> Path:
        return Path(self.to or self.default_to)

    def _grades(self, gradebook: Gradebook) -> list[Grades]:
        """The assignments and students that were asked for; CourseError for one that is not in the gradebook."""
        known = {assignment.name: assignment for assignment in gradebook.assignments}
        asked = [str(name) for name in self.assignment]
        for name in asked:
            if name not in known:
                raise CourseError(
                    f"{name}: there is no such assignment in the gradebook; there are: {', '.join(known) or 'none'}."
                )
        self._must_know_students(gradebook)
        if not known:
            raise CourseError(
                "The gradebook has no assignments yet. Run `nbgrader generate_assignment` and grade first."
            )
        return [self._of(gradebook, known[name]) for name in asked or known]

    def _must_know_students(self, gradebook: Gradebook) -> None:
        known = {student.id for student in gradebook.students}
        for name in map(str, self.student):
            if name not in known:
                raise CourseError(f"{name}: there is no such student in the gradebook.")

    def _students(self, gradebook: Gradebook) -> list[Any]:
        asked = {str(name) for name in self.student}
        return [student for student in gradebook.students if not asked or student.id in asked]

    def _of(self, gradebook: Gradebook, assignment: Assignment) -> Grades:
        found = Grades(assignment, _titles(assignment.name))
        for notebook in assignment.notebooks:
            found.maxima.update({cell.name: float(cell.max_score) for cell in notebook.grade_cells})
        chosen = {student.id for student in self._students(gradebook)}
        reasons = self.reasons()
        for submission in gradebook.assignment_submissions(assignment.name):
            student = submission.student_id
            if student in chosen:
                found.scores[student] = scores_of(submission)
                why = reasons.of(assignment.name, submission)
                found.exercises[student] = {} if why else _points_of(submission)
                found.waiting |= {student: why} if why else {}
        return found


def _points_of(submission: SubmittedAssignment) -> dict[str, float | None]:
    return {grade.name: float(grade.score) for notebook in submission.notebooks for grade in notebook.grades}


def _waiting(grades: list[Grades], students: Container[str]) -> str:
    """Whose points are held back, as the end of a summary; "" if nobody's are."""
    found = {
        student if len(grades) == 1 else f"{student}, {one.assignment.name}": why
        for one in grades
        for student, why in one.waiting.items()
        if student in students
    }
    return f" {waiting.held_back(found)}" if found else ""


def _titles(assignment: str) -> dict[str, str]:
    """What people call a lesson ("") and its exercises; nothing for another assignment."""
    try:
        lesson = next((one for one in lessons() if one.name == assignment), None)
        if lesson is None:
            return {}
        return {"": lesson.title(), **{exercise.check_id: exercise.title for exercise in lesson.exercises()}}
    except CourseError:  # a broken lesson is no reason to have no grades
        return {}


class LongExport(_Export):
    """A row for each exercise of each student: points, their maximum, and the assignment's score beside them."""

    default_to = "exercises.csv"

    def write(self, gradebook: Gradebook) -> list[str]:
        """Write the file; returns the summary."""
        lines = [line_of(LONG)]
        every, students = self._grades(gradebook), self._students(gradebook)
        for grades in every:
            for student in students:
                lines += self._lines(grades, student)
        self._write("".join(lines), self._target)
        held_back = _waiting(every, {student.id for student in students})
        return [f"{self._target}: {counted(len(lines) - 1, 'row')}.{held_back}"]

    def _lines(self, grades: Grades, student: Any) -> Iterator[str]:
        scores, points = grades.scores.get(student.id, {}), grades.exercises.get(student.id, {})
        person = (student.id, student.last_name, student.first_name, student.email)
        for cell, maximum in grades.maxima.items():
            yield line_of(
                [
                    grades.assignment.name,
                    *person,
                    cell.removesuffix(CHECK_SUFFIX),
                    grades.titles.get(cell, ""),
                    points.get(cell),
                    maximum,
                    scores.get("raw_score"),
                    scores.get("late_submission_penalty"),
                    scores.get("score"),
                    float(grades.assignment.max_score),
                    scores.get("timestamp"),
                ]
            )


class PlatformExport(_Export):
    """Fills the file of a learning platform."""

    platform: Platform = platforms.CANVAS

    roster = Unicode("", help="The file that the platform exported.").tag(config=True)
    match = Unicode("", help="The column of that file that tells who a row is.").tag(config=True)
    student_field = Enum(
        ("", *FIELDS),
        "",
        help="What of the gradebook that column is compared with; by default the e-mail address where the column's name has 'mail' in it, else the id.",
    ).tag(config=True)
    columns = Dict(
        help="Columns for assignments, or for single exercises (LESSON/EXERCISE), where the names do not tell."
    ).tag(config=True)
    decimal = Enum(("", ".", ","), "", help="The decimal sign; by default the file's own.").tag(config=True)
    scale = Bool(False, help="Scale points where the platform's maximum is another.").tag(config=True)
    comments = Bool(True, help="Fill the column of feedback comments, where the file has one.").tag(config=True)
    feedback_zip = Unicode("", help="Where the feedback pages go, as one zip (Moodle).").tag(config=True)

    @property
    def _target(self) -> Path:
        return Path(self.to or f"grades-{self.platform.key}.csv")

    def write(self, gradebook: Gradebook) -> list[str]:
        """Write the filled file, and the zip of feedback pages if one was asked for."""
        source = self._source()
        sheet = table.read(source)
        wanted = filling.Wanted(self.match, dict(self.columns), self.decimal, self.scale)
        grades = self._grades(gradebook)
        items, problems = self._items(sheet, grades, wanted)
        names = self._names(gradebook, sheet)
        comments = self._comments(items, grades) if self.comments else {}
        found = filling.fill(sheet, self.platform, names, items, wanted, comments)
        pages = self._pages(sheet, found, items[0].key) if self.feedback_zip else None
        if pages:
            problems += pages.problems
            self._write(pages.content, Path(self.feedback_zip))
        self._write(sheet.content(found.rows), self._target)
        if pages:
            problems.append(f"{self.feedback_zip}: {counted(pages.count, 'feedback page')}.")
        there = {item.key.partition("/")[0] for item in items}
        held_back = _waiting([one for one in grades if one.assignment.name in there], set(found.students.values()))
        return [*found.problems, *problems, f"{self._target}: {found.sentence()}{held_back}"]

    def _source(self) -> Path:
        name = self.platform.name
        if not self.roster:
            raise CourseError(f"Name the file that {name} exported: --{type(self).__name__}.roster=FILE.")
        source = Path(self.roster)
        if source.exists() and self._target.exists() and source.samefile(self._target):
            raise CourseError(f"{source}: this is {name}'s own file; name another for the result with --to.")
        return source

    def _items(
        self, sheet: table.Table, grades: list[Grades], wanted: filling.Wanted
    ) -> tuple[list[filling.Item], list[str]]:
        """What the file has columns for, and what it has none for."""
        every = {item.key: item for one in grades for item in one.items()}
        whole = [one.assignment.name for one in grades]
        for key in wanted.columns:
            if key not in every:
                raise CourseError(
                    f"--column {key}: there is no such assignment or exercise; there are: {', '.join(every)}."
                )
        if self.platform.single:
            if len(whole) > 1:
                raise CourseError(
                    f"A file of {self.platform.name} is about one assignment; name it with --assignment: {', '.join(whole)}."
                )
            return [every[whole[0]]], []
        there = [key for key in every if filling.has_column(sheet, self.platform, every[key], wanted)]
        lost = [key for key in whole if key not in there]
        if lost and (self.assignment or not there):
            there = [*lost, *there]  # it is told which columns there are
            lost = []
        return [every[key] for key in there], [f"{key}: the file has no column for it; see --column." for key in lost]

    def _names(self, gradebook: Gradebook, sheet: table.Table) -> dict[str, str]:
        """What the matched column should hold of each student. CourseError if two students have the same."""
        header = sheet.header[filling.identity_column(sheet, self.platform, self.match)]
        students = gradebook.students  # all: a row of somebody who was not asked for is not nobody's
        mail = bool(re.search("e-?mail", header, re.IGNORECASE)) and any(student.email for student in students)
        name = self.student_field or ("email" if mail else "id")
        found: dict[str, str] = {}
        for student in students:
            value = (getattr(student, name) or "").strip().casefold()
            if value and value in found:
                raise CourseError(
                    f"The gradebook's students {found[value]} and {student.id} have the same {name}, {value!r}. Mend that, or compare"
                    " another with --student-field."
                )
            found[value or f"\0{student.id}"] = student.id
        return found

    def _comments(self, items: list[filling.Item], grades: list[Grades]) -> dict[str, str]:
        """Feedback for each student, where the file is about one assignment."""
        keys = {item.key.partition("/")[0] for item in items}
        one = next((one for one in grades if {one.assignment.name} == keys), None)
        if one is None or not self.platform.comments:
            return {}
        here = hasattr(self.parent, "coursedir")
        course = Settings.of_class(Path(self.parent.coursedir.root)) if here else Settings.load()
        return {student: self._comment(course, one, student) for student in one.scores}

    def _comment(self, course: Settings, one: Grades, student: str) -> str:
        name, mine = one.assignment.name, one.exercises[student]
        try:
            result = kept(course, name, student)
        except CourseError:  # the points are there all the same
            result = None
        messages = {cell.id: cell.message for cell in result.cells} if result else {}
        rows = [
            (one.titles.get(cell, cell.removesuffix(CHECK_SUFFIX)), mine.get(cell), maximum, messages.get(cell, ""))
            for cell, maximum in one.maxima.items()
        ]
        scores = one.scores[student]
        return comment_html(rows, scores["score"], float(one.assignment.max_score), scores["late_submission_penalty"])

    def _pages(self, sheet: table.Table, found: filling.Filled, assignment: str) -> moodle_zip.Pages:
        if self.platform is not platforms.MOODLE:
            raise CourseError(f"{self.platform.name} takes no zip of feedback pages; Moodle does.")
        coursedir = self.parent.coursedir
        asked = {str(name) for name in self.student}
        students = {row: student for row, student in found.students.items() if not asked or student in asked}
        folders = {
            student: Path(coursedir.format_path(coursedir.feedback_directory, student, assignment))
            for student in students.values()
        }
        return moodle_zip.pack(sheet, students, folders, assignment)


class CanvasExport(PlatformExport):
    """Canvas: "Export entire gradebook", and back with "Import"."""

    platform = platforms.CANVAS


class MoodleExport(PlatformExport):
    """Moodle: "Download grading worksheet" of one assignment, and back with "Upload grading worksheet"."""

    platform = platforms.MOODLE


class BlackboardExport(PlatformExport):
    """Blackboard: "Work offline: download" of the grade centre, and back with "Upload"."""

    platform = platforms.BLACKBOARD


class BrightspaceExport(PlatformExport):
    """Brightspace: "Export" of the grades as CSV with points grades, and back with "Import"."""

    platform = platforms.BRIGHTSPACE


EXPORTERS: dict[str, type[_Export]] = {
    "canvas": CanvasExport,
    "moodle": MoodleExport,
    "blackboard": BlackboardExport,
    "brightspace": BrightspaceExport,
    "long": LongExport,
}


def write(key: str, app: Any, options: dict[str, Any]) -> list[str]:
    """Have an exporter write its file, as a command of the grader's own asks for it.

    Parameters
    ----------
    key : str
        Of EXPORTERS.
    app : NbGrader
        With the course directory.
    options : dict
        The exporter's traits.

    Returns
    -------
    list of str
        What is to be said, the summary last.

    Raises
    ------
    CourseError
        Then nothing was written.
    """
    must_be_sound(app.coursedir.db_url, written=False)
    exporter = EXPORTERS[key](parent=app)
    for name, value in options.items():
        setattr(exporter, name, value)
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
        said = exporter.write(gradebook)
    return [*said[:-1], *exporter.stale(), said[-1]]
