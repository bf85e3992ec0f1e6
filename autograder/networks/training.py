"""Trains a small picture network at full speed: a whole run is one compiled loop, without Keras' bookkeeping between the steps.

Keras 3's public API, on its TensorFlow, JAX or PyTorch backend, on whatever device is there. The result is that of
`model.fit(X, Y, batch_size=len(X), epochs=n)` to float tolerance. It takes less time for three reasons:

- all epochs are one loop inside one compiled program, where the backend is fast at that (`programs`);
- the weights lie in one flat vector, so that the optimizer's update is a handful of operations instead of a handful a layer;
- up-sampling ×2 and the 3×3 convolution behind it are done at the low resolution (`chain`): 16 multiplications where there were 36.
"""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops, optimizers

from autograder.networks.chain import chain, run_chain
from autograder.networks.programs import PROGRAMS

# Optimizers that treat each number by itself: on one flat vector they do what they do on many arrays.
ELEMENTWISE = (
    optimizers.RMSprop, optimizers.SGD, optimizers.Adam, optimizers.AdamW, optimizers.Nadam, optimizers.Adamax,
    optimizers.Adagrad, optimizers.Adadelta, optimizers.Lion,
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
    trainer = Trainer(model, X, Y)
    losses = trainer.run(epochs)
    trainer.finish()
    return losses


class Trainer:
    """A model with one batch to train on. `run` goes on from where the last `run` stopped; the first one compiles.

    What was trained is written into the model's own variables when `model` is asked for, or `predict` or `finish` is called.
    `start_again` sets other first weights, `renew` a fresh model of the same description and another batch of the same shape: neither
    compiles again.

    Attributes
    ----------
    variables : list of keras.Variable
        The trainable weights as the program keeps them: one flat vector, or as they are.
    others : list of keras.Variable
        The model's other variables: running means, seeds.
    optimizer : keras.Optimizer
        Of `variables`.
    steps : list or None
        The model as `chain` reads it.
    """

    _batch: tuple[Any, Any]

    def __init__(self, model: keras.Model, X: np.ndarray, Y: np.ndarray) -> None:
        if not getattr(model, "compiled", False):
            raise ValueError("the model is not compiled: it has no optimizer and no loss")
        self._model = model
        self._set_batch(X, Y)
        self._loss = keras.losses.get(model.loss)
        self.steps = chain(model)
        constraints = [getattr(v, "constraint", None) for v in model.trainable_variables]
        plain = all(keras.backend.standardize_dtype(v.dtype) == "float32" for v in model.trainable_variables)
        self._flat = plain and is_elementwise(model.optimizer) and not any(constraints)
        self.optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
        self.others = model.non_trainable_variables
        self.variables = [
            keras.Variable(value, dtype=keras.backend.standardize_dtype(value.dtype), name=f"trained_{i}")
            for i, value in enumerate(self._packed())
        ]
        if not self._flat:
            for variable, constraint in zip(self.variables, constraints, strict=True):
                # The optimizer sees to it after each update.
                variable.constraint = constraint
        self.optimizer.build(self.variables)
        self._fresh = [ops.convert_to_numpy(v) for v in self.optimizer.variables]
        self._finished = True
        self._program, self._predict = PROGRAMS[keras.backend.backend()](self)

    def run(self, epochs: int) -> list[float]:
        """Train for so many epochs; return the loss of each, before its update."""
        if epochs < 1:
            return []
        # Everything is frozen.
        if not self.variables:
            X, Y = self._batch
            return [float(self._measure(self._model(X), Y))] * epochs
        self._finished = False
        return [float(value) for value in ops.convert_to_numpy(self._program(epochs, *self._batch))]

    @property
    def model(self) -> keras.Model:
        """The model as it is after the last `run`."""
        self.finish()
        return self._model

    def finish(self) -> None:
        """Write what was trained into the model's own variables."""
        if self._finished:
            return
        for variable, value in zip(self._model.trainable_variables, self.unpacked(self.variables), strict=True):
            variable.assign(value)
        self._finished = True

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the model's output for a batch, as it is after the last `run`."""
        self.finish()
        made = self._predict(ops.convert_to_tensor(np.asarray(X, np.float32)))
        return ops.convert_to_numpy(ops.cast(made, "float32"))

    def start_again(self, weights: list[np.ndarray]) -> None:
        """Set the model's weights (in the order of `model.get_weights()`) and a fresh optimizer."""
        self._model.set_weights(weights)
        self._begin()

    def renew(self, model: keras.Model, X: np.ndarray, Y: np.ndarray) -> None:
        """Take over all values of a fresh model of the same description, and a batch of the same shape.

        Nothing of what was trained before is left: each variable gets its value from `model`, or that of a fresh optimizer.

        Raises
        ------
        ValueError
            If the model has other variables, or the batch another shape.
        """
        if [v.shape for v in model.variables] != [v.shape for v in self._model.variables]:
            raise ValueError("a model of another description")
        shapes = [tuple(part.shape) for part in self._batch]
        if [np.shape(X), np.shape(Y)] != shapes:
            raise ValueError(f"a batch of {np.shape(X)} and {np.shape(Y)} where the program takes {shapes}")
        self._set_batch(X, Y)
        for variable, fresh in zip(self._model.variables, model.variables, strict=True):
            variable.assign(fresh.value)
        self._begin()

    def let_go(self) -> None:
        """Hold no picture of the batch any longer; the next training has to begin with `renew`."""
        X, Y = self._batch
        self._batch = (ops.zeros_like(X), ops.zeros_like(Y))

    def _begin(self) -> None:
        """Start from the model's weights, with a fresh optimizer."""
        for variable, value in zip(self.variables, self._packed(), strict=True):
            variable.assign(value)
        for variable, value in zip(self.optimizer.variables, self._fresh, strict=True):
            variable.assign(value)
        self._finished = True

    def _set_batch(self, X: np.ndarray, Y: np.ndarray) -> None:
        X, Y = np.asarray(X, np.float32), np.asarray(Y, np.float32)
        if (shape := tuple(self._model.compute_output_shape(X.shape))) != Y.shape:
            raise ValueError(f"the model makes {shape} of {X.shape}, but the target has {Y.shape}")
        # Layers take it in their own dtype.
        self._batch = (ops.convert_to_tensor(X), ops.convert_to_tensor(Y))

    def loss(self, values: list[Any], others: list[Any], X: Any, Y: Any) -> tuple[Any, list[Any]]:
        """Return the loss on a batch for packed weights and other variables, and those other variables afterwards."""
        weights = self.unpacked(values)
        if self.steps is not None:
            known = {id(v): w for v, w in zip(self._model.trainable_variables, weights, strict=True)}
            known |= {id(v): w for v, w in zip(self._model.non_trainable_variables, others, strict=True)}
            return self._measure(run_chain(self.steps, known, X), Y), others
        # What regularizers ask for is in `added`.
        output, others, added = self._model.stateless_call(weights, others, X, training=True, return_losses=True)
        return sum((ops.cast(loss, "float32") for loss in added), self._measure(output, Y)), others

    def _measure(self, output: Any, Y: Any) -> Any:
        """The loss of an output, float32 as `fit` measures it, whatever the layers compute in."""
        return ops.mean(self._loss(Y, ops.cast(output, "float32")))

    def _packed(self) -> list[np.ndarray]:
        """The model's trainable weights as the program keeps them: one flat vector, or as they are."""
        values = [ops.convert_to_numpy(v) for v in self._model.trainable_variables]
        return [np.concatenate([v.ravel() for v in values])] if self._flat and values else values

    def unpacked(self, values: list[Any]) -> list[Any]:
        """The weights in the shapes of the model's variables."""
        if not self._flat:
            return [ops.convert_to_tensor(v) for v in values]
        found, start = [], 0
        flat = ops.convert_to_tensor(values[0])
        for variable in self._model.trainable_variables:
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
    kind = type(optimizer)
    # On PyTorch an optimizer is of a class of the backend's.
    known = kind in ELEMENTWISE or (
        kind.__module__.startswith("keras.src.backend.torch") and isinstance(optimizer, ELEMENTWISE)
    )
    return known and not any(settings.get(name) for name in by_array)
