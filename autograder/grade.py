"""Grades one submission: runs the rebuilt notebook, lets the judge ask at each grade cell, adds up the points."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder import sandbox
from autograder.course import Exercise, Lesson, exercises_of
from autograder.execution import GraderFault, NotebookRun
from autograder.intake import Submission, Unreadable, open_submission
from autograder.judge import CheckResult, JudgeFault, counting, draw_key, judge
from autograder.limits import LIMITS
from autograder.secret import read_secret
from autograder.student import Student, StudentTimeout

GRADED, TIMEOUT, RESOURCE, TAMPER, REVIEW, INFRA = "GRADED", "TIMEOUT", "RESOURCE", "TAMPER", "REVIEW", "INFRA"
GRAVITY = (GRADED, TIMEOUT, RESOURCE, TAMPER, REVIEW, INFRA)  # the gravest cell verdict is the submission's
NOT_GRADABLE = (REVIEW, INFRA)
NOT_ANSWERED = "Not answered yet."
GRADER_FAILED = "The grader failed here; this is not your fault. Your teacher has been told."


@dataclass
class CellResult:
    """One grade cell. `points` is None where no grade can be given (REVIEW, INFRA): a human has to look."""

    id: str
    title: str
    verdict: str
    points: float | None
    max_points: float
    message: str
    checks: list[CheckResult] = field(default_factory=list)
    visible: str = ""

    @property
    def full(self) -> bool:
        return self.points == self.max_points


@dataclass
class Result:
    """One graded submission, exactly one verdict."""

    lesson: str | None
    notebook: str
    verdict: str
    score: float | None
    max_score: float | None
    seconds: float
    sandbox: str
    repaired: list[str] = field(default_factory=list)
    cells: list[CellResult] = field(default_factory=list)
    reason: str = ""

    @property
    def exit_code(self) -> int:
        """0 full marks, 1 graded with less, 2 not gradable."""
        if self.verdict in NOT_GRADABLE:
            return 2
        return 0 if self.score == self.max_score else 1

    def as_json(self) -> dict[str, Any]:
        """The object that `autograder check --json` prints."""
        keys = ("id", "verdict", "points", "max_points", "message")
        whole = asdict(self)
        whole["cells"] = [{key: cell[key] for key in keys} for cell in whole["cells"]]
        return whole


def grade_file(path: Path, lesson: Lesson | None = None) -> Result:
    """Grade one notebook file. Whatever is wrong with the file ends in a verdict, not in an exception."""
    began = time.monotonic()
    try:
        submission = open_submission(path, lesson)
    except Unreadable as error:
        return Result(
            lesson.name if lesson else None,
            str(path),
            REVIEW,
            None,
            None,
            _since(began),
            sandbox.NAME,
            reason=str(error),
        )
    result = grade_submission(submission, str(path))
    result.seconds = _since(began)
    return result


def grade_submission(submission: Submission, name: str) -> Result:
    """Grade a rebuilt submission; its notebook is left as it was run, with the students' outputs."""
    began = time.monotonic()
    exercises = exercises_of(submission.notebook)
    try:
        checks, run = _run(submission, exercises)
        cells = [_score(e, checks, _Traces.of(e, submission.notebook, run)) for e in exercises]
        reason = _fault_of(checks)
    except (GraderFault, JudgeFault) as error:
        cells = [CellResult(e.check_id, e.title, INFRA, None, e.points, GRADER_FAILED) for e in exercises]
        reason = str(error)
    result = _total(submission.lesson, name, cells, exercises, sandbox=sandbox.NAME, reason=reason)
    result.repaired = submission.repaired
    result.seconds = _since(began)
    return result


def _total(
    lesson: Lesson, name: str, cells: list[CellResult], exercises: list[Exercise], *, sandbox: str, reason: str
) -> Result:
    """Add up the cells: the gravest verdict, and a score if every cell has one."""
    verdict = max((cell.verdict for cell in cells), key=GRAVITY.index)
    score = None if verdict in NOT_GRADABLE else math.fsum(cell.points for cell in cells)
    whole = math.fsum(e.points for e in exercises)
    return Result(lesson.name, name, verdict, score, whole, 0.0, sandbox, cells=cells, reason=reason)


