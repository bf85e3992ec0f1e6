"""Keeps TensorFlow's log off the screen: a dozen lines when it starts, which no variable in the environment silences."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import TextIO

# A program of its own, so that it gets what other processes say too, and needs no thread in this one. A line that begins
# like one of TensorFlow's (or absl's, XLA's, CUDA's) is left out; fatal ones (F…), and all that is no such line, are shown.
FILTER = r"""
import re, sys
NOISE = re.compile(
    rb"[IWE]\d{4} \d\d:\d\d:\d+\.\d+\s+\d+ \S+:\d+\] "
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] \S+:\d+\] "
    rb"|WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    rb"|To enable the following instructions: .*, in other operations, rebuild TensorFlow"
)
for line in iter(sys.stdin.buffer.readline, b""):
    if not NOISE.match(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""


@contextlib.contextmanager
def without_noise() -> Iterator[None]:
    """Leave TensorFlow's log lines out of what this process and those that it starts write to standard error."""
    sys.stderr.flush()
    real = os.dup(2)
    program = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", FILTER], stdin=subprocess.PIPE, start_new_session=True
    )
    assert program.stdin is not None
    try:
        os.dup2(program.stdin.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(real, 2)
        os.close(real)
        program.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):  # somebody else still has the other end
            program.wait(timeout=2)


@contextlib.contextmanager
def quiet_stdout() -> Iterator[TextIO]:
    """Give the real standard output to the caller alone; whatever else is printed goes to standard error, without TensorFlow's log."""
    sys.stdout.flush()
    real = os.dup(1)
    with without_noise():
        os.dup2(2, 1)
        try:
            with os.fdopen(os.dup(real), "w", encoding="utf-8") as stdout:
                yield stdout
        finally:
            sys.stdout.flush()
            os.dup2(real, 1)
            os.close(real)
