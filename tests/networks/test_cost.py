"""What a network costs is known before it is built, and a costly one is refused."""

from __future__ import annotations

import json
import time

import keras
import numpy as np
import psutil
import pytest

from autograder.errors import StudentError
from autograder.networks import allowed, budget, calibrate, cost, description, rebuilding, threshold, worker
from autograder.networks.spec import ALPHA
from tests.support.nets import LIMIT, X, Y, conv, functional, layers, network, serialized

CHEAP = [
    conv(8),
    conv(6, dilation_rate=2),
    conv(5, (3, 5), strides=(2, 3)),
    layers.Conv2D(4, 3, padding="valid", use_bias=False),
    layers.Conv2D(4, 3, dilation_rate=3),
    conv(6, groups=3),
    layers.Conv2DTranspose(5, 3, strides=2, padding="same"),
    layers.Conv2DTranspose(5, 4, strides=3, padding="valid"),
    layers.Conv2DTranspose(5, 3, strides=2, padding="same", output_padding=1),
    layers.SeparableConv2D(5, 3, depth_multiplier=2, padding="same"),
    layers.SeparableConv2D(5, 3, dilation_rate=2),
    layers.DepthwiseConv2D(3, depth_multiplier=3, padding="same"),
    layers.DepthwiseConv2D((3, 2), strides=2),
    layers.UpSampling2D((2, 3)),
    layers.UpSampling2D(2, interpolation="bicubic"),
    layers.MaxPooling2D(),
    layers.MaxPooling2D(3, strides=2, padding="same"),
    layers.AveragePooling2D((2, 4), strides=1),
    layers.ZeroPadding2D(((1, 2), (3, 4))),
    layers.ZeroPadding2D((2, 3)),
    layers.Cropping2D(((1, 2), (3, 4))),
    layers.Dense(7),
    layers.BatchNormalization(),
    layers.LayerNormalization(),
    layers.Activation("gelu"),
    layers.Softmax(),
    layers.ReLU(),
    layers.LeakyReLU(),
    layers.ELU(),
    layers.Dropout(0.1, seed=123_456),
    layers.SpatialDropout2D(0.1),
    layers.GaussianNoise(0.1),
    layers.GaussianDropout(0.1),
    layers.Rescaling(1 / 255),
    layers.Identity(),
    layers.GlobalMaxPooling2D(),
    layers.GlobalMaxPooling2D(keepdims=True),
    layers.GlobalAveragePooling2D(),
    layers.Flatten(),
    layers.Reshape((-1, 4, 9)),
    layers.Reshape((6, 48 * 48)),
]
# Those that take a vector.
REPEATED = [layers.RepeatVector(5)]
JOINED = [
    layers.Add(),
    layers.Subtract(),
    layers.Multiply(),
    layers.Average(),
    layers.Maximum(),
    layers.Minimum(),
    layers.Concatenate(),
    layers.Concatenate(axis=1),
]


def name_of(layer) -> str:
    return f"{type(layer).__name__}-{layer.name}"


def costs(model, side, *, training=True) -> cost.Cost:
    looked = description.network_of(serialized(model), "the model")
    facts = [(layer.kind, layer.config) for layer in looked.layers]
    return cost.cost_of(facts, looked.calls, (1, side, side, 1), training=training)


def test_every_kind_of_layer_is_in_the_tables_below():
    kinds = {type(layer).__name__ for layer in (*CHEAP, *REPEATED, *JOINED)}
    assert kinds | {cost.INPUT} == cost.KINDS == allowed.LAYERS
    settings = {type(layer).__name__: layer.get_config() for layer in (*CHEAP, *REPEATED, *JOINED)}
    for kind, config in settings.items():
        known = {*allowed._COMMON.split(), *allowed.KNOWN.get(kind, "").split()}
        odd = {name for name, value in config.items() if value not in (None, False)} - known
        assert not odd, f"{kind} has settings that nobody knows the cost of: {odd}"


