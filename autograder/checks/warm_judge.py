"""A judge that stays: a lesson's hidden checks are collected once, for one student after the other."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator

from greenlet import getcurrent, greenlet

from autograder.checks.runner import Request, judge_each
from autograder.course.catalog import Lesson
from autograder.results import CheckResult


class WarmJudge:
    """The hidden checks of one lesson, which wait under pytest for the next student.

    pytest asks for the requests of its run one by one. It runs in a greenlet, which is left while there is none, and which belongs to the thread that made
    the judge.

    Parameters
    ----------
    lesson : Lesson
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._asking = getcurrent()
        self._running = greenlet(self._run)
        # The event loop by which a kernel is talked to is found by the context.
        self._running.gr_context = contextvars.copy_context()
        self._results: list[list[CheckResult]] = []

    def judge(self, request: Request) -> list[CheckResult]:
        """Run the checks on one student.

        Raises
        ------
        JudgeFault
            The checks could not be run, or one of them said nothing. The judge is not to be used again; nor is it after any other exception.
        """
        self._asking = getcurrent()
        return self._running.switch(request)

    @property
    def is_usable(self) -> bool:
        """Whether it can be asked."""
        return not self._running.dead

    def _run(self, request: Request) -> None:
        judge_each(self.lesson, self._requests(request), self._results)

    def _requests(self, request: Request) -> Iterator[Request]:
        while True:
            yield request
            request = self._asking.switch(self._results.pop())
