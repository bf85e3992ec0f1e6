"""Requests come to a kernel over one line, in a single execution: they get what single requests get, and who breaks the line costs themselves alone."""

from __future__ import annotations

import dataclasses
import json
import time

import nbformat
import numpy as np
import pytest

from autograder import settings
from autograder.errors import StudentDied, StudentError, StudentTimeout, Tampered
from autograder.kernel.client import FOLDER
from autograder.kernel.runner import NotebookRun
from autograder.kernel.session import KernelSession
from autograder.sandbox import backend
from autograder.sandbox.isolation import NONE
from autograder.sandbox.linux import SOCKETS

ISOLATION, FAILURES = backend.proven()
ISOLATIONS = [
    pytest.param(ISOLATION, marks=pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox here: {FAILURES}")),
    pytest.param(NONE, id="none"),
]
OWN = {"course": {"from": "student"}}
SOURCE = """
import os, sys
import numpy as np
calls = 0
def half(x): return x / 2
def count():
    global calls
    calls += 1
    return calls
def fails(): return {}["a key"]
def blank(): raise NotImplementedError
def leaves(): sys.exit(1)
def touches(x): x[0] = 9
def writes(folder): open(folder + "/a.txt", "w").write("text")
def talks(): print("words " * 1000); display("more"); return 1
def draws():
    import matplotlib.pyplot as plt
    plt.figure()
    return plt.get_fignums()
def ends(): os._exit(0)
def waits():
    while True: pass
def goes_on():
    import time
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        return "went on"
def forks(): return os.fork() == 0
def closes(): os.closerange(3, 4096)
number = 7
"""

# Seconds for an interrupt, where the same kernel has to go on however busy the machine is.
PATIENT = 60.0


@pytest.fixture
def run(tmp_path):
    """Runs cells of a student's; returns the run."""
    runs = []

    def start(*sources: str, isolation=ISOLATION, **limits) -> NotebookRun:
        cells = [nbformat.v4.new_code_cell(source.strip("\n"), metadata=OWN) for source in (*sources, SOURCE)]
        folder = tmp_path / str(len(runs))
        folder.mkdir()
        few = dataclasses.replace(settings.limits(), **limits)
        runs.append(NotebookRun(nbformat.v4.new_notebook(cells=cells), folder, few, isolation=isolation).__enter__())
        runs[-1].finish()
        return runs[-1]

    yield start
    for each in runs:
        each.__exit__()


def said(student, *asked):
    """What some calls come to: values, or what was raised."""
    found = []
    for method, *arguments in asked:
        try:
            found.append(json.dumps(getattr(student, method)(*arguments), default=repr))
        except StudentError as error:
            found.append(f"{type(error).__name__}: {error}")
    return found


ASKED = [
    ("call", "half", np.arange(6.0).reshape(2, 3)), ("call", "count"), ("call", "count"), ("call", "fails"), ("error", "fails"),
    ("call", "blank"), ("call", "leaves"), ("arguments_after", "touches", np.zeros(3)), ("files_from", "writes", FOLDER),
    ("call", "talks"), ("value", "number"), ("value", "not_there"), ("call", "number"), ("call", "draws"), ("call", "draws"),
    ("call", "count"), ("call", "half", "text"), ("call", "half", "ä 🔎 \udc00"), ("call", "half", 1e300),
]  # fmt: skip


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_requests_over_a_line_get_what_single_requests_get(run, monkeypatch, isolation):
    one = run(isolation=isolation)
    over_the_line = said(one.student, *ASKED)
    assert one.session._lines == 1, "all in one execution"
    monkeypatch.setattr(KernelSession, "_open_line", lambda self, left: False)
    other = run(isolation=isolation)
    assert said(other.student, *ASKED) == over_the_line
    assert other.session._lines == 0
    assert over_the_line[1:3] == ["1", "2"]
    assert over_the_line[13] == over_the_line[14], "the figure of the call before was closed"


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_kernel_that_makes_no_line_gets_single_requests(run, isolation):
    here = run("import socket\nsocket.socket = None", isolation=isolation)
    assert said(here.student, ("call", "count"), ("call", "count"), ("value", "number")) == ["1", "2", "7"]
    assert here.session._lines is None


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_function_that_ends_its_process_is_known_at_once(run, isolation):
    here = run(isolation=isolation)
    assert here.student.call("count") == 1
    began = time.monotonic()
    with pytest.raises(StudentDied):
        here.student.call("ends")
    assert here.student.call("count") == 1, "a new kernel"
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_after_a_function_without_end_the_next_is_called(run, isolation):
    here = run(isolation=isolation, question=1.0, interrupt=PATIENT)
    assert here.student.call("count") == 1
    with pytest.raises(StudentTimeout, match="did not come back within 1 s"):
        here.student.call("waits")
    # Without isolation nobody knows whether something goes on, so there is a new kernel.
    assert here.student.call("count") == (1 if isolation == NONE else 2)


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_function_that_hears_no_interrupt_does_not_reply_to_the_next(run, isolation):
    here = run(isolation=isolation, question=0.5, stretch=2.0)
    with pytest.raises(StudentTimeout):
        here.student.call("goes_on")
    assert here.student.call("half", 4) == 2


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_of_a_function_that_forks_one_process_replies(run, isolation):
    here = run(isolation=isolation)
    assert [here.student.call("forks") for _ in range(3)] == [False] * 3
    assert here.student.call("half", 4) == 2


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_who_closes_the_line_costs_that_call_alone(run, isolation):
    here = run(isolation=isolation, question=2.0, interrupt=PATIENT)
    with pytest.raises(StudentError):
        here.student.call("closes")
    assert here.student.call("half", 4) == 2


FORGED = """
import socket, threading
server = socket.socket(socket.AF_UNIX)
server.bind({path!r})
server.listen()
lines = []
def answer():
    while True:
        lines.append(server.accept()[0])
        lines[-1].sendall({data!r})
        {then}
threading.Thread(target=answer, daemon=True).start()
"""


@pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox here: {FAILURES}")
@pytest.mark.parametrize(
    ("data", "then", "wanted"),
    [
        (b"\xff" * 8, "", StudentError),
        ((1 << 40).to_bytes(8, "big"), "", StudentError),
        ((3).to_bytes(8, "big") + b"\xff\xfe\xfd", "", Tampered),
        ((2).to_bytes(8, "big") + b"[]", "", Tampered),
        ((20).to_bytes(8, "big") + b'{"ok": ["int", "5"]}', "", None),
        (b"", "lines.pop().close()", StudentError),
        (b"\0\0\0", "lines.pop().close()", StudentError),
        ((9).to_bytes(8, "big") + b"12", "", StudentTimeout),
        (b"", "", StudentTimeout),
    ],
)
def test_a_line_of_the_students_own_is_believed_no_more_than_a_reply(run, data, then, wanted):
    here = run(FORGED.format(path=f"{SOCKETS}/r1", data=data, then=then), question=0.5, stretch=2.0, interrupt=PATIENT)
    if wanted is None:
        assert here.student.call("half", 4) == 5, "as if `half` had returned it"
        return
    with pytest.raises(wanted):
        here.student.call("half", 4)
    # A reply that only its reader finds wrong leaves the line to the forger for one more call.
    assert said(here.student, *[("call", "half", 4)] * 2)[-1] == "2.0"


FULL = """
import socket
server, first = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
server.bind({path!r})
server.listen(0)
first.setblocking(False)
first.connect({path!r})
"""


@pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox here: {FAILURES}")
def test_nobody_waits_at_a_socket_that_takes_no_one(run):
    began = time.monotonic()
    here = run(FULL.format(path=f"{SOCKETS}/r1"), question=2.0)
    assert said(here.student, ("call", "half", 4), ("call", "half", 6)) == ["2.0", "3.0"], "by single requests"
    assert time.monotonic() - began < 30


@pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox here: {FAILURES}")
def test_single_requests_tell_the_whole_limit(run):
    here = run("import socket\nsocket.socket = None", question=1.0)
    with pytest.raises(StudentTimeout, match=r"did not come back within 1 s\."):
        here.student.call("waits")


@pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox here: {FAILURES}")
def test_no_link_leads_the_grader_to_a_socket_of_its_own_machine(run, tmp_path):
    import socket

    with socket.socket(socket.AF_UNIX) as mine:
        place = tmp_path / "mine"
        mine.bind(str(place))
        mine.listen()
        mine.settimeout(0.2)
        here = run(f"import os\nos.symlink({str(place)!r}, {SOCKETS + '/r1'!r})")
        assert said(here.student, ("call", "half", 4)) == ["2.0"]
        with pytest.raises(TimeoutError):
            mine.accept()
