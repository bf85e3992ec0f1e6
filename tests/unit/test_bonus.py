"""A bonus lesson comes on top: it is marked wherever lessons are listed, and never counted among what is expected."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from rich.console import Console

from autograder import settings
from autograder.cli import demo
from autograder.cli.grade_progress import Seen, Shown
from autograder.cli.grade_progress import as_json as grades_json
from autograder.course import build, catalog
from autograder.errors import CourseError
from autograder.hosts.gradescope.results import as_results
from autograder.hosts.lms import table
from autograder.hosts.lms.columns import Item, Wanted
from autograder.hosts.lms.filling import fill
from autograder.hosts.lms.platforms import CANVAS
from autograder.hosts.nbgrader.export import ExportGrades
from autograder.hosts.nbgrader.lms import CanvasExport, LongExport
from autograder.hosts.nbgrader.release import release_text
from autograder.reports import cards
from autograder.reports.class_data import as_csv, as_json
from autograder.reports.class_page import class_of, counted_lessons, lessons_said, page
from autograder.reports.console import console_view
from autograder.reports.learning import LessonProgress, Progress, Step, bar_view, table_view
from autograder.reports.statistics import Entry
from autograder.results import CellResult, Result, Verdict
from tests.support import small_lesson

HEAD = "**About 6 minutes · 4 points · one exercise · bonus lesson**"


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A course of one lesson, which is a bonus lesson."""
    lesson = small_lesson.make(tmp_path)
    title = "# # 9 · A lesson for tests"
    lesson.script.write_text(small_lesson.SCRIPT.replace(title, f"{title}\n#\n# {HEAD}"), "utf-8")
    build.build(lesson, release_text)
    monkeypatch.setattr(settings, "root", lambda: tmp_path)
    return tmp_path


def result(lesson: str, points: float, bonus: bool) -> Result:
    cells = [CellResult("a_check", f"Exercise {lesson} · A title", Verdict.GRADED, points, 4.0, "Look again.")]
    return Result(lesson, "n", Verdict.GRADED, points, 4.0, 0.1, "none", cells=cells, bonus=bonus)


def shown(view: object) -> str:
    file = io.StringIO()
    Console(file=file, width=120).print(view)
    return file.getvalue()


def test_a_lesson_is_one_by_its_first_text_and_a_missing_release_is_none(course):
    assert catalog.bonus_names() == {"09_test"}
    catalog.Lesson("09_test", course).release.unlink()
    assert catalog.bonus_names() == frozenset()


def test_progress_counts_it_beside_what_is_expected_and_names_it_last():
    def lesson(name: str, points: float, bonus: bool) -> LessonProgress:
        steps = [Step(f"{name[:2]}.{i} · A", 10, earned, 5.0) for i, earned in enumerate((points, 0.0), 1)]
        return LessonProgress(name, name, 40, steps, bonus=bonus)

    half = Progress([lesson("05_more", 5, True), lesson("01_halves", 0, False)])
    said = shown(table_view(half))
    assert "5 of 10 bonus" in said and "0 of 10 " in said
    assert "0 of 2 exercises complete, and 1 bonus exercise · about 40 min left" in said
    assert "Next: 01.1 · A (01_halves), about 10 minutes." in said
    assert "Next: 05.2 · A (bonus lesson), about 10 minutes." in shown(bar_view(half, "05_more"))
    whole = [Step("1.1 · A", 10, 5.0, 5.0)]
    done = Progress([LessonProgress("01_halves", "", 10, whole), lesson("05_more", 0, True)])
    assert "1 of 1 exercise complete\n" in shown(bar_view(done))
    assert "The course is complete. Next, if you like: 05.1 · A (05_more, bonus lesson)" in shown(bar_view(done))


def test_the_class_report_marks_it_and_says_without_it_who_needs_help():
    """Ana did all that is expected, and tried the bonus lesson; Bo has half of what is expected."""
    first = [Entry("ana", result("01", 4.0, False), 4.0), Entry("bo", result("01", 2.0, False), 2.0)]
    more = [Entry("ana", result("05", 1.0, True), 1.0)]
    both = [class_of("01", "Lesson 1", first), class_of("05", "Lesson 5", more, bonus=True)]
    assert lessons_said(both) == "1 lesson and 1 bonus lesson"
    assert (lessons_said(both[1:]), counted_lessons(both[1:])) == ("Lesson 5", "1 bonus lesson")
    read = BeautifulSoup(page(both, title="t", made="now"), "html.parser")
    assert [one.get_text() for one in read.select(".needs .name")] == ["bo"]
    assert "Bonus lessons do not count here." in read.get_text()
    assert [one.get_text() for one in read.select("nav a")][1:] == ["Lesson 1", "Lesson 5 (bonus lesson)"]
    assert read.find(id="05").get_text() == "Lesson 5 · bonus lesson"
    only = BeautifulSoup(page(both[1:], title="t", made="now"), "html.parser")
    assert [one.get_text() for one in only.select(".needs .name")] == ["ana"], "a report on bonus lessons alone"
    names = {"ana": "ana", "bo": "bo"}
    assert [one["bonus"] for one in as_json(both, names)["lessons"]] == [False, True]
    tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in as_csv(both, names).items()}
    assert [row["bonus"] for row in tables["students.csv"]] == ["0", "0", "1"]
    assert [row["bonus"] for row in tables["exercises.csv"]] == ["0", "1"]


