"""Where the standard library has no `resource` and no `fcntl`, as on Windows, a notebook can still be checked without a sandbox."""

from __future__ import annotations

import json
import subprocess
import sys

import nbformat

from tests.support import tiny

# What Python has on Linux and macOS only.
ELSEWHERE = ("resource", "fcntl", "pwd", "grp", "termios")


def test_a_notebook_is_checked_where_the_modules_of_unix_are_not(tmp_path):
    """The modules are hidden from the command, and not from the kernel, whose own business they are."""
    lesson = tiny.make_course(tmp_path / "course")
    path = tmp_path / f"{lesson.name}.ipynb"
    path.write_text(nbformat.writes(tiny.right(lesson)), "utf-8")
    (tmp_path / "elsewhere.py").write_text(
        "import sys\n"
        f"for name in {ELSEWHERE!r}:\n"
        "    sys.modules[name] = None\n"
        "from autograder.cli import main\n"
        "main()\n"
    )
    done = tiny.run(
        [sys.executable, str(tmp_path / "elsewhere.py"), "check", "--no-sandbox", "--json", str(path)], lesson.root
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)
    assert (result["score"], result["sandbox"]) == (10.0, "none")


def test_these_modules_are_hidden_indeed(tmp_path):
    hides = f"import sys; sys.modules.update(dict.fromkeys({ELSEWHERE!r})); import resource"
    done = subprocess.run([sys.executable, "-c", hides], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in done.stderr
