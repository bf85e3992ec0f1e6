"""Hidden checks of lesson 3: the division by 128, batches, the guard, tanh, losses and rulers, the ReLU ending."""

import re

import numpy as np
import pytest
from skimage.color import deltaE_cie76, deltaE_ciede2000, rgb2lab

from autograder.checks import expect
from autograder.library_errors import explain
from autograder.slips import name_the_slip, straight_line

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"
PORTRAIT = (400, 400)


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
        assert isinstance(after, np.ndarray) and np.array_equal(after, before), (
            f"After {name}(…) the {dtype} array that was handed in held other numbers than before. {why}"
        )


def fits(value, wanted, atol):
    """Whether a value is one number near `wanted`."""
    return (
        isinstance(value, (int, float, np.number, np.ndarray))
        and np.ndim(value) == 0
        and abs(float(value) - wanted) <= atol
    )


def is_of_numbers(value, shape):
    """Whether a value is an array of this shape that holds ordinary numbers alone."""
    plain = isinstance(value, np.ndarray) and value.shape == shape and value.dtype.kind in "biuf"
    return plain and bool(np.isfinite(value).all())


def factor_of(got, given):
    """The positive number by which each number of `given` was multiplied, or None if there is no such number."""
    if not is_of_numbers(got, np.shape(given)):
        return None
    got, given = np.asarray(got, float), np.asarray(given, float)
    factor = (got * given).sum() / np.square(given).sum()
    return factor if factor > 0 and np.allclose(got, factor * given, rtol=0, atol=1e-4 * np.abs(got).max()) else None


def all_there(got, orders):
    """The factor between what came, without axes of length 1, and one of these arrays, or None if it is none of them."""
    return next((factor for order in orders if (factor := factor_of(np.squeeze(got), order))), None)


def is_one_of(value, wanted, slips, atol):
    """Whether one number is what is wanted, or what a slip of these gives."""
    known = [wanted, *(slip for slip in slips.values() if slip is not None)]
    return any(fits(value, one, max(atol, 1e-5 * abs(one))) for one in known)


def sides_for(student, draw, name, make):
    """Drawn sides, or those of the portrait where the function takes no others. (Then another check says so.)"""
    sides = draw.sides()
    fixed = student.error(name, make(*sides)) is not None and student.error(name, make(*PORTRAIT)) is None
    return PORTRAIT if fixed else sides


def telling(slips):
    """Those slips of which no two have the same value: where several fit, no cause is named."""
    values = [float(value) for value in slips.values()]
    return {
        text: value for text, value in slips.items() if sum(abs(float(value) - other) < 1e-9 for other in values) == 1
    }


def takes_other_sides(student, name, array, make, must_be):
    """Fail for a function that takes the portrait's sides and no others, and say what else is wrong at that size."""
    raised = student.error(name, array)
    if raised is None or student.error(name, portrait := make()) is not None:
        return
    try:
        must_be(expect.array(student.call(name, portrait), f"{name} of the portrait"), portrait)
        there = "For the portrait, 400 × 400, it is right."
    except AssertionError as error:
        there = f"And for the portrait, 400 × 400: {error}"
    raise AssertionError(
        f"For an array of shape {array.shape}, `{name}` stopped. {raised.explained()} {there} Python says: {raised}"
    )


def keeps_thin_sides(student, name, make, wanted, what):
    """The shape of the result is right also where a side of the photo is 1. (Where it never is, another check says why.)"""
    shape = wanted(9, 11)
    usual = np.shape(student.call(name, make(9, 11))) == shape
    for height, width in ((1, 7), (5, 1), (1, 1)):
        why = "Is `squeeze` in it? It drops every axis of length 1, even a side of the photo." if usual else ""
        expect.array(
            student.call(name, make(height, width)),
            f"{name} of a {height} × {width} {what}",
            shape=wanted(height, width),
            why=why,
        )


def in_order(parts, wanted, atol):
    """The two parts in the order that is wanted, whichever came first, and whether they came the other way round."""
    (one, two), (first, second) = parts, wanted
    straight = fits(one, first, atol) or fits(two, second, atol)
    exchanged = not straight and (fits(one, second, atol) or fits(two, first, atol))
    return (parts[::-1] if exchanged else parts), exchanged


# -- one scale ------------------------------------------------------------------------------------------------------


def other_divisors(ab):
    """What normalize_ab would give with something else than a division by 128."""
    return {
        "It was divided by the largest number in it: each photo then has its own scale. The divisor is 128 for all.": ab
        / np.abs(ab).max(),
        "It is zero everywhere. The results lie between -1 and 1: were their fractions cut off?": 0 * ab,
        "It is cut down to whole numbers. `//` does that; `/` keeps the fractions.": ab // 128,
        "That is tanh of ab, which is the network's part.": np.tanh(ab),
        "It is divided by 100 and clipped to -1 to 1.": np.clip(ab / 100, -1, 1),
        "It is clipped to -100 to 100, but b goes down to -107.86.": np.clip(ab, -100, 100) / 128,
        "Something was added: 0 becomes 0.5, but 0 has to stay 0.": ab / 256 + 0.5,
        "128 was added before the division, but 0 has to stay 0.": (ab + 128) / 255,
        **{f"It is divided by {divisor}.": ab / divisor for divisor in (60, 86, 98, 100, 108, 110, 127, 255, 256)},
    }


@pytest.mark.check("normalize_ab", weight=1)
def test_every_number_is_divided_by_one_number(student, draw):
    """Every number is divided by one and the same number, in one photo as in another."""
    factors = []
    for reach in (90.0, 45.0):
        ab = ab_like(draw, reach=reach).astype(np.float32)
        got = expect.array(student.call("normalize_ab", ab), "normalize_ab(ab)")
        factors.append(factor_of(got, ab) or 0)
        if not 0 < factors[-1] < 0.05 or abs(factors[0] - factors[-1]) > 1e-4 * factors[0]:
            why = "The divisor is 128, for a and for b, and fractions are kept."
            slips = other_divisors(ab) | straight_line(got, ab)
            expect.close(got, ab / 128, "normalize_ab(ab)", atol=1e-5, slips=slips, given=[ab], why=why)


@pytest.mark.check("normalize_ab", weight=2)
def test_the_divisor_is_128(student, draw):
    """The divisor is 128: for a photo, an almost grey one, a batch, a row of pixels and a single pixel."""
    vivid, pale = ab_like(draw), ab_like(draw, reach=0.9)
    vivid[0, 0] = 98.23, -107.86
    cases = {
        "normalize_ab(ab)": vivid,
        "normalize_ab of an almost grey photo": pale,
        **{f"normalize_ab of an array of shape {ab.shape}": ab for ab in (vivid[np.newaxis], vivid[0], vivid[0, 0])},
    }
    for what, ab in cases.items():
        raised = student.error("normalize_ab", ab)
        assert raised is None or ab is vivid, (
            f"{what} should be divided like any other, but it raised {raised}. How many axes does your code expect?"
        )
        got = expect.array(student.call("normalize_ab", ab), what)
        slips = other_divisors(ab) | straight_line(got, ab)
        if ab is pale:
            slips = {"It came back as it was. Small numbers do not mean that they were divided already.": ab} | slips
        why = "The divisor is 128, for a and for b, whatever the photo holds."
        expect.close(got, ab / 128, what, atol=1e-5, slips=slips, given=[ab], why=why)


@pytest.mark.check("normalize_ab", weight=1)
def test_normalize_leaves_its_input_alone(student, draw):
    """The array that was handed in is unchanged afterwards."""
    left_alone(student, "normalize_ab", ab_like(draw), "`/=` writes into its array; `/` makes a new one.")


def other_factors(ab):
    """What denormalize_ab would give for ab / 128 with something else than a multiplication by 128."""
    return {
        "It is divided by 128 once more. What undoes a division?": ab / 128**2,
        "1 became 127, and the rest is right: the numbers are clipped at 127.": np.clip(ab, -128, 127),
        "128 was subtracted; exercise 3.1 adds nothing, so there is nothing to subtract.": 2 * ab - 128,
        "128 was added; exercise 3.1 subtracts nothing, so there is nothing to add.": ab + 128,
        "1 × 128 came out as -128: int8 ends at 127. What is wanted is a float array: leave out the integer type.": (
            np.trunc(ab) + 128
        )
        % 256
        - 128,
        "That is a power, `**`. What undoes a division?": (ab / 128) ** 128,
        **{f"It is multiplied by {factor}.": ab / 128 * factor for factor in (100, 127, 255, 256)},
    }


@pytest.mark.check("denormalize_ab", weight=1)
def test_every_number_is_multiplied_by_one_number(student, draw):
    """Every number is multiplied by one and the same number, in one photo as in another."""
    factors = []
    for reach in (90.0, 45.0):
        ab = np.rint(ab_like(draw, reach=reach))
        Y = (ab / 128).astype(np.float32)
        got = expect.array(student.call("denormalize_ab", Y), "denormalize_ab(Y)")
        factors.append(factor_of(got, Y) or 0)
        if factors[-1] < 20 or abs(factors[0] - factors[-1]) > 1e-4 * factors[0]:
            why = "What undoes the division of exercise 3.1?"
            slips = other_factors(ab) | straight_line(got, Y)
            expect.close(got, ab, "denormalize_ab(Y)", atol=1e-3, slips=slips, given=[Y], why=why)


