"""`autograder calibrate`: measure the loss threshold of lesson 4."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.console import Console

from autograder import settings


def calibrate(
    seeds: Annotated[int, typer.Option(help="First weights of the right network on each photo.")] = 100,
    jobs: Annotated[int, typer.Option(help="Trainings side by side, each on one core.")] = os.cpu_count() or 1,
) -> None:
    """Measure right and wrong networks on the photos of the loss threshold; write assets/calibration.json and .png."""
    from autograder.networks import calibrate as calibration
    from autograder.quiet import without_noise

    console = Console(stderr=True)
    with without_noise():
        effort = calibration.Effort(right=seeds)
        data = calibration.measure(effort, lambda line: console.print(line, highlight=False), jobs)
        calibration.write(data, settings.calibration_file())
        calibration.draw(data, settings.calibration_file().with_suffix(".png"))
    typer.echo(f"{settings.calibration_file()} and its picture are written.")
