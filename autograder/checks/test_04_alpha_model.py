"""Hidden checks of lesson 4: filters, shapes, the alpha network, its input, training, pictures, colour error."""

import contextlib
import functools
import itertools
import math
import os
import re

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from autograder.checks import expect
from autograder.errors import NotAnswered, StudentError, UnreadableWeights
from autograder.kernel.client import FOLDER
from autograder.kernel.codec import Unsupported
from autograder.kernel.models import SerializedModel
from autograder.networks import allowed, description, experiment, painting, rebuilding, threshold, weights, worker
from autograder.networks.spec import ALPHA

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


def recognised(got, wanted, slips, atol):
    """Whether an answer is right, or wrong in one of the ways that are known: then it is about what the exercise is about."""
    for value in (wanted, *slips.values()):
        value = np.asarray(value, dtype=float)
        if value.shape == np.shape(got) and np.abs(np.asarray(got, dtype=float) - value).max() <= atol:
            return True
    return False


# -- a filter by hand -----------------------------------------------------------------------------------------------


def filtered(grid, kernel, **frame):
    """What filter_grid should return. frame: how np.pad is to frame the grid, if not with zeros."""
    height, width = grid.shape
    framed = np.pad(grid.astype(np.float64), 1, **frame)
    return sum(kernel[i, j] * framed[i : i + height, j : j + width] for i in range(3) for j in range(3))


def middle(got, grid):
    """The part of a filtered grid where the kernel does not hang over, whether or not the edge is there."""
    height, width = grid.shape
    assert got.shape in ((height, width), (height - 2, width - 2)), (
        f"filter_grid of a {height} × {width} grid should have the shape {grid.shape}; yours has {got.shape}."
    )
    return got[1:-1, 1:-1] if got.shape == grid.shape else got


def filter_of(student, grid, kernel):
    return expect.array(student.call("filter_grid", grid, kernel), "filter_grid(grid, kernel)", kind="number")


def kernel_slips(grid, kernel):
    """By sentence, what typical slips make of a grid, away from its edge."""
    inner, right = np.s_[1:-1, 1:-1], filtered(grid, kernel)
    unvisited = right.copy()
    unvisited[:, len(grid) :] = 0
    return {
        "These are means: the nine products are added up, and not divided by nine.": right[inner] / 9,
        "The kernel is rotated by half a turn, as in books on signals. Here it is used as it stands.": filtered(
            grid, kernel[::-1, ::-1]
        )[inner],
        "The kernel is mirrored, left and right.": filtered(grid, kernel[:, ::-1])[inner],
        "The kernel is upside down.": filtered(grid, kernel[::-1])[inner],
        "Rows and columns of the kernel have changed places: is it transposed somewhere?": filtered(grid, kernel.T)[
            inner
        ],
        "`@` multiplies matrices, which is something else: the nine pairs are multiplied with `*`.": filtered(
            grid, np.tile(kernel.sum(axis=1), (3, 1))
        )[inner],
        "`@` multiplies matrices, which is something else: multiply the nine pairs with `*`.": filtered(
            grid, np.tile(kernel.sum(axis=0)[:, np.newaxis], (1, 3))
        )[inner],
        "Some columns were never visited. `len(grid)` is the number of rows; how many columns are there?": unvisited[
            inner
        ],
        "It is zero there. Does the `return` stand within a loop, so that only the beginning was filled?": 0
        * right[inner],
        "All is one place too far down and to the right. At which row and column of the framed grid does the patch of a place start?": filtered(
            np.pad(grid, 1)[:-2, :-2], kernel
        )[inner],
        "All is one place too far up and to the left. At which row and column of the framed grid does the patch of a place start?": filtered(
            np.pad(grid, 1)[2:, 2:], kernel
        )[inner],
    }


@pytest.fixture(scope="session", autouse=True)
def process_for_networks(request):
    """It imports TensorFlow while the notebook's kernel does."""
    if any(item.name == "test_the_network_reaches_the_threshold" for item in request.session.items):
        worker.start()


def wide_noise(draw):
    """A drawn grid (H, W) of floats with more columns than rows."""
    height, width = sorted(draw.sides())
    return draw.noise(height, width)[:, :, 0] / 2.55


@pytest.mark.check("filter_grid", weight=3)
def test_nine_products_are_added_up(student, draw):
    """On a square grid, away from the edge, nine products are added up, be it with a shift or a factor."""
    side = min(draw.sides())
    grid = draw.noise(side, side)[:, :, 0] / 2.55
    kernel = np.array([[1, 2, 1], [2, 3, 2], [1, 2, 1]]) * draw.rng.uniform(0.5, 1.5)
    got = middle(filter_of(student, grid, kernel), grid)
    why = "At each place: nine products, added up. Which of them are in yours?"
    slips = kernel_slips(grid, kernel)
    known = {
        sentence: value for sentence, value in slips.items() if sentence.startswith(("These are means", "All is one"))
    }
    if recognised(got, filtered(grid, kernel)[1:-1, 1:-1], known, 0.02):
        return  # the checks below say what is off
    expect.close(
        got,
        filtered(grid, kernel)[1:-1, 1:-1],
        "The filtered grid, away from the edge,",
        atol=0.02,
        why=why,
        slips=kernel_slips(grid, kernel),
        given=[grid[1:-1, 1:-1]],
    )


@pytest.mark.check("filter_grid", weight=1)
def test_sums_may_be_negative(student, draw):
    """A kernel that finds edges and spots gives the right sums, above and below zero."""
    grid = wide_noise(draw)
    kernel = np.array([[-1, -2, -1], [-2, 12, -2], [-1, -2, -1]]) * draw.rng.uniform(0.5, 1.5)
    got = middle(filter_of(student, grid, kernel), grid)
    expect.close(
        got,
        filtered(grid, kernel)[1:-1, 1:-1],
        "The filtered grid, away from the edge,",
        atol=0.02,
        why="Sums may be negative, and nothing is clipped or rounded. Is something done to the sums?",
        slips=kernel_slips(grid, kernel),
    )


@pytest.mark.check("filter_grid", weight=1)
def test_the_kernel_is_not_mirrored(student, draw):
    """The kernel is used as it stands: its left column meets the numbers on the left."""
    grid = wide_noise(draw)
    kernel = draw.rng.permutation([0, 0.01, 0.02, 0.05, 0.08, 0.13, 0.17, 0.22, 0.3]).reshape(3, 3)
    got = middle(filter_of(student, grid, kernel), grid)
    why = (
        "kernel[0, 0] meets the number above and to the left. Is the kernel turned, mirrored or transposed on the way?"
    )
    expect.close(
        got,
        filtered(grid, kernel)[1:-1, 1:-1],
        "A grid under a kernel without symmetry, away from the edge,",
        atol=0.02,
        why=why,
        slips=kernel_slips(grid, kernel),
    )


@pytest.mark.check("filter_grid", weight=1)
def test_outside_counts_as_zero(student, draw):
    """At the edge, what lies outside the grid is zero, and the size stays."""
    grid = draw.rng.uniform(20, 90, sorted(draw.sides()))
    kernel = np.full((3, 3), 0.1)
    why = "The new grid has the size of the old one: with a frame of zeros the kernel fits at the edge as well."
    got = expect.array(filter_of(student, grid, kernel), "filter_grid(grid, kernel)", shape=grid.shape, why=why)
    wanted = filtered(grid, kernel)
    bare, unvisited, part = np.zeros(grid.shape), wanted.copy(), grid.copy()
    bare[1:-1, 1:-1], unvisited[:, len(grid) :] = wanted[1:-1, 1:-1], 0
    part[1:-1, 1:-1] = wanted[1:-1, 1:-1]
    slips = {
        "The edge was left at zero. The kernel hangs over there, but part of it still lies on the grid.": bare,
        "The edge was left as it was. The kernel hangs over there, but part of it still lies on the grid.": part,
        "Outside, the numbers of the edge were repeated; zeros are wanted there.": filtered(grid, kernel, mode="edge"),
        "Outside, the grid was mirrored; zeros are wanted there.": filtered(grid, kernel, mode="reflect"),
        "Outside, the grid goes on at its other side; zeros are wanted there.": filtered(grid, kernel, mode="wrap"),
        "Some columns were never visited. `len(grid)` is the number of rows; how many columns are there?": unvisited,
        "These are means: the nine products are added up, and not divided by nine.": wanted / 9,
    }
    expect.close(
        got,
        wanted,
        "The filtered grid, with its edge,",
        atol=0.02,
        why="What counts where the kernel hangs over? Zeros are wanted outside.",
        slips=slips,
        given=[grid],
    )


@pytest.mark.check("filter_grid", weight=1)
def test_uint8_grids_do_not_overflow(student, draw):
    """A uint8 grid gives floats, with sums above 255 and fractions, whatever the kernel's dtype."""
    grid = np.maximum(draw.noise()[:, :, 0], 60)
    for kernel in (
        np.array([[0.5, 1, 0.5], [1, 1.25, 1], [0.5, 1, 0.5]]),
        np.array([[1, 2, 1], [2, 3, 2], [1, 2, 1]]),
        np.full((3, 3), 2, np.uint8),
    ):
        what = f"A uint8 grid filtered with a kernel of {kernel.dtype}, away from the edge,"
        got = middle(filter_of(student, grid, kernel), grid)
        expect.close(
            got,
            filtered(grid, kernel.astype(float))[1:-1, 1:-1],
            what,
            atol=0.02,
            why="uint8 holds 0 to 255 and no fractions. Are the sums, or the result, kept in the grid's own dtype?",
            slips=kernel_slips(grid, kernel.astype(float)),
        )
        expect.array(got, what, kind="float", why="A float array comes back, also where all numbers are whole.")


@pytest.mark.check("filter_grid", weight=1)
def test_thin_grids_are_filtered_too(student, draw):
    """A grid of one row, one column or one number is filtered like any other."""
    kernel = np.zeros((3, 3))
    kernel[1, 1] = 0.7  # what lies outside does not matter to it
    for height, width in ((1, int(draw.rng.integers(4, 9))), (int(draw.rng.integers(4, 9)), 1), (1, 1), (2, 2)):
        grid = draw.rng.uniform(20, 90, (height, width))
        got = filter_of(student, grid, kernel)
        assert got.size == grid.size, (
            f"A grid of {height} × {width} should come back with {grid.size} numbers; yours has the shape {got.shape}. The text says H and W from 1 up."
        )
        expect.close(
            got.reshape(grid.shape),
            0.7 * grid,
            f"A grid of {height} × {width} under a kernel of zeros with 0.7 in the middle",
            atol=0.02,
            why="The text says H and W from 1 up.",
        )


# -- shapes and counts ----------------------------------------------------------------------------------------------

STEPS = (
    (8, 2),
    (8, 1),
    (16, 1),
    (16, 2),
    (32, 1),
    (32, 2),
    (32, 0),
    (32, 1),
    (32, 0),
    (16, 1),
    (16, 0),
    (2, 1),
)  # channels, stride; 0 doubles


def after_step(sides, stride):
    """Height and width after a layer."""
    return tuple(math.ceil(side / stride) if stride else 2 * side for side in sides)


def wanted_shapes(height, width):
    """What alpha_shapes should return."""
    sides, shapes = (height, width), []
    for channels, stride in STEPS:
        sides = after_step(sides, stride)
        shapes.append((*sides, channels))
    return shapes


def shapes_of(student, height, width):
    """The twelve shapes of the student's, each as three numbers."""
    call = f"alpha_shapes({height}, {width})"
    shapes = expect.sequence(
        student.call("alpha_shapes", height, width),
        call,
        length=12,
        of="shapes",
        why="UpSampling2D counts as a layer, too; the input does not.",
    )
    found = []
    for place, shape in enumerate(shapes, 1):
        what = f"{call}: layer {place}"
        found.append(
            tuple(
                expect.number(part, what)
                for part in expect.sequence(shape, what, length=3, of="numbers, (h, w, channels)")
            )
        )
    return found


def shown(shape):
    return "(" + ", ".join(f"{part:g}" for part in shape) + ")"


