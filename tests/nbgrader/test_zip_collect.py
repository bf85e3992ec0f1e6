"""`nbgrader zip_collect` with the downloads of Moodle and Canvas: who is who, when it came, what is late, and what is left out."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import datetime, timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.hosts.nbgrader.lms_files import of_the_download
from tests.support import tiny
from tests.support.small_class import autograde, graded_notebook

PLUGIN = "autograder.hosts.nbgrader.collect."
N = tiny.NAME


def download(lesson, members: dict[str, tuple[str, tuple]], name: str = "download.zip") -> None:
    place = lesson.root / "downloaded" / N / "archive"
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(place / name, "w") as file:
        for member, (text, when) in members.items():
            file.writestr(zipfile.ZipInfo(member, when), text)


def collect(lesson, collector: str, *options: str):
    done = tiny.nbgrader(lesson.root, "zip_collect", N, f"--collector={PLUGIN}{collector}", *options)
    return done, done.stdout + done.stderr


def handed_in(lesson) -> dict[str, str]:
    """What lies in submitted/, by its path there."""
    place = lesson.root / "submitted"
    return {str(path.relative_to(place)): path.read_text("utf-8") for path in place.rglob("*") if path.is_file()}


@pytest.fixture
def empty(class_):
    shutil.rmtree(class_.root / "submitted")
    (class_.root / "limits.toml").write_text('timezone = "Europe/Berlin"\n')
    return class_


@pytest.mark.parametrize("between", ["/", ""], ids=["in folders", "flat"])
def test_moodles_download_is_collected_with_its_times(empty, between):
    def of(who: str, file: str = f"{N}.ipynb") -> str:
        return f"{who}_assignsubmission_file_{between}{file}"

    with Gradebook(f"sqlite:///{empty.root}/gradebook.db") as book:
        book.add_student("s-002", first_name="Bea", last_name="Sample")
        book.add_student("1234567", first_name="Cy", last_name="Other")  # as Moodle numbers Al in this assignment
    download(
        empty,
        {
            of("Al Sample_1234567"): ("first", (2026, 3, 1, 13, 0, 0)),
            of("Al Sample_1234567", f"{N} (1).ipynb"): ("second", (2026, 3, 1, 14, 0, 0)),
            of("Al Sample_1234567", "photo.png"): ("picture", (2026, 3, 1, 12, 0, 0)),
            of("Bea Sample_1234568", "mine.ipynb"): ("hers", (2026, 7, 1, 14, 0, 0)),
            "Bea Sample_1234568_assignsubmission_onlinetext_/onlinetext.html": ("words", (2026, 7, 1, 14, 0, 0)),
            of("../../Evil_1234569"): ("out", (2026, 3, 1, 13, 0, 0)),
        },
    )
    done, said = collect(empty, "MoodleCollector")
    assert done.returncode == 0, said[-3000:]
    assert handed_in(empty) == {
        f"Al_Sample/{N}/{N}.ipynb": "second",
        f"Al_Sample/{N}/photo.png": "picture",
        f"Al_Sample/{N}/timestamp.txt": "2026-03-01 13:00:00+00:00",
        f"s-002/{N}/{N}.ipynb": "hers",
        f"s-002/{N}/timestamp.txt": "2026-07-01 12:00:00+00:00",
    }
    assert not list(empty.root.rglob("*Evil*")), "no name leads out of its folder"
    assert f"Al_Sample handed in {N}.ipynb more than once; the latest counts." in said
    assert "onlinetext.html: not collected" in said and "Moodle: submissions of 2 students." in said


def test_canvas_late_mark_is_kept_and_waits_for_a_human(empty):
    text = nbformat.writes(tiny.right(empty))
    when = (2026, 3, 1, 13, 0, 0)
    download(
        empty,
        {
            f"samplecy_LATE_12345_67890_{N}-1.ipynb": (text, when),
            f"samplecy_12345_67000_{N}.ipynb": ("{", when),
            f"sampledi_12346_67891_{N}.ipynb": (text, when),
            "readme.txt": ("?", when),
        },
    )
    done, said = collect(empty, "CanvasCollector")
    assert done.returncode == 0, said[-3000:]
    found = handed_in(empty)
    assert found == {
        f"12345/{N}/{N}.ipynb": text,
        f"12345/{N}/timestamp.txt": "Canvas calls it late, but not how late\n",
        f"12346/{N}/{N}.ipynb": text,
    }
    assert "readme.txt: not collected" in said
    assert tiny.nbgrader(empty.root, "db", "assignment", "add", N, "--duedate", "2026-03-01 12:00").returncode == 0
    with Gradebook(f"sqlite:///{empty.root}/gradebook.db") as book:
        assert book.find_assignment(N).duedate == datetime(2026, 3, 1, 11), "UTC, of a time in Berlin"
    assert autograde(empty).returncode == 0
    assert "Nobody knows whether this is late" in graded_notebook(empty, "12345").read_text()
    assert "Nobody knows whether" not in graded_notebook(empty, "12346").read_text()


@pytest.mark.parametrize(
    ("minutes", "wanted"),
    [
        ([0], False),
        ([0, 1], True),
        ([0, 3], False),
        ([0, 5, 10, 20], True),
        ([5, 0, 10, 20], False),
        ([0, 5, 10, 90], False),
    ],
)
def test_times_of_the_download_are_told_from_times_of_handing_in(minutes, wanted):
    start = datetime(2026, 3, 1, 12)
    assert of_the_download([start + timedelta(minutes=one) for one in minutes]) == wanted


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_roster_says_who_is_who_and_who_is_not_in_it_is_named(empty, encoding):
    rows = "Identifier;Full name;ID number\nParticipant 1;Al Sample;a-1\nParticipant 2;Bea Sample;b-2\nParticipant 3;Cý;../c\n"
    (empty.root / "roster.csv").write_text(rows, encoding)
    members = {f"{who}_assignsubmission_file_/{N}.ipynb": (who, (2026, 3, 1, 13, 0, 0)) for who in ("Al Sample_1", "Bea Sample_9", "Cy_3", "Di_4")}  # fmt: skip
    download(empty, members)
    done, said = collect(empty, "MoodleCollector", "--MoodleCollector.roster=roster.csv")
    assert done.returncode == 0, said[-3000:]
    assert handed_in(empty) == {f"a-1/{N}/{N}.ipynb": "Al Sample_1", f"b-2/{N}/{N}.ipynb": "Bea Sample_9"}
    assert "nobody knows who Di (4) is; give them an id in roster.csv" in said and "who Cy (3) is" in said
    assert "its times are those of the download" in said
    done, said = collect(
        empty, "MoodleCollector", "--MoodleCollector.roster=roster.csv", "--MoodleCollector.id_column=Nr", "--force"
    )
    assert (
        done.returncode == 1
        and "roster.csv: no column 'Nr' in this roster. Its columns: Identifier, Full name, ID number." in said
    )
    assert "Traceback" not in said


def test_a_damaged_download_is_said_and_a_students_archive_is_not_unpacked(empty):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("bomb.txt", "0" * 1000)
    place = empty.root / "downloaded" / N / "archive"
    place.mkdir(parents=True)
    with zipfile.ZipFile(place / "d.zip", "w") as file:
        file.writestr(f"sampleal_1_2_{N}.zip", inner.getvalue())
    done, said = collect(empty, "CanvasCollector")
    assert done.returncode == 0, said[-3000:]
    assert (empty.root / "submitted" / "1" / N / f"{N}.zip").read_bytes() == inner.getvalue()
    (place / "d.zip").write_bytes(b"PK\x03\x04 torn")
    done, said = collect(empty, "CanvasCollector", "--force")
    assert done.returncode == 1 and "cannot be unpacked" in said and "Traceback" not in said
    assert (empty.root / "submitted" / "1" / N / f"{N}.zip").is_file(), "what is there stays"


def test_what_a_student_calls_a_file_or_oneself_costs_nobody_anything(empty):
    """A time of handing in of one's own, a name that no disk takes, and the number and the id of others as a name."""
    when = (2026, 3, 1, 14, 0, 0)
    with Gradebook(f"sqlite:///{empty.root}/gradebook.db") as book:
        book.add_student("1234567", first_name="Bea", last_name="Sample")
        book.add_student("bo", first_name="Bo", last_name="Sample")
    members = {
        f"Al Sample_1234567_assignsubmission_file_/{N}.ipynb": ("his", when),
        "Al Sample_1234567_assignsubmission_file_/Timestamp.txt": ("2020-01-01 00:00:00 UTC", when),
        f"Al Sample_1234567_assignsubmission_file_/{'é' * 200}.ipynb": ("too long", when),
        "Al Sample_1234567_assignsubmission_file_/a": ("a file", when),
        "Al Sample_1234567_assignsubmission_file_/a/b.ipynb": ("in it", when),
        f"bo_22_assignsubmission_file_/{N}.ipynb": ("hers, who calls herself bo", (2026, 6, 1, 14, 0, 0)),
    }
    download(empty, members)
    done, said = collect(empty, "MoodleCollector")
    assert done.returncode == 0, said[-3000:]
    found = handed_in(empty)
    assert found.pop(f"Al_Sample/{N}/timestamp.txt").startswith("2026-03-01 1")
    assert found == {f"Al_Sample/{N}/{N}.ipynb": "his", f"Al_Sample/{N}/a": "a file"}
    assert "nobody knows who bo (22) is" in said and "cannot be written" in said


def test_a_number_in_a_roster_is_no_name(empty):
    (empty.root / "who.csv").write_text(
        "Identifier,Full name,Email address\nParticipant 11,Bo Sample,bo\nParticipant 12,1 1,mal\n"
    )
    members = {
        f"Bo Sample_11_assignsubmission_file_/{N}.ipynb": ("his", (2026, 3, 1, 14, 0, 0)),
        f"1 1_12_assignsubmission_file_/{N}.ipynb": ("hers", (2026, 6, 1, 14, 0, 0)),
    }
    download(empty, members)
    done, said = collect(
        empty, "MoodleCollector", "--MoodleCollector.roster=who.csv", "--MoodleCollector.id_column=Email address"
    )
    assert done.returncode == 0, said[-3000:]
    assert handed_in(empty)[f"bo/{N}/{N}.ipynb"] == "his" and handed_in(empty)[f"mal/{N}/{N}.ipynb"] == "hers"
