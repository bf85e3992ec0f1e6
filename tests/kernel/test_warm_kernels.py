"""Kernels that are forked from a warm process: the next one is started where that has ended, and each lesson has one of its own."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course import samples
from autograder.errors import GraderFault
from autograder.grading import job
from autograder.kernel import warm_kernels
from autograder.kernel.runner import NotebookRun
from autograder.sandbox.box import Box
from autograder.sandbox.warm_process import WarmProcess
from autograder.settings import Settings
from autograder.submission.rebuild import Submission
from tests.support.boxes import ISOLATION, needs_warm_processes

pytestmark = needs_warm_processes


@pytest.fixture
def kernels(monkeypatch):
    made = job.WarmKernels()
    monkeypatch.setattr(job, "_warm", made)
    yield made
    made.close()


def graded(lesson):
    submission = Submission(lesson, samples.submission(lesson, samples.solutions(lesson)), "0" * 64)
    return job.grade(job.job_of(submission, "a sample", Settings.load(), pictures=False)).result


def test_a_warm_process_that_was_killed_costs_nobody_anything(first, kernels, monkeypatch):
    assert graded(first).verdict == "GRADED"
    ((_, process),) = kernels._processes.items()
    process._process.kill()
    process._process.wait()
    assert graded(first).verdict == "GRADED"
    assert not process._folder.path.exists()
    assert [one.is_alive() for one in kernels._processes.values()] == [True]

    def ends(_, box, *__, **___):
        # As a fork that came too late, and was ended.
        box.report.write_text('{"why": "fault", "text": "too late"}')
        (box.folder / "sockets").symlink_to("/nowhere")
        raise GraderFault("the warm process has ended")

    monkeypatch.setattr(WarmProcess, "start", ends)
    assert graded(first).verdict == "GRADED"


def test_grades_and_pictures_come_from_one_warm_process(first, kernels, tmp_path):
    boxes = []
    for pictures in (False, True):
        (tmp_path / str(pictures)).mkdir()
        boxes.append(Box(tmp_path / str(pictures), ISOLATION, pictures=pictures))
    one, other = (kernels.process_for(box, "import wave") for box in boxes)
    assert one is other is not None
    text = {"text": "import os, sys; print(os.environ['MPLBACKEND'], 'wave' in sys.modules)", "arguments": []}
    assert [one.run(box, text, 20) for box in boxes] == [
        b"agg True\n", b"module://matplotlib_inline.backend_inline True\n",
    ]  # fmt: skip


def test_what_a_set_up_imports_in_no_block_is_imported_beforehand():
    setup = "import os, json as j\nif True:\n    import wave\nfrom numpy import pi\nprint(pi)\n"
    assert warm_kernels.imports_in(setup) == "import os, json as j\nfrom numpy import pi"
    assert warm_kernels.imports_in("%matplotlib inline\nimport os") == "", "the kernel's own language is not read"


@pytest.mark.parametrize("warm", [True, False])
def test_garbage_is_looked_for_when_the_set_up_is_over(first, kernels, tmp_path, warm):
    asks = "import gc\nprint(gc.isenabled())"
    cells = [new_code_cell(asks, metadata={"tags": ["setup"]}), new_code_cell(asks), new_code_cell(asks)]
    process = kernels.processes_for("") if warm else warm_kernels.none
    with NotebookRun(new_notebook(cells=cells), tmp_path, Settings.load().limits, pictures=False, warm=process) as run:
        run.finish()
    assert [cell.outputs[0].text.strip() for cell in cells] == [str(warm), "True", "True"]


def test_where_no_warm_process_can_be_had_kernels_are_started(first, kernels, monkeypatch):
    def none(*_, **__):
        raise GraderFault("no warm process could be started")

    monkeypatch.setattr(WarmProcess, "__init__", none)
    assert graded(first).verdict == "GRADED"
    assert list(kernels._processes.values()) == [None]


def test_a_warm_process_that_cannot_be_proved_is_ended_and_not_used(first, kernels, monkeypatch):
    made = []

    def fails(isolation, process):
        made.append(process)
        raise GraderFault("the warm process has ended")

    monkeypatch.setattr(warm_kernels, "breaches_in", fails)
    assert graded(first).verdict == "GRADED"
    assert list(kernels._processes.values()) == [None]
    assert [process.is_alive() for process in made] == [False]
