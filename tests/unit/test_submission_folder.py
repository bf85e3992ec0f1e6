"""What was handed in: which file is the notebook, when it came, what nbgrader put beside it, and a copy that is whole."""

from __future__ import annotations

import os
import shutil
import threading
import zipfile
from datetime import datetime
from pathlib import Path

import nbformat
import pytest

from autograder.errors import Unreadable
from autograder.settings import limits
from autograder.submission import folder as submission_folder
from autograder.submission.files import BOOKKEEPING, SUBMISSION_SECRET, TIMESTAMP, bookkeeping, digest_inputs
from autograder.submission.folder import FolderChanging, copy_folder, inspect_folder
from autograder.submission.reader import read_notebook
from autograder.submission.times import submission_time, timestamp


@pytest.fixture
def folder(tmp_path, first) -> Path:
    """An empty submission's folder."""
    made = tmp_path / "ana" / first.name
    made.mkdir(parents=True)
    return made


@pytest.fixture
def text(finished) -> str:
    return nbformat.writes(finished)


# -- when it was handed in ---------------------------------------------------------------------------------------------

NOON = "2026-03-01 12:00:00.000000 UTC"
LATE = "2026-03-01 12:34:56.789012 UTC"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2026-03-01 12:34:56.789012 UTC", LATE),  # as nbgrader writes it
        ("2026-03-01 12:00:00 UTC", NOON),
        ("2026-03-01 12:00:00.000000 GMT\n", NOON),
        ("2026-03-01 12:00:00 Z", NOON),
        ("2026-03-01 12:00:00", NOON),
        ("2026-03-01 12:00", NOON),
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T14:00:00+02:00", NOON),
        ("2026-03-01T14:00:00+0200", NOON),
        ("2026-03-01 14:00:00 +02", NOON),
        ("2026-03-01 07:00:00-05:00", NOON),
        ("2026-03-01 14:00:00 UTC+02:00", NOON),
        ("2026-03-01T12:34:56,789012Z", LATE),
        ("20260301T120000Z", NOON),
        ("2026-03-01 13:00:00 CET", NOON),
        ("2026-07-01 14:00:00 CEST", "2026-07-01 12:00:00.000000 UTC"),
        ("2026-03-01 07:00:00 EST", NOON),
        ("2026-03-01 04:00:00 pst", NOON),
        ("2026-03-01 13:00:00 Europe/Berlin", NOON),
        ("2026-03-01 07:00:00 America/New_York", NOON),
        ("  2026-03-01   12:00:00  UTC \r\n", NOON),
        ("2026-02-28 23:00:00 -13:00", NOON),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["", "\r\n", "\0" * 512])
def test_a_time_is_read_however_it_is_written_down(folder, written, wanted, encoding, end):
    (folder / TIMESTAMP).write_bytes((written + end).encode(encoding))
    assert submission_time(folder) == (wanted, "")
    assert timestamp(folder) == written.strip()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\0" * 64, "empty"),
        (b"yesterday", "not a time"),
        (b"12:00:00", "not a time"),
        (b"2026-03-01", "not a time"),
        (b"01.03.2026 12:00", "not a time"),
        (b"03/01/2026 12:00", "not a time"),
        (b"2026-02-30 12:00:00 UTC", "not a time"),
        (b"2026-03-01 25:00:00 UTC", "not a time"),
        (b"2026-03-01 12:00:00 UTC UTC", "not a time"),
        (b"2026-03-01 12:00:00 +99:00", "not a time"),
        (b"0001-01-01 00:00:00 +14:00", "not a time"),
        (b"2026-03-01 12:00:00 XYZT", "'XYZT' is not known"),
        (b"2026-03-01 12:00:00 Mars/Olympus", "is not known"),
        (b"2026-03-01 12:00:00 /etc/passwd", "not a time"),
        (b"2026-03-01 12:00:00 ../../etc", "not a time"),
        (b"2026-03-01 12:00:00 ..", "not a time"),
        (b"2026-03-01\n12:00:00\nUTC\nand more", "not a time"),
        (b"\xff\xfe\xff", "no text"),
        (b"2026-03-01 12:00:00 \xe4", "no text"),
        (b"1" * 5000, "far too long"),
        (b"2026-03-01 12:00:00" + b" " * 9000, "far too long"),
        (b"1772366400", "not a time"),
        (b"\x1b[31m2026\n\n", "not a time"),
    ],
)
def test_a_time_that_cannot_be_read_is_no_missing_one(folder, raw, says):
    assert submission_time(folder) == (None, "")
    (folder / TIMESTAMP).write_bytes(raw)
    when, reason = submission_time(folder)
    assert when is None and says in reason and reason.startswith("timestamp.txt: ")
    assert reason.isprintable() and len(reason) < 200


