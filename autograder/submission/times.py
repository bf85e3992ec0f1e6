"""Tell when a submission was handed in."""

from __future__ import annotations

import re
import stat
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.safe_text import printable
from autograder.submission.files import LONGEST_BOOKKEEPING, TIMESTAMP
from autograder.submission.reader import text_of
from autograder.time_zones import ClocksPutForward, course_zone, moment_of

# Names of time zones with one meaning each: those of RFC 822, and Europe's.
HOURS = {
    **{"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3},
    **{"AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
}
TIME = re.compile(
    r"(?P<when>\d{4}-?\d\d-?\d\d[ T]\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?) ?"
    r"(?P<zone>[A-Za-z]{1,20}(?:[/_][A-Za-z]{1,20}){0,4}|(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?)?"
)
EXAMPLE = "2026-03-01 10:00:00 UTC"
HOW_TO_WRITE_A_TIME = f"Write it as {EXAMPLE}"


def timestamp(folder: Path) -> str | None:
    """Return the text of the file that tells when it was handed in; None if it is missing or cannot be one."""
    return time_text(folder)[0]


def submission_time(folder: Path, zone: str = "") -> tuple[str | None, str]:
    """Return when a submission was handed in, as nbgrader writes and reads it, and why that is not known.

    Parameters
    ----------
    folder : Path
        The submission's folder.
    zone : str
        The name of the exchange's time zone (`Exchange.timezone`), "Europe/Berlin": nbgrader writes its abbreviation
        into the file. A time without a zone is one of the course's own time zone; in an hour that comes twice the earlier is taken.

    Returns
    -------
    time : str or None
        "2026-03-01 10:00:00.000000 UTC".
    reason : str
        "" if the time is known, and if there is no such file. Otherwise a line with the cure: then nobody knows whether
        the submission is late.
    """
    text, reason = time_text(folder)
    if text is None:
        return None, reason
    try:
        when = moment_in(text, zone)
    except ValueError as error:
        return None, f"{TIMESTAMP}: {error}"
    return f"{when:%Y-%m-%d %H:%M:%S.%f} UTC", ""


def moment_in(text: str, zone: str = "", *, later: bool = False, example: str = EXAMPLE) -> datetime:
    """Return the moment that a text tells, in UTC.

    Only dates with the year first and with a time of day are read. Of "05.11.2026" nobody knows whether it is in May or in November.

    Parameters
    ----------
    text : str
        "2026-03-01 23:59" or "2026-03-01T23:59", with seconds or without, with a zone or an offset or without.
    zone : str
        As in `submission_time`.
    later : bool
        Which of the two is meant where the time comes twice and no zone tells.
    example : str
        What an error proposes.

    Raises
    ------
    ValueError
        If it is no time. Its text is for people, with the cure.
    """
    parts = TIME.fullmatch(" ".join(text.split()))
    if parts is None:
        raise ValueError(f"{printable(text)!r} is not a time. Write it as {example}.")
    try:
        when = datetime.fromisoformat(parts["when"].replace(",", "."))
        where = _time_zone(parts["zone"], zone, when) if parts["zone"] else course_zone()
        if where is not None:
            return when.replace(tzinfo=where).astimezone(UTC) if parts["zone"] else moment_of(when, where, later=later)
    except ClocksPutForward as error:
        raise ValueError(
            f"{printable(text)!r} is not a time: {error}. Write another one, or one with its zone."
        ) from None
    except (ValueError, OverflowError):
        raise ValueError(f"{printable(text)!r} is not a time. Write it as {example}.") from None
    raise ValueError(f"the time zone {parts['zone']!r} is not known. Write it as {example}, or with +02:00.")


def time_text(folder: Path) -> tuple[str | None, str]:
    """Return what `timestamp.txt` says, or None and why it cannot be read; (None, "") if there is none."""
    path = folder / TIMESTAMP
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return None, f"{TIMESTAMP}: not an ordinary file, so it does not say when this was handed in."
        if status.st_size > LONGEST_BOOKKEEPING:
            return None, f"{TIMESTAMP}: far too long for a time. {HOW_TO_WRITE_A_TIME}."
        text = text_of(path.read_bytes()).strip("\0 \t\r\n\v\f\ufeff")
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"{TIMESTAMP}: cannot be read ({error.strerror})."
    except UnicodeDecodeError:
        return None, f"{TIMESTAMP}: its bytes are no text. {HOW_TO_WRITE_A_TIME}."
    return (text, "") if text else (None, f"{TIMESTAMP}: the file is empty. {HOW_TO_WRITE_A_TIME}.")


def _time_zone(name: str, exchange: str, when: datetime) -> tzinfo | None:
    """The time zone that a name or an offset means at a time, or None if that is not known."""
    if "+" in name or "-" in name:
        digits = name.upper().removeprefix("UTC").removeprefix("GMT").replace(":", "")
        away = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:] or 0))
        return timezone(-away if digits[0] == "-" else away)
    for there in (_named(exchange) if exchange else None, course_zone()):
        # In the hour that comes twice in autumn, the name tells which of the two it is.
        for fold in (0, 1):
            local = when.replace(tzinfo=there, fold=fold)
            if there is not None and local.tzname() == name:
                return timezone(local.utcoffset() or timedelta())
    if name.upper() in HOURS:
        return timezone(timedelta(hours=HOURS[name.upper()]))
    return _named(name) if "/" in name else None


def _named(zone: str) -> tzinfo | None:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
