"""Hidden checks of lesson 4: filters, shapes, the alpha network, its input, training, pictures, colour error."""

import math
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from autograder import expect, models, networks, threshold, weights
from autograder.door import SealedModel
from autograder.student import FOLDER, StudentError

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"

# -- a filter by hand -----------------------------------------------------------------------------------------------


def filtered(grid, kernel):
    """What filter_grid should return."""
    height, width = grid.shape
    framed = np.pad(grid.astype(np.float64), 1)
    return sum(kernel[i, j] * framed[i : i + height, j : j + width] for i in range(3) for j in range(3))


def middle(got, grid):
    """The part of a filtered grid where the kernel does not hang over, whether or not the rim is there."""
    height, width = grid.shape
    assert got.shape in ((height, width), (height - 2, width - 2)), (
        f"filter_grid of a {height} × {width} grid should have the shape {grid.shape}; yours has {got.shape}."
    )
    return got[1:-1, 1:-1] if got.shape == grid.shape else got


def filter_of(student, grid, kernel):
    return expect.array(student.call("filter_grid", grid, kernel), "filter_grid(grid, kernel)", kind="number")


@pytest.fixture(scope="session", autouse=True)
def process_for_networks(request):
    """It imports TensorFlow while the notebook's kernel does."""
    if any(item.name == "test_the_network_reaches_the_threshold" for item in request.session.items):
        networks.start()


@pytest.mark.check("filter_grid", weight=2)
def test_sums_may_be_negative(student, draw):
    """A kernel that finds edges and spots gives the right sums, above and below zero."""
    grid = draw.noise()[:, :, 0] / 2.55
    kernel = np.array([[-1, -2, -1], [-2, 12, -2], [-1, -2, -1]]) * draw.rng.uniform(0.5, 1.5)
    got = middle(filter_of(student, grid, kernel), grid)
    expect.close(got, filtered(grid, kernel)[1:-1, 1:-1], "The filtered grid, away from the rim,", atol=0.02, why="At each place: nine products, added up, neither clipped nor rounded.")


@pytest.mark.check("filter_grid", weight=1)
def test_the_kernel_is_not_mirrored(student, draw):
    """The kernel is used as it stands: its left column meets the numbers on the left."""
    grid = draw.noise()[:, :, 0] / 2.55
    kernel = draw.rng.permutation([0, 0, 0.02, 0.05, 0.08, 0.13, 0.17, 0.22, 0.3]).reshape(3, 3)
    got = middle(filter_of(student, grid, kernel), grid)
    why = "kernel[0, 0] meets the number above and to the left. Is the kernel turned, mirrored or transposed on the way?"
    expect.close(got, filtered(grid, kernel)[1:-1, 1:-1], "A grid under a kernel without symmetry, away from the rim,", atol=0.02, why=why)


@pytest.mark.check("filter_grid", weight=1)
def test_outside_counts_as_zero(student, draw):
    """At the rim, what lies outside the grid is zero, and the size stays."""
    grid = draw.rng.uniform(20, 90, draw.sides())
    kernel = np.full((3, 3), 0.1)
    got = expect.array(filter_of(student, grid, kernel), "filter_grid(grid, kernel)", shape=grid.shape, why="The new grid has the size of the old one.")
    expect.close(got, filtered(grid, kernel), "The filtered grid, with its rim,", atol=0.02, why="Are there zeros outside, or was the rim repeated or mirrored?")


@pytest.mark.check("filter_grid", weight=1)
def test_uint8_grids_do_not_overflow(student, draw):
    """A uint8 grid gives floats, with sums above 255 and fractions, whatever the kernel's dtype."""
    grid = np.maximum(draw.noise()[:, :, 0], 60)
    for kernel in (np.array([[0.5, 1, 0.5], [1, 1.25, 1], [0.5, 1, 0.5]]), np.array([[1, 2, 1], [2, 3, 2], [1, 2, 1]]), np.full((3, 3), 2, np.uint8)):
        what = f"A uint8 grid filtered with a kernel of {kernel.dtype}, away from the rim,"
        got = middle(filter_of(student, grid, kernel), grid)
        expect.close(got, filtered(grid, kernel.astype(float))[1:-1, 1:-1], what, atol=0.02, why="uint8 holds 0 to 255 and no fractions. Are the sums, or the result, kept in the grid's own dtype?")
        expect.array(got, what, kind="float", why="A float array comes back, also where all numbers are whole.")


@pytest.mark.check("filter_grid", weight=1)
def test_thin_grids_are_filtered_too(student, draw):
    """A grid of one row, one column or one number is filtered like any other."""
    kernel = np.zeros((3, 3))
    kernel[1, 1] = 0.7  # what lies outside does not matter to it
    for height, width in ((1, int(draw.rng.integers(4, 9))), (int(draw.rng.integers(4, 9)), 1), (1, 1), (2, 2)):
        grid = draw.rng.uniform(20, 90, (height, width))
        got = filter_of(student, grid, kernel)
        assert got.size == grid.size, f"A grid of {height} × {width} should come back with {grid.size} numbers; yours has the shape {got.shape}. The text says H and W from 1 up."
        expect.close(got.reshape(grid.shape), 0.7 * grid, f"A grid of {height} × {width} under a kernel of zeros with 0.7 in the middle", atol=0.02, why="The text says H and W from 1 up.")


# -- shapes and counts ----------------------------------------------------------------------------------------------


def wanted_shapes(height, width):
    """What alpha_shapes should return."""
    shapes = []
    for channels, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        height, width = math.ceil(height / stride), math.ceil(width / stride)
        shapes.append((height, width, channels))
    for channels in ((32, 32), (32, 16), (16, 2)):
        height, width = 2 * height, 2 * width
        shapes += [(height, width, number) for number in channels]
    return shapes


