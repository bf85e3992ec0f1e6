"""The results of a class as a course directory holds them: what the checks said of each submission, and its score in the gradebook."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading import kept
from autograder.hosts.nbgrader import globbing
from autograder.hosts.nbgrader.export import scores_of
from autograder.hosts.nbgrader.gradebook import must_be_sound
from autograder.hosts.nbgrader.notebooks import NOTE
from autograder.reports.statistics import Entry
from autograder.results import Result
from autograder.settings import Settings


@dataclass
class ClassResults:
    """What was found of a class.

    Attributes
    ----------
    lessons : dict of str to list of Entry
        By lesson, in the lessons' order; those of which something was graded.
    names : dict of str to str
        What the gradebook calls the students, by their ids: "First Last", or the id.
    problems : list of str
        One line for each submission that is left out, and why.
    left_out : set of str
        The ids of their students.
    """

    lessons: dict[str, list[Entry]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)


def class_results(coursedir: CourseDirectory, course: Settings, chosen: Sequence[Lesson]) -> ClassResults:
    """Return the results of these lessons. A class that is being graded at this moment is read as far as it is recorded.

    Raises
    ------
    CourseError
        If the gradebook is damaged.
    """
    found = ClassResults()
    must_be_sound(coursedir.db_url, written=False)
    excluded = {name.strip() for name in coursedir.student_id_exclude.split(",")}
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        for student in book.students:
            whole = " ".join(part for part in (student.first_name, student.last_name) if part)
            found.names[student.id] = whole or student.id
        known = {assignment.name for assignment in book.assignments}
        for lesson in chosen:
            saved = {s.student_id: s for s in book.assignment_submissions(lesson.name)} if lesson.name in known else {}
            for student in sorted(_handed_in(coursedir, lesson) | saved.keys()):
                if student in excluded:
                    continue
                try:
                    result = result_of(coursedir, course, lesson, student)
                except CourseError as error:
                    found.problems.append(str(error))
                    found.left_out.add(student)
                    continue
                if result is None or student not in saved:
                    found.left_out.add(student)
                    found.problems.append(f"{student}, {lesson.name}: not graded yet; `autograder grade {lesson.name}`")
                    continue
                found.lessons.setdefault(lesson.name, []).append(_entry(student, result, saved[student]))
    return found


def _entry(student: str, result: Result, submission: SubmittedAssignment) -> Entry:
    scores = scores_of(submission)
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    by_hand = {grade.name: float(grade.manual_score) for grade in grades if grade.manual_score is not None}
    extra = sum(float(grade.extra_credit or 0.0) for grade in grades)
    return Entry(student, result, scores["score"], by_hand, extra, scores["late_submission_penalty"])


def _handed_in(coursedir: CourseDirectory, lesson: Lesson) -> set[str]:
    folders = globbing.glob(coursedir.format_path(coursedir.submitted_directory, "*", lesson.name))
    above = coursedir.format_path(coursedir.submitted_directory, ".", ".")
    return {Path(os.path.relpath(folder, above)).parts[0] for folder in folders}


def result_of(coursedir: CourseDirectory, course: Settings, lesson: Lesson, student: str) -> Result | None:
    """The whole result; of a grade by an earlier version that which the graded notebook has, without its checks."""
    if (whole := kept.kept(course, lesson.name, student)) is not None:
        return whole
    path = Path(coursedir.format_path(coursedir.autograded_directory, student, lesson.name), f"{lesson.name}.ipynb")
    try:
        return Result.restored(json.loads(path.read_text("utf-8"))["metadata"][NOTE]["result"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{path}: cannot be read ({error}). Grade {student} again: `autograder grade {lesson.name} --student {student} --force`."
        ) from error
