"""What a class run needs of the place that it is plugged into: where submissions come from and where grades go."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from nbformat import NotebookNode

from autograder.grading.drawing import Undrawn
from autograder.grading.shared_pictures import SharedPictures
from autograder.grading.staging import Staged
from autograder.grading.task import Done, NotebookSteps
from autograder.grading.works import Pair


class Host(Protocol):
    """Where submissions come from and where grades go."""

    def must_be_sound(self) -> None:
        """Raise CourseError if no grade could be recorded."""

    def session(self) -> AbstractContextManager[None]:
        """Keep open, for a while, the one connection by which everything is read and recorded."""

    def steps(self) -> NotebookSteps:
        """Return what is done with each notebook before it is graded and behind, with what is recorded of the lesson at this moment."""

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

    def recorded(self) -> set[str]:
        """Return the students who have a grade."""

    def revision_of(self, student: str) -> str:
        """Return the revision of which the graded submission in its place is, "" where none is there, whole."""

    def time_zone(self) -> str:
        """Return the time zone in which a time of handing in without one is meant."""

    def own_due_dates(self) -> dict[str, str]:
        """Return each student's due date, with the extension that they were granted; "" for none."""

    def prepare(self, staged: Staged) -> None:
        """Put the files that come along into `staged.graded`."""

    def record(self, staged: Staged, done: Done) -> str:
        """Write the graded notebook into `staged.graded`, record points and comments in one transaction, and return the student's due date."""

    def in_place(self, student: str) -> None:
        """A graded folder was put in its place."""

    def mark_unsure(self, student: str) -> None:
        """The grader failed: mark the grade that is there as one for a human to look at."""

    def reckon_lateness_anew(
        self, event: dict[str, Any], student: str, facts: dict[str, str], own_due: str
    ) -> dict[str, Any]:
        """Take off for lateness what is right today, if the due date or the penalty changed; returns what the journal is told, or {}."""

    def undrawn(self, student: str, shared: SharedPictures) -> Undrawn | None:
        """Return the graded notebook of a student whose pictures are missing; None if none is, beyond the course's own."""

    def put_pictures(self, student: str, outputs: dict[str, list[NotebookNode]], cells: frozenset[str]) -> None:
        """Put what was drawn into the graded notebook of a student, by the ids of the cells. cells: those that were to be drawn."""

    def review(self, pair: Pair, students: list[str]) -> None:
        """Put submissions that are alike before a human; their points are provisional until then."""
