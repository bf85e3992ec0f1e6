"""What a grade was made from may change: the next run says so and puts it right, or names the command; no page or export is silently older."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from nbgrader.api import Gradebook

from autograder.course import build, catalog
from autograder.course.catalog import Lesson
from autograder.grading import proof
from autograder.grading.journal import Event, Journal
from autograder.hosts.nbgrader.release import release_text
from autograder.hosts.nbgrader.stale import examine
from autograder.sandbox import backend
from autograder.settings import FOLDER
from tests.support import canned, faults, tiny
from tests.support.once import folder_made_once

pytestmark = [
    pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine"),
    pytest.mark.xdist_group("stale"),  # the class is graded once
]

STUDENTS = ("on-time", "late")
TIME = {"on-time": "2026-02-28 10:00:00 UTC", "late": "2026-03-02 10:00:00 UTC"}
DUE = ("db", "assignment", "add", tiny.NAME, "--duedate", "2026-03-01 10:00:00 UTC")


def two_graded(folder: Path) -> None:
    """A course with two right submissions, graded, and their pages."""
    lesson = tiny.make_course(folder)
    for student in STUDENTS:
        place = tiny.submit(lesson, student, tiny.right(lesson))
        (place / "timestamp.txt").write_text(TIME[student])
    for step in (DUE, ("autograde", lesson.name), ("generate_feedback", lesson.name)):
        done = canned.nbgrader(folder, *step)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return folder_made_once(tmp_path_factory, "two-graded", two_graded)


@pytest.fixture
def graded(template, tmp_path) -> Lesson:
    shutil.copytree(template, tmp_path / "course")
    return Lesson(tiny.NAME, tmp_path / "course")


def said(lesson: Lesson, *command: str) -> str:
    """What an nbgrader command warned of."""
    done = tiny.nbgrader(lesson.root, *command, changes=[canned.use])
    assert done.returncode == 0, done.stderr[-3000:]
    return "\n".join(line for line in done.stderr.splitlines() if "WARNING" in line)


def stale(lesson: Lesson) -> list[str]:
    """What `autograder doctor` lists in the course folder."""
    done = tiny.nbgrader(lesson.root, changes=[print_what_is_stale])
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def print_what_is_stale() -> NoReturn:
    """In a process that is ready for an nbgrader command, in the course folder."""
    print(json.dumps(examine(Path.cwd())))
    raise SystemExit


def scores(lesson: Lesson) -> dict[str, float]:
    """Points less what was taken off for lateness."""
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:
        submissions = book.find_assignment(lesson.name).submissions
        return {found.student.id: found.score - (found.late_submission_penalty or 0) for found in submissions}


def times_graded(lesson: Lesson) -> int:
    return sum(event["event"] == Event.GRADED for event in Journal(lesson.root).events())


def page(lesson: Lesson, student: str) -> str:
    return (lesson.root / "feedback" / student / lesson.name / f"{lesson.name}.html").read_text("utf-8")


# -- the changes: each is made in the course, and says what it was -----------------------------------------------------


def the_points(lesson: Lesson) -> None:
    lesson.script.write_text(lesson.script.read_text("utf-8").replace("**5 points", "**7 points", 1), "utf-8")
    build.build(lesson, release_text)


def the_release(lesson: Lesson) -> None:
    text = lesson.script.read_text("utf-8").replace("Divide every value", "Divide each value")
    lesson.script.write_text(text, "utf-8")
    build.build(lesson, release_text)


def the_solution(lesson: Lesson) -> None:
    text = lesson.script.read_text("utf-8").replace("return np.asarray(grid) / 2", "return np.asarray(grid) * 0.5")
    lesson.script.write_text(text, "utf-8")
    build.build(lesson, release_text)


def the_hidden_checks(lesson: Lesson) -> None:
    with open(lesson.checks, "a", encoding="utf-8") as file:
        file.write("\n# A remark.\n")


def the_due_date(lesson: Lesson) -> None:
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:
        book.update_or_create_assignment(lesson.name, duedate="2026-02-01 10:00:00 UTC")


def the_late_penalty(lesson: Lesson) -> None:
    with open(lesson.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")


def the_limits(lesson: Lesson) -> None:
    path = lesson.root / "limits.toml"
    path.write_text(path.read_text("utf-8").replace("cell = 5.0", "cell = 6.0"), "utf-8")


def the_grader(lesson: Lesson) -> None:
    """The journal says that the grades are of another version."""
    path = lesson.root / FOLDER / "journal.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        if "with" in line:
            line["with"]["the grader"] = "autograder 0.0.1, numpy 1.0"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def the_sandbox(lesson: Lesson) -> None:
    path = lesson.root / FOLDER / "journal.jsonl"
    path.write_text(path.read_text("utf-8").replace('"the sandbox": "namespaces"', '"the sandbox": "none"'), "utf-8")


CHANGES: dict[str, Callable[[Lesson], None]] = {
    name.replace("_", " "): change
    for name, change in list(globals().items())
    if name.startswith("the_") and callable(change)
}
REGRADED = ("the points", "the release", "the solution", "the hidden checks")
RECKONED = ("the due date", "the late penalty")
STANDING = ("the limits", "the grader", "the sandbox")


def test_every_fact_that_is_kept_with_a_grade_is_changed_in_a_test(graded):
    kept = {name for e in Journal(graded.root).events() if e["event"] == Event.GRADED for name in e["with"]}
    assert kept == set(CHANGES) == {*REGRADED, *RECKONED, *STANDING}


def test_nothing_is_stale_behind_a_run(graded):
    assert stale(graded) == []
    assert said(graded, "autograde", graded.name) == ""
    assert times_graded(graded) == len(STUDENTS)


@pytest.mark.parametrize("what", REGRADED)
def test_a_changed_course_is_said_and_grades_are_given_anew(graded, what):
    CHANGES[what](graded)
    listed = [line for line in stale(graded) if what in line]
    assert listed
    assert all(student in line for line in listed for student in STUDENTS if "differ" not in line)
    assert f"{what} changed; graded anew: late, on-time" in said(graded, "autograde", graded.name)
    assert times_graded(graded) == 2 * len(STUDENTS)
    assert set(scores(graded).values()) == {12.0 if what == "the points" else 10.0}
    said(graded, "generate_feedback", graded.name)
    assert stale(graded) == []
    if what == "the points":
        assert "12 / 12" in page(graded, "on-time")


def test_points_that_were_changed_and_released_by_force_are_not_mixed_with_old_scores(graded):
    the_points(graded)
    assert tiny.nbgrader(graded.root, "generate_assignment", graded.name, "--force").returncode == 0
    assert any("the points changed" in line for line in stale(graded))
    assert "stale" not in said(graded, "export")
    assert "graded anew" in said(graded, "autograde", graded.name)
    assert set(scores(graded).values()) == {12.0}


def test_an_export_says_which_grades_are_older_than_the_course(graded):
    the_hidden_checks(graded)
    assert "the hidden checks changed since the grade of late, on-time" in said(graded, "export")


@pytest.mark.parametrize("what", RECKONED)
def test_lateness_is_reckoned_anew_without_running_anything(graded, what):
    with open(graded.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    if what == "the due date":
        said(graded, "autograde", graded.name)
        assert scores(graded) == {"on-time": 10.0, "late": 0.0}
        the_due_date(graded)
    listed = stale(graded)
    assert any(what in line for line in listed)
    assert f"{what} changed; for lateness" in said(graded, "autograde", graded.name)
    assert scores(graded) == {"on-time": 0.0 if what == "the due date" else 10.0, "late": 0.0}
    assert times_graded(graded) == len(STUDENTS), "nobody was run again"
    said(graded, "generate_feedback", graded.name)
    assert stale(graded) == []


def test_an_extension_that_was_granted_later_counts(graded):
    with open(graded.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    said(graded, "autograde", graded.name)
    assert scores(graded)["late"] == 0.0
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as book:
        book.grant_extension(graded.name, "late", days=7)
    assert [line for line in stale(graded) if "feedback page of" in line and "late" in line]
    assert "their own due date changed" in said(graded, "autograde", graded.name)
    assert scores(graded)["late"] == 10.0
    assert times_graded(graded) == len(STUDENTS)
    assert "due date" not in said(graded, "autograde", graded.name), "once is enough"


def test_lateness_that_is_reckoned_anew_hides_no_failure(graded):
    journal = Journal(graded.root)
    journal.add(Event.FAILED, lesson=graded.name, student="late", handed="x")
    journal.add(Event.LATENESS, lesson=graded.name, student="late", handed="x")
    assert journal.last(graded.name)["late"]["event"] == Event.FAILED
    assert any("no new grade for late" in line for line in stale(graded))


@pytest.mark.parametrize("lesson", catalog.lessons(), ids=lambda one: one.name)
def test_the_graders_own_files_are_part_of_its_version_and_the_calibration_where_networks_are_asked_about(lesson):
    said = proof.versions(lesson)
    assert "files " in said
    assert ("calibration " in said) == (int(lesson.name[:2]) >= 4)


def test_what_one_command_puts_right_is_one_line(graded):
    """A grade that is given anew is given by today's grader and limits: no second line asks for --force."""
    for what in ("the solution", "the hidden checks", "the limits"):
        CHANGES[what](graded)
    command = f"Run `nbgrader autograde {graded.name}`."
    assert [line for line in stale(graded) if "since the grade" in line] == [
        f"{graded.name}: the solution and the hidden checks changed since the grade of late, on-time. {command}"
    ]


