"""Runs a lesson's hidden checks under pytest, here, outside the student's sandbox, and collects what each one says."""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from autograder import settings
from autograder.checks.draws import Draw, draw_for
from autograder.checks.reference import reference_namespace
from autograder.course.catalog import Lesson
from autograder.course.checkfile import declared
from autograder.environment import must_be_sound, without
from autograder.errors import (
    CourseError,
    GraderFault,
    JudgeFault,
    NotAnswered,
    NotThere,
    SandboxEnded,
    StudentDied,
    StudentError,
    StudentTimeout,
    StudentTooMuch,
    Tampered,
)
from autograder.kernel.client import Student, live
from autograder.results import CheckResult, Outcome, Painting
from autograder.safe_text import readable

LOG = logging.getLogger("autograder.judge")
# Outcomes of a check that was given nothing to look at.
NO_ANSWER = (Outcome.BLANK, Outcome.MISSING, Outcome.TIMEOUT, Outcome.DIED, Outcome.RESOURCE)
# Outcomes that an earlier answer may be the cause of.
LOST = (Outcome.FAILED, *NO_ANSWER)
# What a check raises when the machine, the sandbox, or the course failed, and not what came from the student.
GRADERS = (OSError, MemoryError, CourseError, GraderFault, SandboxEnded)
# Nothing of the machine's, of the course's or of the user's settings changes how checks run.
SET_ASIDE = ("addopts=", "filterwarnings=", "python_files=test_*.py", "python_functions=test*")
NOT_USED = (
    *("terminal", "cacheprovider", "faulthandler", "logging", "warnings"),
    *("xdist", "hypothesispytest", "unraisableexception", "threadexception"),
)
PYTEST_OPTIONS = (
    *("-c", os.devnull, "--noconftest", "--import-mode=importlib", "--assert=plain"),
    *("--capture=no", "--strict-markers"),
    *(f"--override-ini={option}" for option in SET_ASIDE),
    *(part for name in NOT_USED for part in ("-p", f"no:{name}")),
)


@dataclass(frozen=True)
class Request:
    """What is asked about one student.

    Attributes
    ----------
    student_at : callable
        Gives the student as of one exercise's grade cell. It is called in the lesson's order, so that it may run the notebook up to there.
    key : bytes
        What hidden inputs are drawn from, see `draws.draw_key`.
    exercises, checks : set of str, optional
        Only these, by id and by name.
    folder : Path, optional
        Where files lie that were handed in with the notebook.
    """

    student_at: Callable[[str], Student]
    key: bytes
    exercises: set[str] | None = None
    checks: set[str] | None = None
    folder: Path | None = None


def judge(
    lesson: Lesson,
    student_at: Callable[[str], Student],
    key: bytes,
    *,
    exercises: set[str] | None = None,
    checks: set[str] | None = None,
    folder: Path | None = None,
) -> list[CheckResult]:
    """Run the hidden checks of a lesson on one student, in the order of its exercises; see `Request` and `judge_each`."""
    (results,) = judge_each(lesson, [Request(student_at, key, exercises, checks, folder)])
    return results


def judge_each(
    lesson: Lesson, requests: Iterable[Request], results: list[list[CheckResult]] | None = None
) -> list[list[CheckResult]]:
    """Run the hidden checks of a lesson on several students, one after the other; the check file is collected once.

    Parameters
    ----------
    lesson : Lesson
    requests : iterable of Request
        The next one is asked for when the one before is done.
    results : list of list of CheckResult, optional
        Where the results go, each when it is complete.

    Returns
    -------
    list of list of CheckResult
        For each request, in the order of the lesson's exercises.

    Raises
    ------
    JudgeFault
        The checks could not be run, or one of them said nothing.
    """
    must_be_sound(live=True)
    plugin = ChecksPlugin(lesson, requests, [] if results is None else results)
    status = _run_pytest(lesson.checks, plugin)
    if status == pytest.ExitCode.INTERRUPTED and not plugin.fault:
        raise KeyboardInterrupt
    if plugin.fault or status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise JudgeFault(plugin.fault or f"pytest ended with {status!r}")
    return plugin.each


