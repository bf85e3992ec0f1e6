"""What `make test` leaves to `make test-all`: tests that take long, of which a sibling proves the same kind. Measured with `--durations`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

SLOW = re.compile(
    "|".join(
        (
            # Lesson 4's networks with each odd value; the other lessons have them all.
            r"test_grade\.py::test_a_wrong_value.*\[04_alpha_model-(?!None)",
            r"test_odd_values\.py::test_an_odd_value.*04_alpha_model",
            # Whole notebooks of the later lessons, run again for another question.
            r"test_lessons\.py::test_students_validate_button.*\[0[234]",
            r"test_selfcheck\.py::.*\[04",
            # A class of lesson 1 with nbgrader; small classes go through the same commands in other files.
            r"test_nbgrader\.py::",
            # The demo, in each of the ways to start it.
            r"test_cli\.py::test_the_demo",
            r"test_scratch\.py::test_a_command_that_makes_a_course.*\[(demo|tests)",
            # Environments, by each of the doors.
            r"test_environment\.py::test_all_variables_together.*\[(formgrader|autograde)",
            r"test_environment\.py::test_the_doctor_says_so",
            r"test_environment\.py::test_no_bare_environment.*\[(?!cron)",
            # What was changed in a course, by whom: one of a kind.
            r"test_stale\.py::test_a_changed_course.*\[(?!the hidden checks)",
            r"test_stale\.py::test_a_page_is_made_again_when_a_human.*\[(?!by_hand)",
            r"test_stale\.py::test_lateness_is_reckoned.*\[(?!the due date)",
            r"test_course_folders\.py::test_a_broken_release.*\[(?!\])",
            r"test_course_folders\.py::test_two_instructors",
            r"test_environment\.py::test_no_umask.*\[(?!077)",
            r"test_environment\.py::test_no_variable_changes_a_grade\[(PYTHONPATH|HOME|TMPDIR|MPLBACKEND)\]",
            r"test_scratch\.py::test_a_command_that_makes_a_course.*\[bench",
            r"test_scratch\.py::test_plain_nbgrader_reads_these_places\[(?!home)",
            r"test_build\.py::test_nbgraders_own_command.*\[0[234]",
            # Lessons that nothing was done in, but for the first and the last.
            r"test_lessons\.py::test_the_untouched_lesson.*\[0[23]",
            # What only bears the right name: an optimizer, a loss, a model, a wiring.
            r"test_named_alike\.py::test_what_only_bears.*\[(?!an optimizer of the name RMSprop|a loss of the name mse|a model of the name Functional|two outputs)",
            r"test_long_cells\.py::test_a_long_cell_takes_no_longer.*\[(?!ampersands|questions|strings)",
            # What waits for limits to pass.
            r"test_messages\.py::test_(the_ways_back|a_cell_that_talks_on)",
            r"test_leftovers\.py::test_a_grader_that_is_ended.*\[9",
            r"test_switched_off\.py::test_a_check_that_the_courses_own",
            r"test_remainder\.py::test_what_is_done_at_the_top",
            # Texts that would take for ever to be drawn, one of a kind is enough.
            r"test_shown\.py::test_what_would_take_for_ever.*\[(?!formulas)",
        )
    )
)


def slow_but_the_first(values: Iterable[Any], group: Callable[[Any], str], name: Callable[[Any], str]) -> list[Any]:
    """Return parameters of a test: of each group the first, and the others marked as slow. A value of group "" is always tried.

    name: the id of a value.
    """
    parameters, seen = [], set()
    for value in values:
        of = group(value)
        parameters.append(pytest.param(value, id=name(value), marks=[pytest.mark.slow] if of and of in seen else []))
        seen.add(of)
    return parameters
