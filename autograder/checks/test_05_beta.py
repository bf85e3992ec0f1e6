"""Hidden checks of lesson 5: split, pairs, batches, augmentation; rulers of colour, the beta network, and its test on unseen pictures."""

from __future__ import annotations

import difflib
import functools
import math

import numpy as np
import pytest
from skimage.color import rgb2lab

from autograder.checks import expect
from autograder.errors import StudentError, UnreadableWeights
from autograder.kernel.models import SerializedModel
from autograder.networks import allowed, description, learning, painting, weights, worker, worlds
from autograder.networks.spec import BETA

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


@pytest.fixture(scope="session", autouse=True)
def process_for_networks(request):
    """It imports TensorFlow while the notebook's kernel does."""
    if any(item.name == "test_the_pipeline_colours_an_unseen_world" for item in request.session.items):
        worker.start()


# -- a split --------------------------------------------------------------------------------------------------------


def numbers_of(value, what):
    """A 1-D integer array of picture numbers; a list of whole numbers counts as one."""
    if isinstance(value, (list, tuple)) and all(isinstance(one, (int, np.integer)) for one in value):
        value = np.array(value, dtype=int)
    return expect.array(value, what, shape=(None,), kind="integer", why="Wanted are picture numbers, in one axis.")


def two_parts(student, count, share, seed):
    """Train and test, as the student splits them, and how the call is written."""
    what = f"split({count}, {share:.4g}, {seed})"
    parts = expect.sequence(student.call("split", count, share, seed), what, length=2, of="arrays, train and test")
    return *(numbers_of(part, f"{what}: {name}") for part, name in zip(parts, ("train", "test"), strict=True)), what


@pytest.mark.check("split", weight=1)
def test_no_number_is_in_both(student, draw):
    """No picture is in train and in test."""
    count = int(draw.rng.integers(60, 120))
    train, test, what = two_parts(student, count, 0.3, int(draw.rng.integers(1000)))
    both = np.intersect1d(train, test)
    assert not both.size, (
        f"{what}: {len(both)} of the numbers are in train and in test, {both[0]} for one. Such a test asks what was learned by heart: it leaks."
    )
    assert len(np.unique(train)) == len(train) and len(np.unique(test)) == len(test), (
        f"{what}: a number comes more than once in the same array. Each picture is there once: are they drawn with `replace=False`, or shuffled?"
    )
    assert min(len(train), len(test)) > 0 and len(train) + len(test) > 0.8 * count, (
        f"{what}: {len(train)} and {len(test)} numbers come back, of {count}. Each picture is in one of the two."
    )


@pytest.mark.check("split", weight=1)
def test_all_are_shared_out_in_the_wanted_sizes(student, draw):
    """Train and test together are all numbers, and test has its share."""
    count = int(draw.rng.integers(20, 60))
    for part in (0.3, 0.7):
        share = (int(draw.rng.integers(3, 9)) + part) / count
        size = round(count * share)
        train, test, what = two_parts(student, count, share, int(draw.rng.integers(1000)))
        expect.close(
            np.unique(np.concatenate([train, test])),
            np.arange(count),
            f"{what}: train and test together, sorted,",
            why="Each number from 0 to count − 1 is in one of the two. Which is missing?",
            slips={"The first picture has the number 0.": np.arange(1, count + 1)},
        )
        cause = f"{count} × {share:.4g} is {count * share:.4g}: rounded to the nearest whole number."
        cause = "Is it train first, and then test?" if len(train) == size else cause
        assert len(test) == size, f"{what}: test should have {size} numbers; yours has {len(test)}. {cause}"


@pytest.mark.check("split", weight=1)
def test_who_is_tested_is_drawn_by_lot(student, draw):
    """The numbers for the test lie anywhere, without a pattern."""
    _, test, what = two_parts(student, 300, 0.3, int(draw.rng.integers(1000)))
    steps = np.diff(np.sort(test))
    assert len(set(steps.tolist())) > 3, (
        f"{what}: sorted, the numbers for the test go on by {' or '.join(map(str, sorted(set(steps.tolist()))))} from one to the next."
        " A sorted collection gives a test that is unlike the rest: draw the numbers by lot, from all."
    )


@pytest.mark.check("split", weight=1)
def test_the_seed_decides_the_lot(student, draw):
    """The same seed gives the same test again, and another seed another one."""
    seeds = draw.rng.choice(1000, 3, replace=False).tolist()
    tests = [np.sort(two_parts(student, 80, 0.5, seed)[1]).tolist() for seed in (*seeds, seeds[0])]
    assert tests[0] == tests[3], (
        f"split(80, 0.5, {seeds[0]}) was called twice, and other numbers were for the test. `np.random.default_rng` makes the same draws again if it gets the seed."
    )
    assert tests[0] != tests[1] or tests[0] != tests[2], (
        f"The seeds {seeds[0]}, {seeds[1]} and {seeds[2]} give the same test. Does your generator get the seed?"
    )


# -- pairs ----------------------------------------------------------------------------------------------------------


GLARE = "Floats from 0 to 255 went into `rgb2lab`: give it the uint8 pictures as they are."


def some_pictures(draw, count, height=16, width=24):
    """Drawn pictures, uint8 (count, height, width, 3): crops of photos, and one of random colours."""
    photos = [draw.photo(height, width) for _ in range(count - 1)]
    return np.stack([*photos, draw.noise(height, width)])


def pair_of(student, pictures):
    what = f"training_pairs of {len(pictures)} pictures, {pictures.shape},"
    try:
        pair = student.call("training_pairs", pictures)
    except StudentError as error:
        said = str(error).partition(" raised ")[2]
        if "raise " in said.partition("(at the line `")[2]:
            raise AssertionError(
                f"Your own doorkeeper refused {what} uint8, which is right: {said} N may be any number, H is `shape[1]`, W is `shape[2]`; and `!=` compares two dtypes, where `is not` asks whether they are the same object."
            ) from None
        raise
    return expect.sequence(pair, what, length=2, of="arrays, X and Y")


def of_l_and_ab(pictures):
    lab = rgb2lab(pictures)
    return lab[..., :1], lab[..., 1:]


@pytest.mark.check("training_pairs", weight=1)
def test_lightness_goes_into_x_and_colour_into_y(student, draw):
    """X is made of L and Y of ab, be it on another scale."""
    pictures = some_pictures(draw, 7)
    for got, wanted, name, of in zip(pair_of(student, pictures), of_l_and_ab(pictures), "XY", ("L", "ab"), strict=True):
        what = f"{name} of {len(pictures)} pictures, {pictures.shape},"
        got = expect.array(got, what, kind="number")
        assert got.size == wanted.size, f"{what} should have the shape {wanted.shape}; yours has {got.shape}."
        for layer in range(wanted.shape[-1]):
            ours, theirs = wanted[..., layer].ravel(), got.reshape(wanted.shape)[..., layer].ravel().astype(float)
            alike = np.std(theirs) > 0 and np.corrcoef(ours, theirs)[0, 1] > 0.995
            assert alike, (
                f"{what} should hold {of}; layer {layer} of yours is something else. X is layer 0 of Lab, Y are layers 1 and 2. What does `rgb2lab` get?"
            )


def expect_part(student, draw, place):
    """X (place 0) or Y (place 1) in shape, dtype and numbers."""
    for count in (1, 3):
        pictures = some_pictures(draw, count)
        L, ab = of_l_and_ab(pictures)
        name, wanted = (("X", L), ("Y", ab / 128))[place]
        slips = (
            {
                GLARE: rgb2lab(pictures.astype(float))[..., :1],
                "L stays as it is, 0 to 100.": L / 100,
                "L is not divided by 128: only a and b are.": L / 128,
            },
            {
                GLARE: rgb2lab(pictures.astype(float))[..., 1:] / 128,
                "That is ab itself: divide by 128.": ab,
                "Divide by 128, not by 127.": ab / 127,
                "Divide by 128.": ab / 100,
            },
        )[place]
        what = f"{name} of {count} picture{'s' * (count > 1)}, {pictures.shape},"
        got = expect.array(pair_of(student, pictures)[place], what, shape=wanted.shape)
        atol = 0.02 if place == 0 else 5e-4
        expect.close(got, wanted, what, atol=atol, slips=slips, why="What does `rgb2lab` get, and what is divided?")
        expect.array(got, what, dtype="float32", why="`astype(np.float32)` makes it.")


@pytest.mark.check("training_pairs", weight=1)
def test_x_is_l_unscaled(student, draw):
    """X is L, 0 to 100, float32, with an axis for its one channel."""
    expect_part(student, draw, 0)


@pytest.mark.check("training_pairs", weight=1)
def test_y_is_ab_over_128(student, draw):
    """Y is ab / 128, float32."""
    expect_part(student, draw, 1)


@pytest.mark.check("training_pairs", weight=1)
def test_what_is_no_collection_is_refused(student, draw):
    """Another dtype, another number of axes and odd sides are refused, and the message says what came."""
    good, odd = some_pictures(draw, 2), int(8 * draw.rng.integers(2, 4) + draw.rng.integers(1, 8))
    for bad in (
        good.astype(np.float64),
        good.astype(np.float32) / 255,
        good.astype(np.int64),
        good[0],
        good[..., 0],
        good[np.newaxis],
        np.concatenate([good, good[..., :1]], axis=-1),
        some_pictures(draw, 1, odd, 16),
        some_pictures(draw, 1, 16, odd),
        some_pictures(draw, 1, 12, 20),
        good.astype(np.uint16),
    ):
        word = bad.dtype.name if bad.dtype != np.uint8 else str(bad.shape)
        what = f"training_pairs should refuse an array of shape {bad.shape} and dtype {bad.dtype} with a ValueError"
        raised = student.error("training_pairs", bad)
        came = student.call("training_pairs", bad) if raised is None else None
        assert "ValueError" not in expect.describe(came), (
            f"{what}. In yours it came back by `return`; it has to be raised: `raise ValueError(…)`."
        )
        assert raised is not None, (
            f"{what}; yours let it in. Which question of yours should stop it, and does it `raise`?"
        )
        assert "ValueError" in raised.names, (
            f"{what}; yours ended with {raised}. Is it an error that you raise yourself?"
        )
        assert word in raised.message, f"{what} whose message contains {word}; yours says: {raised.message}"


