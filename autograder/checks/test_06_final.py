"""Hidden checks of lesson 6: how far filters see, a classifier of scenes, fusion, the tutorial's final network, a preprocessing."""

import dataclasses
import functools
import itertools
import os
import re

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

from autograder.checks import expect
from autograder.errors import StudentError, UnreadableWeights
from autograder.kernel.models import SerializedModel
from autograder.networks import budget, description, learning, painting, rebuilding, weights, worker, worlds
from autograder.networks.spec import CLASSIFIER, FUSION

SENTINEL = "answers-of-the-colouring-course-8d1c07f24e9b"


@pytest.fixture(scope="session", autouse=True)
def process_for_networks(request):
    """It imports TensorFlow while the notebook's kernel does."""
    training = {"test_it_names_scenes_that_it_never_saw", "test_it_learns_what_no_local_network_can"}
    if any(item.name in training for item in request.session.items):
        worker.start()


def world_of(reference, draw, count=8, side=16, **choice):
    """A drawn world with moods, from the lesson's own set-up: pictures and numbers."""
    return reference.call("draw_world", count, int(draw.rng.integers(2**31)), side=side, moods=True, **choice)


def must_refuse(student, name, *args, what, names):
    """Fail unless an answer refuses what it gets with a ValueError whose message names something."""
    raised = student.error(name, *args)
    if raised is None:
        back = expect.describe(student.call(name, *args))
        raise AssertionError(f"{what} should be refused with a ValueError; yours let it pass and returned {back}.")
    assert "ValueError" in raised.names, (
        f"{what} should be refused with a ValueError; yours ended with {raised.names[0]}: {raised.message}. Ask first, and `raise` a ValueError."
    )
    chance = raised.line and "raise" not in raised.line
    own = "yours is none of your own: Python stopped by chance," if chance else "yours"
    assert names in raised.message, (
        f"{what} should be refused with a ValueError that names {names}; {own} {'and ' if chance else ''}says: {raised.message}"
    )


def told_why(student, causes, name, *args):
    """As student.call, with a sentence of this exercise where Python's words fit one of the patterns of `causes`."""
    try:
        return student.call(name, *args)
    except StudentError as error:
        _, mark, said = str(error).partition(f"`{name}` raised ")
        for pattern, sentence in causes.items():
            if mark and (found := re.search(pattern, said)):
                raise StudentError(f"{sentence.format(*found.groups())} {mark}{said}") from None
        raise


# -- how far filters see --------------------------------------------------------------------------------------------


def seen_by(stack, own=False, plain=False, added=False, last=False):
    """What receptive_field should return, or what it is after a slip."""
    seen = apart = 1
    for kernel, stride in stack:
        following = 1 if plain else apart + stride - 1 if added else stride if last else apart * stride
        seen += (kernel - 1) * (following if own else apart)
        apart = following
    return seen


def field_of(student, stack):
    what = f"receptive_field({stack if len(stack) < 10 else f'[… {len(stack)} convolutions …]'})"
    causes = {"index out of range": "The list of layers may be empty: then a number sees one pixel."}
    return expect.number(told_why(student, causes, "receptive_field", stack), what, integer=True), what


def field_slips(stack):
    """By sentence, what typical slips make of a list of convolutions."""
    right = seen_by(stack)
    return {
        "The strides change nothing in yours. Behind a stride of 2, neighbours begin two pixels apart.": seen_by(
            stack, plain=True
        ),
        "A stride is for the layers that follow. In which order do your two lines stand?": seen_by(stack, own=True),
        "Strides multiply: behind two of 2, neighbours begin 4 pixels apart.": seen_by(stack, added=True),
        "The distance is multiplied by each stride, and does not become the last one.": seen_by(stack, last=True),
        "One pixel is missing. Without a convolution a number sees 1 pixel: what do you begin with?": right - 1,
        "That is the first layer alone. Does the `return` stand within the loop?": stack[0][0] if stack else 0,
    }


@pytest.mark.check("receptive_field", weight=1)
def test_each_kernel_adds_its_neighbours(student, draw):
    """Each further 3 × 3 convolution without a stride adds two pixels, however many there are."""
    few = int(draw.rng.integers(21, 30))
    shorter, _ = field_of(student, [(3, 1)] * few)
    longer, _ = field_of(student, [(3, 1)] * (few + 2))
    assert longer - shorter == 4 and abs(shorter - 2 * few - 1) <= 1, (
        f"Behind {few} convolutions of 3 × 3, all with stride 1, a number sees {2 * few + 1} pixels, and behind two more {2 * few + 5}; yours says {shorter} and {longer}. How many pixels does each of them add?"
    )


@pytest.mark.check("receptive_field", weight=2)
def test_a_pixel_sees_itself(student):
    """Without a convolution, a number sees one pixel; the list that comes in stays as it is."""
    got, what = field_of(student, [])
    assert got == 1, f"{what} should be 1, the pixel itself; yours is {got}. What do you begin with?"
    (after,) = student.arguments_after("receptive_field", [(3, 1), (3, 2)])
    assert len(after) == 2, (
        f"The list that was handed in had two convolutions, and has {len(after)} afterwards. `pop` takes them out: whoever calls you still needs them."
    )


@pytest.mark.check("receptive_field", weight=3)
def test_strides_spread_the_layers_that_follow(student, draw):
    """Behind strides, further kernels add more pixels; a stride does not widen its own kernel."""
    strides = draw.rng.permutation([1, 2, 2, 3]).tolist()
    for stack in ([(3, stride) for stride in strides] + [(3, 1)] * 2, [(3, 1), (3, 2)], [(3, 2), (3, 2), (3, 1)]):
        got, what = field_of(student, stack)
        wanted = seen_by(stack)
        offset = got - field_of(student, [])[0] + 1  # another beginning is told above
        if offset != wanted:
            expect.close(
                np.asarray(got),
                wanted,
                what,
                slips=field_slips(stack),
                why="Before each layer: how far apart do the neighbours begin?",
            )


