"""nbgrader stays nbgrader: its plain commands and the formgrader's own API grade a class, and one bad submission stops nobody."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from autograder import settings
from autograder.course import catalog, samples
from autograder.course.catalog import nbgrader_facts
from autograder.course.checkfile import hidden_checks
from autograder.hosts.nbgrader import install
from tests.conftest import answer_cell

install.patch()  # first: it lets nbgrader find `alembic` in an environment that is not activated


pytestmark = pytest.mark.xdist_group("nbgrader")  # the class is graded once


def nbgrader(folder, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """A plain nbgrader command, as in an environment that was not activated."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    env = {**os.environ, "PATH": "/usr/bin:/bin", **environment}
    return subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class of the first lesson, taken through generate_assignment, autograde, generate_feedback and export."""
    lesson = catalog.lessons()[0]
    folder = tmp_path_factory.mktemp("class")
    shutil.copy(settings.root() / "nbgrader_config.py", folder)
    shutil.copytree(lesson.solution.parent, folder / "solutions" / lesson.name)
    full = samples.submission(lesson, samples.solutions(lesson))
    last = lesson.exercises()[-1].id
    bad = samples.submission(
        lesson, {**samples.solutions(lesson), last: f"def {last}(*a, **k):\n    return '<script>alert(1)</script>'"}
    )
    duplicated = samples.submission(lesson, samples.solutions(lesson))
    duplicated.cells.insert(3, answer_cell(lesson.read_release(), last))
    buyer = lesson.read_release()
    for cell in buyer.cells:
        if nbgrader_facts(cell).get("grade"):
            cell.source = f"{nbgrader_facts(cell)['points']}"
            cell.metadata["tags"] = ["skip-execution"]
    class_ = {
        "sample-h-misnamed": nbformat.writes(full),
        "sample-j-misnamed-cut-off": nbformat.writes(full)[:4000],
        "sample-i-other": nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])),
        "sample-z-cut-off": nbformat.writes(full)[:5000],
        "sample-b-duplicated": nbformat.writes(duplicated),
        "sample-c-full": nbformat.writes(full),
        "sample-d-mistake": nbformat.writes(bad),
        "sample-e-blank": nbformat.writes(lesson.read_release()),
        "sample-f-buyer": nbformat.writes(buyer),
        "sample-g-no-metadata": nbformat.writes(
            samples.without_metadata(samples.submission(lesson, samples.solutions(lesson)))
        ),
    }
    names = {"sample-h-misnamed": f"{lesson.name} (1).ipynb", "sample-j-misnamed-cut-off": "homework.ipynb"}
    for student, text in class_.items():
        path = folder / "submitted" / student / lesson.name / names.get(student, f"{lesson.name}.ipynb")
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    logs = {}
    for step in (
        ["generate_assignment", lesson.name],
        ["autograde", lesson.name],
        ["generate_feedback", lesson.name],
        ["export"],
    ):
        logs[step[0]] = nbgrader(folder, *step)
        assert logs[step[0]].returncode == 0, logs[step[0]].stderr[-3000:]
    return lesson, folder, logs


@pytest.fixture
def scores(graded):
    _, folder, _ = graded
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        return {row["student_id"]: row["score"] and float(row["score"]) for row in csv.DictReader(file)}


def test_grades_are_what_was_earned(graded, scores):
    lesson, _, _ = graded
    whole = sum(exercise.points for exercise in lesson.exercises())
    assert scores == {
        "sample-z-cut-off": "",
        "sample-b-duplicated": whole,
        "sample-c-full": whole,
        "sample-d-mistake": whole - lesson.exercises()[-1].points,
        "sample-e-blank": 0,
        "sample-f-buyer": 0,
        "sample-g-no-metadata": whole,
        "sample-h-misnamed": whole,
        "sample-i-other": "",
        "sample-j-misnamed-cut-off": "",
    }


def test_an_unreadable_submission_waits_for_a_human_and_is_not_a_zero(graded):
    from nbgrader.api import Gradebook

    lesson, folder, logs = graded
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        for student in ("sample-z-cut-off", "sample-i-other", "sample-j-misnamed-cut-off"):
            waiting = gradebook.find_submission(lesson.name, student)
            assert waiting.needs_manual_grade
            assert all(grade.auto_score is None for notebook in waiting.notebooks for grade in notebook.grades)
        assert not gradebook.find_submission(lesson.name, "sample-c-full").needs_manual_grade
    assert logs["autograde"].stderr.count("no valid JSON") == 2, "also after other submissions were graded"
    page = (folder / "autograded" / "sample-z-cut-off" / lesson.name / f"{lesson.name}.ipynb").read_text("utf-8")
    assert json.loads(page)["metadata"]["autograder"]["repaired"] == [], "nothing of it was mended"
    assert "Traceback" not in logs["autograde"].stderr
    page = (folder / "feedback" / "sample-z-cut-off" / lesson.name / f"{lesson.name}.html").read_text("utf-8")
    assert "no valid JSON" in page
    assert "No response" not in page, "nobody knows what was in it"
    kept = (folder / "submitted" / "sample-z-cut-off" / lesson.name / f"{lesson.name}.ipynb").read_text("utf-8")
    assert len(kept) == 5000, "a submission is never changed or lost"
    assert [path.name for path in (folder / "submitted" / "sample-h-misnamed" / lesson.name).iterdir()] == [
        f"{lesson.name} (1).ipynb"
    ]


def test_a_grade_cells_output_is_one_float_and_one_card(graded):
    lesson, folder, _ = graded
    for student in ("sample-c-full", "sample-f-buyer"):
        notebook = nbformat.read(folder / "autograded" / student / lesson.name / f"{lesson.name}.ipynb", as_version=4)
        for cell in notebook.cells:
            if nbgrader_facts(cell).get("grade"):
                (output,) = cell.outputs
                assert 0 <= float(output.data["text/plain"]) <= nbgrader_facts(cell)["points"]
                assert "Exercise" in output.data["text/html"]


def test_feedback_says_what_to_try_next_and_runs_no_script(graded):
    lesson, folder, _ = graded
    page = (folder / "feedback" / "sample-d-mistake" / lesson.name / f"{lesson.name}.html").read_text("utf-8")
    assert "Try next" in page
    assert lesson.exercises()[-1].title in page
    assert "<script>alert(1)" not in page
    assert "attachment:" not in page, "the lesson's opening picture is lost"


def test_no_hidden_check_is_in_what_a_student_gets_back(graded):
    lesson, folder, _ = graded
    names = [name for checks in hidden_checks(lesson).values() for name in checks]
    for path in [*folder.glob("feedback/*/*/*.html"), *folder.glob("autograded/*/*/*.ipynb")]:
        text = path.read_text("utf-8")
        assert not [name for name in names if name in text], path


def test_a_second_run_changes_nothing_and_keeps_manual_grades(graded, scores):
    from nbgrader.api import Gradebook

    lesson, folder, _ = graded
    student, exercise = "sample-e-blank", lesson.exercises()[0]
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        saved = gradebook.find_grade(exercise.check_id, lesson.name, lesson.name, student)
        saved.manual_score = 1.0
        comment = gradebook.find_comment(exercise.id, lesson.name, lesson.name, student)
        comment.manual_comment = "A good start."
        gradebook.db.commit()
    done = nbgrader(folder, "autograde", lesson.name, "--student", student, "--force")
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        assert gradebook.find_submission(lesson.name, student).score == 1.0
    assert nbgrader(folder, "generate_feedback", lesson.name, "--student", student, "--force").returncode == 0
    page = (folder / "feedback" / student / lesson.name / f"{lesson.name}.html").read_text("utf-8")
    assert "1 / " in page
    assert "A good start." in page
    assert page.count(f'"#comment-{exercise.id}"') == 1, "a link in the summary"
    assert page.count('"#comment-') == 1, "and nobody else wrote"


def test_with_a_damaged_secret_nothing_is_graded_and_the_next_run_tries_again(graded, tmp_path):
    from nbgrader.api import Gradebook, MissingEntry

    lesson, folder, _ = graded
    shutil.copytree(folder / "submitted" / "sample-c-full", folder / "submitted" / "sample-k-late")
    (tmp_path / "secret").write_text("damaged", "ascii")
    only = ("autograde", lesson.name, "--student", "sample-k-late")
    failed = nbgrader(folder, *only, AUTOGRADER_SECRET_FILE=str(tmp_path / "secret"))
    assert failed.returncode == 1
    assert "secret cannot be read" in failed.stderr
    assert "Traceback" not in failed.stderr
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook, pytest.raises(MissingEntry):
        gradebook.find_submission(lesson.name, "sample-k-late")
    again = nbgrader(folder, *only)
    assert again.returncode == 0, again.stderr
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        submission = gradebook.find_submission(lesson.name, "sample-k-late")
        assert submission.score == submission.max_score
        assert not submission.needs_manual_grade


def test_points_that_the_instructor_changed_in_the_gradebook_are_shared_out(graded, tmp_path):
    lesson, folder, _ = graded
    for name in ("solutions", "submitted/sample-c-full"):
        shutil.copytree(folder / name, tmp_path / name)
    shutil.copy(folder / "nbgrader_config.py", tmp_path)
    source = tmp_path / "solutions" / lesson.name / f"{lesson.name}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    checks = [cell for cell in notebook.cells if nbgrader_facts(cell).get("grade")]
    for cell, points in zip(checks, [10.0, *[0.5] * (len(checks) - 1)], strict=True):
        cell.metadata.nbgrader.points = points
    nbformat.write(notebook, source)
    for step in (["generate_assignment", lesson.name], ["autograde", lesson.name], ["export"]):
        done = nbgrader(tmp_path, *step)
        assert done.returncode == 0, done.stderr
    with open(tmp_path / "grades.csv", encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert float(row["score"]) == float(row["max_score"]) == 10 + 0.5 * (len(checks) - 1)


def test_an_assignment_of_the_instructors_own_is_graded_as_nbgrader_always_did(tmp_path):
    shutil.copy(settings.root() / "nbgrader_config.py", tmp_path)
    cells = [
        nbformat.v4.new_code_cell("### BEGIN SOLUTION\nx = 2\n### END SOLUTION", metadata={"nbgrader": dict(grade_id="a", solution=True, grade=False, locked=False, schema_version=3, task=False)}),
        nbformat.v4.new_code_cell("assert x == 2", metadata={"nbgrader": dict(grade_id="t", solution=False, grade=True, locked=True, points=3, schema_version=3, task=False)}),
    ]  # fmt: skip
    notebook = nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    )
    for place in ("solutions/exam/exam.ipynb", "submitted/sample-1/exam/exam.ipynb"):
        (tmp_path / place).parent.mkdir(parents=True)
        nbformat.write(notebook, tmp_path / place)
    for step in (["generate_assignment", "exam"], ["autograde", "exam"], ["generate_feedback", "exam"], ["export"]):
        done = nbgrader(tmp_path, *step)
        assert done.returncode == 0, done.stderr
    assert ",3.0," in (tmp_path / "grades.csv").read_text("utf-8")


def test_the_formgraders_own_api_grades_with_the_same_judge(graded):
    """The formgrader's button calls this API inside a running event loop."""
    lesson, folder, _ = graded
    code = f"""
import asyncio, json, os
os.chdir({str(folder)!r})
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
app = NbGrader(); app.load_config_file()
from nbgrader.coursedir import CourseDirectory
config = app.config
api = NbGraderAPI(CourseDirectory(config=config), config=config)
async def button():
    return api.autograde({lesson.name!r}, "sample-c-full", force=True)
done = asyncio.run(button())
print(json.dumps({{"success": done["success"], "log": done.get("log", "")[-2000:], "error": done.get("error", "")}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1])["success"], done.stdout
    notebook = nbformat.read(
        folder / "autograded" / "sample-c-full" / lesson.name / f"{lesson.name}.ipynb", as_version=4
    )
    assert notebook.metadata["autograder"]["result"]["score"] == sum(e.points for e in lesson.exercises())