def cause_of_shape(place, got, before, wanted):
    """What may be wrong with the shape of a layer; before: what went in, as the student has it."""
    stride = STEPS[place - 1][1]
    if sorted(got) == sorted(wanted):
        return "These are the right numbers in another order: (h, w, channels)."
    if got[2] != wanted[2] and stride == 0:
        return f"An UpSampling2D has no filters: as many channels come out as go in, here {before[2]:g}."
    if got[2] != wanted[2]:
        return f"The table gives layer {place} {wanted[2]} filters, and each filter makes a channel."
    if stride == 2 and got[:2] == before[:2]:
        return f"Layer {place} has stride 2: it halves height and width."
    if stride == 1 and got[:2] != before[:2]:
        return f"Layer {place} is a Conv2D with stride 1: what comes in, {shown(before[:2])}, stays as it is."
    if stride == 0 and got[:2] != after_step(before[:2], 0):
        return f"Layer {place} is an UpSampling2D: it doubles both sides of what comes in, {shown(before[:2])}."
    return "What comes into this layer, in yours, and what does it do to height and width?"


def expect_shapes(student, height, width, parts):
    """Fail unless these parts of all shapes are right."""
    before = (height, width, 1)
    for place, (got, wanted) in enumerate(
        zip(shapes_of(student, height, width), wanted_shapes(height, width), strict=True), 1
    ):
        fits = got[parts] == wanted[parts]
        assert fits, (
            f"alpha_shapes({height}, {width}): layer {place} should give {wanted}; yours says {shown(got)}. {cause_of_shape(place, got, before, wanted)}"
        )
        before = got


def multiples_of_8(draw):
    return (8 * draw.rng.choice(np.arange(5, 90), size=2, replace=False)).tolist()  # no side is a number of channels


@pytest.mark.check("alpha_shapes", weight=1)
def test_most_layers_do_what_the_table_says(student, draw):
    """Twelve shapes come, and most layers do to what comes into them what the table says."""
    height = width = multiples_of_8(draw)[0]
    shapes, most = shapes_of(student, height, width), 0
    for order in itertools.permutations(range(3)):
        before, right = (height, width), 0
        for (channels, stride), shape in zip(STEPS, shapes, strict=True):
            *sides, last = (shape[place] for place in order)
            right += tuple(sides) == after_step(before, stride) and last == channels
            before = tuple(sides)
        most = max(most, right)
    first = next(
        (
            place
            for place, pair in enumerate(zip(shapes, wanted_shapes(height, width), strict=True), 1)
            if pair[0] != pair[1]
        ),
        None,
    )
    assert most >= 8, (
        f"alpha_shapes({height}, {width}): most of the twelve layers should do what the table says, halve, keep or double the sides, and give their channels; in yours {most} do. "
        f"Begin with layer {first}: {wanted_shapes(height, width)[first - 1]} is wanted, yours says {shown(shapes[first - 1])}."
    )


@pytest.mark.check("alpha_shapes", weight=1)
def test_heights_and_widths_of_every_layer(student, draw):
    """Height and width come first, in this order, and are right for sides that are multiples of 8 and differ."""
    expect_shapes(student, *multiples_of_8(draw), np.s_[:2])


@pytest.mark.check("alpha_shapes", weight=1)
def test_channels_of_every_layer(student, draw):
    """The third number is the layer's channels."""
    expect_shapes(student, *multiples_of_8(draw), np.s_[2:])


@pytest.mark.check("alpha_shapes", weight=1)
def test_halves_are_rounded_up(student, draw):
    """Odd sides are halved and rounded up to whole numbers, at every stride."""
    usual = [channels for _, _, channels in shapes_of(student, 64, 72)]
    for height, width in ((2 * draw.rng.integers(5, 200, size=2) + 1).tolist(), (1, 3), (9, 8)):
        before = (height, width, 1)
        for place, (got, wanted) in enumerate(
            zip(shapes_of(student, height, width), wanted_shapes(height, width), strict=True), 1
        ):
            what = f"alpha_shapes({height}, {width}): layer {place} should give {wanted}; yours says {shown(got)}."
            assert all(part == int(part) for part in got), (
                f"{what} Sides are whole numbers of pixels. Is a half rounded up everywhere?"
            )
            halves = got[:2] != wanted[:2] and got[:2] in [
                tuple(way(side / 2) for side in before[:2]) for way in (math.floor, round)
            ]
            cause = (
                "Half of an odd side is rounded up, not down and not to the nearest: 25 becomes 13."
                if halves
                else cause_of_shape(place, got, before, wanted)
            )
            if place == 12 and got[:2] == (height, width):
                cause = "The last layer takes what comes in, and need not have the sides that the picture had."
            assert got[:2] == wanted[:2], f"{what} {cause}"
            assert got[2] == usual[place - 1], (
                f"{what} The channels do not depend on the sides: for 64 × 72 yours gives {usual[place - 1]:g}."
            )
            before = got
        for place, shape in enumerate(student.call("alpha_shapes", height, width), 1):
            for part in list(shape)[:2]:
                assert np.asarray(part).dtype.kind in "iu", (
                    f"alpha_shapes({height}, {width}): layer {place} has {expect.describe(part)} in it. Sides are whole numbers, of pixels. Does the division, or the rounding, give a float?"
                )


def counts_of(student, inputs, filters):
    return [
        expect.number(student.call("count_parameters", n, filters), f"count_parameters({n}, {filters})", integer=True)
        for n in (inputs, inputs + 1)
    ]


@pytest.mark.check("count_parameters", weight=2)
def test_all_kernels_are_counted(student, draw):
    """There are kernels for the channels, be it with a slip in their number or in the biases."""
    inputs, filters = int(draw.rng.integers(100, 128)), int(draw.rng.integers(64, 80))
    got, more = counts_of(student, inputs, filters)
    assert got != more, (
        f"count_parameters({inputs}, {filters}) and count_parameters({inputs + 1}, {filters}) are the same in yours, {got}. Yours does not depend on the channels: does a filter look at all of them?"
    )
    known = (9 * inputs * filters, 3 * inputs * filters, 9 * inputs)
    assert any(kernels <= got <= 1.15 * kernels + filters for kernels in known), (
        f"count_parameters({inputs}, {filters}): each of the {filters} filters has a 3 × 3 kernel for each of the {inputs} channels, {known[0]} numbers in all, and a few biases come on top; yours says {got}. "
        "Which kernels are missing, or counted twice?"
    )


@pytest.mark.check("count_parameters", weight=3)
def test_every_channel_has_its_nine_numbers(student, draw):
    """One more channel going in costs nine numbers for each filter."""
    inputs, filters = draw.rng.integers(10, 60, size=2).tolist()
    less, more = counts_of(student, inputs, filters)
    cause = {
        0: "Yours does not depend on the channels: does a filter look at all of them?",
        9: "Yours counts the kernels of one filter only.",
        3 * filters: "How many numbers are there in a 3 × 3 kernel?",
        filters: "Each kernel has 3 × 3 numbers.",
        9 * filters + 1: "In yours there is a bias for each channel that comes in. Which filters have the biases?",
        10 * filters: "Is the bias a number for each channel that goes in, or one for the filter as a whole?",
    }.get(more - less, "How many kernels has one filter, and how many filters are there?")
    assert more - less == 9 * filters, (
        f"From {inputs} to {inputs + 1} channels, each of {filters} filters gets one 3 × 3 kernel more, {9 * filters} numbers; yours grows by {more - less}. {cause}"
    )


@pytest.mark.check("count_parameters", weight=3, alone=True)
def test_every_filter_has_one_bias(student, draw):
    """Besides the kernels there is one bias for each filter."""
    inputs, filters = draw.rng.choice(np.arange(10, 60), size=2, replace=False).tolist()
    less, more = counts_of(student, inputs, filters)
    assert more > less, (
        f"count_parameters({inputs}, {filters}) and count_parameters({inputs + 1}, {filters}) are the same in yours, {less}. Where are the kernels, one for each channel?"
    )
    rest = less - inputs * (more - less)
    cause = {
        0: "The biases are missing.",
        1: "That is one bias in all; how many filters are there?",
        inputs: "The filters that come in have their biases in the layer before.",
    }.get(rest, "One bias for each filter: is it added once, outside of the product with the channels?")
    assert rest == filters, (
        f"count_parameters({inputs}, {filters}), without what grows with the channels, should leave one bias for each of the {filters} filters; yours leaves {rest}. {cause}"
    )


# -- the network ----------------------------------------------------------------------------------------------------

BUILT = "What build_alpha() returns"
TABLE = ["Conv2D"] * 6 + ["UpSampling2D", "Conv2D"] * 3
ODD_ACTIVATIONS = {"LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax"}  # layers and their names as a word
MOST_EDITS = 3  # layers missing, too many or of another kind, up to which a network is still about the table


def built(student, *args, **kwargs):
    """The layers of the student's network without its input, and for each Conv2D the activation that follows."""
    serialized = student.call("build_alpha", *args, **kwargs) if args or kwargs else student.look_at("build_alpha")
    try:
        found = description.line_of(serialized, BUILT)
    except StudentError:  # no line: a check of its own says so
        found = description.layers_of(serialized, BUILT)
    found = [layer for layer in found if layer.kind != "InputLayer"]
    stack, activations = [], []
    for layer in found:
        if (
            layer.kind in allowed.ACTIVATIONS
            and activations
            and activations[-1] in ("linear", None)
            and stack[-1].kind == "Conv2D"
        ):
            activations[-1] = activation_of(layer.kind, layer.config)
        else:
            stack.append(layer)
            activations += [activation_of(layer.kind, layer.config)] if layer.kind == "Conv2D" else []
    return stack, activations


def activation_of(kind, config):
    """The name of an activation, such as "relu"; with its settings, where it is not the plain ReLU."""
    if kind in ODD_ACTIVATIONS:
        return ODD_ACTIVATIONS[kind]
    if kind == "ReLU":
        plain = {"max_value": None, "negative_slope": 0, "threshold": 0}
        odd = [f"{name}={config[name]}" for name, value in plain.items() if config.get(name, value) != value]
        return f"relu with {', '.join(odd)}" if odd else "relu"
    activation = config.get("activation")
    if isinstance(activation, dict):
        kind, config = activation.get("class_name"), activation.get("config")
        if kind in allowed.ACTIVATIONS and isinstance(config, dict):
            return activation_of(kind, config)
        activation = config if kind == "function" else kind
    return str(activation).lower()


def pair(value):
    return tuple(value) if isinstance(value, (list, tuple)) else (value, value)


def in_words(layer):
    """A layer as the table puts it."""
    if layer.kind == "Conv2D":
        stride = pair(layer.config.get("strides"))
        return f"Conv2D {layer.config.get('filters')}" + (
            "" if stride == (1, 1) else f", stride {stride[0]}" if stride[0] == stride[1] else f", strides {stride}"
        )
    if layer.kind == "UpSampling2D" and pair(layer.config.get("size")) != (2, 2):
        return f"UpSampling2D × {pair(layer.config.get('size'))}"
    return layer.kind


def asked_of(place):
    """Filters and stride of a place in the table, counted from 0, as it would stand in a description; {} for an up-sampling."""
    channels, stride = STEPS[place]
    return {"filters": channels, "strides": (stride, stride)} if stride else {}


def in_table(place):
    """A place of the table, counted from 0, in words."""
    channels, stride = STEPS[place]
    return f"Conv2D {channels}" + (", stride 2" if stride == 2 else "") if stride else "UpSampling2D"


def compared(stack):
    """The table and the student's layers side by side, with as few edits as possible: pairs (place in the table, layer), None where one lacks."""

    def price(place, layer):
        if layer.kind != TABLE[place]:
            return 1.0
        odd = {"filters": layer.config.get("filters"), "strides": pair(layer.config.get("strides"))}
        return 0.01 * sum(odd[name] != value for name, value in asked_of(place).items())

    rows, columns = len(TABLE), len(stack)
    least = [[(0.0, ())] * (columns + 1) for _ in range(rows + 1)]
    for i, j in itertools.product(range(rows + 1), range(columns + 1)):
        ways = [(least[i - 1][j][0] + 1, (i - 1, j, (i - 1, None)))] if i else []
        ways += [(least[i][j - 1][0] + 1, (i, j - 1, (None, stack[j - 1])))] if j else []
        ways += (
            [(least[i - 1][j - 1][0] + price(i - 1, stack[j - 1]), (i - 1, j - 1, (i - 1, stack[j - 1])))]
            if i and j
            else []
        )
        if ways:
            least[i][j] = min(ways, key=lambda way: way[0])
    found, (i, j) = [], (rows, columns)
    while i or j:
        i, j, step = least[i][j][1]
        found.insert(0, step)
    return found