@pytest.mark.parametrize("bonus", [True, False])
def test_a_result_says_that_it_is_one_of_a_bonus_lesson(bonus):
    one = result("05_more", 2.0, bonus)
    assert ("05_more (bonus lesson): 2 / 4 points" in shown(console_view(one))) == bonus
    assert ("A bonus lesson: its points come on top." in cards.summary_html(one)) == bonus
    assert ("A bonus lesson: its points come on top." in as_results(one)["output"]) == bonus
    assert one.as_json()["bonus"] == bonus
    assert Result.restored(one.stored()) == one
    older = {name: value for name, value in one.stored().items() if name != "bonus"}
    assert not Result.restored(older).bonus


def test_the_json_of_a_run_says_which_submissions_are_of_one(course):
    """By the course as it is, also of a submission on which the grader failed."""
    shown = Shown(Console(file=io.StringIO()))
    for student, lesson in (("bo", "09_test"), ("ana", "01_expected")):
        shown.seen[lesson, student] = Seen(lesson, student, new=True, why="a full disk")
    grades_json(course / "grades.json", shown, settings.Settings.load(course), ["01_expected", "09_test"], [], 1.0)
    rows = json.loads((course / "grades.json").read_text("utf-8"))["submissions"]
    assert [(row["student"], row["bonus"]) for row in rows] == [("ana", False), ("bo", True)]


def test_the_table_of_a_demo_says_which_column_is_one(course):
    (course / "grades.csv").write_text(
        "student_id,assignment,score,max_score\ns,01_halves,5,10\ns,09_test,2,4\n", "utf-8"
    )
    result = {"verdict": "GRADED"}
    said = shown(demo._table({("s", "01_halves"): result, ("s", "09_test"): result}, course))
    assert "┃ student ┃ lesson 1 ┃ bonus lesson 9 ┃" in said and "│ s       │   5 / 10 │          2 / 4 │" in said


def test_who_did_not_hand_it_in_is_in_no_export(course):
    """A lesson that is expected has a row for everybody; a bonus lesson for those who handed it in, and nobody misses its column."""
    with Gradebook("sqlite:///:memory:") as book:
        for name in ("01_expected", "09_test"):
            book.add_assignment(name)
            book.add_notebook("n", name)
            book.add_grade_cell("double_check", "n", name, max_score=4, cell_type="code")
        for student in ("ana", "bo"):
            book.add_student(student)
        rows = list(ExportGrades().rows(book))
        assert [(row[0], row[3]) for row in rows] == [("01_expected", "ana"), ("01_expected", "bo")]
        long, canvas = LongExport(), CanvasExport()
        long.to, canvas.to, canvas.roster = (str(course / name) for name in ("long.csv", "out.csv", "canvas.csv"))
        head = "Student,ID,SIS Login ID,01_expected (1)\n  Points Possible,,,4\n"
        Path(canvas.roster).write_text(f"{head}A,1,ana,\nB,2,bo,\n", "utf-8")
        assert not any("09_test" in line for line in canvas.write(book))
        submission = book.add_submission("09_test", "ana")
        submission.timestamp = datetime(2026, 3, 1)
        for grade in submission.notebooks[0].grades:
            grade.auto_score, grade.needs_manual_grade = 3, False
        book.db.commit()
        rows = [row for row in ExportGrades().rows(book) if row[0] == "09_test"]
        assert [(row[3], row[9], row[10]) for row in rows] == [("ana", 3.0, 4.0)]
        long.write(book)
        with open(long.to, encoding="utf-8", newline="") as file:
            assert [(row["assignment"], row["student_id"], row["bonus"]) for row in csv.DictReader(file)] == [
                ("01_expected", "ana", "0"), ("01_expected", "bo", "0"), ("09_test", "ana", "1"),
            ]  # fmt: skip
        assert "09_test: the file has no column for it; see --column." in canvas.write(book)
        # The formgrader's overall score, as docs/instructor.md says of it.
        assert {one["id"]: (one["score"], one["max_score"]) for one in book.student_dicts()} == {
            "ana": (3.0, 8.0), "bo": (0.0, 8.0),
        }  # fmt: skip


@pytest.mark.parametrize("bonus", [True, False])
def test_its_column_may_have_no_points_on_the_platform(tmp_path, bonus):
    """So Canvas counts extra credit. Another maximum than 0 and than the lesson's is an error, as for any lesson."""
    path = tmp_path / "canvas.csv"
    path.write_text("Student,ID,SIS Login ID,05_more (1)\n  Points Possible,,,0\nA,1,ana,\n", "utf-8")
    item = Item("05_more", ("05_more",), 30.0, {"ana": 12.5}, bonus)
    sheet = table.read(path)
    if not bonus:
        with pytest.raises(CourseError, match="05_more has 30 points, and Canvas's column 0"):
            fill(sheet, CANVAS, {"ana": "ana"}, [item], Wanted())
        return
    assert fill(sheet, CANVAS, {"ana": "ana"}, [item], Wanted()).rows[2][3] == "12.5"
    path.write_text(path.read_text("utf-8").replace(",,0\n", ",,10\n"), "utf-8")
    with pytest.raises(CourseError, match="05_more has 30 points, and Canvas's column 10"):
        fill(table.read(path), CANVAS, {"ana": "ana"}, [item], Wanted())
