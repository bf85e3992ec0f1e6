"""A copy of a submission is what it was at one moment."""

from __future__ import annotations

import os
import threading

import pytest

from autograder.settings import limits
from autograder.submission import folder as submission_folder
from autograder.submission.files import digest_inputs
from autograder.submission.folder import FolderChanging, copy_folder, inspect_folder

# -- a copy of it -----------------------------------------------------------------------------------------------------


@pytest.fixture
def whole(folder, first, text):
    """A submission of a notebook and a file."""
    (folder / f"{first.name}.ipynb").write_text(text, "utf-8")
    (folder / "alpha.weights.h5").write_bytes(b"weights")
    (folder / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    return inspect_folder(folder, first)


def test_a_copy_holds_what_was_looked_at(whole, first, tmp_path):
    assert copy_folder(whole, first, tmp_path / "copy" / "ana") == whole
    copied = {path.name: path.read_bytes() for path in (tmp_path / "copy" / "ana").iterdir()}
    assert copied == {name: (whole.folder / name).read_bytes() for name in (f"{first.name}.ipynb", "alpha.weights.h5")}


@pytest.mark.parametrize(
    "change",
    [
        "rewritten",
        "shorter",
        "grown",
        "removed",
        "replaced by a pipe",
        "replaced by a link",
        "another file",
        "no file any more",
    ],
)
def test_a_submission_that_changes_is_looked_at_again_before_it_is_copied(whole, first, tmp_path, change):
    """Between the look and the copy something else has come; what is copied is all of that, and the hash is its own."""
    notebook, weights = whole.folder / f"{first.name}.ipynb", whole.folder / "alpha.weights.h5"
    if change == "rewritten":
        notebook.write_text(notebook.read_text("utf-8").replace("import numpy", "import  numpy"), "utf-8")
    elif change == "shorter":
        os.truncate(weights, 3)
    elif change == "grown":
        with open(weights, "ab") as file:
            file.truncate(limits().extra_file_bytes + 1)
    elif change == "removed":
        weights.unlink()
    elif change == "replaced by a pipe":
        weights.unlink()
        os.mkfifo(weights)
    elif change == "replaced by a link":
        weights.unlink()
        weights.symlink_to("/etc/passwd")
    elif change == "another file":
        (whole.folder / "graph.png").write_bytes(b"x")
        weights.write_bytes(b"other")
    else:
        notebook.unlink()
    found = copy_folder(whole, first, tmp_path / "copy")
    again = inspect_folder(whole.folder, first)
    assert found == again != whole
    assert (
        digest_inputs(
            tmp_path / "copy" / notebook.name if again.notebook else None,
            {n: tmp_path / "copy" / n for n in again.files},
        )
        == again.input_digest
    )
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {notebook.name, *again.files}


def test_a_submission_that_is_written_to_all_the_time_waits_for_the_next_run(whole, first, tmp_path, monkeypatch):
    calls = []

    def copied(source, target, most, real=submission_folder.copy_file):
        calls.append(source)
        (whole.folder / "alpha.weights.h5").write_bytes(b"%d" % len(calls))
        real(source, target, most)

    monkeypatch.setattr(submission_folder, "copy_file", copied)
    with pytest.raises(FolderChanging, match="being written to"):
        copy_folder(whole, first, tmp_path / "copy")
    assert len(calls) == 2 * submission_folder.COPIES


def test_a_slow_writer_never_gets_half_a_file_graded(whole, first, tmp_path, text):
    """Somebody writes the notebook anew, piece by piece, while it is copied again and again."""
    notebook, stop = whole.folder / f"{first.name}.ipynb", threading.Event()
    versions = [text, text.replace("# ", "#  ")]

    def write():
        n = 0
        while not stop.is_set():
            with open(notebook, "w", encoding="utf-8") as file:
                for at in range(0, len(versions[n % 2]), 20_000):
                    file.write(versions[n % 2][at : at + 20_000])
                    file.flush()
            n += 1
            stop.wait(0.02)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            found = inspect_folder(whole.folder, first)
            try:
                found = copy_folder(found, first, tmp_path / "copy")
            except FolderChanging:
                continue
            assert (
                digest_inputs(tmp_path / "copy" / notebook.name, {n: tmp_path / "copy" / n for n in found.files})
                == found.input_digest
            )
    finally:
        stop.set()
        writer.join()


def test_a_disk_that_fails_is_not_taken_for_a_change(whole, first, tmp_path, monkeypatch):
    def fails(source, target, most):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(submission_folder, "copy_file", fails)
    with pytest.raises(OSError, match="No space left") as error:
        copy_folder(whole, first, tmp_path / "copy")
    assert not isinstance(error.value, FolderChanging)


def test_a_folder_that_holds_nothing_is_copied_as_an_empty_notebook(folder, first, tmp_path):
    found = inspect_folder(folder, first)
    copy_folder(found, first, tmp_path / "copy")
    assert (tmp_path / "copy" / f"{first.name}.ipynb").read_bytes() == b""


def test_what_was_copied_before_is_gone(whole, first, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "old.png").write_bytes(b"x")
    copy_folder(whole, first, tmp_path / "copy")
    assert not (tmp_path / "copy" / "old.png").exists()
