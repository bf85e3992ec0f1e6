"""nbgrader's times in the course's own time zone: due dates, times of handing in, and what the formgrader shows.

A gradebook keeps times in UTC and without a zone. What is written without a zone nbgrader takes for UTC; it takes "+0100" for a hundred seconds,
"CEST" for UTC, and offers the offset of today for a due date in another season. With `timezone` in `limits.toml` none of this is left to chance.
"""

from __future__ import annotations

import sys
import warnings
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import parser

from autograder import settings
from autograder.submission.times import TIME, moment_in
from autograder.time_zones import course_zone, moment_of


def handed_in(text: Any) -> Any:
    """Return a time of handing in as a gradebook keeps it: UTC, without a zone. What is no text is left to nbgrader. ValueError if it is no time."""
    return _moment(text, later=False).replace(tzinfo=None) if isinstance(text, str) else nbgraders_own(text)


def due(text: Any) -> Any:
    """Return a due date as a gradebook keeps it; in the hour that comes twice, the later one is meant."""
    return _moment(text, later=True).replace(tzinfo=None) if isinstance(text, str) else nbgraders_own(text)


def in_a_file(text: Any) -> Any:
    """Return a time of handing in that is written into a file: with its zone, so that nobody has to guess."""
    return _moment(text, later=False) if isinstance(text, str) else text


def _moment(text: str, *, later: bool) -> datetime:
    """The moment that a text tells, in UTC. What is not written as a time usually is, dateutil reads, as nbgrader does."""
    if TIME.fullmatch(" ".join(text.split())):
        return moment_in(text, later=later)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a zone that is not known, dateutil only warns
        try:
            found = parser.parse(text)
        except (Warning, OverflowError) as error:
            raise ValueError(str(error)) from None
    return found.astimezone(UTC) if found.tzinfo else moment_of(found, course_zone(), later=later)


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
    if c is not None and settings.time_zone() != settings.UTC_NAME:
        c.NbGraderAPI.timezone = settings.time_zone()


def _remember() -> tuple[Any, Any]:
    from nbgrader.utils import parse_utc, to_numeric_tz

    return parse_utc, to_numeric_tz


nbgraders_own, _offset_today = _remember()
