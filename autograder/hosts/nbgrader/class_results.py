"""The results of a class as a course directory holds them: what the checks said of each submission, and its score in the gradebook."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading import kept
from autograder.grading.journal import Event, Journal
from autograder.hosts.nbgrader import globbing, waiting
from autograder.hosts.nbgrader.export import scores_of
from autograder.hosts.nbgrader.gradebook import is_there, must_be_sound
from autograder.hosts.nbgrader.notebooks import NOTE
from autograder.reports.statistics import NOT_GRADED, Entry, ForReview
from autograder.results import Result, Verdict
from autograder.safe_text import person_name
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
    known_as : dict of str to set of str
        Their ids, and all else that the gradebook has of them and that would tell who they are.
    waiting : list of ForReview
        Submissions that somebody has to look at, or that are left out because they have no grade.
    """

    lessons: dict[str, list[Entry]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    known_as: dict[str, set[str]] = field(default_factory=dict)
    waiting: list[ForReview] = field(default_factory=list)


def class_results(coursedir: CourseDirectory, course: Settings, chosen: Sequence[Lesson]) -> ClassResults:
    """Return the results of these lessons. A class that is being graded at this moment is read as far as it is recorded.

    Raises
    ------
    CourseError
        If the gradebook is not there or damaged.
    """
    found = ClassResults()
    if not is_there(coursedir.db_url):
        path = make_url(coursedir.db_url).database
        raise CourseError(
            f"{path}: there is no gradebook yet, so there is nothing to report on. Run `autograder grade`."
        )
    must_be_sound(coursedir.db_url, written=False)
    excluded = {name.strip() for name in coursedir.student_id_exclude.split(",")}
    journal, reasons = Journal(course.directory), waiting.Reasons(Path(coursedir.root))
    with Gradebook(coursedir.db_url, coursedir.course_id) as book:
        for student in book.students:
            whole = " ".join(part for part in (student.first_name, student.last_name) if part)
            found.names[student.id] = person_name(whole) or student.id
            others = (student.first_name, student.last_name, student.email, student.lms_user_id)
            found.known_as[student.id] = {student.id, *filter(None, others)}
        known = {assignment.name for assignment in book.assignments}
        for lesson in chosen:
            entered = book.assignment_submissions(lesson.name) if lesson.name in known else []
            saved = {one.student_id: one for one in entered if waiting.is_there(one)}
            last = journal.last(lesson.name)
            for student in sorted(_handed_in(coursedir, lesson) | saved.keys()):
                if student in excluded:
                    continue
                try:
                    result = result_of(coursedir, course, lesson, student)
                except CourseError as error:
                    found.waiting.append(ForReview(student, lesson.name, NOT_GRADED, str(error), "", left_out=True))
                    continue
                entry = _entry(student, result, saved[student]) if result and student in saved else None
                if entry is not None:
                    found.lessons.setdefault(lesson.name, []).append(entry)
                why = reasons.of(lesson.name, saved[student]) if entry is not None else ""
                if waits := _waiting(lesson, student, entry, last.get(student, {}), why):
                    found.waiting.append(waits)
    return found


def _entry(student: str, result: Result, submission: SubmittedAssignment) -> Entry:
    scores = scores_of(submission)
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    by_hand = {grade.name: float(grade.manual_score) for grade in grades if grade.manual_score is not None}
    extra = sum(float(grade.extra_credit or 0.0) for grade in grades)
    return Entry(student, result, scores["score"], by_hand, extra, scores["late_submission_penalty"])


def _waiting(lesson: Lesson, student: str, entry: Entry | None, last: Mapping[str, Any], why: str) -> ForReview | None:
    """What is to be done about a submission. last: the last event of its grading in the journal. why: a human has to look, or ""."""
    again, out = f"Run `autograder grade {lesson.name}`.", entry is None
    provisional = entry is not None and entry.result.score is not None
    before = f" The grade before {'is provisional until then' if why else 'stands'}." if provisional else ""
    if last.get("event") == Event.FAILED:
        failed = f"The grader failed: {last.get('reason') or 'no reason is known'}"
        return ForReview(student, lesson.name, Verdict.INFRA.value, f"{failed.rstrip('.')}.{before}", again, out)
    if last.get("event") == Event.STARTED:
        begun = f"It is being graded at this moment, or a run was stopped in it.{before}"
        return ForReview(student, lesson.name, NOT_GRADED, begun, again, out)
    if entry is None:
        return ForReview(student, lesson.name, NOT_GRADED, "It is not graded yet.", again, left_out=True)
    if not why:
        return None
    todo = "Its points are provisional. Give points in the formgrader, the same ones if they stand." if provisional else (
        "Give it points in the formgrader, or have it handed in again."
    )  # fmt: skip
    return ForReview(student, lesson.name, entry.result.verdict.value, why, todo)


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
