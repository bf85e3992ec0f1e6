"""Benchmarks of the grader, each against the plain way of doing the same, in one run on one machine."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer
from rich.console import Console

from autograder.cli.bench_grading import bench_grading
from autograder.quiet import quiet_stdout


def sandbox(rounds: int) -> dict[str, Any]:
    """What the isolation adds to a submission: a kernel that is started, runs one cell, answers, and is ended, with and without them, in turns.

    Medians in seconds; "adds_s" is the median of the differences within a round. The probe runs once in a process, not once a submission.
    """
    import statistics

    from nbformat.v4 import new_code_cell, new_notebook

    from autograder.kernel.runner import NotebookRun
    from autograder.sandbox import backend, proof
    from autograder.sandbox.box import scratch_folder
    from autograder.sandbox.isolation import NONE, Isolation

    isolation = backend.choose()
    began = time.perf_counter()
    proof.breaches(isolation)
    probed = time.perf_counter() - began

    def once(isolation: Isolation) -> float:
        began = time.perf_counter()
        with scratch_folder() as folder:
            cell = new_code_cell("import numpy as np\nx = np.arange(3)", metadata={"tags": ["setup"]})
            with NotebookRun(new_notebook(cells=[cell]), folder, isolation=isolation) as run:
                run.finish()
                run.student.value("x")
        return time.perf_counter() - began

    once(NONE), once(isolation)  # files are in the machine's cache now
    pairs = [(once(NONE), once(isolation)) for _ in range(rounds)]
    return {
        "sandbox": isolation.name,
        "rounds": rounds,
        "without_s": statistics.median(plain for plain, _ in pairs),
        "with_s": statistics.median(isolated for _, isolated in pairs),
        "adds_s": statistics.median(isolated - plain for plain, isolated in pairs),
        "escape_test_s": probed,
    }


def _said(found: dict[str, Any]) -> str:
    """What was measured of training, as a sentence."""
    ways = [("fit", found["fit_s_per_epoch"], found["ratio"])]
    if found["steps_s_per_epoch"] is not None:
        ways.append(("fit with steps_per_execution", found["steps_s_per_epoch"], found["ratio_to_steps"]))
    others = ", ".join(f"{name} {took * 1e3:.1f} ms ({ratio:.2f} times as long)" for name, took, ratio in ways)
    return (
        f"{found['device']}, {found['backend']}, {found['epochs']} epochs of 400 × 400 each: ours {found['ours_s_per_epoch'] * 1e3:.1f} ms an epoch, {others}; "
        f"{found['gflop_per_epoch']:.2f} GFLOP an epoch, {found['share_of_peak']:.0%} of the {found['peak_gflops']:.0f} GFLOP/s of a matrix product; "
        f"largest difference of a loss {found['largest_loss_difference']:.2g}"
    )


def _device() -> str:
    """The kind of device that the backend computes on."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return jax.devices()[0].device_kind
    if keras.backend.backend() == "torch":
        import torch

        return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "cpu"


# -- the commands -----------------------------------------------------------------------------------------------------

bench = typer.Typer(help="Measure the grader against the plain way, on this machine.", no_args_is_help=True)


@bench.callback()
def _bench() -> None:
    """Measure the grader against the plain way, on this machine."""


bench.command("grading")(bench_grading)


@bench.command("training")
def bench_training(
    epochs: Annotated[int, typer.Option(help="Epochs of the portrait, 400 × 400, on either side.", min=1)] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """The training engine against `model.fit(X, Y, batch_size=1)`: the same network, the same first weights."""
    with quiet_stdout() as stdout:
        from autograder.networks import speed

        found = {"device": _device(), **speed.measure(epochs)}
        if as_json:
            stdout.write(json.dumps(found) + "\n")
        else:
            Console(file=stdout).print(_said(found), highlight=False)


@bench.command("sandbox")
def bench_sandbox(
    rounds: Annotated[int, typer.Option(help="Kernels on either side, in turns.", min=1)] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """What the sandbox adds to a submission: the same small notebook with and without isolation."""
    with quiet_stdout() as stdout:
        found = sandbox(rounds)
        if as_json:
            stdout.write(json.dumps(found) + "\n")
        else:
            Console(file=stdout).print(
                f"{found['sandbox']}, {rounds} rounds: {found['without_s']:.2f} s without, {found['with_s']:.2f} s with, "
                f"the isolation adds {found['adds_s']:.3f} s; the probe takes {found['escape_test_s']:.2f} s, once a run",
                highlight=False,
            )
