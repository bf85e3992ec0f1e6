"""What an LMS calls the files of its download of all submissions: who handed what in, and what is known of when."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from autograder.errors import CourseError
from autograder.hosts.lms import table
from autograder.time_zones import ClocksPutForward, course_zone, moment_of

# One folder a student, or the same in front of each file's name: "Ada Lovelace_1234567_assignsubmission_file_".
MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)_(?P<file>.*)")
# "lovelaceada_LATE_12345_67890_01_rgb_grids-1.ipynb": user, attachment, and how often it was handed in before.
CANVAS = re.compile(r"(?P<name>.+?)(?:_(?P<late>LATE))?_(?P<number>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
AGAIN = re.compile(r"(?P<stem>.+?)(?:-(?P<number>\d{1,4})| ?\((?P<browser>\d{1,4})\))?")
UNIX_TIME = 0x5455  # the field of a zip's member that has its time in UTC
# Times of a download and not of handing in, where all lie so near to each other: at once, or in the order of the file.
AT_ONCE, IN_ORDER = timedelta(minutes=2), timedelta(minutes=30)
FEW = 4


@dataclass(frozen=True)
class Handed:
    """A file that a student handed in, by its name in a download.

    Attributes
    ----------
    path : Path
        Where it lies.
    name, number : str
        The student's, as the LMS writes them: Canvas' number is the user's, Moodle's is another in each assignment.
    file : str
        Its name as the student had it, apart from what the LMS adds.
    late : bool
        Whether the LMS calls it late.
    version : int
        The higher, the later it came.
    """

    path: Path
    name: str
    number: str
    file: str
    late: bool = False
    version: int = 0


def of_moodle(path: Path, inside: PurePosixPath) -> Handed | None:
    """Read the name of a file of Moodle's download, in folders or flat; None if it is none that a student handed in."""
    for place, part in enumerate(inside.parts):
        if found := MOODLE.fullmatch(part):
            file = inside.name if place + 1 < len(inside.parts) else found["file"]
            return Handed(path, found["name"], found["number"], file) if found["kind"] == "file" and file else None
    return None


def of_canvas(path: Path, inside: PurePosixPath) -> Handed | None:
    """Read the name of a file of Canvas' download; None if it is none."""
    found = CANVAS.fullmatch(inside.name)
    if not found:
        return None
    return Handed(path, found["name"], found["number"], found["file"], bool(found["late"]), int(found["attachment"]))


def owner_in(inside: PurePosixPath, handed: Handed | None) -> str:
    """Tell whose a file of a download is from whose others are; what is no student's file goes by the place that it has there."""
    if handed is not None:
        return f"{handed.name} ({handed.number})"
    return inside.parts[0].partition("_assignsubmission_")[0]


def as_handed_in(file: str, lesson: str) -> tuple[str, int]:
    """Return a file's name without the number that Canvas or a browser put to the lesson's, and that number."""
    stem, dot, ending = file.rpartition(".")
    found = AGAIN.fullmatch(stem)
    if dot and found and found["stem"] == lesson:
        return f"{lesson}.{ending}", int(found["number"] or found["browser"] or 0)
    return file, 0


def plain(name: str) -> str:
    """A name by its letters and digits alone, to compare with another: "Lovelace, Ada" and "lovelace ada" are one."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in text if character.isalnum())


def time_of(member: zipfile.ZipInfo) -> datetime | None:
    """Return when a member of a zip was changed, in UTC; one without a zone is of the course's."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNIX_TIME and len(field) >= 5 and field[0] & 1:
            return datetime.fromtimestamp(int.from_bytes(field[1:5], "little", signed=True), UTC)
    try:
        return moment_of(datetime(*member.date_time), course_zone())
    except (ClocksPutForward, ValueError, OverflowError):
        return None


def of_the_download(times: list[datetime]) -> bool:
    """Whether these times, in the order of a zip's members, are those of the download: some LMS write no others."""
    if len(times) < 2:
        return False
    spread = max(times) - min(times)
    return spread <= AT_ONCE or (len(times) >= FEW and spread <= IN_ORDER and times == sorted(times))


@dataclass(frozen=True)
class Roster:
    """A table of the LMS that says which student is whom. `path`: of its file."""

    path: Path
    columns: list[str]
    rows: list[dict[str, str]]

    @classmethod
    def read(cls, path: Path) -> Roster:
        """Read a table as the LMS exported it, or as a spreadsheet saved that. CourseError if it is none."""
        found = table.read(path)
        columns = [name.strip() for name in found.header]
        rows = [dict(zip(columns, map(str.strip, row), strict=False)) for row in found.rows[1:]]
        return cls(path, columns, rows)

    def column(self, named: str, usual: tuple[str, ...]) -> str:
        """The name of a column: the one that was named, or the first of the usual ones. CourseError if there is none."""
        for name in (named,) if named else usual:
            if name in self.columns:
                return name
        wanted = f"column {named!r}" if named else "none of the columns " + ", ".join(map(repr, usual))
        raise CourseError(
            f"{self.path}: {'no ' if named else ''}{wanted} in this roster. Its columns: {', '.join(self.columns)}."
        )
