"""Feedback pages as the zip that Moodle's "Upload multiple feedback files in a zip" takes.

Moodle looks for a folder called `Full name_1234567_assignsubmission_file_`; the number is that of the worksheet's column "Identifier"
(`mod/assign/feedback/file/importziplib.php` of moodle/moodle). What comes behind the name is cut at the underscores, so a name has none.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import CourseError
from autograder.hosts.lms.table import Table
from autograder.safe_text import printable

IDENTIFIER, FULL_NAME = "Identifier", "Full name"
PARTICIPANT = re.compile(r"\D*(\d{1,12})\s*")
NOT_IN_NAMES = re.compile(r'[_/\\:*?"<>|~\x00-\x1f]+')
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same pages give the same zip


@dataclass(frozen=True)
class Pages:
    """A zip, how many pages are in it, and whose are not."""

    content: bytes
    count: int
    problems: list[str] = field(default_factory=list)


def pack(table: Table, students: Mapping[int, str], folders: Mapping[str, Path], assignment: str) -> Pages:
    """Return the zip of an assignment's feedback pages.

    Parameters
    ----------
    table : Table
        The grading worksheet.
    students : dict of int to str
        By row, whose it is.
    folders : dict of str to Path
        Where each student's pages lie.
    assignment : str

    Raises
    ------
    CourseError
        If the worksheet has no identifiers, or there is no page at all.
    """
    columns = {cell.strip(): place for place, cell in enumerate(table.header)}
    if IDENTIFIER not in columns:
        raise CourseError(
            f"{table.path}: there is no column {IDENTIFIER!r}, by which Moodle knows whose page is whose."
        )
    packed, count, problems = io.BytesIO(), 0, []
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for index, student in students.items():
            row = table.rows[index]
            who = row[columns[IDENTIFIER]] if columns[IDENTIFIER] < len(row) else ""
            number = PARTICIPANT.fullmatch(who)
            pages = sorted(folders[student].glob("*.html")) if folders[student].is_dir() else []
            if number is None:
                problems.append(f"row {index + 1}: {printable(who)!r} has no participant's number.")
                continue
            if not pages:
                problems.append(f"{printable(student)}: no feedback page; `nbgrader generate_feedback {assignment}`.")
            name = row[columns[FULL_NAME]] if columns.get(FULL_NAME, len(row)) < len(row) else ""
            for page in pages:
                where = zipfile.ZipInfo(f"{_plain(name)}_{int(number[1])}_assignsubmission_file_/{page.name}", EPOCH)
                where.external_attr, where.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                archive.writestr(where, page.read_bytes())
                count += 1
    if not count:
        raise CourseError(f"There is no feedback page to pack. Run `nbgrader generate_feedback {assignment}` first.")
    return Pages(packed.getvalue(), count, problems)


def _plain(name: str) -> str:
    """A full name as part of a folder's name."""
    return NOT_IN_NAMES.sub(" ", printable(name)).strip(" .") or "Participant"
