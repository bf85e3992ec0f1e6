"""`autograder certificate`: a picture of what a learner's own network painted on its way, at the end of the course."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from autograder.cli.options import NoSandbox, complain, missing_package
from autograder.errors import CourseError, Unreadable, UnreadableWeights
from autograder.quiet import quiet_stdout

if TYPE_CHECKING:
    from autograder.hosts.alone.ladder import Ladder
    from autograder.submission.rebuild import Submission

# The exit status where there is nothing to make a picture of, as that of a notebook that cannot be graded.
NOTHING = 2
NAME = "alpha.certificate.png"
LONGEST_NAME = 40


def certificate(
    notebook: Annotated[
        Path | None,
        typer.Argument(
            metavar="[NOTEBOOK|FOLDER]",
            help="Your notebook of lesson 4, in the folder in which it was run. Of a folder, by default this one, nothing is checked.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="PNG", help=f"The picture; by default {NAME} beside the notebook. Its words come beside it."
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Whose network it was, for the picture.")] = "",
    no_check: Annotated[bool, typer.Option("--no-check", help="Check nothing, and leave out the points.")] = False,
    no_sandbox: NoSandbox = False,
) -> None:
    """Draw what your network of lesson 4 made of the grey portrait after 10, 100 and 1000 epochs: a PNG, and a .txt with the same in words.

    It is made of the files that the lesson's training writes beside the notebook. Points stand on it only from a check of a notebook that is
    run now. On Colab, where the notebook is in no folder of the session, name none: `!autograder certificate`.
    """
    with quiet_stdout() as stdout:
        from autograder import environment, files

        environment.settle()
        from autograder.hosts.alone.certificate import Certificate
        from autograder.submission.rebuild import open_submission

        notebook, folder = _named(notebook)
        target = output or folder / NAME
        try:
            whose = _name(name)
            words = _words_beside(target)
            submission = open_submission(notebook) if notebook is not None else None
            ladder, note = _ladder(submission, notebook.resolve().parent if notebook is not None else folder)
        except (Unreadable, UnreadableWeights) as error:
            complain(str(error))
            raise typer.Exit(NOTHING) from None
        points = "" if no_check or submission is None or notebook is None else _points(submission, notebook)
        unchecked = "" if no_check or submission else "No notebook is named, so no points stand on the picture."
        made = Certificate(ladder, points, whose)
        try:
            files.write_all({target: made.png(), words: f"{made.alt}\n"})
        except OSError as error:
            raise CourseError(f"The picture, or its words, cannot be written: {files.trouble(error)}") from error
        console = Console(file=stdout)
        for line in filter(None, (note, unchecked, f"{target}, {words}: written.", made.alt)):
            console.print(Text(line), soft_wrap=True)


def _named(place: Path | None) -> tuple[Path | None, Path]:
    """The notebook, if one is named, and the folder of the files."""
    if place is None or os.path.isdir(place):  # a folder that is closed to this user is no folder
        return None, place or Path()
    return place, place.parent


def _ladder(submission: Submission | None, folder: Path) -> tuple[Ladder, str]:
    """What a training left beside a notebook, or in a folder, and what has to be said of it."""
    from autograder import files
    from autograder.hosts.alone import ladder
    from autograder.hosts.alone.certificate import SHOWN
    from autograder.networks.spec import ALPHA

    if submission is not None and submission.lesson.name != ALPHA.lesson:
        raise Unreadable(
            f"This is a notebook of {submission.lesson.name}. The picture is made of the network of {ALPHA.lesson}: name that notebook."
        )
    why = (
        f"{ladder.NAME} is not {'beside the notebook' if submission is not None else 'in this folder'}. The cell under the heading “The ladder” in lesson 4 writes it:"
        " run it, and wait for its first rung."
    )
    try:
        found = ladder.read_ladder(folder / ladder.NAME)
        left = max(SHOWN) - found.rungs[-1].epochs
        note = (
            f"Your network has not come to {max(SHOWN)} epochs yet; the picture shows how far it is."
            if left > 0
            else ""
        )
        return found, note
    except Unreadable as error:
        why = str(error)
    except FileNotFoundError:
        pass
    except OSError as error:
        why = files.trouble(error)
    if not os.path.exists(folder / ALPHA.weights_file):
        raise Unreadable(why)
    from autograder.hosts.alone.from_weights import ladder_of_weights

    return ladder_of_weights(
        folder / ALPHA.weights_file
    ), f"{why} Until then there is one picture, of {ALPHA.weights_file}."


def _points(submission: Submission, notebook: Path) -> str:
    """The points that a check of the notebook gives now, or "" where it gives none."""
    try:
        from autograder.grading import one_file
    except ModuleNotFoundError as error:  # the course's package was installed alone, as on Colab
        if not (missing := missing_package(error)):
            raise
        complain(f"The notebook was not checked, so no points stand on the picture. {missing}")
        return ""
    from autograder.hosts.alone import record
    from autograder.reports.rows import points_text

    stamp = record.stamp_of(notebook)
    result = one_file.grade_submission(submission, str(notebook), one_file.must_be_fit(submission.lesson))
    if result.score is None:
        complain(f"The check gave no points, so none stand on the picture: {' '.join(result.reason.split())[-300:]}")
        return ""
    record.remember(result, notebook, stamp)
    return points_text(result.score, result.max_score)


def _name(name: str) -> str:
    """The name as it may stand on the picture; Unreadable where it cannot."""
    from autograder.hosts.alone.certificate import missing_signs

    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise Unreadable(f"--name: {len(name)} characters; on the picture is room for {LONGEST_NAME}.")
    if missing := missing_signs(name):
        raise Unreadable(
            f"--name: the picture’s letters have no sign for {ascii(missing)[1:-1]}. Write it in other letters."
        )
    return name


def _words_beside(target: Path) -> Path:
    """The file beside the picture for its words; Unreadable where the picture is no PNG, or the file holds something else."""
    from autograder.hosts.alone.certificate import TITLE

    if target.suffix.lower() != ".png":
        raise Unreadable(f"{target}: the picture is a PNG file. Name one that ends in .png.")
    words = target.with_suffix(".txt")
    with contextlib.suppress(OSError):
        if not words.read_bytes().startswith(TITLE.encode()):
            raise Unreadable(
                f"{words} would hold the picture’s words, and holds something else. Name another picture with --output."
            )
    return words
