"""Grade one submission: `GradeJob` in, `GradeReport` out, with nothing else read and nothing else written."""

from __future__ import annotations

import contextlib
import functools
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import settings
from autograder.checks.draws import draw_key
from autograder.checks.reference import reference_namespace
from autograder.checks.runner import Request, judge_each
from autograder.checks.warm_judge import WarmJudge
from autograder.course.catalog import Exercise, Lesson, exercises_of, is_setup
from autograder.course.needed import names_left_out, needed_cells
from autograder.course.packed import PackedLesson, pack, unpack
from autograder.errors import CourseError, GraderFault, StudentTooMuch
from autograder.grading.score import no_result, result_of, traces_of
from autograder.kernel import warm_kernels
from autograder.kernel.client import Student
from autograder.kernel.runner import NotebookRun
from autograder.kernel.warm_kernels import WarmKernels
from autograder.networks import worker
from autograder.results import CheckResult, Result, Verdict
from autograder.sandbox import backend, box
from autograder.sandbox.box import Box
from autograder.sandbox.isolation import NONE, Isolation
from autograder.sandbox.warm_process import WarmProcess
from autograder.settings import Limits, Settings
from autograder.submission.rebuild import Submission

KNOWN_FAULTS = (GraderFault, CourseError)
# In a process that grades many: its warm kernels, and a judge for each lesson.
_warm: WarmKernels | None = None
_judges: dict[Lesson, WarmJudge] = {}


def keep_warm() -> None:
    """Fork the kernels of this process from warm ones from now on, and collect checks once. It pays from the second submission on."""
    global _warm
    _warm = _warm or WarmKernels()


def _judge(lesson: Lesson, request: Request) -> list[CheckResult]:
    if _warm is None:
        (results,) = judge_each(lesson, [request])
        return results
    judge = _judges.pop(lesson, None)  # only one that came to its end is asked again
    judge = judge if judge is not None and judge.is_usable else WarmJudge(lesson)
    results = judge.judge(request)
    _judges[lesson] = judge
    return results


def warm_for(lesson: Lesson) -> Callable[[Box], WarmProcess | None]:
    """Return what gives the warm process from which this process forks the kernels of a lesson."""
    return _warm.processes_for(_setup_of(lesson)) if _warm is not None else warm_kernels.none


def make_ready(packed: PackedLesson, limits: Limits, packages: tuple[str, ...], sandboxed: bool) -> None:
    """Load into this process beforehand what the first submission of a lesson would wait for. What fails, the first submission meets again."""
    lesson = unpack(packed)
    with (
        contextlib.suppress(Exception),
        settings.using(Settings(lesson.root, lesson.root, limits, packages, hidden=(Path(packed.home),))),
        box.scratch_folder() as folder,
    ):
        isolation = backend.choose() if sandboxed else NONE
        with _reference_meanwhile(lesson):
            warm_for(lesson)(Box(folder, isolation, limits=limits))


def handed_in_files(contents: dict[str, bytes], folder: Path) -> dict[str, Path]:
    """Write what was handed in with a notebook into `submitted` in a folder; returns the files by name."""
    place = folder / "submitted"
    place.mkdir()
    for name, content in contents.items():
        (place / name).write_bytes(content)
    return {name: place / name for name in contents}


def _setup_of(lesson: Lesson) -> str:
    """The set-up cells of a lesson's release, as one program."""
    return _setup_in(lesson.release.read_text("utf-8"))


