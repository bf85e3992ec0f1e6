"""The course's own pictures: what a lesson's cells show to everybody, and to whom all is right. Drawn once a lesson, and kept beside the journal."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import files
from autograder.course.catalog import Lesson
from autograder.course.drawn import answers_behind, names_of_answers, shared_cells
from autograder.course.packed import pack
from autograder.errors import CourseError, GraderFault, WorkerLost
from autograder.grading import drawing
from autograder.grading.beside import small_pictures
from autograder.grading.drawing import DrawJob, Drawn, draw, with_answers
from autograder.grading.lighter import lighter
from autograder.sandbox import backend
from autograder.sandbox.isolation import NONE
from autograder.settings import Settings

# Of the file; another number is made again.
FORMAT = 4
CONTENT = ("outputs", "right", "behind", "names", "beside")
LOG = logging.getLogger("autograder")


@dataclass(frozen=True)
class SharedPictures:
    """The outputs that students' notebooks of a lesson have in common, by the ids of the cells.

    Attributes
    ----------
    outputs : dict of str to list
        Of the cells that show the same whatever the answers are.
    right : dict of str to list
        Of cells that call answers, with the course's own.
    behind : dict of str to list of str
        Of each of these cells, the answers on which it depends what it shows: it may be shown to who has all of them right.
    names : dict of str to list of str
        The names that each of the course's own answers makes.
    beside : dict of str to dict
        Of some of the cells in `right` the picture, small (`beside.small_pictures`): what it should look like.
    digest : str
        Tells them from others.
    """

    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict, repr=False)
    right: dict[str, list[dict[str, Any]]] = field(default_factory=dict, repr=False)
    behind: dict[str, list[str]] = field(default_factory=dict, repr=False)
    names: dict[str, list[str]] = field(default_factory=dict, repr=False)
    beside: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    digest: str = ""

    def cells(self, earned: Collection[str] = ()) -> frozenset[str]:
        """Return the ids of the cells that a student may see. earned: the answers of which they have all checks passed."""
        right = {cell for cell in self.right if self.behind.get(cell) and set(self.behind[cell]) <= set(earned)}
        return frozenset(self.outputs.keys() | right)

    def right_answers(self, earned: Collection[str]) -> dict[str, list[str]]:
        """Return the names that the course's own answers make, of these answers."""
        return {answer: self.names[answer] for answer in earned if answer in self.names}

    def beside_of(self, cell: str, tried: Collection[str]) -> dict[str, str] | None:
        """Return the small picture that may stand beside a student's own of a cell: to who tried each answer behind it. None if there is none.

        Parameters
        ----------
        cell : str
            The cell's id.
        tried : collection of str
            The answers that are given, right or wrong.
        """
        return self.beside.get(cell) if set(self.behind.get(cell, ())) <= set(tried) else None

    def outputs_of(self, cell: str) -> list[NotebookNode]:
        """Return a fresh copy of the outputs of a cell."""
        found = self.outputs[cell] if cell in self.outputs else self.right[cell]
        return [nbformat.from_dict(output) for output in json.loads(json.dumps(found))]

    def for_all_alike(self) -> SharedPictures:
        """Return those alone that show the same whatever the answers are."""
        return replace(self, right={}, behind={}, beside={}, digest=f"{self.digest} alike")


def kept(course: Settings, lesson: Lesson) -> SharedPictures | None:
    """Return what is kept of a lesson; None if nothing is, if it is damaged, or of another release or solution.

    Where all pictures are wanted of the students' own code, what the course's answers show is left out.
    """
    path = course.pictures_file(lesson.name)
    try:
        found = _read(path, path.stat().st_mtime_ns)
        if found is None or found[0] != _version(lesson):
            return None
    except OSError:
        return None
    return found[1].for_all_alike() if course.pictures == "all" else found[1]


@functools.lru_cache(16)
def _read(path: Path, changed: int) -> tuple[str, SharedPictures] | None:
    """The version of the lesson that a file is of, and what it holds, read again when it has changed; None if it is damaged."""
    try:
        whole = json.loads(path.read_text("utf-8"))
        parts = {part: whole[part] for part in CONTENT}
        if whole["format"] == FORMAT and whole["digest"] == _digest(parts):
            return whole["version"], SharedPictures(**parts, digest=whole["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def made(course: Settings, lesson: Lesson, do: Callable[..., Any]) -> SharedPictures:
    """Return the course's own pictures of a lesson, which are drawn if they are not there. Where that fails there are none, and it is said.

    Parameters
    ----------
    course : Settings
    lesson : Lesson
    do : callable
        Runs a function, in a worker for instance.
    """
    found = kept(course, lesson)
    if found is None:
        found = keep(course, lesson, lambda: do(draw, job_of(course, lesson)))
    return found


def job_of(course: Settings, lesson: Lesson, parts: tuple[str, ...] = drawing.PARTS) -> DrawJob:
    """Return the job that draws parts of the course's own pictures of a lesson. CourseError if the lesson cannot be read."""
    sandboxed = backend.choose() != NONE
    return DrawJob(pack(lesson), limits=course.limits, packages=course.packages, sandboxed=sandboxed, parts=parts)


def keep(course: Settings, lesson: Lesson, drawn: Callable[[], Drawn]) -> SharedPictures:
    """Keep the course's own pictures of a lesson, and return them. Where there are none, it is said.

    Parameters
    ----------
    course : Settings
    lesson : Lesson
    drawn : callable
        Returns what came of the job, or raises what it raised.
    """
    found = None
    try:
        solution = with_answers(lesson)
        behind = {cell: sorted(answers) for cell, answers in answers_behind(solution).items()}
        if not (behind or shared_cells(lesson.read_release())):
            return SharedPictures()
        version, pictures = _version(lesson), drawn()
        names = {answer: sorted(names) for answer, names in names_of_answers(solution).items()}
        made_of = {
            "outputs": lighter(pictures.outputs),
            "right": lighter(pictures.right),
            "behind": behind,
            "names": names,
        }
        made_of["beside"] = small_pictures(solution, pictures.right, behind)
        parts = json.loads(json.dumps(made_of))
        found = SharedPictures(**parts, digest=_digest(parts))
        whole = {"format": FORMAT, "version": version, "digest": found.digest, **parts}
        files.write(course.pictures_file(lesson.name), json.dumps(whole, ensure_ascii=False) + "\n", folders=True)
    except (GraderFault, CourseError, WorkerLost, OSError) as error:
        LOG.warning("%s: the course's own pictures could not be kept: %s", lesson.name, error)
    found = found or SharedPictures()
    return found.for_all_alike() if course.pictures == "all" else found


def _version(lesson: Lesson) -> str:
    """Tells a lesson, with its answers, from another."""
    whole = hashlib.sha256(lesson.release.read_bytes())
    whole.update(lesson.solution.read_bytes())
    return whole.hexdigest()


def _digest(outputs: Any) -> str:
    return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()[:16]
