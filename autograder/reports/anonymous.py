"""Take the students' names out of a class's results, before anything is made of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from autograder.reports.statistics import Entry
from autograder.results import CellResult, Result

# A shorter id or name is not looked for in texts: it would be found in every number and word.
SHORTEST = 3


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


def hiding(called: Mapping[str, str], names: Mapping[str, str], shortest: int = SHORTEST) -> Callable[[str], str]:
    """Return a function that puts numbers in the place of ids, of full names and of their words in a text.

    Parameters
    ----------
    called : dict of str to str
        The numbers by the students' ids.
    names : dict of str to str
        Full names by ids.
    shortest : int
        Characters from which on an id is looked for.
    """
    instead: dict[str, str] = {}
    for student, number in called.items():
        for word in (student, names.get(student, ""), *names.get(student, "").split()):
            if word and len(word) >= (shortest if word == student else SHORTEST):
                instead.setdefault(word, number)
    if not instead:
        return str
    longest_first = "|".join(map(re.escape, sorted(instead, key=len, reverse=True)))
    pattern = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)")
    return lambda text: pattern.sub(lambda found: instead[found[0]], text)


def without_name(entry: Entry, called: Mapping[str, str], hide: Callable[[str], str]) -> Entry:
    """Return an entry with a number for the student, and texts that name nobody."""
    return replace(entry, student=called[entry.student], result=_hidden(entry.result, hide))


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
    return replace(cell, message=hide(cell.message), visible=hide(cell.visible), checks=checks)
