"""Networks, optimizers and losses that are not what they are called, and right answers of every style."""

from __future__ import annotations

import keras
import pytest

from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import judge
from autograder.course.answers import collected
from autograder.errors import StudentError
from autograder.kernel.client import live
from autograder.networks import description
from tests.support.nets import LESSON, conv, functional, layers, serialized

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
    "an activation of the name tanh": ("build_alpha", """
def tanh(x):
    return 0 * x
tanh.__module__ = keras.activations.tanh.__module__
""" + PLAIN.format(start="", model="keras.Model(inputs, x)").replace("activation=activation", "activation={'tanh': tanh}.get(activation, activation)"), "'tanh' of your own"),
    "two outputs": ("build_alpha", PLAIN.format(start="", model="keras.Model(inputs, [x, x])"), "2 outputs"),
    "a dict of outputs": ("build_alpha", PLAIN.format(start="", model='keras.Model(inputs, {"ab": x})'), "dict"),
    "two inputs": ("build_alpha", PLAIN.format(start="", model="keras.Model([inputs, keras.Input((None, None, 1))], x)"), None),
    "a branch": ("build_alpha", PLAIN.format(start="", model="keras.Model(inputs, layers.Add()([x, x]))"), None),
}  # fmt: skip
ONLY_HIDDEN = ("an activation of the name tanh",)  # the visible check reads names alone
PARTLY = ("a schedule that begins right", "an optimizer within another")  # the rest of it is right


def test_a_line_is_what_a_picture_goes_through():
    up, one = layers.UpSampling2D(), conv(1)
    kinds = [layer.kind for layer in description.line_of(serialized(functional(lambda x: up(conv(2)(up(x))))), "it")]
    assert kinds == ["InputLayer", "UpSampling2D", "Conv2D", "UpSampling2D"]
    inputs = keras.Input((None, None, 1))
    shared = description.line_of(
        serialized(keras.Model(inputs, up(up(up(inputs))))), "it"
    )  # one that learns nothing may be used again
    assert [layer.kind for layer in shared] == ["InputLayer", *["UpSampling2D"] * 3]
    with pytest.raises(StudentError, match="2 times, with the same weights"):
        description.line_of(serialized(functional(lambda x: one(up(one(x))))), "it")


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
    assert visible or case in ONLY_HIDDEN, "the visible check let it pass"


RIGHT = [a for a in collected(LESSON) if a.exercise in ("build_alpha", "compile_alpha", "train_alpha") and not a.wrong]


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: f"{a.exercise}-{a.style}")
def test_a_right_answer_passes_the_visible_check_as_well(answer):
    assert looked_at(answer.exercise, answer.source) == ({}, "")
