"""The figures of a class: what can be worked out by hand, what is not known, and messages that differ in figures alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports import statistics
from autograder.reports.statistics import Entry, commonest, correlation, figures_of, who_needs_help
from autograder.results import CellResult, CheckResult, Outcome, Result, Verdict


def check(name: str, passed: bool | None, message: str = "") -> CheckResult:
    outcome = Outcome.OFF if passed is None else Outcome.PASSED if passed else Outcome.FAILED
    return CheckResult(name, "x", f"Title of {name}", 1.0, outcome, message)


def cell(name: str, points: float | None, whole: float = 4.0, checks=(), blank: bool = False) -> CellResult:
    verdict = Verdict.REVIEW if points is None else Verdict.GRADED
    return CellResult(name, f"Exercise {name}", verdict, points, whole, "", list(checks), blank=blank)


def entry(student: str, *cells: CellResult, score: float | None = None, reason: str = "") -> Entry:
    points = [one.points for one in cells]
    sure = None not in points and points
    own = sum(points) if sure else None
    verdict = Verdict.GRADED if sure else Verdict.REVIEW
    result = Result("01", student, verdict, own, 8.0, 0.1, "none", cells=list(cells), reason=reason)
    return Entry(student, result, own if score is None else score)


def test_the_figures_of_an_exercise_are_those_that_one_works_out_by_hand():
    """Five students: a has 4, 4, 2, 0, 0 of 4 points; b the other way round, so that they tell opposite things."""
    entries = [
        entry(f"s{i}", cell("a", a), cell("b", 4 - a, blank=a == 4)) for i, a in enumerate((4.0, 4.0, 2.0, 0.0, 0.0))
    ]
    found = figures_of("01", entries)
    a, b = found.exercises
    assert (a.id, a.mean, a.difficulty, a.full, a.blank, a.graded) == ("a", 2.0, 0.5, 2, 0, 5)
    assert a.discrimination == pytest.approx(-1) and b.discrimination == pytest.approx(-1)
    assert (b.full, b.blank) == (2, 2)
    assert found.scores == [4.0] * 5 and found.mean == found.median == 4.0 and found.max_score == 8.0


def test_the_discrimination_of_a_check_is_the_point_biserial_correlation():
    """By its formula: (mean of who passes − mean of who fails) / standard deviation · √(p·q)."""
    others = (4.0, 3.0, 2.0, 1.0, 0.0, 0.0)
    passes = (True, True, False, True, False, False)
    entries = [
        entry(f"s{i}", cell("a", 1.0, checks=[check("c", p, f"it is {i}")]), cell("b", o))
        for i, (p, o) in enumerate(zip(passes, others, strict=True))
    ]
    (only,) = figures_of("01", entries).exercises[0].checks
    mean = lambda some: sum(some) / len(some)  # noqa: E731
    right = mean([o for p, o in zip(passes, others, strict=True) if p])
    wrong = mean([o for p, o in zip(passes, others, strict=True) if not p])
    deviation = mean([(o - mean(others)) ** 2 for o in others]) ** 0.5
    assert only.discrimination == pytest.approx((right - wrong) / deviation * 0.5)
    assert (only.asked, only.passed, only.pass_rate) == (6, 3, 0.5)
    assert only.messages == [("it is 2", 3)]


def test_what_nobody_can_know_is_none():
    assert figures_of("01", []).mean is None
    alike = [entry(f"s{i}", cell("a", 4.0), cell("b", 1.0)) for i in range(9)]
    assert figures_of("01", alike).exercises[0].discrimination is None, "all are alike"
    few = [entry(f"s{i}", cell("a", float(i)), cell("b", float(i))) for i in range(statistics.FEWEST - 1)]
    assert figures_of("01", few).exercises[0].discrimination is None, "few"
    waits = figures_of("01", [entry("s", cell("a", None), reason="cut off")])
    assert (waits.submissions, waits.scores, waits.verdicts) == (1, [], {"REVIEW": 1})


def test_a_check_that_was_switched_off_was_asked_of_nobody():
    entries = [entry(f"s{i}", cell("a", 1.0, checks=[check("on", True), check("off", None, "why")])) for i in range(5)]
    assert [one.name for one in figures_of("01", entries).exercises[0].checks] == ["on"]


def test_messages_that_differ_in_figures_are_one_kind_and_the_commonest_comes_first():
    said = ["it is −3.5, not 4", "it is 12, not 4", "another", "", "it is 1e-07,\n not 4"]
    assert commonest(said) == [("it is −3.5, not 4", 3), ("another", 1)]


def test_who_has_least_comes_first_and_who_waits_for_a_human_is_not_among_them():
    lessons = {
        "01": [entry("all", cell("a", 4.0)), entry("some", cell("a", 2.0)), entry("none", cell("a", 0.0)), entry("cut", cell("a", None), reason="cut off")],
        "02": [entry("some", cell("c", 4.0)), entry("none", cell("c", 1.0)), entry("all", cell("c", 4.0))],
    }  # fmt: skip
    found = who_needs_help(lessons)
    assert [need.student for need in found] == ["none", "some"]
    assert [(lesson, one.id) for lesson, one in found[0].open] == [("01", "a"), ("02", "c")]
    assert found[1].share == 6 / 16


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=30))
def test_a_correlation_is_one_or_is_not_known(pairs):
    found = correlation([a for a, _ in pairs], [b for _, b in pairs])
    assert found is None or -1.0000001 <= found <= 1.0000001
