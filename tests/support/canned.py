"""A grader with canned reports, for tests of what happens around grading: locks, journals, renames, the gradebook.

No kernel is started: what an answer earns is told by its text. It stands in for `Workers` in one nbgrader command, by `Warm.run(changes=[canned.use])`; the
real way is proved by the tests that do not use it.
"""

from __future__ import annotations

import subprocess
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat

from autograder.course.catalog import exercises_of
from autograder.course.packed import unpack
from autograder.errors import GraderFault
from autograder.grading import class_run, picturing, task
from autograder.grading.job import GradeJob, GradeReport
from autograder.grading.pool import Ended
from autograder.grading.score import result_of
from autograder.results import CheckResult, Outcome
from autograder.sandbox import backend, isolation
from tests.support import tiny

# The text of the answer that earns nothing.
WRONG = "# ✏️ Answer: half\ndef half(grid):\n    return grid"


class CannedWorkers:
    """Does at once, in this process, what workers are asked to do, and says of a job what its text tells."""

    def __enter__(self) -> CannedWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __init__(self, jobs: int = 1) -> None:
        self.waiting: deque[tuple[str, Callable, tuple]] = deque()

    @property
    def free(self) -> int:
        return 1 - len(self.waiting)

    def start(self, key: str, work: Callable, *arguments: Any) -> None:
        self.waiting.append((key, work, arguments))

    def make_ready(self, most: int, work: Callable, *arguments: Any) -> None:
        pass

    def next(self) -> Ended:
        key, work, arguments = self.waiting.popleft()
        try:
            return Ended(key, work(*arguments))
        except Exception as error:
            return Ended(key, error=error)

    def do(self, work: Callable, *arguments: Any) -> Any:
        return work(*arguments)


def report(job: GradeJob) -> GradeReport:
    """The report on a submission to the small lesson: full points, but none for the wrong answer or the blank."""
    notebook = nbformat.reads(job.notebook, as_version=4)
    exercises = exercises_of(notebook)
    checks = []
    for exercise in exercises:
        source = notebook.cells[exercise.answer_index].source
        right = source != WRONG and "raise NotImplementedError" not in source
        outcome, message = (Outcome.PASSED, "") if right else (Outcome.FAILED, "The values are others.")
        checks.append(CheckResult(f"test_{exercise.id}", exercise.id, exercise.title, 1.0, outcome, message))
    lesson = unpack(job.lesson)
    result = result_of(lesson, job.name, checks, sandbox="namespaces", exercises=exercises)
    result.repairs = list(job.repairs)
    result.timings = {"kernel start": 0.0, "cells": 0.0, "checks": 0.0}
    return GradeReport(result, job.notebook)


def use() -> None:
    """Let the class run of this process have canned reports; nothing runs in a sandbox, so none is proved."""
    class_run.Workers = CannedWorkers
    task.grade = report
    picturing.draw_the_class = lambda run: None
    backend.proven = lambda: (next(iter(isolation.candidates())), {})


def nbgrader(folder: Path, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess:
    """A plain nbgrader command in the course directory, with canned reports."""
    return tiny.nbgrader(folder, *arguments, seconds=seconds, changes=[use])


def other_checks() -> None:
    """Let canned reports be those of other checks: `half` passes whatever was answered, `mirror` not where the answer speaks of no slice."""
    task.grade = other_report


def other_report(job: GradeJob) -> GradeReport:
    """The report on a submission to the small lesson by the other checks."""
    notebook = nbformat.reads(job.notebook, as_version=4)
    sources = {cell.id: cell for cell in notebook.cells}
    as_before = sources["half"].source, sources["mirror"].source
    if as_before[0] == WRONG:
        sources["half"].source += "\n"
    if "no slice" in as_before[1]:
        sources["mirror"].source = WRONG
    report_on = report(replace(job, notebook=nbformat.writes(notebook)))
    return GradeReport(report_on.result, job.notebook)


def fail_on(student: str) -> None:
    """The grader fails on one student's submission."""
    before = task.grade

    def grade(job: GradeJob) -> GradeReport:
        if job.name.startswith(f"{student}/"):
            raise GraderFault("a fault that a test planted")
        return before(job)

    task.grade = grade


def grade_nobody() -> None:
    """Whoever is graded, the grader fails."""

    def grade(job: GradeJob) -> GradeReport:
        raise GraderFault(f"{job.name} should not have been graded")

    task.grade = grade
