"""When a submission was handed in, however that was written down."""

from __future__ import annotations

from datetime import datetime

import pytest

from autograder.submission.files import TIMESTAMP
from autograder.submission.folder import inspect_folder
from autograder.submission.times import submission_time, timestamp

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
