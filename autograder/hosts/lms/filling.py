"""Fills the columns of a learning platform's own file; every other cell, and every row, stays as it is.

Nobody is guessed: a row is a student's if one named column holds what the gradebook has, and nothing else is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.csv_lines import harmless
from autograder.errors import CourseError
from autograder.hosts.lms.columns import Column, Item, Wanted, headers, must_differ, places
from autograder.hosts.lms.platforms import FIELDS, Platform
from autograder.hosts.lms.table import Table
from autograder.safe_text import printable
from autograder.words import counted

MOST_NAMED = 12


@dataclass
class Filled:
    """What came of it.

    Attributes
    ----------
    rows : list of list of str
    filled, left, unmatched : int
        Rows that got a grade; rows of known students that got none; rows of nobody known.
    problems : list of str
        For the instructor, a line each.
    students : dict of int to str
        By row, whose it is.
    """

    rows: list[list[str]]
    filled: int = 0
    left: int = 0
    unmatched: int = 0
    missing: int = 0
    problems: list[str] = field(default_factory=list)
    students: dict[int, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """The last line."""
        said = f"{counted(self.filled, 'row')} filled, {self.left} left as they were, {self.unmatched} of nobody in the gradebook"
        return f"{said}; {counted(self.missing, 'student')} of the gradebook not in the file."


def fill(
    table: Table,
    platform: Platform,
    students: Mapping[str, str],
    items: Sequence[Item],
    wanted: Wanted,
    comments: Mapping[str, str] | None = None,
) -> Filled:
    """Return the rows of a file with its columns filled.

    Parameters
    ----------
    table : Table
    platform : Platform
    students : dict of str to str
        What the matched column holds, and the student's id. Capitals do not matter.
    items : sequence of Item
    wanted : Wanted
    comments : dict of str to str, optional
        HTML for each student, for the platform's column of feedback.

    Raises
    ------
    CourseError
        If a column is not there or not clear, or no row is anybody's.
    """
    who = identity_column(table, platform, wanted.match)
    rows = [list(row) for row in table.rows]
    columns = [Column.of(table, platform, item, wanted) for item in items]
    must_differ(table, columns)
    found = Filled(rows)
    found.students = _matched(table, platform, who, students, found)
    remarks: list[str] = []
    for index, student in found.students.items():
        row = rows[index]
        row += [""] * (len(table.header) - len(row))
        locked = platform.is_locked(row, table.header)
        if locked and any(item.points.get(student) is not None for item in items):
            why = f"left, because {platform.name} lets nobody change its grade"
            remarks.append(f"row {index + 1}, {printable(student)}: {why}.")
        if not locked and any([column.fill(row, index, student, remarks) for column in columns]):
            found.filled += 1
            _comment(table, row, platform, (comments or {}).get(student, ""))
        else:
            found.left += 1
    found.problems += _shortened(remarks)
    return found


def identity_column(table: Table, platform: Platform, name: str) -> int:
    """Return which column tells who a row is; CourseError if it is not there, or there twice."""
    for wanted in (name,) if name else platform.identity:
        there = places(table, wanted)
        if len(there) > 1:
            raise CourseError(f"{table.path}: there are {len(there)} columns called {wanted!r}. Leave one in the file.")
        if there:
            return there[0]
    asked = repr(name) if name else " or ".join(map(repr, platform.identity))
    raise CourseError(
        f"{table.path}: there is no column {asked}. Name the one with what students are called in the gradebook with --match; there are:"
        f" {headers(table)}."
    )


def _matched(table: Table, platform: Platform, who: int, students: Mapping[str, str], found: Filled) -> dict[int, str]:
    """Whose each row is. Rows of nobody, and rows that two share, are told."""
    known = {name.strip().casefold(): student for name, student in students.items()}
    ids = {
        index: (platform.identity_in(row[who]) if who < len(row) else "")
        for index, row in enumerate(table.rows)
        if index and platform.is_student(row, who)
    }
    times = Counter(name for name in ids.values() if name)
    matched, unknown, twice = {}, [], []
    whole = {name.lstrip("0"): name for name in known if name.startswith("0")}
    for index, name in ids.items():
        student = known.get(name) if name else None
        if student is None:
            hint = f"; {printable(whole[name])} is, so a spreadsheet may have taken its zeros" if name in whole else ""
            unknown.append(f"row {index + 1}: {_shown(table.rows[index], name)} is nobody in the gradebook{hint}.")
        elif times[name] > 1:
            twice.append(f"row {index + 1}: {printable(name)} is there {times[name]} times; none of them is filled.")
        else:
            matched[index] = student
    if not ids:
        raise CourseError(f"{table.path}: there is no student in it. Export it from {platform.name} again.")
    if not matched:
        raise CourseError(f"{table.path}: {twice[0]}" if twice else _nobody(table, platform, who, known, unknown[0]))
    there = set(matched.values()) | {known[n] for n in times if times[n] > 1 and n in known}
    missing = sorted(set(students.values()) - there)
    found.unmatched, found.left, found.missing = len(unknown), len(twice), len(missing)
    found.problems += [*_shortened(twice), *_shortened(unknown)]
    found.problems += _shortened(
        [f"{printable(student)}: in the gradebook and not in the file." for student in missing]
    )
    return matched


def _shown(row: Sequence[str], name: str) -> str:
    return printable(name or next((cell.strip() for cell in row if cell.strip()), ""))


def _nobody(table: Table, platform: Platform, who: int, known: Mapping[str, str], first: str) -> str:
    """What is said if no row is anybody's: which other column would do. first: what is said of the first row."""
    better = []
    for place, header in enumerate(table.header):
        hits = sum(len(row) > place and platform.identity_in(row[place]) in known for row in table.rows[1:])
        if hits and place != who:
            better.append(f"{printable(header)!r} ({hits})")
    cure = f"These columns would match: {', '.join(better)}; name one with --match." if better else (
        "Name with --match the column that holds what the gradebook has, or with --student-field what of the gradebook is compared:"
        f" {', '.join(FIELDS)}."
    )  # fmt: skip
    return f"{table.path}: no row's {table.header[who]!r} is a student of the gradebook: {first} {cure}"


def _comment(table: Table, row: list[str], platform: Platform, html: str) -> None:
    there = places(table, platform.comments) if html and platform.comments else []
    if there:
        row[there[0]] = harmless(html)
        for place in places(table, platform.comments_format) if platform.comments_format else ():
            row[place] = "HTML"


def _shortened(lines: list[str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - MOST_NAMED
    return lines if more <= 0 else [*lines[:MOST_NAMED], f"… and {counted(more, 'more line')} of this kind."]