@pytest.mark.parametrize("layer", [*CHEAP, *REPEATED], ids=name_of)
def test_shapes_and_weights_are_what_keras_makes_of_a_description(layer):
    layer = type(layer).from_config(layer.get_config())
    pooled = [layers.GlobalMaxPooling2D()] if isinstance(layer, layers.RepeatVector) else []
    model = keras.Sequential([keras.Input((None, None, 1)), conv(6), *pooled, layer])
    found = costs(model, 48)
    assert found.shapes[-1] == model.compute_output_shape((1, 48, 48, 1))
    counted = model.count_params()
    assert found.weights == counted or ("normalization" in layer.name and counted <= found.weights <= 2 * counted)
    assert found.numbers >= np.prod(found.shapes[-1])


@pytest.mark.parametrize("layer", JOINED, ids=name_of)
def test_layers_with_several_inputs_too(layer):
    layer = type(layer).from_config(layer.get_config())
    model = functional(lambda picture: layer([conv(4)(picture), conv(4)(picture)]))
    assert costs(model, 24).shapes[-1] == model.compute_output_shape((1, 24, 24, 1))


# Each costs what its output's size does not say: by the argument that does it.
COSTLY = {
    **{f"dilation_rate, {n} channels": lambda n=n: network(conv(n), conv(n, dilation_rate=4096)) for n in (2, 8, 20)},
    "dilation_rate on one side": lambda: network(conv(20, (3, 1), dilation_rate=(4096, 1)), conv(20, dilation_rate=(1, 200_000))),
    "dilation_rate of a separable layer": lambda: network(layers.SeparableConv2D(8, 3, dilation_rate=2000, padding="same")),
    "dilation_rate of a depthwise layer": lambda: network(layers.DepthwiseConv2D(3, dilation_rate=2000, padding="same")),
    "dilation_rate and strides": lambda: network(
        layers.DepthwiseConv2D(3, strides=4, dilation_rate=2000, padding="same"), layers.UpSampling2D(4)
    ),
    "dilation_rate of a transposed layer": lambda: network(layers.Conv2DTranspose(2, 3, dilation_rate=2000, padding="same")),
    "kernel_size": lambda: network(conv(1, 401)),
    "kernel_size with strides": lambda: network(conv(4, 801, strides=2), layers.UpSampling2D(2)),
    "kernel_size of a transposed layer": lambda: network(layers.Conv2DTranspose(2, 601, strides=2, padding="same"), layers.MaxPooling2D()),
    "kernel_size of a depthwise layer": lambda: network(conv(16), layers.DepthwiseConv2D(301, padding="same")),
    "pool_size": lambda: network(layers.MaxPooling2D(400, strides=1, padding="same")),
    "pool_size of a mean": lambda: network(conv(8), layers.AveragePooling2D(200, strides=1, padding="same")),
    "padding": lambda: network(layers.ZeroPadding2D(4096), layers.Cropping2D(4096)),
    "padding, a little and often": lambda: network(*(layers.ZeroPadding2D(500) for _ in range(8)), layers.Cropping2D(4000)),
    "size": lambda: network(layers.UpSampling2D(64), layers.AveragePooling2D(64)),
    "size, a little and often": lambda: network(*(layers.UpSampling2D(2) for _ in range(6)), layers.AveragePooling2D(64)),
    "interpolation": lambda: network(layers.UpSampling2D(16, interpolation="lanczos5"), layers.AveragePooling2D(16)),
    "depth_multiplier": lambda: network(layers.DepthwiseConv2D(3, depth_multiplier=4000, padding="same")),
    "depth_multiplier of a separable layer": lambda: network(layers.SeparableConv2D(2, 3, depth_multiplier=4000, padding="same")),
    "filters": lambda: network(conv(4000)),
    "filters and groups": lambda: network(conv(512), conv(512, groups=64)),
    "n of a repeated vector": lambda: network(layers.GlobalMaxPooling2D(), layers.RepeatVector(10**7), layers.Reshape((10**4, 1000, 1)), conv(4)),
    "keepdims, and grown again": lambda: network(layers.GlobalAveragePooling2D(keepdims=True), layers.UpSampling2D(8000)),
    "units": lambda: network(layers.Dense(4000)),
    "strides of a transposed layer": lambda: network(layers.Conv2DTranspose(1, 3, strides=64, padding="same"), layers.MaxPooling2D(64)),
    "output_padding": lambda: network(
        layers.Conv2DTranspose(8, 3, strides=63, output_padding=62, padding="same"), layers.MaxPooling2D(63)
    ),
    "axis of a normalization, fixed sides": lambda: keras.Sequential(
        [keras.Input((2100, 2100, 1)), layers.LayerNormalization(axis=[1, 2, 3], scale=False)]
    ),
    "axis of a concatenation": lambda: functional(
        lambda x: [x := layers.Concatenate(axis=0)([x, x]) for _ in range(20)][-1]
    ),
    "channels put together": lambda: functional(lambda x: [x := layers.Concatenate()([x, x]) for _ in range(16)][-1]),
    "noise on everything": lambda: network(conv(64), *(layers.GaussianNoise(0.1) for _ in range(12))),
    "activations on everything": lambda: network(conv(64), *(layers.Activation("gelu") for _ in range(12))),
}  # fmt: skip


