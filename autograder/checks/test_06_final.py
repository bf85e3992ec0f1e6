"""Hidden checks of lesson 6: how far filters see, a classifier of scenes, fusion, the tutorial's final network, a preprocessing."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest

from autograder.checks import expect

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


def world_of(reference, draw, count=8, side=16, **choice):
    """A drawn world with moods, from the lesson's own set-up: pictures and numbers."""
    return reference.call("draw_world", count, int(draw.rng.integers(2**31)), side=side, moods=True, **choice)


# -- how far filters see --------------------------------------------------------------------------------------------


def seen_by(stack):
    """What receptive_field should return."""
    seen = apart = 1
    for kernel, stride in stack:
        seen, apart = seen + (kernel - 1) * apart, apart * stride
    return seen


@pytest.mark.check("receptive_field", weight=1)
def test_each_kernel_adds_its_neighbours(student, draw):
    """Without strides, each kernel adds one pixel less than it is wide."""
    stack = [(int(kernel), 1) for kernel in draw.rng.choice([1, 3, 5, 7], size=4)]
    got = student.call("receptive_field", stack)
    expect.near(got, seen_by(stack), f"receptive_field({stack})", atol=0, why="How many pixels does a kernel add?")


# == second half ==
