"""Rebuilds a student's Keras model in the grader from its description: built-in layers only, bounded in size, no code of the student's."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from autograder.door import SealedModel
from autograder.expect import describe
from autograder.student import StudentError

LAYERS = frozenset(
    [
        "InputLayer",
        "Conv2D",
        "Conv2DTranspose",
        "SeparableConv2D",
        "DepthwiseConv2D",
        "UpSampling2D",
        "Activation",
        "ReLU",
        "LeakyReLU",
        "ELU",
        "Softmax",
        "Add",
        "Subtract",
        "Multiply",
        "Average",
        "Maximum",
        "Minimum",
        "Concatenate",
        "MaxPooling2D",
        "AveragePooling2D",
        "BatchNormalization",
        "LayerNormalization",
        "Dropout",
        "SpatialDropout2D",
        "GaussianNoise",
        "GaussianDropout",
        "ZeroPadding2D",
        "Cropping2D",
        "Rescaling",
        "Dense",
        "Identity",
    ]
)
ACTIVATIONS = frozenset(
    ("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax")
)  # layers that may be another layer's activation
MODELS = frozenset(("Sequential", "Functional"))
NOTATION = frozenset(("__keras_tensor__", "DTypePolicy"))  # what Keras writes between the layers
SETTINGS = ("keras.initializers", "keras.regularizers", "keras.constraints")  # what a layer may be given
OPTIMIZERS = frozenset(["RMSprop", "SGD", "Adam", "AdamW", "Nadam", "Adamax", "Adagrad", "Adadelta", "Lion"])
LOSSES = {  # how `compile` may be given a loss, and the loss's name
    name: loss
    for loss, names in {
        "mean_squared_error": "mse MSE mean_squared_error MeanSquaredError",
        "mean_absolute_error": "mae MAE mean_absolute_error MeanAbsoluteError",
        "huber": "huber Huber",
        "log_cosh": "log_cosh logcosh LogCosh",
    }.items()
    for name in names.split()
}
MAX_LAYERS = 64
MAX_NUMBERS = 4_000_000  # upper bound for the weights that a description can ask for; the alpha network's own bound is 0.24 million
MAX_GROWTH = 32  # times that a picture's side may grow on its way through
MAX_SETTING = 4096  # any whole number among a layer's settings
MAX_PICTURES = 64_000_000  # numbers in all layers' outputs together for one picture of SIDE × SIDE; the alpha network has 5 million
MAX_WORK = 20_000_000_000  # multiply-adds for the same picture; the alpha network has half a billion
SIDE = 400
LAYER_PARTS = ("module", "class_name", "config", "registered_name", "name", "inbound_nodes")  # of a layer's description


@dataclass(frozen=True)
class LayerFacts:
    """One layer as its description says: its kind, "Conv2D", and its settings, {"filters": 8, "strides": [2, 2], …}."""

    kind: str
    config: dict[str, Any]


@dataclass(frozen=True)
class Compiled:
    """What `compile` was given: the optimizer's class and settings, the name of the loss, "mean_squared_error", and its settings.

    loss_settings: {} if the loss was given by name, otherwise its class's config, {"reduction": "sum_over_batch_size", …}.
    """

    optimizer: str
    loss: str
    settings: dict[str, Any] = field(repr=False)
    loss_settings: dict[str, Any] = field(repr=False)

    @property
    def learning_rate(self) -> float | None:
        """The learning rate, if it is one plain number."""
        rate = self.settings.get("learning_rate")
        return None if isinstance(rate, (list, tuple)) else next(iter(_numbers(rate)), None)


def layers_of(sealed: Any, what: str) -> list[LayerFacts]:
    """The layers of a sealed model, input layer included: known to be built-in ones, and few and small enough to be built.

    what: how a message calls the model, "what build_alpha() returns". StudentError says why a model is refused.
    """
    if not isinstance(sealed, SealedModel):
        raise StudentError(f"{what} should be a Keras model; what came is {describe(sealed)}.")
    tree = _parsed(sealed.config)
    kind = str(tree.get("class_name"))[:60] if isinstance(tree, dict) else "unknown"
    if kind not in MODELS or not isinstance(tree.get("config"), dict):
        raise StudentError(
            f"{what} is a model of the class {kind}. The grader can rebuild a keras.Sequential or a functional keras.Model."
        )
    _must_be_built_in(tree["config"], what)
    listed = tree["config"].get("layers")
    if not isinstance(listed, list) or not all(
        isinstance(item, dict) and isinstance(item.get("config"), dict) for item in listed
    ):
        raise StudentError(f"{what} has no list of layers.")
    found = [LayerFacts(str(item.get("class_name")), item["config"]) for item in listed]
    if any(layer.kind not in LAYERS for layer in found):
        raise StudentError(
            f"{what} holds another model among its layers. Put that model's layers in line with the others."
        )
    for layer in found:
        _must_hold_no_other(layer.config, what)
    _must_be_small(found, tree["config"], what)
    return found


def compiled_of(sealed: Any, what: str) -> Compiled:
    """How a sealed model was compiled. StudentError if it was not, or not with an optimizer of Keras' own."""
    layers_of(sealed, what)
    facts = _parsed(sealed.compiled) if sealed.compiled else None
    if not isinstance(facts, dict) or not isinstance(facts.get("settings"), dict):
        raise StudentError(f"{what} is not compiled: it has no optimizer and no loss yet. See `model.compile(...)`.")
    loss, given = facts.get("loss"), {}
    if isinstance(loss, list) and len(loss) == 1:
        (loss,) = loss
    if isinstance(loss, dict):
        config = loss.get("config")
        loss = config if loss.get("class_name") == "function" else loss.get("class_name")
        given = config if isinstance(config, dict) else {}
    loss = str(loss)[:60]
    return Compiled(str(facts.get("optimizer"))[:60], LOSSES.get(loss, loss), facts["settings"], given)


