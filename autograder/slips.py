"""Say in words how a value differs from the one that was wanted, and which slip gives it. Pasted into each lesson by `autograder build`; it knows no answer."""

import re

import numpy as np

FACTORS = (3, 10, 100, 128, 255, 256)


def describe(value):
    """One short phrase for any value: what a student would say that it is."""
    if isinstance(value, np.ndarray):
        text = f"an array of shape {value.shape} and dtype {value.dtype}"
        if value.size and value.dtype.kind in "iufb":
            low, high = value.min(), value.max()
            text += f", values {low:.4g} to {high:.4g}" if np.isfinite([low, high]).all() else ", with NaN or infinity"
        return text
    if value is None:
        return "None (is there a `return`? `print` returns nothing)"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    if callable(value):
        return "a function (is it called, with brackets?)"
    value = value.item() if isinstance(value, np.generic) else value
    text = re.sub(r"<(?:\w+\.)*(\w+) object at 0x\w+>", r"a \1", repr(value))
    kind = type(value).__name__
    return text if text == f"a {kind}" else f"{text if len(text) <= 60 else text[:57] + '...'} ({kind})"


def short(values):
    """A number, or a few of them, as a student writes them."""
    if np.ndim(values) == 0:
        return f"{0 if abs(float(values)) < 1e-12 else values:.6g}"
    return "[" + ", ".join(short(value) for value in values) + "]"


def must_be_array(value, what):
    """AssertionError unless a value is a NumPy array. what: how the message calls it."""
    if not isinstance(value, np.ndarray):
        raise AssertionError(
            f"{what} should be a NumPy array; what came is {describe(value)}. `np.array(…)` makes one of a list of rows."
        )


def same(got, wanted, what, *, atol=0.0, slips=None, given=(), why=""):
    """AssertionError unless `got` has the shape and the numbers of `wanted`, within `atol`; the dtype is free.

    what: how the message calls it. slips: by a sentence, what a certain slip would give (or a function that makes it); the first that
    fits is named. given: the arrays that went in. why: one question, asked if no slip and no general kind fits.
    """
    if problem := difference(got, wanted, what, atol=atol, slips=slips, given=given, why=why):
        raise AssertionError(problem)


def difference(got, wanted, what, *, atol=0.0, slips=None, given=(), why=""):
    """What `same` says, or "" if there is nothing to say."""
    wanted = np.asarray(wanted)
    array = _numbers(got)
    few = wanted.size <= 6 and wanted.ndim <= 2
    if array is None:
        return f"{what} should be {short(wanted) if few else f'an array of shape {wanted.shape}'}; what came is {describe(got)}."
    if array.shape == wanted.shape:
        gap = np.abs(array.astype(float) - wanted.astype(float))
        gap = np.where(np.isfinite(gap), gap, np.inf)
        if not gap.size or gap.max() <= atol:
            return ""
    cause = name_the_slip(array, wanted, atol=atol, slips=slips, given=given) or why
    if array.shape != wanted.shape:
        return _sentences(f"{what} should have the shape {wanted.shape}; yours has {array.shape}.", cause)
    if few:
        return _sentences(f"{what} should be {short(wanted)}; yours is {short(array)}.", cause)
    place = np.unravel_index(int(np.argmax(gap)), gap.shape)
    return _sentences(
        f"{what} differs at index {tuple(int(i) for i in place)}: wanted {short(wanted[place])}, yours is {short(array[place])}"
        f" ({np.count_nonzero(gap > atol)} of {gap.size} values differ).",
        cause,
    )


def straight_line(got, given):
    """Where each number was multiplied by one number and another one was added: by a sentence that says so, what that gives."""
    got, given = np.asarray(got), np.asarray(given)
    if got.shape != given.shape or given.size < 4 or got.dtype.kind not in "iuf":
        return {}
    factor, added = np.polyfit(given.ravel(), got.ravel(), 1)
    text = f"Every number was multiplied by {factor:.4g}, and {added:.4g} was added. Nothing is to be added or subtracted: 0 stays 0."
    return {text: factor * given + added} if abs(added) > 1e-3 * abs(factor) else {}


def _sentences(*parts):
    return " ".join(part for part in parts if part)


def _numbers(value):
    """A value as an array of plain numbers, or None."""
    if value is None or isinstance(value, (str, bytes)):
        return None
    try:
        array = np.asarray(value)
    except Exception:  # rows of different lengths; a tensor that cannot be read
        return None
    return array if array.dtype.kind in "biuf" else None


