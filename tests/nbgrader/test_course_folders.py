"""A course folder in any state and under any name: it is graded, or one line says what is wrong and what helps; nothing lies where it should not."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.course import catalog
from autograder.course.catalog import Lesson
from autograder.grading.journal import Event, Journal
from autograder.hosts.nbgrader import globbing
from autograder.sandbox import backend
from tests.machine.test_visible_installed import SYSTEM, needs_system
from tests.support import canned, tiny
from tests.support.course_folder import one_graded, refused, scores
from tests.support.installed import SITE
from tests.support.once import folder_made_once

pytestmark = [
    pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine"),
    pytest.mark.xdist_group("course-folders"),  # the class is graded once
]


# Characters that mean something to glob, to regular expressions, to format strings, to shells, to URLs, to SQL, to HTML.
OFTEN = ("a[b]", "Doe, Jane", "{student_id}", "a*b")


HURT = (
    *("a?b", "[!a]", "{x}", "{0}", "%s", "100%", "#1", "a&b", "a;b", "a|b", "a:b", "a+b", "a=b", "a@b", "a~b", "~", "$HOME"),
    *("it's", '"q"', "`x`", "(a)", "a\\b", "\\1", "-x", "--help", "a b", "dot.", "ü", "名前", "🎨", "<b>", "King, Jr.", "007"),
)  # fmt: skip


FOLDERS = ("My Course [2026]", "50% {x} #1 & ; it's *new*", "Kürs 課程", "-course")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return folder_made_once(tmp_path_factory, "one-graded", one_graded)


@pytest.fixture
def course_(template, tmp_path) -> Lesson:
    shutil.copytree(template, tmp_path / "course")
    return Lesson(tiny.NAME, tmp_path / "course")


# -- names -------------------------------------------------------------------------------------------------------------


def go_the_whole_way(lesson: Lesson, students: tuple[str, ...]) -> None:
    for student in students:
        tiny.submit(lesson, student, tiny.right(lesson))
    for step in (
        ["generate_assignment", lesson.name],
        ["autograde", lesson.name],
        ["generate_feedback", lesson.name],
        ["export"],
    ):
        done = canned.nbgrader(lesson.root, *step, seconds=600)
        assert done.returncode == 0, (step, done.stderr[-2000:])
    assert scores(lesson) == dict.fromkeys(students, 10.0)
    pages = {path.parent.parent.name for path in (lesson.root / "feedback").rglob("*.html")}
    assert pages == set(students)
    assert (lesson.root / "grades.csv").exists()


@pytest.mark.parametrize("folder", [FOLDERS[0], *[pytest.param(name, marks=pytest.mark.slow) for name in FOLDERS[1:]]])
def test_a_folder_may_have_any_name(tmp_path, folder):
    before = set(os.listdir(tmp_path))
    go_the_whole_way(tiny.make_course(tmp_path / folder), ("sample",))
    assert set(os.listdir(tmp_path)) - before == {folder}, "something lies beside the course"


def test_students_may_have_names_that_mean_something_in_a_pattern(tmp_path):
    lesson = tiny.make_course(tmp_path / "course")
    go_the_whole_way(lesson, OFTEN)
    only = canned.nbgrader(lesson.root, "autograde", lesson.name, "--force", "--student=a[b]")
    assert only.returncode == 0
    assert only.stderr.count("Grading 01_halves of") == 1


@pytest.mark.slow
def test_students_may_have_any_name(tmp_path):
    go_the_whole_way(tiny.make_course(tmp_path / FOLDERS[0]), HURT)


def test_a_folder_whose_name_begins_with_a_dot_is_said_to_be_left_out(course_):
    tiny.submit(course_, ".sample", tiny.right(course_))
    done = canned.nbgrader(course_.root, "autograde", course_.name)
    assert done.returncode == 0
    assert done.stderr.count(f"submitted/.sample/{course_.name}: left out.") == 1
    assert scores(course_) == {"sample": 10.0}


@pytest.mark.parametrize("pattern", ["*", "a*", "[ab]*", "?[b?", "a[b]"])
def test_a_pattern_in_a_folder_of_odd_names_finds_what_it_means(tmp_path, pattern):
    here = tmp_path / "x [1]" / "{y}*"
    here.mkdir(parents=True)
    for name in ("a[b]", "ab", "c"):
        (here / name).write_text("")
    wanted = {
        "*": {"a[b]", "ab", "c"},
        "a*": {"a[b]", "ab"},
        "[ab]*": {"a[b]", "ab"},
        "?[b?": {"a[b]"},
        "a[b]": {"a[b]"},
    }
    assert {Path(found).name for found in globbing.glob(f"{here}/{pattern}")} == wanted[pattern]


def test_in_a_folder_with_a_question_mark_nothing_is_written_beside_it(tmp_path):
    """SQLAlchemy cuts the gradebook's path there, and nbgrader would write to the folder above."""
    lesson = tiny.make_course(tmp_path / "what? now")
    tiny.submit(lesson, "sample", tiny.right(lesson))
    for command in (("autograde", lesson.name), ("generate_assignment", lesson.name), ("db", "student", "list")):
        done = canned.nbgrader(lesson.root, *command)
        assert done.returncode == 1
        assert "question mark" in done.stderr
        assert "Traceback" not in done.stderr
    assert os.listdir(tmp_path) == ["what? now"]


