"""Hidden checks of the lesson for tests. CANARY-7f3a9c51 must never be seen outside the grader."""

import numpy as np
import pytest

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"

CANARY = "CANARY-7f3a9c51"


def same(value, wanted, about):
    secret_of_the_check = CANARY  # a local variable that a walk through frames would find
    assert isinstance(value, np.ndarray), f"{about}: a grid was wanted, {type(value).__name__} came."
    assert value.shape == wanted.shape, f"{about}: the shape is {value.shape}, wanted was {wanted.shape}."
    assert value.dtype.kind in "fiu", f"{about}: numbers were wanted, the dtype is {value.dtype}."
    assert np.isfinite(value).all(), f"{about}: not all values are finite."
    assert np.allclose(value, wanted), f"{about}: the values are others."
    return secret_of_the_check


@pytest.mark.check("half")
def test_halves_of_drawn_grids(student, reference, draw):
    """Every value is halved"""
    grid = draw.noise()[..., 0].astype(float)
    same(student.call("half", grid), reference.call("half", grid), "half of a drawn grid")


@pytest.mark.check("half")
def test_halves_are_floats(student, draw):
    """Odd whole numbers have halves too"""
    grid = draw.noise()[..., 0] | 1
    same(student.call("half", grid), grid / 2.0, "half of odd numbers")


@pytest.mark.check("mirror")
def test_mirrors_drawn_grids(student, reference, draw):
    """Left is right and right is left"""
    grid = draw.noise()[..., 0]
    same(student.call("mirror", grid), reference.call("mirror", grid), "a drawn grid, mirrored")


@pytest.mark.check("mirror")
def test_leaves_the_grid_alone(student, draw):
    """What was given stays as it is"""
    grid = draw.noise()[..., 0]
    (after,) = student.arguments_after("mirror", grid)
    same(after, grid, "the grid that was given")
