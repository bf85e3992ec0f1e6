"""No command passes on what TensorFlow, CUDA, absl, h5py or matplotlib say of themselves, not even when a user runs the first one."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.support import tiny

LIBRARIES = re.compile(
    r"tensorflow|tf-trt|cuda|cudnn|cufft|cublas|absl|onednn|\bxla\b|h5py|hdf5|font cache|matplotlib", re.I
)
LESSON = tiny.WITH_NETWORK
HANDED_IN = f"submitted/first/{LESSON}/{LESSON}.ipynb"
AUTOGRADER = [sys.executable, "-c", "from autograder.cli import main; main()"]
# In the order of a term; each finds what those before it made.
COMMANDS = [
    ("nbgrader", "generate_assignment", LESSON, "--force"), ("autograder", "check", HANDED_IN),
    ("autograder", "grade", LESSON), ("nbgrader", "autograde", LESSON, "--force"), ("nbgrader", "generate_feedback", LESSON),
    ("nbgrader", "export"), ("autograder", "due"), ("autograder", "report"), ("autograder", "export", "long"), ("autograder", "rejudge", LESSON),
    ("autograder", "integrity"), ("nbgrader", "validate", HANDED_IN), ("autograder", "doctor"),
]  # fmt: skip


@pytest.mark.slow
def test_no_library_says_anything_on_a_commands_stderr(tmp_path):
    lesson = tiny.make_course(tmp_path / "course", LESSON)
    tiny.submit(lesson, "first", tiny.right(lesson))
    for number, (program, *arguments) in enumerate(COMMANDS):
        home = tmp_path / f"home-{number}"
        home.mkdir()
        environment = {**tiny.environment(lesson.root), "HOME": str(home), "MPLCONFIGDIR": str(home / "mpl")}
        start = AUTOGRADER if program == "autograder" else [sys.executable, "-m", "nbgrader"]
        done = subprocess.run(
            [*start, *arguments], cwd=lesson.root, env=environment, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, check=False, timeout=300,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, (arguments, done.stderr[-2000:])
        noise = [line for line in done.stderr.splitlines() if LIBRARIES.search(line)]
        assert not noise, (program, arguments, noise[:5])
