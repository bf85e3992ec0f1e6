"""Hidden checks of lesson 1: grey and RGB grids, split and merge, masks, lightening, luma, scaling, colours, plates."""

from itertools import permutations
from math import inf
from time import perf_counter

import numpy as np
import pytest

from autograder.checks import expect
from autograder.errors import NotAnswered

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"
LAMPS = ("red", "green", "blue")
WEIGHTS = np.array([0.2125, 0.7154, 0.0721])
MANY = 4_000  # colours, for `count_colours` to be timed with
A_WHILE = 0.04  # seconds that it may take for them in any case
LEVELS = [250, 0, 9, 26, 51, 54, 99, 102, 141, 199, 238]
LATTICE = np.stack(np.meshgrid(LEVELS, LEVELS, LEVELS), axis=-1).astype(np.uint8).reshape(11, 121, 3)  # 1331 colours


def numbers_of(student, name, *args, what):
    """The three numbers of an answer, as one array."""
    three = expect.sequence(student.call(name, *args), what, length=3, of="numbers")
    return np.array([expect.number(value, f"each of the three numbers of {what}") for value in three])


def large(draw):
    """Random pixels of a photo larger than the others are, 45 to 60 pixels a side."""
    return draw.noise(*draw.rng.choice(np.arange(45, 61), 2, replace=False).tolist())


# -- one grid -------------------------------------------------------------------------------------------------------


def ramp_of(student, height, width):
    """The student's ramp as rows of numbers, whatever its dtype and however many rows it has."""
    ramp = expect.array(student.call("grey_ramp", height, width), f"grey_ramp({height}, {width})", kind="number")
    assert ramp.ndim == 2 and ramp.shape[1] == width and len(ramp), (
        f"grey_ramp({height}, {width}) should have {width} columns; yours has the shape {ramp.shape}. Shapes are (rows, columns)."
    )
    return ramp.astype(float)


def end_of(row):
    """What the ends of a row say about how it was made, or ""."""
    width = len(row)
    steps = np.diff(row)
    if (row < 0).any():
        return "There are levels below 0. Which dtype of 8 bits has no sign?"
    if row[0] > row[-1]:
        return "It runs from light to dark, the wrong way."
    if 0 < row.max() <= 1:
        return "No pixel of it is above 1. `levels` goes up to 255 already; divided by 255, it ends at 1."
    if row[-1] == 1:
        return (
            "`levels` goes up to 255 already. Multiplied by 255, it does not fit into uint8: 255 × 255 comes out as 1."
        )
    if abs(row[-1] - 255 * (width - 1) / width) < 2:
        end = "255, not at 256" if row[-1] == 256 * (width - 1) // width else "255"
        return f"From the first pixel to the last there are {width - 1} steps, not {width}, and they end at {end}. `levels` has exactly these places."
    if (steps == steps[0]).all():
        return f"All your steps are {steps[0]:g}. A step need not be whole: here it is {255 / (width - 1):.4g}."
    return f"From pixel to pixel it should be 255 / {width - 1} more, with its fraction."


@pytest.mark.check("grey_ramp", weight=1)
def test_steps_are_even(student, draw):
    """The levels are whole numbers in even steps, either way, for narrow ramps and for wide ones."""
    for width in (*draw.rng.integers(10, 60, 2).tolist(), int(draw.rng.integers(300, 600)), 2, 3):
        what = f"A row of grey_ramp(3, {width})"
        row = ramp_of(student, 3, width)[0]
        assert abs(row[-1] - row[0]) > 100, (
            f"{what} should rise from dark to light; yours goes from {row[0]:g} to {row[-1]:g}. {end_of(row)}"
        )
        broken = row[row != np.rint(row)]
        assert not broken.size, (
            f"{what} should hold whole numbers, for a photo's levels are uint8; yours are floats, such as {broken[:1].sum():.6g}. "
            "Which method changes the dtype?"
        )
        step = (row[-1] - row[0]) / (width - 1)
        expect.close(
            row, row[0] + step * np.arange(width), what, atol=1.01,
            why=f"From its first to its last pixel the steps should be even, here {step:.4g} each, and every pixel less than a level off.",
        )  # fmt: skip


@pytest.mark.check("grey_ramp", weight=3)
def test_a_ramp_reaches_both_ends(student, draw):
    """The leftmost pixel is 0 and the rightmost 255."""
    for width in (int(draw.rng.integers(100, 300)), int(draw.rng.integers(3, 12)), 2):
        row = ramp_of(student, 2, width)[0]
        assert row[0] == 0 and row[-1] == 255, (
            f"A row of grey_ramp(2, {width}) should go from 0 to 255, both included; yours goes from {row[0]:g} to {row[-1]:g}. {end_of(row)}"
        )


@pytest.mark.check("grey_ramp", weight=1)
def test_a_ramp_has_as_many_rows_as_its_height(student, draw):
    """The shape is (height, width), and all rows are the same."""
    drawn = draw.sides()
    for height, width in (drawn, (1, drawn[1])):
        ramp = ramp_of(student, height, width)
        cause = " There is only one row." if len(ramp) == 1 else ""
        assert ramp.shape == (height, width), (
            f"grey_ramp({height}, {width}) should have the shape {(height, width)}; yours has {ramp.shape}.{cause}"
        )
        assert (ramp == ramp[0]).all(), f"All rows of grey_ramp({height}, {width}) should be the same; yours differ."


@pytest.mark.check("grey_ramp", weight=3)
def test_a_ramp_is_uint8(student, draw):
    """The levels are 8-bit whole numbers."""
    width = draw.sides()[1]
    ramp = student.call("grey_ramp", 2, width)
    whole = getattr(ramp, "dtype", np.dtype(float)).kind in "iu"
    why = (
        "There are many dtypes of whole numbers: that of a photo has 8 bits and no sign."
        if whole
        else "np.rint makes whole numbers, but the dtype stays float. The dtype is a step of its own."
    )
    expect.array(ramp, f"grey_ramp(2, {width})", dtype="uint8", why=why)


# -- three grids ----------------------------------------------------------------------------------------------------


def measured(student, picture, least=3):
    """The numbers of the student's measure, as whole numbers. least: 2 where the number of layers is not asked for."""
    what = f"measure of an array of shape {picture.shape}"
    size = student.call("measure", picture)
    length = 2 if least == 2 and isinstance(size, (list, tuple, np.ndarray)) and np.shape(size) == (2,) else 3
    size = expect.sequence(size, what, length=length, of="numbers")
    return [expect.number(value, "each of the results", integer=True) for value in size]


@pytest.mark.check("measure", weight=2)
def test_both_sides_are_there(student, draw):
    """Width and height of a photo are the first two numbers, in one order or the other."""
    photo = large(draw)
    height, width = photo.shape[:2]
    got = measured(student, photo, 2)[:2]
    assert sorted(got) == sorted((width, height)), (
        f"A photo of shape {photo.shape} has {height} rows and {width} columns, so it is {width} wide and {height} high; "
        f"yours says {got[0]} wide and {got[1]} high. Which number of `shape` is which?"
    )


@pytest.mark.check("measure", weight=3)
def test_width_comes_before_height(student, draw):
    """Width first, then height, for photos whose sides differ."""
    photo = draw.photo()
    height, width = photo.shape[:2]
    got = measured(student, photo, 2)[:2]
    why = "In which order does `shape` count?" if got == [height, width] else "Which number of `shape` is which?"
    assert got == [width, height], (
        f"A photo of shape {photo.shape} has {height} rows and {width} columns, so it is {width} wide and {height} high; "
        f"yours says {got[0]} wide and {got[1]} high. {why}"
    )


@pytest.mark.check("measure", weight=3)
def test_layers_are_counted(student, draw):
    """A colour photo has three layers, one with transparency four; a grey one has one, and is as wide and as high."""
    photo = draw.noise()
    for picture in (photo, np.dstack([photo, photo[:, :, 0]])):
        wanted = picture.shape[2]
        layers = measured(student, picture)[2]
        assert layers == wanted, (
            f"A photo of shape (H, W, {wanted}) has {wanted} layers; yours says {layers}. Is the number read from the shape?"
        )
    for columns in (photo.shape[1], 4, 3):
        colour = photo[:, :columns]
        grey = colour[:, :, 1]
        *sides, layers = measured(student, grey)
        assert layers == 1, (
            f"A grey photo of shape {grey.shape} has one layer; yours says {layers}. Its shape has two numbers, not three."
        )
        before = measured(student, colour)[:2]
        assert sides == before, (
            f"One layer of a photo is as wide and as high as the photo. In colour, {colour.shape}, yours says {before[0]} wide and {before[1]} high; "
            f"in grey, {grey.shape}, {sides[0]} wide and {sides[1]} high. Rows come first in both shapes."
        )


def telling_place(draw, height, width):
    """x and y such that no usual mistake leads to the same pixel."""
    while True:
        x, y = draw.rng.integers(1, min(height, width), 2).tolist()
        if x != y and 2 * x not in (width, width - 1) and 2 * y not in (height, height - 1):
            return x, y


@pytest.mark.check("pixel_at", weight=2)
def test_x_and_y_lead_to_a_pixel(student, draw):
    """The three numbers are those of a pixel that x and y lead to, however they are counted."""
    side = int(draw.rng.integers(10, 16))
    levels = draw.rng.permutation(256)[: side * side].astype(np.uint8).reshape(side, side)
    photo = np.repeat(levels[:, :, np.newaxis], 3, axis=2)
    for _ in range(3):
        x, y = telling_place(draw, side, side)
        what = f"pixel_at(photo, x={x}, y={y}), of a photo of {side} × {side} pixels,"
        got = numbers_of(student, "pixel_at", photo, x, y, what=what)
        led_to = [(y, x), (x, y), (y - 1, x - 1), (-y, x), (-1 - y, x), (y, -x), (y, -1 - x)]
        assert any((got == photo[place]).all() for place in led_to), (
            f"{what} should be the three numbers {photo[y, x].tolist()}; yours are {got.astype(int).tolist()}. "
            "One pixel has one row, one column, and all three layers: do x and y say which?"
        )


