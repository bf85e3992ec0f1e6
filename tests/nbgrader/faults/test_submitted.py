"""What is handed in, and lies in folders, as nobody expects it: it waits for a human, or is graded without what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from nbgrader.api import MissingEntry

from autograder.hosts.nbgrader import install
from autograder.submission import folder as submission_folder
from autograder.submission.folder import inspect_folder
from tests.support.small_class import STUDENTS, autograde, gradebook, graded_notebook, scores

# -- what is handed in ------------------------------------------------------------------------------------------------


def test_only_pictures_and_weights_come_along_and_links_are_not_followed(class_):
    folder = class_.root / "submitted" / "sample-a" / class_.name
    (class_.root / "private.png").write_text("a picture of the instructor's")
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "archive.zip").write_bytes(b"PK\x03\x04")
    (folder / "photo.png").write_bytes(b"mine")
    (folder / "link.png").symlink_to(class_.root / "private.png")
    (folder / "folder.png").mkdir()
    (folder / "timestamp.txt").write_text("not a time")
    done = autograde(class_)
    assert done.returncode == 0, done.stderr[-2000:]
    place = graded_notebook(class_, "sample-a").parent
    assert sorted(path.name for path in place.iterdir()) == [f"{class_.name}.ipynb", "photo.png"]
    result = json.loads(graded_notebook(class_, "sample-a").read_text("utf-8"))["metadata"]["autograder"]["result"]
    told = " ".join(result["repaired"])
    for name in ("numpy.py", "archive.zip", "link.png", "folder.png"):
        assert f"{name}: not taken along" in told
    assert "timestamp.txt: 'not a time' is not a time" in told
    assert scores(class_)["sample-a"] == 10.0


def test_a_submission_that_is_a_link_or_no_notebook_waits_for_a_human(class_):
    submitted = class_.root / "submitted"
    elsewhere = class_.root / "elsewhere.ipynb"
    notebook = submitted / "sample-a" / class_.name / f"{class_.name}.ipynb"
    notebook.rename(elsewhere)
    notebook.symlink_to(elsewhere)
    (submitted / "sample-b" / class_.name / f"{class_.name}.ipynb").unlink()
    shutil.move(submitted / "sample-c", class_.root / "real-c")
    (submitted / "sample-c").symlink_to(class_.root / "real-c")
    done = autograde(class_)
    assert done.returncode == 0, done.stderr[-2000:]
    for student, reason in (("sample-a", "link"), ("sample-b", "no notebook"), ("sample-c", "link")):
        result = json.loads(graded_notebook(class_, student).read_text("utf-8"))["metadata"]["autograder"]["result"]
        assert result["verdict"] == "REVIEW"
        assert reason in result["reason"]
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-a").needs_manual_grade
    with pytest.raises(MissingEntry), gradebook(class_) as book:
        book.find_submission(class_.name, "nobody")


def test_a_folder_whose_name_cannot_be_written_down_costs_nobody_else_a_grade(class_):
    """An old zip file leaves names that are no UTF-8."""
    submitted = class_.root / "submitted"
    for name in ("new\nline", os.fsdecode(b"lat\xfcn"), "colour\x1b[31m"):
        shutil.copytree(submitted / "sample-b", submitted / name)
    done = autograde(class_)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "\x1b" not in done.stderr
    for name in (r"new\nline", r"lat\udcfcn", r"colour\x1b[31m"):
        assert f"{class_.name} of '{name}': the grader failed" in done.stderr
    assert set(scores(class_)) == set(STUDENTS)


def test_a_time_of_handing_in_that_is_none_costs_nothing(class_):
    """Python's own way of reading times objects to some zones with a warning that it raises."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    install.patch()  # which mends nbgrader's list of submissions, too
    (class_.root / "submitted" / "sample-a" / class_.name / "timestamp.txt").write_text("2026-03-01 10:00:00 ..")
    config = Config({"CourseDirectory": {"root": str(class_.root), "db_url": f"sqlite:///{class_.root}/gradebook.db"}})
    config.CourseDirectory.source_directory, config.CourseDirectory.release_directory = "solutions", "lessons"
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert {entry["student"] for entry in api.get_submissions(class_.name)} == set(STUDENTS)
    assert autograde(class_).returncode == 0
    assert scores(class_)["sample-a"] == 10.0


