"""`autograder watch` and `autograder progress`, for whoever learns without a class. `autograder grade --watch` is another: see `watch.py`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.cli.options import INTERRUPTED, NoSandbox
from autograder.quiet import quiet_stdout

# Seconds until something is looked at again that is not settled yet.
MOMENT = 0.1


def watch(
    places: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[NOTEBOOK...|FOLDER]", help="Your notebooks, or a folder with them; by default this one."
        ),
    ] = None,
    no_sandbox: NoSandbox = False,
) -> None:
    """Check your notebook again whenever you save it, until Ctrl-C: the card of the exercise that changed, how far you are, what is next.

    For whoever learns alone. Instructors watch a class's hand-ins with `autograder grade --watch`.
    """
    with quiet_stdout() as stdout:
        from autograder import environment

        environment.settle()
        from autograder.cli.learn_shown import Shown
        from autograder.grading.interrupts import ends_in_order
        from autograder.grading.job import keep_warm
        from autograder.grading.one_file import must_be_able
        from autograder.hosts.alone.notebooks import must_be_there
        from autograder.hosts.alone.rechecking import Rechecking
        from autograder.hosts.alone.waiting import Changes
        from autograder.sandbox.isolation import NONE

        found = list(dict.fromkeys(places or [Path()]))
        for place in found:
            must_be_there(place)
        keep_warm()
        shown = Shown(Console(file=stdout))
        rechecking, changes, idle = Rechecking(found, shown), Changes(), False
        try:
            with ends_in_order():
                shown.begin(rechecking.names, found)
                if must_be_able() == NONE:
                    shown.note("There is no sandbox: each of these notebooks is run as an ordinary program of yours.")
                pending = rechecking.look()
                rechecking.make_ready()
                shown.waits()
                while True:
                    idle = True
                    time.sleep(MOMENT) if pending else changes.wait(rechecking.folders)
                    idle = False
                    pending = rechecking.look()
        except KeyboardInterrupt:
            shown.end("The watch ended." if idle else "The watch ended in the middle of a check.")
            raise typer.Exit(0 if idle else INTERRUPTED) from None
        finally:
            changes.close()


def progress(
    folder: Annotated[
        Path | None, typer.Argument(help="Only what was checked of notebooks in this folder; by default everything.")
    ] = None,
) -> None:
    """Show what is complete in the lessons, what is next, and how long it will take; as the last checks found it.

    `autograder check`, `autograder watch` and `autograder.self_check` write that down, in a file that may be deleted.
    """
    from autograder.cli.learn_shown import show_progress

    show_progress(Console(), folder)
