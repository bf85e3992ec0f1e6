"""Fills the columns of a learning platform's own file; every other cell, and every row, stays as it is.

Nobody is guessed: a row is a student's if one named column holds what the gradebook has, and nothing else is looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.csv_lines import harmless
from autograder.errors import CourseError
from autograder.hosts.lms.platforms import Platform, number
from autograder.hosts.lms.table import Table
from autograder.safe_text import printable
from autograder.words import counted

MOST_NAMED = 12


@dataclass(frozen=True)
class Item:
    """Something that a student has points for.

    Attributes
    ----------
    key : str
        "01_halves", or "01_halves/half" for one exercise.
    titles : tuple of str
        What its column may be called.
    maximum : float
    points : dict of str to float or None
        By student; None where nothing was handed in or somebody has to look first.
    """

    key: str
    titles: tuple[str, ...]
    maximum: float
    points: Mapping[str, float | None]


@dataclass(frozen=True)
class Wanted:
    """What an instructor may say about a file.

    Attributes
    ----------
    match : str
        The column that tells who a row is; "" for the platform's own.
    columns : dict of str to str
        Items' keys, and the headers of their columns.
    decimal : str
        "." or ","; "" for what the file has.
    scale : bool
        Whether points are scaled where the platform's maximum is another.
    """

    match: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    decimal: str = ""
    scale: bool = False


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
    columns = [_Column.of(table, platform, item, wanted) for item in items]
    _must_differ(table, columns)
    found = Filled(rows)
    found.students = _matched(table, platform, who, students, found)
    remarks: list[str] = []
    for index, student in found.students.items():
        row = rows[index]
        row += [""] * (len(table.header) - len(row))
        done = [column.fill(row, student, f"row {index + 1}, {printable(student)}", remarks) for column in columns]
        if any(done):
            found.filled += 1
            _comment(table, row, platform, (comments or {}).get(student, ""))
        else:
            found.left += 1
    found.problems += _shortened(remarks)
    return found


def identity_column(table: Table, platform: Platform, name: str) -> int:
    """Return which column tells who a row is; CourseError if it is not there, or there twice."""
    for wanted in (name,) if name else platform.identity:
        places = _places(table, wanted)
        if len(places) > 1:
            raise CourseError(
                f"{table.path}: there are {len(places)} columns called {wanted!r}. Leave one in the file."
            )
        if places:
            return places[0]
    asked = repr(name) if name else " or ".join(map(repr, platform.identity))
    raise CourseError(
        f"{table.path}: there is no column {asked}. Name the one with what students are called in the gradebook with --match; there are:"
        f" {_headers(table)}."
    )


@dataclass
class _Column:
    """One item's column in the file."""

    item: Item
    place: int
    platform: Platform
    maximum_place: int | None
    maximum: float | None
    decimal: str
    scale: bool

    @classmethod
    def of(cls, table: Table, platform: Platform, item: Item, wanted: Wanted) -> _Column:
        place = _place_of(table, platform, item, wanted.columns.get(item.key, ""))
        maximum_place = next(iter(_places(table, platform.maximum)), None) if platform.maximum else None
        maximum, sample = None, []
        title = platform.title.fullmatch(table.header[place].strip())
        if title and title.groupdict().get("maximum"):
            maximum = number(title["maximum"])
        for row in table.rows[1:]:
            if platform.maximum_line and row and row[0].strip().startswith(platform.maximum_line) and place < len(row):
                maximum = number(row[place])
            sample += [row[p] for p in (place, maximum_place) if p is not None and p < len(row)]
        decimal = wanted.decimal or _decimal(sample)
        return cls(item, place, platform, maximum_place, maximum, decimal, wanted.scale)

    def fill(self, row: list[str], student: str, where: str, remarks: list[str]) -> bool:
        """Put a student's points into a row; whether they are there now."""
        points = self.item.points.get(student)
        if points is None:
            return False
        if (before := row[self.place].strip()).upper() in self.platform.kept:
            remarks.append(f"{where}: left, because {self.platform.name} says {before!r}.")
            return False
        maximum = number(row[self.maximum_place]) if self.maximum_place is not None else self.maximum
        if maximum is not None and abs(maximum - self.item.maximum) > 1e-9:
            if not self.scale or not self.item.maximum:
                raise CourseError(
                    f"{self.item.key} has {self.item.maximum:g} points, and {self.platform.name}'s column {maximum:g}. Give the assignment"
                    f" {self.item.maximum:g} points there and export again, or have points scaled with --scale."
                )
            points = points * maximum / self.item.maximum
        if maximum is not None and points > maximum and self.platform.capped:
            remarks.append(f"{where}: {points:g} of {maximum:g} points; {self.platform.capped}.")
        row[self.place] = f"{round(points, 4):.10g}".replace(".", self.decimal)
        return True


