"""A folder goes into its place whole, or what was there stays."""

from __future__ import annotations

import os

import pytest

from autograder import files


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
