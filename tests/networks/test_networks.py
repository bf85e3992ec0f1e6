"""Networks that cost more than they look, networks that are not what they are called, and the process that they are built and trained in."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time

import keras
import nbformat
import numpy as np
import psutil
import pytest

from autograder import settings
from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import judge
from autograder.course import catalog
from autograder.course.answers import collected
from autograder.errors import StudentError, StudentTimeout, StudentTooMuch
from autograder.kernel.client import live
from autograder.kernel.codec import decode, encode
from autograder.kernel.models import SerializedModel
from autograder.networks import allowed, calibrate, cost, description, rebuilding, threshold, worker
from autograder.networks.spec import ALPHA, SPECS

layers = keras.layers
LESSON = catalog.lesson("04_alpha_model")
X, Y = threshold.pair(threshold.photo("portrait-grb")[:32, :32])
LIMIT = threshold.Limit("a photo", 0.0, {})  # nobody gets below


def conv(filters, size=3, **settings):
    return layers.Conv2D(filters, size, padding="same", **settings)


def network(*body):
    model = keras.Sequential([keras.Input((None, None, 1)), *body, conv(2, activation="tanh")])
    model.compile(optimizer="rmsprop", loss="mse")
    return model


def functional(wire):
    picture = keras.Input((None, None, 1))
    return keras.Model(picture, wire(picture))


def sealed(model) -> SerializedModel:
    return decode(json.loads(json.dumps(encode(model))))


# -- what a network costs -----------------------------------------------------------------------------------------------

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
]
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
    looked = description.network_of(sealed(model), "the model")
    facts = [(layer.kind, layer.config) for layer in looked.layers]
    return cost.cost_of(facts, looked.calls, (1, side, side, 1), training=training)


def test_every_kind_of_layer_is_in_the_tables_below():
    kinds = {type(layer).__name__ for layer in (*CHEAP, *JOINED)}
    assert kinds | {cost.INPUT} == cost.KINDS == allowed.LAYERS
    settings = {type(layer).__name__: layer.get_config() for layer in (*CHEAP, *JOINED)}
    for kind, config in settings.items():
        known = {*allowed._COMMON.split(), *allowed.KNOWN.get(kind, "").split()}
        odd = {name for name, value in config.items() if value not in (None, False)} - known
        assert not odd, f"{kind} has settings that nobody knows the cost of: {odd}"


@pytest.mark.parametrize("layer", CHEAP, ids=name_of)
def test_shapes_and_weights_are_what_keras_makes_of_a_description(layer):
    layer = type(layer).from_config(layer.get_config())
    model = keras.Sequential([keras.Input((None, None, 1)), conv(6), layer])
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
    model = sealed(COSTLY[case]())
    monkeypatch.setattr(worker, "_process", lambda: pytest.fail("it was given to the process"))
    before, began = psutil.Process().memory_info().rss, time.process_time()
    for refuse in (
        lambda: description.must_be_affordable(model, "your network"),
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
        model = sealed(network(conv(4)))
        tree = json.loads(model.config)
        tree["config"]["layers"][1]["config"][name] = value
        model.config = json.dumps(tree)
        with pytest.raises(StudentError, match=name):
            description.must_be_affordable(model, "your network")


@pytest.mark.parametrize(
    "value", [-1, 0, 0.5, True, "3", None, [], [3], [3, 3, 3], [[3]], 10**30, float("nan"), {"a": 1}]
)
@pytest.mark.parametrize("name", ["filters", "kernel_size", "strides", "dilation_rate", "groups", "padding"])
def test_a_setting_that_is_none_is_the_students_error(name, value):
    model = sealed(network(conv(4)))
    tree = json.loads(model.config)
    tree["config"]["layers"][1]["config"][name] = value
    model.config = json.dumps(tree)
    taken = None
    try:
        description.must_be_affordable(model, "your network")
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


# -- the process --------------------------------------------------------------------------------------------------------


@pytest.fixture
def process():
    """The process for networks, ready."""
    worker._ended.clear()
    rebuilding.summarize(sealed(network(conv(4))), "a network", (1, 8, 8, 1))
    return worker._current


def with_limits(monkeypatch, **changed):
    monkeypatch.setattr(worker, "limits", lambda: dataclasses.replace(settings.limits(), **changed))


def test_it_stays_from_one_network_to_the_next(process):
    for filters in (3, 4, 5):
        look = rebuilding.summarize(sealed(network(conv(filters))), "a network", (1, 8, 12, 1))
        assert look == rebuilding.Summary((1, 8, 12, 2), [(3, 3, 1, filters), (filters,), (3, 3, filters, 2), (2,)], 4)
    assert worker._current is process


def test_a_network_that_takes_too_much_memory_is_ended_and_not_tried_again(process, monkeypatch):
    with_limits(monkeypatch, network_memory=200 * 1024**2)  # TensorFlow alone has more
    monkeypatch.setattr(process, "usable", lambda: True)
    model = sealed(network(conv(7)))
    with pytest.raises(StudentTooMuch, match=r"more than 0\.2 GB of memory"):
        threshold.train(model, "your network", LIMIT, X, Y, (X, Y), seed=1)
    assert not psutil.pid_exists(process.pid)
    monkeypatch.setattr(worker, "_process", lambda: pytest.fail("it was tried again"))
    with pytest.raises(StudentTooMuch):
        threshold.train(model, "your network", LIMIT, X, Y, (X, Y), seed=1)
    monkeypatch.undo()
    assert rebuilding.summarize(sealed(network(conv(8))), "another one", (1, 8, 8, 1)).trainable == 4, (
        "others do not notice"
    )


def test_a_network_that_takes_too_long_is_ended_and_not_tried_again(process, monkeypatch):
    monkeypatch.setattr(worker, "GRACE", 0.3)
    model = sealed(network(conv(9)))
    began = time.monotonic()
    with pytest.raises(StudentTimeout, match="takes too long"):
        worker.run("train", model, "your network", 0.0, X, Y, X, Y, 1, 1000, 1e9, seconds=0.5)
    assert time.monotonic() - began < 5
    assert not psutil.pid_exists(process.pid)
    monkeypatch.setattr(worker, "_process", lambda: pytest.fail("it was tried again"))
    with pytest.raises(StudentTimeout):
        threshold.train(model, "your network", LIMIT, X, Y, (X, Y), seed=1)


def test_the_clock_is_looked_at_after_each_epoch():
    seen = []

    class Slow:
        def run(self, epochs):
            seen.append(epochs)

        def predict(self, X):
            return X

    def look():
        if len(seen) == 3:
            raise StudentTimeout

    with pytest.raises(StudentTimeout):
        list(threshold.marks(Slow(), X, X, look=look))
    assert seen == [1, 1, 1]
    with pytest.raises(StudentTimeout, match="more than 0 s"):
        threshold.train_here(sealed(network(conv(4))), "your network", 0.0, X, Y, X, Y, 1, 3, 0.0)


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_something_else_ends_is_the_graders_fault(process, signal_, monkeypatch):
    monkeypatch.setattr(worker._Process, "ask", _ended_by(signal_))
    with pytest.raises(Exception, match="from outside") as caught:
        rebuilding.summarize(sealed(network(conv(4))), "your network", (1, 8, 8, 1))
    assert type(caught.value).__name__ == "GraderFault"
    monkeypatch.undo()
    assert rebuilding.summarize(sealed(network(conv(4))), "your network", (1, 8, 8, 1)).trainable == 4


def test_a_network_that_ends_the_process_twice_is_to_blame(process, monkeypatch):
    monkeypatch.setattr(worker._Process, "ask", _ended_by(signal.SIGSEGV))
    model = sealed(network(conv(11)))
    with pytest.raises(StudentTooMuch, match="ended the process"):
        rebuilding.summarize(model, "your network", (1, 8, 8, 1))
    monkeypatch.undo()
    with pytest.raises(StudentTooMuch, match="ended the process"):
        rebuilding.summarize(model, "your network", (1, 8, 8, 1))


def _ended_by(signal_):
    def ask(self, *_):
        os.kill(self.pid, signal_)
        raise worker._Died(self._process.wait())

    return ask


def test_it_ends_with_the_grader_whatever_ends_the_grader():
    code = "from autograder.networks import worker; import time; worker.start(); print(worker._current.pid, flush=True); time.sleep(60)"
    grader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(grader.stdout.readline())
    grader.kill()
    grader.wait()
    deadline = time.monotonic() + 30
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


SECRETS = (
    "AUTOGRADER_SECRET_FILE",
    "AUTOGRADER_COURSE",
    "PYTHONPATH",
    "HOME",
    "TF_XLA_FLAGS",
    "KERAS_MAX_EPOCHS",
    "ANYTHING",
)


def test_it_gets_nothing_of_the_graders_environment(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "a secret")
    worker.end()
    worker.start()
    try:
        with open(f"/proc/{worker._current.pid}/environ", "rb") as file:
            given = file.read()
        assert b"a secret" not in given
        model = sealed(network(conv(4)))
        assert rebuilding.summarize(model, "a network", (1, 8, 8, 1)).trainable == 4
    finally:
        worker.end()


def test_a_learners_own_session_needs_no_process(monkeypatch):
    monkeypatch.setattr(worker, "_process", lambda: pytest.fail("a process was used"))
    with worker.here():
        worker.start()
        assert rebuilding.summarize(sealed(network(conv(4))), "a network", (1, 8, 8, 1)).trainable == 4
        done = threshold.train(
            sealed(network(conv(4))), "a network", threshold.Limit("", 10.0, {}), X, Y, (X, Y), seed=1
        )
    assert done.reached and done.starts == 1
    assert not worker._here


def test_the_graders_own_memory_stays_small(process):
    model = network(conv(48), conv(48), conv(48))
    before = psutil.Process().memory_info().rss
    threshold.train(sealed(model), "a network", threshold.Limit("", 10.0, {}), X, Y, (X, Y), seed=1)
    assert psutil.Process().memory_info().rss - before < 30_000_000


# -- not what they are called ---------------------------------------------------------------------------------------------

PLAIN = """
def build_alpha(last="tanh"):
    inputs = x = keras.Input(shape=(None, None, 1))
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"{start})(x)
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 3, padding="same", activation=activation)(x)
    return {model}
