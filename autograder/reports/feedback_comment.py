"""A comment on a submission for a learning platform: the score, and what each exercise earned, as HTML in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from autograder.reports.rows import points_text

LONGEST = 300  # characters of one message
# Where a spreadsheet that cuts at a semicolon, as each character reference ends with one, would see the beginning of a formula.
FORMULA = re.compile(r"(?<=[;|])[\s=+@-]*[=+@-]")


def comment_html(
    rows: Iterable[tuple[str, float | None, float, str]], score: float | None, maximum: float, late_penalty: float
) -> str:
    """Return the comment; everything in it is escaped, and no sign in it is left that `csv_lines.harmless` would put an apostrophe before.

    Parameters
    ----------
    rows : iterable of (str, float or None, float, str)
        Title, points, greatest number of points and message of each exercise; the message is shown where points are missing.
    score : float or None
        With the penalty taken off; None where a person has to look first.
    maximum, late_penalty : float
    """
    if score is None:
        return str(Markup("<p>Your teacher will look at this submission.</p>"))
    late = f", {late_penalty:g} taken off for lateness" if late_penalty else ""
    parts = [Markup("<p>{}{}</p><ul>").format(points_text(score, maximum), late)]
    for title, points, whole, message in rows:
        open_one = points is not None and points < whole and message
        said = f" – {' '.join(message.split())[:LONGEST]}" if open_one else ""
        parts.append(Markup("<li>{}: {}{}</li>").format(title, points_text(points, whole), escape(said)))
    text = str(Markup("").join(parts) + Markup("</ul>"))
    return FORMULA.sub(lambda found: re.sub(r"[=+@-]", lambda sign: f"&#{ord(sign[0])};", found[0]), text)