def _places(table: Table, name: str) -> list[int]:
    wanted = name.strip().casefold()
    return [place for place, cell in enumerate(table.header) if cell.strip().casefold() == wanted]


def _place_of(table: Table, platform: Platform, item: Item, named: str) -> int:
    """Which column is an item's: the one that was named, or else the one of the item's name or title."""
    if named:
        places = _places(table, named)
    elif platform.single:
        places = [p for p, cell in enumerate(table.header) if platform.title.fullmatch(cell.strip())]
    else:
        titles = {_bare(title) for title in item.titles}
        places = []
        for place, cell in enumerate(table.header):
            header = platform.title.fullmatch(cell.strip())
            if header and _bare(header["name"]) in titles:
                places.append(place)
    if len(places) == 1:
        return places[0]
    what = f"{len(places)} columns" if places else "no column"
    raise CourseError(
        f"{table.path}: there is {what} for {item.key}. Say which one it is: --column '{item.key}=HEADER'; there are: {_headers(table)}."
    )


def has_column(table: Table, platform: Platform, item: Item, wanted: Wanted) -> bool:
    """Whether a file has a column for an item, or more than one."""
    try:
        _place_of(table, platform, item, wanted.columns.get(item.key, ""))
    except CourseError as error:
        return "there is no column" not in str(error)
    return True


def _must_differ(table: Table, columns: Sequence[_Column]) -> None:
    for place, times in Counter(column.place for column in columns).items():
        if times > 1:
            keys = " and ".join(column.item.key for column in columns if column.place == place)
            raise CourseError(
                f"{table.path}: {keys} have the same column, {table.header[place]!r}. Name another with --column."
            )


def _bare(text: str) -> str:
    """A name without what people and platforms change in it: capitals, blanks, underscores, dots."""
    return re.sub(r"[\W_]+", "", text.casefold())


def _headers(table: Table) -> str:
    return ", ".join(repr(printable(cell.strip())) for cell in table.header if cell.strip())


def _decimal(cells: Sequence[str]) -> str:
    """The sign before the fraction in these cells."""
    found = [cell for cell in cells if number(cell) is not None]
    return "," if any("," in cell for cell in found) and not any("." in cell for cell in found) else "."


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
    for index, name in ids.items():
        student = known.get(name) if name else None
        if student is None:
            unknown.append(f"row {index + 1}: {_shown(table.rows[index], name)} is nobody in the gradebook.")
        elif times[name] > 1:
            twice.append(f"row {index + 1}: {printable(name)} is there {times[name]} times; none of them is filled.")
        else:
            matched[index] = student
    if ids and not matched and not twice:
        raise CourseError(_nobody(table, platform, who, known))
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


def _nobody(table: Table, platform: Platform, who: int, known: Mapping[str, str]) -> str:
    """What is said if no row is anybody's: which other column would do."""
    better = []
    for place, header in enumerate(table.header):
        hits = sum(len(row) > place and platform.identity_in(row[place]) in known for row in table.rows[1:])
        if hits and place != who:
            better.append(f"{printable(header)!r} ({hits})")
    cure = f"These columns would match: {', '.join(better)}; name one with --match." if better else (
        "Name with --match the column that holds what the gradebook has, or with --student-field what of the gradebook is compared:"
        " id, email or lms_user_id."
    )  # fmt: skip
    return f"{table.path}: no row's {table.header[who]!r} is a student of the gradebook. {cure}"


def _comment(table: Table, row: list[str], platform: Platform, html: str) -> None:
    places = _places(table, platform.comments) if html and platform.comments else []
    if places:
        row[places[0]] = harmless(html)
        for place in _places(table, platform.comments_format) if platform.comments_format else ():
            row[place] = "HTML"


def _shortened(lines: list[str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - MOST_NAMED
    return lines if more <= 0 else [*lines[:MOST_NAMED], f"… and {counted(more, 'more line')} of this kind."]
