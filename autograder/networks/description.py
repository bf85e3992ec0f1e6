"""Reads a student's Keras model from its description, and rebuilds it: built-in layers only, bounded in cost, no code of the student's.

`layers_of`, `line_of`, `compiled_of` and `must_be_affordable` only read. `rebuild` makes a model; the grader calls it in a process of
its own (`networks.py`), because what a model does to the process that it lives in is the student's to choose.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from autograder.checks.expect import describe
from autograder.errors import StudentError, StudentTooMuch
from autograder.kernel.codec import Unsupported
from autograder.kernel.models import KERAS_OWN, SerializedModel
from autograder.networks import cost

LAYERS = cost.KINDS
ACTIVATIONS = frozenset(
    ("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax")
)  # layers that may be another layer's activation
MODELS = frozenset(("Sequential", "Functional"))
NOTATION = frozenset(("__keras_tensor__", "DTypePolicy"))  # what Keras writes between the layers
RANDOM = frozenset(  # initializers that draw a kernel's first numbers
    [
        "GlorotNormal",
        "GlorotUniform",
        "HeNormal",
        "HeUniform",
        "LecunNormal",
        "LecunUniform",
        "Orthogonal",
        "OrthogonalInitializer",
        "RandomNormal",
        "RandomUniform",
        "TruncatedNormal",
        "VarianceScaling",
    ]
)
SETTINGS = {  # the objects that a layer may be given, by their module
    "keras.initializers": RANDOM | {"Constant", "Identity", "IdentityInitializer", "Ones", "Zeros"},
    "keras.regularizers": frozenset(("L1", "L2", "L1L2", "OrthogonalRegularizer")),
    "keras.constraints": frozenset(("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm")),
}
DTYPES = frozenset(["float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16"])
_COMMON = "name trainable dtype"
_CONV = (
    "kernel_size strides padding data_format dilation_rate activation use_bias bias_initializer bias_regularizer bias_constraint"
    " activity_regularizer"
)
_KERNEL = "kernel_initializer kernel_regularizer kernel_constraint"
_DEPTHWISE = "depth_multiplier depthwise_initializer depthwise_regularizer depthwise_constraint"
_POOL = "pool_size strides padding data_format"
_NORMAL = "axis epsilon center scale beta_initializer gamma_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint"
KNOWN = {  # the settings of each kind of layer; what another one costs, nobody knows
    "InputLayer": "batch_shape sparse ragged optional",
    "Conv2D": f"{_CONV} {_KERNEL} filters groups",
    "Conv2DTranspose": f"{_CONV} {_KERNEL} filters output_padding",
    "SeparableConv2D": f"{_CONV} {_DEPTHWISE} filters pointwise_initializer pointwise_regularizer pointwise_constraint",
    "DepthwiseConv2D": f"{_CONV} {_DEPTHWISE}",
    "UpSampling2D": "size data_format interpolation",
    "MaxPooling2D": _POOL,
    "AveragePooling2D": _POOL,
    "ZeroPadding2D": "padding data_format",
    "Cropping2D": "cropping data_format",
    "Dense": f"units activation use_bias bias_initializer bias_regularizer bias_constraint activity_regularizer {_KERNEL}",
    "BatchNormalization": f"{_NORMAL} momentum moving_mean_initializer moving_variance_initializer synchronized renorm renorm_momentum",
    "LayerNormalization": f"{_NORMAL} rms_scaling",
    "Activation": "activation",
    "ReLU": "max_value negative_slope threshold",
    "LeakyReLU": "negative_slope",
    "ELU": "alpha",
    "Softmax": "axis",
    "Dropout": "rate seed noise_shape",
    "SpatialDropout2D": "rate seed data_format",
    "GaussianNoise": "stddev seed",
    "GaussianDropout": "rate seed",
    "Rescaling": "scale offset",
    "Concatenate": "axis",
}
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
MAX_CALLS = 256  # of all layers together
MAX_PICTURES = 64_000_000  # numbers in memory at once for one picture of SIDE × SIDE, or for a step of a training
MAX_WORK = 20_000_000_000  # multiplications for a picture of SIDE × SIDE; the alpha network has half a billion
SIDE = 400  # of the largest picture that a network is shown in the grader
TRAINED = 64  # side of the pictures that it is trained on
MODEL_PARTS = ("name", "trainable", "layers", "input_layers", "output_layers", "build_input_shape")  # of a model's
LEARNING = frozenset(
    [
        "Conv2D",
        "Conv2DTranspose",
        "SeparableConv2D",
        "DepthwiseConv2D",
        "Dense",
        "BatchNormalization",
        "LayerNormalization",
    ]
)
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
    loss_weights: as they were given, usually None. iterations: the steps that the optimizer has made.
    """

    optimizer: str
    loss: str
    settings: dict[str, Any] = field(repr=False)
    loss_settings: dict[str, Any] = field(repr=False)
    learning_rate: float | None = None  # None if it is a schedule, or no number
    loss_weights: Any = None
    iterations: int = 0