def test_a_time_that_is_a_link_or_a_folder_cannot_be_read(folder):
    elsewhere = folder.parent / "elsewhere.txt"
    elsewhere.write_text("2020-01-01 00:00:00 UTC")
    (folder / TIMESTAMP).symlink_to(elsewhere)
    assert "not an ordinary file" in submission_time(folder)[1]
    (folder / TIMESTAMP).unlink()
    (folder / TIMESTAMP).mkdir()
    assert "not an ordinary file" in submission_time(folder)[1]


@pytest.mark.parametrize(
    ("zone", "written", "wanted"),
    [
        ("Asia/Kolkata", "2026-03-01 17:30:00.000000 IST", NOON),
        ("Asia/Shanghai", "2026-03-01 20:00:00.000000 CST", NOON),
        ("America/Chicago", "2026-03-01 06:00:00.000000 CST", NOON),
        ("Europe/London", "2026-07-01 13:00:00.000000 BST", "2026-07-01 12:00:00.000000 UTC"),
        ("Europe/Berlin", "2026-10-25 02:30:00.000000 CEST", "2026-10-25 00:30:00.000000 UTC"),
        ("Europe/Berlin", "2026-10-25 02:30:00.000000 CET", "2026-10-25 01:30:00.000000 UTC"),
        ("Nowhere/At_All", "2026-03-01 12:00:00 UTC", NOON),
        ("/etc/passwd", "2026-03-01 12:00:00 UTC", NOON),
    ],
)
def test_the_abbreviation_of_the_exchanges_own_zone_is_understood(folder, zone, written, wanted):
    (folder / TIMESTAMP).write_text(written)
    assert submission_time(folder, zone) == (wanted, "")


def test_nbgrader_reads_the_time_that_is_told(folder):
    from nbgrader.utils import parse_utc

    (folder / TIMESTAMP).write_text("2026-03-01 14:34:56.789012 +02:00", "utf-16")
    assert parse_utc(submission_time(folder)[0]) == datetime(2026, 3, 1, 12, 34, 56, 789012)


def test_another_time_makes_it_another_hand_in_and_the_same_time_does_not(folder, first, text):
    (folder / f"{first.name}.ipynb").write_text(text, "utf-8")
    hashes = []
    for raw in (
        None,
        b"2026-03-01 12:00:00 UTC",
        b"\xef\xbb\xbf2026-03-01 12:00:00 UTC\r\n",
        b"2026-03-02 12:00:00 UTC",
        b"",
        b"1" * 5000,
    ):
        if raw is not None:
            (folder / TIMESTAMP).write_bytes(raw)
        hashes.append(inspect_folder(folder, first).revision)
    assert hashes[1] == hashes[2]
    assert len(set(hashes)) == 5


# -- nbgrader's own files ----------------------------------------------------------------------------------------------


