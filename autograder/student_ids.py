"""What may be a student's id. It becomes the name of folders and files, stands in tables and on command lines, and is compared with patterns."""

from __future__ import annotations

import re

# Bytes: a file's name has 255, and the grader puts endings behind an id.
LONGEST = 200
# Names that nbgrader or the grader gives to folders of their own, where a course has them beside the students'.
OURS = ("earlier",)
# What means something to a shell, to a pattern of nbgrader's (`--student`), or in a list of ids.
SPECIAL = re.compile(r"[*?\[\]{},;:|<>\"'`$&\\\s]")


def why_not(student: str) -> str:
    """Return why the name of a folder is no student's id, or "". It goes on behind "its name"."""
    if not student or not student.isprintable():
        return "has characters that cannot be written down"
    if student.startswith(".") or "/" in student:
        return "begins with a dot or has a slash, as places have and ids have not"
    if len(student.encode("utf-8", "replace")) > LONGEST:
        return f"is longer than {LONGEST} bytes"
    return ""


def why_not_new(student: str) -> str:
    """Return why no id is made of this, or "": a student may have chosen it. It is stricter than for a folder that an instructor made."""
    if why := why_not(student):
        return why
    if found := SPECIAL.search(student):
        return f"has {found[0]!r}, which means something in commands and patterns"
    if student.startswith("-") or student in OURS:
        return "means something in commands or to the grader"
    return ""
