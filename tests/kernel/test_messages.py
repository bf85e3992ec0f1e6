"""What a student's kernel sends to the grader: no message takes its memory or its time, and none that is right is lost."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import threading
import time
from pathlib import Path

import nbformat
import pytest

from autograder import settings
from autograder.errors import StudentDied, StudentTimeout, StudentTooMuch
from autograder.kernel.runner import NotebookRun
from autograder.settings import MIB

SETUP = """
import time
kernel = get_ipython().kernel
session, socket = kernel.session, kernel.iopub_socket.io_thread.socket
bomb = b"[" + b"[]," * {parts} + b"[]]"
def send(content, head=b"0"):
    header = session.pack(dict(session.msg_header("stream"), q=0))[:-1] + b',"x":' + head + b"}}"
    parts = [header, session.pack(kernel.get_parent()["header"]), b"{{}}", content]
    socket.send_multipart([b"stream", b"<IDS|MSG>", session.sign(parts), *parts])
"""


@pytest.fixture
def run_cells(tmp_path):
    """Runs cells in a kernel; returns the run, the cells, and by how many bytes this process grew at most meanwhile."""

    def run(*sources: str, **limits):
        cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["setup"]}) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        most = before = _resident()
        over = threading.Event()

        def watch() -> None:
            nonlocal most
            while not over.wait(0.02):
                most = max(most, _resident())

        threading.Thread(target=watch, daemon=True).start()
        with NotebookRun(notebook, tmp_path, dataclasses.replace(settings.limits(), **limits), pictures=False) as found:
            found.finish()
        over.set()
        return found, notebook.cells, most - before

    return run


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_json_of_millions_of_parts_is_not_read(run_cells):
    """15 MB of brackets in a message: 400 MB of lists in the grader. It counts as output that was cut off."""
    bomb = 'send(b\'{"name": "stdout", "text": \' + bomb + b\'}\'); time.sleep(1)'
    run, cells, grown = run_cells(SETUP.format(parts=5_000_000), bomb, "print('on')")
    assert grown < 150 * MIB
    assert run.cell_errors == {} and run.cut == {1}
    assert cells[2].outputs[0].text == "on\n"


def test_a_message_with_a_long_head_is_none(run_cells):
    run, cells, grown = run_cells(SETUP.format(parts=5_000_000), "send(b'{}', bomb); time.sleep(1)", "print('on')")
    assert grown < 150 * MIB
    assert "could not be read" in str(run.cell_errors[1])
    assert cells[2].outputs[0].text == "on\n"


def test_a_message_without_end_ends_its_room(run_cells):
    """ZeroMQ hands a message on when its last part is there; until then the grader's memory holds it."""
    endless = "import zmq\nframe = zmq.Frame(b'x' * (20 << 20), copy=False)\n" + (
        "for _ in range(100): socket.send(frame, zmq.SNDMORE, copy=False)\ntime.sleep(0.5)"
    )
    run, cells, grown = run_cells(SETUP.format(parts=1), endless, "print('on')", grader=200 * MIB)
    assert grown < 1500 * MIB
    assert isinstance(run.cell_errors[1], StudentTooMuch)
    assert "sent more" in cells[1].outputs[0].evalue
    assert cells[2].outputs[0].text == "on\n"


def test_long_honest_output_is_cut_and_costs_nothing(run_cells):
    run, cells, _ = run_cells("print([[i, i] for i in range(800_000)])", "print('on')")
    assert run.cell_errors == {} and run.cut == {0}
    assert "cut off" in cells[0].outputs[-1].text
    assert cells[1].outputs[0].text == "on\n"


@pytest.mark.parametrize(
    "restart",
    [
        "import IPython\nIPython.Application.instance().kernel.do_shutdown(True)",
        "get_ipython().kernel.do_shutdown(restart=True)",
        "exit()",
    ],
)
def test_a_cell_that_restarts_the_kernel_costs_nothing(run_cells, restart):
    """On Colab that follows a `pip install`."""
    run, cells, _ = run_cells("x = 5", restart, "import time; time.sleep(1)", "print(x)")
    assert run.cell_errors == {}
    assert run.restarts == 0, "which takes time, and ends at the next such cell"
    assert cells[3].outputs[0].text == "5\n"


def test_a_cell_that_talks_on_is_over_in_time(run_cells):
    """Messages without end, each as large as may be: the time limit holds."""
    began = time.monotonic()
    flood = 'while True: send(b\'{"name": "stdout", "text": \' + bomb + b\'}\')'
    run, cells, _ = run_cells(SETUP.format(parts=450_000), flood, "print('on')", cell=2.0, interrupt=1.0)
    assert time.monotonic() - began < 20
    assert "did not end" in str(run.cell_errors[1])
    assert cells[2].outputs[0].text == "on\n"


def test_one_long_line_is_kept_or_cut_at_once(run_cells):
    """nbclient looks for carriage returns in what a cell puts out."""
    began = time.monotonic()
    run, cells, _ = run_cells("print('x' * 1_500_000)", r"print('one\rtwo')")
    assert time.monotonic() - began < 20
    assert run.cell_errors == {}
    assert len(cells[0].outputs[0].text) == 1_500_001
    assert cells[1].outputs[0].text == "two\n"


def test_the_ways_back_after_dead_kernels_have_one_end_together(tmp_path):
    """Cells that are run again keep nobody busy for longer than a notebook may take, however many there are."""
    dies = "def f():\n    __import__('os')._exit(1)"
    sources = [dies, *(f"x{number} = __import__('time').sleep(0.9)" for number in range(12))]
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["setup"]}) for source in sources]
    limits = dataclasses.replace(settings.limits(), notebook=15.0, cell=3.0)
    with NotebookRun(nbformat.v4.new_notebook(cells=cells), tmp_path, limits, pictures=False) as run:
        run.finish()
        assert run.given_up is None
        began = time.monotonic()
        with contextlib.suppress(StudentDied):
            run.student.call("f")
        assert isinstance(run.given_up, StudentTimeout)
        assert time.monotonic() - began < 10
