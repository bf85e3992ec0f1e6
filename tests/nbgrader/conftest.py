"""A course whose solution is known to pass, and three submissions to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.course.catalog import Lesson
from tests.support import tiny
from tests.support.once import folder_made_once
from tests.support.small_class import hand_in, proven_course


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
