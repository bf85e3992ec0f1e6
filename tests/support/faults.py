"""Faults that a test plants into one nbgrader command, by `Warm.run(changes=[...])`: the grader is killed at a step, or something breaks under it."""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import shutil
import signal
import sqlite3
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import psutil
from sqlalchemy.orm import object_session

from autograder import files
from autograder.errors import NoSandbox, WorkerLost
from autograder.grading import class_run, kept, picturing, pool
from autograder.grading.class_run import ClassRun
from autograder.grading.journal import Event, Journal
from autograder.grading.pending import Pending
from autograder.grading.pool import Ended
from autograder.grading.task import Done, Task, carry_out
from autograder.hosts.nbgrader import gradebook, records
from autograder.hosts.nbgrader.host import NbgraderHost
from autograder.sandbox import backend


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
    def start(old, workers, key, *work):
        return kill() if key == student else old(workers, key, *work)

    wrap(class_run.Workers, "start", start)


def die_at_the_step(number: int) -> None:
    """Before the step of this number that changes something for good: a file, a line of the journal, a rename."""
    steps = itertools.count(1)

    def step(old, *arguments, **named):
        return kill() if next(steps) == number else old(*arguments, **named)

    for owner, name in ((files, "write"), (Journal, "add"), (os, "rename"), (Pending, "clear")):
        wrap(owner, name, step)


def have_no_sandbox() -> None:
    def choose() -> NoReturn:
        raise NoSandbox("There is no sandbox that a test would have.")

    backend.choose = choose


def die_in_the_transaction(student: str) -> None:
    def assign(old, parent, whole, saved):
        old(parent, whole, saved)
        if whole.student.id == student:
            object_session(whole).flush()
            kill()

    wrap(records, "assign_penalty", assign)


def die_in_the_gradebooks_transaction(student: str) -> None:
    """The same, but not where a copy of the gradebook is written to."""

    def assign(old, parent, whole, saved):
        old(parent, whole, saved)
        session = object_session(whole)
        if whole.student.id == student and Path(session.get_bind().url.database).parent == Path.cwd():
            session.flush()
            kill()

    wrap(records, "assign_penalty", assign)


def die_before_it_is_kept(student: str) -> None:
    """Before what a rejudging says of a student is written down."""

    def keep(old, pending, name, judged):
        return kill() if name == student else old(pending, name, judged)

    wrap(Pending, "keep", keep)


def die_behind_the_transaction(student: str) -> None:
    def keep(old, course, lesson, name, *result):
        return kill() if name == student else old(course, lesson, name, *result)

    wrap(kept, "keep", keep)


def die_before_the_folder_is_in_its_place(student: str) -> None:
    def put(old, new, place, aside):
        return kill() if student in str(place) else old(new, place, aside)

    wrap(files, "put_in_place", put)


def die_before_the_journal_says_so(student: str, what: str = Event.GRADED) -> None:
    def add(old, journal, event, **facts):
        return kill() if event == what and facts["student"] == student else old(journal, event, **facts)

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
    def broken(old, workers) -> Ended:
        return replace(old(workers), value=None, error=ZeroDivisionError("division by zero"))

    wrap(class_run.Workers, "next", broken)


def interrupt_behind(student: str) -> None:
    """Ctrl-C, as soon as a student's grade is written down everywhere."""

    def add(old, journal, event, **facts):
        old(journal, event, **facts)
        if event == Event.GRADED and facts["student"] == student:
            os.kill(os.getpid(), signal.SIGINT)

    wrap(Journal, "add", add)


def take_a_folder_away(student: str, while_it_stages: str) -> None:
    """A student's folder goes while the class is graded."""

    def stage(old, run, name, submitted):
        if name == while_it_stages:
            shutil.rmtree(submitted.folder.parent.parent / student)
        return old(run, name, submitted)

    wrap(ClassRun, "_stage", stage)


def note_the_lock(file: str) -> None:
    """Write down who is said to grade, in the middle of a run."""

    def in_place(old, host, name):
        Path(file).write_text((Path(host.coursedir.root) / ".autograder" / "lock").read_text())
        old(host, name)

    wrap(NbgraderHost, "in_place", in_place)


_holders = []


def lock_the_gradebook_behind(student: str, patience: float) -> None:
    """Another program locks the gradebook for good as soon as a student's grade is in its place. patience: how long it is waited for."""
    gradebook.PATIENCE = patience

    def in_place(old, host, name):
        old(host, name)
        if name == student:
            holder = sqlite3.connect(gradebook.file_of(host.coursedir.db_url), isolation_level=None)
            holder.execute("BEGIN EXCLUSIVE")
            _holders.append(holder)

    wrap(NbgraderHost, "in_place", in_place)


