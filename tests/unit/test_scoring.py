"""The last cell of a lesson: it does nothing unasked, says what is missing, and installs the course's package without anything else."""

from __future__ import annotations

import importlib.util
import io
import subprocess
import sys
import types
import zipfile

import pytest

from autograder import scoring


@pytest.fixture
def pip(monkeypatch) -> list[list[str]]:
    """The course's package is not installed, and a pip that only writes down its command; it cannot install anything."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    commands: list[list[str]] = []

    monkeypatch.setenv("FORCE_COLOR", "1")  # as in a kernel of Jupyter

    def run(command, env, **_):
        commands.append(command)
        said = "WARNING: slow\n      ERROR: no route to the host\nnote: This error originates from a subprocess\n"
        return types.SimpleNamespace(
            returncode=1, stdout="", stderr=said.replace("ERROR", "\x1b[31mERROR") if "FORCE_COLOR" in env else said
        )

    monkeypatch.setattr(subprocess, "run", run)
    return commands


@pytest.mark.parametrize(
    ("asked", "course", "grader", "says"),
    [
        (False, "sample-school/colouring", False, "Write SCORE_ME = True"),
        (True, "sample-school/colouring", True, "A grader, or Validate, is at work"),
        (True, "", False, "write its name as COURSE"),
        (True, "course.zip", False, "There is no file course.zip beside this notebook"),
        (True, "half.zip", False, "half.zip is not a whole zip file. Was its upload finished?"),
        (True, "colouring-main", False, "There is no colouring-main beside this notebook. COURSE is the name of a zip"),
        (True, "https://example.org/a/b", False, "or OWNER/NAME of a repository on GitHub."),
    ],
)
def test_it_installs_nothing_unasked_and_says_what_to_do(
    pip, capsys, monkeypatch, tmp_path, asked, course, grader, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "half.zip").write_bytes(a_zip()[:-40])
    if grader:
        monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert scoring.score_me("01_rgb_grids", asked, course) is None
    assert says in capsys.readouterr().out
    assert pip == []


def a_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("colouring-main/README.md", "A course.\n" * 50)
    return file.getvalue()


@pytest.mark.parametrize(
    "course", ["sample-school/colouring", "https://github.com/sample-school/colouring/", "course.zip"]
)
def test_without_internet_it_says_so_and_pip_was_to_bring_nothing_else(pip, capsys, monkeypatch, tmp_path, course):
    monkeypatch.chdir(tmp_path)
    if course.endswith(".zip"):
        (tmp_path / course).write_bytes(a_zip())
    assert scoring.score_me("01_rgb_grids", True, course) is None
    said = capsys.readouterr().out
    assert "It could not be installed: ERROR: no route to the host\n" in said
    assert f"Is the session on the internet, and does {course} hold the course?" in said
    (command,) = pip
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert "--no-deps" in command
    assert "--no-color" in command
    assert command[-1] in ("https://github.com/sample-school/colouring/archive/HEAD.zip", str(tmp_path / course))


@pytest.mark.parametrize("missing", ["", "psutil"])
def test_the_package_that_is_there_is_asked(capsys, monkeypatch, missing):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)

    def self_check(lesson):
        if missing:
            raise ModuleNotFoundError(name=missing)
        return f"cards of {lesson}"

    monkeypatch.setitem(
        sys.modules,
        "autograder",
        types.SimpleNamespace(self_check=self_check, __spec__=importlib.util.find_spec("autograder")),
    )
    shown = scoring.score_me("01_rgb_grids", True)
    assert shown == (None if missing else "cards of 01_rgb_grids")
    assert missing in capsys.readouterr().out
