"""`autograder check`: grade one notebook without a gradebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.cli.options import GRADERS_FAULT, NoSandbox, complain
from autograder.quiet import quiet_stdout


def check(
    notebook: Annotated[Path, typer.Argument(help="A notebook file of one of the lessons.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    no_sandbox: NoSandbox = False,
) -> None:
    """Grade one notebook without a gradebook: exit 0 full marks, 1 less, 2 not gradable, 3 the grader's own fault."""
    with quiet_stdout() as stdout:
        from autograder import environment

        environment.settle()
        from autograder import settings
        from autograder.course.address import how_to_report
        from autograder.grading.one_file import grade_file
        from autograder.hosts.alone import record
        from autograder.reports.console import console_view

        stamp = record.stamp_of(notebook)
        result = grade_file(notebook)
        if damaged := record.read()[1]:
            complain(damaged)
        record.remember(result, notebook, stamp)
        if as_json:
            stdout.write(json.dumps(result.as_json(), ensure_ascii=False) + "\n")
        elif result.exit_code == GRADERS_FAULT:
            failed = f"The grader failed on {notebook.name}: {' '.join(result.reason.split())[-600:]}"
            complain(f"{failed} {how_to_report(settings.root())}")
        else:
            Console(file=stdout).print(console_view(result))
    raise typer.Exit(result.exit_code)
