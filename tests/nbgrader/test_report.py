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
from autograder.grading.journal import Event, Journal
from autograder.reports.name_search import folded
from tests.support import tiny
from tests.support.once import folder_made_once
from tests.support.small_class import autograde, gradebook, hand_in, proven_course

EVIL = "<script>alert(1)</script>"


pytestmark = pytest.mark.xdist_group("report")  # the class is graded once


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
    heat = page.find("div", class_="heat").table
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in heat.tbody.find_all("tr")
    ]
    assert [row[0] for row in rows] == ["sample-a", f"{EVIL} =1+1 sample-b", "sample-c"]
    assert [row[1] for row in rows] == ["10", "5", "10"]
    needs = page.find("h2", id="help").parent.select(".needs > li")
    assert [row.find(class_="name").get_text(" ", strip=True) for row in needs] == [f"{EVIL} =1+1 sample-b"]
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


SPELLINGS = (
    "ADA LOVELACE", "ada_lovelace", "adalovelace", "Ada  Lovelace", "LOVELACE, Ada", "al@uni.example", "ada%20lovelace", "Zoe\u0308", "ZO\xcb",
    "/home/ada/x.ipynb", "Sample-B", "sample_b",
)  # fmt: skip


def test_anonymous_means_that_no_file_names_anybody(graded):
    with gradebook(graded) as book:
        book.update_or_create_student("sample-b", first_name="Ada", last_name="Lovelace", email="al@uni.example")
        book.update_or_create_student("sample-c", first_name="Zoë", last_name=None)
    tiny.submit(graded, "sample-d", tiny.right(graded))
    path = graded.root / ".autograder" / "results" / graded.name / "sample-b.json"
    text = path.read_text("utf-8")
    assert "The values are others." in text
    path.write_text(text.replace("The values are others.", f"The half of {'; '.join(SPELLINGS)} is another."), "utf-8")
    done = report(graded, "--anonymous", "--json", "class.json", "--csv", "tables")
    assert done.returncode == 0, done.stderr
    assert "Left out: a student" in done.stderr
    places = [graded.root / name for name in ("class-report.html", "class.json")]
    tables = [graded.root / "tables" / f"{name}.csv" for name in ("students", "exercises", "checks")]
    texts = [done.stderr, *(str(path.name) for path in places), *(path.read_text("utf-8") for path in places + tables)]
    texts[3] = page_of(graded).get_text(" ")  # a picture in base64 may have any letters
    for said in map(folded, texts):
        named = [word for word in ("lovelace", "zoe", "sampleb", "samplec", "sampled", "uniexample") if word in said]
        assert not named and not re.search(r"(?<![a-z])ada(?![a-z])", said), named
    assert "The half of student" in texts[3] and "student 2" in texts[3]
    rows = list(csv.DictReader(tables[0].read_text("utf-8").splitlines()))
    assert all(re.fullmatch(r"student \d", row["student_id"]) for row in rows)


def test_who_has_no_sure_grade_comes_first(graded):
    """A fault of the grader's and a run that goes on are in the journal; what a human is to look at, in the gradebook."""
    journal = Journal(graded.root)
    about = {"lesson": graded.name, "handed": ""}
    journal.add(Event.FAILED, student="sample-a", reason="no disk", **about)
    journal.add(Event.STARTED, student="sample-c", **about)
    with gradebook(graded) as book:
        book.find_submission(graded.name, "sample-b").notebooks[0].grades[0].needs_manual_grade = True
        book.db.commit()
    assert report(graded, "--json", "class.json").returncode == 0
    said = [one.get_text(" ", strip=True) for one in page_of(graded).select(".waiting > li")]
    assert said[0].startswith("INFRA sample-a") and "The grader failed: no disk. The grade before stands." in said[0]
    assert "sample-b" in said[1] and said[1].endswith(
        "provisional. Give points in the formgrader, the same ones if they stand."
    )
    assert said[2].startswith("NOT GRADED sample-c") and "being graded at this moment, or a run was stopped" in said[2]
    waiting = json.loads((graded.root / "class.json").read_text("utf-8"))["waiting"]
    assert [(one["student_id"], one["left_out"]) for one in waiting] == [(f"sample-{x}", False) for x in "abc"]