def expect_shapes(student, height, width, why, *, parts_wanted=3):
    call = f"alpha_shapes({height}, {width})"
    shapes = expect.sequence(student.call("alpha_shapes", height, width), call, length=12)
    for place, (shape, wanted) in enumerate(zip(shapes, wanted_shapes(height, width), strict=True), 1):
        what = f"{call}: layer {place}"
        parts = [expect.number(part, what) for part in expect.sequence(shape, what, length=3)]
        shown = "(" + ", ".join(f"{part:g}" for part in parts) + ")"
        assert tuple(parts[:parts_wanted]) == wanted[:parts_wanted], f"{what} should give {wanted}; yours says {shown}. {why}"
    return shapes


@pytest.mark.check("alpha_shapes", weight=2)
def test_sizes_and_channels_of_every_layer(student, draw):
    """Twelve shapes in the table's order, for sides that are multiples of 8 and differ."""
    height, width = (8 * draw.rng.choice(np.arange(2, 90), size=2, replace=False)).tolist()
    expect_shapes(student, height, width, "Stride 2 halves, up-sampling doubles and keeps the channels; (h, w, channels), in this order.")


@pytest.mark.check("alpha_shapes", weight=1)
def test_halves_are_rounded_up(student, draw):
    """Odd sides are halved and rounded up to whole numbers, at every stride."""
    for height, width in ((2 * draw.rng.integers(5, 200, size=2) + 1).tolist(), (1, 3), (9, 8)):
        for shape in expect_shapes(student, height, width, "A half is rounded up: 25 becomes 13.", parts_wanted=2):
            for part in list(shape)[:2]:
                assert np.asarray(part).dtype.kind in "iu", f"Sides are whole numbers, of pixels; alpha_shapes({height}, {width}) has {expect.describe(part)} among them. Does the rounding give a float?"


@pytest.mark.check("count_parameters", weight=1)
def test_every_channel_has_its_nine_numbers(student, draw):
    """One more channel going in costs nine numbers for each filter."""
    inputs, filters = draw.rng.integers(2, 60, size=2).tolist()
    less, more = (expect.number(student.call("count_parameters", n, filters), f"count_parameters({n}, {filters})", integer=True) for n in (inputs, inputs + 1))
    assert more - less == 9 * filters, (
        f"From {inputs} to {inputs + 1} channels, each of {filters} filters gets one 3 × 3 kernel more, {9 * filters} numbers; yours grows by {more - less}."
    )


@pytest.mark.check("count_parameters", weight=1)
def test_every_filter_has_one_bias(student, draw):
    """Besides the kernels there is one bias for each filter."""
    inputs, filters = draw.rng.integers(2, 60, size=2).tolist()
    less, more = (expect.number(student.call("count_parameters", n, filters), f"count_parameters({n}, {filters})", integer=True) for n in (inputs, inputs + 1))
    rest = less - inputs * (more - less)
    assert rest == filters, f"count_parameters({inputs}, {filters}), without what the kernels account for, should leave one bias for each of the {filters} filters; yours leaves {rest}."


# -- the network ----------------------------------------------------------------------------------------------------

BUILT = "What build_alpha() returns"
TABLE = ["Conv2D 8, stride 2", "Conv2D 8", "Conv2D 16", "Conv2D 16, stride 2", "Conv2D 32", "Conv2D 32, stride 2"]
TABLE += ["UpSampling2D", "Conv2D 32", "UpSampling2D", "Conv2D 16", "UpSampling2D", "Conv2D 2"]


def built(student, *args, **kwargs):
    """The layers of the student's network without its input, and for each Conv2D the activation that follows."""
    sealed = student.call("build_alpha", *args, **kwargs)
    try:
        found = models.line_of(sealed, BUILT)
    except StudentError:  # no line: a check of its own says so
        found = models.layers_of(sealed, BUILT)
    found = [layer for layer in found if layer.kind != "InputLayer"]
    stack, activations = [], []
    for layer in found:
        if layer.kind in ("Activation", "ReLU") and activations and activations[-1] in ("linear", None):
            activations[-1] = activation_of(layer.kind, layer.config)
        else:
            stack.append(layer)
            activations += [activation_of(layer.kind, layer.config)] if layer.kind == "Conv2D" else []
    return stack, activations


def activation_of(kind, config):
    """The name of an activation, such as "relu"; with its settings, where it is not the plain ReLU."""
    if kind == "ReLU":
        plain = {"max_value": None, "negative_slope": 0, "threshold": 0}
        odd = [f"{name}={config[name]}" for name, value in plain.items() if config.get(name, value) != value]
        return f"relu with {', '.join(odd)}" if odd else "relu"
    activation = config.get("activation")
    if isinstance(activation, dict):
        kind, config = activation.get("class_name"), activation.get("config")
        if kind in ("ReLU", "Activation") and isinstance(config, dict):
            return activation_of(kind, config)
        activation = config if kind == "function" else kind
    return str(activation).lower()


def pair(value):
    return tuple(value) if isinstance(value, (list, tuple)) else (value, value)


def in_words(layer):
    """A layer as the table puts it."""
    if layer.kind == "Conv2D":
        stride = pair(layer.config.get("strides"))
        return f"Conv2D {layer.config.get('filters')}" + ("" if stride == (1, 1) else f", stride {stride[0]}" if stride[0] == stride[1] else f", strides {stride}")
    if layer.kind == "UpSampling2D" and pair(layer.config.get("size")) != (2, 2):
        return f"UpSampling2D × {pair(layer.config.get('size'))}"
    return layer.kind


