"""What a result looks like in Gradescope's `results.json`: a test for each check, with what the feedback card says of it and no more.

The format: "Autograder specifications" of Gradescope's documentation, https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

import math
from typing import Any

from autograder.reports.rows import has_rows, notebook_said, rows_of
from autograder.results import CellResult, Outcome, Result, asked, counting
from autograder.safe_text import readable
from autograder.words import counted

NO_GRADE = (
    "This is not a grade: the file could not be graded, and Gradescope has no other way to say so than 0 points. {} Hand in again, or ask your"
    " teacher."
)
# Gradescope's word for texts that it shows as they are.
TEXT = "text"


def as_results(result: Result) -> dict[str, Any]:
    """Return the object for `results.json`.

    Parameters
    ----------
    result : Result
        Of one submission; not one on which the grader failed.
    """
    about = {"verdict": str(result.verdict), "sandbox": result.sandbox, "seconds": result.seconds}
    common = {"visibility": "visible", "stdout_visibility": "hidden", "output_format": TEXT, "extra_data": about}
    if result.waits:
        return {"score": 0.0, "output": readable(NO_GRADE.format(result.reason)), "tests": [], **common}
    tests = [test for number, cell in enumerate(result.cells, 1) for test in _tests(cell, number)]
    return {"score": round(result.score or 0.0, 4), "output": _summary(result), "tests": tests, **common}


def _summary(result: Result) -> str:
    done = sum(cell.full for cell in result.cells)
    lines = [f"{done} of {counted(len(result.cells), 'exercise')} complete."]
    if result.bonus:
        lines.append("A bonus lesson: its points come on top.")
    if result.repairs:
        lines += ["Put right before it was graded:", *(f"- {line}" for line in result.repairs)]
    return readable("\n".join(lines))


def _tests(cell: CellResult, number: int) -> list[dict[str, Any]]:
    """A test for each row of the cell's card; one for the whole exercise where the card has no rows."""
    if not has_rows(cell):
        return [_test(str(number), cell.title, cell.points or 0.0, cell.max_points, cell.full, cell.message)]
    whole = math.fsum(check.weight for check in asked(cell.checks))
    earning = counting(cell.checks)
    tests = []
    for place, (check, row) in enumerate(zip(cell.checks, rows_of(cell), strict=True), 1):
        most = 0.0 if check.outcome == Outcome.OFF else round(cell.max_points * check.weight / whole, 4)
        points = most if check.name in earning else 0.0
        tests.append(
            _test(f"{number}.{place}", f"{cell.title}: {row.title}", points, most, check.name in earning, row.message)
        )
    visible = notebook_said(cell)
    if cell.carried or visible:
        said = " ".join(
            part for part in (cell.carried, f"The visible check said: {visible}" if visible else "") if part
        )
        tests[-1]["output"] = readable(f"{tests[-1]['output']}\n{said}".strip())
    return tests


def _test(number: str, name: str, points: float, most: float, passed: bool, output: str) -> dict[str, Any]:
    return {
        "number": number,
        "name": readable(" ".join(name.split())),
        "name_format": TEXT,
        "score": round(points, 4),
        "max_score": most,
        "status": "passed" if passed else "failed",
        "output": readable(output),
        "output_format": TEXT,
        "visibility": "visible",
    }
