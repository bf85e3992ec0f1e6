"""Due dates and students' own ones, as the gradebook keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.hosts.nbgrader import gradebook, times
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
        raise CourseError(f"{str(error) or text!r}: no due date. Write it as 2026-03-01 23:59.") from None


def set_due(course: Grading, lesson: Lesson, when: datetime | None) -> None:
    """Set the due date of a lesson, or take it away."""
    gradebook.must_be_sound(course.coursedir.db_url)
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as book:
        book.update_or_create_assignment(lesson.name, duedate=when)


def set_own(course: Grading, lesson: Lesson, student: str, when: datetime | None) -> None:
    """Give a student a later due date, or take it away.

    Raises
    ------
    CourseError
        If the lesson has none, the student is not known, or the date is not later.
    """
    gradebook.must_be_sound(course.coursedir.db_url)
    with Gradebook(course.coursedir.db_url, course.coursedir.course_id) as book:
        try:
            due = book.find_assignment(lesson.name).duedate
            book.find_student(student)
        except MissingEntry:
            raise CourseError(
                f"{student}, {lesson.name}: the gradebook does not know both; `nbgrader db student add {student}`, and"
                f" `nbgrader generate_assignment {lesson.name}`."
            ) from None
        if due is None:
            raise CourseError(f"{lesson.name}: it has no due date that a student could get a later one than.")
        more = when - due if when is not None else timedelta()
        if more < timedelta():
            raise CourseError(f"{said(when)}: earlier than {lesson.name} is due, {said(due)}.")
        saved: SubmittedAssignment = book.update_or_create_submission(lesson.name, student)
        saved.extension = more or None
        book.db.commit()