def again_and_again():
    """The list holds three layers; the calls are sixty."""
    first, layer = conv(40), conv(40)

    def wire(x):
        x = first(x)
        for _ in range(60):
            x = layer(x)
        return x

    return functional(wire)


COSTLY["one layer again and again"] = again_and_again


@pytest.mark.parametrize("case", COSTLY)
def test_a_costly_network_is_refused_before_anything_is_built(case, monkeypatch):
    model = serialized(COSTLY[case]())
    monkeypatch.setattr(worker, "_process", lambda: pytest.fail("it was given to the process"))
    before, began = psutil.Process().memory_info().rss, time.process_time()
    for refuse in (
        lambda: budget.must_be_affordable(model, "your network"),
        lambda: threshold.train(model, "your network", LIMIT, X, Y, (X, Y), seed=1),
        lambda: rebuilding.summarize(model, "your network", (1, 64, 64, 1)),
        lambda: rebuilding.rebuild(model, "your network"),
    ):
        with pytest.raises(StudentError, match="far more memory or time"):
            refuse()
    assert time.process_time() - began < 1
    assert psutil.Process().memory_info().rss - before < 20_000_000


def test_settings_that_nobody_knows_the_cost_of_are_refused():
    for name, value in {"lora_rank": 10**9, "quantization_config": {"rank": 10**9}, "made_up": 1}.items():
        model = serialized(network(conv(4)))
        tree = json.loads(model.config)
        tree["config"]["layers"][1]["config"][name] = value
        model.config = json.dumps(tree)
        with pytest.raises(StudentError, match=name):
            budget.must_be_affordable(model, "your network")


@pytest.mark.parametrize(
    "value", [-1, 0, 0.5, True, "3", None, [], [3], [3, 3, 3], [[3]], 10**30, float("nan"), {"a": 1}]
)
@pytest.mark.parametrize("name", ["filters", "kernel_size", "strides", "dilation_rate", "groups", "padding"])
def test_a_setting_that_is_none_is_the_students_error(name, value):
    model = serialized(network(conv(4)))
    tree = json.loads(model.config)
    tree["config"]["layers"][1]["config"][name] = value
    model.config = json.dumps(tree)
    taken = None
    try:
        budget.must_be_affordable(model, "your network")
        taken = rebuilding.summarize(model, "your network", (1, 16, 16, 1))
    except StudentError:
        pass
    assert taken is None or taken.output_shape == (1, 16, 16, 2), (
        "nothing else than an error of the student's may come of it"
    )


def test_the_network_of_the_lesson_is_far_from_being_costly():
    found = costs(calibrate.right_network(), ALPHA.side)
    assert found.weights == 32_202
    assert found.numbers * 10 < ALPHA.max_numbers
    assert found.work * 20 < ALPHA.max_work * ALPHA.side**2 / ALPHA.full_side**2
