"""Hidden checks of lesson 3: the division by 128, batches, the guard, tanh, losses and rulers, the ReLU ending."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from autograder import expect

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


def ab_like(draw, height=None, width=None, reach=90.0):
    """Random a and b with fractions and signs, (H, W, 2), of sides that differ."""
    sides = draw.noise(height, width).shape[:2]
    return draw.rng.uniform(-reach, reach, (*sides, 2))


def whole_ab(draw):
    """Random whole numbers of a and b, (H, W, 2), as floats."""
    return np.rint(ab_like(draw))


def left_alone(student, name, array, why):
    """The array that was handed in holds the same numbers after the call, as float64 and as float32."""
    for dtype in ("float64", "float32"):
        before = array.astype(dtype)
        after = student.arguments_after(name, before)[0]
        assert isinstance(after, np.ndarray) and np.array_equal(after, before), f"After {name}(…) the {dtype} array that was handed in held other numbers than before. {why}"


# -- one scale ------------------------------------------------------------------------------------------------------


@pytest.mark.check("normalize_ab", weight=2)
def test_every_number_is_divided_by_128(student, draw):
    """Each a and b of a photo is divided by 128, in any shape that ends in 2."""
    whole = ab_like(draw)
    whole[0, 0] = 98.23, -107.86
    for ab in (whole, whole[np.newaxis], whole[0], whole[0, 0]):
        got = expect.array(student.call("normalize_ab", ab), "normalize_ab(ab)", shape=ab.shape)
        expect.close(got, ab / 128, "normalize_ab(ab)", atol=1e-5, why="The divisor is 128, for a and for b, and fractions are kept.")


@pytest.mark.check("normalize_ab", weight=1)
def test_pale_photos_are_divided_too(student, draw):
    """A photo that is almost grey is divided by 128 like any other."""
    ab = ab_like(draw, reach=0.9)
    got = expect.array(student.call("normalize_ab", ab), "normalize_ab(ab)", shape=ab.shape)
    why = "Small numbers do not mean that somebody divided already: the scale does not depend on what the photo holds."
    expect.close(got, ab / 128, "normalize_ab of an almost grey photo", atol=1e-5, why=why)


@pytest.mark.check("normalize_ab", weight=1)
def test_normalize_leaves_its_input_alone(student, draw):
    """The array that was handed in is unchanged afterwards."""
    left_alone(student, "normalize_ab", ab_like(draw), "`/=` writes into its array; `/` makes a new one.")


@pytest.mark.check("denormalize_ab", weight=2)
def test_every_number_comes_back_times_128(student, draw):
    """Each number of Y is multiplied by 128, in float64 and float32, in any shape that ends in 2."""
    whole = whole_ab(draw)
    whole[0, 0] = 128, -128
    for dtype, ab in ((np.float64, whole), (np.float32, whole), (np.float32, whole[np.newaxis]), (np.float64, whole[0]), (np.float64, whole[0, 0])):
        got = expect.array(student.call("denormalize_ab", (ab / 128).astype(dtype)), "denormalize_ab(Y)", shape=ab.shape)
        expect.close(got, ab, "denormalize_ab(Y)", atol=1e-3, why="What undoes the division of exercise 3.1?")


@pytest.mark.check("denormalize_ab", weight=1)
def test_fractions_of_a_lab_unit_stay(student, draw):
    """Nothing is rounded or cut off on the way back."""
    Y = ab_like(draw, reach=0.99)
    got = expect.array(student.call("denormalize_ab", Y), "denormalize_ab(Y)", shape=Y.shape)
    expect.close(got, 128 * Y, "denormalize_ab(Y)", atol=1e-3, why="Lab units have fractions: is something rounded, or an integer dtype in play?")


@pytest.mark.check("denormalize_ab", weight=1)
def test_denormalize_leaves_its_input_alone(student, draw):
    """The array that was handed in is unchanged afterwards."""
    left_alone(student, "denormalize_ab", ab_like(draw, reach=0.9), "`*=` writes into its array; `*` makes a new one.")


# -- batches --------------------------------------------------------------------------------------------------------


@pytest.mark.check("to_x", weight=2)
def test_each_lightness_is_at_its_place_in_x(student, draw):
    """X has the shape (1, H, W, 1), and row r, column c of L stands at [0, r, c, 0], unscaled."""
    L = rgb2lab(draw.photo())[:, :, 0]
    L[0, 0], L[-1, -1] = 0, 100
    X = expect.array(student.call("to_x", L), "to_x(L)", shape=(1, *L.shape, 1), why="Photos, rows, columns, channels; no axis changes its place.")
    expect.close(X[0, :, :, 0], L, "X[0, :, :, 0]", atol=1e-3, why="L goes in as it is, from 0 to 100, in its own rows and columns.")


@pytest.mark.check("to_x", weight=1)
def test_x_is_float32(student, draw):
    """X has the dtype float32, whether L comes as float64 or as float32."""
    L = draw.rng.uniform(0, 100, draw.sides())
    for dtype in (np.float64, np.float32):
        why = "rgb2lab gives float64 for most photos; `.astype` changes a dtype."
        expect.array(student.call("to_x", L.astype(dtype)), f"to_x of a {np.dtype(dtype).name} grid", dtype="float32", why=why)


@pytest.mark.check("to_x", weight=1)
def test_thin_grids_keep_their_axes_in_x(student, draw):
    """A grid of one row, one column or one pixel is packed like any other."""
    for height, width in ((1, 7), (5, 1), (1, 1)):
        L = draw.rng.uniform(0, 100, (height, width))
        expect.array(
            student.call("to_x", L), f"to_x of a {height} × {width} grid", shape=(1, height, width, 1),
            why="`squeeze` and its like also drop a side that happens to be 1.",
        )  # fmt: skip


SCALE_FIRST = "If exercise 3.1 is not right yet, mend that first."


@pytest.mark.check("to_y", weight=2)
def test_each_colour_is_at_its_place_in_y(student, draw):
    """Y has the shape (1, H, W, 2), and a and b of a pixel, divided by 128, stand at [0, r, c]."""
    ab = rgb2lab(draw.photo())[:, :, 1:] + ab_like(draw, 1, 1, reach=5.0)
    Y = expect.array(student.call("to_y", ab), "to_y(ab)", shape=(1, *ab.shape), why="Photos, rows, columns, channels: one axis is missing, and none changes its place.")
    why = f"Divided by 128, a first, each pixel in its own row and column. {SCALE_FIRST}"
    expect.close(Y[0], ab / 128, "Y[0]", atol=1e-5, why=why)


@pytest.mark.check("to_y", weight=1)
def test_y_is_float32(student, draw):
    """Y has the dtype float32, whether ab comes as float64 or as float32."""
    for dtype in (np.float64, np.float32):
        Y = student.call("to_y", ab_like(draw).astype(dtype))
        expect.array(Y, f"to_y of a {np.dtype(dtype).name} array", dtype="float32", why="Networks compute in float32; `.astype` changes a dtype.")


@pytest.mark.check("to_y", weight=1)
def test_to_y_leaves_ab_alone(student, draw):
    """The ab that was handed in is unchanged afterwards."""
    left_alone(student, "to_y", ab_like(draw), f"`/=` writes into its array, also through a view. {SCALE_FIRST}")


@pytest.mark.check("ab_from_y", weight=2)
def test_a_prediction_comes_out_in_lab_units(student, draw):
    """From (1, H, W, 2) comes (H, W, 2), each number times 128, each pixel at its place."""
    Y = ab_like(draw, reach=0.99)[np.newaxis].astype(np.float32)
    Y[0, 0, 0] = 1, -1
    ab = expect.array(student.call("ab_from_y", Y), "ab_from_y(Y)", shape=Y.shape[1:], why="The axis that counts the photos goes; the others stay in their order.")
    expect.close(ab, 128 * Y[0], "ab_from_y(Y)", atol=1e-3, why="Back to Lab units: times 128, fractions kept. If exercise 3.2 is not right yet, mend that first.")


@pytest.mark.check("ab_from_y", weight=1)
def test_thin_batches_lose_one_axis_only(student, draw):
    """A photo of one row, one column or one pixel keeps its sides."""
    for height, width in ((1, 7), (5, 1), (1, 1)):
        Y = draw.rng.uniform(-1, 1, (1, height, width, 2))
        expect.array(
            student.call("ab_from_y", Y), f"ab_from_y of a {height} × {width} photo", shape=(height, width, 2),
            why="`squeeze` drops every axis of length 1, also a side of the photo.",
        )  # fmt: skip


@pytest.mark.check("ab_from_y", weight=1)
def test_unpacking_leaves_the_batch_alone(student, draw):
    """The batch that was handed in is unchanged afterwards."""
    left_alone(student, "ab_from_y", ab_like(draw, reach=0.9)[np.newaxis], "`Y[0]` is a view: writing into it writes into Y.")


# -- the guard ------------------------------------------------------------------------------------------------------


def good_batch(draw, height=None, width=None):
    """A batch that the text calls good, its numbers well inside the range."""
    return ab_like(draw, height, width, reach=0.9)[np.newaxis].astype(np.float32)


def stopped(student, batch, what):
    """What check_targets raised for a batch that the text calls bad."""
    raised = student.error("check_targets", batch)
    assert raised is not None, f"A batch with {what} was let through. check_targets should stop it with a ValueError."
    return raised


def let_through(student, batch, what):
    """check_targets returned this good batch, number for number."""
    raised = student.error("check_targets", batch)
    assert raised is None, f"A batch with {what} is good, but check_targets stopped it: {raised}."
    back = expect.array(student.call("check_targets", batch), "What check_targets returns for a good batch", shape=batch.shape)
    expect.close(back, batch, "What check_targets returns for a good batch", why="A good batch is given back as it came.")


ODD = ((np.nan, "one NaN"), (np.inf, "one infinity"), (-np.inf, "one negative infinity"))


def bad_batches(draw):
    """Batches with one fault each: the batch, the words of which the message needs one, and what is wrong with it."""
    far = 0.5 + int(draw.rng.integers(30, 90))
    for values in ((far,), (-far,), (far, -far - 3), (-far, far + 3)):
        batch = good_batch(draw)
        batch[0, 4, : len(values), 1] = values
        worst = max(values, key=abs)
        yield batch, (f"{abs(worst):.1f}",), f"{worst} as its number farthest from zero"
    for odd, name in ODD:
        batch = good_batch(draw)
        batch[0, 1, 1, 0] = odd
        yield batch, ("nan", "inf"), name
    good = good_batch(draw)
    for batch in (good[0], good[np.newaxis], good[..., :1], np.concatenate([good, good[..., :1]], axis=-1)):
        yield batch, (str(batch.shape).replace(" ", ""),), f"the shape {batch.shape}"


@pytest.mark.check("check_targets", weight=2)
def test_undivided_colour_is_stopped_and_good_targets_are_not(student, draw):
    """A batch with numbers far above 1 is stopped; a good one comes back unchanged."""
    good = good_batch(draw)
    assert student.call("check_targets", good) is not None, "A good batch should be given back; what came is None (is there a `return`?)."
    let_through(student, good, "all its numbers between -1 and 1")
    let_through(student, good.astype(np.float64), "all its numbers between -1 and 1, in float64,")
    let_through(student, np.concatenate([good, -good]), "two photos")
    stopped(student, 128 * good, "numbers far above 1")
    stopped(student, np.concatenate([good, 128 * good]), "numbers far above 1 in its second photo")
    slightly = good.copy()
    slightly[0, 3, 4, 1] = 1.01
    stopped(student, slightly, "one number of 1.01")


@pytest.mark.check("check_targets", weight=1)
def test_numbers_below_minus_one_are_stopped(student, draw):
    """A batch with numbers below -1, and none above 1, is stopped."""
    for low in (-1.01, -draw.rng.uniform(20, 100)):
        batch = good_batch(draw)
        batch[0, 2, 5, 0] = low
        stopped(student, batch, f"a smallest number of {low:.2f} and a largest below 1")


@pytest.mark.check("check_targets", weight=1)
def test_nan_is_stopped(student, draw):
    """One NaN, or one infinity, among good numbers is found."""
    for odd, name in ODD:
        batch = good_batch(draw)
        batch[0, int(draw.rng.integers(12)), int(draw.rng.integers(12)), int(draw.rng.integers(2))] = odd
        raised = student.error("check_targets", batch)
        assert raised is not None, f"A batch with {name} in it was let through. Every comparison with NaN is False: ask for NaN itself, or ask whether all is *good*."


@pytest.mark.check("check_targets", weight=1)
def test_both_ends_are_good(student, draw):
    """Exactly -1 and exactly 1 are allowed."""
    batch = good_batch(draw)
    batch[0, 0, 0], batch[0, -1, -1] = (-1, 1), (1, -1)
    let_through(student, batch, "exact -1 and 1")


@pytest.mark.check("check_targets", weight=1)
def test_wrong_axes_are_stopped(student, draw):
    """Three axes, five axes, one channel, three channels, channels first: all are stopped."""
    good = good_batch(draw)
    shapes = (good[0], good[..., np.newaxis], good[..., :1], np.concatenate([good, good[..., :1]], axis=-1), np.moveaxis(good, -1, 1), good[np.newaxis])
    for batch in shapes:
        stopped(student, np.ascontiguousarray(batch), f"the shape {batch.shape}")


@pytest.mark.check("check_targets", weight=1)
def test_the_error_is_a_value_error(student, draw):
    """Whatever is wrong, what is raised is a ValueError and no other kind."""
    for batch, _, what in bad_batches(draw):
        raised = student.error("check_targets", batch)
        if raised is not None:  # another check wants that it was raised
            assert "ValueError" in raised.names, f"A ValueError was wanted; for a batch with {what} yours is {raised.names[0]}. (`assert` raises AssertionError; `raise ValueError(…)` is another statement.)"


@pytest.mark.check("check_targets", weight=1)
def test_the_message_says_what_came(student, draw):
    """The message holds the number farthest from zero, the shape, or the word NaN or infinity."""
    for batch, words, what in bad_batches(draw):
        raised = student.error("check_targets", batch)
        if raised is not None:  # another check wants that it was raised
            said = raised.message.lower().replace(", ", ",")
            assert any(word in said for word in words), f"For a batch with {what}, the message should name just that. Yours says: {raised.message or '(nothing)'}"


# -- tanh -----------------------------------------------------------------------------------------------------------


def two_of(student, name, *args):
    """The two things that a function returns."""
    return expect.sequence(student.call(name, *args), f"{name}(…)", length=2)


@pytest.mark.check("behind_tanh", weight=1)
def test_x_is_what_went_into_tanh(student, draw):
    """For single numbers, tanh of the first result is y."""
    for y in (*draw.rng.uniform(-0.97, 0.97, 4).tolist(), 0.0, -107.86 / 128):
        x = two_of(student, "behind_tanh", y)[0]
        expect.near(x, float(np.arctanh(y)), f"x for y = {y:.4f}", atol=1e-4, why="It is the inverse of tanh: tanh(x) should give y again.")


@pytest.mark.check("behind_tanh", weight=1)
def test_the_slope_is_that_of_tanh(student, draw):
    """For single numbers, the second result is the slope of tanh where it gives y."""
    for y in (*draw.rng.uniform(-0.97, 0.97, 4).tolist(), 0.9, 0.0):
        slope = two_of(student, "behind_tanh", y)[1]
        expect.near(slope, 1 - y * y, f"The slope of tanh where it gives {y:.4f}", atol=1e-4, why="The formula wants the output of tanh, squared. y is that output already.")


@pytest.mark.check("behind_tanh", weight=1)
def test_behind_tanh_takes_arrays(student, draw):
    """From an array come two arrays of its shape, with the numbers that single calls give."""
    y = draw.rng.uniform(-0.97, 0.97, (3, *draw.sides()))
    parts = two_of(student, "behind_tanh", y)
    for place in ((0, 0, 0), (2, 5, 7)):
        alone = two_of(student, "behind_tanh", float(y[place]))
        for part, single, what in zip(parts, alone, ("x", "The slope"), strict=True):
            part = expect.array(part, f"{what} for an array", shape=y.shape, why="NumPy's functions take whole arrays, those of math do not.")
            expect.near(part[place], expect.number(single, what), f"{what} for one number of an array", atol=1e-4, why="Each number of the array is answered as if it came alone.")


# -- losses and rulers ----------------------------------------------------------------------------------------------


LOSS_FIRST = "If exercise 3.8 is not right yet, mend that first."


@pytest.mark.check("mse", weight=2)
def test_the_mean_is_over_all_numbers(student, draw):
    """The mean of the squared differences, each pixel with its two numbers."""
    Y = ab_like(draw, reach=0.8)[np.newaxis]
    prediction = draw.rng.uniform(-0.8, 0.8, Y.shape)
    why = "Difference, square, and one mean over everything: photos, rows, columns and both channels."
    expect.near(student.call("mse", Y, prediction), np.square(Y - prediction).mean(), "The mean squared error of two batches", atol=1e-5, why=why)


@pytest.mark.check("mse", weight=1)
def test_one_prediction_stands_for_every_pixel(student, draw):
    """A single number, or a pair, is compared with every pixel."""
    grid = ab_like(draw, reach=0.8)
    for Y in (grid, grid[np.newaxis], grid[0]):
        for prediction, what in ((0.3, "the number 0.3"), (draw.rng.uniform(-0.5, 0.5, 2), "a pair")):
            why = "The mean is over all numbers of Y, however few the prediction has."
            expect.near(student.call("mse", Y, prediction), np.square(Y - prediction).mean(), f"The mean squared error of a Y of shape {Y.shape} against {what}", atol=1e-5, why=why)


@pytest.mark.check("mse", weight=1)
def test_mse_leaves_its_inputs_alone(student, draw):
    """Y and the prediction are unchanged afterwards."""
    for dtype in ("float64", "float32"):
        Y = ab_like(draw, reach=0.8).astype(dtype)
        prediction = draw.rng.uniform(-0.8, 0.8, Y.shape).astype(dtype)
        for after, before, name in zip(student.arguments_after("mse", Y, prediction), (Y, prediction), ("Y", "prediction"), strict=True):
            assert isinstance(after, np.ndarray) and np.array_equal(after, before), f"After mse(Y, prediction) the {dtype} array {name} held other numbers. `-=` writes into its array; `-` makes a new one."


def both_losses(student, batch):
    """The two losses, as plain numbers."""
    return [expect.number(value, "each of the two results", why=LOSS_FIRST) for value in two_of(student, "losses_to_beat", batch)]


def tinted_batch(draw, photos=1):
    """Targets whose mean colour is far from grey, a and b far from each other."""
    middle = draw.rng.uniform((0.25, -0.15), (0.35, -0.05))
    return middle + draw.rng.uniform(-0.5, 0.5, (photos, *draw.sides(), 2))


@pytest.mark.check("losses_to_beat", weight=1)
def test_the_loss_of_the_grey_picture(student, draw):
    """The larger of the two is the loss of predicting zero everywhere, in one photo and in two."""
    for photos in (1, 2):
        batch = tinted_batch(draw, photos)
        batch[-1] *= 0.7
        why = f"Grey is a = 0 and b = 0 in every pixel of every photo. {LOSS_FIRST}"
        expect.near(max(both_losses(student, batch)), np.square(batch).mean(), f"The loss of the grey picture, photos in the batch: {photos},", atol=1e-5, why=why)


@pytest.mark.check("losses_to_beat", weight=1)
def test_each_channel_has_its_own_best_constant(student, draw):
    """The smaller of the two is the loss of the best a and the best b."""
    batch = tinted_batch(draw)
    wanted = np.square(batch - batch.mean(axis=(0, 1, 2))).mean()
    expect.near(min(both_losses(student, batch)), wanted, "The loss of the best constant colour", atol=1e-5, why="The best a is the mean of all a, the best b the mean of all b: two numbers, not one.")


@pytest.mark.check("losses_to_beat", weight=1)
def test_grey_comes_first(student, draw):
    """First the grey picture, then the best constant colour."""
    grey, constant = both_losses(student, tinted_batch(draw))
    assert grey > constant, f"The first is the grey picture's, the second the best constant's, and no constant is worse than grey. Yours are {grey:.4f} and {constant:.4f}."


@pytest.mark.check("losses_to_beat", weight=1)
def test_several_photos_share_one_constant(student, draw):
    """With two photos in the batch, one pair (a, b) stands for both."""
    sides = draw.sides()
    noise = draw.rng.uniform(-0.2, 0.2, (*sides, 2))
    batch = np.stack([0.3 + 0.2 + noise, 0.3 - 0.2 - noise])
    wanted = np.square(batch - 0.3).mean()
    why = "One colour for all pixels of all photos: the mean goes over the photos too."
    expect.near(min(both_losses(student, batch)), wanted, "The loss of the best constant colour of two photos", atol=1e-5, why=why)


def recoloured(draw):
    """A drawn photo in Lab, and the same with each pixel's colour moved far, one way or the other: the pair, with equal L."""
    lab = rgb2lab(draw.photo())
    other = lab.copy()
    ways = draw.rng.choice((-1.0, 1.0), (*lab.shape[:2], 1))
    other[:, :, 1:] += ways * draw.rng.uniform((12, -30), (22, -20)) + draw.rng.uniform(-6, 6, other[:, :, 1:].shape)
    return lab, other