# -- batches --------------------------------------------------------------------------------------------------------


def batches_of(student, count, size, seed):
    """The batches, as a list of arrays, and how the call is written."""
    what = f"batches({count}, {size}, {seed})"
    cut = student.call("batches", count, size, seed)
    assert isinstance(cut, (list, tuple, np.ndarray)), f"{what} should be a list; what came is {expect.describe(cut)}."
    return [numbers_of(part, f"{what}: batch {place}") for place, part in enumerate(cut)], what


@pytest.mark.check("batches", weight=1)
def test_no_picture_comes_twice(student, draw):
    """The batches hold picture numbers, and none of them twice."""
    count, size = int(draw.rng.integers(130, 160)), int(draw.rng.integers(5, 9))
    cut, what = batches_of(student, count, size, int(draw.rng.integers(1000)))
    assert len(cut) > 1, f"{what} should be several batches; {len(cut)} came."
    together = np.concatenate(cut)
    twice = len(together) - len(np.unique(together))
    assert not twice, f"{what}: {twice} numbers come more than once. In an epoch, each picture is learned from once."
    assert len(together) > 0.8 * count, f"{what} holds {len(together)} of the {count} numbers. Each comes once."


@pytest.mark.check("batches", weight=1)
def test_every_picture_comes(student, draw):
    """All numbers from 0 to count − 1 come, those that are left over as well."""
    size = int(draw.rng.integers(5, 9))
    for count in (4 * size, 5 * size + int(draw.rng.integers(1, size))):
        cut, what = batches_of(student, count, size, int(draw.rng.integers(1000)))
        missing = np.setdiff1d(np.arange(count), np.concatenate(cut))
        assert not missing.size, (
            f"{what}: {len(missing)} of the numbers 0 to {count - 1} do not come, {missing[0]} for one. What is left over is a batch, too, and the first picture has the number 0."
        )


