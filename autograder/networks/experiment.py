"""Do a student's experiment again: train the network that was changed, and see whether the losses that were written down can have been measured.

Lesson 4 asks for one change to the plain run (the alpha network, compiled as the lesson says, on a small portrait). What is measured is a *share*: the mean
squared error of a run, over that of the best single colour of its photo. The lesson's `measure` starts from known seeds, `STARTS`. From there the share after
`EARLY` epochs comes out alike on every machine: nobody knows it without having made the run. Rounding grows from epoch to epoch, so for the *lowest* share of
a whole run a factor `SLACK` is left on both sides of what was seen.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder import settings
from autograder.errors import StudentError
from autograder.networks import budget, cost, description, threshold
from autograder.networks.allowed import ACTIVATIONS
from autograder.networks.spec import ALPHA, SPECS, NetworkSpec
from autograder.networks.time_limit import must_end_within

# The plain run: every fifth pixel of the portrait, and so many epochs. The lesson has the same.
STEP = 5
EPOCHS = 100
# Epochs between two looks at the loss.
MARK = 10
# What an experiment may ask for: epochs, sides of the photo, and multiplications, as a multiple of the plain run's.
EPOCHS_FROM, EPOCHS_TO = 10, 300
SIDE_FROM, SIDE_TO = 16, 96
WORK = 8.0
# The seeds of the starts that the lesson's `measure` takes, and the epochs after which it looks for the first time. The lesson has the same.
STARTS = (1, 2, 3)
EARLY = 3
# The numbers here: see `tests/networks/measure_experiments.py`. So far, as a factor, may the median of the early shares lie from the grader's.
EARLY_WITHIN = 1.015
# A lowest share may lie by this factor outside of what was seen.
SLACK = 1.3
# Runs that are looked at before a lowest share is refused; if it lies by this factor outside of those from `STARTS`, no others are.
RUNS = 6
HOPELESS = 1.6
# The plain run: the early share, and the least and the largest median of three lowest ones.
PLAIN_EARLY = 1.293
PLAIN = (0.17, 0.27)
PARTS = ("network", "optimizer", "loss", "photo", "epochs")


@functools.cache
def small() -> np.ndarray:
    """Return the photo of the plain run: uint8 RGB, (80, 80, 3)."""
    return np.ascontiguousarray(threshold.portrait()[::STEP, ::STEP])


def floor(Y: np.ndarray) -> float:
    """Return the mean squared error of the best single colour on a target (1, H, W, 2)."""
    return float(np.mean((Y - Y.mean(axis=(0, 1, 2))) ** 2))


def share_of(
    serialized: Any,
    what: str,
    X: np.ndarray,
    Y: np.ndarray,
    epochs: int,
    seed: int | None = None,
    spec: NetworkSpec = ALPHA,
) -> float:
    """Train a serialized model once, in the process for networks; return its lowest share. The last results are kept.

    Parameters
    ----------
    serialized : SerializedModel
        Compiled.
    what : str
        How messages call it.
    X, Y : ndarray
        The training pair, (1, H, W, 1) and (1, H, W, 2).
    epochs : int
    seed : int, optional
        Of fresh first weights. Without it, the run starts from the weights that the model has.

    Raises
    ------
    StudentError
        That says why it cannot be trained.
    """
    from autograder.networks import worker

    weights = () if seed is not None else serialized.weights
    key = (serialized.config, serialized.compiled, *_bytes((*weights, X, Y)), epochs, seed, spec.name)
    if key not in _shares:
        budget.must_be_affordable(serialized, what, np.shape(X), spec)
        start = -1 if seed is None else seed
        lowest = worker.run("lowest", serialized, what, X, Y, epochs, start, settings.limits().training, spec.name)
        _shares[key] = float(lowest) / floor(Y)
        while len(_shares) > KEPT:
            _shares.popitem(last=False)
    return _shares[key]


# Shares by all that they depend on: several checks ask for the same.
KEPT = 32
_shares: OrderedDict[tuple[Any, ...], float] = OrderedDict()


def _bytes(arrays: Any) -> list[str]:
    return [hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest() for array in arrays]


def lowest_here(
    serialized: Any, what: str, X: np.ndarray, Y: np.ndarray, epochs: int, seed: int, seconds: float, spec: str
) -> float:
    """Do what `share_of` asks for, in this process; return the lowest mean squared error at any mark (infinity if none is a number).

    seed: below zero, the run starts from the weights that the model has.
    """
    import keras

    from autograder.networks import kept
    from autograder.networks.rebuilding import rebuild

    key, trainer = kept.trainers.take(serialized, what, X, Y, SPECS[spec])
    look = must_end_within(seconds, what)
    keras.utils.set_random_seed(max(seed, 0) % 2**31)
    trainer.renew(rebuild(serialized, what, weights=seed < 0, compiled=True, spec=SPECS[spec]), X, Y)
    best = float("inf")
    for done in range(0, epochs, MARK):
        trainer.run(min(MARK, epochs - done))
        look()
        loss = float(np.mean((trainer.predict(X) - Y) ** 2))
        best = min(best, loss) if np.isfinite(loss) else best
    kept.trainers.give_back(key, trainer)
    return best


def draws_while_training(serialized: Any, what: str) -> bool:
    """Return whether a network draws random numbers while it is trained, as dropout does: then no seed makes two runs alike."""
    return any("seed" in layer.config for layer in description.layers_of(serialized, what))


def work_of(serialized: Any, what: str, photo: np.ndarray, epochs: int) -> int:
    """Return the multiplications of all epochs, the way there.

    Raises
    ------
    StudentError
        If the layers do not fit together, or do not fit the photo.
    """
    network = description.network_of(serialized, what)
    layers = [(layer.kind, layer.config) for layer in network.layers]
    try:
        found = cost.cost_of(layers, network.calls, (1, *photo.shape[:2], 1), training=True)
    except cost.Odd as odd:
        raise StudentError(f"{what} could not be built again: {odd}.") from None
    return found.work * epochs


def claimed(claim: float, run: Callable[[int], float], runs: int = RUNS) -> tuple[bool, list[float]]:
    """Return whether a lowest share can have been measured, and the shares that were seen.

    Parameters
    ----------
    claim : float
    run : callable
        run(number) is the share of another run, counted from 0.
    runs : int
        After so many runs a claim is refused that lies outside of all that was seen; a hopeless one after the first of them, `STARTS`.
    """
    seen: list[float] = []
    for number in range(runs):
        seen.append(run(number))
        if fits(claim, seen):
            return True, seen
        if len(seen) == len(STARTS) and not fits(claim, seen, HOPELESS):
            break
    return False, seen


def fits(claim: float, seen: list[float], slack: float = SLACK) -> bool:
    """Return whether a share lies among those that were seen, with `slack` on both sides."""
    return min(seen) / slack <= claim <= max(seen) * slack


def changed(
    plain: Any, other: Any, photo: np.ndarray, epochs: int, what: str, plain_photo: np.ndarray | None = None
) -> dict[str, str]:
    """Return what an experiment changes, by its name in PARTS: in words, how it is now.

    Parameters
    ----------
    plain, other : SerializedModel
        Compiled.
    photo : ndarray
    epochs : int
    what : str
        How messages call the other model.
    plain_photo : ndarray, optional
        By default `small()`.

    Raises
    ------
    StudentError
        If a model is not compiled, or cannot be read.
    """
    found = {}
    one, two = (_layers(model, what) for model in (plain, other))
    if one != two:
        found["network"] = f"{len(two)} layers, not the same as the plain ones"
    before, after = (description.compiled_of(model, what) for model in (plain, other))
    if _optimizer(before) != _optimizer(after):
        found["optimizer"] = f"{after.optimizer}, learning rate {after.learning_rate or 0:.6g}"
    if _loss(before) != _loss(after):
        found["loss"] = after.loss
    if not np.array_equal(photo, small() if plain_photo is None else plain_photo):
        found["photo"] = "another one"
    if epochs != EPOCHS:
        found["epochs"] = f"{epochs}, not {EPOCHS}"
    return found


def _layers(serialized: Any, what: str) -> list[Any]:
    """What the layers compute, whatever they are called and whether an activation is a layer of its own."""
    try:
        layers = description.line_of(serialized, what)
    except StudentError:
        layers = description.layers_of(serialized, what)
    found: list[Any] = []
    for layer in layers:
        if layer.kind == "InputLayer":
            continue
        config = {name: value for name, value in layer.config.items() if name not in ("name", "dtype", "seed")}
        named = _activation(config.pop("activation", None))
        if layer.kind in ACTIVATIONS:
            own = _activation({"class_name": layer.kind, "config": layer.config})
            if found and found[-1][2] == "linear":
                found[-1][2] = own
                continue
            named = own
        found.append([layer.kind, json.dumps(_plain(config), sort_keys=True), named])
    return found


def _activation(given: Any) -> str:
    """The name of an activation, as a word or with its settings."""
    if isinstance(given, dict):
        kind, config = given.get("class_name"), given.get("config")
        settings_of = config if isinstance(config, dict) else {}
        if kind == "Activation":
            return _activation(settings_of.get("activation"))
        if kind == "ReLU" and not any(settings_of.get(name) for name in ("max_value", "negative_slope", "threshold")):
            return "relu"
        more = {name: value for name, value in settings_of.items() if name not in ("name", "dtype", "trainable")}
        return f"{kind} {json.dumps(_plain(more), sort_keys=True)}"
    return str(given or "linear").lower()


def _optimizer(facts: description.Compiled) -> Any:
    # 0, False and None all say: not in use.
    more = {name: value or None for name, value in facts.settings.items() if name not in ("name", "learning_rate")}
    rate = None if facts.learning_rate is None else round(facts.learning_rate, 9)
    return facts.optimizer.lower(), rate, json.dumps(_plain(more), sort_keys=True)


def _loss(facts: description.Compiled) -> Any:
    usual = ("sum_over_batch_size", "mean", "mean_with_sample_weight")
    odd = {name: value for name, value in facts.loss_settings.items() if name not in ("dtype", "name", "fn")}
    if odd.get("reduction") in usual:
        del odd["reduction"]
    return facts.loss, json.dumps(_plain(odd), sort_keys=True)


def _plain(value: Any) -> Any:
    """A setting without what differs between two equal layers: names of objects, seeds, how a number is written."""
    if isinstance(value, dict):
        return {
            key: _plain(part)
            for key, part in value.items()
            if key not in ("name", "seed", "registered_name", "build_config", "shared_object_id")
        }
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return float(f"{value:.7g}")
    return value
