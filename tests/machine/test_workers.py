"""Workers: one that dies costs a try and nothing else, one that is thought dead is not heard any more."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder import settings
from autograder.course import samples
from autograder.course.catalog import Lesson
from autograder.errors import CourseError, WorkerLost
from autograder.grading import pool
from autograder.grading.job import grade, job_of
from autograder.settings import PACKAGE, Settings
from autograder.submission.rebuild import Submission
from tests.support.busy import busy, one_core
from tests.support.work import dies_until, mistake

pytestmark = pytest.mark.xdist_group("workers")


def sleeps_then_writes(file: str) -> None:
    time.sleep(3)
    with open(file, "a") as log:
        log.write("late")


@pytest.fixture(scope="module")
def workers():
    with pool.Workers() as found:
        yield found


@pytest.mark.parametrize("times", [1, 2])
def test_work_of_a_dead_worker_is_done_again(workers, tmp_path, times):
    assert workers.do(dies_until, str(tmp_path / "calls"), times) == "done"
    assert (tmp_path / "calls").read_text() == "x" * (times + 1)


def test_after_three_dead_workers_it_is_given_up(workers, tmp_path):
    with pytest.raises(WorkerLost, match="status -9"):
        workers.do(dies_until, str(tmp_path / "calls"), 100)
    assert (tmp_path / "calls").read_text() == "xxx"


@pytest.mark.parametrize("noticed", [False, True])
def test_a_worker_that_dies_while_it_waits_costs_nothing(workers, noticed):
    """The machine may be short of memory just then; the class goes on."""
    os.kill(workers.do(os.getpid), signal.SIGKILL)
    if noticed:
        time.sleep(1)
    assert workers.do(os.getpid) > 0


def test_a_worker_that_is_thought_dead_is_heard_no_more(tmp_path):
    with pool.Workers(seconds=0.5) as quick:
        with pytest.raises(WorkerLost, match=r"more than 0\.5 s"):
            quick.do(sleeps_then_writes, str(tmp_path / "late"))
        time.sleep(3)
    assert not (tmp_path / "late").exists()


def computes() -> str:
    end = time.process_time() + 0.6
    while time.process_time() < end:
        pass
    return "done"


@pytest.mark.parametrize(("stretch", "done"), [(30.0, True), (1.0, False)])
def test_a_worker_that_other_programs_hold_up_is_not_thought_dead(stretch, done, monkeypatch):
    """It has a fifth of a core. By the time that passes, as with a stretch of 1, it would be late."""
    limits = dataclasses.replace(settings.limits(), stretch=stretch)
    monkeypatch.setattr(settings, "limits", lambda: limits)
    with one_core(), pool.Workers(seconds=1.2) as slow:
        slow.do(os.getpid)
        with busy(4), contextlib.nullcontext() if done else pytest.raises(WorkerLost, match=r"more than 1\.2 s"):
            assert slow.do(computes) == "done"


def test_what_the_work_raises_comes_back(workers):
    with pytest.raises(ZeroDivisionError, match="own"):
        workers.do(mistake)


def number_of_this_process(file: str) -> None:
    with open(file, "a") as log:
        log.write(f"{os.getpid()} ")


@pytest.mark.parametrize("most", [0, 1, 5])
def test_while_one_works_others_are_made_ready_and_get_the_next_work(tmp_path, most):
    file = tmp_path / "numbers"
    with pool.Workers(3) as three:
        three.make_ready(most, number_of_this_process, str(file))
        assert three.free == 3
        busy_one = three.do(os.getpid)
        for key in ("a", "b"):
            three.start(key, os.getpid)
        next_ones = [three.next().result() for _ in "ab"]
        ready = [int(number) for number in file.read_text().split()] if most else []
    assert len(ready) == min(most, 2)
    assert set(ready) <= {*next_ones} - {busy_one}


@pytest.mark.parametrize("way", [mistake, os.abort, "no function"])
def test_what_comes_of_making_ready_is_nobodys(way):
    with pool.Workers(2) as two:
        two.make_ready(1, way)
        two.start("a", computes)
        assert two.next().result() == "done"


def test_work_that_ends_while_something_else_is_done_is_not_lost():
    with pool.Workers(2) as two:
        two.start("a", os.getpid)
        assert two.do(slept, 1.0) == "slept"
        ended = two.next()
        assert ended.key == "a"
        assert ended.result() > 0


def slept(seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


def test_a_submission_comes_back_run_and_graded(workers, first: Lesson):
    submission = Submission(first, samples.submission(first, samples.solutions(first)), "0" * 64)
    report = workers.do(grade, job_of(submission, "sample", Settings.load()))
    assert report.result.score == report.result.max_score
    assert any(cell.get("outputs") for cell in report.read_notebook().cells)


def waits_for(file: str, seconds: float) -> str:
    """Comes to its end when a file is there."""
    deadline = time.monotonic() + seconds
    while not os.path.exists(file) and time.monotonic() < deadline:
        time.sleep(0.01)
    return "there" if os.path.exists(file) else "not there"


def test_a_worker_that_dies_costs_only_its_own_work(tmp_path):
    """One works on, one dies three times beside it; the one that lives comes to its end when the other was given up."""
    with pool.Workers(jobs=2) as both:
        both.start("lives", waits_for, str(tmp_path / "now"), 60)
        both.start("dies", dies_until, str(tmp_path / "calls"), 100)
        assert both.free == 0
        first = both.next()
        assert first.key == "dies"
        with pytest.raises(WorkerLost, match="status -9"):
            first.result()
        assert (tmp_path / "calls").read_text() == "xxx"
        (tmp_path / "now").touch()
        second = both.next()
        assert (second.key, second.result()) == ("lives", "there")
        assert both.free == 2


def test_one_that_takes_its_whole_time_holds_up_nobody(tmp_path):
    with pool.Workers(jobs=2, seconds=4) as both:
        both.start("slow", waits_for, str(tmp_path / "never"), 60)
        quick = []
        for number in range(3):
            both.start(f"quick {number}", os.getpid)
            quick.append(both.next())
        assert [ended.key for ended in quick] == ["quick 0", "quick 1", "quick 2"]
        assert len({ended.result() for ended in quick}) == 1
        with pytest.raises(WorkerLost, match="more than 4 s"):
            both.next().result()


@pytest.mark.parametrize("said", ["0", "-1", "two", "1.5", "²"])
def test_a_number_of_workers_that_is_none_is_said(monkeypatch, said):
    monkeypatch.setenv(pool.JOBS, said)
    with pytest.raises(CourseError, match=pool.JOBS):
        pool.default_jobs()


def test_the_environment_says_how_many_workers_there_are(monkeypatch):
    monkeypatch.setenv(pool.JOBS, "7")
    assert pool.default_jobs() == 7
    monkeypatch.delenv(pool.JOBS)
    assert pool.default_jobs() == len(os.sched_getaffinity(0))


def test_no_process_is_spawned_that_an_interrupt_reaches():
    """A terminal's Ctrl-C goes to all: a worker that is only starting would say where it was. Python's own helper process comes with the first."""
    source = (
        "import signal\nfrom multiprocessing import util\nfrom autograder.grading import pool\nfrom tests.support.work import niceness\n"
        "real, waits = util.spawnv_passfds, []\n"
        "def noted(*arguments):\n"
        "    waits.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))\n"
        "    return real(*arguments)\n"
        "util.spawnv_passfds = noted\n"
        "with pool.Workers() as workers: workers.do(niceness)\n"
        "print(len(waits), all(waits), signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))\n"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=PACKAGE.parent, capture_output=True, text=True)
    assert done.stdout == "2 True False\n", done.stderr


def test_a_worker_goes_with_its_grader(tmp_path):
    """`kill -9` of the grader, and its worker ends."""
    source = (
        "import os, time\nfrom autograder.grading import pool\n"
        "def main():\n"
        f"    with pool.Workers() as workers: workers.do(__import__('tests.support.work', fromlist=['notes_its_pid']).notes_its_pid, {str(tmp_path / 'pid')!r})\n"
        "if __name__ == '__main__': main()\n"
    )
    script = tmp_path / "grader.py"
    script.write_text(source)
    here = PACKAGE.parent
    grader = subprocess.Popen([sys.executable, str(script)], cwd=here, env={**os.environ, "PYTHONPATH": str(here)})
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    worker = int((tmp_path / "pid").read_text())
    grader.kill()
    grader.wait()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists()
