"""Hidden checks of lesson 2: RGB to Lab and back, the split, signs and reach of a and b, the blur experiment."""

from itertools import combinations_with_replacement, permutations, product

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2gray, rgb2lab
from skimage.filters import gaussian
from skimage.metrics import structural_similarity

from autograder.checks import expect
from autograder.checks.draws import Draw

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


class Pairs(tuple):
    """Slips as pairs of a sentence and a value, where several values have the same sentence."""

    def items(self):
        return self


def same_for_all():
    """A draw that is the same each time. A check that leaves something to the gate check asks with it, as the gate check does besides its own."""
    return Draw(bytes(range(32)))


def lab_like(draw, height=None, width=None):
    """Random Lab values with fractions and signs, of sides that differ."""
    sides = draw.noise(height, width).shape
    return draw.rng.uniform((0, -80, -80), (100, 80, 80), sides)


# -- the split ------------------------------------------------------------------------------------------------------


def as_wanted(value, wanted, what, **words):
    """Fail unless the numbers are the wanted ones, one after the other; whether they have the right axes is another check's question."""
    expect.array(value, what)
    if value.size != wanted.size or not np.allclose(value.ravel(), wanted.ravel(), atol=1e-4):
        expect.close(value, wanted, what, atol=1e-4, **words)


def layers_in(value, lab):
    """The numbers of lab's layers that an array is made of, in its order, along its last axis or its first; () if it is not."""
    for count in (1, 2, 3):
        for layers in permutations(range(3), count):
            part = lab[:, :, layers]
            for laid in (part, np.moveaxis(part, 2, 0)):
                if value.size == laid.size and np.allclose(value.ravel(), laid.ravel(), atol=1e-4):
                    return layers
    return ()


def parts_of(student, lab, what="split_lab(lab)"):
    """The two arrays of the student's."""
    parts = expect.sequence(student.call("split_lab", lab), what, length=2, of="arrays", why="They are L and ab.")
    return [expect.array(part, name) for part, name in zip(parts, ("L", "ab"), strict=True)]


def is_a_cut(parts, lab):
    """Whether one of the two is L, and the other holds a or b, or a slice at the wrong place; how many layers, and in which order, is another question."""
    layers = [layers_in(part, lab) for part in parts]
    other = [its for its in layers if its != (0,)]
    misplaced = any(np.array_equal(part, wrong) for part in parts for wrong in (lab[:, 1:], lab[1:]))
    return len(other) == 1 and (misplaced or (0 < len(other[0]) < 3 and other[0] != (0, 2)))


def right_parts(parts, lab):
    """Fail unless the numbers are those of L, and of a and b, in this order."""
    L, a, b = np.moveaxis(lab, 2, 0)
    grid = "as a plain grid: a single number in the last place takes one layer. Two layers need a slice."
    slips = {
        "That is `a`, layer 1. Layers are counted from 0.": a,
        "That is `b`, layer 2. Layers are counted from 0.": b,
        "That is `ab`. In which order do the two come back?": lab[:, :, 1:],
    }
    as_wanted(parts[0], L, "L", slips=slips, given=[lab], why="L is layer 0 of lab, with its numbers unchanged.")
    slips = {
        f"That is layer `a` alone, {grid}": a,
        f"That is layer `b` alone, {grid}": b,
        "That is layer `a` alone. A slice stops before the number after its colon: `1:2` is layer 1 only.": lab[
            :, :, 1:2
        ],
        "That is layer `b` alone. Where does the slice begin? Layers are counted from 0.": lab[:, :, 2:],
        "Those are L and `a`. At which layer does the slice begin, and at which one does it end?": lab[:, :, :2],
        "That is L. In which order do the two come back?": L,
        "All three layers are in it. At which layer does the slice begin?": lab,
        "Here `b` comes before `a`.": lab[:, :, :0:-1],
        "a and b are stacked along the first axis. In a photo the last axis counts the layers.": np.array([a, b]),
        "The slice stands in the second place, which counts the columns. Which place counts the layers?": lab[:, 1:],
        "The slice stands in the first place, which counts the rows. Which place counts the layers?": lab[1:],
    }
    why = "It should hold two whole layers, first a (layer 1), then b (layer 2), unchanged."
    as_wanted(parts[1], lab[:, :, 1:], "ab", slips=slips, why=why)


@pytest.mark.check("split_lab", weight=2)
def test_colour_is_cut_from_lightness(student, draw):
    """One of the two arrays is L, and the other is cut out of lab with colour in it."""
    for lab in (lab_like(draw), lab_like(same_for_all())):
        parts = parts_of(student, lab)
        if not is_a_cut(parts, lab):
            right_parts(parts, lab)


@pytest.mark.check("split_lab", weight=3)
def test_layers_come_in_the_order_l_a_b(student, draw):
    """L is layer 0, and ab holds layers 1 and 2, in this order and no other."""
    lab, other = lab_like(draw), lab_like(same_for_all())
    parts = parts_of(student, lab)
    if is_a_cut(parts_of(student, other), other):
        right_parts(parts, lab)


@pytest.mark.check("split_lab", weight=3)
def test_l_is_a_grid_and_ab_has_two_layers(student, draw):
    """L has the shape (H, W) and ab the shape (H, W, 2), for a photo of one row, one column or one pixel too."""
    for sides in (draw.sides(), (1, 7), (5, 1), (1, 1)):
        lab = lab_like(draw, *sides)
        of = "of a {} × {} photo".format(*sides)
        for value, name in zip(parts_of(student, lab, f"split_lab {of}"), ("L", "ab"), strict=True):
            shape = sides if name == "L" else (*sides, 2)
            why = "A single layer number drops the last axis; a slice such as 0:1 keeps it."
            if name == "ab":
                why = "ab is two of the three layers, kept along the last axis."
            if 1 in sides and value.size == np.prod(shape):
                why = "Which axis counts the layers? The sides stay, however short they are."
                if value.ndim < len(shape):
                    why = "A side that happens to be 1 was dropped, as `squeeze` and its like do."
            expect.array(value, f"{name} {of}", shape=shape, why=why)


def merged_of(student, lab, what):
    """The student's array for the two parts of lab."""
    return expect.array(student.call("merge_lab", lab[:, :, 0], lab[:, :, 1:]), what)


def is_joined(merged, lab):
    """Whether all whole numbers of lab are there, layer for layer, or all but one layer; their order and dtype are other questions."""
    merged = merged.astype(float)  # in uint8 there is no 256
    whole, levels = np.mod(np.trunc(merged), 256), np.mod(np.trunc(lab), 256)
    rounded = len(layers_in(np.rint(merged), np.rint(lab))) == 3
    forgot = any(np.array_equal(merged, lab * kept) for kept in ([0, 1, 1], [1, 1, 0]))
    return rounded or forgot or len(layers_in(whole, levels)) == 3


def right_order(merged, lab, what):
    """Fail unless whole numbers lie as L, a, b along the last axis; whether a dtype lost their signs is another question."""
    wrapped = {
        "a and b come first here, and L last.": [1, 2, 0],
        "L is in its place, but `b` comes before `a`.": [0, 2, 1],
    }
    slips = {sentence: lab[:, :, order] for sentence, order in wrapped.items()}
    slips |= {
        "The layers are stacked along the first axis. In a photo the last axis counts them.": np.moveaxis(lab, 2, 0),
        "Layer 0 is zero everywhere: was L put into the canvas?": lab * [0, 1, 1],
        "Layers 1 and 2 are zero everywhere: was ab put into the canvas?": lab * [1, 0, 0],
        "Layer 2 is zero everywhere. A slice such as `1:2` is layer 1 only, and ab has two layers.": lab * [1, 1, 0],
        "The canvas came back as it was made, all zeros.": 0 * lab,
        "`reshape` only cuts one long row of numbers into other lengths. It does not put layers beside each other. A way out: make an empty canvas, (H, W, 3), and fill its layers one after the other.": np.append(
            lab[:, :, 0], lab[:, :, 1:]
        ).reshape(lab.shape),
        "That is ab alone: where did L go?": lab[:, :, 1:],
        "That is L alone: where did ab go?": lab[:, :, 0],
    }
    for one, two in product(*2 * [(1, 100, 110, 127, 128, 255)]):
        parts = " and ".join(f"{name} by {by}" for name, by in {"L": one, "ab": two}.items() if by != 1)
        divided = f"Divided: {parts}. Nothing is scaled here: each number comes through as it is."
        slips[divided] = lab / (one, two, two)
    why = (
        "A side of 1 is still a side. Does something drop it, as `squeeze` does?"
        if merged.size == lab.size and merged.ndim < 3
        else "The layers of Lab come in the order of its letters: L, a, b."
    )
    if merged.shape != lab.shape or not np.array_equal(np.mod(merged.astype(float), 256), np.mod(lab, 256)):
        expect.close(merged, lab, what, atol=1e-4, slips=slips, why=why)


@pytest.mark.check("merge_lab", weight=2)
def test_all_layers_are_joined(student, draw):
    """The layers of L and ab lie in one array, in whatever order."""
    lab = np.rint(lab_like(draw))
    what = "merge_lab of a {} × {} photo".format(*lab.shape)
    for its in (lab, np.rint(lab_like(same_for_all()))):
        merged = merged_of(student, its, what)
        if not is_joined(merged, its):
            right_order(merged, its, what)


