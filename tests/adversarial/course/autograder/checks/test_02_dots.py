"""Hidden checks of the lesson with a network. CANARY-7f3a9c51 must never be seen outside the grader."""

import numpy as np
import pytest

from autograder.errors import UnreadableWeights
from autograder.networks import description, rebuilding, threshold, weights
from autograder.networks.spec import ALPHA

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"

WHAT = "what dot() returns"
LIMIT = 0.007  # in 64 draws the lowest loss of a constant was 0.0157, the highest of a network that learns 0.0028


def pair(rng):
    """Noise and what one convolution with a tanh makes of it: X (1, 16, 16, 1), Y (1, 16, 16, 2)."""
    X = rng.uniform(0, 1, (1, 16, 16, 1)).astype(np.float32)
    kernel = rng.normal(0, 0.3, (3, 3, 2))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(X[0, :, :, 0], 1), (3, 3))
    return X, np.tanh(np.einsum("hwij,ijc->hwc", windows, kernel))[np.newaxis].astype(np.float32)


@pytest.mark.check("dot")
def test_it_is_a_network_of_the_right_shape(student):
    """A compiled network with two outputs for each pixel"""
    serialized = student.call("dot")
    made = rebuilding.summarize(serialized, WHAT, (1, 8, 12, 1)).output_shape
    loss = description.compiled_of(serialized, WHAT).loss
    assert loss == "mean_squared_error", f"The mean squared error is wanted; yours is {loss}."
    assert made == (1, 8, 12, 2), f"Of (1, 8, 12, 1) it makes {made}; wanted was (1, 8, 12, 2)."


@pytest.mark.check("dot")
def test_it_learns(student, draw, handed_in):
    """Trained in the grader, it gets below the loss threshold"""
    X, Y = pair(draw.rng)
    serialized = student.call("dot")
    limit = threshold.Limit("noise", LIMIT, {})
    done = threshold.train(serialized, WHAT, limit, X, Y, (X, Y), seed=int(draw.rng.integers(2**31 - ALPHA.starts)))
    if done.reached:
        return
    loss, path = np.inf, handed_in(weights.NAME)
    if path is not None:
        try:
            arrays = weights.read(path)
        except UnreadableWeights as error:
            raise AssertionError(str(error)) from None
        if [a.shape for a in arrays] == rebuilding.summarize(serialized, WHAT, (1, 8, 12, 1)).weights:
            loss = threshold.loss_with(serialized, WHAT, arrays, *pair(np.random.default_rng(0)))
    assert loss < LIMIT, f"Trained here, its lowest loss was {done.best:.4f}; below {LIMIT} is wanted."


@pytest.mark.check("twice")
def test_doubles_drawn_grids(student, reference, draw):
    """Every value is doubled"""
    grid = draw.noise()[..., 0].astype(float)
    value = student.call("twice", grid)
    assert isinstance(value, np.ndarray) and value.shape == grid.shape, "A grid of the same shape was wanted."
    assert np.allclose(value, reference.call("twice", grid)), "The values are others."
