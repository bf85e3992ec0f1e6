"""Whenever a rejudging is killed, what was decided is recorded, and nothing else; what is done in between changes nothing of that."""

from __future__ import annotations

import json
import signal

import pytest

from autograder.course.catalog import Lesson
from autograder.grading.freshness import CHECKS
from autograder.grading.journal import Event, Journal
from autograder.grading.pending import State
from tests.support import canned, faults, tiny
from tests.support.rejudging import (
    NEW,
    OLD,
    change_the_checks,
    give_points,
    grade,
    must,
    must_be_applied,
    pending,
    rejudge,
    state,
)
from tests.support.small_class import STUDENTS, scores

WAYS = {
    ("--apply",): NEW,
    ("--apply", "--only-up"): {**NEW, "sample-c": 10.0},
    ("--discard",): OLD,
}  # fmt: skip
# Of the steps of each command, some before which it is killed; every one was tried.
MOMENTS = [(how, step) for how, steps in zip(WAYS, (29, 17, 9), strict=True) for step in range(2, steps, 4)]
KILLS = (
    faults.die_before_the_copy,
    faults.die_in_the_gradebooks_transaction,
    faults.die_behind_the_transaction,
    faults.die_before_the_folder_is_in_its_place,
    faults.die_before_the_journal_says_so,
)


@pytest.mark.parametrize("only_up", [(), ("--only-up",)], ids=["all", "only-up"])
@pytest.mark.parametrize("die", KILLS, ids=lambda die: die.__name__.removeprefix("die_"))
def test_an_applying_that_is_killed_goes_on(graded, die, only_up):
    must(rejudge(graded))
    killed = rejudge(graded, "--apply", *only_up, changes=[(die, "sample-b")])
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    other = () if only_up else ("--only-up",)
    assert "in another way" in must(rejudge(graded, "--apply", *other), 3)
    assert "is being applied" in must(rejudge(graded), 3)
    must(rejudge(graded, "--apply", *only_up))
    must_be_applied(graded, {**NEW, "sample-c": 10.0} if only_up else NEW)
    times = [e["student"] for e in Journal(graded.root).events() if e["event"] == Event.GRADED and "rejudging" in e]
    assert sorted(times) == (["sample-b"] if only_up else list(STUDENTS))


def test_a_rejudging_that_is_killed_goes_on(graded):
    before = state(graded)
    killed = rejudge(graded, changes=[(faults.die_before_it_is_kept, "sample-b")])
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    assert state(graded) == before
    assert "stopped before its end" in must(rejudge(graded, "--apply"), 3)
    said = must(rejudge(graded))
    assert "sample-a: GRADED" not in said and "sample-c: GRADED" in said  # sample-a was judged, and is not judged again
    must(rejudge(graded, "--apply"))
    must_be_applied(graded, NEW)


@pytest.mark.parametrize(("how", "step"), MOMENTS)
def test_killed_at_any_moment_what_was_decided_is_recorded(graded, how, step):
    must(rejudge(graded))
    killed = rejudge(graded, *how, changes=[(faults.die_at_the_step, step)])
    assert killed.returncode in (-signal.SIGKILL, 0), killed.stderr[-2000:]
    # A class run and a report in between grade nobody, and leave what was begun.
    must(grade(graded, changes=[canned.grade_nobody]))
    must(tiny.autograder(graded.root, "report"))
    if killed.returncode and pending(graded) is not None:
        must(rejudge(graded, *how))
    must_be_applied(graded, WAYS[how])
    must(grade(graded, changes=[canned.grade_nobody]))
    given = [(e["student"], e["score"]) for e in Journal(graded.root).events() if e["event"] == Event.GRADED]
    applied = [(s, score) for s, score in NEW.items() if how == ("--apply",) or (s == "sample-b" and "--apply" in how)]
    assert sorted(given) == sorted([*OLD.items(), *applied]), "each once"
    closed = [e for e in Journal(graded.root).events() if e["event"] == Event.REJUDGED]
    assert [(e["applied"], e["applied"] + e["kept"]) for e in closed] == [(len(applied), 3)]


