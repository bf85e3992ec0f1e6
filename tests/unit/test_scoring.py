"""The last cell of a lesson: it does nothing unasked, says what is missing, takes a zip without internet, and installs nothing but the course's package."""

from __future__ import annotations

import importlib.util
import io
import os
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import pytest

from autograder import scoring, settings


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
        (True, "photos.zip", False, "photos.zip does not hold the checks: there is no folder autograder in it."),
        (True, "secret.zip", False, "secret.zip cannot be unpacked: File <"),
        (True, "colouring-main", False, "There is no colouring-main beside this notebook. COURSE is the name of a zip"),
        (True, "https://example.org/a/b", False, "or OWNER/NAME of a repository on GitHub."),
    ],
)
def test_it_installs_nothing_unasked_and_says_what_to_do(
    pip, capsys, monkeypatch, tmp_path, asked, course, grader, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "half.zip").write_bytes(a_zip()[:-40])
    (tmp_path / "photos.zip").write_bytes(a_zip())
    (tmp_path / "secret.zip").write_bytes(encrypted(a_zip()))
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


def encrypted(packed: bytes) -> bytes:
    """The same zip, which says of its file that a password is needed."""
    place = packed.index(b"PK\x01\x02") + 8
    return packed[:6] + b"\x01" + packed[7:place] + b"\x01" + packed[place + 1 :]


@pytest.mark.parametrize("course", ["sample-school/colouring", "https://github.com/sample-school/colouring/"])
def test_without_internet_it_says_so_and_pip_was_to_bring_nothing_else(pip, capsys, course):
    assert scoring.score_me("01_rgb_grids", True, course) is None
    said = capsys.readouterr().out
    assert "It could not be installed: ERROR: no route to the host\n" in said
    assert f"Is the session on the internet, and does {course} hold the course?" in said
    (command,) = pip
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert "--no-deps" in command
    assert "--no-color" in command
    assert command[-1] == "https://github.com/sample-school/colouring/archive/HEAD.zip"


# A learner's session: the packages that Colab has, not the course's, and no way out.
SESSION = """
import importlib.util, runpy, socket, subprocess, sys
sys.path.append(sys.argv[1])
spec = importlib.util.find_spec("autograder")  # a folder with the lessons, without code, may lie there
assert spec is None or spec.origin is None
def no_way(*_): raise OSError("no route to the host")
socket.socket.connect = no_way
print(runpy.run_path(sys.argv[2])["score_me"]("01_rgb_grids", True, sys.argv[3]), flush=True)
subprocess.run(["autograder", "certificate", "--help"])
"""


def scored(folder: Path, course: str) -> str:
    """What a session says that scores itself by what lies in its folder, and then asks for the certificate's help."""
    # -S: without what an environment adds, so without the course's own package.
    packages = importlib.util.find_spec("numpy").submodule_search_locations[0].removesuffix("numpy")
    temporary = folder / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-S", "-c", SESSION, packages, scoring.__file__, course],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PATH": os.defpath, "HOME": str(folder), "PIP_INDEX_URL": "http://127.0.0.1:9/", "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert list(temporary.iterdir()) == [], "what was unpacked goes with the session"
    return done.stdout + done.stderr


@pytest.mark.parametrize("course", ["course.zip", "once more.zip", "a folder", "flat.whl"])
def test_with_a_zip_or_a_folder_no_internet_is_needed(tmp_path, course):
    inside = {"once more.zip": "unpacked/colouring-main/", "flat.whl": ""}.get(course, "colouring-main/")
    with zipfile.ZipFile(tmp_path / "made", "w") as packed:
        packed.writestr(f"{inside}autograder/__init__.py", "def self_check(lesson): return f'cards of {lesson}'")
        packed.writestr(f"{inside}autograder/cli.py", "import sys\ndef main(): print(*sys.argv[1:], 'was run')")
    if "." in course:
        (tmp_path / "made").rename(tmp_path / course)
    else:
        zipfile.ZipFile(tmp_path / "made").extractall(tmp_path / course)
    assert scored(tmp_path, course) == "cards of 01_rgb_grids\ncertificate --help was run\n"


def test_a_zip_of_the_whole_course_gives_cards_and_total(tmp_path):
    root = settings.root()
    told = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    with zipfile.ZipFile(tmp_path / "course.zip", "w") as packed:
        for name in filter(None, told.split("\0")):
            packed.write(root / name, f"colouring-main/{name}")
    said = scored(tmp_path, "course.zip")
    assert "0 / 30 points" in said and "Exercise 1.14" in said, said
    assert "Draw what your network of lesson 4 made" in said


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
