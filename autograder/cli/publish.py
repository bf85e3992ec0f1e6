"""`autograder publish`: the students' repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.cli.options import complain
from autograder.errors import CourseError
from autograder.settings import PACKAGE
from autograder.words import counted

PUBLIC = (
    "Nothing of an answer or a hidden check is in it. The hidden checks may be read by anybody: their inputs are drawn from your secret"
    " (.autograder/secret), so who has read them can still only pass by solving the exercise. The answers in solutions/ may not: whoever can"
    " read this course's repository can copy them. Keep it private while your class works, and share the students' repository."
)


def _must_be_built(root: Path) -> None:
    """CourseError if a lesson is not what its script says. What came with an installed grader cannot be edited, and is as it was made."""
    if root.is_relative_to(PACKAGE):
        return
    from autograder.course.build import differences
    from autograder.course.catalog import lessons
    from autograder.hosts.nbgrader.release import release_text

    for lesson in lessons(root):
        if found := differences(lesson, release_text):
            raise CourseError(
                f"{found[0]} is not what its script says, so nothing is published. Run `autograder build`."
            )


def publish(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder, a new git clone, or one published before.")],
    repository: Annotated[
        str | None,
        typer.Option(
            metavar="OWNER/NAME", help="Where it will be on GitHub: the lessons get a badge that opens them in Colab."
        ),
    ] = None,
    branch: Annotated[
        str | None, typer.Option(help="The branch that the badges name; main if nothing is said.")
    ] = None,
) -> None:
    """Make the students' repository: lessons, README, licences and packages, and nothing of an answer or a hidden check.

    A folder that was published before is brought up to date: its git repository, files that you added, and files that you changed stay.
    """
    from autograder import settings
    from autograder.cli.build import must_be_the_course_here
    from autograder.hosts.publish.place import publish as publish_course

    must_be_the_course_here()
    _must_be_built(settings.root())
    done = publish_course(settings.root(), folder, repository, branch)
    console = Console(soft_wrap=True)
    did = [f"{counted(len(done.written), 'file')} written"]
    did += [f"{len(done.removed)} removed"] if done.removed else []
    did += [f"{counted(done.added, 'file')} of your own kept"] if done.added else []
    console.print(f"{folder}: {', '.join(did)}.", highlight=False, markup=False)
    if settings.root().is_relative_to(PACKAGE):
        console.print("The lessons are those that came with the installed grader.", highlight=False, markup=False)
    for name in done.kept:
        complain(f"{name} was changed by hand and stays as it is. Delete it, and publish again, to have it made anew.")
    if not done.repository:
        console.print(
            "There are no Colab badges: --repository OWNER/NAME says where it will be on GitHub.",
            highlight=False,
            markup=False,
        )
    console.print(PUBLIC, highlight=False, markup=False)