@pytest.mark.parametrize("what", STANDING)
def test_with_other_changes_the_grades_stand_and_the_command_is_named(graded, what):
    CHANGES[what](graded)
    warned = said(graded, "autograde", graded.name)
    assert f"{what} changed since these grades were given, and they stand: late, on-time" in warned
    assert f"nbgrader autograde {graded.name} --force" in warned
    assert times_graded(graded) == len(STUDENTS)
    said(graded, "autograde", graded.name, "--force")
    assert [line for line in stale(graded) if "page" not in line] == []


def test_a_run_for_one_student_names_the_others(graded):
    the_hidden_checks(graded)
    warned = said(graded, "autograde", graded.name, "--student", "late")
    assert "graded anew: late" in warned
    assert "they stand: on-time" in warned


def test_a_page_is_made_again_when_its_grade_is_another_one(graded):
    """Handed in again by folder, then the README's own commands."""
    tiny.submit(graded, "on-time", graded.read_release())
    assert any("not graded yet: on-time" in line for line in stale(graded))
    said(graded, "autograde", graded.name)
    assert any("feedback page of on-time" in line for line in stale(graded))
    before = (graded.root / "feedback" / "late" / graded.name / f"{graded.name}.html").stat().st_mtime_ns
    said(graded, "generate_feedback", graded.name)
    assert "0 / 10" in page(graded, "on-time")
    after = (graded.root / "feedback" / "late" / graded.name / f"{graded.name}.html").stat().st_mtime_ns
    assert after == before, "nobody else's page was made again"
    assert stale(graded) == []