@pytest.mark.check("pixel_at", weight=3)
def test_x_counts_columns_and_y_rows(student, draw):
    """The pixel x columns from the left, y rows from the top."""
    height, width = draw.rng.choice(np.arange(10, 16), 2, replace=False).tolist()
    levels = draw.rng.permutation(256)[: height * width].astype(np.uint8).reshape(height, width)
    photo = np.repeat(
        levels[:, :, np.newaxis], 3, axis=2
    )  # every pixel is a grey of its own, so its level says where it stands
    places = [telling_place(draw, height, width), (1, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)]
    places += [(int(draw.rng.integers(width)), int(draw.rng.integers(height))) for _ in range(5)]
    for x, y in places:
        what = f"pixel_at(photo, x={x}, y={y}), of a photo {width} wide and {height} high,"
        got = numbers_of(student, "pixel_at", photo, x, y, what=what)
        found = np.argwhere(levels == got[0]).tolist() if (got == got[0]).all() else []
        why = (
            f"Yours is the pixel at x = {found[0][1]}, y = {found[0][0]}."
            if found
            else "All three numbers should be those of one pixel."
        )
        slips = {
            f"That is the pixel at x = {y}, y = {x}: which index is the row?": photo[x % height, y % width],
            "That is one row up and one column left of it. Counting starts at 0.": photo[y - 1, x - 1],
            "Its row was counted from the bottom: a negative index does this.": photo[-y, x],
            "Its row was counted from the bottom, or the photo is upside down.": photo[-1 - y, x],
            "Its column was counted from the right: a negative index does this.": photo[y, -x],
            "Its column was counted from the right, or the photo is mirrored.": photo[y, -1 - x],
        }
        expect.close(got, photo[y, x], what, slips=slips, why=why)


@pytest.mark.check("pixel_at", weight=3)
def test_a_pixel_is_red_green_blue(student, draw):
    """The three numbers come in the order of the layers."""
    low, middle, high = np.sort(draw.rng.choice(np.arange(256), 3, replace=False)).tolist()
    for colour in draw.rng.permutation(
        [[middle, low, high], [low, high, middle], [high, low, middle], [middle, high, low]]
    ).tolist()[:3]:
        photo = np.full((7, 7, 3), colour, dtype=np.uint8)
        got = numbers_of(student, "pixel_at", photo, 3, 3, what="pixel_at(photo, 3, 3)")
        expect.close(
            got, colour, f"pixel_at(photo, 3, 3) of a photo that is {colour} everywhere",
            slips={
                "They come sorted by size.": np.sort(colour),
                "They come sorted by size, the largest first.": np.sort(colour)[::-1],
                "They come as blue, green, red: some other libraries store them like this.": colour[::-1],
            },
            why="Red is layer 0, green 1, blue 2.",
        )  # fmt: skip


def grids_of(student, photo):
    """The student's three grids, each an array with as many numbers as the photo has pixels."""
    height, width = photo.shape[:2]
    grids = student.call("split_rgb", photo)
    rows = isinstance(grids, (np.ndarray, list, tuple)) and len(grids) == height
    why = (
        "The *first* axis of a photo counts its rows; the layers lie along the last one."
        if rows
        else "One for red, one for green, one for blue."
    )
    if isinstance(grids, np.ndarray) and np.array_equal(grids, photo):
        why = f"The photo came back as it was. {why} Which index takes one layer, with all rows and all columns?"
    grids = expect.sequence(grids, "split_rgb(photo)", length=3, of="grids", why=why)
    for name, grid in zip(LAMPS, grids, strict=True):
        expect.array(grid, f"The {name} grid")
        assert grid.size == height * width, (
            f"The {name} grid should hold one number per pixel, {height * width} for a photo of shape {photo.shape}; yours holds {grid.size}, in the shape "
            f"{grid.shape}. {cut_along(grid, photo)}"
        )
    return [grid.T if grid.shape == (width, height) else grid.reshape(height, width) for grid in grids]


@pytest.mark.check("split_rgb", weight=1)
def test_each_grid_is_a_layer(student, draw):
    """Each grid holds the numbers of one layer, whichever it is."""
    photo = large(draw)
    layers = list(np.moveaxis(photo, 2, 0))
    taken = []
    for place, (name, grid) in enumerate(zip(LAMPS, grids_of(student, photo), strict=True)):
        fitting = [layer for layer in range(3) if np.array_equal(grid, layers[layer])]
        slips = {
            "`reshape` only cuts the numbers into other rows, in their old order; it picks no layer. Which index does?": photo.reshape(
                3, *photo.shape[:2]
            )[place]
        }
        why = "It should hold the numbers of one layer, as they are."
        if not fitting:
            expect.close(grid, layers[place], f"The {name} grid", slips=slips, why=why)
        taken += fitting[:1]
    assert len(set(taken)) > 1, (
        f"The three grids should be the three layers; yours are all the {LAMPS[taken[0]]} one, layer {taken[0]}."
    )


@pytest.mark.check("split_rgb", weight=3)
def test_grids_come_in_the_order_red_green_blue(student, draw):
    """Layer 0 is red, 1 green, 2 blue, number for number."""
    photo = draw.noise()
    for layer, (name, grid) in enumerate(zip(LAMPS, grids_of(student, photo), strict=True)):
        slips = {f"That is the {LAMPS[other]} layer, layer {other}.": photo[:, :, other] for other in range(3)}
        slips[
            "`reshape` only cuts the numbers into other rows, in their old order; it picks no layer. Which index does?"
        ] = photo.reshape(3, *photo.shape[:2])[layer]
        expect.close(
            grid,
            photo[:, :, layer],
            f"The {name} grid",
            slips=slips,
            why="It should hold the numbers of its layer as they are.",
        )


def cut_along(grid, photo):
    """Which part of a photo this is instead of one layer, in words, or a question."""
    height, width = photo.shape[:2]
    if grid.shape == photo.shape:
        return "A grid has two axes, not three."
    if grid.shape == (width, 3):
        return "That is one row of the photo. The layers lie along the last axis."
    if grid.shape == (height, 3):
        return "That is one column of the photo. The layers lie along the last axis."
    return "Which of the three axes counts the layers?"


@pytest.mark.check("split_rgb", weight=3)
def test_each_grid_has_two_axes(student, draw):
    """Each grid has the shape (H, W), not (H, W, 1)."""
    photo = draw.photo()
    grids = expect.sequence(student.call("split_rgb", photo), "split_rgb(photo)", length=3, of="grids")
    for name, grid in zip(LAMPS, grids, strict=True):
        why = (
            "A single number as index drops the axis; a slice such as 0:1 keeps it."
            if np.ndim(grid) == 3
            else "Rows first, then columns."
        )
        if np.shape(grid) == photo.shape[1::-1]:
            why = "Rows and columns have changed places: `.T` reverses *all* axes. Which index takes one layer?"
        expect.array(grid, f"The {name} grid", shape=photo.shape[:2], why=why)


@pytest.mark.check("split_rgb", weight=1)
def test_thin_photos_split_like_any_other(student, draw):
    """One row, one column, one pixel: the sides stay."""
    for height, width in ((1, 7), (6, 1), (1, 1)):
        photo = draw.noise(height, width)
        what = f"split_rgb of a photo of {height} × {width}"
        for grid in expect.sequence(student.call("split_rgb", photo), what, length=3, of="grids"):
            expect.array(grid, f"each grid of {what}")
            sides = (*grid.shape, None, None)[:2]
            cause = (
                side_dropped(grid.shape, (height, width))
                or "The layers lie along the last axis, however long a side is."
            )
            assert sides == (height, width), (
                f"Each grid of a {height} × {width} photo should begin with the sides ({height}, {width}); yours has the shape {grid.shape}. {cause}"
            )


def side_dropped(shape, wanted):
    """What to say if this is the wanted shape without a side of 1, or ""."""
    sides = [side for side in wanted if side != 1]
    if len(shape) < len(wanted) and [side for side in shape if side != 1] == sides:
        return "A side that happens to be 1 was dropped, as `squeeze` and its like do."
    return ""


def alone_of(student, photo, layer):
    """The student's picture with one layer, of the right shape and of any number dtype."""
    alone = student.call("only_layer", photo, layer)
    grid = isinstance(alone, np.ndarray) and alone.shape == photo.shape[:2]
    why = "That is the layer itself, a grid. It should lie in an RGB photo, with two layers of zeros." if grid else ""
    return expect.array(alone, f"only_layer(photo, {layer})", shape=photo.shape, kind="number", why=why)


@pytest.mark.check("only_layer", weight=1)
def test_some_numbers_stay_and_some_go(student, draw):
    """There are numbers of the photo, and zeros, in whatever places."""
    photo = np.maximum(large(draw), 1)
    for layer in range(3):
        alone = alone_of(student, photo, layer)
        lit = [place for place in range(3) if alone[:, :, place].any()]
        moved = len(lit) == 1 and np.array_equal(alone[:, :, lit[0]], photo[:, :, layer])
        own = ((alone == photo) | (alone == 0)).all() and alone.any() and not alone.all()
        if not moved and not own:
            one_lamp(alone, photo, layer)
            named_layer(alone, photo, layer)


@pytest.mark.check("only_layer", weight=3)
def test_one_lamp_is_on_and_two_are_off(student, draw):
    """The layer that is named keeps its numbers and its place, the other two are zero."""
    photo = np.maximum(draw.noise(), 1)
    for layer in range(3):
        alone = alone_of(student, photo, layer)
        one_lamp(alone, photo, layer)
        named_layer(alone, photo, layer)


def one_lamp(alone, photo, layer):
    """Fail unless one layer holds light and the other two are zero."""
    lit = [place for place in range(3) if alone[:, :, place].any()]
    if len(lit) == 1:
        return
    cause = "The two layers that are not named should be zero."
    if np.array_equal(alone, photo):
        cause = "That is the photo as it went in."
    elif lit == [place for place in range(3) if place != layer]:
        cause = "In yours the named layer is dark and the other two shine. It should be the other way round."
    elif lit == [0, 1, 2] and all(np.array_equal(alone[:, :, place], photo[:, :, layer]) for place in lit):
        cause = "All three hold the layer that is named. Three equal layers are a grey photo."
    elif np.array_equal(alone[layer], photo[layer]) and not np.delete(alone, layer, axis=0).any():
        cause = f"Row {layer} was filled instead of layer {layer}: layers lie along the last axis."
    elif np.array_equal(alone[:, layer], photo[:, layer]) and not np.delete(alone, layer, axis=1).any():
        cause = f"Column {layer} was filled instead of layer {layer}: layers lie along the last axis."
    elif np.array_equal(alone[:, :, layer], photo[:, :, layer]):
        cause = "The named layer is right. What do the other two hold?"
    elif not lit:
        cause = "Was the layer copied into the black picture?"
    dark = {0: "none does", 3: "all three do"}.get(len(lit), f"layers {' and '.join(map(str, lit))} do")
    raise AssertionError(
        f"In only_layer(photo, {layer}) one layer should hold light and the other two be zero; in yours {dark}. {cause}"
    )


