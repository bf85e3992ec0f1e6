"""Whose fault it is: what a kernel sends is the student's, what the grader makes of it is the grader's."""

from __future__ import annotations

import dataclasses

import nbclient
import nbclient.client
import nbformat
import pytest
from jupyter_client.session import Session
from nbclient import NotebookClient

from autograder.errors import CourseError, GraderFault
from autograder.kernel import notebook_client
from autograder.kernel.messages import BoundedSession, MalformedMessage
from autograder.kernel.outputs import Output
from autograder.kernel.runner import NotebookRun
from autograder.results import Verdict
from autograder.sandbox import backend
from autograder.settings import limits

needs_sandbox = pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine")
BUGS = [AttributeError("a typing error"), KeyError("text"), ValueError("a bug"), TypeError("None"), RuntimeError("bug")]


@needs_sandbox
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: type(bug).__name__)
def test_a_bug_in_what_the_grader_keeps_of_a_message_is_the_graders_fault(tmp_path, monkeypatch, bug):
    def broken(self, message, index):
        if message["msg_type"] == "stream":
            raise bug
        return message

    monkeypatch.setattr(Output, "keep", broken)
    cells = [nbformat.v4.new_code_cell("print(1)", metadata={"tags": ["setup"]})]
    with (
        NotebookRun(nbformat.v4.new_notebook(cells=cells), tmp_path, pictures=False) as run,
        pytest.raises(GraderFault, match=rf"cell 1: its output could not be read \({type(bug).__name__}"),
    ):
        run.finish()
    assert run.cell_errors == {}


@needs_sandbox
def test_such_a_bug_costs_no_points(first, finished, handed_in, monkeypatch):
    def broken(*_):
        raise AttributeError("a typing error of the grader's")

    monkeypatch.setattr("autograder.kernel.outputs._cleaned", broken)
    finished.cells.insert(1, nbformat.v4.new_code_cell("print(1)"))
    result = handed_in(first, finished)
    assert (result.verdict, result.score) == (Verdict.INFRA, None)
    assert "a typing error of the grader's" in result.reason
    assert all(cell.points is None for cell in result.cells)


# -- what is malformed ---------------------------------------------------------------------------------------------

SENDER = Session(key=b"key")


def message(header=None, parent=b"{}", metadata=b"{}", content=b"{}") -> list[bytes]:
    """A signed message as it arrives, with some of its parts replaced. header: bytes, or what its header says otherwise."""
    if not isinstance(header, bytes):
        header = SENDER.pack({**SENDER.msg_header("stream"), **(header or {})})
    parts = [header, parent, metadata, content]
    return [SENDER.sign(parts), *parts]


