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


# What only the other extras bring, and what a learner's session need not have.
OTHER_EXTRAS = ("nbgrader", "nbconvert", "bs4", "sqlalchemy", "jupytext", "distributed", "watchfiles")


def test_a_learners_commands_need_no_more_than_the_extra_grader(tmp_path):
    """Neither nbgrader nor what tells of saved files is there; nor, for a session, what runs a kernel."""
    lesson = tiny.make_course(tmp_path / "course")
    path = tmp_path / f"{lesson.name}.ipynb"
    path.write_text(nbformat.writes(tiny.right(lesson)), "utf-8")
    (tmp_path / "learner.py").write_text(
        "import sys\n"
        f"for name in {OTHER_EXTRAS + ELSEWHERE!r}:\n"
        "    sys.modules[name] = None\n"
        "from autograder.cli import main\n"
        "from tests.support import alone\n"
        "alone.steps()\n"
        f"for line in (['watch', '--no-sandbox', {str(path)!r}], ['progress']):\n"
        "    sys.argv[1:] = line\n"
        "    try:\n"
        "        main()\n"
        "    except SystemExit as end:\n"
        "        print('status', end.code, flush=True)\n"
    )
    done = tiny.run([sys.executable, str(tmp_path / "learner.py")], lesson.root)
    assert done.stdout.count("status 0") == 2, (done.stdout[-2000:], done.stderr[-2000:])
    assert "10 / 10 points" in done.stdout and "2 of 2" in done.stdout
    assert "There is no sandbox: each of these notebooks is run as an ordinary program of yours." in done.stdout


def test_a_session_is_checked_and_remembered_with_the_package_alone(tmp_path):
    lesson = tiny.make_course(tmp_path / "course")
    alone = (*OTHER_EXTRAS, "zmq", "jupyter_client", "nbclient", "pebble", "greenlet")
    (tmp_path / "session.py").write_text(
        "import sys\n"
        f"for name in {alone!r}:\n"
        "    sys.modules[name] = None\n"
        "import autograder, numpy as np\n"
        f"print(autograder.self_check({lesson.name!r}, {{'half': lambda grid: np.asarray(grid) / 2}}).result.score)\n"
        "from autograder.hosts.alone import record\n"
        "print([entry.points for entry in record.read()[0].values()])\n"
        "from autograder.cli import main\n"
        "for command in ['progress'], ['check', 'my.ipynb']:\n"
        "    sys.argv[1:] = command\n"
        "    try:\n"
        "        main()\n"
        "    except SystemExit as left:\n"
        "        print('status', left.code)\n"
    )
    done = tiny.run([sys.executable, str(tmp_path / "session.py")], lesson.root)
    assert done.stdout.splitlines()[0] == "5.0", done.stderr[-2000:]
    assert "{'half': 5.0, 'mirror': 0.0}" in done.stdout
    assert "1 of 2" in done.stdout and "status 0" in done.stdout, "`autograder progress` needs no more"
    assert "status 3" in done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("The package greenlet is not installed here.") and "'.[grader,networks]'" in line


def test_these_modules_are_hidden_indeed(tmp_path):
    hides = f"import sys; sys.modules.update(dict.fromkeys({ELSEWHERE!r})); import resource"
    done = subprocess.run([sys.executable, "-c", hides], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in done.stderr
