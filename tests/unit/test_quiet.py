"""What commands print: TensorFlow's log is not on the screen, everything else is; limits have their units."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import fields

import pytest

from autograder import settings
from autograder.cli import machine
from autograder.settings import Limits

COMMAND = [sys.executable, "-c", "from autograder.cli import main; main()"]

NOISE = [
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
    "I0000 00:00:1795677206.868326   12960 port.cc:153] oneDNN custom operations are on.",
    "E0000 00:00:1795677206.868326   12960 cuda_dnn.cc:8579] Unable to register cuDNN factory",
    "W0000 00:00:1795677206.868326 12960 computation_placer.cc:177] computation placer already registered.",
    "2026-03-01 10:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.",
    "2026-03-01 10:00:00.123456: W external/local_xla/xla/tsl.cc:1] XLA",
    "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow with the appropriate compiler flags.",
]
SAID = [
    "F0000 00:00:1795677206.868326   12960 cuda.cc:1] Fatal", "WARNING: something else", "I am a line", "2026-03-01 10:00:00 a time", "Traceback", "",
    "ends without a line break",
]  # fmt: skip


def test_the_log_of_tensorflow_is_left_out_and_nothing_else():
    code = "import os, sys\nfrom autograder.quiet import without_noise\nwith without_noise():\n    os.write(2, sys.argv[1].encode())\nos.write(2, b' after')"
    text = "\n".join([*NOISE, *SAID])
    done = subprocess.run([sys.executable, "-c", code, text], capture_output=True, text=True, check=True)
    assert done.stderr == "\n".join(SAID) + " after"


def test_what_is_said_before_a_sudden_end_is_shown():
    code = "import os\nfrom autograder.quiet import without_noise\nwith without_noise():\n    os.write(2, b'last words\\n')\n    os._exit(3)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "last words\n")


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["doctor", "--json"], ["bench", "training", "--epochs=1", "--json"], ["bench", "sandbox", "--rounds=1", "--json"]], ids=" ".join)  # fmt: skip
def test_a_command_says_nothing_beside_its_result(arguments):
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    json.loads(done.stdout)


def test_every_limit_has_a_unit_and_says_what_it_bounds():
    assert list(machine.LIMIT) == [field.name for field in fields(Limits)]
    for name, (unit, about) in machine.LIMIT.items():
        assert unit and about, name
        in_bytes = isinstance(getattr(Limits(), name), int) and getattr(Limits(), name) >= 2 << 20
        assert (unit == machine.BYTES) == in_bytes, name
        if isinstance(getattr(Limits(), name), float) and name != "stretch":  # a factor
            assert unit == machine.SECONDS, name


# -- what git leaves alone --------------------------------------------------------------------------------------------


def made_by_nbgrader() -> dict[str, str]:
    """What nbgrader's commands make in this course's folder by their defaults and its config; by what names it."""
    from nbgrader.apps.zipcollectapp import ZipCollectApp
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(settings.root())).load_config()
    directory, zips = CourseDirectory(config=config), ZipCollectApp(config=config)
    steps = {name: getattr(directory, name) for name in CourseDirectory.class_trait_names(config=True) if name.endswith("_directory")}  # fmt: skip
    kept = {"source_directory", "release_directory"}
    assert {steps.pop(name) for name in kept} == {"solutions", "lessons"}
    return steps | {"downloaded_directory": zips.downloaded_directory}


def ignored(path: str) -> bool:
    done = subprocess.run(["git", "check-ignore", "-q", "--no-index", path], cwd=settings.root(), check=False)
    return done.returncode == 0


def test_git_leaves_alone_what_nbgrader_makes_in_the_course_folder():
    folders = made_by_nbgrader()
    assert len(folders) >= 6
    made = [f"{folder}/x/y.ipynb" for folder in folders.values()]
    made += ["gradebook.db", "gradebook.db-journal", "gradebook.db-wal", "gradebook.db.2026-03-01T10:00:00", "grades.csv", ".grades.csv.x.partial"]  # fmt: skip
    made += [
        ".nbgrader.log",
        ".autograder/secret",
        ".autograder/journal.jsonl",
        "lessons/01_x/.ipynb_checkpoints/a.ipynb",
    ]
    assert [path for path in made if not ignored(path)] == []
    kept = [
        "solutions/01_x.py",
        "lessons/01_x/01_x.ipynb",
        "solutions/01_x/01_x.ipynb",
        "nbgrader_config.py",
        "limits.toml",
    ]
    assert [path for path in kept if ignored(path)] == []
    assert re.search("downloaded", (settings.root() / ".gitignore").read_text("utf-8"))
