"""What a class run needs of the place that it is plugged into: where submissions come from and where grades go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autograder.grading.job import GradeReport
from autograder.grading.works import Pair
from autograder.submission.folder import SubmissionFolder
from autograder.submission.rebuild import Submission


@dataclass
class Staged:
    """One submission while it is graded, beside the course.

    Attributes
    ----------
    student : str
    submitted : SubmissionFolder
        As it was when it was copied.
    source : Path
        The folder with the copy.
    graded : Path
        The folder that will be put in its place.
    submission : Submission
        Rebuilt on the release.
    reason : str
        Why it cannot be graded, or "".
    """

    student: str
    submitted: SubmissionFolder
    source: Path
    graded: Path
    submission: Submission
    reason: str = ""


class Host(Protocol):
    """Where submissions come from and where grades go."""

    def must_be_sound(self) -> None:
        """Raise CourseError if no grade could be recorded."""

    def facts(self, sandbox: str) -> dict[str, str]:
        """Return what decides a grade at this moment, by the names in `freshness`."""

    def submissions(self) -> dict[str, Path]:
        """Return the folders of what was handed in, by student, also those with names that cannot be written down."""

    def excluded(self) -> set[str]:
        """Return the students who are left out of this run."""

    def graded_folder(self, student: str, lesson: str = "") -> Path:
        """Return the place of a graded submission."""

    def all_graded(self) -> dict[str, Path]:
        """Return the graded folders of the whole class, by student, whomever this run is for."""

    def is_recorded(self, student: str, revision: str) -> bool:
        """Say whether the grade of this revision is recorded, whole."""

    def time_zone(self) -> str:
        """Return the time zone in which a time of handing in without one is meant."""

    def has_due_date(self) -> bool:
        """Say whether the lesson has one."""

    def own_due_date(self, student: str) -> str:
        """Return a student's due date, with the extension that they were granted; "" for none."""

    def prepare(self, staged: Staged) -> None:
        """Make the submission's notebook ready: its cells get the points that are recorded for them."""

    def record(self, staged: Staged, report: GradeReport, do: Callable[..., Any]) -> None:
        """Write the graded notebook into `staged.graded`, and record points and comments in one transaction.

        `do` runs a function in a worker, for what may take too long.
        """

    def in_place(self, student: str) -> None:
        """A graded folder was put in its place."""

    def mark_unsure(self, student: str) -> None:
        """The grader failed: mark the grade that is there as one for a human to look at."""

    def reckon_lateness_anew(self, event: dict[str, Any], student: str, facts: dict[str, str]) -> dict[str, Any]:
        """Take off for lateness what is right today, if the due date or the penalty changed; returns what the journal is told, or {}."""

    def review(self, pair: Pair, students: list[str]) -> None:
        """Put submissions that are alike before a human; their points stand."""
