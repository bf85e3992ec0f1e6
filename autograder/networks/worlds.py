"""The drawn worlds that networks learn from, as arrays: the grader's own pictures, pairs and kinds, from the text that the lessons have."""

from __future__ import annotations

import numpy as np

from autograder.checks.reference import reference_namespace
from autograder.course import catalog
from autograder.networks.spec import WorldSpec


def draw(count: int, seed: int, spec: WorldSpec) -> tuple[np.ndarray, np.ndarray]:
    """Return pictures of a world that a seed says, uint8 RGB (count, side, side, 3), and the number of the scene of each."""
    draw_world = reference_namespace(catalog.Lesson(spec.lesson))["draw_world"]
    return draw_world(count, seed, side=spec.side, moods=spec.moods)


def pairs(pictures: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return L, float32 (N, H, W, 1), and a and b divided by `scale`, float32 (N, H, W, 2)."""
    from skimage.color import rgb2lab

    lab = rgb2lab(pictures)
    return lab[..., :1].astype(np.float32), (lab[..., 1:] / scale).astype(np.float32)


def one_hot(numbers: np.ndarray, classes: int) -> np.ndarray:
    """Return a row of zeros and one 1 for each number, float32 (N, classes)."""
    return np.eye(classes, dtype=np.float32)[numbers]


def batches(
    inputs: list[np.ndarray], target: np.ndarray, size: int, seed: int
) -> list[tuple[list[np.ndarray], np.ndarray]]:
    """Return one epoch: all pictures once, in an order that the seed says, `size` at a time."""
    order = np.random.default_rng(seed).permutation(len(target))
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    return [([part[group] for part in inputs], target[group]) for group in groups]
