"""Faults that a test plants into one nbgrader command, by `Warm.run(changes=[...])`: the grader is killed at a step, or something breaks under it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from autograder import files
from autograder.errors import WorkerLost
from autograder.grading import class_run, pool
from autograder.grading.class_run import ClassRun
from autograder.grading.job import GradeJob, GradeReport, grade
from autograder.grading.journal import Event, Journal
from autograder.hosts.nbgrader import preprocessors
from autograder.hosts.nbgrader.host import NbgraderHost


def kill() -> None:
    """`kill -9` of this very process."""
    os.kill(os.getpid(), signal.SIGKILL)


def wrap(owner: Any, name: str, wrapper: Callable) -> None:
    """Put `wrapper(old, ...)` in the place of a function."""
    old = getattr(owner, name)
    setattr(owner, name, lambda *arguments, **named: wrapper(old, *arguments, **named))


# -- killed at a step -------------------------------------------------------------------------------------------------


def die_before_the_copy(student: str) -> None:
    def stage(old, run, name, submitted):
        return kill() if name == student else old(run, name, submitted)

    wrap(ClassRun, "_stage", stage)


def die_before_it_is_run(student: str) -> None:
    def graded(old, workers, job):
        return kill() if student in job.name else old(workers, job)

    wrap(class_run.Workers, "grade", graded)


def die_in_the_transaction(student: str) -> None:
    def assign(old, parent, book, notebook, assignment, name):
        old(parent, book, notebook, assignment, name)
        if name == student:
            book.db.flush()
            kill()

    wrap(preprocessors, "assign_penalty", assign)


def die_behind_the_transaction(student: str) -> None:
    def preprocess(old, record, notebook, resources):
        done = old(record, notebook, resources)
        return kill() if resources["nbgrader"]["student"] == student else done

    wrap(preprocessors.Record, "preprocess", preprocess)


def die_before_the_folder_is_in_its_place(student: str) -> None:
    def put(old, new, place, aside):
        return kill() if student in str(place) else old(new, place, aside)

    wrap(files, "put_in_place", put)


def die_before_the_journal_says_so(student: str) -> None:
    def add(old, journal, event, **facts):
        return kill() if event == Event.GRADED and facts["student"] == student else old(journal, event, **facts)

    wrap(Journal, "add", add)


def die_in_the_middle_of_a_line_of_the_journal(student: str) -> None:
    def add(old, journal, event, **facts):
        if event == Event.GRADED and facts["student"] == student:
            with open(journal.path, "a") as file:
                file.write('{"event": "grad')
                file.flush()
                kill()
        old(journal, event, **facts)

    wrap(Journal, "add", add)


def die_between_two_renames() -> None:
    def rename(old, source, target):
        old(source, target)
        if "old" in str(target):
            kill()

    wrap(os, "rename", rename)


def die_while_a_graded_notebook_is_written_anew() -> None:
    def write(old, path, content, protected=False, **options):
        return kill() if protected else old(path, content, protected=protected, **options)

    wrap(files, "write", write)


def die_before_the_journal_knows_of_a_pair() -> None:
    def add(old, journal, event, **facts):
        return kill() if event == Event.ALIKE else old(journal, event, **facts)

    wrap(Journal, "add", add)


# -- something breaks -------------------------------------------------------------------------------------------------


def break_grading() -> None:
    def broken(old, workers, job) -> NoReturn:
        raise ZeroDivisionError("division by zero")

    wrap(class_run.Workers, "grade", broken)


def submit_again_meanwhile(student: str, notebook: str) -> None:
    """While a submission is graded, another one takes its place. notebook: the path of the new one."""

    def stage(old, run, name, submitted):
        staged = old(run, name, submitted)
        if name == student:
            submitted.notebook.write_bytes(Path(notebook).read_bytes())
        return staged

    wrap(ClassRun, "_stage", stage)


def lose_workers_over(student: str) -> None:
    """Each worker that gets this student's job dies."""

    def do(old, workers, work, *arguments):
        if work is grade and student in arguments[0].name:
            raise WorkerLost("a worker ended with status -9")
        return old(workers, work, *arguments)

    wrap(pool.Workers, "do", do)


def lose_all_workers() -> None:
    def do(old, workers, work, *arguments) -> NoReturn:
        raise WorkerLost("a worker ended with status -9")

    wrap(pool.Workers, "do", do)


def change_the_checks_meanwhile(checks: str) -> None:
    """Behind the first submission the hidden checks change. checks: their file."""

    def put(old, new, place, aside):
        old(new, place, aside)
        with open(checks, "a") as file:
            file.write("# changed\n")

    wrap(files, "put_in_place", put)


def take_the_sandbox_away() -> None:
    """A worker's sandbox goes after it was proved."""
    pool.grade = grade_without_a_sandbox


def grade_without_a_sandbox(job: GradeJob) -> GradeReport:
    from autograder.sandbox import backend, box

    backend.choose()
    box.LINUX = "/nowhere/linux"
    return grade(job)


def fail_twice_at_the_place(student: str) -> None:
    """The new folder cannot take its place, and the old one not go back at once."""
    left = [2]

    def rename(old, source, target):
        if left[0] and str(target).endswith(f"autograded/{student}/01_halves") and "staging" not in str(target):
            left[0] -= 1
            raise OSError(28, "No space left on device")
        old(source, target)

    wrap(os, "rename", rename)


def break_lateness(student: str) -> None:
    """A penalty plug-in of the instructor's raises for one student."""

    def reckon(old, host, event, name, facts):
        if name == student:
            raise ZeroDivisionError("division by zero")
        return old(host, event, name, facts)

    wrap(NbgraderHost, "reckon_lateness_anew", reckon)