@dataclass(frozen=True)
class _Network:
    """A description that was looked at: all calls of all layers, in an order in which inputs stand before what is made of them.

    outputs: as the description gives them.
    """

    layers: list[LayerFacts]
    calls: list[cost.Call]
    outputs: Any
    ends: list[int]  # the calls that the outputs come from


def layers_of(sealed: Any, what: str) -> list[LayerFacts]:
    """The layers of a sealed model, input layer included, in the order of its list: known to be built-in ones, wired in some way.

    what: how a message calls the model, "what build_alpha() returns". StudentError says why a model is refused.
    """
    return _network_of(sealed, what).layers


def line_of(sealed: Any, what: str) -> list[LayerFacts]:
    """The layers in the order in which a picture goes through them; a layer without weights that is called twice stands there twice.

    StudentError if they are no line: several inputs or outputs, an output in a dict, branches, layers beside the line, a layer that
    learns and is used twice, a layer that is called with more than its picture.
    """
    network = _network_of(sealed, what)
    if len(network.ends) != 1 or isinstance(network.outputs, dict):
        more = "a dict of outputs" if isinstance(network.outputs, dict) else f"{len(network.ends)} outputs"
        raise StudentError(
            f"{what} has {more}. One output is wanted: `keras.Model(inputs, outputs)` with one tensor each."
        )
    inputs = [call for call in network.calls if network.layers[call.layer].kind == cost.INPUT]
    if len(inputs) > 1:
        raise StudentError(f"{what} has {len(inputs)} inputs. One input is wanted.")
    line, place = [], network.ends[0]
    while True:
        call = network.calls[place]
        line.append(call.layer)
        if len(call.inputs) != 1:
            break
        (place,) = call.inputs
    if call.inputs or len(line) != len(network.calls):
        raise StudentError(
            f"{what} has branches, or calls that do not lead to its output. All layers should be in one line."
        )
    found = [network.layers[layer] for layer in reversed(line)]
    for layer in found:
        if line.count(network.layers.index(layer)) > 1 and layer.kind in LEARNING:
            raise StudentError(
                f"{what} uses one {layer.kind} {line.count(network.layers.index(layer))} times, with the same weights. Each layer that learns should be its own."
            )
    return found


def _network_of(sealed: Any, what: str) -> _Network:
    if not isinstance(sealed, SerializedModel):
        own = isinstance(sealed, Unsupported) and "written down as layers" in repr(sealed)
        how = (
            " Is it of a class of your own? A keras.Sequential and a keras.Model(inputs, outputs) can be."
            if own
            else ""
        )
        raise StudentError(f"{what} should be a Keras model; what came is {describe(sealed)}.{how}")
    tree = _parsed(sealed.config)
    kind = str(tree.get("class_name"))[:60] if isinstance(tree, dict) else "unknown"
    if kind not in MODELS or not isinstance(tree.get("config"), dict) or not _is_keras_own(tree):
        raise StudentError(
            f"{what} is a model of {'a class of your own called' if kind in MODELS else 'the class'} {kind}. The grader can rebuild a keras.Sequential or a functional keras.Model."
        )
    _must_be_built_in(tree["config"], what)
    listed = tree["config"].get("layers")
    if not isinstance(listed, list) or not all(
        isinstance(item, dict) and isinstance(item.get("config"), dict) for item in listed
    ):
        raise StudentError(f"{what} has no list of layers.")
    found = [LayerFacts(str(item.get("class_name")), item["config"]) for item in listed]
    if len(found) > MAX_LAYERS:
        raise StudentError(f"{what} has far more layers than the network of the lesson: {len(found)}.")
    if any(layer.kind not in LAYERS for layer in found):
        raise StudentError(
            f"{what} holds another model among its layers. Put that model's layers in line with the others."
        )
    for layer in found:
        _must_hold_no_other(layer.config, what)
        _must_have_known_settings(layer, what)
    return _wired(found, tree, what)


