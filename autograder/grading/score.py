"""Turns what the hidden checks said into points, verdicts and one message a cell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.course.catalog import Exercise, Lesson, is_own
from autograder.errors import StudentTimeout, StudentTooMuch
from autograder.library_errors import explain, one_line
from autograder.results import CellResult, CheckResult, Outcome, Result, Verdict, asked, counting
from autograder.safe_text import readable
from autograder.settings import limits, packages

VERDICT_OF = {  # by the outcome of a check
    Outcome.TIMEOUT: Verdict.TIMEOUT,
    Outcome.RESOURCE: Verdict.RESOURCE,
    Outcome.TAMPER: Verdict.TAMPER,
}
BLANK = "NotImplementedError"  # what a released answer raises
UNANSWERED = (Outcome.BLANK, Outcome.MISSING)
TOO_LATE = (
    "`{}` stands in a cell of its own below the check of this exercise. A notebook is run from top to bottom, so there it comes"
    " too late: move it into the answer cell."
)
PACKAGES = "NumPy, SciPy, scikit-image, Pillow, matplotlib, and TensorFlow with Keras"  # what a student may import
NO_SUCH_PACKAGE = (
    "`{}` is not there where notebooks are graded. Python's own modules are, and {}; the head of the lesson says so."
    " `packages` in the course's limits.toml shows more."
)
MISSING = re.compile(r"No module named '([\w.]{1,60})'")
# What IPython says behind a SyntaxError: the name that it gives to a cell, which nobody else knows.
CELL_FILE = re.compile(r"\((?:\d+\.py|<ipython-input-[^>]*>), (line \d+)\)")
FOR_WANT_OF_A_NAME = re.compile(r"NameError|ModuleNotFoundError|No module named|^There is no `")
GRADER_FAILED = "The grader failed here. That is the grader's fault and not yours."


@dataclass(frozen=True)
class Traces:
    """What running an exercise's cells left behind: how the answer cell stopped, and what the visible check said.

    too_late: whether a cell of the student's below the check defines what was asked for. missing: what to say of a package that
    a cell above the check asked for in vain.
    """

    error: Exception | None = None
    stopped: str = ""
    visible: str = ""
    too_late: bool = False
    missing: str = ""


NO_TRACES = Traces()


def traces_of(exercise: Exercise, notebook: NotebookNode, cell_errors: Mapping[int, Exception]) -> Traces:
    """Read the traces from a notebook as it was run, and from the errors that the run met, by cell index."""
    kind, text = _error_of(notebook.cells[exercise.answer_index])
    stopped = _explained(f"{kind}: {text}", "The answer cell stopped with ") if kind not in ("", BLANK) else ""
    kind, text = _error_of(notebook.cells[exercise.check_index])
    if kind not in ("", BLANK, "AssertionError"):
        text = _explained(f"{kind}: {text}")
    defines = re.compile(rf"^(async +def|def|class) +{exercise.id}\b|^{exercise.id} *=(?!=)", re.MULTILINE)
    below = [cell for cell in notebook.cells[exercise.check_index + 1 :] if is_own(cell)]
    too_late = any(cell.cell_type == "code" and defines.search(cell.source) for cell in below)
    missing = _missing_package(notebook.cells[: exercise.check_index])
    return Traces(cell_errors.get(exercise.answer_index), stopped, text or kind, too_late, missing)


def _explained(error: str, before: str = "") -> str:
    """The words of an error, after the course's sentence on it if there is one."""
    said = CELL_FILE.sub(r"(\1)", one_line(error))
    return " ".join(part for part in (explain(error), f"{before}{said}") if part)


def _missing_package(cells: list[NotebookNode]) -> str:
    """What to say of the last package that one of these cells could not import, or "". What follows in such a cell was not run."""
    for cell in reversed(cells):
        kind, text = _error_of(cell)
        if kind == "ModuleNotFoundError" and (name := MISSING.search(text)):
            return NO_SUCH_PACKAGE.format(name[1], ", ".join([PACKAGES, *packages()]))
    return ""


def result_of(
    lesson: Lesson,
    name: str,
    checks: list[CheckResult],
    *,
    sandbox: str,
    exercises: list[Exercise] | None = None,
    traces: dict[str, Traces] | None = None,
    too_much: str = "",
) -> Result:
    """Add up the checks of all exercises: a result with points, the gravest verdict, and a score if every cell has one.

    too_much: what any cell of the notebook took too much of; it makes the verdict RESOURCE and costs no points by itself. exercises: those of the notebook that was graded, whose points nbgrader's gradebook may have changed; by default the release's.
    """
    exercises = exercises or lesson.exercises()
    numbers = {exercise.id: exercise.number for exercise in [*lesson.exercises(), *exercises]}
    cells = [_cell(e, checks, (traces or {}).get(e.id, NO_TRACES), numbers) for e in exercises]
    fault = next((f"{check.name}: {check.message}" for check in checks if check.outcome == Outcome.FAULT), "")
    verdict = max(
        (*(cell.verdict for cell in cells), Verdict.RESOURCE if too_much else Verdict.GRADED),
        key=lambda found: found.gravity,
    )
    score = None if not verdict.gradable else math.fsum(cell.points or 0.0 for cell in cells)
    whole = math.fsum(e.points for e in exercises)
    return Result(
        lesson.name,
        name,
        verdict,
        score,
        whole,
        0.0,
        sandbox,
        cells=cells,
        reason=fault or too_much,
        bonus=lesson.bonus,
    )


