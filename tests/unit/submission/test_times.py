"""When a submission was handed in, however that was written down."""

from __future__ import annotations

from datetime import datetime

import pytest

from autograder import settings
from autograder.errors import CourseError
from autograder.submission.files import TIMESTAMP
from autograder.submission.folder import inspect_folder
from autograder.submission.times import submission_time, timestamp
from autograder.time_zones import said, written

# -- when it was handed in ---------------------------------------------------------------------------------------------

NOON = "2026-03-01 12:00:00.000000 UTC"


LATE = "2026-03-01 12:34:56.789012 UTC"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2026-03-01 12:34:56.789012 UTC", LATE),  # as nbgrader writes it
        ("2026-03-01 12:00:00 UTC", NOON),
        ("2026-03-01 12:00:00.000000 GMT\n", NOON),
        ("2026-03-01 12:00:00 Z", NOON),
        ("2026-03-01 12:00:00", NOON),
        ("2026-03-01 12:00", NOON),
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T14:00:00+02:00", NOON),
        ("2026-03-01T14:00:00+0200", NOON),
        ("2026-03-01 14:00:00 +02", NOON),
        ("2026-03-01 07:00:00-05:00", NOON),
        ("2026-03-01 14:00:00 UTC+02:00", NOON),
        ("2026-03-01T12:34:56,789012Z", LATE),
        ("20260301T120000Z", NOON),
        ("2026-03-01 13:00:00 CET", NOON),
        ("2026-07-01 14:00:00 CEST", "2026-07-01 12:00:00.000000 UTC"),
        ("2026-03-01 07:00:00 EST", NOON),
        ("2026-03-01 04:00:00 pst", NOON),
        ("2026-03-01 13:00:00 Europe/Berlin", NOON),
        ("2026-03-01 07:00:00 America/New_York", NOON),
        ("  2026-03-01   12:00:00  UTC \r\n", NOON),
        ("2026-02-28 23:00:00 -13:00", NOON),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["", "\r\n", "\0" * 512])
def test_a_time_is_read_however_it_is_written_down(folder, written, wanted, encoding, end):
    (folder / TIMESTAMP).write_bytes((written + end).encode(encoding))
    assert submission_time(folder) == (wanted, "")
    assert timestamp(folder) == written.strip()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\0" * 64, "empty"),
        (b"yesterday", "not a time"),
        (b"12:00:00", "not a time"),
        (b"2026-03-01", "not a time"),
        (b"01.03.2026 12:00", "not a time"),
        (b"03/01/2026 12:00", "not a time"),
        (b"2026-02-30 12:00:00 UTC", "not a time"),
        (b"2026-03-01 25:00:00 UTC", "not a time"),
        (b"2026-03-01 12:00:00 UTC UTC", "not a time"),
        (b"2026-03-01 12:00:00 +99:00", "not a time"),
        (b"0001-01-01 00:00:00 +14:00", "not a time"),
        (b"2026-03-01 12:00:00 XYZT", "'XYZT' is not known"),
        (b"2026-03-01 12:00:00 Mars/Olympus", "is not known"),
        (b"2026-03-01 12:00:00 /etc/passwd", "not a time"),
        (b"2026-03-01 12:00:00 ../../etc", "not a time"),
        (b"2026-03-01 12:00:00 ..", "not a time"),
        (b"2026-03-01\n12:00:00\nUTC\nand more", "not a time"),
        (b"\xff\xfe\xff", "no text"),
        (b"2026-03-01 12:00:00 \xe4", "no text"),
        (b"1" * 5000, "far too long"),
        (b"2026-03-01 12:00:00" + b" " * 9000, "far too long"),
        (b"1772366400", "not a time"),
        (b"\x1b[31m2026\n\n", "not a time"),
    ],
)
def test_a_time_that_cannot_be_read_is_no_missing_one(folder, raw, says):
    assert submission_time(folder) == (None, "")
    (folder / TIMESTAMP).write_bytes(raw)
    when, reason = submission_time(folder)
    assert when is None and says in reason and reason.startswith("timestamp.txt: ")
    assert reason.isprintable() and len(reason) < 200


def test_a_time_that_is_a_link_or_a_folder_cannot_be_read(folder):
    elsewhere = folder.parent / "elsewhere.txt"
    elsewhere.write_text("2020-01-01 00:00:00 UTC")
    (folder / TIMESTAMP).symlink_to(elsewhere)
    assert "not an ordinary file" in submission_time(folder)[1]
    (folder / TIMESTAMP).unlink()
    (folder / TIMESTAMP).mkdir()
    assert "not an ordinary file" in submission_time(folder)[1]