def _is_keras_own(tree: dict[str, Any]) -> bool:
    """Whether a model is of Keras' own class, and not of another one that has its name."""
    module, name = tree.get("module", "keras"), tree.get("registered_name")
    known = isinstance(module, str) and (module == "keras" or module.startswith("keras.src."))
    return known and name in (None, tree["class_name"], f"keras>{tree['class_name']}")


def _must_have_known_settings(layer: LayerFacts, what: str) -> None:
    """Refuse settings that the cost of a layer does not take into account, and numbers of a kind that nobody trains with."""
    known = {*_COMMON.split(), *KNOWN.get(layer.kind, "").split()}
    odd = [
        name for name, value in layer.config.items() if name not in known and value is not None and value is not False
    ]
    if odd:
        raise StudentError(
            f"{what} has a {layer.kind} with the setting {str(odd[0])[:40]!r}, which the grader does not rebuild."
        )
    dtype = layer.config.get("dtype")
    if isinstance(dtype, dict) and isinstance(dtype.get("config"), dict):
        dtype = dtype["config"].get("name")
    if dtype is not None and dtype not in DTYPES:
        raise StudentError(f"{what} has a {layer.kind} of the dtype {str(dtype)[:40]!r}. Networks compute in floats.")


def _wired(found: list[LayerFacts], tree: dict[str, Any], what: str) -> _Network:
    """All calls of all layers, from the description of the whole model."""
    config = tree["config"]
    if tree["class_name"] == "Sequential":
        if found and found[0].kind != cost.INPUT and config.get("build_input_shape") is not None:
            found = [LayerFacts(cost.INPUT, {"batch_shape": config["build_input_shape"]}), *found]
        calls = [cost.Call(place, (place - 1,) if place else ()) for place in range(len(found))]
        if any(layer.kind == cost.INPUT for layer in found[1:]):
            raise StudentError(f"{what} has an input in the middle of its layers.")
        return _Network(found, calls, None, [len(calls) - 1] if calls else [])
    items = config["layers"]
    names = [item.get("name") for item in items]
    if len(set(map(str, names))) < len(names) or names != [item["config"].get("name") for item in items]:
        raise StudentError(f"{what} has two layers of the same name, or a layer of two names.")
    sources: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for item in items:
        nodes = item.get("inbound_nodes")
        if not isinstance(nodes, list) or (not nodes and item.get("class_name") != cost.INPUT):
            raise StudentError(f"{what} has a layer that is not used, or that is written down in an old way.")
        if item.get("class_name") == cost.INPUT:
            sources[item["name"], 0] = []
            continue
        for number, node in enumerate(nodes):
            sources[item["name"], number] = _called_with(node, what)
    if len(sources) > MAX_CALLS:
        raise StudentError(
            f"{what} calls its layers far more often than the network of the lesson: {len(sources)} times."
        )
    order: dict[tuple[str, int], int] = {}
    calls: list[cost.Call] = []
    waiting = list(sources)
    while waiting:
        ready = [key for key in waiting if all(source in order for source in sources[key])]
        if not ready:
            raise StudentError(f"{what} has layers that wait for each other, or for a layer that is not there.")
        for key in ready:
            order[key] = len(calls)
            calls.append(cost.Call(names.index(key[0]), tuple(order[source] for source in sources[key])))
        waiting = [key for key in waiting if key not in order]
    ends = [_place(place, what) for place in _places(config.get("output_layers"))]
    if not ends or any(end not in order for end in ends):
        raise StudentError(f"{what} has no output.")
    return _Network(found, calls, config.get("output_layers"), [order[end] for end in ends])


