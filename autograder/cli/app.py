"""The `autograder` command."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli import (
    bench,
    build,
    calibrate,
    certificate,
    check,
    doctor,
    due,
    export,
    grade,
    integrity,
    learn,
    new_lesson,
    publish,
    rejudge,
    report,
)
from autograder.cli.options import (
    GRADERS_FAULT,
    INTERRUPTED,
    TRACEBACK,
    WRONG_USE,
    NoSandbox,
    complain,
    in_one_line,
    missing_package,
)
from autograder.errors import CourseError

app = typer.Typer(
    help="The grader of the course on colouring grey photographs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def demo(
    folder: Annotated[Path, typer.Option(help="Where to make the sample class; emptied first.")] = Path("build/demo"),
    lesson: Annotated[
        list[str] | None,
        typer.Option(help="Only this lesson; can be given more than once. By default all but bonus lessons."),
    ] = None,
    no_sandbox: NoSandbox = False,
) -> None:
    """Make a small sample class in a scratch folder, grade it with plain nbgrader, and show the result."""
    from autograder.cli.demo import run_demo

    raise typer.Exit(run_demo(folder, lesson or ()))


# In the order in which `autograder --help` shows them.
LEARNERS, INSTRUCTORS, MACHINE, AUTHORS = "Your own notebook", "A class", "This machine", "The course itself"
app.command(rich_help_panel=LEARNERS)(check.check)
app.command(rich_help_panel=LEARNERS)(learn.watch)
app.command(rich_help_panel=LEARNERS)(learn.progress)
app.command(rich_help_panel=LEARNERS)(certificate.certificate)
app.command(rich_help_panel=INSTRUCTORS)(grade.grade)
app.command(rich_help_panel=INSTRUCTORS)(due.due)
app.command(rich_help_panel=INSTRUCTORS)(rejudge.rejudge)
app.command(rich_help_panel=INSTRUCTORS)(report.report)
app.command(rich_help_panel=INSTRUCTORS)(publish.publish)
app.add_typer(export.export, name="export", rich_help_panel=INSTRUCTORS)
app.command(rich_help_panel=INSTRUCTORS)(integrity.integrity)
app.command("accept-secret", rich_help_panel=INSTRUCTORS)(integrity.accept_secret)
app.command(rich_help_panel=MACHINE)(doctor.doctor)
app.command(rich_help_panel=MACHINE)(demo)
app.add_typer(bench.bench, name="bench", rich_help_panel=MACHINE)
app.command(rich_help_panel=AUTHORS)(build.build)
app.command(rich_help_panel=AUTHORS)(build.adopt)
app.command("new-lesson", rich_help_panel=AUTHORS)(new_lesson.new_lesson)
app.command(rich_help_panel=AUTHORS)(calibrate.calibrate)


def main() -> None:
    """Run the command. A fault of the grader's own ends in one line and exit status 3, a wrong command line in 64."""
    # The base of the errors of a command line; typer brings Click under its own name or under Click's, by its version.
    wrong_use: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__base__ is Exception)
    try:
        status = app(standalone_mode=False)
    except wrong_use as error:
        error.show()
        status = WRONG_USE
    except (KeyboardInterrupt, typer.Abort):
        complain("Stopped.")
        status = INTERRUPTED
    except CourseError as error:
        complain(str(error))
        status = GRADERS_FAULT
    except Exception as error:  # a fault of the grader: one line, and the way to all of it
        if os.environ.get(TRACEBACK):
            raise
        missing = missing_package(error) if isinstance(error, ModuleNotFoundError) else ""
        complain(
            missing or f"The grader failed: {in_one_line(error)}. {TRACEBACK}=1 in the environment shows all of it."
        )
        status = GRADERS_FAULT
    _leave(status or 0)


def _leave(status: int) -> None:
    """End with this status, also where Python would stay open behind the program (`-i`, PYTHONINSPECT)."""
    if not (sys.flags.inspect or os.environ.get("PYTHONINSPECT")):
        sys.exit(status)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # nobody reads any more
            stream.flush()
    os._exit(status)