@pytest.mark.check("two_rulers", weight=1)
def test_the_rms_error_of_a_and_b(student, draw):
    """The first number: the root of the mean squared difference over a and b, whatever L does."""
    lab, other = recoloured(draw)
    wanted = np.sqrt(np.square(lab - other)[:, :, 1:].mean())
    why = f"Only a and b take part, two numbers a pixel; mean first, root last. {LOSS_FIRST}"
    for case in (other, other + np.array([7.0, 0.0, 0.0])):
        expect.near(two_of(student, "two_rulers", lab, case)[0], wanted, "The RMS error of a and b, in Lab units,", atol=0.01, why=why)


@pytest.mark.check("two_rulers", weight=1)
def test_the_mean_colour_difference(student, reference, draw):
    """The second number: the mean over all pixels of the CIEDE2000 difference."""
    lab, other = recoloured(draw)
    why = "deltaE_ciede2000 takes the two whole Lab arrays, L too, and gives one ΔE a pixel; then the mean over the pixels."
    for case in (other, other + np.array([7.0, 0.0, 0.0])):
        wanted = reference.call("two_rulers", lab, case)[1]
        expect.near(two_of(student, "two_rulers", lab, case)[1], wanted, "The mean ΔE", atol=0.02, why=why)


# -- what tanh and ReLU can say -------------------------------------------------------------------------------------


