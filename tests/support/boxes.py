"""Boxes for tests: the isolation that holds on this machine, what runs a program, and what a box may leave behind."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.sandbox import backend
from autograder.sandbox.box import Box
from autograder.sandbox.warm_process import can_be_warm

ISOLATION, FAILURES = backend.proven()
needs_isolation = pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox holds on this machine: {FAILURES}")


def _why_not_warm() -> str:
    """Why boxes of this kind cannot come from a warm process here; "" if they can."""
    if ISOLATION is None:
        return f"no sandbox holds on this machine: {FAILURES}"
    with tempfile.TemporaryDirectory() as folder:
        can = can_be_warm(Box(Path(folder), ISOLATION))
    return "" if can else f"Python lies where a box has a folder of its own ({sys.prefix}): there kernels are started"


NOT_WARM = _why_not_warm()
needs_warm_processes = pytest.mark.skipif(bool(NOT_WARM), reason=NOT_WARM)


def runner(tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs Python source in a fresh box and returns what it printed: `run(source, **options of Box)`."""

    def run(source: str, seconds: float = 20, **options) -> str:
        folder = tmp_path / f"box-{time.monotonic_ns()}"
        folder.mkdir()
        return Box(folder, ISOLATION, **options).run([sys.executable, "-I", "-c", source], seconds).decode()

    return run


def groups() -> set[str]:
    """The cgroups of boxes that are there, and whose maker has ended."""
    found = {place for place in Path("/sys/fs/cgroup").rglob("box-*") if place.is_dir()}
    return {str(place) for place in found if not Path(f"/proc/{place.name.removeprefix('box-')}").exists()}


def running(word: str) -> int:
    found = 0
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            found += place.name.isdigit() and word.encode() in (place / "cmdline").read_bytes().split(b"\0")
    return found


def wait(claim, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.05)
    return claim()