def _called_with(node: Any, what: str) -> list[tuple[str, int]]:
    """The calls that a call's inputs come from. Beside them there may be None and switches."""
    if not isinstance(node, dict) or set(node) != {"args", "kwargs"} or not isinstance(node["kwargs"], dict):
        raise StudentError(f"{what} is written down in an old way. Save it with the Keras of the course.")
    found: list[tuple[str, int]] = []

    def look(value: Any) -> None:
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            inner = value.get("config")
            found.append(_place(inner.get("keras_history") if isinstance(inner, dict) else None, what))
        elif isinstance(value, list):
            for part in value:
                look(part)
        elif not (value is None or isinstance(value, bool)):
            raise StudentError(f"{what} calls a layer with something else than pictures: {str(value)[:40]}.")

    look(node["args"])
    look(list(node["kwargs"].values()))
    if not found:
        raise StudentError(f"{what} calls a layer without a picture.")
    return found


def _places(value: Any) -> list[Any]:
    """All [name, call, tensor] in the ends of a model: one, a list of such, a dict of such."""
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        return [value]
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return [place for part in inner for place in _places(part)]


def _place(value: Any, what: str) -> tuple[str, int]:
    """A call: the layer's name and which of its calls it is."""
    if (
        not isinstance(value, list)
        or len(value) != 3
        or not isinstance(value[0], str)
        or type(value[1]) is not int
        or value[2] != 0
    ):
        raise StudentError(f"{what} has layers that are wired in a way that the grader cannot read.")
    return value[0], value[1]


