"""`autograder bench grading`: a class, graded by this grader and by nbgrader as it comes, in turns on the same machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.cli.options import GRADERS_FAULT
from autograder.quiet import quiet_stdout

FIRST_THREE = "01,02,03"
MIX = "right=57 partly=30 blank=9 slow=3 hostile=1"
STOCK_STUDENTS = 20


def bench_grading(
    students: Annotated[int, typer.Option(help="How many are in the class.", min=1)] = 20,
    lessons: Annotated[
        list[str], typer.Option(help="Names or numbers of lessons, with commas or given more than once.")
    ] = [FIRST_THREE],  # noqa: B006
    stock_students: Annotated[
        int,
        typer.Option(
            help="How many of them nbgrader grades, with every kind among them; its time is scaled up.", min=1
        ),
    ] = STOCK_STUDENTS,
    mix: Annotated[str, typer.Option(help="Who is in the class, in parts.")] = MIX,
    jobs: Annotated[
        int | None, typer.Option(help="How many submissions this grader grades at once; by default the cores.", min=1)
    ] = None,
    ours_only: Annotated[bool, typer.Option("--ours-only", help="Measure this grader alone.")] = False,
    feedback: Annotated[bool, typer.Option(help="Whether feedback pages are made and measured as well.")] = True,
    folder: Annotated[Path | None, typer.Option(help="Keep both course directories here; it must not exist.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """A class graded by this grader and by nbgrader as it comes. Exit 3 if somebody got no grade who should have got one."""
    with quiet_stdout() as stdout:
        from autograder.cli import bench_measure
        from autograder.cli.bench_class import read_mix
        from autograder.cli.bench_figures import figures

        console = Console(file=stdout, highlight=False, soft_wrap=True)
        stock = 0 if ours_only else min(students, stock_students)
        with bench_measure.place(folder) as at:
            found = bench_measure.measure(
                at, bench_measure.chosen_lessons(lessons), students, stock, read_mix(mix),
                (lambda line: None) if as_json else console.print, jobs=jobs,
                feedback=feedback,
            )  # fmt: skip
        values = figures(found)
        if as_json:
            stdout.write(json.dumps(values) + "\n")
        else:
            bench_measure.show(values, console)
    raise typer.Exit(GRADERS_FAULT if values["failed"] else 0)
