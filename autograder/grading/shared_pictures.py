"""What a lesson's cells show that show the same for everybody: drawn once a lesson, and kept beside the journal."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder import files
from autograder.course.catalog import Lesson
from autograder.course.drawn import shared_cells
from autograder.course.packed import pack
from autograder.errors import CourseError, GraderFault, WorkerLost
from autograder.grading.drawing import DrawJob, draw
from autograder.sandbox import backend
from autograder.sandbox.isolation import NONE
from autograder.settings import Settings

# Of the file; another number is made again.
FORMAT = 1
LOG = logging.getLogger("autograder")


@dataclass(frozen=True)
class SharedPictures:
    """The outputs that all students' notebooks of a lesson have in common.

    Attributes
    ----------
    outputs : dict of str to list
        By the ids of the cells.
    digest : str
        Tells them from others.
    """

    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict, repr=False)
    digest: str = ""

    @property
    def cells(self) -> frozenset[str]:
        """The ids of the cells."""
        return frozenset(self.outputs)

    def outputs_of(self, cell: str) -> list[NotebookNode]:
        """Return a fresh copy of the outputs of a cell."""
        return [nbformat.from_dict(output) for output in json.loads(json.dumps(self.outputs[cell]))]


def kept(course: Settings, lesson: Lesson) -> SharedPictures | None:
    """Return what is kept of a lesson; None if nothing is, if it is damaged, or of another release."""
    path = course.pictures_file(lesson.name)
    try:
        found = _read(path, path.stat().st_mtime_ns)
        return found[1] if found is not None and found[0] == _release(lesson) else None
    except OSError:
        return None


@functools.lru_cache(16)
def _read(path: Path, changed: int) -> tuple[str, SharedPictures] | None:
    """The release that a file is of, and what it holds, read again when it has changed; None if it is damaged."""
    try:
        whole = json.loads(path.read_text("utf-8"))
        outputs, digest = whole["outputs"], whole["digest"]
        if whole["format"] == FORMAT and digest == _digest(outputs):
            return whole["release"], SharedPictures(outputs, digest)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def made(course: Settings, lesson: Lesson, do: Callable[..., Any]) -> SharedPictures:
    """Return the shared pictures of a lesson, which are drawn if they are not there. Where that fails there are none, and it is said.

    Parameters
    ----------
    course : Settings
    lesson : Lesson
    do : callable
        Runs a function, in a worker for instance.
    """
    found = kept(course, lesson)
    if found is not None:
        return found
    try:
        if not shared_cells(lesson.read_release()):
            return SharedPictures()
        packed = pack(lesson)
        sandboxed = backend.choose() != NONE
        drawn = do(draw, DrawJob(packed, limits=course.limits, packages=course.packages, sandboxed=sandboxed))
        outputs = json.loads(json.dumps(drawn.outputs))
        found = SharedPictures(outputs, _digest(outputs))
        whole = {"format": FORMAT, "release": _release(lesson), "digest": found.digest, "outputs": outputs}
        files.write(course.pictures_file(lesson.name), json.dumps(whole, ensure_ascii=False) + "\n", folders=True)
    except (GraderFault, CourseError, WorkerLost, OSError) as error:
        LOG.warning("%s: the pictures that are the same for everybody could not be kept: %s", lesson.name, error)
    return found or SharedPictures()


def _release(lesson: Lesson) -> str:
    """Tells one release from another."""
    return hashlib.sha256(lesson.release.read_bytes()).hexdigest()


def _digest(outputs: Any) -> str:
    return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()[:16]
