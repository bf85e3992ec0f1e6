"""Make a small picture of what a student's network painted after the grader's training, for the instructor's report.

Of a photo that was learned by heart, it is the photo; of a world, a picture that the network never saw: in grey, as the network colours it,
and as it is. It is made here, in the grader's own process, of numbers: no file of a student's is opened for it.
"""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from autograder.networks.learning import Learned
from autograder.networks.spec import ALPHA, NetworkSpec, WorldSpec
from autograder.networks.threshold import Training
from autograder.results import Painting

GAP = 2  # pixels between two pictures


def painted(L: np.ndarray, made: np.ndarray, scale: float = ALPHA.scale) -> np.ndarray:
    """Return the picture of lightness and predicted colours.

    Parameters
    ----------
    L : ndarray, shape (H, W)
        From 0 to 100.
    made : ndarray, shape (H, W, 2)
        a and b, divided by `scale`.
    scale : float

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)
    """
    import warnings

    from skimage.color import lab2rgb
    from skimage.util import img_as_ubyte

    # Beyond these, Lab has no colours.
    ab = np.clip(made.astype(np.float64) * scale, -128, 127)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of colours that no screen has, and takes the nearest
        return img_as_ubyte(np.clip(lab2rgb(np.dstack([L, ab])), 0, 1))


def png_of(picture: np.ndarray) -> str:
    """Return a picture (uint8, RGB or RGBA) as a PNG file in base64."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


def painting_of(
    photo: np.ndarray, training: Training, mirrored: bool = False, spec: NetworkSpec = ALPHA
) -> Painting | None:
    """Return what a network painted in a training; None where what it made is no picture, or its loss no number.

    Parameters
    ----------
    photo : ndarray of uint8, shape (H, W, 3)
        What it was trained on.
    training : Training
    mirrored : bool
        Whether that is the mirror image of the photo of that name; the picture is turned back.
    spec : NetworkSpec
    """
    from skimage.color import deltaE_ciede2000, rgb2lab

    made = training.made
    if made is None or np.shape(made) != (1, *photo.shape[:2], 2):
        return None
    if not (np.isfinite(training.best) and np.isfinite(made).all()):
        return None
    lab = rgb2lab(photo)
    picture = painted(lab[..., 0], made[0], spec.scale)
    difference = float(deltaE_ciede2000(rgb2lab(picture), lab).mean())
    upright = np.ascontiguousarray(picture[:, ::-1] if mirrored else picture)
    limit = training.limit
    return Painting(limit.photo, training.best, limit.threshold, round(difference, 3), png_of(upright), own=True)


def unseen_of(L: np.ndarray, target: np.ndarray, done: Learned, wanted: float, spec: WorldSpec) -> Painting | None:
    """Return what a network made of the most colourful picture that it never saw, between the grey picture and the true one.

    Parameters
    ----------
    L : ndarray, shape (N, H, W, 1)
        Of the unseen pictures.
    target : ndarray, shape (N, H, W, 2)
        Their a and b, divided by the spec's scale.
    done : Learned
        The training; None comes back where its outputs are no such pictures, or its score no number.
    wanted : float
        Below which the score had to be.
    spec : WorldSpec
    """
    from skimage.color import deltaE_ciede2000

    made = done.outputs
    if made is None or np.shape(made) != target.shape or not (np.isfinite(done.score) and np.isfinite(made).all()):
        return None
    lab = [np.concatenate([L, spec.scale * ab], axis=-1) for ab in (made, target)]
    difference = float(deltaE_ciede2000(*lab).mean())
    best = int(np.argmax(target.std(axis=(1, 2)).sum(axis=-1)))
    three = [painted(L[best, ..., 0], ab, spec.scale) for ab in (0 * target[best], made[best], target[best])]
    opaque = [np.dstack([one, np.full(one.shape[:2], 255, np.uint8)]) for one in three]
    gap = np.zeros((len(three[0]), GAP, 4), np.uint8)
    strip = np.hstack([opaque[0], gap, opaque[1], gap, opaque[2]])
    return Painting(spec.name, done.score, wanted, round(difference, 3), png_of(strip), own=True)