def stopped_half_way(lesson: Lesson) -> None:
    """A rejudging whose applying, only up, was killed in the middle of the one student who gains."""
    must(rejudge(lesson))
    killed = rejudge(
        lesson, "--apply", "--only-up", changes=[(faults.die_before_the_folder_is_in_its_place, "sample-b")]
    )
    assert killed.returncode == -signal.SIGKILL


def test_an_applying_that_was_killed_is_brought_to_its_end_though_the_checks_changed(graded):
    stopped_half_way(graded)
    made_with = pending(graded).facts
    change_the_checks(graded)
    on = "autograder rejudge 01_halves --apply --only-up"
    assert on in must(rejudge(graded), 3)
    assert on in must(grade(graded, changes=[canned.grade_nobody]))
    assert on in must(tiny.autograder(graded.root, "export", "long")), "some are new and others old"
    said = must(rejudge(graded, "--apply", "--only-up"))
    assert "the hidden checks changed since this rejudging" in said
    must_be_applied(graded, {**NEW, "sample-c": 10.0})
    event = Journal(graded.root).grades(graded.name)["sample-b"]
    assert event["with"][CHECKS] == made_with[CHECKS] and event["was"]["score"] == 5.0
    assert "the hidden checks changed; graded anew: sample-a, sample-b, sample-c" in must(grade(graded))


def test_an_applying_that_was_killed_can_be_left_off_where_the_points_changed(graded):
    stopped_half_way(graded)
    give_points(graded, 3, 5)
    before = state(graded)
    said = must(rejudge(graded, "--apply", "--only-up"), 3)
    assert f"Put {graded.release} back as it was" in said and "autograder rejudge 01_halves --discard" in said
    assert state(graded) == before
    said = must(rejudge(graded, "--discard", "--json", "out.json"))
    assert "0 new grades applied, 1 grade kept, 2 submissions left as they are" in said
    told = json.loads((graded.root / "out.json").read_text())
    assert told["not_applied"] == ["sample-b", "sample-c"] and len(told["submissions"]) == 3
    must(grade(graded))
    assert scores(graded) == {"sample-a": 8.0, "sample-b": 8.0, "sample-c": 3.0}


def test_an_applying_that_can_go_on_is_not_discarded_and_a_discarding_not_applied(graded):
    stopped_half_way(graded)
    assert "--apply --only-up" in must(rejudge(graded, "--discard"), 3)
    must(rejudge(graded, "--apply", "--only-up"))
    change_the_checks(graded)
    must(rejudge(graded))
    killed = rejudge(graded, "--discard", changes=[(faults.die_before_the_journal_says_so, "sample-b", Event.STANDS)])
    assert killed.returncode == -signal.SIGKILL
    for other in ((), ("--apply",)):
        assert "autograder rejudge 01_halves --discard" in must(rejudge(graded, *other), 3)
    assert "Discarded. 3 grades stay" in must(rejudge(graded, "--discard"))


def test_what_stops_an_applying_before_it_begins_leaves_the_decision_open(graded):
    must(rejudge(graded))
    before = state(graded)
    assert "There is no sandbox" in must(rejudge(graded, "--apply", changes=[faults.have_no_sandbox]), 3)
    assert state(graded) == before
    assert pending(graded).state == State.PENDING
    must(rejudge(graded, "--apply", "--only-up"))


def test_a_part_of_a_rejudging_that_was_stopped_is_not_taken_for_the_whole(graded):
    assert rejudge(graded, changes=[(faults.die_before_it_is_kept, "sample-b")]).returncode == -signal.SIGKILL
    assert "a rejudging of more students was stopped" in must(rejudge(graded, "--student", "sample-c"))
    assert "stopped before its end" in must(rejudge(graded, "--apply"), 3)
    before = state(graded)
    assert "no grade counts as judged by it" in must(rejudge(graded, "--discard"))
    assert state(graded) == before
    assert "graded anew: sample-a, sample-b, sample-c" in must(grade(graded)), "the whole class by one course"
