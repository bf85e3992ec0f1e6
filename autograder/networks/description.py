"""Read a student's Keras model from its description. Nothing is built and nothing is run."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from autograder.checks.expect import describe
from autograder.errors import StudentError
from autograder.kernel.codec import Unsupported
from autograder.kernel.models import KERAS_OWN, OWN, SerializedModel
from autograder.networks import cost
from autograder.networks.allowed import (
    LAYERS,
    LEARNING,
    LOSSES,
    MODELS,
    LayerFacts,
    is_keras_own,
    must_be_built_in,
    must_be_what_it_is_called,
    must_have_known_settings,
    must_hold_no_other,
)
from autograder.networks.wiring import Network, wired

MAX_LAYERS = 64


@dataclass(frozen=True)
class Compiled:
    """What `compile` was given.

    Attributes
    ----------
    optimizer : str
        Its class.
    loss : str
        Its name, "mean_squared_error".
    settings : dict
        The optimizer's.
    loss_settings : dict
        {} if the loss was given by name, otherwise its class's config, {"reduction": "sum_over_batch_size", …}.
    learning_rate : float or None
        None if it is a schedule, or no number.
    loss_weights : object
        As they were given, usually None.
    iterations : int
        The steps that the optimizer has made.
    """

    optimizer: str
    loss: str
    settings: dict[str, Any] = field(repr=False)
    loss_settings: dict[str, Any] = field(repr=False)
    learning_rate: float | None = None
    loss_weights: Any = None
    iterations: int = 0


def layers_of(serialized: Any, what: str) -> list[LayerFacts]:
    """Return the layers of a serialized model, input layer included, in the order of its list.

    They are known to be built-in ones, wired in some way.

    Parameters
    ----------
    serialized : object
        What came from the student, a SerializedModel if it is right.
    what : str
        How a message calls the model, "what build_alpha() returns".

    Raises
    ------
    StudentError
        That says why a model is refused.
    """
    return network_of(serialized, what).layers


def line_of(serialized: Any, what: str) -> list[LayerFacts]:
    """Return the layers in the order in which a picture goes through them.

    A layer without weights that is called twice stands there twice.

    Raises
    ------
    StudentError
        If they are no line: several inputs or outputs, an output in a dict, branches, layers beside the line, a layer that
        learns and is used twice, a layer that is called with more than its picture.
    """
    network = network_of(serialized, what)
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


def network_of(serialized: Any, what: str) -> Network:
    """Return the layers and the calls of a serialized model.

    Raises
    ------
    StudentError
        That says why a model is refused.
    """
    if not isinstance(serialized, SerializedModel):
        own = isinstance(serialized, Unsupported) and "written down as layers" in repr(serialized)
        how = (
            " Is it of a class of your own? A keras.Sequential and a keras.Model(inputs, outputs) can be."
            if own
            else ""
        )
        raise StudentError(f"{what} should be a Keras model; what came is {describe(serialized)}.{how}")
    tree = _parsed(serialized.config)
    kind = str(tree.get("class_name"))[:60] if isinstance(tree, dict) else "unknown"
    if kind not in MODELS or not isinstance(tree.get("config"), dict) or not is_keras_own(tree):
        raise StudentError(
            f"{what} is a model of {'a class of your own called' if kind in MODELS else 'the class'} {kind}. The grader can rebuild a keras.Sequential or a functional keras.Model."
        )
    must_be_what_it_is_called(tree.get(OWN), what)
    must_be_built_in(tree["config"], what)
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
        must_hold_no_other(layer.config, what)
        must_have_known_settings(layer, what)
    return wired(found, tree, what)


def compiled_of(serialized: Any, what: str) -> Compiled:
    """Return how a serialized model was compiled.

    Raises
    ------
    StudentError
        If it was not, or with an optimizer that is not Keras' own.
    """
    layers_of(serialized, what)
    facts = _parsed(serialized.compiled) if serialized.compiled else None
    if not isinstance(facts, dict) or not isinstance(facts.get("settings"), dict):
        raise StudentError(
            f"{what[:1].upper()}{what[1:]} is not compiled: it has no optimizer and no loss yet. See `model.compile(...)`."
        )
    optimizer = str(facts.get("optimizer"))[:60]
    if facts.get("optimizer_from") != KERAS_OWN:
        raise StudentError(f"{what} is compiled with {optimizer}, a class of your own. Take the one that Keras has.")
    loss, given = facts.get("loss"), {}
    # One loss in a list, or by the name of the one output.
    if isinstance(loss, (list, dict)) and len(loss) == 1:
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


def _loss_weights(facts: dict[str, Any]) -> Any:
    """What `compile` was given for a weight of its one loss: None, or a number, alone or in a list; as text, whatever else it is."""
    given = facts.get("loss_weights")
    single = given[0] if isinstance(given, list) and len(given) == 1 else given
    plain = single is None or (isinstance(single, (int, float)) and abs(single) < 1e30)
    return given if plain else str(given)[:60]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


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
