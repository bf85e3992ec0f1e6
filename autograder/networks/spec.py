"""Say what the grader knows of a network that a lesson asks for: the file of its weights, how it is trained here, what it may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkSpec:
    """One network of the course. A second network is a second value, in `SPECS`.

    Attributes
    ----------
    name : str
    lesson : str
        The lesson that asks for it.
    builder, compiler : str
        The functions of the lesson that build it and make it ready to learn: the ids of their exercises. The checks of the second train it.
    weights_file : str
        What the lesson writes next to the notebook.
    weights : int
        How many numbers the reference network learns.
    scale : float
        The target is the colour channels a and b divided by this.
    photos : tuple of str
        The small photos that it is trained on in the grader, see `threshold.photo`.
    full_photo : str
        The lesson's own photo, on which weights that were handed in are looked at.
    side : int
        Of the small photos, in pixels. A network learns such a photo in seconds, and right and wrong networks lie farther
        apart than on 400 × 400.
    full_side : int
        Of the largest picture that a network is shown in the grader, in pixels.
    epochs : int
        Epochs; the same on every machine, so that a grade does not depend on who grades.
    mark : int
        Epochs between two looks at the loss.
    starts : int
        First weights that are tried; the best counts.
    max_weights : int
        Upper bound for the weights that a description can ask for. The alpha network's own bound is 0.24 million.
    max_numbers : int
        Numbers in memory at once, for one picture of the full side or for a step of a training.
    max_work : int
        Multiplications for a picture of the full side. The alpha network has half a billion.
    """

    name: str
    lesson: str
    builder: str
    compiler: str
    weights_file: str
    weights: int
    scale: float
    photos: tuple[str, ...]
    full_photo: str
    side: int
    full_side: int
    epochs: int
    mark: int
    starts: int
    max_weights: int
    max_numbers: int
    max_work: int

    @property
    def picture(self) -> tuple[int, int, int, int]:
        """The shape of a batch that it is trained on."""
        return (1, self.side, self.side, 1)


ALPHA = NetworkSpec(
    name="alpha",
    lesson="04_alpha_model",
    builder="build_alpha",
    compiler="compile_alpha",
    weights_file="alpha.weights.h5",
    weights=32_202,
    scale=128,
    photos=("hopper-rgb", "portrait-bgr", "portrait-grb", "portrait-gbr", "portrait-brg", "coffee-bgr"),
    full_photo="portrait-400",
    side=64,
    full_side=400,
    epochs=200,
    mark=10,
    starts=3,
    max_weights=4_000_000,
    max_numbers=64_000_000,
    max_work=20_000_000_000,
)
SPECS = {spec.name: spec for spec in (ALPHA,)}
