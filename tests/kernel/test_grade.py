"""Grading one submission in a real kernel: each verdict, partial credit, and honest notebooks of every shape."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import threading
import unicodedata

import nbformat
import numpy as np
import pytest
import zmq.asyncio
from jupyter_client.channels import HBChannel
from nbclient.exceptions import DeadKernelError
from rich.console import Console

from autograder.checks import runner
from autograder.checks.draws import Draw
from autograder.checks.reference import reference_namespace
from autograder.checks.runner import Request
from autograder.course import catalog, samples
from autograder.course.answers import ANY, collected
from autograder.course.checkfile import hidden_checks
from autograder.errors import GraderFault, SandboxEnded
from autograder.grading import one_file, score
from autograder.grading.job import GradeReport
from autograder.grading.journal import Journal
from autograder.grading.proof import must_pass
from autograder.kernel import session
from autograder.kernel.client import Student, live
from autograder.kernel.runner import NotebookRun
from autograder.reports import cards
from autograder.reports.console import console_view
from autograder.results import CellResult, CheckResult, Result, Verdict, counting
from autograder.sandbox import box
from autograder.settings import Settings
from tests.conftest import answer_cell
from tests.support.answers import full_but, points, with_answer


def test_a_warning_on_stderr_costs_nothing(first, finished, last, handed_in):
    cell = answer_cell(finished, last)
    cell.source += (
        "\nimport sys, warnings\nwarnings.warn('careful')\nprint('2026 W tensorflow/core: noise', file=sys.stderr)"
    )
    assert handed_in(first, finished).exit_code == 0


def test_lost_metadata_and_ids_cost_nothing(first, finished, handed_in):
    result = handed_in(first, samples.without_metadata(finished))
    assert result.exit_code == 0
    assert result.repairs


def test_an_answer_that_does_not_parse_costs_itself_alone(first, finished, last, handed_in):
    result = handed_in(first, with_answer(finished, last, "def broken(:\n    pass"))
    assert points(result) == full_but(first, last)
    assert "SyntaxError" in result.cells[-1].message


def test_a_misspelt_name_is_named(first, finished, last, handed_in):
    result = handed_in(first, with_answer(finished, last, "def something_else():\n    return 1"))
    assert points(result) == full_but(first, last)
    assert f"no `{last}`" in result.cells[-1].message


@pytest.mark.parametrize(
    "wrong",
    [None, "text", [], float("nan"), True, 10**100, {}, object(), np.array([None]), np.array(["a"]), np.array(1j), np.zeros((3, 3, 3, 3)), np.full((5, 5), np.inf)],
    ids=lambda value: str(value)[:20].replace("\n", " "),
)  # fmt: skip
def test_a_wrong_value_says_what_came_and_never_breaks_a_check(lesson, wrong):
    ids = [exercise.id for exercise in lesson.exercises()]
    sessions = {name: live({name: lambda *args, **kwargs: wrong}) for name in ids}
    requests = [Request(lambda name: sessions[name], bytes(32), {name}) for name in ids]
    for name, results in zip(ids, runner.judge_each(lesson, requests), strict=True):
        for result in results:
            assert result.outcome != "fault", f"{result.name}: {result.message}"
            assert result.passed or len(result.message) > 20, result
        assert not counting(results), f"{name}: {wrong!r} earns points"


def test_an_answer_below_its_check_comes_too_late_and_the_card_says_so(first, finished, last, handed_in):
    solved = answer_cell(finished, last)
    finished.cells.append(nbformat.v4.new_code_cell(solved.source.split("\n", 1)[1]))
    stub = answer_cell(first.read_release(), last)
    solved.source = stub.source
    result = handed_in(first, finished)
    assert points(result) == full_but(first, last)
    assert f"`{last}` stands in a cell of its own below the check" in result.cells[-1].message
    assert result.cells[-1].message in cards.card_html(result.cells[-1]).replace(
        '<code style="background:#eef1f4;color:#1f2933;padding:0 3px;border-radius:3px">', "`"
    ).replace("</code>", "`")


def test_an_odd_output_is_that_cells_error_alone(first, finished, handed_in):
    answer_cell(finished, first.exercises()[0].id).source += "\ndisplay({'text/plain': 5}, raw=True)"
    result = handed_in(first, finished)
    assert result.exit_code == 0, result.as_json()


def test_a_damaged_secret_is_the_graders_fault(first, finished, handed_in, tmp_path, monkeypatch):
    course = Settings.load()
    must_pass(first, Journal(course.directory), course)  # that the solution passes was proved before
    (tmp_path / "secret").write_text("not hex", "ascii")
    monkeypatch.setenv("AUTOGRADER_SECRET_FILE", str(tmp_path / "secret"))
    result = handed_in(first, finished)
    assert (result.verdict, result.score) == (Verdict.INFRA, None)
    assert "secret" in result.reason


def test_an_interrupt_by_the_instructor_is_nobodys_grade(first, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runner.judge(first, interrupted, bytes(32))


def test_the_state_at_a_grade_cell_is_the_notebooks_at_that_cell(first, finished, handed_in):
    name = first.exercises()[0].id
    finished.cells.append(nbformat.v4.new_code_cell(f"{name} = None"))
    assert handed_in(first, finished).exit_code == 0


def test_a_part_of_the_points_for_a_part_of_the_checks(first_of_the_course, handed_in):
    key_checks = [a for a in collected(first_of_the_course) if a.catches and a.catches != ANY]
    gates = {names[0] for names in hidden_checks(first_of_the_course).values()}
    side = next(a for a in key_checks if a.catches not in gates)
    result = handed_in(
        first_of_the_course,
        samples.submission(first_of_the_course, {**samples.solutions(first_of_the_course), side.exercise: side.source}),
    )
    cell = next(c for c in result.cells if c.id == f"{side.exercise}_check")
    assert 0 < cell.points < cell.max_points
    weights = {c.name: c.weight for c in cell.checks}
    assert cell.points == pytest.approx(cell.max_points * (1 - weights[side.catches] / sum(weights.values())), abs=1e-4)


def test_without_the_gate_check_the_others_count_nothing():
    checks = [
        CheckResult("gate", "x", "", 1, "failed"),
        CheckResult("side", "x", "", 1, "passed", needs="gate"),
        CheckResult("by_itself", "x", "", 1, "passed"),
    ]
    assert counting(checks) == {"by_itself"}


def test_a_fault_of_a_check_is_never_a_zero(first, finished, handed_in, monkeypatch):
    def broken(self, *_):
        raise ZeroDivisionError("the grader's own mistake")

    monkeypatch.setattr(Draw, "photo", broken)
    monkeypatch.setattr(Draw, "noise", broken)
    result = handed_in(first, finished)
    assert result.verdict == Verdict.INFRA
    assert result.score is None
    assert result.exit_code == 3
    assert any(cell.points is None for cell in result.cells)
    assert "ZeroDivisionError" in result.reason
    shown = "".join(cards.card_html(cell) for cell in result.cells) + str(result.as_json()["cells"])
    assert "ZeroDivisionError" not in shown


def test_a_kernel_that_does_not_start_is_the_graders_fault(first, finished, handed_in, monkeypatch):
    monkeypatch.setattr(session, "KERNEL_ARGUMENTS", ["--no-such-option-of-a-kernel=1", "--IPKernelApp.nope"])
    monkeypatch.setattr(box, "environment_in", lambda home, **_: {"PATH": "/nowhere", "PYTHONHOME": "/nowhere"})
    result = handed_in(first, finished)
    assert (result.verdict, result.score) == (Verdict.INFRA, None)


@pytest.mark.parametrize("starts", [True, False])
def test_the_sockets_of_a_kernel_are_closed_when_nobody_uses_them_any_more(first, tmp_path, monkeypatch, starts):
    """A thread of the client's that opens one while they are being closed would stop the grader for ever."""
    if not starts:
        monkeypatch.setattr(session, "KERNEL_ARGUMENTS", ["--no-such-option-of-a-kernel=1", "--IPKernelApp.nope"])
        monkeypatch.setattr(box, "environment_in", lambda home, **_: {"PATH": "/nowhere", "PYTHONHOME": "/nowhere"})
    users: list[int] = []
    contexts: list[zmq.Context] = []

    def destroy(self, linger=None):
        users.append(sum(isinstance(thread, HBChannel) for thread in threading.enumerate()))
        contexts.append(self)
        old(self, linger)

    old = zmq.asyncio.Context.destroy
    monkeypatch.setattr(zmq.asyncio.Context, "destroy", destroy)
    with contextlib.suppress(GraderFault), NotebookRun(first.read_release(), tmp_path):
        assert starts
    assert users == [0]
    assert contexts[0].closed