def test_what_a_human_gave_and_what_lateness_costs_stand_on_the_page(graded):
    with gradebook(graded) as book:
        submission = book.find_submission(graded.name, "sample-b")
        grade = submission.notebooks[0].grades[0]
        grade.manual_score, grade.extra_credit = 4.0, 2.5
        submission.notebooks[0].late_submission_penalty = 1.0
        book.db.commit()
    report(graded, "--json", "class.json")
    row = page_of(graded).find("div", class_="heat").tbody.find_all("tr")[1]
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
    assert {row["student_id"] for row in read["students"]} == {"sample-a", "sample-b", "sample-c"}
    assert [float(row["mean"]) for row in read["exercises"]] == pytest.approx(
        [one["mean"] for one in lesson["exercises"]]
    )
    checks = [check["name"] for one in lesson["exercises"] for check in one["checks"]]
    assert [row["check"] for row in read["checks"]] == checks


def test_who_is_not_graded_is_named_and_the_others_are_reported(graded):
    tiny.submit(graded, "sample-d", tiny.right(graded))
    done = report(graded)
    assert done.returncode == 0
    assert (
        f"Left out: sample-d, {graded.name}: It is not graded yet. Run `autograder grade {graded.name}`." in done.stderr
    )
    assert "3 students" in done.stdout


def test_a_damaged_result_is_named_with_its_file_and_the_cure(graded):
    """One that is cut off, one of a later version, and one of the first version, which had no checks: that one is read."""
    first, second, third = (graded.root / ".autograder" / "results" / graded.name / f"sample-{x}.json" for x in "abc")
    text = first.read_text("utf-8")
    first.write_text(text[: len(text) // 2])
    second.write_text(second.read_text("utf-8").replace('"version": 2', '"version": 99'), "utf-8")
    whole = json.loads(third.read_text("utf-8"))
    del whole["result"]["version"], whole["result"]["timings"]
    for cell in whole["result"]["cells"]:
        del cell["checks"], cell["carried"], cell["blank"]
    third.write_text(json.dumps(whole), "utf-8")
    done = report(graded)
    assert done.returncode == 0
    for path, student in ((first, "sample-a"), (second, "sample-b")):
        assert str(path.relative_to(graded.root)) in done.stderr and f"--student {student} --force" in done.stderr
    assert "a result of version 99; this grader reads up to 2" in done.stderr and "sample-c" not in done.stderr
    assert "1 student, 1 lesson" in done.stdout


def test_a_name_turns_no_writing_round(graded):
    with gradebook(graded) as book:
        book.update_or_create_student("sample-a", first_name="\u202eevil", last_name="a\nb\u200d")
    report(graded, "--csv", "tables")
    for path in (graded.root / "class-report.html", graded.root / "tables" / "students.csv"):
        text = path.read_text("utf-8")
        assert "\u202e" not in text and "?evil a b\u200d" in text


def test_a_place_that_cannot_be_written_to_is_named(graded):
    (graded.root / "folder").mkdir()
    (graded.root / "file").touch()
    for option, place in (("--output", "folder"), ("--csv", "file")):
        done = report(graded, option, place)
        assert done.returncode == 3 and str(graded.root / place) in done.stderr, done.stderr
        assert "Nothing was written; name another place." in done.stderr and "grader failed" not in done.stderr
    same = report(graded, "--output", "one", "--json", "one")
    assert same.returncode == 64 and "a file each" in same.stderr and not (graded.root / "one").exists()


def test_where_nothing_was_graded_it_is_said(class_):
    done = report(class_)
    assert done.returncode == 3
    assert "there is nothing to report on: 3 submissions without a grade. The first: sample-a" in done.stderr
    assert not (class_.root / "class-report.html").exists()
    assert report(class_, "07_nothing").returncode == 64
    (class_.root / "gradebook.db").unlink()
    done = report(class_)
    assert (
        done.returncode == 3
        and "gradebook.db: there is no gradebook yet, so there is nothing to report on." in done.stderr
    )
    assert not (class_.root / "gradebook.db").exists(), "a report makes none"
