"""What a cell that stopped looks like in the notebook: one sentence where the course's own code stopped it, the student's line where theirs did."""

from __future__ import annotations

import re

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.pasted import slips_text

CHECK = "# @title 🔎 Check: {}\n"
ANSWERS = """\
# ✏️ Answer: mse
def mse(one, other):
    raise NotImplementedError


def own(x):
    assert x > 3, "mine"


def half(x):
    return x[:, 0] / 2


def later(x):
    return red(x)


def dies(x):
    return np.concatenate(x, x)"""
EARLIER = (
    "get_ipython().set_custom_exc((ImportError,), lambda shell, kind, error, trace, tb_offset=None: print('asked'))"
)
# By a cell, all that the notebook shows in the place of its traceback.
ONE_SENTENCE = {
    CHECK.format("half") + "same(attempt(half, np.ones((3, 2))), np.ones(3), '`half`')": (
        "AssertionError: `half` should be [1, 1, 1]; yours is [0.5, 0.5, 0.5]. It is half of that."
    ),
    CHECK.format("half") + "value = 2\nassert value == 1, f'One is wanted; yours is {value}.'": (
        "AssertionError: One is wanted; yours is 2."
    ),
    CHECK.format("mse") + "attempt(mse, 1, 2)": (
        "NotImplementedError: In `mse` the line `raise NotImplementedError` is still there, and nothing below it is reached."
        " Your own lines go in its place."
    ),
    "print(mse(1, 2))": "NotImplementedError: `mse`, exercise 3.8, is not answered yet.",
    CHECK.format("red") + "same(attempt(red, 3), 3, 'red')": (
        "NameError: name 'red' is not defined. `red` is made by the answer cell of exercise 1.3. That cell has not run in this session,"
        " or it stopped with an error, or it gives another name. Run the cells above first: menu Run, Run All Above Selected Cell"
        " (on Colab: Runtime, Run before)."
    ),
    "# @title The code of the picture below: run it\nshow(pictures)": (
        "NameError: name 'show' is not defined. Run the cells above first: menu Run, Run All Above Selected Cell (on Colab: Runtime, Run before)."
    ),
    CHECK.format("half") + "np.ones(3) + np.ones(2)": (
        "ValueError: operands could not be broadcast together with shapes (3,) (2,) Arrays of the shapes (3,) and (2,) do not fit each other,"
        " number for number. Does one of them need another axis, as `x[..., np.newaxis]` makes it, or a part of it only?"
    ),
}
# By a cell, words that stand in the traceback of the student's own code.
THEIR_LINE = {
    CHECK.format("own") + "attempt(own, 1)": 'assert x > 3, "mine"',
    "dies(np.ones(3))": "return np.concatenate(x, x)",
    "own(1)": 'assert x > 3, "mine"',
    "1 / 0": "1 / 0",
    "print(pictures)": "Does a cell above make it? Run the cells above first: menu Run, Run All Above",
}


class Session(NotebookClient):
    """Cells that are run one after the other, in one kernel."""

    def run(self, source: str) -> list:
        """Run a cell, and return what it showed."""
        self.nb.cells.append(new_code_cell(source))
        return self.execute_cell(self.nb.cells[-1], len(self.nb.cells) - 1).outputs


@pytest.fixture(scope="module")
def session():
    client = Session(new_notebook(), timeout=60, kernel_name="python3", allow_errors=True)
    with client.setup_kernel():
        for source in (EARLIER, *[slips_text({"mse": "3.8", "red": "1.3", "own": "1.4"})] * 2, ANSWERS):
            assert not client.run(source)
        yield client


def trace(outputs: list) -> str:
    (error,) = outputs
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))


@pytest.mark.xdist_group("red checks")
@pytest.mark.parametrize("source", ONE_SENTENCE)
def test_what_the_course_stopped_is_one_sentence_and_still_an_error(session, source):
    shown = session.run(source)
    lines = trace(shown).splitlines()
    assert " ".join(lines) == ONE_SENTENCE[source]
    assert max(map(len, lines)) <= 80, (
        "JupyterLab would cut it in the middle of a word, `nbgrader validate` would cut it off"
    )
    assert ONE_SENTENCE[source].startswith(f"{shown[0].ename}: {shown[0].evalue}"[:40])


@pytest.mark.xdist_group("red checks")
@pytest.mark.parametrize("source", THEIR_LINE)
def test_an_error_of_the_students_own_code_keeps_its_line(session, source):
    shown = trace(session.run(source))
    assert THEIR_LINE[source] in shown
    assert "Cell In[" in shown
    assert "attempt(" not in shown, "the course's own code stands above it"


@pytest.mark.xdist_group("red checks")
def test_an_exercise_that_is_half_done_is_no_error_to_look_at_and_still_not_passed(session, monkeypatch):
    half_way = CHECK.format("own") + "half_way('So far so good.')"
    (shown,) = session.run(half_way)
    assert (shown.output_type, shown.text) == ("stream", "So far so good.\n")
    monkeypatch.setattr(session, "allow_errors", False)
    with pytest.raises(CellExecutionError, match="NotImplementedError: So far so good"):
        session.run(half_way)
    monkeypatch.undo()
    session.run("import os; os.environ['NBGRADER_EXECUTION'] = 'validate'")
    assert trace(session.run(half_way)) == "NotImplementedError: So far so good."
    session.run("del os.environ['NBGRADER_EXECUTION']")


@pytest.mark.xdist_group("red checks")
def test_what_another_way_of_showing_errors_takes_is_left_to_it(session):
    (shown,) = session.run("import no_such_package")
    assert shown.text == "asked\n"
