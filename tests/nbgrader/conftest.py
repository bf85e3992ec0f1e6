"""A course whose solution is known to pass, and three submissions to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course.catalog import Lesson
from tests.support import tiny
from tests.support.once import folder_made_once
from tests.support.rejudging import change_the_checks
from tests.support.small_class import autograde, hand_in, proven_course


@pytest.fixture(scope="session")
def proven(tmp_path_factory) -> Path:
    return folder_made_once(tmp_path_factory, "proven-course", proven_course)


@pytest.fixture
def class_(proven, tmp_path) -> Lesson:
    """Three submissions: right, half right, right."""
    shutil.copytree(proven, tmp_path / "class")
    lesson = Lesson(tiny.NAME, tmp_path / "class")
    hand_in(lesson)
    return lesson


@pytest.fixture(scope="session")
def graded_before(proven, tmp_path_factory) -> Path:
    """Three submissions, graded: right, half right, right in a way that the new checks do not take."""

    def make(folder: Path) -> None:
        shutil.copytree(proven, folder, dirs_exist_ok=True)
        lesson = Lesson(tiny.NAME, folder)
        hand_in(lesson, mirror="  # no slice")
        assert autograde(lesson).returncode == 0

    return folder_made_once(tmp_path_factory, "graded-by-old-checks", make)


@pytest.fixture
def graded(graded_before, tmp_path) -> Lesson:
    """The class, and its checks have been changed since."""
    shutil.copytree(graded_before, tmp_path / "class")
    lesson = Lesson(tiny.NAME, tmp_path / "class")
    change_the_checks(lesson)
    return lesson
