"""A folder goes into its place whole, or what was there stays."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder import files
from autograder.grading.staging import Staging


@pytest.fixture
def folders(tmp_path):
    """A new folder, and an old one in the place that it should go to."""
    for name in ("new", "place"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "which").write_text(name)
    return tmp_path


def test_what_was_there_goes_aside(folders):
    files.put_in_place(folders / "new", folders / "place", folders / "staging" / "old")
    assert (folders / "place" / "which").read_text() == "new"
    assert (folders / "staging" / "old" / "which").read_text() == "place"


def test_what_was_there_is_back_when_the_new_folder_cannot_take_its_place(folders, monkeypatch):
    rename = os.rename

    def no_room(source, target):
        if source == folders / "new":
            raise OSError(28, "No space left on device")
        rename(source, target)

    monkeypatch.setattr(os, "rename", no_room)
    with pytest.raises(OSError, match="No space"):
        files.put_in_place(folders / "new", folders / "place", folders / "staging" / "old")
    assert (folders / "place" / "which").read_text() == "place"


# -- another file system ------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path):
    """A folder on another file system than the temporary one."""
    shm = Path("/dev/shm")
    if not os.access(shm, os.W_OK) or shm.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system")
    with tempfile.TemporaryDirectory(dir=shm) as place:
        yield Path(place)


def test_a_folder_goes_to_a_place_on_another_file_system(folders, elsewhere):
    shutil.move(folders / "place", elsewhere / "place")
    files.put_in_place(folders / "new", elsewhere / "place", folders / "staging" / "old")
    assert (elsewhere / "place" / "which").read_text() == "new"
    assert (folders / "staging" / "old" / "which").read_text() == "place"
    assert not (folders / "new").exists()
    assert [path.name for path in elsewhere.iterdir()] == ["place"], "nothing is left lying there"


@pytest.mark.parametrize("step", range(8))
def test_whenever_it_is_killed_on_the_way_there_nothing_is_lost(folders, elsewhere, monkeypatch, step):
    """Killed before each rename and each removal: what was there, or what is new, comes to its place in the end."""

    class Killed(BaseException):
        pass

    left = [step]

    def dying(old):
        def act(*arguments, **named):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return old(*arguments, **named)

        return act

    lesson = SimpleNamespace(name="lesson")
    place = elsewhere / "ana" / "lesson"
    shutil.move(folders / "place", place)
    staging = Staging(folders / "staging", lesson, lambda student, name: elsewhere / student / name)
    with monkeypatch.context() as changed, contextlib.suppress(Killed):
        changed.setattr(os, "rename", dying(os.rename))
        changed.setattr(shutil, "rmtree", dying(shutil.rmtree))
        files.put_in_place(folders / "new", place, staging.aside("ana"))
    staging.begin()
    assert (place / "which").read_text() in ("new", "place")
    assert [path.name for path in elsewhere.iterdir()] == ["ana"], "no half of a copy is taken for a student"


def test_a_file_that_cannot_be_written_is_named_and_not_the_one_beside_it(folders, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        files.write(folders / "grades.json", "{}")
    assert files.trouble(caught.value) == f"{folders / 'grades.json'}: No space left on device. Make room on that disk."
    assert sorted(path.name for path in folders.iterdir()) == ["new", "place"]


@pytest.mark.parametrize("bad", ["folder", "missing/b.csv", "/dev/full", "n" * 300])
def test_of_several_files_all_are_written_or_none(tmp_path, bad):
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match=r"directory|device|long") as error:
        files.write_all({tmp_path / "a.csv": "new", tmp_path / bad: b"x" * 100_000, tmp_path / "c.csv": "new"})
    assert error.value.filename == str(tmp_path / bad)
    assert (tmp_path / "a.csv").read_text() == "old" and sorted(tmp_path.iterdir()) == before
    files.write_all({tmp_path / "a.csv": "new", tmp_path / "b.csv": b"new"})
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text() == "new"
