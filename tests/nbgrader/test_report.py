"""`autograder report`: a page that asks nobody for anything, and the same as JSON and CSV."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder import csv_lines
from autograder.course.catalog import Lesson
from tests.support import tiny
from tests.support.once import folder_made_once
from tests.support.small_class import autograde, gradebook, hand_in, proven_course

EVIL = "<script>alert(1)</script>"


def report(lesson, *options):
    return tiny.autograder(lesson.root, "report", *options)


def graded_course(folder: Path) -> None:
    """The small class, graded; one student has a name that is HTML and a formula."""
    proven_course(folder)
    lesson = Lesson(tiny.NAME, folder)
    hand_in(lesson)
    done = autograde(lesson)
    assert done.returncode == 0, done.stderr
    with gradebook(lesson) as book:
        book.update_or_create_student("sample-b", first_name=EVIL, last_name="=1+1")


@pytest.fixture
def graded(tmp_path_factory, tmp_path) -> Lesson:
    shutil.copytree(folder_made_once(tmp_path_factory, "reported-course", graded_course), tmp_path / "class")
    return Lesson(tiny.NAME, tmp_path / "class")


def page_of(lesson, name="class-report.html") -> BeautifulSoup:
    return BeautifulSoup((lesson.root / name).read_text("utf-8"), "html.parser")


def test_the_page_shows_who_has_what_and_who_needs_help_first(graded):
    done = report(graded)
    assert (done.returncode, done.stderr) == (0, "")
    assert "class-report.html: 3 students, 1 lesson." in done.stdout
    page = page_of(graded)
    heat = page.find("table", class_="heat")
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in heat.tbody.find_all("tr")
    ]
    assert [row[0] for row in rows] == ["sample-a", f"{EVIL} =1+1", "sample-c"]
    assert [row[1] for row in rows] == ["10", "5", "10"]
    needs = page.find("h2", id="help").parent.find("tbody").find_all("tr")
    assert [row.th.get_text(strip=True) for row in needs] == [f"{EVIL} =1+1"]
    assert "50 %" in needs[0].get_text()


def test_the_page_asks_nobody_for_anything_and_runs_nothing_of_a_students(graded):
    report(graded)
    text = (graded.root / "class-report.html").read_text("utf-8")
    assert EVIL not in text
    page = page_of(graded)
    assert len(page.find_all("script")) == 1, "the course's own, which sorts"
    assert not page.find_all(["link", "iframe", "object", "embed"])
    asked = re.findall(r"""(?:src|href|action)=["']?([^"'\s>]*)""", text)
    assert asked and all(where.startswith(("#", "data:")) for where in asked)
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": True})["content"]


def test_anonymous_means_that_no_file_names_anybody(graded):
    tiny.submit(graded, "sample-d", tiny.right(graded))
    done = report(graded, "--anonymous", "--json", "class.json", "--csv", "tables")
    assert done.returncode == 0, done.stderr
    assert "Left out: a student" in done.stderr and "sample-" not in done.stderr
    places = [graded.root / name for name in ("class-report.html", "class.json")]
    for path in [*places, *(graded.root / "tables").iterdir()]:
        text = path.read_text("utf-8")
        assert "sample-" not in text and "1+1" not in text, path
    assert "student 2" in places[0].read_text("utf-8")


def test_what_a_human_gave_and_what_lateness_costs_stand_on_the_page(graded):
    with gradebook(graded) as book:
        submission = book.find_submission(graded.name, "sample-b")
        grade = submission.notebooks[0].grades[0]
        grade.manual_score, grade.extra_credit = 4.0, 2.5
        submission.notebooks[0].late_submission_penalty = 1.0
        book.db.commit()
    report(graded, "--json", "class.json")
    row = page_of(graded).find("table", class_="heat").tbody.find_all("tr")[1]
    said = row.get_text(" ", strip=True)
    assert "4 ✎" in said and "given by hand" in said and "late: −1" in said and "extra: +2.5" in said
    (lesson,) = json.loads((graded.root / "class.json").read_text())["lessons"]
    mine = lesson["students"][1]
    assert (mine["score"], mine["extra_credit"], mine["late_penalty"]) == (10.5, 2.5, 1.0)
    assert list(mine["by_hand"].values()) == [4.0]


def test_the_same_as_data(graded):
    done = report(graded, "--json", "class.json", "--csv", "tables")
    assert done.returncode == 0, done.stderr
    (lesson,) = json.loads((graded.root / "class.json").read_text())["lessons"]
    assert (lesson["submissions"], lesson["scores"], lesson["max_score"]) == (3, [5.0, 10.0, 10.0], 10.0)
    read = {}
    for name in ("students", "exercises", "checks"):
        with open(graded.root / "tables" / f"{name}.csv", encoding="utf-8", newline="") as file:
            read[name] = list(csv.DictReader(file))
    assert {row["exercise"] for row in read["students"]} == {one["id"] for one in lesson["exercises"]}
    assert {csv_lines.original(row["student"]) for row in read["students"]} == {"sample-a", f"{EVIL} =1+1", "sample-c"}
    assert [float(row["mean"]) for row in read["exercises"]] == pytest.approx(
        [one["mean"] for one in lesson["exercises"]]
    )
    checks = [check["name"] for one in lesson["exercises"] for check in one["checks"]]
    assert [row["check"] for row in read["checks"]] == checks


def test_who_is_not_graded_is_named_and_the_others_are_reported(graded):
    tiny.submit(graded, "sample-d", tiny.right(graded))
    done = report(graded)
    assert done.returncode == 0
    assert f"Left out: sample-d, {graded.name}: not graded yet; `autograder grade {graded.name}`" in done.stderr
    assert "3 students" in done.stdout


def test_a_damaged_result_is_named_with_its_file_and_the_cure(graded):
    path = graded.root / ".autograder" / "results" / graded.name / "sample-a.json"
    assert path.is_file()
    path.write_text("{")
    done = report(graded)
    assert done.returncode == 0
    assert str(path.relative_to(graded.root)) in done.stderr and "--student sample-a --force" in done.stderr


def test_where_nothing_was_graded_it_is_said(class_):
    done = report(class_)
    assert done.returncode == 3
    assert "there is nothing to report on" in done.stderr
    assert not (class_.root / "class-report.html").exists()
    assert report(class_, "07_nothing").returncode == 64
