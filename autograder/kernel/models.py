"""Keras models as plain data, and back. This text also runs in the student's kernel: standard library only, Keras when it is needed."""

import contextlib
import json
import sys

# Where a class or a function comes from that is Keras' own.
KERAS_OWN = "keras"


class SerializedModel:
    """A Keras model as plain data. Nothing of it has been run or believed yet: `networks.rebuilding.rebuild` looks at it.

    Attributes
    ----------
    config : str
        The JSON text of `model.to_json()`.
    weights : list of ndarray
        In the order of `model.get_weights()`.
    compiled : str or None
        None, or the JSON text of what `_compiled` finds: the optimizer's class and config, the loss as `compile` was given it, …
    """

    def __init__(self, config, weights, compiled=None):
        self.config = config
        self.weights = weights
        self.compiled = compiled

    def __repr__(self):
        return "a Keras model"


def is_model(value):
    """Return whether a value can do what a Keras model must do here."""
    return all(hasattr(value, name) for name in ("to_json", "get_weights", "layers"))


def serialize(model):
    """Return a Keras model as a SerializedModel. Raises whatever a model raises that is no list of layers."""
    with _plain_rate(getattr(model, "optimizer", None)):
        config, weights, compiled = model.to_json(), model.get_weights(), None
        if getattr(model, "optimizer", None) is not None:
            compiled = json.dumps(_compiled(model), default=str)
    return SerializedModel(config, weights, compiled)


@contextlib.contextmanager
def _plain_rate(optimizer):
    """Let an optimizer whose learning rate is a function have the number that it gives: the function cannot be written down."""
    rate = getattr(optimizer, "_learning_rate", None)
    if not callable(rate) or hasattr(rate, "get_config"):  # a number, or a schedule
        yield
        return
    import keras

    optimizer._learning_rate = keras.ops.convert_to_tensor(float(optimizer.learning_rate))
    try:
        yield
    finally:
        optimizer._learning_rate = rate


def _compiled(model):
    """How a model was compiled. "…_from": KERAS_OWN for a class or a function that is Keras' own and not only called like it."""
    import keras

    settings, given = model.optimizer.get_config(), model.get_compile_config() or {}
    loss = model.loss
    while isinstance(loss, (list, tuple, dict)) and len(loss) == 1:
        (loss,) = loss.values() if isinstance(loss, dict) else loss
    return {
        "optimizer": type(model.optimizer).__name__,
        "optimizer_from": _origin(type(model.optimizer)),
        "settings": settings,
        "loss": given.get("loss"),
        "loss_from": _origin(keras.losses.get(loss) if isinstance(loss, str) else loss),
        "loss_weights": given.get("loss_weights"),
        "iterations": int(model.optimizer.iterations),
    }


def _origin(thing):
    """KERAS_OWN if a class, or a function, or what an object is an instance of, stands under its name in a module of Keras."""
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    module = str(getattr(named, "__module__", ""))
    found = getattr(sys.modules.get(module), str(named.__qualname__), None)
    return KERAS_OWN if module.split(".")[0] == "keras" and found is named else ""


def restore_model(serialized):
    """Return the Keras model again. Only for a model from the grader's side: a description can hold code."""
    import keras

    model = keras.models.model_from_json(serialized.config)
    model.set_weights(serialized.weights)
    if serialized.compiled:
        facts = json.loads(serialized.compiled)
        how = {"module": "keras.optimizers", "class_name": facts["optimizer"], "config": facts["settings"]}
        # A few epochs of a small network: tracing its step would take longer than all of them.
        model.compile(optimizer=keras.optimizers.deserialize(how), loss=facts["loss"], run_eagerly=True)
        model.optimizer.iterations.assign(facts.get("iterations", 0))
    return model
