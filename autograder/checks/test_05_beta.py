"""Hidden checks of lesson 5: split, pairs, batches, augmentation; rulers of colour, the beta network, and its test on unseen pictures."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2lab

from autograder.checks import expect

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


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
    return expect.sequence(student.call("training_pairs", pictures), what, length=2, of="arrays, X and Y")


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
    ):
        word = bad.dtype.name if bad.dtype != np.uint8 else str(bad.shape)
        what = f"training_pairs should refuse an array of shape {bad.shape} and dtype {bad.dtype} with a ValueError"
        raised = student.error("training_pairs", bad)
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
    count, size = int(draw.rng.integers(120, 160)), int(draw.rng.integers(5, 9))
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
        assert 45 < sum(flips) < 115, (
            f"flip_some(X, Y, {seed}): {sum(flips)} of 160 pictures are mirrored; about half should be. Is there one draw for each picture, with a chance of 1/2?"
        )
    assert turned[0] == turned[2], (
        f"flip_some(X, Y, {seeds[0]}) was called twice, and other pictures were mirrored. Does your generator get the seed?"
    )
    assert turned[0] != turned[1], (
        f"The seeds {seeds[0]} and {seeds[1]} mirror the same pictures. Does your generator get the seed?"
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
    X, Y = some_pairs(draw, 150, 8, 8)
    seeds = draw.rng.choice(1000, 2, replace=False).tolist()
    one, other, again = (two_arrays(student, "zoom_in", X, Y, seed)[0] for seed in (*seeds, seeds[0]))
    corners = windows_of(one, X, "X")
    missing = sorted(set(np.ndindex(3, 3)) - set(corners))
    if missing:
        cause = "Are top and left drawn for each picture, each by itself?"
        if len(set(corners)) == 1:
            cause = "It is the same window in all of them: the draws belong into the loop."
        elif all(top < 2 and left < 2 for top, left in corners):
            cause = "`integers(0, n)` ends before n."
        raise AssertionError(
            f"zoom_in of 150 pictures of 8 × 8: no window begins at (top, left) = {', '.join(map(str, missing[:3]))}; each of 0, 1, 2 is as likely, for both. {cause}"
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


def numbered(count):
    """Pictures that say which one they are, by their mean, and by a small step from left to right whether they are mirrored."""
    number = np.arange(count, dtype=np.float32)[:, np.newaxis, np.newaxis, np.newaxis]
    X = np.broadcast_to(number + np.linspace(-0.2, 0.2, 16, dtype=np.float32)[:, np.newaxis], (count, 8, 16, 1)).copy()
    return X, np.concatenate([X, 64 - X], axis=-1) / 128


def read(part):
    """The numbers of pictures, and which are mirrored, from X or from 128 times the first layer of Y."""
    values = part[..., 0]
    return np.rint(values.mean(axis=(1, 2))).astype(int), values[:, 0, 0] > values[:, 0, -1]


def epoch_of(student, count, size, seed):
    """All X and all Y of an epoch, one behind the other, the sizes of its batches, and how the call is written."""
    what = f"epoch(X, Y, {size}, {seed}) of {count} pictures"
    cut = student.call("epoch", *numbered(count), size, seed)
    assert isinstance(cut, (list, tuple)) and len(cut) > 0, (
        f"{what} should be a list of pairs; what came is {expect.describe(cut)}."
    )
    xs, ys = [], []
    for place, pair in enumerate(cut):
        X, Y = expect.sequence(pair, f"{what}: batch {place}", length=2, of="arrays, X and Y of the batch")
        xs.append(expect.array(X, f"{what}: X of batch {place}", shape=(None, 8, 16, 1), kind="float"))
        ys.append(expect.array(Y, f"{what}: Y of batch {place}", shape=(len(X), 8, 16, 2), kind="float"))
    return np.concatenate(xs), np.concatenate(ys), [len(part) for part in xs], what


@pytest.mark.check("epoch", weight=1)
def test_an_epoch_is_a_list_of_batches(student, draw):
    """Pairs come, X and Y of a batch, and most pictures are in one of them."""
    count, size = int(draw.rng.integers(70, 90)), int(draw.rng.integers(6, 10))
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
    """At the same place of X and Y is the same picture, mirrored in both or in none."""
    X, Y, _, what = epoch_of(student, 60, 8, int(draw.rng.integers(1000)))
    (numbers, mirrored), (others, turned) = read(X), read(128 * Y)
    apart = np.flatnonzero(numbers != others)
    assert not apart.size, (
        f"{what}: where X has picture {numbers[apart[0]]}, Y has the colours of picture {others[apart[0]]}. Cut both by the same numbers."
    )
    apart = np.flatnonzero(mirrored != turned)
    assert not apart.size, (
        f"{what}: of picture {numbers[apart[0]]}, {'X' if mirrored[apart[0]] else 'Y'} is mirrored and {'Y' if mirrored[apart[0]] else 'X'} is not. Take both that `flip_some` returns."
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
