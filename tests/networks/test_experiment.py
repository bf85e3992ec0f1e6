"""What an experiment changes is read from its description, and a share that nobody can have measured is refused."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from autograder.networks import calibrate, experiment
from autograder.networks.experiment import EPOCHS, PARTS, changed, claimed, small
from tests.support.nets import BEFORE_THE_LAST, serialized

WHAT = "the network"


def compiled(model=None, optimizer=None, loss="mean_squared_error"):
    model = model or calibrate.right_network()
    model.compile(optimizer=optimizer or keras.optimizers.RMSprop(1e-3), loss=loss)
    return serialized(model)


def functional(relu_as_a_layer: bool, last: str = "tanh"):
    """The same network in other words."""
    x = inputs = keras.Input(shape=(None, None, 1))
    for filters, stride in BEFORE_THE_LAST:
        if not filters:
            x = layers.UpSampling2D()(x)
        elif relu_as_a_layer:
            x = layers.ReLU()(layers.Conv2D(filters, 3, stride, "same")(x))
        else:
            x = layers.Conv2D(filters, 3, stride, "same", activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(2, 3, padding="same", activation=last)(x))


@pytest.fixture(scope="module")
def plain():
    return compiled()


@pytest.mark.parametrize(
    "make",
    [
        lambda: compiled(),
        lambda: compiled(functional(False)),
        lambda: compiled(functional(True)),
        lambda: compiled(optimizer="rmsprop", loss=keras.losses.MeanSquaredError()),
        lambda: compiled(loss="mse"),
    ],
    ids=["as it is", "functional", "ReLU as layers", "by name, as an object", "another name"],
)
def test_the_plain_run_in_other_words_changes_nothing(plain, make):
    assert changed(plain, make(), small(), EPOCHS, WHAT) == {}


@pytest.mark.parametrize(
    ("part", "make"),
    [
        ("network", lambda: (compiled(functional(False, "relu")), small(), EPOCHS)),
        ("network", lambda: (compiled(functional(True, "sigmoid")), small(), EPOCHS)),
        ("optimizer", lambda: (compiled(optimizer="adam"), small(), EPOCHS)),
        ("optimizer", lambda: (compiled(optimizer=keras.optimizers.RMSprop(1e-3, momentum=0.9)), small(), EPOCHS)),
        ("optimizer", lambda: (compiled(optimizer=keras.optimizers.RMSprop(2e-3)), small(), EPOCHS)),
        ("loss", lambda: (compiled(loss="mae"), small(), EPOCHS)),
        ("photo", lambda: (compiled(), small()[:, ::-1], EPOCHS)),
        ("epochs", lambda: (compiled(), small(), 50)),
    ],
)
def test_what_is_changed_is_named(plain, part, make):
    model, photo, epochs = make()
    assert part in PARTS
    assert list(changed(plain, model, photo, epochs, WHAT)) == [part]


def test_a_share_that_was_measured_is_let_through_and_an_invented_one_is_not():
    rng = np.random.default_rng(0)
    for _ in range(200):
        median = float(np.median(0.23 * np.exp(rng.normal(0, 0.13, 3))))
        for claim, right in ((median, True), (median * 3, False), (median / 3, False)):
            found, seen = claimed(claim, lambda number: float(0.23 * np.exp(rng.normal(0, 0.13))))
            assert found is right, (claim, seen)


def test_a_run_that_fits_is_the_last_one():
    asked = []
    assert claimed(0.2, lambda number: asked.append(number) or 0.21) == (True, [0.21])
    assert asked == [0]
    asked.clear()
    assert claimed(0.3, lambda number: asked.append(number) or 0.21) == (False, [0.21] * experiment.RUNS)
    asked.clear()
    assert claimed(0.9, lambda number: asked.append(number) or 0.21) == (False, [0.21] * 3)
    assert asked == [0, 1, 2], "what is hopeless after the starts of the lesson is not tried from others"


def test_from_the_weights_of_a_model_each_run_is_the_same_and_from_a_seed_it_is_another():
    X = np.random.default_rng(0).uniform(0, 100, (1, 16, 16, 1)).astype(np.float32)
    Y = np.repeat(X, 2, axis=3) / 200
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3, padding="same", activation="tanh")])
    given = compiled(model, keras.optimizers.SGD(1e-9))
    one, again, other = (experiment.lowest_here(given, WHAT, X, Y, 3, seed, 60.0, "alpha") for seed in (-1, -1, 5))
    assert one == again != other
    assert one == pytest.approx(float(np.mean((np.asarray(model(X)) - Y) ** 2)), rel=1e-3)


def test_dropout_makes_no_run_like_another():
    model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3, padding="same"), layers.Dropout(0.1)])
    assert experiment.draws_while_training(compiled(model), WHAT)
    assert not experiment.draws_while_training(compiled(calibrate.right_network()), WHAT)


def test_a_network_is_trained_for_its_epochs_and_its_share_is_that_of_one_colour_or_less():
    X, Y = np.zeros((1, 16, 16, 1), np.float32), np.full((1, 16, 16, 2), 0.5, np.float32)
    Y[:, :8] = 0
    assert experiment.floor(Y) == pytest.approx(0.0625)
    model = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(2, 3, padding="same", activation="tanh")])
    lowest = experiment.lowest_here(compiled(model, keras.optimizers.SGD(0.5)), WHAT, X, Y, 60, 1, 60.0, "alpha")
    assert lowest == pytest.approx(0.0625, rel=0.02)  # of a black picture it can learn one colour, and no more
