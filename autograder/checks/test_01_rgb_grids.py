"""Hidden checks of lesson 1: grey and RGB grids, split and merge, masks, lightening, luma, scaling, counting colours."""

import numpy as np
import pytest

from autograder import expect

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"

# -- one grid -------------------------------------------------------------------------------------------------------


def ramp_of(student, height, width):
    """The student's ramp as rows of numbers, whatever its dtype and however many rows it has."""
    ramp = expect.array(student.call("grey_ramp", height, width), f"grey_ramp({height}, {width})", kind="number")
    assert ramp.ndim == 2 and ramp.shape[1] == width and len(ramp), (
        f"grey_ramp({height}, {width}) should have {width} columns; yours has the shape {ramp.shape}. Shapes are (rows, columns)."
    )
    return ramp.astype(float)


@pytest.mark.check("grey_ramp", weight=2)
def test_steps_are_even(student, draw):
    """The levels rise evenly, for narrow ramps and for wide ones."""
    for width in (2, 3, *draw.rng.integers(10, 60, 2).tolist(), int(draw.rng.integers(300, 600))):
        row = ramp_of(student, 3, width)[0]
        step = (row[-1] - row[0]) / (width - 1)
        exact = row[0] + step * np.arange(width)
        why = "Each pixel should be one even step brighter than its left neighbour, and less than a level off from that."
        expect.close(row[np.newaxis], exact[np.newaxis], f"A row of grey_ramp(3, {width})", atol=1.01, why=why)
        assert row[-1] > row[0], f"A row of grey_ramp(3, {width}) should rise from left to right; yours goes from {row[0]:g} to {row[-1]:g}."


@pytest.mark.check("grey_ramp", weight=1)
def test_a_ramp_reaches_both_ends(student, draw):
    """The leftmost pixel is 0 and the rightmost 255."""
    for width in (2, int(draw.rng.integers(3, 12)), int(draw.rng.integers(100, 300))):
        row = ramp_of(student, 2, width)[0]
        assert row[0] == 0 and row[-1] == 255, (
            f"A row of grey_ramp(2, {width}) should go from 0 to 255, both included; yours goes from {row[0]:g} to {row[-1]:g}."
        )


@pytest.mark.check("grey_ramp", weight=1)
def test_a_ramp_has_as_many_rows_as_its_height(student, draw):
    """The shape is (height, width), and all rows are the same."""
    drawn = draw.sides()
    for height, width in (drawn, (1, drawn[1])):
        ramp = ramp_of(student, height, width)
        assert ramp.shape == (height, width), f"grey_ramp({height}, {width}) should have the shape {(height, width)}; yours has {ramp.shape}."
        assert (ramp == ramp[0]).all(), f"All rows of grey_ramp({height}, {width}) should be the same; yours differ."


@pytest.mark.check("grey_ramp", weight=1)
def test_a_ramp_is_uint8(student, draw):
    """The levels are 8-bit whole numbers."""
    width = draw.sides()[1]
    expect.array(
        student.call("grey_ramp", 2, width), f"grey_ramp(2, {width})", dtype="uint8",
        why="np.rint rounds, but what it gives is still float. The dtype is a step of its own.",
    )  # fmt: skip


# -- three grids ----------------------------------------------------------------------------------------------------


def measured(student, picture):
    """The three numbers of the student's measure, as whole numbers."""
    size = expect.sequence(student.call("measure", picture), f"measure of an array of shape {picture.shape}", length=3)
    return [expect.number(value, "each of the three results", integer=True) for value in size]


@pytest.mark.check("measure", weight=1)
def test_width_comes_before_height(student, draw):
    """Width first, then height, for photos whose sides differ."""
    photo = draw.photo()
    height, width = photo.shape[:2]
    got = measured(student, photo)[:2]
    assert got == [width, height], (
        f"A photo of shape {photo.shape} has {height} rows and {width} columns, so it is {width} wide and {height} high; "
        f"yours says {got[0]} wide and {got[1]} high."
    )


