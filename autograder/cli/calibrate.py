"""`autograder calibrate`: measure the thresholds of the networks that lessons 4, 5 and 6 ask for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console

from autograder import settings


def calibrate(
    networks: Annotated[
        list[str] | None, typer.Argument(help="alpha, beta, classifier, fusion; by default all.", show_default=False)
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(help="Trainings of the right network: 100 on each photo of alpha's, 60 on worlds of the others."),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Trainings side by side, each on one core.")] = os.cpu_count() or 1,
) -> None:
    """Measure right and wrong networks on pictures that they never saw (alpha: on its photos); write assets/calibration….json and .png."""
    from autograder.networks.spec import SPECS
    from autograder.quiet import without_noise

    console = Console(stderr=True)
    chosen = networks or list(SPECS)
    if odd := [name for name in chosen if name not in SPECS]:
        raise typer.BadParameter(f"there is no network {odd[0]!r}. There is: {', '.join(SPECS)}.")
    for name in chosen:
        file = settings.calibration_file(name)
        with without_noise():
            data, draw = _measured(name, seeds, jobs, lambda line: console.print(line, highlight=False))
            from autograder.networks.calibrate import write

            write(data, file)
            draw(data, file.with_suffix(".png"))
        typer.echo(f"{file} and its picture are written.")


def _measured(
    name: str, seeds: int | None, jobs: int, say: Callable[[str], None]
) -> tuple[dict[str, Any], Callable[..., None]]:
    """What was measured for a network, and what draws it."""
    from autograder.networks import calibrate as photos
    from autograder.networks import calibrate_worlds as worlds
    from autograder.networks import calibration_picture
    from autograder.networks.spec import SPECS, WorldSpec

    spec = SPECS[name]
    if isinstance(spec, WorldSpec):
        return worlds.measure(
            spec, worlds.Effort(right=seeds or worlds.Effort.right), say, jobs
        ), calibration_picture.draw
    return photos.measure(photos.Effort(right=seeds or photos.Effort.right), say, jobs), photos.draw
