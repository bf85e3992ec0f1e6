"""What a rejudging would change, side by side: whose score rises or falls, and because of which checks; for which course a grade stands."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from autograder.course.catalog import Lesson
from autograder.grading import freshness
from autograder.grading.journal import Event, Journal
from autograder.grading.pending import Head, Judged, Pending, State
from autograder.reports.rejudged import Change, Comparison, Mark, Row, above, as_json, checks, console_view, matrix
from autograder.results import CellResult, CheckResult, Outcome, Result, Verdict
from autograder.settings import Settings

LESSON = "01_halves"


def check(name: str, passed: bool, weight: float = 1.0) -> CheckResult:
    return CheckResult(name, "half", name, weight, Outcome.PASSED if passed else Outcome.FAILED, "" if passed else "no")


def result(points: float | None, *found: CheckResult, worth: float = 10.0, verdict=Verdict.GRADED) -> Result:
    cells = [CellResult("half_check", "Half", verdict, points, worth, "", list(found))]
    return Result(LESSON, LESSON, verdict, points, worth, 0.0, "namespaces", cells=cells)


def row(old: float | None, new: float | None, *, student="sample", before=None, after=None, penalty=0.0) -> Row:
    marks = Mark(old, 0.0, 10.0), Mark(new, penalty, 10.0)
    return Row(student, *marks, before or result(old), after or result(new))


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (5.0, 7.5, Change.GAINS),
        (7.5, 5.0, Change.LOSES),
        (5.0, 5.0, Change.SAME),
        (0.1 + 0.2, 0.3, Change.SAME),
        (None, 0.0, Change.GAINS),
        (5.0, None, Change.WAITS),
        (None, None, Change.SAME),
    ],
)
def test_what_becomes_of_a_score(old, new, change):
    assert row(old, new).change == change


def test_what_is_taken_off_for_lateness_counts():
    assert row(5.0, 7.0, penalty=3.0).change == Change.LOSES


def test_the_reason_is_a_check_or_its_weight():
    before = result(5.0, check("a", True), check("b", False), check("gone", True))
    after = result(7.5, check("a", True, 3.0), check("b", False), check("new", False))
    (one,) = row(5.0, 7.5, before=before, after=after).exercises()
    assert one.checks == [
        "gone: passed → none",
        "new: none → failed",
        "a: 33% → 60% of the points",
        "b: 33% → 20% of the points",
    ]


def test_an_exercise_that_is_as_it_was_is_not_listed():
    same = row(5.0, 5.0, before=result(5.0, check("a", True)), after=result(5.0, check("a", True)))
    assert same.exercises() == []
    assert matrix([same]) == {"some points": {"some points": 1}} and checks([same]) == {}


def test_a_matrix_says_from_what_to_what():
    rows = [
        row(10.0, 0.0),
        row(10.0, 5.0),
        row(None, 5.0, before=result(None, verdict=Verdict.REVIEW)),
        row(0.0, 0.0, after=result(0.0, verdict=Verdict.TIMEOUT)),
    ]
    assert matrix(rows) == {
        "all points": {"some points": 1, "no points": 1},
        "no points": {"TIMEOUT": 1},
        "REVIEW": {"some points": 1},
    }


def test_the_table_names_who_loses_first_and_writes_names_as_they_are():
    rows = [row(5.0, 6.0, student="gains"), row(6.0, 5.0, student="[red]loses\x1b[2J"), row(5.0, 5.0, student="quiet")]
    screen = io.StringIO()
    found = Comparison(LESSON, rows, {"broken": "out of\nmemory"}, ["gone: taken away"], {"the hidden checks": 3})
    Console(file=screen, width=160).print(console_view(found))
    text = screen.getvalue()
    assert text.index("[red]loses") < text.index("gains  ") and "\x1b" not in text
    assert "quiet" not in text, "whoever keeps the score is counted only"
    assert "4 submissions: 1 would gain, 1 lose, 1 keep their score, the grader failed on 1." in text
    assert "broken: the grader failed, the old grade stays: out of memory" in text and "Left out: gone" in text
    assert as_json(found)["totals"] == {"gains": 1, "loses": 1, "waits": 0, "same": 1, "failed": 1, "left_out": 1}


def test_a_grade_that_stands_is_as_good_as_one_of_that_day(tmp_path):
    journal, lesson = Journal(tmp_path), Lesson(LESSON, tmp_path)
    about = {"lesson": LESSON, "student": "sample", "handed": "1"}
    journal.add(Event.GRADED, **about, **{"with": {"the hidden checks": "old", "the due date": "May"}})
    journal.add(Event.STANDS, **about, **{"with": {"the hidden checks": "new"}}, rejudging="1")

    def changed(**now: str) -> list[str]:
        today = {"the hidden checks": "new", "the due date": "May"} | now
        return freshness.changed(journal.grades(LESSON)["sample"], today, lesson)

    assert changed() == []
    assert changed(**{"the hidden checks": "old"}) == [], "the grade was given with these"
    assert changed(**{"the hidden checks": "others"}) == ["the hidden checks"]
    assert changed(**{"the due date": "June"}) == ["the due date"], "lateness is reckoned all the same"
    assert journal.last(LESSON)["sample"]["event"] == Event.GRADED
    # Another submission has another grade.
    journal.add(Event.GRADED, **{**about, "handed": "2"}, **{"with": {"the hidden checks": "older"}})
    assert changed() == ["the hidden checks"]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"score": 5.0}, {"score": 2.5}, "5 → 2.5 points"),
        ({"score": 5.0}, {"score": 5.0}, ""),
        ({"score": 5.0}, {"score": None}, ""),
        ({"score": 5.0}, {"score": 2.0, "handed": "2"}, ""),
        ({}, {"score": 2.0}, ""),
    ],
)
def test_points_are_lost_by_a_new_grade_of_the_same_submission(before, now, said):
    assert freshness.points_lost({"handed": "1", **before}, {"handed": "1", **now}) == said


def test_a_grade_that_stands_is_judged_by_the_course_that_asks_least_for_a_new_one():
    """Given with release A, kept by a rejudging with release B after an upgrade; then A came back."""
    other = {freshness.RELEASE: "B", freshness.GRADER: "new", freshness.LIMITS: "new"}
    event = {
        "with": {freshness.RELEASE: "A", freshness.GRADER: "old", freshness.LIMITS: "old"}, "stands": [{"with": other}],
    }  # fmt: skip
    assert freshness.regrade_reasons(event, {**other, freshness.RELEASE: "A"}, Lesson(LESSON, Path())) == []
    assert freshness.regrade_reasons(event, other, Lesson(LESSON, Path())) == []
    assert freshness.regrade_reasons(event, {**other, freshness.RELEASE: "C"}, Lesson(LESSON, Path())) == [
        freshness.RELEASE
    ]


def test_a_class_that_keeps_its_scores_buries_nobody_who_does_not():
    before, after = result(5.0, check("a", True)), result(5.0, check("a", True), check("new", True))
    same = [row(5.0, 5.0, student=f"same-{number}", before=before, after=after) for number in range(30)]
    hidden = Row(
        "by-hand",
        Mark(4.0, 0.0, 10.0, {"half_check": 4.0}),
        Mark(4.0, 0.0, 10.0, {"half_check": 4.0}),
        before,
        result(9.0),
    )
    found = Comparison(LESSON, [*same, row(5.0, 6.0, student="gains"), hidden])
    screen = io.StringIO()
    Console(file=screen, width=160).print(console_view(found))
    text = screen.getvalue()
    assert "gains" in text and "by-hand" in text and "same-" not in text
    assert "With the same score, but not by the same checks: 30 submissions" in text
    assert len(as_json(found)["submissions"]) == 32


def test_a_grade_that_stays_is_above_what_an_exercise_is_worth_now():
    fell = result(1.0, worth=3.0)
    assert above({}, result(5.0, worth=5.0), fell) == ["Half: 5 of 3"]
    assert above({}, result(3.0, worth=5.0), fell) == above({"half_check": 2.0}, result(5.0, worth=5.0), fell) == []
    assert above({"half_check": 4.0}, result(None, worth=5.0), fell) == ["Half: 4 of 3"]
    assert above({}, result(None, worth=5.0), fell) == []


def test_what_an_earlier_rejudging_left_is_never_read_as_one_of_the_next(tmp_path, monkeypatch):
    """Nothing of it can be removed."""
    course = Settings.load(tmp_path)
    pending = Pending(course, LESSON)
    head = Head(pending.new_id(), "", State.APPLYING, {}, "secret")
    pending.say(head)
    pending.keep("sample", Judged("1", "", result(5.0)))
    pending.decide({"applied": ["sample"]})
    assert Pending(course, LESSON).students() == [], "nobody has asked of which rejudging"
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    pending.close(replace(head, state=State.APPLIED), {})
    assert pending.head() is None and pending.students() == []
    following = Head(pending.new_id(), "", State.APPLYING, {}, "secret")
    pending.say(following)
    again = Pending(course, LESSON)
    assert following.id != head.id and again.head() == following
    for one in (pending, again):
        assert one.students() == [] and one.judged("sample") is None and one.report() is None
