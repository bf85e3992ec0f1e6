"""Keras models as plain data, and back. This text also runs in the student's kernel: standard library only, Keras when it is needed."""

import contextlib
import json
import sys

# Where a class or a function comes from that is Keras' own.
KERAS_OWN = "keras"
# Where Keras keeps its own: modules of it. TensorFlow's functions compute the same as those of Keras that have the same name.
PLACES = [
    f"keras.{name}"
    for name in ["layers", "activations", "initializers", "regularizers", "constraints", "optimizers", "losses", "ops"]
]
PLACES += ["keras", "keras.src.models.functional", "tensorflow", "tensorflow.nn"]
# Among a description's parts: what in the model is not Keras' own, though Keras writes it down as if it were.
OWN = "own"


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
        if own := _own_parts(model):
            config = json.dumps({**json.loads(config), OWN: own})
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
    """KERAS_OWN if a class, or a function, or what an object is an instance of, is the very one that Keras has under its name."""
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    name = str(getattr(named, "__name__", ""))
    return KERAS_OWN if any(_found(place, name) is named for place in PLACES) else ""


def _found(place, name):
    """What a module that is loaded has under a name. TensorFlow's hand out theirs when they are asked."""
    module, _, inner = place.partition(".") if place.startswith("tensorflow.") else (place, "", "")
    found = sys.modules.get(module)
    return getattr(getattr(found, inner, None) if inner else found, name, None)


def _own_parts(model):
    """What of a model's layers is not Keras' own: [kind of layer, setting or "", its name] for each.

    Keras writes down a function by its bare name, and some classes as well: `relu`, whosever it is.
    """
    found = [] if _origin(type(model)) else [["model", "", type(model).__name__]]
    for layer in model.layers:
        kind = type(layer).__name__
        if not _origin(type(layer)) or _replaced(layer):
            found.append([kind, "", kind])
        for setting in layer.get_config():
            value = getattr(layer, setting, None)
            if callable(value) and (not _origin(value) or _replaced(value)):
                found.append([kind, setting, str(getattr(value, "__name__", type(value).__name__))])
    return found


def _replaced(thing):
    """Whether an object has a method of its own in place of its class's: `layer.call = …`."""
    kept = vars(thing) if hasattr(thing, "__dict__") else ()
    return any(name in kept for name in ("call", "convolution_op"))


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
