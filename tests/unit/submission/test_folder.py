"""What was handed in: which file is the notebook, when it came, what nbgrader put beside it, and a copy that is whole."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from autograder.errors import Unreadable
from autograder.settings import limits
from autograder.submission import folder as submission_folder
from autograder.submission.files import BOOKKEEPING, SUBMISSION_SECRET, bookkeeping
from autograder.submission.folder import inspect_folder
from autograder.submission.reader import read_notebook

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


def test_a_release_beside_a_finished_copy_is_not_graded(folder, first, text):
    (folder / f"{first.name} (1).ipynb").write_text(text, "utf-8")
    shutil.copy(first.release, folder / f"{first.name}.ipynb")
    found = inspect_folder(folder, first)
    assert found.notebook.name == f"{first.name} (1).ipynb"
    assert found.refused == [
        f"{first.name} (1).ipynb: this notebook was graded in place of {first.name}.ipynb (nothing was written in the one of that name)"
    ]
