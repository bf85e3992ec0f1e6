"""Hostile and honest submissions, each with what must come of it; `README.md` beside this says how to add one."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import nbformat

from autograder.course import samples
from autograder.course.catalog import Lesson
from tests.support import tiny

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.py"))
ABOUT = ("verdict", "says", "repaired", "reason")  # keys of EXPECT that are no exercises


def points(case: ModuleType) -> dict[str, float | None]:
    """The points that must come out, by exercise."""
    return {key: value for key, value in case.EXPECT.items() if key not in ABOUT}


def lesson_of(case: ModuleType) -> str:
    """The name of the lesson that a case is a submission of."""
    return getattr(case, "LESSON", tiny.NAME)


def load(name: str) -> ModuleType:
    """A case: a module with EXPECT, and ANSWERS, EXTRA, change(notebook), text(text), place(folder) as far as it needs them."""
    spec = importlib.util.spec_from_file_location(f"adversarial_{name}", CASES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def submit(case: ModuleType, lesson: Lesson, student: str) -> None:
    """Write a case as the submission of a student."""
    answers = {**samples.solutions(lesson), **getattr(case, "ANSWERS", {})}
    notebook = samples.submission(lesson, {name: source for name, source in answers.items() if source is not None})
    behind_the_setup = 2
    for source in reversed(getattr(case, "EXTRA", [])):
        kind, source = source if isinstance(source, tuple) else ("code", source)
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        notebook.cells.insert(behind_the_setup, make(source.strip("\n")))
    if hasattr(case, "change"):
        case.change(notebook)
    text = nbformat.writes(nbformat.from_dict(notebook))
    if hasattr(case, "text"):
        text = case.text(text)
    folder = tiny.submit(lesson, student, "")
    (folder / f"{lesson.name}.ipynb").write_bytes(text.encode("utf-8", "surrogatepass"))
    if hasattr(case, "place"):
        case.place(folder)
