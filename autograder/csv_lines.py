"""Lines of CSV that spreadsheets read as they are meant.

The file is UTF-8 with commas; a text with a comma, a quote or a line break stands in double quotes, as `csv`, Excel and
LibreOffice read it. Spreadsheets take a text that begins with `=`, `+`, `-` or `@` for a formula. Such a text gets an
apostrophe in front, also where blanks, quotes or invisible characters come first, where the sign is a full-width one,
and behind a semicolon, a tab, a bar or a line break, at which some spreadsheets cut. `original` takes them away again.
Numbers are written as numbers.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from typing import Any

FORMULA = "=+-@"
CUTS = re.compile("([;|\t\r\n])")  # where a spreadsheet may begin a new cell, whatever the quotes say
BREAK_FIRST = re.compile("'*[\t\r\n]")
QUOTES = "'\"`´‘’‚‛“”„‟«»‹›"


def line_of(values: Any) -> str:
    """One line of CSV: texts made harmless and quoted where that is needed, numbers as they are, None as an empty cell."""
    file = io.StringIO()
    # "\r\n" here, so that a text with either character is quoted
    csv.writer(file, lineterminator="\r\n").writerow([harmless(v) if isinstance(v, str) else v for v in values])
    return file.getvalue().removesuffix("\r\n") + "\n"


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; nearly always the text itself."""
    found = "".join(f"'{part}" if _is_formula(part) else part for part in CUTS.split(text))
    return f"'{found}" if BREAK_FIRST.match(found) else found


def original(cell: str) -> str:
    """The text that `harmless` was given."""
    cell = cell[1:] if cell[:1] == "'" and BREAK_FIRST.match(cell) else cell
    parts = CUTS.split(cell)
    return "".join(part[1:] if part[:1] == "'" and _is_formula(part[1:]) else part for part in parts)


def _is_formula(part: str) -> bool:
    """Whether the first character that a spreadsheet would look at begins a formula."""
    for character in part:
        plain = unicodedata.normalize("NFKC", character)
        invisible = unicodedata.category(character)[0] in "CZM"  # controls and marks of direction, blanks, joiners
        if plain[:1] in tuple(FORMULA):
            return True
        if not (invisible or character in QUOTES or not plain.strip()):
            return False
    return False