@pytest.mark.parametrize(
    ("zone", "written", "wanted"),
    [
        ("Asia/Kolkata", "2026-03-01 17:30:00.000000 IST", NOON),
        ("Asia/Shanghai", "2026-03-01 20:00:00.000000 CST", NOON),
        ("America/Chicago", "2026-03-01 06:00:00.000000 CST", NOON),
        ("Europe/London", "2026-07-01 13:00:00.000000 BST", "2026-07-01 12:00:00.000000 UTC"),
        ("Europe/Berlin", "2026-10-25 02:30:00.000000 CEST", "2026-10-25 00:30:00.000000 UTC"),
        ("Europe/Berlin", "2026-10-25 02:30:00.000000 CET", "2026-10-25 01:30:00.000000 UTC"),
        ("Nowhere/At_All", "2026-03-01 12:00:00 UTC", NOON),
        ("/etc/passwd", "2026-03-01 12:00:00 UTC", NOON),
    ],
)
def test_the_abbreviation_of_the_exchanges_own_zone_is_understood(folder, zone, written, wanted):
    (folder / TIMESTAMP).write_text(written)
    assert submission_time(folder, zone) == (wanted, "")


def test_nbgrader_reads_the_time_that_is_told(folder):
    from nbgrader.utils import parse_utc

    (folder / TIMESTAMP).write_text("2026-03-01 14:34:56.789012 +02:00", "utf-16")
    assert parse_utc(submission_time(folder)[0]) == datetime(2026, 3, 1, 12, 34, 56, 789012)


def test_another_time_makes_it_another_submission_and_the_same_time_does_not(folder, first, text):
    (folder / f"{first.name}.ipynb").write_text(text, "utf-8")
    hashes = []
    for raw in (
        None,
        b"2026-03-01 12:00:00 UTC",
        b"\xef\xbb\xbf2026-03-01 12:00:00 UTC\r\n",
        b"2026-03-02 12:00:00 UTC",
        b"",
        b"1" * 5000,
    ):
        if raw is not None:
            (folder / TIMESTAMP).write_bytes(raw)
        hashes.append(inspect_folder(folder, first).revision)
    assert hashes[1] == hashes[2]
    assert len(set(hashes)) == 5


# -- in the course's own time zone -------------------------------------------------------------------------------------


@pytest.fixture
def berlin(monkeypatch, tmp_path_factory):
    place = tmp_path_factory.mktemp("course")
    (place / "limits.toml").write_text('timezone = "Europe/Berlin"\n')
    monkeypatch.setenv(settings.COURSE, str(place))
    return place


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2026-03-01 13:00", NOON),
        ("2026-07-01 14:00:00", "2026-07-01 12:00:00.000000 UTC"),
        ("2026-03-01 12:00:00 UTC", NOON),
        ("2026-03-01 13:00:00 +0100", NOON),
        ("2026-10-25 02:30", "2026-10-25 00:30:00.000000 UTC"),  # comes twice: the earlier
    ],
)
def test_a_time_without_a_zone_is_one_of_the_courses_zone(folder, berlin, written, wanted):
    (folder / TIMESTAMP).write_text(written)
    assert submission_time(folder) == (wanted, "")


def test_a_time_that_no_clock_shows_is_not_guessed(folder, berlin):
    (folder / TIMESTAMP).write_text("2026-03-29 02:30")
    when, reason = submission_time(folder)
    assert when is None
    assert "there is no 02:30 on 2026-03-29 in Europe/Berlin: the clocks are put forward over it" in reason


@pytest.mark.parametrize("name", ['"Europe/Berlim"', '"../etc/passwd"', '""', "1", '"CEST"', '["UTC"]', '"Europe"'])
def test_a_wrong_time_zone_is_an_error_that_names_the_file(berlin, name):
    (berlin / "limits.toml").write_text(f"timezone = {name}\n")
    with pytest.raises(CourseError) as error:
        settings.time_zone()
    assert str(error.value).startswith(f"{berlin}/limits.toml: timezone must be the name of a time zone, such as ")
    assert ("Berlim" not in name) or '"Europe/Berlin"' in str(error.value)