def test_what_a_run_of_the_solution_left_beside_it_is_no_part_of_the_release(course_):
    """Weights that were trained there earn points where they are handed in."""
    for name in ("alpha.weights.h5", "alpha.ladder.npz", "beta.weights.h5", "fusion.weights.h5", "photo.png"):
        (course_.solution.parent / name).write_text("of a run")
    done = canned.nbgrader(course_.root, "generate_assignment", course_.name, "--force")
    assert done.returncode == 0, done.stderr
    assert sorted(os.listdir(course_.release.parent)) == [course_.release.name, "photo.png"]


# -- states ------------------------------------------------------------------------------------------------------------

ALL_STEPS = ("autograde", "generate_assignment", "generate_feedback", "export")


def every_step_refuses(lesson: Lesson, *words: str, steps: tuple[str, ...] = ALL_STEPS) -> None:
    for step in steps:
        line = refused(lesson, step, *([] if step == "export" else [lesson.name]))
        assert all(word in line for word in words), line


def test_an_older_gradebook_is_named_with_the_command_that_helps(course_):
    with contextlib.closing(sqlite3.connect(course_.root / "gradebook.db")) as book:
        book.execute("ALTER TABLE student DROP COLUMN lms_user_id")
        book.commit()
    before = (course_.root / "gradebook.db").read_bytes()
    every_step_refuses(course_, "gradebook.db", "nbgrader db upgrade")
    assert (course_.root / "gradebook.db").read_bytes() == before
    assert (course_.root / "lessons" / course_.name / f"{course_.name}.ipynb").exists(), "the release is not taken away"


def test_another_programs_database_is_left_alone(course_):
    (course_.root / "gradebook.db").unlink()
    with contextlib.closing(sqlite3.connect(course_.root / "gradebook.db")) as book:
        book.execute("CREATE TABLE recipes (cake TEXT)")
        book.commit()
    before = (course_.root / "gradebook.db").read_bytes()
    every_step_refuses(course_, "gradebook.db", "another program")
    assert (course_.root / "gradebook.db").read_bytes() == before


def test_a_damaged_gradebook_is_named(course_):
    (course_.root / "gradebook.db").write_text("not a database")
    every_step_refuses(course_, "gradebook.db", "backup")
    assert (course_.root / "gradebook.db").read_text() == "not a database"
    assert (course_.root / "autograded" / "sample" / course_.name).exists()


def test_without_a_gradebook_the_class_is_graded_into_a_new_one(course_):
    (course_.root / "gradebook.db").unlink()
    assert canned.nbgrader(course_.root, "autograde", course_.name).returncode == 0
    assert scores(course_) == {"sample": 10.0}


