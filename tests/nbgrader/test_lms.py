"""`autograder export` and `nbgrader export --exporter`: a graded class in the files of learning platforms."""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path

import pytest

from autograder.course.catalog import Lesson
from tests.support import canned, tiny
from tests.support.once import folder_made_once
from tests.support.small_class import STUDENTS, autograde, gradebook, proven_course

SAMPLES = Path(__file__).parent / "platforms"
EVIL = "<script>alert(1)</script>"


pytestmark = pytest.mark.xdist_group("lms")  # the class is graded once


def graded_course(folder: Path) -> None:
    """Three sample students: right but late; half right and one exercise not graded by anybody; half right with extra credit."""
    proven_course(folder)
    lesson = Lesson(tiny.NAME, folder)
    for student in STUDENTS:
        notebook = tiny.right(lesson)
        if student != "sample-a":
            next(cell for cell in notebook.cells if cell.id == "half").source = canned.WRONG
        tiny.submit(lesson, student, notebook)
    assert autograde(lesson).returncode == 0
    with gradebook(lesson) as book:
        book.update_or_create_student("sample-a", email="ann@sample.test", first_name=EVIL, last_name="=1+1")
        book.update_or_create_student("sample-b", email="bo@sample.test")
        book.add_student("sample-d")
        late = book.find_submission(lesson.name, "sample-a").notebooks[0]
        late.late_submission_penalty = 1.5
        for grade in book.find_submission(lesson.name, "sample-c").notebooks[0].grades:
            grade.extra_credit = 4 if grade.name.startswith("half") else None
        grade = next(iter(book.find_submission(lesson.name, "sample-b").notebooks[0].grades))
        grade.auto_score = grade.manual_score = None
        book.db.commit()


@pytest.fixture
def graded(tmp_path_factory, tmp_path) -> Lesson:
    shutil.copytree(folder_made_once(tmp_path_factory, "exported-course", graded_course), tmp_path / "class")
    for path in SAMPLES.iterdir():
        shutil.copy(path, tmp_path / "class")
    return Lesson(tiny.NAME, tmp_path / "class")


def read(path: Path, encoding: str = "utf-8", separator: str = ",") -> list[list[str]]:
    with open(path, encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=separator, strict=True))


def test_canvas_by_nbgraders_own_command_and_by_the_graders(graded):
    done = tiny.nbgrader(
        graded.root,
        "export",
        "--exporter=autograder.hosts.nbgrader.lms.CanvasExport",
        "--CanvasExport.roster=canvas.csv",
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1].endswith(
        "grades-canvas.csv: 1 row filled, 2 left as they were, 1 of nobody in the gradebook; 1 student of the gradebook not in the file."
        " 1 submission waits for a human and got no points: sample-b (It has to be graded by hand)."
    )
    rows = read(graded.root / "grades-canvas.csv")
    before = read(graded.root / "canvas.csv")
    assert rows[3][5] == "8.5", "late"
    assert rows[4][5] == "3", "waits for a human: what is there stays"
    rows[3][5] = ""
    assert rows == before
    done = tiny.autograder(graded.root, "export", "canvas", "canvas.csv", "--to", "again.csv")
    assert (done.returncode, done.stdout.splitlines()[-1].split(":")[0]) == (0, str(graded.root / "again.csv"))
    assert (graded.root / "again.csv").read_bytes() == (graded.root / "grades-canvas.csv").read_bytes()
    assert "row 7: sample-x is nobody in the gradebook." in done.stderr


def test_moodle_gets_grades_comments_and_the_pages_in_a_zip(graded):
    page = graded.root / "feedback" / "sample-a" / graded.name / f"{graded.name}.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>sample</p>")
    done = tiny.autograder(
        graded.root,
        "export",
        "moodle",
        "moodle.csv",
        graded.name,
        "--feedback-zip",
        "pages.zip",
        "--to",
        "moodle-new.csv",
    )
    assert done.returncode == 0, done.stderr
    rows = read(graded.root / "moodle-new.csv")
    assert [row[4] for row in rows] == ["Grade", "8,5", "4,00", ""]
    comment = rows[1][-1]
    assert comment.startswith(
        "<p>8.5 / 10 points, 1.5 taken off for lateness</p><ul><li>Exercise 1.1 · Half as bright: 5 / 5 points"
    )
    assert rows[2][-1].endswith('"fine"</p>')
    with zipfile.ZipFile(graded.root / "pages.zip") as archive:
        assert len(archive.namelist()) == 1 and "_1000001_assignsubmission_file_/" in archive.namelist()[0]
    assert "1 row filled" in done.stdout.splitlines()[-1]
    done = tiny.autograder(
        graded.root, "export", "moodle", "moodle.csv", graded.name, "--feedback-zip", "two.zip", "--to", "feedback"
    )
    assert done.returncode == 3 and "feedback: cannot be written (Is a directory)" in done.stderr
    assert not (graded.root / "two.zip").exists(), "both or neither"
    asked = ("--student", "sample-b", "--feedback-zip", "one.zip", "--to", "one.csv")
    done = tiny.autograder(graded.root, "export", "moodle", "moodle.csv", graded.name, *asked)
    assert "no feedback page to pack" in done.stderr, "the only page is of another student"


