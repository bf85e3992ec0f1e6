"""Training in the grader: the engine does what `fit` does, right networks pass the threshold, wrong ones do not, models and weights come as plain data."""

from __future__ import annotations

import dataclasses
import json

import keras
import numpy as np
import pytest

from autograder import settings
from autograder.checks.reference import reference_namespace
from autograder.course import catalog
from autograder.errors import NotAnswered, StudentError, UnreadableWeights
from autograder.kernel.client import FOLDER, live
from autograder.kernel.codec import decode, encode
from autograder.kernel.models import SerializedModel
from autograder.networks import calibrate, cost, description, rebuilding, threshold, weights
from autograder.networks.spec import ALPHA
from autograder.networks.training import Trainer, chain, doubling_kernel, train

layers = keras.layers
SMALL = threshold.photo("portrait-grb")[:32, :32]


def conv(filters, **settings):
    return layers.Conv2D(filters, 3, padding="same", **{"activation": "relu", **settings})


def network(*body):
    return keras.Sequential([keras.Input((None, None, 1)), *body, conv(2, activation="tanh")])


def compiled(model, optimizer="rmsprop", loss="mse"):
    model.compile(optimizer=optimizer, loss=loss)
    return model


def through_the_protocol(model):
    return decode(json.loads(json.dumps(encode(model))))


def test_up_sampling_and_a_convolution_are_one_transposed_convolution():
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


# -- the threshold --------------------------------------------------------------------------------------------------


ONE_START = dataclasses.replace(ALPHA, starts=1)


def trained(model, name="portrait-gbr", scale=1, spec=ALPHA):
    X, Y = threshold.pair(threshold.photo(name))
    limit = threshold.limits()[name]
    return threshold.train(through_the_protocol(model), "the model", limit, X, Y * scale, (X, Y), seed=5, spec=spec)


@pytest.mark.parametrize("name", ALPHA.photos)
def test_the_reference_network_reaches_every_threshold(name):
    assert trained(calibrate.right_network(), name).reached


@pytest.mark.parametrize("name", ALPHA.photos)
def test_no_threshold_can_be_reached_with_one_colour_or_without_negative_numbers(name):
    limit = threshold.limits()[name]
    floors = threshold.floors(threshold.pair(threshold.photo(name))[1])
    assert set(floors) == set(limit.floors) and floors == pytest.approx(limit.floors, rel=1e-3)
    assert limit.threshold < min(floors.values()) * 0.8


@pytest.mark.parametrize("mistake", ["ReLU at the end", "no /128", "learning rate 0.00001"])
def test_wrong_networks_stay_above(mistake):
    make, scale = calibrate.NETWORKS[mistake]
    done = trained(make(), scale=scale, spec=ONE_START)
    assert not done.reached and done.best > done.limit.threshold


def test_a_network_that_holds_its_weights_back_stays_above():
    """It looks like the right one, layer by layer, and cannot learn: its training is that of `fit`, with all that it was given."""
    sealed = through_the_protocol(calibrate.right_network())
    tree = json.loads(sealed.config)
    for layer in tree["config"]["layers"]:
        if layer["class_name"] == "Conv2D":
            layer["config"]["kernel_regularizer"] = keras.saving.serialize_keras_object(keras.regularizers.L2(10))
            layer["config"]["kernel_constraint"] = keras.saving.serialize_keras_object(keras.constraints.MaxNorm(0.001))
    sealed.config = json.dumps(tree)
    X, Y = threshold.pair(threshold.photo("portrait-gbr"))
    done = threshold.train(sealed, "the model", threshold.limits()["portrait-gbr"], X, Y, (X, Y), 5, ONE_START)
    assert not done.reached


def test_one_channel_and_a_missing_up_sampling_layer_are_refused_with_both_shapes():
    half = compiled(network(conv(4, strides=2)))
    with pytest.raises(StudentError, match="could not be trained"):
        trained(half)
    one = compiled(keras.Sequential([keras.Input((None, None, 1)), conv(1)]))
    with pytest.raises(StudentError, match=r"\(1, 64, 64, 1\)"):
        trained(one)


def test_the_calibration_says_how_sure_it_is():
    data = json.loads(settings.calibration_file().read_text("utf-8"))
    for entry in data["photos"].values():
        right = entry["networks"]["right"]["best"]
        assert max(right) * 1.2 < entry["threshold"] < entry["lowest_wrong"][1] / 1.2
        assert len(right) == entry["right_starts"]
    for name in ALPHA.photos:
        assert data["photos"][name]["one_start_fails_below"] ** ALPHA.starts < 1e-3


# -- models and weights as plain data -------------------------------------------------------------------------------


