"""A run that is killed or interrupted, or whose machine breaks under it, goes on where it was; nobody is graded twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from autograder.grading.journal import Event, Journal
from tests import adversarial
from tests.support import faults, tiny
from tests.support.small_class import (
    STUDENTS,
    autograde,
    events,
    gradebook,
    graded_notebook,
    must_be_whole,
    really_autograde,
    scores,
)

# A step boundary is named by what kills the grader there: `kill -9`, on the second student.
KILLS = (
    faults.die_before_the_copy,
    faults.die_before_it_is_run,
    faults.die_in_the_transaction,
    faults.die_behind_the_transaction,
    faults.die_before_the_folder_is_in_its_place,
    faults.die_before_the_journal_says_so,
    faults.die_in_the_middle_of_a_line_of_the_journal,
)


@pytest.mark.parametrize("die", KILLS, ids=lambda die: die.__name__.removeprefix("die_"))
def test_a_killed_run_goes_on_where_it_was(class_, die):
    killed = autograde(class_, changes=[(die, "sample-b")])
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    assert events(class_, "graded")["sample-c"] == 0
    if die is faults.die_in_the_transaction:
        assert "sample-b" not in scores(class_), "half of a transaction was kept"
    again = autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    must_be_whole(class_)


def test_a_killed_run_with_kernels_and_workers_goes_on_where_it_was(class_):
    killed = really_autograde(class_, changes=[(faults.die_before_it_is_run, "sample-b")])
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    again = really_autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    must_be_whole(class_)


def test_a_regrade_killed_between_two_renames_loses_nothing(class_):
    assert autograde(class_).returncode == 0
    before = graded_notebook(class_, "sample-a").read_bytes()
    killed = autograde(class_, "--student", "sample-a", "--force", changes=[faults.die_between_two_renames])
    assert killed.returncode == -signal.SIGKILL
    assert not graded_notebook(class_, "sample-a").exists()
    # Even if the next grading fails as well, the old one is back.
    assert autograde(class_, "--student", "sample-a", changes=[faults.break_grading]).returncode == 1
    assert graded_notebook(class_, "sample-a").read_bytes() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_goes_on_where_it_was(class_, number):
    command = [sys.executable, "-m", "nbgrader", "autograde", class_.name]
    with open(class_.root / "log", "w") as log:
        run = subprocess.Popen(
            command,
            cwd=class_.root,
            env=tiny.environment(class_.root),
            stdout=log,
            stderr=log,
            preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # a test run in the background ignores interrupts
        )
        deadline = time.monotonic() + 60
        while events(class_, "started")["sample-b"] == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        while run.poll() is None and time.monotonic() < deadline:  # as somebody does who wants to be sure
            run.send_signal(number)
            time.sleep(0.1)
        assert run.wait(60) != 0
    again = autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    must_be_whole(class_)


def test_a_run_whose_output_nobody_reads_grades_all_the_same(class_):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "nbgrader", "autograde", class_.name]
    run = subprocess.Popen(
        command,
        cwd=class_.root,
        env=tiny.environment(class_.root),
        stdout=writer,
        stderr=writer,
        stdin=subprocess.DEVNULL,
    )
    os.close(writer)
    run.wait(120)
    must_be_whole(class_)


def test_what_costs_workers_their_lives_in_two_runs_is_the_submissions_and_not_tried_for_ever(class_):
    lost = [(faults.lose_workers_over, "sample-b")]
    first = really_autograde(class_, changes=lost)
    assert first.returncode == 1
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 0.0, "sample-c": 10.0}
    assert events(class_, "graded")["sample-b"] == 0
    second = really_autograde(class_, changes=lost)
    assert second.returncode == 0, second.stderr[-2000:]
    note = json.loads(graded_notebook(class_, "sample-b").read_text("utf-8"))["metadata"]["autograder"]["result"]
    assert (note["verdict"], note["score"]) == ("RESOURCE", None)
    assert "In two runs a worker ended with status -9" in note["reason"]
    assert "For a human to look at: sample-b/01_halves: In two runs" in second.stderr
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-b").needs_manual_grade, "a human should look"
    third = really_autograde(class_, changes=lost)
    assert third.returncode == 0
    assert "nothing new from sample-b" in third.stderr


PAIRS = (faults.die_while_a_graded_notebook_is_written_anew, faults.die_before_the_journal_knows_of_a_pair)


@pytest.mark.parametrize("die", PAIRS, ids=lambda die: die.__name__.removeprefix("die_"))
def test_a_run_killed_while_it_compares_the_class_compares_it_again(class_, die):
    """The same weights twice: killed behind the gradebook's transaction, or before the journal knows of the pair."""
    for student in ("sample-a", "sample-c"):
        adversarial.load("honest_network").weights(class_.root / "submitted" / student / class_.name, seed=1)
    assert autograde(class_, changes=[die]).returncode == -signal.SIGKILL
    again = autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}
    assert events(class_, "graded") == dict.fromkeys(STUDENTS, 1)
    found = {
        student: json.loads(graded_notebook(class_, student).read_text("utf-8"))["metadata"]["autograder"]["result"]
        for student in STUDENTS
    }
    assert {student: result["verdict"] for student, result in found.items()} == {
        "sample-a": "REVIEW", "sample-b": "GRADED", "sample-c": "REVIEW",
    }  # fmt: skip
    assert [e["students"] for e in Journal(class_.root).events() if e["event"] == Event.ALIKE] == [
        ["sample-a", "sample-c"]
    ]
    with gradebook(class_) as book:
        waits = {s.student.id for s in book.find_assignment(class_.name).submissions if s.needs_manual_grade}
    assert waits == {"sample-a", "sample-c"}
