"""Measures the training engine against Keras' own ways, and against what the processor can do at most."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.networks import calibrate, threshold

# Turns of each way; medians are reported.
TURNS = 5
# Side of the matrices whose product is the measure of the processor.
MATRIX = 2048


def measure(epochs: int) -> dict[str, Any]:
    """Train the reference network of lesson 4 on the portrait, in turns with each way; seconds an epoch are medians, compiling left out.

    Parameters
    ----------
    epochs : int
        Of each way, in all turns together.

    Returns
    -------
    dict
        "fit_s_per_epoch": `model.fit(X, Y, batch_size=1, epochs=n)`. "steps_s_per_epoch": lesson 4's faster way, the photo repeated and all steps of
        a turn in one execution; None where the backend has none. "ours_s_per_epoch": the engine. "ratio", "ratio_to_steps": to the engine,
        the median of the turns' ratios.
        "gflop_per_epoch": by arithmetic, see `flop_of`. "peak_gflops": of a product of two float32 matrices, 2048 × 2048, by the same
        backend, the fastest of all turns. "share_of_peak": of the engine's fastest turn. "largest_loss_difference": the largest |loss with fit - loss with the
        engine| over all epochs. Rounding differs from the first step on and RMSprop's first steps depend on little more than the signs of
        the gradients, so on 400 × 400 pixels the two part after a few epochs, as two runs of `fit` on different numbers of cores do.
    """
    import keras

    from autograder.networks.training import Trainer

    X, Y = threshold.pair(threshold.portrait())
    keras.utils.set_random_seed(2)
    a_turn = max(1, math.ceil(epochs / TURNS))
    plain, ours = calibrate.right_network(), calibrate.right_network()
    weights = plain.get_weights()
    plain.fit(X, Y, batch_size=1, epochs=2, verbose=0)
    plain.set_weights(weights)
    for variable in plain.optimizer.variables:
        if variable.path.rsplit("/", 1)[-1] != "learning_rate":
            variable.assign(np.zeros(variable.shape, variable.dtype))
    trainer = Trainer(ours, X, Y)
    trainer.run(a_turn)
    trainer.start_again(weights)
    with_fit: list[float] = []
    with_ours: list[float] = []
    ways: dict[str, Callable[[], Any]] = {
        "fit": lambda: with_fit.extend(plain.fit(X, Y, batch_size=1, epochs=a_turn, verbose=0).history["loss"]),
        "ours": lambda: with_ours.extend(trainer.run(a_turn)),
        "product": _product(),
    }
    if keras.backend.backend() == "tensorflow":
        ways["steps"] = _repeated(calibrate.right_network(), X, Y, a_turn)
    took = _in_turns(ways)
    fit_s, ours_s, steps_s = (
        statistics.median(took[name]) / a_turn if name in took else None for name in ("fit", "ours", "steps")
    )
    assert fit_s is not None and ours_s is not None
    flop, peak = flop_of(ours, X.shape), 2 * MATRIX**3 / min(took["product"])
    return {
        "backend": keras.backend.backend(),
        "epochs": a_turn * TURNS,
        "fit_s_per_epoch": fit_s,
        "steps_s_per_epoch": steps_s,
        "ours_s_per_epoch": ours_s,
        "ratio": _ratio(took["fit"], took["ours"]),
        "ratio_to_steps": _ratio(took["steps"], took["ours"]) if "steps" in took else None,
        "gflop_per_epoch": flop / 1e9,
        "peak_gflops": peak / 1e9,
        "share_of_peak": flop * a_turn / min(took["ours"]) / peak,
        "largest_loss_difference": float(np.abs(np.array(with_fit) - np.array(with_ours)).max()),
    }


def flop_of(model: Any, batch: tuple[int, ...]) -> int:
    """Return the floating-point operations of one epoch of a chain, as the engine does it: two for each multiplication and addition.

    Counted are the convolutions: there, and twice back (for the weights and for what came in; for the weights alone at the first).
    A 3×3 convolution behind up-sampling ×2 counts 16 multiplications for each pixel before the up-sampling, channel and filter.

    Parameters
    ----------
    model : keras.Model
    batch : tuple of int
        (N, H, W, channels).

    Raises
    ------
    ValueError
        If the model is no chain.
    """
    from keras import layers

    from autograder.networks.chain import chain

    if (steps := chain(model)) is None:
        raise ValueError("only the convolutions of a chain are counted")
    shape, total, first = batch, 0, True
    for layer, doubles in steps:
        n, height, width, channels = shape
        if doubles:
            shape, products = (
                (n, 2 * height, 2 * width, layer.filters),
                16 * n * height * width * channels * layer.filters,
            )
        else:
            shape = tuple(layer.compute_output_shape(shape))
            window = math.prod(layer.kernel_size) * channels if type(layer) is layers.Conv2D else 0
            products = math.prod(shape) * window
        if products:
            total += products * (2 if first else 3)
            first = False
    return 2 * total


def _in_turns(ways: dict[str, Callable[[], Any]]) -> dict[str, list[float]]:
    """The seconds that each way takes in each turn."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            took[name].append(time.perf_counter() - began)
    return took


def _ratio(one: list[float], other: list[float]) -> float:
    """How much longer one way takes than another: what a turn shares with others on the machine, both ways of the turn share."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def _repeated(model: Any, X: np.ndarray, Y: np.ndarray, steps: int) -> Callable[[], Any]:
    """Lesson 4's `train_fast`, compiled: the photo repeated, many steps in one execution."""
    import tensorflow as tf

    model.compile(optimizer=type(model.optimizer)(), loss=model.loss, steps_per_execution=steps)
    repeated = tf.data.Dataset.from_tensors((X, Y)).repeat()

    def train() -> Any:
        return model.fit(repeated, epochs=1, steps_per_epoch=steps, shuffle=False, verbose=0)

    train()
    return train


def _product() -> Callable[[], Any]:
    """A product of two large matrices, by the backend that trains; done when it returns."""
    from keras import ops

    one = ops.ones((MATRIX, MATRIX), "float32")

    def multiply() -> Any:
        return float(ops.matmul(one, one)[0, 0])

    multiply()
    return multiply
