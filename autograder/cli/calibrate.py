"""`autograder calibrate`: measure the thresholds of the networks that lessons 4, 5 and 6 ask for."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
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
    wrong: Annotated[
        int | None,
        typer.Option(help="Trainings of each wrong network: 15 on each photo of alpha's, 9 on worlds of the others."),
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Draws on which the hidden checks must catch each wrong answer (not alpha).", min=1)
    ] = 200,
    jobs: Annotated[int, typer.Option(help="Trainings side by side, each on one core.")] = os.cpu_count() or 1,
    keep: Annotated[
        Path | None,
        typer.Option(
            help="A file where what is measured of beta, classifier and fusion is written down at once; what stands there is not measured again."
        ),
    ] = None,
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
            data, draw = _measured(
                name, (seeds, wrong, draws), jobs, keep, lambda line: console.print(line, highlight=False)
            )
            from autograder.networks.calibrate import write

            write(data, file)
            draw(data, file.with_suffix(".png"))
        typer.echo(f"{file} and its picture are written.")


def _measured(
    name: str, counts: tuple[int | None, int | None, int], jobs: int, keep: Path | None, say: Callable[[str], None]
) -> tuple[dict[str, Any], Callable[..., None]]:
    """What was measured for a network, and what draws it."""
    from autograder.networks import calibrate as photos
    from autograder.networks import calibrate_worlds as worlds
    from autograder.networks import calibration_picture
    from autograder.networks.spec import SPECS, WorldSpec

    spec, (seeds, wrong, draws) = SPECS[name], counts
    if isinstance(spec, WorldSpec):
        most = worlds.Effort(right=seeds or worlds.Effort.right, wrong=wrong or worlds.Effort.wrong, draws=draws)
        return worlds.measure(spec, most, say, jobs, keep), calibration_picture.draw
    tried = photos.Effort(right=seeds or photos.Effort.right, wrong=wrong or photos.Effort.wrong)
    return photos.measure(tried, say, jobs), photos.draw