@pytest.mark.check("build_alpha", weight=3)
def test_the_layers_of_the_table_in_its_order(student):
    """Nine Conv2D and three UpSampling2D in one line, with the table's filters and strides."""
    models.line_of(student.call("build_alpha"), BUILT)
    stack, _ = built(student)
    words = [in_words(layer) for layer in stack]
    for place, (got, wanted) in enumerate(zip(words, TABLE, strict=False), 1):
        assert got == wanted, f"Layer {place} should be {wanted}; yours is {got}."
    assert len(words) == 12, f"The table has twelve layers; yours has {len(words)}." + (f" The extra one is {words[12]}." if len(words) > 12 else "")


@pytest.mark.check("build_alpha", weight=1)
def test_kernels_are_3_by_3_with_padding_same(student):
    """Every kernel is 3 × 3, every padding is "same", every up-sampling repeats numbers."""
    for layer in built(student)[0]:
        words, config = in_words(layer), layer.config
        if layer.kind == "Conv2D":
            size = pair(config.get("kernel_size"))
            assert size == (3, 3), f"All kernels are 3 × 3; in your layer {words} they are {size[0]} × {size[1]}."
            assert config.get("padding") == "same", f'All paddings are "same"; your layer {words} has {config.get("padding")!r}, and its picture shrinks.'
            assert config.get("data_format") in (None, "channels_last"), f"Your layer {words} has the channels first; pictures here have them last."
            assert pair(config.get("dilation_rate", 1)) == (1, 1) and config.get("groups", 1) == 1, f"Your layer {words} has a dilation or groups, which the table does not have."
        if layer.kind == "UpSampling2D":
            assert config.get("data_format") in (None, "channels_last"), f"Your layer {words} has the channels first; pictures here have them last."
            how = config.get("interpolation", "nearest")
            assert how == "nearest", f"UpSampling2D writes every number four times; yours has interpolation={how!r}."


@pytest.mark.check("build_alpha", weight=1)
def test_relu_everywhere_but_at_the_end(student):
    """All layers before the last have a ReLU, the plain one."""
    _, activations = built(student)
    wrong = [place for place, name in enumerate(activations[:-1], 1) if name != "relu"]
    assert not wrong, f"The {wrong[0]}. Conv2D should have a plain ReLU; yours has {activations[wrong[0] - 1]!r}. Without an activation Keras takes 'linear', which does nothing."


@pytest.mark.check("build_alpha", weight=1)
def test_the_end_is_a_tanh_by_default(student):
    """Called without an argument, the last layer is a tanh."""
    _, activations = built(student)
    assert activations and activations[-1] == "tanh", f"build_alpha() should end in a tanh, which reaches from −1 to 1; yours ends in {activations[-1] if activations else 'no Conv2D'!r}."


@pytest.mark.check("build_alpha", weight=1)
def test_last_is_handed_on(student, draw):
    """build_alpha(last=…) ends in the activation that was asked for."""
    for name in draw.rng.permutation(["relu", "linear", "sigmoid"]).tolist():
        for ask, stack in ((f'build_alpha(last="{name}")', built(student, last=name)), (f'build_alpha("{name}")', built(student, name))):
            got = stack[1][-1] if stack[1] else "no Conv2D"
            assert got == name, f"{ask} should end in {name!r}; yours ends in {got!r}. Is the activation of the last layer the argument?"


@pytest.mark.check("build_alpha", weight=1)
def test_pictures_of_any_size_may_come(student):
    """The input is (None, None, 1): no height or width is fixed."""
    found = models.layers_of(student.call("build_alpha"), BUILT)
    shapes = [layer.config.get("batch_shape") or layer.config.get("batch_input_shape") for layer in found if layer.kind == "InputLayer"]
    assert shapes and isinstance(shapes[0], (list, tuple)), f"{BUILT} has no input layer: begin with keras.Input(shape=…), so that its weights exist from the start."
    shape = tuple(shapes[0])
    assert shape == (None, None, None, 1), f"The input should be (None, None, None, 1), any number of photos of any height and width; yours is {shape}."


OF_THE_TABLE = ("name", "dtype", "trainable", "use_bias", "filters", "kernel_size", "strides", "padding", "activation", "kernel_initializer", "bias_initializer")
OF_THE_TABLE += ("dilation_rate", "groups", "data_format")  # which a check above asks for


def plain_convolution():
    """The settings of a Conv2D that was given no more than it needs."""
    import keras

    return {name: tuple(value) if isinstance(value, list) else value for name, value in keras.layers.Conv2D(1, 3).get_config().items()}