@pytest.mark.check("measure", weight=1)
def test_a_grey_photo_has_one_layer(student, draw):
    """An array of shape (H, W) is one layer, as wide and as high as it was in colour."""
    photo = draw.photo()
    for columns in (photo.shape[1], 4, 3):
        colour = photo[:, :columns]
        grey = colour[:, :, 1]
        *sides, layers = measured(student, grey)
        assert layers == 1, f"A grey photo of shape {grey.shape} has one layer; yours says {layers}. Its shape has two numbers, not three."
        before = measured(student, colour)[:2]
        assert sides == before, (
            f"One layer of a photo is as wide and as high as the photo. In colour, {colour.shape}, yours says {before[0]} wide and {before[1]} high; "
            f"in grey, {grey.shape}, {sides[0]} wide and {sides[1]} high. Rows come first in both shapes."
        )


@pytest.mark.check("measure", weight=1)
def test_layers_are_counted(student, draw):
    """A colour photo has three layers, one with transparency four."""
    photo = draw.noise()
    for picture in (photo, np.dstack([photo, photo[:, :, 0]])):
        wanted = picture.shape[2]
        layers = measured(student, picture)[2]
        assert layers == wanted, f"A photo of shape (H, W, {wanted}) has {wanted} layers; yours says {layers}. Is the number read from the shape?"


@pytest.mark.check("pixel_at", weight=2)
def test_x_counts_columns_and_y_rows(student, draw):
    """The pixel x columns from the left, y rows from the top."""
    photo = np.sort(draw.noise(), axis=2)
    height, width = photo.shape[:2]
    places = [(width - 1, 0), (0, height - 1), (width - 1, height - 1), (1, 0)]
    places += [(int(draw.rng.integers(width)), int(draw.rng.integers(height))) for _ in range(5)]
    for x, y in places:
        what = f"pixel_at(photo, x={x}, y={y}) of a photo {width} wide and {height} high"
        got = [expect.number(value, "each of the three numbers") for value in expect.sequence(student.call("pixel_at", photo, x, y), what, length=3)]
        assert sorted(got) == photo[y, x].tolist(), (
            f"{what} should hold the numbers {photo[y, x].tolist()} (here sorted by size); yours are {sorted(got)}. Which of x and y is the row, and where does counting start?"
        )


@pytest.mark.check("pixel_at", weight=1)
def test_a_pixel_is_red_green_blue(student, draw):
    """The three numbers come in the order of the layers."""
    colour = draw.rng.choice(np.arange(256), 3, replace=False).astype(np.uint8)
    photo = np.full((7, 7, 3), colour)
    got = [expect.number(value, "each of the three numbers") for value in expect.sequence(student.call("pixel_at", photo, 3, 3), "pixel_at(photo, 3, 3)", length=3)]
    assert got == colour.tolist(), f"In a photo that is {colour.tolist()} everywhere, yours reads {got}. Red is layer 0, green 1, blue 2."


@pytest.mark.check("split_rgb", weight=2)
def test_grids_come_in_the_order_red_green_blue(student, draw):
    """Layer 0 is red, 1 green, 2 blue, number for number."""
    photo = draw.noise()
    height, width = photo.shape[:2]
    grids = expect.sequence(student.call("split_rgb", photo), "split_rgb(photo)", length=3)
    for layer, (name, grid) in enumerate(zip(("red", "green", "blue"), grids, strict=True)):
        expect.array(grid, f"the {name} grid")
        assert grid.size == height * width, f"The {name} grid should hold one number a pixel, {height * width}; yours holds {grid.size}."
        expect.close(grid.reshape(height, width), photo[:, :, layer], f"the {name} grid", why="Red is layer 0, green 1, blue 2, with the numbers as they are.")


@pytest.mark.check("split_rgb", weight=1)
def test_each_grid_has_two_axes(student, draw):
    """Each grid has the shape (H, W), not (H, W, 1)."""
    photo = draw.photo()
    grids = expect.sequence(student.call("split_rgb", photo), "split_rgb(photo)", length=3)
    for name, grid in zip(("red", "green", "blue"), grids, strict=True):
        expect.array(grid, f"the {name} grid", shape=photo.shape[:2], why="A single number as index drops the axis; a slice such as 0:1 keeps it.")


