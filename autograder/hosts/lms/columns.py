"""The columns of a learning platform's file that grades go into: which one is whose, its greatest grade, and how its numbers are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.errors import CourseError
from autograder.hosts.lms.numbers import Ambiguous, decimal_of, number
from autograder.hosts.lms.platforms import Platform
from autograder.hosts.lms.table import Table
from autograder.safe_text import printable

# A grade is no more than so many times the greatest one: "8,125" of 10 is no 8125.
MOST = 2


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
    bonus : bool
        Whether all of it comes on top: the platform's maximum may be 0 then.
    """

    key: str
    titles: tuple[str, ...]
    maximum: float
    points: Mapping[str, float | None]
    bonus: bool = False


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
class Column:
    """One item's column in a file.

    Attributes
    ----------
    item : Item
    place : int
    platform : Platform
    table : Table
    decimal : str
        The sign of the numbers in the column, which is written too; "" if none of them has one.
    scale : bool
    maximum : float or None
        The greatest grade of all rows, where the file says one.
    maximum_place : int or None
        The column that says it for each row.
    """

    item: Item
    place: int
    platform: Platform
    table: Table
    decimal: str
    scale: bool
    maximum: float | None = None
    maximum_place: int | None = None

    @classmethod
    def of(cls, table: Table, platform: Platform, item: Item, wanted: Wanted) -> Column:
        """Return an item's column. CourseError if there is none, or more than one, or a number in it can be read in two ways."""
        place = _place_of(table, platform, item, wanted.columns.get(item.key, ""))
        maximum_place = next(iter(places(table, platform.maximum)), None) if platform.maximum else None
        found = cls(item, place, platform, table, wanted.decimal, wanted.scale, maximum_place=maximum_place)
        found.decimal = found.decimal or found._decimal_shown()
        found.maximum = found._one_maximum()
        found.decimal = found.decimal or found._decimal_of_grades()
        return found

    def fill(self, row: list[str], index: int, student: str, remarks: list[str]) -> bool:
        """Put a student's points into a row; whether they are there now."""
        points, where = self.item.points.get(student), f"row {index + 1}, {printable(student)}"
        if points is None:
            return False
        if (before := row[self.place].strip()).upper() in self.platform.kept:
            remarks.append(f"{where}: left, because {self.platform.name} says {before!r}.")
            return False
        maximum = self._number(index, self.maximum_place) if self.maximum_place is not None else self.maximum
        on_top = self.item.bonus and maximum == 0
        if maximum is not None and not on_top and abs(maximum - self.item.maximum) > 1e-9:
            if not self.scale or not self.item.maximum:
                raise CourseError(
                    f"{self.item.key} has {self.item.maximum:g} points, and {self.platform.name}'s column {maximum:g}. Give the assignment"
                    f" {self.item.maximum:g} points there and export again, or have points scaled with --scale."
                )
            points = points * maximum / self.item.maximum
        if maximum is not None and points > maximum and self.platform.capped:
            remarks.append(f"{where}: {points:g} of {maximum:g} points; {self.platform.capped}.")
        row[self.place] = f"{round(points, 4):.10g}".replace(".", self.decimal or ".")
        return True

    def _one_maximum(self) -> float | None:
        """The greatest grade, from the header or the line of greatest grades."""
        title = self.platform.title.fullmatch(self.table.header[self.place].strip())
        maximum = self._read(title.groupdict().get("maximum") or "", 0, self.place) if title else None
        for index, row in enumerate(self.table.rows):
            first = row[0].strip() if row else ""
            if index and self.platform.maximum_line and first.startswith(self.platform.maximum_line):
                maximum = self._number(index, self.place)
        return maximum

    def _decimal_shown(self) -> str:
        """The decimal sign that the column's numbers show beyond doubt; "" if they show none, or both."""
        mine = [place for place in (self.place, self.maximum_place) if place is not None]
        cells = (row[place] for row in self.table.rows[1:] for place in mine if place < len(row))
        signs = {sign for cell in cells if (sign := decimal_of(cell))}
        return signs.pop() if len(signs) == 1 else ""

    def _decimal_of_grades(self) -> str:
        """The decimal sign of grades that would be far too many points if it stood between thousands; "" if no grade has a sign."""
        most = MOST * (self.maximum or self.item.maximum)
        for index, row in enumerate(self.table.rows[1:], 1):
            cell = row[self.place].strip() if self.place < len(row) else ""
            signs = [sign for sign in ".," if sign in cell]
            if len(signs) == 1 and (number(cell, ".,".replace(signs[0], "")) or 0.0) > most:
                return signs[0]
            self._number(index, self.place)
        return ""

    def _number(self, index: int, place: int) -> float | None:
        row = self.table.rows[index]
        return self._read(row[place], index, place) if place < len(row) else None

    def _read(self, text: str, index: int, place: int) -> float | None:
        try:
            return number(text, self.decimal)
        except Ambiguous:
            header = printable(self.table.header[place].strip())
            raise CourseError(
                f"{self.table.path}: row {index + 1}, column {header!r}: {text.strip()!r} can be read in two ways. Say what the decimal sign"
                " of this file is, --decimal . or --decimal ,"
            ) from None


def places(table: Table, name: str) -> list[int]:
    """Return where columns of this name are, without regard to capitals."""
    wanted = name.strip().casefold()
    return [place for place, cell in enumerate(table.header) if cell.strip().casefold() == wanted]


def headers(table: Table) -> str:
    """Return the names of all columns, for people."""
    return ", ".join(repr(printable(cell.strip())) for cell in table.header if cell.strip())


def _place_of(table: Table, platform: Platform, item: Item, named: str) -> int:
    found = _places_of(table, platform, item, named)
    if len(found) == 1:
        return found[0]
    what = f"are {len(found)} columns" if found else "is no column"
    raise CourseError(
        f"{table.path}: there {what} for {item.key}. Say which one it is: --column '{item.key}=HEADER'; there are: {headers(table)}."
    )


def _places_of(table: Table, platform: Platform, item: Item, named: str) -> list[int]:
    """Which columns may be an item's: those of the name that was given, or else of the item's name or title."""
    if named:
        return places(table, named)
    if platform.single:
        return [p for p, cell in enumerate(table.header) if platform.title.fullmatch(cell.strip())]
    titles = {_bare(title) for title in item.titles}
    found = [(place, platform.title.fullmatch(cell.strip())) for place, cell in enumerate(table.header)]
    return [place for place, header in found if header and _bare(header["name"]) in titles]


def has_column(table: Table, platform: Platform, item: Item, wanted: Wanted) -> bool:
    """Return whether a file has a column for an item, or more than one."""
    return bool(_places_of(table, platform, item, wanted.columns.get(item.key, "")))


def must_differ(table: Table, columns: Sequence[Column]) -> None:
    """CourseError if two items have the same column."""
    for place, times in Counter(column.place for column in columns).items():
        if times > 1:
            keys = " and ".join(column.item.key for column in columns if column.place == place)
            raise CourseError(
                f"{table.path}: {keys} have the same column, {table.header[place]!r}. Name another with --column."
            )


def _bare(text: str) -> str:
    """A name without what people and platforms change in it: capitals, blanks, underscores, dots."""
    return re.sub(r"[\W_]+", "", text.casefold())
