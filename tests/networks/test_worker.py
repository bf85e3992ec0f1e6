"""The process that networks are built and trained in: its limits, its end, and that it knows no student."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from unittest import mock

import nbformat
import psutil
import pytest

from autograder import settings
from autograder.errors import GraderFault, StudentError, StudentTimeout, StudentTooMuch
from autograder.networks import rebuilding, threshold, time_limit, worker
from autograder.networks.spec import ALPHA, SPECS
from tests.support.nets import LIMIT, X, Y, conv, network, serialized


@pytest.fixture
def process():
    """The process for networks, ready."""
    worker._ended.clear()
    rebuilding.summarize(serialized(network(conv(4))), "a network", (1, 8, 8, 1))
    return worker._current


def with_limits(monkeypatch, **changed):
    monkeypatch.setattr(worker, "limits", lambda: dataclasses.replace(settings.limits(), **changed))


def test_it_stays_from_one_network_to_the_next(process):
    for filters in (3, 4, 5):
        look = rebuilding.summarize(serialized(network(conv(filters))), "a network", (1, 8, 12, 1))
        assert look == rebuilding.Summary((1, 8, 12, 2), [(3, 3, 1, filters), (filters,), (3, 3, filters, 2), (2,)], 4)
    assert worker._current is process


def test_a_network_that_takes_too_much_memory_is_ended_and_not_tried_again(process, monkeypatch):
    with_limits(monkeypatch, network_memory=200 * 1024**2)  # TensorFlow alone has more
    monkeypatch.setattr(process, "usable", lambda: True)
    model = serialized(network(conv(7)))
    with pytest.raises(StudentTooMuch, match=r"more than 0\.2 GB of memory"):
        threshold.train(model, "your network", LIMIT, X, Y, (X, Y), seed=1)
    assert not psutil.pid_exists(process.pid)
    monkeypatch.setattr(worker, "_process", lambda: pytest.fail("it was tried again"))
    with pytest.raises(StudentTooMuch):
        threshold.train(model, "your network", LIMIT, X, Y, (X, Y), seed=1)
    monkeypatch.undo()
    assert rebuilding.summarize(serialized(network(conv(8))), "another one", (1, 8, 8, 1)).trainable == 4, (
        "others do not notice"
    )


def test_a_network_that_takes_too_long_is_ended_and_not_tried_again(process, monkeypatch):
    monkeypatch.setattr(worker, "GRACE", 0.3)
    model = serialized(network(conv(9)))
    began = time.monotonic()
    with pytest.raises(StudentTimeout, match="takes too long"):
        worker.run("train", model, "your network", 0.0, X, Y, X, Y, 1, 1000, 1e9, seconds=0.5)
    assert time.monotonic() - began < 20  # by the clock of limits, which stands still for other programs, 0.8 s
    assert not psutil.pid_exists(process.pid)
    monkeypatch.setattr(worker, "_process", lambda: pytest.fail("it was tried again"))
    with pytest.raises(StudentTimeout):
        threshold.train(model, "your network", LIMIT, X, Y, (X, Y), seed=1)


def test_the_clock_is_looked_at_after_each_epoch():
    seen = []

    class Slow:
        def run(self, epochs):
            seen.append(epochs)

        def predict(self, X):
            return X

    def look():
        if len(seen) == 3:
            raise StudentTimeout

    with pytest.raises(StudentTimeout):
        list(threshold.marks(Slow(), X, X, look=look))
    assert seen == [1, 1, 1]
    with pytest.raises(StudentTimeout, match="more than 0 s"):
        threshold.train_here(serialized(network(conv(4))), "your network", 0.0, X, Y, X, Y, 1, 3, 0.0)


class Standing:
    """The clock of limits while other programs have all cores."""

    def __init__(self, *_) -> None:
        self.at = time.monotonic()

    def clock(self) -> float:
        return self.at


def test_what_other_programs_take_makes_no_training_late(process, monkeypatch):
    """Neither in the process, which looks after each epoch, nor for the grader, which waits for it."""
    model = serialized(network(conv(4)))
    monkeypatch.setattr(worker, "GRACE", 0.0)
    monkeypatch.setattr(worker, "Waiting", Standing)
    monkeypatch.setattr(time_limit, "Waiting", Standing)
    assert worker.run("summarize", model, "your network", [1, 8, 8, 1], seconds=1e-6)
    assert threshold.train_here(model, "your network", 1e9, X, Y, X, Y, 1, 1, 0.0)[1] == 1
    monkeypatch.undo()
    with pytest.raises(StudentTimeout, match="more than 0 s"):
        threshold.train_here(model, "your network", 1e9, X, Y, X, Y, 1, 1, 0.0)


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_something_else_ends_is_the_graders_fault(process, signal_, monkeypatch):
    monkeypatch.setattr(worker._Process, "ask", _ended_by(signal_))
    with pytest.raises(Exception, match="from outside") as caught:
        rebuilding.summarize(serialized(network(conv(4))), "your network", (1, 8, 8, 1))
    assert type(caught.value).__name__ == "GraderFault"
    monkeypatch.undo()
    assert rebuilding.summarize(serialized(network(conv(4))), "your network", (1, 8, 8, 1)).trainable == 4


def test_a_network_that_ends_the_process_twice_is_to_blame(process, monkeypatch):
    monkeypatch.setattr(worker._Process, "ask", _ended_by(signal.SIGSEGV))
    model = serialized(network(conv(11)))
    with pytest.raises(StudentTooMuch, match="ended the process"):
        rebuilding.summarize(model, "your network", (1, 8, 8, 1))
    monkeypatch.undo()
    with pytest.raises(StudentTooMuch, match="ended the process"):
        rebuilding.summarize(model, "your network", (1, 8, 8, 1))


def _ended_by(signal_):
    def ask(self, *_):
        os.kill(self.pid, signal_)
        raise worker._Died(self._process.wait())

    return ask


def test_it_ends_with_the_grader_whatever_ends_the_grader():
    code = "from autograder.networks import worker; import time; worker.start(); print(worker._current.pid, flush=True); time.sleep(60)"
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(grader.stdout.readline())
    grader.kill()
    grader.wait()
    deadline = time.monotonic() + 30
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


SECRETS = (
    "AUTOGRADER_SECRET_FILE",
    "AUTOGRADER_COURSE",
    "PYTHONPATH",
    "HOME",
    "TF_XLA_FLAGS",
    "KERAS_MAX_EPOCHS",
    "ANYTHING",
)


def test_it_gets_nothing_of_the_graders_environment(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "a secret")
    worker.end()
    worker.start()
    try:
        with open(f"/proc/{worker._current.pid}/environ", "rb") as file:
            given = file.read()
        assert b"a secret" not in given
        model = serialized(network(conv(4)))
        assert rebuilding.summarize(model, "a network", (1, 8, 8, 1)).trainable == 4
    finally:
        worker.end()


def test_a_learners_own_session_needs_no_process(monkeypatch):
    monkeypatch.setattr(worker, "_process", lambda: pytest.fail("a process was used"))
    with worker.here():
        worker.start()
        assert rebuilding.summarize(serialized(network(conv(4))), "a network", (1, 8, 8, 1)).trainable == 4
        done = threshold.train(
            serialized(network(conv(4))), "a network", threshold.Limit("", 10.0, {}), X, Y, (X, Y), seed=1
        )
    assert done.reached and done.starts == 1
    assert not worker._here


def test_the_graders_own_memory_stays_small(process):
    model = network(conv(48), conv(48), conv(48))
    before = psutil.Process().memory_info().rss
    threshold.train(serialized(model), "a network", threshold.Limit("", 10.0, {}), X, Y, (X, Y), seed=1)
    assert psutil.Process().memory_info().rss - before < 30_000_000


def test_how_ones_network_ended_is_no_other_students_fate(monkeypatch):
    """What took too long beside one submission's busy processes may be the very network of the lesson."""
    from autograder.course.catalog import lessons
    from autograder.course.packed import pack
    from autograder.grading import job

    monkeypatch.setitem(worker._ended, "the network of the lesson", StudentTimeout("too long"))
    lesson = lessons()[0]
    submission = nbformat.writes(lesson.read_release())
    monkeypatch.setattr(job, "_judge", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr(job, "NotebookRun", mock.MagicMock())  # nothing is run
    with pytest.raises(KeyboardInterrupt):
        job.grade(job.GradeJob("ana/one", pack(lesson), submission, b"0" * 32, sandboxed=False))
    assert worker._ended == {}


def test_a_second_network_is_a_second_value(monkeypatch):
    """It has bounds of its own, in the grader's process and where networks are rebuilt."""
    small = dataclasses.replace(ALPHA, name="small", weights=10, max_weights=40)
    monkeypatch.setitem(SPECS, small.name, small)
    fits, too_large = serialized(network(conv(1))), serialized(network(conv(8)))
    with worker.here():
        assert rebuilding.summarize(fits, "your network", (1, 8, 8, 1), small).trainable == 4
        assert rebuilding.summarize(too_large, "your network", (1, 8, 8, 1)).trainable == 4
        with pytest.raises(StudentError, match=r"\(10 weights\)"):
            rebuilding.summarize(too_large, "your network", (1, 8, 8, 1), small)
        with pytest.raises(StudentError, match=r"\(10 weights\)"):
            rebuilding.summarize_here(too_large, "your network", [1, 8, 8, 1], small.name)


def test_a_process_that_cannot_be_started_is_the_graders_fault_and_says_why(monkeypatch):
    worker.end()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(GraderFault, match="the process for networks could not be started"):
        rebuilding.summarize(serialized(network(conv(4))), "a network", (1, 8, 8, 1))
    monkeypatch.undo()
    assert rebuilding.summarize(serialized(network(conv(4))), "a network", (1, 8, 8, 1)).trainable == 4
