"""A submission is late, on time, or waits for a human because its time cannot be read."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course.catalog import Lesson
from tests.support import canned, tiny
from tests.support.course_folder import one_graded
from tests.support.once import folder_made_once

LATE = "2026-03-02 10:00:00 UTC"
READ_AS_THE_SAME_TIME = {
    "utf-8": LATE.encode(),
    "byte order mark": f"\ufeff{LATE}".encode(),
    "CRLF": f"{LATE}\r\n".encode(),
    "UTF-16": LATE.encode("utf-16"),
    "UTF-16 without a mark": LATE.encode("utf-16-le"),
    "blanks": f"  {LATE} \n\n".encode(),
    "an offset": b"2026-03-02T12:00:00+02:00",
}
NO_TIME = {"a word": b"yesterday", "nothing": b"", "bytes": b"\xff\xfe\x00\xd8", "far too long": b"2026" * 5000}


def test_a_late_submission_is_late_however_its_time_is_written_and_an_unreadable_time_waits_for_a_human(
    tmp_path_factory, tmp_path
):
    shutil.copytree(folder_made_once(tmp_path_factory, "one-graded", one_graded), tmp_path / "course")
    lesson = Lesson(tiny.NAME, tmp_path / "course")
    with open(lesson.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    for number, content in enumerate([*READ_AS_THE_SAME_TIME.values(), *NO_TIME.values()]):
        place = tiny.submit(lesson, f"sample-{number:02}", tiny.right(lesson))
        (place / "timestamp.txt").write_bytes(content)
    url = f"sqlite:///{lesson.root}/gradebook.db"
    before = f"sample-{len(READ_AS_THE_SAME_TIME):02}"
    with Gradebook(url) as book:
        book.add_student(before)
        book.add_submission(lesson.name, before, timestamp="2026-02-01 10:00:00 UTC")
    for step in (
        ("db", "assignment", "add", lesson.name, "--duedate", "2026-03-01 10:00:00 UTC"),
        ("autograde", lesson.name),
    ):
        assert canned.nbgrader(lesson.root, *step).returncode == 0
    with Gradebook(url) as book:
        saved = {s.student.id: s for s in book.find_assignment(lesson.name).submissions}
        for number, kind in enumerate([*READ_AS_THE_SAME_TIME, *NO_TIME]):
            found = saved[f"sample-{number:02}"]
            assert found.score == 10.0
            unknown = kind in NO_TIME
            assert found.needs_manual_grade == unknown, kind
            assert (found.late_submission_penalty or 0) == (0 if unknown else 10.0), kind
            assert (found.timestamp is None) == unknown, "the time of an earlier submission is not this one's"
    for number, kind in enumerate([*READ_AS_THE_SAME_TIME, *NO_TIME]):
        path = lesson.root / "autograded" / f"sample-{number:02}" / lesson.name / f"{lesson.name}.ipynb"
        result = json.loads(path.read_text("utf-8"))["metadata"]["autograder"]["result"]
        assert result["verdict"] == ("REVIEW" if kind in NO_TIME else "GRADED"), kind
        if kind in NO_TIME:
            assert result["reason"].startswith("Nobody knows whether this is late. timestamp.txt: ")
            assert result["repaired"] == [], "said once"
    _must_be_held_back_until_a_human_decides(lesson, url, before)


def _must_be_held_back_until_a_human_decides(lesson: Lesson, url: str, student: str) -> None:
    """In nbgrader's own export, in the report and on the page; then with the points that somebody typed into the formgrader."""
    said = canned.nbgrader(lesson.root, "export").stderr.splitlines()[-1]
    assert "grades.csv: 4 submissions wait for a human and got no points: sample-07, 01_halves (Nobody knows" in said
    assert "'yesterday' is not a time" in said
    assert scores_in(lesson.root / "grades.csv")[student] == ""
    assert canned.nbgrader(lesson.root, "generate_feedback", lesson.name, "--student", student).returncode == 0
    page = (lesson.root / "feedback" / student / lesson.name / f"{lesson.name}.html").read_text("utf-8")
    head = page[page.index("Provisional: your teacher will look at this submission") :]
    assert "full marks" not in page and page.count("is not a time") == 1
    assert head.index("The score is provisional. Nobody knows whether this is late.") < head.index("Exercise 1.1")
    done = tiny.autograder(lesson.root, "report", lesson.name, "--json", "report.json")
    assert done.returncode == 0, done.stderr
    whole = json.loads((lesson.root / "report.json").read_text("utf-8"))
    (found,) = whole["lessons"]
    (entry,) = (one for one in found["students"] if one["student_id"] == student)
    (waits,) = (one for one in whole["waiting"] if one["student_id"] == student)
    assert entry["score"] is None and waits["reason"].startswith("Nobody knows whether this is late")
    assert len(found["scores"]) == len(found["students"]) - len(NO_TIME)
    with Gradebook(url) as book:  # what the formgrader writes
        (waiting,) = [
            grade
            for grade in book.find_submission_notebook(lesson.name, lesson.name, student).grades
            if grade.needs_manual_grade
        ]
        waiting.manual_score, waiting.needs_manual_grade = 4.0, False
        book.db.commit()
    assert "3 submissions wait" in canned.nbgrader(lesson.root, "export").stderr.splitlines()[-1]
    assert scores_in(lesson.root / "grades.csv")[student] == "9.0"


def scores_in(path: Path) -> dict[str, str]:
    with open(path, encoding="utf-8", newline="") as file:
        return {row["student_id"]: row["score"] for row in csv.DictReader(file)}