@pytest.mark.check("best_tanh_loss", weight=1)
def test_targets_above_one_cannot_be_reached(student, draw):
    """Where a target is above 1, the best prediction is 1."""
    target = draw.rng.uniform(0, 1, (*draw.sides(), 2)) * 60 + 1
    why = f"A prediction ends at 1: what is above it remains as an error. {LOSS_FIRST}"
    expect.near(student.call("best_tanh_loss", target), np.square(target - 1).mean(), "The best loss for targets from 1 to 61", atol=0.01, why=why)


@pytest.mark.check("best_tanh_loss", weight=1)
def test_targets_below_minus_one_cannot_be_reached(student, draw):
    """Where a target is below -1, the best prediction is -1."""
    target = draw.rng.uniform(0, 1, (*draw.sides(), 2)) * -60 - 1
    why = f"A prediction ends at -1 on the other side. {LOSS_FIRST}"
    expect.near(student.call("best_tanh_loss", target), np.square(target + 1).mean(), "The best loss for targets from -61 to -1", atol=0.01, why=why)


@pytest.mark.check("best_tanh_loss", weight=1)
def test_targets_in_range_cost_nothing(student, draw):
    """Where a target lies between -1 and 1, a prediction can meet it exactly."""
    target = draw.rng.uniform(-0.95, 0.95, (1, *draw.sides(), 2))
    why = "The best prediction for 0.3 is 0.3. It is not the target sent through tanh, and not the nearer end."
    expect.near(student.call("best_tanh_loss", target), 0.0, "The best loss for targets between -1 and 1", atol=1e-7, why=why)
    target[0, 0, 0] = 5, 0.5
    expect.near(student.call("best_tanh_loss", target), 16 / target.size, "With a single target of 5 among them, the best loss", atol=1e-5, why=why)


@pytest.mark.check("surviving_share", weight=1)
def test_a_pixel_survives_if_neither_is_negative(student, draw):
    """The share of pixels in which both a and b are above zero, for drawn numbers."""
    for least in (-60, -15):
        ab = draw.rng.uniform(least, 40, (*draw.sides(), 2))
        wanted = (ab > 0).all(axis=2).mean()
        why = "Each pixel counts once, and only if both of its numbers pass. The share goes from 0 to 1."
        expect.near(student.call("surviving_share", ab), wanted, "The surviving share", atol=1e-6, why=why)


@pytest.mark.check("surviving_share", weight=1)
def test_zero_is_not_negative(student, draw):
    """A pixel with an exact zero survives."""
    ab = draw.rng.uniform(-40, 40, (*draw.sides(), 2))
    ab[:3] = 0
    ab[3:6, :, 0] = 0
    wanted = (ab >= 0).all(axis=2).mean()
    expect.near(student.call("surviving_share", ab), wanted, "The surviving share of a photo with grey pixels", atol=1e-6, why="ReLU can say 0: a zero in a or in b is no loss.")
