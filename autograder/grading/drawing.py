"""Draw the pictures of one notebook: `DrawJob` in, `Drawn` out. No grade depends on it, and none is changed by it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import settings
from autograder.course.catalog import Lesson, is_written
from autograder.course.drawn import answer_of, answers_behind, cells_to_run, shared_cells
from autograder.course.needed import names_left_out, with_makers
from autograder.course.packed import PackedLesson, unpack
from autograder.grading.job import handed_in_files, warm_for
from autograder.kernel.runner import NotebookRun
from autograder.reports import display
from autograder.sandbox import backend, box
from autograder.sandbox.isolation import NONE
from autograder.settings import Limits, Settings

PICTURES = ("image/webp", "image/png", "image/jpeg")
# The course's own pictures: those that are the same for everybody, and those that its answers show.
PARTS = ("shared", "right")
# How much the drawing of pictures gives way to other work; see nice(2).
NICENESS = 10
# What a graded cell shows that did not come to its end; it is not begun again.
STOPPED = "Stopped"


@dataclass(frozen=True)
class DrawJob:
    """All that a notebook's pictures are made from, as plain data that can be pickled.

    Attributes
    ----------
    lesson : PackedLesson
    notebook : str
        A graded submission, with the whole text of its cells; "" for the course's own pictures.
    cells : frozenset of str
        The ids of the course's cells that are drawn.
    files : dict of str to bytes
        What was handed in with the notebook, by name.
    limits : Limits
    packages : tuple of str
    sandboxed : bool
    parts : tuple of str
        Which of the course's own pictures are drawn, of PARTS.
    """

    lesson: PackedLesson
    notebook: str = field(default="", repr=False)
    cells: frozenset[str] = frozenset()
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    limits: Limits = field(default_factory=Limits, repr=False)
    packages: tuple[str, ...] = ()
    sandboxed: bool = True
    parts: tuple[str, ...] = PARTS


@dataclass(frozen=True)
class Drawn:
    """What came of it.

    Attributes
    ----------
    outputs : dict of str to list
        The outputs of the cells that were drawn, by the ids of the cells.
    right : dict of str to list
        Of the course's own pictures: what cells show where the course's own answers are called.
    """

    outputs: dict[str, list[NotebookNode]] = field(repr=False)
    right: dict[str, list[NotebookNode]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Undrawn:
    """A graded submission whose pictures are missing.

    Attributes
    ----------
    notebook : str
        With the whole text of its cells.
    cells : frozenset of str
        The ids of the course's cells that are to be drawn.
    files : dict of str to bytes
        What was handed in with the notebook, by name.
    """

    notebook: str = field(repr=False)
    cells: frozenset[str]
    files: dict[str, bytes] = field(default_factory=dict, repr=False)


def give_way() -> None:
    """Let this process and what it starts give way to all others from now on."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(max(0, NICENESS - os.nice(0)))


def draw(job: DrawJob) -> Drawn:
    """Run what the pictures of a notebook need, and return what the cells show whose pictures are wanted.

    Raises
    ------
    GraderFault
        If the sandbox failed.
    CourseError
        If the lesson cannot be read.
    """
    lesson = unpack(job.lesson)
    here = Settings(lesson.root, lesson.root, job.limits, job.packages, hidden=(Path(job.lesson.home),))
    with settings.using(here):
        if not job.notebook:
            shared = _shared(job, lesson.read_release()) if "shared" in job.parts else {}
            return Drawn(shared, _right(job, with_answers(lesson)) if "right" in job.parts else {})
        return Drawn(_own(job, nbformat.reads(job.notebook, as_version=4)))


