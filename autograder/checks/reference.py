"""Runs the course's own solution in this process: what it defines is what a student's answers are compared with."""

from __future__ import annotations

import functools
import linecache
import os
import sys
import zlib
from typing import Any

from autograder import loading
from autograder.course.catalog import Lesson, nbgrader_facts


def reference_namespace(lesson: Lesson) -> dict[str, Any]:
    """Return the names that a lesson's set-up cells and its solutions define. It is kept until the solution changes."""
    return _reference_namespace(lesson, lesson.solution.stat().st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _reference_namespace(lesson: Lesson, changed: int) -> dict[str, Any]:
    if "matplotlib" not in sys.modules:  # a live session has chosen its own way to draw
        os.environ["MPLBACKEND"] = "agg"
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with loading.quickly():
        for cell in lesson.read_solution().cells:
            if cell.cell_type == "code" and (
                "setup" in cell.metadata.get("tags", []) or nbgrader_facts(cell).get("solution")
            ):
                run_cell(cell.source, namespace, cell.id)
    return namespace


def run_cell(source: str, namespace: dict[str, Any], name: str) -> None:
    """Run trusted source in a namespace, unseen: what it prints or displays goes nowhere.

    Parameters
    ----------
    source : str
    namespace : dict
        Gets the names that the source defines.
    name : str
        What tracebacks call it.
    """
    from IPython.utils.capture import capture_output

    file = f"<answer {name} {zlib.crc32(source.encode()):08x}>"
    # So that errors can quote it.
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    with capture_output():
        exec(compile(source, file, "exec"), namespace)
