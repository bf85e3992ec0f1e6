"""Proves, before anybody is graded, that the course's own solution passes its hidden checks."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import platform
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder import settings
from autograder.checks import runner
from autograder.checks.draws import draw_key
from autograder.checks.reference import reference_namespace
from autograder.course.catalog import PACKAGE, Lesson
from autograder.course.packed import PackedLesson, pack, unpack
from autograder.errors import CourseError, GraderFault
from autograder.grading.freshness import fingerprint_of_course
from autograder.grading.journal import Event, Journal
from autograder.kernel.client import live
from autograder.results import asked
from autograder.settings import Limits, Settings

LIBRARIES = (
    "autograder",
    "numpy",
    "scipy",
    "scikit-image",
    "keras",
    "tensorflow",
    "pytest",
)  # that grades are computed with
# What checks that ask about networks import.
NETWORKS = "autograder.networks"


@functools.cache
def software() -> dict[str, str]:
    """The versions of Python, of the grader, and of the libraries that grades are computed with, and a digest of the grader's own files.

    They are the same wherever the same is installed, whatever course lies there.
    """
    found = {"Python": platform.python_version().rpartition(".")[0]}
    for name in LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        # A course's own, which travel with each submission.
        if inside.parts[0] != "_course" and not (inside.parent == Path("checks") and path.name.startswith("test_")):
            with contextlib.suppress(OSError):
                digest.update(path.read_bytes())
    return {**found, "files": digest.hexdigest()[:12]}


@functools.cache
def versions(lesson: Lesson) -> str:
    """The versions of `software` in one line; of a lesson whose checks ask about networks, with a digest of what was calibrated."""
    told = [f"{name} {version}" for name, version in software().items()]
    with contextlib.suppress(OSError):
        if NETWORKS in lesson.checks.read_text("utf-8"):
            measured = hashlib.sha256()
            for path in settings.calibration_files():
                measured.update(path.read_bytes())
            told.append(f"calibration {measured.hexdigest()[:12]}")
    return ", ".join(told)


def must_pass(lesson: Lesson, journal: Journal, course: Settings, do: Callable[..., Any] | None = None) -> None:
    """CourseError if a hidden check does not hold for the lesson's own solution: then no grade would mean anything.

    journal: remembers what passed with which versions, so that it is proven once. course: has the secret. do: what runs a function, a worker for instance.
    """
    facts: dict[str, Any] = {"course": fingerprint_of_course(lesson), "versions": versions(lesson)}
    if any(e["event"] == Event.PROVEN and facts.items() <= e.items() for e in journal.events()):
        return
    try:
        key = draw_key(course.secret(), "the course's own solution")
        where = (course.limits, course.packages)
        wrong = do(failing_checks_of, pack(lesson), *where, key) if do else failing_checks(lesson, key)
    except GraderFault as error:  # the checks could not be run, or no worker brought them to an end
        wrong = [" ".join(str(error).split())[-500:]]
    if wrong:
        raise CourseError(
            f"{lesson.name}: the course's own solution does not pass its hidden checks ({'; '.join(wrong)}),"
            f" so no grade would mean anything. Correct {lesson.checks.name} or the solution, or switch the check off:"
            ' off="the reason" in its marker.'
        )
    with contextlib.suppress(OSError):  # a folder that cannot be written to: it is proven again next time
        journal.add(Event.PROVEN, lesson=lesson.name, **facts)


def failing_checks_of(packed: PackedLesson, limits: Limits, packages: tuple[str, ...], key: bytes) -> list[str]:
    """The same as `failing_checks`, of a lesson that may come from another machine."""
    lesson = unpack(packed)
    with settings.using(Settings(lesson.root, lesson.root, limits, packages)):
        return failing_checks(lesson, key)


def failing_checks(lesson: Lesson, key: bytes) -> list[str]:
    """The hidden checks that the course's own solution does not pass, with what they said."""
    found = runner.judge(lesson, lambda _: live(reference_namespace(lesson)), key)
    return [f"{check.name}: {check.message}"[:300] for check in asked(found) if not check.passed]
