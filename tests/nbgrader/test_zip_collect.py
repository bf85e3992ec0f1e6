"""`nbgrader zip_collect` with the downloads of Moodle and Canvas: who is who, when it came, what is late, and what is left out."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from datetime import datetime, timedelta

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder import student_ids
from autograder.hosts.nbgrader.collect import MoodleCollector
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
    with Gradebook(f"sqlite:///{empty.root}/gradebook.db") as book:
        book.add_student("di", lms_user_id="12346")
    # A roster whose usual column has other ids would enter the class a second time.
    (empty.root / "roster.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID\n    Points Possible,,,\nDi,12346,di,di@x.example\n"
    )
    done, said = collect(empty, "CanvasCollector", "--force", "--CanvasCollector.roster=roster.csv")
    assert done.returncode == 1 and "no row's 'SIS Login ID' is a student" in said and "'SIS User ID' (1)" in said, said
    done, said = collect(empty, "CanvasCollector", "--force")
    assert done.returncode == 0 and f"di/{N}/{N}.ipynb" in handed_in(empty), said[-3000:]
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
    assert "nobody knows who Di (4) is; give them an id of their own in roster.csv" in said
    assert "Cy (3) would have the id '../c', and that begins with a dot or has a slash" in said
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


def test_who_would_share_an_id_and_what_is_no_id_is_said_and_the_others_are_collected(empty):
    (empty.root / "who.csv").write_text(
        "Identifier,Full name,ID number\n"
        "Participant 1,Al Sample,a-1\nParticipant 2,Bea Sample,a-1\nParticipant 3,Cy Sample,c-3\n"
        'Participant 4,Di Sample,*\nParticipant 5,Ed Sample,--debug\nParticipant 6,Flo Sample,"f,g"\n'
    )
    who = ("Al Sample_1", "Bea Sample_2", "Cy Sample_3", "Di Sample_4", "Ed Sample_5", "Flo Sample_6")
    download(empty, {f"{one}_assignsubmission_file_/{N}.ipynb": (one, (2026, 3, 1, 13, 0, 0)) for one in who})
    done, said = collect(empty, "MoodleCollector", "--MoodleCollector.roster=who.csv")
    assert done.returncode == 0, said[-3000:]
    assert handed_in(empty) == {f"c-3/{N}/{N}.ipynb": "Cy Sample_3"}
    assert "Al Sample (1) and Bea Sample (2) would both be a-1; give them an id of their own in who.csv" in said
    assert said.count("not collected") == 5 and "nobody knows" not in said
    assert all(f"would have the id '{one}', and that " in said for one in ("*", "--debug", "f,g"))


@pytest.mark.parametrize("name", ["*", "--debug", "a,b", "earlier", "..", "$(ls)", "a" * 300])
def test_what_a_student_is_called_makes_no_id_that_means_something_else(name):
    collector = MoodleCollector.__new__(MoodleCollector)
    made = collector.own_id(name, "1")
    assert student_ids.why_not_new(made) or re.fullmatch(r"[\w.@+-]+", made)
    assert not student_ids.why_not_new("Al_Sample") and student_ids.why_not_new(name)
    assert student_ids.why_not(name) == "" or name in ("..", "a" * 300)


def test_one_students_files_are_bounded_and_archives_of_one_name_are_all_read(empty):
    """A zip that unfolds, files without end, and two downloads of one name in folders of their own."""
    (empty.root / "limits.toml").write_text("collected_files = 3\ncollected_bytes = 2_000_000\n")
    place, when = empty.root / "downloaded" / N / "archive", (2026, 3, 1, 14, 0, 0)
    for group, who, more in (("one", "al_1", 10), ("two", "bea_2", 0), ("three", "cy_3", 0)):
        (place / group).mkdir(parents=True)
        with zipfile.ZipFile(place / group / "download.zip", "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(zipfile.ZipInfo(f"{who}_7{who[-1]}_{N}.ipynb", when), who)
            for number in range(more):
                file.writestr(f"{who}_8{number}_x{number}.png", "x")
            if group == "two":
                file.writestr(f"{who}_90_bomb.png", bytes(1_999_999), zipfile.ZIP_DEFLATED)
    (place / "dora_4_5_work.zip").write_bytes(b"PK her own archive")
    (place / "ed_5_6_x.png").symlink_to(empty.root / "nbgrader_config.py")
    done, said = collect(empty, "CanvasCollector")
    assert done.returncode == 0, said[-3000:]
    found = handed_in(empty)
    assert {name: text for name, text in found.items() if name.endswith(".ipynb")} == {
        f"{number}/{N}/{N}.ipynb": who for number, who in (("1", "al_1"), ("2", "bea_2"), ("3", "cy_3"))
    }
    assert found[f"4/{N}/work.zip"] == "PK her own archive"
    assert len([name for name in found if name.startswith("1/")]) == 3
    assert (
        said.count("of one student, 3 files of 1 MB in all are taken") == 2 and "ed_5_6_x.png: left out: a link" in said
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_one_line_and_nothing_is_collected(empty, tmp_path):
    place = empty.root / "downloaded" / N
    download(empty, {f"al_1_2_{N}.ipynb": ("x" * 3_000_000, (2026, 3, 1, 14, 0, 0))})
    (place / "extracted").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "small", str(place / "extracted")], check=True)
    try:
        done, said = collect(empty, "CanvasCollector")
    finally:
        subprocess.run(["umount", "-l", str(place / "extracted")], check=True)
    assert done.returncode == 1 and "No space left on device. Make room on that disk. Nothing was collected." in said
    assert "Traceback" not in said and not (empty.root / "submitted").exists()