def test_a_model_travels_with_its_weights_and_settings():
    model = compiled(
        network(conv(4, strides=2), layers.UpSampling2D()), keras.optimizers.Adam(0.01), keras.losses.MeanSquaredError()
    )
    sealed = through_the_protocol(model)
    again = rebuilding.rebuild(sealed, "the model", compiled=True)
    X, _ = threshold.pair(SMALL)
    np.testing.assert_array_equal(np.array(again(X)), np.array(model(X)))
    facts = description.compiled_of(sealed, "the model")
    assert (facts.optimizer, facts.loss) == ("Adam", "mean_squared_error")
    assert facts.learning_rate == pytest.approx(0.01)
    assert [layer.kind for layer in description.layers_of(sealed, "the model")] == [
        "InputLayer",
        "Conv2D",
        "UpSampling2D",
        "Conv2D",
    ]


def test_one_input_and_one_output_in_lists_are_what_they_are():
    picture = keras.Input((None, None, 1))
    model = compiled(keras.Model(inputs=[picture], outputs=[conv(2)(picture)]), loss=["mse"])
    again = rebuilding.rebuild(through_the_protocol(model), "the model", compiled=True)
    X, Y = threshold.pair(SMALL)
    assert len(train(again, X, Y, 2)) == 2


class Own(keras.Model):
    def call(self, x):
        return x


class Conv2D(layers.Conv2D):
    pass


REFUSED = {
    "Lambda": (lambda: network(layers.Lambda(lambda x: x)), "Lambda"),
    "a class of one's own": (lambda: Own(), "Own|layers"),
    "a layer in disguise": (
        lambda: keras.Sequential([keras.Input((None, None, 1)), Conv2D(2, 3)]),
        "not one of Keras' usual",
    ),
    "an activation of one's own": (lambda: network(conv(4, activation=lambda x: x)), "own"),
    "far too many filters": (lambda: network(layers.Conv2D(4000, 3)), "far larger"),
    "layers as an activation": (
        lambda: network(
            conv(4, activation=keras.Sequential([layers.UpSampling2D(500), layers.AveragePooling2D(500)])),
        ),
        "a layer within a layer",
    ),
    "a layer as an activation": (lambda: network(conv(4, activation=layers.Conv2D(4, 3))), "a layer within a layer"),
    "an activation in an activation": (
        lambda: network(conv(4, activation=layers.Activation(layers.Conv2D(4, 1)))),
        "a layer within a layer",
    ),
    "a model in a model": (lambda: network(keras.Sequential([keras.Input((None, None, 1)), conv(4)])), "another model"),
    "no model": (lambda: 5, "should be a Keras model"),
}


@pytest.mark.parametrize(
    "activation", [layers.LeakyReLU(0.2), layers.ReLU(6), layers.Activation("tanh"), "elu"], ids=str
)
def test_an_activation_may_be_a_layer_that_is_nothing_else(activation):
    model = network(conv(4, activation=activation))
    again = rebuilding.rebuild(through_the_protocol(model), "the model")
    X, _ = threshold.pair(SMALL)
    np.testing.assert_array_equal(np.array(again(X)), np.array(model(X)))


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_grader_does_not_rebuild(case):
    make, message = REFUSED[case]
    with pytest.raises(StudentError, match=message):
        rebuilding.rebuild(through_the_protocol(make()), "the model")


@pytest.mark.parametrize(
    "config",
    [
        "",
        "[]",
        "{",
        "null",
        '{"class_name": "Sequential", "config": {"layers": [1]}}',
        '{"class_name": "Sequential", "config": {}}',
    ],
)
def test_a_malformed_description_is_the_students_error(config):
    with pytest.raises(StudentError):
        rebuilding.rebuild(SerializedModel(config, []), "the model")


def test_weights_that_do_not_fit_are_the_students_error():
    sealed = through_the_protocol(network(conv(4)))
    sealed.weights.pop()
    with pytest.raises(StudentError, match="do not fit"):
        rebuilding.rebuild(sealed, "the model")


def test_what_another_function_makes_can_be_an_argument():
    student = live({"build": lambda: 20, "double": lambda x, y=1: 2 * x * y})
    assert student.call("double", student.placeholder("build")) == 40
    assert student.call("double", student.placeholder("double", 3), 5) == 60
    with pytest.raises(NotAnswered):
        student.call("double", student.placeholder("nowhere"))


def test_files_that_a_function_writes_come_back():
    def write(folder, text):
        from pathlib import Path

        (Path(folder) / "below").mkdir()
        (Path(folder) / "below" / "note.txt").write_text(text)

    student = live({"write": write})
    assert student.files_from("write", FOLDER, "hello") == {"below/note.txt": b"hello"}