@pytest.mark.check("merge_lab", weight=3)
def test_merged_layers_are_in_lab_order(student, draw):
    """L becomes layer 0, a layer 1, b layer 2, also in a photo of one row, one column or one pixel."""
    for sides in (draw.sides(), (1, 7), (5, 1), (1, 1)):
        lab = np.rint(lab_like(draw, *sides))
        what = "merge_lab of a {} × {} photo".format(*sides)
        merged = merged_of(student, lab, what)
        whole = np.rint(lab_like(same_for_all()))
        if 1 not in sides and not is_joined(merged_of(student, whole, what), whole):
            return  # the check above says so
        right_order(merged, lab, what)


@pytest.mark.check("merge_lab", weight=3)
def test_merge_keeps_fractions_and_signs(student, draw):
    """No number is cut, rounded or clipped on the way."""
    lab = lab_like(draw)
    merged = merged_of(student, lab, "merge_lab(L, ab)")
    same_numbers = merged.size == lab.size and np.allclose(np.sort(merged, None), np.sort(lab, None), atol=1e-4)
    whole = np.rint(lab_like(same_for_all()))
    joined = is_joined(merged_of(student, whole, "merge_lab(L, ab)"), whole)
    if joined and not same_numbers:  # their order is another check's question
        L, ab = lab[:, :, 0], lab[:, :, 1:]
        cut = "An integer dtype does that. Is there one in `merge_lab`, in the canvas or in an `astype`?"
        slips = {
            f"The fractions are cut off. {cut}": np.trunc(lab),
            f"The fractions of a and b are cut off. {cut}": np.dstack([L, np.trunc(ab)]),
            f"The fractions of L are cut off. {cut}": np.dstack([np.trunc(L), ab]),
            "Everything is rounded. Is there a `round` or a `rint`? Every number should come through as it came.": np.rint(
                lab
            ),
            "In uint8 a and b lost their minus signs, for uint8 holds no minus sign. Take every uint8 (and int) out of `merge_lab`.": np.dstack(
                [L, np.mod(np.trunc(ab), 256)]
            ),
            "uint8 holds no fractions and no minus sign. Take every uint8 (and int) out of `merge_lab`: in the canvas, and in any `astype`.": np.mod(
                np.trunc(lab), 256
            ),
        }
        why = "Every number should come through as it came. What is done to them on the way?"
        expect.close(merged, lab, "merge_lab(L, ab)", atol=1e-4, slips=slips, why=why)


def counts_of(student, grey, what):
    """The two counts of the student's."""
    pair = expect.sequence(student.call("numbers_to_predict", grey), what, length=2, of="numbers")
    return np.array([expect.number(value, f"each of the two numbers of {what}") for value in pair])


def one_count_is_right(pair, n):
    """Whether a count is right at its place, or both are in the other order."""
    return pair[0] == 3 * n or pair[1] == 2 * n or tuple(pair) == (2 * n, 3 * n)


def right_counts(pair, grey, what):
    """Fail with the cause unless the two counts are those of this photo."""
    height, width = grey.shape
    n = grey.size
    slips = {
        "The other way round: first the count for RGB, then the count for Lab.": [2 * n, 3 * n],
        "Those are the numbers of grids. How many numbers does one grid hold?": [3, 2],
        "Your second number counts one grid: the one that is kept, L. How many grids are left to predict?": [3 * n, n],
        "With Lab, L is there already. How many grids are left to predict?": [3 * n, 3 * n],
        "Each number counts one grid only. How many grids has RGB, and in how many does Lab keep the colour?": [n, n],
        "The first number counts one grid, the second two. How many grids does RGB have?": [n, 2 * n],
        "Those are bytes of memory: a float64 takes 8 of them. The count of the numbers is wanted.": [24 * n, 16 * n],
        "Only the rows are counted. A pixel stands in a row *and* a column.": [3 * height, 2 * height],
        "Only the columns are counted. A pixel stands in a row *and* a column.": [3 * width, 2 * width],
        "Height and width are added. How many pixels does a rectangle have?": [
            3 * (height + width),
            2 * (height + width),
        ],
        "That is height times height. A photo need not be square.": [3 * height**2, 2 * height**2],
        "That is width times width. A photo need not be square.": [3 * width**2, 2 * width**2],
    }
    why = "Height times width, and once for each grid that is to be predicted. L is given."
    expect.close(pair, [3 * n, 2 * n], what, slips=slips, why=why)


@pytest.mark.check("numbers_to_predict", weight=1)
def test_every_pixel_counts(student, draw):
    """At least one of the two counts is right, or each is in the other's place."""
    grey = draw.photo()[:, :, 0]
    what = "numbers_to_predict for {} × {} pixels".format(*grey.shape)
    pair = counts_of(student, grey, what)
    if not one_count_is_right(pair, grey.size):
        right_counts(pair, grey, what)


@pytest.mark.check("numbers_to_predict", weight=1)
def test_rgb_has_three_grids_and_lab_two_to_predict(student, draw):
    """First the numbers of three grids, then those of two, for a float L as for a uint8 photo."""
    grey, side = draw.photo()[:, :, 0], int(draw.rng.integers(5, 30))
    what = "numbers_to_predict for {} × {} pixels".format(*grey.shape)
    pair = counts_of(student, grey, what)
    if one_count_is_right(pair, grey.size):
        right_counts(pair, grey, what)
    grid = draw.rng.uniform(0, 100, (side, side))
    what = f"numbers_to_predict for a float grid of {side} × {side} pixels"
    right_counts(counts_of(student, grid, what), grid, what)


# -- into Lab and back ----------------------------------------------------------------------------------------------


def lab_of(student, photo, what):
    """The student's Lab of a photo: an array of its shape."""
    return expect.array(
        student.call("to_lab", photo),
        what,
        shape=photo.shape,
        why="Lab has three layers for each pixel, like the photo.",
    )