def review(lesson: Lesson, name: str, reason: str) -> Result:
    """The result of a hand-in that only a human can judge."""
    exercises = lesson.exercises()
    cells = [CellResult(e.check_id, e.title, REVIEW, None, e.points, reason) for e in exercises]
    return Result(
        lesson.name,
        name,
        REVIEW,
        None,
        math.fsum(e.points for e in exercises),
        0.0,
        sandbox.NAME,
        cells=cells,
        reason=reason,
    )


def result_of(lesson: Lesson, checks: list[CheckResult]) -> Result:
    """The result of checks that were run against a live session: no notebook file, no run."""
    exercises = lesson.exercises()
    cells = [_score(e, checks) for e in exercises]
    return _total(lesson, "this session", cells, exercises, sandbox="live session", reason=_fault_of(checks))


def _run(submission: Submission, exercises: list[Exercise]) -> tuple[list[CheckResult], NotebookRun]:
    """Run the notebook with the judge beside it; what the checks said, and the run with the trouble that it met."""
    place = {e.id: e.check_index for e in exercises}
    key = draw_key(read_secret(), submission.sha256)
    with sandbox.scratch_folder() as folder, NotebookRun(submission.notebook, folder, LIMITS) as run:

        def student_at(exercise: str) -> Student:
            run.advance_to(place[exercise])
            return run.student

        checks = judge(submission.lesson, student_at, key)
        run.finish()
    return checks, run


@dataclass(frozen=True)
class _Traces:
    """What running an exercise's cells left behind: how the answer cell stopped, and what the visible check said."""

    trouble: Exception | None = None
    stopped: str = ""
    visible: str = ""

    @classmethod
    def of(cls, exercise: Exercise, notebook: NotebookNode, run: NotebookRun) -> _Traces:
        kind, text = _error_of(notebook.cells[exercise.answer_index])
        stopped = f"The answer cell stopped with {kind}: {text}" if kind and kind != "NotImplementedError" else ""
        kind, text = _error_of(notebook.cells[exercise.check_index])
        visible = text or kind
        return cls(run.trouble.get(exercise.answer_index), stopped, visible)


def _error_of(cell: NotebookNode) -> tuple[str, str]:
    """The class and the text of the error that a cell ended with in the student's kernel, or two empty strings."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            text = str(output.get("evalue", "")).strip()
            return str(output.get("ename", ""))[:100], text[: LIMITS.message_characters]
    return "", ""


def _score(exercise: Exercise, checks: list[CheckResult], traces: _Traces = _Traces()) -> CellResult:
    """Share a cell's points among its checks by weight; one clamped, finite number."""
    mine = [check for check in checks if check.exercise == exercise.id]
    whole = math.fsum(check.weight for check in mine)
    if not whole > 0 or any(check.outcome == "fault" for check in mine):
        return CellResult(exercise.check_id, exercise.title, INFRA, None, exercise.points, GRADER_FAILED, mine)
    earning = counting(mine)
    won = math.fsum(check.weight for check in mine if check.name in earning)
    points = exercise.points if won == whole else round(exercise.points * won / whole, 4)
    points = float(min(max(points, 0.0), exercise.points))
    timed_out = isinstance(traces.trouble, StudentTimeout) or any(check.outcome == "timeout" for check in mine)
    verdict = TIMEOUT if timed_out and points < exercise.points else GRADED
    return CellResult(
        exercise.check_id,
        exercise.title,
        verdict,
        points,
        exercise.points,
        _message(mine, traces),
        mine,
        traces.visible,
    )


def _message(checks: list[CheckResult], traces: _Traces) -> str:
    """The one line of a cell: the first thing to mend, or that all is well."""
    failed = [check for check in checks if not check.passed]
    if not failed:
        return "All checks passed."
    if traces.trouble is not None:
        return str(traces.trouble)
    if all(check.outcome == "blank" for check in checks):
        missing = [check.message for check in checks if NOT_ANSWERED not in check.message]
        return traces.stopped or (missing[0] if missing else NOT_ANSWERED)
    return failed[0].message


def _fault_of(checks: list[CheckResult]) -> str:
    return next((f"{check.name}: {check.message}" for check in checks if check.outcome == "fault"), "")


def _since(began: float) -> float:
    return round(time.monotonic() - began, 2)