def test_handed_in_weights_are_read_as_arrays(tmp_path):
    model = calibrate.right_network()
    model.save_weights(tmp_path / weights.NAME)
    for one, other in zip(weights.read(tmp_path / weights.NAME), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_files_that_are_none(tmp_path):
    import h5py

    path = tmp_path / weights.NAME
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(UnreadableWeights, match="not an HDF5 file"):
        weights.read(path)
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = np.ones(3)
    with h5py.File(path, "w") as file:
        file.create_group("layers/conv2d/vars")
        file["layers/conv2d/vars/0"] = h5py.ExternalLink("other.h5", "/secret")
    with pytest.raises(UnreadableWeights, match="something else"):
        weights.read(path)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(UnreadableWeights, match="ordinary"):
        weights.read(tmp_path / "link")


@pytest.mark.slow
def test_the_engine_is_faster_than_fit():
    from autograder.cli.bench import training

    found = training(20)
    assert set(found) == {
        "device",
        "backend",
        "epochs",
        "fit_s_per_epoch",
        "ours_s_per_epoch",
        "ratio",
        "largest_loss_difference",
    }
    assert found["ratio"] > 1


def test_a_network_whose_layers_have_names_that_tensorflow_refuses_is_trained():
    picture = keras.Input((None, None, 1), name="крупно")
    x = keras.layers.Conv2D(4, 3, padding="same", name="Schicht ü 1")(picture)
    for model in (
        keras.Model(picture, keras.layers.Add(name="a + b")([x, x]), name="Netz für Farben"),
        keras.Sequential([picture, keras.layers.Conv2D(4, 3, padding="same", name="Schicht ü 2")], name="é"),
    ):
        model.compile(optimizer="rmsprop", loss="mse")
        ours = rebuilding.rebuild(sealed_copy(model), "the model", compiled=True)
        X, Y = np.ones((1, 8, 8, 1), np.float32), np.zeros((1, 8, 8, 4), np.float32)
        assert np.array_equal(ours(X), model(X))
        trainer = Trainer(ours, X, Y)
        losses = trainer.run(3)
        assert losses[2] < losses[0]
        assert trainer.predict(X).shape == Y.shape


def sealed_copy(model) -> SerializedModel:
    """A model as it comes through the protocol."""
    return decode(json.loads(json.dumps(encode(model))))


def functional(build):
    picture = keras.Input((None, None, 1))
    return keras.Model(picture, build(keras.layers, picture))


def doubled(layers, picture):
    up, x = layers.UpSampling2D(2), layers.Conv2D(8, 3, strides=8, padding="same")(picture)
    for _ in range(3):
        x = up(x)
    return layers.Conv2D(2, 3, padding="same")(x)


def grown(layers, picture):
    up, down, x = layers.UpSampling2D(4), layers.AveragePooling2D(4), layers.Conv2D(200, 1)(picture)
    for _ in range(6):
        x = up(x)
    for _ in range(6):
        x = down(x)
    return layers.Conv2D(2, 1)(x)


def repeated(layers, picture):
    same, x = layers.Conv2D(32, 31, padding="same"), layers.Conv2D(32, 1)(picture)
    for _ in range(30):
        x = same(x)
    return layers.Conv2D(2, 1)(x)


def padded(layers, picture):
    return layers.Conv2D(2, 1)(layers.Cropping2D(4000)(layers.ZeroPadding2D(4000)(layers.Conv2D(100, 1)(picture))))


def test_a_layer_may_be_used_more_than_once():
    network = functional(doubled)
    rebuilt = rebuilding.rebuild(sealed_copy(network), "it")
    assert rebuilt.count_params() == network.count_params()


@pytest.mark.parametrize("build", [grown, repeated, padded])
def test_a_network_that_would_take_the_graders_memory_or_hours_is_not_built(build):
    sealed = sealed_copy(functional(build))
    with pytest.raises(StudentError, match=r"far (more memory or time|larger)"):
        rebuilding.rebuild(sealed, "it")


def test_what_a_description_says_beside_its_settings_is_not_built():
    """Keras would allocate what a layer's `build_config` asks for, before anybody looked."""
    sealed = sealed_copy(functional(doubled))
    tree = json.loads(sealed.config)
    tree["config"]["layers"][1]["build_config"] = {"input_shape": [None, None, None, 50_000_000]}
    sealed.config = json.dumps(tree)
    assert rebuilding.rebuild(sealed, "it", weights=False).count_params() < 10_000


def test_the_work_of_the_lessons_network_is_known():
    """Half a billion multiply-adds for 400 × 400; nearly 40 times that is allowed."""
    looked = description.network_of(
        sealed_copy(reference_namespace(catalog.lesson("04_alpha_model"))["build_alpha"]()), "it"
    )
    layers_of_it = [(layer.kind, layer.config) for layer in looked.layers]
    work = cost.cost_of(layers_of_it, looked.calls, (1, ALPHA.full_side, ALPHA.full_side, 1), training=False).work
    assert 0.48e9 < work < 0.56e9
    assert 30 < ALPHA.max_work / work < 50
