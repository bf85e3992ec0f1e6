"""The right and the wrong ways of lessons 5 and 6 that `calibrate_worlds` measures: pipelines, and networks that are changed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.networks import worlds
from autograder.networks.spec import BETA, CLASSIFIER, FUSION

# Epochs that are drawn of one world; they go round, as in the grader.
ROUND = 6
Pairs = tuple[list[np.ndarray], np.ndarray]
Epoch = list[Pairs]


@dataclass(frozen=True)
class Case:
    """One network, right or wrong in one way.

    Attributes
    ----------
    epochs : callable
        Makes the epochs of a training pair: (inputs, target, seed) -> list of epochs.
    change : callable
        Changes the network that the builder makes.
    rate : float or None
        Another learning rate than the spec's; 0: it is not trained.
    told : str
        What a fusion is told of: "classifier", "untrained classifier", "other pictures", "nothing".
    """

    epochs: Callable[[list[np.ndarray], np.ndarray, int], list[Epoch]]
    change: Callable[[Any], Any] = lambda model: model
    rate: float | None = None
    told: str = "classifier"


# -- pipelines --------------------------------------------------------------------------------------------------------


def shuffled(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    return [worlds.batches(inputs, target, 8, seed + number) for number in range(ROUND)]


def _flipped(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    rng = np.random.default_rng(seed)
    return [[_mirrored(*batch, rng) for batch in epoch] for epoch in shuffled(inputs, target, seed)]


def _mirrored(inputs: list[np.ndarray], target: np.ndarray, rng: np.random.Generator, both: bool = True) -> Pairs:
    """A batch with some of its pictures mirrored; both: L and colours together."""
    turn = rng.random(len(target)) < 0.5
    flip = lambda array: np.where(turn.reshape(-1, 1, 1, 1), array[:, :, ::-1], array)  # noqa: E731
    return [flip(inputs[0]), *inputs[1:]], flip(target) if both and target.ndim == 4 else target


def _zoomed(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    """Flipped, and a square window of three quarters of a side enlarged."""
    rng = np.random.default_rng(seed)

    def larger(array: np.ndarray, corners: np.ndarray) -> np.ndarray:
        steps = np.arange(array.shape[1]) * 3 // 4
        return np.stack([one[top + steps][:, left + steps] for one, (top, left) in zip(array, corners, strict=True)])

    found = []
    for epoch in _flipped(inputs, target, seed):
        corners = [rng.integers(0, target.shape[1] // 4 + 1, (len(out), 2)) for _, out in epoch]
        found.append(
            [([larger(ins[0], c), *ins[1:]], larger(out, c)) for (ins, out), c in zip(epoch, corners, strict=True)]
        )
    return found


def _either(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    """What right students do: plain, flipped, or flipped and every second batch enlarged."""
    if seed % 3 < 2:
        return (shuffled, _flipped)[seed % 3](inputs, target, seed)
    both = zip(_flipped(inputs, target, seed), _zoomed(inputs, target, seed), strict=True)
    return [
        [(as_it_is, enlarged)[place % 2] for place, (as_it_is, enlarged) in enumerate(zip(*pair, strict=True))]
        for pair in both
    ]


def _either_small(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    """The same without the enlarging."""
    return (shuffled, _flipped)[seed % 2](inputs, target, seed)


def _of_some(count: int) -> Callable[..., list[Epoch]]:
    """The first pictures only, again and again, in an epoch of the usual length."""

    def epochs(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
        again = np.resize(np.arange(count), len(target))
        return shuffled([part[again] for part in inputs], target[again], seed)

    return epochs


def in_their_order(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    """Not shuffled; `measure_one` hands the pictures in sorted by scene."""
    starts = range(0, len(target), 8)
    return [[([part[s : s + 8] for part in inputs], target[s : s + 8]) for s in starts]]


def _apart(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    """L mirrored and the colours not."""
    rng = np.random.default_rng(seed)
    return [[_mirrored(*batch, rng, both=False) for batch in epoch] for epoch in shuffled(inputs, target, seed)]


def _coloured(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    """The hue of each picture turned by up to a half circle."""
    rng = np.random.default_rng(seed)

    def turned(ab: np.ndarray) -> np.ndarray:
        angle = rng.uniform(-math.pi, math.pi, (len(ab), 1, 1))
        a, b = ab[..., 0], ab[..., 1]
        return np.stack([np.cos(angle) * a - np.sin(angle) * b, np.sin(angle) * a + np.cos(angle) * b], -1).astype(
            np.float32
        )

    return [[(ins, turned(out)) for ins, out in epoch] for epoch in shuffled(inputs, target, seed)]


def _large(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    return shuffled(inputs, target * 128, seed)


def _mixed(inputs: list[np.ndarray], target: np.ndarray, seed: int) -> list[Epoch]:
    """The target of other pictures."""
    return shuffled(inputs, np.random.default_rng(seed).permutation(target), seed)


# -- changed networks -------------------------------------------------------------------------------------------------


def _with(kind: str, make: Callable[[Any], Any], last: bool = False) -> Callable[[Any], Any]:
    """What makes a copy of a network with its layers of a kind (the last one only) replaced."""

    def change(model: Any) -> Any:
        import keras

        found = [layer for layer in model.layers if type(layer).__name__ == kind][-1 if last else 0 :]
        return keras.models.clone_model(
            model,
            clone_function=lambda layer: make(layer) if layer in found else type(layer).from_config(layer.get_config()),
        )

    return change


def _relu(layer: Any) -> Any:
    return type(layer).from_config({**layer.get_config(), "activation": "relu"})


def _mean_pool(layer: Any) -> Any:
    import keras

    return keras.layers.GlobalAveragePooling2D(name=layer.name)


# Learns a few pictures only: its error on unseen pictures is far larger than on its own.
BY_HEART = "learns 16 pictures by heart"
UNTRAINED = Case(shuffled, rate=0)
RELU = Case(shuffled, _with("Conv2D", _relu, last=True))
CASES: dict[str, dict[str, Case]] = {
    BETA.name: {
        "right": Case(_either),
        "untrained": UNTRAINED,
        "learning rate 0.00001": Case(shuffled, rate=1e-5),
        "ReLU at the end": RELU,
        "no /128": Case(_large),
        "one batch again and again": Case(_of_some(8)),
        BY_HEART: Case(_of_some(16)),
        "not shuffled": Case(in_their_order),
        "L mirrored without its colours": Case(_apart),
        "hue changed at random": Case(_coloured),
        "colours of other pictures": Case(_mixed),
    },
    CLASSIFIER.name: {
        "right": Case(_either_small),
        "untrained": UNTRAINED,
        "mean instead of maximum": Case(shuffled, _with("GlobalMaxPooling2D", _mean_pool)),
        "kinds of other pictures": Case(_mixed),
        "one batch again and again": Case(_of_some(8)),
    },
    FUSION.name: {
        "right": Case(_either_small),
        "untrained": UNTRAINED,
        "told nothing": Case(shuffled, told="nothing"),
        "told by an untrained classifier": Case(shuffled, told="untrained classifier"),
        "told of other pictures": Case(shuffled, told="other pictures"),
        "ReLU at the end": RELU,
        "no /128": Case(_large),
    },
}
# The least ratio of the lowest wrong score to the edge of the right ones.
APART = {BETA.name: 1.15, CLASSIFIER.name: 2.0, FUSION.name: 1.15}
# What the loss does not tell from right ones, or not always. Checks of the pipeline do, and of beta's by heart the ratio of its errors.
NOT_BY_LOSS: dict[str, tuple[str, ...]] = {
    BETA.name: (BY_HEART, "not shuffled", "L mirrored without its colours"),
    CLASSIFIER.name: ("mean instead of maximum",),
    FUSION.name: (),
}
