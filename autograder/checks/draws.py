"""Draws the hidden inputs of a check: crops of real photos, noise, numbers; the same each time for the same secret and submission."""

from __future__ import annotations

import functools
import hmac

import numpy as np

# Sides of a drawn photo, in pixels: from the first up to, and without, the second.
SMALLEST_PHOTO, LARGEST_PHOTO = 12, 40
# What a drawn photo has at least: a black sky tells no right answer from a wrong one. On average over its pixels, the largest of R, G, B less
# the smallest; and the number of colours as a share of the pixels.
LEAST_COLOUR, LEAST_VARIETY = 10.0, 0.1


def draw_key(secret: bytes, input_digest: str) -> bytes:
    """Return the key that a submission's hidden inputs are drawn from, 32 bytes; the secret cannot be found from it.

    Parameters
    ----------
    secret : bytes
        The instructor's.
    input_digest : str
        The digest of what student code sees of the submission.
    """
    return hmac.digest(secret, input_digest.encode(), "sha256")


def draw_for(key: bytes, lesson: str, check: str) -> Draw:
    """Return the draws of one check of a lesson, from a submission's key."""
    return Draw(hmac.digest(key, f"{lesson}/{check}".encode(), "sha256"), hmac.digest(key, lesson.encode(), "sha256"))


class Draw:
    """Hidden inputs of one check of one submission: the same each time for the same secret and submission.

    Parameters
    ----------
    key : bytes
        As `draw_key` makes it: a multiple of 4 bytes.
    common : bytes, optional
        What `shared` draws from; by default the key.

    Attributes
    ----------
    rng : numpy.random.Generator
    """

    def __init__(self, key: bytes, common: bytes | None = None) -> None:
        self.rng = np.random.default_rng(np.frombuffer(key, dtype=np.uint32))
        self._common = common or key

    def shared(self, name: str) -> Draw:
        """Return hidden inputs that several checks of a lesson have in common, by a name: what takes long is then done once for all of them."""
        return Draw(hmac.digest(self._common, name.encode(), "sha256"))

    def sides(self) -> tuple[int, int]:
        """Return a height and a width that differ, in pixels."""
        height, width = self.rng.choice(np.arange(SMALLEST_PHOTO, LARGEST_PHOTO), size=2, replace=False)
        return int(height), int(width)

    def photo(self, height: int | None = None, width: int | None = None) -> np.ndarray:
        """Return a crop of a real photo, in which there is something to see, perhaps mirrored: uint8 RGB, (height, width, 3)."""
        drawn = self.sides()
        height, width = height or drawn[0], width or drawn[1]
        crop = self._crop(height, width)
        while _is_dull(crop):
            crop = self._crop(height, width)
        return np.ascontiguousarray(crop[:, ::-1] if self.rng.integers(2) else crop)

    def _crop(self, height: int, width: int) -> np.ndarray:
        photo = photos()[self.rng.integers(len(photos()))]
        top = self.rng.integers(photo.shape[0] - height + 1)
        left = self.rng.integers(photo.shape[1] - width + 1)
        return photo[top : top + height, left : left + width]

    def noise(self, height: int | None = None, width: int | None = None) -> np.ndarray:
        """Return random pixels: uint8 RGB, (height, width, 3), every value from 0 to 255 equally likely."""
        drawn = self.sides()
        return self.rng.integers(0, 256, (height or drawn[0], width or drawn[1], 3), dtype=np.uint8)


def _is_dull(photo: np.ndarray) -> bool:
    """Whether a photo is nearly grey, or nearly of one colour."""
    colours = len(np.unique(photo.reshape(-1, 3), axis=0))
    return float(np.ptp(photo, axis=2).mean()) < LEAST_COLOUR or colours < LEAST_VARIETY * photo[..., 0].size


@functools.cache
def photos() -> tuple[np.ndarray, ...]:
    """Return the photos of the scikit-image wheel that hidden inputs are cut from: uint8 RGB."""
    from skimage import data

    return tuple(np.ascontiguousarray(p()[..., :3]) for p in (data.astronaut, data.coffee, data.chelsea, data.rocket))
