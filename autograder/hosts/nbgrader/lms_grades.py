"""What a gradebook holds of an assignment, as exports for learning platforms want it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment

from autograder.course.catalog import bonus_names, lessons
from autograder.course.markers import CHECK_SUFFIX
from autograder.errors import CourseError
from autograder.hosts.lms.columns import Item
from autograder.hosts.nbgrader import waiting
from autograder.hosts.nbgrader.export import scores_of
from autograder.hosts.nbgrader.waiting import Reasons


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
    bonus : bool
        Whether it is a bonus lesson.
    """

    assignment: Assignment
    titles: dict[str, str]
    scores: dict[str, dict[str, Any]] = field(default_factory=dict)
    exercises: dict[str, dict[str, float | None]] = field(default_factory=dict)
    maxima: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    bonus: bool = False

    def items(self) -> list[Item]:
        """The assignment and each of its exercises, as columns may have them."""
        name = self.assignment.name
        called = self.titles.get("", name)
        alone = called.partition("·")[2].strip() or called
        titles = (name, called, alone, f"Lesson {called}", name.partition("_")[2] or name)
        scores = {student: found["score"] for student, found in self.scores.items()}
        found = [Item(name, titles, float(self.assignment.max_score), scores, self.bonus)]
        for cell, maximum in self.maxima.items():
            points = {student: mine.get(cell) for student, mine in self.exercises.items()}
            short = cell.removesuffix(CHECK_SUFFIX)
            found.append(Item(f"{name}/{short}", (f"{name}/{short}", f"{name} {short}"), maximum, points))
        return found

    @classmethod
    def of(cls, gradebook: Gradebook, assignment: Assignment, students: Container[str], reasons: Reasons) -> Grades:
        """Return what a gradebook holds of an assignment of these students."""
        found = cls(assignment, _titles(assignment.name), bonus=assignment.name in bonus_names())
        for notebook in assignment.notebooks:
            found.maxima.update({cell.name: float(cell.max_score) for cell in notebook.grade_cells})
        for submission in gradebook.assignment_submissions(assignment.name):
            student = submission.student_id
            if student in students and waiting.is_there(submission):
                found.scores[student] = scores_of(submission)
                why = reasons.of(assignment.name, submission)
                found.exercises[student] = {} if why else _points_of(submission)
                found.waiting |= {student: why} if why else {}
        return found


def _points_of(submission: SubmittedAssignment) -> dict[str, float | None]:
    return {grade.name: float(grade.score) for notebook in submission.notebooks for grade in notebook.grades}


def held_back(grades: list[Grades], students: Container[str]) -> str:
    """Return whose points are held back, as the end of a summary; "" if nobody's are."""
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
