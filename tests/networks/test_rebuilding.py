"""A network and its weights as plain data, and what is rebuilt of it."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from autograder.checks.reference import reference_namespace
from autograder.course import catalog
from autograder.errors import NotAnswered, StudentError, UnreadableWeights
from autograder.kernel import models
from autograder.kernel.client import FOLDER, live
from autograder.kernel.codec import decode, encode
from autograder.kernel.models import SerializedModel
from autograder.networks import calibrate, cost, description, rebuilding, threshold, weights
from autograder.networks.spec import ALPHA
from autograder.networks.training import Trainer, train
from tests.support.training import SMALL, compiled, conv, network, through_the_protocol

layers = keras.layers

# -- models and weights as plain data -------------------------------------------------------------------------------


def test_a_model_travels_with_its_weights_and_settings():
    model = compiled(
        network(conv(4, strides=2), layers.UpSampling2D()), keras.optimizers.Adam(0.01), keras.losses.MeanSquaredError()
    )
    serialized = through_the_protocol(model)
    again = rebuilding.rebuild(serialized, "the model", compiled=True)
    X, _ = threshold.pair(SMALL)
    np.testing.assert_array_equal(np.array(again(X)), np.array(model(X)))
    facts = description.compiled_of(serialized, "the model")
    assert (facts.optimizer, facts.loss) == ("Adam", "mean_squared_error")
    assert facts.learning_rate == pytest.approx(0.01)
    assert [layer.kind for layer in description.layers_of(serialized, "the model")] == [
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


def relu(x):
    return 0 * x


relu.__module__ = keras.activations.relu.__module__


def zeros(shape, dtype=None):
    return keras.ops.zeros(shape)


def named(place, kind):
    """A class of one's own that says it is Keras' own."""
    return type(kind.__name__, (kind,), {"__module__": f"keras.{place}"})


def _with(model, **changes):
    """A model whose first layer is changed."""
    for name, value in changes.items():
        setattr(model.layers[0], name, value)
    return model


REFUSED = {
    "Lambda": (lambda: network(layers.Lambda(lambda x: x)), "Lambda"),
    "a class of one's own": (lambda: Own(), "Own|layers"),
    "a layer in disguise": (
        lambda: keras.Sequential([keras.Input((None, None, 1)), Conv2D(2, 3)]),
        "not one of Keras' usual",
    ),
    "an activation of one's own": (lambda: network(conv(4, activation=lambda x: x)), "own"),
    "an activation of one's own, named relu": (lambda: network(conv(4, activation=relu)), "'relu' of your own"),
    "the same in a layer": (lambda: network(conv(4), layers.Activation(relu)), "'relu' of your own"),
    "the same put there later": (lambda: _with(network(conv(4)), activation=relu), "'relu' of your own"),
    "a method put in place of Keras'": (lambda: _with(network(conv(4)), call=lambda x: 0 * x), "a Conv2D of your own"),
    "a layer that says it is Keras'": (
        lambda: network(named("layers", layers.UpSampling2D)()),
        "UpSampling2D of your own",
    ),
    "an activation that says so": (
        lambda: network(conv(4, activation=named("layers", layers.LeakyReLU)())),
        "'LeakyReLU' of your own",
    ),
    "an initializer that says so": (
        lambda: network(conv(4, bias_initializer=named("initializers", keras.initializers.Zeros)())),
        "bias_initializer",
    ),
    "a regularizer that says so": (
        lambda: network(conv(4, kernel_regularizer=named("regularizers", keras.regularizers.L2)())),
        "kernel_regularizer",
    ),
    "a constraint that says so": (
        lambda: network(conv(4, kernel_constraint=named("constraints", keras.constraints.NonNeg)())),
        "kernel_constraint",
    ),
    "a function for an initializer": (lambda: network(conv(4, bias_initializer=zeros)), "'zeros' of your own"),
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


@pytest.mark.parametrize("function", [keras.activations.relu, keras.ops.relu, tf.nn.relu, "relu"])
def test_an_activation_may_be_the_function_of_keras_or_tensorflow(function):
    assert description.layers_of(through_the_protocol(network(conv(4, activation=function))), "the model")


def test_nothing_of_keras_is_taken_for_the_students_own():
    """Every kind of layer, and every setting that Keras makes an object of."""
    settings = {"kernel_initializer": "he_normal", "kernel_regularizer": "l2", "kernel_constraint": "max_norm"}
    special = {
        "Conv2D": [4, 3], "Conv2DTranspose": [4, 3], "SeparableConv2D": [4, 3], "DepthwiseConv2D": [3], "Dense": [4], "RepeatVector": [2],
        "Reshape": [(64,)], "MaxPooling2D": [2], "AveragePooling2D": [2], "Activation": ["relu"], "Dropout": [0.1], "SpatialDropout2D": [0.1],
        "GaussianNoise": [0.1], "GaussianDropout": [0.1], "Rescaling": [2.0],
    }  # fmt: skip
    kinds = [kind for kind in sorted(cost.KINDS) if kind != "InputLayer"]
    every = [getattr(layers, kind)(*special.get(kind, [])) for kind in kinds]
    every += [conv(2, **settings), conv(2, activation=layers.LeakyReLU()), layers.Dense(2, activation="softmax")]
    own = models._own_parts(keras.Sequential(every))
    functional = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    assert own == models._own_parts(keras.Model(functional.inputs, functional.outputs)) == []


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
    serialized = through_the_protocol(network(conv(4)))
    serialized.weights.pop()
    with pytest.raises(StudentError, match="do not fit"):
        rebuilding.rebuild(serialized, "the model")


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


def test_a_network_whose_layers_have_names_that_tensorflow_refuses_is_trained():
    picture = keras.Input((None, None, 1), name="крупно")
    x = keras.layers.Conv2D(4, 3, padding="same", name="Schicht ü 1")(picture)
    for model in (
        keras.Model(picture, keras.layers.Add(name="a + b")([x, x]), name="Netz für Farben"),
        keras.Sequential([picture, keras.layers.Conv2D(4, 3, padding="same", name="Schicht ü 2")], name="é"),
    ):
        model.compile(optimizer="rmsprop", loss="mse")
        ours = rebuilding.rebuild(serialized_copy(model), "the model", compiled=True)
        X, Y = np.ones((1, 8, 8, 1), np.float32), np.zeros((1, 8, 8, 4), np.float32)
        assert np.array_equal(ours(X), model(X))
        trainer = Trainer(ours, X, Y)
        losses = trainer.run(3)
        assert losses[2] < losses[0]
        assert trainer.predict(X).shape == Y.shape


def serialized_copy(model) -> SerializedModel:
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
    rebuilt = rebuilding.rebuild(serialized_copy(network), "it")
    assert rebuilt.count_params() == network.count_params()


@pytest.mark.parametrize("build", [grown, repeated, padded])
def test_a_network_that_would_take_the_graders_memory_or_hours_is_not_built(build):
    serialized = serialized_copy(functional(build))
    with pytest.raises(StudentError, match=r"far (more memory or time|larger)"):
        rebuilding.rebuild(serialized, "it")


def test_what_a_description_says_beside_its_settings_is_not_built():
    """Keras would allocate what a layer's `build_config` asks for, before anybody looked."""
    serialized = serialized_copy(functional(doubled))
    tree = json.loads(serialized.config)
    tree["config"]["layers"][1]["build_config"] = {"input_shape": [None, None, None, 50_000_000]}
    serialized.config = json.dumps(tree)
    assert rebuilding.rebuild(serialized, "it", weights=False).count_params() < 10_000


def test_the_work_of_the_lessons_network_is_known():
    """Half a billion multiply-adds for 400 × 400; nearly 40 times that is allowed."""
    looked = description.network_of(
        serialized_copy(reference_namespace(catalog.lesson("04_alpha_model"))["build_alpha"]()), "it"
    )
    layers_of_it = [(layer.kind, layer.config) for layer in looked.layers]
    work = cost.cost_of(layers_of_it, looked.calls, (1, ALPHA.full_side, ALPHA.full_side, 1), training=False).work
    assert 0.48e9 < work < 0.56e9
    assert 30 < ALPHA.max_work / work < 50
