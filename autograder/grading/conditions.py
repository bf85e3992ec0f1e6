"""On another machine: what work is to be done under, whether a machine is fit for it, and the messages in which work travels."""

from __future__ import annotations

import contextlib
import os
import pickle
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from typing import Any

from autograder import environment, settings
from autograder.errors import AutograderError, GraderFault, NoSandbox, WorkerLost
from autograder.grading.pool import Workers
from autograder.grading.proof import software
from autograder.sandbox import backend
from autograder.sandbox.isolation import NONE
from autograder.settings import PACKAGE, Limits, Settings


class Came(StrEnum):
    """What kind of answer came: the work's own value, what it raised, or why this machine is not fit for it."""

    VALUE = "value"
    ERROR = "error"
    UNFIT = "unfit"


@dataclass(frozen=True)
class Conditions:
    """What all work of a run is to be done under, wherever that is.

    Attributes
    ----------
    limits : Limits
    packages : tuple of str
        What the course's notebooks import beyond what the lessons need.
    sandboxed : bool
        Whether student code runs in a sandbox only.
    """

    limits: Limits
    packages: tuple[str, ...]
    sandboxed: bool

    def settings(self) -> Settings:
        """Return the settings of a machine that has no course of its own."""
        return Settings(PACKAGE, PACKAGE, self.limits, self.packages)


def conditions_of(course: Settings) -> Conditions:
    """Return the conditions of a course on this machine. NoSandbox if none holds here and nobody said to go without."""
    return Conditions(course.limits, course.packages, backend.choose() != NONE)


# -- messages ---------------------------------------------------------------------------------------------------------


def message_of(conditions: Conditions, work: Callable, *arguments: Any) -> bytes:
    """Return a piece of work as a message. What another version of the grader could not read is wrapped once more."""
    inner = pickle.dumps((conditions, work, arguments))
    return zlib.compress(pickle.dumps((installed(), inner)), 1)


def answer_of(kind: Came, content: Any) -> bytes:
    """Return an answer as a message."""
    return zlib.compress(pickle.dumps((str(kind), content)), 1)


def read_answer(message: bytes) -> tuple[Came, Any]:
    """Return what an answer holds. It comes from a grader process of the instructor's, not from student code."""
    kind, content = pickle.loads(zlib.decompress(message))
    return Came(kind), content


# -- on the machine that does the work --------------------------------------------------------------------------------


class Station:
    """Does the work that comes as messages, one piece at a time, in a worker process that is replaced when it dies or hangs.

    Parameters
    ----------
    workers : Workers
        One, of this machine.
    """

    def __init__(self, workers: Workers) -> None:
        self.workers = workers
        self._fit: set[Conditions] = set()
        self._last: Callable | None = None

    def answer(self, message: bytes) -> bytes:
        """Do a piece of work; return the answer."""
        theirs, inner = pickle.loads(zlib.decompress(message))
        if why := differences(theirs, installed()):
            return answer_of(Came.UNFIT, why)
        try:
            conditions, work, arguments = pickle.loads(inner)
        except Exception as error:  # something that the work is made of is not installed here
            return answer_of(Came.UNFIT, f"the work cannot be read here ({type(error).__name__}: {error})")
        self.workers.seconds = conditions.limits.submission
        with settings.using(conditions.settings()):
            if conditions not in self._fit:
                if why := self._why_unfit(conditions):
                    return answer_of(Came.UNFIT, why)
                self._fit.add(conditions)
            try:
                self._be_as_new_for(work)
                return answer_of(Came.VALUE, self.workers.do(work, *arguments))
            except Exception as error:
                return answer_of(Came.ERROR, _that_travels(error))

    def _be_as_new_for(self, work: Callable) -> None:
        """Another worker does work of another kind if the last one gave way to other programs, which it cannot take back."""
        if self._last not in (None, work) and self.workers.do(os.nice, 0) > os.nice(0):
            self.workers.renew()
        self._last = work

    def _why_unfit(self, conditions: Conditions) -> str:
        """Why nothing can be graded here, or ""."""
        if found := environment.reasons_not_to_grade():
            return " ".join(found)
        try:
            return self.workers.do(sandbox_problem, conditions)
        except WorkerLost as error:
            return str(error)


def installed() -> dict[str, str]:
    """Return the versions of what a grade and a graded notebook are made with."""
    found = {}
    for name in ("nbgrader", "nbformat"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return {**software(), **found}


def differences(wanted: dict[str, str], here: dict[str, str]) -> str:
    """Say in which versions a machine differs from the one that grades, or ""."""
    names = [*wanted, *(name for name in here if name not in wanted)]
    told = [
        f"{name} {here.get(name, 'is missing')} instead of {wanted.get(name, 'none')}"
        for name in names
        if wanted.get(name) != here.get(name)
    ]
    return f"it has {', '.join(told)}" if told else ""


def sandbox_problem(conditions: Conditions) -> str:
    """Say why this process may run no student code, or "". What holds is proved once; the worker that proved it goes on to grade."""
    if not conditions.sandboxed:
        return ""
    with settings.using(conditions.settings()):
        try:
            isolation = backend.choose()
        except NoSandbox as error:
            return str(error)
    return f"{backend.SWITCH}={NONE.name} is set here" if isolation == NONE else ""


def _that_travels(error: Exception) -> Exception:
    """The error with its traceback as a note if it is none of this package's; another one if it cannot be pickled."""
    trace = "".join(traceback.format_exception(error))
    if not isinstance(error, AutograderError):
        error.add_note(trace)
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return GraderFault(trace[-2000:])
    return error