@pytest.mark.check("denormalize_ab", weight=2)
def test_the_factor_is_128(student, draw):
    """The factor is 128, to both ends and with fractions: for a photo, a batch, a row of pixels and a single pixel."""
    whole, fine = whole_ab(draw), ab_like(draw)
    whole[0, 0] = 128, -128
    cases = {
        "denormalize_ab(Y)": (whole, np.float64),
        "denormalize_ab(Y) in float32": (whole, np.float32),
        "denormalize_ab(Y) of numbers with fractions": (fine, np.float64),
        **{f"denormalize_ab of an array of shape {ab.shape}": (ab, float) for ab in (fine[np.newaxis], fine[0], fine[0, 0])},
    }  # fmt: skip
    for what, (ab, dtype) in cases.items():
        Y = (ab / 128).astype(dtype)
        raised = student.error("denormalize_ab", Y)
        assert raised is None or ab is whole, (
            f"{what} should be multiplied like any other, but it raised {raised}. How many axes does your code expect?"
        )
        got = expect.array(student.call("denormalize_ab", Y), what)
        cut = "Lab units have fractions, and here they are cut off: leave out the integer type, `//` or what else does that."
        slips = other_factors(ab) | straight_line(got, Y) | ({cut: np.trunc(ab)} if ab is fine else {})
        why = "Every number is multiplied by 128, and its fractions stay."
        expect.close(got, ab, what, atol=1e-3, slips=slips, given=[Y], why=why)


@pytest.mark.check("denormalize_ab", weight=1)
def test_denormalize_leaves_its_input_alone(student, draw):
    """The array that was handed in is unchanged afterwards."""
    left_alone(student, "denormalize_ab", ab_like(draw, reach=0.9), "`*=` writes into its array; `*` makes a new one.")


# -- batches --------------------------------------------------------------------------------------------------------


@pytest.mark.check("to_x", weight=2)
def test_x_holds_the_numbers_of_l(student, draw):
    """All numbers of L are in X, in their order, with more axes than L has, on one scale or another."""
    sides = sides_for(student, draw, "to_x", lambda *sides: np.ones(sides, np.float32))
    L = draw.rng.uniform(1, 100, sides).astype(np.float32)
    X = expect.array(student.call("to_x", L), "to_x(L)")
    if X.ndim < 3 or all_there(X, (L, L.T, L.reshape(L.shape[::-1]))) is None:
        x_is(X, L)


def x_is(X, L):
    """X is L as a batch, number for number."""
    wanted = L[np.newaxis, :, :, np.newaxis]
    slips = {
        f"It is divided by {divisor}, and X keeps L from 0 to 100.": wanted / divisor for divisor in (100, 128, 255)
    }
    slips |= {
        "Rows and columns were swapped, and the numbers then cut into rows anew: `reshape` never reorders.": L.T.reshape(wanted.shape),
        "Rows and columns have changed places.": L.T[np.newaxis, :, :, np.newaxis],
        "Height and width have changed places in the shape: rows come before columns.": L.reshape(1, *L.shape[::-1], 1),
        "The axis that counts the channels is missing, at the end.": L[np.newaxis],
        "The axis that counts the photos is missing, in front.": L[:, :, np.newaxis],
        "One of the new axes goes in front, the other one to the end.": L[:, :, np.newaxis, np.newaxis],
        "Of the two new axes, one goes in front, the other one to the end.": L[np.newaxis, np.newaxis],
        "Both new axes are missing, the one in front and the one at the end.": L,
    }  # fmt: skip
    why = "L goes in as it is, in its own rows and columns."
    expect.close(X, wanted, "to_x(L)", atol=1e-3, slips=slips, given=[L], why=why)


@pytest.mark.check("to_x", weight=3)
def test_each_lightness_is_at_its_place_in_x(student, draw):
    """Row r, column c of L stands at [0, r, c, 0], unscaled, also in a grid of one row or one column."""
    L = 0.8 * rgb2lab(draw.photo())[:, :, 0]
    L += draw.rng.uniform(0, 20, L.shape)  # a photo of black sky would look the same in any order
    L[0, 0], L[-1, -1] = 0, 100
    takes_other_sides(student, "to_x", L, lambda: draw.rng.uniform(0, 100, PORTRAIT), x_is)
    x_is(expect.array(student.call("to_x", L), "to_x(L)"), L)
    keeps_thin_sides(
        student, "to_x", lambda *sides: draw.rng.uniform(0, 100, sides), lambda *sides: (1, *sides, 1), "grid"
    )


@pytest.mark.check("to_x", weight=3)
def test_x_is_float32(student, draw):
    """X has the dtype float32, whether L comes as float64 or as float32."""
    sides = sides_for(student, draw, "to_x", lambda *sides: np.ones(sides))
    is_float32(student, "to_x", draw.rng.uniform(0, 100, sides), "grid")


def is_float32(student, name, array, kind):
    """What comes back has the dtype float32, from a float64 and from a float32 array."""
    why = "`.astype(np.float32)` gives an array of this dtype, and that one has to be returned."
    for dtype in (np.float64, np.float32):
        what = f"{name} of a {np.dtype(dtype).name} {kind}"
        expect.array(student.call(name, array.astype(dtype)), what, dtype="float32", why=why)


@pytest.mark.check("to_y", weight=1)
def test_y_holds_the_numbers_of_ab(student, draw):
    """All numbers of ab are in Y, each pixel's a and b together, on one scale or another."""
    make = lambda *sides: np.rint(ab_like(draw, *sides)).astype(np.float32)  # noqa: E731
    ab = make(*sides_for(student, draw, "to_y", make))
    Y = expect.array(student.call("to_y", ab), "to_y(ab)")
    orders = (ab, ab[..., ::-1], ab.swapaxes(0, 1), np.moveaxis(ab, 2, 0))
    if all_there(Y, orders) is None or np.array_equal(Y, ab):
        y_is(Y, ab)


def y_is(Y, ab):
    """Y is ab as a target batch, number for number."""
    wanted = ab[np.newaxis] / 128
    slips = {
        "The numbers are as they came, in Lab units. Y is on the scale of tanh: what is missing?": ab[np.newaxis],
        "They are multiplied by 128 and should be divided.": ab[np.newaxis] * 128,
        "They are divided by 128 twice. Does `normalize_ab` do it already?": wanted / 128,
        "The fractions were cut off before the division.": np.trunc(ab[np.newaxis]) / 128,
        "It was rounded before the division.": np.rint(ab[np.newaxis]) / 128,
        "a and b have changed places: a comes first.": wanted[..., ::-1],
        "All a come first, then all b, and these were cut into pairs anew: `reshape` never reorders.": np.moveaxis(wanted, 3, 1).reshape(wanted.shape),
        "Rows and columns were swapped first, then the numbers were cut into rows anew: `reshape` never reorders.": wanted.swapaxes(1, 2).reshape(wanted.shape),
        "The axis that counts the photos is missing, in front.": wanted[0],
        "The channels come last: photos, rows, columns, channels.": np.moveaxis(wanted, -1, 1),
        "The new axis counts the photos, so it goes in front.": wanted[0][:, :, :, np.newaxis],
        "Rows and columns have changed places.": np.swapaxes(wanted, 1, 2),
        "It is zero everywhere. What is right lies between -1 and 1: were their fractions cut off?": 0 * wanted,
    }  # fmt: skip
    why = "Divided by 128, a first, each pixel in its own row and column."
    expect.close(Y, wanted, "to_y(ab)", atol=1e-5, slips=slips, given=[ab], why=why)


@pytest.mark.check("to_y", weight=3)
def test_each_colour_is_at_its_place_in_y(student, draw):
    """a and b of row r, column c, divided by 128, stand at [0, r, c], also in a photo of one row or one column."""
    ab = rgb2lab(draw.photo())[:, :, 1:] + draw.rng.uniform(-9, 9, 2)
    ab += draw.rng.uniform(-3, 3, ab.shape)  # a photo of grey sky would look the same in any order
    takes_other_sides(student, "to_y", ab, lambda: ab_like(draw, *PORTRAIT), y_is)
    y_is(expect.array(student.call("to_y", ab), "to_y(ab)"), ab)
    keeps_thin_sides(student, "to_y", lambda *sides: ab_like(draw, *sides), lambda *sides: (1, *sides, 2), "photo")


@pytest.mark.check("to_y", weight=3)
def test_y_is_float32(student, draw):
    """Y has the dtype float32, whether ab comes as float64 or as float32."""
    sides = sides_for(student, draw, "to_y", lambda *sides: np.ones((*sides, 2)))
    is_float32(student, "to_y", ab_like(draw, *sides), "array")


@pytest.mark.check("to_y", weight=1)
def test_to_y_leaves_ab_alone(student, draw):
    """The ab that was handed in is unchanged afterwards."""
    left_alone(
        student,
        "to_y",
        ab_like(draw, *sides_for(student, draw, "to_y", lambda *sides: np.ones((*sides, 2)))),
        "`/=` writes into its array, even if only `normalize_ab` (exercise 3.1) does it; `/` makes a new one.",
    )


@pytest.mark.check("ab_from_y", weight=4)
def test_the_numbers_of_y_come_out(student, draw):
    """All numbers of Y are in what comes back, each pixel's a and b together, on one scale or another."""
    make = lambda *sides: np.rint(ab_like(draw, *sides))[np.newaxis] / 128  # noqa: E731
    Y = make(*sides_for(student, draw, "ab_from_y", make))
    got = expect.array(student.call("ab_from_y", Y), "ab_from_y(Y)")
    orders = (Y[0], Y[0][..., ::-1], Y[0].swapaxes(0, 1), np.moveaxis(Y[0], 2, 0))
    if all_there(got, orders) is None or np.array_equal(got, Y):
        ab_is(got, Y)