@pytest.mark.check("build_alpha", weight=1)
def test_every_layer_learns(student):
    """Every call gives a new network, not compiled; all its kernels and biases are there and free to learn."""
    first, other, again = (student.call("build_alpha", **ask) for ask in ({}, {"last": "relu"}, {}))
    for layer in models.layers_of(first, BUILT):
        words, config = in_words(layer), layer.config
        if layer.kind == "Conv2D":
            assert config.get("use_bias", True), f"Your layer {words} has no biases: `use_bias=False`? Then numbers are missing."
            assert config.get("trainable", True), f"Your layer {words} is frozen (`trainable = False`), so it would never be nudged."
            for name, wanted in plain_convolution().items():
                got = config.get(name, wanted)
                got = tuple(got) if isinstance(got, list) else got
                kept = name in OF_THE_TABLE or name.endswith(("_regularizer", "_constraint")) or got == wanted  # the two are asked for below
                assert kept, f"Your layer {words} has {name}={expect.describe(got)}. The table has nothing of the kind: leave it as it comes."
            start = config.get("kernel_initializer")
            start = start.get("class_name") if isinstance(start, dict) else start
            assert start in models.RANDOM, f"The kernels of your layer {words} start with {str(start)[:40]}, which is not random. Leave kernel_initializer as it comes, or take another random one, such as \"he_normal\"."
            start = config.get("bias_initializer")
            start = start.get("class_name") if isinstance(start, dict) else start
            assert start in (None, "Zeros"), f"The biases of your layer {words} start with {str(start)[:40]}. Leave bias_initializer as it comes."
        rules = [name for name, rule in config.items() if name.endswith(("_regularizer", "_constraint")) and rule is not None]
        assert not rules, f"Your layer {words} has the setting {rules[0]}, which holds its numbers back. The table has none: all are free to learn."
    for kernel in (weight for weight in first.weights if weight.ndim == 4):
        spread = float(np.std(kernel.astype(float))) * math.sqrt(math.prod(kernel.shape[:3]))
        assert np.isfinite(spread) and spread > 0.01, f"In {BUILT[0].lower()}{BUILT[1:]}, a kernel of the shape {kernel.shape} holds the same number everywhere. All filters should start at random, each at other numbers: so they learn to differ."
    assert first.compiled is None, f"{BUILT} is compiled already. Leave that to whoever trains it (exercise 4.7)."
    # Keras numbers its layers on and on, and draws new kernels: with both the same, and another name in between, it is one and the same network.
    names = [[layer.config.get("name") for layer in models.layers_of(sealed, BUILT) if layer.kind == "Conv2D"][:-1] for sealed in (first, other, again)]
    numbers = [[weight.tolist() for weight in sealed.weights] for sealed in (first, again)]
    same = names[0] == names[2] != names[1] and numbers[0] == numbers[1]
    assert not same, "build_alpha() called twice gave the same network twice. It should be new each time: build it inside the function."


# -- what goes in ---------------------------------------------------------------------------------------------------


def pair_of(student, photo):
    """The student's X and Y as arrays of whatever shape and dtype."""
    X, Y = expect.sequence(student.call("training_pair", photo), "training_pair(photo)", length=2)
    return expect.array(X, "X", kind="number"), expect.array(Y, "Y", kind="number")


@pytest.mark.check("training_pair", weight=2)
def test_x_is_l_and_y_is_ab_over_128(student, reference, draw):
    """X holds L, unscaled, and Y holds a / 128 and b / 128."""
    photo = draw.photo()
    for got, wanted, name, why in zip(
        pair_of(student, photo), reference.call("training_pair", photo), "XY",
        ("X is L from 0 to 100, as rgb2lab gives it.", "Y is ab / 128, a first."), strict=True,
    ):  # fmt: skip
        assert got.size == wanted.size, f"{name} should hold {wanted.size} numbers for a photo of {photo.shape[0]} × {photo.shape[1]}; yours holds {got.size}. {why}"
        expect.close(got.reshape(wanted.shape), wanted, name, atol=0.02 if name == "X" else 2e-4, why=why)


@pytest.mark.check("training_pair", weight=1)
def test_x_and_y_have_four_axes(student, draw):
    """X is (1, H, W, 1) and Y is (1, H, W, 2), for sides that differ and for single pixels."""
    for photo in (draw.noise(), draw.noise(1, 5), draw.noise(1, 1)):
        height, width = photo.shape[:2]
        for got, name, channels in zip(pair_of(student, photo), "XY", (1, 2), strict=True):
            assert got.shape == (1, height, width, channels), (
                f"{name} of a {height} × {width} photo should have the shape {(1, height, width, channels)}; yours has {got.shape}. The first axis counts photos, the last channels."
            )


@pytest.mark.check("training_pair", weight=1)
def test_x_and_y_are_float32(student, draw):
    """Both arrays are float32."""
    for got, name in zip(pair_of(student, draw.photo()), "XY", strict=True):
        assert got.dtype == np.float32, f"{name} should be float32; yours is {got.dtype}. rgb2lab gives float64 for a uint8 photo."


def refused(student, X):
    """The message of the ValueError with which check_input refuses X."""
    what = f"an array of shape {X.shape} and dtype {X.dtype}"
    raised = student.error("check_input", X)
    assert raised is not None, f"check_input should refuse {what} with a ValueError; yours let it in."
    assert "ValueError" in raised.names, f"check_input should refuse {what} with a ValueError; yours ended with {raised}."
    return raised.message


def let_in(student, X):
    what = f"an array of shape {X.shape} and dtype {X.dtype}"
    raised = student.error("check_input", X)
    assert raised is None, f"check_input should let in {what}; yours ended with {raised}."
    return student.call("check_input", X)


def inputs(draw, height, width, dtype=np.float32, photos=1):
    return draw.rng.uniform(0, 100, (photos, height, width, 1)).astype(dtype)


@pytest.mark.check("check_input", weight=2)
def test_a_good_x_comes_back_and_a_bad_one_does_not(student, draw):
    """A good X is returned as it is; one whose sides do not fit is refused with a ValueError."""
    X = inputs(draw, 16, 16)
    got = expect.array(let_in(student, X), "check_input(X) of a good X", shape=X.shape)
    expect.close(got, X, "check_input(X) of a good X", why="X comes back as it is.")
    refused(student, inputs(draw, 20, 20))


@pytest.mark.check("check_input", weight=1)
def test_missing_axes_are_named(student, draw):
    """Wrong axes are refused, and the message holds the shape that came."""
    X = inputs(draw, 16, 24)
    for bad in (X[0, :, :, 0], X[0], X[:, :, :, 0], np.repeat(X, 3, axis=3), np.repeat(X, 2, axis=3), X[np.newaxis], X[0, 0, 0], X[0, 0, 0, 0, ...]):
        message = refused(student, bad)
        assert str(bad.shape) in message, f"For the shape {bad.shape} the message should contain it, written {bad.shape}; yours says: {message}"


