"""Trains a small picture network at full speed: a whole run is one compiled loop, without Keras' bookkeeping between the steps.

Keras 3's public API, on its TensorFlow or its JAX backend, on whatever device is there. The result is that of
`model.fit(X, Y, batch_size=len(X), epochs=n)` to float tolerance. It takes less time for three reasons:

- all epochs are one loop inside one compiled program;
- the weights lie in one flat vector, so that the optimizer's update is a handful of operations instead of a handful a layer;
- up-sampling ×2 with the 3×3 convolution behind it is one transposed convolution at the low resolution (`doubling_kernel`):
  16 multiplications where there were 36, and no large picture in between.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops, optimizers

# Optimizers that treat each number by itself: on one flat vector they do what they do on many arrays.
ELEMENTWISE = (
    optimizers.RMSprop, optimizers.SGD, optimizers.Adam, optimizers.AdamW, optimizers.Nadam, optimizers.Adamax,
    optimizers.Adagrad, optimizers.Adadelta, optimizers.Lion,
)  # fmt: skip
# Layers without weights and without chance that a chain may hold between its convolutions.
PLAIN = (
    layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU, layers.Rescaling, layers.Identity, layers.UpSampling2D,
    layers.MaxPooling2D, layers.AveragePooling2D, layers.ZeroPadding2D, layers.Cropping2D,
)  # fmt: skip


def train(model: keras.Model, X: np.ndarray, Y: np.ndarray, epochs: int) -> list[float]:
    """Train a compiled model in place on one batch. The optimizer starts afresh.

    Parameters
    ----------
    model : keras.Model
    X : ndarray of float32, shape (N, H, W, channels in)
    Y : ndarray of float32
        In the shape of the model's output.
    epochs : int

    Returns
    -------
    list of float
        The loss of each epoch, as it was before its update.

    Raises
    ------
    ValueError
        If the model is not compiled, or if its output has another shape than Y.
    """
    return Trainer(model, X, Y).run(epochs)


class Trainer:
    """A model with one batch to train on. `run` goes on from where the last `run` stopped; the first one compiles.

    The model's own variables hold the result after each `run`; `start_again` sets other first weights without compiling again.
    """

    def __init__(self, model: keras.Model, X: np.ndarray, Y: np.ndarray) -> None:
        if not getattr(model, "compiled", False):
            raise ValueError("the model is not compiled: it has no optimizer and no loss")
        X, Y = np.asarray(X, np.float32), np.asarray(Y, np.float32)
        if (shape := tuple(model.compute_output_shape(X.shape))) != Y.shape:
            raise ValueError(f"the model makes {shape} of {X.shape}, but the target has {Y.shape}")
        self.model = model
        # Layers take it in their own dtype.
        self._batch = ops.convert_to_tensor(X), ops.convert_to_tensor(Y)
        self._loss = keras.losses.get(model.loss)
        self._steps = chain(model)
        constraints = [getattr(v, "constraint", None) for v in model.trainable_variables]
        plain = all(keras.backend.standardize_dtype(v.dtype) == "float32" for v in model.trainable_variables)
        self._flat = plain and is_elementwise(model.optimizer) and not any(constraints)
        self._optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
        self._variables = [
            keras.Variable(value, dtype=keras.backend.standardize_dtype(value.dtype), name=f"trained_{i}")
            for i, value in enumerate(self._packed())
        ]
        if not self._flat:
            for variable, constraint in zip(self._variables, constraints, strict=True):
                # The optimizer sees to it after each update.
                variable.constraint = constraint
        self._optimizer.build(self._variables)
        self._fresh = [ops.convert_to_numpy(v) for v in self._optimizer.variables]
        self._program, self._predict = _PROGRAMS[keras.backend.backend()](self)

    def run(self, epochs: int) -> list[float]:
        """Train for so many epochs; return the loss of each, before its update."""
        if epochs < 1:
            return []
        # Everything is frozen.
        if not self._variables:
            return [float(self._measure(self.model(self._batch[0])))] * epochs
        losses = self._program(epochs)
        for variable, value in zip(self.model.trainable_variables, self._unpacked(self._variables), strict=True):
            variable.assign(value)
        return [float(value) for value in np.asarray(losses)]

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the model's output for a batch, as it is after the last `run`."""
        return np.asarray(ops.cast(self._predict(ops.convert_to_tensor(np.asarray(X, np.float32))), "float32"))

    def start_again(self, weights: list[np.ndarray]) -> None:
        """Set the model's weights (in the order of `model.get_weights()`) and a fresh optimizer."""
        self.model.set_weights(weights)
        for variable, value in zip(self._variables, self._packed(), strict=True):
            variable.assign(value)
        for variable, value in zip(self._optimizer.variables, self._fresh, strict=True):
            variable.assign(value)

    def loss(self, values: list[Any], others: list[Any]) -> tuple[Any, list[Any]]:
        """Return the loss on the batch for packed weights and other variables, and those other variables afterwards."""
        X, _ = self._batch
        weights = self._unpacked(values)
        if self._steps is not None:
            known = {id(v): w for v, w in zip(self.model.trainable_variables, weights, strict=True)}
            known |= {id(v): w for v, w in zip(self.model.non_trainable_variables, others, strict=True)}
            return self._measure(run_chain(self._steps, known, X)), others
        # What regularizers ask for is in `added`.
        output, others, added = self.model.stateless_call(weights, others, X, training=True, return_losses=True)
        return sum((ops.cast(loss, "float32") for loss in added), self._measure(output)), others

    def _measure(self, output: Any) -> Any:
        """The loss of an output, float32 as `fit` measures it, whatever the layers compute in."""
        return ops.mean(self._loss(self._batch[1], ops.cast(output, "float32")))

    def _packed(self) -> list[np.ndarray]:
        """The model's trainable weights as the program keeps them: one flat vector, or as they are."""
        values = [ops.convert_to_numpy(v) for v in self.model.trainable_variables]
        return [np.concatenate([v.ravel() for v in values])] if self._flat and values else values

    def _unpacked(self, values: list[Any]) -> list[Any]:
        """The weights in the shapes of the model's variables."""
        if not self._flat:
            return [ops.convert_to_tensor(v) for v in values]
        found, start = [], 0
        flat = ops.convert_to_tensor(values[0])
        for variable in self.model.trainable_variables:
            size = math.prod(variable.shape)
            found.append(ops.reshape(flat[start : start + size], variable.shape))
            start += size
        return found


