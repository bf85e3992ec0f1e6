"""`autograder grade`: the class run of `nbgrader autograde`, with a progress, an exit status and JSON of its own."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

from autograder.cli.grade_progress import Seen, Shown, for_a_human
from autograder.grading.lock import lock
from autograder.settings import Settings
from tests.support import canned, faults, tiny
from tests.support.small_class import STUDENTS, autograde, events, gradebook, must_be_whole, really_autograde, scores


def grade(lesson, *options, changes=(), really=False):
    changes = [*([] if really else [canned.use]), *changes]
    return tiny.autograder(lesson.root, "grade", *options, changes=changes)


def test_a_class_is_graded_and_what_came_of_it_is_written_down(class_):
    done = grade(class_, class_.name, "--json", "out.json")
    assert done.returncode == 0, done.stderr[-2000:]
    must_be_whole(class_)
    lines = [line for line in done.stdout.splitlines() if line.startswith(f"{class_.name} sample-")]
    assert [re.sub(r"[\d.]+ s", "1 s", line) for line in lines] == [
        "01_halves sample-a: GRADED, 10 of 10 points, 1 s (1 of 3)",
        "01_halves sample-b: GRADED, 5 of 10 points, 1 s (2 of 3)",
        "01_halves sample-c: GRADED, 10 of 10 points, 1 s (3 of 3)",
    ]
    whole = json.loads((class_.root / "out.json").read_text())
    assert whole["lessons"] == [class_.name] and whole["problems"] == []
    assert [(row["student"], row["verdict"], row["score"], row["new"]) for row in whole["submissions"]] == [
        ("sample-a", "GRADED", 10.0, True),
        ("sample-b", "GRADED", 5.0, True),
        ("sample-c", "GRADED", 10.0, True),
    ]
    seconds = whole["totals"].pop("seconds")
    assert seconds > 0 and whole["totals"] == {
        "submissions": 3, "graded": 3, "kept": 0, "failed": 0, "verdicts": {"GRADED": 3},
    }  # fmt: skip


def test_what_is_graded_is_kept_and_one_student_can_be_graded_anew(class_):
    assert autograde(class_).returncode == 0
    again = grade(class_, "--all", "--json", "out.json")
    assert again.returncode == 0, again.stderr[-2000:]
    assert json.loads((class_.root / "out.json").read_text())["totals"]["kept"] == 3
    assert events(class_, "graded") == dict.fromkeys(STUDENTS, 1)
    one = grade(class_, class_.name, "--student", "sample-b", "--student", "sample-c", "--force", "--json", "out.json")
    assert one.returncode == 0, one.stderr[-2000:]
    assert events(class_, "graded") == {"sample-a": 1, "sample-b": 2, "sample-c": 2}
    rows = json.loads((class_.root / "out.json").read_text())["submissions"]
    assert [(row["student"], row["new"]) for row in rows] == [("sample-b", True), ("sample-c", True)]


@pytest.mark.parametrize(
    "line",
    [
        (),
        ("--all", tiny.NAME),
        ("07_nothing",),
        (tiny.NAME, "--jobs", "0"),
        (tiny.NAME, "--student", "nobody"),
        ("--what",),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_told_from_a_grade(class_, line):
    done = grade(class_, *line)
    assert done.returncode == 64, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert events(class_, "started") == {}


def test_a_folder_that_is_no_course_directory_says_so(class_, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    done = grade(class_, class_.name, "--course-dir", str(tmp_path / "elsewhere"))
    assert done.returncode == 3
    assert "not a course directory" in done.stderr
    done = grade(class_, class_.name, "--course-dir", str(tmp_path / "nowhere"))
    assert done.returncode == 3
    assert "there is no such folder" in done.stderr


def test_where_the_grader_fails_on_one_the_others_are_graded_and_the_same_command_goes_on(class_):
    done = grade(
        class_, class_.name, "--json", "out.json", changes=[(faults.take_a_folder_away, "sample-b", "sample-a")]
    )
    assert done.returncode == 3
    assert "this folder was taken away while the class was graded" in done.stderr
    assert "Traceback" not in done.stderr
    rows = {row["student"]: row for row in json.loads((class_.root / "out.json").read_text())["submissions"]}
    assert {student: row["verdict"] for student, row in rows.items()} == {
        "sample-a": "GRADED", "sample-b": "INFRA", "sample-c": "GRADED",
    }  # fmt: skip
    assert "taken away" in rows["sample-b"]["reason"] and rows["sample-b"]["score"] is None
    notebook = tiny.right(class_)
    next(cell for cell in notebook.cells if cell.id == "half").source = canned.WRONG
    tiny.submit(class_, "sample-b", notebook)
    again = grade(class_, class_.name)
    assert again.returncode == 0, again.stderr[-2000:]
    must_be_whole(class_)


def test_at_the_end_it_is_said_who_waits_for_a_human_and_why(class_):
    tiny.submit(class_, "sample-d", "no notebook")
    done = grade(class_, class_.name)
    assert done.returncode == 0, done.stderr[-2000:]
    end = done.stdout[done.stdout.index("For a human to look at: 1 submission.") :]
    assert "  sample-d of 01_halves: REVIEW: " in end and "sample-a" not in end
    assert "For a human" not in grade(class_, class_.name).stdout, "it was said when it was graded"


@pytest.mark.parametrize(
    ("seconds", "said"), [(1163, "19 minutes 23 seconds."), (90, "1 minute 30 seconds, 2 a minute.")]
)
def test_a_rate_is_said_where_it_is_one(tmp_path, seconds, said):
    shown = Shown(Console(file=io.StringIO()))
    for student in ("a", "b", "c"):
        shown.seen["l", student] = Seen("l", student, True, "GRADED", 1.0, "why")
    shown.summary(Settings.load(tmp_path), seconds)
    assert f"3 submissions: GRADED 3. 3 graded now in {said}\n" in shown.console.file.getvalue()


@pytest.mark.parametrize("same", [True, False])
def test_of_many_who_wait_a_dozen_is_named_and_the_others_are_counted(same):
    rows = [
        {
            "lesson": "l",
            "student": f"s{number:03}",
            "verdict": "REVIEW",
            "reason": "no JSON" if same else f"no {number}",
        }
        for number in range(300)
    ]
    lines = for_a_human([*rows, {"lesson": "l", "student": "a", "verdict": "GRADED", "reason": ""}])
    text = "\n".join(lines)
    assert lines[0] == "For a human to look at: 300 submissions."
    assert text.count(" of l") == 12 and ("and 288 more" in text if same else "And 288 others" in text)


def test_ctrl_c_keeps_what_is_graded_and_the_same_command_goes_on(class_):
    done = grade(class_, class_.name, "--json", "out.json", changes=[(faults.interrupt_behind, "sample-a")])
    assert done.returncode == 130, done.stderr[-2000:]
    assert "Stopped. Graded in this run, and kept: 1 submission. To go on, run the same command again." in done.stderr
    assert "Traceback" not in done.stderr
    assert scores(class_) == {"sample-a": 10.0}
    assert json.loads((class_.root / "out.json").read_text())["problems"]
    again = grade(class_, class_.name)
    assert again.returncode == 0, again.stderr[-2000:]
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}


@pytest.mark.parametrize("command", ["autograder grade", "nbgrader autograde"])
def test_whoever_grades_is_named_with_the_command(class_, command):
    run = grade if command.startswith("autograder") else autograde
    line = (class_.name,) if command.startswith("autograder") else ()
    with lock(class_.root, "a test of 01_halves"):
        second = run(class_, *line)
    assert second.returncode == (3 if command.startswith("autograder") else 1)
    assert "(a test of 01_halves, process" in second.stderr and "is grading here" in second.stderr
    assert run(class_, *line, changes=[(faults.note_the_lock, "seen")]).returncode == 0
    assert f"({command} 01_halves, process" in (class_.root / "seen").read_text()
    (class_.root / "limits.toml").write_text("cell = 17.0\n")
    later = run(class_, *line)
    assert f"they stand: sample-a, sample-b, sample-c. Run `{command} 01_halves --force`" in later.stderr


def test_a_gradebook_that_stays_locked_ends_the_run_and_the_same_command_goes_on(class_):
    done = grade(class_, class_.name, changes=[(faults.lock_the_gradebook_behind, "sample-a", 1)])
    assert done.returncode == 3
    assert "another program has the gradebook locked" in done.stderr
    assert "Traceback" not in done.stderr
    assert scores(class_) == {"sample-a": 10.0}
    assert events(class_, "failed") == {}, "the others are not waited for one by one"
    again = grade(class_, class_.name)
    assert again.returncode == 0, again.stderr[-2000:]
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}


def test_points_that_a_human_changes_meanwhile_are_no_wrong_grades(class_):
    done = grade(class_, class_.name, changes=[(faults.change_the_points_behind, "sample-a")])
    assert done.returncode == 3
    assert "the points in the gradebook were changed while the class was graded" in done.stderr
    with gradebook(class_) as book:
        for student in ("sample-b", "sample-c"):
            (saved,) = book.find_submission(class_.name, student).notebooks
            assert {one.auto_score for one in saved.grades} == {None}
    again = grade(class_, class_.name)
    assert again.returncode == 0, again.stderr[-2000:]
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}


def test_four_broken_in_a_dozen_wait_for_a_human_and_a_few_are_held_at_a_time(class_):
    text = json.dumps(tiny.right(class_))
    broken = ["", "{", text[: len(text) // 2], "\x00" * 100]
    for number in range(9):
        tiny.submit(class_, f"more-{number}", broken[number // 2] if number % 2 and number < 8 else text)
    done = grade(class_, class_.name, "--json", "out.json", changes=[(faults.count_what_is_staged, "staged")])
    assert done.returncode == 0, done.stderr[-2000:]
    whole = json.loads((class_.root / "out.json").read_text())
    assert whole["totals"]["verdicts"] == {"GRADED": 8, "REVIEW": 4}
    waiting = {row["student"]: row["reason"] for row in whole["submissions"] if row["verdict"] == "REVIEW"}
    assert sorted(waiting) == ["more-1", "more-3", "more-5", "more-7"]
    assert all(waiting.values())
    assert set(scores(class_).values()) == {10.0, 5.0, 0.0}
    assert max(map(int, (class_.root / "staged").read_text().split())) == 3, "one in work, two ready"
    assert not (class_.root / ".autograder" / "staging").exists()


def test_one_that_takes_its_whole_time_does_not_hold_up_the_others(class_):
    """Really graded, two at a time: the first one sleeps until it is stopped, and is the last that is recorded."""
    notebook = tiny.right(class_)
    answer = next(cell for cell in notebook.cells if cell.id == "half")
    marker, rest = answer.source.split("\n", 1)
    answer.source = f"{marker}\nimport time; time.sleep(1000)\n{rest}"
    tiny.submit(class_, "sample-0", notebook)
    (class_.root / "limits.toml").write_text("cell = 8.0\n")
    done = grade(class_, class_.name, "--jobs", "2", "--json", "out.json", really=True)
    assert done.returncode == 0, done.stderr[-2000:]
    verdicts = {r["student"]: r["verdict"] for r in json.loads((class_.root / "out.json").read_text())["submissions"]}
    assert verdicts == {"sample-0": "TIMEOUT", **dict.fromkeys(STUDENTS, "GRADED")}
    order = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(f"{class_.name} sample-")]
    assert order[-1] == "sample-0:" and len(order) == 4
    assert {name: score for name, score in scores(class_).items() if name in STUDENTS} == {
        "sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0,
    }  # fmt: skip
    assert really_autograde(class_, "--Autograde.jobs=0").returncode == 1
