"""Times in the course's own time zone: what is written without a zone is read in it, and what people read is said in it."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from autograder import settings


class ClocksPutForward(ValueError):
    """No clock of a time zone shows this time."""


def course_zone() -> tzinfo:
    """Return the time zone that `limits.toml` names; UTC if it names none. CourseError if it is not known."""
    name = settings.time_zone()
    return UTC if name == settings.UTC_NAME else ZoneInfo(name)


def moment_of(local: datetime, zone: tzinfo, *, later: bool = False) -> datetime:
    """Return the moment that a clock on the wall of a time zone means.

    Parameters
    ----------
    local : datetime
        Without a zone.
    zone : tzinfo
    later : bool
        Which of the two is meant in the hour that comes twice, when the clocks are put back.

    Returns
    -------
    datetime
        In UTC.

    Raises
    ------
    ClocksPutForward
        If no clock shows that time; the text says so, without a full stop.
    """
    moment = local.replace(tzinfo=zone, fold=int(later)).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise ClocksPutForward(
            f"there is no {local:%H:%M} on {local:%Y-%m-%d} in {zone}: the clocks are put forward over it"
        )
    return moment


def in_course_zone(time: datetime | str) -> datetime:
    """Return a time with the course's zone. A time that has no zone is UTC, as a gradebook keeps it."""
    time = datetime.fromisoformat(time) if isinstance(time, str) else time
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    try:
        return time.astimezone(course_zone())
    except OverflowError:  # within a day of the year 1 or 9999
        return time


def said(time: datetime | str | None) -> str:
    """Return a time for people, to the minute and with its zone, "2026-03-01 23:59 CET"; "" for none."""
    return f"{in_course_zone(time):%Y-%m-%d %H:%M %Z}" if time else ""


def written(time: datetime | str | None) -> str | None:
    """Return a time for a table, which programs read, too: "2026-03-01 23:59:00+01:00"; None for none."""
    return in_course_zone(time).isoformat(" ") if time else None
