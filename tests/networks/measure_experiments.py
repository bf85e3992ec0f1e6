"""Measure how the shares of lesson 4's experiments (4.12) differ from run to run, and what follows for `autograder.networks.experiment`.

    python -m tests.networks.measure_experiments [STARTS [FILE]]

trains each of the experiments below from so many first weights (20 if nothing is said; the plain run from three times as many), as the grader does, and the plain run as the
lesson does, with `fit`. Then it draws, 100,000 times for each: the median of three runs that a student writes down, and the runs that the grader compares with
it. FILE keeps the shares, and those that it has are not trained again. Printed are the quantiles of the shares, how often an honest number is refused, after how many runs one is let through, and how often a number
that is wrong by a factor is.

    python -m tests.networks.measure_experiments early

starts each experiment from the seeds that the lesson's `measure` takes, and prints the median share after the first epochs: how far it moves when all first weights are
changed by a millionth (more than rounding does), and by a ten thousandth.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

import keras
import numpy as np
from keras import layers, optimizers
from skimage import data

from autograder.networks import experiment, threshold
from autograder.networks.training import Trainer
from tests.support.nets import BEFORE_THE_LAST

TRIALS = 100_000
WRONG_BY = (0.25, 0.4, 0.5, 0.6, 1.7, 2.0, 2.5, 4.0)


def alpha(
    *, filters: float = 1, size: int = 3, hidden: str = "relu", last: str = "tanh", norm: bool = False, drop: float = 0
) -> Any:
    """A network like alpha, with one thing changed."""
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for number, stride in BEFORE_THE_LAST:
        if not number:
            model.add(layers.UpSampling2D())
            continue
        model.add(layers.Conv2D(int(filters * number), size, strides=stride, padding="same", activation=hidden))
        if norm:
            model.add(layers.BatchNormalization())
        if drop:
            model.add(layers.Dropout(drop))
    model.add(layers.Conv2D(2, size, padding="same", activation=last))
    return model


def ready(model: Any = None, optimizer: Any = None, loss: str = "mean_squared_error") -> Any:
    """A network, compiled as the lesson compiles it, but for what is said."""
    model = model or alpha()
    model.compile(optimizer=optimizer or optimizers.RMSprop(1e-3), loss=loss)
    return model


SMALL = experiment.small()
CAT = data.chelsea()[0:296, 0:296][::4, ::4][:72, :72].copy()
COFFEE = data.coffee()[:, 100:500][::5, ::5].copy()
ROCKET = data.rocket()[0:400, 120:520][::5, ::5].copy()
Made = tuple[Callable[[], Any], np.ndarray, int]
EXPERIMENTS: dict[str, Made] = {
    "plain": (ready, SMALL, 100),
    "10 epochs": (ready, SMALL, 10),
    "30 epochs": (ready, SMALL, 30),
    "200 epochs": (ready, SMALL, 200),
    "300 epochs": (ready, SMALL, 300),
    "the cat": (ready, CAT, 100),
    "the cup": (ready, COFFEE, 100),
    "the rocket": (ready, ROCKET, 100),
    "in a mirror": (ready, SMALL[:, ::-1].copy(), 100),
    "upside down": (ready, SMALL[::-1].copy(), 100),
    "Adam": (lambda: ready(optimizer=optimizers.Adam(1e-3)), SMALL, 100),
    "Adam 0.01": (lambda: ready(optimizer=optimizers.Adam(1e-2)), SMALL, 100),
    "SGD 0.01": (lambda: ready(optimizer=optimizers.SGD(1e-2)), SMALL, 100),
    "SGD 0.1": (lambda: ready(optimizer=optimizers.SGD(0.1)), SMALL, 100),
    "rate 0.01": (lambda: ready(optimizer=optimizers.RMSprop(1e-2)), SMALL, 100),
    "rate 0.003": (lambda: ready(optimizer=optimizers.RMSprop(3e-3)), SMALL, 100),
    "rate 0.0001": (lambda: ready(optimizer=optimizers.RMSprop(1e-4)), SMALL, 100),
    "mean absolute error": (lambda: ready(loss="mean_absolute_error"), SMALL, 100),
    "Huber": (lambda: ready(loss="huber"), SMALL, 100),
    "twice the filters": (lambda: ready(alpha(filters=2)), SMALL, 100),
    "half the filters": (lambda: ready(alpha(filters=0.5)), SMALL, 100),
    "kernels 5 x 5": (lambda: ready(alpha(size=5)), SMALL, 100),
    "kernels 1 x 1": (lambda: ready(alpha(size=1)), SMALL, 100),
    "ReLU at the end": (lambda: ready(alpha(last="relu")), SMALL, 100),
    "sigmoid at the end": (lambda: ready(alpha(last="sigmoid")), SMALL, 100),
    "no ReLU": (lambda: ready(alpha(hidden="linear")), SMALL, 100),
    "tanh everywhere": (lambda: ready(alpha(hidden="tanh")), SMALL, 100),
    "leaky ReLU": (lambda: ready(alpha(hidden="leaky_relu")), SMALL, 100),
    "batch normalization": (lambda: ready(alpha(norm=True)), SMALL, 100),
    "dropout": (lambda: ready(alpha(drop=0.2)), SMALL, 100),
}


def shares(made: Made, starts: int) -> np.ndarray:
    """The shares of so many runs in the grader's way."""
    make, photo, epochs = made
    X, Y = threshold.pair(photo)
    trainer, found = Trainer(make(), X, Y), []
    for seed in range(starts):
        keras.utils.set_random_seed(1000 + seed)
        trainer.renew(make(), X, Y)
        best = np.inf
        for done in range(0, epochs, experiment.MARK):
            trainer.run(min(experiment.MARK, epochs - done))
            loss = float(np.mean((trainer.predict(X) - Y) ** 2))
            best = min(best, loss) if np.isfinite(loss) else best
        found.append(best / experiment.floor(Y))
    return np.array(found)


