"""Make a small picture of what a student's network painted after the grader's training, for the instructor's report.

The picture is made here, in the grader's own process, of numbers: no file of a student's is opened for it.
"""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from autograder.networks.spec import ALPHA, NetworkSpec
from autograder.networks.threshold import Training
from autograder.results import Painting


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
    """Return a picture (uint8 RGB) as a PNG file in base64."""
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
