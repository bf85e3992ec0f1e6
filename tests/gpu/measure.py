"""Lesson 4's network on 400 × 400: Keras' `fit`, the training engine, and many first weights at once. Prints a JSON object a line.

    KERAS_BACKEND=jax python3 tests/gpu/measure.py [--epochs 3000] [--fit-epochs 100] [--starts 32] [--side 400]

It needs Keras with JAX, PyTorch or TensorFlow, and scikit-image. Of the project it takes the training engine alone.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
ROOT = Path(__file__).resolve().parents[2]
# The package by its folder: what it imports by itself, a GPU machine may lack.
package = types.ModuleType("autograder")
package.__path__ = [str(ROOT / "autograder")]
sys.modules["autograder"] = package

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402
from skimage import data  # noqa: E402
from skimage.color import rgb2lab  # noqa: E402

from autograder.networks import chain  # noqa: E402
from autograder.networks.many import ManyTrainer  # noqa: E402
from autograder.networks.training import Trainer  # noqa: E402


def alpha() -> keras.Model:
    """The network of lesson 4, compiled."""
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    for filters, activation in ((32, "relu"), (16, "relu"), (2, "tanh")):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    model.compile(optimizer=keras.optimizers.RMSprop(), loss="mean_squared_error")
    return model


def device() -> str:
    """The kind of device that the backend computes on."""
    if keras.backend.backend() == "jax":
        import jax

        return str(jax.devices()[0].device_kind)
    if keras.backend.backend() == "torch":
        import torch

        return torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
    return "not asked"


def pair(side: int) -> tuple[np.ndarray, np.ndarray]:
    """X and Y of the portrait, (1, side, side, 1) and (1, side, side, 2)."""
    lab = rgb2lab(data.astronaut()[0:400, 20:420])[np.newaxis, :side, :side]
    return lab[..., :1].astype(np.float32), (lab[..., 1:] / 128).astype(np.float32)


def seconds(work: Callable[[], list[float]]) -> tuple[float, list[float]]:
    """How long it takes, and what it returns: losses, as numbers, so that the device is done."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def say(part: str, **found: object) -> None:
    """Print one result at once: what comes later may be cut off."""
    print(json.dumps({"part": part, **found}), flush=True)


def fit(X: np.ndarray, Y: np.ndarray, epochs: int) -> float:
    """Measure `fit` as a learner calls it; seconds an epoch."""
    model = alpha()
    model.fit(X, Y, batch_size=1, epochs=3, verbose=0)
    took, losses = seconds(lambda: model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"])
    say("fit", epochs=epochs, s_per_epoch=took / epochs, last_loss=losses[-1])
    return took / epochs


def engine(X: np.ndarray, Y: np.ndarray, epochs: int, fit_s: float, part: str) -> None:
    """Measure the engine: once with compiling, once without."""
    model = alpha()
    start = model.get_weights()
    trainer = Trainer(model, X, Y)
    first, _ = seconds(lambda: trainer.run(epochs))
    trainer.start_again(start)
    took, losses = seconds(lambda: trainer.run(epochs))
    found = {
        "epochs": epochs,
        "first_s": first,
        "s": took,
        "s_per_epoch": took / epochs,
        "ratio_to_fit": fit_s * epochs / took,
    }
    say(part, **found, last_loss=losses[-1], lowest_loss=min(losses))


def many(X: np.ndarray, Y: np.ndarray, epochs: int, starts: int) -> None:
    """Measure many first weights at once."""
    weights = []
    for seed in range(starts):
        keras.utils.set_random_seed(seed)
        weights.append(alpha().get_weights())
    trainer = ManyTrainer(alpha(), X, Y, weights)
    first, _ = seconds(lambda: trainer.run(epochs))
    took, _ = seconds(lambda: trainer.run(epochs))
    losses = trainer.each_loss()
    say(
        "many",
        starts=starts,
        epochs=epochs,
        first_s=first,
        s=took,
        s_per_start=took / starts,
        losses_after_twice=losses,
    )


def main() -> None:
    arguments = argparse.ArgumentParser()
    for name, usual in (("epochs", 3000), ("fit-epochs", 100), ("many-epochs", 1000), ("starts", 32), ("side", 400)):
        arguments.add_argument(f"--{name}", type=int, default=usual)
    given = arguments.parse_args()
    X, Y = pair(given.side)
    say("where", device=device(), backend=keras.backend.backend(), keras=keras.__version__, side=given.side)
    keras.utils.set_random_seed(2)
    fit_s = fit(X, Y, given.fit_epochs)
    parts: list[tuple[str, Callable[[], None]]] = [
        ("engine", lambda: engine(X, Y, given.epochs, fit_s, "engine")),
        ("many", lambda: many(X, Y, given.many_epochs, given.starts)),
    ]
    if keras.backend.backend() == "jax" and not chain.on_xla_cpu():
        parts.append(("transposed", lambda: transposed(X, Y, given.epochs, fit_s)))
    for name, part in parts:
        try:
            part()
        except Exception as error:  # the other parts are measured all the same
            say(name, error=repr(error)[:600])


def transposed(X: np.ndarray, Y: np.ndarray, epochs: int, fit_s: float) -> None:
    """Measure the engine with up-sampling as one transposed convolution: which is faster here?"""
    chain.doubled = lambda x, kernel: keras.ops.conv_transpose(x, chain.doubling_kernel(kernel), 2, "same")
    engine(X, Y, epochs, fit_s, "engine, up-sampling as a transposed convolution")


if __name__ == "__main__":
    main()
