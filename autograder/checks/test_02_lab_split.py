"""Hidden checks of lesson 2: RGB to Lab and back, the split, signs and reach of a and b, the blur experiment."""

import numpy as np
import pytest

from autograder import expect

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


def lab_like(draw, height=None, width=None):
    """Random Lab values with fractions and signs, of sides that differ."""
    sides = draw.noise(height, width).shape
    return draw.rng.uniform((0, -80, -80), (100, 80, 80), sides)


# -- the split ------------------------------------------------------------------------------------------------------


@pytest.mark.check("split_lab", weight=2)
def test_layers_come_in_the_order_l_a_b(student, draw):
    """L is layer 0, and ab holds layers 1 and 2 in this order."""
    lab = lab_like(draw)
    height, width = lab.shape[:2]
    L, ab = expect.sequence(student.call("split_lab", lab), "split_lab(lab)", length=2)
    for value, name, size in ((L, "L", height * width), (ab, "ab", 2 * height * width)):
        expect.array(value, name)
        assert value.size == size, f"{name} should hold {size} numbers for a photo of {height} × {width}; yours holds {value.size}."
    expect.close(L.reshape(height, width), lab[:, :, 0], "L", atol=1e-4, why="L is layer 0 of lab.")
    expect.close(ab.reshape(height, width, 2), lab[:, :, 1:], "ab", atol=1e-4, why="First a (layer 1), then b (layer 2), unchanged.")


@pytest.mark.check("split_lab", weight=1)
def test_l_is_a_grid_and_ab_has_two_layers(student, draw):
    """L has the shape (H, W) and ab the shape (H, W, 2)."""
    lab = lab_like(draw)
    height, width = lab.shape[:2]
    L, ab = expect.sequence(student.call("split_lab", lab), "split_lab(lab)", length=2)
    expect.array(L, "L", shape=(height, width), why="A single layer number drops the last axis; a slice such as 0:1 keeps it.")
    expect.array(ab, "ab", shape=(height, width, 2), why="ab is two of the three layers, kept along the last axis.")


@pytest.mark.check("split_lab", weight=1)
def test_thin_photos_keep_their_axes(student, draw):
    """A photo of one row, one column or one pixel is split like any other."""
    for height, width in ((1, 7), (5, 1), (1, 1)):
        lab = lab_like(draw, height, width)
        L, ab = expect.sequence(student.call("split_lab", lab), "split_lab(lab)", length=2)
        for value, name in ((L, "L"), (ab, "ab")):
            expect.array(value, f"{name} of a {height} × {width} photo")
            sides = (*value.shape, None, None)[:2]
            assert sides == (height, width), (
                f"{name} of a {height} × {width} photo should begin with the sides ({height}, {width}); yours has the shape "
                f"{value.shape}. `squeeze` and its like also drop a side that happens to be 1."
            )


@pytest.mark.check("merge_lab", weight=2)
def test_merged_layers_are_in_lab_order(student, draw):
    """L becomes layer 0, a layer 1, b layer 2, also in a photo of one row, one column or one pixel."""
    for sides in (draw.sides(), (1, 7), (5, 1), (1, 1)):
        lab = np.rint(lab_like(draw, *sides))
        what = "merge_lab of a {} × {} photo".format(*sides)
        merged = student.call("merge_lab", lab[:, :, 0], lab[:, :, 1:])
        expect.array(merged, what, shape=lab.shape, why="Two sides and three layers, also where a side is 1.")
        expect.close(merged, lab, what, atol=1e-4, why="The layers of Lab come in the order of its letters: L, a, b.")


@pytest.mark.check("merge_lab", weight=1)
def test_merge_keeps_fractions_and_signs(student, draw):
    """No number is cut, rounded or clipped on the way."""
    lab = lab_like(draw)
    merged = student.call("merge_lab", lab[:, :, 0], lab[:, :, 1:])
    expect.array(merged, "merge_lab(L, ab)", shape=lab.shape)
    why = "All numbers should come through as they were. Which dtype has the canvas that you fill? Integers hold no fractions, uint8 no minus."
    expect.close(np.sort(merged, axis=None), np.sort(lab, axis=None), "the merged numbers, sorted by size,", atol=1e-4, why=why)