def ab_is(got, Y):
    """What came is the photo of the batch, in Lab units."""
    ab = 128 * Y[0]
    slips = {
        "It is still on the scale from -1 to 1.": Y[0],
        "It is still a batch: the axis that counts the photos should go.": ab[np.newaxis],
        "The fractions of a Lab unit are cut off. Is an integer dtype used?": np.trunc(ab),
        "The fractions of a Lab unit are rounded off.": np.rint(ab),
        "a and b have changed places: a comes first.": ab[..., ::-1],
        "That is only one row of the photo.": ab[0],
        "That is a alone. a and b are both wanted.": ab[..., 0],
        "That is b alone. a and b are both wanted.": ab[..., 1],
        "That is a alone, and still a batch. a and b are both wanted.": ab[np.newaxis, ..., 0],
        "That is b alone, and still a batch. a and b are both wanted.": ab[np.newaxis, ..., 1],
    } | other_factors(ab)
    why = "Photo 0 of the batch, in Lab units, each pixel at its place."
    expect.close(got, ab, "ab_from_y(Y)", atol=1e-3, slips=slips, given=[Y], why=why)


@pytest.mark.check("ab_from_y", weight=3)
def test_a_prediction_comes_out_in_lab_units(student, draw):
    """From (1, H, W, 2) comes (H, W, 2), each number times 128, also for a photo of one row or one column."""
    ends = whole_ab(draw)
    ends[0, 0] = 128, -128
    ends, fine = (ends / 128)[np.newaxis].astype(np.float32), ab_like(draw, reach=0.99)[np.newaxis]
    takes_other_sides(student, "ab_from_y", fine, lambda: ab_like(draw, *PORTRAIT, reach=0.99)[np.newaxis], ab_is)
    for Y in (ends, fine):
        ab_is(expect.array(student.call("ab_from_y", Y), "ab_from_y(Y)"), Y)
    keeps_thin_sides(
        student,
        "ab_from_y",
        lambda *sides: draw.rng.uniform(-1, 1, (1, *sides, 2)),
        lambda *sides: (*sides, 2),
        "photo",
    )


@pytest.mark.check("ab_from_y", weight=1)
def test_unpacking_leaves_the_batch_alone(student, draw):
    """The batch that was handed in is unchanged afterwards."""
    left_alone(
        student,
        "ab_from_y",
        ab_like(draw, *sides_for(student, draw, "ab_from_y", lambda *sides: np.ones((1, *sides, 2))), reach=0.9)[
            np.newaxis
        ],
        "`Y[0]` is a view: `*=` on it writes into Y, even if only `denormalize_ab` (exercise 3.2) does it.",
    )


# -- the guard ------------------------------------------------------------------------------------------------------


def good_batch(draw, height=None, width=None):
    """A batch that the text calls good, its numbers well inside the range."""
    return ab_like(draw, height, width, reach=0.9)[np.newaxis].astype(np.float32)


def pythons_own(raised):
    """Whether no statement of the student's raised it."""
    return bool(raised.line) and not re.search(r"\b(raise|assert)\b", raised.line)


def stopped(student, batch, what, why=""):
    """What check_targets raised for a batch that the text calls bad."""
    raised = student.error("check_targets", batch)
    if raised is None:
        back = student.call("check_targets", batch)
        cause = (
            why
            or "Does one of your questions find that? And does it `raise` the ValueError, or only make it, print it or return it?"
        )
        if not (back is None or isinstance(back, np.ndarray)):
            cause = f"What it returned is {expect.describe(back)}. An error is not returned but raised, with `raise`."
        raise AssertionError(f"No error was raised for a batch with {what}. A ValueError is wanted. {cause}")
    return raised


def not_stopped(student, batch, what):
    """check_targets raised nothing for this good batch."""
    raised = student.error("check_targets", batch)
    if raised is None:
        return
    if pythons_own(raised):
        raise AssertionError(
            f"A batch with {what} is good, but check_targets stopped with Python's own error at `{raised.line}`. {explain(str(raised))} Python says: {raised.message[:300]}"
        )
    order = f"Its shape {batch.shape}, its dtype {batch.dtype} and its numbers, from {batch.min():.3g} to {batch.max():.3g}, are all in order."
    raise AssertionError(
        f"A batch with {what} is good, but check_targets stopped it. {order} Which of your questions stopped it? Yours says: {raised.message[:300] or '(nothing)'}"
    )


def let_through(student, batch, what):
    """check_targets returned this good batch, number for number."""
    not_stopped(student, batch, what)
    back = student.call("check_targets", batch)
    assert back is not None, "A good batch should be given back; what came is None (is there a `return`?)."
    name = "What check_targets returns for a good batch"
    expect.close(expect.array(back, name), batch, name, why="A good batch is given back as it came.")


ODD = ((np.nan, "one NaN"), (np.inf, "one infinity"), (-np.inf, "one negative infinity"))
JUST = 1.001  # farther out than a good number, but not by much


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
    """A batch with numbers far above 1 is stopped, and a good one is not."""
    make = lambda *sides: good_batch(draw, *sides)  # noqa: E731
    good = make(*sides_for(student, draw, "check_targets", make))
    not_stopped(student, good, "all its numbers between -1 and 1")
    stopped(student, 128 * good, "numbers far above 1")


@pytest.mark.check("check_targets", weight=2)
def test_good_targets_come_back(student, draw):
    """Good batches are returned as they came: in float32 and float64, of two photos, with -1 and 1 in them."""
    good = good_batch(draw)
    let_through(student, good, "all its numbers between -1 and 1")
    let_through(student, good.astype(np.float64), "all its numbers between -1 and 1, in float64,")
    let_through(student, np.concatenate([good, -good]), "two photos")
    ends = good_batch(draw)
    ends[0, 0, 0], ends[0, -1, -1] = (-1, 1), (1, -1)
    let_through(student, ends, "exact -1 and 1 in it")


@pytest.mark.check("check_targets", weight=4)
def test_the_range_ends_at_one(student, draw):
    """A number just above 1, one below -1, and numbers far above 1 in the second of two photos are stopped."""
    batch = good_batch(draw)
    batch[0, 3, 4, 1] = JUST
    stopped(student, batch, f"one number of {JUST}, just above the range", "Where does your question draw the line?")
    good = good_batch(draw)
    why = "Does your question look at the whole batch?"
    stopped(student, np.concatenate([good, 128 * good]), "numbers far above 1 in its second photo", why)
    for low in (-JUST, -draw.rng.uniform(20, 100)):
        batch = good_batch(draw)
        batch[0, 2, 5, 0] = low
        why = "Does your question find negative numbers, too?"
        stopped(student, batch, f"a smallest number of {low:.4g} and a largest below 1", why)


@pytest.mark.check("check_targets", weight=2)
def test_nan_is_stopped(student, draw):
    """One NaN, or one infinity, among good numbers is found."""
    for odd, name in ODD:
        batch = good_batch(draw)
        batch[0, int(draw.rng.integers(12)), int(draw.rng.integers(12)), int(draw.rng.integers(2))] = odd
        why = "NaN is stopped. Does your question find infinity, too?"
        if np.isnan(odd):
            why = "Every comparison with NaN is False: ask for NaN itself, or ask whether all is *good*."
        stopped(student, batch, f"{name} in it", why)


@pytest.mark.check("check_targets", weight=2)
def test_wrong_axes_are_stopped(student, draw):
    """Three axes, five axes, one channel, three channels, channels first: all are stopped."""
    good = good_batch(draw)
    shapes = (
        good[0],
        good[..., np.newaxis],
        good[..., :1],
        np.concatenate([good, good[..., :1]], axis=-1),
        np.moveaxis(good, -1, 1),
        good[np.newaxis],
    )
    for batch in shapes:
        why = "A good batch has four axes, *and* the last has length 2. If either is not so, it should be stopped."
        stopped(student, np.ascontiguousarray(batch), f"the shape {batch.shape}", why)


@pytest.mark.check("check_targets", weight=1)
def test_the_error_is_a_value_error(student, draw):
    """Whatever is wrong, what is raised is a ValueError and no other kind."""
    for batch, _, what in bad_batches(draw):
        raised = student.error("check_targets", batch)
        if raised is not None and "ValueError" not in raised.names:  # another check wants that it was raised
            kind = raised.names[0]
            why = explain(str(raised))
            if "assert" in raised.line:
                why = "`assert` raises AssertionError; `raise ValueError(…)` is another statement."
            elif "raise" in raised.line:
                why = f"Your `raise` names {kind}."
            elif kind == "IndexError" and batch.ndim < 4:
                why = f"This batch has {batch.ndim} axes. Is a fourth one used before it is known that there are four?"
            raise AssertionError(f"For a batch with {what} a ValueError was wanted; what came is {raised}. {why}")