def test_of_two_notebooks_the_one_that_was_worked_on_is_graded(class_, tmp_path):
    """Somebody downloads the release again beside what they did, or a browser adds an ending."""
    folder = class_.root / "submitted" / "sample-a" / class_.name
    done, release = (folder / f"{class_.name}{end}.ipynb" for end in (" (1)", ""))
    release.rename(done)
    assert inspect_folder(folder, class_).notebook == done
    shutil.copy(class_.release, release)
    found = inspect_folder(folder, class_)
    assert found.notebook == done
    (said,) = found.refused
    assert said.startswith(f"{done.name}: this notebook was graded in place of {release.name} (nothing was written")
    shutil.copy(done, release)
    assert inspect_folder(folder, class_).notebook == release, "the one with the lesson's name, if both were worked on"
    done.unlink()
    release.rename(folder / f"{class_.name}.ipynb.txt")
    found = inspect_folder(folder, class_)
    (said,) = found.refused
    assert found.notebook.name == f"{class_.name}.ipynb.txt" and said.startswith(
        f"{found.notebook.name}: this notebook was"
    )


def test_the_gradebook_holds_no_more_than_it_should(class_):
    assert autograde(class_).returncode == 0
    with closing(sqlite3.connect(class_.root / "gradebook.db")) as connection:
        (rows,) = connection.execute("SELECT COUNT(*) FROM submitted_assignment").fetchone()
    assert rows == len(STUDENTS)


def test_a_student_whom_the_instructor_does_not_know_is_not_made_up(class_):
    """nbgrader's own option: only students who are in the gradebook are graded."""
    with gradebook(class_) as book:
        book.add_student("sample-a")
    done = autograde(class_, "--Autograde.create_student=False")
    assert done.returncode == 1
    with gradebook(class_) as book:
        assert [student.id for student in book.students] == ["sample-a"]
        assert book.find_submission(class_.name, "sample-a").score == 10.0


def test_a_folder_that_cannot_be_read_waits_for_a_human(class_, monkeypatch):
    def no_rights(found, lesson):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(submission_folder, "_choose", no_rights)
    found = inspect_folder(class_.root / "submitted" / "sample-a" / class_.name, class_)
    assert (found.notebook, found.files) == (None, {})
    assert "cannot be read (Permission denied)" in found.reason
    assert len(found.revision) == 64


def test_what_is_handed_in_with_a_notebook_changes_what_is_drawn_for_it(class_):
    """Two students with the same notebook get the same inputs; a file beside it that an answer could read changes them."""
    for student in ("sample-a", "sample-c"):
        notebook = class_.root / "submitted" / student / class_.name / f"{class_.name}.ipynb"
        notebook.write_bytes((class_.root / "submitted" / "sample-b" / class_.name / notebook.name).read_bytes())
    (notebook.parent / "table.png").write_text("{}")
    (class_.root / "submitted" / "sample-a" / class_.name / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    assert autograde(class_).returncode == 0
    drawn = {
        student: json.loads(graded_notebook(class_, student).read_text("utf-8"))["metadata"]["autograder"]["sha256"]
        for student in STUDENTS
    }
    assert drawn["sample-a"] == drawn["sample-b"] != drawn["sample-c"]


def test_what_the_solution_wrote_when_it_was_run_is_nobodys_submission(class_):
    """An instructor runs the solutions notebook in JupyterLab, and weights and pictures lie beside it."""
    beside = class_.root / "solutions" / class_.name
    for name in ("alpha.weights.h5", "img_result.png", "data.csv"):
        (beside / name).write_bytes(b"of the solution")
    done = autograde(class_)
    assert done.returncode == 0, done.stderr[-2000:]
    kept = {path.name for path in graded_notebook(class_, "sample-a").parent.iterdir()}
    assert kept == {f"{class_.name}.ipynb", "data.csv"}, "what is no student's to hand in wins, as nbgrader has it"
