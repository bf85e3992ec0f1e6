"""`autograder integrity` and `autograder accept-secret`: what an instructor decides about a class."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.errors import CourseError


def accept_secret(
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
) -> None:
    """Let the secret of today count from now on, after the old one was lost. Hidden inputs are drawn anew with it."""
    from autograder.grading.journal import Event, Journal
    from autograder.secret_file import fingerprint
    from autograder.settings import Settings

    course = Settings.load(course_dir)
    Journal(course.directory).add(Event.NEW_SECRET, secret=fingerprint(course.secret()))
    typer.echo(f"{course.secret_file} counts from now on.")


def integrity(
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """List what is alike across the class, as the last grading of each lesson found it: the same weights, the same unusual text."""
    from autograder.grading import similarity as comparison

    reports = comparison.read_reports(course_dir)
    if as_json:
        typer.echo(json.dumps({"lessons": reports}, ensure_ascii=False))
        return
    if not reports:
        raise CourseError(
            f"{course_dir}: no class was graded here yet. Run `nbgrader autograde LESSON`, or name the folder with --course-dir."
        )
    Console().print(comparison.rendered(reports))
