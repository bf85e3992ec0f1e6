"""The loss threshold of lesson 4: trains a student's network in the grader on a drawn photo and compares with what was calibrated.

The photos are small and have much blue and green, so that a network that cannot say those colours stays far above the threshold.
`autograder calibrate` measures how right and wrong networks do on them; `assets/calibration.json` keeps it.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder import settings
from autograder.errors import CourseError

SIDE = 64  # pixels: a network learns such a photo in seconds, and right and wrong networks lie farther apart than on 400 × 400
BUDGET = 200  # epochs; the same on every machine, so that a grade does not depend on who grades
MARK = 10  # epochs between two looks at the loss
STARTS = 3  # first weights that are tried; the best counts

# Layer orders: the portrait with its lamps swapped is a real photo's lightness and detail in blue and green.
ORDERS = {"rgb": (0, 1, 2), "bgr": (2, 1, 0), "grb": (1, 0, 2), "gbr": (1, 2, 0), "brg": (2, 0, 1)}
PHOTOS = ("hopper-rgb", "portrait-bgr", "portrait-grb", "portrait-gbr", "portrait-brg", "coffee-bgr")


@functools.cache
def photo(name: str) -> np.ndarray:
    """One of PHOTOS: uint8 RGB, (SIDE, SIDE, 3)."""
    from skimage import data
    from skimage.transform import resize
    from skimage.util import img_as_ubyte

    source, order = name.split("-")
    if source == "hopper":
        from matplotlib import cbook, pyplot

        whole = pyplot.imread(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))[:512, :512]
    else:
        whole = {"portrait": portrait, "coffee": lambda: data.coffee()[:, 100:500]}[source]()
    return img_as_ubyte(resize(whole[..., ORDERS[order]], (SIDE, SIDE), anti_aliasing=True))


def portrait() -> np.ndarray:
    """The portrait of the lessons: uint8 RGB, (400, 400, 3)."""
    from skimage import data

    return data.astronaut()[0:400, 20:420]


def pair(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The training pair of a photo: X float32 (1, H, W, 1), L from 0 to 100; Y float32 (1, H, W, 2), ab / 128."""
    from skimage.color import rgb2lab

    lab = rgb2lab(rgb)[np.newaxis]
    return lab[..., :1].astype(np.float32), (lab[..., 1:] / 128).astype(np.float32)


def floors(Y: np.ndarray) -> dict[str, float]:
    """The lowest mean squared error on a target (1, H, W, 2) for: a grey picture, one constant colour, outputs that are never negative."""
    return {
        "grey picture": float(np.mean(Y**2)),
        "constant colour": float(np.mean((Y - Y.mean(axis=(0, 1, 2))) ** 2)),
        "no negative numbers": float(np.mean(np.minimum(Y, 0) ** 2)),
    }


def marks(
    trainer: Any, X: np.ndarray, Y: np.ndarray, budget: int = BUDGET, look: Callable[[], None] = lambda: None
) -> Iterator[float]:
    """Train on, and after every MARK epochs give the loss on (X, Y), which need not be what is trained on.

    look: called after each epoch; what it raises ends the training.
    """
    for _ in range(0, budget, MARK):
        for _ in range(MARK):
            trainer.run(1)
            look()
        yield float(np.mean((trainer.predict(X) - Y) ** 2))


@dataclass(frozen=True)
class Limit:
    """What a photo asks for: the threshold, and the losses that teach nothing but the photo."""

    photo: str
    threshold: float
    floors: dict[str, float]


@functools.cache
def limits() -> dict[str, Limit]:
    """The calibrated limits by photo, "portrait-400" (for handed-in weights) among them."""
    try:
        facts = json.loads(settings.calibration_file().read_text("utf-8"))["photos"]
        return {name: Limit(name, entry["threshold"], entry["floors"]) for name, entry in facts.items()}
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(
            f"{settings.calibration_file()}: the calibration cannot be read ({error!r}). Run `autograder calibrate`."
        ) from error


@dataclass(frozen=True)
class Training:
    """How a training in the grader went. `best` is the lowest loss at any mark of any start."""

    limit: Limit
    best: float
    starts: int

    @property
    def reached(self) -> bool:
        return self.best < self.limit.threshold


def train(
    sealed: Any, what: str, limit: Limit, X: np.ndarray, Y: np.ndarray, truth: tuple[np.ndarray, np.ndarray], seed: int
) -> Training:
    """Rebuild a sealed model and train it on (X, Y) from up to STARTS first weights, until the loss is low enough.

    It is done in the process of `networks`. truth: the X and Y that the loss is measured on: the photo's own pair, whatever it was
    trained on. what: how messages call the model. StudentError says why a model cannot be rebuilt or trained.
    """
    from autograder.networks import description, worker

    description.must_be_affordable(sealed, what, np.shape(X))
    facts = [limit.threshold, X, Y, *truth, seed, STARTS, settings.limits().training]
    best, starts = worker.run("train", sealed, what, *facts)
    return Training(limit, best, starts)


def train_here(
    sealed: Any,
    what: str,
    goal: float,
    X: np.ndarray,
    Y: np.ndarray,
    true_X: np.ndarray,
    true_Y: np.ndarray,
    seed: int,
    starts: int,
    seconds: float,
) -> list[Any]:
    """`train` in this process: the lowest loss at any mark, and how many first weights were tried.

    goal: training stops below this loss. seconds: for all starts together; StudentTimeout if it takes longer.
    """
    import keras

    from autograder.errors import StudentError, StudentTimeout
    from autograder.networks import description
    from autograder.networks.training import Trainer

    deadline = time.monotonic() + seconds

    def look() -> None:
        if time.monotonic() > deadline:
            raise StudentTimeout(f"{what} takes too long to train: more than {seconds:g} s.")

    best, trainer = np.inf, None
    for start in range(starts):
        keras.utils.set_random_seed((seed + start) % 2**31)
        fresh = description.rebuild(sealed, what, weights=False, compiled=True)
        if trainer is None:
            try:
                trainer = Trainer(fresh, X, Y)
            except ValueError as error:
                raise StudentError(f"{what} could not be trained: {error}.") from None
        else:
            trainer.start_again(fresh.get_weights())
        for loss in marks(trainer, true_X, true_Y, look=look):
            best = min(best, loss if np.isfinite(loss) else np.inf)
            if best < goal:
                return [float(best), start + 1]
    return [float(best), starts]


def loss_with(sealed: Any, what: str, arrays: list[np.ndarray], X: np.ndarray, Y: np.ndarray) -> float:
    """The mean squared error on (X, Y) of a sealed model with these weights; infinity if it is no number.

    StudentError if the weights do not fit, or if the model cannot be rebuilt.
    """
    from autograder.networks import description, worker

    description.must_be_affordable(sealed, what)
    return float(worker.run("loss", sealed, what, list(arrays), X, Y))


def loss_here(sealed: Any, what: str, arrays: list[np.ndarray], X: np.ndarray, Y: np.ndarray) -> float:
    """`loss_with` in this process."""
    from autograder.errors import StudentError
    from autograder.networks import description

    network = description.rebuild(sealed, what, weights=False)
    if [array.shape for array in arrays] != [weight.shape for weight in network.get_weights()]:
        raise StudentError(f"the weights do not fit {what}.")
    network.set_weights(arrays)
    made = np.asarray(network(X), np.float32)
    if made.shape != Y.shape:
        raise StudentError(f"{what} makes {made.shape} of {X.shape}; wanted is {Y.shape}.")
    loss = float(np.mean((made - Y) ** 2))
    return loss if np.isfinite(loss) else float("inf")