def _run_pytest(checks: Path, plugin: ChecksPlugin) -> int:
    """Run a check file under pytest with this plug-in and none that the machine has; pytest's exit code."""
    # In a path pytest takes brackets and double colons for its own; from within the folder the name alone will do.
    inside = any(sign in str(checks) for sign in ("[", "::"))
    arguments = [checks.name if inside else str(checks), "--rootdir", str(checks.parent), *PYTEST_OPTIONS]
    _forget(checks)
    with (
        contextlib.chdir(checks.parent) if inside else contextlib.nullcontext(),
        without("PYTEST", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        warnings.catch_warnings(),
        mock.patch.object(sys, "dont_write_bytecode", True),
    ):
        warnings.simplefilter("ignore")  # a filter from outside could turn a warning into an error
        return pytest.main(arguments, plugins=[plugin])


def _forget(checks: Path) -> None:
    """Have a check file read anew: pytest takes a module of its name that this process has imported before, were it of another course."""
    for name, module in list(sys.modules.items()):
        if name.rpartition(".")[2] == checks.stem and getattr(module, "__file__", None):
            del sys.modules[name]


class ChecksPlugin:
    """The pytest plug-in: gives the fixtures, keeps the order, writes down the results."""

    def __init__(self, lesson: Lesson, requests: Iterable[Request], each: list[list[CheckResult]]) -> None:
        self.lesson = lesson
        self.requests = requests
        self.each = each
        self.fault = ""
        self.painting: Painting | None = None  # of the check at hand
        self.gates: dict[str, str] = {}  # by exercise, its gate check
        self.declared = {check.name: check for check in declared(lesson)}
        self.of_lesson = {exercise.id: exercise for exercise in lesson.exercises()}

    @property
    def results(self) -> list[CheckResult]:
        """What was said of the request at hand."""
        return self.each[-1]

    def _gate_of(self, exercise: str, name: str) -> str:
        """The check that must pass before this one counts; "" for that check itself."""
        gate = self.gates[exercise]
        return gate if gate != name else ""

    def pytest_configure(self, config) -> None:
        about = "check(exercise, weight=1, alone=False, off=''): a hidden check of one exercise"
        config.addinivalue_line("markers", about)
        config.option.tbstyle = "native"  # pytest's own style parses the check file again for each failure

    def _wanted(self, exercise: str, name: str) -> bool:
        """Whether a check is among those that this request is for."""
        exercises, checks = self.request.exercises, self.request.checks
        return (exercises is None or exercise in exercises) and (checks is None or name in checks)

    def pytest_collectreport(self, report) -> None:
        if report.failed:
            self.fault = f"{self.lesson.checks}: {report.longrepr}"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items) -> None:
        order = {exercise.id: place for place, exercise in enumerate(self.lesson.exercises())}
        for item in items:
            marker = item.get_closest_marker("check")
            if marker is None or not marker.args or marker.args[0] not in order:
                self.fault = f"{self.lesson.checks}: {item.name} is marked with no exercise of the lesson"
                items.clear()
                return
            if item.name not in self.declared:
                self.fault = (
                    f"{self.lesson.checks}: {item.name} is not a plain function of the file with a marker of its own"
                )
                items.clear()
                return
            if not self.declared[item.name].off:
                self.gates.setdefault(_exercise(item), item.name)
        items.sort(key=lambda item: order[_exercise(item)])

    def pytest_runtestloop(self, session) -> bool:
        """Ask the collected checks about one student after the other."""
        if self.fault or session.testsfailed:
            return True
        for request in self.requests:
            self.request = request
            self.each.append([])
            wanted = [item for item in session.items if self._wanted(_exercise(item), item.name)]
            for item in wanted:
                if off := self.declared[item.name].off:
                    self._add(item, Outcome.OFF, off)
            for item in wanted:
                if not self.declared[item.name].off:
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            # Silence is no evidence.
            said = {result.name for result in self.results}
            wanted_names = [c.name for c in self.declared.values() if self._wanted(c.exercise, c.name)]
            if missing := [name for name in wanted_names if name not in said]:
                self.fault = (
                    f"{self.lesson.checks}: no result came from {', '.join(missing)}, so no grade would mean anything."
                )
                return True
        return True

    def _add(self, item, outcome: Outcome, message: str, carried: tuple[str, ...] = ()) -> None:
        """Write down what one check said."""
        about = self.declared[item.name]
        title = (item.function.__doc__ or item.name).strip().split("\n", 1)[0]
        marker = item.get_closest_marker("check")
        alone = marker.kwargs.get("alone") is True or outcome == Outcome.OFF
        needs = "" if alone else self._gate_of(about.exercise, item.name)
        painting, self.painting = self.painting, None
        self.results.append(
            CheckResult(item.name, about.exercise, title, about.weight, outcome, message, needs, carried, painting)
        )

    def _not_right_before(self, exercise: str, outcomes: tuple[Outcome, ...] = LOST) -> list[str]:
        """The earlier exercises that this one builds on, directly or not, and of which a check had one of these outcomes."""
        builds_on: set[str] = set()
        waiting = [exercise]
        while waiting:
            for earlier in self.of_lesson[waiting.pop()].builds_on:
                if earlier not in builds_on:
                    builds_on.add(earlier)
                    waiting.append(earlier)
        wrong = {result.exercise for result in self.results if result.outcome in outcomes}
        return [name for name in self.of_lesson if name in builds_on & wrong]

    def _carried_forward(self, item) -> tuple[Outcome, str, tuple[str, ...]] | None:
        """What a check says with the course's own answers as stand-ins for earlier ones that are not right.

        The outcome, the message, and for whom the course's answers stood in. None if none more can stand in, or if none was called, so
        that nothing else can come out; and if the check breaks on what came then.
        """
        names = self._not_right_before(_exercise(item))
        if not names or "student" not in item.funcargs or set(names) <= item.funcargs["student"].standing_in:
            return None
        reference = live(reference_namespace(self.lesson))
        student = self.request.student_at(_exercise(item)).with_stand_ins(names, reference)
        shown: list[Painting | None] = []
        instead = {"student": student, "draw": self._drawn(item.name), "exhibit": shown.append}
        values = _arguments(item, instead)
        error: Exception | None = None
        try:
            item.function(**values)
        except Exception as raised:  # a check may break on what comes then; `_outcome` tells apart what it was
            error = raised
        outcome, message = _outcome(error)
        if isinstance(error, GRADERS) and outcome == Outcome.FAULT:
            return outcome, message, ()
        if not student.stood_in or outcome == Outcome.FAULT:
            return None
        self.painting = shown[-1] if shown else self.painting  # what the student's own network painted, if it painted
        return (
            outcome,
            self._message_for(error, message, item),
            tuple(name for name in names if name in student.stood_in),
        )

    def _message_for(self, error: BaseException | None, message: str, item) -> str:
        """A check's message; for an answer that calls an earlier one which is blank, the name of that exercise."""
        where = error.where if isinstance(error, NotAnswered) else ""
        if where in self.of_lesson and where != _exercise(item):
            return (
                f"`{_exercise(item)}` calls `{where}`: this needs exercise {self.of_lesson[where].number}, "
                "which is not answered yet."
            )
        return message

    def _holds_for_the_reference(self, item) -> bool:
        """Whether a check that broke runs through with the reference's answers in the student's place: then it broke on the student's."""
        student = live(reference_namespace(self.lesson))
        instead = {"student": student, "draw": self._drawn(item.name), "exhibit": lambda painting: None}
        try:
            item.function(**_arguments(item, instead))
        except Exception:  # whatever it is: the check breaks on the course's own answers, too
            return False
        return "student" in item.funcargs

    def _drawn(self, check: str) -> Draw:
        return draw_for(self.request.key, self.lesson.name, check)

    @pytest.fixture
    def student(self, request) -> Student:
        """The student; with the course's own answers in the place of earlier ones that do not come back at all."""
        exercise = _exercise(request.node)
        student = self.request.student_at(exercise)
        if names := self._not_right_before(exercise, NO_ANSWER):
            return student.with_stand_ins(names, live(reference_namespace(self.lesson)))
        return student

    @pytest.fixture
    def reference(self) -> Student:
        return live(reference_namespace(self.lesson))

    @pytest.fixture
    def handed_in(self) -> Callable[[str], Path | None]:
        """The path of a file that was handed in with the notebook, or None. Nothing about the file is known yet."""
        folder = self.request.folder
        return lambda name: folder / name if folder is not None and (folder / name).exists() else None

    @pytest.fixture
    def exhibit(self) -> Callable[[Painting | None], None]:
        """Keeps what a network painted with what the check says."""
        return functools.partial(setattr, self, "painting")

    @pytest.fixture
    def draw(self, request) -> Draw:
        return self._drawn(request.node.name)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if call.when == "call" or call.excinfo is not None:
            outcome, message = _outcome(call.excinfo.value if call.excinfo else None)
            graders = call.excinfo is not None and isinstance(call.excinfo.value, GRADERS)
            if outcome == Outcome.FAULT and call.when == "call" and not graders and self._holds_for_the_reference(item):
                LOG.warning("%s broke on what came from %s: %s", item.name, self.lesson.name, message)
                kind = type(call.excinfo.value).__name__
                outcome, message = Outcome.FAILED, f"What came is so unusual that it could not be looked at ({kind})."
            carried = tuple(sorted(getattr(item.funcargs.get("student"), "stood_in", ())))
            if outcome in LOST and call.when == "call":
                named = self._message_for(call.excinfo.value, message, item)
                if named != message:  # the exercise itself is answered
                    outcome, message = Outcome.FAILED, named
                if found := self._carried_forward(item):
                    outcome, message, carried = found
            if not any(result.name == item.name for result in self.results):
                self._add(item, outcome, message if outcome == Outcome.FAULT else _clip(message), carried)
        return report


