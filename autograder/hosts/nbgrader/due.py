"""Due dates and students' own ones, as the gradebook keeps them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta

from nbgrader.api import Assignment, Gradebook, MissingEntry, SubmittedAssignment

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.hosts.nbgrader import gradebook, times, waiting
from autograder.hosts.nbgrader.command import Grading
from autograder.time_zones import said


@dataclass(frozen=True)
class Due:
    """When a lesson is due, for people; "" where it is not. `own`: the later ones of single students, by their ids."""

    lesson: str
    when: str
    own: dict[str, str]


def due_dates(course: Grading, lessons: list[Lesson]) -> list[Due]:
    """Return the due dates of these lessons. CourseError if the gradebook is damaged."""
    if not gradebook.is_there(course.coursedir.db_url):  # reading makes none
        return [Due(lesson.name, "", {}) for lesson in lessons]
    gradebook.must_be_sound(course.coursedir.db_url, written=False)
    found = []
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as book:
        known = {assignment.name: assignment for assignment in book.assignments}
        for lesson in lessons:
            assignment = known.get(lesson.name)
            due = assignment.duedate if assignment else None
            granted = [s for s in assignment.submissions if s.extension] if assignment and due else []
            own = {s.student_id: said(due + s.extension) for s in sorted(granted, key=lambda s: s.student_id)}
            found.append(Due(lesson.name, said(due), own))
    return found


def moment(text: str) -> datetime:
    """Return the moment that a due date tells, in the course's zone if it names none: UTC, without a zone, as a gradebook has it. CourseError if it is none."""
    try:
        return times.due(text)
    except ValueError as error:
        raise CourseError(f"No due date was set: {error}") from None


def set_due(course: Grading, lesson: Lesson, when: datetime | None) -> None:
    """Set the due date of a lesson, or take it away."""
    gradebook.must_be_sound(course.coursedir.db_url)
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as book:
        if when is not None or lesson.name in {assignment.name for assignment in book.assignments}:
            book.update_or_create_assignment(lesson.name, duedate=when)


def set_own(course: Grading, lesson: Lesson, student: str, when: datetime | None) -> None:
    """Give a student a later due date, or take it away.

    Raises
    ------
    CourseError
        If the lesson has none, the lesson or the student is not in the gradebook, or the date is not later.
    """
    gradebook.must_be_sound(course.coursedir.db_url)
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as book:
        due = _entered(book, lesson, student).duedate
        if due is None:
            raise CourseError(
                f"{lesson.name} has no due date, so nobody can get a later one. Set it first: `autograder due {lesson.name} TIME`."
            )
        if when is None and not any(one.student_id == student for one in book.assignment_submissions(lesson.name)):
            return
        more = when - due if when is not None else timedelta()
        if more < timedelta():
            raise CourseError(f"{said(when)}: earlier than {lesson.name} is due, {said(due)}.")
        saved: SubmittedAssignment = book.update_or_create_submission(lesson.name, student)
        saved.extension = more
        if not more and not waiting.is_there(saved):
            book.remove_submission(lesson.name, student)
        elif not more:
            saved.extension = None
        book.db.commit()


def _entered(book: Gradebook, lesson: Lesson, student: str) -> Assignment:
    """The lesson in the gradebook. CourseError that says what is missing there, the lesson or the student, and how to add it."""
    try:
        assignment = book.find_assignment(lesson.name)
    except MissingEntry:
        raise CourseError(
            f"{lesson.name} is not in the gradebook. Enter it: `nbgrader generate_assignment {lesson.name}`."
        ) from None
    try:
        book.find_student(student)
    except MissingEntry:
        raise CourseError(
            f"There is no student {student!r} in the gradebook. Correct the id, or add the student:"
            f" `nbgrader db student add {shlex.quote(student)}`."
        ) from None
    return assignment