def _shared(job: DrawJob, release: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The outputs of the cells that show the same for everybody. No answer is run, the course's neither; a cell that then fails is nobody's."""
    shared = shared_cells(release)
    wanted = {release.cells[i].id for i in shared}
    needed = with_makers(release, lambda cell: cell.id in wanted)
    written = {i for i in needed if is_written(release.cells[i])}
    _run(job, release, shared, needed - written)
    found = {release.cells[i].id: release.cells[i].outputs for i in shared}
    return {name: outputs for name, outputs in found.items() if not _failed(outputs)}


def with_answers(lesson: Lesson) -> NotebookNode:
    """Return a lesson's release with the course's own answers in it."""
    notebook, answers = lesson.read_release(), {answer_of(cell): cell.source for cell in lesson.read_solution().cells}
    for cell in notebook.cells:
        if name := answer_of(cell):
            cell.source = answers[name]
    return notebook


def _right(job: DrawJob, solution: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The outputs of the cells that call answers, with the course's own. Warnings are left out: they quote the line that they come from."""
    behind = answers_behind(solution)
    drawn = frozenset(i for i, cell in enumerate(solution.cells) if cell.id in behind)
    if not drawn:
        return {}
    _run_as_needed(job, solution, drawn, cells_to_run(solution, drawn))
    found = {solution.cells[i].id: solution.cells[i].outputs for i in sorted(drawn)}
    return {
        name: [output for output in outputs if output.get("name") != "stderr"]
        for name, outputs in found.items()
        if not _failed(outputs)
    }


def _own(job: DrawJob, notebook: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The outputs of the cells that show the student's own work, and those of their own cells that show pictures."""
    graded = {i: cell.outputs for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    stopped = {i for i, outputs in graded.items() if any(o.get("ename") == STOPPED for o in outputs)}
    written = {i for i in graded if is_written(notebook.cells[i])}
    own = frozenset(i for i in graded if notebook.cells[i].id in job.cells)
    drawn = own | written
    _run_as_needed(job, notebook, drawn, cells_to_run(notebook, own), stopped)
    pictured = {i for i in written - stopped if _has_picture(notebook.cells[i].outputs) and not _failed(graded[i])}
    return {notebook.cells[i].id: notebook.cells[i].outputs for i in sorted(own | pictured)}


def _run_as_needed(
    job: DrawJob,
    notebook: NotebookNode,
    drawn: frozenset[int],
    needed: frozenset[int],
    stopped: Collection[int] = (),
) -> None:
    """Run these cells of a notebook, or all if that is not enough, and keep of what they show as much as a page has room for. stopped: cells that are not run."""
    code = frozenset(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    for cells in (needed, code):
        for i in code:
            notebook.cells[i].outputs = []
        if not _run(job, notebook, drawn, cells.difference(stopped)):
            break
    display.bound_outputs([notebook.cells[i] for i in sorted(drawn)])


def _run(job: DrawJob, notebook: NotebookNode, drawn: frozenset[int], needed: frozenset[int]) -> str:
    """Run these cells of a notebook and draw some. Returns a name that was missed because its cell was left out, or ""."""
    with box.scratch_folder() as folder:
        run = NotebookRun(
            notebook,
            folder,
            job.limits,
            isolation=backend.choose() if job.sandboxed else NONE,
            files=handed_in_files(job.files, folder),
            pictures=True,
            drawn=drawn,
            needed=needed,
            left_out=names_left_out(notebook, needed),
            warm=warm_for(unpack(job.lesson)),
        )
        with run:
            run.finish()
    return run.missed


def _has_picture(outputs: list[NotebookNode]) -> bool:
    return any(kind in output.get("data", {}) for output in outputs for kind in PICTURES)


def _failed(outputs: list[NotebookNode]) -> bool:
    return any(output.output_type == "error" for output in outputs)


def whole_text(notebook: NotebookNode) -> NotebookNode:
    """Give the cells of a graded notebook their whole text back, of which pages show a part; returns the notebook."""
    for cell in notebook.cells:
        about = cell.metadata.get("course", {})
        if isinstance(about, dict) and isinstance(about.get("whole"), str):
            cell.source = about["whole"]
    return notebook
