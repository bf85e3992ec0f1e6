"""The marks by which the parts of a lesson are known: the first line of a cell, the heading of an exercise, the sentinel of a file."""

from __future__ import annotations

import re

ANSWER_MARKER = re.compile(r"^#\W*Answer:\s*(?P<id>[a-z][a-z0-9_]*)\s*$")
# Begins the first line of a folded cell: Colab shows the rest in the place of the code.
TITLE = "# @title "
CHECK_MARKER = re.compile(r"^#\W*(?:@title\W+)?Check:\s*(?P<id>[a-z][a-z0-9_]*)\s*$")
CHECK_SUFFIX = "_check"
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"

NUMBER = re.compile(r"\d+\.\d+")
HEADING = re.compile(r"^#+ (?P<title>Exercise (?P<number>\d+\.\d+) · .+)$", re.MULTILINE)
WORTH = re.compile(
    r"^\*\*(?P<points>\d+(?:\.\d+)?) points? · about (?P<minutes>\d+) minutes?"
    r"(?: · builds on (?P<on>\d+\.\d+(?:(?:, | and )\d+\.\d+)*))?\*\*$",
    re.MULTILINE,
)
HINT = "<details>"
# What a lesson's first text says of the whole of it.
SUM = re.compile(
    r"^\*\*About (?P<minutes>\d+) minutes · (?P<points>\d+(?:\.\d+)?) points · (?P<count>\w+) (?:short )?exercises?"
    r"(?P<bonus> · bonus lesson)?\*\*",
    re.MULTILINE,
)
# How such a line begins, whatever else it says.
SUM_BEGINS = re.compile(r"^\*\*About \d+ minutes\b.*$", re.MULTILINE)

# Stands in every file that holds answers, checks or what was measured for them, and in none that students get. The sandbox
# shows no file in which it stands.
SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"
# The first line of a lesson's script.
SENTINEL_LINE = f"# {SENTINEL}"
