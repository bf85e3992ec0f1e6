"""What is particular about each learning platform's file: its columns, its lines that are no student, what it calls a column of points.

Where the formats come from: Canvas, `lib/gradebook_exporter.rb` and `gradebook_importer.rb` of instructure/canvas-lms; Moodle,
`mod/assign/feedback/offline` and `mod/assign/feedback/file` of moodle/moodle; Blackboard, "Upload or download grades to work offline" of its
help; Brightspace, "Importing grades" of D2L's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What of a student in the gradebook a column of a file may hold.
FIELDS = ("id", "email", "lms_user_id")


@dataclass(frozen=True)
class Platform:
    """One platform's file.

    Attributes
    ----------
    name : str
        As people call it.
    key : str
        As the command line calls it.
    file : str
        What its file is called: "a gradebook".
    there, back : str
        Where people export the file, and where they import it.
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
    locked : tuple of (str, str)
        The column that says whether a row's grade can be changed, and what it says where it cannot, or two "".
    takes_pages : bool
        Whether it takes a zip of feedback pages.
    """

    name: str
    key: str
    file: str
    there: str
    back: str
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
    locked: tuple[str, str] = ("", "")
    takes_pages: bool = False

    @property
    def purpose(self) -> str:
        """What an export for it does, and in a second paragraph where its file comes from and goes."""
        return (
            f"Fill {self.file} that {self.name} exported.\n\nExported there: {self.there}. Imported there: {self.back}."
        )

    def is_locked(self, row: Sequence[str], header: Sequence[str]) -> bool:
        """Return whether the platform lets nobody change the grade of a row."""
        column, says = self.locked
        cells = zip(header, row, strict=False)
        return bool(column) and any(
            name.strip() == column and cell.strip().casefold() == says.casefold() for name, cell in cells
        )

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
    "a gradebook",
    "Grades → Export → Entire Gradebook",
    "Grades → Import",
    ("SIS Login ID", "SIS User ID", "ID"),
    re.compile(r"(?P<name>.*?)\s*(?:\(\d+\))?"),
    maximum_line="Points Possible",
    not_students=("Points Possible", "Student, Test"),
    kept=("EX", "N/A"),
)
MOODLE = Platform(
    "Moodle",
    "moodle",
    "a grading worksheet",
    "assignment → Submissions → Download grading worksheet",
    "Upload grading worksheet",
    ("Email address", "ID number", "Username"),
    re.compile(r"(?P<name>Grade)"),
    maximum="Maximum grade",
    comments="Feedback comments",
    single=True,
    capped="Moodle takes no grade above the maximum",
    locked=("Grade can be changed", "No"),
    takes_pages=True,
)
BLACKBOARD = Platform(
    "Blackboard",
    "blackboard",
    "a grade centre's file",
    "Full Grade Centre → Work Offline → Download",
    "Work Offline → Upload",
    ("Username", "Student ID"),
    re.compile(
        r"(?P<name>.*?)\s*\[Total Pts:\s*(?:up to )?(?P<maximum>\d[\d.,]*)?[^\]]*\]\s*(?:\|\s*\d+)?",
        re.IGNORECASE,
    ),
    comments="Feedback to Learner",
    comments_format="Feedback Format",
)
BRIGHTSPACE = Platform(
    "Brightspace",
    "brightspace",
    "a file of grades",
    "Grades → Enter Grades → Export: both keys, points grade, CSV",
    "Import",
    ("Username", "OrgDefinedId", "Org Defined ID", "Email"),
    re.compile(r"(?P<name>.*?)\s+Points Grade\s*(?:<[^>]*?MaxPoints:\s*(?P<maximum>\d[\d.,]*)[^>]*>)?", re.IGNORECASE),
    capped="Brightspace cuts grades above the maximum unless the item has 'Can Exceed'",
    before_ids="#",
)
PLATFORMS = {platform.key: platform for platform in (CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE)}
