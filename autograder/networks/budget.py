"""Refuse a network that is far larger than the lesson's, before anything of it is built."""

from __future__ import annotations

import math
from typing import Any

from autograder.errors import StudentError, StudentTooMuch
from autograder.networks import cost
from autograder.networks.description import network_of
from autograder.networks.spec import ALPHA, NetworkSpec


def must_be_affordable(
    serialized: Any,
    what: str,
    picture: tuple[int, ...] | list[tuple[int, ...]] | None = None,
    spec: NetworkSpec = ALPHA,
) -> None:
    """Refuse, from the description alone, a network that needs far more memory or time than the lesson's.

    Looked at are a training on a batch, and one picture of the full side there and not back.

    Parameters
    ----------
    serialized : SerializedModel
    what : str
        How messages call the model.
    picture : tuple of int, or list of such, optional
        The shape of the batch that it is trained on, one for each input; by default those of one picture of the spec's.
    spec : NetworkSpec
        What the lesson asks for.

    Raises
    ------
    StudentError
        For too many weights, and if the layers do not fit together.
    StudentTooMuch
        For memory and time.
    """
    shapes = [picture] if isinstance(picture, tuple) else picture or spec.inputs()
    whole = spec.inputs(1, spec.full_side)[: len(shapes)]
    full, part = math.prod(whole[0]), math.prod(shapes[0])
    found = [
        (cost_of(serialized, what, whole, training=False), spec.max_work),
        (cost_of(serialized, what, shapes, training=True), spec.max_work * part // full),
    ]
    if any(one.weights > spec.max_weights for one, _ in found):
        raise StudentError(too_large(what, spec))
    if any(one.numbers > spec.max_numbers or one.work > most for one, most in found):
        raise StudentTooMuch(too_large(what, spec))


def cost_of(serialized: Any, what: str, shapes: list[tuple[int, ...]], *, training: bool = False) -> cost.Cost:
    """Return what a network costs for a batch of these shapes, one for each input, from its description alone.

    Its `weights` is how many numbers it has; `made` says what comes out.

    Raises
    ------
    StudentError
        If the layers do not fit together.
    """
    network = network_of(serialized, what)
    layers = [(layer.kind, layer.config) for layer in network.layers]
    coming = dict(zip(network.starts, shapes, strict=False)) if len(shapes) > 1 else shapes[0]
    try:
        return cost.cost_of(layers, network.calls, coming, training=training)
    except cost.Odd as odd:
        raise StudentError(f"{what} could not be built again: {odd}.") from None


def made(serialized: Any, what: str, shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the shape of what a network makes of a batch of these shapes, one for each input.

    Raises
    ------
    StudentError
        If it has not as many inputs, or several outputs, or if its layers do not fit together.
    """
    network = network_of(serialized, what)
    if len(network.ends) != 1 or isinstance(network.outputs, dict):
        raise StudentError(f"{what} should have one output, and no dict of them; it has {len(network.ends)}.")
    count = max(len(network.starts), 1)
    if count != len(shapes):
        wanted = "one input" if len(shapes) == 1 else f"{len(shapes)} inputs, in a list"
        raise StudentError(f"{what} has {count} {'input' if count == 1 else 'inputs'}; wanted: {wanted}.")
    if isinstance(network.inputs, dict) and count > 1:
        raise StudentError(
            f"{what} takes its inputs in a dict. Give keras.Model a list of them, so that they have an order."
        )
    named = [network.layers[network.calls[place].layer].config.get("batch_shape") for place in network.starts]
    for number, (one, shape) in enumerate(zip(named, shapes, strict=False), start=1):
        if not _fits(one, shape):
            which = "input" if count == 1 else f"input {number} of {count}"
            swapped = count == 2 and all(map(_fits, reversed(named), shapes))
            more = " Its two inputs have changed places." if swapped else ""
            raise StudentError(
                f"{what} takes the shape {_shown(one)} as its {which}; what comes has {_shown(shape)}.{more}"
            )
    return cost_of(serialized, what, shapes).shapes[network.ends[0]]


def _fits(named: Any, shape: tuple[int, ...]) -> bool:
    """Whether an input of this shape, with None for any number, takes a batch."""
    if not isinstance(named, list):
        return True
    return len(named) == len(shape) and all(side in (None, other) for side, other in zip(named, shape, strict=True))


def _shown(shape: Any) -> str:
    """A shape as text, without the number of pictures."""
    return f"({', '.join(str(side) for side in ('N', *shape[1:]))}{',' if len(shape) == 1 else ''})"


def too_large(what: str, spec: NetworkSpec) -> str:
    """What is said of a network that is not built."""
    return (
        f"{what} is far larger than the network of the lesson ({spec.weights:,} weights), or takes far more memory or time:"
        " the grader does not build it."
    )
