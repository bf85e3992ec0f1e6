"""What `autograder watch` and `autograder progress` show on a console."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from autograder import settings
from autograder.course.address import how_to_report
from autograder.course.catalog import lessons
from autograder.errors import CourseError
from autograder.hosts.alone import record
from autograder.hosts.alone.progress import progress_of
from autograder.reports.console import card_view
from autograder.reports.learning import bar_view, table_view
from autograder.reports.rows import points_text
from autograder.results import Verdict
from autograder.safe_text import readable
from autograder.sandbox.isolation import NONE

# `autograder progress` reads what was found, and works where nothing is installed that grades a notebook.
if TYPE_CHECKING:
    from autograder.hosts.alone.rechecking import Rechecked


class Shown:
    """A watch on a console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._status = console.status("", refresh_per_second=4)
        self._showed = False

    # -- what a watch meets -------------------------------------------------------------------------------------------

    def checking(self, name: str, lesson: str) -> None:
        if self.console.is_terminal:
            self._status.update(f"{_now()} checking {readable(name)} …")
            self._status.start()

    def rechecked(self, done: Rechecked) -> None:
        self._status.stop()
        result = done.result
        if result.score is None:
            report = f" {how_to_report(settings.root())}" if result.verdict == Verdict.INFRA else ""
            why = " ".join(result.reason.split())[-600:]
            self.trouble(f"{done.name}: it could not be graded: {why}{report} The watch goes on.")
            return
        total = points_text(result.score, result.max_score)
        nothing = "" if done.cards or done.first else " No exercise changed."
        if self._showed:
            self.console.print()
        without = ", without a sandbox" if result.sandbox == NONE.name else ""
        self._line(f"{_now()} {done.name}: {total}, checked in {result.seconds:g} s{without}.{nothing}", "bold")
        for cell in done.cards:
            self.console.print(card_view(cell))
        self.console.print(bar_view(progress_of(record.read()[0]), result.lesson or ""))
        self._showed = True

    def same(self, name: str, lesson: str) -> None:
        self._line(f"{_now()} {name}: saved. No answer changed, so nothing had to be checked.", "dim")

    def trouble(self, line: str) -> None:
        self._status.stop()
        self._line(f"{_now()} {line}", "bold yellow")

    def note(self, line: str) -> None:
        self._line(f"{_now()} {line}", "dim")

    # -- around it ----------------------------------------------------------------------------------------------------

    def begin(self, names: list[str], places: list[Path]) -> None:
        """Say what is watched."""
        where = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
        if not names:
            examples = ", ".join(f"{lesson.name}.ipynb" for lesson in lessons()[:1])
            where = f"{', '.join(str(place.absolute()) for place in places)}, where no notebook lies yet ({examples} for example)"
        self._line(f"Watching {where}. Save a notebook, and it is checked; Ctrl-C ends the watch.")

    def waits(self) -> None:
        """Say that from now on a save is waited for, and what is next."""
        known, trouble = record.read()
        if trouble:
            self.note(trouble)
        if not self._showed:
            self.console.print(bar_view(progress_of(known)))
        self._line("Waiting for you to save …", "dim")

    def end(self, line: str) -> None:
        """Say in one line that it ended."""
        self._status.stop()
        if self.console.is_terminal:
            self.console.file.write("\r")  # over the terminal's own ^C
        self._line(f"{line} Your notebooks are as you saved them.")

    def _line(self, text: str, style: str = "") -> None:
        self.console.print(Text(readable(text), style=style), soft_wrap=True)


def show_progress(console: Console, folder: Path | None) -> None:
    """Show what is complete, what is next, and how long it will take.

    Raises
    ------
    CourseError
        If there is no such folder.
    """
    if folder is not None and not os.path.isdir(folder):  # nor one that is closed to this user
        raise CourseError(f"{folder}: there is no such folder. `autograder progress` without one shows everything.")
    known, trouble = record.read()
    if trouble:
        trouble = record.put_damaged_aside() or trouble
        console.print(Text(readable(trouble), style="yellow"), soft_wrap=True)
    progress = progress_of(known, folder)
    console.print(table_view(progress))
    where = f"Kept in {record.place()}; you may delete that file."
    if not any(lesson.notebook for lesson in progress.lessons):
        of = f" of a notebook in {folder}" if folder is not None else ""
        where = f"No check{of} is on record yet. `autograder watch` in the folder of your notebooks begins one."
    console.print(Text(readable(where), style="dim"), soft_wrap=True)


def _now() -> str:
    return f"{datetime.now():%H:%M:%S}"