def rebuild(sealed: Any, what: str, *, weights: bool = True, compiled: bool = False) -> Any:
    """A real keras.Model of the grader's, from a sealed one.

    weights: with the sealed weights; otherwise with fresh ones (see `keras.utils.set_random_seed`).
    compiled: with its optimizer and loss, too. StudentError says why it cannot be done.
    """
    import keras

    found = layers_of(sealed, what)
    tree = json.loads(sealed.config)
    for item in tree["config"]["layers"]:  # what it says beside these, Keras would build without asking
        for part in set(item) - set(LAYER_PARTS):
            del item[part]
    for ends in ("input_layers", "output_layers"):  # `keras.Model([x], [y])`: one thing in a list is that thing
        places = tree["config"].get(ends)
        if isinstance(places, list) and len(places) == 1 and isinstance(places[0], list):
            tree["config"][ends] = places[0]
    tree["config"] = _with_plain_names(tree["config"])
    for activation in (layer.config.get("activation") for layer in found):
        if not _is_builtin_activation(activation):
            shown = activation if isinstance(activation, str) else "a function of your own"
            raise StudentError(
                f"{what} has {shown[:60]!r} for an activation, which is none of Keras' own. Give its name, as text."
            )
    try:
        kind = keras.Sequential if tree["class_name"] == "Sequential" else keras.Model
        numbers, work = _effort(kind.from_config(_with_side(tree["config"], SIDE)))
        if numbers > MAX_PICTURES or work > MAX_WORK:
            raise StudentError(f"{what} needs far more memory or time than the network of the lesson.")
        model = kind.from_config(tree["config"])
        numbers = model.count_params()
    except StudentError:
        raise
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise StudentError(
            f"{what} could not be built again from its layers: {reason or type(error).__name__}"
        ) from None
    if weights:
        if [tuple(a.shape) for a in sealed.weights] != [tuple(w.shape) for w in model.weights]:
            raise StudentError(f"the weights of {what} do not fit its layers ({numbers} numbers).")
        model.set_weights(sealed.weights)
    if compiled:
        facts = compiled_of(sealed, what)
        model.compile(optimizer=_optimizer(facts, what), loss=_loss(facts, what))
    return model