def named_layer(alone, photo, layer):
    """Fail unless the layer that is named has its numbers."""
    place = max(range(3), key=lambda i: int(alone[:, :, i].any()))
    moved = place != layer and np.array_equal(alone[:, :, place], photo[:, :, layer])
    other = [i for i in range(3) if i != layer and np.array_equal(alone[:, :, i], photo[:, :, i])]
    slips = {"It is 255 everywhere: the named layer keeps its own numbers.": np.full(photo.shape[:2], 255)}
    if moved:
        slips = {f"Its numbers stand in layer {place}. They belong in layer {layer}.": alone[:, :, layer]}
    elif other:
        slips = {f"Layer {other[0]} is there instead: 0 is red, 1 green, 2 blue.": alone[:, :, layer]}
    why = f"It is the {LAMPS[layer]} layer that should keep its numbers."
    what = f"Layer {layer} of only_layer(photo, {layer})"
    expect.close(alone[:, :, layer], photo[:, :, layer], what, slips=slips, why=why)


@pytest.mark.check("only_layer", weight=3)
def test_one_lamp_is_still_a_uint8_photo(student, draw):
    """The dtype is that of a photo."""
    photo = draw.photo()
    for layer in range(3):
        expect.array(
            student.call("only_layer", photo, layer), f"only_layer(photo, {layer})", dtype="uint8",
            why="np.zeros makes floats unless you tell it a dtype.",
        )  # fmt: skip


@pytest.mark.check("only_layer", weight=1)
def test_only_layer_leaves_the_photo_alone(student, draw):
    """The photo that was handed in is unchanged afterwards."""
    photo = draw.noise()
    for layer in range(3):
        after, _ = student.arguments_after("only_layer", photo, layer)
        assert isinstance(after, np.ndarray) and np.array_equal(after, photo), (
            f"only_layer(photo, {layer}) changed the photo that it was given. `result = photo` is a second name for the same array, not a copy."
        )


def joined_as(shape, height, width):
    """What a shape says of how three grids were joined, or ""."""
    return {
        (height, 3, width): "Here the three stand in the middle. Layers lie along the last axis.",
        (3, height, width): "Here the three come first. Layers lie along the last axis: `np.stack` has an `axis`.",
        (
            width,
            height,
            3,
        ): "Rows and columns have changed places: `.T` reverses *all* axes. Only the axis of the three should go to the end; `np.stack` has an `axis` that says where it goes.",
        (height, 3 * width): "Here the grids stand side by side. They should lie behind one another, along a new axis.",
        (
            3 * height,
            width,
        ): "Here the grids stand below one another. They should lie behind one another, along a new axis.",
        (height, width): "That is one grid. Was a sum taken?",
    }.get(shape, "")


AXES = list(permutations(range(3)))


def arranged(merged, grids):
    """How the three grids lie in an array: in which order, and the axes of (H, W, 3) in which order; None if they do not."""
    for axes in AXES:
        for order in AXES:
            if np.array_equal(merged, np.stack([grids[place] for place in order], axis=-1).transpose(axes)):
                return list(order), axes
    return None


@pytest.mark.check("merge_rgb", weight=1)
def test_the_three_grids_are_in_it(student, draw):
    """The array holds the three grids, in whatever order and along whatever axis."""
    photo = large(draw)
    height, width = photo.shape[:2]
    grids = [photo[:, :, layer].copy() for layer in range(3)]
    merged = student.call("merge_rgb", *grids)
    why = joined_as(getattr(merged, "shape", None), height, width)
    if isinstance(merged, (list, tuple)):
        why = "`np.stack` and `np.dstack` make one array of a list of grids."
    merged = expect.array(merged, "merge_rgb(red, green, blue)", kind="number", why=why)
    if arranged(merged, grids) is None:
        expect.array(merged, "merge_rgb(red, green, blue)", shape=photo.shape, why=why)
        expect.close(merged, photo, "merge_rgb(red, green, blue)", slips=slips_of_merge(photo), why=why)


def slips_of_merge(photo):
    """What usual mistakes make of the grids of a photo."""
    grids = np.moveaxis(photo, 2, 0)
    return {
        "`reshape` only cuts the numbers into other rows, in their old order; it moves no axis. `np.stack` has an `axis`: it says where the axis of the three goes, and that is the end.": np.array(
            grids
        ).reshape(photo.shape),
        "They lie in the order blue, green, red.": photo[:, :, ::-1],
        "Red and green have changed places.": photo[:, :, [1, 0, 2]],
        "Green and blue have changed places.": photo[:, :, [0, 2, 1]],
        "Only layer 0 was filled.": photo * np.uint8([1, 0, 0]),
    }


@pytest.mark.check("merge_rgb", weight=3)
def test_merged_grids_are_in_rgb_order(student, draw):
    """Split and merged, a photo is the same again."""
    photo = draw.noise()
    height, width = photo.shape[:2]
    red, green, blue = (photo[:, :, layer].copy() for layer in range(3))
    merged = student.call("merge_rgb", red, green, blue)
    why = joined_as(getattr(merged, "shape", None), height, width)
    if isinstance(merged, (list, tuple)):
        why = "`np.stack` and `np.dstack` make one array of a list of grids."
    merged = expect.array(merged, "merge_rgb(red, green, blue)", shape=photo.shape, kind="number", why=why)
    expect.close(
        merged,
        photo,
        "merge_rgb(red, green, blue)",
        slips=slips_of_merge(photo),
        why="Red belongs in layer 0, green in 1, blue in 2.",
    )


@pytest.mark.check("merge_rgb", weight=3)
def test_merging_keeps_the_dtype(student, draw):
    """The dtype of the grids stays, and their numbers as they came: whole ones, and floats with their fractions."""
    grids = np.moveaxis(draw.noise(5, 9), 2, 0)
    merged = student.call("merge_rgb", *grids)
    floats = getattr(merged, "dtype", np.dtype(int)).kind == "f"
    why = "np.zeros makes floats unless you tell it a dtype." if floats else "The dtype of the grids should stay."
    expect.array(merged, "merge_rgb of three uint8 grids", dtype="uint8", why=why)
    # In whatever order they lie, and along whatever axis: that is another check's.
    order, axes = arranged(merged, grids) or ([0, 1, 2], (0, 1, 2))
    for dtype in ("float64", "float32", "uint16", "int64"):
        low, high = (-0.5, 1.5) if dtype.startswith("float") else (0, 60_000)
        grids = draw.rng.uniform(low, high, (3, 5, 9)).astype(dtype)
        what = f"merge_rgb of three {dtype} grids"
        wanted = np.stack(grids[order], axis=-1).transpose(axes)
        merged = student.call("merge_rgb", *grids)
        why = joined_as(getattr(merged, "shape", None), 5, 9)
        merged = expect.array(merged, what, shape=wanted.shape, kind="number", why=why)
        slips = {
            "The fractions were lost: is there a uint8 or a whole-number dtype on the way?": np.trunc(wanted),
            "They went through uint8, which has no room for them.": wanted.astype(int).astype(np.uint8),
        }
        expect.close(
            merged,
            wanted,
            what,
            slips=slips,
            why="The numbers should stay as they came, also outside of 0 to 255 or 0 to 1.",
        )
        expect.array(
            merged, what, dtype=dtype, why="The dtype of the grids should stay. Which dtype does the canvas have?"
        )


@pytest.mark.check("merge_rgb", weight=1)
def test_thin_grids_merge_like_any_other(student, draw):
    """One row, one column, one pixel: the result is still (H, W, 3)."""
    for height, width in ((1, 7), (6, 1), (1, 1)):
        grids = draw.rng.integers(0, 256, (3, height, width), dtype=np.uint8)
        what = f"merge_rgb of three grids of {height} × {width}"
        merged = expect.array(student.call("merge_rgb", *grids), what)
        wanted = (height, width, 3)
        cause = side_dropped(merged.shape, wanted) or joined_as(merged.shape, height, width)
        assert merged.shape == wanted, (
            f"{what} should have the shape {wanted}; yours has {merged.shape}. {cause}".strip()
        )


# -- what a grid holds ----------------------------------------------------------------------------------------------


def drawn_mask(draw, photo):
    """A random mask with at least one True and one False."""
    mask = draw.rng.random(photo.shape[:2]) < draw.rng.uniform(0.1, 0.6)
    mask[0, 0], mask[-1, -1] = True, False
    return mask


def means_of(student, photo, mask):
    """The student's three means, as floats."""
    means = student.call("layer_means", photo, mask)
    what = f"layer_means(photo, mask), with {mask.sum()} of {mask.size} pixels under the mask,"
    why = ""
    single = not isinstance(means, (list, tuple, type(None))) and np.ndim(means) == 0
    if single and mask.sum() == 1:
        why = "One pixel, too, has three means. `squeeze` and its like drop an axis of length 1."
    elif single:
        why = "That is one mean of everything. Each layer has its own."
    elif isinstance(means, np.ndarray) and means.shape == (mask.sum(),):
        why = "That is one mean per pixel, over its layers: average over the pixels, the other axis."
    elif isinstance(means, np.ndarray) and means.ndim == 2:
        why = "It still has two axes. The pixels should be averaged, so that only the three layers are left."
    three = expect.sequence(means, what, length=3, of="numbers", why=why)
    return np.array([expect.number(value, f"each of the three numbers of {what}") for value in three])


