"""`autograder build` and `autograder adopt`: notebooks from scripts, and an edited notebook back into its script."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from autograder import settings
from autograder.errors import CourseError, Unreadable


def must_be_the_course_here() -> None:
    """CourseError if the working directory is a course, and the grader that was loaded has another one: an edit would be passed over."""

    here = Path.cwd()
    is_course = (here / "solutions").is_dir() and any(
        (here / name).is_dir() for name in ("lessons", "autograder/checks")
    )
    if is_course and here != settings.root() and not os.environ.get("AUTOGRADER_COURSE"):
        raise CourseError(
            f"{here} is a course, but the grader that is installed has another one, {settings.root()}. To work on this one:"
            f" AUTOGRADER_COURSE={here} in the environment, or `pip install -e .` here."
        )


def build(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[LESSON]...", help="Only these; by default all.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 and name what differs.")] = False,
) -> None:
    """Make the notebooks in solutions/ and lessons/ from the scripts."""
    must_be_the_course_here()
    from autograder.course import build as builder
    from autograder.course.catalog import lesson as lesson_called
    from autograder.course.catalog import lessons
    from autograder.hosts.nbgrader.release import release_text

    chosen = [lesson_called(name) for name in names] if names else lessons()
    if check:
        wrong = [path for lesson in chosen for path in builder.differences(lesson, release_text)]
        for path in wrong:
            typer.echo(f"{path.relative_to(settings.root())} is not what its script says: run `autograder build`.")
        wrong += [path for path, text in builder.readme(settings.root()).items() if path.read_text("utf-8") != text]
        extra = builder.strays(settings.root())
        for path in extra:
            typer.echo(f"{path.relative_to(settings.root())} belongs to no lesson.")
        raise typer.Exit(1 if wrong or extra else 0)
    for lesson in chosen:
        changed = builder.build(lesson, release_text)
        typer.echo(f"{lesson.name}: {', '.join(str(p.relative_to(settings.root())) for p in changed) or 'up to date'}")
    for path, text in builder.readme(settings.root()).items():
        if builder.write_if_changed(path, text):
            typer.echo(f"{path.name}: its Colab badges")


def adopt(
    notebook: Annotated[Path, typer.Argument(help="A solutions notebook that was edited in JupyterLab.")],
) -> None:
    """Bring an edit of a solutions notebook back into the lesson's script, and rebuild."""
    must_be_the_course_here()
    from autograder.course import adopt as adoption
    from autograder.hosts.nbgrader.release import release_text
    from autograder.submission.reader import read_notebook
    from autograder.submission.rebuild import lesson_of

    try:
        lesson = lesson_of(read_notebook(notebook))
    except Unreadable as error:
        raise CourseError(str(error)) from None
    changed = adoption.adopt(notebook, lesson, release_text)
    typer.echo(f"{lesson.script.relative_to(settings.root())}: {'updated' if changed else 'already says so'}")
