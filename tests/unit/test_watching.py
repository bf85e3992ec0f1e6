"""What a watch says of trouble, and that it goes on; whose attempts of the day are used up."""

from __future__ import annotations

import io
import sqlite3
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.converters.base import NbGraderException
from rich.console import Console
from sqlalchemy.exc import OperationalError

from autograder.cli import watch
from autograder.cli.grade_progress import Shown
from autograder.cli.options import TRACEBACK
from autograder.course.catalog import Lesson
from autograder.errors import Busy, CourseError
from autograder.grading.journal import Event, Journal
from autograder.grading.watching import Attempts, day_now, stamp_of
from autograder.hosts.nbgrader import exchanging
from autograder.hosts.nbgrader.troubles import in_one_line
from autograder.submission import folder as submission_folder
from tests.support import tiny

LOCKED = OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked"))
TROUBLES = [
    (lambda n: OSError(28, "No space left on device", f"/course/journal{n}"), "No space left on device. Make room on"),
    (
        lambda n: PermissionError(13, "Permission denied", "/course/feedback"),
        "/course/feedback: Permission denied. Who",
    ),
    (lambda n: OSError(18, "Invalid cross-device link", "/a", None, "/b"), "/a → /b: Invalid cross-device link."),
    (lambda n: LOCKED, "the gradebook cannot be used (database is locked). End the program"),
    (lambda n: sqlite3.OperationalError("disk I/O error"), "disk I/O error"),
    (lambda n: NbGraderException(f"process {n} failed"), " failed."),
    (lambda n: CourseError("01_halves.py: no check."), "01_halves.py: no check."),
    (lambda n: Busy(f"ana is grading here, process {n}"), "The watch waits for that."),
    (lambda n: ZeroDivisionError("division by zero"), "a fault of the grader or of a plug-in: ZeroDivisionError"),
    (lambda n: MemoryError(), "a fault of the grader or of a plug-in: MemoryError"),
]


@pytest.fixture
def lesson(tmp_path) -> Lesson:
    folder = tmp_path / "submitted" / "ana" / tiny.NAME
    folder.mkdir(parents=True)
    (folder / f"{tiny.NAME}.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook()))
    return Lesson(tiny.NAME, tmp_path)


@pytest.fixture
def watcher(lesson, tmp_path, monkeypatch):
    """A watch that collects, grades and hands back, whose steps do nothing; `failing` is what each of them raises."""
    monkeypatch.setattr(watch, "AGAIN", 0.0)
    failing: dict[str, object] = {}
    done: list[str] = []

    def step(name):
        def do(*_, **__):
            if name in failing:
                with in_one_line(tiny.NAME):
                    raise failing[name](len(done))
            done.append(name)
            return {}

        return do

    for name in ("collect", "make_pages", "release_pages"):
        monkeypatch.setattr(exchanging, name, step(name))
    folders = {"ana": tmp_path / "submitted" / "ana" / tiny.NAME}
    grading = SimpleNamespace(folders=lambda _: dict(folders), grade=step("grade"))
    shown = Shown(Console(file=io.StringIO()))
    said: list[str] = []
    shown.say = said.append
    made = watch.Watcher(grading, shown, watch.Ways(0.01, True, True, True), 0, frozenset(), {})
    return SimpleNamespace(look=lambda: made.look(lesson), failing=failing, done=done, said=said)


@pytest.mark.parametrize(("error", "line"), TROUBLES)
@pytest.mark.parametrize("step", ["collect", "grade", "make_pages", "release_pages"])
def test_whatever_goes_wrong_is_said_once_and_the_watch_goes_on(watcher, error, line, step):
    watcher.failing[step] = error
    for _ in range(5):
        watcher.look()
    assert len(watcher.said) == 1 and line in watcher.said[0] and "\n" not in watcher.said[0], watcher.said
    del watcher.failing[step]
    watcher.look()
    watcher.look()
    assert {"collect", "grade", "make_pages", "release_pages"} <= set(watcher.done)
    assert len(watcher.said) == 1
    if not isinstance(error(0), Busy):
        assert "collect" in watcher.done[:2] or step == "collect"


def test_what_is_over_and_comes_again_is_said_again(watcher):
    for failing in (True, True, False, True, True):
        watcher.failing.pop("collect", None)
        if failing:
            watcher.failing["collect"] = lambda _: OSError(28, "No space left on device", "/x")
        watcher.look()
    assert len(watcher.said) == 2


def test_who_wants_to_see_where_a_fault_came_from_sees_it_once(watcher, monkeypatch, capfd):
    monkeypatch.setenv(TRACEBACK, "1")
    watcher.failing["collect"] = lambda _: ZeroDivisionError("division by zero")
    watcher.look()
    watcher.look()
    assert capfd.readouterr().err.count("Traceback") == 1


def test_what_this_machine_could_not_read_uses_no_attempt_and_what_is_no_notebook_does(lesson, monkeypatch):
    journal, folder = Journal(lesson.root), lesson.root / "submitted" / "ana" / tiny.NAME
    counted = Attempts(journal, lesson, 1)

    def no_disk(*_):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(submission_folder, "_choose", no_disk)
        found = submission_folder.inspect_folder(folder, lesson)
    assert found.not_read and "Input/output error" in found.reason
    journal.add(Event.GRADED, lesson=tiny.NAME, student="ana", handed=found.revision, not_read=found.not_read)
    journal.add(Event.FAILED, lesson=tiny.NAME, student="ana", handed="x", verdict="INFRA")
    assert counted.over({"ana": folder}, day_now()) == []
    journal.add(Event.GRADED, lesson=tiny.NAME, student="ana", handed="no notebook", verdict="REVIEW")
    assert counted.over({"ana": folder}, day_now()) == ["ana"]


def test_rights_that_change_are_a_change(lesson):
    folder = lesson.root / "submitted" / "ana" / tiny.NAME
    for path in (folder, folder / f"{tiny.NAME}.ipynb"):
        before = stamp_of(folder)
        path.chmod(0o700)
        assert stamp_of(folder) != before