@functools.lru_cache(8)
def _setup_in(release: str) -> str:
    cells = nbformat.reads(release, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code" and is_setup(cell))


@dataclass(frozen=True)
class GradeJob:
    """All that a grade is made from, as plain data that can be pickled.

    Attributes
    ----------
    name : str
        The submission's name, for people.
    lesson : PackedLesson
    notebook : str
        The submission rebuilt on the release, as nbformat JSON.
    key : bytes
        What hidden inputs are drawn from, 32 bytes. The instructor's secret cannot be found from it.
    files : dict of str to bytes
        What was handed in with the notebook, by name.
    repairs : tuple of str
        What was changed in the submission before, one line each.
    limits : Limits
    packages : tuple of str
        What the course's notebooks import beyond what the lessons need.
    sandboxed : bool
        Whether student code runs in the strongest sandbox of the machine; False for none at all.
    pictures : bool
        Whether the notebook's figures are drawn and the cells behind the last grade cell are run, for a feedback page.
    whole : bool
        Whether all cells are run before the last grade cell, and not only those that a grade needs. The grade is the same.
    """

    name: str
    lesson: PackedLesson
    notebook: str = field(repr=False)
    key: bytes = field(repr=False)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    repairs: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits, repr=False)
    packages: tuple[str, ...] = ()
    sandboxed: bool = True
    pictures: bool = True
    whole: bool = False


@dataclass(frozen=True)
class GradeReport:
    """What came of a job.

    Attributes
    ----------
    result : Result
        With what every check said, the sandbox that was used, and seconds by phase.
    notebook : str
        The notebook as it was run, with the student's outputs, as nbformat JSON.
    lost : str
        How the job cost workers their lives, or "".
    """

    result: Result
    notebook: str = field(repr=False)
    lost: str = ""

    def read_notebook(self) -> NotebookNode:
        """Return a fresh copy of the notebook."""
        return nbformat.reads(self.notebook, as_version=4)


def job_of(
    submission: Submission,
    name: str,
    course: Settings,
    *,
    lesson: PackedLesson | None = None,
    pictures: bool = True,
) -> GradeJob:
    """Return the job that grades a submission.

    Parameters
    ----------
    submission : Submission
        Rebuilt; its files come along.
    name : str
        For people.
    course : Settings
        Where the secret and the limits are read from.
    lesson : PackedLesson, optional
        The submission's lesson, if it is packed already.
    pictures : bool
    """
    return GradeJob(
        name,
        lesson or pack(submission.lesson),
        nbformat.writes(submission.notebook, indent=None),
        draw_key(course.secret(), submission.input_digest),
        {name: path.read_bytes() for name, path in submission.files.items()},
        tuple(submission.repairs),
        course.limits,
        course.packages,
        backend.choose() != NONE,
        pictures,
    )


def grade(job: GradeJob) -> GradeReport:
    """Return the report of a job. Whatever goes wrong ends in a verdict, not in an exception."""
    began = time.monotonic()
    try:
        return _grade(job, began)
    except Exception as error:  # before anything was run: the lesson could not be unpacked, or the notebook not be read
        result = no_result(Lesson(job.lesson.name), job.name, Verdict.INFRA, _reason(error), sandbox="", exercises=[])
        result.repairs, result.seconds = list(job.repairs), _since(began)
        return GradeReport(result, job.notebook)


def _grade(job: GradeJob, began: float) -> GradeReport:
    notebook = nbformat.reads(job.notebook, as_version=4)
    exercises = exercises_of(notebook)
    lesson = unpack(job.lesson)
    here = Settings(lesson.root, lesson.root, job.limits, job.packages, hidden=(Path(job.lesson.home),))
    sandbox = ""
    timings: dict[str, float] = {}
    try:
        os.getcwd()
    except OSError:  # the current folder of this process is gone
        os.chdir(lesson.root)
    with settings.using(here):
        try:
            isolation = backend.choose() if job.sandboxed else NONE
            sandbox = isolation.name
            checks, run = _run(job, lesson, notebook, exercises, isolation, timings)
            traces = {e.id: traces_of(e, notebook, run.cell_errors) for e in exercises}
            result = result_of(
                lesson, job.name, checks, sandbox=sandbox, exercises=exercises, traces=traces, too_much=_too_much(run)
            )
        except Exception as error:  # whatever it is, it is the grader's fault and not a zero
            result = no_result(lesson, job.name, Verdict.INFRA, _reason(error), sandbox=sandbox, exercises=exercises)
    # Messages for the instructor name the course's own files and not the copies.
    result.reason = result.reason.replace(str(lesson.root), job.lesson.home)
    result.repairs = list(job.repairs)
    result.seconds = _since(began)
    result.timings = timings
    return GradeReport(result, nbformat.writes(notebook, indent=None))


