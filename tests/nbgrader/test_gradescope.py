"""`autograder export gradescope`: the zip, unpacked and run as Gradescope does it, in a folder of its own."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

from autograder.course.catalog import Lesson
from autograder.hosts.gradescope.results import as_results
from autograder.results import CellResult, CheckResult, Outcome, Result, Verdict
from tests.support import canned, tiny
from tests.support.once import folder_made_once

VISIBILITIES = {"visible", "hidden", "after_due_date", "after_published"}


def unpacked_root(folder: Path) -> None:
    """What Gradescope makes of the zip while it builds the image: `source`, and the script in its place."""
    lesson = tiny.make_course(folder / "course")
    done = tiny.autograder(lesson.root, "export", "gradescope", lesson.name, "--to", "grader.zip")
    assert done.returncode == 0, done.stderr
    root = folder / "autograder"
    with zipfile.ZipFile(lesson.root / "grader.zip") as archive:
        for info in archive.infolist():
            path = Path(archive.extract(info, root / "source"))
            path.chmod(info.external_attr >> 16 & 0o777)
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    for name in ("submission", "results"):
        (root / name).mkdir()
    assert run(root, AUTOGRADER_PROVE="1").returncode == 0


def run(root: Path, **variables: str) -> subprocess.CompletedProcess:
    """`run_autograder` with nothing of this process' environment but what finds programs."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "LANG": "C.UTF-8"}
    # The packages of this Python have been looked through already.
    environment["XDG_CACHE_HOME"] = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    environment |= {"AUTOGRADER_ROOT": str(root), "AUTOGRADER_PYTHON": sys.executable, **variables}
    return subprocess.run(
        [root / "run_autograder"], cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def root(tmp_path_factory, tmp_path) -> Path:
    made = folder_made_once(tmp_path_factory, "gradescope", unpacked_root)
    shutil.copytree(made, tmp_path / "gradescope", symlinks=True)
    return tmp_path / "gradescope" / "autograder"


def results(root: Path) -> dict:
    return json.loads((root / "results" / "results.json").read_text("utf-8"))


def submission(root: Path) -> tuple[Lesson, Path]:
    return Lesson(tiny.NAME, root / "source"), root / "submission" / f"{tiny.NAME}.ipynb"


def write(notebook, path: Path) -> None:
    path.write_text(nbformat.writes(notebook), "utf-8")


def test_a_submission_is_graded_check_by_check(root):
    lesson, path = submission(root)
    notebook = tiny.right(lesson)
    next(cell for cell in notebook.cells if cell.id == "half").source = canned.WRONG
    write(notebook, path)
    done = run(root)
    assert done.returncode == 0, done.stdout + done.stderr
    found = results(root)
    assert found["score"] == pytest.approx(math.fsum(test["score"] for test in found["tests"]), abs=1e-3)
    assert 5 <= found["score"] < 10
    assert math.fsum(test["max_score"] for test in found["tests"]) == pytest.approx(10, abs=1e-3)
    assert {test["visibility"] for test in found["tests"]} <= VISIBILITIES
    assert all({"name", "number", "output", "output_format", "status"} <= test.keys() for test in found["tests"])
    assert any(test["status"] == "failed" and test["output"] for test in found["tests"])
    assert found["stdout_visibility"] == "hidden" and found["extra_data"]["verdict"] == "GRADED"


def test_where_no_sandbox_holds_nothing_is_graded_and_the_options_are_named(root):
    lesson, path = submission(root)
    write(tiny.right(lesson), path)
    (root / "results" / "results.json").write_text("{}")
    # As in a container that may not make namespaces.
    (root / "source" / "sitecustomize.py").write_text(
        "from autograder.sandbox import isolation\nisolation.candidates = lambda: ()\n"
    )
    done = run(root)
    assert done.returncode == 3
    assert "No sandbox holds in this container" in done.stdout and "--no-sandbox" in done.stdout
    assert not (root / "results" / "results.json").exists(), "nobody gets a zero, or the points of another run"


@pytest.mark.parametrize("content", [None, "no notebook"])
def test_what_is_no_notebook_is_said_to_be_no_grade(root, content):
    if content is not None:
        submission(root)[1].write_text(content)
    done = run(root)
    assert done.returncode == 0, done.stdout + done.stderr
    found = results(root)
    assert (found["score"], found["tests"], found["extra_data"]["verdict"]) == (0, [], "REVIEW")
    assert "This is not a grade" in found["output"]


def test_the_zip_has_one_lesson_a_secret_of_its_own_and_no_answers(root):
    files = [path.relative_to(root / "source").as_posix() for path in (root / "source").rglob("*") if path.is_file()]
    secret = (root / "source" / ".autograder" / "secret").read_text()
    assert len(bytes.fromhex(secret)) == 32 and secret != tiny.SECRET
    assert [name for name in files if "checks/test_" in name] == [f"autograder/checks/test_{tiny.NAME}.py"]
    assert not any("/answers/" in name or "__pycache__" in name for name in files)
    pinned = (root / "source" / "requirements.txt").read_text().splitlines()
    assert all("==" in line for line in pinned)
    assert {"numpy", "nbclient", "tensorflow"} <= {line.partition("==")[0] for line in pinned}
    assert os.access(root / "source" / "setup.sh", os.X_OK)
    for script in ("setup.sh", "run_autograder"):
        assert subprocess.run(["bash", "-n", root / "source" / script], check=False).returncode == 0


def test_a_test_says_what_the_card_says_and_no_more():
    checks = [
        CheckResult("test_a", "x", "The sum\nis right", 2.0, Outcome.FAILED, "It is \x1b[31m3."),
        CheckResult("test_b", "x", "In order", 1.0, Outcome.PASSED, needs="test_a"),
        CheckResult("test_c", "x", "Not now", 1.0, Outcome.OFF, "it is wrong"),
    ]
    cells = [
        CellResult("x_check", "Exercise 1", Verdict.GRADED, 0.0, 3.0, "It is 3.", checks),
        CellResult("y_check", "Exercise 2", Verdict.GRADED, 0.0, 2.0, "Not answered yet.", checks, blank=True),
    ]
    found = as_results(Result("x", "x", Verdict.GRADED, 0.0, 5.0, 1.0, "none", cells=cells))
    said = [(t["number"], t["name"], t["score"], t["max_score"], t["output"]) for t in found["tests"]]
    assert said == [
        ("1.1", "Exercise 1: The sum is right", 0.0, 2.0, "It is 3."),
        (
            "1.2",
            "Exercise 1: In order",
            0.0,
            1.0,
            "Not counted yet: the first check of this exercise has to pass first.",
        ),
        ("1.3", "Exercise 1: Not now", 0.0, 0.0, "Not asked, and not counted: it is wrong"),
        ("2", "Exercise 2", 0.0, 2.0, "Not answered yet."),
    ]
    assert "test_a" not in json.dumps(found)