@pytest.mark.check("check_targets", weight=2)
def test_the_message_says_what_came(student, draw):
    """The message holds the number farthest from zero, the shape, or the word NaN or infinity."""
    for batch, words, what in bad_batches(draw):
        raised = student.error("check_targets", batch)
        if raised is not None:  # another check wants that it was raised
            said = raised.message.lower().replace(", ", ",")
            far = np.nan_to_num(np.abs(batch).max())
            rounded = {f"{far:.0f}", f"{far - 0.5:.0f}", f"{far + 0.5:.0f}"}
            a_number, a_shape, a_digit = (
                "." in words[0],
                words[0].startswith("("),
                re.search(r"\d", said.replace("128", "")),
            )
            named = "NaN or infinity" if "nan" in words else words[0].replace(",", ", ")
            causes = {
                f"Your function stopped with Python's own error at `{raised.line}`. {explain(str(raised))}": pythons_own(
                    raised
                ),
                "Is the `f` before the quotation marks missing?": "{" in said,
                "At least one digit after the point is wanted.": a_number
                and rounded & set(re.findall(r"(?<![\d.])\d+(?!\.?\d)", said)),
                "Nothing of `Y` is in it. In an f-string, `{…}` puts a value into the text.": (a_number or a_shape)
                and not a_digit,
                "The shape is wanted as Python writes it, with its round brackets.": a_shape
                and not re.search(r"\(\d", said),
                "The shape in it is another one. Is it that of `Y` itself?": a_shape
                and re.search(r"\(\d[\d,]*\)", said),
                "It speaks of NaN or infinity, and there is none in this batch.": "nan" not in words
                and re.search(r"\b(nans?|infinit\w+)\b", said),
                "There is a number in it, but not the one farthest from zero.": a_number,
            }
            cause = next(
                (text for text, seen in causes.items() if seen),
                "Which of your messages is this, and does it fit this batch?",
            )
            assert any(word in said for word in words), (
                f"For a batch with {what}, the message should say {named}. {cause} Yours says: {raised.message[:300] or '(nothing)'}"
            )


@pytest.mark.check("check_targets", weight=1)
def test_the_message_names_only_what_is_wrong(student, draw):
    """The message speaks of NaN and infinity only if there is one."""
    for batch, words, what in bad_batches(draw):
        raised = student.error("check_targets", batch)
        if raised is not None and "nan" not in words:
            spoken = re.search(r"\b(nans?|infinit\w+)\b", raised.message.lower())
            assert not spoken, (
                f"A batch with {what} has neither NaN nor infinity in it, but the message speaks of them: {raised.message}"
            )


# -- tanh -----------------------------------------------------------------------------------------------------------


def two_of(student, name, *args, of="numbers"):
    """The two things that a function returns."""
    return expect.sequence(student.call(name, *args), f"{name}(…)", length=2, of=of)


def behind(student, y):
    """What behind_tanh says of one number: x and slope, whichever came first, and whether they came the other way round."""
    parts = student.call("behind_tanh", y)
    for value, name in ((np.arctanh(y), "x"), (1 - y * y, "the slope")):
        assert not fits(parts, value, 1e-4), (
            f"Two numbers should come back, x and the slope; what came is {name} alone."
        )
    parts = expect.sequence(parts, "behind_tanh(…)", length=2, of="numbers, x and the slope")
    return in_order(parts, (np.arctanh(y), 1 - y * y), 1e-4)


def outputs_of_tanh(draw):
    """Outputs of tanh of both signs that are neither near zero, nor where x and the slope are alike, nor near the ends."""
    signs = np.array([1, -1, 1, -1])
    return (signs * draw.rng.choice([*draw.rng.uniform(0.2, 0.5, 4), *draw.rng.uniform(0.75, 0.95, 4)], 4)).tolist()


@pytest.mark.check("behind_tanh", weight=1)
def test_x_is_what_went_into_tanh(student, draw):
    """For single numbers, tanh of x is y."""
    for y in (*outputs_of_tanh(draw), -107.86 / 128, 0.0):
        (x, _), _ = behind(student, y)
        slips = {
            "That is tanh of y; but y came out of tanh, and what went in is wanted.": np.tanh(y),
            "That is the inverse of tan. tanh has another inverse, with an h in its name.": np.arctan(y),
            "That is tan of y, the function of angles. The inverse of tanh has `arc` and an h in its name.": np.tan(y),
            "That is the inverse of sinh.": np.arcsinh(y),
            "That is the slope.": 1 - y * y,
            "That is y itself.": y,
            "That is one divided by tanh, and not the inverse function.": 1 / np.tanh(y) if y else 0.0,
        }
        expect.near(
            x,
            float(np.arctanh(y)),
            f"x for y = {y:.4f}",
            atol=1e-4,
            slips=slips,
            why="It is the inverse of tanh: tanh(x) should give y again.",
        )


@pytest.mark.check("behind_tanh", weight=3, alone=True)
def test_the_slope_is_that_of_tanh(student, draw):
    """For single numbers, the slope is that of tanh where it gives y."""
    for y in (*outputs_of_tanh(draw), 0.9, 0.0):
        (_, slope), _ = behind(student, y)
        slips = {
            "That would be right if y were what goes in; but y is the output already.": 1 - np.tanh(y) ** 2,
            "x was put into the formula, and it wants the output y.": 1 - np.arctanh(y) ** 2,
            "y is not squared there.": 1 - y,
            "That is x.": np.arctanh(y),
            "That is one divided by the slope.": 1 / (1 - y * y),
            "y is doubled there, not squared.": 1 - 2 * y,
            "y was sent through tanh once more, and not squared.": 1 - np.tanh(y),
            "That is the derivative of the formula. The formula itself is the slope.": -2 * y,
        }
        expect.near(
            slope,
            1 - y * y,
            f"The slope of tanh where it gives {y:.4f}",
            atol=1e-4,
            slips=slips,
            why="The formula wants the output of tanh, squared. y is that output already.",
        )


@pytest.mark.check("behind_tanh", weight=3)
def test_x_comes_first(student, draw):
    """First x, then the slope."""
    for y in outputs_of_tanh(draw):
        _, exchanged = behind(student, y)
        assert not exchanged, (
            f"For y = {y:.4f} the slope came first and x second. It should be the other way round: first x, then the slope."
        )


@pytest.mark.check("behind_tanh", weight=1)
def test_behind_tanh_takes_any_y(student, draw):
    """Also y close to 1 and to -1, and whole arrays: each number is answered as if it came alone."""
    for near, nearer in ((0.9999, 0.99999), (-0.9999, -0.99999)):
        both = (two_of(student, "behind_tanh", y, of="numbers, x and the slope") for y in (near, nearer))
        for one, two, which in zip(*both, ("first", "second"), strict=True):
            alike = abs(expect.number(one, f"The {which} result") - expect.number(two, f"The {which} result")) < 1e-6
            assert not alike, (
                f"For y = {near} and for y = {nearer} the {which} result is the same, {one:.4g}. Any y strictly between -1 and 1 may come: is it clipped?"
            )
    y = draw.rng.uniform(-0.97, 0.97, (3, *draw.sides()))
    parts = two_of(student, "behind_tanh", y, of="arrays, x and the slope")
    for place in ((0, 0, 0), (2, 5, 7)):
        alone = two_of(student, "behind_tanh", float(y[place]), of="numbers, x and the slope")
        for part, single, what in zip(parts, alone, ("The first result", "The second result"), strict=True):
            why = "NumPy's functions take whole arrays, those of math do not."
            part = expect.array(part, f"{what} for an array", shape=y.shape, why=why)
            why = "Each number of the array is answered as if it came alone."
            wanted = expect.number(single, what)
            expect.near(part[place], wanted, f"{what} for one number of an array", atol=1e-4, why=why)


# -- losses and rulers ----------------------------------------------------------------------------------------------


def other_losses(Y, prediction):
    """What slips in a mean squared error give. (Those that share the squares over the wrong count come last.)"""
    gaps = np.asarray(Y - prediction)
    squares, first = np.square(gaps).sum(), len(np.asarray(Y))
    few = np.ravel(Y)[: np.size(prediction)] - np.ravel(prediction)
    return {
        "Only as many numbers of Y took part as the prediction has: `zip` ends with the shorter of the two.": np.square(
            few
        ).sum()
        / gaps.size,
        "Divide by the count of the numbers of Y; the prediction may have fewer.": np.square(gaps).sum()
        / np.size(prediction),
        f"The sum of the squares was divided by {first}, the length of the first axis of Y, which is all that `len` counts.": squares
        / first
        if first > 1 and np.ndim(Y) > 2
        else None,
        "That is the sum of the squares, or the sum divided by `len`, which counts the first axis only. The mean of all numbers is wanted."
        if first == 1
        else "That is the sum of the squares, and the mean is wanted.": squares,
        "That is twice the loss. Was it divided by the count of the pixels? Each of them has two numbers.": 2
        * np.square(gaps).mean(),
        "That is the root of it.": np.sqrt(np.square(gaps).mean()),
        "The mean was squared. First each difference is squared, then comes the mean.": np.square(gaps.mean()),
        "Nothing is squared: plus and minus cancel.": gaps.mean(),
        "Nothing is squared: those are plain distances.": np.abs(gaps).mean(),
        "The median was taken, not the mean.": np.median(np.square(gaps)),
        "The squares were taken before the difference.": (np.square(Y) - np.square(prediction)).mean(),
        "Y and the prediction were added. Their difference is wanted.": np.square(Y + prediction).mean(),
        "The difference was doubled, not squared.": 2 * gaps.mean(),
    }


def one_loss(value, what):
    """One number, or a message on what came in its place."""
    assert not (isinstance(value, np.ndarray) and value.ndim), (
        f"{what} should be one number; yours is an array of shape {value.shape}. The mean goes over *all* numbers, so without an axis."
    )
    return value