@pytest.mark.check("receptive_field", weight=2)
def test_kernels_of_any_size(student, draw):
    """Kernels of other sizes add one pixel less than they are wide, even ones too."""
    stack = [(int(kernel), 1) for kernel in draw.rng.permutation([1, 2, 4, 5, 7])]
    got, what = field_of(student, stack)
    if got - field_of(student, [])[0] + 1 != seen_by(stack):
        even = seen_by([(kernel // 2 * 2 + 1, stride) for kernel, stride in stack])
        slips = {
            "Even kernels are counted wrongly: one of 4 adds 3 pixels, not 4. A kernel adds one pixel less than it is wide.": even
        }
        why = "A kernel adds one pixel less than it is wide."
        expect.close(np.asarray(got), seen_by(stack), what, slips=slips, why=why)


# -- one-hot --------------------------------------------------------------------------------------------------------


def all_classes(draw, classes, more=3):
    """Drawn numbers among which each class is at least once."""
    numbers = np.concatenate([np.arange(classes), draw.rng.integers(0, classes, more)])
    return draw.rng.permutation(numbers)


def rows_of(student, numbers, classes):
    what = f"one_hot(numbers, {classes})"
    causes = {
        "index 255 is out of bounds": "0 − 1 in uint8 is 255, and there is no such place. Why subtract 1? Classes are counted from 0."
    }
    return expect.array(told_why(student, causes, "one_hot", numbers, classes), what), what


@pytest.mark.check("one_hot", weight=2)
def test_the_one_stands_in_its_column(student, draw):
    """In each row, the largest number stands in the column of the class."""
    classes = int(draw.rng.integers(12, 16))
    numbers = all_classes(draw, classes)
    got, what = rows_of(student, numbers, classes)
    wanted = np.eye(classes)[numbers]
    got = got.T if got.shape == wanted.T.shape else got  # told below
    expect.array(got, what, shape=wanted.shape, why="A row for each number, a column for each class.")
    if not np.array_equal(got.argmax(axis=1), numbers) or np.any(got.min(axis=1) == got.max(axis=1)):
        slips = {
            "Each 1 stands one column too far to the right: classes are numbered from 0.": np.roll(wanted, 1, axis=1),
            "Each 1 stands one column too far to the left: classes are numbered from 0.": np.roll(wanted, -1, axis=1),
        }
        expect.close(got, wanted, what, slips=slips, why="In which column does the 1 of a row belong?")


@pytest.mark.check("one_hot", weight=2)
def test_zeros_and_ones_in_rows(student, draw):
    """(N, classes) in float32, with 1 at one place of each row and 0 at all others."""
    classes = int(draw.rng.integers(5, 9))
    for dtype in ("int64", "uint8", "int32"):
        numbers = all_classes(draw, classes).astype(dtype)
        got, what = rows_of(student, numbers, classes)
        what = f"{what} of {dtype} numbers"
        why = "A row for each number, a column for each class: is it turned on its side?"
        expect.array(got, what, shape=(len(numbers), classes), why=why)
        span = f"yours holds {got.min():g} to {got.max():g}"
        assert set(np.unique(got.astype(float))) <= {0.0, 1.0}, f"{what} should hold 0 and 1 alone; {span}."
        expect.array(got, what, dtype="float32", why="`np.eye` and `np.zeros` have an argument `dtype`.")


@pytest.mark.check("one_hot", weight=2)
def test_an_absent_class_keeps_its_column(student, draw):
    """A class that does not occur has its column, of zeros; so with one number alone."""
    classes = int(draw.rng.integers(5, 9))
    for numbers in (all_classes(draw, classes - 1), draw.rng.permutation(np.arange(1, classes)), np.array([1])):
        missing = sorted(set(range(classes)) - set(numbers.tolist()))
        got, what = rows_of(student, numbers, classes)
        wanted = np.eye(classes)[numbers]
        got = got.T if got.shape == wanted.T.shape and len(numbers) != classes else got
        expect.array(
            got,
            f"{what}, where {'class' if len(missing) == 1 else 'classes'} {', '.join(map(str, missing))} does not occur,",
            shape=wanted.shape,
            why="The argument `classes` says how many columns there are, whatever occurs.",
        )
        assert np.array_equal(got.argmax(axis=1), numbers), (
            f"{what}, where {', '.join(map(str, missing))} does not occur: the largest numbers stand in the columns {got.argmax(axis=1).tolist()}, wanted is {numbers.tolist()}. The column is the number itself."
        )


@pytest.mark.check("one_hot", weight=2)
def test_a_number_that_is_no_class_is_refused(student, draw):
    """A number below 0, or not below classes, is a ValueError that names it."""
    classes = int(draw.rng.integers(4, 8))
    for wrong in (classes, -1, classes + int(draw.rng.integers(10, 90)), -int(draw.rng.integers(2, 4))):
        numbers = np.append(all_classes(draw, classes), wrong)
        what = f"With {classes} classes, the number {wrong}"
        must_refuse(student, "one_hot", numbers, classes, what=what, names=str(wrong))


# -- the classifier -------------------------------------------------------------------------------------------------

CLASSES = "what build_classifier({}) returns"
# The share of unseen pictures that a trained classifier may name wrong.
MANY = 20  # classes


def line_of(student, classes=4):
    """The layers of a classifier of the student's, without the input."""
    found = description.line_of(student.call("build_classifier", classes), CLASSES.format(classes))
    return [layer for layer in found if layer.kind != "InputLayer"]


def activation_of(layer):
    """The name of a layer's activation, or of the layer that stands there."""
    name = layer.config.get("activation", "linear")
    return str(name.get("class_name") if isinstance(name, dict) else name).lower()[:40]


def of_kind(line, kind):
    return [layer for layer in line if layer.kind == kind]


def made_by(student, classes, sides=(32, 32)):
    """The shape that comes out for two pictures."""
    what = CLASSES.format(classes)
    return budget.made(student.call("build_classifier", classes), what, [(2, *sides, 1)])


@pytest.mark.check("build_classifier", weight=2)
def test_a_row_of_numbers_for_each_picture(student):
    """Convolutions, a pooling and dense layers turn pictures into one row of numbers each."""
    line = line_of(student, MANY)
    assert len(of_kind(line, "Conv2D")) >= 2 and of_kind(line, "Dense"), (
        f"The table has three Conv2D and two Dense; yours has {', '.join(layer.kind for layer in line)}."
    )
    shape = tuple(made_by(student, MANY))
    assert len(shape) == 2 and shape[0] == 2, (
        f"For two pictures, two rows should come out, (2, {MANY}) with {MANY} classes; yours gives {shape}. What makes one number of each grid?"
    )


@pytest.mark.check("build_classifier", weight=4)
def test_a_probability_for_each_class(student, draw):
    """However many classes are asked for, so many numbers come out, and a softmax makes them add up to 1."""
    for classes in (4, int(draw.rng.integers(5, 12)), 2):
        shape = tuple(made_by(student, classes))
        assert shape[-1] == classes, (
            f"build_classifier({classes}) should give {classes} numbers for a picture; yours gives {shape[-1]}. How many has the last Dense?"
        )
    line = line_of(student)
    name = "softmax" if line[-1].kind == "Softmax" else activation_of(line[-1])
    assert name == "softmax", (
        f"The numbers should be probabilities, which add up to 1: softmax at the end. Yours ends in {name!r}."
    )


def expect_scaling(line):
    """The first layer makes L / 25 − 2 of L."""
    first = line[0]
    assert first.kind == "Rescaling", (
        f"The first layer should be a Rescaling; yours is a {first.kind}. L comes unscaled."
    )
    scale, offset = (
        expect.number(first.config.get(name), f"The {name} of your Rescaling") for name in ("scale", "offset")
    )
    for L in (0, 100):
        wanted = L / 25 - 2
        slips = {
            "It multiplies by 25; the factor is 1 / 25.": 25 * L - 2,
            "Nothing is subtracted: see the argument `offset`.": L / 25,
            "2 is added where it is to be subtracted.": L / 25 + 2,
        }
        expect.near(
            scale * L + offset,
            wanted,
            f"Your Rescaling of L = {L}",
            atol=1e-3,
            slips=slips,
            why="L / 25 − 2 is wanted.",
        )


def expect_filters(line):
    """Three Conv2D of 8, 16 and 32 filters, 3 × 3, stride 2, "same", ReLU; then a Dense of 16 with ReLU."""
    convolutions, dense = of_kind(line, "Conv2D"), of_kind(line, "Dense")
    filters = [layer.config.get("filters") for layer in convolutions]
    assert filters == [8, 16, 32], f"Three Conv2D with 8, 16 and 32 filters are wanted; yours have {filters}."
    for layer in convolutions:
        config, name = layer.config, f"The Conv2D of {layer.config.get('filters')} filters"
        for setting, wanted in (("kernel_size", 3), ("strides", 2)):
            got = np.unique(config.get(setting)).tolist()
            assert got == [wanted], f"{name} should have {setting} {wanted}; yours has {config.get(setting)}."
        assert config.get("padding") == "same", (
            f'{name} should have padding "same"; yours has {config.get("padding")!r}.'
        )
    after = [line[line.index(layer) + 1] for layer in convolutions + dense[:-1]]
    for layer, following in zip(convolutions + dense[:-1], after, strict=True):
        own = {"ReLU": "relu", "Activation": activation_of(following)}.get(following.kind, "linear")
        names = {activation_of(layer), own}
        assert "relu" in names and names <= {"relu", "linear"}, (
            f"A {layer.kind} of yours should have a ReLU; it has {activation_of(layer)!r}."
        )
    units = [layer.config.get("units") for layer in dense]
    assert len(units) == 2 and units[0] == 16, (
        f"Two Dense layers are wanted, the first with 16 numbers; yours have {units}."
    )


@pytest.mark.check("build_classifier", weight=5)
def test_the_layers_of_the_classifier(student):
    """Any size comes in, L is scaled, three convolutions look at it, the largest number of each grid is taken."""
    found = description.layers_of(student.call("build_classifier", 4), CLASSES.format(4))
    shapes = [layer.config.get("batch_shape") for layer in found if layer.kind == "InputLayer"]
    assert shapes and isinstance(shapes[0], (list, tuple)), (
        "Your classifier has no input layer: begin with keras.Input(shape=…), so that its weights exist from the start."
    )
    assert tuple(shapes[0]) == (None, None, None, 1), (
        f"The input should be (None, None, None, 1), any number of pictures of any size; yours is {tuple(shapes[0])}."
    )
    line = line_of(student)
    expect_scaling(line)
    expect_filters(line)
    kinds = [layer.kind for layer in line]
    pooling = ", ".join(kind for kind in kinds if "Pooling" in kind or kind == "Flatten") or "none"
    assert "GlobalMaxPooling2D" in kinds and not [kind for kind in kinds if "Average" in kind], (
        f"A GlobalMaxPooling2D should stand behind the convolutions; yours has {pooling}. A sign that stands in one place is lost in a mean over all."
    )


# Shares of wrong classes: below the one a classifier is trained no further, above the other it tells a fusion too little.
KNOWS_WELL, KNOWS_LITTLE = 0.08, 0.15


@functools.lru_cache(maxsize=1)
def scenes_of(*seeds):
    """A drawn world to learn from and one to be judged on: L, ab / 128 and the scene, a row of zeros and one 1."""
    found = []
    for count, seed in zip((CLASSIFIER.pictures, CLASSIFIER.unseen), seeds, strict=True):
        pictures, numbers = worlds.draw(count, seed, CLASSIFIER)
        found.append((*worlds.pairs(pictures, FUSION.scale), worlds.one_hot(numbers, CLASSIFIER.classes)))
    return found


def scenes_for(draw):
    """The worlds that the classifier and the fusion of a submission have in common, and a seed: what both ask for is trained once."""
    *seeds, start = (int(seed) for seed in draw.shared("worlds of scenes").rng.integers(2**31 - 100, size=3))
    return *scenes_of(*seeds), start


def classifier_of(asked, draw):
    """How a classifier did that was trained here; its outputs are what it says of the unseen pictures, others[0] of those that it learned from."""
    (X, _, target), (x, _, wanted), seed = scenes_for(draw)
    epochs = [worlds.batches([X], target, CLASSIFIER.batch, seed + epoch) for epoch in range(6)]
    model = asked.call("build_classifier", CLASSIFIER.classes)
    what, judged = CLASSES.format(CLASSIFIER.classes), ([x], wanted)
    return learning.learn(model, what, epochs, judged, seed, CLASSIFIER, goal=KNOWS_WELL, others=[[X]])


@pytest.mark.check("build_classifier", weight=5)
def test_it_names_scenes_that_it_never_saw(student, draw):
    """Trained in the grader on drawn pictures, it names the scenes of others."""
    done, most_wrong = classifier_of(student, draw), learning.limit(CLASSIFIER).threshold
    assert done.score < most_wrong, (
        f"The grader trained your classifier on {CLASSIFIER.pictures} drawn pictures for {CLASSIFIER.epochs} epochs, from {done.starts} fresh starts. Of {CLASSIFIER.unseen} others it named {done.score:.0%} wrong at best; "
        f"below {most_wrong:.0%} is wanted, and who guesses gets 75% wrong. Are there as many numbers as classes, and are all layers free to learn?"
    )


# -- how often it is right ------------------------------------------------------------------------------------------


def sayings(draw, numbers, classes, right=0.6):
    """Drawn probabilities, (N, classes): for about this share of the pictures the right class has the largest; and what is said."""
    said = np.where(draw.rng.uniform(size=len(numbers)) < right, numbers, draw.rng.integers(0, classes, len(numbers)))
    rows = draw.rng.uniform(0.05, 0.3, (len(numbers), classes))
    rows[np.arange(len(numbers)), said] += draw.rng.uniform(0.3, 0.6, len(numbers))
    return rows / rows.sum(axis=1, keepdims=True), said


def surest_first(rows, said):
    """The same probabilities, with the largest of all in the first row: what argmax says without an axis is a column then."""
    rows[0] = 0.02
    rows[0, said[0]] = 1 - 0.02 * (rows.shape[1] - 1)
    return rows


def accuracy_of(student, rows, numbers):
    causes = {
        rf"could not be broadcast together with shapes \({rows.shape[1]},\)": f"There is one answer for each of the {rows.shape[1]} classes; wanted is one for each of the {len(rows)} pictures. A picture is a row, and `axis=1` goes along the rows."
    }
    return told_why(student, causes, "accuracy", rows, numbers)


def share_slips(rows, numbers, hits):
    """By sentence, what typical slips make of an accuracy."""
    return {
        "That is the number of right ones; their share is wanted.": hits.sum(),
        "That is a percentage; a number from 0 to 1 is wanted.": 100 * hits.mean(),
        "That is the share of the wrong ones.": 1 - hits.mean(),
        "It is rounded.": round(hits.mean(), 1),
        "That is the mean probability of the right class. What it says is the class with the largest.": rows[
            np.arange(len(numbers)), numbers
        ].mean(),
        "That is what comes of the smallest number in each row; the largest is what it says.": (
            np.argmin(rows, axis=1) == numbers
        ).mean(),
        "That is what comes of `np.max`, how large the largest is; in which column it stands, `np.argmax` says.": 0.0,
        "argmax without `axis` looks at the whole table at once and gives a single number; one for each row is wanted: axis 1.": (
            np.argmax(rows) == numbers
        ).mean(),
    }


@pytest.mark.check("accuracy", weight=2)
def test_the_largest_number_is_what_it_says(student, draw):
    """What is counted is whether the largest number of a row stands in the right column."""
    numbers = draw.rng.integers(0, 5, 137)
    rows, said = sayings(draw, numbers, 5)
    rows, hits = surest_first(rows, said), said == numbers
    got = expect.number(accuracy_of(student, rows, numbers), "accuracy(probabilities, numbers)")
    told_below = (
        hits.mean(),
        100 * hits.mean(),
        hits.sum(),
        1 - hits.mean(),
        round(hits.mean(), 1),
        round(hits.mean(), 2),
    )
    if not any(abs(got - value) < 1e-6 for value in told_below):
        why = "For each row the place of its largest number, compared with the right class."
        expect.near(got, hits.mean(), "The accuracy", atol=1e-6, slips=share_slips(rows, numbers, hits), why=why)


@pytest.mark.check("accuracy", weight=4)
def test_the_share_of_all_pictures(student, draw):
    """The share of the right ones, from 0 to 1, not rounded."""
    numbers = draw.rng.integers(0, 4, int(draw.rng.choice([37, 41, 43, 47])))
    rows, said = sayings(draw, numbers, 4)
    rows, hits = surest_first(rows, said), said == numbers
    got = accuracy_of(student, rows, numbers)
    expect.near(
        got,
        hits.mean(),
        f"The accuracy, with {hits.sum()} of {len(numbers)} right,",
        atol=1e-6,
        slips=share_slips(rows, numbers, hits),
        why="Right ones divided by all.",
    )


@pytest.mark.check("accuracy", weight=2)
def test_a_single_picture(student, draw):
    """With one picture it is 0 or 1."""
    for right in (0, 1):
        number = int(draw.rng.integers(0, 4))
        rows, said = sayings(draw, np.array([number]), 4, right=1)
        numbers = said if right else (said + 1) % 4
        got = expect.number(accuracy_of(student, rows, numbers), "The accuracy of a single picture")
        assert got in (right, 100 * right), (
            f"For a single picture that is {'right' if right else 'wrong'} the accuracy is {right}; yours is {got:g}. Does your code need more than one?"
        )


# -- who is taken for whom ------------------------------------------------------------------------------------------


def table_of(numbers, said, classes):
    """What confusion should return."""
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (numbers, said), 1)
    return counts


def confusion_of(student, rows, numbers, classes):
    what = f"confusion(probabilities, numbers, {classes})"
    return expect.array(student.call("confusion", rows, numbers, classes), what, shape=(classes, classes)), what


def table_slips(wanted):
    """By sentence, what typical slips make of a table."""
    return {
        "Rows and columns have changed places: the row is what a picture is, the column what was said.": wanted.T,
        "Where a place comes several times it is counted once: `counts[numbers, said] += 1` adds 1 once.": np.minimum(
            wanted, 1
        ),
        "These are shares of all; counts are wanted.": wanted / wanted.sum(),
        "These are shares of each row; counts are wanted.": wanted / np.maximum(wanted.sum(axis=1, keepdims=True), 1),
        "Only the right answers are counted.": np.diag(np.diag(wanted)),
        "Only the wrong answers are counted.": wanted - np.diag(np.diag(wanted)),
    }


@pytest.mark.check("confusion", weight=1)
def test_each_picture_has_its_place(student, draw):
    """What was said of each class stands in its row, or in its column; no other place is filled."""
    classes = int(draw.rng.integers(11, 14))
    numbers = draw.rng.permutation(np.concatenate([np.arange(classes)] * 2))
    rows, said = sayings(draw, numbers, classes, right=1)
    rows = np.concatenate(
        [rows, np.roll(np.eye(classes)[:3] * 0.8 + 0.01, 1, axis=1)]
    )  # three wrong ones, away from the corner
    numbers, said = np.append(numbers, [0, 1, 2]), np.append(said, [1, 2, 3])
    wanted = table_of(numbers, said, classes)
    got, what = confusion_of(student, rows, numbers, classes)
    if not any(np.array_equal(got > 0, right > 0) for right in (wanted, wanted.T)):
        expect.close(
            got,
            wanted,
            what,
            slips=table_slips(wanted),
            why="A picture of class r that was said to be c counts in row r, column c.",
        )


@pytest.mark.check("confusion", weight=3)
def test_rows_are_what_it_is(student, draw):
    """The row is the right class, the column what was said."""
    numbers = np.array([0, 0, 1, 2])
    rows, said = sayings(draw, np.array([0, 1, 2, 2]), 3, right=1)
    wanted = table_of(numbers, said, 3)
    got, what = confusion_of(student, rows, numbers, 3)
    if not np.array_equal(got > 0, wanted > 0):
        expect.close(got, wanted, what, slips=table_slips(wanted), why="Row: what it is. Column: what was said.")


@pytest.mark.check("confusion", weight=3)
def test_every_picture_is_counted(student, draw):
    """A place that comes several times is counted each time."""
    numbers = draw.rng.integers(0, 4, 60)
    rows, said = sayings(draw, numbers, 4)
    wanted = table_of(numbers, said, 4)
    got, what = confusion_of(student, rows, numbers, 4)
    if not np.array_equal(got, wanted.T):
        expect.close(
            got,
            wanted,
            f"{what} of 60 pictures",
            slips=table_slips(wanted),
            why="The counts of all places add up to the number of pictures.",
        )


@pytest.mark.check("confusion", weight=3)
def test_absent_classes_keep_their_place(student, draw):
    """A class that never occurs, or is never said, has a row and a column of its own."""
    for numbers, others in (([0, 2, 2, 0], [0, 2, 2, 0]), ([3], [3]), ([1, 1, 1], [1, 1, 1])):
        numbers, others = np.array(numbers), np.array(others)
        rows, said = sayings(draw, others, 5, right=1)
        what = f"confusion(probabilities, numbers, 5), where only {sorted(set(numbers.tolist()))} occur,"
        got = expect.array(
            student.call("confusion", rows, numbers, 5),
            what,
            shape=(5, 5),
            why="`classes` says how many rows and columns.",
        )
        wanted = table_of(numbers, said, 5)
        assert np.array_equal(got > 0, wanted > 0), (
            f"{what} should be filled at {np.argwhere(wanted > 0).tolist()}; yours is at {np.argwhere(got > 0).tolist()}. The class itself says its row and column."
        )


@pytest.mark.check("confusion", weight=2)
def test_counts_are_whole_numbers(student, draw):
    """The table holds integers."""
    numbers = np.array([0, 1, 2, 0, 1])
    rows, _ = sayings(draw, numbers, 3, right=1)
    got, what = confusion_of(student, rows, numbers, 3)
    expect.array(
        got, what, kind="integer", why="Counts are whole numbers; np.zeros makes floats if it is not told otherwise."
    )
    many = np.append(np.zeros(300, np.uint8), np.array([1, 2], np.uint8))
    rows, _ = sayings(draw, many, 3, right=1)
    got, what = confusion_of(student, rows, many, 3)
    assert got[0, 0] != 300 % 256, (
        f"{what} of 300 pictures of class 0, all named rightly, should hold 300 at one place; yours holds {got[0, 0]}. A uint8 ends at 255 and begins again at 0: `int` counts as far as one likes."
    )


# -- the classifier is trained --------------------------------------------------------------------------------------


def three_levels(draw, count=8):
    """An uncompiled model that says 1/3 for each of three classes, pictures of three lightnesses, and their classes."""
    import keras

    network = keras.Sequential(
        [
            keras.Input(shape=(None, None, 1)),
            keras.layers.GlobalMaxPooling2D(),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    network.set_weights([np.zeros((1, 3), np.float32), np.zeros(3, np.float32)])
    numbers = draw.rng.permutation(np.resize([0, 1, 2], count))
    X = np.ones((count, 8, 8, 1), np.float32) * (numbers * 0.5 + 0.5).reshape(-1, 1, 1, 1).astype(np.float32)
    return network, X, numbers


TRAINED = "The model after train_classifier"


def after_training(student, draw, count=8, epochs=2):
    """The model that was handed in, after train_classifier, and how it is compiled."""
    network, X, numbers = three_levels(draw, count)
    after = student.arguments_after("train_classifier", network, X, numbers, epochs)[0]
    assert isinstance(after, SerializedModel), f"{TRAINED} should still be the model."
    assert after.compiled, f"{TRAINED} is not compiled. Is it the one that was handed in that you compile and train?"
    return after, description.compiled_of(after, TRAINED), X, numbers


@pytest.mark.check("train_classifier", weight=2)
def test_the_model_itself_learns(student, draw):
    """After the call, the model that was handed in gives the right classes a larger probability."""
    after, _, X, numbers = after_training(student, draw, 24, 2)
    kernel, bias = after.weights
    logits = X[:, 0, 0] @ kernel + bias
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    got = float(-np.log(chances[np.arange(len(X)), numbers]).mean())
    assert not np.allclose(kernel, 0), (
        f"{TRAINED} has the weights that it came with. Is `fit` called, and on this model, not on a copy?"
    )
    assert got < np.log(3), (
        f"{TRAINED} should give the right classes a larger probability than before; the cross-entropy was {np.log(3):.4f}, and is {got:.4f}. Do pictures and numbers go together?"
    )
    must_be_nudged(student, draw)


def must_be_nudged(student, draw):
    """Fail where one epoch with three pictures leads to another kernel than nudges of the student's own optimizer do, with all at once or one by one."""
    import keras

    network, _, _ = three_levels(draw)
    numbers = draw.rng.permutation(3)
    X = np.ones((3, 8, 8, 1), np.float32) * np.array([0.5, 0.8, 2], np.float32)[numbers].reshape(-1, 1, 1, 1)
    after = student.arguments_after("train_classifier", network, X, numbers, 1)[0]
    compiled = description.compiled_of(after, TRAINED)
    steps = min(max(compiled.iterations, 1), 20)
    # Nudges of an optimizer such as Adam are the same for all losses but this one, which does not look at all classes together.
    loss = compiled.loss if compiled.loss == "binary_crossentropy" else "categorical_crossentropy"
    target = np.eye(3, dtype=np.float32)[numbers]

    def leads_there(batches):
        twin = keras.models.clone_model(network)
        twin.set_weights(network.get_weights())
        twin.compile(rebuilding.optimizer_of(compiled, TRAINED), loss, run_eagerly=True)
        for batch in batches:
            twin.train_on_batch(X[list(batch)], target[list(batch)])
        wanted = twin.get_weights()[0]
        return np.abs(after.weights[0] - wanted).max() < 0.1 * np.abs(wanted).max()

    one_by_one = [[[place] for place in order] for order in itertools.permutations(range(3))] if steps == 3 else []
    with keras.device("cpu:0"):
        nudged = any(leads_there(batches) for batches in ([range(3)] * steps, *one_by_one))
    assert nudged, (
        f"{TRAINED} should have the weights to which nudges of its optimizer lead; after one epoch with three pictures it has others. Is it trained by `fit`, and with all pictures?"
    )


@pytest.mark.check("train_classifier", weight=2)
def test_a_cross_entropy_for_each_epoch(student, draw):
    """A list of losses, one for each epoch; the first is the cross-entropy of one who knows nothing."""
    network, X, numbers = three_levels(draw)
    epochs = int(draw.rng.integers(3, 6))
    what = f"train_classifier(model, X, numbers, {epochs})"
    losses = expect.sequence(
        student.call("train_classifier", network, X, numbers, epochs),
        what,
        length=epochs,
        of="losses",
        why="What `fit` returns is a History; where in it are the losses?",
    )
    losses = [expect.number(loss, f"{what}: the loss of epoch {place}") for place, loss in enumerate(losses, 1)]
    slips = {
        "That is the mean squared error.": 2 / 9,
        "That is the binary cross-entropy, of yes-or-no questions.": np.log(
            2
        ),  # Keras takes what goes into the softmax
        "That is the mean absolute error.": 4 / 9,
    }
    first = "The first loss of a model that says 1/3 for each of three classes"
    expect.near(losses[0], np.log(3), first, atol=0.02, slips=slips, why="−ln(1/3), averaged over the pictures.")
    network.set_weights([np.array([[1, 0, -1]], np.float32), np.zeros(3, np.float32)])
    scores = X[:, 0, 0] * np.array([1, 0, -1])
    wanted = np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(X)), numbers])
    (loss,) = expect.sequence(student.call("train_classifier", network, X, numbers, 1), what, length=1, of="losses")
    why = "Are pictures and numbers handed to `fit` as they came, L unscaled?"
    expect.near(loss, wanted, "The first loss of a model that looks at the lightness", atol=0.005, why=why)
    assert losses[0] > losses[-1] > 0, (
        f"{what}: losses in order, the first the largest, are wanted; yours go from {losses[0]:.4f} to {losses[-1]:.4f}."
    )


@pytest.mark.check("train_classifier", weight=2)
def test_adam_takes_eight_at_a_time(student, draw):
    """Adam, with a learning rate of 0.003, makes three steps an epoch with 20 pictures: 8, 8 and 4."""
    _, compiled, _, _ = after_training(student, draw, 20, 2)
    assert compiled.optimizer == "Adam", f"The optimizer should be Adam; yours is {compiled.optimizer}."
    assert not compiled.loss_settings.get("label_smoothing"), (
        "Your loss has label_smoothing: it wants less than 1 for the right class. Wanted is the plain cross-entropy."
    )
    why = "0.003 is 3 thousandths; Keras takes 0.001 if it is not told."
    expect.near(compiled.learning_rate, 0.003, "The learning rate", atol=1e-5, why=why)
    cause = "Which batch size and how many epochs does `fit` get?"
    if compiled.iterations == 2:
        cause = "Keras takes 32 at a time if it is not told otherwise."
    assert compiled.iterations == 6, (
        f"20 pictures, 8 at a time, and 2 epochs make 6 steps; yours made {compiled.iterations}. {cause}"
    )


@pytest.mark.check("train_classifier", weight=2)
def test_one_class_alone_is_refused(student, draw):
    """Pictures of one class are a ValueError that names it, and two classes are none."""
    network, X, _ = three_levels(draw)
    number = int(draw.rng.integers(1, 3))
    what, one_class = f"A set of pictures that are all of class {number}", np.full(len(X), number)
    must_refuse(student, "train_classifier", network, X, one_class, 1, what=what, names=str(number))
    for other in (1, 2):
        raised = student.error("train_classifier", network, X, np.resize([0, other], len(X)), 1)
        assert raised is None, (
            f"With two of three classes, 0 and {other}, there is something to learn, and no error is wanted; yours says: {raised.message}"
            " How many classes there are, the model says, not the numbers that occur."
        )


# == second half ==
# -- fusion ---------------------------------------------------------------------------------------------------------


def fused_of(student, draw):
    """The student's shape and number of weights for drawn sizes, with the sizes: ((N, h, w, c), e, filters)."""
    n, h, w, c, e, filters = (int(one) for one in draw.rng.permutation(np.arange(3, 60))[:6])
    call = f"fused_shape({(n, h, w, c)}, {e}, {filters})"
    got = expect.sequence(student.call("fused_shape", (n, h, w, c), e, filters), call, length=2, of="values")
    return got, call, (n, h, w, c, e, filters)


@pytest.mark.check("fused_shape", weight=1)
def test_the_vector_becomes_further_channels(student, draw):
    """The grid stays, and the numbers of the vector come to its channels."""
    (shape, _), call, (n, h, w, c, e, filters) = fused_of(student, draw)
    shape = tuple(
        expect.number(part, f"{call}: a part of the shape")
        for part in expect.sequence(shape, f"{call}: the shape", length=4, of="numbers")
    )
    slips = {
        (n, h, w, c * e): "The channels are multiplied. They stand behind each other.",
        (n, h, w, e): "Those are the channels of the vector alone.",
        (n, h, w, c): "The features have not changed: the vector is missing.",
        (n, h, w, filters): "That is what comes out of the convolution; asked for is what goes into it.",
        (n, h + e, w, c): "The vector is added along the height.",
        (n, h, w + e, c): "The vector is added along the width.",
        (n + e, h, w, c): "The vector is added along the axis of the pictures.",
        (n, c + e, h, w): "The channels are the last number of a shape.",
    }
    assert shape == (n, h, w, c + e), (
        f"{call}: the shape should be {(n, h, w, c + e)}; yours is ({', '.join(f'{part:g}' for part in shape)}). "
        f"{slips.get(shape, 'Each cell of the grid keeps its channels and gets the whole vector behind them.')}"
    )


@pytest.mark.check("fused_shape", weight=1, alone=True)
def test_a_1_by_1_kernel_has_one_number_for_each_channel(student, draw):
    """The 1 × 1 convolution learns one number for each channel that comes in, and a bias, for each filter."""
    (_, learned), call, (_, h, w, c, e, filters) = fused_of(student, draw)
    slips = {
        "The biases are missing: each filter has one.": (c + e) * filters,
        "That is one bias in all. Each filter has its own.": (c + e) * filters + 1,
        "Those are kernels of 3 × 3. One of 1 × 1 has a single number for each channel.": (9 * (c + e) + 1) * filters,
        "A filter sees the channels of the vector as well.": (c + 1) * filters,
        "A filter sees the channels of the features as well.": (e + 1) * filters,
        "That is one filter. How many are there?": c + e + 1,
        "The same filter is used in all cells of the grid, so they do not count.": (c + e + 1) * filters * h * w,
        "In that, the channels of both are multiplied. They stand behind each other.": (c * e + 1) * filters,
    }
    expect.near(
        learned,
        (c + e + 1) * filters,
        f"{call}: the number of weights",
        atol=0,
        slips=slips,
        why="Count one filter first: how many numbers come in, in one cell?",
    )


def fusing(draw, pictures, more=0):
    """Drawn features and vectors, all sides different. more: how many rows and columns there are beyond 8."""
    h, w, c, e = (int(one) for one in draw.rng.permutation(np.arange(2, 9))[:4])
    h, w = h + more, w + more
    return draw.rng.normal(size=(pictures, h, w, c)), draw.rng.normal(size=(pictures, e))


def fused_by(student, features, vectors):
    shape = (*features.shape[:3], features.shape[3] + vectors.shape[1])
    what = f"fuse of features {features.shape} and vectors {vectors.shape}"
    causes = {
        r"along dimension ([12]), .*has size (\d+) and .*has size (\d+)": "Along axis {0} the features have {1} cells, and the grid of the vectors has {2}: h times along axis 1 and w times along axis 2 each vector is repeated.",
        "must have same number of dimensions": "The vectors have two axes, the features four. They need two more axes in the middle: `embedding[:, np.newaxis, np.newaxis, :]`.",
    }
    got = told_why(student, causes, "fuse", features, vectors)
    n, h, w, c = features.shape
    odd = {(n, h + vectors.shape[1], w, c): "height", (n, h, w + vectors.shape[1], c): "width"}
    side = odd.get(np.shape(got)) if isinstance(got, np.ndarray) else None
    why = (
        f"It is joined along the {side}: the wrong axis."
        if side
        else "The grid stays, and the numbers of the vector are further channels: the last axis."
    )
    return expect.array(got, what, shape=shape, kind="number", why=why)


def fused(features, vectors, *, first=False):
    """What fuse should return; first: with the vector in front."""
    grid = np.broadcast_to(vectors[:, np.newaxis, np.newaxis], (*features.shape[:3], vectors.shape[1]))
    return np.concatenate([grid, features] if first else [features, grid], axis=-1)


@pytest.mark.check("fuse", weight=1)
def test_each_cell_holds_features_and_vector(student, draw):
    """Each cell of a picture has its features and the whole vector, be it in front or behind."""
    features, vectors = fusing(draw, 1, more=8)
    got = fused_by(student, features, vectors)
    if np.allclose(got, fused(features, vectors, first=True), atol=1e-5):
        return  # a check below says so
    spread = np.resize(
        np.repeat(vectors[0], features.shape[1] * features.shape[2]), (*features.shape[:3], vectors.shape[1])
    )
    slips = {
        "The numbers of the vector are scattered over the cells. Each cell gets all of them, in their order.": np.concatenate(
            [features, spread], axis=-1
        ),
        "There are zeros in the place of the vector.": np.concatenate([features, 0 * spread], axis=-1),
        "The features were multiplied or changed on the way; the vector is right.": lambda: np.concatenate(
            [got[..., : features.shape[3]], fused(features, vectors)[..., features.shape[3] :]], axis=-1
        ),
        "The features are right, and the vector is not the same in each cell, or not as it came.": lambda: (
            np.concatenate([features, got[..., features.shape[3] :]], axis=-1)
        ),
    }
    expect.close(
        got,
        fused(features, vectors),
        "The fused grid of one picture",
        atol=1e-5,
        slips=slips,
        why="Each cell: the features that it has, and the whole vector, nothing scaled.",
    )


@pytest.mark.check("fuse", weight=1)
def test_the_features_come_first(student, draw):
    """The channels of the features come first, those of the vector behind them."""
    features, vectors = fusing(draw, 1)
    slips = {"The vector stands in front. The features come first.": fused(features, vectors, first=True)}
    expect.close(
        fused_by(student, features, vectors),
        fused(features, vectors),
        "The fused grid of one picture",
        atol=1e-5,
        slips=slips,
        why="First the features, then the vector.",
    )


@pytest.mark.check("fuse", weight=1)
def test_each_picture_has_its_own_vector(student, draw):
    """Of several pictures, each gets its own vector, in all of its cells."""
    features, vectors = fusing(draw, int(draw.rng.integers(3, 6)))
    got = fused_by(student, features, vectors)
    c = features.shape[3]
    if np.allclose(got[..., -c:], features, atol=1e-5):  # the vector in front: the check above says so
        got = np.concatenate([got[..., -c:], got[..., :-c]], axis=-1)
    flat = np.resize(vectors, (*features.shape[:3], vectors.shape[1]))
    slips = {
        "All pictures got the vector of the first.": fused(features, np.broadcast_to(vectors[:1], vectors.shape)),
        "All pictures got the mean of the vectors.": fused(
            features, np.broadcast_to(vectors.mean(axis=0), vectors.shape)
        ),
        "The vectors are mixed up: neighbouring cells of one picture have different ones. Repeat each vector over the cells of its own picture.": np.concatenate(
            [features, flat], axis=-1
        ),
        "The pictures got each other's vectors: they are in another order.": fused(features, vectors[::-1]),
    }
    expect.close(
        got,
        fused(features, vectors),
        f"The fused array of {len(features)} pictures",
        atol=1e-5,
        slips=slips,
        why="Row i of the vectors belongs to picture i, in all of its cells.",
    )


# -- the network that is told ---------------------------------------------------------------------------------------

TOLD = "What build_fusion({}) returns"
# Filters as multiples of the width (0: two filters), kernel, stride, activation.
FUSION_TABLE = (
    (1, 3, 1, "relu"),
    (1, 3, 2, "relu"),
    (2, 3, 1, "relu"),
    (2, 1, 1, "relu"),
    (1, 3, 1, "relu"),
    (0, 3, 1, "tanh"),
)


def side_of(value):
    """A kernel's side, or a stride, where height and width have the same; otherwise both."""
    both = tuple(value) if isinstance(value, (list, tuple)) else (value, value)
    return both[0] if both[0] == both[-1] else both


def in_its_order(network, shapes):
    """The shapes of L and of an embedding in the order of a network's inputs: where these have changed places, another check says so."""
    named = [network.layers[network.calls[place].layer].config.get("batch_shape") for place in network.starts]
    return shapes[::-1] if [len(one) for one in named if isinstance(one, list)] == [2, 4] else shapes


def grids_into(serialized, what, shapes):
    """The settings of all Conv2D in the order in which they are called, and the shape of what comes into each."""
    network = description.network_of(serialized, what)
    sizes = budget.cost_of(serialized, what, in_its_order(network, shapes)).shapes
    found = [call for call in network.calls if network.layers[call.layer].kind == "Conv2D"]
    return [(network.layers[call.layer].config, sizes[call.inputs[0]]) for call in found]


def convolutions(serialized, what, shapes):
    """The settings of all Conv2D in the order in which they are called, and how many channels come into each."""
    return [(config, shape[-1]) for config, shape in grids_into(serialized, what, shapes)]


def must_have_no_others(serialized, what):
    """Fail for a layer that changes what goes through it and is not in the table."""
    for layer in description.layers_of(serialized, what):
        assert layer.kind not in OTHERS, f"{what}: the table has no {layer.kind}, and yours has one."
        nearest = layer.config.get("interpolation", "nearest")
        assert layer.kind != "UpSampling2D" or nearest == "nearest", (
            f"{what}: an UpSampling2D of yours has the interpolation {nearest!r}; the table's only repeats each number."
        )


def must_grow_where_the_table_does(serialized, what, shapes, sides):
    """Fail where a Conv2D gets a grid of another side than in the table: an UpSampling2D stands in another place."""
    for number, ((_, (_, height, width, _)), side) in enumerate(
        zip(grids_into(serialized, what, shapes), sides, strict=True), 1
    ):
        assert (height, width) == (side, side), (
            f"{what}: Conv2D number {number} of the table gets a grid of {side} × {side}; yours gets {height} × {width}. In which lines of the table does an UpSampling2D stand?"
        )


# What the tables of the two networks with a fusion do not have, and what would change what is learned.
OTHERS = (
    "BatchNormalization",
    "Dropout",
    "SpatialDropout2D",
    "GaussianNoise",
    "GaussianDropout",
    "Softmax",
    "LayerNormalization",
)


def must_be_like(found, table, what):
    """Fail where kernels, strides, paddings or activations are not those of a table."""
    for number, ((config, _), (_, kernel, stride, activation)) in enumerate(zip(found, table, strict=True), 1):
        for part, mine, wanted in (
            ("kernels of {0} × {0}", side_of(config.get("kernel_size")), kernel),
            ("the stride {}", side_of(config.get("strides")), stride),
            # A kernel of 1 × 1 needs no padding: both kinds are the same then.
            ("the padding {!r}", "same" if kernel == 1 else str(config.get("padding")).lower(), "same"),
            ("the activation {!r}", config.get("activation"), activation),
        ):
            assert mine == wanted, (
                f"{what}: Conv2D number {number} of the table has {part.format(wanted)}; yours has {part.format(mine)}."
            )


def pictures_of(model, what, embeddings):
    """What a network, with the weights that it came with, makes of a dim picture that is told one thing after the other."""
    grey = np.random.default_rng(0).uniform(0, 1, (len(embeddings), 48, 48, 1)).astype(np.float32)
    grey[:] = grey[:1]
    try:
        return learning.outputs_with(model, what, None, [grey, embeddings], FUSION)
    except StudentError:
        try:  # with the inputs in the other order: a check below says so
            return learning.outputs_with(model, what, None, [embeddings, grey], FUSION)
        except StudentError:
            pass
        raise


@pytest.mark.check("build_fusion", weight=1)
def test_what_it_is_told_changes_the_whole_picture(student, draw):
    """L and an embedding go in, and the picture depends on the embedding, in all places."""
    what = TOLD.format("16, 4")
    made = pictures_of(student.call("build_fusion", 16, 4), what, np.eye(4, dtype=np.float32))
    changed = [np.abs(one - made[0]).max(axis=-1) > 1e-7 for one in made[1:]]
    assert all(places.any() for places in changed), (
        f"{what}: whatever the embedding says, the picture is the same. It goes in, and nothing comes of it: is it multiplied by zero, or does it never meet the features?"
    )
    share = float(np.mean(changed))
    assert share > 0.5, (
        f"{what}: another embedding changes {share:.0%} of the picture. It should stand in every cell of the grid, behind the features."
    )


@pytest.mark.check("build_fusion", weight=3)
def test_the_layers_of_the_table(student, draw):
    """Six Conv2D with the kernels, strides and activations of the table; the vector comes in before the fourth."""
    what = TOLD.format("16, 4")
    model, shapes = student.call("build_fusion", 16, 4), [(1, 48, 48, 1), (1, 4)]
    found = convolutions(model, what, shapes)
    assert len(found) == 6, f"{what}: the table has six Conv2D; yours has {len(found)}."
    must_be_like(found, FUSION_TABLE, what)
    width = found[0][0].get("filters")
    for number, ((config, _), (times, *_)) in enumerate(zip(found, FUSION_TABLE, strict=True), 1):
        wanted = times * width if times else 2
        assert config.get("filters") == wanted, (
            f"{what}: Conv2D number {number} of the table should have {wanted} filters; yours has {config.get('filters')}."
        )
    coming, features = found[3][1], found[2][0].get("filters")
    assert coming == features + 4, (
        f"{what}: into the 1 × 1 convolution should come {features} channels of features and 4 numbers of the embedding, {features + 4} in all; in yours {coming}."
    )
    network = description.network_of(model, what)
    made = budget.cost_of(model, what, in_its_order(network, shapes)).shapes[network.ends[0]]
    assert made == (1, 48, 48, 2), (
        f"{what}: a picture of 48 × 48 should come out as (48, 48, 2); yours makes {made[1:]}. The stride of 2 halves the sides, an UpSampling2D doubles them again."
    )
    must_grow_where_the_table_does(model, what, shapes, (48, 48, 24, 24, 24, 48))
    must_have_no_others(model, what)


@pytest.mark.check("build_fusion", weight=3)
def test_width_classes_and_side_are_handed_on(student, draw):
    """Filters, embedding and sides follow from the arguments, and a network is new, not compiled and free to learn."""
    width, classes = (int(one) for one in draw.rng.choice(np.arange(5, 14), size=2, replace=False))
    side = int(draw.rng.choice([16, 24, 40]))
    what = TOLD.format(f"{width}, {classes}, {side}")
    model = student.call("build_fusion", width, classes, side)
    made = budget.made(model, what, [(1, side, side, 1), (1, classes)])
    assert made[:1] + made[3:] == (1, 2), f"{what} should make a and b of a picture; yours makes {made[1:]}."
    first = convolutions(model, what, [(1, side, side, 1), (1, classes)])[0][0].get("filters")
    assert first == width, f"{what}: the first Conv2D should have {width} filters, the width; yours has {first}."
    assert not model.compiled, f"{what} is compiled already. Here it is built, and no more."
    frozen = [
        layer
        for layer in description.layers_of(model, what)
        if layer.kind == "Conv2D" and not layer.config.get("trainable", True)
    ]
    assert not frozen, (
        f"{what}: a Conv2D is frozen (`trainable = False`), so it would never be nudged. All its numbers should be free to learn."
    )
    kernels = [array for array in model.weights if array.ndim == 4]
    assert all(np.std(kernel) > 0 for kernel in kernels), (
        f"{what}: a kernel holds the same number everywhere. Kernels start at random."
    )


def told_by_a_classifier(student, reference, draw):
    """A drawn world to learn from and one to be judged on, ([L, embedding], ab / 128) each; the embedding is what the student's classifier says, trained here.

    Where it names too many scenes wrong, or cannot be trained, the course's own stands in: that is another exercise.
    """
    (X, Y, right), (x, y, theirs), seed = scenes_for(draw)
    said = [right, theirs]
    for asked in (student, reference):
        try:
            done = classifier_of(asked, draw)
        except StudentError:
            continue
        if done.score < KNOWS_LITTLE:
            said = [done.others[0], done.outputs]
            break
    some = slice(FUSION.unseen)
    return ([X, said[0]], Y), ([x[some], said[1][some]], y[some]), seed


def delta_e(inputs, made, target):
    """The mean CIEDE2000 difference of the colours, at the L of the pictures."""
    from skimage.color import deltaE_ciede2000

    one, other = (np.concatenate([inputs[0], FUSION.scale * ab], axis=-1) for ab in (made, target))
    return float(deltaE_ciede2000(one, other).mean())


def shown_by_weights(handed_in, student, seed):
    """The loss with the weights that were handed in, on pictures as large as the lesson's, told rightly; infinity where there are none. And what the message says of them."""
    path = handed_in(FUSION.weights_file)
    if path is None:
        return float("inf"), weights.missing(handed_in, FUSION)
    large = dataclasses.replace(FUSION, side=FUSION.full_side)
    pictures, numbers = worlds.draw(FUSION.unseen, seed, large)
    X, Y = worlds.pairs(pictures, FUSION.scale)
    try:
        model = student.call("build_fusion", FUSION.width, FUSION.classes, large.side)
        inputs = [X, worlds.one_hot(numbers, FUSION.classes)]
        made = learning.outputs_with(model, TOLD.format("16, 4, 48"), weights.read(path, FUSION), inputs, FUSION)
    except (StudentError, UnreadableWeights) as error:
        return float("inf"), str(error)
    loss = float(np.mean((made - Y) ** 2)) if made.shape == Y.shape else float("inf")
    return loss, f"With the weights that you handed in, the loss is {loss:.4f}, on other pictures of 48 × 48."


@pytest.mark.check("build_fusion", weight=1)
def test_it_learns_what_no_local_network_can(student, reference, draw, handed_in, exhibit):
    """Trained in the grader, it colours pictures that it never saw better than any network that is told nothing."""
    what = TOLD.format("16, 4, 32")
    model = student.call("build_fusion", FUSION.width, FUSION.classes, FUSION.side)
    learn_from, judged, seed = told_by_a_classifier(student, reference, draw)
    epochs = [worlds.batches(*learn_from, FUSION.batch, seed + number) for number in range(FUSION.epochs)]
    goal = learning.limit(FUSION).threshold
    done = learning.learn(model, what, epochs, judged, seed, FUSION, goal=goal)
    inputs, target = judged
    exhibit(painting.unseen_of(inputs[0], target, done, goal, FUSION))
    if done.reached:
        return
    loss, said = shown_by_weights(handed_in, student, seed + 1)
    constant = float(np.mean((target - learn_from[1].mean(axis=(0, 1, 2))) ** 2))
    seen = f", a mean ΔE of {delta_e(inputs, done.outputs, target):.1f}" if done.outputs is not None else ""
    layers = [layer for layer, *_ in convolutions(model, what, [one[:1].shape for one in inputs])]
    tanh = layers[-1].get("activation") == "tanh"
    starts = [layer.get("kernel_initializer") for layer in layers]
    starts = [start.get("class_name") if isinstance(start, dict) else start for start in starts]
    odd = [start for start in starts if start not in ("GlorotUniform", "GlorotNormal")]
    cause = "Does the vector stand in every cell, can the last layer be negative, are all layers free to learn?"
    if odd:
        cause = f"Its kernels begin with {odd[0]}: L goes up to 100, and so large numbers drive the tanh to its ends. Leave kernel_initializer at its default."
    assert loss < goal and tanh, (
        f"The grader trained what build_fusion(16, 4, 32) returns on {FUSION.pictures} drawn pictures, with what a trained classifier says of each, for at most {FUSION.epochs} epochs, from {done.starts} fresh starts. "
        f"On {FUSION.unseen} pictures that it never saw the lowest loss was {done.score:.4f}{seen}; below {goal} is wanted. The best single colour has {constant:.4f}, and one that is not told the scene is far above it, too. {said} {cause}"
    )


# -- the whole way --------------------------------------------------------------------------------------------------

FAINT = 0.004  # the most that a drawn L, up to 65, adds to what a prediction is the tanh of


def ready_made(listens, bias, says, *, looks=0.0, sees=0.0, size=(16, 24)):
    """A model and a classifier of the check's own, for pictures of this size.

    listens: what each of two probabilities adds to a and to b. says: the probabilities, whatever comes. looks: what L adds to a in the model. sees: what
    the lightest place adds to the first class in the classifier.
    """
    import keras
    from keras import layers

    grey, vector = keras.Input((*size, 1)), keras.Input((2,))
    told = layers.UpSampling2D(size)(layers.Reshape((1, 1, 2))(vector))
    made = layers.Conv2D(2, 1, activation="tanh")(layers.Concatenate()([grey, told]))
    model = keras.Model([grey, vector], made)
    kernel = np.array([[looks, 0], *listens], np.float32).reshape(1, 1, 3, 2)
    model.set_weights([kernel, np.array(bias, np.float32)])
    sorter = keras.Sequential(
        [keras.Input((None, None, 1)), layers.GlobalMaxPooling2D(), layers.Dense(2, activation="softmax")]
    )
    sorter.set_weights([np.array([[sees, 0]], np.float32), np.log(np.array(says, np.float32))])
    return model, sorter


def grey_of(draw, height=16, width=24):
    """A drawn L, in which strong colours stay within what a screen has."""
    from skimage.color import rgb2lab

    return np.clip(rgb2lab(draw.photo(height, width))[:, :, 0], 45, 65)


def picture_of(L, ab):
    from skimage.color import lab2rgb
    from skimage.util import img_as_ubyte

    ab = np.broadcast_to(np.asarray(ab, float), (*L.shape, 2))
    return img_as_ubyte(lab2rgb(np.concatenate([L[..., np.newaxis], ab], axis=-1)))


def coloured_by(student, model, sorter, L, *, exactly=False):
    """The student's picture. exactly: it has to have the shape of a picture; otherwise an axis for pictures may still be there."""
    what = "colour_with(model, classifier, L)"
    got = student.call("colour_with", model, sorter, L)
    many = isinstance(got, np.ndarray) and got.shape == (1, *L.shape, 3)
    if many and not exactly:
        got = got[0]
    why = "The axis that counts pictures is still there." if many else "L has (H, W), the picture (H, W, 3)."
    return expect.array(got, what, shape=(*L.shape, 3), kind="number", why=why)


def canvas_slips(L, ab):
    """By sentence, what typical slips on the canvas make of an L and a prediction."""
    ab = np.broadcast_to(np.asarray(ab, float), (*L.shape, 2))
    return {
        "a and b have changed places.": picture_of(L, 128 * ab[..., ::-1]),
        "The prediction times 128 is wanted. Is it 100 in yours?": picture_of(L, 100 * ab),
        "The prediction times 128 is wanted. Is it 127 in yours?": picture_of(L, 127 * ab),
        "The prediction times 128 is wanted. Is it 255 in yours?": picture_of(L, 255 * ab),
        "The colours are 128 times too strong: `as_pictures` multiplies by 128 itself.": picture_of(L, 128 * 128 * ab),
        "The floats of `lab2rgb`, from 0 to 1, were cut off to whole numbers. What makes levels of them?": lambda: (
            np.zeros((*L.shape, 3))
        ),
        "It is nearly grey: is the prediction multiplied by 128?": picture_of(L, ab),
        "L is missing on the canvas, or was divided: layer 0 holds L from 0 to 100.": picture_of(0 * L, 128 * ab),
        "L on the canvas goes from 0 to 100. Was it divided by 100?": picture_of(L / 100, 128 * ab),
        "The signs of the prediction are lost.": picture_of(L, 128 * np.abs(ab)),
    }


def must_be_levels(got):
    """Fail for the floats from 0 to 1 that lab2rgb gives."""
    assert got.dtype.kind != "f" or got.max() > 1, (
        "The picture holds floats from 0 to 1, as `lab2rgb` gives them. Wanted is uint8, levels from 0 to 255."
    )


def right_but_for_the_canvas(got, L, ab):
    """Whether a picture has what was predicted on it, perhaps with a slip that another check names."""
    return any(
        np.abs(got.astype(float) - one).max() <= 1.01
        for one in (picture_of(L, 128 * np.asarray(ab)), *canvas_slips(L, ab).values())
        if isinstance(one, np.ndarray)
    )


@pytest.mark.check("colour_with", weight=1)
def test_the_picture_depends_on_what_the_classifier_says(student, draw):
    """The picture is another one if the classifier says another scene."""
    L, listens = grey_of(draw, 40, 48), [[0.3, 0.1], [-0.3, 0.1]]
    seen = [
        coloured_by(student, *ready_made(listens, (0, 0), says, size=L.shape), L).astype(float)
        for says in ((0.98, 0.02), (0.02, 0.98))
    ]
    apart = float(np.abs(seen[0] - seen[1]).mean())
    assert apart > (0.2 if seen[0].max() > 1 else 0.01), (
        "A model that makes one scene red and the other green: with a classifier that says the first, and with one that says the second, your pictures are the same. "
        "What the classifier says of L is the model's second input."
    )


@pytest.mark.check("colour_with", weight=1)
def test_the_prediction_times_128_at_the_given_lightness(student, draw):
    """L stays, the model's prediction times 128 is the colour, and the picture is uint8 (H, W, 3)."""
    for ab in ((0.26, -0.17), (-0.2, 0.24)):
        L = grey_of(draw)
        got = coloured_by(student, *ready_made([[0, 0], [0, 0]], np.arctanh(ab), (0.5, 0.5)), L, exactly=True)
        must_be_levels(got)
        why = "L into layer 0 of the canvas, the prediction × 128 into layers 1 and 2, lab2rgb, levels from 0 to 255."
        expect.close(
            got, picture_of(L, 128 * np.array(ab)), "The picture", atol=1.01, slips=canvas_slips(L, ab), why=why
        )
        assert got.dtype == np.uint8, (
            f"The picture should be uint8; yours is {got.dtype}. What makes levels of the floats of lab2rgb?"
        )


def must_hand_on_the_probabilities(student, draw):
    """Fail where the model is told something else than what the classifier gives, such as only the likeliest scene."""
    L, first = grey_of(draw), float(draw.rng.uniform(0.6, 0.72))
    listens = np.array([[0.4, 0.1], [-0.25, 0.3]])

    def ab(*vector):
        return np.tanh(np.array(vector) @ listens)

    got = coloured_by(student, *ready_made(listens, (0, 0), (first, 1 - first)), L)
    must_be_levels(got)
    if right_but_for_the_canvas(got, L, ab(first, 1 - first)):
        return
    told = {
        "The model was told 1 and 0: only which scene is the likeliest.": (1, 0),
        "The two probabilities have changed places.": (1 - first, first),
        "The model was told 0.5 and 0.5.": (0.5, 0.5),
        "The model was told zeros.": (0, 0),
        "The model was told ones.": (1, 1),
        "The model was told the logarithms of the probabilities.": (np.log(first), np.log(1 - first)),
        "The model was told percentages, 100 times as large.": (100 * first, 100 * (1 - first)),
    }
    slips = {sentence: picture_of(L, 128 * ab(*vector)) for sentence, vector in told.items()}
    what = f"The picture of a model that is told {first:.2f} and {1 - first:.2f}"
    why = "What the classifier gives goes into the model as it is, together with L."
    expect.close(got, picture_of(L, 128 * ab(first, 1 - first)), what, atol=1.01, slips=slips, why=why)


def must_look_at_l_from_0_to_100(student, draw):
    """Fail where the classifier or the model gets another L."""
    L, listens = grey_of(draw), np.array([[0.4, 0.1], [-0.25, 0.3]])
    L[0, 0] = 65
    first = 1 / (1 + np.exp(-0.02 * 65))
    told, sharp = (np.tanh(np.array(says) @ listens) for says in ((first, 1 - first), (1, 0)))
    got = coloured_by(student, *ready_made(listens, (0, 0), (0.5, 0.5), sees=0.02), L)
    if not right_but_for_the_canvas(got, L, told) and not right_but_for_the_canvas(got, L, sharp):
        why = "The classifier wants L as it is, from 0 to 100. Is it divided on the way?"
        expect.close(
            got, picture_of(L, 128 * told), "The picture, where the classifier looks at L,", atol=1.01, why=why
        )
    got = coloured_by(student, *ready_made([[0, 0], [0, 0]], (0, 0.1), (0.5, 0.5), looks=FAINT), L)
    ab = np.tanh(np.stack([FAINT * L, np.full(L.shape, 0.1)], axis=-1))
    if not right_but_for_the_canvas(got, L, ab):
        why = "The model wants L as it is, from 0 to 100. Is it divided on the way?"
        expect.close(got, picture_of(L, 128 * ab), "The picture, where the model looks at L,", atol=1.01, why=why)


@pytest.mark.check("colour_with", weight=1)
def test_both_models_get_what_they_want(student, draw):
    """Both get L unscaled, and the model is told the probabilities as they are."""
    must_hand_on_the_probabilities(student, draw)
    must_look_at_l_from_0_to_100(student, draw)


# -- the tutorial's final network -----------------------------------------------------------------------------------

FINAL = "What build_final() returns"
FINAL_SHAPES = [(1, 256, 256, 1), (1, 1000)]
FINAL_TABLE = (
    *((64, 3, 2, "relu"), (128, 3, 1, "relu"), (128, 3, 2, "relu"), (256, 3, 1, "relu"), (256, 3, 2, "relu")),
    *((512, 3, 1, "relu"), (512, 3, 1, "relu"), (256, 3, 1, "relu"), (256, 1, 1, "relu"), (128, 3, 1, "relu")),
    *((64, 3, 1, "relu"), (32, 3, 1, "relu"), (16, 3, 1, "relu"), (2, 3, 1, "tanh")),
)
# The side of the grid that comes into each.
FINAL_SIDES = (256, 128, 128, 64, 64, 32, 32, 32, 32, 32, 64, 128, 128, 128)


@pytest.mark.check("build_final", weight=2)
def test_a_large_network_with_a_fusion(student):
    """L and 1,000 numbers go in and meet in one convolution, which gets 1,000 channels beside the features."""
    model = student.look_at("build_final")
    budget.made(model, FINAL, in_its_order(description.network_of(model, FINAL), FINAL_SHAPES))
    found = convolutions(model, FINAL, FINAL_SHAPES)
    assert len(found) >= 10, f"{FINAL}: the table has fourteen Conv2D; yours has {len(found)}."
    before = [None, *(config.get("filters") for config, _ in found)]
    assert any(coming == 1000 + (filters or 0) for (_, coming), filters in zip(found, before, strict=False)), (
        f"{FINAL}: no convolution gets the channels of the features and 1,000 more. Most channels come into one with {max(coming for _, coming in found):,}. Is the embedding in each cell, behind the features?"
    )


@pytest.mark.check("build_final", weight=3)
def test_the_filters_of_the_final_network(student):
    """Fourteen Conv2D with the filters of the table, and 6,541,202 numbers."""
    model = student.look_at("build_final")
    mine = [config.get("filters") for config, _ in convolutions(model, FINAL, FINAL_SHAPES)]
    table = [filters for filters, *_ in FINAL_TABLE]
    odd = next(
        (place for place, (one, other) in enumerate(zip(mine, table, strict=False), 1) if one != other),
        min(len(mine), len(table)) + 1,
    )
    assert mine == table, (
        f"{FINAL}: the table has fourteen Conv2D, with {', '.join(map(str, table))} filters; yours has {len(mine)}, with {', '.join(map(str, mine))}. The first that differs is number {odd}."
    )


@pytest.mark.check("build_final", weight=3)
def test_sides_and_activations_of_the_final_network(student):
    """Kernels, strides and activations are those of the table, and a picture comes out as large as it went in."""
    model = student.look_at("build_final")
    found = convolutions(model, FINAL, FINAL_SHAPES)
    if len(found) == len(FINAL_TABLE):  # otherwise the check above says what is missing
        must_be_like(found, FINAL_TABLE, FINAL)
        assert all(config.get("use_bias", True) for config, _ in found), f"{FINAL}: every filter has a bias."
    made = budget.made(model, FINAL, FINAL_SHAPES)
    assert made == (1, 256, 256, 2), (
        f"{FINAL}: 256 × 256 pixels should come out as (256, 256, 2); yours makes {made[1:]}. Three strides of 2, three UpSampling2D, the last of them behind the tanh."
    )
    if len(found) == len(FINAL_TABLE):
        must_grow_where_the_table_does(model, FINAL, FINAL_SHAPES, FINAL_SIDES)
    must_have_no_others(model, FINAL)
    assert not model.compiled, f"{FINAL} is compiled already. Here it is built, and no more."


# -- what a classifier is shown -------------------------------------------------------------------------------------


def prepared_by(student, photo, what):
    """What the student's prepare makes of a photo, if it is right."""
    numbers = photo.astype(float)
    wanted = numbers / 127.5 - 1 if photo.dtype == np.uint8 else 2 * numbers - 1
    only = {
        "It was taken for levels: float32 is not `float`, which is float64. Ask whether the dtype is uint8.": numbers
        / 127.5
        - 1
    }
    slips = {
        **(only if photo.dtype == np.float32 else {}),
        "That is the tutorial's slip: numbers from 0 to 1 were taken for levels from 0 to 255.": numbers / 127.5 - 1,
        "Levels from 0 to 255 were taken for numbers from 0 to 1.": 2 * numbers - 1,
        "The photo's own darkest became −1 and its brightest 1. Black and white are the same for every photo.": lambda: (
            2 * (numbers - numbers.min()) / np.ptp(numbers) - 1
        ),
        "The photo's own brightest became 1. White is the same for every photo.": lambda: (
            2 * numbers / numbers.max() - 1
        ),
        "It goes from 0 to 1; wanted is −1 to 1.": (wanted + 1) / 2,
        "It goes from −0.5 to 0.5; wanted is −1 to 1.": wanted / 2,
        "It goes from −1 to 0; wanted is −1 to 1.": (wanted - 1) / 2,
        "It goes from 0 to 2; wanted is −1 to 1.": wanted + 1,
        "The levels were divided by 128 instead of 127.5, so white is not 1.": numbers / 128 - 1,
        "uint8 cannot hold it: make floats of the photo before you multiply or subtract.": lambda: (
            photo * np.uint8(2) - np.uint8(1)
        ).astype(float),
    }
    own = {
        r"at the line `[^`]*\braise\b": f"There came {what}, which is good, and your own guard refused it. Does it look at floats alone, and before they are changed?"
    }
    got = expect.array(told_why(student, own, "prepare", photo), f"prepare of {what}", shape=photo.shape, kind="number")
    why = "Black becomes −1, white 1, evenly in between."
    expect.close(got, wanted, f"prepare of {what}", atol=1e-4, slips=slips, given=[photo], why=why)
    return got


@pytest.mark.check("prepare", weight=1)
def test_levels_are_brought_to_a_small_scale(student, draw):
    """A uint8 photo becomes floats that follow its levels, on a scale about as wide as wanted."""
    photo = draw.photo(60, 50)
    own = {
        r"at the line `[^`]*\braise\b": "A good uint8 photo came, and your own guard refused it. Does it look at floats alone, and before they are changed?"
    }
    got = expect.array(
        told_why(student, own, "prepare", photo), "prepare of a uint8 photo", shape=photo.shape, kind="number"
    )
    factor, added = np.polyfit(photo.ravel(), got.astype(float).ravel(), 1)
    evenly = np.abs(factor * photo + added - got).max() < 0.01
    assert evenly and 0.9 <= 255 * factor <= 2.1, (
        f"prepare of a uint8 photo should go from −1, for black, to 1, for white, evenly; yours goes from {got.min():.4g} to {got.max():.4g}."
        " uint8 itself has no numbers below 0: make floats of it first."
    )


@pytest.mark.check("prepare", weight=2)
def test_levels_from_0_to_255(student, draw):
    """A uint8 photo becomes float32 from −1 to 1, dark ones too."""
    dark = np.minimum(draw.noise(), 1)
    for photo, what in ((draw.photo(), "a uint8 photo"), (dark, "a dark uint8 photo, with the levels 0 and 1,")):
        got = prepared_by(student, photo, what)
        assert got.dtype == np.float32, f"prepare of {what} should be float32; yours is {got.dtype}."


@pytest.mark.check("prepare", weight=3, alone=True)
def test_floats_from_0_to_1(student, draw):
    """A photo of floats from 0 to 1, of any kind, is brought to −1 to 1, and stays what it was."""
    for dtype in (np.float64, np.float32):
        photo = (draw.photo() / 255).astype(dtype)
        prepared_by(student, photo, f"a photo of {photo.dtype} from 0 to 1")
        (after,) = student.arguments_after("prepare", photo)
        assert isinstance(after, np.ndarray) and np.array_equal(after, photo), (
            "The photo that was handed in is another one afterwards. `/=` and `-=` write into it."
        )


@pytest.mark.check("prepare", weight=2)
def test_other_floats_are_stopped(student, draw):
    """Floats above 1 or below 0 raise a ValueError that names the number."""
    high, small = float(draw.rng.integers(120, 250)), float(draw.rng.integers(2, 9))
    for worst, photo in (
        (high, draw.rng.uniform(0, 1, (5, 4, 3)) * high),
        (small, draw.rng.uniform(0, 1, (5, 4, 3))),
        (-small, draw.rng.uniform(0, 1, (5, 4, 3))),
        (1.02, draw.rng.uniform(0, 1, (5, 4, 3))),
    ):
        photo[2, 1, 0] = worst
        raised = student.error("prepare", photo)
        what = f"floats with a {worst:g} among them"
        assert raised is not None, (
            f"For {what}, prepare returns something. They are no photo from 0 to 1: raise a ValueError, or nobody will notice."
        )
        assert "ValueError" in raised.names, f"For {what}, a ValueError is wanted; yours raises {raised}."
        said = raised.message.replace("−", "-")
        assert f"{worst:g}" in said or (str(int(worst)) in said and worst > 1), (
            f"For {what}, the message should name the number; yours says: {said[:120]}"
        )
    got = student.error("prepare", np.array([[[0.0, 0.5, 1.0]]]))
    assert got is None, f"Floats from 0 to 1, both among them, are a photo; yours raises {got}."
