"""What a network costs, from its description alone: nothing is built, nothing is run, no Keras is needed.

`cost_of` follows a picture of a given size through all calls of all layers. For each kind of layer a function says what comes
out, how many weights there are, how many multiplications a pass takes and how many numbers lie in memory; not only for
the result, but for what TensorFlow makes on the way there and back: a dilated convolution pads its picture to whole blocks and
takes it apart, the gradient of a convolution writes down every patch, an interpolation reads many neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.networks.layer_cost import EACH, INPUT, KINDS, PAST, Odd, Shape, Step, input_shape, step_of, two, whole

__all__ = ["INPUT", "KINDS", "Call", "Cost", "Odd", "Step", "cost_of", "two", "whole"]


@dataclass(frozen=True)
class Cost:
    """Of one pass there and back, for one batch: numbers in memory at once, multiplications of the way there, weights. `shapes`: of what each call makes, in the order of the calls."""

    numbers: int
    work: int
    weights: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Call:
    """One call of a layer: the number of the layer in the list, and the calls that its inputs come from, by their place in the list of calls."""

    layer: int
    inputs: tuple[int, ...]


def cost_of(
    layers: Sequence[tuple[str, dict[str, Any]]],
    calls: Sequence[Call],
    picture: Shape | dict[int, Shape],
    *,
    training: bool,
) -> Cost:
    """The cost of a network for one batch.

    layers: each layer's kind and settings. calls: in an order in which each one's inputs stand before it.
    picture: the shape of a batch, (1, height, width, channels); for several inputs, that of each, by the place of its call.
    training: with the way back; otherwise what lies in memory for it is left out. Odd says which layer says what it should not.
    """
    made: list[Shape] = []
    numbers = work = 0
    weights: dict[int, int] = {}
    for place, call in enumerate(calls):
        kind, config = layers[call.layer]
        shapes = [made[source] for source in call.inputs]
        try:
            shapes = shapes or [input_shape(config, _coming(picture, place))]
            step = step_of(kind, config, shapes)
        except Odd as odd:
            raise Odd(f"layer {call.layer + 1}, {kind}: {odd}") from None
        activated = config.get("activation") not in (None, "linear")
        outputs = math.prod(step.shape)
        numbers += outputs * (3 if activated else 1) + (step.beside if training else 0)
        work += step.work + (outputs * EACH if activated else 0)
        weights[call.layer] = max(step.weights, weights.get(call.layer, 0))
        made.append(tuple(min(side, PAST) for side in step.shape))
    if training:
        # Each has its gradient.
        numbers *= 2
    return Cost(numbers, work, sum(weights.values()), tuple(made))


def _coming(picture: Shape | dict[int, Shape], place: int) -> Shape:
    """The shape of what comes into a call that gets nothing from another one."""
    if not isinstance(picture, dict):
        return picture
    if place not in picture:
        raise Odd("nothing comes in, for it is no input of the model")
    return picture[place]
