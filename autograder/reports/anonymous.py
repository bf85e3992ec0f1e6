"""Take the students' names out of a class's results, before anything is made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from autograder.reports.statistics import Entry, ForReview
from autograder.results import CellResult, Result


def numbers_of(students: Iterable[str], secret: bytes) -> dict[str, str]:
    """Return what students are called instead of their ids.

    Parameters
    ----------
    students : iterable of str
    secret : bytes
        Decides on the order, so that it says nothing: not that of the ids, and the same in each report about these students.
    """
    order = sorted(students, key=lambda name: hashlib.sha256(secret + name.encode("utf-8", "surrogatepass")).digest())
    width = len(str(len(order)))
    return {student: f"student {number:0{width}d}" for number, student in enumerate(order, 1)}


def without_name(entry: Entry, called: Mapping[str, str], hide: Callable[[str], str]) -> Entry:
    """Return an entry with a number for the student, and texts that name nobody."""
    return replace(entry, student=called[entry.student], result=_hidden(entry.result, hide))


def waiting_without_name(one: ForReview, called: Mapping[str, str], hide: Callable[[str], str]) -> ForReview:
    """Return what is said of a submission that waits, with a number for the student."""
    return replace(one, student=called[one.student], reason=hide(one.reason), todo=hide(one.todo))


def _hidden(result: Result, hide: Callable[[str], str]) -> Result:
    return replace(
        result,
        notebook="",
        reason=hide(result.reason),
        repairs=[hide(repair) for repair in result.repairs],
        cells=[_cell(cell, hide) for cell in result.cells],
    )


def _cell(cell: CellResult, hide: Callable[[str], str]) -> CellResult:
    checks = [replace(check, message=hide(check.message)) for check in cell.checks]
    return replace(
        cell, message=hide(cell.message), visible=hide(cell.visible), carried=hide(cell.carried), checks=checks
    )
