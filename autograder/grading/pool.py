"""Grades submissions in processes of their own, so that whatever happens to one of them, the run goes on.

A worker that dies costs one try; the same submission is then given to a fresh worker. After three tries it is the
grader's fault: INFRA. So it is at once where a worker takes far too long and is killed: it would again, and the class
waits. What a killed worker was about to say is never heard.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import nbformat
from pebble import ProcessExpired, ProcessPool

from autograder import environment, settings
from autograder.course.catalog import Lesson, exercises_of
from autograder.errors import WorkerLost
from autograder.grading.job import GradeJob, GradeReport, grade, keep_warm
from autograder.grading.overdue import Overdue, noting, result_within
from autograder.grading.score import no_result
from autograder.results import Verdict
from autograder.sandbox import backend
from autograder.sandbox.box import scratch_place
from autograder.sandbox.isolation import NONE
from autograder.tempdirs import Temporary

TRIES = 3
IDLE = "a worker ended while it waited"  # not because of what it was given


class Workers:
    """A few processes that do work; a context manager. `jobs`: how many; `seconds`: after which one is thought dead."""

    def __init__(self, jobs: int = 1, seconds: float | None = None) -> None:
        self.seconds = seconds or settings.limits().submission
        self.jobs = jobs
        self._scratch = Temporary("autograder-", scratch_place())
        self._pool = self._new_pool()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._end_pool()
        self._scratch.close()

    def do(self, work: Callable, *arguments: Any) -> Any:
        """What `work(*arguments)` returns or raises in a worker; WorkerLost after three that died, or one that took too long."""
        lost = ""
        for _ in range(TRIES):
            if not self._pool.active:
                self._end_pool()
                self._pool = self._new_pool()
            try:
                note = self._scratch.path / f"work-{uuid.uuid4().hex}"
                return result_within(
                    self._pool.schedule(noting, args=(str(note), work, *arguments)), note, self.seconds
                )
            except BrokenProcessPool:  # a worker died while it had nothing to do: pebble then gives the pool up
                lost = IDLE
            except ProcessExpired as error:
                lost = f"a worker ended with status {error.exitcode}"
            except Overdue:
                raise WorkerLost(f"a worker took more than {self.seconds:g} s") from None
        raise WorkerLost(f"{lost}, for the {TRIES}rd time", idle=lost == IDLE)

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.jobs,
            context=multiprocessing.get_context("spawn"),
            initializer=_go_with_the_grader,
            initargs=(os.getpid(), str(self._scratch.path)),
        )

    def _end_pool(self) -> None:
        self._pool.stop()
        self._pool.join()

    def grade(self, job: GradeJob) -> GradeReport:
        """Return the report of a job; INFRA, and `lost` says why, where no worker brought it to an end."""
        try:
            return self.do(grade, job)
        except WorkerLost as error:
            exercises = exercises_of(nbformat.reads(job.notebook, as_version=4))
            sandbox = backend.choose().name if job.sandboxed else NONE.name
            result = no_result(
                Lesson(job.lesson.name), job.name, Verdict.INFRA, str(error), sandbox=sandbox, exercises=exercises
            )
            return GradeReport(result, job.notebook, error.lost)


def _go_with_the_grader(grader: int, scratch: str) -> None:
    """Let this worker end when the grader has gone, were it killed; what it leaves lies in the grader's folder."""
    environment.settle()
    tempfile.tempdir = scratch
    keep_warm()
    sys.set_int_max_str_digits(sys.int_info.default_max_str_digits)  # whatever flags the grader was started with

    def watch() -> None:
        while os.getppid() == grader:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
