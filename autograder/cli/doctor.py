"""`autograder doctor`: whether this machine can grade, and what in a course folder is stale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.quiet import quiet_stdout


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say whether this machine can grade: the sandbox and what got out of it, limits, versions, GPU. Exit 1 if it cannot.

    In a course folder also what is stale: grades, points and pages that no longer agree with what they were made from.
    """
    with quiet_stdout() as stdout:
        from autograder import environment

        environment.settle()
        from autograder.cli import machine

        found = machine.examine()
        if Path("nbgrader_config.py").is_file():
            from autograder.hosts.nbgrader import stale

            found["stale"] = stale.examine(Path.cwd())
        if as_json:
            stdout.write(json.dumps(found) + "\n")
        else:
            Console(file=stdout, soft_wrap=True).print(machine.for_people(found), highlight=False)
    raise typer.Exit(0 if found["ok"] else 1)
