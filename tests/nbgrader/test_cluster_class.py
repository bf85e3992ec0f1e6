"""A class that the workers of a Dask cluster grade: the same grades as by this machine, nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.course.catalog import Lesson
from autograder.grading.kept import kept
from autograder.settings import Settings
from tests.support import canned, cluster, faults, tiny
from tests.support.cluster import stopped, wait_for
from tests.support.small_class import STUDENTS, autograde, events, graded_notebook, must_be_whole, scores

pytestmark = pytest.mark.xdist_group("cluster")


def grade(lesson: Lesson, *options: str, changes=()):
    return tiny.autograder(lesson.root, "grade", lesson.name, *options, changes=changes)


def result_of(lesson: Lesson, student: str) -> dict:
    """The whole result that is kept of a student's submission, but for times."""
    found = kept(Settings.load(lesson.root), lesson.name, student).stored()
    return {name: value for name, value in found.items() if name not in ("seconds", "timings")}


def notebook_of(lesson: Lesson, student: str) -> dict:
    """The graded notebook, but for times."""
    notebook = json.loads(graded_notebook(lesson, student).read_text("utf-8"))
    note = notebook["metadata"]["autograder"]
    for where, name in ((note, "graded"), (note["result"], "seconds"), (note["result"], "timings")):
        where.pop(name, None)
    return notebook


def slow_class(lesson: Lesson, students: int) -> list[str]:
    """Students of whom each third one is half right; each takes a second."""
    names = [f"more-{number}" for number in range(students)]
    for number, name in enumerate(names):
        notebook = tiny.right(lesson)
        answer = next(cell for cell in notebook.cells if cell.id == "half")
        answer.source = (canned.WRONG if number % 3 == 1 else answer.source) + "\nimport time; time.sleep(1)"
        tiny.submit(lesson, name, notebook)
    return names


def graded(lesson: Lesson) -> Counter[str]:
    return events(lesson, "graded") if (lesson.root / ".autograder" / "journal.jsonl").exists() else Counter()


def test_a_cluster_grades_a_class_and_gets_no_secret(class_, small_cluster, tmp_path):
    address, sent = small_cluster.address, tmp_path / "sent"
    done = grade(class_, "--scheduler", address, changes=[(faults.note_the_messages, str(sent))])
    assert (done.returncode, done.stderr) == (0, "")
    must_be_whole(class_)
    assert b"def half(grid)" in sent.read_bytes()
    for secret in (tiny.SECRET.encode(), bytes.fromhex(tiny.SECRET)):
        assert secret not in sent.read_bytes()
    assert b"gradebook.db" not in sent.read_bytes()


def test_the_results_are_those_of_this_machine_and_nbgraders_command_takes_the_scheduler_too(
    class_, small_cluster, tmp_path
):
    shutil.copytree(class_.root, tmp_path / "here")
    here = Lesson(class_.name, tmp_path / "here")
    assert grade(here).returncode == 0
    address = small_cluster.address
    done = tiny.nbgrader(class_.root, "autograde", class_.name, f"--Autograde.scheduler={address}")
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"Grading on {address}: workers 1, threads 1" in done.stderr
    must_be_whole(class_)
    for student in STUDENTS:
        assert result_of(class_, student) == result_of(here, student)
        assert notebook_of(class_, student) == notebook_of(here, student)


def test_of_three_workers_one_is_killed_and_one_is_slow_and_nothing_is_lost_or_done_twice(class_, tmp_path):
    names = [*STUDENTS, *slow_class(class_, 9)]
    shutil.copytree(class_.root, tmp_path / "here")
    here = Lesson(class_.name, tmp_path / "here")
    assert grade(here).returncode == 0
    with cluster.cluster(3) as three, ThreadPoolExecutor(1) as thread:
        run = thread.submit(grade, class_, "--scheduler", three.address)
        wait_for(lambda: graded(class_) or run.done())
        with stopped(three.workers[1]):
            # Each grades something at this moment: they do nothing else for a second at a time.
            os.kill(three.workers[0].pid, signal.SIGKILL)
            before = sum(graded(class_).values())
            wait_for(lambda: sum(graded(class_).values()) >= before + 2 or run.done())
            assert not run.done(), "one that stands still has one of them"
        done = run.result()
    assert (done.returncode, done.stderr) == (0, "")
    assert scores(class_) == scores(here)
    assert graded(class_) == dict.fromkeys(names, 1)
    for student in names:
        assert result_of(class_, student) == result_of(here, student)


def test_what_kills_workers_again_and_again_is_the_graders_fault_and_the_others_are_graded(class_):
    with cluster.cluster() as made:
        for _ in range(2):
            made.add_worker(nanny=True)
        done = grade(class_, "--scheduler", made.address, changes=[(faults.kill_clusters_workers_over, "sample-b")])
    assert done.returncode == 3
    assert "sample-b: INFRA, the grader failed: 3 workers of the cluster were lost while they had this" in done.stdout
    assert scores(class_).items() >= {"sample-a": 10.0, "sample-c": 10.0}.items()
    assert events(class_, "graded") == {"sample-a": 1, "sample-c": 1}


def test_ctrl_c_stops_a_cluster_run_and_the_same_command_goes_on(class_, small_cluster):
    done = grade(class_, "--scheduler", small_cluster.address, changes=[(faults.interrupt_behind, "sample-a")])
    assert done.returncode == 130, done.stderr[-2000:]
    assert done.stderr.strip() == (
        "Stopped. Graded in this run, and kept: 1 submission. To go on, run the same command again."
    )
    assert scores(class_) == {"sample-a": 10.0}
    assert grade(class_, "--scheduler", small_cluster.address).returncode == 0
    must_be_whole(class_)


def test_a_scheduler_that_goes_ends_the_run_with_its_name_and_what_was_graded_is_kept(class_):
    slow_class(class_, 6)
    with cluster.cluster(1) as made, ThreadPoolExecutor(1) as thread:
        run = thread.submit(grade, class_, "--scheduler", made.address, changes=[(faults.lose_patience, 1.0)])
        wait_for(lambda: graded(class_) or run.done())
        made.scheduler.kill()
        done = run.result()
    assert done.returncode == 3
    assert f"{made.address}: the Dask scheduler has gone. What was graded is kept." in done.stderr
    assert "Traceback" not in done.stderr and "distributed" not in done.stderr
    kept_ = graded(class_)
    assert 0 < len(kept_) < 9
    assert autograde(class_).returncode == 0
    assert graded(class_) == dict.fromkeys([*STUDENTS, *(f"more-{number}" for number in range(6))], 1)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:9", "nonsense", "tcp://nobody.invalid:8786", "what://127.0.0.1:9", "tls://127.0.0.1:9"]
)
def test_a_scheduler_that_cannot_be_reached_is_named(class_, address):
    done = grade(class_, "--scheduler", address, changes=[(faults.lose_patience, 1.0)])
    assert done.returncode == 3
    assert f"{address}: no Dask scheduler can be reached there" in done.stderr
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1
    assert events(class_, "started") == {}


def test_without_the_extra_it_is_named(class_):
    done = grade(class_, "--scheduler", "tcp://127.0.0.1:9", changes=[faults.have_no_dask])
    assert done.returncode == 3
    assert "pip install 'autograder[cluster]'" in done.stderr