def edits(stack):
    """What has to be changed to have the layers of the table in its order, in words; [] if nothing has."""
    found, foreign = [], {}
    for place, layer in compared(stack):
        if layer is None:
            found.append(f"layer {place + 1} of the table, {in_table(place)}, is missing")
        elif place is None and layer.kind in TABLE:
            found.append(f"yours has one more, {in_words(layer)}")
        elif place is None:
            foreign[layer.kind] = foreign.get(layer.kind, 0) + 1
        elif layer.kind != TABLE[place]:
            found.append(f"layer {place + 1} should be {in_table(place)}, and yours is {in_words(layer)}")
    return found + [
        f"there is {kind}, which is not in the table" + (f", {times} times" if times > 1 else "")
        for kind, times in foreign.items()
    ]


def matched(student):
    """The pairs (number in the table, the student's layer) of the same kind."""
    pairs = compared(built(student)[0])
    return [
        (place + 1, layer)
        for place, layer in pairs
        if place is not None and layer is not None and layer.kind == TABLE[place]
    ]


@pytest.mark.check("build_alpha", weight=2)
def test_the_network_of_the_table(student):
    """The network is one line of Conv2D and UpSampling2D, much like the table."""
    description.line_of(student.look_at("build_alpha"), BUILT)
    stack, _ = built(student)
    found = edits(stack)
    assert len(found) <= MOST_EDITS, (
        f"The table has twelve layers, nine Conv2D and three UpSampling2D; yours has {len(stack)}. Among other things, {found[0]}. Go down the table line by line."
    )


@pytest.mark.check("build_alpha", weight=1)
def test_just_the_layers_of_the_table(student):
    """No layer is missing, none too many, and all stand in the table's order."""
    found = edits(built(student)[0])
    serialized = student.look_at("build_alpha")
    try:
        description.line_of(serialized, BUILT)
    except StudentError:
        return  # the check above says so
    assert not found or len(found) > MOST_EDITS, f"Not quite the twelve layers of the table: {'; '.join(found)}."


@pytest.mark.check("build_alpha", weight=1)
def test_the_filters_of_the_table(student):
    """Every Conv2D has as many filters as the table says."""
    for number, layer in matched(student):
        wanted, got = STEPS[number - 1][0], layer.config.get("filters")
        assert layer.kind != "Conv2D" or got == wanted, (
            f"Layer {number} should have {wanted} filters; yours has {got}."
            + (" The last layer makes two pictures, one for a and one for b." if number == 12 else "")
        )


@pytest.mark.check("build_alpha", weight=1)
def test_the_strides_of_the_table(student):
    """Layers 1, 4 and 6 have stride 2, all other Conv2D stride 1."""
    for number, layer in matched(student):
        wanted, got = STEPS[number - 1][1], pair(layer.config.get("strides"))
        assert layer.kind != "Conv2D" or got == (wanted, wanted), (
            f"Layer {number}, {in_table(number - 1)}, should have stride {wanted}; yours has {got[0] if got[0] == got[1] else got}."
        )


@pytest.mark.check("build_alpha", weight=1)
def test_kernels_are_3_by_3_with_padding_same(student):
    """Every kernel is 3 × 3, every padding is "same", every up-sampling repeats numbers."""
    for layer in built(student)[0]:
        words, config = in_words(layer), layer.config
        if layer.kind == "Conv2D":
            size = pair(config.get("kernel_size"))
            assert size == (3, 3), f"All kernels are 3 × 3; in your layer {words} they are {size[0]} × {size[1]}."
            assert config.get("padding") == "same", (
                f'All paddings are "same"; your layer {words} has {config.get("padding")!r}, and its picture shrinks.'
            )
            assert config.get("data_format") in (None, "channels_last"), (
                f"Your layer {words} has the channels first; pictures here have them last."
            )
            assert pair(config.get("dilation_rate", 1)) == (1, 1) and config.get("groups", 1) == 1, (
                f"Your layer {words} has a dilation or groups, which the table does not have."
            )
        if layer.kind == "UpSampling2D":
            assert config.get("data_format") in (None, "channels_last"), (
                f"Your layer {words} has the channels first; pictures here have them last."
            )
            assert pair(config.get("size")) == (2, 2), (
                f"Each UpSampling2D doubles height and width; one of yours has the size {pair(config.get('size'))}."
            )
            how = config.get("interpolation", "nearest")
            assert how == "nearest", f"UpSampling2D writes every number four times; yours has interpolation={how!r}."


@pytest.mark.check("build_alpha", weight=1)
def test_relu_everywhere_but_at_the_end(student):
    """All layers before the last have a ReLU, the plain one."""
    _, activations = built(student)
    wrong = [place for place, name in enumerate(activations[:-1], 1) if name != "relu"]
    if not wrong:
        return
    name = activations[wrong[0] - 1]
    cause = (
        "If no activation is named, Keras takes 'linear', which does nothing."
        if name in ("linear", "none")
        else "Which activation does the table give it?"
    )
    raise AssertionError(
        f"Conv2D number {wrong[0]} of your network should have a plain ReLU; yours has {name!r}. {cause}"
    )


@pytest.mark.check("build_alpha", weight=1)
def test_the_end_is_a_tanh_by_default(student):
    """Called without an argument, the last layer is a tanh."""
    _, activations = built(student)
    assert activations and activations[-1] == "tanh", (
        f"build_alpha() should end in a tanh, which reaches from −1 to 1; yours ends in {activations[-1] if activations else 'no Conv2D'!r}."
    )


@pytest.mark.check("build_alpha", weight=1)
def test_last_is_handed_on(student, draw):
    """build_alpha(last=…) ends in the activation that was asked for."""
    for name in draw.rng.permutation(["relu", "linear", "sigmoid"]).tolist():
        for ask, stack in (
            (f'build_alpha(last="{name}")', built(student, last=name)),
            (f'build_alpha("{name}")', built(student, name)),
        ):
            got = stack[1][-1] if stack[1] else "no Conv2D"
            assert got == name, (
                f"{ask} should end in {name!r}; yours ends in {got!r}. Is the activation of the last layer the argument?"
            )


@pytest.mark.check("build_alpha", weight=1)
def test_pictures_of_any_size_may_come(student):
    """The input is (None, None, 1): no height or width is fixed."""
    found = description.layers_of(student.look_at("build_alpha"), BUILT)
    shapes = [
        layer.config.get("batch_shape") or layer.config.get("batch_input_shape")
        for layer in found
        if layer.kind == "InputLayer"
    ]
    assert shapes and isinstance(shapes[0], (list, tuple)), (
        f"{BUILT} has no input layer: begin with keras.Input(shape=…), so that its weights exist from the start."
    )
    shape = tuple(shapes[0])
    assert shape == (None, None, None, 1), (
        f"The input should be (None, None, None, 1), any number of photos of any height and width; yours is {shape}."
    )


OF_THE_TABLE = (
    "name",
    "dtype",
    "trainable",
    "use_bias",
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "activation",
    "kernel_initializer",
    "bias_initializer",
)
OF_THE_TABLE += ("dilation_rate", "groups", "data_format")  # which a check above asks for


def plain_convolution():
    """The settings of a Conv2D that was given no more than it needs."""
    import keras

    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in keras.layers.Conv2D(1, 3).get_config().items()
    }


@pytest.mark.check("build_alpha", weight=1)
def test_every_layer_learns(student):
    """Every call gives a new network, not compiled; all its kernels and biases are there and free to learn."""
    first, other, again = (student.call("build_alpha", **ask) for ask in ({}, {"last": "relu"}, {}))
    for layer in description.layers_of(first, BUILT):
        words, config = in_words(layer), layer.config
        if layer.kind == "Conv2D":
            assert config.get("use_bias", True), (
                f"Your layer {words} has no biases: `use_bias=False`? Then numbers are missing."
            )
            assert config.get("trainable", True), (
                f"Your layer {words} is frozen (`trainable = False`), so it would never be nudged."
            )
            for name, wanted in plain_convolution().items():
                got = config.get(name, wanted)
                got = tuple(got) if isinstance(got, list) else got
                kept = (
                    name in OF_THE_TABLE or name.endswith(("_regularizer", "_constraint")) or got == wanted
                )  # the two are asked for below
                assert kept, (
                    f"Your layer {words} has {name}={expect.describe(got)}. The table has nothing of the kind: leave it at its default."
                )
            start = config.get("kernel_initializer")
            start = start.get("class_name") if isinstance(start, dict) else start
            assert start in allowed.RANDOM, (
                f'The kernels of your layer {words} start with {str(start)[:40]}, which is not random. Leave kernel_initializer at its default, or take another random one, such as "he_normal".'
            )
            start = config.get("bias_initializer")
            start = start.get("class_name") if isinstance(start, dict) else start
            assert start in (None, "Zeros"), (
                f"The biases of your layer {words} start with {str(start)[:40]}. Leave bias_initializer at its default."
            )
        rules = [
            name for name, rule in config.items() if name.endswith(("_regularizer", "_constraint")) and rule is not None
        ]
        assert not rules, (
            f"Your layer {words} has the setting {rules[0]}, which holds its numbers back. The table has none: all are free to learn."
        )
    for kernel in (weight for weight in first.weights if weight.ndim == 4):
        spread = float(np.std(kernel.astype(float))) * math.sqrt(math.prod(kernel.shape[:3]))
        assert np.isfinite(spread) and spread > 0.01, (
            f"In {BUILT[0].lower()}{BUILT[1:]}, a kernel of the shape {kernel.shape} holds the same number everywhere. All filters should start at random, each at other numbers: so they learn to differ."
        )
    assert first.compiled is None, f"{BUILT} is compiled already. Compiling comes later (exercise 4.7)."
    # Keras numbers its layers on and on, and draws new kernels: with both the same, and another name in between, it is one and the same network.
    names = [
        [layer.config.get("name") for layer in description.layers_of(serialized, BUILT) if layer.kind == "Conv2D"][:-1]
        for serialized in (first, other, again)
    ]
    numbers = [[weight.tolist() for weight in serialized.weights] for serialized in (first, again)]
    same = names[0] == names[2] != names[1] and numbers[0] == numbers[1]
    assert not same, (
        "build_alpha() called twice gave the same network twice. It should be new each time: build it inside the function."
    )


# -- what goes in ---------------------------------------------------------------------------------------------------


def pair_of(student, photo):
    """The student's X and Y as arrays of whatever shape and dtype."""
    X, Y = expect.sequence(student.call("training_pair", photo), "training_pair(photo)", length=2, of="arrays, X and Y")
    return expect.array(X, "X", kind="number"), expect.array(Y, "Y", kind="number")


