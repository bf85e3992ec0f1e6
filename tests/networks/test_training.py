"""Training in the grader: the engine does what Keras' `fit` does."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from autograder.networks import calibrate, rebuilding, speed, threshold
from autograder.networks.chain import chain, doubling_kernel
from autograder.networks.training import Trainer, train
from tests.support.training import SMALL, compiled, conv, network, through_the_protocol

layers = keras.layers


def flip_of_keras_3_13(x, axis):
    """Keras 3.13 on TensorFlow hands an axis on like this: two of them are refused."""
    import tensorflow

    return tensorflow.reverse(x, [axis])


@pytest.mark.parametrize("older", [False, True])
def test_up_sampling_and_a_convolution_are_one_transposed_convolution(monkeypatch, older):
    if older:
        monkeypatch.setattr(keras.ops, "flip", flip_of_keras_3_13)
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(2, 5, 7, 3)).astype("float32"), rng.normal(size=(3, 3, 3, 4)).astype("float32")
    wanted = keras.ops.conv(np.repeat(np.repeat(x, 2, 1), 2, 2), kernel, 1, "same")
    got = keras.ops.conv_transpose(x, doubling_kernel(keras.ops.convert_to_tensor(kernel)), 2, "same")
    np.testing.assert_allclose(np.array(got), np.array(wanted), atol=2e-5)


BODIES = {
    "chain": lambda: [conv(4, strides=2), conv(6), layers.UpSampling2D()],
    "plain layers between": lambda: [
        conv(4, strides=2, activation=None),
        layers.ReLU(),
        layers.UpSampling2D(),
        layers.UpSampling2D(),
        conv(3, strides=2),
    ],
    "no bias, other up-sampling": lambda: [
        conv(4, strides=2, use_bias=False),
        layers.UpSampling2D(interpolation="bilinear"),
    ],
    "batch normalization": lambda: [conv(4), layers.BatchNormalization()],
    "regularized": lambda: [
        conv(4, kernel_regularizer=keras.regularizers.L2(0.01), activity_regularizer=keras.regularizers.L1(1e-4))
    ],
    "held back": lambda: [conv(4, kernel_constraint=keras.constraints.MaxNorm(0.3)), conv(4)],
}


NO_CHAIN = ("batch normalization", "regularized")


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "optimizer", ["rmsprop", "adam", keras.optimizers.SGD(0.05, clipnorm=0.5)], ids=["rmsprop", "adam", "sgd-clipped"]
)
def test_the_engine_does_what_fit_does(body, optimizer):
    X, Y = threshold.pair(SMALL)
    X = X / 100  # small steps: float32 rounding stays small
    plain = network(*BODIES[body]())
    ours = keras.models.clone_model(plain)
    ours.set_weights(plain.get_weights())
    settings = keras.optimizers.get(optimizer).get_config()
    for model in (plain, ours):
        compiled(model, type(keras.optimizers.get(optimizer)).from_config(settings))
    assert (chain(plain) is None) == (body in NO_CHAIN)
    with_fit = plain.fit(X, Y, batch_size=1, epochs=12, verbose=0).history["loss"]
    np.testing.assert_allclose(train(ours, X, Y, 12), with_fit, rtol=2e-4)
    for one, other in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=2e-3)


@pytest.mark.parametrize("reduction", ["sum", "sum_over_batch_size"])
def test_the_loss_is_summed_up_as_its_settings_say(reduction):
    X, Y = threshold.pair(SMALL)
    plain = compiled(network(conv(4)), keras.optimizers.SGD(1e-6), keras.losses.MeanSquaredError(reduction=reduction))
    ours = rebuilding.rebuild(through_the_protocol(plain), "the model", compiled=True)
    with_fit = plain.fit(X, Y, batch_size=1, epochs=3, verbose=0).history["loss"]
    np.testing.assert_allclose(train(ours, X, Y, 3), with_fit, rtol=2e-4)


def test_the_reference_network_is_trained_as_a_chain():
    steps = chain(calibrate.right_network())
    assert [doubled for _, doubled in steps] == [False] * 6 + [True] * 3


def test_a_trainer_goes_on_and_starts_again():
    X, Y = threshold.pair(SMALL)
    model = compiled(network(conv(4, strides=2), layers.UpSampling2D()))
    start = model.get_weights()
    trainer = Trainer(model, X, Y)
    whole = trainer.run(6)
    trainer.start_again(start)
    assert trainer.run(2) + trainer.run(4) == pytest.approx(whole, rel=1e-6)
    assert np.mean((trainer.predict(X) - Y) ** 2) == pytest.approx(model.evaluate(X, Y, verbose=0), rel=1e-4)


def test_frozen_networks_stay_where_they_are():
    X, Y = threshold.pair(SMALL)
    model = network(conv(4))
    model.trainable = False
    losses = train(compiled(model), X, Y, 5)
    assert len(set(losses)) == 1 and len(losses) == 5


def test_what_cannot_be_trained_is_an_error():
    X, Y = threshold.pair(SMALL)
    with pytest.raises(ValueError, match="not compiled"):
        train(network(), X, Y, 1)
    with pytest.raises(ValueError, match=r"\(1, 16, 16, 2\)"):
        train(compiled(network(conv(4, strides=2))), X, Y, 1)


def test_the_operations_of_an_epoch_are_counted():
    """Each of the reference network's convolutions by hand: pixels × window × channels × filters, two operations each."""
    ways_there = [
        200 * 200 * 9 * 1 * 8, 200 * 200 * 9 * 8 * 8, 200 * 200 * 9 * 8 * 16, 100 * 100 * 9 * 16 * 16, 100 * 100 * 9 * 16 * 32,
        50 * 50 * 9 * 32 * 32, 50 * 50 * 16 * 32 * 32, 100 * 100 * 16 * 32 * 16, 200 * 200 * 16 * 16 * 2,
    ]  # fmt: skip
    wanted = 2 * (3 * sum(ways_there) - ways_there[0])
    assert speed.flop_of(calibrate.right_network(), (1, 400, 400, 1)) == wanted
    with pytest.raises(ValueError, match="chain"):
        speed.flop_of(network(layers.BatchNormalization()), (1, 8, 8, 1))


@pytest.mark.slow
def test_the_engine_is_faster_than_fit():
    found = speed.measure(20)
    assert set(found) == {
        "backend",
        "epochs",
        "fit_s_per_epoch",
        "steps_s_per_epoch",
        "ours_s_per_epoch",
        "ratio",
        "ratio_to_steps",
        "gflop_per_epoch",
        "peak_gflops",
        "share_of_peak",
        "largest_loss_difference",
    }
    assert found["ratio"] > 1
    assert 0 < found["share_of_peak"] < 1
