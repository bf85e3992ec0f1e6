"""`nbgrader export --exporter=autograder.hosts.nbgrader.lms.CanvasExport`: grades in the file that a learning platform takes back.

Each exporter is given the platform's own export, its *roster*, and fills in what the gradebook has. `autograder export` does the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy.engine import make_url
from traitlets import Bool, Dict, Enum, Unicode

from autograder import files
from autograder.course.markers import CHECK_SUFFIX
from autograder.csv_lines import line_of
from autograder.errors import CourseError
from autograder.grading.kept import kept
from autograder.hosts.lms import filling, moodle_zip, platforms, table
from autograder.hosts.lms.columns import Item, Wanted, has_column
from autograder.hosts.lms.platforms import FIELDS, Platform
from autograder.hosts.nbgrader.export import ExportGrades
from autograder.hosts.nbgrader.gradebook import is_there, must_be_sound
from autograder.hosts.nbgrader.lms_grades import Grades, held_back
from autograder.reports.feedback_comment import comment_html
from autograder.settings import Settings
from autograder.words import counted

LONG = (
    "assignment", "student_id", "last_name", "first_name", "email", "exercise", "title", "points", "max_points",
    "raw_score", "late_submission_penalty", "score", "max_score", "timestamp",
    "bonus",
)  # fmt: skip


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

    def _write(self, contents: dict[Path, str | bytes]) -> None:
        try:
            files.write_all(contents)
        except OSError as error:
            raise CourseError(f"{error.filename}: cannot be written ({error.strerror}). Name another file.") from error

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
        students, reasons = {student.id for student in self._students(gradebook)}, self.reasons()
        return [Grades.of(gradebook, known[name], students, reasons) for name in asked or known]

    def _must_know_students(self, gradebook: Gradebook) -> None:
        known = {student.id for student in gradebook.students}
        for name in map(str, self.student):
            if name not in known:
                raise CourseError(f"{name}: there is no such student in the gradebook.")

    def _students(self, gradebook: Gradebook) -> list[Any]:
        asked = {str(name) for name in self.student}
        return [student for student in gradebook.students if not asked or student.id in asked]


class LongExport(_Export):
    """A row for each exercise of each student: points, their maximum, and the assignment's score beside them.

    Of a bonus lesson there are rows of those only who handed it in, with a 1 in the last column, `bonus`; elsewhere there is a 0.
    """

    default_to = "exercises.csv"

    def write(self, gradebook: Gradebook) -> list[str]:
        """Write the file; returns the summary."""
        lines = [line_of(LONG)]
        every, students = self._grades(gradebook), self._students(gradebook)
        for grades in every:
            for student in (one for one in students if not grades.bonus or one.id in grades.scores):
                lines += self._lines(grades, student)
        self._write({self._target: "".join(lines)})
        rest = held_back(every, {student.id for student in students})
        return [f"{self._target}: {counted(len(lines) - 1, 'row')}.{rest}"]

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
                    int(grades.bonus),
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
        wanted = Wanted(self.match, dict(self.columns), self.decimal, self.scale)
        grades = self._grades(gradebook)
        items, problems = self._items(sheet, grades, wanted)
        names = self._names(gradebook, sheet)
        comments = self._comments(items, grades) if self.comments else {}
        found = filling.fill(sheet, self.platform, names, items, wanted, comments)
        contents: dict[Path, str | bytes] = {self._target: sheet.content(found.rows)}
        if self.feedback_zip:
            pages = self._pages(sheet, found, items[0].key)
            contents[Path(self.feedback_zip)] = pages.content
            problems += [*pages.problems, f"{self.feedback_zip}: {counted(pages.count, 'feedback page')}."]
        self._write(contents)
        there = {item.key.partition("/")[0] for item in items}
        rest = held_back([one for one in grades if one.assignment.name in there], set(found.students.values()))
        return [*found.problems, *problems, f"{self._target}: {found.sentence()}{rest}"]

    def _source(self) -> Path:
        name = self.platform.name
        if not self.roster:
            raise CourseError(
                f"Name the file that {name} exported ({self.platform.there}): --{type(self).__name__}.roster=FILE."
            )
        source, target, pages = (
            os.path.realpath(path) if path else "" for path in (self.roster, self._target, self.feedback_zip)
        )
        if source in (target, pages):
            option = "--to" if source == target else "--feedback-zip"
            raise CourseError(f"{self.roster}: this is {name}'s own file; name another for the result with {option}.")
        if target == pages:
            raise CourseError(f"{self.feedback_zip}: the grades and the pages need a file each.")
        return Path(self.roster)

    def _items(self, sheet: table.Table, grades: list[Grades], wanted: Wanted) -> tuple[list[Item], list[str]]:
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
        there = [key for key in every if has_column(sheet, self.platform, every[key], wanted)]
        # Nobody misses the column of a bonus lesson that nobody handed in.
        unused = {one.assignment.name for one in grades if one.bonus and not one.scores} - set(self.assignment)
        lost = [key for key in whole if key not in there and key not in unused]
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

    def _comments(self, items: list[Item], grades: list[Grades]) -> dict[str, str]:
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
        if not self.platform.takes_pages:
            others = " and ".join(one.name for one in platforms.PLATFORMS.values() if one.takes_pages)
            raise CourseError(f"{self.platform.name} takes no zip of feedback pages; {others} does.")
        coursedir = self.parent.coursedir
        asked = {str(name) for name in self.student}
        students = {row: student for row, student in found.students.items() if not asked or student in asked}
        folders = {
            student: Path(coursedir.format_path(coursedir.feedback_directory, student, assignment))
            for student in students.values()
        }
        return moodle_zip.pack(sheet, students, folders, assignment)


class CanvasExport(PlatformExport):
    platform = platforms.CANVAS
    __doc__ = platform.purpose


class MoodleExport(PlatformExport):
    platform = platforms.MOODLE
    __doc__ = platform.purpose


class BlackboardExport(PlatformExport):
    platform = platforms.BLACKBOARD
    __doc__ = platform.purpose


class BrightspaceExport(PlatformExport):
    platform = platforms.BRIGHTSPACE
    __doc__ = platform.purpose


FILLING = {kind.platform.key: kind for kind in (CanvasExport, MoodleExport, BlackboardExport, BrightspaceExport)}
EXPORTERS: dict[str, type[_Export]] = {**FILLING, "long": LongExport}


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
    if not is_there(app.coursedir.db_url):  # nbgrader would make an empty one
        path = make_url(app.coursedir.db_url).database
        raise CourseError(f"{path}: there is no gradebook yet. Run `autograder grade`. Nothing was exported.")
    must_be_sound(app.coursedir.db_url, written=False)
    exporter = EXPORTERS[key](parent=app)
    for name, value in options.items():
        setattr(exporter, name, value)
    with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
        said = exporter.write(gradebook)
    return [*said[:-1], *exporter.stale(), said[-1]]
