"""`autograder export`: grades for a learning platform, and an autograder for Gradescope."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from autograder import files
from autograder.cli.options import GRADERS_FAULT, chosen_lessons, complain, in_folder
from autograder.errors import CourseError
from autograder.hosts.lms.platforms import FIELDS, PLATFORMS, Platform
from autograder.quiet import without_noise
from autograder.settings import Settings

NAMES = [platform.name for platform in PLATFORMS.values()]
export = typer.Typer(
    help=f"Grades in the file that {', '.join(NAMES[:-1])} or {NAMES[-1]} takes back; an autograder for Gradescope.",
    no_args_is_help=True,
)

Roster = Annotated[Path, typer.Argument(metavar="FILE", help="What the platform exported.")]
Lessons = Annotated[list[str] | None, typer.Argument(metavar="[LESSON]...", help="By default all in the gradebook.")]
Lesson = Annotated[list[str] | None, typer.Argument(metavar="LESSON", help="The lesson that the file is about.")]
To = Annotated[Path | None, typer.Option(metavar="FILE", help="Where the result goes.")]
Students = Annotated[
    list[str] | None, typer.Option("--student", metavar="ID", help="Only this student; can be repeated.")
]
CourseDir = Annotated[Path, typer.Option(help="The nbgrader course directory.")]
Match = Annotated[str, typer.Option(metavar="COLUMN", help="The file's column that tells who a row is.")]
StudentField = Annotated[
    str, typer.Option(metavar="FIELD", help=f"What of the gradebook it is compared with: {', '.join(FIELDS)}.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column", metavar="LESSON=HEADER", help="A lesson's column, or (LESSON/EXERCISE=HEADER) an exercise's."
    ),
]
Decimal = Annotated[str, typer.Option(metavar="SIGN", help="The decimal sign, '.' or ','; by default the file's.")]
Scale = Annotated[bool, typer.Option("--scale", help="Scale points where the platform's maximum is another.")]
FeedbackZip = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Put the feedback pages into a zip for Moodle as well.")
]


def _filling(platform: Platform) -> Callable[..., None]:
    """Make the command that fills a platform's file."""

    def fill(
        roster: Roster,
        lessons: Lessons = None,
        to: To = None,
        student: Students = None,
        match: Match = "",
        student_field: StudentField = "",
        column: Columns = None,
        decimal: Decimal = "",
        scale: Scale = False,
        feedback_zip: FeedbackZip = None,
        course_dir: CourseDir = Path("."),
    ) -> None:
        if student_field not in ("", *FIELDS):
            raise typer.BadParameter(f"--student-field is {', '.join(FIELDS[:-1])} or {FIELDS[-1]}.")
        if decimal not in ("", ".", ","):
            raise typer.BadParameter("--decimal is '.' or ','.")
        columns = dict(one.partition("=")[::2] for one in column or ())
        if not all(columns.values()):
            raise typer.BadParameter("--column is LESSON=HEADER.")
        options: dict[str, Any] = {
            "match": match,
            "student_field": student_field,
            "columns": columns,
            "decimal": decimal,
        }
        pages = str(feedback_zip.absolute()) if feedback_zip else ""
        options |= {"roster": str(roster.absolute()), "scale": scale, "feedback_zip": pages}
        _run(platform.key, lessons, to, student, course_dir, **options)

    if platform.single:
        fill.__annotations__["lessons"] = Lesson
    asked = inspect.signature(fill, eval_str=True).parameters.values()
    leave_out = () if platform.takes_pages else ("feedback_zip",)
    fill.__signature__ = inspect.Signature([one for one in asked if one.name not in leave_out])  # type: ignore[attr-defined]
    return fill


for _platform in PLATFORMS.values():
    export.command(_platform.key, help=_platform.purpose)(_filling(_platform))


@export.command()
def long(lessons: Lessons = None, to: To = None, student: Students = None, course_dir: CourseDir = Path(".")) -> None:
    """Write a row for each exercise of each student."""
    _run("long", lessons, to, student, course_dir)


@export.command()
def gradescope(
    lesson: Annotated[str, typer.Argument(metavar="LESSON")],
    to: To = None,
    no_sandbox: Annotated[
        bool,
        typer.Option(
            "--no-sandbox", help="Grade there although no sandbox holds: student code can read the checks then."
        ),
    ] = False,
    own_secret: Annotated[
        bool,
        typer.Option("--with-secret", help="Put your secret into the zip: the same hidden inputs as in your own runs."),
    ] = False,
    course_dir: CourseDir = Path("."),
) -> None:
    """Make the zip that Gradescope takes as the autograder of a lesson."""
    target = (to or Path(f"gradescope-{lesson}.zip")).absolute()
    (chosen,) = chosen_lessons([lesson], False)
    with in_folder(course_dir), without_noise():
        from autograder.hosts.gradescope.packing import packed

        content = packed(chosen, Settings.load(), sandbox=not no_sandbox, own_secret=own_secret)
        try:
            files.write(target, content)
        except OSError as error:
            raise CourseError(
                f"{target}: cannot be written ({error.strerror or error}). Name another with --to."
            ) from None
    secret = "your secret" if own_secret else "a secret of its own"
    Console(soft_wrap=True).print(
        f"{target}: {lesson}, {secret}, {'no sandbox' if no_sandbox else 'a sandbox is insisted on'},"
        f" {len(content) / 2**20:.1f} MiB. It holds the solution and the checks: for Gradescope only.",
        highlight=False, markup=False,
    )  # fmt: skip


def _run(
    key: str, lessons: list[str] | None, to: Path | None, student: list[str] | None, course_dir: Path, **options: Any
) -> None:
    """Have an exporter write its file; what is to be looked at goes to standard error, the summary is the last line."""
    if to is not None:
        to = to.absolute()
    with in_folder(course_dir), without_noise():
        from autograder.hosts.nbgrader.command import Grading
        from autograder.hosts.nbgrader.lms import write

        options |= {"to": str(to) if to else "", "assignment": list(lessons or []), "student": list(student or [])}
        try:
            said = write(key, Grading(logging.NullHandler()).app, options)
        except CourseError as error:
            complain(f"{error} Nothing was exported.")
            raise typer.Exit(GRADERS_FAULT) from None
        for line in said[:-1]:
            complain(line)
    Console(soft_wrap=True).print(said[-1], highlight=False, markup=False)