def no_result(
    lesson: Lesson, name: str, verdict: Verdict, reason: str, *, sandbox: str, exercises: list[Exercise] | None = None
) -> Result:
    """A result without grades, for a human: REVIEW (the submission could not be read) or INFRA (the grader failed)."""
    message = GRADER_FAILED if verdict == Verdict.INFRA else reason
    exercises = lesson.exercises() if exercises is None else exercises
    cells = [CellResult(e.check_id, e.title, verdict, None, e.points, message) for e in exercises]
    whole = math.fsum(cell.max_points for cell in cells)
    return Result(lesson.name, name, verdict, None, whole, 0.0, sandbox, cells=cells, reason=reason, bonus=lesson.bonus)


def too_costly(
    lesson: Lesson, name: str, reason: str, *, sandbox: str, exercises: list[Exercise] | None = None
) -> Result:
    """RESOURCE, for a submission that cost the grader's workers their lives in two runs. It is not tried again; a human says what it is worth."""
    message = "Grading this took more memory or time than the grader has, twice. Your teacher has been told."
    exercises = exercises or lesson.exercises()
    cells = [CellResult(e.check_id, e.title, Verdict.RESOURCE, None, e.points, message) for e in exercises]
    whole = math.fsum(cell.max_points for cell in cells)
    return Result(
        lesson.name, name, Verdict.RESOURCE, None, whole, 0.0, sandbox, cells=cells, reason=reason, bonus=lesson.bonus
    )


def _error_of(cell: NotebookNode) -> tuple[str, str]:
    """The class and the text of the error that a cell ended with in the student's kernel, or two empty strings."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            text = str(output.get("evalue", "")).strip()
            return readable(str(output.get("ename", ""))[:100]), readable(text[: limits().message_characters])
    return "", ""


def _cell(exercise: Exercise, checks: list[CheckResult], traces: Traces, numbers: dict[str, str]) -> CellResult:
    """Share a cell's points among its checks by weight; one clamped, finite number."""
    of_exercise = [check for check in checks if check.exercise == exercise.id]
    mine = asked(of_exercise)
    whole = math.fsum(check.weight for check in mine)
    if not whole > 0 or any(check.outcome == Outcome.FAULT for check in mine):
        return CellResult(
            exercise.check_id, exercise.title, Verdict.INFRA, None, exercise.points, GRADER_FAILED, of_exercise
        )
    earning = counting(mine)
    won = math.fsum(check.weight for check in mine if check.name in earning)
    points = exercise.points if won == whole else round(exercise.points * won / whole, 4)
    points = float(min(max(points, 0.0), exercise.points))
    verdict = Verdict.GRADED if points >= exercise.points else _verdict(mine, traces.error)
    blank = all(check.outcome in UNANSWERED for check in mine)
    carried = "" if blank else _carried(mine, numbers)
    return CellResult(
        exercise.check_id,
        exercise.title,
        verdict,
        points,
        exercise.points,
        f"{_message(exercise, mine, traces)} {carried}".rstrip(),
        of_exercise,
        traces.visible,
        blank=blank,
        carried=carried,
    )


def _verdict(checks: list[CheckResult], error: Exception | None) -> Verdict:
    """The verdict of a cell that lost points: the gravest of what happened to its answer and to its checks."""
    found = {VERDICT_OF.get(check.outcome, Verdict.GRADED) for check in checks}
    if isinstance(error, StudentTimeout):
        found.add(Verdict.TIMEOUT)
    elif isinstance(error, StudentTooMuch):
        found.add(Verdict.RESOURCE)
    return max(found, key=lambda found: found.gravity)


def _message(exercise: Exercise, checks: list[CheckResult], traces: Traces) -> str:
    """The one line of a cell: the first thing to correct, or that all is well."""
    message = _first_problem(exercise, checks, traces)
    return f"{message} {traces.missing}" if traces.missing and FOR_WANT_OF_A_NAME.search(message) else message


def _carried(checks: list[CheckResult], numbers: dict[str, str]) -> str:
    """A sentence on the earlier answers in whose place the course's own were taken, or ""."""
    names = list(dict.fromkeys(name for check in checks for name in check.carried))
    if not names:
        return ""
    called = " and ".join(f"`{name}` (exercise {numbers.get(name, '')})" for name in names)
    return (
        f"This exercise needs {called}, which {'is' if len(names) == 1 else 'are'} not right yet: here the course's own stood in, "
        "so that no point is lost twice."
    )


def _first_problem(exercise: Exercise, checks: list[CheckResult], traces: Traces) -> str:
    """The message without a word about packages."""
    failed = [check for check in checks if not check.passed]
    if not failed:
        return "All checks passed."
    if traces.error is not None:
        return str(traces.error)
    if all(check.outcome in UNANSWERED for check in checks):
        if traces.too_late and not traces.stopped:
            return TOO_LATE.format(exercise.id)
        missing = [check.message for check in checks if check.outcome == Outcome.MISSING]
        return traces.stopped or (missing or [check.message for check in checks])[0]
    return failed[0].message
