"""`autograder new-lesson`: the files of a new lesson, which build, and whose tests say what is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from autograder import settings
from autograder.cli.build import must_be_the_course_here
from autograder.errors import CourseError


def new_lesson(
    name: Annotated[str, typer.Argument(help="Two digits and a name, such as 07_my_lesson.")],
    bonus: Annotated[
        bool, typer.Option("--bonus", help="A bonus lesson: its points come on top, and nobody has to hand it in.")
    ] = False,
) -> None:
    """Make a lesson of one exercise: script, hidden checks, collected answers, notebooks."""
    must_be_the_course_here()
    from autograder.course import build, scaffold
    from autograder.course.catalog import Lesson
    from autograder.hosts.nbgrader.release import release_text

    root = settings.root()
    if root.is_relative_to(settings.PACKAGE):
        raise CourseError(f"{root} came with an installed grader. A lesson is made in a clone of the course.")
    made = scaffold.new_lesson(name, root, bonus)
    made += build.build(Lesson(name, root), release_text)
    for path in made:
        typer.echo(path.relative_to(root))
    typer.echo(f"Fill in what says {scaffold.GAP}; `pytest tests -k {name}` says what else is missing.")