def pair_slips(photo):
    """By sentence, what typical slips make X (1, H, W, 1) and Y (1, H, W, 2)."""
    from skimage.color import rgb2gray, rgb2lab

    with np.errstate(all="ignore"):
        lab, floats = rgb2lab(photo)[np.newaxis], rgb2lab(photo.astype(float))[np.newaxis]
        turned = rgb2lab(photo[..., ::-1])[np.newaxis]
    grey = rgb2gray(photo)[np.newaxis, :, :, np.newaxis]
    L, ab, number = (
        lab[..., :1],
        lab[..., 1:],
        "rgb2lab takes floats for numbers from 0 to 1. What does the photo have, and what if it goes in as it is, in uint8?",
    )
    of_x = {
        "X is not scaled: L goes from 0 to 100. Was it divided by something?": L / 100,
        "X is not scaled: L goes from 0 to 100. Was it divided by 128?": L / 128,
        "X is not scaled: L goes from 0 to 100. Was it divided by 255?": L / 255,
        "That is rgb2gray, a weighted mean of red, green and blue. L is another scale, and is layer 0 of Lab.": grey,
        "That is 100 × rgb2gray, a weighted mean of red, green and blue. L is another scale, and is layer 0 of Lab.": 100
        * grey,
        "That is 255 × rgb2gray, a weighted mean of red, green and blue. L is another scale, and is layer 0 of Lab.": 255
        * grey,
        number: floats[..., :1],
        "Red and blue have changed places before the photo went into Lab.": turned[..., :1],
        "That is layer 1, a. Layers are counted from 0.": lab[..., 1:2],
        "X and Y have changed places, or the photo was cut at the wrong layer.": lab[..., 2:],
    }
    of_y = {
        "Y is not divided by 128.": ab,
        "Y is divided twice.": ab / 128 / 128,
        "The fractions were cut off before the division.": np.trunc(ab) / 128,
        "The numbers were rounded before the division.": np.rint(ab) / 128,
        "b comes first in yours.": ab[..., ::-1] / 128,
        "Y is divided by 100; the scale of a and b is 128.": ab / 100,
        "Y is divided by 127; the scale is 128.": ab / 127,
        "Y is divided by 255; the scale is 128.": ab / 255,
        "Those are L and a. Y holds the other two layers, a and b: layers are counted from 0.": lab[..., :2] / 128,
        "Y was squashed with tanh. That is the network's part: the target is ab / 128 itself.": np.tanh(ab / 128),
        "Y was moved as well: 0 stays 0, and negative numbers stay negative.": (ab + 128) / 256,
        number: floats[..., 1:] / 128,
        "Red and blue have changed places before the photo went into Lab.": turned[..., 1:] / 128,
    }
    return of_x, of_y


@pytest.mark.check("training_pair", weight=1)
def test_x_or_y_comes_from_lab(student, reference, draw):
    """Two arrays come, made of the photo's L and of its a and b."""
    photo = draw.noise(9, 7)
    parts = zip(
        pair_of(student, photo), reference.call("training_pair", photo), pair_slips(photo), (0.02, 2e-4), strict=True
    )
    known = [
        got.size == wanted.size and recognised(got.reshape(wanted.shape), wanted, slips, atol)
        for got, wanted, slips, atol in parts
    ]
    assert any(known), (
        "X should be L, layer 0 of the photo in Lab, and Y layers 1 and 2, over 128; in yours, neither can be recognised. What does rgb2lab give, and which layers of it go where?"
    )


def expect_part(student, reference, photo, place, atol, why):
    """Fail unless X (0) or Y (1) of a photo holds the right numbers, whatever its axes."""
    got, wanted, name = pair_of(student, photo)[place], reference.call("training_pair", photo)[place], "XY"[place]
    assert got.size == wanted.size, (
        f"{name} should hold {wanted.size} numbers for a photo of {photo.shape[0]} × {photo.shape[1]}; yours holds {got.size}. {why}"
    )
    expect.close(got.reshape(wanted.shape), wanted, name, atol=atol, why=why, slips=pair_slips(photo)[place])


@pytest.mark.check("training_pair", weight=1)
def test_x_is_l_from_0_to_100(student, reference, draw):
    """X holds L, unscaled."""
    expect_part(
        student,
        reference,
        draw.photo(),
        0,
        0.02,
        "Is it layer 0 of what rgb2lab gives for the uint8 photo, and unchanged?",
    )


@pytest.mark.check("training_pair", weight=1)
def test_y_is_ab_over_128(student, reference, draw):
    """Y holds a / 128 and b / 128, in this order."""
    expect_part(
        student,
        reference,
        draw.photo(),
        1,
        2e-4,
        "Is it layers 1 and 2 of what rgb2lab gives for the uint8 photo, divided once?",
    )


@pytest.mark.check("training_pair", weight=1)
def test_x_and_y_have_four_axes(student, draw):
    """X is (1, H, W, 1) and Y is (1, H, W, 2), for sides that differ and for single pixels."""
    for photo in (draw.noise(), draw.noise(1, 5), draw.noise(1, 1)):
        height, width = photo.shape[:2]
        for got, name, channels in zip(pair_of(student, photo), "XY", (1, 2), strict=True):
            assert got.shape == (1, height, width, channels), (
                f"{name} of a {height} × {width} photo should have the shape {(1, height, width, channels)}; yours has {got.shape}. The first axis counts photos, the last channels."
                + (" A slice such as 0:1 keeps an axis, a plain 0 drops it." if got.ndim < 4 else "")
            )


@pytest.mark.check("training_pair", weight=1)
def test_x_and_y_are_float32(student, draw):
    """Both arrays are float32."""
    for got, name in zip(pair_of(student, draw.photo()), "XY", strict=True):
        assert got.dtype == np.float32, (
            f"{name} should be float32; yours is {got.dtype}. rgb2lab gives float64 for a uint8 photo."
        )


def not_refused(student, X, what):
    """What to say of a bad X that was let in."""
    back = student.call("check_input", X)
    text = f"check_input should refuse {what} with a ValueError; yours let it in"
    if isinstance(back, Unsupported) and "Error" in repr(back):
        return f"{text}: the error came back as a value. Errors are raised, with `raise`, and not returned."
    if isinstance(back, str):
        return f"{text}: a text came back. Which statement raises a ValueError with that text?"
    if back is None:
        return f"{text} and gave None. Was the message printed, and not raised?"
    return f"{text}. Which question of yours should have stopped it, and does it raise the error, or only print it?"


def refused(student, X):
    """The message of the ValueError with which check_input refuses X."""
    what = f"an array of shape {X.shape} and dtype {X.dtype}"
    raised = student.error("check_input", X)
    assert raised is not None, not_refused(student, X, what)
    if "ValueError" not in raised.names:
        cause = {
            "IndexError": " An axis was asked for that this array does not have: the number of axes comes first.",
            "AssertionError": " `assert` always raises an AssertionError; `raise` raises the error that you name.",
        }.get(raised.names[0], " Which error does the text ask for?")
        raise AssertionError(f"check_input should refuse {what} with a ValueError; yours ended with {raised}.{cause}")
    return raised.message


def let_in(student, X):
    what = f"an array of shape {X.shape} and dtype {X.dtype}"
    raised = student.error("check_input", X)
    if raised is None:
        return student.call("check_input", X)
    why = "It has four axes, the last of them 1, floats, and sides that are multiples of 8."
    if X.dtype.name in raised.message:
        why = "Any float dtype will do."
    elif "height" in raised.message.lower() or "width" in raised.message.lower():
        why = "Axis 1 is the height, axis 2 the width, and both are multiples of 8."
    elif len(X) > 1:
        why = "There may be any number of photos."
    raise AssertionError(f"check_input should let in {what}; yours ended with {raised}. {why}")


def float_that_is_taken(student, draw):
    """float32, or float64 if that is refused: a check of its own says so."""
    return (
        np.float32
        if any(student.error("check_input", inputs(draw, 16, 16, photos=n)) is None for n in (1, 8))
        else np.float64
    )


def inputs(draw, height, width, dtype=np.float32, photos=1):
    return draw.rng.uniform(0, 100, (photos, height, width, 1)).astype(dtype)


@pytest.mark.check("check_input", weight=1)
def test_a_good_x_passes_and_a_bad_one_does_not(student, draw):
    """A good X goes through without an error; one that is wrong in every way is stopped."""
    dtype = float_that_is_taken(student, draw)
    if (
        student.error("check_input", inputs(draw, 16, 16, dtype, photos=8)) is not None
    ):  # whether several photos may come is asked below
        let_in(student, inputs(draw, 16, 16, dtype))
    bad = np.zeros((20, 20), np.int64)
    what = f"an array of shape {bad.shape} and dtype {bad.dtype}"
    stopped = student.error("check_input", bad) is not None or "Error" in repr(student.call("check_input", bad))
    assert stopped, not_refused(student, bad, what)  # an error that is returned, and not raised, is told below


@pytest.mark.check("check_input", weight=1)
def test_a_good_x_comes_back_as_it_is(student, draw):
    """A good X is returned, unchanged."""
    X = inputs(draw, 16, 24, float_that_is_taken(student, draw))
    got = expect.array(
        let_in(student, X), "check_input(X) of a good X", shape=X.shape, why="What is returned if nothing is wrong?"
    )
    expect.close(got, X, "check_input(X) of a good X", why="X comes back as it is.")


@pytest.mark.check("check_input", weight=1)
def test_missing_axes_are_named(student, draw):
    """Wrong axes are refused, and the message holds the shape that came."""
    X = inputs(draw, 16, 24)
    for bad in (
        np.repeat(X, 4, axis=3),
        X[0, :, :, 0],
        X[0],
        X[:, :, :, 0],
        np.repeat(X, 3, axis=3),
        np.repeat(X, 2, axis=3),
        X[np.newaxis],
        X[0, 0, 0],
        X[0, 0, 0, 0, ...],
    ):
        message = refused(student, bad)
        assert str(bad.shape) in message, (
            f"For the shape {bad.shape} the message should contain it, written {bad.shape}; yours says: {message}"
        )


@pytest.mark.check("check_input", weight=1)
def test_whole_numbers_are_refused(student, draw):
    """Integers and truth values are refused, and the message holds the dtype's name."""
    said = {}
    for dtype in ("uint8", "int16", "int32", "int64", "bool"):
        message = said[dtype] = refused(student, inputs(draw, 16, 24).astype(dtype))
        assert dtype in message, f"For the dtype {dtype} the message should contain its name; yours says: {message}"
    assert len(set(said.values())) > 1, (
        f"Whatever the dtype, your message is the same, so it does not say which one came: {said['int64']}"
    )


@pytest.mark.check("check_input", weight=1)
def test_the_side_at_fault_is_named(student, draw):
    """The message names the side that is no multiple of 8, and its size, and not the other side."""
    for name, other, turn in (("height", "width", False), ("width", "height", True)):
        odd = int(8 * draw.rng.integers(1, 6) + draw.rng.integers(1, 8))
        X = inputs(draw, *((64, odd) if turn else (odd, 64)), float_that_is_taken(student, draw))
        message = refused(student, X)
        assert name in message.lower(), (
            f"For the shape {X.shape} the {name} is wrong (axis {1 + turn}), and the message should name it; yours says: {message}"
        )
        assert other not in message.lower(), (
            f"For the shape {X.shape} only the {name} is wrong; your message names the {other} as well: {message}"
        )
        assert str(odd) in message, f"The {name} of {odd} should be in the message; yours says: {message}"


@pytest.mark.check("check_input", weight=1)
def test_the_larger_output_is_named(student, draw):
    """The message says what size the output would have."""
    for turn, missing in (
        (False, draw.rng.integers(1, 4)),
        (True, draw.rng.integers(5, 8)),
        (True, draw.rng.integers(1, 4)),
        (False, draw.rng.integers(5, 8)),
    ):
        n = int(draw.rng.integers(13, 20))
        odd = int(8 * n - missing)
        message = refused(
            student, inputs(draw, *((64, odd) if turn else (odd, 64)), float_that_is_taken(student, draw))
        )
        numbers = set(map(int, re.findall(r"\d+", message)))
        what = f"A side of {odd} comes out as {8 * n}: halved three times and rounded up each time, then doubled three times. The message should contain {8 * n}; yours says: {message}"
        assert 8 * n in numbers, what
        assert not {8 * n - 16, 8 * n + 8} & numbers, (
            f"{what}. It names other multiples of 8 as well, so it does not say which of them the output would have."
        )


@pytest.mark.check("check_input", weight=1)
def test_no_false_alarm(student, draw):
    """Several photos, sides that differ, and all float dtypes are let in, and stay what they are."""
    for X in (
        inputs(draw, 8, 40),
        inputs(draw, 24, 8, photos=3),
        inputs(draw, 16, 16, np.float64),
        inputs(draw, 8, 8, np.float16),
    ):
        got = let_in(student, X)
        kept = not isinstance(got, np.ndarray) or (
            got.dtype == X.dtype and got.shape == X.shape
        )  # whether it comes back at all is asked above
        assert kept, (
            f"check_input should return an array of shape {X.shape} and dtype {X.dtype} as it is; what came back is {expect.describe(got)}."
        )


