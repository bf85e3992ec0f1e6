"""The programs that a notebook's kernel runs for the grader, as expressions for Jupyter's user expressions."""

from __future__ import annotations

import binascii
import functools
import marshal
import zlib
from pathlib import Path
from types import ModuleType

from autograder.kernel import agent, codec, models, remainder


@functools.cache
def agent_text() -> str:
    """Return the program that replies to requests in the kernel: the texts of three modules as one, which needs nothing of the course."""
    text = "".join(map(_source_of, (models, codec, agent)))
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("from autograder."))


@functools.cache
def _source_of(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text("utf-8")


@functools.cache
def _running(text: str, namespace: str = "ns") -> str:
    """The expression that runs a program in the kernel. It is compiled here, for the kernel's Python is the grader's, and sent short."""
    code = binascii.b2a_base64(
        zlib.compress(marshal.dumps(compile(text, "<agent>", "exec", optimize=2)), 9), newline=False
    )
    unpacked = f"__import__('zlib').decompress(__import__('binascii').a2b_base64({code.decode()!r}))"
    return f"__import__('builtins').exec(__import__('marshal').loads({unpacked}), {namespace})"


def reply_to(request: str) -> str:
    """Return the expression that replies to one request: it runs the agent anew, so that nothing of it can be replaced before."""
    return f"(lambda ns: ({_running(agent_text())}, ns['reply_in_kernel']({request!r}))[1])({{'__name__': 'agent'}})"


def replies_at(socket: str) -> str:
    """Return the expression that replies to requests, one after the other, which come over the Unix socket that it makes at this path."""
    return f"(lambda ns: ({_running(agent_text())}, ns['replies_in_kernel']({socket!r}))[1])({{'__name__': 'agent'}})"


def remainder_of(source: str, seconds: float, *, assignments: bool) -> str:
    """Return the expression that runs the remainder of a cell; its reply is a list of names."""
    return (
        f"(lambda ns, rest: ({_running(agent_text())}, {_running(_source_of(remainder), 'rest')},"
        f" ns['Reply'](__import__('json').dumps(rest['remainder'](__import__('IPython').get_ipython(), {source!r}, {seconds!r}, {assignments!r}))))[2])"
        "({'__name__': 'agent'}, {'__name__': 'remainder'})"
    )
