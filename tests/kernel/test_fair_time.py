"""Limits count what a notebook computes and how long it sleeps, and not what other programs take from it."""

from __future__ import annotations

import dataclasses

import nbformat
import pytest

from autograder import settings
from autograder.errors import StudentTimeout
from autograder.kernel.runner import NotebookRun
from tests.support.boxes import needs_isolation
from tests.support.busy import busy, one_core

pytestmark = needs_isolation
LIMITS = dataclasses.replace(settings.Limits(), cell=0.6, question=0.6, interrupt=1.0)
STUDENTS = {"course": {"from": "student"}}
SPINS, SLEEPS = "while True: pass", "import time; time.sleep(100)"
# What goes on when the cell is interrupted, and would take from the cells after it.
LEFT_RUNNING = {
    "waits for a child that spins": "import os\nif os.fork() == 0:\n    while True: pass\nos.wait()",
    "waits for grandchildren that nobody reaps": (
        "import os, time\nif os.fork() == 0:\n    if os.fork() == 0:\n        while True: pass\n    os._exit(0)\ntime.sleep(100)"
    ),
    "has many threads": "import threading\n[threading.Thread(target=lambda: sum(iter(int, 1))).start() for _ in range(16)]\nsum(iter(int, 1))",
}
# So many seconds of processor time.
COMPUTE = "import time\nend = time.process_time() + 0.35\nwhile time.process_time() < end: pass\ndone = True"


def run_of(tmp_path, *sources: str, **changed) -> NotebookRun:
    cells = [nbformat.v4.new_code_cell(source, metadata=STUDENTS) for source in sources]
    return NotebookRun(nbformat.v4.new_notebook(cells=cells), tmp_path, dataclasses.replace(LIMITS, **changed))


def test_what_spins_or_sleeps_is_ended_and_nothing_is_run_again(tmp_path):
    functions = f"def spins():\n    {SPINS}\ndef sleeps():\n    {SLEEPS}"
    with run_of(tmp_path, f"kept = 7\n{functions}", SPINS, SLEEPS, "kept += 1") as run:
        run.finish()
        assert [type(run.cell_errors.get(index)) for index in range(4)] == [
            type(None),
            *[StudentTimeout] * 2,
            type(None),
        ]
        for name in ("spins", "sleeps"):
            with pytest.raises(StudentTimeout, match="did not come back"):
                run.student.call(name)
        assert run.student.value("kept") == 8
        assert run.restarts == 0


@pytest.mark.parametrize("what", LEFT_RUNNING)
def test_what_its_cell_leaves_running_is_ended_with_its_kernel(what, tmp_path):
    with run_of(tmp_path, "kept = 7", LEFT_RUNNING[what], "after = kept + 1") as run:
        run.finish()
        assert list(run.cell_errors) == [1]
        assert isinstance(run.cell_errors[1], StudentTimeout)
        assert run.student.value("after") == 8
        assert run.restarts == 1


@pytest.mark.parametrize(("stretch", "done"), [(30.0, True), (1.0, False)])
def test_who_has_a_fifth_of_a_core_has_five_times_as_long(stretch, done, tmp_path):
    """Cells and calls. By the time that passes, as with a stretch of 1, they are late."""
    function = "def f():\n    " + COMPUTE.replace("\n", "\n    ") + "\n    return done"
    with one_core(), run_of(tmp_path, COMPUTE, function, stretch=stretch) as run, busy(4):
        run.finish()
        assert bool(run.cell_errors) != done
        if done:
            assert run.student.value("done")
            assert run.student.call("f")
        else:
            with pytest.raises(StudentTimeout):
                run.student.call("f")
