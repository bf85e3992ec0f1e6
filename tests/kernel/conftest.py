"""The engine is tried on a small lesson: its notebook runs in a second, and a lesson of the course in ten."""

from __future__ import annotations

import pytest

from autograder import settings
from autograder.course.catalog import Lesson, lessons
from autograder.grading.journal import Journal
from autograder.grading.proof import must_pass
from autograder.sandbox import backend
from autograder.settings import Settings
from tests.support import tiny


@pytest.fixture(scope="session")
def small_lesson(tmp_path_factory) -> Lesson:
    """Its solution is known to pass: a test that breaks something breaks the grading, and not the proof before it."""
    lesson = tiny.make_course(tmp_path_factory.mktemp("small"))
    if backend.proven()[0] is not None:
        with pytest.MonkeyPatch.context() as changed:
            changed.setenv(settings.COURSE, str(lesson.root))
            course = Settings.load()
            must_pass(lesson, Journal(course.directory), course)
    return lesson


@pytest.fixture
def first(small_lesson, monkeypatch) -> Lesson:
    """The lesson of tests for which any lesson would do."""
    monkeypatch.setenv(settings.COURSE, str(small_lesson.root))
    return small_lesson


@pytest.fixture
def first_of_the_course() -> Lesson:
    """For tests that need the answers which were collected for a lesson."""
    return lessons()[0]


@pytest.fixture
def last(first) -> str:
    """The id of the last exercise: no other answer builds on it."""
    return first.exercises()[-1].id