@pytest.mark.check("mse", weight=1)
def test_at_most_one_step_is_wrong(student, draw):
    """Difference, square, mean: at most one of the three is wrong, or missing."""
    Y = (0.2 + ab_like(draw, reach=0.8)[np.newaxis]).astype(np.float32)
    prediction = draw.rng.uniform(-0.8, 0.8, Y.shape).astype(np.float32)
    found = student.call("mse", Y, prediction)
    wanted, slips = np.square(Y - prediction).mean(), other_losses(Y, prediction)
    if (
        isinstance(found, np.ndarray) and found.ndim and is_of_numbers(found, found.shape)
    ):  # without the mean, or with one for each pixel or channel
        slips = {"one loss": wanted, "their sum": wanted * Y.size}
        found = found.mean() if is_one_of(found.mean(), wanted, slips, 1e-5) else found.sum()
        assert is_one_of(found, wanted, slips, 1e-5), "The numbers that come back are no squared differences."
    elif not is_one_of(found, wanted, slips | {"half": wanted / 2}, 1e-5):
        why = "Difference, square, one mean over photos, rows, columns and both channels."
        expect.near(found, wanted, "The mean squared error of two batches", atol=1e-5, slips=slips, why=why)


@pytest.mark.check("mse", weight=3)
def test_the_mean_is_over_all_numbers(student, draw):
    """The mean of the squared differences, each pixel with its two numbers."""
    Y = 0.2 + ab_like(draw, reach=0.8)[np.newaxis]
    prediction = draw.rng.uniform(-0.8, 0.8, Y.shape)
    what = "The mean squared error of two batches"
    found = one_loss(student.call("mse", Y, prediction), what)
    why = "Difference, square, one mean over photos, rows, columns and both channels."
    wanted = np.square(Y - prediction).mean()
    expect.near(found, wanted, what, atol=1e-5, slips=other_losses(Y, prediction), why=why)


@pytest.mark.check("mse", weight=3)
def test_one_prediction_stands_for_every_pixel(student, draw):
    """A single number, or a pair, is compared with every pixel."""
    grid = ab_like(draw, reach=0.8)
    whole = student.call("mse", grid[np.newaxis], np.full((1, *grid.shape), 0.3))
    right = fits(whole, np.square(grid - 0.3).mean(), 1e-5)  # where it is not, another check says so
    for Y in (grid, grid[np.newaxis], grid[0]):
        for prediction, what in ((0.3, "the number 0.3"), (draw.rng.uniform(-0.5, 0.5, 2), "a pair")):
            what = f"The mean squared error of a Y of shape {Y.shape} against {what}"
            raised = student.error("mse", Y, prediction)
            assert raised is None, (
                f"For {what[0].lower()}{what[1:]}, `mse` stopped with an error. {raised.explained()} Y may have any shape that ends in 2, and the prediction may also be one number, or two numbers of shape (2,), for every pixel. Python says: {raised}"
            )
            found, wanted = student.call("mse", Y, prediction), np.square(Y - prediction).mean()
            if not right:
                written_out = student.call("mse", Y, np.ones(Y.shape) * prediction)
                a_number = isinstance(written_out, float) and fits(found, written_out, 1e-5)
                if a_number or repr(found) == repr(written_out):
                    continue
            why = "The mean is over all numbers of Y, however few the prediction has."
            slips = other_losses(Y, prediction)
            expect.near(one_loss(found, what), wanted, what, atol=1e-5, slips=slips, why=why)


@pytest.mark.check("mse", weight=1)
def test_mse_leaves_its_inputs_alone(student, draw):
    """Y and the prediction are unchanged afterwards."""
    for dtype in ("float64", "float32"):
        Y = ab_like(draw, reach=0.8).astype(dtype)
        prediction = draw.rng.uniform(-0.8, 0.8, Y.shape).astype(dtype)
        for after, before, name in zip(
            student.arguments_after("mse", Y, prediction), (Y, prediction), ("Y", "prediction"), strict=True
        ):
            assert isinstance(after, np.ndarray) and np.array_equal(after, before), (
                f"After mse(Y, prediction) the {dtype} array {name} held other numbers. `-=` writes into its array; `-` makes a new one."
            )


def tinted_batch(draw, photos=1):
    """Targets whose mean colour is far from grey and from their median, a and b far from each other. (Photos have unlike brightness of colour.)"""
    middle = draw.rng.uniform((0.25, -0.15), (0.35, -0.05))
    skewed = 1.2 * draw.rng.uniform(0, 1, (photos, *draw.sides(), 2)) ** 3 - 0.3
    return middle + skewed


def of_the_grey_picture(batch):
    return np.square(batch).mean()


def of_one_colour(batch, colour=None):
    return np.square(batch - (batch.mean(axis=(0, 1, 2)) if colour is None else colour)).mean()


def both_losses(student, batch):
    """The two results, the grey picture's first whichever came first, and whether they came the other way round."""
    parts = two_of(student, "losses_to_beat", batch)
    return in_order(parts, (of_the_grey_picture(batch), of_one_colour(batch)), 1e-5)


def other_constants(batch):
    """The losses of other colours than the best."""
    return {
        "That is the loss of the grey picture.": of_the_grey_picture(batch),
        "a and b share one mean there; each channel has its own.": of_one_colour(batch, batch.mean()),
        "a and b have each other's mean.": of_one_colour(batch, batch.mean(axis=(0, 1, 2))[::-1]),
        "That is the loss with the median colour. The mean squared error is lowest at another average.": of_one_colour(
            batch, np.median(batch, axis=(0, 1, 2))
        ),
        "Each photo has a colour of its own there. One pair (a, b) is wanted for all of them.": of_one_colour(
            batch, batch.mean(axis=(1, 2), keepdims=True)
        ),
        "That is the colour of the first photo alone. The mean goes over all photos.": of_one_colour(
            batch, batch[0].mean(axis=(0, 1))
        ),
        "That is the first photo's loss alone.": of_one_colour(batch[:1]),
        "Each row or column has a colour of its own there.": of_one_colour(batch, batch.mean(axis=(0, 1))),
        "Each place in the photo has a colour of its own there.": of_one_colour(batch, batch.mean(axis=0)),
        "Each pixel has a mean of its own there. Which axis should stay?": of_one_colour(
            batch, batch.mean(axis=-1, keepdims=True)
        ),
    }


def one_number(value, what):
    """One number; an array of two is perhaps the colour itself."""
    if isinstance(value, np.ndarray) and value.shape == (2,):
        raise AssertionError(
            f"{what} should be one number, a loss; yours is a pair, {np.round(value, 4).tolist()}. Is that the colour itself, or one loss per channel?"
        )
    return expect.number(value, what)


def two_photos(draw):
    """A batch of two photos, one of strong colours and one of weak ones."""
    noise = draw.rng.uniform(-0.2, 0.2, (*draw.sides(), 2))
    return np.stack([0.5 + noise, 0.1 - noise / 2])


@pytest.mark.check("losses_to_beat", weight=1)
def test_the_loss_of_the_grey_picture(student, draw):
    """The loss of predicting zero everywhere is right."""
    batch = tinted_batch(draw)
    (grey, _), _ = both_losses(student, batch)
    wanted, what = of_the_grey_picture(batch), "The loss of the grey picture"
    if is_of_numbers(grey, (2,)) and fits(np.mean(grey), wanted, 1e-5):
        return  # one for each channel: another check wants one number
    slips = {"That is the loss of the constant colour.": of_one_colour(batch)} | other_losses(batch, 0)
    why = "Grey is a = 0 and b = 0 in every pixel."
    expect.near(one_number(grey, what), wanted, what, atol=1e-5, slips=slips, why=why)


@pytest.mark.check("losses_to_beat", weight=1, alone=True)
def test_the_loss_of_the_best_constant_colour(student, draw):
    """The loss of the best a and the best b is right; of two photos both count, and one pair (a, b) stands for both."""
    batch = tinted_batch(draw)
    (grey, constant), _ = both_losses(student, batch)
    what = "The loss of the best constant colour"
    why = "The best a is the mean of all a, the best b the mean of all b: two numbers, not one."
    slips = other_constants(batch)
    expect.near(one_number(constant, what), of_one_colour(batch), what, atol=1e-5, slips=slips, why=why)
    grey_is_right = fits(grey, of_the_grey_picture(batch), 1e-5)
    batch = two_photos(draw)
    raised = student.error("losses_to_beat", batch)
    assert raised is None, (
        f"`losses_to_beat` stopped with an error for a batch of two photos. {raised.explained()} One pair (a, b), of shape (2,), is wanted for both: does the mean go over the photos as well? Python says: {raised}"
    )
    (grey, constant), _ = both_losses(student, batch)
    what = "The loss of the best constant colour of two photos"
    why = "One colour for all pixels of all photos: the mean goes over the photos too."
    alike = ("share", "median", "each other")  # a and b have nearly the same mean here
    slips = {text: loss for text, loss in other_constants(batch).items() if not any(part in text for part in alike)}
    expect.near(one_number(constant, what), of_one_colour(batch), what, atol=1e-5, slips=slips, why=why)
    if grey_is_right:  # for one photo; where it is not, another check says so
        what = "The loss of the grey picture for two photos"
        why = "Grey is a = 0 and b = 0 in every pixel of both photos."
        slips = {"That is the first photo alone.": of_the_grey_picture(batch[0])} | other_losses(batch, 0)
        expect.near(one_number(grey, what), of_the_grey_picture(batch), what, atol=1e-5, slips=slips, why=why)


