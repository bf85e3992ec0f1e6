"""A network that is one layer after another, run as plain operations, with the fastest form of each on the backend at hand.

Up-sampling ×2 with the 3×3 convolution behind it needs 16 multiplications where the two layers take 36, and no large picture in between:
as one transposed convolution at the low resolution (`doubling_kernel`), or as four 2×2 convolutions, one for each place in a block of
2×2 pixels (`doubled_in_parts`). On JAX it is the four: XLA on a CPU has no fast transposed convolution, and on a GPU the four were faster as well.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

# Layers without weights and without chance that a chain may hold between its convolutions.
PLAIN = (
    layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU, layers.Rescaling, layers.Identity, layers.UpSampling2D,
    layers.MaxPooling2D, layers.AveragePooling2D, layers.ZeroPadding2D, layers.Cropping2D,
)  # fmt: skip


def chain(model: keras.Model) -> list[tuple[Any, bool]] | None:
    """The model as a list of (layer, whether an up-sampling ×2 in front of it is done with it); None if it is no plain chain."""
    found: list[tuple[Any, bool]] = []
    before: Any = None
    if any(keras.backend.standardize_dtype(v.dtype) != "float32" for v in model.variables) or any(
        layer.compute_dtype != "float32" for layer in model.layers
    ):
        # Each layer takes what comes in its own dtype: theirs to do.
        return None
    # Its layers were called again each time that it grew.
    in_line = isinstance(model, keras.Sequential)
    for layer in model.layers:
        try:
            if not in_line and before is not None and layer.input is not before.output:
                return None
        except (AttributeError, ValueError):
            # No input or several.
            return None
        if not isinstance(layer, (*PLAIN, layers.InputLayer)) and type(layer) is not layers.Conv2D:
            return None
        if any(value is not None for name, value in layer.get_config().items() if name.endswith("_regularizer")):
            return None
        if not isinstance(layer, layers.InputLayer):
            if found and _doubles(found[-1][0]) and _is_3x3(layer):
                found[-1] = (layer, True)
            else:
                found.append((layer, False))
        before = layer
    ends = in_line or (found and before.output is model.outputs[0] and len(model.outputs) == len(model.inputs) == 1)
    return found if found and ends else None


def _doubles(layer: Any) -> bool:
    facts = layer.get_config()
    return (
        type(layer) is layers.UpSampling2D
        and tuple(facts["size"]) == (2, 2)
        and (facts["interpolation"], facts["data_format"]) == ("nearest", "channels_last")
    )


def _is_3x3(layer: Any) -> bool:
    if type(layer) is not layers.Conv2D:
        return False
    facts = layer.get_config()
    wanted = {"kernel_size": (3, 3), "strides": (1, 1), "dilation_rate": (1, 1)}
    return (
        all(tuple(facts[name]) == value for name, value in wanted.items())
        and (facts["padding"], facts["data_format"], facts["groups"]) == ("same", "channels_last", 1)
    )  # fmt: skip


def run_chain(steps: list[tuple[Any, bool]], known: dict[int, Any], x: Any) -> Any:
    """Send a batch through a chain, with each weight taken from `known` by the id of its variable."""
    for layer, doubles in steps:
        if type(layer) is not layers.Conv2D:
            x = layer(x)
            continue
        kernel = known[id(layer.kernel)]
        if doubles:
            x = doubled(x, kernel)
        else:
            facts = layer.get_config()
            x = ops.conv(x, kernel, facts["strides"], facts["padding"], facts["data_format"], facts["dilation_rate"])
        if layer.use_bias:
            x = x + known[id(layer.bias)]
        x = layer.activation(x)
    return x


def doubled(x: Any, kernel: Any) -> Any:
    """Return what nearest up-sampling ×2 and a 3×3 convolution make of a batch (N, H, W, channels): (N, 2H, 2W, filters)."""
    if keras.backend.backend() == "jax":
        return doubled_in_parts(x, kernel)
    return ops.conv_transpose(x, doubling_kernel(kernel), 2, "same")


def on_xla_cpu() -> bool:
    """Return whether Keras computes with XLA on a CPU.

    There a loop inside the compiled program is slow: only convolutions outside of loops are brought into the form that has a fast routine
    (jax-ml/jax issue 12868).
    """
    if keras.backend.backend() != "jax":
        return False
    import jax

    return jax.default_backend() == "cpu"


def doubled_in_parts(x: Any, kernel: Any) -> Any:
    """Return what `doubled` returns, by four convolutions; JAX only.

    Along one axis, the even places of the doubled picture see pixel i - 1 through the kernel's first row and pixel i through the sum of the
    other two; the odd ones see pixel i through the sum of the first two and pixel i + 1 through the last.
    """
    import jax

    n, height, width, _ = x.shape
    rows = []
    for a, tall in enumerate(_halves(kernel, 0)):
        places = [
            jax.lax.conv_general_dilated(
                x, small, (1, 1), ((1 - a, a), (1 - b, b)), dimension_numbers=("NHWC", "HWIO", "NHWC")
            )
            for b, small in enumerate(_halves(tall, 1))
        ]
        rows.append(ops.stack(places, 3))
    return ops.reshape(ops.stack(rows, 2), (n, 2 * height, 2 * width, kernel.shape[-1]))


def _halves(kernel: Any, axis: int) -> tuple[Any, Any]:
    """A kernel's three rows (or columns) as the even and as the odd places see them: two each."""
    first, middle, last = ops.split(kernel, 3, axis)
    return ops.concatenate([first, middle + last], axis), ops.concatenate([first + middle, last], axis)


def doubling_kernel(kernel: Any) -> Any:
    """The 4×4 kernel of the transposed convolution, stride 2, that does what `kernel` does behind nearest up-sampling ×2.

    kernel: (3, 3, channels, filters). Returns (4, 4, filters, channels), as `keras.ops.conv_transpose` wants it.
    Up-sampling spreads each pixel over 2×2 pixels, which is a transposed convolution with ones; two convolutions in a row are one
    with the kernels' own (full) convolution. A transposed convolution runs its kernel backwards: hence the flip.
    """
    spread = [ops.pad(kernel, ((i, 1 - i), (j, 1 - j), (0, 0), (0, 0))) for i in (0, 1) for j in (0, 1)]
    # One axis at a time: Keras 3.13 on TensorFlow flips no two at once.
    backwards = ops.flip(ops.flip(sum(spread[1:], spread[0]), 0), 1)
    return ops.transpose(backwards, (0, 1, 3, 2))
