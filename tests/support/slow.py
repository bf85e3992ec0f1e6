"""What `make test` leaves to `make test-all`: tests that take long, of which a sibling proves the same kind. Measured with `--durations`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest

SLOW = re.compile(
    "|".join(
        (
            # A browser and a JupyterLab.
            r"tests/browser/",
            # Lesson 4's networks with each odd value, and those of lessons 5 and 6 with any; the other lessons have them all.
            r"test_grade\.py::test_a_wrong_value.*\[(0[56]_|04_alpha_model-(?!None)|(?!.*-(None|text|nan|\(|\[None\])))",
            r"test_odd_values\.py::test_an_odd_value.*0[456]_",
            # Whole notebooks of the later lessons, run again for another question.
            r"test_lessons\.py::test_students_validate_button",
            r"test_selfcheck\.py::.*\[0[456]",
            r"test_certificate\.py::test_(where_only|what_cannot.*\[a|it_is_made)",
            r"test_learning\.py::test_(marks_of_a_session_in_the_lessons|check_feeds|where_nothing.*\[\.)",
            # A class of lesson 1 with nbgrader; small classes go through the same commands in other files.
            r"test_(nbgrader|round_trip)\.py::",
            # The demo, in each of the ways to start it.
            r"test_cli\.py::test_the_demo",
            # A benchmark with both sides; this grader's side alone is quick.
            r"test_bench\.py::test_both_sides",
            # The command that grades: what its sibling in the same file, or that of the workers, proves in less time.
            r"test_grade_command\.py::test_(one_that_takes|at_the_end|whoever_grades.*nbgrader|a_gradebook_that_stays)",
            r"test_grade_command\.py::test_a_wrong_command_line.*\[(?!07_nothing)",
            # What comes up in a term: whole runs of several commands; a watch, a wrong time zone and a download of each LMS are quick.
            r"test_term\.py::test_(extra|in_a_group|a_gradebook_that|due|a_due|the_pages|a_wrong.*\[grade)",
            r"test_watch\.py::test_(who_had|who_hands|no_page|a_page|what_a_student|what_is_still|a_new_submission|a_named|a_watch_waits|what_goes|options.*line[12])",
            r"test_zip_collect\.py::test_(who_would|one_students|a_full_disk|a_roster.*utf-16|moodles.*flat|a_damaged)",
            # A cluster that loses something, or has workers of several kinds; a small one is quick.
            r"test_cluster\.py::test_(after_three|a_worker_with)",
            r"test_cluster_class\.py::test_(the_results|of_three|what_kills|ctrl_c|a_scheduler_that_goes|a_scheduler_that_cannot.*\[(?!tcp://127))",
            # An export that cannot be made, for each reason; tests/unit/test_lms.py has those of the file itself.
            r"test_lms\.py::test_what_cannot_be_exported.*\[arguments[1-9]",
            # What Gradescope is told where nothing is graded; a submission that is graded goes the same way.
            r"test_gradescope\.py::test_(where_no_sandbox|what_is_no_notebook.*\[None)",
            # Environments, by each of the doors.
            r"test_environment\.py::test_the_doctor_says_so",
            # What was changed in a course, by whom: one of a kind.
            r"test_stale\.py::test_a_changed_course.*\[(?!the hidden checks)",
            r"test_environment\.py::test_no_umask.*\[(?!077)",
            r"test_environment\.py::test_no_variable_changes_a_grade\[(?!PYTEST_ADDOPTS\]|PYTHONWARNINGS\])",
            # Whole runs, each for one more question; a run in odd folders, with late work or with a fault of each kind is quick in another file.
            r"test_lateness\.py::test_a_late_submission_is_late",
            r"test_course_folders\.py::",
            r"test_stale\.py::test_(who_was_taken_out|lateness_is_reckoned|a_page_is_made_again_when_a_human|with_other|a_release_with_other)",
            r"test_broken\.py::test_(a_locked_gradebook_is_waited.*\[8|a_sandbox_that_breaks|an_old_graded_folder)",
            r"test_killed\.py::test_(an_interrupted|a_killed_run_with_kernels)",
            r"test_grade_command\.py::test_(whoever_grades|points_that_a_human|where_the_grader_fails)",
            r"test_settings\.py::test_a_class_in_a_directory_of_its_own",
            r"test_environment\.py::test_with_what_switches",
            r"test_needed_cells\.py::test_(collected_answers.*03_normalization|own_cells_that_read.*\[a name of an example)",
            r"test_ended\.py::test_a_loop_without_end",
            r"test_workers\.py::test_one_that_takes_its_whole_time",
            r"test_cli\.py::test_what_cannot_be_graded",
            # A rejudging and a run for another platform, of which a sibling is quick.
            r"test_rejudge\.py::test_only_up",
            r"test_lms\.py::test_(one_student_of|single_exercises)",
            r"test_gradescope\.py::test_(what_is_no_notebook|a_submission_is_graded)",
            r"test_lms\.py::test_canvas_by",
            r"test_zip_collect\.py::test_canvas_late",
            r"test_watch\.py::test_what_is_no_submission.*\[(?!a link)",
            # A report of a class, of which others in the file are quick.
            r"test_report\.py::test_(a_name_turns|a_place_that|where_nothing)",
            r"test_publish\.py::test_(what_was_published_is|an_empty_clone|students_get_the_same)",
            # A session that is scored by the whole course in a zip; a small package goes the same way.
            r"test_scoring\.py::test_a_zip_of_the_whole_course",
            # The commands of the README and the guides, and the demo's folder from a wheel.
            r"test_guides\.py::(?!test_the_python)",
            r"test_scratch\.py::test_(the_wheel_carries|a_command_that_makes_a_course|plain_nbgrader)",
            # Faults and states of a course folder, of which a sibling is quick.
            r"test_killed\.py::test_a_killed_run_goes.*\[(before_the_copy|in_the_transaction|behind_the)",
            r"test_killed\.py::test_(a_run_whose_output|what_costs_workers|a_run_killed_while.*\[while)",
            r"test_broken\.py::test_(grading_again_changes|a_failed_regrade)",
            r"test_killed\.py::test_a_run_killed_while_it_compares",
            r"test_broken\.py::test_a_full_disk.*\[(0|60)",
            r"test_stale\.py::test_(what_one_command|points_that_were|lateness_that_is|an_extension|a_page_is_made_again_when_its|with_other.*\[(the limits|the sandbox))",
            r"test_shown\.py::test_(a_page_that_takes|many_cells|what_would_take|a_submission_that_cannot_be_shown|many_and_large)",
            r"test_integrity\.py::test_(a_comparison_that_fails|what_a_human_has_seen|the_same_weights_are|the_formgrader_says|the_report_names|what_is_kept)",
            r"test_alike_weights\.py::test_(a_network_that_was_trained|weights_whose_least|a_class_of_sixty|trainings_of_their_own)",
            r"test_pages\.py::test_a_page_says_that_there_was_no_sandbox",
            r"test_build\.py::test_nbgraders_own_command",
            r"test_visible\.py::test_what_python_and_a_lesson",
            r"test_packages\.py::test_a_lesson_with_opencv",
            r"test_visible_installed\.py::test_(a_prefix|a_target|the_users_own|the_systems_python|an_editable)",
            # One text of those that are no notebook, one door, one variable.
            r"test_cli\.py::test_less_than_full",
            r"test_environment\.py::test_(all_variables_together|no_bare)",
            r"test_environment\.py::test_with_such_a_flag",
            # What is kept of a network, for each kind; the ways in which a process that has worked for others is replaced.
            r"test_kept\.py::test_a_network_is_trained_to.*\[the lesson",
            r"test_kept\.py::test_whatever_lies_in.*\[(?!with chance-rmsprop|a chain-adam)",
            r"test_kept\.py::test_what_may_be_due.*\[(?!StudentTooMuch)",
            # Rejudging: what its siblings in the same file prove in less time, or for another step.
            r"test_rejudge\.py::test_(what_is_discarded|while_nobody|what_a_human|whoever|one_student|what_the_grader|a_course_that|what_cannot|a_regrade|it_works|what_is_applied|points_that|no_grade_stays)",
            r"test_rejudge_killed\.py::",
            # Kernels and networks that end.
            r"test_request_line\.py::test_(who|of_a|a_function).*\[none",
            r"test_request_line\.py::test_a_line_of.*-(StudentTimeout|StudentError)",
            r"test_ended\.py::test_a_function_that_kills.*\[import signal",
            r"test_ended\.py::test_(a_loop_that_ignores|two_early|a_function_that_ends_its_process)",
            r"test_remainder\.py::test_a_cell_that_fails.*(pthread_sigmask|while True: pass-also3|bytearray)",
            r"test_grade\.py::test_(the_same_submission_gets|hidden_inputs_are_drawn_anew|a_part_of_the_points|wrong_answers_cost)",
            r"test_carried\.py::test_in_a_notebook_too.*\[raise",
            r"test_sandbox_notebooks\.py::test_(right_answers|messages_that_nobody_reads|the_doctor_says)",
            r"test_sandbox_limits\.py::test_what_many_processes",
            r"test_worker\.py::test_(a_process_that_something_else_ends.*\[9|a_process_that_cannot|the_graders_own_memory|it_gets_nothing)",
            r"test_workers\.py::test_(a_submission_comes_back|a_worker_that_is_thought|a_worker_that_other_programs)",
            r"test_fair_time\.py::test_who_has_a_fifth",
            r"test_checks\.py::test_a_right_answer_in_another_style_passes\[04-compile_alpha-names",
            r"test_threshold\.py::test_(wrong_networks|a_network_that_holds)",
            r"test_threshold\.py::test_the_reference_network.*\[(?!portrait-grb)",
            r"test_training\.py::test_the_engine_does.*\[(?!.*chain)",
            # The reference's answers, which the lesson's solution has too.
            r"test_checks\.py::test_the_reference_passes_every_hidden_check\[0[56]",
            # Weights beside the notebook, in whole lessons; tests/networks/test_learning.py has what is said of them.
            r"test_handed_in\.py::",
            # Lessons that nothing was done in, but for the first.
            r"test_lessons\.py::test_the_untouched_lesson.*\[0[2-6]",
            # Right networks' visible checks; what only bears the right name: an optimizer, a loss, a model, a wiring.
            r"test_named_alike\.py::test_a_right_answer",
            r"test_named_alike\.py::test_what_only_bears.*\[(?!an optimizer of the name RMSprop|two outputs)",
            r"test_long_cells\.py::test_a_long_cell_takes_no_longer.*\[(?!ampersands|questions|strings)",
            # The bench on a real class; a class on a cluster, and one whose graders die.
            r"test_bench\.py::test_this_grader_alone",
            r"test_cluster_class\.py::test_a_cluster_grades_a_class",
            # The training engine's bits and loops, over several starts of TensorFlow or JAX.
            r"test_kept\.py::test_a_network_is_trained_to_the_same_bits",
            r"test_backends\.py::test_on_jax_no_convolution",
            # What waits for limits to pass.
            r"test_fair_time\.py::test_(what_its_cell.*\[(?!waits for a child)|who_has.*\[1\.0)",
            r"test_(workers|sandbox_limits)\.py::test_a_(worker|program)_that_other.*\[1\.0",
            r"test_messages\.py::test_(the_ways_back|a_cell_that_talks_on)",
            r"test_leftovers\.py::test_a_grader_that_is_ended",
            r"test_switched_off\.py::test_a_check_that_the_courses_own",
            # Of several of a kind one is quick: ends of a kernel, of a worker, styles of an answer, scripts that come home.
            r"test_remainder\.py::test_a_rest_that_ends.*\[(def ends|class Ends)",
            r"test_workers\.py::test_what_comes_of_making_ready.*\[(?!mistake)",
            r"test_checks\.py::test_a_right_answer_in_another_style_passes\[04-(train_alpha|colorize|experiment)",
            r"test_adopt\.py::test_a_notebook_that_was_not_edited.*\[0[2-6]",
            r"test_request_line\.py::test_after_a_function_without_end.*\[none",
            r"test_kept\.py::test_(programs_of_other_shapes|what_may_be_due)",
            r"test_visible_installed\.py::test_an_ordinary_user",
            r"test_wrong_answers\.py::test_a_wrong_answer_is_told_its_cause\[04-(train_alpha|experiment)",
            r"test_grade_command\.py::test_four_broken",
            # The solutions of lessons 2 to 6 whole: lesson 1 is run whole, and the answers of lessons 1 to 4 pass their checks in test_checks.py.
            r"test_lessons\.py::test_the_solution_(gets_full_marks|runs_clean.*)\[0[2-6]",
            # Networks that are built and trained for one check's own wrong answer.
            r"test_wrong_answers\.py::test_a_wrong_answer_is_caught_by_its_check_alone\[04-(experiment|(build|compile|train)_alpha)",
            r"test_certificate\.py::test_without_a_notebook",
            r"test_wrong_answers\.py::test_a_wrong_answer_is_told_its_cause\[02-my_colours-test_five",
            # Lessons 5 and 6: what trains networks, as in lesson 4; the solutions train all of them.
            r"test_(wrong_answers|checks)\.py::test_a_(wrong|right)_answer.*\[0[56]-(train_(beta|classifier)|build_fusion|colour_with)-",
            r"test_wrong_answers\.py::test_a_wrong_answer_is_caught.*\[06-build_final",
            r"test_other_classes\.py::.*\[0[56]-",
            # One that is killed; one that comes to its end is quick.
            r"test_warm\.py::test_a_warm_process_ends_with_who.*\[kill",
            # What a sibling proves in less time: of lesson 4's wrong answers that each check alone catches them, of busy machines, of lost secrets.
            r"test_wrong_answers\.py::test_a_wrong_answer_is_told_its_cause\[04-(compile|build)_alpha",
            r"test_fair_time\.py::test_(what_spins|what_its_cell)",
            r"test_job\.py::test_the_same_report_comes",
            r"test_sandbox_notebooks\.py::test_going_without",
            r"test_worker\.py::test_a_process_that_something_else_ends",
            r"test_broken\.py::test_a_secret_that_was_lost",
            r"test_warm_kernels\.py::test_a_warm_process_that_was_killed",
            # Pictures of a class: what is drawn for whom is in tests/unit/test_drawn.py.
            r"nbgrader/test_pictures\.py::",
            # A certificate with a whole check of lesson 4; the picture alone is quick, and so are the ways that end before one.
            r"test_certificate\.py::test_(points_stand_on_it|where_nothing_can_be_checked|what_cannot_be_drawn.*\[(?!no ladder))",
            r"test_remainder\.py::test_(what_is_done_at_the_top|a_rest_that_takes_long)",
            # Networks that are built for checks of lessons 5 and 6; what is said of them is tried by their table of messages.
            r"test_(wrong_answers|checks)\.py::test_a_(wrong|right)_answer.*\[(05-build_beta|06-build_(classifier|final))",
            # Of trainings in the grader and of their calibration, one is quick.
            r"test_learning\.py::test_(a_third_start_is_tried.*\[near|a_kept_training)",
            r"test_calibrate_worlds\.py::test_(with_few_right|where_right_and_wrong)",
            # What an adversarial case proves, or a sibling.
            r"test_sandbox_notebooks\.py::test_(a_kernel_that_forges|a_cell_that_takes_too_much_memory)",
            r"test_named_alike\.py::test_what_only_bears.*\[an optimizer of the name RMSprop",
            r"test_grade_command\.py::test_ctrl_c",
            r"test_publish\.py::test_an_answer_in_what_was_added",
            # The way through a notebook and back, lesson by lesson; the first one's is quick.
            r"test_adopt\.py::test_a_script_says_the_same.*\[0[2-6]",
            # What nbgrader commands do in whole runs, of which a sibling is quick.
            r"nbgrader/test_lms\.py::",
            r"test_cluster_class\.py::test_(a_scheduler|without_the_extra)",
            r"test_broken\.py::test_(two_graders|a_corrupt_gradebook.*\[its head|a_solution_that_fails)",
            r"test_cli\.py::test_(build_check|each_exit_status|a_fault_of_the_grader)",
            r"test_export\.py::test_(a_full_disk|a_bad_target|columns_are|a_target_that)",
            r"test_gradescope\.py::test_the_zip_has",
            r"test_grade_command\.py::test_a_folder_that_is_no_course",
            r"test_killed\.py::test_a_killed_run_goes.*\[before_(it_is_run|the_folder)",
            r"test_report\.py::test_(anonymous_means|what_a_human_gave|the_same_as_data)",
            r"test_stale\.py::test_lateness_that_cannot",
            r"test_submitted\.py::test_(a_folder_whose_name|a_student_whom|only_pictures|the_gradebook_holds)",
            r"test_watch\.py::test_a_student_called_star",
            r"test_zip_collect\.py::test_a_roster.*\[cp1252",
            r"test_settings\.py::test_nbgraders_configuration",
            r"test_environment\.py::test_no_variable.*\[PYTHONWARNINGS",
            # What is published: each answer in turn, and what stands in the README; a lesson with a solution in it is quick.
            r"test_publish\.py::test_(every_answer|a_lesson_with_a_solution.*\[beside|the_links|the_readme|without_an_address)",
            # Students who are made up for a benchmark, mutants of the answers, a lesson that is made with shared set-up.
            r"test_bench_grading\.py::test_students_hand_in",
            r"test_mutants\.py::test_each_named",
            r"test_new_lesson\.py::test_its_solution.*\[with shared",
            # Workers, kernels and requests: one of each kind of end is quick.
            r"test_workers\.py::test_(while_one_works.*\[[01]|work_of_a_dead.*\[1|a_worker_that_dies_while.*\[False)",
            r"test_request_line\.py::test_(requests_over.*\[none|single_requests|who_closes|a_line_of.*(xff|ok))",
            r"test_remainder\.py::test_(pip_says|a_rest_that_ends|a_cell_that_fails.*\[(raise|import os))",
            r"test_messages\.py::test_a_cell_that_restarts.*\[(exit|get_ip)",
            r"test_sandbox_limits\.py::test_(a_program_that_others|quick_subprocesses)",
            r"test_needed_cells\.py::test_adversarial.*\[honest_async",
            # Results of other classes and odd values, in the lessons behind the first.
            r"test_other_classes\.py::test_what_passes.*\[0[246]-",
            r"test_odd_values\.py::test_an_odd_value.*\[(65|mixed).*0[23]_",
            r"test_grade\.py::test_a_wrong_value.*\[04",
            # Networks: one optimizer against `fit`, one start that is far from the goal, one process that takes too much.
            r"test_training\.py::test_the_engine_does.*\[(adam|sgd)",
            r"test_learning\.py::test_a_third_start",
            r"test_named_alike\.py::test_what_only_bears",
            r"test_kept\.py::test_(whatever_lies.*\[a chain|a_kept_trainer_holds)",
            r"test_worker\.py::test_a_network_that_takes_too_much",
            r"test_alike_weights\.py::test_weights_of_another_shape",
        )
    )
)


def slow_but_the_first(
    values: Iterable[Any],
    group: Callable[[Any], str],
    name: Callable[[Any], str],
    process: Callable[[Any], str] | None = None,
) -> list[Any]:
    """Return parameters of a test: of each group the first, and the others marked as slow. A value of group "" is always tried.

    name: the id of a value. process: values for which it is the same are tried in one process.
    """
    parameters, seen = [], set()
    for value in values:
        of = group(value)
        marks = [pytest.mark.slow] if of and of in seen else []
        marks += [pytest.mark.xdist_group(process(value))] if process else []
        parameters.append(pytest.param(value, id=name(value), marks=marks))
        seen.add(of)
    return parameters