@pytest.mark.check("losses_to_beat", weight=1)
def test_grey_comes_first(student, draw):
    """Two numbers: first the grey picture, then the best constant colour."""
    parts, exchanged = both_losses(student, tinted_batch(draw))
    assert not exchanged, (
        "The best constant colour's loss came first and the grey picture's second. It should be the other way round."
    )
    for part, what in zip(parts, ("The loss of the grey picture", "The loss of the best constant colour"), strict=True):
        one_number(part, what)


def recoloured(draw):
    """A drawn photo in Lab, and the same with each pixel's colour moved far, one way or the other: the pair, with equal L."""
    lab = rgb2lab(draw.photo())
    other = lab.copy()
    ways = draw.rng.choice((-1.0, 1.0), (*lab.shape[:2], 1))
    other[:, :, 1:] += ways * draw.rng.uniform((12, -30), (22, -20)) + draw.rng.uniform(-6, 6, other[:, :, 1:].shape)
    return lab, other


def both_rulers(student, reference, lab, other):
    """The two results with RMS first, whichever came first; what is wanted; whether they came the other way round."""
    wanted = np.sqrt(np.square(lab - other)[:, :, 1:].mean()), reference.call("two_rulers", lab, other)[1]
    parts, exchanged = in_order(two_of(student, "two_rulers", lab, other), wanted, 0.01)
    return parts, wanted, exchanged


def one_of_a_grid(value, what):
    """One number, or a message on what came in its place."""
    if isinstance(value, np.ndarray) and value.ndim == 2:
        raise AssertionError(
            f"{what} should be one number; yours is a grid of shape {value.shape}, one number per pixel. Its mean is wanted."
        )
    return expect.number(value, what)


@pytest.mark.check("two_rulers", weight=1)
def test_the_rms_error_of_a_and_b(student, reference, draw):
    """The RMS error: the root of the mean squared difference over a and b, whatever L does."""
    lab, other = recoloured(draw)
    for case in (other + np.array([7.0, 0.0, 0.0]), other):
        (rms, _), (wanted, _), _ = both_rulers(student, reference, lab, case)
        gaps = (lab - case)[:, :, 1:]
        far = np.linalg.norm(gaps, axis=2)
        what = "The RMS error of a and b, in Lab units,"
        slips = {
            "L takes part there. Only a and b should.": np.sqrt(np.square(lab - case).mean()),
            "The root is missing: that is the mean of the squares.": np.square(gaps).mean(),
            "The two squares of a pixel were added up. A pixel counts as two numbers.": np.sqrt(np.square(far).mean()),
            "That is the mean distance of the pixels. First one mean over all squares, then the root.": far.mean(),
            "That is the mean of plain distances, without squares.": np.abs(gaps).mean(),
            "Lab units came in, so nothing is to be multiplied by 128.": 128 * wanted,
            "That is the root of the sum. The mean is wanted.": np.sqrt(np.square(gaps).sum()),
            "Only a takes part there.": np.sqrt(np.square(gaps[..., 0]).mean()),
            "Only b takes part there.": np.sqrt(np.square(gaps[..., 1]).mean()),
            "L and a take part there, and b does not. Counted from 0, a is layer 1 and b is layer 2.": np.sqrt(
                np.square((lab - case)[..., :2]).mean()
            ),
            "L takes part there, and the first row does not. Which axis counts the layers?": np.sqrt(
                np.square((lab - case)[1:]).mean()
            ),
            "L takes part there, and the first column does not. Which axis counts the layers?": np.sqrt(
                np.square((lab - case)[:, 1:]).mean()
            ),
        }
        expect.near(
            one_of_a_grid(rms, what),
            wanted,
            what,
            atol=0.01,
            slips=slips,
            why="Only a and b take part, two numbers per pixel; mean first, root last.",
        )


@pytest.mark.check("two_rulers", weight=1, alone=True)
def test_the_mean_colour_difference(student, reference, draw):
    """The mean over all pixels of the CIEDE2000 difference."""
    lab, other = recoloured(draw)
    for case in (other + np.array([7.0, 0.0, 0.0]), other):
        (_, step), (_, wanted), _ = both_rulers(student, reference, lab, case)
        what, steps = "The mean ΔE", deltaE_ciede2000(lab, case)
        flat = [array.mean(axis=(0, 1), keepdims=True) for array in (lab, case)]
        slips = {
            "That is the ΔE of the two mean colours. First ΔE pixel by pixel, then the mean.": reference.call(
                "two_rulers", *flat
            )[1],
            "That is the largest ΔE of all pixels.": steps.max(),
            "That is the sum over the pixels.": steps.sum(),
            "That is the median over the pixels.": np.median(steps),
            "That is the root of the mean square of ΔE.": np.sqrt(np.square(steps).mean()),
            "That is the plain distance in Lab, not CIEDE2000.": deltaE_cie76(lab, case).mean(),
            "That is the plain distance of a and b, not CIEDE2000.": np.linalg.norm(
                (lab - case)[:, :, 1:], axis=2
            ).mean(),
            "L does not take part there. deltaE_ciede2000 takes whole Lab arrays.": lambda case=case: reference.call(
                "two_rulers", lab, np.dstack([lab[:, :, :1], case[:, :, 1:]])
            )[1],
        }
        expect.near(
            one_of_a_grid(step, what),
            wanted,
            what,
            atol=0.02,
            slips=slips,
            why="deltaE_ciede2000 takes the two whole Lab arrays and gives one ΔE per pixel; the plain mean of these is wanted.",
        )


@pytest.mark.check("two_rulers", weight=1)
def test_the_rms_error_comes_first(student, reference, draw):
    """First the RMS error, then the mean ΔE."""
    _, _, exchanged = both_rulers(student, reference, *recoloured(draw))
    assert not exchanged, "The mean ΔE came first and the RMS error second. It should be the other way round."


# -- what tanh and ReLU can say -------------------------------------------------------------------------------------


def other_predictions(target):
    """The losses of predictions that are not the nearest."""
    zero = {
        "Your loss is 0, so each prediction equals its target, even where that is far from 0. A prediction stays between -1 and 1: look at its limits.": 0.0,
        "The prediction was 0 for all of them. tanh reaches from -1 to 1: what is nearest to these targets?": np.square(
            target
        ).mean(),
    }
    return zero | telling({
        "The predictions end at 1, but they go below -1.": np.square(target - np.minimum(target, 1)).mean(),
        "The predictions end at -1, but they go above 1.": np.square(target - np.maximum(target, -1)).mean(),
        "The predictions went from 0 to 1 only. tanh goes down to -1.": np.square(target - np.clip(target, 0, 1)).mean(),
        "The target was sent through tanh. But the best prediction for 0.3 is 0.3 itself.": np.square(target - np.tanh(target)).mean(),
        "The prediction was 1 everywhere.": np.square(target - 1).mean(),
        "The predictions were divided by 128. The target is used as it is.": np.square(target - np.clip(target / 128, -1, 1)).mean(),
        "A target between -1 and 1 can be met exactly and costs 0; yours costs its distance to the nearer end.": np.square(np.abs(target) - 1).mean(),
        "That is the sum of the squares, and the mean is wanted.": np.square(target - np.clip(target, -1, 1)).sum(),
        "That is the root of it.": np.sqrt(np.square(target - np.clip(target, -1, 1)).mean()),
        "Only the numbers beyond 1 and -1 were averaged. The mean goes over all of them.": np.square(np.abs(target)[np.abs(target) > 1] - 1).mean(),
        "Nothing is squared.": np.abs(target - np.clip(target, -1, 1)).mean(),
    })  # fmt: skip


def best_loss(student, target, what, why, atol):
    """best_tanh_loss on this target is that of its nearest predictions."""
    found = student.call("best_tanh_loss", target)
    assert not (isinstance(found, np.ndarray) and found.ndim), (
        f"{what} should be one number; yours is an array of shape {found.shape}. Are those the predictions, and not their loss?"
    )
    slips = other_predictions(target)
    if fits(found, 0, 1e-6):
        divided = 1000 * target / 128
        wanted = np.square(divided - np.clip(divided, -1, 1)).mean()
        if fits(student.call("best_tanh_loss", 1000 * target), wanted, 1e-3 * wanted):
            slips = {"It is 0 because the target was divided by 128. Here the target is used as it is.": 0.0}
    expect.near(found, np.square(target - np.clip(target, -1, 1)).mean(), what, atol=atol, slips=slips, why=why)


@pytest.mark.check("best_tanh_loss", weight=2)
def test_at_most_one_step_to_the_best_loss_is_wrong(student, draw):
    """The nearest predictions and their mean squared error: at most one step is wrong, or missing."""
    target = draw.rng.uniform(-600, 600, (*draw.sides(), 2)).astype(np.float32)
    target[:3] /= 600
    found = student.call("best_tanh_loss", target)
    if is_of_numbers(found, target.shape) and np.allclose(found, np.clip(target, -1, 1), atol=1e-5):
        return  # the predictions themselves, and not their loss
    exact = target.astype(float)
    wanted = np.square(exact - np.clip(exact, -1, 1)).mean()
    slips = {text: loss for text, loss in other_predictions(exact).items() if loss and "The prediction was" not in text}
    slips["The limits are -128 and 128."] = np.square(exact - np.clip(exact, -128, 128)).mean()
    slips["The target was divided by 128."] = np.square(exact / 128 - np.clip(exact / 128, -1, 1)).mean()
    if not is_one_of(found, wanted, slips, 1e-3):
        why = "Which prediction between -1 and 1 comes nearest to each of them?"
        best_loss(student, target, "The best loss for targets from -600 to 600", why, 1e-5 * wanted)