def by_hand(book: Gradebook, name: str) -> None:
    book.find_grade("half_check", name, name, "on-time").manual_score = 1.0


def a_comment(book: Gradebook, name: str) -> None:
    book.find_comment("half", name, name, "on-time").manual_comment = "A good start."


def extra_credit(book: Gradebook, name: str) -> None:
    book.find_grade("half_check", name, name, "on-time").extra_credit = 2.0


def a_name(book: Gradebook, name: str) -> None:
    book.find_student("on-time").last_name = "Sample"


@pytest.mark.parametrize("change", [by_hand, a_comment, extra_credit, a_name])
def test_a_page_is_made_again_when_a_human_changed_what_it_says(graded, change):
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as book:
        change(book, graded.name)
        book.db.commit()
    assert [line for line in stale(graded) if "feedback page of on-time" in line]
    old = page(graded, "on-time")
    said(graded, "generate_feedback", graded.name)
    assert page(graded, "on-time") != old
    assert stale(graded) == []


def test_points_that_somebody_changed_in_the_gradebook_itself_follow_the_release_again(graded):
    """nbgrader by itself fails then, on every submission: the cell's checksum is the release's."""
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as book:
        book.update_or_create_grade_cell("half_check", graded.name, graded.name, max_score=9.0, cell_type="code")
    assert "half_check: 9 → 5 points" in said(graded, "autograde", graded.name)
    assert set(scores(graded).values()) == {10.0}


def test_a_release_with_other_exercises_is_refused_in_one_line_once_there_are_grades(graded):
    text = (
        graded.script.read_text("utf-8")
        .replace('"mirror"', '"turn"')
        .replace(": mirror", ": turn")
        .replace("mirror(", "turn(")
    )
    graded.script.write_text(text, "utf-8")
    checks = graded.checks.read_text("utf-8").replace('"mirror"', '"turn"')
    graded.checks.write_text(checks, "utf-8")
    build.build(graded, release_text)
    done = tiny.nbgrader(graded.root, "autograde", graded.name)
    assert done.returncode == 1
    assert "other exercises than the gradebook" in done.stderr
    assert "Traceback" not in done.stderr
    assert scores(graded) == {"on-time": 10.0, "late": 10.0}


def test_lateness_that_cannot_be_reckoned_for_one_is_said_and_the_others_go_on(graded):
    the_late_penalty(graded)
    broken = [canned.use, (faults.break_lateness, "late")]
    done = tiny.nbgrader(graded.root, "autograde", graded.name, changes=broken)
    assert done.returncode == 1
    assert "01_halves of late: lateness: division by zero" in done.stderr
    assert "lateness could not be reckoned anew" in done.stderr
    assert "lateness" in said(graded, "autograde", graded.name)
    assert scores(graded) == {"on-time": 10.0, "late": 0.0}


def test_who_was_taken_out_of_the_gradebook_is_asked_for_no_more(graded):
    """An instructor's trial student, say: `autograded/` may still have the folder."""
    assert tiny.nbgrader(graded.root, "db", "student", "remove", "late", "--force").returncode == 0
    shutil.rmtree(graded.root / "submitted" / "late")
    shutil.rmtree(graded.root / "feedback" / "late")
    assert tiny.nbgrader(graded.root, "db", "assignment", "add", tiny.NAME, "--duedate", "2030-03-01 10:00:00 UTC").returncode == 0  # fmt: skip
    text = said(graded, "generate_feedback", graded.name)
    assert "no feedback page, for the gradebook has no such submission" in text
    assert "they stand: " not in said(graded, "autograde", graded.name)
    assert "grade of on-time." in text and not list((graded.root / "feedback" / "late").rglob("*.html"))