@pytest.mark.check("layer_means", weight=3)
def test_pixels_are_picked_and_averaged(student, draw):
    """Pixels are picked by the mask and averaged, in whatever way."""
    photo = (large(draw).astype(int) ** 2 // 1024 + 1).astype(np.uint8)  # uneven: the median is not the mean
    mask = draw.rng.random(photo.shape[:2]) < draw.rng.uniform(0.2, 0.4)
    photo[mask] += np.uint8(draw.rng.permutation([60, 110, 160]))
    got = student.call("layer_means", photo, mask)
    means = np.sort(np.array(got, dtype=float), axis=None) if numeric(got) else np.zeros(0)
    picked = photo[mask]
    for wanted in (picked.mean(axis=0), photo[~mask].mean(axis=0), picked.mean(axis=1), picked.mean()):
        wanted = np.sort(wanted, axis=None)
        if means.shape == wanted.shape and np.abs(means - wanted).max() < 1.01:
            return
    got = means_of(student, photo, mask)
    why = "Are the pixels under the mask averaged, and only these, each layer by itself?"
    expect.close(
        got, picked.mean(axis=0), "layer_means(photo, mask)", atol=0.01, slips=slips_of_means(photo, mask), why=why
    )


def numeric(value):
    """Whether it is a finite number, or an array or a flat list of such."""
    parts = value if isinstance(value, (list, tuple)) else [value]
    kinds = (int, float, np.number, np.ndarray)
    if not all(isinstance(part, kinds) and np.asarray(part).dtype.kind in "iuf" for part in parts):
        return False
    return len({np.shape(part) for part in parts}) == 1 and bool(np.isfinite(np.array(parts, dtype=float)).all())


def slips_of_means(photo, mask):
    """What usual mistakes make of a photo and a mask."""
    picked = photo[mask]
    wanted = picked.mean(axis=0)
    return {
        "Those are the means where the mask is *False*.": photo[~mask].mean(axis=0),
        "Those are the means of the whole photo. Was the mask used?": photo.mean(axis=(0, 1)),
        "The sums under the mask were divided by the number of *all* pixels.": picked.sum(axis=0) / mask.size,
        "They were divided by three times as many: `size` counts every number of a photo, and a pixel has three.": picked.sum(
            axis=0
        )
        / photo.size,
        "They were divided by three times as many: `size` counts every number, and a pixel has three.": picked.sum(
            axis=0
        )
        / picked.size,
        "The first three pixels under the mask have these means, each over its three layers.": picked[:3].mean(axis=1),
        "Those are sums, not means.": picked.sum(axis=0),
        "The sums were taken in uint8, which starts again at 0 after 255. Add in floats, or take `.mean(axis=0)`.": picked.sum(
            axis=0, dtype=np.uint8
        )
        / len(picked),
        "They were rounded: a mean keeps its fraction.": np.rint(wanted),
        "They were cut off: a mean keeps its fraction.": np.trunc(wanted),
        "That is one mean over all three layers together.": np.full(3, picked.mean()),
        "Those are medians.": np.median(picked, axis=0),
        "Those are the numbers of one pixel.": picked[0],
    }


@pytest.mark.check("layer_means", weight=4)
def test_only_pixels_under_the_mask_count(student, draw):
    """The three means under a random mask, within 0.01."""
    for photo in (draw.photo(), draw.noise(90, 100)):
        mask = drawn_mask(draw, photo)
        photo[0, :4], mask[0, :4] = 0, True  # black, and it counts
        wanted = photo[mask].mean(axis=0)
        got = means_of(student, photo, mask)
        if any(np.allclose(got, wanted[list(order)], rtol=0, atol=0.01) for order in permutations(range(3))):
            continue  # in which order they come is another check's
        left_out = "The black pixels were left out. They lie under the mask, so they count: pick by the mask, not by the level."
        lit = [layer[layer > 0].mean() for layer in photo[mask].T]
        slips = {left_out: lit} | slips_of_means(photo, mask)
        why = f"{mask.sum()} of the {mask.size} pixels lie under the mask. Are these averaged, and only these, each layer by itself?"
        expect.close(got, wanted, "layer_means(photo, mask)", atol=0.01, slips=slips, why=why)


@pytest.mark.check("layer_means", weight=4)
def test_means_come_in_rgb_order(student, draw):
    """The mean red comes first, then green, then blue."""
    for colour in ([130, 40, 220], [40, 220, 130], [220, 40, 130], [130, 220, 40]):
        photo = np.full((5, 8, 3), colour, dtype=np.uint8)
        got = means_of(student, photo, drawn_mask(draw, photo))
        cause = "Red is layer 0, green 1, blue 2."
        if np.ptp(got) < 0.01:
            cause = "All three are the same: each layer should be averaged by itself, over the pixels."
        elif np.allclose(got, colour[::-1], atol=0.01):
            cause = f"They come in the opposite order. {cause}"
        elif (np.diff(got) > 0).all():
            cause = f"They come sorted by size. {cause}"
        assert (np.argsort(got) == np.argsort(colour)).all(), (
            f"A photo that is {colour} everywhere has these three means, in this order; yours are {np.round(got, 2).tolist()}. {cause}"
        )


@pytest.mark.check("layer_means", weight=1)
def test_black_pixels_count_under_the_mask(student, draw):
    """Black pixels under the mask take part in the mean, and a single pixel has three means."""
    photo = draw.noise()
    photo[2:8, 1:9] = 0
    mask = np.ones(photo.shape[:2], dtype=bool)
    wanted, got = photo.mean(axis=(0, 1)), means_of(student, photo, mask)
    # The last digits, and the order, are other checks'.
    if not any(np.allclose(got, wanted[list(order)], rtol=0, atol=1.01) for order in permutations(range(3))):
        why = "Here the mask is True everywhere, and 48 of the pixels are black: they count."
        left_out = "The black pixels were left out. They lie under the mask, so they count: pick by the mask, not by the level."
        lit = [photo[..., i][photo[..., i] > 0].mean() for i in range(3)]
        if np.allclose(np.sort(got), np.sort(lit), rtol=0, atol=0.01):
            why = left_out
        slips = {left_out: photo[photo.any(axis=2)].mean(axis=0)}
        expect.close(got, wanted, "layer_means(photo, mask)", atol=0.01, slips=slips, why=why)
    one = np.zeros_like(mask)
    one[3, 2] = True
    why = "Here the mask is True at one pixel. That is enough for three means."
    expect.close(
        means_of(student, np.zeros_like(photo), one),
        np.zeros(3),
        "layer_means of one pixel of a black photo",
        atol=0.01,
        why=why,
    )


def lightened(student, photo, layer, amount):
    """The student's lightened photo, of the right shape and of any number dtype."""
    return expect.array(
        student.call("lighten", photo, layer, amount),
        f"lighten(photo, {layer}, {amount})",
        shape=photo.shape,
        kind="number",
    )


@pytest.mark.check("lighten", weight=1)
def test_layers_move_by_the_amount(student, draw):
    """Where there is room, one or two layers move by exactly the amount, whichever they are."""
    amounts = draw.rng.permutation([*range(30, 90), *range(110, 125)])[:3].tolist()
    for layer, amount in enumerate(amounts):
        photo = (amount + large(draw) % (256 - 2 * amount)).astype(np.uint8)
        result = lightened(student, photo, layer, amount).astype(float)
        steps = [np.unique(result[:, :, place] - photo[:, :, place]) for place in range(3)]
        moved = [len(step) == 1 and abs(step[0]) in (0, amount) for step in steps]
        still = [not step.any() for step in steps]
        if not all(moved) or sum(still) not in (1, 2):
            more = np.where(np.arange(3) == layer, 0, amount)
            why = "Which layers rise, and by how much? Are both `layer` and `amount` used?"
            slips = slips_of_lighten(photo, layer, amount)
            expect.close(
                result, photo + more, f"lighten(photo, {layer}, {amount})", slips=slips, given=[photo], why=why
            )


def slips_of_lighten(photo, layer, amount):
    """What usual mistakes make of a photo."""
    more = np.where(np.arange(3) == layer, 0, amount)
    others = [other for other in range(3) if other != layer]
    return {
        "All three layers have risen. The one that is named should stay.": photo + amount,
        "In yours the named layer rises and the other two stay. It should be the other way round: `!=` or `==`?": photo
        + (amount - more),
        "Both sank instead of rising.": photo.astype(int) - more,
        "Both sank, down to 0, instead of rising.": np.maximum(photo.astype(int) - more, 0),
        "Only one of the other two has risen. Does the loop go on to the last layer?": photo
        + np.where(np.arange(3) == others[0], amount, 0),
        "Only one of the other two has risen. Is one of them left out?": photo
        + np.where(np.arange(3) == others[1], amount, 0),
        "The layer that is named is dark. It should hold its numbers.": np.where(
            np.arange(3) == layer, 0, photo + amount
        ),
        "Rows were raised instead of layers: the layers lie along the last axis.": photo
        + np.where(np.isin(np.arange(len(photo)), others), amount, 0)[:, np.newaxis, np.newaxis],
        "The other two rose twice.": photo + 2 * more,
        "It became white: is everything set to 255?": np.full(photo.shape, 255),
    }


@pytest.mark.check("lighten", weight=1)
def test_the_two_others_rise(student, draw):
    """Where there is room, the two other layers rise by the amount and the named one stays."""
    for layer, amount in (*enumerate(draw.rng.integers(20, 120, 3).tolist()), (1, 0)):
        photo = np.minimum(draw.noise(), 255 - amount)
        more = np.where(np.arange(3) == layer, 0, amount)
        why = (
            "Which layers rise, and by how much? Are both `layer` and `amount` used?"
            if amount
            else "An amount of 0 changes nothing."
        )
        slips = slips_of_lighten(photo, layer, amount)
        result = lightened(student, photo, layer, amount)
        expect.close(result, photo + more, f"lighten(photo, {layer}, {amount})", slips=slips, given=[photo], why=why)


@pytest.mark.check("lighten", weight=1)
def test_the_named_layer_stays(student, draw):
    """The layer that is named keeps its numbers, also where it is bright."""
    photo = draw.noise()
    photo[0, :3] = 255, 254, 250
    for layer in range(3):
        result = lightened(student, photo, layer, 70)
        slips = {
            "It lost light where it is bright: was it raised, clipped, and lowered again?": np.minimum(
                photo[:, :, layer], 185
            )
        }
        expect.close(
            result[:, :, layer],
            photo[:, :, layer],
            f"Layer {layer} of lighten(photo, {layer}, 70)",
            slips=slips,
            why="This layer should stay; the others rise.",
        )


@pytest.mark.check("lighten", weight=4)
def test_light_stops_at_255(student, draw):
    """What would be more than 255 is 255, and does not start again at 0."""
    photo = draw.noise()
    photo[0, :3] = 255, 254, 250
    for layer, amount in ((1, int(draw.rng.integers(60, 200))), (0, 255), (2, 1)):
        result = lightened(student, photo, layer, amount)
        others = [place for place in range(3) if place != layer]
        total = photo[:, :, others].astype(int) + amount
        came, total = result[:, :, others][total >= 255], total[total >= 255]
        if (came == 255).all():
            continue
        slips = {
            "It started again at 0: was the sum taken in uint8, or handed back to uint8 before it was clipped?": total
            % 256,
            "It was clipped to 256, and 256 becomes 0 in uint8. What is the highest level?": np.minimum(total, 256)
            % 256,
            "It was clipped to 256. What is the highest level?": np.minimum(total, 256),
            "It goes past the end of the scale: nothing is clipped, or it was clipped before the sum.": total,
        }
        cause = next(
            (cause for cause, value in slips.items() if np.array_equal(came, value)), "255 is the end of the scale."
        )
        first = np.flatnonzero(came != 255)[0]
        raise AssertionError(
            f"In lighten(photo, {layer}, {amount}) a level of {total[first] - amount} should become 255, for it would be {total[first]}; yours is {came[first]:.6g}. {cause}"
        )


@pytest.mark.check("lighten", weight=4)
def test_a_lighter_photo_is_uint8(student, draw):
    """The result has the dtype of a photo."""
    photo = draw.noise()
    for layer in range(3):
        expect.array(
            student.call("lighten", photo, layer, 60), f"lighten(photo, {layer}, 60)", dtype="uint8",
            why="The sum needed more room. After clipping it fits into uint8 again.",
        )  # fmt: skip


@pytest.mark.check("lighten", weight=1)
def test_lighten_leaves_the_photo_alone(student, draw):
    """The photo that was handed in is unchanged afterwards."""
    photo = draw.noise()
    for layer in range(3):
        after, *_ = student.arguments_after("lighten", photo, layer, 90)
        assert isinstance(after, np.ndarray) and np.array_equal(after, photo), (
            f"lighten(photo, {layer}, 90) changed the photo that it was given. Write into a new array, not into `photo`."
        )


# -- grey, and the 0–1 scale ----------------------------------------------------------------------------------------


def grey_of(student, photo):
    """The student's grey grid, of the right shape and of any number dtype."""
    grey = student.call("to_grey", photo)
    why = {
        photo.shape: "Three numbers per pixel are left: are the products added up?",
        photo.shape[
            1:
        ]: "That is what the rows `photo[0]`, `photo[1]`, `photo[2]` give: the layers lie along the last axis.",
    }.get(getattr(grey, "shape", ()), "")
    return expect.array(grey, "to_grey(photo)", shape=photo.shape[:2], kind="number", why=why)


def slips_of_grey(photo):
    """What usual mistakes make of a photo."""
    red, green, blue = np.moveaxis(photo, 2, 0)
    return {
        "That is the plain mean: each layer counts a third.": photo.mean(axis=2),
        "Those are the weights of Rec. 601. The table in the lesson has the ones that are wanted.": photo
        @ np.array([0.299, 0.587, 0.114]),
        "Red and blue have each other's weight.": photo @ WEIGHTS[::-1],
        "Red and green have each other's weight.": photo @ WEIGHTS[[1, 0, 2]],
        "Green and blue have each other's weight.": photo @ WEIGHTS[[0, 2, 1]],
        "It goes from 0 to 100. The levels of a photo go to 255.": photo @ WEIGHTS / 2.55,
        "The three are added up without weights.": photo.sum(axis=2),
        "They are added up in uint8, without room and without weights.": red + green + blue,
        "That is the red layer.": red,
        "That is the green layer.": green,
        "That is the blue layer.": blue,
        "That is the largest of the three.": photo.max(axis=2),
        "The blue layer is missing in the sum.": photo[:, :, :2] @ WEIGHTS[:2],
    }


def cause_of_grey(grey):
    """What the greys of (250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0) say, and of a whole photo that begins so."""
    if not grey.any():
        return "All of it is 0. A grey from 0 to 1, such as `rgb2gray` gives, is cut to 0 when it is made uint8. First times 255, then uint8."
    if grey.max() <= 1.01:
        return "It goes from 0 to 1, as the greys of `rgb2gray` do. The levels of a photo go to 255: first times 255, then uint8."
    if grey.max() < 3:
        return "Such small numbers come out of products in uint8, where 21 × 255 has no room. Multiply by floats, or make room first."
    pure = grey[0, :3]
    if abs(grey[0, 3] - pure[0] - pure[1]) > 3:
        return (
            f"In a weighted sum, (250, 250, 0) is as much as (250, 0, 0) and (0, 250, 0) together: yours are {grey[0, 3]:.4g}, {pure[0]:.4g} and {pure[1]:.4g}. "
            "Was a part of it taken in uint8, which ends at 255? Or is it another formula than a sum?"
        )
    came = ", ".join(f"{weight:.2f}" for weight in pure / 250)
    return (
        f"Of (250, 0, 0), (0, 250, 0) and (0, 0, 250) yours makes {pure.round(2).tolist()}, as with the weights {came}."
    )


def with_pure_colours(photo):
    """The photo, no level above 250, with four pure colours at its beginning."""
    photo = np.minimum(photo, 250)
    photo[0, :4] = [250, 0, 0], [0, 250, 0], [0, 0, 250], [250, 250, 0]
    return photo


@pytest.mark.check("to_grey", weight=1)
def test_grey_is_a_weighted_sum(student, draw):
    """The layers are added up with weights of their own, whichever these are."""
    photo = with_pure_colours(large(draw))
    grey = grey_of(student, photo).astype(float)
    weights = grey[0, :3] / 250
    total = photo @ weights
    sums = (total, total.clip(0, 255), total % 256)  # past 255, a sum may stop, or start again
    apart = min(np.quantile(np.abs(grey - one), 0.98) for one in sums)
    unlike = np.ptp(weights) > 0.02 and np.count_nonzero(weights > 0.02) >= 2
    if grey.max() < 3 or apart > 3.01 or not unlike:
        why = cause_of_grey(grey)
        slips = {why: grey} if grey.max() < 3 else slips_of_grey(photo)
        expect.close(grey, photo @ WEIGHTS, "to_grey(photo)", atol=1.01, slips=slips, why=why)


@pytest.mark.check("to_grey", weight=4)
def test_each_layer_has_its_weight(student, draw):
    """Red, green and blue have the weights of the table."""
    for photo in (draw.photo(), draw.noise(), LATTICE):
        if photo is not LATTICE:
            photo = with_pure_colours(photo)
        grey = grey_of(student, photo).astype(float)
        luma = photo @ WEIGHTS
        if np.abs(grey - luma).max() <= 3.01:
            continue  # the exact level is another check's
        lattice = photo is LATTICE and grey.max() >= 3
        why = "Are the weights those of the table?" if lattice else cause_of_grey(grey)
        expect.close(
            grey,
            luma,
            "to_grey(photo)",
            atol=1.01,
            slips={why: grey} if grey.max() < 3 else slips_of_grey(photo),
            why=why,
        )


@pytest.mark.check("to_grey", weight=2)
def test_grey_is_exact_to_a_level(student):
    """No pixel is more than one level off the weighted sum: fractions are cut off, or rounded, once only."""
    photo, parts = LATTICE, LATTICE * WEIGHTS
    grey, luma = grey_of(student, photo).astype(float), LATTICE @ WEIGHTS
    if np.abs(grey - luma).max() > 3.01:
        return  # these are other weights: the first check says so, of the same photo, and without it none counts
    slips = {
        "A fraction was cut off three times, from each product. Add first, and change the dtype once, at the end.": np.trunc(
            parts
        ).sum(axis=2),
        "Each product was rounded by itself. Add first, and round once, at the end.": np.rint(parts).sum(axis=2),
    }
    worst = np.unravel_index(np.argmax(np.abs(grey - luma)), luma.shape)
    why = f"The pixel there is {photo[worst].tolist()}. Are the weights those of the table, to the last digit, and is there one place only where fractions get lost?"
    expect.close(grey, luma, "to_grey(photo)", atol=1.01, slips=slips, why=why)


@pytest.mark.check("to_grey", weight=1)
def test_the_ends_stay_where_they_are(student):
    """Black stays black, and white does not wrap round."""
    photo = np.zeros((2, 3, 3), dtype=np.uint8)
    photo[0] = 255
    grey = grey_of(student, photo)
    cause = "The weights add up to 1, so white stays white."
    if 0 < grey[0].max() <= 1.01:
        cause = "White is 1 on the scale from 0 to 1. On that of levels it is 255."
    elif (grey[0] == 0).all():
        cause = "256 does not fit into uint8, and becomes 0."
    expect.close(
        grey[0],
        np.full(3, 255),
        "The grey of three pixels of white, (255, 255, 255),",
        atol=1.01,
        slips={cause: grey[0]},
    )
    expect.close(
        grey[1],
        np.zeros(3),
        "The grey of three pixels of black, (0, 0, 0),",
        atol=0,
        why="A weighted sum of zeros is zero.",
    )


@pytest.mark.check("to_grey", weight=4)
def test_grey_is_uint8(student, draw):
    """A grey photo has 8-bit levels."""
    expect.array(
        student.call("to_grey", draw.photo()), "to_grey(photo)", dtype="uint8",
        why="The weighted sum is float. The dtype is a step of its own, at the end.",
    )  # fmt: skip


def slips_of_unit(levels):
    """What usual mistakes make of levels."""
    return {
        "255 became 0.996: it was divided by 256. It is the *highest level* that becomes 1.": levels / 256,
        "Only 0 and 1 are left, the fractions are gone: `//` cuts them off, and so does a whole-number dtype.": levels
        // 255,
        "Only 0 and 1 are left: the fractions were rounded away.": np.rint(levels / 255),
        "These are the levels still: changing the dtype does not scale.": levels.astype(float),
        "All that was above 0 became 1: clipping is not scaling.": np.clip(levels, 0, 1),
        "All is multiplied by 255. Which operation turns 255 into 1?": levels * 255.0,
        "The scale goes from -1 to 1. Wanted is 0 to 1.": levels / 127.5 - 1,
        "It is rounded to one or two digits: the levels lie closer together.": np.round(levels / 255, 2),
        "It was turned into a negative: black became 1.": 1 - levels / 255,
        "It was divided by 100. The highest level, 255, is the one that becomes 1.": levels / 100,
        "It was stretched from its own darkest to its own brightest level. The scale is always 0 to 255.": (
            levels - levels.min()
        )
        / np.ptp(levels),
    }


@pytest.mark.check("to_unit", weight=2)
def test_levels_are_divided(student, draw):
    """Levels become small floats: they are divided by one number, whichever it is."""
    photo = large(draw)
    photo[0, 0] = 0, 1, 255
    what = "to_unit of a photo"
    unit = expect.array(student.call("to_unit", photo), what, shape=photo.shape, kind="number")
    if not (0.1 < unit.max() < 10 and np.allclose(unit, photo * (unit[0, 0, 2] / 255), rtol=0, atol=0.006)):
        why = "0 should become 0, and the highest level, 255, should become 1. Which number is divided by which?"
        expect.close(unit, photo / 255, what, atol=0.0011, slips=slips_of_unit(photo), why=why)


@pytest.mark.check("to_unit", weight=3)
def test_255_becomes_one(student, draw):
    """Levels become floats between 0 and 1, for grey, for colour, for arrays of any shape."""
    photo = draw.noise()
    photo[0, 0] = 0, 1, 255
    for levels in (photo, np.ascontiguousarray(photo[:, :, 2]), photo[0, :, 2].copy(), photo[np.newaxis]):
        what = f"to_unit of levels of shape {levels.shape}"
        unit = expect.array(student.call("to_unit", levels), what, shape=levels.shape, kind="number")
        expect.close(
            unit,
            levels / 255,
            what,
            atol=0.0011,
            slips=slips_of_unit(levels),
            why="0 should become 0, and the highest level, 255, should become 1. Which number is divided by which?",
        )
        expect.array(unit, what, kind="float")


@pytest.mark.check("to_unit", weight=3)
def test_dark_photos_stay_dark(student, draw):
    """The scale is that of 255 levels, whatever the photo's largest level is."""
    for darker in (4, 128):
        photo = draw.noise() // darker
        unit = expect.array(student.call("to_unit", photo), "to_unit of a dark photo", shape=photo.shape, kind="number")
        taken = "The scale depends on the photo" if photo.max() == 1 else "You took the scale from the photo"
        slips = {
            f"{taken}: its largest level, {photo.max()}, became 1. It is always 255 that becomes 1.": photo
            / photo.max()
        }
        why = f"Its largest level is {photo.max()}. In a dark photo, too, it is 255 that becomes 1."
        expect.close(unit, photo / 255, "to_unit of a dark photo", atol=0.0011, slips=slips, why=why)


def bytes_of(student, unit, what):
    """The student's levels, of the right shape and of any number dtype."""
    return expect.array(student.call("to_bytes", unit), what, shape=unit.shape, kind="number")


def step_of_bytes(got, wanted):
    """Which step may have gone wrong, by what is seen."""
    if np.abs(got - wanted).max() <= 1.01:
        return "From .5 on the level above is the nearest, and below .5 the level below."
    if got.max() <= 1:
        return "None of yours is above 1. The levels go to 255: is it scaled, and clipped before that and not after?"
    return "Into the range, onto the scale, to the nearest, into the dtype: which of the four steps went wrong?"


def slips_of_bytes(unit):
    """What usual mistakes make of floats from 0 to 1."""
    return {
        "Cutting off is up to a level too low: the *nearest* level is wanted.": np.trunc(255 * unit),
        "That is the level above: the *nearest* is wanted, which can lie below as well.": np.ceil(255 * unit),
        "It was scaled by 256. The highest level is 255: 1 × 256 is 256, which in uint8 becomes 0.": np.rint(256 * unit)
        % 256,
        "It was scaled by 256, and cut off. The highest level is 255.": np.minimum(np.trunc(256 * unit), 255),
        "Only 0 and 255 are left: was it rounded before the scaling?": np.rint(unit) * 255,
        "Only 0 and 255 are left: was it made uint8 before the scaling?": np.trunc(unit) * 255,
        "The scale is missing: 1 should become 255.": unit,
        "The scale is missing: 1 should become 255, before it is rounded.": np.rint(unit),
        "The scale is missing: 1 should become 255, before its dtype changes.": np.trunc(unit),
        "It was scaled by 100. The highest level is 255.": np.rint(100 * unit),
        "It is on the scale of levels, but not rounded.": 255 * unit,
        "It is clipped to 0 to 1 after the scaling: there, the range is 0 to 255.": np.clip(255 * unit, 0, 1).round(),
        "A level from 128 on became negative: int8 ends at 127. Which dtype has no sign?": np.rint(255 * unit)
        .astype(int)
        .astype(np.int8),
        "It was stretched from its own smallest to its own largest number. The scale is always 0 to 1.": np.rint(
            255 * (unit - unit.min()) / np.ptp(unit)
        ),
    }


@pytest.mark.check("to_bytes", weight=1)
def test_floats_become_levels(student, draw):
    """Floats from 0 to 1 become levels, give or take one."""
    unit = draw.rng.uniform(0.01, 0.98, large(draw).shape[:2])
    unit[0, :2] = 0.01, 0.98
    what = "to_bytes of floats from 0.01 to 0.98"
    got = bytes_of(student, unit, what).astype(float)
    if np.abs(got - 255 * unit).max() > 1.51:
        expect.close(
            got, np.rint(255 * unit), what, atol=0, slips=slips_of_bytes(unit), why=step_of_bytes(got, 255 * unit)
        )


@pytest.mark.check("to_bytes", weight=4)
def test_to_the_nearest_level(student, draw):
    """Every float goes to the nearest level, in arrays of any shape."""
    for shape in ((*draw.sides(), 3), (9,), draw.sides()):
        levels = draw.rng.integers(1, 255, shape)
        beside = draw.rng.uniform(-0.499, 0.499, shape)
        beside.flat[:6] = -0.499, -0.47, -0.455, 0.455, 0.47, 0.499
        unit = (levels + beside) / 255
        what = f"to_bytes of floats of shape {unit.shape}"
        got = bytes_of(student, unit, what).astype(float)
        expect.close(got, levels, what, slips=slips_of_bytes(unit), why=step_of_bytes(got, levels))
    levels = np.arange(256)
    for dtype in ("float32", "float64"):
        what = f"to_bytes of all 256 levels, divided by 255 as {dtype},"
        unit = levels.astype(dtype) / np.dtype(dtype).type(255)
        expect.close(
            bytes_of(student, unit, what),
            levels,
            what,
            slips=slips_of_bytes(unit),
            why="Each level should come home as itself.",
        )


@pytest.mark.check("to_bytes", weight=3)
def test_what_got_out_of_range_is_clipped(student, draw):
    """Below 0 becomes 0, above 1 becomes 255, near the range and far from it."""
    far = np.concatenate([draw.rng.uniform(*span, (2, 6)) for span in ((0.01, 0.9), (130, 250), (260, 500))])
    why = "uint8 starts again after 255 and before 0, and int16 has an end too. Did you clip before changing the dtype?"
    for what, unit, wanted in (("to_bytes of floats above 1", 1 + far, 255), ("to_bytes of floats below 0", -far, 0)):
        levels = np.rint(255 * unit)
        slips = {
            "It started again at the other end of uint8: nothing was clipped before the dtype.": levels % 256,
            "It started again at the other end of uint8, with fractions cut off: nothing was clipped before the dtype.": np.trunc(
                255 * unit
            )
            % 256,
            "It was clipped to 255, but before the scaling. At which number does the range of the floats end?": np.rint(
                255 * np.clip(unit, 0, 255)
            )
            % 256,
            "It was clipped to 0 to 1 after the scaling: there, the range is 0 to 255.": np.clip(levels, 0, 1),
            "The minus sign was lost: below 0 becomes 0.": np.abs(levels).clip(0, 255),
            "Nothing was clipped.": levels,
        }
        expect.close(bytes_of(student, unit, what), np.full(far.shape, wanted), what, slips=slips, why=why)


@pytest.mark.check("to_bytes", weight=4)
def test_bytes_are_uint8(student, draw):
    """The levels are 8-bit whole numbers."""
    expect.array(
        student.call("to_bytes", draw.rng.random((5, 8))), "to_bytes(unit)", dtype="uint8",
        why="np.rint and np.round give floats. The dtype is the last step.",
    )  # fmt: skip


# -- colours --------------------------------------------------------------------------------------------------------


def count_of(student, photo):
    """The student's count, as a whole number."""
    try:
        count = student.call("count_colours", photo)
    except NotAnswered as error:
        if error.where == "to_grey":
            raise AssertionError(
                "`count_colours` calls `to_grey` (exercise 1.9, not answered yet). It need not: a grey is one number, and a colour is three."
            ) from None
        raise
    return expect.number(
        count, "count_colours(photo)", integer=True, why="A single number is wanted: how many there are."
    )


def palette_of(draw, number):
    """So many colours without a level in common."""
    steps = np.sort(draw.rng.choice(np.arange(84), number, replace=False))
    return np.stack([steps, steps + 85, steps + 170], axis=-1).astype(np.uint8)


def painted(draw, palette, height, width):
    """A photo of these sides in which every colour of the palette is, most of them often."""
    picked = draw.rng.integers(0, len(palette), (height, width))
    picked.flat[: len(palette)] = np.arange(len(palette))
    return palette[picked]


def counts_as_one(student, photo, number):
    """Fail unless the student's count of a photo is so many colours."""
    count = count_of(student, photo)
    slips = {
        photo.size // 3: "That is the number of pixels. A colour that comes again counts once.",
        photo.size: "That is how many numbers the array holds.",
        len(
            np.unique(photo)
        ): "That is how many different single *numbers* there are. A colour is three of them together.",
        len(
            np.unique(photo, axis=0)
        ): "That is how many different *rows* the picture has. First make a long list of pixels: `reshape(-1, 3)`.",
        3: "That is the number of layers. Has the list one row for each pixel?",
    }
    cause = slips.get(
        count,
        "The same triple in two places is one colour."
        if count < photo.size // 3
        else "That is more than there are pixels.",
    )
    assert count == number, (
        f"A photo of {photo.shape[0]} × {photo.shape[1]} pixels, painted with {number} colours: yours counts {count}. {cause}"
    )


@pytest.mark.check("count_colours", weight=1)
def test_what_is_there_counts_once(student, draw):
    """What comes again is there once, be it colours or single numbers."""
    photo = painted(draw, palette_of(draw, int(draw.rng.integers(20, 30))), 45, 50)
    try:
        came = student.call("count_colours", photo)
    except NotAnswered:
        came = None
    number = len(np.unique(photo.reshape(-1, 3), axis=0))
    listed = isinstance(came, np.ndarray) and np.array_equal(came, np.unique(photo.reshape(-1, 3), axis=0))
    single = isinstance(came, (int, np.integer)) and came == len(np.unique(photo))
    if not listed and not single:
        counts_as_one(student, photo, number)


@pytest.mark.check("count_colours", weight=1)
def test_a_colour_that_comes_again_counts_once(student, draw):
    """Colours are counted, not pixels and not single numbers."""
    number = int(draw.rng.integers(5, 12))
    height, width = draw.sides()
    counts_as_one(student, painted(draw, palette_of(draw, number), height, width), number)
    counts_as_one(student, painted(draw, palette_of(draw, 1), width, height), 1)


@pytest.mark.check("count_colours", weight=1)
def test_the_order_of_a_triple_matters(student, draw):
    """(10, 20, 30) and (30, 20, 10) are two colours."""
    one, two, three = np.cumsum(draw.rng.integers([10, 10, 60], [20, 50, 100])).tolist()
    orders = [
        (one, two, three),
        (one, three, two),
        (two, one, three),
        (two, three, one),
        (three, one, two),
        (three, two, one),
    ]
    count = count_of(student, np.array([orders], dtype=np.uint8))
    cause = {
        3: "Three is how many different single *numbers* there are. A colour is three of them together.",
        1: "A colour is a triple, and the order of its numbers matters.",
    }.get(count, "Are whole triples counted?")
    assert count == 6, (
        f"The three numbers {one}, {two}, {three} in all six orders are six colours; yours counts {count}. {cause}"
    )


@pytest.mark.check("count_colours", weight=2)
def test_near_colours_stay_apart(student, draw):
    """Different triples are different colours, however alike: one level apart, as bright, of the same digits."""
    levels = np.arange(256)
    for what, colours in (
        ("random", draw.noise(80, 80)),
        ("some one level apart", np.stack(np.meshgrid(np.arange(12), [20, 21, 22], [253, 254, 255]), axis=-1)),
        (
            "many with two numbers in common",
            [(7, 21, 0), *((7, 20, v) for v in levels), (0, 31, 9), *((v, 30, 9) for v in levels)],
        ),
        (
            "of the digits 1 and 2",
            draw.rng.choice([1, 2, 11, 12, 21, 22, 111, 112, 121, 122, 211, 212, 221, 222], (900, 3)),
        ),
    ):
        colours = np.uint8(colours).reshape(-1, 3)
        _, picked = np.unique(np.sort(colours, axis=1), axis=0, return_index=True)
        count = count_of(student, colours[picked][np.newaxis])
        cause = "If you make one number or one text out of three numbers, such as a grey, different triples must never make the same one."
        if count <= 256 < len(picked):
            cause = "A uint8 has 256 values. Are single numbers counted instead of colours? Or is one number made of the three, such as a grey? Then make room before you multiply: `photo.astype(int)`."
        assert count == len(picked), f"{len(picked)} pixels, all different, {what}: yours counts {count}. {cause}"


def seconds_for(student, photo):
    """How long the student's count of a photo takes, on the clock."""
    began = perf_counter()
    student.call("count_colours", photo)
    return perf_counter() - began


@pytest.mark.check("count_colours", weight=3)
def test_counting_takes_no_longer_than_it_must(student, draw):
    """Four times as many colours take about four times as long, so that the portrait takes seconds."""
    every = draw.rng.choice(1 << 24, MANY, replace=False).astype(np.uint32)
    photo = np.stack([every >> 16, every >> 8 & 255, every & 255], axis=-1).astype(np.uint8)[np.newaxis]
    many, few = inf, inf
    for _ in range(3):  # a busy machine may be slow for a moment: the quickest run counts
        many = min(many, seconds_for(student, photo))
        if many < A_WHILE:
            return
        few = min(few, seconds_for(student, photo[:, : MANY // 4]))
    assert many < 8 * few, (
        f"{MANY:,} colours took your function {many / few:.0f} times as long as {MANY // 4:,}, so the portrait would take minutes. "
        "Is a list searched for every pixel? A set finds an item at once."
    )


def colours_of(student, photo, grey, level):
    """The student's colours as an integer array (n, 3)."""
    what = f"colours_behind(photo, grey, {level})"
    try:
        rows = student.call("colours_behind", photo, grey, level)
    except NotAnswered as error:
        if error.where == "to_grey":
            raise AssertionError(
                "`colours_behind` calls `to_grey` (exercise 1.9, not answered yet). It need not: a grey version is handed in as `grey`. Compare that one with `level`."
            ) from None
        raise
    if isinstance(rows, (list, tuple)) and rows and all(np.shape(row) == (3,) for row in rows):
        rows = np.array(rows)  # that it should be an array is another check's
    why = ""
    if isinstance(rows, np.ndarray) and rows.ndim == 1:
        alike = rows.size and (rows == level).all()
        why = (
            "Only the level itself is in it. `grey` makes the mask, and the mask picks from `photo`: is each in its place?"
            if alike
            else "Each row should be one whole colour. Is the mask made from `grey`? And if there is an `np.unique`: does it have `axis=0`?"
        )
    elif isinstance(rows, (int, np.integer)):
        why = "The colours themselves are wanted, not how many there are."
    elif isinstance(rows, np.ndarray) and rows.ndim == 3 and rows.shape[1:] == photo.shape[1:]:
        why = "Those are whole rows of the photo. A mask of the shape (H, W) picks pixels."
    elif not isinstance(rows, np.ndarray):
        why = "`np.array` makes an array of a list; if the list is empty, `.reshape(-1, 3)` gives it the shape (0, 3)."
    rows = expect.array(rows, what, shape=(None, 3), kind="number", why=why)
    assert len(rows) <= grey.size, f"{what} gives {len(rows)} colours, and the photo has {grey.size} pixels only."
    return rows


def same_set(rows, photo, grey, level, why):
    """Fail unless the rows are the colours of the pixels with this level, however often and in whatever order."""
    masks = {
        "Your rows are those of the pixels up to this level, or of all near it: only exactly this level counts.": grey
        <= level,
        "Your rows are those of the pixels from this level on: only exactly this level counts.": grey >= level,
        "Your rows are those of all *other* pixels.": grey != level,
        "Your rows are those of the whole photo. Was the mask used?": np.ones(grey.shape, dtype=bool),
    }
    sets = {cause: set(map(tuple, photo[mask].tolist())) for cause, mask in masks.items()}
    came, wanted = set(map(tuple, rows.tolist())), set(map(tuple, photo[grey == level].tolist()))
    more, fewer = sorted(came - wanted), sorted(wanted - came)
    surplus = f" {list(more[0])} should not be there." if more else ""
    missing = f" {list(fewer[0])} is missing." if fewer else ""
    numbers = f"; yours has {len(came)}" if len(came) != len(wanted) else ", and yours has as many, but others"
    cause = next((cause for cause, colours in sets.items() if came == colours), why)
    assert not more and not fewer, (
        f"colours_behind(photo, grey, {level}) should have {len(wanted)} different colours{numbers}.{surplus}{missing} {cause}"
    )


@pytest.mark.check("colours_behind", weight=1)
def test_pixels_are_picked_by_the_level(student, reference, draw):
    """The colours behind the level are there, whatever else is."""
    photo = large(draw)
    grey = reference.call("to_grey", photo)
    for level in np.sort(grey, axis=None)[[photo.size // 9, photo.size // 6]].tolist():
        try:
            came = student.call("colours_behind", photo, grey, level)
        except NotAnswered:
            came = None  # `colours_of` says what is missing
        if isinstance(came, np.ndarray) and np.array_equal(came, np.unique(photo[grey == level])):
            continue
        rows = set(map(tuple, colours_of(student, photo, grey, level).tolist()))
        every, wanted = (set(map(tuple, picked.tolist())) for picked in (photo.reshape(-1, 3), photo[grey == level]))
        if rows == every or (not wanted <= rows and rows != every - wanted):
            same_set(
                np.array(sorted(rows)).reshape(-1, 3),
                photo,
                grey,
                level,
                "Is the mask made from `grey`, and does it pick from `photo`?",
            )


@pytest.mark.check("colours_behind", weight=1)
def test_the_level_must_be_exact(student, reference, draw):
    """The colours of the pixels with this level, and of no others."""
    photo = draw.photo()
    grey = reference.call("to_grey", photo)
    for level in draw.rng.choice(np.unique(grey), 3).tolist():
        same_set(
            colours_of(student, photo, grey, level),
            photo,
            grey,
            level,
            "Only pixels whose grey is exactly the level count, all of them.",
        )


@pytest.mark.check("colours_behind", weight=3)
def test_every_colour_comes_once(student, draw):
    """No row comes twice."""
    photo = draw.rng.choice(np.array([0, 120, 250], dtype=np.uint8), (15, 20, 3))
    grey = np.full((15, 20), 80, dtype=np.uint8)
    grey[::2] = 160
    for level in (80, 160):
        rows = colours_of(student, photo, grey, level)
        different = len(np.unique(rows, axis=0))
        assert len(rows) == different, (
            f"colours_behind(photo, grey, {level}) has {len(rows)} rows, but only {different} different ones. Every colour should come once."
        )


@pytest.mark.check("colours_behind", weight=2)
def test_the_grey_that_is_given_counts(student, draw):
    """Another recipe for grey gives other colours."""
    photo = draw.noise()
    photo[:2, :2] = 0
    grey = (photo.mean(axis=2) // 40 * 40).astype(np.uint8)
    grey[:2, :2] = 80
    for level in (80, 120):
        rows = colours_of(student, photo, grey, level)
        black = len(rows) and set(map(tuple, photo[grey == level].tolist())) - set(map(tuple, rows.tolist())) == {
            (0, 0, 0)
        }
        why = (
            "A black pixel may have any level here: pick by the mask."
            if black
            else "This `grey` was made by another recipe than yours: compare the one that is handed in with `level`."
        )
        same_set(rows, photo, grey, level, why)


@pytest.mark.check("colours_behind", weight=1)
def test_a_level_that_is_nowhere_has_no_colours(student, reference, draw):
    """The result is an array, and without such a pixel one that has no rows."""
    photo = draw.noise() // 2
    grey = reference.call("to_grey", photo)
    level = int(grey[0, 0])
    rows = student.call("colours_behind", photo, grey, level)
    assert isinstance(rows, np.ndarray), (
        f"colours_behind(photo, grey, {level}) should be an array; what came is {expect.describe(rows)}. `np.array` makes one of a list; if the list is empty, `.reshape(-1, 3)` gives it the shape (0, 3)."
    )
    rows = student.call("colours_behind", photo, grey, 200)
    assert isinstance(rows, np.ndarray) and rows.ndim and len(rows) == 0, (
        f"No pixel has the level 200, so an array without rows should come back, such as one of shape (0, 3); what came is {expect.describe(rows)}."
    )


# -- three plates ---------------------------------------------------------------------------------------------------

RIM = 6
INSIDE = slice(RIM, -RIM)
PUSHES = [(down, right) for down in range(-RIM, RIM + 1) for right in range(-RIM, RIM + 1)]


def plates_of(draw, pushes, lighter=(0, 0, 0), sides=(48, 70)):
    """Three plates of one drawn scene that fit when they are pushed so, and the photo that they make (its rim is left out).

    lighter: how many levels lighter each plate is, all over. sides: of the plates, from the first up to the second.
    """
    height, width = draw.rng.choice(np.arange(*sides), 2, replace=False).tolist()
    rows, columns = height + 2 * RIM, width + 2 * RIM
    blocks = draw.rng.integers(0, 91, (rows // 3 + 1, columns // 3 + 1)).repeat(3, axis=0).repeat(3, axis=1)
    scene = blocks[:rows, :columns, np.newaxis] + draw.rng.integers(0, 16, (rows, columns, 3)) + np.array(lighter)
    scene = scene.astype(np.uint8)
    plates = [
        scene[RIM + down : RIM + down + height, RIM + right : RIM + right + width, layer].copy()
        for layer, (down, right) in enumerate(pushes)
    ]
    return plates, scene[RIM : RIM + height, RIM : RIM + width]


def photo_of_plates(student, plates):
    """The student's photo of three plates, of the right shape and of any number dtype."""
    shape = (*plates[0].shape, 3)
    what = f"colour_from_plates of three plates of shape {plates[0].shape}"
    return expect.array(student.call("colour_from_plates", *plates), what, shape=shape, kind="number")


def order_of(photo, scene):
    """In which order the layers of the photo are those of the scene, within the rim; (0, 1, 2) if none fits."""
    orders = (
        order
        for order in permutations(range(3))
        if np.array_equal(photo[INSIDE, INSIDE], scene[INSIDE, INSIDE][..., list(order)])
    )
    return next(orders, (0, 1, 2))


def push_in(layer, plate):
    """By how much a layer is its plate, pushed: (down, right), or None; the rim does not count."""
    reach = range(-2 * RIM, 2 * RIM + 1)
    found = (
        (down, right)
        for down in reach
        for right in reach
        if np.array_equal(np.roll(plate, (down, right), axis=(0, 1))[INSIDE, INSIDE], layer[INSIDE, INSIDE])
    )
    return next(found, None)


def levels_apart(one, two):
    return np.abs(one.astype(int) - two).mean()


def bytes_apart(one, two):
    return np.abs(one - two).mean()


def signed(one, two):
    return (one - one.mean() - two + two.mean()).mean()


def misfit(one, two):
    return np.abs(one - one.mean() - two + two.mean()).mean()


def is_best(push, measure, plate, still, pushes=PUSHES):
    """Whether a measure would choose this one of the pushes, taken over the whole grid or without the rim."""
    for part in ((slice(None),) * 2, (INSIDE, INSIDE)):
        by_push = {one: measure(np.roll(plate, one, axis=(0, 1))[part], still[part]) for one in pushes}
        if min(by_push, key=by_push.get) == push:
            return True
    return False


def cause_of_push(layer, push, plate, still, wanted, others):
    """Name what may have led to a wrong push, or ask."""
    if push is None and np.array_equal(np.sort(layer, axis=None), np.sort(plate, axis=None)):
        return "It has the levels of the plate, but moved otherwise than by a push. Does `np.roll` have its `axis`?"
    if push is None:
        return "Its levels should be those of the plate: means come off for the comparison only."

    def one_way(axis):
        """Whether it is pushed along the other axis only; not by pushes down and to the right alone."""
        return push[axis] == 0 != wanted[axis] and (wanted[axis] > 0 or min(push) < 0)

    def best_of_row(down):
        """Whether it is the best of the pushes by so many rows, where another row is wanted."""
        row = [one for one in PUSHES if one[0] == down]
        return push[0] == down != wanted[0] and is_best(push, misfit, plate, still, row)

    facts = {
        "Nothing was pushed.": push == (0, 0),
        "That goes the opposite way.": push == (-wanted[0], -wanted[1]),
        "That is the push of the other plate: each is off in its own way.": push == others,
        "That is the best push of the last row only. Does `smallest` begin once, before *both* loops?": best_of_row(
            RIM
        ),
        "That is the best push of the first row only. Does the `return` stand inside the loop?": best_of_row(-RIM),
        "Are -6 and 6 among the pushes, both ways? A `range` ends before its second number.": RIM in np.abs(wanted),
        "That is to the side only. Are both numbers of a push used, and does `np.roll` have its `axis`?": one_way(0),
        "That is up or down only. Are both numbers of a push used, and does `np.roll` have its `axis`?": one_way(1),
    }
    measures = {
        "That is the push with the *largest* misfit.": lambda one, two: -misfit(one, two),
        "A plate that is lighter everywhere than the green one stays so wherever it is pushed. Is each plate's own mean taken off?": levels_apart,
        "Was the difference taken in uint8? There, 3 − 5 is 254. Minus their means, the plates are floats.": bytes_apart,
        "In a mean, differences below and above 0 cancel out. Is it the mean of |a − b|?": signed,
    }
    last = {
        "That is the last push of all. Is the best one kept?": push == (RIM, RIM),
        "Are pushes up and to the left tried as well?": min(wanted) < 0 <= min(push),
    }
    for named in (facts, {cause: is_best(push, one, plate, still) for cause, one in measures.items()}, last):
        for cause, fits in named.items():
            if fits:
                return cause
    return "Is every push measured against the green plate, and the one with the smallest misfit kept?"


def put_together(student, plates, scene, pushes, kind):
    """Fail unless the photo holds each plate in its place; in which order they lie is another check's."""
    photo = photo_of_plates(student, plates)
    order = order_of(photo, scene)
    inside = scene[INSIDE, INSIDE][..., list(order)]
    if np.array_equal(photo[INSIDE, INSIDE], inside):
        return
    assert push_in(photo[:, :, 1], plates[1]) == (0, 0), (
        "Layer 1 of colour_from_plates should be the green plate as it was. In yours it is not: the green one stays, and the other two are pushed onto it."
    )
    for layer in (0, 2):
        push = push_in(photo[:, :, layer], plates[layer])
        if push == pushes[layer]:
            continue
        came = f"pushed by {push}" if push else "no pushed plate of this colour"
        cause = cause_of_push(photo[:, :, layer], push, plates[layer], plates[1], pushes[layer], pushes[2 - layer])
        raise AssertionError(
            f"{kind}, the {LAMPS[layer]} plate fits the green one when it is pushed by {pushes[layer]}, down and right; in yours it is {came}. {cause}"
        )


def drawn_pushes(draw, sizes):
    """Two pushes for the red and the blue plate, of these sizes (down, right, down, right) either way; the green plate has none."""
    signs = draw.rng.permutation([-1, 1, 1, -1])
    red, blue = (np.array(sizes) * signs).reshape(2, 2).tolist()
    return tuple(red), (0, 0), tuple(blue)


@pytest.mark.check("colour_from_plates", weight=1)
def test_red_and_blue_are_moved(student, draw):
    """The photo is made of the three plates, and the red and the blue one are moved, however far."""
    every = []
    for _ in range(2):
        pushes = drawn_pushes(draw, draw.rng.permutation([2, 3, 4, 5]))
        plates, scene = plates_of(draw, pushes, sides=(72, 84))
        photo = photo_of_plates(student, plates)
        moves = [moved_from(photo, place, plates) for place in (0, 2)]
        if None in moves or not np.array_equal(photo[INSIDE, INSIDE, 1], plates[1][INSIDE, INSIDE]):
            put_together(student, plates, scene, pushes, "Here")
        every += moves
    assert (0, 0) not in every, (
        "The red and the blue plate should be pushed, as far as it takes; in yours one stays as it came. Nothing was pushed."
    )
    always = every[0] and len(set(every)) == 1
    cause = "That is the last push of all: is the best one kept?" if every[0] == (RIM, RIM) else "Is it found for each?"
    assert not always, f"Each plate is off in its own way; in yours every one is pushed by {every[0]}. {cause}"


def moved_from(photo, place, plates):
    """By how much a layer of the photo is the red or the blue plate, pushed; "" if its levels lie otherwise; None if it is neither.

    A layer that has its mean off counts as its plate.
    """
    layer = photo[:, :, place]
    for plate in (plates[place], plates[2 - place]):
        push = push_in(layer, plate)
        if push is not None:
            return push
        if np.allclose(np.sort(layer - layer.min(), axis=None), np.sort(plate - plate.min(), axis=None)):
            return ""
    return None


@pytest.mark.check("colour_from_plates", weight=1)
def test_the_plates_are_pushed_onto_the_green_one(student, draw):
    """The red and the blue plate come to lie on the green one, with their own levels."""
    for _ in range(3):
        pushes = drawn_pushes(draw, draw.rng.permutation([2, 3, 4, 5]))
        plates, scene = plates_of(draw, pushes)
        put_together(student, plates, scene, pushes, "Here")


@pytest.mark.check("colour_from_plates", weight=2)
def test_a_plate_may_be_off_by_six(student, draw):
    """Every push is tried, up to 6 each way, and a plate that fits as it is stays."""
    far = [((6, -6), (-6, 6)), ((-6, -6), (6, 6)), ((0, 6), (0, 0)), ((-6, 0), (0, 1))]
    for red, blue in draw.rng.permutation(far).tolist():
        pushes = tuple(red), (0, 0), tuple(blue)
        plates, scene = plates_of(draw, pushes)
        put_together(student, plates, scene, pushes, "Here")


@pytest.mark.check("colour_from_plates", weight=2)
def test_a_lighter_plate_finds_its_place(student, draw):
    """A plate that is lighter, or darker, everywhere than the green one is pushed as far."""
    for lighter in ((120, 0, 0), (0, 0, 140), (0, 130, 0)):
        pushes = drawn_pushes(draw, (1, 2, 2, 1))
        plates, scene = plates_of(draw, pushes, lighter)
        put_together(student, plates, scene, pushes, "Where plates differ in brightness")


@pytest.mark.check("colour_from_plates", weight=1)
def test_the_photo_of_the_plates_is_in_rgb_order(student, draw):
    """The red plate is layer 0, the green one layer 1, the blue one layer 2."""
    plates, scene = plates_of(draw, drawn_pushes(draw, (1, 2, 2, 1)))
    order = order_of(photo_of_plates(student, plates), scene)
    names = ", ".join(LAMPS[layer] for layer in order)
    assert order == (0, 1, 2), f"The layers of the photo should be red, green, blue; yours are {names}."


@pytest.mark.check("colour_from_plates", weight=1)
def test_the_photo_of_the_plates_is_uint8(student, draw):
    """The photo has the dtype of the plates."""
    plates, _ = plates_of(draw, drawn_pushes(draw, (1, 2, 2, 1)))
    expect.array(
        student.call("colour_from_plates", *plates), "colour_from_plates(red, green, blue)", dtype="uint8",
        why="Floats are for the comparison. The photo is made of the plates as they came.",
    )  # fmt: skip
