"""`autograder bench grading` on a class of two of the small lesson, with both sides as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from autograder.course import catalog
from autograder.course.markers import SENTINEL_LINE
from autograder.sandbox import backend
from tests.support import tiny

pytestmark = pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine")

ANSWERS = """
# %% wrong="test_halves_are_floats"
def half(grid):
    return grid // 2

# %% wrong="test_mirrors_drawn_grids"
def mirror(grid):
    return grid
"""


def bench(folder, *arguments: str) -> subprocess.CompletedProcess:
    """The command, for a course that is made here of the small lesson."""
    lesson = tiny.make_course(folder / "course")
    lesson.answers.parent.mkdir(parents=True)
    lesson.answers.write_text(SENTINEL_LINE + ANSWERS)
    return subprocess.run(
        [sys.executable, "-c", "from autograder.cli import main; main()", "bench", "grading", "--lessons=1", *arguments],
        env=os.environ | {"AUTOGRADER_COURSE": str(lesson.root), "PYTHONPATH": str(catalog.PACKAGE.parent)},
        cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def test_both_sides_grade_the_class(tmp_path):
    done = bench(tmp_path, "--json", "--students=3", "--stock-students=2", "--mix=right=2 partly=1", "--folder=kept")
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stderr == ""
    values = json.loads(done.stdout)
    assert (values["students"], values["stock_students"], values["failed"]) == (3, 2, [])
    assert values["ratio"] == pytest.approx(values["stock_s"] / values["ours_s"], rel=0.01)
    assert values["stock_with_feedback_s"] > values["stock_s"] > values["stock_measured_s"] > 0
    assert values["by_kind"]["right"]["ours_share_of_points"] == 1
    assert values["by_kind"]["partly"]["ours_share_of_points"] < 1
    assert {"start", "cells", "checks"} <= set(values["ours_by_phase"])
    assert values["page_bytes"] > 1000 and values["stock_page_bytes"] > 1000
    for side, students in (("stock", 2), ("ours", 3)):
        assert len(list((tmp_path / "kept" / side / "feedback").glob("*/01_halves/01_halves.html"))) == students
    # nbgrader as it comes has graded in its own way.
    (stock, *_) = sorted((tmp_path / "kept" / "stock" / "autograded").glob("*/01_halves/01_halves.ipynb"))
    assert "autograder" not in json.loads(stock.read_text("utf-8"))["metadata"]


def test_this_grader_alone_is_measured(tmp_path):
    done = bench(tmp_path, "--ours-only", "--no-feedback", "--students=1", "--mix=right=1")
    assert done.returncode == 0, done.stderr
    assert "Grades " in done.stdout and "ours: " in done.stdout and "stock: " not in done.stdout
