"""`autograder due`: when lessons are due, in the course's own time zone."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.cli.options import chosen_lessons, in_folder
from autograder.quiet import without_noise
from autograder.words import BONUS

NEVER = "never"


def due(
    lesson: Annotated[str | None, typer.Argument(help="The lesson; without it, all due dates are listed.")] = None,
    when: Annotated[
        str | None,
        typer.Argument(
            help='Its due date: "2026-03-01 23:59", in the course\'s time zone if it names none; "never" takes it away.'
        ),
    ] = None,
    student: Annotated[str | None, typer.Option(metavar="ID", help="A later due date for this student alone.")] = None,
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
) -> None:
    """List due dates, or set one: of a lesson, or a later one of a single student."""
    chosen = chosen_lessons([lesson] if lesson else [], lesson is None)
    if student is not None and when is None:
        raise typer.BadParameter("Name the lesson and the date with --student.")
    with in_folder(course_dir), without_noise():
        from autograder.hosts.nbgrader import due as dates
        from autograder.hosts.nbgrader.command import Grading

        course = Grading(logging.NullHandler())
        if when is not None:
            moment = None if when == NEVER else dates.moment(when)
            if student is None:
                dates.set_due(course, chosen[0], moment)
            else:
                dates.set_own(course, chosen[0], student, moment)
        console = Console(highlight=False, soft_wrap=True)
        bonus = {one.name: f" ({BONUS})" for one in chosen if one.bonus}
        for found in dates.due_dates(course, chosen):
            console.print(
                f"{found.lesson}{bonus.get(found.lesson, '')}: {f'due {found.when}' if found.when else 'no due date'}",
                markup=False,
            )
            for who, own in found.own.items():
                console.print(f"  {who}: {own}", markup=False)
