"""Trains one network from several first weights at once, as one program: what a GPU that a single small network leaves idle is good for."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from autograder.networks.chain import chain
from autograder.networks.training import Trainer, is_elementwise


class ManyTrainer(Trainer):
    """Several first weights of one network, side by side on one batch. `run` gives the sum of their losses, `each_loss` each one's.

    The optimizer does to each number what it does in a training alone, so the trainings do not know of each other.

    Parameters
    ----------
    model : keras.Model
        A plain chain of layers, compiled with an optimizer that treats each number by itself.
    X, Y : ndarray of float32
    starts : list of list of ndarray
        First weights, each in the order of `model.trainable_variables`.

    Raises
    ------
    ValueError
        If the model cannot be trained so.
    """

    def __init__(self, model: keras.Model, X: np.ndarray, Y: np.ndarray, starts: list[list[np.ndarray]]) -> None:
        held_back = any(getattr(v, "constraint", None) is not None for v in model.trainable_variables)
        if chain(model) is None or not is_elementwise(model.optimizer) or held_back or not model.trainable_variables:
            raise ValueError("only a chain of layers with an optimizer for single numbers is trained side by side")
        self._starts = starts
        super().__init__(model, X, Y)

    def loss(self, values: list[Any], others: list[Any], X: Any, Y: Any) -> tuple[Any, list[Any]]:
        """Return the sum of the losses for packed weights of the shape (starts, numbers), and `others`."""
        return ops.sum(self._each(values[0], others, X, Y)), others

    def each_loss(self) -> list[float]:
        """Return the loss of each start, as it is after the last `run`."""
        losses = self._each(self.variables[0].value, [v.value for v in self.others], *self._batch)
        return [float(loss) for loss in ops.convert_to_numpy(losses)]

    def weights(self) -> list[list[np.ndarray]]:
        """Return the weights of each start, in the order of `model.trainable_variables`."""
        rows = ops.convert_to_numpy(self.variables[0])
        return [[ops.convert_to_numpy(w) for w in self.unpacked([ops.convert_to_tensor(row)])] for row in rows]

    def finish(self) -> None:
        """Leave the model's own variables: there are several results."""

    def _each(self, rows: Any, others: list[Any], X: Any, Y: Any) -> Any:
        def one(row: Any) -> Any:
            return Trainer.loss(self, [row], others, X, Y)[0]

        if keras.backend.backend() == "jax":
            return ops.vectorized_map(one, rows)
        # Keras' convolutions on the other backends cannot be vectorized so; they stand one behind the other in the program.
        return ops.stack([one(rows[place]) for place in range(len(self._starts))])

    def _packed(self) -> list[np.ndarray]:
        return [np.stack([np.concatenate([np.ravel(part) for part in start]) for start in self._starts])]
