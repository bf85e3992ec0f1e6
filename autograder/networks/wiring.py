"""Read from a model's description how its layers are wired: which call gets what which other call made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograder.errors import StudentError
from autograder.networks import cost
from autograder.networks.allowed import LayerFacts

# Calls of all layers together.
MAX_CALLS = 256


@dataclass(frozen=True)
class Network:
    """A description that was looked at.

    Attributes
    ----------
    layers : list of LayerFacts
    calls : list of cost.Call
        All calls of all layers, in an order in which inputs stand before what is made of them.
    outputs : object
        As the description gives them.
    ends : list of int
        The calls that the outputs come from.
    starts : list of int
        The calls that are the inputs, in the model's order.
    inputs : object
        As the description gives them.
    """

    layers: list[LayerFacts]
    calls: list[cost.Call]
    outputs: Any
    ends: list[int]
    starts: list[int]
    inputs: Any = None


def wired(found: list[LayerFacts], tree: dict[str, Any], what: str) -> Network:
    """Return all calls of all layers.

    Parameters
    ----------
    found : list of LayerFacts
        The layers in the order of the description's list.
    tree : dict
        The description of the whole model, known to hold built-in layers only.
    what : str
        How a message calls the model.

    Raises
    ------
    StudentError
        If it is wired in a way that cannot be read.
    """
    if tree["class_name"] == "Sequential":
        return _in_line(found, tree["config"], what)
    config = tree["config"]
    names = _names_of(config["layers"], what)
    order, calls = _in_order(_sources(config["layers"], what), names, what)
    ends = [_place(place, what) for place in _places(config.get("output_layers"))]
    if not ends or any(end not in order for end in ends):
        raise StudentError(f"{what} has no output.")
    starts = [_place(place, what) for place in _places(config.get("input_layers"))]
    if any(start not in order or found[calls[order[start]].layer].kind != cost.INPUT for start in starts):
        raise StudentError(f"{what} names an input that is none.")
    return Network(
        found,
        calls,
        config.get("output_layers"),
        [order[end] for end in ends],
        [order[start] for start in starts],
        config.get("input_layers"),
    )


def _in_line(found: list[LayerFacts], config: dict[str, Any], what: str) -> Network:
    """The calls of a Sequential: each layer gets what the one before made."""
    if found and found[0].kind != cost.INPUT and config.get("build_input_shape") is not None:
        found = [LayerFacts(cost.INPUT, {"batch_shape": config["build_input_shape"]}), *found]
    calls = [cost.Call(place, (place - 1,) if place else ()) for place in range(len(found))]
    if any(layer.kind == cost.INPUT for layer in found[1:]):
        raise StudentError(f"{what} has an input in the middle of its layers.")
    first = [0] if found and found[0].kind == cost.INPUT else []
    return Network(found, calls, None, [len(calls) - 1] if calls else [], first)


def _names_of(items: list[dict[str, Any]], what: str) -> list[str]:
    names = [item.get("name") for item in items]
    if len(set(map(str, names))) < len(names) or names != [item["config"].get("name") for item in items]:
        raise StudentError(f"{what} has two layers of the same name, or a layer of two names.")
    return names


def _sources(items: list[dict[str, Any]], what: str) -> dict[tuple[str, int], list[tuple[str, int]]]:
    """For each call, (layer, number), the calls that its inputs come from."""
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
    return sources


def _in_order(
    sources: dict[tuple[str, int], list[tuple[str, int]]], names: list[str], what: str
) -> tuple[dict[tuple[str, int], int], list[cost.Call]]:
    """All calls, inputs before what is made of them, and the place of each in that order."""
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
    return order, calls


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