@pytest.mark.check("numbers_to_predict", weight=1)
def test_every_pixel_counts_once_a_grid(student, draw):
    """A photo whose height and width differ: so many numbers as RGB, so many as Lab."""
    grey = draw.photo()[:, :, 0]
    as_rgb, as_lab = expect.sequence(student.call("numbers_to_predict", grey), "numbers_to_predict(grey)", length=2)
    pixels = f"for {grey.shape[0]} × {grey.shape[1]} pixels"
    expect.near(as_rgb, 3 * grey.size, f"The count as RGB {pixels}", atol=0, why="Height times width, and once for each grid to predict.")
    expect.near(as_lab, 2 * grey.size, f"The count as Lab {pixels}", atol=0, why="L is given. Only the other grids are to predict.")


@pytest.mark.check("numbers_to_predict", weight=1)
def test_the_count_does_not_depend_on_the_dtype(student, draw):
    """A float L has as many numbers as a uint8 grey photo."""
    side = int(draw.rng.integers(5, 30))
    grey = draw.rng.uniform(0, 100, (side, side))
    as_rgb, as_lab = expect.sequence(student.call("numbers_to_predict", grey), "numbers_to_predict(grey)", length=2)
    why = "A float64 takes 8 bytes and is still one number: count values, not bytes."
    expect.near(as_rgb, 3 * grey.size, f"The count as RGB for a float grid of {side} × {side}", atol=0, why=why)
    expect.near(as_lab, 2 * grey.size, f"The count as Lab for a float grid of {side} × {side}", atol=0, why=why)


# -- into Lab and back ----------------------------------------------------------------------------------------------


def lab_of(student, photo, what):
    """The student's Lab of a photo, of the right shape and of a float dtype."""
    lab = student.call("to_lab", photo)
    return expect.array(lab, what, shape=photo.shape, kind="float")


