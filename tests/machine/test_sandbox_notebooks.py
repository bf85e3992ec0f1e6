"""Notebooks in the sandbox: what costs a cell, what is kept of its output, and what is said where there is no sandbox."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from autograder import settings
from autograder.cli import machine
from autograder.course import samples
from autograder.errors import CourseError, NoSandbox, StudentTooMuch
from autograder.grading import one_file
from autograder.kernel.runner import NotebookRun
from autograder.results import Verdict
from autograder.sandbox import backend, doctor
from autograder.settings import MIB, Limits, read_limits
from tests.support.boxes import ISOLATION, needs_isolation

# -- notebooks in a box -----------------------------------------------------------------------------------------------


@pytest.fixture
def run_cells(tmp_path):
    """Runs cells in a box; returns the run and the cells with their outputs."""

    def run(*sources: str, **limits):
        cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["setup"]}) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        with NotebookRun(notebook, tmp_path, dataclasses.replace(settings.limits(), **limits)) as found:
            found.finish()
        return found, notebook.cells

    return run


@needs_isolation
def test_a_cell_that_takes_too_much_memory_is_ended_and_the_next_one_runs(run_cells):
    run, cells = run_cells("held = [bytearray(1 << 20) for _ in range(10_000)]", "print('on')", memory=600 * MIB)
    assert isinstance(run.cell_errors[0], StudentTooMuch)
    assert "of memory" in cells[0].outputs[0].evalue
    assert cells[1].outputs[0].text == "on\n"


def test_a_flood_of_output_is_cut_and_said(run_cells):
    flood = "for _ in range(3000): print('x' * 1000)"
    run, cells = run_cells(flood, "print('on')", cell_output=100_000)
    assert run.cut == {0}
    assert len(str(cells[0].outputs)) < 200_000
    assert "cut off" in cells[0].outputs[-1].text
    assert cells[1].outputs[0].text == "on\n"
    assert run.cell_errors == {}


def test_messages_that_nobody_reads_do_not_fill_the_graders_memory(tmp_path):
    """Half a gigabyte is sent while a request is open, when only its reply is waited for."""
    flood = (
        "import threading, time\nbig = 'x' * 8_000_000\n"
        "def talk():\n    for _ in range(60): ip.kernel.session.send(ip.kernel.iopub_socket, 'stream', {'name': 'stdout', 'text': big}, parent={}, ident=b'stream')\n"
        "ip = get_ipython()\n"
        "def slow():\n    threading.Thread(target=talk, daemon=True).start()\n    time.sleep(4)\n    return 7"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(flood, metadata={"tags": ["setup"]})])
    with NotebookRun(notebook, tmp_path, pictures=False) as run:
        run.finish()
        before = _resident()
        assert run.student.call("slow") == 7
        assert _resident() - before < 200 * MIB
        assert run.student.call("slow") == 7


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_of_what_a_cell_shows_only_text_and_pictures_are_kept(run_cells):
    _, (cell,) = run_cells(
        "from IPython.display import display\n"
        "display({'text/html': '<script>alert(1)</script>', 'text/plain': 'plain', 'image/png': 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAsVcQ5AAAAABJRU5ErkJggg==',"
        " 'image/svg+xml': '<svg onload=alert(1)>', 'application/javascript': 'alert(1)'}, raw=True)\n"
        "display({'image/png': 'x\" onerror=\"alert(1)', 'text/plain': 'no picture'}, raw=True)"
    )
    assert [dict(output.data) for output in cell.outputs] == [
        {
            "text/plain": "plain",
            "image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAsVcQ5AAAAABJRU5ErkJggg==",
        },
        {"text/plain": "no picture"},
    ]
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def test_a_kernel_that_forges_its_answers_is_no_evidence(first, finished, handed_in):
    """The reply to a request is built by the kernel, which a student may patch."""
    finished.cells.insert(
        1,
        nbformat.v4.new_code_cell(
            "from ipykernel.ipkernel import IPythonKernel\n"
            "IPythonKernel.do_execute = lambda *a, **k: {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}"
        ),
    )
    result = handed_in(first, finished)
    assert (result.verdict, result.score) == (Verdict.TAMPER, 0.0)
    assert {cell.verdict for cell in result.cells} == {Verdict.TAMPER}


def test_right_answers_are_graded_in_a_box(first, finished, handed_in):
    result = handed_in(first, finished)
    assert (result.score, result.sandbox) == (result.max_score, ISOLATION.name if ISOLATION else "none")
    assert samples.solutions(first)


# -- without a sandbox ------------------------------------------------------------------------------------------------


def test_where_no_isolation_holds_nothing_is_graded(first, finished, tmp_path, monkeypatch):
    monkeypatch.delenv(backend.SWITCH, raising=False)
    monkeypatch.setattr(backend, "proven", lambda: (None, {"namespaces": "sees the solutions"}))
    path = tmp_path / f"{first.name}.ipynb"
    nbformat.write(finished, path)
    with pytest.raises(NoSandbox, match="sees the solutions") as refused:
        one_file.grade_file(path)
    assert "--no-sandbox" in str(refused.value)


def test_going_without_is_stamped_on_the_grade(first, tmp_path):
    path = tmp_path / f"{first.name}.ipynb"
    nbformat.write(first.read_release(), path)
    command = [
        sys.executable,
        "-c",
        "from autograder.cli import main; main()",
        "check",
        "--json",
        "--no-sandbox",
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["sandbox"] == "none"


@needs_isolation
def test_the_doctor_says_that_this_machine_can_grade():
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "doctor"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["sandbox"]) == (0, True, ISOLATION.name)
    assert found["ended"] == dict.fromkeys(doctor.GREEDY, True)
    assert {"cgroup", "fair_time", "limits", "versions", "gpu", "what_got_out"} <= set(found)
    (console := Console(file=io.StringIO(), width=300)).print(machine.for_people(found))
    said = console.file.getvalue()
    assert f"Limits (a line in {found['limits_file']} changes one)" in said
    assert all(name in said for name in (*found["limits"], *found["versions"], *found["extensions"]))


# -- limits -----------------------------------------------------------------------------------------------------------


def test_a_course_changes_limits_in_one_file(tmp_path):
    path = tmp_path / "limits.toml"
    assert read_limits(path) == Limits()
    path.write_text("cell = 90\nmemory = 2147483648\n")
    assert (read_limits(path).cell, read_limits(path).memory) == (90.0, 2 << 30)


@pytest.mark.parametrize(("text", "says"), [("cel = 9", "no limit called 'cel'"), ("cell = -1", "above 0"), ("cell = [", "cannot be read"), ("cell = true", "above 0"), ("stretch = 0.5", "1 or more")])  # fmt: skip
def test_a_limit_that_is_none_is_refused(tmp_path, text, says):
    path = tmp_path / "limits.toml"
    path.write_text(text)
    with pytest.raises(CourseError, match=says):
        read_limits(path)
