"""A folder is copied whose owner changes it at that moment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.hosts.nbgrader.copying import copy_folder

MUCH = 10_000


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder of a student's, and beside it what only the copier may read."""
    for name, text in (("secret/key", "the secret"), ("theirs/a.txt", "mine"), ("theirs/more/key", "mine")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path / "theirs"


def copied(folder: Path, meanwhile=lambda: None, most: int = MUCH) -> Path:
    """Copy it; meanwhile: done when it is known what lies in the folder, and nothing of it is copied yet."""
    todo = [meanwhile]
    target = folder.with_name("copy")
    copy_folder(folder, target, lambda *_: (todo.pop()() if todo else None) or (), most)
    return target


def test_no_right_and_each_time_comes_along(folder):
    (folder / "a.txt").chmod(0o6755)
    (folder / "more").chmod(0o1777)
    os.utime(folder / "a.txt", (5, 7))
    status = (copied(folder) / "a.txt").stat()
    assert status.st_mode & 0o7111 == 0 and status.st_mtime == 7
    assert (folder.with_name("copy") / "more").stat().st_mode & 0o1002 == 0
    assert (folder.with_name("copy") / "more" / "key").read_text() == "mine"


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_takes_the_place_of_a_file_is_not_copied(folder, kind):
    def change() -> None:
        (folder / "a.txt").unlink()
        if kind == "link":
            (folder / "a.txt").symlink_to("../secret/key")
        else:
            os.mkfifo(folder / "a.txt")

    with pytest.raises(OSError, match=r"symbolic links|neither a file"):
        copied(folder, change)


def test_a_link_that_takes_the_place_of_a_folder_is_not_gone_into(folder):
    def change() -> None:
        (folder / "more").rename(folder.with_name("away"))
        (folder / "more").symlink_to("../secret")

    assert not (copied(folder, change) / "more").exists()


def test_no_more_is_copied_than_may_be(folder):
    with pytest.raises(OSError, match="too large"):
        copied(folder, most=6)