def _with_plain_names(config: dict[str, Any]) -> dict[str, Any]:
    """The same description with its layers named layer_0, layer_1, …: TensorFlow does not train under every name that Keras takes."""
    listed = config["layers"]
    own = [str(item["config"].get("name")) for item in listed]
    new = {name: f"layer_{number}" for number, name in enumerate(own)}
    if len(new) < len(own):
        return config  # two of the same name: Keras says so

    def of_layer(place: Any) -> Any:
        """[name, node, tensor], or a list of such."""
        if isinstance(place, list) and place and isinstance(place[0], str):
            return [new.get(place[0], place[0]), *place[1:]]
        return [of_layer(part) for part in place] if isinstance(place, list) else place

    def renamed(node: Any) -> Any:
        if isinstance(node, list):
            return [renamed(part) for part in node]
        if not isinstance(node, dict):
            return node
        return {key: of_layer(value) if key == "keras_history" else renamed(value) for key, value in node.items()}

    layers = []
    for item, name in zip(listed, new.values(), strict=True):
        there = {"inbound_nodes": renamed(item["inbound_nodes"])} if "inbound_nodes" in item else {}
        layers.append({**item, **there, "name": name, "config": {**item["config"], "name": name}})
    ends = {key: of_layer(config[key]) for key in ("input_layers", "output_layers") if key in config}
    return {**config, **ends, "name": "network", "layers": layers}


def _with_side(config: dict[str, Any], side: int) -> dict[str, Any]:
    """The same description for pictures of one size, where it leaves the size open."""

    def closed(shape: Any) -> Any:
        if not isinstance(shape, list) or len(shape) != 4:
            return shape
        return [1, *(side if open_ is None else open_ for open_ in shape[1:3]), shape[3]]

    found = json.loads(json.dumps(config))
    for item in found["layers"]:
        if "batch_shape" in item["config"]:
            item["config"]["batch_shape"] = closed(item["config"]["batch_shape"])
    if "build_input_shape" in found:
        found["build_input_shape"] = closed(found["build_input_shape"])
    return found


def _effort(model: Any) -> tuple[int, int]:
    """For one picture of a known size: numbers in all outputs of all layers, and multiply-adds; nothing is computed.

    In a functional model a layer may be called several times, each time on a larger picture: every call counts. In a
    Sequential the last one does, since it calls its layers anew while it is put together.
    """
    import keras

    first = -1 if isinstance(model, keras.Sequential) else 0
    numbers = work = 0
    for layer in model.layers if model.built else ():
        for node in layer._inbound_nodes[first:]:
            for tensor in _as_list(node.output_tensors):
                sides = [side or 1 for side in tensor.shape]
                numbers += math.prod(sides)
                work += math.prod(sides[:-1]) * max(layer.count_params(), 1)
    return numbers, work


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _is_builtin_activation(activation: Any) -> bool:
    """Whether it is the name of a Keras activation, or one of the layers that are nothing else."""
    if activation is None or (isinstance(activation, dict) and activation.get("class_name") in ACTIVATIONS):
        return True
    import keras

    try:
        return isinstance(activation, str) and callable(keras.activations.get(activation))
    except Exception:
        return False


def _optimizer(facts: Compiled, what: str) -> Any:
    import keras

    plain = _plain(facts.settings)
    if facts.optimizer not in OPTIMIZERS or facts.learning_rate is None:
        raise StudentError(
            f"{what} is compiled with {facts.optimizer}, or with a learning rate, that the grader cannot set up again."
        )
    try:
        return getattr(keras.optimizers, facts.optimizer).from_config(plain)
    except Exception:
        raise StudentError(
            f"the optimizer of {what}, {facts.optimizer}, has settings that do not go together."
        ) from None


