"""What of each student's graded submission is compared across a class, read once and kept beside the journal."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder import files
from autograder.course.catalog import Lesson, is_own, nbgrader_facts
from autograder.errors import UnreadableWeights
from autograder.networks import weights
from autograder.settings import FOLDER

SAME_WEIGHTS, CLOSE_WEIGHTS, ALIKE_TEXT = "the same weights", "nearly the same weights", "the same unusual text"
KINDS = (SAME_WEIGHTS, CLOSE_WEIGHTS, ALIKE_TEXT)
MOST_TEXT = 200_000  # characters of one submission that are compared
MOST_IN_A_CELL = 20_000  # of these in one cell


@dataclass(frozen=True)
class Pair:
    """Two submissions of a lesson that are alike. `what`: one of KINDS; `detail`: one line for the teacher; `of`: hashes of what was compared."""

    lesson: str
    students: tuple[str, str]
    what: str
    detail: str
    of: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        one, other = self.students
        return f"{self.lesson}: {one} and {other} handed in {self.what} ({self.detail})"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "students": list(self.students), "of": list(self.of)}


@dataclass
class Work:
    """What of one student's submission is compared.

    texts: (where it stands, source, whether it is code). weights: the arrays of the weights file, none if there is none that
    can be read. weights_hash: of the file, "" if there is none. revision: the hash of the submission.
    """

    student: str
    texts: list[tuple[str, str, bool]] = field(default_factory=list)
    weights: list[np.ndarray] | None = None
    weights_hash: str = ""
    revision: str = ""


def work_of(student: str, folder: Path, lesson: Lesson, course: Path) -> Work | None:
    """A graded submission, read from its folder in `autograded/`; None if it was never graded.

    What was read is kept beside the course's journal, so that a class run reads only what is new.
    """
    path, file = folder / f"{lesson.name}.ipynb", folder / weights.handed_in_with(lesson.name).weights_file
    there = file.is_file() and not file.is_symlink()
    here = course / FOLDER / "integrity"
    kept = here / lesson.name / f"{student}.json"
    try:
        stamp = [path.stat().st_mtime_ns, path.stat().st_size]
        known = _known(kept)
        if known.get("stamp") != stamp:
            notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
            known = {
                "stamp": stamp,
                "handed": notebook.metadata.get("autograder", {}).get("handed", ""),
                "texts": texts_of(notebook, lesson),
                "weights": hashlib.sha256(file.read_bytes()).hexdigest() if there and file.stat().st_size else "",
            }
            files.write(kept, json.dumps(known, ensure_ascii=False), folders=True, lasting=False)
    except (OSError, ValueError, AttributeError):
        return None
    arrays = _read(file, here / "weights" / f"{known['weights']}.npz") if known["weights"] else None
    return Work(student, [tuple(text) for text in known["texts"]], arrays, known["weights"], known["handed"])


def _known(kept: Path) -> dict[str, Any]:
    """What was kept of a submission; {} if nothing was, or not whole."""
    try:
        known = json.loads(kept.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def texts_of(notebook: NotebookNode, lesson: Lesson) -> list[tuple[str, str, bool]]:
    """The student's own text in a rebuilt notebook: what was written into answers, and cells of the student's own."""
    release = {cell.id: cell.source for cell in lesson.read_release().cells}
    found, left = [], MOST_TEXT
    for cell in sorted(notebook.cells, key=is_own):  # answers first: a long cell of their own leaves no answer out
        own = is_own(cell)
        source = cell.metadata.get("course", {}).get("whole", cell.source)  # a page shows less of a long one
        answered = nbgrader_facts(cell).get("solution") and source != release.get(cell.get("id"))
        if own or answered:
            where = "a cell of their own" if own else nbgrader_facts(cell)["grade_id"]
            source = source[: min(left, MOST_IN_A_CELL)]
            found.append((where, source, cell.cell_type == "code"))
            left -= len(source)
    return found


def _read(path: Path, kept: Path) -> list[np.ndarray]:
    """The arrays of a weights file, none if it cannot be read; read in a sandbox once, then from the cache, which holds plain arrays."""
    if kept.exists():
        with np.load(kept, allow_pickle=False) as arrays:
            return [arrays[f"arr_{number}"] for number in range(len(arrays.files))]
    try:
        found = weights.read(path)
    except UnreadableWeights:
        found = []
    whole = io.BytesIO()
    np.savez(whole, *found)
    files.write(kept, whole.getvalue(), folders=True)
    return found
