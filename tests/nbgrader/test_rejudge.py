"""A class is judged again beside its grades; what came of it is shown, and applied, in part or not at all. No mark goes down without a word."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest
from nbgrader.api import Gradebook

from autograder.course.catalog import Lesson
from autograder.grading.journal import Journal
from autograder.grading.lock import lock
from tests.support import canned, tiny
from tests.support.rejudging import (
    NEW,
    OLD,
    by_the_same_checks,
    give_points,
    grade,
    must,
    must_be_applied,
    rejudge,
    state,
)
from tests.support.small_class import STUDENTS, autograde, scores


def test_a_rejudging_changes_nothing_and_says_who_would_gain_and_lose_what(graded):
    before = state(graded)
    said = must(rejudge(graded, "--reason", "test_half was too strict", "--json", "out.json"))
    assert state(graded) == before
    assert "the hidden checks (3 grades)" in said
    assert "3 submissions: 1 would gain, 1 lose, 1 keep their score." in said
    assert "sample-a" not in said.partition("Why")[2], "whoever keeps the score is counted only"
    whole = json.loads((graded.root / "out.json").read_text())
    rows = {row["student"]: row for row in whole["submissions"]}
    assert {student: (row["old"]["score"], row["new"]["score"]) for student, row in rows.items()} == {
        student: (OLD[student], NEW[student]) for student in STUDENTS
    }
    assert [row["change"] for row in rows.values()] == ["same", "gains", "loses"]
    (lost,) = rows["sample-c"]["exercises"]
    assert (lost["old"], lost["new"], lost["checks"]) == (5.0, 0.0, ["test_mirror: passed → failed"])
    assert lost["messages"] == {"test_mirror": "The values are others."}
    assert whole["matrix"] == {"all points": {"all points": 1, "some points": 1}, "some points": {"all points": 1}}
    assert whole["rejudging"]["reason"] == "test_half was too strict"
    assert whole["totals"] == {"gains": 1, "loses": 1, "waits": 0, "same": 1, "failed": 0, "left_out": 0}


def test_what_is_applied_is_everywhere_and_the_journal_says_what_was(graded):
    must(rejudge(graded, "--reason", "too strict"))
    said = must(rejudge(graded, "--apply", "--json", "out.json"))
    assert "Applied: 3 new grades" in said
    must_be_applied(graded, NEW)
    event = Journal(graded.root).grades(graded.name)["sample-c"]
    assert event["was"] == {"score": 10.0, "points": 10.0, "penalty": 0.0, "verdict": "GRADED"}
    assert event["why"] == "too strict" and event["rejudging"]
    report = json.loads((graded.root / "out.json").read_text())
    assert report["rejudging"]["state"] == "applied"
    saved = graded.root / ".autograder" / "rejudge" / graded.name / f"{report['rejudging']['id']}.json"
    assert json.loads(saved.read_text()) == report
    again = must(grade(graded))
    assert "graded anew" not in again
    said = must(rejudge(graded, "--apply"), 3)
    assert f"no rejudging is pending. The last one, {event['rejudging']}, was applied." in said


def test_only_up_keeps_all_others_and_the_next_run_does_not_lower_them(graded):
    must(rejudge(graded))
    said = must(rejudge(graded, "--apply", "--only-up"))
    assert "Applied: 1 new grade, 2 old grades kept" in said
    must_be_applied(graded, {"sample-a": 10.0, "sample-b": 10.0, "sample-c": 10.0})
    assert "changed since" not in said
    for command in (grade(graded), tiny.autograder(graded.root, "doctor")):
        assert "hidden checks changed" not in command.stdout + command.stderr
    assert scores(graded)["sample-c"] == 10.0
    # Asked for, it is given anew, and not silently.
    assert "01_halves of sample-c: graded anew, 10 → 5 points" in must(grade(graded, "--force"))


def test_what_is_discarded_leaves_grades_that_stand(graded):
    before = state(graded)
    must(rejudge(graded))
    assert "Discarded. 3 grades stay" in must(rejudge(graded, "--discard"))
    must(grade(graded))
    assert state(graded) == before
    with open(graded.checks, "a", encoding="utf-8") as file:
        file.write("\n# still others\n")
    must(rejudge(graded))  # they stand for those checks only
    assert "the hidden checks (3 grades)" in must(rejudge(graded))


def test_while_nobody_has_decided_the_grades_wait(graded):
    must(rejudge(graded))
    said = must(grade(graded))
    assert said.count("3 grades that a rejudging has looked at") == 1 and "--discard" in said
    assert "changed since these grades were given" not in said, "grading again is not what helps"
    assert scores(graded) == OLD
    said = must(grade(graded, "--force", "--student=sample-a"))
    assert "stay as they are" not in said, "it was graded again"
    must(rejudge(graded, "--apply"))
    must_be_applied(graded, NEW)


def test_a_regrade_that_takes_points_names_who_lost_them(graded):
    said = must(grade(graded))
    assert "01_halves of sample-c: graded anew, 10 → 5 points" in said
    assert "1 student lost points by a new grade of the same submission" in said
    assert "01_halves of sample-b: graded anew" not in said


def test_what_a_human_gave_stays(graded):
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as book:
        book.find_grade("half_check", graded.name, graded.name, "sample-b").manual_score = 4.0
        book.db.commit()
    said = must(rejudge(graded, "--json", "out.json"))
    assert "given by hand, and stays: 4 for half_check" in said
    row = json.loads((graded.root / "out.json").read_text())["submissions"][1]
    assert (row["old"]["score"], row["new"]["score"], row["change"]) == (9.0, 9.0, "same")
    must(rejudge(graded, "--apply"))
    assert scores(graded) == {**NEW, "sample-b": 9.0}


def test_whoever_handed_in_again_or_is_gone_is_left_out(graded):
    (graded.root / "submitted" / "sample-a" / graded.name / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    shutil.rmtree(graded.root / "submitted" / "sample-c")
    tiny.submit(graded, "sample-d", tiny.right(graded))
    said = must(rejudge(graded))
    assert "sample-a: handed in again since the grade" in said
    assert "sample-c: the submission is no longer there; the grade stays" in said
    assert "sample-d: has no finished grade" in said
    assert "1 submission: 1 would gain" in said
    tiny.submit(graded, "sample-b", tiny.right(graded))
    said = must(rejudge(graded, "--apply"))
    assert "01_halves of sample-b: handed in again since" in said
    assert scores(graded) == OLD


def test_one_student_then_all(graded):
    assert "1 submission: 0 would gain, 1 lose" in must(rejudge(graded, "--student", "sample-c"))
    assert "3 submissions" in must(rejudge(graded))


def test_what_the_grader_fails_on_keeps_its_grade_and_is_tried_again(graded):
    before = state(graded)
    said = must(rejudge(graded, changes=[(canned.fail_on, "sample-c")]), 3)
    assert "sample-c: the grader failed, the old grade stays" in said
    assert state(graded) == before
    must(rejudge(graded))
    must(rejudge(graded, "--apply"))
    must_be_applied(graded, NEW)


def test_a_course_that_changed_again_is_not_applied(graded):
    must(rejudge(graded))
    before = state(graded)
    with open(graded.checks, "a", encoding="utf-8") as file:
        file.write("\n# still others\n")
    said = must(rejudge(graded, "--apply"), 3)
    assert "the hidden checks changed since the rejudging" in said and "autograder rejudge 01_halves" in said
    assert state(graded) == before


def test_what_cannot_be_is_said_in_a_line(graded):
    with lock(graded.root, "nbgrader autograde"):
        assert "is grading here" in must(rejudge(graded), 3)
    for wrong in (
        ("--only-up",),
        ("--apply", "--discard"),
        ("--student", "nobody"),
        ("--apply", "--student", "sample-a"),
    ):
        assert rejudge(graded, *wrong).returncode == 64, wrong
    assert "no rejudging is pending" in must(rejudge(graded, "--discard"), 3)
    shutil.rmtree(graded.root / "submitted")
    assert "nothing was handed in" in must(rejudge(graded), 3)


@pytest.fixture
def other_points(graded_before, tmp_path) -> Callable[..., Lesson]:
    """The class, and what its exercises are worth has been changed since."""

    def make(half: int, mirror: int = 5) -> Lesson:
        shutil.copytree(graded_before, tmp_path / "class")
        lesson = Lesson(tiny.NAME, tmp_path / "class")
        give_points(lesson, half, mirror)
        return lesson

    return make


@pytest.mark.parametrize("points", [(3, 5), (3, 7)], ids=["the-whole", "of-one-exercise"])
def test_no_grade_stays_above_points_that_fell(other_points, points):
    graded = other_points(*points)
    before = state(graded)
    said = must(by_the_same_checks(graded, "--json", "out.json"))
    assert ("The lesson is worth 8 points now, before 10" in said) == (points == (3, 5))
    assert state(graded) == before, "the gradebook learns of the points when they count"
    rows = json.loads((graded.root / "out.json").read_text())["submissions"]
    new = {row["student"]: row["new"]["score"] for row in rows}
    assert new == {"sample-a": sum(points), "sample-b": points[1], "sample-c": sum(points)}
    too_much = "2 grades would stay with more points than an exercise is worth now: sample-a ("
    for how in (("--apply", "--only-up"), ("--discard",)):
        said = must(by_the_same_checks(graded, *how), 3)
        assert too_much in said and "--apply" in said and state(graded) == before
    must(autograde(graded))  # whoever waits is not graded, but the gradebook learns of the points
    assert too_much in must(by_the_same_checks(graded, "--discard"), 3)
    must(by_the_same_checks(graded, "--apply"))
    must_be_applied(graded, new)


def test_points_that_are_put_back_can_be_discarded_and_hold_no_grade_above_them_later(other_points):
    graded = other_points(3, 5)
    must(by_the_same_checks(graded))
    give_points(graded, 5, 5)
    assert "Discarded. 1 grade stay" in must(by_the_same_checks(graded, "--discard")), "the one that is not above"
    must(autograde(graded))
    assert scores(graded) == OLD
    give_points(graded, 3, 5)
    must(autograde(graded))
    assert scores(graded) == {"sample-a": 8.0, "sample-b": 5.0, "sample-c": 8.0}


def test_it_works_with_kernels_and_workers_and_pages_are_made_again(graded):
    """The checks of the file, of which the remark changes nothing; the same hidden inputs, so the same grades."""
    said = must(really(graded))
    assert "3 submissions: 0 would gain, 0 lose, 3 keep their score." in said
    must(really(graded, "--apply"))
    must_be_applied(graded, OLD)
    must(tiny.nbgrader(graded.root, "generate_feedback", graded.name))


def really(lesson: Lesson, *options: str):
    """The command with kernels and hidden checks."""
    return tiny.autograder(lesson.root, "rejudge", lesson.name, *options)