def _loss(facts: Compiled, what: str) -> Any:
    import keras

    if facts.loss not in LOSSES.values():
        raise StudentError(
            f"{what} is compiled with the loss {facts.loss!r}, which the grader does not know. The course uses the mean squared error."
        )
    if not facts.loss_settings:
        return facts.loss
    kind = next(
        name
        for name, loss in LOSSES.items()
        if loss == facts.loss and hasattr(keras.losses, name) and name[0].isupper()
    )
    try:
        return getattr(keras.losses, kind).from_config(_plain(facts.loss_settings))
    except Exception:
        raise StudentError(f"the loss of {what}, {facts.loss}, has settings that do not go together.") from None


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Those settings that are one plain value each."""
    return {k: v for k, v in settings.items() if v is None or isinstance(v, (bool, int, float, str))}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _must_be_built_in(node: Any, what: str, depth: int = 0) -> None:
    """Refuse whatever in a description is, or leads to, code or a class that is not Keras' own."""
    if depth > 40:
        raise StudentError(f"the description of {what} is nested too deep.")
    for item in node if isinstance(node, list) else node.values() if isinstance(node, dict) else ():
        _must_be_built_in(item, what, depth + 1)
    if not isinstance(node, dict) or "class_name" not in node:
        return
    name, module = node["class_name"], node.get("module")
    if name in ("Lambda", "__lambda__"):
        raise StudentError(
            f"{what} holds a Lambda: code of your own, which the grader does not run. Built-in layers can do the same."
        )
    known = (
        isinstance(name, str)
        and name in (LAYERS if module == "keras.layers" else MODELS | NOTATION if module in (None, "keras") else ())
    ) or (isinstance(module, str) and module in SETTINGS)
    registered = node.get("registered_name") in (None, name, f"keras>{name}")
    if not (known and registered):
        shown = node.get("config") if name == "function" else name
        raise StudentError(
            f"{what} holds {str(shown)[:60]!r}, which is not one of Keras' usual parts for pictures. Build it from layers such as "
            "Conv2D and UpSampling2D, with each activation given by its name, as text."
        )


def _must_hold_no_other(config: dict[str, Any], what: str) -> None:
    """Refuse a layer within a layer: nobody would see how large it is. One that is nothing but an activation may be given as such."""
    for name, value in config.items():
        held = [
            item
            for item in _described(value)
            if item["class_name"] in LAYERS | MODELS and item.get("module") not in SETTINGS
        ]
        if held and not (name == "activation" and held == [value] and value["class_name"] in ACTIVATIONS):
            raise StudentError(f"{what} holds a layer within a layer. Put all layers in line, one behind the other.")


def _described(value: Any) -> list[dict[str, Any]]:
    """All descriptions of objects in a setting, however deep."""
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    found = [item for part in inner for item in _described(part)]
    return [value, *found] if isinstance(value, dict) and "class_name" in value else found


def _must_be_small(found: list[LayerFacts], config: dict[str, Any], what: str) -> None:
    """Refuse, from the description alone and before memory is taken, what could exhaust the grader."""
    too_large = StudentError(
        f"{what} is far larger than the network of the lesson (32,202 weights): the grader does not build it."
    )
    settings = [
        n
        for layer in found
        for n in _numbers([v for k, v in layer.config.items() if k not in ("kernel_initializer", "bias_initializer")])
    ]
    given = [layer.config.get("batch_shape") for layer in found] + [config.get("build_input_shape")]
    wide = max(
        [1, *(n for shape in given if isinstance(shape, list) for n in _numbers(shape[-1:]))]
    )  # channels that come in
    if len(found) > MAX_LAYERS or any(not abs(n) <= MAX_SETTING for n in [*settings, wide]):
        raise too_large
    made = [max(_numbers([layer.config.get("filters"), layer.config.get("units")]), default=0) for layer in found]
    channels = wide + sum(made) + len(found)  # no layer can get more, even if it is given all others' pictures
    multiplier = [max(_numbers(layer.config.get("depth_multiplier")), default=0) * channels for layer in found]
    kernels = [max(_numbers(layer.config.get("kernel_size")), default=1) ** 2 for layer in found]
    numbers = sum(k * max(m, d) * channels for k, m, d in zip(kernels, made, multiplier, strict=True))
    growth = math.prod(
        max([1, *_numbers(layer.config.get("size")), *_numbers(layer.config.get("strides"))])
        for layer in found
        if layer.kind in ("UpSampling2D", "Conv2DTranspose")
    )
    if numbers > MAX_NUMBERS or growth > MAX_GROWTH:
        raise too_large


def _numbers(value: Any) -> list[float]:
    """All numbers in a setting, however nested."""
    if isinstance(value, bool) or not isinstance(value, (int, float, list, tuple)):
        return []
    if isinstance(value, (list, tuple)):
        return [number for item in value for number in _numbers(item)]
    try:
        return [float(value)]
    except OverflowError:
        return [math.inf]
