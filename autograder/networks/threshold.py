"""Train a student's network in the grader on a drawn photo, and compare its loss with what was calibrated.

The photos are small and have much blue and green, so that a network that cannot say those colours stays far above the threshold.
`autograder calibrate` measures how right and wrong networks do on them; `assets/calibration.json` keeps it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder import settings
from autograder.errors import CourseError
from autograder.networks.spec import ALPHA, SPECS, NetworkSpec
from autograder.networks.time_limit import must_end_within

# Layer orders: the portrait with its lamps swapped is a real photo's lightness and detail in blue and green.
ORDERS = {"rgb": (0, 1, 2), "bgr": (2, 1, 0), "grb": (1, 0, 2), "gbr": (1, 2, 0), "brg": (2, 0, 1)}
# What people call the photos, by the first part of their names.
PHOTO_TITLES = {
    "hopper": "Portrait of Grace Hopper",
    "portrait": "Portrait of Eileen Collins",
    "coffee": "A cup of coffee",
}
LAYERS = ("red", "green", "blue")


@functools.cache
def photo(name: str, side: int = ALPHA.side) -> np.ndarray:
    """Return one of a spec's photos: uint8 RGB, (side, side, 3)."""
    from skimage import data
    from skimage.transform import resize
    from skimage.util import img_as_ubyte

    source, order = name.split("-")
    if source == "hopper":
        from matplotlib import cbook, pyplot

        whole = pyplot.imread(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))[:512, :512]
    else:
        whole = {"portrait": portrait, "coffee": lambda: data.coffee()[:, 100:500]}[source]()
    return img_as_ubyte(resize(whole[..., ORDERS[order]], (side, side), anti_aliasing=True))


def title_of(name: str) -> str:
    """Return what people call one of a spec's photos: "Portrait of Eileen Collins, layers in the order blue, green, red"."""
    source, order = name.split("-")
    if order == "rgb":
        return PHOTO_TITLES[source]
    return f"{PHOTO_TITLES[source]}, layers in the order {', '.join(LAYERS[place] for place in ORDERS[order])}"


def portrait() -> np.ndarray:
    """Return the portrait of the lessons: uint8 RGB, (400, 400, 3)."""
    from skimage import data

    return data.astronaut()[0:400, 20:420]


def pair(rgb: np.ndarray, scale: float = ALPHA.scale) -> tuple[np.ndarray, np.ndarray]:
    """Return the training pair of a photo.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (H, W, 3)
    scale : float
        What a and b are divided by.

    Returns
    -------
    X : ndarray of float32, shape (1, H, W, 1)
        L, from 0 to 100.
    Y : ndarray of float32, shape (1, H, W, 2)
        a and b, from -1 to 1.
    """
    from skimage.color import rgb2lab

    lab = rgb2lab(rgb)[np.newaxis]
    return lab[..., :1].astype(np.float32), (lab[..., 1:] / scale).astype(np.float32)


def floors(Y: np.ndarray) -> dict[str, float]:
    """Return the lowest mean squared error on a target (1, H, W, 2) that needs no picture to be understood.

    For a grey picture, for one constant colour, and for outputs that are never negative.
    """
    return {
        "grey picture": float(np.mean(Y**2)),
        "constant colour": float(np.mean((Y - Y.mean(axis=(0, 1, 2))) ** 2)),
        "no negative numbers": float(np.mean(np.minimum(Y, 0) ** 2)),
    }


def marks(
    trainer: Any,
    X: np.ndarray,
    Y: np.ndarray,
    epochs: int = ALPHA.epochs,
    look: Callable[[], None] = lambda: None,
    mark: int = ALPHA.mark,
) -> Iterator[float]:
    """Train on, and after every `mark` epochs give the loss on (X, Y), which need not be what is trained on.

    look: called after each epoch; what it raises ends the training.
    """
    for made in outputs(trainer, X, epochs, look, mark):
        yield float(np.mean((made - Y) ** 2))


def outputs(trainer: Any, X: np.ndarray, epochs: int, look: Callable[[], None], mark: int) -> Iterator[np.ndarray]:
    """Train on, and after every `mark` epochs give what the network makes of X; see `marks`."""
    for _ in range(0, epochs, mark):
        for _ in range(mark):
            trainer.run(1)
            look()
        yield trainer.predict(X)


@dataclass(frozen=True)
class Limit:
    """What a photo asks for: the threshold, and the losses that teach nothing but the photo."""

    photo: str
    threshold: float
    floors: dict[str, float]


