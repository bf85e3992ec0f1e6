"""The world that a program draws, for lessons 5 and 6: another one for every seed, and its grey says the colour, or does not, as it is wanted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.color import lab2rgb, rgb2lab
from skimage.util import img_as_ubyte

from autograder import settings
from autograder.course.pasted import read_shared

DAY, EVENING, SUMMER, AUTUMN = range(4)
# The best single limit between two groups that are alike is right a little more often than a coin: about 0.6 of two times 90.
BY_CHANCE = 0.68


@pytest.fixture(scope="module")
def world():
    names = {"np": np, "gaussian_filter": gaussian_filter, "lab2rgb": lab2rgb, "img_as_ubyte": img_as_ubyte}
    exec(read_shared(settings.root())["world"], names)
    return names["draw_world"]


@pytest.fixture(scope="module")
def moody(world):
    """Pictures with moods, and the numbers of their scenes."""
    return world(180, 5, side=32, moods=True)


def told_apart(some: np.ndarray, others: np.ndarray) -> float:
    """How often the best limit on one number says rightly of which of two groups it is."""
    limits = np.sort(np.concatenate([some, others]))[:, np.newaxis]
    right = ((some < limits).mean(axis=1) + (others >= limits).mean(axis=1)) / 2
    return float(np.maximum(right, 1 - right).max())


@pytest.mark.parametrize("moods", [False, True])
def test_a_seed_says_the_world(world, moods):
    pictures, numbers = world(8, 3, side=32, moods=moods)
    again = world(8, 3, side=32, moods=moods)
    assert np.array_equal(pictures, again[0]) and np.array_equal(numbers, again[1])
    other, _ = world(8, 4, side=32, moods=moods)
    both = np.concatenate([pictures, other]).astype(float)
    gaps = [np.abs(one - two).mean() for i, one in enumerate(both) for two in both[:i]]
    assert min(gaps) > 5, "two pictures are nearly alike"


def test_every_scene_is_there_as_often(moody):
    assert np.bincount(moody[1]).tolist() == [45, 45, 45, 45]


def test_only_the_scenes_that_are_wanted(world):
    _, numbers = world(5, 1, side=16, scenes=(EVENING, AUTUMN))
    assert sorted(numbers) == [1, 1, 1, 3, 3]


@pytest.mark.parametrize("side", [16, 48, 72])
def test_pictures_are_uint8_of_the_side_that_is_wanted(world, side):
    pictures, numbers = world(1, 0, side=side)
    assert pictures.shape == (1, side, side, 3) and pictures.dtype == np.uint8 and numbers.shape == (1,)
    assert pictures.std() > 10


@pytest.mark.parametrize(("count", "side"), [(0, 48), (-2, 48), (3, 20), (3, 8), (3, 264), (3, 0)])
def test_what_cannot_be_drawn_is_said_with_what_can(world, count, side):
    with pytest.raises(ValueError, match=f"multiple of 8, 16 to 256; here: {count} of {side}"):
        world(count, 0, side=side)


def sky(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Windows of the sky far from clouds and sun, L (n, 36) and mean colours (n, 2): the upper corners, where nothing is bright or edged."""
    lab = rgb2lab(pictures)
    corners = np.concatenate([lab[:, :6, :6], lab[:, :6, -6:]]).reshape(-1, 36, 3)
    corners = corners[np.ptp(corners[:, :, 0], axis=1) < 8]
    return corners[:, :, 0], corners[:, :, 1:].mean(axis=1)


def test_with_moods_the_grey_of_the_sky_does_not_say_the_time_of_day_and_its_colour_does(moody):
    pictures, numbers = moody
    (L, colours), (evening_L, evening_colours) = sky(pictures[numbers == DAY]), sky(pictures[numbers == EVENING])
    assert min(len(L), len(evening_L)) > 20
    for number in (np.mean, np.std):
        assert told_apart(number(L, axis=1), number(evening_L, axis=1)) < BY_CHANCE, number.__name__
    assert told_apart(colours[:, 0], evening_colours[:, 0]) == told_apart(colours[:, 1], evening_colours[:, 1]) == 1


def test_with_moods_summer_and_autumn_have_other_colours(moody):
    pictures, numbers = moody
    a, b = (rgb2lab(pictures[numbers == scene])[:, 20:24, :, 1].mean(axis=(1, 2)) for scene in (SUMMER, AUTUMN))
    assert told_apart(a, b) > 0.9


@pytest.mark.parametrize("pair", [(DAY, EVENING), (SUMMER, AUTUMN)])
def test_without_moods_a_scene_changes_no_colour(world, pair):
    """The same pictures come, whichever of the two is drawn: what a thing is says its colour."""
    one, other = (world(6, 2, side=32, scenes=(scene,))[0] for scene in pair)
    assert np.array_equal(one, other)
    moody = [world(6, 2, side=32, moods=True, scenes=(scene,))[0] for scene in pair]
    assert not np.array_equal(*moody)


def test_without_moods_the_sky_has_one_colour_over_coast_and_town(world):
    colours = [sky(world(40, 7, side=32, scenes=(scene,))[0])[1].mean(axis=0) for scene in (DAY, SUMMER)]
    assert np.abs(np.subtract(*colours)).max() < 6
