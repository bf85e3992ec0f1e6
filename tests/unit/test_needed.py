"""Which cells a grade needs, by the names that code reads and makes."""

from __future__ import annotations

import time

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course import build
from autograder.course.drawn import may_show, only_names
from autograder.course.names import NamesOf
from autograder.course.needed import names_left_out, needed_cells
from autograder.errors import CourseError
from autograder.hosts.nbgrader.release import release_text
from tests.support import small_lesson

SETUP = "import numpy as np\nphoto = np.zeros(3)"


def notebook(*cells: tuple[str, str]):
    """A notebook of cells by kind: "setup", "example", "answer", "own", "check"."""
    made = []
    for number, (kind, source) in enumerate(cells):
        about = {
            "setup": {"tags": ["setup"]},
            "answer": {"nbgrader": {"solution": True, "grade_id": f"a{number}"}},
            "own": {"course": {"from": "student"}},
            "check": {"nbgrader": {"grade": True, "grade_id": f"c{number}"}},
        }
        made.append(new_code_cell(source, metadata=about.get(kind, {})))
    return new_notebook(cells=made)


def left_out(*cells: tuple[str, str]) -> list[int]:
    whole = notebook(*cells)
    return sorted(set(range(len(cells))) - needed_cells(whole))


EXAMPLE = ("example", "eye = photo[1:]\nfor row in eye: print(row)")


@pytest.mark.parametrize(
    "own",
    [
        "def grey(photo):\n    return photo",
        "row = 1\nprint(row)",
        "for row in photo: print(row)",
        "def grey(row):\n    eye = row\n    return eye",
        "print([row for row in photo])",
        "class Row:\n    eye = 1\n    row = eye",
        "import eye\nprint(eye)",
        "try:\n    row = 1\nexcept ValueError as eye:\n    print(eye)",
        "def f():\n    raise NotImplementedError\n    return eye",
        "f = lambda row: row",
        "'eye'; # eye",
        "print(photo.eye)",
        "%matplotlib inline\n!pip install tqdm",
        "eye = (",
        "with open('x') as eye: print(eye)",
        "match photo:\n    case [row, *eye]: print(row, eye)",
        "if (eye := 3): print(eye)",
    ],
)
def test_an_example_is_left_out_whose_names_nobody_reads(own):
    assert left_out(("setup", SETUP), EXAMPLE, ("own", own)) == [1]


@pytest.mark.parametrize(
    "own",
    [
        "print(eye)",
        "def f():\n    return eye",
        "f = lambda: eye",
        "print([x + row for x in photo])",
        "row += 1",
        "print(row)\nrow = 1",
        "def f(x=eye): return x",
        "@eye\ndef f(): pass",
        "class C(eye): pass",
        "class C:\n    x = eye",
        "def f():\n    def g(): return eye\n    return g",
        "def f():\n    global eye\n    eye = eye + 1",
        "print(f'{eye}')",
        "!echo {eye}",
        "del eye",
        "async def f():\n    async for x in eye: pass",
        "x: eye = 1",
        "eye[0] = 1",
        "print([photo for photo in eye])",
    ],
)
def test_an_example_is_run_whose_name_is_read(own):
    assert left_out(("setup", SETUP), EXAMPLE, ("own", own)) == []


@pytest.mark.parametrize(
    "own",
    [
        "print(globals()['e' + 'ye'])",
        "exec('print(e' + 'ye)')",
        "from __main__ import *",
        "import __main__",
        "import sys\nprint(sys.modules['__main__'])",
        "import inspect",
        "import sys\nsys._getframe()",
        "%who",
        "%%time\nprint(1)",
        "get_ipython().user_ns",
        "print(f.__globals__)",
        "print(Out)",
        "exit._ip.ev('e' + 'ye')",
        "quit._ip.ev('e' + 'ye')",
        "from sys import modules",
    ],
)
def test_all_is_run_where_any_name_can_be_reached(own):
    assert left_out(("setup", SETUP), EXAMPLE, ("own", own)) == []


def test_only_what_a_student_writes_makes_all_run():
    assert left_out(("setup", f"{SETUP}\nimport inspect"), EXAMPLE, ("check", "print(globals())")) == [1]


def test_an_example_needs_the_examples_that_it_reads():
    cells = [("setup", SETUP), ("example", "a = 1"), ("example", "b = a"), ("example", "c = 2"), ("own", "print(b)")]
    assert left_out(*cells) == [3]


def test_what_changes_a_value_on_the_way_is_run():
    model = ("example", "model = build()")
    for changes in (
        "model.fit(1)",
        "train(model)",
        "model.weights[0] = 1",
        "model.rate = 2",
        "model += 1",
        "train([model])",
    ):
        assert left_out(("setup", SETUP), model, ("example", changes), ("own", "print(model)")) == []
        assert left_out(("setup", SETUP), model, ("example", changes), ("own", "print(photo)")) == [1, 2]