def test_what_nbgrader_puts_beside_a_notebook_is_neither_said_nor_seen_and_changes_no_draw(folder, first, text):
    (folder / f"{first.name}.ipynb").write_text(text, "utf-8")
    before = inspect_folder(folder, first).input_digest
    (folder / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    (folder / "submission_secret.txt").write_text("4d" * 64)
    (folder / "feedback" / "2026").mkdir(parents=True)  # fetched feedback is handed in with the next submission
    (folder / ".ipynb_checkpoints").mkdir()
    found = inspect_folder(folder, first)
    assert (found.refused, found.files, found.input_digest) == ([], {}, before)
    assert bookkeeping(folder) == {name: folder / name for name in ("timestamp.txt", "submission_secret.txt")}


def test_the_constant_names_all_that_nbgraders_exchange_writes_into_a_submission():
    import re

    import nbgrader

    text = "".join(
        path.read_text("utf-8") for path in (Path(nbgrader.__file__).parent / "exchange" / "default").glob("*.py")
    )
    assert set(re.findall(r"['\"](\w+\.(?:txt|md5|json))['\"]", text)) == set(BOOKKEEPING)


@pytest.mark.parametrize("kind", ["link", "folder", "large"])
def test_what_only_bears_the_name_of_nbgraders_files_is_not_carried(folder, kind, first, text):
    (folder / f"{first.name}.ipynb").write_text(text, "utf-8")
    path = folder / SUBMISSION_SECRET
    if kind == "link":
        path.symlink_to("/etc/passwd")
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(bytes(10**6))
    assert bookkeeping(folder) == {}
    assert [line for line in inspect_folder(folder, first).refused if "not taken along" in line] or kind == "large"


# -- which file is the notebook ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *(
            "{}.json",
            "{}.txt",
            "{}.ipynb.download",
            "{}.ipynb.txt",
            "{}.ipynb.json",
            "{}.ipynb.crdownload",
            "{}.ipynb (1)",
            "{}",
            "{}.IPYNB",
            "{}.md",
        ),
        *(
            "homework.ipynb",
            "{} (2).ipynb",
            "{}-checkpoint.ipynb",
            "Copy of {}.ipynb",
            "ünïcode ✏️.ipynb",
            "notebook.json",
        ),
    ],
)
def test_a_notebook_under_another_name_is_graded_and_that_is_said(folder, first, text, name):
    path = folder / name.format(first.name)
    path.write_text(text, "utf-8")
    found = inspect_folder(folder, first)
    assert (found.notebook, found.reason, found.files) == (path, "", {})
    (said,) = found.refused
    assert said == f"{path.name}: this notebook was graded in place of {first.name}.ipynb (there is none of that name)"


def test_the_lessons_own_name_needs_no_word(folder, first, text):
    (folder / f"{first.name}.ipynb").write_text(text, "utf-8")
    assert inspect_folder(folder, first).refused == []


def test_a_second_notebook_is_said_not_to_be_graded(folder, first, text):
    (folder / f"{first.name}.ipynb").write_text(text, "utf-8")
    (folder / "notes.ipynb").write_text(text, "utf-8")
    assert inspect_folder(folder, first).refused == [
        f"notes.ipynb: not taken along (only one notebook is graded, {first.name}.ipynb)"
    ]


def test_a_notebook_one_folder_deeper_is_graded_with_what_lies_beside_it(folder, first, text):
    deeper = folder / "my work"
    for place in (deeper, folder / ".ipynb_checkpoints", folder / "__MACOSX", folder / "feedback", deeper / "backup"):
        place.mkdir()
        (place / f"{first.name}.ipynb").write_text(text, "utf-8")
    (deeper / "alpha.weights.h5").write_bytes(b"x")
    (folder / "graph.png").write_bytes(b"x")
    found = inspect_folder(folder, first)
    assert (found.notebook, found.reason) == (deeper / f"{first.name}.ipynb", "")
    assert found.files == {"alpha.weights.h5": deeper / "alpha.weights.h5", "graph.png": folder / "graph.png"}
    assert (
        found.refused[0]
        == f"my work/{first.name}.ipynb: this notebook was graded in place of {first.name}.ipynb (there is none of that name)"
    )
    assert not any("my work: not taken" in line for line in found.refused)


def test_of_several_notebooks_one_folder_deeper_none_is_guessed(folder, first, text):
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / f"{first.name}.ipynb").write_text(text, "utf-8")
    found = inspect_folder(folder, first)
    assert found.notebook is None
    assert (
        f"a/{first.name}.ipynb, b/{first.name}.ipynb" in found.reason and "no notebook in this folder" in found.reason
    )
    (folder / "b" / f"{first.name}.ipynb").rename(folder / "b" / "other.ipynb")
    assert inspect_folder(folder, first).notebook == folder / "a" / f"{first.name}.ipynb"