def _reason(error: Exception) -> str:
    """What the instructor reads of a fault: the text of a known one, the end of the traceback of another."""
    return str(error) if isinstance(error, KNOWN_FAULTS) else "".join(traceback.format_exception(error)[-4:])


def _run(
    job: GradeJob,
    lesson: Lesson,
    notebook: NotebookNode,
    exercises: list[Exercise],
    isolation: Isolation,
    timings: dict[str, float],
) -> tuple[list[CheckResult], NotebookRun]:
    """Run what a grade needs of the notebook, with the judge beside it; what the checks said, and the run with what it met.

    Where a name of a cell is missed that was left out, the whole notebook is run instead.
    """
    worker.forget()
    if not (job.whole or job.pictures):
        needed = needed_cells(notebook)
        as_it_was = deepcopy(notebook.cells)
        checks, run = _run_cells(
            job, lesson, notebook, exercises, isolation, timings, needed, names_left_out(notebook, needed)
        )
        if not run.missed:
            return checks, run
        notebook.cells = as_it_was
    return _run_cells(job, lesson, notebook, exercises, isolation, timings)


def _run_cells(
    job: GradeJob,
    lesson: Lesson,
    notebook: NotebookNode,
    exercises: list[Exercise],
    isolation: Isolation,
    timings: dict[str, float],
    needed: frozenset[int] | None = None,
    left_out: frozenset[str] = frozenset(),
) -> tuple[list[CheckResult], NotebookRun]:
    """Run these cells of the notebook, or all of them."""
    place = {e.id: e.check_index for e in exercises}
    with box.scratch_folder() as folder:
        run = NotebookRun(
            notebook,
            folder,
            job.limits,
            isolation=isolation,
            files=handed_in_files(job.files, folder),
            pictures=job.pictures,
            needed=needed,
            left_out=left_out,
            warm=warm_for(lesson),
        )
        with contextlib.ExitStack() as stack:
            with _reference_meanwhile(lesson):
                with _timed(timings, "kernel start"):
                    stack.enter_context(run)
                with _timed(timings, "cells"):
                    run.advance_to(_end_of_setup(notebook))

            def student_at(exercise: str) -> Student:
                with _timed(timings, "cells"):
                    run.advance_to(place[exercise])
                return run.student

            before = timings.get("cells", 0.0)
            with _timed(timings, "checks"):
                checks = _judge(lesson, Request(student_at, job.key, folder=folder / "submitted"))
            timings["checks"] = round(timings["checks"] - (timings.get("cells", 0.0) - before), 3)
            if job.pictures:
                with _timed(timings, "cells"):
                    run.finish()
    return checks, run


def _end_of_setup(notebook: NotebookNode) -> int:
    """The place of the last cell of the set-up that stands before all that is the student's, -1 if there is none."""
    end = -1
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and not is_setup(cell):
            break
        end = index if is_setup(cell) else end
    return end


@contextlib.contextmanager
def _reference_meanwhile(lesson: Lesson) -> Iterator[None]:
    """Load the course's own answers in a thread while the kernel starts, which is another process: both import the same libraries."""

    def load() -> None:
        with contextlib.suppress(Exception):  # the judge meets it again, and says what it is
            reference_namespace(lesson)

    thread = threading.Thread(target=load)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@contextlib.contextmanager
def _timed(timings: dict[str, float], phase: str) -> Iterator[None]:
    """Add the seconds that something takes to those of its phase."""
    began = time.monotonic()
    try:
        yield
    finally:
        timings[phase] = round(timings.get(phase, 0.0) + time.monotonic() - began, 3)


def _too_much(run: NotebookRun) -> str:
    """What a notebook took too much of, for the teacher, or ""."""
    for index, error in sorted(run.cell_errors.items()):
        if isinstance(error, StudentTooMuch):
            return f"cell {index + 1}: {error}"
    return f"cell {min(run.cut) + 1}: it showed more than is kept; the rest was cut off." if run.cut else ""


def _since(began: float) -> float:
    return round(time.monotonic() - began, 2)
