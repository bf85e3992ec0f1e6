"""Weights that are alike are listed, and trainings of their own are not."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from autograder.course import catalog
from autograder.grading import similarity
from autograder.grading.works import CLOSE_WEIGHTS, SAME_WEIGHTS, Work
from tests.support.alike import kinds

RNG = np.random.default_rng(5)


def network(rng=RNG) -> list[np.ndarray]:
    return [rng.normal(0, 0.1, shape).astype(np.float32) for shape in ((3, 3, 1, 8), (8,), (3, 3, 8, 16), (16,))]


def with_weights(student: str, arrays, sha256: str) -> Work:
    return Work(student, [], arrays, sha256)


ALTERED = {
    "noise": lambda a: a + RNG.normal(0, 0.02, a.shape).astype(np.float32),
    "a factor": lambda a: a * np.float32(1.5),
    "another order": lambda a: RNG.permutation(a.ravel()).reshape(a.shape),
    "other signs": lambda a: -a,
}


@pytest.mark.parametrize("how", ALTERED)
def test_weights_that_were_changed_a_little_are_listed(first, how):
    mine = network()
    theirs = [ALTERED[how](a) for a in mine]
    found = similarity.pairs(first, [with_weights("b", theirs, "2"), with_weights("a", mine, "1")])
    assert kinds(found) == [(("a", "b"), CLOSE_WEIGHTS)]


@pytest.mark.parametrize(("name", "file"), [("05_beta", "beta.weights.h5"), ("06_final", "fusion.weights.h5")])
def test_in_lessons_5_and_6_the_same_weights_are_listed_and_no_others(name, file):
    """How alike two trainings of their own are was measured of lesson 4's network alone."""
    mine, lesson = network(), catalog.lesson(name)
    close = [a + RNG.normal(0, 0.02, a.shape).astype(np.float32) for a in mine]
    works = [with_weights("a", mine, "1"), with_weights("b", mine, "1"), with_weights("c", close, "2")]
    (found,) = similarity.pairs(lesson, works)
    assert (found.students, found.what, found.detail) == (("a", "b"), SAME_WEIGHTS, f"{file}, byte for byte")


def test_weights_that_do_the_same_in_another_order_and_scale_are_listed(first):
    """With a ReLU behind it, a filter may be scaled and change places if the next layer undoes it: the network is the same."""
    mine = network()
    scale, order = RNG.uniform(0.5, 2, 8).astype(np.float32), RNG.permutation(8)
    kernel, bias, after, last = mine
    theirs = [(kernel * scale)[..., order], (bias * scale)[order], (after / scale[:, np.newaxis])[:, :, order], last]
    found = similarity.pairs(first, [with_weights("a", mine, "1"), with_weights("b", theirs, "2")])
    assert kinds(found) == [(("a", "b"), CLOSE_WEIGHTS)]
    assert "in another order" in found[0].detail


@pytest.fixture(scope="module")
def trainings():
    """Four trainings of lesson 4's network, from starts of their own."""
    import keras

    from autograder.networks import calibrate, threshold
    from autograder.networks.training import Trainer

    X, Y = threshold.pair(threshold.photo("portrait-bgr"))
    trainer = Trainer(calibrate.right_network(), X, Y)
    found = []
    for seed in range(4):
        keras.utils.set_random_seed(seed)
        trainer.start_again(calibrate.right_network().get_weights())
        trainer.run(400)
        found.append([np.array(a) for a in trainer.model.get_weights()])
    return found


def laundered(arrays, part, rng):
    """The same network with a part of each layer's filters replaced, those that matter least, and all scaled and sorted."""
    import keras

    from autograder.networks import calibrate, threshold

    model = calibrate.right_network()
    model.set_weights(arrays)
    hidden = keras.Model(model.inputs, [layer.output for layer in model.layers if layer.weights])
    pictures = hidden(threshold.pair(threshold.photo("portrait-bgr"))[0])
    kernels, biases = ([a.copy() for a in some] for some in (arrays[::2], arrays[1::2]))
    for place, size in enumerate(kernel.shape[3] for kernel in kernels[:-1]):
        matter = np.asarray(pictures[place]).std(axis=(0, 1, 2)) * np.sqrt(
            np.square(kernels[place + 1]).sum(axis=(0, 1, 3))
        )
        idle = np.argsort(matter)[: max(1, int(part * size))]
        kernels[place][..., idle] = rng.normal(0, kernels[place].std(), kernels[place][..., idle].shape)
        biases[place][idle] = rng.normal(0, 0.1, len(idle))
        kernels[place + 1][:, :, idle] = rng.normal(0, 1e-4, kernels[place + 1][:, :, idle].shape)
        scale, order = rng.uniform(0.3, 3, size).astype(np.float32), rng.permutation(size)
        kernels[place], biases[place] = (kernels[place] * scale)[..., order], (biases[place] * scale)[order]
        kernels[place + 1] = (kernels[place + 1] / scale[:, np.newaxis])[:, :, order]
    return [a for pair in zip(kernels, biases, strict=True) for a in pair]