def test_what_the_set_up_made_is_not_taken_for_changed():
    assert left_out(("setup", SETUP), ("example", "show(photo); photo.mean()"), ("own", "print(photo)")) == [1]


def test_an_example_further_down_counts_for_functions_alone():
    below = ("example", "eye = 1")
    assert left_out(("own", "eye = 2\nprint(eye)"), below) == [1]
    assert left_out(("own", "eye = 2\ndef f(): return eye"), below, ("check", "f()")) == []
    assert left_out(("own", "def f(): return eye"), below, ("check", "f()")) == []
    # The functions of a visible check are called in it.
    assert left_out(("check", "eye = 2\nf = lambda: eye\nf()"), below) == [1]


def test_the_nearest_maker_is_the_one():
    cells = [("example", "eye = 1"), ("own", "eye = 2"), ("example", "x = 1"), ("own", "print(eye)")]
    assert left_out(*cells) == [0, 2]


def test_names_that_are_left_out_are_those_that_nobody_else_makes():
    whole = notebook(("setup", "a = 1"), ("example", "a = 2\nb = 3\nprint = 4"), ("own", "c = 1"))
    assert names_left_out(whole, needed_cells(whole)) == {"b"}


@pytest.fixture
def small(tmp_path):
    return small_lesson.make(tmp_path)


def test_no_lesson_needs_an_example(lesson):
    """Each of the course's lessons; see also the build's errors below."""
    for whole in (lesson.read_release(), lesson.read_solution()):
        example = {
            i
            for i in needed_cells(whole)
            if not whole.cells[i].metadata.get("tags") and not whole.cells[i].metadata.get("nbgrader")
        }
        assert not example


def test_a_check_that_needs_an_example_is_an_error_with_file_and_cell(small):
    script = small.script.read_text("utf-8")
    head, check = script.split('# %% check="double"')
    small.script.write_text(
        f'{head}# %%\nexample_value = 2\n\n# %% check="double"{check}\nassert double(1) == example_value\n', "utf-8"
    )
    with pytest.raises(
        CourseError, match=r"it reads `example_value`, which the example cell \S+ makes.*set-up"
    ) as error:
        build.build(small, release_text)
    assert str(small.script) in str(error.value)


def test_a_hidden_check_that_asks_for_an_example_is_an_error_with_file_and_line(small):
    script = small.script.read_text("utf-8")
    small.script.write_text(f"{script}\n# %%\nexample_value = 2\n", "utf-8")
    checks = small.checks.read_text("utf-8")
    small.checks.write_text(
        checks.replace('student.call("double"', 'student.value("example_value") + student.call("double"', 1), "utf-8"
    )
    with pytest.raises(CourseError, match=r"line \d+: the check asks for `example_value`"):
        build.build(small, release_text)


@pytest.mark.parametrize(
    "source", ["%a\n" * 600, "x = 1\n" * 20_000, "(" * 3000 + ")" * 3000, "x = " + "-" * 40_000 + "1", "%a\n" * 10_000]
)
def test_a_cell_that_nobody_can_read_may_do_anything_and_is_soon_known(source):
    began = time.process_time()
    use, shows, plain = NamesOf.of(source), may_show(source), only_names(source)
    assert (use.anything, shows, plain) in ((True, True, False), (False, True, False))
    assert use.anything or source[0] == "(", "a SyntaxError: it stops before its first line"
    assert time.process_time() - began < 2


STATE = [
    "calls = 0\ndef f(x):\n    global calls\n    calls += 1\n    return calls",
    "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)",
    "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)",
    "seen = {}\ndef f(x):\n    seen[x] = 1\n    return len(seen)",
    "seen = []\ndef f(x):\n    return [seen.append(x), len(seen)]",
]


@pytest.mark.parametrize("source", STATE)
def test_where_a_function_remembers_its_calls_all_cells_are_run(source):
    """What it does later depends on calls in the course's examples."""
    whole = notebook(
        ("setup", SETUP), ("answer", source), ("example", "f(2)"), ("answer", "def g(x): return x"), ("check", "g(1)")
    )
    assert needed_cells(whole) == set(range(5))


@pytest.mark.parametrize(
    "source",
    [
        "def f(x, scale=2.0, name='a', shape=(1, 2)): return x * scale",
        "import math\ndef f(x): return math.sqrt(x)",
        "def f(x):\n    found = []\n    found.append(x)\n    return found",
        "LIMIT = 3\ndef f(x): return x * LIMIT + np.mean(photo)",
        "def g(x): return x\ndef f(x): return g(x)",
    ],
)
def test_where_none_does_examples_are_left_out(source):
    whole = notebook(("setup", SETUP), ("answer", source), ("example", "f(2)"), ("check", "f(1)"))
    assert 2 not in needed_cells(whole)


def test_a_check_that_reads_a_name_before_it_makes_it_anew_reads_it():
    whole = notebook(("setup", SETUP), ("example", "image = 3"), ("check", "image = image + 1"))
    assert 1 in needed_cells(whole)
