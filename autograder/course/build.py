"""Makes the two notebooks of a lesson from its one script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import files
from autograder.course.address import address_of, readme_with_badges
from autograder.course.catalog import Lesson, lessons
from autograder.course.pasted import shared_file
from autograder.course.script import solution_notebook

# Makes the text of the notebook that students open from the lesson and the text of its solutions notebook. The course knows
# no program that does so: `hosts/nbgrader/release.py` has nbgrader's own.
MakeRelease = Callable[[Lesson, str], str]


def text_of(notebook: NotebookNode) -> str:
    """Give a notebook as the text that is committed."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def generate(lesson: Lesson, make_release: MakeRelease) -> dict[Path, str]:
    """Make the text of every generated file of a lesson, by path.

    Raises
    ------
    CourseError
        Where the script or the check file breaks a rule; the message names the cell.
    """
    solution = text_of(solution_notebook(lesson))
    return {lesson.solution: solution, lesson.release: make_release(lesson, solution)}


def build(lesson: Lesson, make_release: MakeRelease) -> list[Path]:
    """Write a lesson's generated files; return those that changed."""
    return [path for path, text in generate(lesson, make_release).items() if write_if_changed(path, text)]


def differences(lesson: Lesson, make_release: MakeRelease) -> list[Path]:
    """List the generated files of a lesson that are missing, or are not what the script says."""
    made = generate(lesson, make_release)
    return [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]


def readme(root: Path) -> dict[Path, str]:
    """Make the text of the course's README with its Colab badges, by path; of a course without one, nothing."""
    path = root / "README.md"
    if not path.exists():
        return {}
    address = address_of(root)
    badges = [address.badge_of(f"# {lesson.title()}", lesson.name) for lesson in lessons(root) if address.repository]
    return {path: readme_with_badges(path.read_text("utf-8"), badges)}


def strays(root: Path) -> list[Path]:
    """List the files in `solutions/` and `lessons/` that no lesson made."""
    known = {root / "solutions" / "README.md", shared_file(root)}
    for lesson in lessons(root):
        known |= {lesson.script, lesson.solution, lesson.release}
    found = (p for top in ("solutions", "lessons") for p in (root / top).rglob("*"))
    return sorted(p for p in found if p.is_file() and p not in known and ".ipynb_checkpoints" not in p.parts)


def write_if_changed(path: Path, text: str) -> bool:
    """Write a file whole or not at all; leave it alone if it already holds the text."""
    if path.exists() and path.read_text("utf-8") == text:
        return False
    files.write(path, text, folders=True)
    return True