def test_one_row_an_exercise_with_points_and_their_maximum(graded):
    done = tiny.autograder(graded.root, "export", "long", graded.name)
    assert done.returncode == 0, done.stderr
    header, *rows = read(graded.root / "exercises.csv")
    place = {name: header.index(name) for name in header}
    found = {
        (row[place["student_id"]], row[place["exercise"]]): tuple(row[place[n]] for n in ("points", "max_points", "score", "max_score"))
        for row in rows
    }  # fmt: skip
    assert found["sample-a", "half"] == ("5.0", "5.0", "8.5", "10.0")
    assert found["sample-c", "half"] == ("4.0", "5.0", "9.0", "10.0"), "extra credit"
    assert found["sample-b", "mirror"] == found["sample-b", "half"] == ("", "5.0", "", "10.0"), "waits"
    assert found["sample-d", "half"] == ("", "5.0", "", "10.0"), "not handed in"
    assert len(rows) == 8
    assert [EVIL, "'=1+1"] in [[row[place["first_name"]], row[place["last_name"]]] for row in rows]


def test_one_student_of_one_assignment(graded):
    chosen = ('--assignment=["01_halves"]', '--student=["sample-c"]', "--BrightspaceExport.roster=brightspace.csv")
    (graded.root / "brightspace.csv").write_text(
        (graded.root / "brightspace.csv").read_text("utf-8-sig").replace("sample-x", "sample-c"), "utf-8-sig"
    )
    done = tiny.nbgrader(
        graded.root, "export", "--exporter=autograder.hosts.nbgrader.lms.BrightspaceExport", *chosen, "--to=one.csv"
    )
    assert done.returncode == 0, done.stderr
    assert [row[3] for row in read(graded.root / "one.csv", "utf-8-sig")[1:]] == ["", "1", "9"]
    assert "one.csv: 1 row filled, 2 left as they were, 0 of nobody" in done.stderr.splitlines()[-1]


def test_single_exercises_go_into_columns_that_are_named(graded):
    (graded.root / "b.csv").write_text(
        "Username,01_halves [Total Pts: 10 Score] |1,Half [Total Pts: 5 Score] |2\nsample-c,,\n"
    )
    done = tiny.autograder(
        graded.root,
        "export",
        "blackboard",
        "b.csv",
        "--column",
        "01_halves/half=Half [Total Pts: 5 Score] |2",
        "--to=b2.csv",
    )
    assert done.returncode == 0, done.stderr
    assert read(graded.root / "b2.csv")[1] == ["sample-c", "9", "4"]


def test_without_a_gradebook_nothing_is_exported_and_none_is_made(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("")
    done = tiny.autograder(tmp_path, "export", "long")
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert "gradebook.db: there is no gradebook yet" in line and line.endswith("Nothing was exported.")
    assert [path.name for path in tmp_path.iterdir()] == ["nbgrader_config.py"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("canvas", "missing.csv"), "missing.csv: cannot be read"),
        (("canvas", "canvas.csv", "02_nothing"), "02_nothing: there is no such assignment in the gradebook"),
        (("canvas", "canvas.csv", "--to", "canvas.csv"), "this is Canvas's own file"),
        (("moodle", "moodle.csv", "01_halves", "--feedback-zip", "z.zip"), "no feedback page to pack"),
    ],
)
def test_what_cannot_be_exported_is_one_line_and_nothing_is_written(graded, arguments, says):
    before = sorted(graded.root.iterdir())
    done = tiny.autograder(graded.root, "export", *arguments)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert says in line and "Nothing was exported." in line
    assert sorted(graded.root.iterdir()) == before
    assert (graded.root / "canvas.csv").read_bytes() == (SAMPLES / "canvas.csv").read_bytes()