def die_when_pictures_come(number: int) -> None:
    """The grader is killed before the pictures of so many submissions are put in their places."""
    came = []

    def put(old, host, *pictures):
        came.append(pictures)
        return kill() if len(came) == number else old(host, *pictures)

    wrap(NbgraderHost, "put_pictures", put)


def lose_the_courses_own_pictures() -> None:
    """The worker is killed that draws the course's own pictures, each time."""
    picturing.draw = die


def change_the_points_behind(student: str) -> None:
    """Somebody gives an exercise other points in the gradebook, while the class is graded."""

    def in_place(old, host, name):
        old(host, name)
        if name == student:
            with contextlib.closing(sqlite3.connect(gradebook.file_of(host.coursedir.db_url))) as other:
                other.execute("UPDATE grade_cells SET max_score = max_score + 1")
                other.commit()

    wrap(NbgraderHost, "in_place", in_place)


def count_what_is_staged(file: str) -> None:
    """Write down how many submissions lie in the staging folder, each time that one is waited for."""

    def wait(old, workers):
        staged = len(list(Path(".autograder/staging").glob("submitted/*")))
        with open(file, "a") as log:
            log.write(f"{staged}\n")
        return old(workers)

    wrap(class_run.Workers, "next", wait)


def submit_again_meanwhile(student: str, notebook: str) -> None:
    """While a submission is graded, another one takes its place. notebook: the path of the new one."""

    def stage(old, run, name, submitted):
        staged = old(run, name, submitted)
        if name == student:
            submitted.notebook.write_bytes(Path(notebook).read_bytes())
        return staged

    wrap(ClassRun, "_stage", stage)


def lose_workers_over(student: str) -> None:
    """Each worker that gets this student's task dies, but not one that is told to leave it."""

    def start(old, workers, key, work, *arguments):
        dies = key == student and not arguments[0].given_up
        return old(workers, key, die if dies else work, *arguments)

    wrap(pool.Workers, "start", start)


def die(*_: Any) -> NoReturn:
    kill()
    raise SystemExit


def lose_all_workers() -> None:
    def lost(old, workers) -> Ended:
        return replace(old(workers), value=None, error=WorkerLost("a worker ended with status -9"))

    wrap(pool.Workers, "next", lost)


def change_the_checks_meanwhile(checks: str) -> None:
    """Behind the first submission the hidden checks change. checks: their file."""

    def put(old, new, place, aside):
        old(new, place, aside)
        with open(checks, "a") as file:
            file.write("# changed\n")

    wrap(files, "put_in_place", put)


def take_the_sandbox_away() -> None:
    """A worker's sandbox goes after it was proved."""
    class_run.carry_out = carry_out_without_a_sandbox


def carry_out_without_a_sandbox(work: Task) -> Done:
    from autograder.kernel.warm_kernels import WarmKernels
    from autograder.sandbox import backend, box

    backend.choose()
    box.LINUX = "/nowhere/linux"
    WarmKernels.process_for = lambda *_: None  # they are boxes as well
    return carry_out(work)


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

    def reckon(old, host, event, name, *facts):
        if name == student:
            raise ZeroDivisionError("division by zero")
        return old(host, event, name, *facts)

    wrap(NbgraderHost, "reckon_lateness_anew", reckon)


# -- a cluster --------------------------------------------------------------------------------------------------------


def note_the_messages(file: str) -> None:
    """Write down all that is sent to a cluster."""
    from autograder.grading import dask_cluster

    def message(old, *what):
        made = old(*what)
        with open(file, "ab") as log:
            log.write(pickle.loads(zlib.decompress(made))[1])
        return made

    wrap(dask_cluster, "message_of", message)


def kill_clusters_workers_over(student: str) -> None:
    """Each worker of a cluster that gets this student's task dies, with its grader process."""
    from autograder.grading.dask_cluster import Cluster

    def start(old, executor, key, work, *arguments):
        return old(executor, key, kill_the_worker if key == student else work, *arguments)

    wrap(Cluster, "start", start)


def kill_the_worker(_: Task) -> None:
    psutil.Process().parent().parent().kill()
    signal.pause()


def lose_patience(seconds: float) -> None:
    """A scheduler that does not answer is waited for no longer than this."""
    from autograder.grading import dask_cluster

    dask_cluster.PATIENCE = seconds


def have_no_dask() -> None:
    """`import distributed` fails, as without the extra."""
    sys.modules["distributed"] = None  # type: ignore[assignment]
