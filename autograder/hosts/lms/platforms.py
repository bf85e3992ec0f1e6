"""What is particular about each learning platform's file: its columns, its lines that are no student, what it calls a column of points.

Where the formats come from: Canvas, `lib/gradebook_exporter.rb` and `gradebook_importer.rb` of instructure/canvas-lms; Moodle,
`mod/assign/feedback/offline` and `mod/assign/feedback/file` of moodle/moodle; Blackboard, "Upload or download grades to work offline" of its
help; Brightspace, "Importing grades" of D2L's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

NUMBER = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*")


@dataclass(frozen=True)
class Platform:
    """One platform's file.

    Attributes
    ----------
    name : str
        As people call it.
    key : str
        As the command line calls it.
    identity : tuple of str
        Columns that tell who a row is, the best first.
    title : re.Pattern
        What a header of points is made of: the groups `name` and, where it is said there, `maximum`.
    maximum : str
        The column with the greatest grade of each row, or "".
    maximum_line : str
        What the first cell of the line with the greatest grades begins with, or "".
    not_students : tuple of str
        How lines begin that are no student.
    comments, comments_format : str
        Columns for feedback and for what kind of text it is, or "".
    kept : tuple of str
        Cells in a column of points that a person has set and that stay.
    single : bool
        Whether a file is about one assignment.
    capped : str
        What the platform does with more than the greatest grade, or "".
    before_ids : str
        What the platform puts before ids so that a spreadsheet takes them for text.
    """

    name: str
    key: str
    identity: tuple[str, ...]
    title: re.Pattern[str]
    maximum: str = ""
    maximum_line: str = ""
    not_students: tuple[str, ...] = ()
    comments: str = ""
    comments_format: str = ""
    kept: tuple[str, ...] = ()
    single: bool = False
    capped: str = ""
    before_ids: str = ""

    def identity_in(self, cell: str) -> str:
        """Return who a cell says that a row is, without regard to capitals."""
        return cell.strip().removeprefix(self.before_ids).strip().casefold()

    def is_student(self, row: Sequence[str], identity: int) -> bool:
        """Whether a row is about a student: not one of the lines below the header."""
        first = row[0].strip() if row else ""
        if not any(cell.strip() for cell in row) or first.startswith(self.not_students or ("\0",)):
            return False
        # Canvas: a line that says which columns are posted by hand has nothing in the columns of a student.
        return bool(first) or bool(row[identity].strip() if identity < len(row) else "") or self.key != "canvas"


CANVAS = Platform(
    "Canvas",
    "canvas",
    ("SIS Login ID", "SIS User ID", "ID"),
    re.compile(r"(?P<name>.*?)\s*(?:\(\d+\))?"),
    maximum_line="Points Possible",
    not_students=("Points Possible", "Student, Test"),
    kept=("EX", "N/A"),
)
MOODLE = Platform(
    "Moodle",
    "moodle",
    ("Email address", "ID number", "Username"),
    re.compile(r"(?P<name>Grade)"),
    maximum="Maximum grade",
    comments="Feedback comments",
    single=True,
    capped="Moodle takes no grade above the maximum",
)
BLACKBOARD = Platform(
    "Blackboard",
    "blackboard",
    ("Username", "Student ID"),
    re.compile(
        r"(?P<name>.*?)\s*\[Total Pts:\s*(?:up to )?(?P<maximum>\d+(?:[.,]\d+)?)?[^\]]*\]\s*(?:\|\s*\d+)?",
        re.IGNORECASE,
    ),
    comments="Feedback to Learner",
    comments_format="Feedback Format",
)
BRIGHTSPACE = Platform(
    "Brightspace",
    "brightspace",
    ("Username", "OrgDefinedId", "Org Defined ID", "Email"),
    re.compile(
        r"(?P<name>.*?)\s+Points Grade\s*(?:<[^>]*?MaxPoints:\s*(?P<maximum>\d+(?:[.,]\d+)?)[^>]*>)?", re.IGNORECASE
    ),
    capped="Brightspace cuts grades above the maximum unless the item has 'Can Exceed'",
    before_ids="#",
)
PLATFORMS = {platform.key: platform for platform in (CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE)}


def number(text: str) -> float | None:
    """Return the number in a cell, with a decimal point or a comma; None if there is none."""
    found = NUMBER.fullmatch(text)
    return float(found[1].replace(",", ".")) if found else None