MALFORMED = {
    "nothing at all": [],
    "a wrong signature": [b"x", *message()[1:]],
    "no signature": [b"", *message()[1:]],
    "too few parts": [SENDER.sign([b"{}"]), b"{}"],
    "no JSON": message(content=b"{"),
    "lists without end": message(content=b"[" * 200_000),
    "a number of 10,000 digits": message(content=b"9" * 10_000),
    "a header that is a list": message(b"[1]"),
    "a header that is a number": message(b"5"),
    "a header without a type": message(b'{"msg_id": "1"}'),
    "a type that is a number": message({"msg_type": 5}),
    "a parent that is a list": message(parent=b"[]"),
    "a parent that is a number": message(parent=b"5"),
    "a version that is no number": message({"version": "x.y"}),
    "a version that is a list": message({"version": [5]}),
    "a display of an old version without data": message({"version": "4.1", "msg_type": "display_data"}),
    "a reply of an old version with a payload that is a number": message(
        {"version": "4.1", "msg_type": "execute_reply"}, content=b'{"status": "ok", "payload": 5}'
    ),
    "a day that does not exist": message({"date": "2020-99-99T99:99:99"}),
    "a long head": message(metadata=b'{"x": "' + b"y" * 70_000 + b'"}'),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_no_message_is_named_malformed(what):
    with pytest.raises(MalformedMessage) as caught:
        BoundedSession(key=b"key").deserialize(MALFORMED[what])
    assert caught.value.kind.isidentifier()


def test_a_message_without_a_beginning_is_malformed():
    with pytest.raises(MalformedMessage):
        BoundedSession(key=b"key").feed_identities([b"stream", b"{}"])


@pytest.mark.parametrize("content", [b"{}", b"[]", b"5", b'{"text": 5}', b'{"transient": 7}'])
def test_odd_contents_are_read_and_nothing_of_them_is_believed(content):
    found = BoundedSession(key=b"key").deserialize(message(content=content))
    kept = Output(limits()).keep(found, 0)
    assert kept is None or set(kept["content"]) == {"name", "text"}


BEGIN = """
import time
ip = get_ipython()
session, socket = ip.kernel.session, ip.kernel.iopub_socket.io_thread.socket
def send(kind, content, parent=None, signature=None):
    parent = session.pack(ip.kernel.get_parent()["header"]) if parent is None else parent
    parts = [session.pack(session.msg_header(kind)), parent, b"{}", content]
    socket.send_multipart([b"stream", b"<IDS|MSG>", signature or session.sign(parts), *parts])
    time.sleep(0.5)
"""
SENT = ["send('stream', b'{')", "send('stream', b'{}', signature=b'x')", "send('stream', b'{}', parent=b'[]')", "send('status', b'{}')"]  # fmt: skip


@needs_sandbox
def test_a_malformed_message_costs_the_cell_that_sent_it_and_nothing_else(tmp_path):
    sources = [BEGIN, *SENT, "print('on')"]
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["setup"]}) for source in sources]
    with NotebookRun(nbformat.v4.new_notebook(cells=cells), tmp_path, pictures=False) as run:
        run.finish()
    assert set(run.cell_errors) == {1, 2, 3, 4}
    assert all("could not be read" in str(error) for error in run.cell_errors.values())
    assert cells[-1].outputs[0].text == "on\n"


# -- output that is cut --------------------------------------------------------------------------------------------


@needs_sandbox
def test_where_pictures_are_too_many_a_line_says_so_and_the_cell_is_no_error(tmp_path):
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAsVcQ5AAAAABJRU5ErkJggg=="
    source = f"from IPython.display import display\nfor _ in range(9): display({{'image/png': {picture!r}}}, raw=True)"
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["setup"]})]
    few = dataclasses.replace(limits(), cell_output=1000)
    with NotebookRun(nbformat.v4.new_notebook(cells=cells), tmp_path, few, pictures=False) as run:
        run.finish()
    assert run.cell_errors == {} and run.cut == {0}
    assert [output.output_type for output in cells[0].outputs][-1] == "stream"
    assert "cut off" in cells[0].outputs[-1].text


# -- nbclient as it must be ----------------------------------------------------------------------------------------


def test_this_nbclient_is_as_the_grader_needs_it():
    notebook_client.install()
    assert nbclient.client._RGX_CARRIAGERETURN is notebook_client.CARRIAGE_RETURN


@pytest.mark.parametrize(
    ("holder", "name", "value", "differs"),
    [
        (nbclient, "__version__", "0.12.0", "its version is not known"),
        (nbclient.client, "_RGX_CARRIAGERETURN", None, "_RGX_CARRIAGERETURN is no pattern"),
        (NotebookClient, "_async_poll_output_msg", lambda self, cell: None, "does not take parent_msg_id, cell, cell_"),
        (NotebookClient, "process_message", None, "process_message does not take msg"),
    ],
)
def test_another_nbclient_is_refused_with_what_differs(monkeypatch, holder, name, value, differs):
    monkeypatch.setattr(holder, name, value)
    with pytest.raises(CourseError, match=differs):
        notebook_client.install()