@pytest.mark.parametrize("missing", ["lessons", "solutions", "autograder"])
def test_half_a_copy_of_a_course_is_refused_with_the_files_name(course_, missing):
    """The course's own files decide grades: without one of them nothing is graded, and no grade is lost."""
    shutil.rmtree(course_.root / missing)
    if missing == "solutions":  # then there is no lesson here: nbgrader's own way, which finds no answer to it
        done = canned.nbgrader(course_.root, "autograde", course_.name, "--force")
        assert done.returncode in (0, 1)
    else:
        assert str(course_.root / missing) in refused(course_, "autograde", course_.name)
    assert scores(course_) == {"sample": 10.0}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"nbformat": 4, "cells": 3}', "<html>"])
def test_a_broken_release_is_named_and_stays_where_it_is(course_, text):
    path = course_.root / "lessons" / course_.name / f"{course_.name}.ipynb"
    path.write_text(text)
    for step in ("autograde", "generate_assignment"):
        assert f"{course_.name}.ipynb" in refused(course_, step, course_.name)
    assert path.read_text() == text


def test_another_courses_folder_keeps_its_own_assignments(course_):
    """A copy of the grader's configuration in a course that has other assignments: they are graded as nbgrader does it."""
    done = canned.nbgrader(course_.root, "autograde", "an-essay")
    assert done.returncode == 1
    assert "No notebooks were matched" in done.stderr
    assert "Traceback" not in done.stderr


@needs_system
@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to become another user")
def test_a_folder_that_may_not_be_written_to_is_named(course_, tmp_path):
    for place in (tmp_path, *tmp_path.parents[:3]):
        place.chmod(0o755)
    done = as_user(65534, 65534, course_, "autograde", course_.name)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert str(course_.root) in done.stderr
    assert scores(course_) == {"sample": 10.0}


def as_user(uid: int, gid: int, lesson: Lesson, *command: str) -> subprocess.CompletedProcess:
    """A plain nbgrader command as another user of the machine, with the system's Python: the tests' own may lie in a private folder."""
    home = lesson.root.parent / f"home-{uid}"
    if not home.exists():
        home.mkdir()
        (home / "tmp").mkdir()
        (home / "bin").mkdir()
        (home / "bin" / "alembic").write_text(f'#!/bin/sh\nexec {SYSTEM} -m alembic.config "$@"\n')
        (home / "bin" / "alembic").chmod(0o755)
        for place in (home, home / "tmp"):
            os.chown(place, uid, gid)
    folders = os.pathsep.join([str(catalog.PACKAGE.parent), str(SITE)])
    environment = {
        **tiny.environment(lesson.root),
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "PYTHONPATH": folders,
    }
    environment["PATH"] = f"{home / 'bin'}:/usr/bin:/bin"
    environment["AUTOGRADER_SECRET_FILE"] = str(lesson.root / ".autograder" / "secret")
    who = {"user": uid, "group": gid, "extra_groups": []}
    if subprocess.run(
        [SYSTEM, "-c", "import nbgrader, numpy"], env=environment, cwd=home, capture_output=True, check=False, **who
    ).returncode:
        pytest.skip("another user may not read this environment")
    return subprocess.run(
        [SYSTEM, "-m", "nbgrader", *command], cwd=lesson.root, env=environment, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False, umask=0o022, **who,
    )  # fmt: skip


# -- a group of instructors --------------------------------------------------------------------------------------------