@pytest.mark.check("split_rgb", weight=1)
def test_thin_photos_split_like_any_other(student, draw):
    """One row, one column, one pixel: the sides stay."""
    for height, width in ((1, 7), (6, 1), (1, 1)):
        photo = draw.noise(height, width)
        what = f"split_rgb of a photo of {height} × {width}"
        for grid in expect.sequence(student.call("split_rgb", photo), what, length=3):
            expect.array(grid, f"each grid of {what}")
            sides = (*grid.shape, None, None)[:2]
            assert sides == (height, width), (
                f"Each grid of a {height} × {width} photo should begin with the sides ({height}, {width}); yours has the shape {grid.shape}. "
                "`squeeze` and its like also drop a side that happens to be 1."
            )


def alone_of(student, photo, layer):
    """The student's picture with one layer, of the right shape and of any number dtype."""
    return expect.array(student.call("only_layer", photo, layer), f"only_layer(photo, {layer})", shape=photo.shape, kind="number")


@pytest.mark.check("only_layer", weight=2)
def test_the_named_layer_keeps_its_numbers_and_place(student, draw):
    """Layer 0, 1 or 2 stays where it was."""
    photo = draw.photo()
    for layer, name in enumerate(("red", "green", "blue")):
        alone = alone_of(student, photo, layer)
        expect.close(alone[:, :, layer], photo[:, :, layer], f"Layer {layer} of only_layer(photo, {layer})", why=f"It is the {name} layer that should stay, in its own place.")


@pytest.mark.check("only_layer", weight=1)
def test_the_other_lamps_are_off(student, draw):
    """Two of the three layers are zero."""
    photo = np.maximum(draw.noise(), 1)
    for layer in range(3):
        alone = alone_of(student, photo, layer)
        lit = [place for place in range(3) if alone[:, :, place].any()]
        assert len(lit) <= 1, f"In only_layer(photo, {layer}) one layer may hold light; in yours the layers {lit} do. The two others should be all zero."


@pytest.mark.check("only_layer", weight=1)
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
            f"After only_layer(photo, {layer}) the photo held other numbers than before. `result = photo` is a second name for the same array, not a copy."
        )


@pytest.mark.check("merge_rgb", weight=2)
def test_merged_grids_are_in_rgb_order(student, draw):
    """Split and merged, a photo is the same again."""
    photo = draw.photo()
    red, green, blue = (photo[:, :, layer].copy() for layer in range(3))
    merged = expect.array(student.call("merge_rgb", red, green, blue), "merge_rgb(red, green, blue)", shape=photo.shape, kind="number")
    expect.close(merged, photo, "merge_rgb(red, green, blue)", why="Red goes into layer 0, green into 1, blue into 2; layers lie along the last axis.")


@pytest.mark.check("merge_rgb", weight=1)
def test_merging_keeps_the_dtype(student, draw):
    """The dtype of the grids stays, and their numbers as they came: whole ones, and floats with their fractions."""
    merged = student.call("merge_rgb", *np.moveaxis(draw.noise(), 2, 0))
    expect.array(merged, "merge_rgb of three uint8 grids", dtype="uint8", why="Was a canvas made without a dtype, or was something divided?")
    for dtype in ("float64", "float32", "uint16", "int64"):
        low, high = (-0.5, 1.5) if dtype.startswith("float") else (0, 60_000)
        grids = draw.rng.uniform(low, high, (3, 5, 9)).astype(dtype)
        merged = expect.array(student.call("merge_rgb", *grids), f"merge_rgb of three {dtype} grids", dtype=dtype, why="The dtype of the grids should stay.")
        why = "The numbers should stay as they came, also small fractions, and what lies outside of 0 to 1 or 0 to 255."
        expect.close(np.sort(merged, axis=None), np.sort(grids, axis=None), f"The merged {dtype} numbers, sorted by size,", why=why)


@pytest.mark.check("merge_rgb", weight=1)
def test_thin_grids_merge_like_any_other(student, draw):
    """One row, one column, one pixel: the result is still (H, W, 3)."""
    for height, width in ((1, 7), (6, 1), (1, 1)):
        grids = draw.rng.integers(0, 256, (3, height, width), dtype=np.uint8)
        what = f"merge_rgb of three grids of {height} × {width}"
        merged = expect.array(student.call("merge_rgb", *grids), what)
        assert merged.shape == (height, width, 3), f"{what} should have the shape ({height}, {width}, 3); yours has {merged.shape}. `squeeze` also drops a side that happens to be 1."


