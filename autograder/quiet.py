"""Keep TensorFlow's log off the screen: a dozen lines when it starts, which no variable in the environment silences."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

# A program of its own, so that it gets what other processes say too, and needs no thread in this one.
FILTER = Path(__file__).with_name("quiet_filter.py")


@contextlib.contextmanager
def without_noise() -> Iterator[None]:
    """Leave TensorFlow's log lines out of what this process and those that it starts write to standard error."""
    sys.stderr.flush()
    real = os.dup(2)
    program = subprocess.Popen([sys.executable, "-I", "-S", str(FILTER)], stdin=subprocess.PIPE, start_new_session=True)
    assert program.stdin is not None
    try:
        os.dup2(program.stdin.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(real, 2)
        os.close(real)
        program.stdin.close()
        # Somebody else still has the other end.
        with contextlib.suppress(subprocess.TimeoutExpired):
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
