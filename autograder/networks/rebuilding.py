"""Rebuild a student's model as a Keras model of the grader's own.

It is done in a process of its own (`worker`), because what a model does to the process that it lives in is the student's to choose.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from autograder.errors import StudentError
from autograder.networks.allowed import ACTIVATIONS, LOSSES, OPTIMIZERS
from autograder.networks.budget import must_be_affordable
from autograder.networks.description import Compiled, compiled_of, layers_of
from autograder.networks.spec import ALPHA, SPECS, NetworkSpec

# What is kept of a model's description, and of a layer's.
MODEL_PARTS = ("name", "trainable", "layers", "input_layers", "output_layers", "build_input_shape")
LAYER_PARTS = ("module", "class_name", "config", "registered_name", "name", "inbound_nodes")


@dataclass(frozen=True)
class Summary:
    """A network as Keras builds it.

    Attributes
    ----------
    output_shape : tuple of int
        Of what it makes of a picture.
    weights : list of tuple of int
        The shapes of all its arrays.
    trainable : int
        How many of them it may change.
    """

    output_shape: tuple[int, ...]
    weights: list[tuple[int, ...]]
    trainable: int


def summarize(serialized: Any, what: str, picture: tuple[int, ...], spec: NetworkSpec = ALPHA) -> Summary:
    """Rebuild a serialized model in the process for networks, with its weights, and say what it is.

    Parameters
    ----------
    serialized : SerializedModel
    what : str
        How messages call the model.
    picture : tuple of int
        The shape of a batch.
    spec : NetworkSpec

    Raises
    ------
    StudentError
        That says why it cannot be done.
    """
    from autograder.networks import worker

    must_be_affordable(serialized, what, picture, spec)
    output_shape, shapes, trainable = worker.run("summarize", serialized, what, list(picture), spec.name)
    return Summary(tuple(output_shape), [tuple(shape) for shape in shapes], trainable)


def summarize_here(serialized: Any, what: str, picture: list[int], spec: str = ALPHA.name) -> list[Any]:
    """Do what `summarize` asks for, in this process."""
    model = rebuild(serialized, what, spec=SPECS[spec])
    try:
        output_shape = model.compute_output_shape(tuple(picture))
    except (
        Exception
    ) as error:  # whatever its layers and NumPy raise: the network and the picture's shape are the student's
        raise StudentError(f"{what} takes no picture of the shape {tuple(picture)}: {str(error)[:200]}") from None
    if not all(isinstance(side, int) for side in _as_list(output_shape)):
        raise StudentError(f"{what} has several outputs. One is wanted.")
    return [list(output_shape), [list(weight.shape) for weight in model.weights], len(model.trainable_variables)]


def rebuild(
    serialized: Any, what: str, *, weights: bool = True, compiled: bool = False, spec: NetworkSpec = ALPHA
) -> Any:
    """Return a real keras.Model of the grader's, made from a serialized one.

    Parameters
    ----------
    serialized : SerializedModel
    what : str
        How messages call the model.
    weights : bool
        Whether it gets the model's weights; otherwise fresh ones (see `keras.utils.set_random_seed`).
    compiled : bool
        Whether it gets the model's optimizer and loss, too.
    spec : NetworkSpec

    Raises
    ------
    StudentError
        That says why it cannot be done.
    """
    must_be_affordable(serialized, what, spec=spec)
    for activation in (layer.config.get("activation") for layer in layers_of(serialized, what)):
        if not _is_builtin_activation(activation):
            shown = activation if isinstance(activation, str) else "a function of your own"
            raise StudentError(
                f"{what} has {shown[:60]!r} for an activation, which is none of Keras' own. Give its name, as text."
            )
    model = _built(_plain_tree(serialized.config), what)
    if weights:
        if [tuple(a.shape) for a in serialized.weights] != [tuple(w.shape) for w in model.weights]:
            raise StudentError(f"the weights of {what} do not fit its layers ({model.count_params()} numbers).")
        model.set_weights(serialized.weights)
    if compiled:
        facts = compiled_of(serialized, what)
        model.compile(optimizer=optimizer_of(facts, what), loss=loss_of(facts, what))
    return model


def identity(serialized: Any, what: str) -> str:
    """Return all that a rebuilt and compiled network is made from, but for its weights: equal texts, equal networks.

    What a description says beside that (names, the steps that the optimizer had made) is left out.

    Raises
    ------
    StudentError
        If the description cannot be read.
    """
    facts, tree = compiled_of(serialized, what), _plain_tree(serialized.config)
    settings = {**facts.settings, "learning_rate": facts.learning_rate, "name": None}
    loss = {**facts.loss_settings, "name": None}
    made_from = [tree["class_name"], tree["config"], facts.optimizer, _plain(settings), facts.loss, _plain(loss)]
    return json.dumps(made_from, sort_keys=True)


def plan(serialized: Any) -> str:
    """Return all that a network is made from, but for its weights and how it was compiled: equal texts, equal networks.

    It is known to be rebuilt (`rebuild`), or to be so soon.
    """
    tree = _plain_tree(serialized.config)
    return json.dumps([tree["class_name"], tree["config"]], sort_keys=True)


def _plain_tree(config: str) -> dict[str, Any]:
    """A model's description with nothing in it but what was looked at."""
    tree = json.loads(config)
    # What a layer's description says beside these, Keras would build without asking.
    for item in tree["config"]["layers"]:
        for part in set(item) - set(LAYER_PARTS):
            del item[part]
    # `keras.Model([x], [y])`: one thing in a list is that thing, and so is one input in a dict.
    for ends in ("input_layers", "output_layers"):
        places = tree["config"].get(ends)
        if ends == "input_layers" and isinstance(places, dict) and len(places) == 1:
            places = tree["config"][ends] = [*places.values()]
        if isinstance(places, list) and len(places) == 1 and isinstance(places[0], list):
            tree["config"][ends] = places[0]
    tree["config"] = _with_plain_names({key: value for key, value in tree["config"].items() if key in MODEL_PARTS})
    return tree