def is_elementwise(optimizer: keras.Optimizer) -> bool:
    """Return whether an optimizer does the same to one flat vector as to the arrays that it was made from."""
    settings = optimizer.get_config()
    by_array = (
        "clipnorm",
        "global_clipnorm",
        "weight_decay",
        "use_ema",
        "loss_scale_factor",
        "gradient_accumulation_steps",
    )
    return type(optimizer) in ELEMENTWISE and not any(settings.get(name) for name in by_array)


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
    for layer, doubled in steps:
        if type(layer) is not layers.Conv2D:
            x = layer(x)
            continue
        kernel = known[id(layer.kernel)]
        if doubled:
            x = ops.conv_transpose(x, doubling_kernel(kernel), 2, "same")
        else:
            facts = layer.get_config()
            x = ops.conv(x, kernel, facts["strides"], facts["padding"], facts["data_format"], facts["dilation_rate"])
        if layer.use_bias:
            x = x + known[id(layer.bias)]
        x = layer.activation(x)
    return x


def doubling_kernel(kernel: Any) -> Any:
    """The 4×4 kernel of the transposed convolution, stride 2, that does what `kernel` does behind nearest up-sampling ×2.

    kernel: (3, 3, channels, filters). Returns (4, 4, filters, channels), as `keras.ops.conv_transpose` wants it.
    Up-sampling spreads each pixel over 2×2 pixels, which is a transposed convolution with ones; two convolutions in a row are one
    with the kernels' own (full) convolution. A transposed convolution runs its kernel backwards: hence the flip.
    """
    spread = [ops.pad(kernel, ((i, 1 - i), (j, 1 - j), (0, 0), (0, 0))) for i in (0, 1) for j in (0, 1)]
    return ops.transpose(ops.flip(sum(spread[1:], spread[0]), (0, 1)), (0, 1, 3, 2))


def _tensorflow_program(trainer: Trainer) -> Any:
    import tensorflow as tf

    others = trainer.model.non_trainable_variables

    @tf.function(autograph=False)
    def program(epochs: Any) -> Any:
        def step(epoch: Any, losses: Any) -> tuple[Any, Any]:
            with tf.GradientTape() as tape:
                loss, after = trainer.loss([v.value for v in trainer._variables], [v.value for v in others])
            gradients = tape.gradient(loss, [v.value for v in trainer._variables])
            trainer._optimizer.apply(gradients, trainer._variables)
            if trainer._steps is None:
                for variable, value in zip(others, after, strict=True):
                    variable.assign(value)
            return epoch + 1, losses.write(epoch, loss)

        empty = tf.TensorArray(tf.float32, size=epochs)
        return tf.while_loop(lambda epoch, _: epoch < epochs, step, (tf.constant(0), empty), parallel_iterations=1)[
            1
        ].stack()

    predict = tf.function(lambda X: trainer.model(X, training=False), autograph=False)
    return lambda epochs: program(tf.constant(epochs)), predict


def _jax_program(trainer: Trainer) -> Any:
    import jax

    others = trainer.model.non_trainable_variables
    gradient = jax.value_and_grad(trainer.loss, has_aux=True)

    def program(weights: Any, optimizer: Any, rest: Any, losses: Any) -> Any:
        def step(epoch: Any, state: Any) -> Any:
            weights, optimizer, rest, losses = state
            (loss, rest), gradients = gradient(weights, rest)
            weights, optimizer = trainer._optimizer.stateless_apply(optimizer, gradients, weights)
            return weights, optimizer, rest, losses.at[epoch].set(loss)

        return jax.lax.fori_loop(0, losses.shape[0], step, (weights, optimizer, rest, losses))

    compiled = jax.jit(program)

    def run(epochs: int) -> Any:
        groups = (trainer._variables, trainer._optimizer.variables, others)
        *after, losses = compiled(*([v.value for v in group] for group in groups), ops.zeros(epochs, "float32"))
        for group, values in zip(groups, after, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        return losses

    return run, lambda X: trainer.model(X, training=False)


_PROGRAMS = {"tensorflow": _tensorflow_program, "jax": _jax_program}
