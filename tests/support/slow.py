"""What `make test` leaves to `make test-all`: tests that take long, of which a sibling proves the same kind. Measured with `--durations`."""

from __future__ import annotations

import re

SLOW = re.compile(
    "|".join(
        (
            # Lesson 4's networks with each odd value; the other lessons have them all.
            r"test_grade\.py::test_a_wrong_value.*\[04_alpha_model-(?!None)",
            r"test_fuzz\.py::test_an_odd_value.*04_alpha_model",
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
