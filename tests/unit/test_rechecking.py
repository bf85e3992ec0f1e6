"""A watch over one's own notebooks: what is checked again, which cards are shown, and whatever becomes of a file, it goes on."""

from __future__ import annotations

import functools
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from autograder.cli.learn_shown import Shown, show_progress
from autograder.course import samples
from autograder.errors import CourseError
from autograder.grading import one_file
from autograder.hosts.alone import notebooks, record
from autograder.hosts.alone.progress import progress_of
from autograder.hosts.alone.rechecking import PATIENCE, Rechecked, Rechecking
from autograder.hosts.alone.waiting import Changes
from autograder.settings import Settings
from tests.support import canned, tiny
from tests.support.once import folder_made_once


class Heard:
    """What a watch told, one tuple each."""

    def __init__(self) -> None:
        self.all: list[tuple] = []

    def checking(self, name, lesson):
        pass

    def rechecked(self, done):
        self.all.append((done.result.score, [cell.id.removesuffix("_check") for cell in done.cards]))

    def same(self, name, lesson):
        self.all.append(("same",))

    def trouble(self, line):
        self.all.append(("trouble", line))

    def note(self, line):
        self.all.append(("note", line))

    def new(self) -> list[tuple]:
        told, self.all = self.all, []
        return told


class Desk:
    """A learner's folder with one notebook, a watch over it, and a clock that the test turns."""

    def __init__(self, lesson, folder: Path, in_folder: bool = False) -> None:
        self.lesson, self.path, self.heard, self.clock = lesson, folder / f"{lesson.name}.ipynb", Heard(), 0.0
        self.solutions = samples.solutions(lesson)
        self.save()
        place = folder if in_folder else self.path
        self.watch = Rechecking([place], self.heard, lambda: self.clock)

    def text(self, **answers: str) -> str:
        return nbformat.writes(samples.submission(self.lesson, answers))

    def save(self, path: Path | None = None, **answers: str) -> None:
        self.write(self.text(**answers), path)

    def write(self, text: str, path: Path | None = None) -> None:
        saving = self.path.with_name(".saving")
        saving.write_text(text, "utf-8")
        os.replace(saving, path or self.path)

    def look(self) -> list[tuple]:
        """Look until nothing is pending."""
        while self.watch.look():
            self.clock += 0.1
        return self.heard.new()


@pytest.fixture
def lesson(tmp_path_factory, monkeypatch, tmp_path):
    """The small lesson, with canned reports: no kernel is started. tests/kernel/test_learning.py starts them."""
    folder = folder_made_once(tmp_path_factory, "course of a learner", lambda place: tiny.make_course(place) and None)
    monkeypatch.setenv("AUTOGRADER_COURSE", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(one_file, "must_be_fit", lambda lesson: Settings.load())
    monkeypatch.setattr(one_file, "grade", canned.report)
    return tiny.Lesson(tiny.NAME, folder)


@pytest.fixture
def desk(lesson, tmp_path) -> Desk:
    folder = tmp_path / "mine"
    folder.mkdir()
    return Desk(lesson, folder)


def test_a_save_shows_the_exercises_that_changed_and_no_others(desk):
    half, mirror = desk.solutions["half"], desk.solutions["mirror"]
    assert desk.look() == [(0, ["half", "mirror"])]
    desk.save(half=half)
    assert desk.look() == [(5, ["half"])]
    desk.save(half=half, mirror="def mirror(grid):\n    return 0 * grid")
    assert desk.look() == [(10, ["mirror"])]
    desk.save(half=half, mirror=mirror)
    assert desk.look() == [(10, ["mirror"])], "an answer that changed, whatever it earns"
    desk.save(half="def half(grid):\n    return grid", mirror=mirror)
    assert desk.look() == [(5, ["half"])]


def test_a_save_without_a_change_costs_no_check(desk):
    desk.look()
    notebook = nbformat.read(desk.path, 4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="run again")]
    desk.write(nbformat.writes(notebook))
    assert desk.look() == [("same",)]
    assert desk.look() == []


