"""What several commands share: the option for no sandbox, exit statuses, complaints."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.console import Console

# Exit statuses, each for one thing; 0 to 2 say how a notebook did.
GRADERS_FAULT, WRONG_USE, INTERRUPTED = 3, 64, 130


def _without_sandbox(chosen: bool) -> bool:
    """Let this process, and those that it starts, run student code without a sandbox."""
    if chosen:
        os.environ["AUTOGRADER_SANDBOX"] = "none"
    return chosen


NoSandbox = Annotated[
    bool,
    typer.Option(
        "--no-sandbox",
        callback=_without_sandbox,
        help="Run student code as an ordinary process of yours, where no sandbox holds. Every result says so.",
    ),
]


def complain(line: str) -> None:
    """Say in red, on standard error, what went wrong."""
    Console(stderr=True, soft_wrap=True).print(line, style="bold red", markup=False, highlight=False)