"""
# (exercise, answer, what the card says): the check that it is about does not pass, nor does the visible one.
NAMED_ALIKE = {
    "an optimizer of the name RMSprop": ("compile_alpha", """
class RMSprop(keras.optimizers.RMSprop):
    def update_step(self, gradient, variable, learning_rate):
        pass
def compile_alpha(model):
    model.compile(optimizer=RMSprop(1e-3), loss="mse")
    return model
""", "class of your own"),
    "an optimizer that says it is Keras' own": ("compile_alpha", """
class RMSprop(keras.optimizers.RMSprop):
    __module__ = keras.optimizers.RMSprop.__module__
    def update_step(self, gradient, variable, learning_rate):
        pass
def compile_alpha(model):
    model.compile(optimizer=RMSprop(1e-3), loss="mse")
    return model
""", "class of your own"),
    "an optimizer within another": ("compile_alpha", """
def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.LossScaleOptimizer(keras.optimizers.RMSprop(1e-3)), loss="mse")
    return model
""", "RMSprop"),
    "a loss of the name mse": ("compile_alpha", """
def mse(wanted, made):
    return 0 * keras.ops.mean((wanted - made) ** 2, axis=-1)
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss=mse)
    return model
""", "of your own"),
    "a loss of the name MeanSquaredError": ("compile_alpha", """
