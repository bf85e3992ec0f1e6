"""Faults of a run: whatever breaks in the middle, nothing is lost, nobody is graded twice, and submissions in = verdicts out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time

import pytest

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.journal import Journal
from autograder.grading.lock import lock
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


def test_two_graders_at_once_the_second_says_who_is_at_work(class_):
    with lock(class_.root, "a test"):
        second = autograde(class_)
    assert second.returncode == 1
    assert f"process {os.getpid()}" in second.stderr
    assert "is grading here" in second.stderr
    assert "Traceback" not in second.stderr
    assert scores(class_) == {}
    assert autograde(class_).returncode == 0
    must_be_whole(class_)


@pytest.mark.parametrize("seconds", [8, pytest.param(25, marks=pytest.mark.slow)])
def test_a_locked_gradebook_is_waited_for(class_, seconds):
    """SQLite by itself gives up after five seconds."""
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); time.sleep(float(sys.argv[2]))",
         str(class_.root / "gradebook.db"), str(seconds)], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout.readline() == "held\n"
    began = time.monotonic()
    done = autograde(class_)
    assert done.returncode == 0, done.stderr[-2000:]
    assert time.monotonic() - began > seconds - 2
    holder.wait()
    must_be_whole(class_)


@pytest.mark.parametrize("damage", ["its head", "its middle"])
def test_a_corrupt_gradebook_stops_the_run_before_anything_is_done(class_, damage):
    path = class_.root / "gradebook.db"
    whole = path.read_bytes()
    place = 0 if damage == "its head" else len(whole) // 2
    path.write_bytes(whole[:place] + b"\xff" * 40_000 + whole[place + 40_000 :])
    done = autograde(class_)
    assert done.returncode == 1
    assert "gradebook.db" in done.stderr
    assert "Put a backup in its place" in done.stderr
    assert "Traceback" not in done.stderr
    assert events(class_, "started") == {}
    path.write_bytes(whole)
    assert autograde(class_).returncode == 0
    must_be_whole(class_)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("left", [0, 12_000, 60_000])
def test_a_full_disk_loses_nothing_and_the_next_run_goes_on(class_, tmp_path, left):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "small", str(disk)], check=True)
    try:
        shutil.copytree(class_.root, disk / "class")
        lesson = Lesson(tiny.NAME, disk / "class")
        free = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(bytes(max(0, free - left)))
        full = autograde(lesson)
        assert full.returncode != 0, full.stderr[-2000:]
        assert "Traceback" not in full.stderr and "[SQL" not in full.stderr and "[Errno" not in full.stderr
        assert "Make room on that disk" in full.stderr or "disk is full" in full.stderr
        graded_before = scores(lesson)
        assert all(
            value == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}[name]
            for name, value in graded_before.items()
            if graded_notebook(lesson, name).exists()
        )
        (disk / "ballast").unlink()
        again = autograde(lesson)
        assert again.returncode == 0, again.stderr[-2000:]
        must_be_whole(lesson)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_grading_again_changes_no_byte_and_keeps_what_a_human_said(class_):
    assert really_autograde(class_).returncode == 0
    before = {student: graded_notebook(class_, student).read_text("utf-8") for student in STUDENTS}
    with gradebook(class_) as book:
        book.find_grade("half_check", class_.name, class_.name, "sample-b").manual_score = 3.0
        book.find_comment("half", class_.name, class_.name, "sample-b").manual_comment = "Half a point for the idea."
        book.db.commit()
    assert really_autograde(class_, "--force").returncode == 0
    for student in STUDENTS:
        after = graded_notebook(class_, student).read_text("utf-8")
        assert without_times(after) == without_times(before[student])
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-b").score == 8.0
        assert not book.find_submission(class_.name, "sample-b").needs_manual_grade, "it is the same submission"
        assert book.find_comment("half", class_.name, class_.name, "sample-b").comment == "Half a point for the idea."


def without_times(text: str) -> str:
    notebook = json.loads(text)
    for changing in ("seconds", "timings"):
        notebook["metadata"]["autograder"]["result"].pop(changing)
    notebook["metadata"]["autograder"].pop("graded")
    return json.dumps(notebook)


def test_what_is_handed_in_again_during_the_run_is_what_counts(class_):
    better = json.dumps(tiny.right(class_))
    (class_.root / "better").write_text(better, "utf-8")
    change = (faults.submit_again_meanwhile, "sample-b", str(class_.root / "better"))
    done = autograde(class_, changes=[change])
    assert done.returncode == 0, done.stderr[-2000:]
    assert scores(class_) == dict.fromkeys(STUDENTS, 10.0)
    assert events(class_, "graded") == {"sample-a": 1, "sample-b": 2, "sample-c": 1}


def test_a_failed_regrade_keeps_the_old_grade_and_marks_it(class_):
    assert autograde(class_).returncode == 0
    before = graded_notebook(class_, "sample-b").read_bytes()
    done = really_autograde(class_, "--force", changes=[faults.lose_all_workers])
    assert done.returncode == 1
    assert "the old grade stays" in done.stderr
    assert "Traceback" not in done.stderr
    assert graded_notebook(class_, "sample-b").read_bytes() == before
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-b").needs_manual_grade
    assert {e["verdict"] for e in Journal(class_.root).events() if e["event"] == "failed"} == {"INFRA"}
    again = autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    with gradebook(class_) as book:
        assert not book.find_submission(class_.name, "sample-b").needs_manual_grade


def test_checks_that_change_in_the_middle_of_a_run_are_a_fault_and_no_zeros(class_):
    done = autograde(class_, changes=[(faults.change_the_checks_meanwhile, str(class_.checks))])
    assert done.returncode == 1
    assert "changed while the class was graded" in done.stderr
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-a").score == 10.0
        for student in ("sample-b", "sample-c"):
            waiting = book.find_submission(class_.name, student)
            assert waiting.needs_manual_grade
            assert {grade.auto_score for notebook in waiting.notebooks for grade in notebook.grades} == {None}
    assert autograde(class_).returncode == 0
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}


def test_a_sandbox_that_breaks_in_the_middle_of_a_run_is_a_fault_and_no_zeros(class_):
    done = really_autograde(class_, changes=[faults.take_the_sandbox_away])
    assert done.returncode == 1
    assert "no kernel could be started" in done.stderr
    with gradebook(class_) as book:
        for student in STUDENTS:
            assert book.find_submission(class_.name, student).needs_manual_grade
    assert autograde(class_).returncode == 0
    must_be_whole(class_)


def test_a_solution_that_fails_its_own_checks_stops_the_run(class_):
    with open(class_.checks, "a", encoding="utf-8") as file:
        file.write(
            '\n\n@pytest.mark.check("half")\ndef test_nobody_can_pass(student):\n    """Nobody"""\n    assert False, "never"\n'
        )
    done = really_autograde(class_)
    assert done.returncode == 1
    assert "does not pass its hidden checks (test_nobody_can_pass" in done.stderr
    assert "Traceback" not in done.stderr
    assert scores(class_) == {}


def test_a_secret_that_was_lost_or_changed_is_noticed(class_):
    assert autograde(class_).returncode == 0
    secret = class_.root / ".autograder" / "secret"
    secret.unlink()  # a new one will be made
    done = autograde(class_, "--force")
    assert done.returncode == 1
    assert "autograder accept-secret" in done.stderr
    assert events(class_, "graded") == dict.fromkeys(STUDENTS, 1)
    accept = [sys.executable, "-c", "from autograder.cli import main; main()", "accept-secret"]
    assert tiny.run(accept, class_.root).returncode == 0
    assert autograde(class_, "--force").returncode == 0
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}


def test_a_course_that_somebody_else_may_not_write_to_says_so(class_):
    shutil.rmtree(class_.root / ".autograder")
    (class_.root / ".autograder").write_text("not a folder")
    with pytest.raises(CourseError, match="cannot be written"), lock(class_.root, "a test"):
        pass


def test_an_old_graded_folder_that_cannot_go_back_at_once_is_back_at_the_end(class_):
    assert autograde(class_).returncode == 0
    before = graded_notebook(class_, "sample-a").read_bytes()
    done = autograde(class_, "--student", "sample-a", "--force", changes=[(faults.fail_twice_at_the_place, "sample-a")])
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert graded_notebook(class_, "sample-a").read_bytes() == before