# -- what a grid holds ----------------------------------------------------------------------------------------------


def drawn_mask(draw, photo):
    """A random mask with at least one True and one False."""
    mask = draw.rng.random(photo.shape[:2]) < draw.rng.uniform(0.1, 0.6)
    mask[0, 0], mask[-1, -1] = True, False
    return mask


def means_of(student, photo, mask):
    """The student's three means, as floats."""
    means = expect.sequence(student.call("layer_means", photo, mask), f"layer_means(photo, mask), with {mask.sum()} of {mask.size} pixels under the mask,", length=3)
    return np.array([expect.number(value, "each of the three means") for value in means])


@pytest.mark.check("layer_means", weight=2)
def test_only_pixels_under_the_mask_count(student, draw):
    """The three means under a random mask, sorted by size."""
    for photo in (np.maximum(draw.photo(), 1), np.maximum(draw.noise(90, 100), 1)):
        mask = drawn_mask(draw, photo)
        why = f"{mask.sum()} of the {mask.size} pixels lie under the mask. Only these are averaged, each layer by itself, without rounding."
        expect.close(np.sort(means_of(student, photo, mask)), np.sort(photo[mask].mean(axis=0)), "The three means, sorted by size,", atol=0.01, why=why)


@pytest.mark.check("layer_means", weight=1)
def test_means_come_in_rgb_order(student, draw):
    """The mean red comes first, then green, then blue."""
    colour = draw.rng.permutation([40, 130, 220]).astype(np.uint8)
    photo = np.full((5, 8, 3), colour)
    got = means_of(student, photo, drawn_mask(draw, photo))
    assert (np.argsort(got) == np.argsort(colour)).all(), (
        f"The three means of a photo that is {colour.tolist()} everywhere should be large and small in this order; yours are {np.round(got, 2).tolist()}."
    )


@pytest.mark.check("layer_means", weight=1)
def test_black_pixels_count_under_the_mask(student, draw):
    """A black pixel under the mask takes part in the mean."""
    photo = draw.noise()
    photo[2:6, 1:5] = 0
    mask = np.ones(photo.shape[:2], dtype=bool)
    why = "Here the mask is True everywhere, and sixteen of the pixels are black: they count. Are pixels picked by the mask, or by being above zero?"
    expect.close(np.sort(means_of(student, photo, mask)), np.sort(photo.mean(axis=(0, 1))), "The three means, sorted by size,", atol=0.01, why=why)
    one = np.zeros_like(mask)
    one[3, 2] = True
    why = "Here the mask is True at one pixel. That is enough for three means."
    expect.close(means_of(student, np.zeros_like(photo), one), np.zeros(3), "The three means of one pixel of a black photo", atol=0.01, why=why)


def lightened(student, photo, layer, amount):
    """The student's lightened photo, of the right shape and of any number dtype."""
    return expect.array(student.call("lighten", photo, layer, amount), f"lighten(photo, {layer}, {amount})", shape=photo.shape, kind="number")


@pytest.mark.check("lighten", weight=2)
def test_the_two_others_rise(student, draw):
    """Both other layers rise by the amount, where there is room; the result is uint8."""
    photo = draw.photo() // 2
    for layer in range(3):
        amount = int(draw.rng.integers(20, 120))
        what = f"lighten(photo, {layer}, {amount})"
        result = expect.array(student.call("lighten", photo, layer, amount), what, shape=photo.shape, dtype="uint8", why="After the sum and the clipping, back to uint8.")
        for other in {0, 1, 2} - {layer}:
            expect.close(result[:, :, other], photo[:, :, other] + np.uint8(amount), f"Layer {other} of {what}", why="Every number of this layer should be larger by the amount.")


@pytest.mark.check("lighten", weight=1)
def test_the_named_layer_stays(student, draw):
    """The layer that is named keeps its numbers."""
    photo = draw.noise()
    for layer in range(3):
        result = lightened(student, photo, layer, 70)
        expect.close(result[:, :, layer], photo[:, :, layer], f"Layer {layer} of lighten(photo, {layer}, 70)", why="This layer should stay; the others rise.")


