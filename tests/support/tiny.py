"""Courses of one small lesson, made in a folder of their own: tests of the grader run through them in seconds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import nbformat

from autograder.course import build, catalog, samples
from autograder.course.catalog import Lesson
from autograder.hosts.nbgrader import scratch
from autograder.hosts.nbgrader.release import release_text
from tests.support.warm import Change, Warm

WARM = Warm()
NAME, WITH_NETWORK, WITH_BATCHES = "01_halves", "02_dots", "03_streams"
SOURCE = Path(__file__).parent.parent / "adversarial" / "course"
SECRET = "7a" * 32


def make_course(folder: Path, name: str = NAME) -> Lesson:
    """Build a lesson and an nbgrader course directory around it; students' folders are made by `submit`."""
    others = [f"*{other}*" for other in (NAME, WITH_NETWORK, WITH_BATCHES) if other != name]
    if name != NAME:
        others.append("limits.toml")  # TensorFlow takes its time
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", *others))
    (folder / "nbgrader_config.py").write_text(scratch.config_text(), "utf-8")
    lesson = Lesson(name, folder)
    build.build(lesson, release_text)
    (folder / ".autograder").mkdir()
    (folder / ".autograder" / "secret").write_text(SECRET)
    return lesson


def right(lesson: Lesson) -> nbformat.NotebookNode:
    """A submission with every answer right."""
    return samples.submission(lesson, samples.solutions(lesson))


def submit(lesson: Lesson, student: str, notebook) -> Path:
    """Put a notebook (or text) into a student's folder; returns the folder."""
    folder = lesson.root / "submitted" / student / lesson.name
    folder.mkdir(parents=True, exist_ok=True)
    text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
    (folder / f"{lesson.name}.ipynb").write_text(text, "utf-8")
    return folder


def environment(folder: Path) -> dict[str, str]:
    """The environment of commands for this course: nothing of the developer's own course reaches them."""
    return {**scratch.environment(folder, folder), "PYTHONPATH": str(catalog.PACKAGE.parent)}


def nbgrader(
    folder: Path, *arguments: str, seconds: float = 300, changes: Sequence[Change] = ()
) -> subprocess.CompletedProcess:
    """A plain nbgrader command in the course directory, from a warm process. changes: see `Warm.run`."""
    return WARM.run(list(arguments), folder, environment(folder), seconds, changes)


def autograder(
    folder: Path, *arguments: str, seconds: float = 300, changes: Sequence[Change] = ()
) -> subprocess.CompletedProcess:
    """An `autograder` command in the course directory, from the same process."""
    return WARM.run(list(arguments), folder, environment(folder), seconds, changes, "autograder")


def run_in(folder: Path, course: Path, *arguments: str, changes: Sequence[Change] = ()) -> subprocess.CompletedProcess:
    """An `autograder` command for this course in another folder, which is no course directory."""
    return WARM.run(list(arguments), folder, environment(course), 300, changes, "autograder")


def run(command: list[str], folder: Path, seconds: float = 300) -> subprocess.CompletedProcess:
    """Any command in the course directory."""
    return subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False, timeout=seconds,
    )  # fmt: skip
