"""What a class run tells of itself while it goes on, for somebody who shows it."""

from __future__ import annotations

from autograder.results import Result


class Progress:
    """Hears of a class run; this one shows nothing.

    All of it is called in the process of the class run, one call at a time.
    """

    def begin(self, lesson: str, submissions: int) -> None:
        """The grading of a lesson begins, of which this many were handed in."""

    def todo(self, students: list[str]) -> None:
        """These submissions are graded now. Comes again for what was handed in meanwhile."""

    def kept(self, student: str) -> None:
        """A submission has its grade, and nothing new was handed in."""

    def graded(self, student: str, result: Result) -> None:
        """A submission was graded, and its grade was recorded."""

    def failed(self, student: str, why: str) -> None:
        """The grader failed on a submission; the old grade stays, if there is one."""

    def drawing(self, submissions: int) -> None:
        """All grades are recorded; now the pictures of this many submissions are drawn."""

    def drawn(self, student: str) -> None:
        """The pictures of a submission were drawn, or could not be."""

    def end(self) -> None:
        """All that was to be graded of the lesson is, or the run was stopped."""