@pytest.mark.check("lighten", weight=2)
def test_light_stops_at_255(student, draw):
    """What would be more than 255 is 255, and does not start again at 0."""
    photo = draw.noise()
    photo[0, :3] = 255, 254, 250
    for layer, amount in ((0, 255), (1, int(draw.rng.integers(60, 200))), (2, 1), (1, 0)):
        result = lightened(student, photo, layer, amount)
        others = [place for place in range(3) if place != layer]
        wanted = np.minimum(photo[:, :, others].astype(int) + amount, 255)
        why = "255 is the end of the scale, and with an amount of 0 nothing rises. A small number where 255 is wanted: was the sum taken, or handed back to uint8, before it was clipped?"
        expect.close(result[:, :, others], wanted, f"The two other layers of lighten(photo, {layer}, {amount})", why=why)


@pytest.mark.check("lighten", weight=1)
def test_lighten_leaves_the_photo_alone(student, draw):
    """The photo that was handed in is unchanged afterwards."""
    photo = draw.noise()
    for layer in range(3):
        after, *_ = student.arguments_after("lighten", photo, layer, 90)
        assert isinstance(after, np.ndarray) and np.array_equal(after, photo), (
            f"After lighten(photo, {layer}, 90) the photo held other numbers than before. Write into a new array, not into `photo`."
        )


# -- grey, and the 0–1 scale ----------------------------------------------------------------------------------------


def grey_of(student, photo):
    """The student's grey grid, of the right shape and of any number dtype."""
    return expect.array(student.call("to_grey", photo), "to_grey(photo)", shape=photo.shape[:2], kind="number")


@pytest.mark.check("to_grey", weight=3)
def test_each_layer_has_its_weight(student, draw):
    """0.2125 red + 0.7154 green + 0.0721 blue, within one level."""
    for photo in (draw.photo(), draw.noise()):
        photo = np.minimum(photo, 250)
        photo[0, :3] = np.eye(3) * 250
        luma = photo @ np.array([0.2125, 0.7154, 0.0721])
        grey = grey_of(student, photo).astype(float)
        worst = np.unravel_index(np.argmax(np.abs(grey - luma)), luma.shape)
        expect.close(
            grey, luma, "to_grey(photo)", atol=1.01,
            why=f"The pixel there is {photo[worst].tolist()}. Which weight goes with which layer, and is the sum taken in a dtype that has room?",
        )  # fmt: skip


@pytest.mark.check("to_grey", weight=1)
def test_the_ends_stay_where_they_are(student):
    """Black stays black, and white does not wrap round."""
    photo = np.zeros((2, 3, 3), dtype=np.uint8)
    photo[0] = 255
    grey = grey_of(student, photo)
    expect.close(grey[0], np.full(3, 255), "The grey of white, (255, 255, 255),", atol=1.01, why="The weights add up to 1, so white stays white. Did something go past 255?")
    expect.close(grey[1], np.zeros(3), "The grey of black, (0, 0, 0),", atol=0, why="A weighted sum of zeros is zero.")


@pytest.mark.check("to_grey", weight=1)
def test_grey_is_uint8(student, draw):
    """A grey photo has 8-bit levels."""
    expect.array(
        student.call("to_grey", draw.photo()), "to_grey(photo)", dtype="uint8",
        why="The weighted sum is float. The dtype is a step of its own, at the end.",
    )  # fmt: skip


@pytest.mark.check("to_unit", weight=1)
def test_255_becomes_one(student, draw):
    """Levels become floats between 0 and 1, for grey, for colour, for arrays of any shape."""
    photo = draw.noise()
    photo[0, 0] = 0, 1, 255
    for levels in (photo, np.ascontiguousarray(photo[:, :, 2]), photo[0, :, 2].copy(), photo[np.newaxis]):
        unit = expect.array(student.call("to_unit", levels), f"to_unit of levels of shape {levels.shape}", shape=levels.shape, kind="float")
        expect.close(unit, levels / 255, f"to_unit of levels of shape {levels.shape}", atol=0.0011, why="0 becomes 0, and the highest level, 255, becomes 1.")