@pytest.mark.check("to_lab", weight=2)
def test_whole_numbers_of_any_dtype(student, reference, draw):
    """Photos of every integer dtype give the right Lab."""
    photo = draw.photo()
    photo[0, 0] = 0, 128, 255
    for dtype in ("uint8", "int16", "int64", "int32", "uint16", "uint32", "uint64", "int8"):
        what = f"to_lab of {'an' if dtype.startswith('i') else 'a'} {dtype} photo"
        given = (photo // 2 if dtype == "int8" else photo).astype(dtype)
        lab = lab_of(student, given, what)
        why = "rgb2lab divides whole numbers by the largest that their dtype can hold; only for uint8 that is 255. And are the layers still R, G, B?"
        expect.close(lab, reference.call("to_lab", given), what, atol=0.02, why=why)


@pytest.mark.check("to_lab", weight=1)
def test_floats_between_whole_numbers(student, reference, draw):
    """Float photos from 0 to 255 count with their fractions."""
    photo = draw.noise() * (254 / 255) + 0.5
    wanted = reference.call("to_lab", photo)
    for dtype in ("float64", "float32"):
        what = f"to_lab of a {dtype} photo from 0 to 255"
        lab = lab_of(student, photo.astype(dtype), what)
        expect.close(lab, wanted, what, atol=0.02, why="A value of 127.5 lies between 127 and 128: is something cut off or rounded before rgb2lab?")


@pytest.mark.check("to_lab", weight=1)
def test_dark_photos_stay_dark(student, reference, draw):
    """The scale is 0–255 whatever the photo's largest value is."""
    black = (draw.noise() % 2).astype(float)
    black[0, 0] = 0, 1, 1
    dim = np.rint(draw.noise() * (60 / 255))
    for photo, top in ((black, 1), (dim, 60), (black.astype(np.uint8), 1), (dim.astype(np.uint8), 60)):
        what = f"to_lab of a dark {photo.dtype} photo, whose largest value is {top} of 255,"
        lab = lab_of(student, photo, what)
        expect.close(lab, reference.call("to_lab", photo), what, atol=0.02, why="Is the scale guessed from the photo's largest value? It is always 255.")


@pytest.mark.check("to_lab", weight=1)
def test_to_lab_leaves_the_photo_alone(student, draw):
    """The photo that was handed in is unchanged afterwards."""
    for dtype in ("float64", "float32"):
        photo = draw.noise().astype(dtype)
        (after,) = student.arguments_after("to_lab", photo)
        assert isinstance(after, np.ndarray) and np.array_equal(after, photo), (
            f"After to_lab(photo) a {dtype} photo held other numbers than before. "
            "`/=` and `*=` write into the array that they are given; `photo / …` makes a new one."
        )


@pytest.mark.check("to_photo", weight=2)
def test_home_within_one_level(student, reference, draw):
    """Every value is within one level of 255 × lab2rgb(lab)."""
    for photo in (draw.photo(), draw.noise()):
        photo = np.clip(photo, 5, 250)
        home = expect.array(student.call("to_photo", reference.call("to_lab", photo)), "to_photo(lab)", shape=photo.shape, kind="number")
        expect.close(home, photo, "The photo after its way to Lab and home", atol=1, why="Rounding belongs after lab2rgb and the scaling, not before; and are the layers still R, G, B?")


@pytest.mark.check("to_photo", weight=1)
def test_a_picture_is_uint8(student, reference, draw):
    """The result is a uint8 array of the same shape."""
    lab = reference.call("to_lab", draw.photo())
    expect.array(
        student.call("to_photo", lab), "to_photo(lab)", shape=lab.shape, dtype="uint8",
        why="lab2rgb gives floats from 0 to 1: scale first, change the dtype last.",
    )  # fmt: skip


@pytest.mark.check("to_photo", weight=1)
def test_white_does_not_wrap_round(student, reference, draw):
    """White stays white, black stays black, and colours that no screen can show are clipped as lab2rgb does it."""
    lab = np.zeros((2, 3, 3))
    lab[0, :, 0] = 100
    home = expect.array(student.call("to_photo", lab), "to_photo(lab)", shape=lab.shape, kind="number")
    why = "uint8 ends at 255: what does the scaling make of an exact 1.0?"
    expect.close(home[0], np.full((3, 3), 255), "White, Lab (100, 0, 0),", atol=1, why=why)
    expect.close(home[1], np.zeros((3, 3)), "Black, Lab (0, 0, 0),", atol=1, why="lab2rgb gives 0 for black; scaling should leave it there.")
    lab = np.rint(draw.rng.uniform((58, -127, -127), (95, 127, 127), (6, 7, 3)))
    home = expect.array(student.call("to_photo", lab), "to_photo(lab)", shape=lab.shape, kind="number")
    expect.close(home, reference.call("to_photo", lab), "to_photo of strong colours, many of which no screen can show,", atol=1, why="Leave the clipping to lab2rgb.")


# -- signs and reach ------------------------------------------------------------------------------------------------


def hue_of(student, a, b):
    """The student's word for (a, b): one of the five."""
    word = student.call("hue_name", a, b)
    words = ("grey", "red", "green", "yellow", "blue")
    assert isinstance(word, str) and word in words, f"hue_name({a:g}, {b:g}) should be one of {', '.join(words)}; what came is {expect.describe(word)}."
    return word


@pytest.mark.check("hue_name", weight=2)
def test_each_sign_has_its_hue(student, draw):
    """Plus a is red, minus a green, plus b yellow, minus b blue."""
    for _ in range(3):
        strong, weak, middling = draw.rng.uniform(60, 90), draw.rng.uniform(-9, 9), draw.rng.uniform(15, 50)
        for other in (weak, middling, -middling):
            for a, b, wanted, opposite in (
                (strong, other, "red", "green"), (-strong, other, "green", "red"), (other, strong, "yellow", "blue"), (other, -strong, "blue", "yellow"),
            ):  # fmt: skip
                word = hue_of(student, a, b)
                fits = word == wanted if other == weak else word != opposite  # which axis decides is another check's question
                assert fits, f"hue_name({a:.1f}, {b:.1f}) should be {wanted!r}; yours says {word!r}. Look at the sign of the stronger of the two."


@pytest.mark.check("hue_name", weight=1)
def test_grey_needs_both_below_ten(student):
    """Grey is where both a and b are less than 10 from zero, and nowhere else."""
    for a, b in ((0, 0), (9.9, -9.9), (-9.9, 9.9), (-9.5, -3), (0, 9.99)):
        word = hue_of(student, a, b)
        assert word == "grey", f"hue_name({a:g}, {b:g}) should be 'grey': both are less than 10 from zero; yours says {word!r}."
    for a, b in ((10, 0), (0, -10), (-10, 4), (3, 50), (-50, 3)):
        word = hue_of(student, a, b)
        assert word != "grey", f"hue_name({a:g}, {b:g}) should not be 'grey': one of the two is 10 or more from zero. Rule 1 says *both less than* 10."


@pytest.mark.check("hue_name", weight=1)
def test_the_stronger_axis_decides(student, draw):
    """Where both are strong, the one farther from zero decides; a where they are equal."""
    near, far = draw.rng.uniform(15, 40), draw.rng.uniform(45, 90)
    for one in (-1, 1):
        for other in (-1, 1):
            for a, b, axis in ((one * far, other * near, "a"), (one * near, other * far, "b"), (one * 30.0, other * 30.0, "a")):
                word = hue_of(student, a, b)
                fits = word in (("red", "green") if axis == "a" else ("yellow", "blue"))
                assert fits, f"hue_name({a:.1f}, {b:.1f}): here {axis} decides, but yours says {word!r}. Compare distances from zero, without signs."


@pytest.mark.check("ab_reach", weight=3)
def test_all_combinations_take_part(student, reference, draw):
    """The four extremes over all n³ colours, for levels drawn at random."""
    low, high = int(draw.rng.integers(0, 60)), int(draw.rng.integers(196, 256))
    ends = [low, high] if draw.rng.integers(2) else [high, low]
    levels = np.insert(draw.rng.integers(70, 190, 2), 1, ends)
    for given in (levels.tolist(), levels.astype(np.uint8), ends, [high]):
        reach = expect.sequence(student.call("ab_reach", given), "ab_reach(levels)", length=4)
        reach = np.sort([expect.number(value, "each of the four results") for value in reach])
        wanted = np.sort(reference.call("ab_reach", given))
        why = (
            "Each lamp takes each level, whatever the others do: n levels, n³ colours, in any order. "
            "If all four are near zero, see exercise 2.4 about whole numbers."
        )
        expect.close(reach, wanted, f"The reach over the levels {np.array(given).tolist()}, its four numbers sorted by size,", atol=0.05, why=why)


@pytest.mark.check("ab_reach", weight=1)
def test_reach_comes_in_the_order_of_the_text(student, reference, draw):
    """Smallest a, largest a, smallest b, largest b."""
    levels = [int(draw.rng.integers(0, 20)), int(draw.rng.integers(236, 256))]
    reach = expect.sequence(student.call("ab_reach", levels), f"ab_reach({levels})", length=4)
    reach = np.array([expect.number(value, "each of the four results") for value in reach])
    wanted = np.array(reference.call("ab_reach", levels))
    right = np.allclose(np.sort(reach), np.sort(wanted), atol=0.05)  # if not, another check says so
    assert not right or np.allclose(reach, wanted, atol=0.05), (
        f"ab_reach({levels}) gave the right four numbers in another order: {', '.join(f'{value:.1f}' for value in reach)}. "
        "The wanted order is smallest a, largest a, smallest b, largest b."
    )


# -- the experiment -------------------------------------------------------------------------------------------------


@pytest.mark.check("blur_layers", weight=2)
def test_the_named_layer_is_blurred_with_sigma(student, reference, draw):
    """One layer, blurred as wide as sigma says."""
    lab = lab_like(draw)
    for layer, sigma in zip(draw.rng.permutation(3).tolist(), (0.7, 2.0, 3.5), strict=True):
        got = expect.array(student.call("blur_layers", lab, [layer], sigma), "blur_layers(lab, layers, sigma)", shape=lab.shape)
        wanted = reference.call("blur_layers", lab, [layer], sigma)
        expect.close(got[:, :, layer], wanted[:, :, layer], f"Layer {layer}, blurred with sigma {sigma:g},", atol=0.01, why="Is this layer, and this sigma, handed to gaussian, with its other settings as they come?")


@pytest.mark.check("blur_layers", weight=1)
def test_other_layers_are_untouched(student, draw):
    """Layers that are not named hold the same numbers as before."""
    lab = lab_like(draw)
    for layers in ([0], [1, 2], []):
        got = expect.array(student.call("blur_layers", lab, layers, 2.0), "blur_layers(lab, layers, sigma)", shape=lab.shape)
        for other in sorted({0, 1, 2} - set(layers)):
            expect.close(got[:, :, other], lab[:, :, other], f"Layer {other}, with layers={layers},", atol=1e-4, why="Only the layers that are named may be blurred.")


@pytest.mark.check("blur_layers", weight=1)
def test_layers_do_not_run_into_each_other(student, reference, draw):
    """Layers that are named together come out as if each were blurred alone."""
    lab = lab_like(draw)
    lab[:, :, 1:] = 45, -30
    got = expect.array(student.call("blur_layers", lab, [1, 2], 2.0), "blur_layers(lab, [1, 2], sigma)", shape=lab.shape)
    why = "A blur of something flat changes nothing, unless it runs across the layers: blur each (H, W) grid by itself, or say which axis counts the layers."
    expect.close(got[:, :, 1:], lab[:, :, 1:], "A flat a of 45 and a flat b of -30, blurred,", atol=0.01, why=why)
    lab = lab_like(draw)
    for layers in ([1, 2], draw.rng.permutation(3).tolist()):
        got = expect.array(student.call("blur_layers", lab, layers, 1.0), "blur_layers(lab, layers, sigma)", shape=lab.shape)
        wanted = reference.call("blur_layers", lab, layers, 1.0)
        for layer in layers:
            why = "Every layer in the list is to be blurred, each as a grid of its own. Does the loop reach the last one?"
            expect.close(got[:, :, layer], wanted[:, :, layer], f"Layer {layer}, with layers={layers},", atol=0.01, why=why)


@pytest.mark.check("blur_layers", weight=1)
def test_blur_leaves_its_input_alone(student, draw):
    """The Lab array that was handed in is unchanged afterwards."""
    for dtype in ("float64", "float32"):
        lab = lab_like(draw).astype(dtype)
        after = student.arguments_after("blur_layers", lab, [0, 2], 2.0)[0]
        assert isinstance(after, np.ndarray) and np.array_equal(after, lab), (
            f"After blur_layers(lab, …) the {dtype} array lab held other numbers than before. `result = lab` is a second name for the same array: write into a copy."
        )


@pytest.mark.check("likeness", weight=1)
def test_likeness_compares_the_colours(student, reference, draw):
    """Pictures that differ in colour only are not called the same."""
    photo = draw.photo() // 2
    photo[:, ::4] += np.uint8([90, 0, 30])
    photo[0, 0], photo[-1, -1] = 0, 255
    other = np.ascontiguousarray(photo[:, :, [1, 2, 0]])
    wanted = reference.call("likeness", photo, other)
    expect.near(student.call("likeness", photo, other), wanted, "The likeness of a photo and its twin with swapped layers", atol=0.002, why="All three layers are compared, with the last axis as channel_axis.")


@pytest.mark.check("likeness", weight=1)
def test_the_range_is_255_for_dim_photos_too(student, reference, draw):
    """data_range is how far values could go, not how far they went."""
    height, width = draw.sides()
    grey = draw.photo(height, width)[:, :, :1] // 4 + 60
    photo = np.repeat(grey, 3, axis=2)
    other = photo + np.repeat(draw.noise(height, width)[:, :, :1] // 16, 3, axis=2)
    wanted = reference.call("likeness", photo, other)
    expect.near(student.call("likeness", photo, other), wanted, "The likeness of two dim grey photos", atol=0.002, why="data_range is 255 whatever values the photos happen to hold.")


TOOLS_FIRST = "If exercises 2.4, 2.5, 2.8 or 2.9 are not right yet, mend those first."


def speckled_photo(draw):
    """A drawn photo full of small dots, in which every layer's blur does clear harm."""
    photo = draw.photo(int(draw.rng.integers(28, 40)), int(draw.rng.integers(28, 40)))
    return photo // 2 + draw.noise(*photo.shape[:2]) // 2


def pair_of(student, photo, sigma):
    """The two likenesses, as plain numbers."""
    pair = expect.sequence(student.call("compare_blurs", photo, sigma), "compare_blurs(photo, sigma)", length=2)
    return np.array([expect.number(value, "each of the two results", why=TOOLS_FIRST) for value in pair])


@pytest.mark.check("compare_blurs", weight=1)
def test_colour_first_then_lightness(student, reference, draw):
    """First the likeness after blurring a and b, then after blurring L."""
    photo = speckled_photo(draw)
    wanted = reference.call("compare_blurs", photo, 4.0)
    why = f"The order is: a and b blurred, then L blurred; both start from the unblurred Lab. {TOOLS_FIRST}"
    expect.close(pair_of(student, photo, 4.0), wanted, "compare_blurs at sigma 4", atol=0.02, why=why)


@pytest.mark.check("compare_blurs", weight=1)
def test_sigma_is_handed_on(student, draw):
    """A narrower blur leaves the photo more like itself, in both numbers."""
    photo = speckled_photo(draw)
    narrow, wide = pair_of(student, photo, 1.0), pair_of(student, photo, 4.0)
    assert (narrow > wide + 0.02).all(), (
        f"Both numbers should be clearly larger at sigma 1 than at sigma 4; yours are {narrow[0]:.3f}, {narrow[1]:.3f} and "
        f"{wide[0]:.3f}, {wide[1]:.3f}. Does the sigma of the call reach blur_layers, both times? {TOOLS_FIRST}"
    )