@pytest.mark.check("best_tanh_loss", weight=3)
def test_targets_beyond_the_ends_cannot_be_reached(student, draw):
    """Where a target is above 1, the best prediction is 1; where it is below -1, it is -1."""
    sides = (*draw.sides(), 2)
    above, below = 60 * draw.rng.uniform(0, 1, sides) + 1, -60 * draw.rng.uniform(0, 1, sides) - 1
    why = "A prediction ends at 1: what is above it remains as an error."
    best_loss(student, above, "The best loss for targets from 1 to 61", why, 0.01)
    best_loss(
        student, below, "The best loss for targets from -61 to -1", "A prediction ends at -1 on the other side.", 0.01
    )


@pytest.mark.check("best_tanh_loss", weight=3)
def test_targets_in_range_cost_nothing(student, draw):
    """Where a target lies between -1 and 1, a prediction can meet it exactly."""
    target = draw.rng.uniform(-0.95, 0.95, (1, *draw.sides(), 2))
    target[0, 0, 0], target[0, -1, -1] = (5, 0.5), (-0.5, -5)
    found = student.call("best_tanh_loss", target)
    one_side = 16 / target.size  # somebody who forgot 5, or -5, is told so by another check
    if not fits(found, one_side, 1e-6):
        why = "The best prediction for 0.3 is 0.3. It is not the target sent through tanh, and not the nearer end."
        best_loss(student, target, "With a 5 and a -5 among targets between -1 and 1, the best loss", why, 1e-6)


def slipped_shares(ab):
    """What slips in surviving_share give; two of them may give the same."""
    good = ab >= 0
    both = good.all(axis=2)
    slips = {
        "That counts numbers. A pixel survives only if both of its numbers do.": good.mean(),
        "One number that is not negative is not enough: both are asked for.": good.any(axis=2).mean(),
        "That is the share of the pixels that are lost.": 1 - both.mean(),
        "That is how many survive, not their share.": both.sum(),
        "It was divided by the number of rows. There are more pixels than rows.": both.sum() / len(ab),
        "The share goes from 0 to 1, not to 100.": 100 * both.mean(),
        "You counted pixels, but divided by the count of all numbers, which is twice that of the pixels.": both.mean() / 2,
        "That looks at a alone.": good[..., 0].mean(),
        "That looks at b alone.": good[..., 1].mean(),
        "a and b were added up. Each of them has to pass by itself.": (ab.sum(axis=2) >= 0).mean(),
        "a and b were multiplied. Two minus signs make a plus.": (ab.prod(axis=2) >= 0).mean(),
        "That is the share of pixels in which both are negative.": (~good).all(axis=2).mean(),
    }  # fmt: skip
    for axis, lines in enumerate(("columns", "rows")):
        text = f"Whole {lines} were tested there, a and b apart. Which axis holds a and b of a pixel?"
        slips[text] = good.all(axis=axis).mean()
    return slips


def other_shares(ab):
    """Those of the slips of which no two give the same, but for whole rows and columns, which are named all the same."""
    slips = slipped_shares(ab)
    whole = {text: share for text, share in slips.items() if text.startswith("Whole")}
    return telling({text: share for text, share in slips.items() if text not in whole}) | whole


def pixels_like(draw, least):
    """Random a and b, of which a whole row and a whole column survive."""
    ab = draw.rng.uniform(least, 40, (*draw.sides(), 2))
    ab[2], ab[:, 3] = np.abs(ab[2]) + 1, np.abs(ab[:, 3]) + 1
    return ab


def share_of(student, ab):
    """The surviving share, one number, or a message on what came in its place."""
    found = student.call("surviving_share", ab)
    if isinstance(found, np.ndarray) and found.ndim:
        cause = "One share for all pixels is wanted."
        if found.dtype == bool:
            cause = "Those are answers, True or False. A share says how many of the pixels' answers are True."
        raise AssertionError(
            f"The surviving share should be one number; yours is an array of shape {found.shape}. {cause}"
        )
    assert not isinstance(found, (bool, np.bool_)), (
        f"The surviving share should be a number from 0 to 1; what came is {found}. That is one answer for all pixels at once: ask each pixel."
    )
    return found


@pytest.mark.check("surviving_share", weight=2)
def test_at_most_one_step_to_the_share_is_wrong(student, draw):
    """Two questions for each pixel, and the share of yes: at most one step is wrong, or missing."""
    ab = pixels_like(draw, -40).astype(np.float32)
    both = (ab >= 0).all(axis=2)
    found = student.call("surviving_share", ab)
    if is_of_numbers(found, both.shape) and np.array_equal(found, both):
        return  # the answers of the pixels, and not their share
    ideas = ("added up", "multiplied", "alone")  # other questions than that of the text
    slips = {text: share for text, share in slipped_shares(ab).items() if not any(idea in text for idea in ideas)}
    found = share_of(student, ab)
    if not is_one_of(found, both.mean(), slips, 1e-6):
        why = "Each pixel counts once, and only if both of its numbers pass. The share goes from 0 to 1."
        expect.near(found, both.mean(), "The surviving share", atol=1e-6, slips=other_shares(ab), why=why)


@pytest.mark.check("surviving_share", weight=3)
def test_a_pixel_survives_if_neither_is_negative(student, draw):
    """The share of pixels in which both a and b are above zero, for drawn numbers."""
    for least in (-60, -15):
        ab = pixels_like(draw, least)
        wanted = (ab >= 0).all(axis=2).mean()
        why = "Each pixel counts once, and only if both of its numbers pass. The share goes from 0 to 1."
        expect.near(share_of(student, ab), wanted, "The surviving share", atol=1e-6, slips=other_shares(ab), why=why)


@pytest.mark.check("surviving_share", weight=3)
def test_zero_is_not_negative(student, draw):
    """A pixel with an exact zero counts like one whose a and b are above zero."""
    ab = -draw.rng.uniform(1, 40, (*draw.sides(), 2))
    ab[:3] = 0
    ab[3:6] = 0, 20
    ab[6] = 20, 0
    found = student.call("surviving_share", ab)
    above = student.call("surviving_share", np.where(ab < 0, ab, 1.0))
    wanted = 7 / ab.shape[0]
    if fits(above, wanted, 1e-6) or repr(found) != repr(above):  # where both are wrong alike, another check says so
        slips = {"A pixel with a zero in it was lost. Zero is not negative.": 0.0}
        why = "ReLU can say 0: a zero in a or in b is no loss."
        what = "The surviving share of a photo with zeros in it"
        expect.near(found, wanted, what, atol=1e-6, slips=slips, why=why)


# -- the light of another photo -------------------------------------------------------------------------------------


def tinted_lab(draw, spread=None, sides=None):
    """A Lab photo (H, W, 3) of drawn means; a and b are skewed, so that the median is not the mean, and have this spread, or a drawn one."""
    sides = sides or draw.sides()
    skewed = draw.rng.uniform(0, 1, (*sides, 2)) ** 3
    skewed = (skewed - skewed.mean(axis=(0, 1))) / skewed.std(axis=(0, 1))
    spread = draw.rng.permutation([draw.rng.uniform(3, 6), draw.rng.uniform(9, 18)]) if spread is None else spread
    middle = draw.rng.permutation([draw.rng.uniform(-30, -15), draw.rng.uniform(10, 25)])
    return np.dstack([draw.rng.uniform(0, 100, sides), middle + spread * skewed])


# Parts of the slips that are another idea, or leave the photo's own colours out.
NO_LIGHT = ("Every pixel has", "mallest and largest", "a and b have changed places", "are those of `lab`")


def lit_by(lab, other):
    """The ab of `lab` with the means and the spreads of `other`."""
    unit, lent = standard(lab), ab_of(other)
    return unit * lent.std(axis=(0, 1)) + lent.mean(axis=(0, 1))


def ab_of(lab):
    return lab[:, :, 1:]


def standard(lab):
    """The ab of `lab` with mean 0 and spread 1 in each layer."""
    ab = ab_of(lab)
    return (ab - ab.mean(axis=(0, 1))) / ab.std(axis=(0, 1))


def lit(student, lab, other, what):
    """What borrow_light gives: a float array of the shape of `lab`."""
    got = student.call("borrow_light", lab, other)
    shape = np.shape(got)
    why = "It is the photo that comes first, `lab`, with its own sides."
    if shape == (*lab.shape[:2], 2):
        why = "L is missing: it comes back as well, in layer 0."
    elif shape == other.shape:
        why = "That is the shape of `other`."
    if isinstance(got, np.ndarray) and shape == lab.shape and not np.isfinite(got).all():
        raise AssertionError(
            f"{what} holds NaN or infinity: a layer was divided by a spread of 0. The text says what is wanted below 0.01."
        )
    return expect.array(got, what, shape=lab.shape, why=why)