def shares_with_fit(made: Made, starts: int) -> np.ndarray:
    """The shares of so many runs in the lesson's way."""
    make, photo, epochs = made
    (X, Y), found = threshold.pair(photo), []
    for seed in range(starts):
        keras.utils.set_random_seed(5000 + seed)
        model, best = make(), np.inf
        for done in range(0, epochs, experiment.MARK):
            model.fit(X, Y, batch_size=1, epochs=min(experiment.MARK, epochs - done), verbose=0)
            best = min(best, float(np.mean((np.asarray(model(X)) - Y) ** 2)))
        found.append(best / experiment.floor(Y))
    return np.array(found)


def let_through(seen: np.ndarray, factor: float, rng: np.random.Generator) -> tuple[float, float]:
    """How often the median of three runs, times a factor, is let through, and by the first run already."""
    claims = factor * np.median(rng.choice(seen, (TRIALS, 3)), axis=1)
    runs = rng.choice(seen, (TRIALS, experiment.RUNS))
    slack = experiment.SLACK
    ends = (np.minimum.accumulate(runs, axis=1) / slack, np.maximum.accumulate(runs, axis=1) * slack)
    fits = (ends[0] <= claims[:, None]) & (claims[:, None] <= ends[1])
    first, hopeless = len(experiment.STARTS) - 1, experiment.HOPELESS / slack
    far = (claims < ends[0][:, first] / hopeless) | (claims > ends[1][:, first] * hopeless)
    fits[far, first + 1 :] = False
    return float(fits.any(axis=1).mean()), float(fits[:, 0].mean())


def shown(name: str, seen: np.ndarray, rng: np.random.Generator) -> None:
    through, first = let_through(seen, 1, rng)
    wrong = " ".join(f"{let_through(seen, factor, rng)[0]:5.3f}" for factor in WRONG_BY)
    quantiles = " ".join(f"{value:6.3f}" for value in (seen.min(), np.median(seen), seen.max()))
    print(
        f"{name:22s} {quantiles}   {np.log(seen).std():5.3f}   {1 - through:7.5f}   {first:5.3f}           {wrong}",
        flush=True,
    )


def early(name: str, marks: tuple[int, ...] = (1, 2, experiment.EARLY, 5, 10)) -> None:
    """Print the median share of an experiment after the first epochs, and by how much it moves with its first weights."""
    make, photo, _ = EXPERIMENTS[name]
    (X, Y), rng = threshold.pair(photo), np.random.default_rng(0)
    trainer, rows = Trainer(make(), X, Y), []
    for noise in (0, *[1e-6] * 3, *[1e-4] * 3):
        curves = []
        for seed in experiment.STARTS:
            keras.utils.set_random_seed(seed)
            model, done, curve = make(), 0, []
            moved = [w * (1 + noise * rng.normal(size=w.shape)).astype(w.dtype) for w in model.get_weights()]
            model.set_weights(moved)
            trainer.renew(model, X, Y)
            for mark in marks:
                trainer.run(mark - done)
                done = mark
                curve.append(float(np.mean((trainer.predict(X) - Y) ** 2)) / experiment.floor(Y))
            curves.append(curve)
        rows.append(np.median(curves, axis=0))
    gaps = np.abs(np.log(np.array(rows) / rows[0]))
    print(
        f"{name:22s} {rows[0].round(3)}   {gaps[1:4].max(axis=0).round(4)}   {gaps[4:].max(axis=0).round(4)}",
        flush=True,
    )


def main(starts: int, file: str = "") -> None:
    kept = json.loads(Path(file).read_text()) if file and Path(file).exists() else {}

    def of(name: str, way: Callable[[Made, int], np.ndarray], starts: int) -> np.ndarray:
        if len(kept.get(name, ())) < starts:
            kept[name] = way(EXPERIMENTS[name.removesuffix(" with fit")], starts).tolist()
            if file:
                Path(file).write_text(json.dumps(kept))
        return np.array(kept[name])

    rng = np.random.default_rng(0)
    print(
        f"{'experiment':22s}  least median   most   spread   refused   by the first    let through, wrong by {WRONG_BY}"
    )
    plain = of("plain", shares, 3 * starts)
    medians = np.median(rng.choice(plain, (TRIALS, 3)), axis=1)
    pairs = medians / rng.permutation(medians)
    print("medians of three plain runs:", np.quantile(medians, [0, 0.0005, 0.5, 0.9995, 1]).round(4))
    print("ratio of two such medians:", np.quantile(pairs, [0.005, 0.025, 0.5, 0.975, 0.995]).round(3))
    shown("plain", plain, rng)
    for name in EXPERIMENTS:
        if name != "plain":
            shown(name, of(name, shares, starts), rng)
    shown("plain with fit", of("plain with fit", shares_with_fit, starts), rng)


if __name__ == "__main__" and sys.argv[1:] == ["early"]:
    for each in EXPERIMENTS:
        early(each)
elif __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20, *sys.argv[2:3])
