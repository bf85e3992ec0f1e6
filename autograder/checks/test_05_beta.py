"""Hidden checks of lesson 5: split, pairs, batches, augmentation; rulers of colour, the beta network, and its test on unseen pictures."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks import expect

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


# -- a split --------------------------------------------------------------------------------------------------------


@pytest.mark.check("split", weight=1)
def test_each_number_is_in_one_of_the_two(student, draw):
    """Train and test together hold each picture's number once."""
    count = int(draw.rng.integers(40, 90))
    train, test = expect.sequence(student.call("split", count, 0.25, 3), "split(count, 0.25, 3)", length=2)
    both = np.sort(np.concatenate([np.ravel(train), np.ravel(test)]))
    expect.close(both, np.arange(count), "Train and test together, sorted,", why="Each number comes once.")


# == second half ==
