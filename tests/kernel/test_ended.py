"""What never ends, or ends its kernel, costs itself alone."""

from __future__ import annotations

import dataclasses

import nbformat
import pytest

from autograder import settings
from autograder.errors import StudentError
from autograder.kernel.runner import NotebookRun
from autograder.results import Verdict
from tests.conftest import answer_cell
from tests.support.answers import full_but, points, with_answer


@pytest.fixture
def quick(monkeypatch):
    """Short limits, so that a loop is found out soon."""
    short = dataclasses.replace(settings.limits(), cell=2.0, question=2.0, interrupt=1.0)
    monkeypatch.setattr(settings, "limits", lambda: short)
    return short


def test_a_loop_without_end_costs_its_cell_alone(first, finished, last, quick, handed_in):
    result = handed_in(
        first, with_answer(finished, last, f"def {last}(*args, **kwargs):\n    while True:\n        pass")
    )
    assert points(result) == full_but(first, last)
    assert result.verdict == Verdict.TIMEOUT
    assert [cell.verdict for cell in result.cells if cell.verdict != Verdict.GRADED] == [Verdict.TIMEOUT]


def test_a_loop_that_ignores_interrupts_is_stopped(first, finished, quick, handed_in):
    name = first.exercises()[0].id
    source = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    time.sleep(0.1)"
    result = handed_in(first, with_answer(finished, name, source))
    assert points(result)[name] == 0
    assert {cell.verdict for cell in result.cells if cell.points == 0} == {Verdict.TIMEOUT} | {
        c.verdict for c in result.cells[1:] if c.points == 0
    }
    assert sum(points(result).values()) > 0, "the other answers are graded"


def test_an_answer_that_ends_its_process_costs_itself_alone(first, finished, last, handed_in):
    result = handed_in(first, with_answer(finished, last, "import os\nos._exit(0)"))
    assert points(result) == full_but(first, last)
    assert "ended the notebook's own process" in result.cells[-1].message


def test_a_function_that_ends_its_process_when_called_costs_itself_alone(first, finished, last, handed_in):
    result = handed_in(first, with_answer(finished, last, f"import os\ndef {last}(*args, **kwargs):\n    os._exit(0)"))
    assert points(result) == full_but(first, last)


def test_an_exit_in_an_answer_cell_costs_nothing(first, finished, handed_in):
    answer_cell(finished, first.exercises()[1].id).source += "\nexit()"
    assert handed_in(first, finished).exit_code == 0


def test_two_early_functions_that_kill_their_process_cost_themselves_alone(first, finished, handed_in):
    names = [exercise.id for exercise in first.exercises()[:4:3]]
    for name in names:
        finished = with_answer(finished, name, f"import os\ndef {name}(*args, **kwargs):\n    os._exit(1)")
    result = handed_in(first, finished)
    lost = {name for name, won in points(result).items() if won < full_but(first)[name]}
    assert set(names) <= lost
    assert sum(points(result).values()) >= sum(full_but(first, *names).values()) / 2, (
        "the rest of the class of answers is graded"
    )
    assert "ended the notebook's own process" in result.cells[0].message


@pytest.mark.parametrize(
    "body",
    ["import os; os._exit(1)", "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)"],
)
def test_a_function_that_kills_or_blocks_its_kernel_is_called_once(body, tmp_path, quick):
    cells = [
        nbformat.v4.new_code_cell("kept = 7", metadata={"course": {"from": "student"}}),
        nbformat.v4.new_code_cell(f"def bad():\n    {body}", metadata={"course": {"from": "student"}}),
        nbformat.v4.new_code_cell("bad()  # a picture of the course's"),
    ]
    with NotebookRun(nbformat.v4.new_notebook(cells=cells), tmp_path, quick) as run:
        run.advance_to(1)
        for _ in range(3):
            with pytest.raises(StudentError):
                run.student.call("bad")
        assert run.restarts == 1
        assert run.student.value("kept") == 7
        run.finish()
        assert run.restarts == 1
        assert "Not run: it calls `bad`" in str(run.cell_errors[2])