class MeanSquaredError(keras.losses.MeanSquaredError):
    def call(self, wanted, made):
        return 0 * super().call(wanted, made)
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss=MeanSquaredError())
    return model
""", "of your own"),
    "a schedule that begins right": ("compile_alpha", """
def compile_alpha(model):
    rate = keras.optimizers.schedules.ExponentialDecay(1e-3, 1, 0.1)
    model.compile(optimizer=keras.optimizers.RMSprop(rate), loss="mse")
    return model
""", None),
    "something added to the loss": ("compile_alpha", """
def compile_alpha(model):
    model.layers[-1].kernel_regularizer = keras.regularizers.L2(10.0)
    model.layers[-1].kernel.regularizer = keras.regularizers.L2(10.0)
    model.compile(optimizer="rmsprop", loss="mse")
    return model
""", None),
    "a model of the name Functional": ("build_alpha", PLAIN.format(start="", model="Functional(inputs, x)") + """
class Functional(keras.Model):
    pass
""", "class of your own"),
    "a model of the name Sequential": ("build_alpha", """
class Sequential(keras.Sequential):
    def call(self, x, training=None, mask=None):
        return 0 * super().call(x)
def build_alpha(last="tanh"):
    model = Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    return model
""", "class of your own"),
    "two outputs": ("build_alpha", PLAIN.format(start="", model="keras.Model(inputs, [x, x])"), "2 outputs"),
    "a dict of outputs": ("build_alpha", PLAIN.format(start="", model='keras.Model(inputs, {"ab": x})'), "dict"),
    "two inputs": ("build_alpha", PLAIN.format(start="", model="keras.Model([inputs, keras.Input((None, None, 1))], x)"), None),
    "a branch": ("build_alpha", PLAIN.format(start="", model="keras.Model(inputs, layers.Add()([x, x]))"), None),
}  # fmt: skip
PARTLY = ("a schedule that begins right", "an optimizer within another")  # the rest of it is right


def test_a_line_is_what_a_picture_goes_through():
    up, one = layers.UpSampling2D(), conv(1)
    kinds = [layer.kind for layer in description.line_of(sealed(functional(lambda x: up(conv(2)(up(x))))), "it")]
    assert kinds == ["InputLayer", "UpSampling2D", "Conv2D", "UpSampling2D"]
    inputs = keras.Input((None, None, 1))
    shared = description.line_of(
        sealed(keras.Model(inputs, up(up(up(inputs))))), "it"
    )  # one that learns nothing may be used again
    assert [layer.kind for layer in shared] == ["InputLayer", *["UpSampling2D"] * 3]
    with pytest.raises(StudentError, match="2 times, with the same weights"):
        description.line_of(sealed(functional(lambda x: one(up(one(x))))), "it")


def looked_at(exercise: str, source: str) -> tuple[dict[str, str], str]:
    """The hidden checks that do not pass, with what they say, and what the visible check says."""
    namespace = dict(reference_namespace(LESSON))
    run_cell(source, namespace, exercise)
    results = judge(LESSON, lambda _: live(namespace), bytes(32), exercises={exercise})
    assert not [r for r in results if r.outcome == "fault"]
    cell = next(c for c in LESSON.read_release().cells if c.get("id") == f"{exercise}_check")
    try:
        run_cell(cell.source, namespace, "check")
        said = ""
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    return {r.name: r.message for r in results if not r.passed}, said


GATES = {"build_alpha": "test_the_network_of_the_table", "compile_alpha": "test_the_loss_is_the_mean_squared_error"}  # fmt: skip


@pytest.mark.parametrize("case", NAMED_ALIKE)
def test_what_only_bears_the_right_name_passes_neither_check(case):
    exercise, source, says = NAMED_ALIKE[case]
    hidden, visible = looked_at(exercise, source)
    assert hidden, "the hidden check let it pass"
    assert case in PARTLY or GATES[exercise] in hidden, hidden
    assert says is None or any(says in message for message in hidden.values()), hidden
    assert visible, "the visible check let it pass"


def answers(kind: str):

    chosen = ("build_alpha", "compile_alpha", "train_alpha")
    return [a for a in collected(LESSON) if a.exercise in chosen and bool(a.catches) == (kind == "wrong")]


@pytest.mark.parametrize("answer", answers("right"), ids=lambda a: f"{a.exercise}-{a.style}".replace(" ", "_"))
def test_a_right_answer_passes_the_visible_check_as_well(answer):
    assert looked_at(answer.exercise, answer.source) == ({}, "")


def test_how_ones_network_ended_is_no_other_students_fate(monkeypatch):
    """What took too long beside one hand-in's busy processes may be the very network of the lesson."""
    from autograder.course.catalog import lessons
    from autograder.course.packed import pack
    from autograder.grading import job

    monkeypatch.setitem(worker._ended, "the network of the lesson", StudentTimeout("too long"))
    lesson = lessons()[0]
    submission = nbformat.writes(lesson.read_release())
    monkeypatch.setattr(job, "judge", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr(job, "NotebookRun", lambda *a, **k: contextlib.nullcontext())
    with pytest.raises(KeyboardInterrupt):
        job.grade(job.GradeJob("ana/one", pack(lesson), submission, b"0" * 32, sandboxed=False))
    assert worker._ended == {}


def test_a_second_network_is_a_second_value(monkeypatch):
    """It has bounds of its own, in the grader's process and where networks are rebuilt."""
    small = dataclasses.replace(ALPHA, name="small", weights=10, max_weights=40)
    monkeypatch.setitem(SPECS, small.name, small)
    fits, too_large = sealed(network(conv(1))), sealed(network(conv(8)))
    with worker.here():
        assert rebuilding.summarize(fits, "your network", (1, 8, 8, 1), small).trainable == 4
        assert rebuilding.summarize(too_large, "your network", (1, 8, 8, 1)).trainable == 4
        with pytest.raises(StudentError, match=r"\(10 weights\)"):
            rebuilding.summarize(too_large, "your network", (1, 8, 8, 1), small)
        with pytest.raises(StudentError, match=r"\(10 weights\)"):
            rebuilding.summarize_here(too_large, "your network", [1, 8, 8, 1], small.name)