def other_lights(lab, other):
    """What slips in borrow_light give, as ab."""
    own, lent, unit = ab_of(lab), ab_of(other), standard(lab)
    mean, spread = lent.mean(axis=(0, 1)), lent.std(axis=(0, 1))
    own_mean, own_spread = own.mean(axis=(0, 1)), own.std(axis=(0, 1))
    right = unit * spread + mean
    return {
        "Only the mean was exchanged; the spread is that of `lab`.": own - own_mean + mean,
        "Only the spread was exchanged; the mean is that of `lab`.": unit * spread + own_mean,
        "It ends with mean 0: the mean of `other` was not added.": unit * spread,
        "It ends with mean 0 and spread 1. The way goes on, to the spread and the mean of `other`.": unit,
        "The mean of `lab` was not subtracted first.": own / own_spread * spread + mean,
        "The mean of `other` was added before the multiplication.": (unit + mean) * spread,
        "The spreads stand the other way round: divide by that of `lab`, multiply by that of `other`.": (own - own_mean)
        / spread
        * own_spread
        + mean,
        "The division by the spread of `lab` is missing.": (own - own_mean) * spread + mean,
        "The mean and the spread of `other` have changed places.": unit * mean + spread,
        "a and b are those of `lab`: is the result written into the array that comes back?": own,
        "Variances took the place of the spreads.": (own - own_mean) / own_spread**2 * spread**2 + mean,
        "It was divided by the variance of `lab`.": unit / own_spread * spread + mean,
        "It was multiplied by the variance of `other`.": unit * spread**2 + mean,
        "Without a bracket round the difference, only the mean was divided.": own - own_mean / own_spread * spread + mean,
        "`ddof=1` is in it. The default settings of `.std()` are wanted.": lambda: (own - own_mean)
        / own.std(axis=(0, 1), ddof=1)
        * lent.std(axis=(0, 1), ddof=1)
        + mean,
        "a was given what belongs to b, and b what belongs to a.": unit * spread[::-1] + mean[::-1],
        "a and b have changed places.": right[..., ::-1],
        "Medians took the place of the means.": (own - np.median(own, axis=(0, 1))) / own_spread * spread
        + np.median(lent, axis=(0, 1)),
        "Smallest and largest numbers were matched. Means and spreads are wanted.": (own - own.min(axis=(0, 1)))
        / np.ptp(own, axis=(0, 1))
        * np.ptp(lent, axis=(0, 1))
        + lent.min(axis=(0, 1)),
        "a and b share one mean and one spread there. Each layer has its own.": (own - own.mean())
        / own.std()
        * lent.std()
        + lent.mean(),
        "Means and spreads were taken over L, a and b together.": (own - lab.mean()) / lab.std() * other.std()
        + other.mean(),
        "Each column has a mean and a spread of its own there. They are taken over the whole layer.": (
            own - own.mean(axis=0)
        )
        / own.std(axis=0)
        * spread
        + mean,
        "Only a was changed. b wants the same: does the `return` stand inside the loop?": np.dstack([right[..., 0], own[..., 1]]),
        "Only b was changed. Counted from 0, a is layer 1 and b is layer 2.": np.dstack([own[..., 0], right[..., 1]]),
        "Every pixel has the mean colour of `other`. That is for layers with a spread below 0.01 only.": np.broadcast_to(
            mean, own.shape
        ),
    }  # fmt: skip


def ab_lit(student, lab, other, what):
    """The ab that borrow_light gives; that of an answer without L counts, too. (Another check wants the L.)"""
    got = student.call("borrow_light", lab, other)
    alone = is_of_numbers(got, (*lab.shape[:2], 2))
    return got if alone else ab_of(lit(student, lab, other, what))


@pytest.mark.check("borrow_light", weight=3)
def test_at_most_one_step_to_the_light_is_wrong(student, draw):
    """Minus own mean, by own spread, times the other's spread, plus the other's mean: at most one step is wrong."""
    low, high = sorted(draw.sides())
    lab, other = tinted_lab(draw, sides=(low, high)).astype(np.float32), tinted_lab(draw).astype(np.float32)
    what = "borrow_light of a photo that is wider than high"
    got = ab_lit(student, lab, other, what)
    slips = {text: ab for text, ab in other_lights(lab, other).items() if not any(idea in text for idea in NO_LIGHT)}
    known = name_the_slip(got, lit_by(lab, other), atol=0.005, slips=slips) in slips
    if not known:
        why = "Mean 0 and spread 1 first, with the numbers of `lab`; then the spread and the mean of `other`. a and b each by itself."
        slips = other_lights(lab, other)
        expect.close(got, lit_by(lab, other), f"The ab of {what}", atol=0.005, slips=slips, given=[ab_of(lab)], why=why)


@pytest.mark.check("borrow_light", weight=6)
def test_a_and_b_get_the_mean_and_spread_of_the_other_photo(student, draw):
    """a and b have the means and the spreads of the other photo, and each pixel its place among them."""
    low, high = sorted(draw.sides())
    for dtype in (np.float64, np.float32):
        lab, other = tinted_lab(draw, sides=(high, low)).astype(dtype), tinted_lab(draw, sides=(7, 5)).astype(dtype)
        got = lit(student, lab, other, f"borrow_light(lab, other) in {np.dtype(dtype).name}")
        expect.close(
            ab_of(got),
            lit_by(lab, other),
            "The ab of borrow_light(lab, other)",
            atol=0.005,
            slips=other_lights(lab, other),
            given=[ab_of(lab)],
            why="Mean 0 and spread 1 first, with the numbers of `lab`; then the spread and the mean of `other`. a and b each by itself.",
        )


@pytest.mark.check("borrow_light", weight=2)
def test_l_is_that_of_the_photo(student, draw):
    """The layer L of the result is that of the photo."""
    lab, other = tinted_lab(draw), tinted_lab(draw)
    own, lent = lab[:, :, 0], other[:, :, 0]
    got = lit(student, lab, other, "borrow_light(lab, other)")
    slips = {
        "L took part there. It stays as it is.": (own - own.mean()) / own.std() * lent.std() + lent.mean(),
        "L became the mean of the other photo's L.": np.full_like(own, lent.mean()),
        "L was standardized. It stays as it is.": (own - own.mean()) / own.std(),
        "L is zero: it comes from `lab`.": 0 * own,
    }
    expect.close(
        got[:, :, 0], own, "The L of borrow_light(lab, other)", atol=1e-3, slips=slips, why="It is the L of `lab`."
    )


def without_spread(draw):
    """Photos with one or two layers that hold nothing but what a computer leaves over: the photo, these layers, and what is so."""
    both, one = tinted_lab(draw), tinted_lab(draw)
    both[:, :, 1:] = draw.rng.integers(5, 21, 2) * (1, -1)
    layer = int(draw.rng.integers(1, 3))
    one[:, :, layer] = draw.rng.integers(5, 21)
    yield both, (1, 2), "one colour in every pixel"
    yield one, (layer,), f"one {'Lab'[layer]} in every pixel"
    yield tinted_lab(draw, spread=0.003), (1, 2), "a spread of 0.003 in a and in b"


@pytest.mark.check("borrow_light", weight=4)
def test_a_layer_without_spread_becomes_the_mean(student, draw):
    """A layer whose spread is below 0.01 becomes the mean of the other photo's layer; other layers do not."""
    for lab, layers, what in without_spread(draw):
        other = tinted_lab(draw)
        got = lit(student, lab, other, f"borrow_light of a photo with {what}")
        for layer in (1, 2):
            name, own = f"The layer {'Lab'[layer]} of a photo with {what}, in another light,", lab[:, :, layer]
            mean = np.full_like(own, other[:, :, layer].mean())
            if layer not in layers:
                assert np.ptp(got[:, :, layer]) > 0.1, (
                    f"{name} is one number in every pixel. This layer has a spread, and only the other one has none: each is asked by itself."
                )
                continue
            slips = {
                "It came back as it was. Without a spread, a layer becomes the mean of that layer in `other`.": own,
                "It came back as 0. Without a spread, a layer becomes the mean of that layer in `other`.": 0 * own,
            }
            why = "It should be the mean of that layer in `other`, in every pixel."
            if np.ptp(got[:, :, layer]) > 0.1:
                why = "So small a spread was stretched: ask whether it is below 0.01, and not whether it is 0."
            expect.close(got[:, :, layer], mean, name, atol=0.005, slips=slips, why=why)
    pale_is_stretched(student, tinted_lab(draw, spread=draw.rng.uniform(0.03, 0.06, 2)), tinted_lab(draw))


def pale_is_stretched(student, lab, other):
    """A small spread that is not below 0.01 is stretched like any other."""
    got = lit(student, lab, other, "borrow_light of a pale photo")
    for layer in (1, 2):
        own, spread = lab[:, :, layer].std(), got[:, :, layer].std()
        cause = name_the_slip(ab_of(got), lit_by(lab, other), atol=0.005, slips=other_lights(lab, other))
        if spread < 1e-6 or np.array_equal(got[:, :, layer], lab[:, :, layer]):
            cause = (
                f"The photo's own spread there is {own:.3f}. That is not below 0.01, so it is stretched like any other."
            )
        assert spread > 1, (
            f"In another light, the layer {'Lab'[layer]} of a pale photo has a spread of {spread:.3g}; that of `other` has {other[:, :, layer].std():.3g}. {cause}"
        )


@pytest.mark.check("borrow_light", weight=1)
def test_borrow_light_leaves_both_photos_alone(student, draw):
    """Both Lab arrays that were handed in are unchanged afterwards."""
    lab, other = tinted_lab(draw), tinted_lab(draw)
    afterwards = student.arguments_after("borrow_light", lab, other)
    for after, before, name in zip(afterwards, (lab, other), ("lab", "other"), strict=True):
        assert isinstance(after, np.ndarray) and np.array_equal(after, before), (
            f"After borrow_light(lab, other) the array `{name}` held other numbers. `=` alone gives a second name to the same array; `.copy()` makes a new one."
        )