@pytest.mark.check("batches", weight=1)
def test_batches_are_full_but_the_last(student, draw):
    """All batches have the wanted size, but the last, and none is empty."""
    size = int(draw.rng.integers(4, 9))
    for count, each in (
        (3 * size + 1, size),
        (3 * size, size),
        (6 * size - 1, size),
        (size, 3 * size),
        (size, 1),
    ):
        cut, what = batches_of(student, count, each, int(draw.rng.integers(1000)))
        wanted = [each] * (count // each) + [count % each] * (count % each > 0)
        sizes = [len(part) for part in cut]
        assert sizes == wanted, (
            f"{what}: the batches should have {', '.join(map(str, wanted))} numbers; yours have {', '.join(map(str, sizes))}."
            " All have `size` numbers, but the last, which has what is left over; none is empty."
        )


@pytest.mark.check("batches", weight=1)
def test_pictures_are_shuffled_by_the_seed(student, draw):
    """The numbers are shuffled before they are cut: the same seed the same list, another seed another."""
    seeds = draw.rng.choice(1000, 2, replace=False).tolist()
    cut = {
        name: batches_of(student, 120, 6, seed)[0]
        for name, seed in zip(("one", "other", "again"), (*seeds, seeds[0]), strict=True)
    }
    neighbours = sum(bool(len(part) > 1 and np.ptp(part) < len(part)) for part in cut["one"])
    assert neighbours < 5, (
        f"batches(120, 6, {seeds[0]}): {neighbours} of its batches are made of neighbours, such as {cut['one'][0].tolist()}. Shuffle the numbers before they are cut, and not only the batches."
    )
    first = np.concatenate(batches_of(student, 400, 8, seeds[0])[0])[:100]
    assert 140 < first.mean() < 260, (
        f"batches(400, 8, {seeds[0]}): the mean of the first 100 numbers is {first.mean():.0f}; that of all is 200. Every picture may come first: a shuffle with a small buffer moves each only a little way."
    )
    orders = {name: np.concatenate(parts).tolist() for name, parts in cut.items()}
    assert orders["one"] == orders["again"], (
        f"batches(120, 6, {seeds[0]}) was called twice and gave two different lists. Does your generator get the seed?"
    )
    assert orders["one"] != orders["other"], (
        f"The seeds {seeds[0]} and {seeds[1]} give the same batches. Does your generator get the seed?"
    )


# -- in the mirror --------------------------------------------------------------------------------------------------

WAYS = {
    "as it was": np.s_[:],
    "mirrored left-right": np.s_[:, ::-1],
    "upside down": np.s_[::-1],
    "turned by half": np.s_[::-1, ::-1],
    "with its channels swapped": np.s_[..., ::-1],
}


def some_pairs(draw, count, height, width, dtype=np.float32):
    """X (count, height, width, 1) and Y (count, height, width, 2) of random numbers."""
    return tuple(draw.rng.uniform(0, 1, (count, height, width, channels)).astype(dtype) for channels in (1, 2))


def two_arrays(student, name, X, Y, seed):
    """What flip_some or zoom_in returns: two arrays of the shapes that went in."""
    what = f"{name}(X, Y, {seed})"
    parts = expect.sequence(student.call(name, X, Y, seed), what, length=2, of="arrays, X and Y")
    why = "As many pictures come back as went in, of the same size."
    return [
        expect.array(part, f"{what}: {letter}", shape=was.shape, why=why)
        for part, was, letter in zip(parts, (X, Y), "XY", strict=True)
    ]


def ways_of(came, was):
    """In which of the known ways each picture came back; None for any other."""
    return [
        next((way for way, index in WAYS.items() if np.array_equal(one[index], other)), None)
        for one, other in zip(was, came, strict=True)
    ]


@pytest.mark.check("flip_some", weight=1)
def test_whole_pictures_are_turned(student, draw):
    """Pictures come back as they were or turned as a whole, and some are turned."""
    X, Y = some_pairs(draw, 12, 6, 24)
    for seed in range(30):
        found = []
        for came, was, letter in zip(two_arrays(student, "flip_some", X, Y, seed), (X, Y), "XY", strict=True):
            ways = ways_of(came, was)
            assert None not in ways, (
                f"flip_some(X, Y, {seed}): picture {ways.index(None)} of {letter} is neither as it was nor mirrored. Its numbers stay, the columns come in the opposite order; the order of the pictures stays, too."
            )
            found += ways
        if set(found) != {"as it was"}:
            return
    raise AssertionError(
        "flip_some returns all pictures as they were, with each of 30 seeds. About half should be mirrored."
    )


@pytest.mark.check("flip_some", weight=1)
def test_left_and_right_change_places(student, draw):
    """What is turned is mirrored left-right, in X and in Y."""
    X, Y = some_pairs(draw, 24, 5, 8)
    for came, was, letter in zip(two_arrays(student, "flip_some", X, Y, 3), (X, Y), "XY", strict=True):
        ways = ways_of(came, was)
        odd = [place for place, way in enumerate(ways) if way not in ("as it was", "mirrored left-right")]
        assert not odd, (
            f"flip_some: picture {odd[0]} of {letter} came back {ways[odd[0]] or 'otherwise changed'}. Left and right change places where the columns, axis 2 of (N, H, W, channels), come in the opposite order."
        )


@pytest.mark.check("flip_some", weight=1)
def test_x_and_y_are_mirrored_together(student, draw):
    """X and Y of a picture are turned together, in new arrays of the same dtype."""
    for dtype in (np.float32, np.float64):
        X, Y = some_pairs(draw, 40, 4, 6, dtype)
        came = two_arrays(student, "flip_some", X, Y, 5)
        turned = [[way != "as it was" for way in ways_of(*pair)] for pair in zip(came, (X, Y), strict=True)]
        apart = [place for place, (one, other) in enumerate(zip(*turned, strict=True)) if one != other]
        still = [letter for letter, ways in zip("XY", turned, strict=True) if not any(ways)]
        assert len(still) != 1, (
            f"flip_some: {still[0]} came back as it was, and some pictures of the other array are mirrored. Is {still[0]} mirrored, too, with the same truth values?"
        )
        assert not apart, (
            f"flip_some: of picture {apart[0]}, {'X' if turned[0][apart[0]] else 'Y'} is mirrored and {'Y' if turned[0][apart[0]] else 'X'} is not. The colours would lie beside what they belong to: toss one coin for both."
        )
        for part, letter in zip(came, "XY", strict=True):
            expect.array(part, f"flip_some: {letter}, which came in as {X.dtype},", dtype=X.dtype.name)
        for after, was, letter in zip(student.arguments_after("flip_some", X, Y, 5)[:2], (X, Y), "XY", strict=True):
            assert np.array_equal(after, was), (
                f"flip_some changed the {letter} that it was given. `=` only gives an array a second name: make a new one, `{letter}.copy()`."
            )


@pytest.mark.check("flip_some", weight=1)
def test_a_coin_is_tossed_for_each_picture(student, draw):
    """About half of the pictures are turned: the same ones with the same seed, others with another."""
    X, Y = some_pairs(draw, 160, 3, 4)
    seeds, turned = draw.rng.choice(1000, 2, replace=False).tolist(), []
    for seed in (*seeds, seeds[0]):
        came = two_arrays(student, "flip_some", X, Y, seed)
        turns = [[way != "as it was" for way in ways_of(*pair)] for pair in zip(came, (X, Y), strict=True)]
        flips = turns[0] if any(turns[0]) else turns[1]
        turned.append(flips)
        cause = "Is there one draw for each picture, with a chance of 1/2?"
        if 0 < sum(flips) == sum(flips[:2]):
            cause = "Those are pictures 0 and 1: as an index, 0 and 1 are numbers of pictures. Truth values pick: `heads == 1`."
        elif sum(flips) in (0, 160):
            cause = "Is there a draw for each picture, from one generator? Made anew with the same seed, a generator begins again: make it once, before a loop."
        assert 45 < sum(flips) < 115, (
            f"flip_some(X, Y, {seed}): {sum(flips)} of 160 pictures are mirrored; about half should be. {cause}"
        )
    assert turned[0] == turned[2], (
        f"flip_some(X, Y, {seeds[0]}) was called twice, and other pictures were mirrored. Does your generator get the seed?"
    )
    assert turned[0] != turned[1], (
        f"The seeds {seeds[0]} and {seeds[1]} mirror the same pictures. Does your generator get the seed?"
    )
    counts = [
        sum(way != "as it was" for way in ways_of(two_arrays(student, "flip_some", X[:10], Y[:10], seed)[0], X[:10]))
        for seed in range(12)
    ]
    assert set(counts) != {5}, (
        "flip_some, of ten pictures with each of twelve seeds: it is always exactly five that are mirrored. Each picture has a draw of its own, so it is now four, now seven."
    )


# -- a step forward -------------------------------------------------------------------------------------------------


def window_of(came, was):
    """The corner (top, left) of the window of 3/4 of each side that fills the picture, or None."""
    height, width = was.shape[:2]
    for top, left in np.ndindex(height // 4 + 1, width // 4 + 1):
        if np.array_equal(came, was[top + np.arange(height) * 3 // 4][:, left + np.arange(width) * 3 // 4]):
            return top, left
    return None


def windows_of(came, was, letter):
    """The corners of all pictures; fails where one is no window."""
    corners = [window_of(one, other) for one, other in zip(came, was, strict=True)]
    if None in corners:
        place = corners.index(None)
        cause = "Row r is row top + r * 3 // 4, and column c is column left + c * 3 // 4."
        if np.array_equal(came[place], was[place]):
            cause = "It came back as it went in."
        elif any(window_of(came[place], other) for other in was):
            cause = "It is a window of another picture: the order of the pictures stays."
        raise AssertionError(
            f"zoom_in of pictures of {was.shape[1]} × {was.shape[2]}: picture {place} of {letter} is no window of three quarters of each side, enlarged by index. {cause}"
        )
    return corners


@pytest.mark.check("zoom_in", weight=1)
def test_a_window_fills_the_picture(student, draw):
    """A window of three quarters of each side is left of each picture, enlarged to the full size."""
    X, Y = some_pairs(draw, 4, 32, 32)
    windows_of(two_arrays(student, "zoom_in", X, Y, int(draw.rng.integers(1000)))[0], X, "X")


@pytest.mark.check("zoom_in", weight=1)
def test_x_and_y_have_the_same_window(student, draw):
    """X and Y of a picture have the same window, in new arrays of the same dtype."""
    for dtype in (np.float32, np.float64):
        X, Y = some_pairs(draw, 12, 16, 16, dtype)
        came = two_arrays(student, "zoom_in", X, Y, 7)
        if np.array_equal(came[1], Y):
            raise AssertionError("zoom_in: Y came back as it went in, and X did not. The colours have to move with L.")
        corners = [windows_of(part, was, letter) for part, was, letter in zip(came, (X, Y), "XY", strict=True)]
        apart = [place for place, (one, other) in enumerate(zip(*corners, strict=True)) if one != other]
        assert not apart, (
            f"zoom_in: the window of picture {apart[0]} begins at {corners[0][apart[0]]} in X and at {corners[1][apart[0]]} in Y. Draw once, and take the same rows and columns of both."
        )
        for part, letter in zip(came, "XY", strict=True):
            expect.array(part, f"zoom_in: {letter}, which came in as {X.dtype},", dtype=X.dtype.name)
        for after, was, letter in zip(student.arguments_after("zoom_in", X, Y, 7)[:2], (X, Y), "XY", strict=True):
            assert np.array_equal(after, was), (
                f"zoom_in changed the {letter} that it was given. Write into a new array, such as `{letter}.copy()`."
            )


@pytest.mark.check("zoom_in", weight=1)
def test_each_window_is_drawn_by_itself(student, draw):
    """Every place from 0 to a quarter of the side is drawn, for each picture by itself, and decided by the seed."""
    X, Y = some_pairs(draw, 400, 8, 8)
    seeds = draw.rng.choice(1000, 2, replace=False).tolist()
    one, other, again = (two_arrays(student, "zoom_in", X, Y, seed)[0] for seed in (*seeds, seeds[0]))
    corners = windows_of(one, X, "X")
    missing = sorted(set(np.ndindex(3, 3)) - set(corners))
    if missing:
        cause = "Are top and left drawn for each picture, each by itself?"
        if len(set(corners)) == 1:
            cause = "It is the same window in all of them. Draw in the loop, from one generator that is made before it: made anew with the same seed, it begins again."
        elif all(top < 2 and left < 2 for top, left in corners):
            cause = "`integers(0, n)` ends before n."
        raise AssertionError(
            f"zoom_in of 400 pictures of 8 × 8: no window begins at (top, left) = {', '.join(map(str, missing[:3]))}; each of 0, 1, 2 is as likely, for both. {cause}"
        )
    middle = sum(corner.count(1) for corner in corners)
    assert 200 < middle < 335, (
        f"zoom_in of 400 pictures of 8 × 8: 800 times a top or a left was drawn from 0, 1 and 2, and {middle} times it is 1. All are equally likely, so about 267 is wanted: `integers` draws whole numbers like that."
    )
    wide, colours = some_pairs(draw, 150, 16, 16)
    tops = {top for top, _ in windows_of(two_arrays(student, "zoom_in", wide, colours, seeds[0])[0], wide, "X")}
    assert tops == set(range(5)), (
        f"zoom_in of 150 pictures of 16 × 16: top should take each of 0, 1, 2, 3, 4; yours takes {', '.join(map(str, sorted(tops)))}."
    )
    assert np.array_equal(one, again), (
        f"zoom_in(X, Y, {seeds[0]}) was called twice and gave two different results. Does your generator get the seed?"
    )
    assert not np.array_equal(one, other), (
        f"The seeds {seeds[0]} and {seeds[1]} give the same windows. Does your generator get the seed?"
    )


@pytest.mark.check("zoom_in", weight=1)
def test_height_and_width_may_differ(student, draw):
    """Pictures that are not square are zoomed, too."""
    for height, width in ((16, 24), (24, 8)):
        X, Y = some_pairs(draw, 3, height, width)
        windows_of(two_arrays(student, "zoom_in", X, Y, int(draw.rng.integers(1000)))[0], X, "X")


# -- an epoch -------------------------------------------------------------------------------------------------------


def numbered(count, height=8, width=16):
    """Pictures that say which one they are, by their mean, and by a small step from left to right whether they are mirrored; they grow downwards, too."""
    number = np.arange(count, dtype=np.float32)[:, np.newaxis, np.newaxis, np.newaxis]
    across, down = (np.linspace(-0.15, 0.15, side, dtype=np.float32) for side in (width, height))
    X = number + across[:, np.newaxis] + down[:, np.newaxis, np.newaxis]
    return X, np.concatenate([X, 64 - X], axis=-1) / 128


def read(part):
    """The numbers of pictures, and which are mirrored, from X or from 128 times the first layer of Y."""
    values = part[..., 0]
    return np.rint(values.mean(axis=(1, 2))).astype(int), values[:, 0, 0] > values[:, 0, -1]


def epoch_of(student, count, size, seed, sides=(8, 16)):
    """All X and all Y of an epoch, one behind the other, the sizes of its batches, and how the call is written."""
    what = f"epoch(X, Y, {size}, {seed}) of {count} pictures of {sides[0]} × {sides[1]}"
    cut = student.call("epoch", *numbered(count, *sides), size, seed)
    assert isinstance(cut, (list, tuple)) and len(cut) > 0, (
        f"{what} should be a list of pairs; what came is {expect.describe(cut)}."
    )
    xs, ys = [], []
    for place, pair in enumerate(cut):
        X, Y = expect.sequence(pair, f"{what}: batch {place}", length=2, of="arrays, X and Y of the batch")
        xs.append(expect.array(X, f"{what}: X of batch {place}", shape=(None, *sides, 1), kind="float"))
        ys.append(expect.array(Y, f"{what}: Y of batch {place}", shape=(len(X), *sides, 2), kind="float"))
    return np.concatenate(xs), np.concatenate(ys), [len(part) for part in xs], what


@pytest.mark.check("epoch", weight=1)
def test_an_epoch_is_a_list_of_batches(student, draw):
    """Pairs come, X and Y of a batch, and most pictures are in one of them."""
    count, size = int(draw.rng.integers(85, 100)), int(draw.rng.integers(6, 10))
    X, _, sizes, what = epoch_of(student, count, size, int(draw.rng.integers(1000)))
    came = np.unique(read(X)[0])
    assert len(sizes) > 1 and len(came) > 0.8 * count and set(came) <= set(range(count)), (
        f"{what} should have every picture in one of its batches; yours has {len(sizes)} batches, and {len(np.intersect1d(came, np.arange(count)))} of the pictures are in them, as they were or mirrored."
    )


@pytest.mark.check("epoch", weight=1)
def test_each_picture_is_learned_from_once(student, draw):
    """Each picture is in exactly one batch, and all batches have their size, but the last; float32."""
    size = int(draw.rng.integers(5, 9))
    for count in (5 * size, 5 * size + int(draw.rng.integers(1, size))):
        X, Y, sizes, what = epoch_of(student, count, size, int(draw.rng.integers(1000)))
        wanted = [size] * (count // size) + [count % size] * (count % size > 0)
        assert sizes == wanted, (
            f"{what}: the batches should have {', '.join(map(str, wanted))} pictures; yours have {', '.join(map(str, sizes))}. Does `batches` get the number of pictures, and the size?"
        )
        numbers = np.sort(read(X)[0])
        twice = len(numbers) - len(np.unique(numbers))
        assert not twice, (
            f"{what}: {twice} of the places are taken by a picture that came before. Is one call of `batches` behind all of them?"
        )
        for part, letter in ((X, "X"), (Y, "Y")):
            expect.array(
                part, f"{what}: {letter}", dtype="float32", why="They come in as float32. What made them larger?"
            )


@pytest.mark.check("epoch", weight=1)
def test_x_and_y_of_a_picture_stay_together(student, draw):
    """At the same place of X and Y is the same picture, mirrored in both or in none, whatever its sides."""
    for count, sides in ((60, (8, 16)), (16, (48, 48))):  # small ones, and those of the lesson
        X, Y, _, what = epoch_of(student, count, 8, int(draw.rng.integers(1000)), sides)
        (numbers, mirrored), (others, turned) = read(X), read(128 * Y)
        apart = np.flatnonzero(numbers != others)
        if apart.size and np.array_equal(np.sort(numbers), np.sort(others)):
            raise AssertionError(
                f"{what}: where X has picture {numbers[apart[0]]}, Y has the colours of picture {others[apart[0]]}. Cut both by the same numbers."
            )
        belong = np.abs(128 * Y - np.concatenate([X, 64 - X], axis=-1)).max(axis=(1, 2, 3)) < 0.05
        apart = np.flatnonzero(mirrored != turned)
        assert not apart.size or np.any(numbers != others), (
            f"{what}: of picture {numbers[apart[0]]}, {'X' if mirrored[apart[0]] else 'Y'} is mirrored and {'Y' if mirrored[apart[0]] else 'X'} is not. Take both that `flip_some` returns."
        )
        steps = np.diff(X[..., 0], axis=1)
        over = np.flatnonzero(steps.min(axis=(1, 2)) < -1e-3)
        assert not over.size, (
            f"{what}: picture {numbers[over[0]]} stands upside down, or its rows have changed places. Left and right are mirrored, and nothing else is changed."
        )
        assert belong.all(), (
            f"{what}: in {np.sum(~belong)} pictures, L and colours are not those that belonged together, pixel by pixel. Is something changed beside mirroring and zooming: the colours, or how light it is?"
        )


@pytest.mark.check("epoch", weight=1)
def test_every_epoch_is_another(student, draw):
    """Another seed gives another order and mirrors other pictures; the same seed the same."""
    seeds, seen = draw.rng.choice(1000, 2, replace=False).tolist(), []
    for seed in (*seeds, seeds[0]):
        X, _, _, what = epoch_of(student, 60, 8, seed)
        numbers, mirrored = read(X)
        assert np.any(np.diff(numbers) < 0), f"{what}: the pictures come in their order. `batches` shuffles them."
        assert 10 < mirrored.sum() < 50, (
            f"{what}: {mirrored.sum()} of the pictures are mirrored; about half should be. What happens to what `flip_some` returns?"
        )
        seen.append((numbers.tolist(), sorted(numbers[mirrored].tolist()), X))
    assert np.array_equal(seen[0][2], seen[2][2]), (
        f"With the seed {seeds[0]}, epoch was called twice and gave two different lists. Does each step get the seed?"
    )
    assert seen[0][0] != seen[1][0], (
        f"The seeds {seeds[0]} and {seeds[1]} give the same order. Does `batches` get the seed?"
    )
    assert seen[0][1] != seen[1][1], (
        f"The seeds {seeds[0]} and {seeds[1]} mirror the same pictures. Does `flip_some` get the seed?"
    )


# == second half ==

# -- rulers ---------------------------------------------------------------------------------------------------------


def decibels(error, *, peak=255.0):
    return 10 * math.log10(peak**2 / error)


def psnr_slips(error, total):
    """By sentence, what slips in the formula make of a mean squared error. total: how many numbers there are."""
    return {
        "That is 20 times the logarithm. With the mean squared error the factor is 10; 20 goes with its root.": 2
        * decibels(error),
        "That is the natural logarithm. The formula has the one to the base 10.": decibels(error) * math.log(10),
        "That is the logarithm to the base 2. The formula has the one to the base 10.": decibels(error) / math.log10(2),
        "The factor 10 is missing.": decibels(error) / 10,
        "The fraction is upside down: 255² stands above, the error below.": -decibels(error),
        "255 is not squared.": 10 * math.log10(255 / error),
        "The peak is 255 for uint8 pictures; yours takes 1.": decibels(error, peak=1),
        "The peak is 255, the largest number of uint8; yours takes 256.": decibels(error, peak=256),
        "That is the sum of the squares in the formula. Their mean is wanted.": decibels(error * total),
        "The root of the error was taken before the formula.": decibels(math.sqrt(error)),
    }


def close_to_any(got, values, atol):
    return any(abs(got - value) <= atol for value in values)


def far_apart(draw, low, high):
    """Two drawn pictures whose numbers differ by `low` to `high` each, in both directions."""
    first = draw.rng.integers(100, 156, (7, 9, 3))
    return first.astype(np.uint8), (
        first + draw.rng.choice([-1, 1], first.shape) * draw.rng.integers(low, high, first.shape)
    ).astype(np.uint8)


def error_of(first, second):
    return float(np.mean((first.astype(float) - second) ** 2))


@pytest.mark.check("psnr", weight=2)
def test_it_is_a_logarithm_of_the_error(student, draw):
    """The number is a logarithm of the mean squared error, be it with a slip in the formula."""
    first = draw.rng.integers(100, 156, (16, 18, 3), dtype=np.uint8)
    second = first - draw.rng.integers(1, 15, first.shape).astype(np.uint8)  # nothing wraps here, in any order of steps
    error = error_of(first, second)
    got = expect.number(student.call("psnr", first, second), "psnr(picture, other)")
    slips = psnr_slips(error, first.size)
    assert close_to_any(got, [decibels(error), *slips.values()], 0.01), (
        f"For a mean squared error of {error:.3f} the PSNR is {decibels(error):.3f} dB; yours is {got:.3f}. "
        "First the mean squared error of all numbers, then 10 · log₁₀(255² / error): which of the two is another one in yours?"
    )


@pytest.mark.check("psnr", weight=3)
def test_the_formula_gives_decibels(student, draw):
    """10 · log₁₀(255² / MSE), for small differences."""
    first, _ = far_apart(draw, 1, 2)
    second = first - draw.rng.integers(1, 15, first.shape).astype(np.uint8)
    error = error_of(first, second)
    expect.near(
        student.call("psnr", first, second),
        decibels(error),
        f"The PSNR for a mean squared error of {error:.4f}",
        atol=0.005,
        why="10 · log₁₀(255² / error), with the mean over all numbers of the picture.",
        slips=psnr_slips(error, first.size),
    )


@pytest.mark.check("psnr", weight=3)
def test_large_differences_and_none(student, draw):
    """Differences in both directions do not wrap in uint8, and two equal pictures give infinity."""
    first, second = far_apart(draw, 20, 90)
    error = error_of(first, second)
    got = expect.number(student.call("psnr", first, second), "psnr(picture, other)")
    wrapped = {
        "In uint8, 100 − 130 is 226: turn the pictures into floats before they are subtracted.": (
            first - second
        ).astype(float)
        ** 2,
        "The squares were taken in uint8, which ends at 255: turn the pictures into floats first.": (
            (first - second) ** 2
        ).astype(float),
    }
    cause = next(
        (
            sentence
            for sentence, squares in wrapped.items()
            if close_to_any(got, [decibels(squares.mean()), *psnr_slips(squares.mean(), first.size).values()], 0.01)
        ),
        "In which dtype are the pictures subtracted?",
    )
    # A slip in the formula is told above.
    assert close_to_any(got, [decibels(error), *psnr_slips(error, first.size).values()], 0.01), (
        f"For differences up to 90 in both directions, a mean squared error of {error:.1f}, the PSNR is {decibels(error):.2f} dB; yours is {got:.2f}. {cause}"
    )
    ends = draw.rng.choice(np.array([0, 255], np.uint8), first.shape)
    other, almost = ends.copy(), first.copy()
    other[::2] = 255 - other[::2]
    almost[0, 0, 0] += 1
    for one, two, words, cause in (
        (
            ends,
            other,
            "Where half of the numbers are 0 against 255",
            "255² is 65025, and int16 ends at 32767: are the differences floats?",
        ),
        (first, almost, "Where one number of all differs, by 1", "Only two equal pictures have the error 0."),
    ):
        error, raised = error_of(one, two), student.error("psnr", one, two)
        got = f"ended with {raised}" if raised else student.call("psnr", one, two)
        fits = not raised and close_to_any(
            float(np.asarray(got)), [decibels(error), *psnr_slips(error, one.size).values()], 0.01
        )
        assert fits, (
            f"{words}, the mean squared error is {error:.4g} and the PSNR {decibels(error):.2f} dB; yours {got if raised else f'is {got:.2f}'}. {cause}"
        )
    raised = student.error("psnr", first, first.copy())
    assert raised is None, (
        f"Two equal pictures should give infinity, `math.inf`; yours ended with {raised}. The error is 0 there: ask for that before you divide."
    )
    got = student.call("psnr", first, first.copy())
    fits = isinstance(got, (int, float, np.floating)) or (isinstance(got, np.ndarray) and got.ndim == 0)
    assert fits and float(got) == math.inf, (
        f"Two equal pictures should give infinity, `math.inf`; yours gives {expect.describe(got)}. The error is 0 there."
    )


def opponents(picture, signs=True):
    """rg and yb of an RGB picture, in floats."""
    red, green, blue = np.moveaxis(picture.astype(float), -1, 0)
    rg, yb = red - green, (red + green) / 2 - blue
    return (rg, yb) if signs else (np.abs(rg), np.abs(yb))


def colourful(rg, yb, *, factor=0.3, ddof=0):
    return math.hypot(rg.std(ddof=ddof), yb.std(ddof=ddof)) + factor * math.hypot(rg.mean(), yb.mean())


def colourful_slips(picture):
    """By sentence, what slips in the formula make of a picture. Signs are told elsewhere."""
    rg, yb = opponents(picture)
    red, green, blue = np.moveaxis(picture.astype(float), -1, 0)
    r, g, b = np.moveaxis(picture, -1, 0)
    spread, shift = colourful(rg, yb, factor=0), math.hypot(rg.mean(), yb.mean())
    return {
        "Something was computed in uint8, which ends at 255 and begins at 0. Turn the picture into floats first.": colourful(
            r - g, (r + g) / 2 - b
        ),
        "There is no factor 0.3 before the means.": spread + shift,
        "The factor 0.3 goes with the means; the deviations count in full.": 0.3 * spread + shift,
        "Those are the deviations alone: the part with the means is missing.": spread,
        "Those are the means alone: the part with the deviations is missing.": 0.3 * shift,
        "Those are variances, σ². Their sum stands under a root.": spread**2 + 0.3 * shift,
        "The two deviations, and the two means, are added up as they are. The formula has the root of the sum of their squares.": rg.std()
        + yb.std()
        + 0.3 * (rg.mean() + yb.mean()),
        "The two deviations are added up as they are. The formula has the root of the sum of their squares.": rg.std()
        + yb.std()
        + 0.3 * shift,
        "yb is (R + G) / 2 − B. In yours, R + G is not halved.": colourful(rg, red + green - blue),
        "yb is (R + G) / 2 − B. Without the brackets only G is halved.": colourful(rg, red + green / 2 - blue),
        "That is the standard deviation of a sample, with ddof=1. The plain one is wanted.": colourful(rg, yb, ddof=1),
        "Red and blue have changed places: R is layer 0.": colourful(*opponents(picture[..., ::-1])),
        "The levels were divided by 255. They are used as they are.": colourful(rg, yb) / 255,
    }


def one_sided(draw, height=6, width=8):
    """A drawn picture in which rg and yb are positive everywhere, with R + G above 255: no sign can be lost in it."""
    blue = draw.rng.integers(10, 60, (height, width))
    green = blue + draw.rng.integers(60, 90, blue.shape)
    return (
        np.stack([green + draw.rng.integers(100, 140, blue.shape), green, blue], axis=-1).clip(0, 255).astype(np.uint8)
    )


def two_sided(draw):
    """A drawn picture whose parts lie on both sides of rg = 0 and of yb = 0."""
    picture = np.empty((8, 9, 3), np.uint8)
    tints = draw.rng.permutation([[190, 60, 70], [50, 160, 60], [60, 70, 180], [170, 150, 40]])
    for place, tint in enumerate(tints):
        picture[2 * place : 2 * place + 2] = tint
    return picture + draw.rng.integers(0, 30, picture.shape, dtype=np.uint8)


@pytest.mark.check("colourfulness", weight=2)
def test_it_is_made_of_the_two_grids(student, draw):
    """Deviations and means of rg and yb are put together, be it with a slip in the formula or in the signs."""
    picture = one_sided(draw, 16, 20)
    got = expect.number(student.call("colourfulness", picture), "colourfulness(picture)")
    wanted, slips = colourful(*opponents(picture)), colourful_slips(picture)
    assert close_to_any(got, [wanted, *slips.values()], 0.01), (
        f"The colourfulness of a drawn picture should be {wanted:.3f}; yours is {got:.3f}. It is made of the standard deviations and the means of rg = R − G "
        "and yb = (R + G) / 2 − B: what else is in yours?"
    )


@pytest.mark.check("colourfulness", weight=3)
def test_the_formula_of_the_paper(student, draw):
    """√(σ_rg² + σ_yb²) + 0.3 · √(μ_rg² + μ_yb²), where no number is negative."""
    picture = one_sided(draw)
    expect.near(
        student.call("colourfulness", picture),
        colourful(*opponents(picture)),
        "The colourfulness of a drawn picture in which rg and yb are positive",
        atol=0.005,
        why="Which deviation, mean, root or factor is another one in yours?",
        slips=colourful_slips(picture),
    )


@pytest.mark.check("colourfulness", weight=3)
def test_signs_are_kept(student, draw):
    """Red and green, blue and yellow lie on opposite sides of zero."""
    picture = two_sided(draw)
    rg, yb = opponents(picture)
    absolute = opponents(picture, signs=False)
    got = expect.number(student.call("colourfulness", picture), "colourfulness(picture)")
    mixed = (
        math.hypot(absolute[0].std(), absolute[1].std()) + 0.3 * math.hypot(rg.mean(), yb.mean()),
        math.hypot(rg.std(), yb.std()) + 0.3 * math.hypot(absolute[0].mean(), absolute[1].mean()),
    )
    cause = "rg and yb keep their signs, and are computed in floats. What happens to a negative number in yours?"
    slips = colourful_slips(picture)
    overflow = next(iter(slips.values()))
    if close_to_any(got, [colourful(*absolute), *mixed], 0.01):
        cause = "That is what the absolute values of rg and yb give. Signs are kept: red and green are opposites, and so are yellow and blue."
    elif abs(got - overflow) <= 0.01:
        cause = "50 − 200 was computed in uint8, where it is 106. Turn the picture into floats first."
    # A slip in the formula is told above.
    others = [value for value in slips.values() if value != overflow]
    wanted = colourful(rg, yb)
    assert close_to_any(got, [wanted, *others], 0.01), (
        f"The colourfulness of a picture of red, green, blue and yellow should be {wanted:.2f}; yours is {got:.2f}. {cause}"
    )


# -- the mean of two modes ------------------------------------------------------------------------------------------


def modes(draw, count):
    """Drawn colours (count, 2) that lie far apart, and shares that differ and add up to 1."""
    angles = (
        draw.rng.uniform(0, 2 * math.pi) + np.arange(count) * 2 * math.pi / count + draw.rng.uniform(-0.4, 0.4, count)
    )
    colours = np.stack([np.cos(angles), np.sin(angles)], axis=1) * draw.rng.uniform(35, 70, (count, 1))
    shares = draw.rng.permutation(np.arange(1, count + 1) ** 1.5)
    return colours, shares / shares.sum()


def best_of(student, colours, shares):
    """The colour and the error that come back."""
    pair = expect.sequence(
        student.call("best_answer", colours, shares),
        "best_answer(colours, shares)",
        length=2,
        of="values, a colour and its error",
    )
    colour = np.asarray(pair[0], float) if isinstance(pair[0], (list, tuple)) else pair[0]
    return expect.array(colour, "The colour of best_answer", kind="number"), pair[1]


def error_against(colour, colours, shares):
    return float(shares @ ((colours - colour) ** 2).mean(axis=1))


@pytest.mark.check("best_answer", weight=2)
def test_the_answer_lies_between_the_colours(student, draw):
    """The answer is a mean of the colours, with shares or without."""
    colours, shares = modes(draw, 5)
    colour, _ = best_of(student, colours, shares)
    right = shares @ colours
    known = [right, colours.mean(axis=0), shares[::-1] @ colours, right / 5]
    fits = colour.shape == (2,) and any(np.abs(colour - value).max() < 1e-3 for value in known)
    frequent = colour.shape == (2,) and np.abs(colour - colours[np.argmax(shares)]).max() < 1e-3
    cause = (
        "That is the most frequent colour. Its error is larger than that of a colour between them."
        if frequent
        else f"The shape of yours is {colour.shape}; (2,) is wanted."
        if colour.shape != (2,)
        else "Which mean is it, over which axis?"
    )
    assert fits, (
        f"For the colours {np.round(colours, 1).tolist()} with the shares {np.round(shares, 3).tolist()}, the best answer is {np.round(right, 2).tolist()}, a mean of them; yours is {np.round(colour, 2).tolist()}. {cause}"
    )


@pytest.mark.check("best_answer", weight=3)
def test_frequent_colours_count_more(student, draw):
    """The answer has the least mean squared error, for one, two and more colours."""
    for count in (2, 4, 1):
        colours, shares = modes(draw, count)
        colour, _ = best_of(student, colours, shares)
        expect.close(
            colour,
            shares @ colours,
            f"The best answer for {count} colour{'s' if count > 1 else ''} with the shares {np.round(shares, 3).tolist()}",
            atol=1e-3,
            why="Each colour counts as often as its share says, and the shares add up to 1.",
            slips={
                "That is the plain mean, in which all colours count alike.": colours.mean(axis=0),
                "The shares come in the opposite order.": shares[::-1] @ colours,
                "Divided by the number of colours as well: the shares add up to 1 already.": shares @ colours / count,
            },
        )


@pytest.mark.check("best_answer", weight=3)
def test_the_error_that_is_left(student, draw):
    """The second value is the mean squared error of that answer."""
    colours, shares = modes(draw, 3)
    colour, got = best_of(student, colours, shares)
    answer = colour if colour.shape == (2,) else shares @ colours  # a slip in the colour is told above
    wanted = error_against(answer, colours, shares)
    squares = (colours - answer) ** 2
    expect.near(
        got,
        wanted,
        "The mean squared error of the answer",
        atol=0.01,
        why="For each possible colour, the mean of its two squared differences; then their mean with shares.",
        slips={
            "That is the sum of the squares in a and b. Their mean is wanted.": 2 * wanted,
            "That is the root of the error. No root is taken.": math.sqrt(wanted),
            "The errors were averaged without the shares.": squares.mean(),
            "The errors were added up without the shares.": squares.mean(axis=1).sum(),
            "Those are the differences without the squares.": shares @ np.abs(colours - answer).mean(axis=1),
            "The shares come in the opposite order.": shares[::-1] @ squares.mean(axis=1),
            "That is the error of the most frequent colour alone.": squares.mean(axis=1)[np.argmax(shares)],
        },
    )


# -- the network ----------------------------------------------------------------------------------------------------

BUILT = "What build_beta(width) returns"
KINDS = ("Conv2D",) * 9 + ("UpSampling2D", "Conv2D") * 2 + ("Conv2D", "UpSampling2D")
TIMES = (1, 1, 2, 2, 4, 4, 8, 4, 2, 0, 1, 0, 0.5, 0, 0)  # filters, in widths; layer 14 has two
ALIKE = 0.9  # how much of the table's order a network has that is about the table: two layers of fifteen may be missing


def table_of(width):
    """The fifteen layers of the table: kind, filters, stride, activation; None for an up-sampling."""
    found = []
    for number, (kind, times) in enumerate(zip(KINDS, TIMES, strict=True), 1):
        if kind == "UpSampling2D":
            found.append((kind, None, None, None))
        else:
            last = number == 14
            found.append(
                (kind, 2 if last else int(times * width), 2 if number in (2, 4, 6) else 1, "tanh" if last else "relu")
            )
    return found


def activation_in(config):
    """The name of an activation in a layer's settings, such as "relu"; with its settings, where it is not the plain one."""
    if "activation" not in config:  # a layer that is nothing else
        plain = {"max_value": None, "negative_slope": 0, "threshold": 0}
        odd = [f"{name}={config[name]}" for name, value in plain.items() if config.get(name, value) != value]
        return f"relu with {', '.join(odd)}" if odd else "relu"
    activation = config["activation"]
    if isinstance(activation, dict):
        return (
            activation_in(activation.get("config") or {})
            if activation.get("class_name") == "ReLU"
            else str(activation.get("class_name")).lower()
        )
    return str(activation).lower()


def beta_layers(student, width, **how):
    """The student's network of this width as pairs (layer, its activation), in order; an activation behind a Conv2D belongs to it."""
    serialized = student.call("build_beta", width)
    line = [layer for layer in description.line_of(serialized, BUILT) if layer.kind != "InputLayer"]
    found = []
    for layer in line:
        if (
            layer.kind in ("Activation", "ReLU")
            and found
            and found[-1][1] == "linear"
            and found[-1][0].kind == "Conv2D"
        ):
            found[-1] = (found[-1][0], activation_in(layer.config))
        else:
            found.append((layer, activation_in(layer.config) if layer.kind == "Conv2D" else ""))
    return found


def drawn_width(draw):
    return int(draw.rng.choice([6, 10, 12, 14]))


@pytest.mark.check("build_beta", weight=1)
def test_the_network_of_the_table(student, draw):
    """Conv2D and UpSampling2D in one line, much as the table has them."""
    kinds = [layer.kind for layer, _ in beta_layers(student, 16)]
    share = difflib.SequenceMatcher(None, KINDS, kinds, autojunk=False).ratio()
    assert share >= ALIKE, (
        f"The table has fifteen layers, nine Conv2D, then UpSampling2D and Conv2D in turns; yours has {len(kinds)}: {', '.join(kinds)[:300]}. Go down the table line by line."
    )


@pytest.mark.check("build_beta", weight=1)
def test_every_line_of_the_table(student, draw):
    """Order, filters, strides, kernels, paddings and activations are those of the table, for each width."""
    for width in (drawn_width(draw), 2):
        made, table = beta_layers(student, width), table_of(width)
        kinds = [layer.kind for layer, _ in made]
        assert kinds == list(KINDS), (
            f"{BUILT} should have the order of the table, with UpSampling2D as layers 10, 12 and 15; yours has {len(kinds)} layers, UpSampling2D as {[place for place, kind in enumerate(kinds, 1) if kind == 'UpSampling2D']}, "
            f"and others than Conv2D and UpSampling2D: {sorted(set(kinds) - set(KINDS)) or 'none'}."
        )
        for number, ((layer, activation), (kind, filters, stride, wanted)) in enumerate(
            zip(made, table, strict=True), 1
        ):
            where, config = f"build_beta({width}): layer {number}", layer.config
            if kind == "UpSampling2D":
                size = two_of(config.get("size"))
                assert size == (2, 2) and config.get("interpolation", "nearest") == "nearest", (
                    f"{where} should be a plain UpSampling2D(); yours has the size {size} and interpolation={config.get('interpolation')!r}."
                )
                continue
            cause = (
                " The last Conv2D makes two grids, a and b."
                if number == 14
                else " The filters grow with the width."
                if width == 2
                else ""
            )
            assert config.get("filters") == filters, (
                f"{where} should have {filters} filters; yours has {config.get('filters')}.{cause}"
            )
            got = two_of(config.get("strides"))
            assert got == (stride, stride), (
                f"{where} should have stride {stride}; yours has {got[0]}. Layers 2, 4 and 6 have stride 2."
            )
            assert two_of(config.get("kernel_size")) == (3, 3), (
                f"{where} should have kernels of 3 × 3; yours are {two_of(config.get('kernel_size'))}."
            )
            assert config.get("padding") == "same", (
                f'{where} should have the padding "same"; yours is {config.get("padding")!r}, and its picture shrinks.'
            )
            cause = {
                "linear": " If no activation is named, Keras takes 'linear', which does nothing.",
                "relu": " A ReLU knows no negative numbers: no green and no blue.",
                "sigmoid": " A sigmoid knows no negative numbers: no green and no blue.",
            }.get(activation, "")
            assert activation == wanted, (
                f"{where} should have the activation {wanted!r}; yours has {activation!r}.{cause}"
            )


def two_of(value):
    return tuple(value) if isinstance(value, (list, tuple)) else (value, value)


@pytest.mark.check("build_beta", weight=1)
def test_it_is_ready_to_learn(student, draw):
    """New each time, for pictures of any size, not compiled, with all its numbers free and at a random start."""
    width = drawn_width(draw)
    first, again = (student.call("build_beta", width) for _ in range(2))
    found = description.layers_of(first, BUILT)
    shapes = [layer.config.get("batch_shape") for layer in found if layer.kind == "InputLayer"]
    shape = tuple(shapes[0]) if shapes and isinstance(shapes[0], (list, tuple)) else None
    assert shape == (None, None, None, 1), (
        f"The input should be (None, None, None, 1), any number of pictures of any height and width; yours is {shape}. Begin with keras.Input(shape=(None, None, 1))."
    )
    assert first.compiled is None, f"{BUILT} is compiled already. That comes later: here it is built, and no more."
    plain = plain_settings()
    for layer in found:
        if layer.kind != "Conv2D":
            continue
        words = f"A Conv2D of yours with {layer.config.get('filters')} filters"
        assert layer.config.get("trainable", True), (
            f"{words} is frozen (`trainable = False`), so it would never be nudged."
        )
        start = layer.config.get("kernel_initializer")
        start = start.get("class_name") if isinstance(start, dict) else start
        assert start in allowed.RANDOM, (
            f"The kernels of {words[0].lower()}{words[1:]} start with {str(start)[:40]}, which is not random. Leave kernel_initializer at its default."
        )
        for name, wanted in plain.items():
            got = layer.config.get(name, wanted)
            got = tuple(got) if isinstance(got, list) else got
            got = got.get("class_name") if isinstance(got, dict) else got
            assert got == wanted, (
                f"{words} has {name}={expect.describe(got)}. The table has nothing of the kind: leave it at its default."
            )
    spread = [float(np.std(kernel)) for kernel in first.weights if kernel.ndim == 4]
    assert spread and min(spread) > 1e-3, (
        f"{BUILT} has a kernel that holds the same number everywhere. Kernels start at random."
    )
    same = len(first.weights) == len(again.weights) and all(
        np.array_equal(a, b) for a, b in zip(first.weights, again.weights, strict=True)
    )
    assert not same, (
        f"build_beta({width}) called twice gave the same numbers twice. It should be new each time: build it inside the function."
    )


@functools.cache
def plain_settings():
    """The settings of a Conv2D that neither the table nor a random start speaks of, at their defaults."""
    import keras

    spoken_of = {
        "name",
        "trainable",
        "dtype",
        "filters",
        "kernel_size",
        "strides",
        "padding",
        "activation",
        "kernel_initializer",
    }
    config = keras.layers.Conv2D(1, 3).get_config()
    plain = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in config.items()
        if name not in spoken_of
    }
    return {name: value.get("class_name") if isinstance(value, dict) else value for name, value in plain.items()}


# -- training -------------------------------------------------------------------------------------------------------


def lesson_of(draw, learned=5, unseen=3):
    """A compiled small network, X and Y to learn from, x and y that it does not learn from; all 8 × 8, with targets that can be learned."""
    import keras

    network = keras.Sequential(
        [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation="tanh")]
    )
    network.set_weights([draw.rng.normal(0, 0.3, (3, 3, 1, 2)).astype(np.float32), np.zeros(2, np.float32)])
    network.compile(optimizer=keras.optimizers.SGD(0.4), loss="mean_squared_error")
    network.optimizer.iterations.assign(int(draw.rng.integers(100, 1000)))  # as if it had been trained before
    factors = draw.rng.uniform(0.3, 0.8, 2) * draw.rng.choice([-1, 1], 2)
    pairs = []
    for count in (learned, unseen):
        X = draw.rng.uniform(-1, 1, (count, 8, 8, 1))
        pairs += [X.astype(np.float32), (X * factors + draw.rng.normal(0, 0.05, (count, 8, 8, 2))).astype(np.float32)]
    return network, *pairs


def twin_of(network):
    import keras

    twin = keras.models.clone_model(network)
    twin.set_weights(network.get_weights())
    twin.compile(optimizer=keras.optimizers.SGD(0.4), loss="mean_squared_error", run_eagerly=True)
    return twin


def epoch_batches(student, X, Y, size, seed):
    """The batches of the student's epoch."""
    why = "Exercise 5.6 comes first."
    made = student.call("epoch", X, Y, size, seed)
    assert isinstance(made, (list, tuple)) and len(made), (
        f"epoch(X, Y, {size}, {seed}) should be a list of batches; what came is {expect.describe(made)}. {why}"
    )
    return [
        expect.sequence(batch, "a batch of epoch", length=2, of="arrays, inputs and targets", why=why) for batch in made
    ]


def mse_of(network, X, Y):
    return float(np.mean((np.asarray(network(X)) - Y) ** 2))


def guided(student, network, X, Y, x, y, seeds, size):
    """What training with these seeds leads to: the twin's weights, and both losses after each epoch."""
    import keras

    with keras.device("cpu:0"):
        twin, found = twin_of(network), []
        for seed in seeds:
            for inputs, targets in epoch_batches(student, X, Y, size, seed):
                twin.train_on_batch(inputs, targets)
            found.append((mse_of(twin, X, Y), mse_of(twin, x, y)))
        return twin.get_weights(), found


def after_lesson(student, network, *args):
    """The model after train_beta, the same one that was handed in."""
    try:
        after = student.arguments_after("train_beta", network, *args)[0]
    except StudentError as error:
        hidden = "object is not callable" in str(error) and "epoch(" in str(error)
        if hidden or "local variable 'epoch'" in str(error):
            raise AssertionError(
                "A variable `epoch` in your `train_beta`, perhaps the one that counts the epochs, hides the function of 5.6. Let another name count."
            ) from None
        raise
    fits = isinstance(after, SerializedModel) and [w.shape for w in after.weights] == [
        w.shape for w in network.get_weights()
    ]
    assert fits, "After train_beta the model should still be the model that was handed in."
    return after


def gap_of(some, others):
    return max(float(np.abs(one - other).max()) for one, other in zip(some, others, strict=True))


@pytest.mark.check("train_beta", weight=2)
def test_the_model_itself_learns(student, draw):
    """After the call, the model that was handed in is better on what it learned from."""
    network, X, Y, x, y = lesson_of(draw)
    after = after_lesson(student, network, X, Y, x, y, 4, 2)
    assert gap_of(after.weights, network.get_weights()) > 0, (
        "After train_beta the model's weights are as before. Is `train_on_batch` called on the model that was handed in?"
    )
    better = twin_of(network)
    better.set_weights(after.weights)
    before, now = mse_of(network, X, Y), mse_of(better, X, Y)
    assert now < before, (
        f"After 4 epochs the loss on X and Y should be lower; it was {before:.4f} and is {now:.4f}. Are inputs and targets passed on in this order?"
    )


@pytest.mark.check("train_beta", weight=7)
def test_each_epoch_has_batches_of_its_own(student, draw):
    """The model is nudged with the batches of epoch() for seed, seed + 1, …, and with nothing else."""
    network, X, Y, x, y = lesson_of(draw)
    seed, epochs = int(draw.rng.integers(3, 200)), 3
    after = after_lesson(student, network, X, Y, x, y, epochs, 2, seed)
    weights, _ = guided(student, network, X, Y, x, y, range(seed, seed + epochs), 2)
    came, nudges = (
        int(network.optimizer.iterations),
        sum(len(epoch_batches(student, X, Y, 2, seed + n)) for n in range(epochs)),
    )
    steps = description.compiled_of(after, "The model after train_beta").iterations
    assert steps >= came, (
        "The optimizer begins anew in yours: was the model compiled again? It comes compiled, and stays so."
    )
    cause = (
        "Is the model trained on x and y as well?"
        if steps - came > nudges
        else "Is each batch of each epoch used, by `train_on_batch`? (`fit` with all pictures makes batches of its own.)"
    )
    assert steps - came == nudges, (
        f"{epochs} epochs have {nudges} batches here, so {nudges} nudges; yours made {steps - came}. {cause}"
    )
    if gap_of(after.weights, weights) <= 0.02 * gap_of(network.get_weights(), weights):
        return
    ways = {
        "Each epoch got the same seed, so the same order and the same flips. The second epoch gets seed + 1.": [seed]
        * epochs,
        "The seeds began at 0. The first epoch gets the argument `seed`.": range(epochs),
        "Each epoch got the seed 0. The first one gets `seed`, the second seed + 1.": [0] * epochs,
        "The first epoch got seed + 1. It gets `seed` itself.": range(seed + 1, seed + 1 + epochs),
    }
    cause = "Are the batches of `epoch` used in their order, and as they come? (`fit` with all pictures makes batches of its own.)"
    for sentence, seeds in ways.items():
        if gap_of(after.weights, guided(student, network, X, Y, x, y, seeds, 2)[0]) <= 0.02 * gap_of(
            network.get_weights(), weights
        ):
            cause = sentence
    raise AssertionError(
        f"After {epochs} epochs with the seeds {seed}, {seed + 1} and {seed + 2}, the model should have other weights than yours has. {cause}"
    )


@pytest.mark.check("train_beta", weight=7)
def test_two_losses_are_measured_after_each_epoch(student, draw):
    """Two lists come, one number an epoch: the losses on what is learned from, and on what is not."""
    network, X, Y, x, y = lesson_of(draw)
    epochs, what = 3, "train_beta(model, X, Y, x, y, 3, 2)"
    parts = expect.sequence(
        student.call("train_beta", network, X, Y, x, y, epochs, 2), what, length=2, of="lists of losses"
    )
    lists = [
        [
            expect.number(loss, name)
            for loss in expect.sequence(part, name, length=epochs, of="losses, one for each epoch")
        ]
        for part, name in zip(parts, ("The losses on X and Y", "The losses on x and y"), strict=True)
    ]
    ways = (range(epochs), [0] * epochs, range(1, epochs + 1))  # a slip in the seeds is told above
    measured = [np.array(guided(student, network, X, Y, x, y, seeds, 2)[1]).T for seeds in ways]
    if any(np.abs(one - lists).max() <= 2e-3 * one.max() for one in measured):
        return
    swapped = (one for one in measured if np.abs(one - lists[::-1]).max() <= 2e-3 * one.max())
    found = next(swapped, measured[0])
    before = mse_of(network, X, Y), mse_of(network, x, y)
    for place, name in enumerate(("losses on X and Y", "losses on x and y")):
        expect.close(
            np.array(lists[place]),
            found[place],
            f"The {name} after each of {epochs} epochs",
            atol=2e-3 * found.max(),
            why="Each is the model's mean squared error at the end of the epoch, on all pictures as they are. (What `train_on_batch` returns is the loss before its nudge.)",
            slips={
                "The two lists have changed places.": found[1 - place],
                "They are measured before each epoch, not after it.": [before[place], *found[place][:-1]],
            },
        )


# -- the whole pipeline ---------------------------------------------------------------------------------------------

NETWORK = f"what build_beta({BETA.width}) returns"
SHOWN = 6  # epochs that are asked for; they go round


def split_of(student, count, seed):
    """The student's train and test numbers, as far as they can be used."""
    parts = expect.sequence(
        student.answering("split").call("split", count, 0.2, seed),
        "split(count, 0.2, seed)",
        length=2,
        of="arrays, train and test",
    )
    return [
        expect.array(part, "train or test", kind="integer", low=0, high=count - 1, why="Exercise 5.1 comes first.")
        for part in parts
    ]


def must_be_shuffled(epochs, count):
    """Fail where the epochs hand out few pictures, or all in the same order: a network may get by with it in this small world, and not in others."""
    if any(np.ndim(inputs) != 4 for batches in epochs[:2] for inputs, _ in batches):
        return  # the training says so
    # A picture in a mirror has the same mean.
    orders = [np.concatenate([np.mean(inputs, axis=(1, 2, 3)) for inputs, _ in batches]) for batches in epochs[:2]]
    different = len(np.unique(np.round(orders[0], 3)))
    assert different >= 0.5 * count, (
        f"An epoch hands out only {different} different pictures of {count}: those would be learned by heart (exercise 5.6)."
    )
    same = orders[0].shape == orders[1].shape and np.allclose(orders[0], orders[1], atol=1e-3)
    assert not same, (
        "Two epochs with different seeds hand out the pictures in the same order, and here all of one scene come together. Are they shuffled (exercises 5.3 and 5.6)?"
    )


def cause_of(done, pair, epochs, truth, sets):
    """Which part of the pipeline is the likely cause of a result that is not good enough."""
    Y = np.asarray(pair[1])
    colours = np.mean([np.mean(targets, axis=(0, 1, 2)) for _, targets in epochs[0]], axis=0)
    if np.abs(Y).max() > 1.5:
        return "The targets go beyond 1, which a tanh cannot reach: is ab divided by 128 (exercise 5.2)?"
    if done.outputs is not None and done.outputs.min() >= 0 > truth.min():
        return "It never gives a negative number, so it has no green and no blue: what is the activation of the last Conv2D (exercise 5.10)?"
    if done.score > 0.3:
        return "So large a loss says that the tanh is at its ends from the start: how large are the numbers with which the kernels begin (the initializers of exercise 5.10)?"
    if np.abs(colours - Y.mean(axis=(0, 1, 2))).max() > 0.05:
        return (
            "The batches have other colours than the pictures: which augmentation changes them (exercises 5.4 to 5.6)?"
        )
    if len(np.intersect1d(*sets)):
        return "Some pictures are in both parts of your split (exercise 5.1)."
    if learning.limit(BETA).is_by_heart(done):
        return f"On its batches it has {done.trained:.4f}: it learned its pictures by heart (exercises 5.1 and 5.6)."
    return f"On its batches it has {done.trained:.4f}. Do inputs and targets of a batch belong together, pixel by pixel (exercises 5.2 to 5.6)?"


def shown_with_weights(student, handed_in, x, y):
    """The loss on unseen pictures with the weights that were handed in, and what to say of the file."""
    path = handed_in(BETA.weights_file)
    if path is None:
        return np.inf, weights.missing(handed_in, BETA)
    try:
        arrays = weights.read(path, BETA)
        made = learning.outputs_with(
            student.answering("build_beta").call("build_beta", 16), "what build_beta(16) returns", arrays, x, BETA
        )
    except (UnreadableWeights, StudentError) as error:
        return np.inf, str(error)
    loss = float(np.mean((made - y) ** 2)) if made.shape == y.shape else np.inf
    return loss, f"With the weights in {BETA.weights_file} the loss is {loss:.4f}."


@pytest.mark.check("train_beta", weight=4)
def test_the_pipeline_colours_an_unseen_world(student, draw, handed_in, exhibit):
    """Trained in the grader on a drawn world, your pipeline and your network colour pictures of another world."""
    student.error(
        "train_beta", None, None, None, None, None, 0, 8
    )  # a blank answer is said to be one, and nothing is trained
    seeds = draw.rng.choice(2**31, size=3, replace=False).tolist()
    pictures, scenes = worlds.draw(round(BETA.pictures / 0.8), seeds[0], BETA)
    pictures = pictures[np.argsort(scenes, kind="stable")]  # so that it matters whether they are shuffled
    unseen, _ = worlds.draw(BETA.unseen, seeds[1], BETA)
    x, y = worlds.pairs(unseen, BETA.scale)
    sets = split_of(student, len(pictures), int(draw.rng.integers(1, 200)))
    X, Y = expect.sequence(
        student.answering("training_pairs").call("training_pairs", pictures[np.sort(sets[0])]),
        "training_pairs(pictures)",
        length=2,
        of="arrays, X and Y",
    )
    first = int(draw.rng.integers(1, 200))
    epochs = [
        epoch_batches(student.answering("epoch", "batches", "flip_some"), X, Y, BETA.batch, first + n)
        for n in range(SHOWN)
    ]
    must_be_shuffled(epochs, len(sets[0]))
    network = student.answering("build_beta").call("build_beta", BETA.width)
    limit = learning.limit(BETA)
    goal = limit.threshold
    done = learning.learn(network, NETWORK, epochs, (x, y), seeds[2], BETA, goal=goal, data="the batches of epoch()")
    if BETA.builder not in student.stood_in:
        exhibit(painting.unseen_of(x, y, done, goal, BETA))
    if limit.holds(done):
        return
    loss, said = shown_with_weights(student, handed_in, x, y)
    assert loss < goal, (
        f"Trained in the grader on {len(sets[0])} drawn pictures for {BETA.epochs} epochs, from {done.starts} fresh starts, the lowest loss on {BETA.unseen} pictures of another world was {done.score:.4f}; "
        f"below {goal:.4f} is wanted, and the best single colour has {np.mean((y - y.mean(axis=(0, 1, 2))) ** 2):.4f}. {cause_of(done, (X, Y), epochs, y, sets)} {said}"
    )


# -- a rival --------------------------------------------------------------------------------------------------------


def brightness_table(X, Y, *, step_of=None, empty=None):
    """What colour_by_brightness should return. step_of: another way from L to the step; empty: what a step without pixels gets."""
    L = X[..., 0].astype(float)
    steps = np.minimum(L // 5, 19) if step_of is None else step_of(L)
    found = np.tile(Y.mean(axis=(0, 1, 2), dtype=float) if empty is None else empty, (20, 1)).astype(float)
    for step in range(20):
        if (steps == step).any():
            found[step] = Y[steps == step].mean(axis=0, dtype=float)
    return found


def lit(draw, steps, count=3):
    """Drawn X and Y, whose L lies well within these steps of brightness."""
    X = (5 * draw.rng.choice(steps, (count, 6, 7, 1)) + draw.rng.uniform(1, 4, (count, 6, 7, 1))).astype(np.float32)
    # The colour depends on the brightness, so no mean is like another.
    Y = np.concatenate([np.cos(X / 9), np.sin(X / 7)], axis=-1) * 0.4 + draw.rng.uniform(-0.05, 0.05, (*X.shape[:3], 2))
    return X, Y.astype(np.float32)


def table_from(student, X, Y, finite=True):
    got = student.call("colour_by_brightness", X, Y)
    what, why = "colour_by_brightness(X, Y)", "Twenty steps, a and b for each."
    if not finite and isinstance(got, np.ndarray) and got.dtype.kind == "f":
        got = np.nan_to_num(got)  # steps without pixels are told below
    return expect.array(got, what, shape=(20, 2), kind="number", why=why)


CONSTANT = "That is the same colour for each step."
TOGETHER = "That is one mean of a and b together. One of a and one of b are wanted: `axis=0` keeps them apart."


def brightness_slips(X, Y):
    """By sentence, what typical slips give."""
    right, counts = brightness_table(X, Y), np.bincount(np.minimum(X // 5, 19).astype(int).ravel(), minlength=20)
    return {
        "Each step takes what is below its upper end: the step is L // 5, not rounded.": brightness_table(
            X, Y, step_of=lambda L: np.minimum(np.rint(L / 5), 19)
        ),
        "a and b have changed places.": right[:, ::-1],
        "The steps come in the opposite order: step 0 is the darkest.": right[::-1],
        "The colours are multiplied by 128. They stay on the scale of Y.": 128 * right,
        CONSTANT: np.tile(right.mean(axis=0), (20, 1)),
        TOGETHER: np.repeat(right.mean(axis=1, keepdims=True), 2, axis=1),
        "Only the first picture was looked at. All N pictures count.": brightness_table(X[:1], Y[:1]),
        "The sum of the colours stands there. Their mean is wanted.": right * counts[:, np.newaxis],
    }


@pytest.mark.check("colour_by_brightness", weight=1)
def test_each_brightness_has_its_mean_colour(student, draw):
    """Most steps that have pixels get the mean of their colours, be it with a slip in the steps or in the mean."""
    used = np.sort(draw.rng.choice(np.arange(1, 18), 9, replace=False))
    X, Y = lit(draw, used, count=9)
    got, wanted = table_from(student, X, Y, finite=False), brightness_table(X, Y)
    there = np.unique((X // 5).astype(int))
    slips = brightness_slips(X, Y)
    constant, together = slips.pop(CONSTANT), slips.pop(TOGETHER)
    right = np.abs(got - wanted).max(axis=1)[there] < 2e-3
    if right.mean() >= 0.7 or any(np.abs(got - value)[there].max() < 2e-3 for value in slips.values()):
        return  # the checks below say what is off
    cause = "Which pixels does each of your steps take, and along which axis is the mean?"
    cause = CONSTANT if np.ptp(got[there], axis=0).max() < 1e-3 or np.abs(got - constant)[there].max() < 2e-3 else cause
    cause = TOGETHER if np.abs(got - together)[there].max() < 2e-3 else cause
    raise AssertionError(
        f"For each step of 5 L, the mean Y of its pixels is wanted; in yours {right.sum()} of {len(right)} steps are right. {cause}"
    )


@pytest.mark.check("colour_by_brightness", weight=1)
def test_the_ends_of_the_steps(student, draw):
    """A step holds its lower end and not its upper one; L = 100 belongs to the last step."""
    X, Y = lit(draw, np.arange(20), count=8)
    ends = draw.rng.permutation(np.arange(1, 20))[: X.shape[1]]
    X[0, :, :2, 0] = 5.0 * ends[:, np.newaxis]
    X[1, :, :2, 0] = np.nextafter(np.float32(5.0 * ends), np.float32(0))[:, np.newaxis]
    X[2, :, :3, 0], X[3, 0, 0, 0] = 100.0, 0.0
    Y[:3, :, :3] = draw.rng.choice([-0.5, 0.5], (3, *X.shape[1:2], 3, 2)).astype(np.float32)
    got, wanted = table_from(student, X, Y, finite=False), brightness_table(X, Y)
    slips = {
        "L = 100 is in no step: 100 / 5 is 20. It belongs to step 19.": brightness_table(
            X, Y, step_of=lambda L: L // 5
        ),
        "A pixel on the border belongs to the step that begins there, not to the one that ends.": brightness_table(
            X, Y, step_of=lambda L: np.maximum(np.ceil(L / 5) - 1, 0)
        ),
        "Each step takes what is below its upper end: the step is L // 5, not rounded.": brightness_table(
            X, Y, step_of=lambda L: np.minimum(np.rint(L / 5), 19)
        ),
        "20 steps from 0 to 100 are 5 wide. In yours 100 is shared among 19.": brightness_table(
            X, Y, step_of=lambda L: L // (100 / 19)
        ),
        **brightness_slips(X, Y),
    }
    expect.close(
        got,
        wanted,
        "The table of pixels on the ends of steps",
        atol=2e-3,
        why="Step n holds 5 n ≤ L < 5 (n + 1); L = 100 belongs to step 19.",
        slips=slips,
    )


@pytest.mark.check("colour_by_brightness", weight=1)
def test_a_step_without_pixels_gets_the_mean_of_all(student, draw):
    """Where no pixel has that brightness, the mean of all pixels stands."""
    used = np.sort(draw.rng.choice(np.arange(20), 5, replace=False))
    X, Y = lit(draw, used)
    raised = student.error("colour_by_brightness", X, Y)
    assert raised is None, f"Steps without pixels get the mean of all pixels; yours ended with {raised}."
    got = student.call("colour_by_brightness", X, Y)
    empty = np.setdiff1d(np.arange(20), np.unique((X // 5).astype(int)))
    assert isinstance(got, np.ndarray) and got.shape == (20, 2), (
        f"colour_by_brightness(X, Y) should have the shape (20, 2); what came is {expect.describe(got)}."
    )
    part, mean = got[empty].astype(float), Y.mean(axis=(0, 1, 2), dtype=float)
    assert not np.isnan(part).any(), (
        "Steps without pixels hold NaN in yours, the mean of nothing. They get the mean of all pixels."
    )
    table = brightness_table(X, Y)
    there = np.setdiff1d(np.arange(20), empty)
    expect.close(
        part,
        np.tile(mean, (len(empty), 1)),
        "The colours of steps without pixels",
        atol=2e-3,
        why="They get the mean of all pixels.",
        slips={
            "They are zero, which is grey.": np.zeros_like(part),
            "That is the mean of the other steps' colours. A step with many pixels counts more: the mean of all pixels is wanted.": np.tile(
                table[there].mean(axis=0), (len(empty), 1)
            ),
        },
    )
