"""Cards, summaries and their words are made from a stored result alone."""

from __future__ import annotations

import json

import pytest

from autograder import words
from autograder.reports import cards
from autograder.reports.rows import rows_of
from autograder.results import CellResult, CheckResult, Outcome, Result, Verdict


def result_of(**changes) -> Result:
    cell = CellResult("a_check", "Exercise 1.1 · A", Verdict.GRADED, 1.0, 1.0, "All checks passed.")
    return Result(**{**dict(lesson="l", notebook="n", verdict=Verdict.GRADED, score=1.0, max_score=1.0, seconds=0.0, sandbox="s", cells=[cell]), **changes})  # fmt: skip


def told_in_full() -> Result:
    """A result with every kind of cell and check."""
    outcomes = [Outcome.PASSED, Outcome.FAILED, Outcome.OFF, Outcome.TIMEOUT]
    checks = [
        CheckResult(
            f"check_{outcome}",
            "a",
            f"It is {outcome}",
            1.0,
            outcome,
            "" if outcome == Outcome.PASSED else f"Why `{outcome}`.",
        )
        for outcome in outcomes
    ]
    waiting = CheckResult("late", "a", "It waits", 1.0, Outcome.PASSED, "", needs="check_failed")
    blank = [CheckResult("c", "b", "It is", 1.0, Outcome.BLANK, "Not answered yet.")]
    cells = [
        CellResult("a_check", "1.1 · A", Verdict.GRADED, 1.0, 3.0, "Why `failed`.", [*checks, waiting], "Visible.", carried="The course's own."),
        CellResult("b_check", "1.2 · B", Verdict.GRADED, 0.0, 3.0, "Not answered yet.", blank, blank=True),
        CellResult("c_check", "1.3 · C", Verdict.GRADED, 3.0, 3.0, "All checks passed.", [checks[0]]),
        CellResult("d_check", "1.4 · D", Verdict.INFRA, None, 3.0, "The grader failed."),
    ]  # fmt: skip
    return result_of(cells=cells, score=4.0, max_score=12.0, repairs=["a: moved"], timings={"cells": 1.0})


def test_cards_and_summary_are_made_from_a_stored_result_alone():
    live = told_in_full()
    stored = Result.restored(json.loads(json.dumps(live.stored())))
    assert [cards.card_html(cell) for cell in stored.cells] == [cards.card_html(cell) for cell in live.cells]
    assert cards.summary_html(stored) == cards.summary_html(live)
    card = cards.card_html(stored.cells[0])
    for part in ("It is passed", "Why <code", "Not asked, and not counted", "Not counted yet", "The check in the notebook said: Visible.", "The course&#39;s own."):  # fmt: skip
        assert part in card, part


def test_an_error_of_a_library_is_said_once_whatever_the_shapes():
    said = [
        "No such axis. `f` raised ValueError: (1, 9, 7)",
        "No such axis. `f` raised ValueError: (1, 5, 4)",
        "It is 1.",
        "It is 2.",
    ]
    checks = [CheckResult(f"c{n}", "a", f"It is {n}", 1.0, Outcome.FAILED, text) for n, text in enumerate(said)]
    rows = rows_of(CellResult("a", "1.1 · A", Verdict.GRADED, 0.0, 4.0, said[0], checks))
    assert [row.message for row in rows] == [said[0], "The same as above.", *said[2:]]


def test_a_result_that_the_version_before_stored_is_still_shown():
    """It has no version, and its cells have no checks: a card then says the cell's message, and the summary is the same."""
    live = told_in_full()
    stored = json.loads(json.dumps(live.stored()))
    del stored["version"], stored["timings"]
    kept = ("id", "verdict", "points", "max_points", "message", "title", "blank")
    stored["cells"] = [{key: cell[key] for key in kept} for cell in stored["cells"]]
    old = Result.restored(stored)
    assert cards.summary_html(old) == cards.summary_html(live)
    for before, cell in zip(live.cells, old.cells, strict=True):
        card = cards.card_html(cell)
        assert before.title in card and cards.points_text(cell.points, cell.max_points) in card
        assert str(cards.ticks(before.message)) in card


def test_one_of_a_thing_is_singular():
    assert "1 / 1 point" in cards.summary_html(result_of()) and "1 points" not in cards.summary_html(result_of())
    less = cards.summary_html(result_of(score=0.0), late_penalty=1.0, about=cards.About(student="s", late="1 hour"))
    assert "Handed in 1 hour late: 1 point less." in less
    open_cell = CellResult("a_check", "Exercise 1.1 · A", Verdict.GRADED, 0.0, 1.0, "No.")
    assert "0 of 1 exercise complete" in cards.summary_html(result_of(cells=[open_cell], score=0.0))


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 pairs"), (1, "1 pair"), (1.0, "1 pair"), (1.5, "1.5 pairs"), (2, "2 pairs"), (12345, "12,345 pairs")]
)  # fmt: skip
def test_numbers_with_their_nouns(number, said):
    assert words.counted(number, "pair") == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 second"), (59, "59 seconds"), (60, "1 minute"), (61, "1 minute 1 second"), (3599.5, "1 hour"), (3600, "1 hour"), (5400, "1 hour 30 minutes"),
        (86400, "1 day"), (86399, "1 day"), (91800, "1 day 2 hours"), (172801, "2 days 1 hour"),
    ],
)  # fmt: skip
def test_lengths_of_time(seconds, said):
    assert words.duration(seconds).replace("24 hours", "1 day").replace("60 minutes", "1 hour") == said


def card_of(messages: list[str], visible: str) -> str:
    checks = [CheckResult(f"c{n}", "a", f"It is {n}", 1.0, Outcome.FAILED, text) for n, text in enumerate(messages)]
    return cards.card_html(CellResult("a_check", "1.1", Verdict.GRADED, 0.0, 3.0, messages[0], checks, visible))


def test_a_card_says_nothing_twice():
    long = "The layers do not fit: (3, 4) and (4, 3)."
    card = card_of([long, "Something else.", long, long], f"{long}\n")
    assert card.count(long) == 1 and card.count("The same as above.") == 2
    assert "The check in the notebook said" not in card
    assert "The check in the notebook said: Another cause." in card_of([long], "Another cause.")


def test_a_check_that_does_not_count_yet_is_not_said_to_hold():
    """It may have passed because there was nothing that it could look at."""
    result = told_in_full()
    (row,) = [row for row in rows_of(result.cells[0]) if row.title == "It waits"]
    assert row.sign == "○" and row.message == "Not counted yet: the first check of this exercise has to pass first."