@pytest.mark.check("to_unit", weight=1)
def test_dark_photos_stay_dark(student, draw):
    """The scale is that of 255 levels, whatever the photo's largest level is."""
    for darker in (4, 128):
        photo = draw.noise() // darker
        unit = expect.array(student.call("to_unit", photo), "to_unit of a dark photo", shape=photo.shape, kind="number")
        expect.close(unit, photo / 255, "to_unit of a dark photo", atol=0.0011, why=f"Its largest level is {photo.max()}. Is the scale taken from the photo? It is always 255.")


def bytes_of(student, unit, what):
    """The student's levels, of the right shape and of any number dtype."""
    return expect.array(student.call("to_bytes", unit), what, shape=unit.shape, kind="number")


@pytest.mark.check("to_bytes", weight=2)
def test_to_the_nearest_level(student, draw):
    """Every float goes to the nearest level, in arrays of any shape."""
    for shape in ((draw.sides()), (*draw.sides(), 3), (9,)):
        levels = draw.rng.integers(1, 255, shape)
        unit = (levels + draw.rng.uniform(-0.45, 0.45, shape)) / 255
        what = f"to_bytes of floats of shape {unit.shape}"
        expect.close(bytes_of(student, unit, what), levels, what, why="255 × the float, to the nearest whole number: cutting off is up to a level too low.")
    levels = np.arange(256)
    for dtype in ("float32", "float64"):
        what = f"to_bytes of all 256 levels, divided by 255 as {dtype},"
        unit = levels.astype(dtype) / np.dtype(dtype).type(255)
        expect.close(bytes_of(student, unit, what), levels, what, why="Each level should come home as itself.")


@pytest.mark.check("to_bytes", weight=1)
def test_what_got_out_of_range_is_clipped(student, draw):
    """Below 0 becomes 0, above 1 becomes 255, near the range and far from it."""
    far = np.concatenate([draw.rng.uniform(0.01, 0.9, (4, 6)), draw.rng.uniform(130, 250, (1, 6))])
    why = "uint8 starts again after 255 and before 0, and int16 has an end too. The range has to be mended before the dtype changes."
    what = "to_bytes of floats above 1"
    expect.close(bytes_of(student, 1 + far, what), np.full(far.shape, 255), what, why=why)
    what = "to_bytes of floats below 0"
    expect.close(bytes_of(student, -far, what), np.zeros(far.shape), what, why=why)


@pytest.mark.check("to_bytes", weight=1)
def test_bytes_are_uint8(student, draw):
    """The levels are 8-bit whole numbers."""
    expect.array(
        student.call("to_bytes", draw.rng.random((5, 8))), "to_bytes(unit)", dtype="uint8",
        why="np.rint and np.round give floats. The dtype is the last step.",
    )  # fmt: skip


# -- colours --------------------------------------------------------------------------------------------------------


def count_of(student, photo):
    """The student's count, as a whole number."""
    return expect.number(student.call("count_colours", photo), "count_colours(photo)", integer=True)


@pytest.mark.check("count_colours", weight=2)
def test_a_colour_that_comes_again_counts_once(student, draw):
    """Colours are counted, not pixels."""
    number = int(draw.rng.integers(5, 30))
    steps = np.sort(draw.rng.choice(np.arange(84), number, replace=False))
    palette = np.stack([steps, steps + 85, steps + 170], axis=-1).astype(np.uint8)
    for number in (len(palette), 1):
        picked = draw.rng.integers(0, number, draw.sides())
        picked.flat[:number] = np.arange(number)
        count = count_of(student, palette[picked])
        assert count == number, (
            f"A photo of {picked.shape[0]} × {picked.shape[1]} pixels, painted with {number} colours: yours counts {count}. "
            "The same triple in two places is one colour."
        )


@pytest.mark.check("count_colours", weight=1)
def test_the_order_of_a_triple_matters(student, draw):
    """(10, 20, 30) and (30, 20, 10) are two colours."""
    one, two, three = np.cumsum(draw.rng.integers([10, 10, 60], [20, 50, 100])).tolist()
    orders = [(one, two, three), (one, three, two), (two, one, three), (two, three, one), (three, one, two), (three, two, one)]
    count = count_of(student, np.array([orders], dtype=np.uint8))
    assert count == 6, f"The three numbers {one}, {two}, {three} in all six orders are six colours; yours counts {count}. A colour is a triple, order included."


