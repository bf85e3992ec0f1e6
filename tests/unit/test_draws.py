"""Hidden inputs: of the sides asked for, the same for one key, and with something to see in them."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks.draws import draw_for


def draws(count: int):
    return [draw_for(n.to_bytes(32, "little"), "01_rgb_grids", "a_check") for n in range(count)]


@pytest.mark.parametrize("sides", [(None, None), (16, 24), (2, 2)])
def test_a_drawn_photo_is_never_nearly_grey_or_nearly_of_one_colour(sides):
    for draw in draws(200):
        photo = draw.photo(*sides)
        assert photo.dtype == np.uint8 and all(
            wanted in (None, got) for wanted, got in zip(sides, photo.shape, strict=False)
        )
        assert np.ptp(photo, axis=2).mean() >= 10
        assert len(np.unique(photo.reshape(-1, 3), axis=0)) >= photo[..., 0].size / 10


def test_a_key_draws_the_same_again():
    for one, again in zip(draws(3), draws(3), strict=True):
        assert np.array_equal(one.photo(), again.photo())
