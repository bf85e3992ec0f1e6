"""Say what the grader knows of a network that a lesson asks for: the file of its weights, how it is trained here, what it may cost."""

from __future__ import annotations

import functools
from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSpec:
    """One network of the course. Each one is a value in `SPECS`.

    Attributes
    ----------
    name : str
    lesson : str
        The lesson that asks for it.
    builder : str
        The function of the lesson that builds it: the id of its exercise.
    weights_file : str
        What the lesson writes next to the notebook.
    weights : int
        How many numbers the reference network learns.
    arrays : int
        In how many arrays they lie.
    scale : float
        The target is the colour channels a and b divided by this.
    side : int
        Of the small pictures that it is trained on in the grader, in pixels.
    full_side : int
        Of the largest picture that a network is shown in the grader, in pixels.
    epochs : int
        Epochs; the same on every machine, so that a grade does not depend on who grades.
    mark : int
        Epochs between two looks at the loss.
    starts : int
        First weights that are tried; the best counts.
    max_weights : int
        Upper bound for the weights that a description can ask for.
    max_numbers : int
        Numbers in memory at once, for one picture of the full side or for a step of a training.
    max_work : int
        Multiplications for a picture of the full side.
    """

    name: str
    lesson: str
    builder: str
    weights_file: str
    weights: int
    arrays: int
    scale: float
    side: int
    full_side: int
    epochs: int
    mark: int
    starts: int
    max_weights: int
    max_numbers: int
    max_work: int

    def inputs(self, count: int = 1, side: int | None = None) -> list[tuple[int, ...]]:
        """Return the shapes of what a batch of so many pictures puts into it, one for each of its inputs."""
        side = side or self.side
        return [(count, side, side, 1)]


@dataclass(frozen=True)
class PhotoSpec(NetworkSpec):
    """A network that learns one photo by heart.

    Attributes
    ----------
    compiler : str
        The function of the lesson that makes it ready to learn. The checks of that exercise train it.
    photos : tuple of str
        The small photos that it is trained on in the grader, see `threshold.photo`. A network learns such a photo in seconds, and
        right and wrong networks lie farther apart than on 400 × 400.
    full_photo : str
        The lesson's own photo, on which weights that were handed in are looked at.
    """

    compiler: str
    photos: tuple[str, ...]
    full_photo: str

    @property
    def picture(self) -> tuple[int, int, int, int]:
        """The shape of a batch that it is trained on."""
        return (1, self.side, self.side, 1)


@dataclass(frozen=True)
class WorldSpec(NetworkSpec):
    """A network that learns from many drawn pictures, and is judged on others (`learning`).

    Attributes
    ----------
    trained_in : str
        The exercise whose checks train it.
    optimizer : str
        Keras' name of it.
    rate : float
        Its learning rate.
    loss : str
        Keras' name of it.
    pictures : int
        How many it is trained on in the grader.
    unseen : int
        How many it is judged on.
    batch : int
        Pictures of one step.
    width : int
        What its builder is given in the grader; 0 where it takes no width.
    classes : int
        Kinds of picture: how many numbers its second input has, or its output. 0 where it knows nothing of them.
    moods : bool
        Whether evening and autumn are drawn.
    says_class : bool
        Whether its output is a probability for each class; otherwise it is a and b.
    max_training : int
        Multiplications of the way there, of all steps of one training.
    few : int
        First weights behind which no further ones are tried if the score is still far from the goal.
    far : float
        From how many times the goal on that is so.
    """

    trained_in: str
    optimizer: str
    rate: float
    loss: str
    pictures: int
    unseen: int
    batch: int
    width: int
    classes: int
    moods: bool
    says_class: bool
    max_training: int
    few: int
    far: float

    def inputs(self, count: int = 1, side: int | None = None) -> list[tuple[int, ...]]:
        """Return the shapes of what a batch of so many pictures puts into it: L, and with it the embedding where it is told of the whole picture."""
        told = [(count, self.classes)] if self.classes and not self.says_class else []
        return [*super().inputs(count, side), *told]


ALPHA = PhotoSpec(
    name="alpha",
    lesson="04_alpha_model",
    builder="build_alpha",
    compiler="compile_alpha",
    weights_file="alpha.weights.h5",
    weights=32_202,
    arrays=18,
    scale=128,
    photos=("hopper-rgb", "portrait-bgr", "portrait-grb", "portrait-gbr", "portrait-brg", "coffee-bgr"),
    full_photo="portrait-400",
    side=64,
    full_side=400,
    epochs=200,
    mark=10,
    starts=3,
    # The network's own bound is 0.24 million.
    max_weights=4_000_000,
    max_numbers=64_000_000,
    # The network has half a billion.
    max_work=20_000_000_000,
)
# What all networks that learn from drawn worlds have in common.
_of_drawn_worlds = functools.partial(
    WorldSpec,
    scale=128,
    side=32,
    full_side=48,
    mark=1,
    starts=3,
    # Beta at width 64 has 3.9 million, the final network 6.5 million.
    max_weights=8_000_000,
    max_numbers=64_000_000,
    # Beta at width 64 has 0.3 billion.
    max_work=2_000_000_000,
    pictures=240,
    batch=8,
    # Beta has 7 billion.
    max_training=100_000_000_000,
    few=3,
    far=1.1,
)
BETA = _of_drawn_worlds(
    name="beta",
    lesson="05_beta",
    builder="build_beta",
    trained_in="train_beta",
    weights_file="beta.weights.h5",
    weights=61_150,
    arrays=24,
    epochs=18,
    optimizer="RMSprop",
    rate=1.5e-3,
    loss="mean_squared_error",
    unseen=64,
    width=8,
    classes=0,
    moods=False,
    says_class=False,
)
CLASSIFIER = _of_drawn_worlds(
    name="classifier",
    lesson="06_final",
    builder="build_classifier",
    trained_in="build_classifier",
    weights_file="classifier.weights.h5",
    weights=6_484,
    arrays=10,
    epochs=18,
    optimizer="Adam",
    rate=2e-3,
    loss="categorical_crossentropy",
    unseen=96,
    width=0,
    classes=4,
    moods=True,
    says_class=True,
    few=2,
)
FUSION = _of_drawn_worlds(
    name="fusion",
    lesson="06_final",
    builder="build_fusion",
    trained_in="build_fusion",
    weights_file="fusion.weights.h5",
    weights=13_218,
    arrays=12,
    epochs=16,
    optimizer="RMSprop",
    rate=1.5e-3,
    loss="mean_squared_error",
    unseen=64,
    width=16,
    classes=4,
    moods=True,
    says_class=False,
)
SPECS: dict[str, NetworkSpec] = {spec.name: spec for spec in (ALPHA, BETA, CLASSIFIER, FUSION)}