@pytest.mark.check("check_input", weight=1)
def test_whole_numbers_are_refused(student, draw):
    """Integers and truth values are refused, and the message holds the dtype's name."""
    for dtype in ("uint8", "int16", "int32", "int64", "bool"):
        message = refused(student, inputs(draw, 16, 24).astype(dtype))
        assert dtype in message, f"For the dtype {dtype} the message should contain its name; yours says: {message}"


@pytest.mark.check("check_input", weight=1)
def test_the_side_at_fault_is_named(student, draw):
    """The message names the side that is no multiple of 8, and its size, and not the other side."""
    for name, other, sides in (("height", "width", (1, 2)), ("width", "height", (2, 1))):
        odd = int(8 * draw.rng.integers(1, 6) + draw.rng.integers(1, 8))
        fine = 64
        message = refused(student, inputs(draw, *((odd, fine) if sides == (1, 2) else (fine, odd))))
        assert name in message.lower() and other not in message.lower(), f"With {odd} × {fine} in (height, width) or the other way round, only the {name} is wrong and should be named; your message says: {message}"
        assert str(odd) in message, f"The {name} of {odd} should be in the message; yours says: {message}"


@pytest.mark.check("check_input", weight=1)
def test_the_larger_output_is_named(student, draw):
    """The message says which side the output would have."""
    for turn, missing in ((False, draw.rng.integers(1, 4)), (True, draw.rng.integers(5, 8)), (True, draw.rng.integers(1, 4)), (False, draw.rng.integers(5, 8))):
        n = int(draw.rng.integers(13, 20))
        odd = int(8 * n - missing)
        message = refused(student, inputs(draw, *((64, odd) if turn else (odd, 64))))
        assert str(8 * n) in message, f"A side of {odd} comes out as {8 * n}: halved three times and rounded up each time, then doubled three times. The message should contain {8 * n}; yours says: {message}"


@pytest.mark.check("check_input", weight=1)
def test_no_false_alarm(student, draw):
    """Several photos, sides that differ, and all float dtypes are let in, and stay what they are."""
    for X in (inputs(draw, 8, 40), inputs(draw, 24, 8, photos=3), inputs(draw, 16, 16, np.float64), inputs(draw, 8, 8, np.float16)):
        got = let_in(student, X)
        kept = not isinstance(got, np.ndarray) or (got.dtype == X.dtype and got.shape == X.shape)  # whether it comes back at all is asked above
        assert kept, f"check_input should return an array of shape {X.shape} and dtype {X.dtype} as it is; what came back is {expect.describe(got)}."


# -- compile and train ----------------------------------------------------------------------------------------------


def small_network(draw, *, bias=(0.0, 0.0), scale=0.02, final="tanh"):
    """A network of one layer with drawn weights: L in, two grids out."""
    import keras

    network = keras.Sequential([keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation=final)])
    kernel = draw.rng.normal(0, scale / 3, (3, 3, 1, 2))
    network.set_weights([kernel.astype(np.float32), np.array(bias, np.float32)])
    return network


def compiled_by(student, draw):
    sealed = student.call("compile_alpha", small_network(draw))
    assert sealed is not None, "compile_alpha(model) gave None. `compile` itself returns nothing: return the model."
    return models.compiled_of(sealed, COMPILED)


COMPILED = "What compile_alpha(model) returns"
EPOCHS = 3


def learned_by(student, draw):
    """A network of the grader's, X and Y, and what `fit` makes of it when compile_alpha has compiled it: its losses, and the model afterwards.

    The network is None where another one came back, or one that is frozen: other checks say so.
    """
    network, X, Y = task(draw)
    before, losses, after = student.fitted("compile_alpha", network, on=(X, Y, EPOCHS))
    same = isinstance(before, SealedModel) and isinstance(after, SealedModel) and len(losses) == EPOCHS
    same = same and [w.shape for w in before.weights] == [w.shape for w in after.weights] == [w.shape for w in network.get_weights()]
    same = same and all(np.array_equal(one, other) for one, other in zip(before.weights, network.get_weights(), strict=True))
    same = same and all(layer.config.get("trainable", True) for layer in models.layers_of(before, COMPILED))
    return (network if same else None), X, Y, losses, after


@pytest.mark.check("compile_alpha", weight=2)
def test_the_loss_is_the_mean_squared_error(student, draw):
    """The model comes back, compiled with the mean squared error."""
    compiled = compiled_by(student, draw)
    assert compiled.loss == "mean_squared_error", f"The loss should be the mean squared error; yours is {compiled.loss!r}."
    reduction = compiled.loss_settings.get("reduction", "mean")
    assert reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight"), f"The loss should be the mean of the squared errors; yours has reduction={expect.describe(reduction)}."
    weights_of_losses = compiled.loss_weights
    fits = weights_of_losses is None or all(weight == 1 for weight in (weights_of_losses if isinstance(weights_of_losses, list) else [weights_of_losses]))
    assert fits, f"The loss should be the mean squared error as it is; yours has loss_weights={expect.describe(weights_of_losses)}."
    network, X, Y, losses, _ = learned_by(student, draw)
    if network is not None:
        right = float(np.mean((np.asarray(network(X)) - Y) ** 2))
        expect.near(losses[0], right, "The loss that the compiled model reports for its first epoch", atol=1e-3 * right, why="It is the mean squared error, with nothing added to it.")