def test_what_a_student_wrote_is_escaped_in_the_card(first, finished, last, handed_in):
    script = "<script>alert(1)</script>"
    result = handed_in(
        first, with_answer(finished, last, f"def {last}(*args, **kwargs):\n    raise ValueError({script!r})")
    )
    card = cards.card_html(result.cells[-1])
    assert script not in card
    assert "&lt;script&gt;" in card


def test_nothing_that_a_student_wrote_steers_a_terminal(first, finished, last, handed_in):
    """Neither what an answer raises, nor what it returns, nor the visible check's own message."""
    steer = "\\x1b]0;title\\x07\\x1b[2J\\x9b32m\\u202efull marks"
    one, other = (exercise.id for exercise in first.exercises()[:2])
    notebook = with_answer(finished, one, f"def {one}(*a, **k):\n    raise ValueError('{steer}')")
    notebook = with_answer(notebook, other, f"def {other}(*a, **k):\n    return type('{steer}', (), {{}})()")
    result = handed_in(first, notebook)
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    console.print(console_view(result))
    text = console.file.getvalue() + json.dumps(result.as_json(), ensure_ascii=False)
    assert "full marks" in text
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]


def test_everything_on_a_card_and_a_summary_is_escaped():
    bad = "<script>alert(1)</script>"
    check = CheckResult("c", "x", bad, 1, "failed", bad)
    cell = CellResult("x_check", bad, Verdict.GRADED, 0.0, 1.0, bad, [check], visible=bad)
    result = Result("x", bad, Verdict.GRADED, 0.0, 1.0, 0.0, "none", repairs=[bad], cells=[cell], reason=bad)
    waiting = dataclasses.replace(result, verdict=Verdict.REVIEW, score=None)
    for page in (cards.card_html(cell), cards.summary_html(result), cards.summary_html(waiting)):
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_the_same_submission_gets_the_same_grade_and_messages(first_of_the_course, handed_in):
    notebook = first_of_the_course.read_release()
    for answer in collected(first_of_the_course):
        if answer.catches:
            answer_cell(notebook, answer.exercise).source = answer.source
    one, two = handed_in(first_of_the_course, notebook).as_json(), handed_in(first_of_the_course, notebook).as_json()
    assert {**one, "seconds": 0} == {**two, "seconds": 0}


