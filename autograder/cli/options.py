"""What several commands share: the option for no sandbox, exit statuses, complaints."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.course.catalog import Lesson, lessons
from autograder.errors import CourseError

# Set in the environment: a fault of the grader's own is shown with where it came from.
TRACEBACK = "AUTOGRADER_TRACEBACK"
# Exit statuses, each for one thing; 0 to 2 say how a notebook did.
GRADERS_FAULT, WRONG_USE, INTERRUPTED = 3, 64, 130


def _without_sandbox(chosen: bool) -> bool:
    """Let this process, and those that it starts, run student code without a sandbox."""
    if chosen:
        os.environ["AUTOGRADER_SANDBOX"] = "none"
    return chosen


NoSandbox = Annotated[
    bool,
    typer.Option(
        "--no-sandbox",
        callback=_without_sandbox,
        help="Run student code as an ordinary process of yours, where no sandbox holds. Every result says so.",
    ),
]


def complain(line: str) -> None:
    """Say in red, on standard error, what went wrong."""
    Console(stderr=True, soft_wrap=True).print(line, style="bold red", markup=False, highlight=False)


def in_one_line(error: Exception) -> str:
    """What an exception says, and where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:500]}{place}"


def missing_package(error: ModuleNotFoundError) -> str:
    """What helps where a package that a command needs is not installed; "" where it is a module of the grader's own."""
    name = (error.name or "").partition(".")[0]
    if not name or name == "autograder":
        return ""
    return (
        f"The package {name} is not installed here. What runs and grades notebooks needs more than the course's package alone:"
        " in the folder of its repository, pip install '.[grader,networks]'; for a class, '.[nbgrader,networks]'."
        " In a running notebook, autograder.self_check gives the same points without that."
    )


def chosen_lessons(names: list[str], every: bool) -> list[Lesson]:
    """Return the lessons that a command line names, or all; typer.BadParameter for a wrong one."""
    known = {lesson.name: lesson for lesson in lessons()}
    if every == bool(names):
        raise typer.BadParameter(
            "Name one or more lessons, or say --all." if not names else "Name lessons, or say --all."
        )
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"There is no lesson called {name!r}. The lessons are: {', '.join(known)}.")
    return list(known.values()) if every else [known[name] for name in dict.fromkeys(names)]


@contextlib.contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """Within this, a folder is the current one. CourseError if it is not there."""
    try:
        with contextlib.chdir(folder):
            yield
    except (FileNotFoundError, NotADirectoryError) as error:
        if error.filename is not None and os.fspath(error.filename) == os.fspath(folder):
            raise CourseError(f"{folder}: there is no such folder.") from None
        raise