@pytest.mark.check("compile_alpha", weight=1)
def test_the_optimizer_is_rmsprop(student, draw):
    """The optimizer is RMSprop, with all but the learning rate as it comes."""
    import keras

    compiled = compiled_by(student, draw)
    assert compiled.optimizer.lower() == "rmsprop", f"The optimizer should be RMSprop; yours is {compiled.optimizer}."
    for name, wanted in keras.optimizers.RMSprop().get_config().items():
        got = compiled.settings.get(name, wanted)
        fits = name in ("name", "learning_rate") or (got or None) == (wanted or None)  # 0, False and None all say: not in use
        assert fits, f"Besides the learning rate, RMSprop should be left as it comes: {name} is {wanted} then; yours is {expect.describe(got)}."
    network, X, Y, _, after = learned_by(student, draw)
    if network is None or compiled.learning_rate is None or isinstance(compiled.loss_weights, str):
        return  # other checks say so
    network.compile(optimizer=keras.optimizers.RMSprop(compiled.learning_rate), loss=models.loss_of(compiled, COMPILED), loss_weights=compiled.loss_weights)
    before, wanted = network.get_weights(), trained(network, X, Y, EPOCHS)[1]
    gap, moved = (max(float(np.abs(one - other).max()) for one, other in zip(some, wanted, strict=True)) for some in (after.weights, before))
    assert gap <= 0.05 * moved, f"After {EPOCHS} epochs of `fit`, the compiled model should have the weights that RMSprop leads to; yours has others. Is its update changed, or held back?"


@pytest.mark.check("compile_alpha", weight=1)
def test_the_learning_rate_is_a_thousandth(student, draw):
    """The learning rate is 0.001."""
    rate = compiled_by(student, draw).learning_rate
    assert rate is not None and abs(rate - 1e-3) < 1e-8, f"The learning rate should be 0.001; yours is {rate if rate is not None else 'no plain number'}."


@pytest.mark.check("compile_alpha", weight=1)
def test_the_model_itself_is_compiled(student, draw):
    """The model that was handed in is the one that is compiled and comes back, with the same layers and weights."""
    network = small_network(draw, bias=(0.3, -0.2))
    sealed = student.call("compile_alpha", network)
    assert isinstance(sealed, SealedModel), f"compile_alpha(model) should return the model; what came is {expect.describe(sealed)}."
    same = len(sealed.weights) == 2 and all(np.array_equal(one, other) for one, other in zip(sealed.weights, network.get_weights(), strict=True))
    assert same, "The model that comes back should be the one that was handed in, with its weights; yours has others. Is a new one built inside compile_alpha?"
    kinds = [layer.kind for layer in models.layers_of(sealed, "What compile_alpha(model) returns") if layer.kind != "InputLayer"]
    assert kinds == ["Conv2D"], f"The model that was handed in has one Conv2D and should keep its layers; after compile_alpha it has {', '.join(kinds)}."
    after = student.arguments_after("compile_alpha", network)[0]
    assert isinstance(after, SealedModel) and after.compiled, "After compile_alpha(model) the model that was handed in is still not compiled. Was a copy of it compiled and returned?"


def learning_pair(student, photo, wanted):
    """The student's X and Y of a photo, in the shapes and the precision of the reference's: what the network is trained on."""
    pair = expect.sequence(student.call("training_pair", photo), "training_pair(photo)", length=2)
    why = "The network is trained on your training pair: if exercise 4.5 is not right yet, mend that first."
    return [
        expect.array(part, f"{name} of training_pair(photo)", shape=right.shape, kind="number", low=-1000, high=1000, why=why)
        for name, part, right in zip("XY", pair, wanted, strict=True)
    ]


def shown_by(path, sealed, what, limit):
    """The loss on the portrait with handed-in weights, and what is to be said about the file."""
    if path is None:
        return np.inf, f"No {weights.NAME} was handed in, which would be a second way to show it."
    try:
        arrays = weights.read(path)
    except weights.UnreadableWeights as error:
        return np.inf, str(error)
    if [a.shape for a in arrays] != models.look_at(sealed, what, (1, 8, 8, 1)).weights:
        return np.inf, f"The weights in {weights.NAME} do not fit your network."
    loss = threshold.loss_with(sealed, what, arrays, *threshold.pair(threshold.portrait()))
    return loss, f"With the weights in {weights.NAME} it has {loss:.4f} on the portrait; below {limit:.4f} is wanted there."


@pytest.mark.check("compile_alpha", weight=4)
def test_the_network_reaches_the_threshold(student, draw, handed_in):
    """Trained in the grader on a drawn photo, your network gets below the loss threshold."""
    what = "what compile_alpha(build_alpha()) returns"
    limit = threshold.limits()[str(draw.rng.choice(threshold.PHOTOS))]
    photo = threshold.photo(limit.photo)
    photo = np.ascontiguousarray(photo[:, ::-1] if draw.rng.integers(2) else photo)
    truth = threshold.pair(photo)
    sealed = student.call("compile_alpha", student.made("build_alpha"))
    look = models.look_at(sealed, what, truth[0].shape)
    X, Y = learning_pair(student, photo, truth)
    done = threshold.train(sealed, what, limit, X, Y, truth, seed=int(draw.rng.integers(2**31 - threshold.STARTS)))
    if done.reached:
        return
    full = threshold.limits()["portrait-400"].threshold
    full_loss, said = shown_by(handed_in(weights.NAME), sealed, what, full)
    free = look.free == len(look.weights)
    tanh = models.layers_of(sealed, what)[-1].config.get("activation") == "tanh"  # on the portrait alone a loss cannot tell
    assert full_loss < full and free and tanh, (
        f"The grader trained your network on a drawn photo for {threshold.BUDGET} epochs, from {done.starts} fresh starts; the lowest loss was {done.best:.4f}. "
        f"Below {limit.threshold:.4f} is wanted; there a grey picture has {limit.floors['grey picture']:.4f}, the best constant colour {limit.floors['constant colour']:.4f}, "
        f"and without negative numbers none gets below {limit.floors['no negative numbers']:.4f}. {said} "
        "Can the last layer be negative, are all layers free to learn, is Y = ab / 128 (exercises 4.4, 4.5, 4.7)?"
    )


