"""A submission is late, on time, or waits for a human because its time cannot be read."""

from __future__ import annotations

import json
import shutil

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
    for step in (
        ("db", "assignment", "add", lesson.name, "--duedate", "2026-03-01 10:00:00 UTC"),
        ("autograde", lesson.name),
    ):
        assert canned.nbgrader(lesson.root, *step).returncode == 0
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:
        saved = {s.student.id: s for s in book.find_assignment(lesson.name).submissions}
        for number, kind in enumerate([*READ_AS_THE_SAME_TIME, *NO_TIME]):
            found = saved[f"sample-{number:02}"]
            assert found.score == 10.0
            unknown = kind in NO_TIME
            assert found.needs_manual_grade == unknown, kind
            assert (found.late_submission_penalty or 0) == (0 if unknown else 10.0), kind
    for number, kind in enumerate([*READ_AS_THE_SAME_TIME, *NO_TIME]):
        path = lesson.root / "autograded" / f"sample-{number:02}" / lesson.name / f"{lesson.name}.ipynb"
        result = json.loads(path.read_text("utf-8"))["metadata"]["autograder"]["result"]
        assert result["verdict"] == ("REVIEW" if kind in NO_TIME else "GRADED"), kind
        if kind in NO_TIME:
            assert "Nobody knows whether this is late" in result["reason"]
