"""The environment that the grader was started in changes no grade: under every variable, through every door, the same scores or one line.

The tables name every variable that this Python and this pytest read; a new one fails a test here before it changes a grade.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import environment
from autograder.sandbox import backend
from tests.support import tiny
from tests.support.variables import (
    HARMLESS,
    LIBRARIES,
    MACHINE,
    MIRROR_WRONG,
    NOT_READ,
    PYTEST,
    PYTHON,
    REFUSED,
    SCORES,
    WHOLE,
)

pytestmark = pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine")


@pytest.fixture(scope="module")
def course_(tmp_path_factory):
    """A small course with a right, a half right and a blank submission, and traps in every place that a variable may lead to."""
    folder = tmp_path_factory.mktemp("environment")
    lesson = tiny.make_course(folder)
    wrong = tiny.right(lesson)
    next(cell for cell in wrong.cells if cell.id == "mirror").source = MIRROR_WRONG
    for student, notebook in (("right", tiny.right(lesson)), ("wrong", wrong), ("blank", lesson.read_release())):
        tiny.submit(lesson, student, notebook)
    for name in (
        "path",
        "cache",
        "keras",
        "jupyter",
        "ipython/profile_default/startup",
        MACHINE["TMPDIR"].partition("/")[2],
    ):
        (folder / name).mkdir(parents=True)
    (folder / "path" / "conftest.py").write_text("def pytest_collection_modifyitems(items):\n    items.clear()\n")
    (folder / "path" / "usercustomize.py").write_text("import warnings\nwarnings.simplefilter('error')\n")
    (folder / "keras" / "keras.json").write_text(
        json.dumps({"floatx": "float16", "image_data_format": "channels_first"})
    )
    (folder / "ipython" / "profile_default" / "startup" / "00.py").write_text("raise SystemExit(9)\n")
    for name in ("pytest.ini", "tox.ini", "setup.cfg"):
        section = "tool:pytest" if name == "setup.cfg" else "pytest"
        (folder / name).write_text(f"[{section}]\naddopts = -k nothing\npython_functions = nothing\n")
    (folder / "conftest.py").write_text("collect_ignore_glob = ['*']\n")
    return lesson


def filled(variables: dict[str, str], folder: Path) -> dict[str, str]:
    return {name: value.replace("{folder}", str(folder)) for name, value in variables.items()}


def started_with(lesson, variables: dict[str, str], whole: dict[str, str] | None = None) -> dict[str, str]:
    """An environment for a command of this course. What the tests need to find the course is always in it."""
    base = dict(os.environ) if whole is None else whole
    base = {name: value for name, value in base.items() if name != "AUTOGRADER_SECRET_FILE"}
    found = {**base, "AUTOGRADER_COURSE": str(lesson.root), **filled(variables, lesson.root)}
    return found


def run(
    lesson, environment_: dict[str, str], *command: str, python: tuple[str, ...] = ()
) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *python, *command], cwd=lesson.root, env=environment_, capture_output=True, text=True,
        errors="replace", stdin=subprocess.DEVNULL, check=False, timeout=300,
    )  # fmt: skip


# -- the doors: each gives the scores of the three submissions ----------------------------------------------------------


def by_check(lesson, environment_, *, python: tuple[str, ...] = (), students=("wrong",)) -> dict[str, float]:
    """`autograder check NOTEBOOK --json`."""
    found = {}
    for student in students:
        path = f"submitted/{student}/{lesson.name}/{lesson.name}.ipynb"
        command = ("-c", "from autograder.cli import main; main()", "check", path, "--json")
        done = run(lesson, environment_, *command, python=python)
        must_be_one_line_if_refused(done)
        if done.returncode == 3:
            raise Refused(done.stderr)
        result = json.loads(done.stdout)
        assert done.returncode == (0 if result["score"] == result["max_score"] else 1), done.stderr
        found[student] = result["score"]
    return found


def by_autograde(lesson, environment_, **_) -> dict[str, float]:
    """`nbgrader autograde`, then the gradebook."""
    done = run(lesson, environment_, "-m", "nbgrader", "autograde", lesson.name, "--force")
    if done.returncode:
        assert "Traceback" not in done.stderr, done.stderr[-3000:]
        raise Refused(done.stderr)
    return saved(lesson)


def by_formgrader(lesson, environment_, **_) -> dict[str, float]:
    """The formgrader's button: nbgrader's API within a running event loop."""
    code = f"""