@pytest.mark.parametrize("part", [0.05, 0.1, 0.2])
def test_weights_whose_least_useful_filters_were_replaced_are_listed(first, trainings, part):
    rng = np.random.default_rng(7)
    works = [with_weights(f"s{n}", arrays, str(n)) for n, arrays in enumerate(trainings)]
    works += [with_weights(f"t{n}", laundered(arrays, part, rng), f"t{n}") for n, arrays in enumerate(trainings)]
    found = similarity.pairs(first, works)
    assert kinds(found) == [((f"s{n}", f"t{n}"), CLOSE_WEIGHTS) for n in range(4)]
    assert all("answer alike" in pair.detail and "SEED" in pair.detail for pair in found)


def test_a_network_that_was_trained_on_on_another_photo_is_listed(first, trainings):
    from autograder.networks import calibrate, threshold
    from autograder.networks.training import Trainer

    trainer = Trainer(calibrate.right_network(), *threshold.pair(threshold.photo("portrait-gbr")))
    trainer.start_again(trainings[0])
    trainer.run(30)
    on = [np.array(a) for a in trainer.model.get_weights()]
    found = similarity.pairs(
        first, [with_weights("a", trainings[0], "1"), with_weights("b", laundered(on, 0.05, RNG), "2")]
    )
    assert kinds(found) == [(("a", "b"), CLOSE_WEIGHTS)]


def test_a_class_of_sixty_honest_networks_is_compared_in_seconds(first, trainings):
    rng = np.random.default_rng(8)
    others = [[rng.normal(0, a.std() + 1e-3, a.shape).astype(np.float32) for a in trainings[0]] for _ in range(56)]
    works = [with_weights(f"s{n:02d}", arrays, str(n)) for n, arrays in enumerate([*trainings, *others])]
    began = time.process_time()
    assert similarity.pairs(first, works) == []
    assert time.process_time() - began < 30  # 200 took 21 s on a machine with six others at work


def test_weights_of_another_shape_cost_no_more(first):
    """A file may hold a million numbers in any shapes: kernels as large as a picture, hundreds of channels."""
    rng = np.random.default_rng(9)
    for shapes in (
        [(300, 300, 1, 8)] * 2,
        [(3, 3, 300, 300)],
        [(3, 3, 1, 100)] + [(3, 3, 100, 100)] * 9,
        [(1, 1, 0, 4)] * 4,
    ):
        arrays = [a for s in shapes for a in (rng.normal(0, 0.1, s).astype(np.float32), np.zeros(s[3], np.float32))]
        began = time.process_time()
        similarity.pairs(first, [with_weights("a", arrays, "1"), with_weights("b", [-a for a in arrays], "2")])
        assert time.process_time() - began < 15


def test_the_same_numbers_in_another_file_are_the_same_weights(first):
    mine = network()
    found = similarity.pairs(first, [with_weights("a", mine, "1"), with_weights("b", [a.copy() for a in mine], "2")])
    assert kinds(found) == [(("a", "b"), SAME_WEIGHTS)]


def test_the_same_file_that_holds_no_weights_says_nothing(first):
    """A failed download, or one saved error page."""
    works = [with_weights("a", [], "1"), with_weights("b", [], "1"), with_weights("c", [np.zeros(9, np.float32)], "2")]
    assert similarity.pairs(first, [*works, with_weights("d", [np.zeros(9, np.float32)], "2")]) == []


def test_trainings_of_their_own_are_not_listed(first):
    works = [with_weights(f"s{n}", network(), str(n)) for n in range(6)]
    assert similarity.pairs(first, works) == []


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1e38])
def test_strange_numbers_are_compared_without_a_fault(first, value):
    strange = [np.full_like(a, value) for a in network()]
    works = [with_weights("a", strange, "1"), with_weights("b", network(), "2"), with_weights("c", [], "3")]
    assert similarity.pairs(first, works) == []


@pytest.mark.parametrize(
    "filters", [(1, 330_000, 1), (1, 110_000, 1, 110_000, 1, 110_000, 1), (1, *([400, 1] * 30)), (1, *([2] * 2000), 1)]
)
def test_networks_that_nobody_builds_cost_the_comparison_nothing(first, filters):
    """And the copies beside them are found."""
    rng = np.random.default_rng(1)

    def wide():
        shapes = list(itertools.pairwise(filters))
        return [a for i, o in shapes for a in (rng.normal(size=(1, 1, i, o)).astype("f4"), np.zeros(o, "f4"))]

    copied = network()
    works = [
        with_weights("a", copied, "x"),
        with_weights("b", copied, "x"),
        *(with_weights(s, wide(), s) for s in "cd"),
    ]
    began = time.monotonic()
    found = similarity.pairs(first, works)
    assert time.monotonic() - began < 20
    assert (("a", "b"), SAME_WEIGHTS) in kinds(found)
    assert {pair.students for pair in found} == {("a", "b")}
