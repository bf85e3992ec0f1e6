"""What one layer costs, kind by kind, from its settings and the shape of what comes in; `cost` adds them up."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Shape = tuple[int, ...]


class Odd(ValueError):
    """A description that does not say what it should; the text is for the student."""


@dataclass(frozen=True)
class Step:
    """What one call of a layer makes: the output's shape, weights, multiplications, and numbers in memory beside the output."""

    shape: Shape
    weights: int = 0
    work: int = 0
    beside: int = 0


# Multiplications that one more block of a dilated convolution costs, however small it is.
BLOCK = 2_000
# Times that a multiplication of a convolution in groups takes longer.
GROUPED = 8
# Multiplications that one more number in a pooling window costs.
POOLED = 4
# Multiplications that a number costs that is only copied, compared or drawn.
EACH = 8
# Neighbours that an interpolated number is made of, at the most.
FILTERS_OF_INTERPOLATION = 512
# Sides and products are not followed beyond this.
PAST = 10**15


# -- settings ---------------------------------------------------------------------------------------------------------


def whole(value: Any, least: int = 0) -> int:
    """A setting that is one whole number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= PAST:
        raise Odd(f"a whole number from {least} up is wanted among its settings, not {str(value)[:40]!r}")
    return value


def two(value: Any, least: int = 0) -> tuple[int, int]:
    """A setting for height and width: one number for both, or two."""
    if isinstance(value, (list, tuple)):
        if len(value) != 2:
            raise Odd(f"one number or two are wanted among its settings, not {str(value)[:40]}")
        return whole(value[0], least), whole(value[1], least)
    return whole(value, least), whole(value, least)


def _frame(value: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """How much is added or cut off: one number, two, or two pairs."""
    if isinstance(value, (list, tuple)) and len(value) == 2 and any(isinstance(side, (list, tuple)) for side in value):
        return two(value[0]), two(value[1])
    height, width = two(value)
    return (height, height), (width, width)


def _four(shape: Shape) -> Shape:
    if len(shape) != 4:
        raise Odd(f"a layer for pictures gets {len(shape)} axes instead of four")
    return shape


def _channels_last(config: dict[str, Any], shape: Shape) -> Shape:
    n, *rest = _four(shape)
    return (n, *rest[1:], rest[0]) if config.get("data_format") == "channels_first" else shape


def _as_it_was(config: dict[str, Any], shape: Shape) -> Shape:
    n, *sides, channels = shape
    return (n, channels, *sides) if config.get("data_format") == "channels_first" else shape


def _axis(value: Any, shape: Shape) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -len(shape) <= value < len(shape):
        raise Odd(f"there is no axis {str(value)[:40]}")
    return value % len(shape)


# -- layers -----------------------------------------------------------------------------------------------------------


def _windows(config: dict[str, Any], sides: Sequence[int], size: tuple[int, int], strides: Any) -> tuple[int, ...]:
    """How many places a window has along each side."""
    spread, found = two(config.get("dilation_rate", 1), 1), []
    for side, kernel, stride, rate in zip(sides, size, two(strides, 1), spread, strict=True):
        inner = side - (kernel - 1) * rate - 1
        found.append(-(-side // stride) if _is_same(config) else max(inner // stride + 1, 0))
    return tuple(found)


def _is_same(config: dict[str, Any]) -> bool:
    padding = config.get("padding", "valid")
    if not isinstance(padding, str) or padding.lower() not in ("same", "valid"):
        raise Odd(f"there is no padding {str(padding)[:40]!r}")
    return padding.lower() == "same"


def _in_blocks(config: dict[str, Any], sides: Sequence[int], size: tuple[int, int]) -> tuple[int, int]:
    """Of a dilated convolution: pixels of the padded picture, and blocks that it is taken apart into; (0, 0) without dilation."""
    spread = two(config.get("dilation_rate", 1), 1)
    if spread == (1, 1):
        return 0, 0
    padded = (
        -(-(side + (kernel - 1) * rate) // rate) * rate for side, kernel, rate in zip(sides, size, spread, strict=True)
    )
    return math.prod(padded), math.prod(spread)


def _biases(config: dict[str, Any], filters: int) -> int:
    return filters if config.get("use_bias", True) else 0


def _convolution(config: dict[str, Any], shape: Shape) -> Step:
    n, *sides, channels = _channels_last(config, shape)
    filters, size = whole(config.get("filters"), 1), two(config.get("kernel_size"), 1)
    groups = whole(config.get("groups", 1), 1)
    if channels % groups or filters % groups:
        raise Odd("its groups do not divide its channels")
    out = _windows(config, sides, size, config.get("strides", 1))
    kernel = math.prod(size) * channels
    pixels, blocks = _in_blocks(config, sides, size)
    places = max(math.prod(out), pixels)
    # The gradient writes down all patches of a picture.
    patches = math.prod(out) * kernel
    return Step(
        _as_it_was(config, (n, *out, filters)),
        kernel // groups * filters + _biases(config, filters),
        n * (places * kernel * filters * (GROUPED if groups > 1 else 1) + blocks * BLOCK),
        patches + 2 * n * pixels * (channels + filters),
    )


def _depthwise(config: dict[str, Any], shape: Shape) -> Step:
    n, *sides, channels = _channels_last(config, shape)
    size, filters = two(config.get("kernel_size"), 1), whole(config.get("depth_multiplier", 1), 1) * channels
    out = _windows(config, sides, size, config.get("strides", 1))
    pixels, blocks = _in_blocks(config, sides, size)
    # With strides as well, it is done at every place first.
    if pixels:
        pixels = max(pixels, math.prod(sides))
    places = max(math.prod(out), pixels)
    return Step(
        _as_it_was(config, (n, *out, filters)),
        math.prod(size) * filters + _biases(config, filters),
        n * (4 * places * math.prod(size) * filters + blocks * BLOCK),
        math.prod(size) * filters + 2 * n * pixels * (channels + filters),
    )


def _separable(config: dict[str, Any], shape: Shape) -> Step:
    first = _depthwise({**config, "use_bias": False}, shape)
    ordinary = {"kernel_size": 1, "filters": config.get("filters"), "data_format": config.get("data_format")}
    second = _convolution({**ordinary, "use_bias": config.get("use_bias", True)}, first.shape)
    return Step(
        second.shape,
        first.weights + second.weights,
        first.work + second.work,
        first.beside + second.beside + math.prod(first.shape),
    )


def _transposed(config: dict[str, Any], shape: Shape) -> Step:
    n, *sides, channels = _channels_last(config, shape)
    filters, size = whole(config.get("filters"), 1), two(config.get("kernel_size"), 1)
    strides, spread = two(config.get("strides", 1), 1), two(config.get("dilation_rate", 1), 1)
    more = config.get("output_padding")
    more = (None, None) if more is None else two(more)
    out = []
    for side, kernel, stride, rate, extra in zip(sides, size, strides, spread, more, strict=True):
        wide = (kernel - 1) * rate + 1
        if extra is None:
            out.append(side * stride + (0 if _is_same(config) else max(wide - stride, 0)))
        else:
            out.append(max((side - 1) * stride + wide - (2 * (wide // 2) if _is_same(config) else 0) + extra, 0))
    kernel = math.prod(size) * filters
    pixels, blocks = _in_blocks(config, [max(pair) for pair in zip(sides, out, strict=True)], size)
    places = max(math.prod(sides), pixels)
    return Step(
        _as_it_was(config, (n, *out, filters)),
        kernel * channels + _biases(config, filters),
        n * (places * kernel * channels + blocks * BLOCK),
        math.prod(sides) * kernel + 2 * n * pixels * (channels + filters),
    )


def _pool(config: dict[str, Any], shape: Shape) -> Step:
    n, *sides, channels = _channels_last(config, shape)
    size = two(config.get("pool_size", 2), 1)
    strides = config.get("strides")
    out = _windows(config, sides, size, size if strides is None else strides)
    window = math.prod(min(kernel, side) for kernel, side in zip(size, sides, strict=True))
    made = (n, *out, channels)
    return Step(_as_it_was(config, made), 0, math.prod(made) * max(window * POOLED, EACH), math.prod(made))


def _larger(config: dict[str, Any], shape: Shape) -> Step:
    n, *sides, channels = _channels_last(config, shape)
    made = (n, *(side * by for side, by in zip(sides, two(config.get("size", 2), 1), strict=True)), channels)
    plain = config.get("interpolation", "nearest") == "nearest"
    return Step(
        _as_it_was(config, made),
        0,
        math.prod(made) * (EACH if plain else FILTERS_OF_INTERPOLATION),
        math.prod(made) * (1 if plain else 2),
    )


def _framed(config: dict[str, Any], shape: Shape) -> Step:
    n, *sides, channels = _channels_last(config, shape)
    made = (
        n,
        *(side + sum(more) for side, more in zip(sides, _frame(config.get("padding", 1)), strict=True)),
        channels,
    )
    return Step(_as_it_was(config, made), 0, math.prod(made) * EACH)


def _cropped(config: dict[str, Any], shape: Shape) -> Step:
    n, *sides, channels = _channels_last(config, shape)
    cut = _frame(config.get("cropping", 0))
    made = (n, *(max(side - sum(less), 0) for side, less in zip(sides, cut, strict=True)), channels)
    return Step(_as_it_was(config, made), 0, math.prod(made) * EACH)


def _dense(config: dict[str, Any], shape: Shape) -> Step:
    units = whole(config.get("units"), 1)
    return Step((*shape[:-1], units), shape[-1] * units + _biases(config, units), math.prod(shape) * units)


def _normalized(config: dict[str, Any], shape: Shape) -> Step:
    axes = config.get("axis", -1)
    axes = axes if isinstance(axes, (list, tuple)) else [axes]
    weights = 4 * math.prod(shape[_axis(axis, shape)] for axis in axes)
    return Step(shape, weights, math.prod(shape) * 4 * EACH, 4 * math.prod(shape))


def _pooled_globally(config: dict[str, Any], shape: Shape) -> Step:
    n, *sides, channels = _channels_last(config, shape)
    kept = (n, *(1 for _ in sides), channels) if config.get("keepdims") else (n, channels)
    made = _as_it_was(config, kept) if config.get("keepdims") else kept
    return Step(made, 0, math.prod(shape) * POOLED, math.prod(shape))


def _flattened(config: dict[str, Any], shape: Shape) -> Step:
    return Step((shape[0], math.prod(shape[1:])), 0, math.prod(shape) * EACH)


def _repeated(config: dict[str, Any], shape: Shape) -> Step:
    if len(shape) != 2:
        raise Odd(f"what it repeats has {len(shape)} axes instead of two")
    made = (shape[0], whole(config.get("n"), 1), shape[1])
    return Step(made, 0, math.prod(made) * EACH)


def _reshaped(config: dict[str, Any], shape: Shape) -> Step:
    target, numbers = config.get("target_shape"), math.prod(shape[1:])
    if not isinstance(target, (list, tuple)) or len(target) > 8:
        raise Odd(f"there is no shape {str(target)[:40]!r}")
    known = [whole(side, 1) for side in target if side != -1]
    left = numbers // math.prod(known) if len(known) < len(target) else 1
    if len(known) < len(target) - 1 or math.prod(known) * left != numbers:
        raise Odd(f"{shape[1:]} has {numbers:,} numbers, and the shape {tuple(target)} takes another count")
    return Step((shape[0], *(left if side == -1 else whole(side) for side in target)), 0, numbers * shape[0] * EACH)


def _each(times: int) -> Callable[[dict[str, Any], Shape], Step]:
    """A layer that does something to each number, with so many more numbers in memory for each."""
    return lambda config, shape: Step(shape, 0, math.prod(shape) * (times + 1) * EACH, times * math.prod(shape))


def _joined(config: dict[str, Any], shapes: Sequence[Shape]) -> Step:
    """One number after the other from all inputs, an input of side 1 repeated."""
    most = max(map(len, shapes))
    even = [(1,) * (most - len(shape)) + tuple(shape) for shape in shapes]
    made = tuple(max(sides) if 0 not in sides else 0 for sides in zip(*even, strict=True))
    return Step(made, 0, len(shapes) * math.prod(made) * EACH, len(shapes) * math.prod(made))


def _put_together(config: dict[str, Any], shapes: Sequence[Shape]) -> Step:
    first = shapes[0]
    if any(len(shape) != len(first) for shape in shapes):
        raise Odd("what it puts together has not as many axes")
    axis = _axis(config.get("axis", -1), first)
    if any(shape[:axis] + shape[axis + 1 :] != first[:axis] + first[axis + 1 :] for shape in shapes):
        shown = " and ".join(str(shape[1:]) for shape in shapes[:4])
        raise Odd(f"it puts {shown} together, which differ in more than the axis along which they are joined")
    made = (*first[:axis], sum(shape[axis] for shape in shapes), *first[axis + 1 :])
    return Step(made, 0, math.prod(made) * EACH)


# What each kind of layer costs. A kind that is not here is not built.
ALONE: dict[str, Callable[[dict[str, Any], Shape], Step]] = {
    "Conv2D": _convolution,
    "Conv2DTranspose": _transposed,
    "SeparableConv2D": _separable,
    "DepthwiseConv2D": _depthwise,
    "UpSampling2D": _larger,
    "MaxPooling2D": _pool,
    "AveragePooling2D": _pool,
    "GlobalMaxPooling2D": _pooled_globally,
    "GlobalAveragePooling2D": _pooled_globally,
    "Flatten": _flattened,
    "RepeatVector": _repeated,
    "Reshape": _reshaped,
    "ZeroPadding2D": _framed,
    "Cropping2D": _cropped,
    "Dense": _dense,
    "BatchNormalization": _normalized,
    "LayerNormalization": _normalized,
    "Activation": _each(4),
    "Softmax": _each(4),
    "ReLU": _each(2),
    "LeakyReLU": _each(2),
    "ELU": _each(2),
    "Dropout": _each(3),
    "SpatialDropout2D": _each(3),
    "GaussianNoise": _each(3),
    "GaussianDropout": _each(3),
    "Rescaling": _each(2),
    "Identity": _each(0),
}
TOGETHER: dict[str, Callable[[dict[str, Any], Sequence[Shape]], Step]] = {
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _joined),
    "Concatenate": _put_together,
}
INPUT = "InputLayer"
KINDS = frozenset((INPUT, *ALONE, *TOGETHER))


def input_shape(config: dict[str, Any], picture: Shape) -> Shape:
    """The shape of what comes in, where the description leaves it open: that of the picture."""
    named = config.get("batch_shape")
    if not isinstance(named, (list, tuple)):
        return picture
    if len(named) > 8:
        raise Odd("its input has too many axes")
    # A side that no number is known of, because the batch has fewer axes, counts as long as one of its own.
    open_ = itertools.chain(picture, itertools.repeat(picture[-1] if len(picture) < 3 else picture[1]))
    return tuple(usual if side is None else whole(side) for side, usual in zip(named, open_, strict=False))


def step_of(kind: str, config: dict[str, Any], shapes: list[Shape]) -> Step:
    """What one call of a layer of a kind makes of what comes in, one shape for each input. Odd where it cannot be called so."""
    if kind == INPUT:
        return Step(shapes[0])
    if kind in TOGETHER:
        return TOGETHER[kind](config, shapes)
    if kind not in ALONE:
        raise Odd("nobody knows what it costs")
    if len(shapes) != 1:
        raise Odd(f"it gets {len(shapes)} inputs instead of one")
    return ALONE[kind](config, shapes[0])
