"""One root: a course directory has its secret beside its journal, and the limits are those of its course."""

from __future__ import annotations

import logging
import shutil
import stat
import subprocess
import sys

import pytest

from autograder import settings
from autograder.errors import CourseError
from autograder.grading.journal import Event, Journal
from autograder.secret_file import fingerprint
from autograder.settings import PACKAGE, Limits, Settings
from tests.support import tiny

SECRET = bytes.fromhex("5e" * 32)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder and a course directory beside it, none of them with a secret."""
    monkeypatch.delenv(settings.SECRET_FILE, raising=False)
    for name in ("course", "class"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv(settings.COURSE, str(tmp_path / "course"))
    return tmp_path


def old_secret(course) -> None:
    """Where a version before kept it: in the course's folder, wherever the journal lay."""
    (course / "course" / ".autograder").mkdir()
    (course / "course" / ".autograder" / "secret").write_text(SECRET.hex())


def test_a_fresh_directory_gets_a_secret_of_its_own_beside_its_journal(course):
    mine = Settings.load(course / "class")
    assert mine.secret_file == course / "class" / ".autograder" / "secret"
    assert mine.secret_file.parent == mine.journal_file.parent == mine.staging.parent
    secret = mine.secret()
    assert len(secret) == 32 and mine.secret() == secret
    assert stat.S_IMODE(mine.secret_file.stat().st_mode) == 0o600
    assert Settings.load(course / "course").secret() != secret


def test_a_copy_of_a_directory_takes_its_secret_along_and_a_half_copy_is_noticed(course):
    secret = Settings.load(course / "class").secret()
    shutil.copytree(course / "class", course / "copy")
    assert Settings.load(course / "copy").secret() == secret


def test_a_secret_that_an_older_version_kept_elsewhere_is_found_copied_and_said(course, caplog):
    old_secret(course)
    Journal(course / "class").add(Event.GRADED, lesson="01", student="sample-a", secret=fingerprint(SECRET))
    with caplog.at_level(logging.WARNING):
        assert Settings.load(course / "class").secret() == SECRET
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(
        f"The secret was copied from {course / 'course' / '.autograder' / 'secret'} to {course / 'class'}"
    )
    assert (course / "class" / ".autograder" / "secret").read_text() == SECRET.hex()
    caplog.clear()
    assert Settings.load(course / "class").secret() == SECRET
    assert not caplog.records


def test_a_secret_that_the_journal_does_not_know_is_not_taken_over(course):
    old_secret(course)
    Journal(course / "class").add(Event.GRADED, lesson="01", student="sample-a", secret="another")
    assert Settings.load(course / "class").secret() != SECRET


def test_without_a_journal_the_secret_is_a_fresh_one(course):
    old_secret(course)
    assert Settings.load(course / "class").secret() != SECRET


@pytest.mark.parametrize("text", ["", "5e", "no digits", "5e" * 31])
def test_a_damaged_secret_names_its_file_and_the_cure(course, text):
    place = course / "class" / ".autograder"
    place.mkdir()
    (place / "secret").write_text(text)
    with pytest.raises(
        CourseError, match=r"class/\.autograder/secret: the grader's secret (is damaged|cannot be read)"
    ):
        Settings.load(course / "class").secret()


def test_the_current_folder_is_the_directory_if_nbgrader_grades_there(course, monkeypatch):
    monkeypatch.chdir(course / "class")
    assert Settings.load().directory == course / "course"
    (course / "class" / "nbgrader_config.py").touch()
    assert Settings.load().directory == course / "class"


def test_limits_are_read_again_when_their_file_changes(course):
    """A server lives for weeks."""
    import os

    file = course / "course" / "limits.toml"
    assert settings.limits() == Limits()
    file.write_text("cell = 5.0\n")
    assert settings.limits().cell == 5.0
    file.write_text('cell = 6.0\npackages = ["pandas"]\n')
    os.utime(file, ns=(1, 1))
    assert (settings.limits().cell, settings.packages()) == (6.0, ("pandas",))


def test_which_pictures_are_drawn_is_said_beside_the_limits(course):
    file = course / "course" / "limits.toml"
    assert Settings.load().pictures == settings.pictures() == "own"
    file.write_text('pictures = "none"\ncell = 5.0\n')
    assert (Settings.load().pictures, settings.limits().cell) == ("none", 5.0)
    for wrong in ('"some"', "true", "3"):
        with pytest.raises(CourseError, match=r'limits.toml: pictures must be "none", "own" or "all"'):
            settings.read_pictures(_written(file, f"pictures = {wrong}\n"))


