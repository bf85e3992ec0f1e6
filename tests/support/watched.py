"""What happens while a watch waits: the tests say it step by step, so that nothing depends on how long anything takes."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from autograder.cli import watch
from autograder.grading.class_run import ClassRun
from autograder.grading.lock import lock
from autograder.hosts.nbgrader import exchanging
from autograder.hosts.nbgrader.command import Grading
from tests.support import canned, tiny

HELD = contextlib.ExitStack()


def steps(*todo: list[str]) -> None:
    """In the command's process: do these at the first wait, the second, and so on, and stop the watch at the next."""
    left = [*todo, ["interrupt"]]

    def wait(_: float) -> None:
        name, *arguments = left.pop(0)
        globals()[name](*arguments)

    watch.wait = wait


def nothing() -> None:
    """Wait."""


def write(student: str, text: str) -> None:
    place = Path("submitted", student, tiny.NAME, f"{tiny.NAME}.ipynb")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")


def finish(folder: str, text: str) -> None:
    """The rest of a submission comes into the exchange."""
    Path(folder, f"{tiny.NAME}.ipynb").write_text(text, "utf-8")
    Path(folder, "submission_secret.txt").write_text("secret")


def must_be_free() -> None:
    """Whoever waits holds no lock, and nothing is in the way of another grader."""
    with lock(Path.cwd(), "a test"):
        Path("was-free").write_text("yes")


def hold() -> None:
    HELD.enter_context(lock(Path.cwd(), "another instructor"))


def let_go() -> None:
    HELD.close()


def tomorrow() -> None:
    today = watch.day_now
    watch.day_now = lambda: today() + timedelta(days=1)


def interrupt() -> None:
    raise KeyboardInterrupt


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def grade(lesson, *options: str, during: list[list[str]], more: tuple[Callable, ...] = ()):
    """`autograder grade --watch` with canned reports."""
    changes = [canned.use, *more, (steps, *during)]
    return tiny.autograder(lesson.root, "grade", "--watch", "--interval", "1", *options, changes=changes)


def hands_in_meanwhile(student: str) -> None:
    """Each time that a submission of this student is recorded, the student hands in another."""
    record = ClassRun._record

    def recorded(run: ClassRun, staged: Any, done: Any) -> None:
        record(run, staged, done)
        if staged.student == student:
            with open(Path("submitted", student, tiny.NAME, f"{tiny.NAME}.ipynb"), "a") as file:
                file.write(" ")

    ClassRun._record = recorded  # type: ignore[method-assign]


def knows_no_young_files() -> None:
    """Nothing is waited for because it may still be copied."""
    exchanging.PATIENCE = 0.0


def hold_behind_the_grades() -> None:
    """Another instructor begins when the first grades of a watch are recorded, before their pages are made."""
    grading = Grading.grade
    left = [hold]

    def grade(*arguments: Any, **named: Any) -> None:
        grading(*arguments, **named)
        if left:
            left.pop()()

    Grading.grade = grade  # type: ignore[method-assign]