def name_the_slip(got, wanted, *, atol=0.0, slips=None, given=()):
    """A sentence on how `got` is wrong, or "". It says what is seen: a cause is only named where a slip of `slips` fits."""
    got, wanted = np.asarray(got), np.asarray(wanted)
    for sentence, value in (slips or {}).items():
        try:
            with np.errstate(all="ignore"):
                value = value() if callable(value) else value
        except Exception:  # this slip is impossible for these arrays
            continue
        if _fits(got, value, atol) and not _fits(wanted, value, atol):
            return sentence
    for item in given:
        if _fits(got, item, atol) and not _fits(wanted, item, atol):
            return "That is what went in, unchanged."
    if got.shape != wanted.shape:
        return _slip_of_shape(got, wanted)
    if got.dtype.kind == "f" and np.isnan(got).any() and not np.isnan(np.asarray(wanted, float)).any():
        return "There are NaNs in it: something was divided by zero, or the root or the logarithm of a negative number was taken."
    for sentence, value in _general_slips(got, wanted.astype(float)):
        if _fits(got, value, atol) and not _fits(wanted, value, atol):
            return sentence
    if (
        got.size > 2
        and not _fits(got, wanted, atol)
        and _fits(np.sort(got, axis=None), np.sort(wanted, axis=None), atol)
    ):
        return "All the numbers are right, but in the wrong places."
    return ""


def _fits(got, value, atol):
    """Whether `got` is this value: the same shape, and the same numbers up to rounding."""
    value = _numbers(value)
    if value is None or value.shape != np.shape(got) or not value.size:
        return False
    value = value.astype(float)
    with np.errstate(invalid="ignore"):
        gap = np.abs(np.asarray(got, float) - value)
        return bool((gap <= np.maximum(atol, 1e-5 * np.abs(value) + 1e-9)).all())


def _slip_of_shape(got, wanted):
    """What is wrong with the shape of an array."""
    if got.ndim == 0:
        return "One single number came."
    if got.size == wanted.size and got.ndim == wanted.ndim and sorted(got.shape) == sorted(wanted.shape):
        return "The sides are right, but the axes are in a different order."
    if got.size == wanted.size and got.ndim < wanted.ndim and 1 in wanted.shape:
        return f"{'An axis is' if got.ndim + 1 == wanted.ndim else 'Axes are'} missing. An axis of length 1 is an axis, too."
    if got.size == wanted.size and got.ndim > wanted.ndim:
        return "There is one axis too many." if got.ndim == wanted.ndim + 1 else "There are too many axes."
    if got.size == wanted.size:
        return "It has as many numbers as it should, but they are cut into another shape."
    if got.ndim != wanted.ndim:
        return f"It should have {wanted.ndim} {'axis' if wanted.ndim == 1 else 'axes'}, and yours has {got.ndim}."
    return ""


def _general_slips(got, wanted):
    """Sentences on what is seen, and the values that they stand for. wanted: floats."""
    zeros = np.zeros(wanted.shape)
    yield "It is zero everywhere." if wanted.ndim else "It is zero.", zeros
    if wanted.ndim >= 2:
        for first in range(wanted.ndim - 1):
            if wanted.shape[first] == wanted.shape[first + 1] > 1:
                yield "Rows and columns have changed places.", wanted.swapaxes(first, first + 1)
        yield "It is upside down: the rows come from the bottom up.", wanted[::-1]
    if wanted.ndim and wanted.shape[-1] == 2:
        yield "The two have changed places.", wanted[..., ::-1]
    elif wanted.ndim and wanted.shape[-1] == 3:
        yield "The three come in the opposite order.", wanted[..., ::-1]
    elif wanted.ndim:
        yield "It is mirrored, left and right.", wanted[..., ::-1]
    yield "The signs are flipped: plus where minus should be.", -wanted
    yield "The minus signs are lost.", np.abs(wanted)
    yield "What should be negative is zero.", np.maximum(wanted, 0)
    for low, high in ((0, 1), (-1, 1), (0, 255), (0, 100)):
        clipped = np.clip(wanted, low, high)
        if clipped.size and clipped.min() < clipped.max():  # one number alone does not show it
            yield f"It is clipped to {low} to {high}.", clipped
    if wanted.size and (wanted.max() >= 256 or wanted.min() <= -1):
        yield "What is past 255, or below 0, starts again at the other end, as in uint8.", np.mod(np.trunc(wanted), 256)
        yield "What is past 255, or below 0, starts again at the other end, as in uint8.", np.mod(np.rint(wanted), 256)
    yield "The fractions are cut off.", np.trunc(wanted)
    yield "It is rounded to whole numbers.", np.rint(wanted)
    yield "It is twice that.", wanted * 2
    yield "It is half of that.", wanted / 2
    for factor in FACTORS:
        yield f"It is {factor} times too large.", wanted * factor
        yield f"It is {factor} times too small.", wanted / factor
        yield f"It is {factor} times too small, and the fractions are cut off.", np.trunc(wanted / factor)
    with np.errstate(invalid="ignore", over="ignore"):
        if not wanted.ndim:
            yield "That is the square root of it.", np.sqrt(wanted)
            yield "That is the square of it.", np.square(wanted)
        yield "It is one too large.", wanted + 1
        yield "It is one too small.", wanted - 1
