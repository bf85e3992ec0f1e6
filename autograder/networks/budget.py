"""Refuse a network that is far larger than the lesson's, before anything of it is built."""

from __future__ import annotations

from typing import Any

from autograder.errors import StudentError, StudentTooMuch
from autograder.networks import cost
from autograder.networks.description import network_of
from autograder.networks.spec import ALPHA, NetworkSpec


def must_be_affordable(
    serialized: Any, what: str, picture: tuple[int, ...] | None = None, spec: NetworkSpec = ALPHA
) -> None:
    """Refuse, from the description alone, a network that needs far more memory or time than the lesson's.

    Looked at are a training on a batch, and one picture of the full side there and not back.

    Parameters
    ----------
    serialized : SerializedModel
    what : str
        How messages call the model.
    picture : tuple of int, optional
        The shape of the batch that it is trained on, by default the spec's.
    spec : NetworkSpec
        What the lesson asks for.

    Raises
    ------
    StudentError
        For too many weights, and if the layers do not fit together.
    StudentTooMuch
        For memory and time.
    """
    picture = picture or spec.picture
    full, part = spec.full_side**2, spec.side**2
    network = network_of(serialized, what)
    layers = [(layer.kind, layer.config) for layer in network.layers]
    try:
        found = [
            (
                cost.cost_of(layers, network.calls, (1, spec.full_side, spec.full_side, 1), training=False),
                spec.max_work,
            ),
            (cost.cost_of(layers, network.calls, picture, training=True), spec.max_work * part // full),
        ]
    except cost.Odd as odd:
        raise StudentError(f"{what} could not be built again: {odd}.") from None
    too_large = (
        f"{what} is far larger than the network of the lesson ({spec.weights:,} weights), or takes far more memory or time:"
        " the grader does not build it."
    )
    if any(one.weights > spec.max_weights for one, _ in found):
        raise StudentError(too_large)
    if any(one.numbers > spec.max_numbers or one.work > most for one, most in found):
        raise StudentTooMuch(too_large)