# -- compile and train ----------------------------------------------------------------------------------------------


def small_network(draw, *, bias=(0.0, 0.0), scale=0.02, final="tanh", outputs=2):
    """A network of one layer with drawn weights: L in, two grids out."""
    import keras

    network = keras.Sequential(
        [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(outputs, 3, padding="same", activation=final)]
    )
    kernel = draw.rng.normal(0, scale / 3, (3, 3, 1, outputs))
    network.set_weights([kernel.astype(np.float32), np.resize(np.array(bias, np.float32), outputs)])
    return network


def compiled_by(student, draw):
    """How compile_alpha compiles a small network: what comes back, or the network itself where nothing comes back (a check of its own says so)."""
    network = small_network(draw)
    serialized = student.call("compile_alpha", network)
    if serialized is None:
        serialized = student.arguments_after("compile_alpha", network)[0]
    return description.compiled_of(serialized, COMPILED)


COMPILED = "What compile_alpha(model) returns"
EPOCHS = 3


def learned_by(student, draw):
    """A network of the grader's, X and Y, and what `fit` makes of it when compile_alpha has compiled it: its losses, and the model afterwards.

    The network is None where none or another one came back, or one that is frozen: other checks say so.
    """
    network, X, Y = task(draw)
    if student.call("compile_alpha", network) is None:
        return None, X, Y, [], None
    before, losses, after = student.fitted("compile_alpha", network, on=(X, Y, EPOCHS))
    same = isinstance(before, SerializedModel) and isinstance(after, SerializedModel) and len(losses) == EPOCHS
    same = same and [w.shape for w in before.weights] == [w.shape for w in after.weights] == [
        w.shape for w in network.get_weights()
    ]
    same = same and all(
        np.array_equal(one, other) for one, other in zip(before.weights, network.get_weights(), strict=True)
    )
    same = same and all(layer.config.get("trainable", True) for layer in description.layers_of(before, COMPILED))
    return (network if same else None), X, Y, losses, after


@pytest.mark.check("compile_alpha", weight=1)
def test_the_model_gets_compiled(student, draw):
    """A model that was handed in, or the one that comes back, is compiled."""
    network = small_network(draw, outputs=3)
    serialized = student.call("compile_alpha", network)
    came = f"what came is {expect.describe(serialized)}"
    if not (isinstance(serialized, SerializedModel) and serialized.compiled):
        serialized = student.arguments_after("compile_alpha", network)[0]
    assert isinstance(serialized, SerializedModel) and serialized.compiled, (
        f"After compile_alpha(model) the model should be compiled: it should have an optimizer and a loss. It is not, and {came}."
    )
    description.compiled_of(serialized, COMPILED)  # with an optimizer of Keras' own


@pytest.mark.check("compile_alpha", weight=1)
def test_the_loss_is_the_mean_squared_error(student, draw):
    """The loss is the mean squared error."""
    compiled = compiled_by(student, draw)
    own = (
        " Keras has it: give it by its name, or as the object or function that Keras has."
        if compiled.loss.endswith("of your own")
        else ""
    )
    assert compiled.loss == "mean_squared_error", (
        f"The loss should be the mean squared error; yours is {compiled.loss}.{own}"
    )
    reduction = compiled.loss_settings.get("reduction", "mean")
    assert reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight"), (
        f"The loss should be the mean of the squared errors; yours has reduction={expect.describe(reduction)}."
    )
    weights_of_losses = compiled.loss_weights
    fits = weights_of_losses is None or all(
        weight == 1 for weight in (weights_of_losses if isinstance(weights_of_losses, list) else [weights_of_losses])
    )
    assert fits, (
        f"The loss should be the mean squared error as it is; yours has loss_weights={expect.describe(weights_of_losses)}."
    )
    network, X, Y, losses, _ = learned_by(student, draw)
    if network is not None:
        right = float(np.mean((np.asarray(network(X)) - Y) ** 2))
        expect.near(
            losses[0],
            right,
            "The loss that the compiled model reports for its first epoch",
            atol=1e-3 * right,
            why="It is the mean squared error, with nothing added to it.",
        )


@pytest.mark.check("compile_alpha", weight=1)
def test_the_optimizer_is_rmsprop(student, draw):
    """The optimizer is RMSprop, with default settings but for the learning rate."""
    import keras

    compiled = compiled_by(student, draw)
    assert compiled.optimizer.lower() == "rmsprop", f"The optimizer should be RMSprop; yours is {compiled.optimizer}."
    for name, wanted in keras.optimizers.RMSprop().get_config().items():
        got = compiled.settings.get(name, wanted)
        fits = name in ("name", "learning_rate") or (got or None) == (
            wanted or None
        )  # 0, False and None all say: not in use
        assert fits, (
            f"Besides the learning rate, RMSprop should keep its default settings: {name} is {wanted} then; yours is {expect.describe(got)}."
        )
    network, X, Y, _, after = learned_by(student, draw)
    if network is None or compiled.learning_rate is None or isinstance(compiled.loss_weights, str):
        return  # other checks say so
    network.compile(
        optimizer=keras.optimizers.RMSprop(compiled.learning_rate),
        loss=rebuilding.loss_of(compiled, COMPILED),
        loss_weights=compiled.loss_weights,
    )
    before, wanted = network.get_weights(), trained(network, X, Y, EPOCHS)[1]
    gap, moved = (
        max(float(np.abs(one - other).max()) for one, other in zip(some, wanted, strict=True))
        for some in (after.weights, before)
    )
    assert gap <= 0.05 * moved, (
        f"After {EPOCHS} epochs of `fit`, the compiled model should have the weights that RMSprop leads to; yours has others. Is its update changed, or held back?"
    )


@pytest.mark.check("compile_alpha", weight=1)
def test_the_learning_rate_is_a_thousandth(student, draw):
    """The learning rate is 0.001."""
    rate = compiled_by(student, draw).learning_rate
    assert rate is not None and abs(rate - 1e-3) < 1e-8, (
        f"The learning rate should be 0.001; yours is {rate if rate is not None else 'no plain number'}."
    )


@pytest.mark.check("compile_alpha", weight=1)
def test_the_model_itself_is_compiled(student, draw):
    """The model that was handed in is the one that is compiled and comes back, with the same layers and weights."""
    network = small_network(draw, bias=(0.3, -0.2))
    serialized = student.call("compile_alpha", network)
    why = (
        " `model.compile` changes the model and returns nothing; what is to be returned is the model."
        if serialized is None
        else ""
    )
    assert isinstance(serialized, SerializedModel), (
        f"compile_alpha(model) should return the model; what came is {expect.describe(serialized)}.{why}"
    )
    same = len(serialized.weights) == 2 and all(
        np.array_equal(one, other) for one, other in zip(serialized.weights, network.get_weights(), strict=True)
    )
    assert same, (
        "The model that comes back should be the one that was handed in, with its weights; yours has others. Is a new one built inside compile_alpha?"
    )
    kinds = [
        layer.kind
        for layer in description.layers_of(serialized, "What compile_alpha(model) returns")
        if layer.kind != "InputLayer"
    ]
    assert kinds == ["Conv2D"], (
        f"The model that was handed in has one Conv2D and should keep its layers; after compile_alpha it has {', '.join(kinds)}."
    )
    after = student.arguments_after("compile_alpha", network)[0]
    assert isinstance(after, SerializedModel) and after.compiled, (
        "After compile_alpha(model) the model that was handed in is still not compiled. Was a copy of it compiled and returned?"
    )


def learning_pair(student, photo, wanted):
    """The student's X and Y of a photo, in the shapes and the precision of the reference's: what the network is trained on."""
    pair = expect.sequence(student.call("training_pair", photo), "training_pair(photo)", length=2)
    why = "The network is trained on your training pair: if exercise 4.5 is not right yet, mend that first."
    return [
        expect.array(
            part, f"{name} of training_pair(photo)", shape=right.shape, kind="number", low=-1000, high=1000, why=why
        )
        for name, part, right in zip("XY", pair, wanted, strict=True)
    ]


def shown_by(handed_in, serialized, what, limit):
    """The loss on the portrait with handed-in weights, and what is to be said about the file."""
    path = handed_in(weights.NAME)
    if path is None:
        return np.inf, weights.missing(handed_in, ALPHA)
    try:
        arrays = weights.read(path)
    except UnreadableWeights as error:
        return np.inf, str(error)
    if [a.shape for a in arrays] != rebuilding.summarize(serialized, what, (1, 8, 8, 1)).weights:
        return np.inf, weights.of_another(arrays, ALPHA) or f"The weights in {weights.NAME} do not fit your network."
    loss = threshold.loss_with(serialized, what, arrays, *threshold.pair(threshold.portrait()))
    return (
        loss,
        f"With the weights in {weights.NAME} it has {loss:.4f} on the portrait; below {limit:.4f} is wanted there.",
    )