def test_a_notebook_that_is_being_saved_is_waited_for(desk):
    desk.look()
    whole = desk.text(**desk.solutions)
    desk.path.write_text(whole[: len(whole) // 2], "utf-8")
    assert desk.watch.look() and desk.heard.new() == []
    desk.path.unlink()
    assert desk.watch.look() and desk.heard.new() == []
    desk.write(whole)
    assert desk.look() == [(10, ["half", "mirror"])]


DAMAGED = {
    "cut off": ('{"cells": [', "cut off after 11 characters. Save the notebook"),
    "empty": ("", "the file is empty. Save the notebook"),
    "a PDF": ("%PDF-1.7", "a PDF document, not a notebook"),
    "of no lesson": (
        nbformat.writes(nbformat.v4.new_notebook()),
        "none of the exercises of 01_halves is in this notebook",
    ),
}


@pytest.mark.parametrize("text", DAMAGED)
def test_what_cannot_be_checked_is_said_once_with_what_helps_and_the_watch_goes_on(desk, text):
    desk.look()
    desk.write(DAMAGED[text][0])
    ((kind, line),) = desk.look()
    assert kind == "trouble" and f"{desk.path.name}: " in line and line.endswith("The watch goes on.")
    assert DAMAGED[text][1] in line
    assert desk.clock >= PATIENCE and desk.look() == []
    desk.save(**desk.solutions)
    assert desk.look() == [(10, ["half", "mirror"])]


def test_a_notebook_that_is_removed_and_comes_back_is_watched_on(desk):
    desk.look()
    desk.path.unlink()
    ((kind, line),) = desk.look()
    assert kind == "trouble" and "the file is gone, removed or moved. Bring it back" in line
    assert desk.look() == []
    desk.save(**desk.solutions)
    assert desk.look() == [(10, ["half", "mirror"])]


def test_a_notebook_that_is_renamed_is_watched_under_its_new_name(desk):
    desk.look()
    other = desk.path.with_name("my lesson.ipynb")
    desk.path.rename(other)
    assert desk.look() == [("note", "01_halves.ipynb is called my lesson.ipynb now, and is watched under that name.")]
    desk.save(other, **desk.solutions)
    assert desk.look() == [(10, ["half", "mirror"])]


@pytest.mark.parametrize("kernel", [None, {"name": "ir", "display_name": "R", "language": "R"}], ids=["none", "of R"])
def test_a_notebook_without_a_kernel_or_with_another_is_checked(desk, kernel):
    desk.look()
    notebook = nbformat.reads(desk.text(**desk.solutions), 4)
    notebook.metadata.pop("kernelspec", None)
    if kernel:
        notebook.metadata["kernelspec"] = kernel
    desk.write(nbformat.writes(notebook))
    assert desk.look() == [(10, ["half", "mirror"])]


def test_in_a_folder_new_notebooks_are_found_and_those_of_others_and_of_no_lesson_passed_over(lesson, tmp_path):
    folder = tmp_path / "mine"
    for inner in ("lessons/01", "submitted/ana/01_halves", ".ipynb_checkpoints", "solutions/01_halves"):
        (folder / inner).mkdir(parents=True)
    desk = Desk(lesson, folder, in_folder=True)
    for inner in ("submitted/ana/01_halves", ".ipynb_checkpoints", "solutions/01_halves"):
        desk.save(folder / inner / "01_halves.ipynb", **desk.solutions)
    (folder / "shopping.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook()), "utf-8")
    told = desk.look()
    assert [each for each in told if each[0] != "note"] == [(0, ["half", "mirror"])]
    ((_, line),) = [each for each in told if each[0] == "note"]
    assert line.startswith("Passed over: shopping.ipynb: cannot tell which lesson this is.")
    desk.save(folder / "lessons" / "01" / "a copy.ipynb", half=desk.solutions["half"])
    (_, twice), checked = desk.look()
    assert checked == (5, ["mirror"]), "the first check of a file shows what is begun and not right"
    assert "a copy.ipynb are both notebooks of 01_halves." in twice
    assert folder / "lessons" / "01" in desk.watch.folders


def test_a_clone_of_the_course_has_its_lessons_and_no_solutions():
    from autograder import settings

    found = {path.relative_to(settings.root()).parts[0] for path in notebooks.notebooks_in(settings.root())}
    assert found == {"lessons"}


def test_a_file_that_is_named_twice_is_one(desk, monkeypatch):
    monkeypatch.chdir(desk.path.parent)
    desk.watch = Rechecking([Path(), Path(desk.path.name), desk.path], desk.heard, lambda: desk.clock)
    assert desk.watch.names == [desk.path.name]
    assert desk.look() == [(0, ["half", "mirror"])]


def test_links_that_lead_nowhere_hide_no_notebook(tmp_path):
    (tmp_path / "a.ipynb").write_text("")
    for one, other in (("b", "c"), ("c", "b"), ("d", "nothing")):
        (tmp_path / f"{one}.ipynb").symlink_to(f"{other}.ipynb")
    assert notebooks.notebooks_in(tmp_path) == [tmp_path / "a.ipynb"]


def test_a_fault_of_the_machine_is_said_and_the_watch_goes_on(desk, monkeypatch):
    """A file beside the notebook goes while it is read, or a disk is full."""

    def full(job):
        raise OSError(28, "No space left on device", "journal")

    with monkeypatch.context() as during:
        during.setattr(one_file, "grade", full)
        ((kind, line),) = desk.look()
    assert kind == "trouble" and line == (
        "01_halves.ipynb: journal: No space left on device. Make room on that disk. The watch goes on."
    )
    desk.save(half=desk.solutions["half"])
    assert desk.look() == [(5, ["mirror"])]


def test_a_check_without_a_sandbox_says_so(desk):
    result = canned.report(_job(desk)).result
    for sandbox, said in (("none", ", without a sandbox."), ("namespaces", " s.")):
        result.sandbox = sandbox
        file = io.StringIO()
        Shown(Console(file=file)).rechecked(Rechecked("a.ipynb", result, [], True))
        assert said in file.getvalue().splitlines()[0]


def test_what_was_checked_before_is_known_when_the_watch_begins_again(desk):
    desk.save(half=desk.solutions["half"])
    desk.look()
    again = Rechecking([desk.path], desk.heard, lambda: desk.clock)
    assert again.look() is False and desk.heard.new() == []
    desk.watch = again
    desk.save(**desk.solutions)
    assert desk.look() == [(10, ["mirror"])]


def test_progress_is_what_the_latest_checks_found(desk, tmp_path):
    desk.save(half=desk.solutions["half"])
    desk.look()
    (found,) = progress_of(record.read()[0]).lessons
    assert (found.done, len(found.steps), found.next.title) == (1, 2, "Exercise 1.2 · The other way round")
    assert found.minutes_left == found.minutes / 2 and found.note == ""
    desk.path.write_text(desk.path.read_text("utf-8") + " ", "utf-8")
    (found,) = progress_of(record.read()[0]).lessons
    assert "was saved, or the lesson changed, since its check" in found.note
    assert progress_of(record.read()[0], tmp_path / "elsewhere").done == 0
    (tmp_path / "link").symlink_to(desk.path.parent)
    for folder in (desk.path.parent / ".." / desk.path.parent.name, tmp_path / "link"):
        assert progress_of(record.read()[0], folder).done == 1, folder
    record.place().unlink()
    assert progress_of(record.read()[0]).done == 0


ENTRY = '{"version": 1, "notebooks": {"a": {"lesson": "x", "when": "%s", "points": %s, "stamp": null, "course": ""}}}'
RECORDS = {
    "empty": "",
    "cut off": "{",
    "a list": "[]",
    "later": '{"version": 7, "notebooks": {}}',
    "no entry": '{"version": 1, "notebooks": {"a": 1}}',
    "no text": "\udcff",
    "large": " " * 2_000_000,
    "no time": ENTRY % ("soon", "{}"),
    "no points": ENTRY % ("2026-01-01", '{"b": NaN}'),
}


@pytest.mark.parametrize("text", RECORDS)
def test_a_damaged_record_is_said_and_begun_anew(desk, text):
    record.place().parent.mkdir(parents=True)
    record.place().write_bytes(RECORDS[text].encode("utf-8", "surrogateescape"))
    told = desk.look()
    assert [each[0] for each in told] == ["note", 0.0]
    assert "the record of your progress was damaged" in told[0][1] and "check each notebook once" in told[0][1]
    assert len(record.read()[0]) == 1 and record.read()[1] == ""
    kept = record.place().with_name("progress.damaged.json").read_bytes()
    assert kept == RECORDS[text].encode("utf-8", "surrogateescape"), "what another version wrote may be wanted again"


def test_a_record_that_cannot_be_read_is_left_as_it_is(desk, monkeypatch):
    """A drive that fails for a moment: what is on it is worth keeping."""
    desk.look()
    before, result = record.place().read_bytes(), canned.report(_job(desk)).result

    def fail(self, *_, **__):
        raise OSError(5, "Input/output error", str(self))

    with monkeypatch.context() as during:
        during.setattr(Path, "read_text", fail)
        assert "Your progress cannot be read: " in record.remember(result, desk.path)
        show_progress(Console(quiet=True), None)
    assert record.place().read_bytes() == before


def test_two_checks_that_end_at_once_are_both_remembered(desk):
    result = canned.report(_job(desk)).result
    paths = [desk.path.with_name(f"{number}.ipynb") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(functools.partial(record.remember, result), paths)) == {""}
    assert set(record.read()[0]) == {str(path) for path in paths}


def test_nothing_of_a_class_is_remembered_and_a_record_that_cannot_be_written_stops_nothing(desk, monkeypatch):
    (result,) = [canned.report(job).result for job in [_job(desk)]]
    assert record.remember(result, Path("/course/submitted/ana/01_halves/01_halves.ipynb")) == ""
    assert record.read()[0] == {}
    monkeypatch.setenv("XDG_STATE_HOME", str(desk.path))  # no folder
    told = desk.look()
    assert [each[0] for each in told] == ["note", 0.0] and "Your progress cannot be kept: " in told[0][1]


def _job(desk):
    from autograder.grading.job import job_of
    from autograder.submission.rebuild import open_submission

    return job_of(open_submission(desk.path), "a submission", Settings.load(), pictures=False)


def test_the_record_holds_a_bounded_number_of_notebooks(desk, monkeypatch):
    monkeypatch.setattr(record, "MOST", 2)
    result = canned.report(_job(desk)).result
    for name in "abc":
        record.remember(result, desk.path.with_name(f"{name}.ipynb"))
    kept = json.loads(record.place().read_text("utf-8"))["notebooks"]
    assert [Path(path).stem for path in kept] == ["b", "c"]


def test_a_change_is_told_by_the_system_and_where_it_tells_nothing_by_looking(desk, monkeypatch):
    import threading

    from autograder.hosts.alone import waiting

    folders, changes = frozenset({desk.path.parent.resolve()}), Changes()
    threading.Timer(0.05, desk.save).start()
    changes.wait(folders)
    assert not changes.polls
    changes.close()
    monkeypatch.setattr(waiting, "POLL", 0.01)

    def none_left(folders):
        raise OSError("no inotify watches left")

    for why in (none_left, lambda folders: __import__("no_watchfiles")):
        monkeypatch.setattr(waiting, "_watching", why)
        changes = Changes()
        changes.wait(folders)
        assert changes.polls


def test_a_wrong_name_is_said_with_what_helps(tmp_path):
    (tmp_path / "a.txt").write_text("")
    for name, says in (
        ("none.ipynb", "there is no such file or folder"),
        ("a.txt", "not a notebook"),
        ("x" * 300, "File name too long"),
    ):
        with pytest.raises(CourseError, match=f"{name}: {says}"):
            notebooks.must_be_there(tmp_path / name)
    with pytest.raises(CourseError, match="none: there is no such folder"):
        show_progress(Console(), tmp_path / "none")