def _arguments(item, instead: dict[str, Any]) -> dict[str, Any]:
    """What a check is called with: its own fixtures, some of them replaced, and not those that every check of its file gets."""
    own = inspect.signature(item.function).parameters
    return {name: instead.get(name, value) for name, value in item.funcargs.items() if name in own}


def _exercise(item) -> str:
    return item.get_closest_marker("check").args[0]


def _outcome(error: BaseException | None) -> tuple[Outcome, str]:
    """A check's outcome and its message, from what it raised."""
    if error is None:
        return Outcome.PASSED, ""
    if isinstance(error, AssertionError):
        return Outcome.FAILED, str(error) or "This check failed."
    for kind, outcome in (
        (NotThere, Outcome.MISSING),
        (NotAnswered, Outcome.BLANK),
        (StudentTimeout, Outcome.TIMEOUT),
        (StudentTooMuch, Outcome.RESOURCE),
        (StudentDied, Outcome.DIED),
        (Tampered, Outcome.TAMPER),
        (StudentError, Outcome.FAILED),
    ):
        if isinstance(error, kind):
            return outcome, str(error)
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        raise error
    return Outcome.FAULT, "".join(traceback.format_exception(error)[-4:])


def _clip(message: str) -> str:
    limit = settings.limits().message_characters
    return readable(message if len(message) <= limit else message[: limit - 1] + "…")