@needs_system
@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to become two other users")
def test_two_instructors_of_one_group_can_both_grade(tmp_path):
    """nbgrader's `groupshared`: what one of them made, the other can write to."""
    lesson = tiny.make_course(tmp_path / "course")
    with open(lesson.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.CourseDirectory.groupshared = True\n")
    tiny.submit(lesson, "sample", tiny.right(lesson))
    shutil.rmtree(lesson.root / ".autograder")  # the first of them makes the secret
    group = 1_900_000_001
    for place in (lesson.root, *lesson.root.rglob("*")):
        os.chown(place, 1_900_000_002, group)
        place.chmod(stat.S_IMODE(place.stat().st_mode) | (0o2770 if place.is_dir() else 0o660))
    for place in (tmp_path, *tmp_path.parents[:3]):
        place.chmod(0o755)
    for number, uid in enumerate((1_900_000_002, 1_900_000_003, 1_900_000_002)):
        done = as_user(uid, group, lesson, "autograde", lesson.name, "--force")
        if "No sandbox holds" in done.stderr:
            pytest.skip("this machine gives ordinary users no user namespaces")
        assert done.returncode == 0, (uid, done.stderr[-2000:])
        assert sum(e["event"] == Event.GRADED for e in Journal(lesson.root).events()) == number + 1
    assert scores(lesson) == {"sample": 10.0}
    secret = (lesson.root / ".autograder" / "secret").stat()
    assert stat.S_IMODE(secret.st_mode) & 0o007 == 0, "nobody else reads the secret"


# -- the run itself ----------------------------------------------------------------------------------------------------


def test_an_interrupt_is_one_line_that_says_how_to_go_on(course_):
    for student in ("sample-b", "sample-c", "sample-d"):
        tiny.submit(course_, student, tiny.right(course_))
    run = subprocess.Popen(
        [sys.executable, "-m", "nbgrader", "autograde", course_.name], cwd=course_.root, env=tiny.environment(course_.root),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not any(e.get("student") == "sample-c" for e in Journal(course_.root).events()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does it: the whole group hears of it
    _, said = run.communicate(timeout=120)
    assert run.returncode == 130
    assert "Traceback" not in said
    (line,) = [line for line in said.splitlines() if "Stopped." in line]
    assert "run the same command again" in line
    again = canned.nbgrader(course_.root, "autograde", course_.name)
    assert again.returncode == 0, again.stderr[-2000:]
    assert set(scores(course_).values()) == {10.0}


def test_options_of_nbgraders_that_mean_nothing_here_are_named(course_):
    done = canned.nbgrader(
        course_.root, "autograde", course_.name, "--no-execute", "--notebook=x", "--Execute.timeout=5"
    )
    assert done.returncode == 0
    for word in ("--no-execute", "--notebook=x", "Execute.timeout"):
        assert f"{word} is not followed" in done.stderr, done.stderr


def test_a_run_without_a_sandbox_says_so_in_the_log_and_on_the_page(course_):
    environment = {**tiny.environment(course_.root), "AUTOGRADER_SANDBOX": "none"}
    command = [sys.executable, "-m", "nbgrader"]
    for step in ("autograde", "generate_feedback"):
        done = subprocess.run(
            [*command, step, course_.name, "--force"], cwd=course_.root, env=environment, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        if step == "autograde":
            assert "AUTOGRADER_SANDBOX=none" in done.stderr
    page = (course_.root / "feedback" / "sample" / course_.name / f"{course_.name}.html").read_text("utf-8")
    assert "sandbox" in page


# -- two courses at once -----------------------------------------------------------------------------------------------


def test_a_class_is_not_graded_with_another_courses_checks(course_, template, tmp_path):
    """The configuration names a folder elsewhere, with checks of its own, and the grader that is loaded has others."""
    checks = course_.root / "autograder" / "checks" / f"test_{course_.name}.py"
    checks.write_text(checks.read_text("utf-8") + "\n# other checks\n", "utf-8")
    environment = {**tiny.environment(template), "AUTOGRADER_COURSE": str(template)}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", course_.name], cwd=course_.root, env=environment,
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "two courses are mixed" in done.stderr
    assert f"AUTOGRADER_COURSE={course_.root}" in done.stderr
    assert "Traceback" not in done.stderr


def test_build_in_a_course_that_is_not_the_installed_one_is_refused(course_):
    environment = {key: value for key, value in tiny.environment(course_.root).items() if key != "AUTOGRADER_COURSE"}
    done = subprocess.run(
        [sys.executable, "-P", "-c", "from autograder.cli import main; main()", "build"], cwd=course_.root, env=environment,
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert str(course_.root) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_gradebook_that_is_gone_is_noticed_by_the_journal(course_):
    (course_.root / "gradebook.db").unlink()
    done = canned.nbgrader(course_.root, "export")
    assert "the journal knows 1 grade that this gradebook does not have" in done.stderr