def test_wrong_answers_cost_their_own_exercises_points_in_a_real_kernel(first_of_the_course, handed_in):
    wrong = {answer.exercise: answer.source for answer in collected(first_of_the_course) if answer.catches}
    chosen = {name: wrong[name] for name in [exercise.id for exercise in first_of_the_course.exercises()][-1:]}
    result = handed_in(
        first_of_the_course,
        samples.submission(first_of_the_course, {**samples.solutions(first_of_the_course), **chosen}),
    )
    less = {cell.id.removesuffix("_check") for cell in result.cells if not cell.full}
    assert less == set(chosen)


def test_hidden_inputs_are_drawn_anew_when_anything_changes_that_the_answers_can_see(
    first, finished, tmp_path, monkeypatch
):
    """Else a table of answers, handed in as a "picture", could be filled from one submission to the next."""
    keys = []

    def note(job):
        keys.append(job.key)
        result = score.no_result(first, job.name, Verdict.REVIEW, "", sandbox="", exercises=[])
        return GradeReport(result, job.notebook)

    monkeypatch.setattr(one_file, "grade", note)
    path = tmp_path / f"{first.name}.ipynb"
    path.write_text(nbformat.writes(finished), "utf-8")
    one_file.grade_file(path)
    one_file.grade_file(path)
    (tmp_path / "table.png").write_text("{}")
    one_file.grade_file(path)
    (tmp_path / "table.png").write_text('{"1": 2}')
    one_file.grade_file(path)
    (tmp_path / "table.png").rename(tmp_path / "table2.png")
    one_file.grade_file(path)
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_a_check_that_breaks_on_what_came_fails_it_and_is_no_fault(first, finished, monkeypatch, tmp_path):
    """A value that no check foresaw earns nothing; only what breaks on the reference's answers too is the grader's fault."""
    text = first.checks.read_text("utf-8")
    odd = tmp_path / "test_odd_checks.py"
    exercise = first.exercises()[0].id
    odd.write_text(
        text
        + f'\n\n@pytest.mark.check({exercise!r})\ndef test_breaks(student):\n    """Breaks"""\n    1 / (student.value("np_odd") - 1)\n'
    )
    monkeypatch.setattr(catalog.Lesson, "checks", property(lambda self: odd))
    monkeypatch.setitem(reference_namespace(first), "np_odd", 2)
    namespace = {**reference_namespace(first), "np_odd": 1}
    (result,) = runner.judge(first, lambda _: live(namespace), b"k" * 32, checks={"test_breaks"})
    assert (result.outcome, result.passed) == ("failed", False)
    assert "ZeroDivisionError" in result.message
    monkeypatch.setitem(reference_namespace(first), "np_odd", 1)
    (result,) = runner.judge(first, lambda _: live(namespace), b"k" * 32, checks={"test_breaks"})
    assert result.outcome == "fault"


def test_a_fault_of_the_sandbox_while_a_check_asks_is_no_answer_of_the_students(first):
    def broken(_question):
        raise GraderFault("the sandbox failed")

    checks = runner.judge(first, lambda _: Student(broken), b"k" * 32)
    assert {check.outcome for check in checks} == {"fault"}


def test_a_sandbox_that_fails_while_a_notebook_is_brought_back_is_the_graders_fault(tmp_path, monkeypatch):
    plain = session.KernelSession.run_cell

    def run_cell(this, index, cell, seconds):
        if run.restarts:
            raise DeadKernelError("the kernel has gone")
        plain(this, index, cell, seconds)

    cells = [
        nbformat.v4.new_code_cell(text, metadata={"tags": ["setup"]}) for text in ("x = 1", "import os; os._exit(1)")
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    monkeypatch.setattr(session.KernelSession, "run_cell", run_cell)
    with NotebookRun(notebook, tmp_path, pictures=False) as run:
        run.advance_to(0)
        ended = lambda this: SandboxEnded("fault", "no memory") if "box1" in str(this.folder) else None  # noqa: E731
        monkeypatch.setattr(box.Box, "ended", ended)
        with pytest.raises(GraderFault, match="no memory"):
            run.advance_to(1)
