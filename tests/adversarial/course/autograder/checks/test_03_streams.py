"""Hidden checks of the lesson with batches. CANARY-7f3a9c51 must never be seen outside the grader."""

import dataclasses

import numpy as np
import pytest

from autograder.errors import StudentError, UnreadableWeights
from autograder.networks import budget, learning, weights, worlds
from autograder.networks.spec import BETA

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"

WHAT = "what net() returns"
SPEC = dataclasses.replace(BETA, epochs=40, starts=2, pictures=64)
LIMIT = 0.009  # in 2 draws the lowest loss of a constant was 0.069, of a network with the colours of other pictures 0.018; one that learns came below 0.004


def world(rng, count):
    """Noise and what one convolution with a tanh makes of it: X (count, 8, 8, 1), Y (count, 8, 8, 2)."""
    X = rng.uniform(0, 100, (count, 8, 8, 1)).astype(np.float32)
    edges = np.outer([0.3, 0.3, 0.3], [1, 0, -1])
    kernel = np.stack([edges, edges.T], axis=-1)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(X[..., 0] / 100, ((0, 0), (1, 1), (1, 1))), (3, 3), (1, 2)
    )
    return X, np.tanh(np.einsum("nhwij,ijc->nhwc", windows, kernel)).astype(np.float32)


def learned(network, what, epochs, rng, data):
    """What comes of a training on these epochs."""
    return learning.learn(network, what, epochs, world(rng, 32), int(rng.integers(2**20)), SPEC, goal=LIMIT, data=data)


@pytest.mark.check("net")
def test_it_makes_two_numbers_for_each_pixel(student):
    """Of pictures of one channel it makes two channels"""
    made = budget.made(student.call("net"), WHAT, [(3, 8, 16, 1)])
    assert made == (3, 8, 16, 2), f"Of (3, 8, 16, 1) it makes {made}; wanted was (3, 8, 16, 2)."


@pytest.mark.check("net")
def test_it_learns_what_it_never_saw(student, draw, handed_in):
    """Trained in the grader, it gets below the threshold on other pictures"""
    X, Y = world(draw.rng, SPEC.pictures)
    network = student.call("net")
    done = learned(network, WHAT, [worlds.batches([X], Y, 8, seed) for seed in range(3)], draw.rng, "the batches")
    score, path = done.score, handed_in(BETA.weights_file)
    if not done.reached and path is not None:
        x, y = world(draw.rng, 16)
        try:
            made = learning.outputs_with(network, WHAT, weights.read(path, BETA), x, SPEC)
        except (UnreadableWeights, StudentError) as error:
            raise AssertionError(str(error)) from None
        score = float(np.mean((made - y) ** 2))
    assert score < LIMIT, f"On pictures that it never saw the lowest loss was {score:.4f}; below {LIMIT} is wanted."


@pytest.mark.check("stream")
def test_a_network_learns_from_it(student, reference, draw):
    """A network that is trained on these batches gets below the threshold on other pictures"""
    X, Y = world(draw.rng, SPEC.pictures)
    epochs = [student.call("stream", X, Y, seed) for seed in range(3)]
    done = learned(reference.call("net"), "the network of the lesson", epochs, draw.rng, "what stream() returns")
    assert done.reached, (
        f"A network that learned from your batches has a loss of {done.score:.4f}; below {LIMIT} is wanted."
    )