@pytest.mark.check("count_colours", weight=1)
def test_near_colours_stay_apart(student, draw):
    """Different triples are different colours, however alike: one level apart, as bright, of the same digits."""
    levels = np.arange(256)
    for what, colours in (
        ("some one level apart", np.stack(np.meshgrid(np.arange(12), [20, 21, 22], [253, 254, 255]), axis=-1)),
        ("many with two numbers in common", [(7, 21, 0), *((7, 20, v) for v in levels), (0, 31, 9), *((v, 30, 9) for v in levels)]),
        ("of the digits 1 and 2", draw.rng.choice([1, 2, 11, 12, 21, 22, 111, 112, 121, 122, 211, 212, 221, 222], (900, 3))),
        ("random", draw.noise(80, 80)),
    ):
        colours = np.uint8(colours).reshape(-1, 3)
        _, picked = np.unique(np.sort(colours, axis=1), axis=0, return_index=True)
        count = count_of(student, colours[picked][np.newaxis])
        assert count == len(picked), (
            f"{len(picked)} pixels, all different, {what}: yours counts {count}. If you make one number or one text out of three numbers, "
            "different triples must never make the same one."
        )


def colours_of(student, photo, grey, level):
    """The student's colours as an integer array (n, 3)."""
    what = f"colours_behind(photo, grey, {level})"
    rows = expect.array(student.call("colours_behind", photo, grey, level), what, shape=(None, 3), kind="number")
    assert len(rows) <= grey.size, f"{what} gives {len(rows)} colours, and the photo has {grey.size} pixels only."
    return rows


def same_set(rows, wanted, what, why):
    """Fail unless both have the same rows, however often and in whatever order."""
    came, wanted = (set(map(tuple, array.tolist())) for array in (rows, wanted))
    more, fewer = sorted(came - wanted), sorted(wanted - came)
    surplus = f" {list(more[0])} should not be there." if more else ""
    missing = f" {list(fewer[0])} is missing." if fewer else ""
    assert not more and not fewer, f"{what} should have {len(wanted)} different colours; yours has {len(came)}.{surplus}{missing} {why}"


@pytest.mark.check("colours_behind", weight=2)
def test_the_level_must_be_exact(student, reference, draw):
    """The colours of the pixels with this level, and of no others."""
    photo = draw.photo()
    grey = reference.call("to_grey", photo)
    for level in draw.rng.choice(np.unique(grey), 3).tolist():
        why = "Only pixels whose grey is exactly the level count, all of them."
        same_set(colours_of(student, photo, grey, level), photo[grey == level], f"colours_behind(photo, grey, {level})", why)


@pytest.mark.check("colours_behind", weight=1)
def test_every_colour_comes_once(student, draw):
    """No row comes twice."""
    photo = draw.rng.choice(np.array([0, 120, 250], dtype=np.uint8), (15, 20, 3))
    grey = np.full((15, 20), 80, dtype=np.uint8)
    grey[::2] = 160
    for level in (80, 160):
        rows = colours_of(student, photo, grey, level)
        different = len(np.unique(rows, axis=0))
        assert len(rows) == different, f"colours_behind(photo, grey, {level}) has {len(rows)} rows, but only {different} different ones. Every colour should come once."


@pytest.mark.check("colours_behind", weight=1)
def test_the_grey_that_is_given_counts(student, draw):
    """Another recipe for grey gives other colours."""
    photo = draw.noise()
    photo[:2, :2] = 0
    grey = (photo.mean(axis=2) // 40 * 40).astype(np.uint8)
    grey[:2, :2] = 80
    for level in (80, 120):
        why = "This grey was made by another recipe than yours: use the grid that is handed in. There a black pixel may have any level, too."
        same_set(colours_of(student, photo, grey, level), photo[grey == level], f"colours_behind(photo, grey, {level})", why)


@pytest.mark.check("colours_behind", weight=1)
def test_a_level_that_is_nowhere_has_no_colours(student, reference, draw):
    """Without such a pixel, the array has no rows."""
    photo = draw.noise() // 2
    grey = reference.call("to_grey", photo)
    rows = student.call("colours_behind", photo, grey, 200)
    assert isinstance(rows, np.ndarray) and rows.ndim and len(rows) == 0, (
        f"No pixel has the level 200, so an array without rows should come back; what came is {expect.describe(rows)}."
    )