def task(draw, photos=1):
    """A compiled small network, and X and Y from a drawn photo, which `photos` says how often."""
    import keras
    from skimage.color import rgb2lab

    lab = rgb2lab(draw.photo(16, 24)).astype(np.float32)[np.newaxis]
    network = small_network(draw, bias=(0.6, -0.6), scale=0.1)
    network.compile(optimizer=keras.optimizers.RMSprop(0.005), loss="mean_squared_error")
    network.optimizer.iterations.assign(int(draw.rng.integers(100, 1000)))  # as if it had been trained before
    return network, np.repeat(lab[..., :1] / 100, photos, axis=0), np.repeat(lab[..., 1:] / 128, photos, axis=0)


def trained(network, X, Y, epochs):
    """The losses and the weights that training should lead to; `network` stays as it is."""
    import keras

    with keras.device("cpu:0"):  # where the student's kernel computes
        twin = keras.models.clone_model(network)
        twin.set_weights(network.get_weights())
        optimizer = type(network.optimizer).from_config(network.optimizer.get_config())
        how = {"loss": network.loss, "loss_weights": network.get_compile_config().get("loss_weights")}
        twin.compile(optimizer=optimizer, run_eagerly=True, **how)
        return twin.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"], twin.get_weights()


@pytest.mark.check("train_alpha", weight=2)
def test_the_model_itself_is_trained(student, draw):
    """After the call, the model that was handed in has the weights that training leads to."""
    network, X, Y = task(draw)
    after = student.arguments_after("train_alpha", network, X, Y, 3)[0]
    assert isinstance(after, SealedModel) and [w.shape for w in after.weights] == [w.shape for w in network.get_weights()], "After train_alpha the model should still be the model."
    before, wanted = network.get_weights(), trained(network, X, Y, 3)[1]
    untouched = all(np.array_equal(one, other) for one, other in zip(after.weights, before, strict=True))
    assert not untouched, "After train_alpha(model, X, Y, 3) the model's weights are as before. Train the model that was handed in, not a copy."
    gap = max(float(np.abs(one - other).max()) for one, other in zip(after.weights, wanted, strict=True))
    moved = max(float(np.abs(one - other).max()) for one, other in zip(before, wanted, strict=True))
    assert gap < 0.05 * moved, "After 3 epochs with the optimizer that came, the weights should be others than yours are. Is the number of epochs handed on, and is the model compiled anew?"
    came, steps = int(network.optimizer.iterations), models.compiled_of(after, "The model after train_alpha").iterations
    assert steps == came + 3, f"The optimizer of the model had made {came} steps when it came, and should have made {came + 3} after train_alpha(model, X, Y, 3); it says {steps}. Was the model compiled again? It comes compiled, and stays so."


@pytest.mark.check("train_alpha", weight=1)
def test_one_loss_an_epoch(student, draw):
    """The result is the list of the losses, one for each epoch, in order."""
    network, X, Y = task(draw)
    epochs = int(draw.rng.integers(3, 7))
    wanted = trained(network, X, Y, epochs)[0]
    what = f"train_alpha(model, X, Y, {epochs})"
    losses = expect.sequence(student.call("train_alpha", network, X, Y, epochs), what, length=epochs, why="A list of losses, one an epoch: see the attribute `history` of what `fit` returns.")
    for place, (loss, right) in enumerate(zip(losses, wanted, strict=True), 1):
        expect.near(loss, right, f"{what}: the loss of epoch {place}", atol=1e-3 * right, why="The losses as Keras reports them.")


@pytest.mark.check("train_alpha", weight=1)
def test_one_photo_at_a_time(student, draw):
    """With four photos, an epoch is four nudges: batch size 1."""
    network, X, Y = task(draw, photos=4)
    wanted = trained(network, X, Y, 1)[0][0]
    got = student.call("train_alpha", network, X, Y, 1)
    got = got[-1] if isinstance(got, (list, tuple, np.ndarray)) and np.ndim(got) == 1 and len(got) else got
    expect.near(got, wanted, "The loss of one epoch with four photos", atol=0.01 * wanted, why="With batch size 1 the network is nudged after each photo. Keras takes 32 at a time if it is not told.")


# -- pictures -------------------------------------------------------------------------------------------------------


def lightness(draw, height, width):
    """A drawn L, dark enough for no lamp to reach full power."""
    from skimage.color import rgb2lab

    return np.clip(rgb2lab(draw.photo(height, width))[:, :, 0], 25, 65)


def painted(student, network, L, shape=None):
    return expect.array(student.call("colorize", network, L), "colorize(model, L)", shape=shape, kind="number")


@pytest.mark.check("colorize", weight=3)
def test_the_models_colours_at_the_given_lightness(student, reference, draw):
    """L in layer 0, the model's prediction times 128 in layers 1 and 2, as RGB."""
    L = lightness(draw, 24, 24)
    for bias in draw.rng.permutation([(0.12, -0.09), (-0.1, 0.12)]).tolist():
        network = small_network(draw, bias=bias, scale=0.001)
        got = painted(student, network, L)
        assert got.size == 24 * 24 * 3, f"colorize of a 24 × 24 L should give 24 × 24 × 3 numbers; yours gives {got.size}."
        why = "L goes in unscaled and stays in layer 0; the prediction × 128 is in layers 1 and 2; the picture has levels from 0 to 255."
        expect.close(got.reshape(24, 24, 3), reference.call("colorize", network, L), "The picture", atol=1.01, why=why)


@pytest.mark.check("colorize", weight=1)
def test_the_picture_is_uint8(student, draw):
    """The picture is a uint8 array (H, W, 3)."""
    got = painted(student, small_network(draw), lightness(draw, 16, 16), shape=(16, 16, 3))
    assert got.dtype == np.uint8, f"The picture should be uint8; yours is {got.dtype}. lab2rgb gives floats from 0 to 1."


