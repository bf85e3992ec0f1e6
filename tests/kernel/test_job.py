"""A job is all that a grade is made from: it is pickled, graded where nothing of the course is left, and the same report comes back."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import shutil
import subprocess
import sys

import nbformat
import pytest

from autograder import settings
from autograder.course.packed import pack, unpack
from autograder.errors import CourseError
from autograder.grading.job import GradeJob, GradeReport, grade, job_of
from autograder.results import Result
from autograder.settings import PACKAGE, Settings
from autograder.submission.files import extra_files
from autograder.submission.reader import read_notebook
from autograder.submission.rebuild import rebuild
from tests.support import tiny

WRONG = "# Answer: half\ndef half(grid):\n    return grid"
# Runs in a process of its own: unpickles, grades, pickles.
GRADE = """
import pickle, sys
from autograder.grading.job import grade
if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        job = pickle.load(file)
    report = grade(job)
    with open(sys.argv[2], "wb") as file:
        pickle.dump(report, file)
"""


@pytest.fixture
def lesson(tmp_path):
    return tiny.make_course(tmp_path / "course")


@pytest.fixture
def job(lesson) -> GradeJob:
    notebook = tiny.right(lesson)
    next(cell for cell in notebook.cells if cell.id == "half").source = WRONG
    folder = tiny.submit(lesson, "sample-a", notebook)
    (folder / "mine.png").write_bytes(b"not really a picture")
    course = Settings(lesson.root, lesson.root, settings.read_limits(lesson.root / "limits.toml"))
    path = folder / f"{lesson.name}.ipynb"
    submission = rebuild(read_notebook(path), lesson, "0" * 64)
    submission.files = extra_files(folder)[0]
    return job_of(submission, "sample-a/01_halves", course)


def without_times(report: GradeReport) -> tuple[dict, dict]:
    """A report without what differs from run to run."""
    result = report.result.stored()
    assert set(result.pop("timings")) == {"kernel start", "cells", "checks"}
    assert result.pop("seconds") > 0
    return result, report.read_notebook()


def test_a_job_holds_neither_the_secret_nor_a_path_that_is_read(job, lesson):
    held = pickle.dumps(job)
    assert tiny.SECRET.encode() not in held and bytes.fromhex(tiny.SECRET) not in held
    assert job.files == {"mine.png": b"not really a picture"}
    # Only `home` names the course, for messages.
    moved = dataclasses.replace(job, lesson=dataclasses.replace(job.lesson, home=""))
    assert str(lesson.root).encode() not in pickle.dumps(moved)


def graded_by(folder, job: GradeJob, before: str = "", **environment: str) -> GradeReport:
    """The report of a process of its own. before: a shell command that is run first, in the folder in which the process starts."""
    folder.mkdir()
    (folder.parent / "program.py").write_text(GRADE)
    (folder.parent / "job").write_bytes(pickle.dumps(job))
    program, there, back = (folder.parent / name for name in ("program.py", "job", "report"))
    done = subprocess.run(
        ["/bin/sh", "-c", f'{before}\nexec "{sys.executable}" "{program}" "{there}" "{back}"'], cwd=folder, capture_output=True,
        env={"PYTHONPATH": str(PACKAGE.parent), **environment}, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return pickle.loads(back.read_bytes())


def test_the_same_report_comes_from_where_course_folder_and_environment_are_gone(job, lesson, tmp_path):
    """Both in processes of their own: in this one pytest adds to what a failing assertion says."""
    here = graded_by(tmp_path / "here", job, **{**os.environ, settings.COURSE: str(lesson.root)})
    assert (here.result.score, here.result.max_score) == (5.0, 10.0)
    shutil.rmtree(lesson.root)
    there = graded_by(tmp_path / "there", job, f'rmdir "{tmp_path / "there"}"')
    assert not (tmp_path / "there").exists()
    (result, notebook), (ours, our_notebook) = without_times(there), without_times(here)
    assert result == ours
    assert notebook == our_notebook


def test_grading_leaves_the_process_as_it_was(job):
    before = dict(os.environ), os.getcwd(), settings.root(), settings.limits()
    grade(job)
    assert (dict(os.environ), os.getcwd(), settings.root(), settings.limits()) == before


def test_a_report_keeps_every_check_with_name_title_weight_outcome_and_message(job):
    result = grade(job).result
    kept = Result.restored(json.loads(json.dumps(result.stored())))
    assert kept == result
    checks = [check for cell in kept.cells for check in cell.checks]
    assert len(checks) == 4
    assert all(check.name and check.title and check.weight > 0 and check.outcome for check in checks)
    assert any(check.message for check in checks)


def test_a_fault_names_the_courses_own_files_and_not_the_copies(job):
    files = {name: content for name, content in job.lesson.files if "checks" not in name}
    broken = "autograder/checks/test_01_halves.py"
    content = b"import pytest\nthis is no Python\n"
    lesson = dataclasses.replace(job.lesson, digest="broken", files=tuple(sorted({**files, broken: content}.items())))
    report = grade(dataclasses.replace(job, lesson=lesson))
    assert report.result.verdict == "INFRA"
    assert report.result.score is None
    assert str(unpack(lesson).root) not in report.result.reason


def test_a_lesson_comes_out_of_its_package_as_it_went_in(lesson):
    packed = pack(lesson)
    again = unpack(pickle.loads(pickle.dumps(packed)))
    assert again.root != lesson.root
    assert again.read_release() == lesson.read_release()
    assert again.checks.read_bytes() == lesson.checks.read_bytes()
    assert pack(dataclasses.replace(again)).digest == packed.digest


def test_a_lesson_of_which_a_file_is_missing_is_not_packed(lesson):
    lesson.release.unlink()
    with pytest.raises(CourseError, match=r"01_halves\.ipynb: No such file.*autograder build"):
        pack(lesson)


def test_a_notebook_comes_back_as_it_was_run(job):
    notebook = grade(job).read_notebook()
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells if cell.id == "half"] == [WRONG]


def test_a_disk_that_is_full_while_a_lesson_is_unpacked_is_infra_and_leaves_no_half_file(job, monkeypatch):
    def full(path, content, **options):
        raise OSError(28, "No space left on device")

    fresh = dataclasses.replace(job, lesson=dataclasses.replace(job.lesson, digest="of another course"))
    with monkeypatch.context() as patch:
        patch.setattr("autograder.files.write", full)
        report = grade(fresh)
    assert (report.result.verdict, report.result.score) == ("INFRA", None)
    assert "No space left" in report.result.reason
    assert grade(fresh).result.verdict == "GRADED"


def test_two_courses_in_one_process_have_their_own_thresholds(tmp_path):
    from autograder.networks import threshold

    for name, value in (("one", 0.1), ("two", 0.2)):
        (tmp_path / name / "assets").mkdir(parents=True)
        facts = {"photos": {"a": {"threshold": value, "floors": {}}}}
        (tmp_path / name / "assets" / "calibration.json").write_text(json.dumps(facts))
        with settings.using(Settings(tmp_path / name, tmp_path / name, settings.Limits())):
            assert threshold.limits()["a"].threshold == value


def test_where_a_packed_lesson_comes_from_is_hidden(tmp_path):
    from autograder.sandbox.hidden import hidden, private

    with settings.using(Settings(tmp_path, tmp_path, settings.Limits(), hidden=(tmp_path / "course",))):
        assert tmp_path / "course" in hidden()
        assert tmp_path / "course" in list(private())