@pytest.mark.check("compile_alpha", weight=2)
def test_the_network_reaches_the_threshold(student, draw, handed_in, exhibit):
    """Trained in the grader on a drawn photo, your network gets below the loss threshold."""
    what = "what compile_alpha(build_alpha()) returns"
    limit = threshold.limits()[str(draw.rng.choice(ALPHA.photos))]
    photo = threshold.photo(limit.photo)
    mirrored = bool(draw.rng.integers(2))
    photo = np.ascontiguousarray(photo[:, ::-1] if mirrored else photo)
    truth = threshold.pair(photo)
    serialized = student.call("compile_alpha", student.placeholder("build_alpha"))
    look = rebuilding.summarize(serialized, what, truth[0].shape)
    X, Y = learning_pair(student, photo, truth)
    done = threshold.train(serialized, what, limit, X, Y, truth, seed=int(draw.rng.integers(2**31 - ALPHA.starts)))
    if ALPHA.builder not in student.stood_in:  # the course's own network paints nobody's portrait
        exhibit(painting.painting_of(photo, done, mirrored))
    if done.reached:
        return
    full = threshold.limits()["portrait-400"].threshold
    full_loss, said = shown_by(handed_in, serialized, what, full)
    free = look.trainable == len(look.weights)
    tanh = (
        description.line_of(serialized, what)[-1].config.get("activation") == "tanh"
    )  # on the portrait alone a loss cannot tell
    assert full_loss < full and free and tanh, (
        f"The grader trained your network on a drawn photo for {ALPHA.epochs} epochs, from {done.starts} fresh starts; the lowest loss was {done.best:.4f}. "
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


def after_training(student, network, X, Y, epochs):
    """The model that was handed in, after train_alpha."""
    after = student.arguments_after("train_alpha", network, X, Y, epochs)[0]
    assert isinstance(after, SerializedModel) and [w.shape for w in after.weights] == [
        w.shape for w in network.get_weights()
    ], "After train_alpha the model should still be the model."
    return after


def largest_gap(some, others):
    return max(float(np.abs(one - other).max()) for one, other in zip(some, others, strict=True))


@pytest.mark.check("train_alpha", weight=1)
def test_the_model_itself_is_trained(student, draw):
    """After the call, the model that was handed in has other weights, and they are better."""
    network, X, Y = task(draw)
    after = after_training(student, network, X, Y, 2)
    assert largest_gap(after.weights, network.get_weights()) > 0, (
        "After train_alpha(model, X, Y, 2) the model's weights are as before. Is `fit` called, and on the model that was handed in, not on a copy?"
    )
    better = type(network).from_config(network.get_config())
    better.set_weights(after.weights)
    before, now = (float(np.mean((np.asarray(one(X)) - Y) ** 2)) for one in (network, better))
    assert now < before, (
        f"After train_alpha(model, X, Y, 2) the loss on X and Y should be lower; it was {before:.4f} and is {now:.4f}. Are X and Y passed on in this order?"
    )


@pytest.mark.check("train_alpha", weight=1)
def test_the_weights_are_those_after_so_many_epochs(student, draw):
    """The model has the weights that this number of epochs leads to, with the optimizer that it came with."""
    network, X, Y = task(draw)
    after = after_training(student, network, X, Y, 3)
    came, steps = (
        int(network.optimizer.iterations),
        description.compiled_of(after, "The model after train_alpha").iterations,
    )
    assert steps >= came, (
        f"The optimizer of the model had made {came} steps when it came, and says {steps} after train_alpha(model, X, Y, 3). Was the model compiled again? It comes compiled, and stays so."
    )
    assert steps == came + 3, (
        f"With one photo and 3 epochs the optimizer should make 3 steps; yours made {steps - came}. Is the number of epochs passed on?"
    )
    before, wanted = network.get_weights(), trained(network, X, Y, 3)[1]
    assert largest_gap(after.weights, wanted) < 0.05 * largest_gap(before, wanted), (
        "After 3 epochs with the optimizer that came, the weights should differ from yours. Was the model compiled again, or are X and Y changed before they go into `fit`?"
    )


@pytest.mark.check("train_alpha", weight=1)
def test_one_loss_an_epoch(student, draw):
    """The result is a list with the loss of each epoch, in order."""
    network, X, Y = task(draw)
    epochs = int(draw.rng.integers(3, 7))
    wanted = trained(network, X, Y, epochs)[0]
    what = f"train_alpha(model, X, Y, {epochs})"
    losses = expect.sequence(
        student.call("train_alpha", network, X, Y, epochs),
        what,
        length=epochs,
        of="losses",
        why="One loss per epoch. What `fit` returns is a History; where in it are the losses?",
    )
    for place, (loss, right) in enumerate(zip(losses, wanted, strict=True), 1):
        expect.near(
            loss,
            right,
            f"{what}: the loss of epoch {place}",
            atol=1e-3 * right,
            why="The losses as Keras reports them.",
        )


@pytest.mark.check("train_alpha", weight=1)
def test_one_photo_at_a_time(student, draw):
    """With four photos, an epoch is four nudges: batch size 1."""
    network, X, Y = task(draw, photos=4)
    after = after_training(student, network, X, Y, 1)
    steps = description.compiled_of(after, "The model after train_alpha").iterations
    came = int(network.optimizer.iterations)
    steps -= came if steps >= came else 0  # compiled again: a check above says so
    cause = (
        "Keras takes 32 photos at a time if it is not told otherwise. Which argument says how many?"
        if steps == 1
        else "Which batch size does `fit` get?"
    )
    assert steps == 4, f"One epoch with four photos, one photo at a time, is 4 nudges; yours made {steps}. {cause}"


# -- pictures -------------------------------------------------------------------------------------------------------


def lightness(draw, height, width):
    """A drawn L, dark enough for no lamp to reach full power."""
    from skimage.color import rgb2lab

    return np.clip(rgb2lab(draw.photo(height, width))[:, :, 0], 25, 65)


def painted(student, network, L, shape=None):
    return expect.array(student.call("colorize", network, L), "colorize(model, L)", shape=shape, kind="number")


# Strong colours that a screen has: there, 127 in place of 128 shows, and so does a prediction that was squashed.
STRONG = ((83.0, -62.8, 21.0), (53.8, 91.4, -69.7), (56.4, -7.4, -42.7), (50.3, -13.3, -31.3), (84.0, -18.2, 82.9))


def rgb_of(L, ab, *, scale=1.0):
    """The uint8 picture of a lightness and of a and b."""
    from skimage.color import lab2rgb
    from skimage.util import img_as_ubyte

    return img_as_ubyte(lab2rgb(np.dstack([L * scale, ab])))


def picture_slips(network, L, got):
    """By sentence, what typical slips make of a network's colours and a lightness; got: what came."""
    from skimage.color import lab2rgb

    def made(lightness):
        return np.asarray(network(lightness.astype(np.float32)[np.newaxis, :, :, np.newaxis]))[0].astype(float)

    ab = made(L)
    right = lab2rgb(np.dstack([L, 128 * ab]))
    whole = np.dstack([L, 128 * ab]).astype(int).astype(np.uint8)  # as an array of uint8 keeps it
    if got.dtype.kind == "f" and got.max() <= 1:
        return {"These are the floats of lab2rgb, from 0 to 1. In a uint8 picture, levels go to 255.": right}
    return {
        "The picture is black, or nearly: lab2rgb gives numbers from 0 to 1. What do they have to be multiplied by before they become uint8?": right.astype(
            np.uint8
        ),
        "This is the canvas, in Lab. What makes RGB of it?": np.dstack([L, 128 * ab]).astype(np.uint8),
        "The picture is nearly grey: is the prediction multiplied by 128?": rgb_of(L, ab),
        "a and b have changed places.": rgb_of(L, 128 * ab[..., ::-1]),
        "The colours are too weak: the prediction times 128 is wanted. Is it 100 in yours?": rgb_of(L, 100 * ab),
        "The colours are too weak: the prediction times 128 is wanted. Is it 127 in yours?": rgb_of(L, 127 * ab),
        "The colours are too strong: the prediction times 128 is wanted. Is it 255 in yours?": rgb_of(L, 255 * ab),
        "The colours are too strong: the prediction times 128 is wanted. Is it 129 in yours?": rgb_of(L, 129 * ab),
        "The model got L divided by 100. It wants L as it is, from 0 to 100.": rgb_of(L, 128 * made(L / 100)),
        "The model got L divided by 255. It wants L as it is, from 0 to 100.": rgb_of(L, 128 * made(L / 255)),
        "The model got L divided by 128. It wants L as it is, from 0 to 100.": rgb_of(L, 128 * made(L / 128)),
        "Layer 0 of the canvas holds L from 0 to 100, unscaled. Was it divided by 100?": rgb_of(L / 100, 128 * ab),
        "Layer 0 of the canvas holds L from 0 to 100, unscaled. Was it divided by 255?": rgb_of(L / 255, 128 * ab),
        "L is not in the canvas: layer 0 is zero.": rgb_of(0 * L, 128 * ab),
        "The prediction stands in layers 0 and 1, and L in layer 2. Lab begins with L.": rgb_of(
            128 * ab[..., 0], np.dstack([128 * ab[..., 1], L])
        ),
        "The canvas holds uint8: it has no negative numbers and no fractions, so scikit-image takes it for a picture. Leave np.zeros its dtype.": np.rint(
            255 * lab2rgb(whole)
        ),
        "The canvas holds uint8: it has no negative numbers and no fractions. Leave np.zeros its dtype.": np.rint(
            255 * lab2rgb(whole.astype(float))
        ),
        "Some levels are wrapped: uint8 ends at 255, and 256 starts again at 0. Was lab2rgb's result multiplied by 256?": np.mod(
            np.trunc(256 * right), 256
        ),
        "The fractions of L and of the prediction were cut off in the canvas. Does it hold whole numbers?": rgb_of(
            np.trunc(L), np.trunc(128 * ab)
        ),
        "This is the canvas in Lab. What makes RGB of it?": np.dstack([L, 128 * ab]),
        "The fractions of L were cut off before the model saw it.": rgb_of(L, 128 * made(np.trunc(L))),
        "The prediction was squashed with tanh once more. The model has done that already.": rgb_of(
            L, 128 * np.tanh(ab)
        ),
        "The prediction was clipped at 0. It goes on the canvas as it is, times 128.": rgb_of(
            L, 128 * np.clip(ab, 0, 1)
        ),
        "The prediction was clipped at 0.5. It goes on the canvas as it is, times 128.": rgb_of(
            L, 128 * np.clip(ab, -0.5, 0.5)
        ),
    }


def tinted(draw, colour, size):
    """A network that answers with (nearly) one a and b, and an L to go with it."""
    L, *ab = colour
    return small_network(draw, bias=np.arctanh(np.array(ab) / 128), scale=2e-5), L + draw.rng.uniform(-0.5, 0.5, size)


@pytest.mark.check("colorize", weight=1)
def test_the_picture_is_made_of_l_and_the_prediction(student, reference, draw):
    """The picture shows L in the colours that the model predicts; a slip in the scale does not matter here."""
    L = lightness(draw, 24, 24)
    L[:3, :3] = 100  # a factor that is missing shows in white
    network = small_network(draw, bias=(0.25, -0.2), scale=0.0005)
    got = painted(student, network, L)
    assert got.size == 24 * 24 * 3, (
        f"colorize of a 24 × 24 L should give 24 × 24 × 3 numbers; yours gives {got.size}, with the shape {got.shape}."
    )
    wanted = reference.call("colorize", network, L)
    grey, seen = rgb_of(L, np.zeros((24, 24, 2))), got.reshape(24, 24, 3)
    colourless = recognised(seen, grey, {}, 1.01)
    if (
        colourless
    ):  # without the factor of 128 hardly any colour is left: then larger predictions show whether the model is asked
        large = small_network(draw, bias=(4.0, -3.0), scale=0, final="linear")
        colourless = recognised(painted(student, large, L), grey, {}, 1.01)
    if colourless or not recognised(seen, wanted, picture_slips(network, L, got), 1.01):
        cause = (
            "The picture is grey, whatever the model predicts: is that in layers 1 and 2 of the canvas?"
            if colourless
            else ""
        )
        why = "L goes into layer 0 of the canvas as it is, the prediction times 128 into layers 1 and 2, then lab2rgb, then levels from 0 to 255. At which of these steps does yours do something else?"
        expect.close(seen, wanted, "The picture", atol=1.01, why=cause or why)
        raise AssertionError(f"The picture is not what it should be. {cause or why}")


@pytest.mark.check("colorize", weight=1)
def test_the_models_colours_at_the_given_lightness(student, reference, draw):
    """L is in layer 0, the model's prediction times 128 in layers 1 and 2, and all of it in RGB."""
    why = "L goes in unscaled and stays in layer 0; the prediction × 128 is in layers 1 and 2; the picture has levels from 0 to 255."
    weak = [
        (small_network(draw, bias=bias, scale=0.001), lightness(draw, 24, 24))
        for bias in draw.rng.permutation([(0.12, -0.09), (-0.1, 0.12)]).tolist()
    ]
    strong = [tinted(draw, colour, (16, 16)) for colour in STRONG]
    for network, L in (*weak, *strong):
        got = painted(student, network, L)
        assert got.size == L.size * 3, (
            f"colorize of an L of {L.shape} should give {L.size * 3} numbers; yours gives {got.size}."
        )
        expect.close(
            got.reshape(*L.shape, 3),
            reference.call("colorize", network, L),
            "The picture",
            atol=1.01,
            why=why,
            slips=picture_slips(network, L, got),
        )


@pytest.mark.check("colorize", weight=1)
def test_the_picture_is_uint8(student, draw):
    """The picture is a uint8 array (H, W, 3)."""
    got = painted(student, small_network(draw), lightness(draw, 16, 16), shape=(16, 16, 3))
    assert got.dtype == np.uint8, (
        f"The picture should be uint8; yours is {got.dtype}. What makes levels, 0 to 255 in uint8, of the floats from 0 to 1 that lab2rgb gives?"
    )


def _cause_of_sides(shape, height, width):
    if shape == (width, height, 3):
        return "Height and width have changed places."
    return (
        "The axis that counts photos is still there."
        if shape == (1, height, width, 3)
        else "Which sides does your canvas get?"
    )


@pytest.mark.check("colorize", weight=1)
def test_height_and_width_may_differ(student, draw):
    """Pictures that are not square, of any sides that are multiples of 8."""
    for height, width in ((8, 32), (40, 16)):
        L = lightness(draw, height, width)
        got = painted(student, small_network(draw), L)
        what = (
            f"colorize of an L of {height} × {width} should give the shape {(height, width, 3)}; yours has {got.shape}."
        )
        assert got.shape == (height, width, 3), f"{what} {_cause_of_sides(got.shape, height, width)}"


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
        cause = (
            "lab2rgb gives numbers from 0 to 1, and these are still such numbers."
            if level and worst <= 1 and part.max() <= 1
            else "uint8 ends at 255 and starts again at 0. Was 1.0 multiplied by 256?"
            if level
            else "What is in layers 1 and 2?"
        )
        assert abs(worst - level) <= 1, (
            f"{name} with a model that predicts zero should have the level {level}; yours has {worst:g}. {cause}"
        )


def grey_of(picture):
    from skimage.color import rgb2gray

    return 255 * rgb2gray(picture)


FILES = ("img_result.png", "img_gray_scale.png")


def files_of(student, picture):
    """What save_pictures writes into a folder that is there, or else into a new one, also where an error stops it half-way."""
    try:
        files = _begun(student.files_from("save_pictures", picture, FOLDER, so_far=True))
    except NotAnswered:
        raise
    except StudentError as error:
        return _files_of_new_folder(student, picture, error)
    if any(name in files for name in FILES):
        return files
    return _files_of_new_folder(student, picture, None) or files


def _begun(files):
    """The files without those in which nothing stands: an error came first."""
    return {name: content for name, content in files.items() if content}


def _files_of_new_folder(student, picture, error):
    """The same for a folder that is not there yet; where nothing comes either, `error` is raised."""
    files = {}
    with contextlib.suppress(StudentError):
        folder = student.placeholder("Path", FOLDER, "new")
        files = _begun(student.files_from("save_pictures", picture, folder, so_far=True))
    files = {name.removeprefix("new/"): content for name, content in files.items() if name.startswith("new/")}
    if error and not files:
        raise error
    return files


def found_in(files):
    return f"Found in the folder: {', '.join(files) or 'nothing'}."


@pytest.mark.check("save_pictures", weight=1)
def test_a_picture_file_is_written(student, draw):
    """At least one of the two PNG files is there, in a folder that was there or in a new one."""
    files = files_of(student, draw.photo(16, 16))
    there = [name for name in FILES if name in files]
    assert there, (
        f"There is neither {FILES[0]} nor {FILES[1]} in the folder. {found_in(files)} Are the names those of the text, and does the path begin with `folder`?"
    )
    for name in there:
        expect.png(files[name], name)


@pytest.mark.check("save_pictures", weight=2)
def test_the_colour_picture_is_kept_number_for_number(student, draw):
    """img_result.png holds the picture, exactly."""
    picture = draw.photo()
    files = files_of(student, picture)
    pixels = expect.png(files.get("img_result.png"), "img_result.png", why=found_in(files))
    pixels = expect.array(pixels, "img_result.png", shape=picture.shape, why=_why_layers(pixels))
    slips = {
        "Red and blue have changed places.": picture[..., ::-1],
        "It is the grey version, three times.": np.dstack([np.rint(grey_of(picture))] * 3),
    }
    expect.close(
        pixels,
        picture,
        "img_result.png",
        why="It is the picture as it came, uint8 to uint8. What is done to it before it is written?",
        slips=slips,
    )


def _why_layers(pixels):
    """What to say of a picture of other axes than were wanted."""
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return "It has a fourth layer, how opaque each pixel is: matplotlib's `plt.imsave` and `savefig` write that. Which `imsave` does not?"
    if pixels.ndim == 3:
        return "A grey picture is one grid, with no axis for layers."
    return "Which picture goes into which file?"


@pytest.mark.check("save_pictures", weight=2)
def test_the_grey_version_is_one_grid(student, draw):
    """img_gray_scale.png holds what rgb2gray gives, as uint8 (H, W)."""
    from skimage.color import rgb2lab

    picture = draw.noise()
    files = files_of(student, picture)
    if FILES[1] not in files:
        files = student.files_from("save_pictures", picture, FOLDER)  # an error, if there is one, says why
    pixels = expect.png(files.get("img_gray_scale.png"), "img_gray_scale.png", why=found_in(files))
    pixels = expect.array(pixels, "img_gray_scale.png", shape=picture.shape[:2], why=_why_layers(pixels))
    wanted, L = grey_of(picture), rgb2lab(picture)[..., 0]
    slips = {
        "It holds 0 and 1 only: rgb2gray gives floats from 0 to 1, and their fractions were cut off. What do they have to be multiplied by before they become uint8?": np.trunc(
            wanted / 255
        ),
        "It holds 0 and 1 only: rgb2gray gives floats from 0 to 1, and they were rounded. What do they have to be multiplied by first?": np.rint(
            wanted / 255
        ),
        "That is the plain mean of the layers, and rgb2gray gives red, green and blue different weights.": picture.mean(
            axis=2
        ),
        "That is one of the three layers. What does rgb2gray give?": picture[..., 0],
        "That is the green layer. What does rgb2gray give?": picture[..., 1],
        "That is L, lightness. What does rgb2gray give?": L,
        "That is L × 2.55, lightness. What does rgb2gray give?": 2.55 * L,
        "Red and blue had changed places before it became grey.": grey_of(picture[..., ::-1]),
    }
    expect.close(
        pixels,
        wanted,
        "img_gray_scale.png",
        atol=1.01,
        why="It should be 255 × what rgb2gray gives, within a level. What else is done to it?",
        slips=slips,
    )


@pytest.mark.check("save_pictures", weight=2)
def test_a_folder_that_is_not_there_is_made(student, draw):
    """The folder, given as a Path, is made with the folders above it."""
    name = f"new_{draw.rng.integers(1000)}"
    files = student.files_from("save_pictures", draw.photo(), student.placeholder("Path", FOLDER, name, "below"))
    inside = [file for file in files if file.startswith(f"{name}/below/")]
    assert inside, (
        f"After save_pictures(result, Path(…) / {name!r} / 'below') there should be files in that folder. {found_in(files)}"
    )


@pytest.mark.check("save_pictures", weight=1)
def test_older_pictures_are_replaced(student, draw):
    """Older pictures in the folder are replaced, both of them."""
    older, picture = draw.noise(8, 8), draw.photo()
    made = picture
    for name, old in zip(
        FILES, (older, older[:, :, 0]), strict=True
    ):  # written on the way, by the lesson's own imsave, which gives None
        made = student.placeholder(
            "img_as_ubyte", made, student.placeholder("imsave", student.placeholder("Path", FOLDER, name), old)
        )
    files = student.files_from("save_pictures", made, FOLDER)
    for name, old in zip(FILES, (older, older[:, :, 0]), strict=True):
        kept = name in files and np.array_equal(expect.png(files[name], name), old)
        assert not kept, (
            f"In a folder with older pictures, {name} should be replaced; after save_pictures(result, folder) the older one is still there. Is it written only where there is none?"
        )


def tiles(levels, rows=4):
    """A grey picture with one column of pixels for each level."""
    return np.repeat(np.array(levels, np.uint8)[np.newaxis, :, np.newaxis], 3, axis=2).repeat(rows, axis=0)


@pytest.mark.check("colour_error", weight=2)
def test_it_is_made_of_ciede2000_differences(student, draw):
    """What comes is made of colour differences of the two in Lab, be it with a slip in formula, range or mean."""
    from skimage.color import deltaE_cie76, deltaE_ciede94, deltaE_ciede2000, deltaE_cmc, rgb2lab

    first, second = draw.photo(6, 9), draw.noise(6, 9)
    difference = deltaE_ciede2000(rgb2lab(first), rgb2lab(second))
    floats = deltaE_ciede2000(rgb2lab(first.astype(float)), rgb2lab(second.astype(float)))
    mean = difference.mean()
    known = (mean, np.rint(mean), np.trunc(mean), difference.sum(), difference.sum() / first.size, floats.mean())
    known += (np.median(difference), difference.max(), np.sqrt((difference**2).mean()), difference[0].mean())
    of_means = deltaE_ciede2000(*(rgb2lab(picture).mean(axis=(0, 1)) for picture in (first, second)))
    of_mean_rgb = deltaE_ciede2000(*(rgb2lab(picture.mean(axis=(0, 1)) / 255) for picture in (first, second)))
    known += (difference[:, 0].mean(), float(of_means), float(of_mean_rgb))
    known += tuple(way(rgb2lab(first), rgb2lab(second)).mean() for way in (deltaE_cie76, deltaE_ciede94, deltaE_cmc))
    raw = {
        "These are distances of RGB numbers.": deltaE_ciede2000(first.astype(float), second.astype(float)),
        "These are distances of RGB from 0 to 1.": deltaE_ciede2000(first / 255, second / 255),
    }
    got = student.call("colour_error", first, second)
    if not isinstance(got, np.ndarray):
        got = np.array(expect.number(got, "colour_error(photo, result)"))
    for sentence, distances in raw.items():
        bare = got.size == 1 and abs(distances.mean() - got.item()) < 0.02
        assert not bare, f"Were both pictures turned into Lab? {sentence}"
    fits = got.size == 1 and np.min(np.abs(np.array(known) - got.item())) < 0.02
    assert fits or (got.shape == difference.shape and np.abs(got - difference).max() < 0.02), (
        f"For two pictures whose pixels differ by {mean:.2f} on average, yours gives {expect.describe(got)}. Is it made of deltaE_ciede2000, pixel by pixel, with both pictures in Lab?"
    )


@pytest.mark.check("colour_error", weight=3)
def test_differences_are_ciede2000(student, draw):
    """The difference of two plain colours is that of CIEDE2000."""
    from skimage.color import deltaE_cie76, deltaE_ciede94, deltaE_ciede2000, deltaE_cmc, rgb2lab

    for _ in range(3):
        while True:  # colours on which the formulas disagree
            one, other = draw.rng.integers(0, 256, (2, 3))
            one[0], other[0] = 250, 10
            first, second = (np.tile(colour.astype(np.uint8), (5, 7, 1)) for colour in (one, other))
            lab = rgb2lab(first), rgb2lab(second)
            wanted = float(deltaE_ciede2000(*lab)[0, 0])
            others = {
                "That is the plain distance in Lab (CIE 1976). Which function gives CIEDE2000?": deltaE_cie76(*lab)[
                    0, 0
                ],
                "That is the formula of 1994. Which function gives CIEDE2000?": deltaE_ciede94(*lab)[0, 0],
                "That is the formula of 1994, with the pictures the other way round. Which function gives CIEDE2000?": deltaE_ciede94(
                    *lab[::-1]
                )[0, 0],
                "That is the formula CMC. Which function gives CIEDE2000?": deltaE_cmc(*lab)[0, 0],
                "That is the formula CMC, with the pictures the other way round. Which function gives CIEDE2000?": deltaE_cmc(
                    *lab[::-1]
                )[0, 0],
                "kL, kC and kH keep their default settings.": deltaE_ciede2000(*lab, kL=2)[0, 0],
                "Were both pictures turned into Lab? These are distances of RGB numbers.": deltaE_ciede2000(
                    first.astype(float), second.astype(float)
                )[0, 0],
                "Were both pictures turned into Lab? These are distances of RGB from 0 to 1.": deltaE_ciede2000(
                    first / 255, second / 255
                )[0, 0],
                "Into Lab the pictures go as uint8: floats should lie between 0 and 1.": deltaE_ciede2000(
                    rgb2lab(first.astype(float)), rgb2lab(second.astype(float))
                )[0, 0],
                "That is the sum over all pixels. Their mean is wanted.": 35 * wanted,
                "That is the sum divided by the count of all numbers in the picture, three for each pixel. How many differences are there?": wanted
                / 3,
            }
            if (
                min(abs(float(value) - wanted) for value in others.values()) > 0.5 and 0.55 < wanted % 1 < 0.95
            ):  # rounded and cut off differ
                break
        got = student.call("colour_error", first, second)
        expect.near(
            got,
            wanted,
            f"From RGB {one.tolist()} to {other.tolist()} the difference",
            atol=0.02,
            why="Is it the plain mean of deltaE_ciede2000 over the pixels, of both pictures in Lab?",
            slips=others,
        )


@pytest.mark.check("colour_error", weight=3, alone=True)
def test_all_pixels_count_alike(student):
    """Pixels of different error are averaged with the plain mean."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    # Greys whose L lie on both sides of 50, equally far: there, CIEDE2000 and the older formulas agree. The two halves change places,
    # so that the pictures have the same mean colour, and some rows are the same in both.
    first, second = tiles((112, 126, 112, 126, 94, 144, 119), rows=5), tiles((126, 112, 126, 112, 144, 94, 119), rows=5)
    first, second = (
        np.concatenate([part, tiles((119, 126, 144, 94, 80, 40, 119), rows=2)]) for part in (first, second)
    )
    difference = deltaE_ciede2000(rgb2lab(first), rgb2lab(second))
    wanted = float(difference.mean())
    slips = {
        "Were both pictures turned into Lab? This is the mean difference of RGB numbers.": deltaE_ciede2000(
            first.astype(float), second.astype(float)
        ).mean(),
        "Were both pictures turned into Lab? This is the mean difference of RGB from 0 to 1.": deltaE_ciede2000(
            first / 255, second / 255
        ).mean(),
        "Into Lab the pictures go as uint8: floats should lie between 0 and 1.": deltaE_ciede2000(
            rgb2lab(first.astype(float)), rgb2lab(second.astype(float))
        ).mean(),
        "That is the median. The plain mean is wanted.": np.median(difference),
        "That is the largest difference. The mean of all is wanted.": difference.max(),
        "That is the root of the mean square. The plain mean is wanted.": np.sqrt((difference**2).mean()),
        "That is the sum over all pixels. Their mean is wanted.": difference.sum(),
        "That is the sum divided by the count of all numbers in the picture, three for each pixel. How many differences are there?": difference.sum()
        / first.size,
        "The two have the same mean colour, but other pixels: first the difference of each pixel, then the mean of these.": 0.0,
        "That is the mean over the first row. The mean over all pixels is wanted.": difference[0].mean(),
        "That is the mean over the first column. The mean over all pixels is wanted.": difference[:, 0].mean(),
        "That is the mean over those pixels that differ. Those that do not count as well.": difference[
            difference > 1e-6
        ].mean(),
        "It is rounded. Nothing is to be rounded.": np.rint(wanted),
        "The fractions are cut off. Nothing is to be rounded.": np.trunc(wanted),
    }
    got = student.call("colour_error", first, second)
    expect.near(
        got,
        wanted,
        "The mean difference of two pictures that agree in some of their pixels",
        atol=0.05,
        why="For each pixel the difference of the two colours in Lab, then the plain mean of all: which of the steps is another one in yours?",
        slips=slips,
    )


# -- an experiment of one's own -------------------------------------------------------------------------------------

CHANGED = "the network that experiment() returns"
WORDS = ("better", "worse", "no difference")


def experiment_of(student):
    """The student's changed network, the photo, and the epochs."""
    parts = expect.sequence(student.look_at("experiment"), "experiment()", length=3, of="values, model, photo, epochs")
    model, photo, epochs = parts
    description.compiled_of(model, CHANGED)
    photo = expect.array(photo, "The photo of experiment()", shape=(None, None, 3), dtype="uint8")
    sides = photo.shape[:2]
    assert all(experiment.SIDE_FROM <= side <= experiment.SIDE_TO and side % 8 == 0 for side in sides), (
        f"Both sides of the photo should be multiples of 8 from {experiment.SIDE_FROM} to {experiment.SIDE_TO}; yours is {sides[0]} × {sides[1]}."
    )
    epochs = expect.number(
        epochs, "The number of epochs", integer=True, low=experiment.EPOCHS_FROM, high=experiment.EPOCHS_TO
    )
    return model, photo, int(epochs)


def plain_of(student, reference):
    """The plain network of the lesson, and the student's own where it is another one: their own numbers are measured with it."""
    found = [reference.call("compile_alpha", reference.placeholder("build_alpha"))]
    try:
        own = student.call("compile_alpha", student.placeholder("build_alpha"))
        if experiment.changed(found[0], own, experiment.small(), experiment.EPOCHS, BUILT):
            found.append(own)
    except (StudentError, AssertionError):
        pass  # exercises 4.4 and 4.7 say so
    return found


def cause_of_output(student, sides, made):
    """What to say of a network whose output has another shape: whether that comes from the student's `build_alpha`."""
    try:
        own = rebuilding.summarize(student.call("build_alpha"), CHANGED, (1, *sides, 1)).output_shape
    except (StudentError, AssertionError):
        own = None  # exercise 4.4 says so
    if own == made:
        return "Your `build_alpha` gives this shape too: exercise 4.4 comes first."
    return "Do the halvings and the doublings cancel, and are there two filters at the end?"


def pairs_of(student, photo):
    """The training pair of a photo, and the student's own where it is another one."""
    found = [threshold.pair(photo)]
    try:
        own = learning_pair(student, photo, found[0])
        own = [np.asarray(part, np.float32) for part in own]
        if largest_gap(own, found[0]) > 1e-3 and experiment.floor(own[1]) > 0:
            found.append(tuple(own))
    except (StudentError, AssertionError):
        pass  # exercise 4.5 says so
    return found


def finding_of(student):
    """What the student writes down: plain, changed, early. The verdict is the one that the rule gives for the numbers."""
    parts = expect.sequence(
        student.look_at("finding"), "finding()", length=5, of="values, predicted, plain, changed, verdict, early"
    )
    predicted, plain, changed, verdict, early = parts
    for share, name in ((plain, "plain"), (changed, "changed"), (early, "early")):
        expect.number(share, f"{name} in finding()", low=1e-9, high=1e9, why="It is what `measure` printed.")
    for word, name in ((predicted, "prediction"), (verdict, "verdict")):
        assert isinstance(word, str) and word in WORDS, (
            f"The {name} should be one of the words {', '.join(map(repr, WORDS))}; yours is {expect.describe(word)}."
        )
    ratio = changed / plain
    right = WORDS[0] if ratio < 0.75 else WORDS[1] if ratio > 1.33 else WORDS[2]
    near = min(abs(ratio / 0.75 - 1), abs(ratio / 1.33 - 1)) < 0.01  # as good as on the limit: either word will do
    cause = "A share is an error: less of it is better."
    if WORDS[2] in (right, verdict):
        cause = "A share from 0.75 to 1.33 times the other may be chance."
    assert verdict == right or near, (
        f"{changed:g} is {ratio:.2f} times {plain:g}, and the rule in the text calls that {right!r}; your verdict is {verdict!r}. {cause}"
    )
    return float(plain), float(changed), float(early)


def started(student, name):
    """The networks of a run of the lesson's, plain or experiment, from the starts that `measure` takes."""
    found = []
    for seed in experiment.STARTS:
        student.call("start_from", seed)
        parts = expect.sequence(student.call(name), f"{name}()", length=3, of="values, model, photo, epochs")
        found.append(parts[0])
    return found


def shares_from(networks, what, photos_pairs, epochs):
    """For each training pair, the shares from these starts."""
    return [[experiment.share_of(network, what, X, Y, epochs) for network in networks] for X, Y in photos_pairs]


def runs_of(networks, what, photos_pairs, epochs, draw):
    """For each training pair: what trains the network on it, from these starts and then from fresh ones."""
    seeds = draw.rng.integers(2**31, size=experiment.RUNS).tolist()

    def run(number, X, Y):
        if number < len(networks):
            return experiment.share_of(networks[number], what, X, Y, epochs)
        return experiment.share_of(networks[0], what, X, Y, epochs, seeds[number])

    return [functools.partial(run, X=X, Y=Y) for X, Y in photos_pairs]


def measured(claim, ways, runs=experiment.RUNS):
    """Whether a lowest share can have been measured in one of these ways, and the shares that were seen in the first."""
    shown = []
    for run in ways:
        found, seen = experiment.claimed(claim, run, runs)
        if found:
            return True, seen
        shown = shown or seen
    return False, shown


def plain_can_be(student, reference, draw, claim):
    """Whether a number can be the share of plain(): as the lesson has it, or with the student's own earlier answers."""
    if experiment.PLAIN[0] <= claim <= experiment.PLAIN[1]:
        return True
    pairs, own = pairs_of(student, experiment.small()), len(plain_of(student, reference)) > 1
    if not own and len(pairs) == 1:
        return False
    return measured(claim, runs_of(started(student, "plain"), "plain()", pairs, experiment.EPOCHS, draw))[0]


def expect_early(student, networks, pairs, changed, early):
    """Fail unless `early` is what the changed network has after the first epochs from the starts of `measure`."""
    seen = shares_from(networks, CHANGED, pairs, experiment.EARLY)
    # the course's own functions have stood in, or dropout draws: other random numbers than in the student's session
    loose = student.stood_in or experiment.draws_while_training(networks[0], CHANGED)
    slack = experiment.SLACK if loose else experiment.EARLY_WITHIN
    ranges = [shares if loose else [float(np.median(shares))] for shares in seen]
    cause = "Is it what `measure(experiment)` printed first, after the last change of experiment()?"
    if abs(early / changed - 1) < 0.01:
        cause = "You write the same number as for the lowest share; `measure` prints both."
    elif abs(early / experiment.PLAIN_EARLY - 1) < 0.01:
        cause = "It is the number of plain(); that of your experiment is wanted."
    assert any(experiment.fits(early, shares, slack) for shares in ranges), (
        f"After {experiment.EARLY} epochs, early, you write {early:g}. From the three starts of `measure` the grader gets another share. {cause}"
    )


@pytest.mark.check("experiment", weight=1)
def test_something_is_changed_that_can_be_trained(student, reference):
    """A network, a photo and a number of epochs come, they go together, and not all is as in plain()."""
    model, photo, epochs = experiment_of(student)
    plain = plain_of(student, reference)
    rebuilding.loss_of(description.compiled_of(model, CHANGED), CHANGED)
    sides = photo.shape[:2]
    work = experiment.work_of(model, CHANGED, photo, epochs)
    most = experiment.WORK * experiment.work_of(plain[0], CHANGED, experiment.small(), experiment.EPOCHS)
    assert work <= 1.25 * most, (  # the lesson counts a little less
        f"The experiment takes {experiment.WORK * work / most:.0f} times the multiplications of plain(); {experiment.WORK:g} times is the most. Is it the filters, the strides, or the epochs?"
    )
    made = rebuilding.summarize(model, CHANGED, (1, *sides, 1)).output_shape
    assert made == (1, *sides, 2), (
        f"For a photo of {sides[0]} × {sides[1]}, {CHANGED} should give the shape {(1, *sides, 2)}; it gives {made}. {cause_of_output(student, sides, made)}"
    )
    for one in plain:
        assert experiment.changed(one, model, photo, epochs, CHANGED), (
            "Nothing is changed: all five parts of the experiment are as in plain(). Is the change made in what experiment() returns?"
        )


@pytest.mark.check("experiment", weight=3)
def test_one_thing_is_changed_and_no_other(student, reference):
    """Exactly one of network, optimizer, loss, photo and epochs is changed."""
    model, photo, epochs = experiment_of(student)
    found = [experiment.changed(one, model, photo, epochs, CHANGED) for one in plain_of(student, reference)]
    least = min(found, key=len)
    assert len(least) < 2, (
        f"One thing is to be changed; yours changes {len(least)}: {'; '.join(f'the {part} ({now})' for part, now in least.items())}. With two changes nobody can tell which one it was."
    )


@pytest.mark.check("experiment", weight=12)
def test_the_numbers_can_be_measured(student, reference, draw):
    """The verdict follows from the numbers, and trained again in the grader, the network gives numbers like them."""
    plain, changed, early = finding_of(student)
    _, photo, epochs = experiment_of(student)
    networks, pairs = started(student, "experiment"), pairs_of(student, photo)
    expect_early(student, networks, pairs, changed, early)
    usual = experiment.work_of(plain_of(student, reference)[0], CHANGED, experiment.small(), experiment.EPOCHS)
    work = experiment.work_of(networks[0], CHANGED, photo, epochs) / usual
    runs = len(experiment.STARTS) if work > 2 else experiment.RUNS  # a large network is not trained so often
    ways = runs_of(networks, CHANGED, pairs, epochs, draw)
    found, seen = measured(changed, ways, runs)
    if not found and experiment.fits(plain, seen) and plain_can_be(student, reference, draw, changed):
        raise AssertionError(
            f"Did the two change places? {plain:g} is a share that your experiment has, and {changed:g} one of plain(). First comes plain, then changed."
        )
    side = "smaller" if changed > max(seen) else "larger"
    assert found, (
        f"For your experiment you write {changed:g}. The grader trained the network {len(seen)} times, and each time the share was much {side}. "
        "Is it what `measure(experiment)` printed, the median, after the last change of experiment()?"
    )
    assert plain_can_be(student, reference, draw, plain), (
        f"For plain() you write {plain:g}, but medians of three runs are {'smaller' if plain > experiment.PLAIN[1] else 'larger'}. Is it what `measure(plain)` printed, the median?"
    )