def test_what_people_read_is_in_the_courses_zone(berlin):
    noon = datetime(2026, 3, 1, 12)
    assert said(noon) == "2026-03-01 13:00 CET" and said("2026-07-01T12:00:00+00:00") == "2026-07-01 14:00 CEST"
    assert written(noon) == "2026-03-01 13:00:00+01:00" and said(None) == "" and written(None) is None
    (berlin / "limits.toml").write_text("cell = 20.0\n")
    assert said(noon) == "2026-03-01 12:00 UTC"


def test_nbgraders_own_reading_of_due_dates_knows_the_zone(berlin):
    from autograder.hosts.nbgrader import times

    assert times.due("2026-03-01 23:59") == datetime(2026, 3, 1, 22, 59)
    assert times.due("2026-10-25 02:30") == datetime(2026, 10, 25, 1, 30), "comes twice: the later"
    assert times.handed_in("2026-10-25 02:30") == datetime(2026, 10, 25, 0, 30)
    assert times.due("2026-03-01 13:00:00 +0100") == datetime(2026, 3, 1, 12), "nbgrader: a hundred seconds"
    assert times.due("2026-03-01T13:00") == datetime(2026, 3, 1, 12)
    assert times.due(datetime(2026, 3, 1, 12)) == datetime(2026, 3, 1, 12)
    assert times.in_a_file("2026-03-01 13:00").isoformat(" ") == "2026-03-01 12:00:00+00:00"
    for wrong, says in (
        ("2026-03-29 02:30", "put forward"),
        ("2026-03-01 10:00 XYZ", "zone 'XYZ' is not known"),
    ):
        with pytest.raises(ValueError, match=says):
            times.due(wrong)
    assert f"{times.as_time_of(datetime(2026, 12, 1, 12), 'Europe/Berlin'):%H:%M %Z}" == "13:00 CET"
    assert times.offset_for_the_form("Europe/Berlin") == ""


@pytest.mark.parametrize(
    "written",
    ["05.11.2026", "05.11.2026 23:59", "1", "", "3/4/2027", "3/4/2027 12:00", "2026/03/01 23:59", "11-05-2026 12:00", "26-03-01 12:00", "2026-3-1 9:00",
     "23:59", "tomorrow", "1 March 2026 1 pm", "March 2026", "2026-03", "2026-W10-1 12:00", "2026-060 12:00", "20260301", "2026-03-01 2359 h",
     "2026-03-01 24:30", "2026-02-29 12:00", "2026-03-01 11:59 pm", "1772366400"],
)  # fmt: skip
def test_no_time_is_guessed(written):
    from autograder.hosts.nbgrader import times

    for read, example in ((times.due, times.DUE), (times.handed_in, "2026-03-01 10:00:00 UTC"), (times.in_a_file, "2026-03-01 10:00:00 UTC")):  # fmt: skip
        with pytest.raises(ValueError, match=f"is not (a time|known). Write it as {example}"):
            read(written)


def test_a_due_date_without_a_time_of_day_is_not_its_first_minute():
    from autograder.hosts.nbgrader import times

    with pytest.raises(
        ValueError, match=r"'2026-03-01' has no time of day\. For the end of that day write 2026-03-01 23:59"
    ):
        times.due(" 2026-03-01 ")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2026-03-01 23:59", datetime(2026, 3, 1, 22, 59)),
        ("2026-03-01T23:59", datetime(2026, 3, 1, 22, 59)),
        ("2026-03-01T23:59:30", datetime(2026, 3, 1, 22, 59, 30)),
        ("2026-03-01 23:59 +02:00", datetime(2026, 3, 1, 21, 59)),
        ("2026-03-01T23:59Z", datetime(2026, 3, 1, 23, 59)),
        ("2026-03-01 23:59 America/New_York", datetime(2026, 3, 2, 4, 59)),
        ("2026-03-01 23:59:00 EST", datetime(2026, 3, 2, 4, 59)),
    ],
)
def test_a_due_date_is_read(berlin, written, wanted):
    from autograder.hosts.nbgrader import times

    assert times.due(written) == wanted == times.handed_in(written)


@pytest.mark.parametrize("written", ["2016-01-30-15-30-10", "2016-01-30_15-30-10", "2016-01-30 15:30:10"])
def test_a_time_in_a_files_name_is_that_day(written):
    """nbgrader's own guide has the first, of Blackboard; dateutil reads the 31st in it."""
    from autograder.hosts.nbgrader import times

    assert times.handed_in(written) == datetime(2016, 1, 30, 15, 30, 10)
    assert times.in_a_file(written).isoformat(" ") == "2016-01-30 15:30:10+00:00"