def test_the_file_of_the_class_counts_where_the_course_came_with_a_package(course, tmp_path, monkeypatch):
    """On a hub the lessons are an installed package, which nobody edits; the class's folder has the gradebook and `limits.toml`."""
    (course / "course" / "limits.toml").write_text("cell = 5.0\n")
    mine = course / "class" / "limits.toml"
    assert Settings.load(course / "class").limits.cell == settings.limits().cell == 5.0
    mine.write_text('cell = 7.0\ntimezone = "Europe/Berlin"\n')
    assert Settings.load(course / "class").limits.cell == 7.0 and settings.limits().cell == 5.0
    # From whatever folder a program was started: its configuration says where it lies.
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert Settings.of_class(course / "class").time_zone == "Europe/Berlin"
    assert (settings.limits().cell, settings.time_zone(), settings.limits_file()) == (7.0, "Europe/Berlin", mine)


def test_nbgraders_configuration_says_which_class_it_is_of(course, tmp_path):
    (course / "class" / "limits.toml").write_text('timezone = "Europe/Berlin"\n')
    shutil.copy(PACKAGE.parent / "nbgrader_config.py", course / "class")
    (tmp_path / "home").mkdir()
    code = (
        "from traitlets.config import PyFileConfigLoader; from autograder import settings;"
        f" config = PyFileConfigLoader('nbgrader_config.py', {str(course / 'class')!r}).load_config();"
        " print(config.NbGraderAPI.timezone, settings.time_zone())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "home", capture_output=True, text=True)
    assert done.stdout.split() == ["Europe/Berlin"] * 2, done.stderr


def _written(path, text):
    path.write_text(text)
    return path


def test_for_a_while_other_settings_count(course):
    other = Settings(course / "other", course / "other", Limits(cell=1.0), ("pandas",))
    with settings.using(other):
        assert (settings.root(), settings.limits().cell, settings.packages()) == (course / "other", 1.0, ("pandas",))
    assert settings.root() == course / "course"


def test_nothing_is_read_when_it_is_imported(tmp_path):
    """A course that is not there, and limits that are none, stop nobody before something is asked of them."""
    (tmp_path / "limits.toml").write_text("this is no TOML")
    modules = "autograder.settings, autograder.grading.job, autograder.grading.class_run, autograder.cli.app"
    done = subprocess.run(
        [sys.executable, "-c", f"import {modules}"], capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(PACKAGE.parent), settings.COURSE: str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-1000:]


def test_a_class_in_a_directory_of_its_own_keeps_its_secret_there(tmp_path, monkeypatch):
    """Real nbgrader in a copy of a course directory: its grades and its secret lie together."""
    lesson = tiny.make_course(tmp_path / "course")
    environment = tiny.environment(lesson.root)
    environment.pop("AUTOGRADER_SECRET_FILE")
    monkeypatch.delenv(settings.SECRET_FILE, raising=False)
    class_ = tmp_path / "class"
    shutil.copytree(lesson.root, class_, ignore=shutil.ignore_patterns(".autograder"))
    source = class_ / "submitted" / "sample-a" / lesson.name
    source.mkdir(parents=True)
    (source / f"{lesson.name}.ipynb").write_text(__import__("nbformat").writes(tiny.right(lesson)))
    done = tiny.WARM.run(["autograde", lesson.name], class_, environment, 300)
    assert done.returncode == 0, done.stderr[-2000:]
    mine = Settings.load(class_)
    known = [event["secret"] for event in Journal(class_).events() if "secret" in event]
    assert set(known) == {fingerprint(bytes.fromhex((class_ / ".autograder" / "secret").read_text()))}
    assert mine.secret_file.parent == class_ / ".autograder"


@pytest.mark.parametrize(
    "line", ["memory = inf", "memory = nan", "cell = inf", "cell = nan", "restarts = 0.5", "disk = -1"]
)
def test_a_limit_that_is_no_limit_names_the_file(course, line):
    file = course / "course" / "limits.toml"
    file.write_text(line)
    with pytest.raises(CourseError, match=rf"limits\.toml: {line.split()[0]} must be a (whole )?number above 0"):
        settings.limits()


@pytest.mark.parametrize("content", [b"\xff\xfe", "no digits, ü".encode()])
def test_an_old_secret_that_cannot_be_read_names_both_places(course, content):
    old_secret(course)
    (course / "course" / ".autograder" / "secret").write_bytes(content)
    Journal(course / "class").add(Event.GRADED, lesson="01", student="sample-a", secret=fingerprint(SECRET))
    with pytest.raises(CourseError, match=r"cannot be copied to .*class"):
        Settings.load(course / "class").secret()
