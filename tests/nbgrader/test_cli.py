"""The `autograder` command as a shell sees it: exit status, one JSON object, one-line reasons."""

from __future__ import annotations

import json
import subprocess
import sys

import nbformat
import pytest

from autograder.course import samples

COMMAND = [sys.executable, "-c", "from autograder.cli import main; main()"]
KEYS = {
    "lesson",
    "notebook",
    "verdict",
    "score",
    "max_score",
    "seconds",
    "sandbox",
    "repaired",
    "cells",
    "reason",
    "bonus",
}
CELL_KEYS = {"id", "verdict", "points", "max_points", "message"}


def autograder(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


@pytest.fixture
def finished_file(first, finished, tmp_path):
    path = tmp_path / "my homework.ipynb"
    path.write_text(nbformat.writes(finished), "utf-8")
    return path


def test_full_marks_exit_0_and_json_is_one_object_and_nothing_else(finished_file, first):
    done = autograder("check", str(finished_file), "--json")
    found = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert done.returncode == 0, done.stderr
    assert set(found) == KEYS
    assert all(set(cell) == CELL_KEYS for cell in found["cells"])
    assert (found["lesson"], found["verdict"], found["score"]) == (first.name, "GRADED", found["max_score"])
    assert len(found["cells"]) == len(first.exercises())


def test_whatever_else_is_printed_does_not_reach_standard_output():
    code = (
        "import os\nfrom autograder.quiet import quiet_stdout\n"
        "with quiet_stdout() as out:\n    os.system('echo noise')\n    print('noise')\n    out.write('the one object')\n"
        "print(' and after')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "the one object and after\n"
    assert done.stderr.count("noise") == 2


def test_less_than_full_marks_exit_1(first, tmp_path):
    path = tmp_path / f"{first.name}.ipynb"
    one = first.exercises()[0]
    path.write_text(nbformat.writes(samples.submission(first, {one.id: samples.solutions(first)[one.id]})), "utf-8")
    done = autograder("check", str(path))
    assert done.returncode == 1, done.stderr
    assert one.title in done.stdout
    assert "Not answered yet." in done.stdout
    assert f"{one.points:g} / " in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("text", [None, "", "hello", '{"cells": [', "[]", '{"nbformat": 4, "cells": []}'])
def test_what_cannot_be_graded_exits_2_with_one_line_and_no_traceback(tmp_path, text):
    path = tmp_path / "homework.ipynb"
    if text is not None:
        path.write_text(text, "utf-8")
    done = autograder("check", str(path), "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 2
    assert (found["verdict"], found["score"], found["cells"]) == ("REVIEW", None, [])
    assert found["reason"].startswith("homework.ipynb: ")
    shown = autograder("check", str(path))
    assert shown.returncode == 2
    assert "Traceback" not in shown.stdout + shown.stderr + done.stderr
    assert "homework.ipynb: " in shown.stdout


def test_build_check_is_content_with_the_tree():
    """With one lesson, for speed; tests/unit/test_build.py asks the same of each."""
    done = autograder("build", "02_lab_split", "--check")
    assert (done.returncode, done.stdout) == (0, "")


def test_adopt_of_no_notebook_is_one_line(tmp_path):
    path = tmp_path / "01_rgb_grids.ipynb"
    path.write_text("no", "utf-8")
    done = autograder("adopt", str(path))
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_the_demo_does_not_empty_a_folder_that_is_not_its_own(tmp_path):
    (tmp_path / "thesis.txt").write_text("do not delete", "utf-8")
    done = autograder("demo", "--folder", str(tmp_path))
    assert done.returncode == 3
    assert (tmp_path / "thesis.txt").exists()


def test_the_demo_shows_a_class_graded_and_what_to_open(first, tmp_path, monkeypatch, capsys):
    from autograder.cli import demo

    monkeypatch.setattr(demo, "lessons", lambda: [first])
    monkeypatch.chdir(tmp_path)
    assert demo.run_demo(tmp_path / "class") == 0
    shown = capsys.readouterr().out
    whole = sum(exercise.points for exercise in first.exercises())
    assert shown.count(f"{whole:g} / {whole:g}") == 3, "finished, in another style, with its metadata lost"
    assert "REVIEW" in shown
    assert "6 submissions in, 6 verdicts out" in shown
    page = tmp_path / "class" / "feedback" / "sample-4-mistakes" / first.name / f"{first.name}.html"
    assert str(page.relative_to(tmp_path)) in shown
    assert "Try next" in page.read_text("utf-8")


def test_each_exit_status_means_one_thing(finished_file, first, tmp_path, monkeypatch):
    """0 full marks, 1 less, 2 not gradable: above. 3 is the grader's own fault, 64 a wrong command line; each in a line or two."""
    from autograder.cli import main
    from autograder.grading import one_file

    for arguments in (["check"], ["check", "--nonsense"], ["nonsense"], ["check", str(finished_file), "another"]):
        done = autograder(*arguments)
        assert done.returncode == 64, arguments
        assert "Traceback" not in done.stderr
    assert autograder("--help").returncode == 0

    def status_of(problem) -> int:
        monkeypatch.setattr(one_file, "grade_file", lambda path: (_ for _ in ()).throw(problem))
        monkeypatch.setattr(sys, "argv", ["autograder", "check", str(finished_file)])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code

    from autograder.errors import CourseError, NoSandbox

    assert status_of(CourseError("the secret is damaged")) == 3
    assert status_of(NoSandbox("no sandbox")) == 3
    assert status_of(RuntimeError("a bug of the grader's")) == 3
    assert status_of(KeyboardInterrupt()) == 130


def test_a_fault_of_the_grader_is_one_line(finished_file, tmp_path):
    """A secret that is damaged, a release that is not there: no traceback, status 3."""
    import os

    (tmp_path / "secret").write_text("damaged", "ascii")
    for environment in ({"AUTOGRADER_SECRET_FILE": str(tmp_path / "secret")}, {"AUTOGRADER_COURSE": str(tmp_path)}):
        done = subprocess.run(
            [*COMMAND, "check", str(finished_file)], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
            env={**os.environ, **environment},
        )  # fmt: skip
        assert done.stdout == ""
        assert (done.returncode, len(done.stderr.strip().splitlines())) == (3, 1), done.stderr