def _built(tree: dict[str, Any], what: str) -> Any:
    """The model that a description says, with fresh weights."""
    import keras

    try:
        kind = keras.Sequential if tree["class_name"] == "Sequential" else keras.Model
        model = kind.from_config(tree["config"])
        if not model.built:
            raise StudentError(
                f"{what} has no input layer: begin with keras.Input(shape=…), so that its weights exist from the start."
            )
        model.count_params()
    except StudentError:
        raise
    except Exception as error:  # whatever its layers and its backend raise: the description is the student's
        reason = str(error).strip().split("\n")[0][:200]
        raise StudentError(
            f"{what} could not be built again from its layers: {reason or type(error).__name__}"
        ) from None
    return model


def _with_plain_names(config: dict[str, Any]) -> dict[str, Any]:
    """The same description with its layers named layer_0, layer_1, …: TensorFlow does not train under every name that Keras takes."""
    listed = config["layers"]
    own = [str(item["config"].get("name")) for item in listed]
    new = {name: f"layer_{number}" for number, name in enumerate(own)}
    if len(new) < len(own):
        # Two of the same name: Keras says so.
        return config

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

    layers: list[Any] = []
    for item, name in zip(listed, new.values(), strict=True):
        there = {"inbound_nodes": renamed(item["inbound_nodes"])} if "inbound_nodes" in item else {}
        layers.append({**item, **there, "name": name, "config": {**item["config"], "name": name}})
    ends: dict[str, Any] = {key: of_layer(config[key]) for key in ("input_layers", "output_layers") if key in config}
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
    # Keras says that it knows none of this name.
    except ValueError:
        return False


def optimizer_of(facts: Compiled, what: str) -> Any:
    """Return a fresh optimizer like the one that a model was compiled with.

    Raises
    ------
    StudentError
        If it is none that the grader can set up.
    """
    import keras

    plain = _plain({**facts.settings, "learning_rate": facts.learning_rate})
    if facts.optimizer not in OPTIMIZERS or facts.learning_rate is None:
        raise StudentError(
            f"{what} is compiled with {facts.optimizer}, or with a learning rate, that the grader cannot set up again."
        )
    try:
        return getattr(keras.optimizers, facts.optimizer).from_config(plain)
    except Exception:  # whatever its settings make Keras and NumPy raise: they are the student's
        raise StudentError(
            f"the optimizer of {what}, {facts.optimizer}, has settings that do not go together."
        ) from None


def loss_of(facts: Compiled, what: str) -> Any:
    """Return the loss that `compile` was given, for another `compile`: its name, or an object of Keras' own class.

    Raises
    ------
    StudentError
        If the grader does not know it.
    """
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
    except Exception:  # Keras says in many ways that settings do not fit
        raise StudentError(f"the loss of {what}, {facts.loss}, has settings that do not go together.") from None


def _plain(settings: dict[str, Any]) -> dict[str, Any]:
    """Those settings that are one plain value each."""
    return {k: v for k, v in settings.items() if v is None or isinstance(v, (bool, int, float, str))}