def limits() -> dict[str, Limit]:
    """Return the calibrated limits of this course by photo, the full photo (for weights that were handed in) among them.

    Raises
    ------
    CourseError
        If the calibration cannot be read.
    """
    path = settings.calibration_file()
    try:
        return _limits_in(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(f"{path}: the calibration cannot be read ({error!r}). Run `autograder calibrate`.") from error


@functools.lru_cache(maxsize=8)
def _limits_in(path: Path, changed: int) -> dict[str, Limit]:
    """Return the limits in a file. changed: when it was; another time is another content."""
    facts = json.loads(path.read_text("utf-8"))["photos"]
    return {name: Limit(name, entry["threshold"], entry["floors"]) for name, entry in facts.items()}


@dataclass(frozen=True)
class Training:
    """How a training in the grader went.

    Attributes
    ----------
    limit : Limit
    best : float
        The lowest loss at any mark of any start.
    starts : int
    made : ndarray or None
        What the network made of X where its loss was lowest, in the shape of Y; None where no loss was a number.
    """

    limit: Limit
    best: float
    starts: int
    made: np.ndarray | None = None

    @property
    def reached(self) -> bool:
        """Whether the best loss is below the threshold."""
        return self.best < self.limit.threshold


def train(
    serialized: Any,
    what: str,
    limit: Limit,
    X: np.ndarray,
    Y: np.ndarray,
    truth: tuple[np.ndarray, np.ndarray],
    seed: int,
    spec: NetworkSpec = ALPHA,
) -> Training:
    """Rebuild a serialized model and train it on (X, Y) from several first weights, until the loss is low enough.

    It is done in the process for networks.

    Parameters
    ----------
    serialized : SerializedModel
    what : str
        How messages call the model.
    limit : Limit
    X, Y : ndarray
        What it is trained on.
    truth : tuple of ndarray
        The X and Y that the loss is measured on: the photo's own pair, whatever it was trained on.
    seed : int
        Of the first weights.
    spec : NetworkSpec

    Raises
    ------
    StudentError
        That says why a model cannot be rebuilt or trained.
    """
    from autograder.networks import budget, worker

    budget.must_be_affordable(serialized, what, np.shape(X), spec)
    facts = [limit.threshold, X, Y, *truth, seed, spec.starts, settings.limits().training, spec.name]
    best, starts, made = worker.run("train", serialized, what, *facts)
    return Training(limit, best, starts, made)


def train_here(
    serialized: Any,
    what: str,
    goal: float,
    X: np.ndarray,
    Y: np.ndarray,
    true_X: np.ndarray,
    true_Y: np.ndarray,
    seed: int,
    starts: int,
    seconds: float,
    spec: str = ALPHA.name,
) -> list[Any]:
    """Do what `train` asks for, in this process; return the lowest loss at any mark, how many first weights were tried, and what came of true_X there.

    goal: training stops below this loss. seconds: for all starts together, without what other programs took from this process and without
    compiling (the process has a limit for all that a task does); StudentTimeout if it takes longer.
    """
    import keras

    from autograder.networks import kept
    from autograder.networks.rebuilding import rebuild

    key, trainer = kept.trainers.take(serialized, what, X, Y, SPECS[spec])
    look = must_end_within(seconds, what)
    best, at_best = np.inf, None
    for start in range(starts):
        keras.utils.set_random_seed((seed + start) % 2**31)
        trainer.renew(rebuild(serialized, what, weights=False, compiled=True, spec=SPECS[spec]), X, Y)
        for made in outputs(trainer, true_X, SPECS[spec].epochs, look, SPECS[spec].mark):
            if (loss := float(np.mean((made - true_Y) ** 2))) < best:  # no number is not below it
                best, at_best = loss, made
            if best < goal:
                break
        if best < goal:
            break
    kept.trainers.give_back(key, trainer)
    return [float(best), start + 1, at_best]


def loss_with(
    serialized: Any, what: str, arrays: list[np.ndarray], X: np.ndarray, Y: np.ndarray, spec: NetworkSpec = ALPHA
) -> float:
    """Return the mean squared error on (X, Y) of a serialized model with these weights; infinity if it is no number.

    Raises
    ------
    StudentError
        If the weights do not fit, or if the model cannot be rebuilt.
    """
    from autograder.networks import budget, worker

    budget.must_be_affordable(serialized, what, spec=spec)
    return float(worker.run("loss", serialized, what, list(arrays), X, Y, spec.name))


def loss_here(
    serialized: Any, what: str, arrays: list[np.ndarray], X: np.ndarray, Y: np.ndarray, spec: str = ALPHA.name
) -> float:
    """Do what `loss_with` asks for, in this process."""
    from autograder.errors import StudentError
    from autograder.networks.rebuilding import rebuild

    network = rebuild(serialized, what, weights=False, spec=SPECS[spec])
    if [array.shape for array in arrays] != [weight.shape for weight in network.get_weights()]:
        raise StudentError(f"the weights do not fit {what}.")
    network.set_weights(arrays)
    made = np.asarray(network(X), np.float32)
    if made.shape != Y.shape:
        raise StudentError(f"{what} makes {made.shape} of {X.shape}; wanted is {Y.shape}.")
    loss = float(np.mean((made - Y) ** 2))
    return loss if np.isfinite(loss) else float("inf")