def test_links_on_the_way_to_a_notebook_are_not_followed(folder, first, text, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / f"{first.name}.ipynb").write_text(text, "utf-8")
    (folder / "linked").symlink_to(tmp_path / "real")
    assert inspect_folder(folder, first).notebook is None
    (folder / "deeper").mkdir()
    (folder / "deeper" / f"{first.name}.ipynb").symlink_to(tmp_path / "real" / f"{first.name}.ipynb")
    assert inspect_folder(folder, first).notebook is None
    (folder / f"{first.name}.json").symlink_to(tmp_path / "real" / f"{first.name}.ipynb")
    assert inspect_folder(folder, first).notebook is None


def test_a_notebook_in_an_archive_is_said_to_lie_there_and_is_not_unpacked(folder, first, text):
    with zipfile.ZipFile(folder / "homework.zip", "w") as file:
        file.writestr(f"homework/{first.name}.ipynb", text)
    found = inspect_folder(folder, first)
    assert found.notebook is None and found.files == {}
    assert (
        found.reason.startswith("homework.zip: an archive")
        and f"homework/{first.name}.ipynb lies in it" in found.reason
    )
    assert sorted(path.name for path in folder.iterdir()) == ["homework.zip"]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.7z", "a.rar", "a.tgz"])
def test_an_archive_of_another_kind_is_said_to_be_one(folder, first, name):
    (folder / name).write_bytes(b"whatever")
    reason = inspect_folder(folder, first).reason
    assert (
        reason.startswith(f"{name}: an archive; there is no notebook beside it")
        and f"Hand in {first.name}.ipynb" in reason
    )


def test_only_a_checkpoint_is_said_to_be_one(folder, first, text):
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / f"{first.name}-checkpoint.ipynb").write_text(text, "utf-8")
    found = inspect_folder(folder, first)
    assert found.notebook is None and "only Jupyter's own checkpoints" in found.reason


def test_an_empty_folder_and_a_folder_of_something_else_say_what_is_missing(folder, first):
    assert (
        inspect_folder(folder, first).reason
        == f"{first.name}: there is no notebook in this folder. Hand in {first.name}.ipynb."
    )
    (folder / "essay.docx").write_bytes(b"PK")
    assert "It holds essay.docx." in inspect_folder(folder, first).reason


@pytest.mark.parametrize("name", ["{}.pdf", "{}.html", "{}.py", "{}.docx", "{}.ipynb.part"])
def test_a_file_under_the_lessons_name_that_is_no_notebook_is_looked_into_for_the_reason(folder, first, name):

    path = folder / name.format(first.name)
    path.write_bytes(b"%PDF-1.7")
    found = inspect_folder(folder, first)
    assert found.notebook == path
    with pytest.raises(Unreadable, match="a PDF document"):
        read_notebook(found.notebook)


def test_many_large_files_that_could_be_notebooks_are_not_all_looked_into(folder, first, monkeypatch):
    looked = []
    monkeypatch.setattr(submission_folder, "_is_worked_on", lambda path, lesson: looked.append(path))
    for number in range(12):
        with open(folder / f"copy{number}.ipynb", "wb") as file:
            file.truncate(limits().notebook_bytes - 1)
    inspect_folder(folder, first)
    assert len(looked) == submission_folder.LOOKED_INTO // limits().notebook_bytes


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


def test_a_release_beside_a_finished_copy_is_not_graded(folder, first, text):
    (folder / f"{first.name} (1).ipynb").write_text(text, "utf-8")
    shutil.copy(first.release, folder / f"{first.name}.ipynb")
    found = inspect_folder(folder, first)
    assert found.notebook.name == f"{first.name} (1).ipynb"
    assert found.refused == [
        f"{first.name} (1).ipynb: this notebook was graded in place of {first.name}.ipynb (nothing was written in the one of that name)"
    ]
