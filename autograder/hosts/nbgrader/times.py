"""nbgrader's times in the course's own time zone: due dates, times of handing in, and what the formgrader shows.

A gradebook keeps times in UTC and without a zone. What is written without a zone nbgrader takes for UTC; it takes "+0100" for a hundred seconds,
"CEST" for UTC, and offers the offset of today for a due date in another season. With `timezone` in `limits.toml` none of this is left to chance.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from autograder import settings
from autograder.submission.times import moment_in

DAY = re.compile(r"\d{4}-\d\d-\d\d")
DUE = "2026-03-01 23:59"  # how a due date is written
# A time in the name of a file, which may hold no colon, as in Blackboard's downloads. nbgrader reads another day in it.
IN_A_NAME = re.compile(r"(\d{4}-\d\d-\d\d)[-_](\d\d)-(\d\d)(?:-(\d\d))?")


def handed_in(text: Any) -> Any:
    """Return a time of handing in as a gradebook keeps it: UTC, without a zone. What is no text is left to nbgrader. ValueError if it is no time."""
    return in_a_file(text).replace(tzinfo=None) if isinstance(text, str) else nbgraders_own(text)


def due(text: Any) -> Any:
    """Return a due date as a gradebook keeps it; in the hour that comes twice, the later one is meant. ValueError if it is none."""
    if not isinstance(text, str):
        return nbgraders_own(text)
    if DAY.fullmatch(day := text.strip()):
        raise ValueError(f"{day!r} has no time of day. For the end of that day write {day} 23:59.")
    return moment_in(text, later=True, example=DUE).replace(tzinfo=None)


def in_a_file(text: Any) -> Any:
    """Return a time of handing in that is written into a file: with its zone, so that nobody has to guess. ValueError if it is no time."""
    if not isinstance(text, str):
        return text
    named = IN_A_NAME.fullmatch(text.strip())
    return moment_in(f"{named[1]} {named[2]}:{named[3]}:{named[4] or '00'}" if named else text)


def as_time_of(time: datetime, zone: str) -> datetime:
    """Return a gradebook's time in a time zone, with the offset that holds then and not today."""
    where: tzinfo = UTC if zone in ("", settings.UTC_NAME) else ZoneInfo(zone)
    return time.replace(tzinfo=time.tzinfo or UTC).astimezone(where)


def offset_for_the_form(zone: str) -> str:
    """Return what the formgrader's form proposes as the zone of a due date: none where the course has one, which holds for a time without."""
    return "" if zone == settings.time_zone() != settings.UTC_NAME else _offset_today(zone)


def install(c: Any = None) -> None:
    """Put these in the place of nbgrader's own. RuntimeError if nbgrader has no such place.

    c: nbgrader's configuration, which gets the formgrader's time zone.
    """
    import nbgrader.apps.api
    import nbgrader.apps.dbapp
    import nbgrader.apps.zipcollectapp
    import nbgrader.coursedir
    import nbgrader.exchange.default.collect
    import nbgrader.utils

    settings.time_zone()  # a wrong name is said before anything is done
    changes = [
        (nbgrader.utils, "parse_utc", due),  # that of the gradebook
        (nbgrader.apps.zipcollectapp, "parse_utc", in_a_file),
        (nbgrader.coursedir, "parse_utc", handed_in),
        (nbgrader.exchange.default.collect, "parse_utc", handed_in),
        (nbgrader.apps.api, "as_timezone", as_time_of),
        (nbgrader.apps.api, "to_numeric_tz", offset_for_the_form),
        (nbgrader.utils, "to_numeric_tz", offset_for_the_form),
    ]
    form = sys.modules.get("nbgrader.server_extensions.formgrader.handlers")
    for module, name, ours in [*changes, *([(form, "to_numeric_tz", offset_for_the_form)] if form else [])]:
        if not callable(getattr(module, name, None)):
            raise RuntimeError(f"{module.__name__} has no {name} that could be exchanged")
        setattr(module, name, ours)
    adding = nbgrader.apps.dbapp.DbAssignmentAddApp
    adding.start = _in_one_line(adding.start)
    if c is not None and settings.time_zone() != settings.UTC_NAME:
        c.NbGraderAPI.timezone = settings.time_zone()


def _in_one_line(start: Callable[[Any], None]) -> Callable[[Any], None]:
    """A command that says in one line that a due date cannot be read."""
    if hasattr(start, "__wrapped__"):
        return start

    @functools.wraps(start)
    def started(app: Any) -> None:
        try:
            start(app)
        except ValueError as error:
            app.fail(str(error))

    return started


def _remember() -> tuple[Any, Any]:
    from nbgrader.utils import parse_utc, to_numeric_tz

    return parse_utc, to_numeric_tz


nbgraders_own, _offset_today = _remember()