def must_be_affordable(sealed: Any, what: str, picture: tuple[int, ...] = (1, TRAINED, TRAINED, 1)) -> None:
    """Refuse, from the description alone, a network that needs far more memory or time than the lesson's.

    picture: the batch that it is trained on. StudentError for too many weights, StudentTooMuch for memory and time. Looked at are a training on it, and one picture of SIDE × SIDE there and not back.
    """
    network = _network_of(sealed, what)
    layers = [(layer.kind, layer.config) for layer in network.layers]
    try:
        found = [
            (cost.cost_of(layers, network.calls, (1, SIDE, SIDE, 1), training=False), MAX_WORK),
            (cost.cost_of(layers, network.calls, picture, training=True), MAX_WORK * TRAINED**2 // SIDE**2),
        ]
    except cost.Odd as odd:
        raise StudentError(f"{what} could not be built again: {odd}.") from None
    too_large = (
        f"{what} is far larger than the network of the lesson (32,202 weights), or takes far more memory or time:"
        " the grader does not build it."
    )
    if any(one.weights > MAX_NUMBERS for one, _ in found):
        raise StudentError(too_large)
    if any(one.numbers > MAX_PICTURES or one.work > most for one, most in found):
        raise StudentTooMuch(too_large)


def compiled_of(sealed: Any, what: str) -> Compiled:
    """How a sealed model was compiled. StudentError if it was not, or with an optimizer that is not Keras' own."""
    layers_of(sealed, what)
    facts = _parsed(sealed.compiled) if sealed.compiled else None
    if not isinstance(facts, dict) or not isinstance(facts.get("settings"), dict):
        raise StudentError(f"{what} is not compiled: it has no optimizer and no loss yet. See `model.compile(...)`.")
    optimizer = str(facts.get("optimizer"))[:60]
    if facts.get("optimizer_from") != KERAS_OWN:
        raise StudentError(f"{what} is compiled with {optimizer}, a class of your own. Take the one that Keras has.")
    loss, given = facts.get("loss"), {}
    if isinstance(loss, (list, dict)) and len(loss) == 1:  # one loss in a list, or by the name of the one output
        (loss,) = loss.values() if isinstance(loss, dict) else loss
    if isinstance(loss, dict):
        config = loss.get("config")
        loss = config if loss.get("class_name") == "function" else loss.get("class_name")
        given = config if isinstance(config, dict) else {}
    loss = str(loss)[:60]
    loss = LOSSES.get(loss, loss) if facts.get("loss_from") == KERAS_OWN else f"{loss}, of your own"
    rate = facts["settings"].get("learning_rate")
    rate = None if isinstance(rate, (list, tuple)) else next(iter(_numbers(rate)), None)
    steps = facts.get("iterations")
    return Compiled(
        optimizer, loss, facts["settings"], given, rate, _loss_weights(facts), steps if type(steps) is int else 0
    )


@dataclass(frozen=True)
class Look:
    """A network as Keras builds it. makes: the shape that comes out for a picture; weights: the shapes of all; free: of how many it may change."""

    makes: tuple[int, ...]
    weights: list[tuple[int, ...]]
    free: int


def look_at(sealed: Any, what: str, picture: tuple[int, ...]) -> Look:
    """Rebuild a sealed model in the process for networks, with its weights, and say what it is. StudentError says why it cannot be done."""
    from autograder.networks import worker

    must_be_affordable(sealed, what, picture)
    makes, shapes, free = worker.run("look", sealed, what, list(picture))
    return Look(tuple(makes), [tuple(shape) for shape in shapes], free)


def look_here(sealed: Any, what: str, picture: list[int]) -> list[Any]:
    """`look_at` in this process."""
    model = rebuild(sealed, what)
    try:
        makes = model.compute_output_shape(tuple(picture))
    except Exception as error:
        raise StudentError(f"{what} takes no picture of the shape {tuple(picture)}: {str(error)[:200]}") from None
    if not all(isinstance(side, int) for side in _as_list(makes)):
        raise StudentError(f"{what} has several outputs. One is wanted.")
    return [list(makes), [list(weight.shape) for weight in model.weights], len(model.trainable_variables)]


def _loss_weights(facts: dict[str, Any]) -> Any:
    """What `compile` was given for a weight of its one loss: None, or a number, alone or in a list; as text, whatever else it is."""
    given = facts.get("loss_weights")
    single = given[0] if isinstance(given, list) and len(given) == 1 else given
    plain = single is None or (isinstance(single, (int, float)) and abs(single) < 1e30)
    return given if plain else str(given)[:60]


def rebuild(sealed: Any, what: str, *, weights: bool = True, compiled: bool = False) -> Any:
    """A real keras.Model of the grader's, from a sealed one.

    weights: with the sealed weights; otherwise with fresh ones (see `keras.utils.set_random_seed`).
    compiled: with its optimizer and loss, too. StudentError says why it cannot be done.
    """
    import keras

    must_be_affordable(sealed, what)
    found = layers_of(sealed, what)
    tree = json.loads(sealed.config)
    for item in tree["config"]["layers"]:  # what it says beside these, Keras would build without asking
        for part in set(item) - set(LAYER_PARTS):
            del item[part]
    for ends in ("input_layers", "output_layers"):  # `keras.Model([x], [y])`: one thing in a list is that thing
        places = tree["config"].get(ends)
        if ends == "input_layers" and isinstance(places, dict) and len(places) == 1:
            places = tree["config"][ends] = [*places.values()]  # and so is one input in a dict
        if isinstance(places, list) and len(places) == 1 and isinstance(places[0], list):
            tree["config"][ends] = places[0]
    tree["config"] = _with_plain_names({key: value for key, value in tree["config"].items() if key in MODEL_PARTS})
    for activation in (layer.config.get("activation") for layer in found):
        if not _is_builtin_activation(activation):
            shown = activation if isinstance(activation, str) else "a function of your own"
            raise StudentError(
                f"{what} has {shown[:60]!r} for an activation, which is none of Keras' own. Give its name, as text."
            )
    try:
        kind = keras.Sequential if tree["class_name"] == "Sequential" else keras.Model
        model = kind.from_config(tree["config"])
        if not model.built:
            raise StudentError(
                f"{what} has no input layer: begin with keras.Input(shape=…), so that its weights exist from the start."
            )
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
        model.compile(optimizer=_optimizer(facts, what), loss=loss_of(facts, what))
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

    plain = _plain({**facts.settings, "learning_rate": facts.learning_rate})
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


def loss_of(facts: Compiled, what: str) -> Any:
    """The loss that `compile` was given, for another `compile`: its name, or an object of Keras' own class."""
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
    ) or (isinstance(module, str) and isinstance(name, str) and name in SETTINGS.get(module, ()))
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