import asyncio, os
from nbgrader.apps import NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
app = NbGrader(); app.load_config_file()
api = NbGraderAPI(CourseDirectory(config=app.config), config=app.config)
async def button():
    return [api.autograde({lesson.name!r}, student, force=True) for student in ("right", "wrong", "blank")]
for done in asyncio.run(button()):
    assert done["success"], (done.get("log", "")[-3000:], done.get("error", "")[-3000:])
"""
    done = run(lesson, environment_, "-c", code)
    assert done.returncode == 0, done.stderr[-3000:]
    return saved(lesson)


def by_self_check(lesson, environment_, **_) -> dict[str, float]:
    """`autograder.self_check` in a live session in which the notebook was run."""
    code = f"""
import json, os
import nbformat, autograder
scores = {{}}
for student in ("right", "wrong", "blank"):
    names = {{}}
    for cell in nbformat.read(f"submitted/{{student}}/{lesson.name}/{lesson.name}.ipynb", as_version=4).cells:
        if cell.cell_type == "code":
            try:
                exec(cell.source, names)
            except Exception:
                pass
    scores[student] = autograder.self_check({lesson.name!r}, names).result.score
print("SCORES", json.dumps(scores))
"""
    done = run(lesson, environment_, "-c", code)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.split("SCORES", 1)[1])


def saved(lesson) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as gradebook:
        return {s.student.id: s.score for s in gradebook.find_assignment(lesson.name).submissions}


DOORS = {"check": by_check, "autograde": by_autograde, "formgrader": by_formgrader, "self_check": by_self_check}


class Refused(Exception):
    """Nothing was graded; the text is what was said."""


def must_be_one_line_if_refused(done: subprocess.CompletedProcess) -> None:
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    if done.returncode == 3:
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr


# -- the tables are whole ----------------------------------------------------------------------------------------------


def test_every_variable_that_this_python_reads_is_in_the_table():
    said = subprocess.run([sys.executable, "--help-env"], capture_output=True, text=True, check=True).stdout
    assert not set(re.findall(r"^(PYTHON\w+)", said, re.MULTILINE)) - set(PYTHON)


def test_every_variable_that_this_pytest_reads_is_in_the_table():
    import _pytest

    text = "".join(p.read_text("utf-8") for p in Path(_pytest.__file__).parent.rglob("*.py"))
    assert not set(re.findall(r"\bPYTEST_[A-Z_]+\b", text)) - set(PYTEST) - NOT_READ


# -- one variable after the other, by `autograder check` of a submission that is half right ------------------------------


@pytest.mark.parametrize("name", [name for name, (_, wanted) in PYTHON.items() if wanted == REFUSED])
def test_with_what_switches_checks_off_nobody_is_graded(course_, name):
    environment_ = started_with(course_, {name: PYTHON[name][0]})
    for door in (by_check, by_autograde):
        with pytest.raises(Refused, match=name):
            door(course_, environment_)


@pytest.mark.parametrize("flag", ["-O", "-OO", "-i"])
def test_with_such_a_flag_of_the_interpreter_neither(course_, flag):
    with pytest.raises(Refused, match="PYTHON"):
        by_check(course_, started_with(course_, {}), python=(flag,))


def test_the_doctor_says_so(course_):
    done = run(
        course_,
        started_with(course_, {"PYTHONOPTIMIZE": "1"}),
        "-c",
        "from autograder.cli import main; main()",
        "doctor",
    )
    assert done.returncode == 1
    assert "without assertions" in done.stdout


ONE_BY_ONE = {
    **{name: (name, value) for name, value in {**HARMLESS, **PYTEST, **LIBRARIES, **MACHINE}.items()},
    "PYTEST_ADDOPTS -k": ("PYTEST_ADDOPTS", '-k "not drawn"'),
    "PYTEST_ADDOPTS --color": ("PYTEST_ADDOPTS", "--color=yes"),
    "PYTEST_ADDOPTS -x": ("PYTEST_ADDOPTS", "-x"),
    "PYTEST_ADDOPTS --collect-only": ("PYTEST_ADDOPTS", "--collect-only"),
    "PYTEST_ADDOPTS --deselect": ("PYTEST_ADDOPTS", "--deselect test_01_halves.py::test_mirrors_drawn_grids"),
    "PYTEST_ADDOPTS -W": ("PYTEST_ADDOPTS", "-W error"),
    "PYTEST_ADDOPTS --pdb": ("PYTEST_ADDOPTS", "--pdb"),
    "PYTEST_ADDOPTS of nonsense": ("PYTEST_ADDOPTS", "--nonsense 'not closed"),
}


OFTEN = (
    "PYTEST_ADDOPTS",
    "PYTEST_ADDOPTS -k",
    "PYTEST_PLUGINS",
    "MPLBACKEND",
    "PYTHONWARNINGS",
    "PYTHONPATH",
    "HOME",
    "TMPDIR",
)


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=[] if row in OFTEN else pytest.mark.slow) for row in ONE_BY_ONE]
)
def test_no_variable_changes_a_grade(course_, row):
    name, value = ONE_BY_ONE[row]
    assert by_check(course_, started_with(course_, {name: value})) == {"wrong": SCORES["wrong"]}


@pytest.mark.parametrize("kind", WHOLE)
def test_no_bare_environment_changes_a_grade(course_, kind):
    environment_ = started_with(course_, {}, WHOLE[kind])
    assert by_check(course_, environment_, students=SCORES) == SCORES


@pytest.mark.parametrize("mask", ["000", "077", "777"])
def test_no_umask_changes_a_grade(course_, mask):
    path = f"submitted/wrong/{course_.name}/{course_.name}.ipynb"
    code = f"import os; os.umask(0o{mask}); from autograder.cli import main; main()"
    done = run(course_, started_with(course_, {}), "-c", code, "check", path, "--json")
    assert json.loads(done.stdout)["score"] == SCORES["wrong"], done.stderr


# -- all of them together, through every door --------------------------------------------------------------------------

# Python's own noise aside, which a log would drown in.
NOISE = ("PYTHONVERBOSE", "PYTHONMALLOCSTATS", "PYTHONPROFILEIMPORTTIME", "PYTHONTRACEMALLOC", "PYTHONDEBUG")


# With PYTHONWARNINGS=error this one stops nbgrader itself at its first line.
NOISE += ("PYTHONWARNDEFAULTENCODING",)


TOGETHER = {k: v for k, v in {**HARMLESS, **PYTEST, **LIBRARIES, **MACHINE}.items() if k not in NOISE}


@pytest.mark.parametrize("door", DOORS)
def test_all_variables_together_change_no_grade_by_any_door(course_, door):
    variables = dict(TOGETHER)
    if door == "self_check":
        # A live session is the learner's: its libraries are configured as they are, and the lesson needs to run at all.
        for name in ("MPLBACKEND", "MATPLOTLIBRC", "PYTHONWARNINGS", "PYTHONPATH"):
            del variables[name]
    found = DOORS[door](course_, started_with(course_, variables))
    assert found == {student: SCORES[student] for student in found}
    assert set(found) in (set(SCORES), {"wrong"})


@pytest.mark.slow
@pytest.mark.parametrize("door", [door for door in DOORS if door != "check"])
@pytest.mark.parametrize("row", ONE_BY_ONE)
def test_each_variable_through_each_door(course_, door, row):
    name, value = ONE_BY_ONE[row]
    if door == "self_check" and name in ("MPLBACKEND", "PYTHONPATH", "PYTHONWARNINGS"):
        pytest.skip("a live session's own libraries are the learner's to configure")
    assert DOORS[door](course_, started_with(course_, {name: value})) == SCORES


def test_what_the_grader_takes_out_is_back_afterwards(monkeypatch):
    for name, value in (("MPLBACKEND", "svg"), ("PYTEST_ADDOPTS", "-x"), ("KERAS_BACKEND", "jax")):
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with environment.settled():
        assert os.environ["MPLBACKEND"] == "agg"
        assert "PYTEST_ADDOPTS" not in os.environ
    assert dict(os.environ) == before
