"""Kernels that are forked from a warm process: the next one is started where that has ended, and each lesson has one of its own."""

from __future__ import annotations

import pytest

from autograder.course import samples
from autograder.errors import GraderFault
from autograder.grading import job
from autograder.kernel import warm_kernels
from autograder.sandbox.warm_process import WarmProcess
from autograder.settings import Settings
from autograder.submission.rebuild import Submission
from tests.support.boxes import needs_warm_processes

pytestmark = needs_warm_processes


@pytest.fixture
def kernels(monkeypatch):
    made = job.WarmKernels()
    monkeypatch.setattr(job, "_warm", made)
    yield made
    made.close()


def graded(lesson):
    submission = Submission(lesson, samples.submission(lesson, samples.solutions(lesson)), "0" * 64)
    return job.grade(job.job_of(submission, "a sample", Settings.load(), pictures=False)).result


def test_a_warm_process_that_was_killed_costs_nobody_anything(first, kernels, monkeypatch):
    assert graded(first).verdict == "GRADED"
    ((_, process),) = kernels._processes.items()
    process._process.kill()
    process._process.wait()
    assert graded(first).verdict == "GRADED"
    assert not process._folder.path.exists()
    assert [one.is_alive() for one in kernels._processes.values()] == [True]

    def ends(*_, **__):
        raise GraderFault("the warm process has ended")

    monkeypatch.setattr(WarmProcess, "start", ends)
    assert graded(first).verdict == "GRADED"


def test_where_no_warm_process_can_be_had_kernels_are_started(first, kernels, monkeypatch):
    def none(*_, **__):
        raise GraderFault("no warm process could be started")

    monkeypatch.setattr(WarmProcess, "__init__", none)
    assert graded(first).verdict == "GRADED"
    assert list(kernels._processes.values()) == [None]


def test_a_warm_process_that_cannot_be_proved_is_ended_and_not_used(first, kernels, monkeypatch):
    made = []

    def fails(isolation, process):
        made.append(process)
        raise GraderFault("the warm process has ended")

    monkeypatch.setattr(warm_kernels, "breaches_in", fails)
    assert graded(first).verdict == "GRADED"
    assert list(kernels._processes.values()) == [None]
    assert [process.is_alive() for process in made] == [False]