@pytest.mark.check("colorize", weight=1)
def test_height_and_width_may_differ(student, draw):
    """Pictures that are not square, of any sides that are multiples of 8."""
    for height, width in ((8, 32), (40, 16)):
        L = lightness(draw, height, width)
        painted(student, small_network(draw), L, shape=(height, width, 3))


@pytest.mark.check("colorize", weight=1)
def test_white_and_black_stay(student, draw):
    """White does not wrap round to a dark level, black stays black."""
    L = np.zeros((16, 16))
    L[:8] = 100
    network = small_network(draw, scale=0)
    got = painted(student, network, L)
    assert got.shape[:1] == (16,), f"colorize of a 16 × 16 L should have 16 rows; yours has the shape {got.shape}."
    for part, name, level in ((got[:8], "White, L = 100,", 255), (got[8:], "Black, L = 0,", 0)):
        worst = float(part.reshape(-1)[np.argmax(np.abs(part.astype(float) - level))])
        assert abs(worst - level) <= 1, f"{name} with a model that predicts zero should have the level {level}; yours has {worst:g}. uint8 ends at 255 and starts again at 0."


def grey_of(picture):
    from skimage.color import rgb2gray

    return 255 * rgb2gray(picture)


@pytest.mark.check("save_pictures", weight=2)
def test_the_colour_picture_is_kept_number_for_number(student, draw):
    """img_result.png holds the picture, exactly."""
    picture = draw.photo()
    files = student.files_from("save_pictures", picture, FOLDER)
    pixels = expect.png(files.get("img_result.png"), "img_result.png", why=f"Found in the folder: {', '.join(files) or 'nothing'}.")
    pixels = expect.array(pixels, "img_result.png", shape=picture.shape)
    expect.close(pixels, picture, "img_result.png", why="It is the picture as it came, uint8 to uint8.")


@pytest.mark.check("save_pictures", weight=2)
def test_the_grey_version_is_one_grid(student, draw):
    """img_gray_scale.png holds what rgb2gray gives, as uint8 (H, W)."""
    picture = draw.noise()
    files = student.files_from("save_pictures", picture, FOLDER)
    pixels = expect.png(files.get("img_gray_scale.png"), "img_gray_scale.png", why=f"Found in the folder: {', '.join(files) or 'nothing'}.")
    pixels = expect.array(pixels, "img_gray_scale.png", shape=picture.shape[:2], why="A grey picture is one grid.")
    expect.close(pixels, grey_of(picture), "img_gray_scale.png", atol=1.01, why="255 × rgb2gray, within a level. The lamps have different weights there: a plain mean is something else.")


@pytest.mark.check("save_pictures", weight=1)
def test_a_folder_that_is_not_there_is_made(student, draw):
    """The folder, given as a Path, is made with the folders above it; older pictures in a folder are replaced."""
    name = f"new_{draw.rng.integers(1000)}"
    files = student.files_from("save_pictures", draw.photo(), student.made("Path", FOLDER, name, "below"))
    inside = [file for file in files if file.startswith(f"{name}/below/")]
    assert inside, f"After save_pictures(result, Path(…) / {name!r} / 'below') there should be files in that folder; found: {', '.join(files) or 'none'}."
    older, picture = draw.noise(8, 8), draw.photo()
    for name, old in (("img_result.png", older), ("img_gray_scale.png", older[:, :, 0])):  # written on the way, by the lesson's own imsave, which gives None
        picture = student.made("img_as_ubyte", picture, student.made("imsave", student.made("Path", FOLDER, name), old))
    files = student.files_from("save_pictures", picture, FOLDER)
    grey = expect.png(files.get("img_gray_scale.png"), "img_gray_scale.png")
    assert not np.array_equal(grey, older[:, :, 0]), "In a folder with older pictures, img_gray_scale.png should be replaced; after save_pictures(result, folder) the older one is still there."


def tiles(levels):
    """A grey picture with one column of pixels for each level."""
    return np.repeat(np.array(levels, np.uint8)[np.newaxis, :, np.newaxis], 3, axis=2).repeat(4, axis=0)


@pytest.mark.check("colour_error", weight=1)
def test_differences_are_ciede2000(student, draw):
    """The difference of two plain colours is that of CIEDE2000."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    for _ in range(3):
        one, other = draw.rng.integers(0, 256, (2, 3))
        one[0], other[0] = 250, 10
        first, second = (np.tile(colour.astype(np.uint8), (5, 7, 1)) for colour in (one, other))
        wanted = float(deltaE_ciede2000(rgb2lab(first), rgb2lab(second))[0, 0])
        got = student.call("colour_error", first, second)
        expect.near(got, wanted, f"From RGB {one.tolist()} to {other.tolist()} the difference", atol=0.02, why="deltaE_ciede2000 of the two in Lab, `photo` first.")


@pytest.mark.check("colour_error", weight=1)
def test_all_pixels_count_alike(student):
    """Pixels of different error are averaged with the plain mean."""
    # Greys whose L lie on both sides of 50, equally far: there, CIEDE2000 and the older formulas agree.
    dark, light = (119, 112, 94, 119, 119, 119), (119, 126, 144, 119, 119, 119)
    from skimage.color import deltaE_ciede2000, rgb2lab

    first, second = tiles(dark), tiles(light)
    wanted = float(deltaE_ciede2000(rgb2lab(first), rgb2lab(second)).mean())
    got = student.call("colour_error", first, second)
    expect.near(got, wanted, "The mean difference of two pictures that agree in four of six columns", atol=0.15, why="The plain mean over all pixels, the unchanged ones too.")