def wrong_labs(photo):
    """What typical slips make of a photo, by what to say about it."""
    unit = photo / 255
    fractions = "The fractions were lost before rgb2lab: `//`, or a whole-number dtype, makes 0 of 119 / 255."
    return Pairs((
        ("L goes far beyond 100: floats that go up to 255 went into rgb2lab, which takes floats as they are.", lambda: rgb2lab(photo.astype(float))),
        ("The whole numbers were divided by the largest number that the dtype can hold, as rgb2lab does with whole numbers. The scale is 0–255 for every dtype.", lambda: rgb2lab(photo)),
        ("It was scaled twice, and so it is nearly black.", lambda: rgb2lab(unit / 255)),
        (fractions, lambda: rgb2lab((photo // 255).astype(float))),
        (fractions, lambda: rgb2lab(unit.astype(np.uint8))),
        (fractions, lambda: rgb2lab(photo // 255)),
        ("It was divided by 256. The highest level should become exactly 1.", lambda: rgb2lab(photo / 256)),
        ("It was divided by 100. The highest level is 255.", lambda: rgb2lab(photo / 100)),
        ("It was divided by 128. The highest level is 255.", lambda: rgb2lab(photo / 128)),
        ("It was divided by the largest value of this photo. The scale is 0–255, whatever the photo holds.", lambda: rgb2lab(photo / photo.max())),
        ("Red and blue have changed places before rgb2lab.", lambda: rgb2lab(unit[:, :, ::-1])),
        ("That is the photo from 0 to 1, still as RGB: was rgb2lab called, and is its result returned?", unit),
        ("lab2rgb was called, in place of rgb2lab.", lambda: lab2rgb(unit)),
        ("That is the photo itself, still as RGB.", photo),
        ("The photo's values were made whole numbers before rgb2lab. 127.5 is neither 127 nor 128.", lambda: rgb2lab(np.trunc(photo) / 255)),
        ("The photo's values were rounded before rgb2lab. 127.5 is neither 127 nor 128.", lambda: rgb2lab(np.rint(photo) / 255)),
        ("Lab was rounded. Its fractions belong to the colour.", lambda: np.rint(rgb2lab(unit))),
        ("The fractions of Lab were cut off. They belong to the colour.", lambda: np.trunc(rgb2lab(unit))),
        ("Lab was made uint8, which has neither fractions nor minus signs.", lambda: np.mod(np.trunc(rgb2lab(unit)), 256)),
    ))  # fmt: skip


def is_on_its_way(lab, photo):
    """Whether that is the Lab of a photo, or nearly: with another divisor, red and blue in each other's place, or rounded."""
    right, turned = (rgb2lab(photo[:, :, order] / 255) for order in ([0, 1, 2], [2, 1, 0]))
    ways = [right, turned, *(rgb2lab(photo / by) for by in (100, 128, 254, 256))]
    return lab.shape == right.shape and any(np.allclose(lab, way, atol=1.001) for way in ways)


def level_photo(draw):
    """A photo of which the lowest level is 0 and the highest 255."""
    photo = draw.photo()
    photo[0, 0] = 0, 128, 255
    return photo


def comes_near(student, photo):
    """Whether Lab, or nearly Lab, comes of a photo in float64 or in int64: rgb2lab alone gives neither."""
    for given in (photo.astype(float), photo.astype("int64")):
        stops = student.error("to_lab", given) is not None
        if not stops and is_on_its_way(np.asarray(student.call("to_lab", given)), photo):
            return True
    return False


@pytest.mark.check("to_lab", weight=2)
def test_levels_become_lab(student, reference, draw):
    """What comes of floats up to 255, or of int64, is Lab, but for a detail such as the divisor."""
    photo = level_photo(draw)
    if not comes_near(student, photo) or not comes_near(student, level_photo(same_for_all())):
        right_whole_numbers(student, reference, photo, ("uint8", "int64", "float64"))


def right_whole_numbers(student, reference, photo, dtypes):
    """Fail unless the photo's levels give the right Lab in each of these dtypes."""
    for dtype in dtypes:
        what = f"to_lab of {'an' if dtype.startswith('i') else 'a'} {dtype} photo"
        given = photo.astype(dtype)
        lab = lab_of(student, given, what)
        why = "What was done to the numbers before rgb2lab, and does it depend on the dtype?"
        expect.close(lab, reference.call("to_lab", given), what, atol=0.02, slips=wrong_labs(given), why=why)
        expect.array(lab, what, kind="float")


@pytest.mark.check("to_lab", weight=3)
def test_the_scale_is_255_for_every_dtype(student, reference, draw):
    """Each dtype gives the right Lab, floats with their fractions, however dark the photo is."""
    photo = level_photo(draw)
    if not comes_near(student, level_photo(same_for_all())):
        return  # the check above says so
    dtypes = ("uint8", "int16", "int64", "int32", "uint16", "uint32", "uint64")
    right_whole_numbers(student, reference, photo, dtypes)
    photo = draw.noise() * (254 / 255) + 0.5
    wanted = reference.call("to_lab", photo)
    for dtype in ("float64", "float32"):
        what = f"to_lab of a {dtype} photo from 0 to 255"
        lab = lab_of(student, photo.astype(dtype), what)
        why = "What was done to the floats before rgb2lab? A value of 127.5 lies between 127 and 128."
        expect.close(lab, wanted, what, atol=0.02, slips=wrong_labs(photo.astype(dtype)), why=why)
    dark_photos_stay_dark(student, reference, draw)


def dark_photos_stay_dark(student, reference, draw):
    """Fail unless the scale is 0–255 whatever the photo's largest value is."""
    black = (draw.noise() % 2).astype(float)
    black[0, 0] = 0, 1, 1
    dim = np.rint(draw.noise() * (60 / 255))
    for photo, top in (
        (black, 1),
        (dim, 60),
        (black.astype(np.uint8), 1),
        (dim.astype(np.uint8), 60),
        ((2 * dim).astype(np.int8), 120),
    ):
        what = f"to_lab of {'an' if photo.dtype == np.int8 else 'a'} {photo.dtype} photo, whose largest value is {top} of 255,"
        lab = lab_of(student, photo, what)
        slips = wrong_labs(photo)
        if top == 1:
            scaled = "Values from 0 to 1 were taken for a photo that is scaled already. The scale is 0–255, whatever the photo holds."
            slips = Pairs(((scaled, lambda photo=photo: rgb2lab(photo.astype(float))), *slips))
        why = "Is the scale guessed from the photo's largest value? It is always 255."
        expect.close(lab, reference.call("to_lab", photo), what, atol=0.02, slips=slips, why=why)


@pytest.mark.check("to_lab", weight=3)
def test_to_lab_leaves_the_photo_alone(student, draw):
    """The photo that was handed in is unchanged afterwards."""
    for dtype in ("float64", "float32"):
        photo = draw.noise().astype(dtype)
        (after,) = student.arguments_after("to_lab", photo)
        assert isinstance(after, np.ndarray) and np.array_equal(after, photo), (
            f"After to_lab(photo) a {dtype} photo held other numbers than before. "
            "`/=` and `*=` write into the array that they are given; `photo / …` makes a new one."
        )


def wrong_photos(lab):
    """What typical slips make of Lab, by what to say about it."""

    def levels(lab, scale=255):
        return scale * lab2rgb(lab)

    early = "Only 0 and 255 are left: it was rounded before it was scaled. lab2rgb gives fractions from 0 to 1."
    many = (
        "Lab was multiplied before lab2rgb, which takes L from 0 to 100, as it is. Only what comes out of it is scaled."
    )
    minus = "The minus signs of a and b were lost before lab2rgb. Lab goes into it as it is."
    before = "Lab was made uint8 *before* lab2rgb. It has minus signs and fractions, and uint8 has neither."
    raw = "Those are the numbers of Lab. Was lab2rgb called?"
    return Pairs((
        ("The scale is 255, not 100.", lambda: levels(lab, 100)),
        ("The scale is 255, not 128.", lambda: levels(lab, 128)),
        (early, lambda: 255 * np.rint(levels(lab, 1))),
        (many, lambda: levels(255 * lab)),
        ("Lab was divided before lab2rgb, which takes L from 0 to 100, as it is.", lambda: levels(lab / 100)),
        (minus, lambda: levels(np.clip(lab, 0, 255))),
        (minus, lambda: levels(np.clip(lab, 0, 100))),
        (minus, lambda: levels(np.abs(lab))),
        (raw, lambda: np.mod(np.trunc(lab), 256)),
        (raw, lambda: np.mod(np.rint(lab), 256)),
        (raw, lab),
        ("Those are the numbers of Lab, times 255. Was lab2rgb called?", lambda: np.mod(np.trunc(255 * lab), 256)),
        (before, lambda: levels(lab.astype(int).astype(np.uint8))),
        (before, lambda: levels(np.mod(np.trunc(lab), 256))),
        ("Red and blue have changed places.", lambda: levels(lab)[:, :, ::-1]),
        ("Light and dark have changed places.", lambda: 255 - levels(lab)),
        ("It was scaled twice, and what is past 255 starts again at 0.", lambda: np.mod(np.trunc(levels(lab, 255 * 255)), 256)),
        ("rgb2lab was called in place of lab2rgb.", lambda: np.mod(np.trunc(255 * rgb2lab(lab)), 256)),
        ("The levels were put into int8, which ends at 127.", lambda: np.mod(np.trunc(levels(lab)) + 128, 256) - 128),
        ("The levels were put into int8, which ends at 127.", lambda: np.mod(np.rint(levels(lab)) + 128, 256) - 128),
    ))  # fmt: skip


NEAR_HOME = 25  # levels: what differs less comes from fractions that were lost before lab2rgb, which is another check's question


def home_of(student, lab):
    """The student's picture, numbers of the right shape."""
    return expect.array(student.call("to_photo", lab), "to_photo(lab)", shape=lab.shape, kind="number")


def is_a_picture(home, photo):
    """Whether levels are those of a photo, but for their scale, the order of the lamps, or something small that was lost."""
    if home.shape != photo.shape or home.max() <= 2:
        return False
    home, photo = home.astype(float), photo.astype(float)
    factor = (home.mean() + 0.5) / photo.mean()  # half a level: a fraction that was cut off
    photos = (photo, photo[:, :, ::-1])
    return 0.3 < factor < 1.1 and any(np.abs(home - factor * its).mean() < 20 * factor for its in photos)


def back_and_forth(student, reference, draw):
    """Two photos, their Lab, and what the student makes of it; noise first: in a nearly grey photo little shows."""
    for photo in (draw.noise(), draw.photo()):
        photo = np.clip(photo, 5, 250)
        lab = reference.call("to_lab", photo)
        yield photo, lab, home_of(student, lab)


def right_levels(student, photo, lab, home):
    """Fail with the cause unless the photo is the same within one level."""
    what = "The photo after its way to Lab and back"
    if home.max() <= 1:
        white, far = (home_of(student, np.array([[[L, 0.0, 0.0]]])).max() for L in (101.0, 25500.0))
        cause = "What lab2rgb gives, from 0 to 1, was not multiplied by 255. Scale it first, change the dtype last."
        if home.dtype.kind == "f":
            cause = "It still goes from 0 to 1: the scale to 255 is missing."
        elif white > 200:
            cause = "Only white is left, as 255: was the dtype changed before the scale? lab2rgb gives fractions from 0 to 1."
        elif far > 1:
            cause = "Was Lab divided before lab2rgb? It takes L from 0 to 100, as it is."
        raise AssertionError(f"{what} goes up to {home.max():.3g} and not to {photo.max()}. {cause}")
    why = "What was done before lab2rgb, and what after it?"
    slips = wrong_photos(lab)
    if np.abs(home.astype(float) - photo).max() < NEAR_HOME:
        why = "It is near, but off by more than one level. What was done to Lab before lab2rgb, or to the result before the scale?"
        slips = Pairs((
            ("Lab was rounded before lab2rgb. Its fractions belong to the colour.", lambda: 255 * lab2rgb(np.rint(lab))),
            ("The fractions of Lab were cut off before lab2rgb. They belong to the colour.", lambda: 255 * lab2rgb(np.trunc(lab))),
            ("The scale is 255, and not 250 or 256.", lambda: 250 * lab2rgb(lab)),
        ))  # fmt: skip
    expect.close(home, photo, what, atol=1, slips=slips, why=why)


@pytest.mark.check("to_photo", weight=3)
def test_the_way_back_leads_to_a_picture(student, reference, draw):
    """A photo that went to Lab comes back as levels, but for a detail such as the scale."""
    for its in (draw, same_for_all()):
        for photo, lab, home in back_and_forth(student, reference, its):
            if not is_a_picture(home, photo):
                right_levels(student, photo, lab, home)


@pytest.mark.check("to_photo", weight=5)
def test_home_within_one_level(student, reference, draw):
    """Every value is within one level of 255 × lab2rgb(lab), white and what no screen can show too."""
    for photo, _, home in back_and_forth(student, reference, same_for_all()):
        if not is_a_picture(home, photo):
            return  # the check above says so
    for photo, lab, home in back_and_forth(student, reference, draw):
        right_levels(student, photo, lab, home)
    lab = np.rint(draw.rng.uniform((58, -127, -127), (95, 127, 127), (6, 7, 3)))
    wanted = reference.call("to_photo", lab)
    home = np.where(wanted < 254, home_of(student, lab), wanted)
    why = "Was something clipped before lab2rgb? Leave the clipping to it."
    expect.close(home, wanted, "to_photo of strong colours, many of which no screen can show,", atol=1, why=why)
    white_does_not_wrap_round(student)


@pytest.mark.check("to_photo", weight=4)
def test_a_picture_is_uint8(student, reference, draw):
    """The result is a uint8 array of the same shape."""
    lab = reference.call("to_lab", draw.photo())
    home = expect.array(student.call("to_photo", lab), "to_photo(lab)", shape=lab.shape)
    least, most = float(home.min()), float(home.max())
    why = (
        "Its values look right: the last step is missing, the dtype."
        if 1.01 < most <= 256 and least >= 0
        else "uint8 comes last, after the scale."
    )
    expect.array(home, "to_photo(lab)", dtype="uint8", why=why)


def white_does_not_wrap_round(student):
    """Fail unless white stays white, and black stays black."""
    lab = np.zeros((3, 3, 3))
    lab[:, :, 0] = [[100], [0], [50]]
    home = expect.array(student.call("to_photo", lab), "to_photo(lab)", shape=lab.shape, kind="number")
    white = home[0].min() if home[0].min() < 254 else home[0].max()
    cause = "On which scale are your levels?"
    if white < 20:
        cause = "After 255 a uint8 starts again at 0: what does your scaling make of an exact 1.0?"
    assert 254 <= white <= 256, f"White, Lab (100, 0, 0), should come back as 254 or 255; yours is {white:.4g}. {cause}"
    why = "lab2rgb gives 0 for black; scaling should leave it there."
    expect.close(home[1], np.zeros((3, 3)), "Black, Lab (0, 0, 0),", atol=1, why=why)


# -- signs and reach ------------------------------------------------------------------------------------------------


def hue_of(student, a, b):
    """The student's word for (a, b): one of the five."""
    word = student.call("hue_name", a, b)
    words = ("grey", "red", "green", "yellow", "blue")
    here = "rule 1 says grey" if max(abs(a), abs(b)) < 10 else f"{'a' if abs(a) >= abs(b) else 'b'} decides (rule 2)"
    assert word is not None, (
        f"hue_name({a:g}, {b:g}) gave None: no `return` was reached. Here {here}: what happens on that path?"
    )
    assert isinstance(word, str) and word in words, (
        f"hue_name({a:g}, {b:g}) should be one of {', '.join(words)}; what came is {expect.describe(word)}."
    )
    return word


def strong_colours(draw):
    """Return 36 colours of all hues, each with its word and the word for the opposite."""
    colours = []
    for _ in range(3):
        strong, weak, middling = draw.rng.uniform(60, 90), draw.rng.uniform(-9, 9), draw.rng.uniform(15, 50)
        for other in (weak, middling, -middling):
            colours += (
                (strong, other, "red", "green"), (-strong, other, "green", "red"), (other, strong, "yellow", "blue"), (other, -strong, "blue", "yellow"),
            )  # fmt: skip
    return colours


def is_half_right(student, colours):
    """Whether at least half of the colours have their word, in upper or lower case."""
    right = [
        isinstance(word := student.call("hue_name", a, b), str) and word.lower() == wanted
        for a, b, wanted, _ in colours
    ]
    return sum(right) * 2 >= len(right)


def right_hues(student, colours):
    """Fail with the cause unless each strong colour has its word; where grey ends is another check's question."""
    said = set()
    for a, b, wanted, opposite in colours:
        word = hue_of(student, a, b)
        said.add(word)
        decides, other = ("a", "b") if abs(a) > abs(b) else ("b", "a")
        cause = f"{decides} is farther from zero, signs aside, so {decides} decides. "
        cause += (
            "What is its sign, and which hue belongs to it?" if word == opposite else f"Your word belongs to {other}."
        )
        fits = word in (wanted, "grey")
        assert fits, f"hue_name({a:.1f}, {b:.1f}) should be {wanted!r}; yours says {word!r}. {cause}"
    for hue, where in (("red", "a is"), ("green", "a is minus"), ("yellow", "b is"), ("blue", "b is minus")):
        assert hue in said, (
            f"Of 36 colours of all hues, those that should be {hue!r} never were, for example where {where} 70 and the other is 30. Which path leads to this word?"
        )


@pytest.mark.check("hue_name", weight=3)
def test_most_colours_have_their_hue(student, draw):
    """At least half of all strong colours have their word."""
    colours = strong_colours(draw)
    if not is_half_right(student, colours) or not is_half_right(student, strong_colours(same_for_all())):
        grey = [(a, b) for a, b, *_ in colours if student.call("hue_name", a, b) == "grey"]
        assert len(grey) < len(colours) / 2, (
            f"Of 36 strong colours {len(grey)} are called 'grey', ({grey[0][0]:.0f}, {grey[0][1]:.0f}) for example. Grey is where both are less than 10 from zero."
        )
        right_hues(student, colours)


@pytest.mark.check("hue_name", weight=4)
def test_grey_needs_both_below_ten(student, draw):
    """Grey is where both a and b are less than 10 from zero, and nowhere else."""
    for a, b in ((0, 0), (9.9, -9.9), (-9.9, 9.9), (-9.5, -3), (0, 9.99)):
        word = hue_of(student, a, b)
        assert word == "grey", (
            f"hue_name({a:g}, {b:g}) should be 'grey': both are less than 10 from zero, signs aside; yours says {word!r}."
        )
    weak, strong = round(draw.rng.uniform(-9, 9), 1) + 0.0, round(draw.rng.uniform(12, 90), 1)
    for a, b in (
        (weak, strong),
        (weak, -strong),
        (strong, weak),
        (-strong, weak),
        (10, 0),
        (0, -10),
        (-10, 4),
        (0, 10),
        (-10, -10),
        (-strong, -weak),
        *((one * 20.1, other * 30.1) for one in (-1, 1) for other in (-1, 1)),
    ):
        word = hue_of(student, a, b)
        farther = max(a, b, key=abs)
        fault = (
            "is it enough that *one* of them is less than 10 away?"
            if farther > 0
            else f"how far from zero is {farther:g}, its minus sign aside?"
        )
        fault = "10 is not *less than* 10." if abs(farther) == 10 else fault
        assert word != "grey", (
            f"hue_name({a:g}, {b:g}) should not be 'grey': one of the two is 10 or more from zero. Rule 1: {fault}"
        )


@pytest.mark.check("hue_name", weight=5)
def test_the_stronger_axis_and_its_sign_decide(student, draw):
    """The one farther from zero decides, a where they are equal; plus is red or yellow, minus green or blue."""
    if is_half_right(student, strong_colours(same_for_all())):
        right_hues(student, strong_colours(draw))
    near, far = draw.rng.uniform(15, 40), draw.rng.uniform(45, 90)
    near = np.floor(near) + 0.1
    nearly = near + draw.rng.uniform(0.2, 0.8)  # with the same whole number before the point
    pairs = [(far, near, "a"), (near, far, "b"), (nearly, near, "a"), (near, nearly, "b"), (30.0, 30.0, "a")]
    for one in (-1, 1):
        for other in (-1, 1):
            for a, b, axis in pairs:
                a, b = one * a, other * b
                word = hue_of(student, a, b)
                fits = word in (("red", "green", "grey") if axis == "a" else ("yellow", "blue", "grey"))
                cause = (
                    "Where both are equally far from zero, a decides."
                    if abs(a) == abs(b)
                    else "Compare distances from zero, without signs."
                )
                assert fits, f"hue_name({a:.1f}, {b:.1f}): here {axis} decides, but yours says {word!r}. {cause}"


def reach_of(student, given, what):
    """The student's four numbers."""
    reach = expect.sequence(student.call("ab_reach", given), what, length=4, of="numbers")
    reach = np.array([expect.number(value, f"each of the four numbers of {what}") for value in reach])
    return np.where(np.abs(reach) < 1e-9, 0.0, reach)  # else a card says -1.38778e-14, and the notebook 0


def ends(lab):
    """Smallest a, largest a, smallest b, largest b."""
    return np.array([lab[..., 1].min(), lab[..., 1].max(), lab[..., 2].min(), lab[..., 2].max()])


def wrong_reaches(levels, reach):
    """What typical slips make of the levels, by what to say about it."""
    levels = [int(level) for level in levels]
    colours = np.array([list(product(levels, repeat=3))])
    lab = rgb2lab(colours / 255)
    a, A, b, B = ends(lab)
    missing = "Some combinations are missing: every lamp takes every level, whatever the others do."
    none = "All four are 0, as if all colours were black. Were they whole numbers of a wide dtype in rgb2lab, or did `//` cut off the fractions before it? See exercise 2.4."
    if np.abs(reach).max() > 1e-4:
        none = "All four are nearly 0: these are greys only. Did the three lamps always have the same level? From n levels come n³ colours."

    def some(colours):
        return ends(rgb2lab(np.array([list(colours)]) / 255))

    return Pairs((
        ("That is the reach of L and `a`. L is layer 0, a is 1, b is 2.", lambda: [lab[..., 0].min(), lab[..., 0].max(), a, A]),
        ("Those are the ends of the whole array, L included. Which layer is a, and which is b?", lambda: [lab.min(), lab.max()] * 2),
        *([(none, reach)] if np.abs(reach).max() < 0.02 else []),
        ("All four are nearly 0: did int16 go into rgb2lab? See exercise 2.4.", lambda: ends(rgb2lab(colours.astype(np.int16)))),
        ("Floats that go up to 255 went into rgb2lab, which takes floats as they are. See exercise 2.4.", lambda: ends(rgb2lab(colours.astype(float)))),
        ("All four are nearly 0: were the colours divided twice, or did uint16 go into rgb2lab? See exercise 2.4.", lambda: ends(rgb2lab(colours / 255 / 255))),
        ("The colours were divided by 256. The highest level should become exactly 1.", lambda: ends(rgb2lab(colours / 256))),
        (missing, lambda: some(combinations_with_replacement(levels, 3))),
        (missing, lambda: some(combinations_with_replacement(sorted(levels), 3))),
        (f"{missing} Here lamps with equal levels are missing.", lambda: some(permutations(levels, 3))),
        ("That is the reach over the first and the last level alone. Do the others take part?", lambda: some(product((levels[0], levels[-1]), repeat=3))),
        ("That is the reach over the levels 0 and 255. Is `levels` used?", lambda: some(product((0, 255), repeat=3))),
        ("Here both smallest come first. The two of `a` should come first, then the two of `b`.", (a, b, A, B)),
        ("Here `b` comes before `a`.", (b, B, a, A)),
        ("The four are right, but each largest comes before its smallest.", (A, a, B, b)),
    ))  # fmt: skip


def some_levels(draw):
    """Four levels in no order, the first and the last not the farthest apart; and two."""
    low, high = int(draw.rng.integers(0, 60)), int(draw.rng.integers(196, 256))
    both = [low, high] if draw.rng.integers(2) else [high, low]
    return np.insert(draw.rng.choice(np.arange(70, 190, 24), 2, replace=False), 1, both), both


def are_ends(reach, levels):
    """Whether four numbers occur among the colours of these levels, however many of them took part, in whatever order."""
    colours = np.array([list(product([int(level) for level in levels], repeat=3))])
    some = [rgb2lab(colours / 255).ravel(), ends(rgb2lab(colours.astype(float)))]
    return np.ptp(reach) > 2 and any(np.abs(reach[:, np.newaxis] - its).min(axis=1).max() < 0.5 for its in some)


def right_reach(student, reference, given):
    """Fail with the cause unless the four ends are right, in whatever order."""
    what = f"the reach over the levels {np.array(given).tolist()}"
    reach = reach_of(student, given, what)
    wanted = np.array(reference.call("ab_reach", given))
    if not np.allclose(np.sort(reach), np.sort(wanted), atol=0.05):
        why = "Does each of the three lamps take each of these levels, in all combinations, on the scale 0–255?"
        expect.close(reach, wanted, what.capitalize(), atol=0.05, slips=wrong_reaches(given, reach), why=why)


@pytest.mark.check("ab_reach", weight=3)
def test_ends_of_colours_are_found(student, reference, draw):
    """Four numbers come back that occur in the Lab of these levels."""
    for levels, _ in (some_levels(draw), some_levels(same_for_all())):
        if not are_ends(reach_of(student, levels.tolist(), "the reach over four levels"), levels):
            right_reach(student, reference, levels.tolist())


@pytest.mark.check("ab_reach", weight=5)
def test_all_combinations_take_part(student, reference, draw):
    """The four extremes are those of all n³ colours, in whatever order."""
    (levels, both), (others, _) = some_levels(draw), some_levels(same_for_all())
    if are_ends(reach_of(student, others.tolist(), "the reach over four levels"), others):
        for given in (levels.tolist(), levels.astype(np.uint8), both, [both[0]]):
            right_reach(student, reference, given)


@pytest.mark.check("ab_reach", weight=4)
def test_reach_comes_in_the_order_of_the_text(student, reference, draw):
    """Smallest a, largest a, smallest b, largest b."""
    levels = [int(draw.rng.integers(0, 20)), int(draw.rng.integers(236, 256))]
    reach = reach_of(student, levels, f"ab_reach({levels})")
    wanted = np.array(reference.call("ab_reach", levels))
    right = np.allclose(np.sort(reach), np.sort(wanted), atol=0.05)  # if not, another check says so
    if right:
        why = "The four numbers are right, and in another order. The wanted one is smallest a, largest a, smallest b, largest b."
        expect.close(reach, wanted, f"ab_reach({levels})", atol=0.05, slips=wrong_reaches(levels, reach), why=why)


# -- the experiment -------------------------------------------------------------------------------------------------


def blurred_by(student, lab, layers, sigma):
    """The student's array, of the shape of lab."""
    call = f"blur_layers(lab, {layers}, {sigma:.3g})"
    why = "The layers that are not named stay in it."
    return call, expect.array(student.call("blur_layers", lab, layers, sigma), call, shape=lab.shape, why=why)


def wrong_blurs(grid, sigma):
    """What typical slips make of one layer, by what to say about it."""
    return Pairs((
        ("It is as it was before. Is the blurred grid written into the result, and is that what comes back?", grid),
        ("It is zero everywhere. Does the result start as a copy of lab, or as an empty canvas?", 0 * grid),
        ("That is what sigma 1 gives, and 1 is the default of gaussian. Is the sigma of the call passed on?", lambda: gaussian(grid, sigma=1)),
        ("It was blurred along one side only: `channel_axis` belongs to a whole Lab array, not to a single grid.", lambda: gaussian(grid, sigma=sigma, channel_axis=-1)),
        ("It was blurred twice. How often does gaussian see this layer?", lambda: gaussian(gaussian(grid, sigma=sigma), sigma=sigma)),
        ("`mode` was set. All other settings stay at their defaults.", lambda: gaussian(grid, sigma=sigma, mode="reflect")),
        ("`mode` was set. All other settings stay at their defaults.", lambda: gaussian(grid, sigma=sigma, mode="constant")),
        ("`truncate` was set. All other settings stay at their defaults.", lambda: gaussian(grid, sigma=sigma, truncate=3)),
        ("The grid was cut down to whole numbers before the blur.", lambda: gaussian(np.trunc(grid), sigma=sigma)),
    ))  # fmt: skip


def is_blurred(got, lab):
    """Whether a layer came out smoother; which one, and how much, are other questions."""
    return any(0.001 < got[:, :, i].std() < 0.95 * lab[:, :, i].std() for i in range(3))


@pytest.mark.check("blur_layers", weight=3)
def test_a_layer_is_blurred(student, reference, draw):
    """Something is blurred when a layer is named."""
    for layer, its in ((0, draw), (1, draw), (2, draw), (1, same_for_all())):
        lab = lab_like(its)
        call, got = blurred_by(student, lab, [layer], 2.5)
        if not is_blurred(got, lab):
            wanted = reference.call("blur_layers", lab, [layer], 2.5)[:, :, layer]
            slips = wrong_blurs(lab[:, :, layer], 2.5)
            expect.close(
                got[:, :, layer],
                wanted,
                f"{call}: layer {layer}",
                atol=0.01,
                slips=slips,
                why="Nothing is smoother than before.",
            )


@pytest.mark.check("blur_layers", weight=5)
def test_each_named_layer_is_blurred_with_sigma(student, reference, draw):
    """Each named layer is blurred by itself, as wide as sigma says, with others named or not."""
    lab = lab_like(draw)
    other = lab_like(same_for_all())
    if not is_blurred(blurred_by(student, other, [1], 2.5)[1], other):
        return  # the check above says so
    for layer, (low, high) in zip(draw.rng.permutation(3).tolist(), ((0.5, 0.8), (1.6, 2.6), (4.5, 7)), strict=True):
        sigma = float(draw.rng.uniform(low, high))
        call, got = blurred_by(student, lab, [layer], sigma)
        wanted = reference.call("blur_layers", lab, [layer], sigma)
        others = [other for other in range(3) if other != layer]
        changed = [other for other in others if not np.allclose(got[:, :, other], lab[:, :, other])]
        turned = np.array_equal(got[:, :, layer], lab[:, :, layer]) and changed
        assert not turned, (
            f"{call}: layer {layer} is as it was before, but layer {' and '.join(map(str, changed))} changed. "
            + (
                "Is it the other way round: `in` or `not in`?"
                if changed == others
                else "`layers` holds the numbers of the layers. Which numbers does the loop go through?"
            )
        )
        mixed = {
            "The layers were mixed: gaussian was given the whole array, and took the layers for a third direction of the picture.": lambda sigma=sigma, layer=layer: (
                gaussian(lab, sigma=sigma)[:, :, layer]
            )
        }
        slips = Pairs((*mixed.items(), *wrong_blurs(lab[:, :, layer], sigma).items()))
        why = "Was gaussian given this layer alone, as a float grid, and the sigma of the call as it is?"
        expect.close(got[:, :, layer], wanted[:, :, layer], f"{call}: layer {layer}", atol=0.01, slips=slips, why=why)
    layers_do_not_run_into_each_other(student, reference, draw)


def layers_do_not_run_into_each_other(student, reference, draw):
    """Fail unless layers that are named together come out as if each were blurred alone."""
    lab = lab_like(draw)
    lab[:, :, 1:] = 45, -30
    call, got = blurred_by(student, lab, [1, 2], 2.0)
    why = "A blur of something flat changes nothing, unless it runs across the layers: blur each (H, W) grid by itself, or say which axis counts the layers."
    expect.close(got[:, :, 1:], lab[:, :, 1:], f"{call}: a flat a of 45 and a flat b of -30", atol=0.01, why=why)
    lab = lab_like(draw)
    for layers in ([1, 2], draw.rng.permutation(3).tolist()):
        call, got = blurred_by(student, lab, layers, 1.0)
        wanted = reference.call("blur_layers", lab, layers, 1.0)
        same = [layer for layer in layers if np.array_equal(got[:, :, layer], lab[:, :, layer])]
        for layer in layers:
            why = "Every layer in the list is to be blurred, each as a grid of its own."
            slips = wrong_blurs(lab[:, :, layer], 1.0)
            if same and len(same) < len(layers):
                cause = (
                    "The loop ended after the first layer: does the `return` stand inside it?"
                    if same == layers[1:]
                    else "Only some layers are blurred: does every round of the loop start from a new copy?"
                )
                slips = Pairs(((f"It is as it was before. {cause}", lab[:, :, layer]), *slips))
            expect.close(
                got[:, :, layer], wanted[:, :, layer], f"{call}: layer {layer}", atol=0.01, slips=slips, why=why
            )


@pytest.mark.check("blur_layers", weight=4)
def test_nothing_else_is_changed(student, draw):
    """Layers that are not named, and `lab` itself, hold the same numbers as before."""
    lab = lab_like(draw)
    for layers in ([0], [1, 2], []):
        call, got = blurred_by(student, lab, layers, 2.0)
        changed = [layer for layer in range(3) if not np.allclose(got[:, :, layer], lab[:, :, layer], atol=1e-4)]
        for other in sorted({0, 1, 2} - set(layers)):
            why = (
                "Was the whole array blurred? Only the named layers should be."
                if len(changed) == 3
                else "Which layers does the loop go through, and where does each result go?"
            )
            slips = {
                "It is zero everywhere. Does the result start as a copy of lab, or as an empty canvas?": 0
                * lab[:, :, other],
                f"It was blurred, too. {why}": lambda other=other: gaussian(lab[:, :, other], sigma=2.0),
            }
            expect.close(
                got[:, :, other],
                lab[:, :, other],
                f"{call}: layer {other}, which is not named,",
                atol=1e-4,
                slips=slips,
                why=why,
            )
    for dtype in ("float64", "float32"):
        lab = lab_like(draw).astype(dtype)
        after = student.arguments_after("blur_layers", lab, [0, 2], 2.0)[0]
        assert isinstance(after, np.ndarray) and np.array_equal(after, lab), (
            f"After blur_layers(lab, …) the {dtype} array lab held other numbers than before. `result = lab` is a second name for the same array: write into a copy."
        )


def likeness_of(student, photo, other):
    """The student's likeness, one number."""
    value = student.call("likeness", photo, other)
    assert not isinstance(value, (tuple, list)), (
        f"likeness(photo, other) should be one number; what came is {expect.describe(value)}. With `full=True` the library gives a second thing beside the number: leave it at its default."
    )
    return expect.number(value, "likeness(photo, other)")


def near_to(got, wanted, what, **words):
    """Fail unless the number is near; a slip is named only where it fits exactly."""
    if abs(got - wanted) > 0.002:
        expect.near(got, wanted, what, atol=1e-4, **words)


def wrong_likenesses(photo, other):
    """What typical slips make of two photos, by what to say about it."""

    def ssim(one, two, data_range=255, **settings):
        return structural_similarity(one, two, data_range=data_range, **settings)

    last = {"channel_axis": -1}
    low, high = int(photo.min()), int(photo.max())
    own = "`data_range` was read off the photos. It is 255, whatever values they hold."
    grey = "That is the likeness of two grey photos. All three layers are compared, with the last axis as channel_axis."
    return Pairs((
        ("1 means two equal pictures, and these are not. Is `photo` compared with `other`, and in all three layers?", 1.0),
        (grey, lambda: ssim(photo.mean(axis=2), other.mean(axis=2))),
        (grey, lambda: ssim(rgb2gray(photo), rgb2gray(other), 1)),
        (grey, lambda: ssim(rgb2gray(photo), rgb2gray(other))),
        *((f"That is the likeness of layer {i} alone. All three are compared.", lambda i=i: ssim(photo[..., i], other[..., i])) for i in range(3)),
        (own, lambda: ssim(photo, other, high - low, **last)),
        (own, lambda: ssim(photo, other, high, **last)),
        (own, lambda: ssim(photo, other, int(other.max()) - int(other.min()), **last)),
        (own, lambda: ssim(photo, other, max(high, int(other.max())) - min(low, int(other.min())), **last)),
        ("`data_range` was 1. These are levels of uint8: how far can they go?", lambda: ssim(photo, other, 1, **last)),
        ("`data_range` was 100. These are levels of uint8: how far can they go?", lambda: ssim(photo, other, 100, **last)),
        ("The photos were scaled to 0–1, and the range that was given is still 255.", lambda: ssim(photo / 255, other / 255, **last)),
        ("`gaussian_weights` was set. All other settings stay at their defaults.", lambda: ssim(photo, other, gaussian_weights=True, **last)),
        ("That is 1 minus the likeness.", lambda: 1 - ssim(photo, other, **last)),
        ("`win_size` was set. All other settings stay at their defaults.", lambda: ssim(photo, other, win_size=3, **last)),
        ("`win_size` was set. All other settings stay at their defaults.", lambda: ssim(photo, other, win_size=11, **last)),
        ("That is a mean difference. Wanted is the structural similarity.", lambda: np.mean(np.abs(photo - other))),
        ("That is a mean difference. Wanted is the structural similarity.", lambda: np.mean(np.abs(photo.astype(int) - other))),
        ("The photos were turned into Lab. They are compared as they are, as RGB.", lambda: ssim(rgb2lab(photo), rgb2lab(other), **last)),
    ))  # fmt: skip


@pytest.mark.check("likeness", weight=2)
def test_likeness_falls_as_pictures_differ(student, reference, draw):
    """A photo is as like itself as can be, and the stronger the noise on it, the lower the number."""
    photo = draw.photo() // 4 + 96
    noise = np.where(draw.noise(*photo.shape[:2]) > 127, 1, -1)
    noisy = [np.uint8(photo + strength * noise) for strength in (0, 12, 80)]
    falls = [likeness_of(student, photo, other) for other in noisy]
    assert abs(falls[0] - 1) < 1e-6, (
        f"The likeness of a photo to itself should be 1; yours is {falls[0]:.4g}. Does it say how *different* they are?"
    )
    if not falls[0] > falls[1] > falls[2]:
        what = "The likeness of a photo and its twin with strong noise"
        slips = wrong_likenesses(photo, noisy[2])
        expect.near(falls[2], reference.call("likeness", photo, noisy[2]), what, atol=1e-4, slips=slips)


@pytest.mark.check("likeness", weight=3)
def test_likeness_compares_the_colours(student, reference, draw):
    """Pictures that differ in colour only are not called the same."""
    photo = draw.photo() // 2
    photo[:, ::4] += np.uint8([90, 0, 30])
    photo[0, 0], photo[-1, -1] = 0, 255
    other = np.ascontiguousarray(photo[:, :, [1, 2, 0]])
    wanted = reference.call("likeness", photo, other)
    why = "Are all three layers compared, with `data_range` 255 and all other settings at their defaults?"
    near_to(
        likeness_of(student, photo, other),
        wanted,
        "The likeness of a photo and its twin with swapped layers",
        slips=wrong_likenesses(photo, other),
        why=why,
    )


@pytest.mark.check("likeness", weight=3)
def test_the_range_is_255_for_dim_photos_too(student, reference, draw):
    """data_range is how far values could go, not how far they went."""
    height, width = draw.sides()
    grey = draw.photo(height, width)[:, :, :1] // 4 + 60
    photo = np.repeat(grey, 3, axis=2)
    other = photo + np.repeat(draw.noise(height, width)[:, :, :1] // 16, 3, axis=2)
    wanted = reference.call("likeness", photo, other)
    why = "Is `data_range` 255, and are all other settings at their defaults?"
    near_to(
        likeness_of(student, photo, other),
        wanted,
        "The likeness of two dim grey photos",
        slips=wrong_likenesses(photo, other),
        why=why,
    )


def motley(draw, width, light, colour):
    """A photo with a random pattern, as wide as a blur of that width leaves it: of lightness, of colour, each so strong."""
    height, length = int(draw.rng.integers(40, 56)), int(draw.rng.integers(40, 56))
    pattern = gaussian(draw.rng.normal(size=(height, length, 3)), sigma=width, channel_axis=-1)
    pattern /= pattern.std(axis=(0, 1))
    ab = np.clip(colour * pattern[..., 1:], -32, 32)
    return np.rint(255 * lab2rgb(np.dstack([np.clip(60 + light * pattern[..., 0], 25, 90), ab]))).astype(np.uint8)


def pale_and_colourful(draw, width):
    """Two photos: in the first a blur of lightness does the harm, as in nearly all; in the second, which is made for it, one of colour."""
    return ("a photo full of light and shade", motley(draw, width, 13, 5)), (
        "a photo made of equally light colours (so here, other than in most photos, soft colour harms more)",
        motley(draw, width, 1.5, 18),
    )


ROOM = 0.06  # at sigma 4: what differs less comes from a sigma that is a little off, which is another check's question


def pair_of(student, photo, sigma, what):
    """The two likenesses, as plain numbers."""
    pair = expect.sequence(student.call("compare_blurs", photo, sigma), what, length=2, of="numbers")
    return np.array([expect.number(value, f"each of the two numbers of {what}") for value in pair])


def wrong_pairs(reference, photo, sigma, pair):
    """What typical slips make of a photo, by what to say about it; what is nearest to the student's pair comes first."""
    lab = reference.call("to_lab", photo)

    def soft(layers, sigma=sigma, lab=lab):
        return reference.call("blur_layers", lab, layers, sigma)

    def like(lab, other=None):
        picture = reference.call("to_photo", lab)
        return reference.call("likeness", photo if other is None else reference.call("to_photo", other), picture)

    colour, lightness = like(soft([1, 2])), like(soft([0]))
    equal = "Is `blur_layers` called, and is its result what goes into `to_photo`? Is the other picture `photo` itself?"
    slips = Pairs((
        ("The order is: first with a and b blurred, then with L blurred.", (lightness, colour)),
        ("Both are the likeness with a and b blurred. Which layer is blurred for the second number?", (colour, colour)),
        ("Both are the likeness with L blurred. Which layers are blurred for the first number?", (lightness, lightness)),
        ("The second blur went on from the first: both start from the same, unblurred Lab.", lambda: (colour, like(soft([0, 1, 2])))),
        ("The second blur went on from the first: both start from the same, unblurred Lab.", lambda: (like(soft([0, 1, 2])), lightness)),
        ("For the second number `b` was blurred, and not L: which layer is L?", lambda: (colour, like(soft([2])))),
        ("For the second number `a` was blurred, and not L: which layer is L?", lambda: (colour, like(soft([1])))),
        ("For the first number only `a` was blurred. `b` is to be blurred as well.", lambda: (like(soft([1])), lightness)),
        ("For the first number only `b` was blurred. `a` is to be blurred as well.", lambda: (like(soft([2])), lightness)),
        ("For the first number L was blurred, together with `a`. L is layer 0; which numbers have a and b?", lambda: (like(soft([0, 1])), like(soft([2])))),
        ("For the first number L was blurred, together with `a`. L is layer 0; which numbers have a and b?", lambda: (like(soft([0, 1])), lightness)),
        ("For the first number L was blurred, together with `b`. L is layer 0; which numbers have a and b?", lambda: (like(soft([0, 2])), lightness)),
        ("The second number compares the two blurred photos with each other. Each is compared with `photo`.", lambda: (colour, like(soft([0]), soft([1, 2])))),
        ("That is what sigma 1 gives. Is the sigma of the call passed on?", lambda: (like(soft([1, 2], 1.0)), like(soft([0], 1.0)))),
        ("That is what sigma 4 gives. Is the sigma of the call passed on?", lambda: (like(soft([1, 2], 4.0)), like(soft([0], 4.0)))),
        ("The first number is what sigma 4 gives. Is the sigma of the call passed on, both times?", lambda: (like(soft([1, 2], 4.0)), lightness)),
        ("The second number is what sigma 4 gives. Is the sigma of the call passed on, both times?", lambda: (colour, like(soft([0], 4.0)))),
        ("Lab was compared with a photo: the way back to a picture is missing.", lambda: [reference.call("likeness", photo, soft(layers)) for layers in ([1, 2], [0])]),
        ("Two Lab arrays were compared. `likeness` is made for two uint8 photos.", lambda: [reference.call("likeness", lab, soft(layers)) for layers in ([1, 2], [0])]),
        ("A uint8 photo was compared with floats from 0 to 1. Which tool makes a uint8 photo?", lambda: [reference.call("likeness", photo, lab2rgb(soft(layers))) for layers in ([1, 2], [0])]),
        *(
            ("Layers of the RGB photo were blurred. Where does it become Lab?", lambda grid=grid, back=back: [reference.call("likeness", photo, back(soft(layers, sigma, grid))) for layers in ([1, 2], [0])])
            for grid, back in ((photo, np.asarray), (photo.astype(float), np.asarray), (photo.astype(float), np.uint8), (photo / 255, lambda unit: (255 * unit).astype(np.uint8)))
        ),
        ("Was the photo turned into Lab before the blur?", lambda: [like(soft(layers, sigma, photo)) for layers in ([1, 2], [0])]),
        (f"1 means two equal pictures. {equal}", (1.0, 1.0)),
        (f"1 means two equal pictures. {equal}", lambda: (like(lab), like(lab))),
        (f"The first number compares two equal pictures. {equal}", (1.0, lightness)),
        (f"The second number compares two equal pictures. {equal}", (colour, 1.0)),
        *(
            (f"That is what sigma {other:.3g} gives. Is the sigma of the call passed on as it is?", lambda other=other: (like(soft([1, 2], other)), like(soft([0], other))))
            for other in (2 * sigma, sigma / 2, sigma**2)
        ),
    ))  # fmt: skip
    values = [(sentence, np.array(value() if callable(value) else value)) for sentence, value in slips]
    return Pairs(sorted(values, key=lambda item: np.abs(item[1] - pair).max()))


def is_half_right_at(sigma, pairs, reference, photos):
    """Whether in all photos one and the same of the two numbers is right, or both are, perhaps in each other's place."""
    right = [np.array(reference.call("compare_blurs", photo, sigma)) for _, photo in photos]
    one = np.all([np.abs(pair - wanted) < ROOM for pair, wanted in zip(pairs, right, strict=True)], axis=0).any()
    return one or all(
        any(np.allclose(pair[::step], wanted, atol=ROOM) for step in (1, -1))
        for pair, wanted in zip(pairs, right, strict=True)
    )


def is_half_a_pair(student, reference, photos):
    """Whether what comes at sigma 4 is half right, with this sigma or a plain other one; and what comes."""
    pairs = [pair_of(student, photo, 4.0, f"compare_blurs at sigma 4 of {kind}") for kind, photo in photos]
    return any(is_half_right_at(sigma, pairs, reference, photos) for sigma in (4.0, 1.0, 2.0, 8.0, 16.0)), pairs


def right_pair(reference, photo, sigma, pair, what):
    """Fail with the cause unless both numbers are right at sigma 4, nearly."""
    wanted = np.array(reference.call("compare_blurs", photo, sigma))
    if not np.allclose(pair, wanted, atol=ROOM):
        why = "Which layers were blurred for which number, of which array, and was each picture compared with `photo`?"
        expect.close(pair, wanted, what, atol=0.004, slips=wrong_pairs(reference, photo, sigma, pair), why=why)


@pytest.mark.check("compare_blurs", weight=4)
def test_one_of_the_two_numbers_is_right(student, reference, draw):
    """At least one of the two numbers is right, or each is in the other's place, or right for another sigma."""
    photos = pale_and_colourful(draw, 1.7)
    half, pairs = is_half_a_pair(student, reference, photos)
    if not half or not is_half_a_pair(student, reference, pale_and_colourful(same_for_all(), 1.7))[0]:
        for (kind, photo), pair in zip(photos, pairs, strict=True):
            right_pair(reference, photo, 4.0, pair, f"compare_blurs at sigma 4 of {kind}")


@pytest.mark.check("compare_blurs", weight=6)
def test_colour_first_then_lightness(student, reference, draw):
    """First the likeness after blurring a and b, then after blurring L."""
    photos = pale_and_colourful(draw, 1.7)
    _, pairs = is_half_a_pair(student, reference, photos)
    if is_half_a_pair(student, reference, pale_and_colourful(same_for_all(), 1.7))[0]:
        for (kind, photo), pair in zip(photos, pairs, strict=True):
            right_pair(reference, photo, 4.0, pair, f"compare_blurs at sigma 4 of {kind}")


@pytest.mark.check("compare_blurs", weight=6)
def test_sigma_is_handed_on(student, reference, draw):
    """The blur is as wide as sigma says, both times."""
    turned = 0  # how many photos have the two numbers in each other's place
    for kind, photo in pale_and_colourful(draw, 1.7):
        pair, right = pair_of(student, photo, 4.0, kind), np.array(reference.call("compare_blurs", photo, 4.0))
        turned += np.allclose(pair[::-1], right, atol=ROOM) and not np.allclose(pair, right, atol=ROOM)
        if not np.allclose(pair, right, atol=ROOM) and not np.allclose(pair[::-1], right, atol=ROOM):
            stays = np.allclose(pair, pair_of(student, photo, 0.7, kind), atol=1e-6)
            assert not stays, f"With sigma 0.7 the two numbers of {kind} are those of sigma 4. Is `sigma` passed on?"
            return  # the checks above say so
    for low, high, width in ((0.6, 0.85, 0.45), (5.5, 6.5, 3.0)):
        for kind, photo in pale_and_colourful(draw, width):
            sigma = round(float(draw.rng.uniform(low, high)), 2)
            what = f"compare_blurs at sigma {sigma} of {kind}"
            pair, wanted = pair_of(student, photo, sigma, what), np.array(reference.call("compare_blurs", photo, sigma))
            if turned:  # the check above says so
                pair, wanted = np.sort(pair), np.sort(wanted)
            if not np.allclose(pair, wanted, atol=0.006):
                why = "Is `sigma` passed on unchanged, both times?"
                if (pair < wanted + 0.002).all():
                    why = f"The likeness is too low: the blur looks too strong. {why}"
                elif (pair > wanted - 0.002).all():
                    why = f"The likeness is too high: the blur looks too weak. {why}"
                expect.close(pair, wanted, what, atol=0.002, slips=wrong_pairs(reference, photo, sigma, pair), why=why)


# -- be the network -------------------------------------------------------------------------------------------------

THINGS = ("roof", "sky", "sea", "sand", "tree", "boat", "cloud")


def regions_like(draw, count):
    """Random L, so many masks by name, and a pair (a, b) for each; about a quarter of the pixels lies in no mask."""
    height, width = draw.sides()
    L = draw.rng.uniform(1, 99, (height, width))
    places = draw.rng.choice(count + 1, size=(height, width), p=[0.75 / count] * count + [0.25])
    places[0, : count + 1] = range(count + 1)  # none of them is empty
    names = [THINGS[i] for i in draw.rng.permutation(len(THINGS))[:count]]
    pairs = draw.rng.uniform(11, 79, (count, 2)) * draw.rng.choice([-1, 1], (count, 2))
    return (
        L,
        {name: places == i for i, name in enumerate(names)},
        dict(zip(names, map(tuple, pairs.tolist()), strict=True)),
    )


def painted_by(L, masks, colours):
    """What painting these masks makes of L."""
    lab = np.dstack([L, 0 * L, 0 * L])
    for name, mask in masks.items():
        lab[mask, 1:] = colours[name]
    return lab


def wrong_paintings(L, masks, colours):
    """What typical slips make of a grey photo, by what to say about it."""
    right, (*_, last) = painted_by(L, masks, colours), masks
    first, lone = next(iter(masks)), np.zeros_like
    by_place = dict(zip(masks, colours.values(), strict=True))
    anywhere = np.any([*masks.values()], axis=0)
    ones = {name: np.ones_like(mask) for name, mask in masks.items()}
    return {
        "Nothing is coloured: were the pairs written into what comes back? (`lab[mask]` is a copy; what is written into it is lost.)": np.dstack([L, lone(L), lone(L)]),
        "Only the last region has its colour. Are the zeros made anew in each round of the loop?": painted_by(L, {last: masks[last]}, colours),
        "Only the first region has its colour. Does the `return` stand inside the loop?": painted_by(L, {first: masks[first]}, colours),
        "`a` and `b` have changed places. In a pair, `a` comes first.": right[:, :, [0, 2, 1]],
        "The colours were taken by their places. Look each up by the name of its mask.": painted_by(L, masks, by_place),
        "The colours stand where the masks are False. Is there one `~` too many?": painted_by(L, {name: ~mask for name, mask in masks.items()}, colours),
        "The last colour is everywhere. Is the mask between the square brackets?": painted_by(L, ones, colours),
        "All signs are flipped. A pair is written as it is.": right * [1, -1, -1],
        "Only `a` was written. A pixel of ab takes both numbers.": right * [1, 1, 0],
        "Only `b` was written. A pixel of ab takes both numbers.": right * [1, 0, 1],
        "Layer 0 is zero everywhere. Where does L come in?": right * [0, 1, 1],
        "Outside the masks L is gone. It is kept in *all* pixels.": right * anywhere[:, :, np.newaxis],
        "Those are a and b alone. Where does L come in?": right[:, :, 1:],
        "a and b come first here, and L last.": right[:, :, [1, 2, 0]],
        "The fractions of a and b are cut off. Is there an integer dtype among the zeros?": np.dstack([L, np.trunc(right[:, :, 1:])]),
        "That is RGB already. Lab is wanted: leave `lab2rgb` to `to_photo`.": lambda: lab2rgb(right),
        "That is a uint8 photo already. Lab is wanted; `to_photo` comes later.": lambda: np.rint(255 * lab2rgb(right)),
    }  # fmt: skip


def painting_by(student, L, masks, colours):
    """The student's painting, an array."""
    return expect.array(student.call("paint_regions", L, masks, colours), "paint_regions(L, masks, colours)")


def is_painted(got, L, masks, colours):
    """Whether a fifth of what lies under the masks has the number of its colour, if rounded, with the other sign, or as b in place of a; or one known slip is made."""
    if got.shape[:2] != L.shape or got.ndim != 3 or got.shape[2] not in (2, 3):
        return False
    right, anywhere = painted_by(L, masks, colours)[:, :, 1:], np.any([*masks.values()], axis=0)
    known = (
        slip() if callable(slip) else slip
        for what, slip in wrong_paintings(L, masks, colours).items()
        if "`~`" in what or "already" in what
    )
    if any(slip.shape == got.shape and np.allclose(got, slip, atol=1) for slip in known):
        return True
    numbers = np.abs(got[anywhere][:, -2:])
    return any((np.abs(numbers - np.abs(right[anywhere][:, way])) < 1).mean() > 0.2 for way in ([0, 1], [1, 0]))


@pytest.mark.check("paint_regions", weight=3)
def test_regions_are_painted(student, draw):
    """Under the masks stand colours that were asked for."""
    for count, its in ((3, draw), (1, draw), (3, same_for_all())):
        L, masks, colours = regions_like(its, count)
        got = painting_by(student, L, masks, colours)
        if not is_painted(got, L, masks, colours):
            what = f"paint_regions with {count} {'masks' if count > 1 else 'mask'}"
            right, slips = painted_by(L, masks, colours), wrong_paintings(L, masks, colours)
            why = "Each mask's pixels get the a and the b that `colours` has under its name."
            expect.close(got, right, what, atol=1e-4, slips=slips, why=why)
            expect.array(got, what, shape=right.shape)


@pytest.mark.check("paint_regions", weight=5)
def test_each_region_has_its_colour(student, draw):
    """Under each mask a and b are the colour of its name, in whatever order the colours come, with fractions."""
    for count, turned in ((3, False), (1, False), (4, True)):
        L, masks, colours = regions_like(draw, count)
        what = f"paint_regions with {count} {'masks' if count > 1 else 'mask'}"
        why = "Each mask's pixels get the a and the b that `colours` has under its name."
        if turned:
            colours = {name: colours[name] for name in [*colours][1:] + [*colours][:1]}
            what = "paint_regions with colours in another order than the masks"
            why = "Is each colour looked up by the name of its mask?"
        got, right = painting_by(student, L, masks, colours), painted_by(L, masks, colours)
        same = regions_like(same_for_all(), 3)
        if not is_painted(painting_by(student, *same), *same):
            return  # the check above says so
        anywhere = np.any([*masks.values()], axis=0)
        # Where L is, and what the rest has, is another check's question.
        fits = got.shape[:2] == L.shape and np.allclose(got[anywhere][:, -2:], right[anywhere, 1:], atol=1e-4)
        if not fits:
            expect.close(got, right, what, atol=1e-4, slips=wrong_paintings(L, masks, colours), why=why)


@pytest.mark.check("paint_regions", weight=4)
def test_l_is_kept_and_the_rest_is_grey(student, draw):
    """L is layer 0 as it came, pixels in no mask have a = 0 and b = 0, and L and the masks are unchanged afterwards."""
    L, masks, colours = regions_like(draw, 4)
    got, right = painting_by(student, L, masks, colours), painted_by(L, masks, colours)
    rest = ~np.any([*masks.values()], axis=0)
    slips = wrong_paintings(L, masks, colours)
    if got.shape != right.shape or not np.allclose(got[:, :, 0], L, atol=1e-4):
        expect.close(got, right, "paint_regions with 4 masks", atol=1e-4, slips=slips, why="Layer 0 is L, unchanged.")
    why = "Pixels in no mask stay grey: what has the array in them before the loop?"
    expect.close(got[rest, 1:], right[rest, 1:], "a and b of the pixels in no mask", atol=1e-4, why=why)
    after_L, after_masks, _ = student.arguments_after("paint_regions", L, masks, colours)
    same_L = isinstance(after_L, np.ndarray) and np.array_equal(after_L, L)
    assert same_L, "After paint_regions the array L held other numbers than before. Write into a new array."
    for name, mask in masks.items():
        after = after_masks.get(name) if isinstance(after_masks, dict) else None
        assert isinstance(after, np.ndarray) and np.array_equal(after, mask), (
            f"After paint_regions the mask of {name} was another one than before. Write into a new array of zeros, not into a mask."
        )


def colours_of(student, reference, *, all_of_them=True):
    """The student's colours, pairs of numbers by name. all_of_them: False takes (0, 0) for one that is missing."""
    chosen, names = student.call("my_colours"), list(reference.call("portrait_regions"))
    assert isinstance(chosen, dict), f"my_colours() should be a dict; what came is {expect.describe(chosen)}."
    missing = [name for name in names if name not in chosen]
    assert not missing or (len(missing) == 1 and not all_of_them), (
        f"my_colours() has no colour for {' and '.join(missing)}. The names are {', '.join(names)}, in lower case."
    )
    chosen = {**dict.fromkeys(missing, (0, 0)), **chosen}
    pairs = {name: expect.sequence(chosen[name], f"the colour of {name}", length=2, of="numbers") for name in names}
    return {name: tuple(expect.number(value, f"a and b of {name}") for value in pair) for name, pair in pairs.items()}


def all_alike(colours):
    """Whether all regions have one and the same colour."""
    return np.ptp([*colours.values()], axis=0).max() == 0


@pytest.mark.check("my_colours", weight=2)
def test_colours_are_nearer_than_none(student, reference):
    """Different colours come nearer to the photo than grey does."""
    colours = colours_of(student, reference, all_of_them=False)
    near = reference.call("how_near", colours)[0]
    assert near < 12 and not all_alike(colours), reference.call("what_helps", colours)


@pytest.mark.check("my_colours", weight=3)
def test_the_mean_is_below_nine(student, reference):
    """The mean ΔE of the portrait in these colours is below 9."""
    colours = colours_of(student, reference)
    if not all_alike(colours):  # else the check above says so
        assert reference.call("how_near", colours)[0] < 9, reference.call("what_helps", colours)


@pytest.mark.check("my_colours", weight=3)
def test_four_regions_are_nearer_than_grey(student, reference):
    """In suit, hair, skin and flag the mean ΔE is lower than that of grey."""
    colours = colours_of(student, reference)
    near = reference.call("how_near", colours)[1]
    grey = reference.call("how_near", dict.fromkeys(near, (0.0, 0.0)))[1]
    worse = [name for name in ("suit", "hair", "skin", "flag") if near[name] >= grey[name]]
    assert not worse, reference.call("what_helps", colours)
