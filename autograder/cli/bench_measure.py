"""Measures and shows what `autograder bench grading` is about: a class, graded by either side in turns."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from autograder.cli import bench_class
from autograder.cli.bench_class import ABOUT, Desk
from autograder.cli.bench_figures import Measured
from autograder.cli.bench_sides import Ours, Side, Stock
from autograder.course.catalog import Lesson, lessons
from autograder.errors import CourseError
from autograder.grading.pool import default_jobs
from autograder.sandbox import backend

Say = Callable[[str], None]


def chosen_lessons(named: list[str]) -> list[Lesson]:
    """Find lessons by their names, or by the numbers with which these begin.

    Raises
    ------
    CourseError
        Where there is no such lesson.
    """
    known = lessons()
    chosen = []
    for name in ",".join(named).replace(" ", "").split(","):
        fit = [
            lesson for lesson in known if lesson.name == name or (name and lesson.name.split("_")[0] == name.zfill(2))
        ]
        if not fit:
            raise CourseError(
                f"There is no lesson {name!r}. The lessons are: {', '.join(lesson.name for lesson in known)}."
            )
        chosen += [lesson for lesson in fit if lesson not in chosen]
    return chosen


def measure(
    folder: Path,
    chosen: list[Lesson],
    students: int,
    stock_students: int,
    mix: Mapping[str, int],
    say: Say,
    *,
    jobs: int | None = None,
    feedback: bool = True,
) -> Measured:
    """Make the class twice and have it graded by either side, in turns; the side that is first changes with the lesson.

    Parameters
    ----------
    folder : Path
        Empty.
    chosen : list of Lesson
    students, stock_students : int
        How many this grader grades, and how many of them nbgrader; 0 for none.
    mix : dict of str to int
    say : callable
        Gets a line for each command.
    jobs : int, optional
        How many submissions this grader grades at once; by default as many as it would.
    feedback : bool
    """
    backend.choose()  # all that the sandbox shows is searched once, and not by the first command that is timed
    whole = bench_class.students(students, mix)
    part = bench_class.sample(whole, stock_students, mix) if stock_students else []
    ours = Ours(folder / "ours", jobs or default_jobs())
    sides: list[Side] = [Stock(folder / "stock"), ours] if part else [ours]
    found = Measured(chosen, mix, whole, part, ours.jobs)
    for number, lesson in enumerate(chosen):
        desk = Desk(lesson, number)
        for side in sides:
            side.make(lesson, desk, whole if side is ours else part)
    for number, lesson in enumerate(chosen):
        order = sides[:: -1 if number % 2 else 1]
        for step in ("grades", "feedback") if feedback else ("grades",):
            for side in order:
                run = side.run(side.autograde(lesson) if step == "grades" else side.feedback(lesson))
                found.runs[side.name, step, lesson.name] = run
                if step == "grades":  # pictures are of the pages
                    run.seconds -= run.drawing_s
                else:
                    run.seconds += found.runs[side.name, "grades", lesson.name].drawing_s
                count = len(whole if side is ours else part)
                say(f"  {lesson.name}, {step} of {count}, {side.name}: {run.seconds:.1f} s")
    for side in sides:
        found.take(side, feedback=feedback)
    return found


@contextlib.contextmanager
def place(folder: Path | None) -> Iterator[Path]:
    """Give an empty folder: this one, which stays, or one that goes.

    Raises
    ------
    CourseError
        If the folder is there already or cannot be made.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="bench-") as made:
            yield Path(made)
        return
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise CourseError(f"{folder}: {error.strerror}. Name a folder that is not there yet.") from error
    yield folder.resolve()


# -- what is shown ----------------------------------------------------------------------------------------------------


def show(values: Mapping[str, Any], console: Console) -> None:
    """Print what was measured, for people."""
    console.print(
        f"\nA class of {values['students']}, {', '.join(values['lessons'])}; {values['jobs']} at a time; a cell may take {values['cell_limit_s']:g} s on either side"
        f" (limits.toml here, Execute.timeout of nbgrader)."
    )
    for kind, count in values["mix"].items():
        console.print(f"  {count} {kind}: {ABOUT[kind]}")
    console.print(_kinds(values))
    if values["stock_students"]:
        console.print(_sides(values))
        console.print(_scaling(values))
    else:
        console.print(f"Grades {values['ours_s']:.1f} s" + _with_pages(values["ours_with_feedback_s"]))
    console.print(
        "This grader's seconds by phase: " + ", ".join(f"{name} {s:.1f}" for name, s in values["ours_by_phase"].items())
    )
    memory = values["memory"]
    console.print(
        f"Most memory: main process {memory['main_bytes'] / 1e6:.0f} MB, one worker {memory['worker_bytes'] / 1e6:.0f} MB"
    )
    if values["page_bytes"]:
        console.print(
            f"Feedback pages: the largest {values['page_bytes'] / 1e6:.2f} MB, the mean {values['page_bytes_mean'] / 1e6:.2f} MB"
        )
    for name in values["failed"]:
        console.print(f"No grade: {name}", style="bold red")
    machine = values["machine"]
    console.print(f"On {machine['cores']} cores, Python {machine['python']}, nbgrader {machine['nbgrader']}.")


def _kinds(values: Mapping[str, Any]) -> Table:
    table = Table(header_style="bold")
    for column in ("", "stock, s each", "share", "ours, s each", "share"):
        table.add_column(column, justify="right" if column else "left")
    for kind, row in values["by_kind"].items():
        numbers = [
            _number(row["stock_mean_s"]),
            _percent(row["stock_share"]),
            _number(row["ours_mean_s"]),
            _percent(row["ours_share"]),
        ]
        table.add_row(kind, *numbers)
    return table


def _sides(values: Mapping[str, Any]) -> Table:
    table = Table(header_style="bold")
    for column in ("", "stock, s", "ours, s", "ratio"):
        table.add_column(column, justify="right" if column else "left")
    for lesson, row in values["by_lesson"].items():
        for step in ("grades", "feedback"):
            if row[f"ours_{step}_s"] is not None:
                numbers = (row[f"stock_{step}_s"], row[f"ours_{step}_s"], row[f"{step}_ratio"])
                table.add_row(f"{lesson}, {step}", *map(_number, numbers))
    table.add_row(
        "grades", _number(values["stock_s"]), _number(values["ours_s"]), _number(values["ratio"]), style="bold"
    )
    if values["ours_with_feedback_s"] is not None:
        numbers = (values["stock_with_feedback_s"], values["ours_with_feedback_s"], values["ratio_with_feedback"])
        table.add_row("grades and pages", *map(_number, numbers), style="bold")
    return table


def _scaling(values: Mapping[str, Any]) -> str:
    """Say how stock's seconds came about."""
    without = values["stock_without_a_grade"]
    more = f" It gave no grade to {', '.join(without)}." if without else ""
    if values["stock_students"] == values["students"]:
        return "Both sides graded the whole class." + more
    return (
        f"Stock graded {values['stock_students']} of the {values['students']} in {values['stock_measured_s']:.1f} s; its seconds are scaled up in"
        f" a straight line: each of the others as long as those of their kind took on the average.{more}"
    )


def _with_pages(seconds: float | None) -> str:
    return "." if seconds is None else f"; with feedback pages {seconds:.1f} s."


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
