"""A Dask cluster as an executor: what dies costs a try, what is not fit grades nothing, what is not wanted any more ends."""

from __future__ import annotations

import logging
import os
import zlib
from pathlib import Path

import pytest

from autograder.errors import ClusterLost, WorkerLost
from autograder.grading import conditions
from autograder.grading.dask_cluster import Cluster
from autograder.grading.pool import Workers
from autograder.settings import Settings
from tests.support import cluster as local
from tests.support.cluster import BAD, wait_for
from tests.support.work import dies_until, environment_here, kills_who_started_it, mistake, niceness, notes_its_pid

pytestmark = pytest.mark.xdist_group("cluster")
LOG = logging.getLogger("tests.cluster")


@pytest.fixture
def executor(small_cluster):
    with Cluster(small_cluster.address, Settings.load(), LOG) as made:
        yield made


def test_what_the_work_returns_and_raises_comes_back(executor):
    assert executor.do(os.path.basename, "a/b") == "b"
    with pytest.raises(ZeroDivisionError, match="own"):
        executor.do(mistake)


def test_nothing_of_a_workers_environment_reaches_the_grader(executor):
    here = executor.do(environment_here)
    assert {name: here[name] for name in BAD if name in here} == {"KERAS_BACKEND": "tensorflow"}


def test_after_three_dead_workers_a_piece_of_work_is_given_up_and_the_next_one_is_done(executor, tmp_path):
    with pytest.raises(WorkerLost, match="status -9") as caught:
        executor.do(dies_until, str(tmp_path / "calls"), 100)
    assert caught.value.lost
    assert (tmp_path / "calls").read_text() == "xxx"
    with pytest.raises(WorkerLost, match="a grader process ended with status -9"):
        executor.do(kills_who_started_it, str(tmp_path / "more"), 1)
    assert (tmp_path / "more").read_text() == "xxx"
    assert executor.do(dies_until, str(tmp_path / "calls"), 4) == "done"


def test_a_worker_that_gave_way_to_other_programs_grades_nobody(executor):
    assert executor.do(os.nice, 5) == os.nice(0) + 5
    assert executor.do(niceness) == os.nice(0)


def test_work_that_nobody_waits_for_any_more_ends(small_cluster, tmp_path):
    with Cluster(small_cluster.address, Settings.load(), LOG) as made:
        made.start("sleeps", notes_its_pid, str(tmp_path / "pid"))
        number = int(wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text()))
    wait_for(lambda: not Path(f"/proc/{number}").exists(), 20)


def test_work_that_a_machine_cannot_read_is_not_for_it():
    with Workers() as workers:
        message = conditions.message_of(conditions.conditions_of(Settings.load()), os.getpid, "autograder_not_there")
        whole = zlib.decompress(message).replace(b"autograder_not_there", b"autograder_not_ther\xff")
        kind, why = conditions.read_answer(conditions.Station(workers).answer(zlib.compress(whole)))
    assert kind == conditions.Came.UNFIT and why.startswith("the work cannot be read here (UnicodeDecodeError")


def test_a_worker_with_other_versions_is_named_and_grades_nothing(tmp_path, caplog):
    (tmp_path / "numpy-0.1.dist-info").mkdir()
    (tmp_path / "numpy-0.1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    with local.cluster() as other:
        odd = other.add_worker(PYTHONPATH=str(tmp_path))
        with (
            Cluster(other.address, Settings.load(), LOG) as made,
            pytest.raises(ClusterLost, match=r"No worker of .*numpy 0\.1 instead of "),
        ):
            made.do(os.getpid)
        # A fit one comes as well: it does all of the work.
        other.add_worker()
        with Cluster(other.address, Settings.load(), LOG) as made:
            wait_for(lambda: len(made._client.nthreads()) == 2)
            made._ask_for_threads()
            for number in range(4):
                made.start(str(number), os.getppid)
            assert {made.next().result() for _ in range(4)} & {
                each.pid for each in local.everybody_of(odd.pid)
            } == set()
    assert sum("gets nothing to grade: it has numpy 0.1 instead of" in line for line in caplog.messages) == 2
