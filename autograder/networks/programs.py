"""The compiled loop of a training, for each of Keras' backends.

Each function gets a `training.Trainer` and returns two: `program(epochs, X, Y)` trains on and returns the losses, `predict(X)` is the model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from keras import ops

from autograder.networks.chain import on_xla_cpu

if TYPE_CHECKING:
    from autograder.networks.training import Trainer

Program = Callable[[int, Any, Any], Any]
Predict = Callable[[Any], Any]


def _tensorflow(trainer: Trainer) -> tuple[Program, Predict]:
    import tensorflow as tf

    variables, others = trainer.variables, trainer.others

    @tf.function(autograph=False)
    def program(epochs: Any, X: Any, Y: Any) -> Any:
        def step(epoch: Any, losses: Any) -> tuple[Any, Any]:
            with tf.GradientTape() as tape:
                loss, after = trainer.loss([v.value for v in variables], [v.value for v in others], X, Y)
            gradients = tape.gradient(loss, [v.value for v in variables])
            trainer.optimizer.apply(gradients, variables)
            if trainer.steps is None:
                for variable, value in zip(others, after, strict=True):
                    variable.assign(value)
            return epoch + 1, losses.write(epoch, loss)

        empty = tf.TensorArray(tf.float32, size=epochs)
        _, losses = tf.while_loop(lambda epoch, _: epoch < epochs, step, (tf.constant(0), empty), parallel_iterations=1)
        return losses.stack()

    predict = tf.function(lambda X: trainer.model(X, training=False), autograph=False)
    return lambda epochs, X, Y: program(tf.constant(epochs), X, Y), predict


def _jax(trainer: Trainer) -> tuple[Program, Predict]:
    """The epochs are a loop inside the program, but on a CPU: there a loop's convolutions are slow (`chain.on_xla_cpu`)."""
    import jax

    gradient = jax.value_and_grad(trainer.loss, has_aux=True)
    groups = (trainer.variables, trainer.optimizer.variables, trainer.others)

    def step(state: Any, X: Any, Y: Any) -> Any:
        weights, optimizer, others = state
        (loss, others), gradients = gradient(weights, others, X, Y)
        weights, optimizer = trainer.optimizer.stateless_apply(optimizer, gradients, weights)
        return (weights, optimizer, others), loss

    def loop(state: Any, losses: Any, X: Any, Y: Any) -> Any:
        def one(epoch: Any, carried: Any) -> Any:
            state, loss = step(carried[0], X, Y)
            return state, carried[1].at[epoch].set(loss)

        return jax.lax.fori_loop(0, losses.shape[0], one, (state, losses))

    compiled_step, compiled_loop = jax.jit(step), jax.jit(loop)

    def program(epochs: int, X: Any, Y: Any) -> Any:
        state: Any = tuple([v.value for v in group] for group in groups)
        if on_xla_cpu():
            losses = []
            for _ in range(epochs):
                state, loss = compiled_step(state, X, Y)
                losses.append(loss)
            losses = ops.stack(losses)
        else:
            state, losses = compiled_loop(state, ops.zeros(epochs, "float32"), X, Y)
        for group, values in zip(groups, state, strict=True):
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        return losses

    return program, lambda X: trainer.model(X, training=False)


def _torch(trainer: Trainer) -> tuple[Program, Predict]:
    """A step is not recorded and played back as a CUDA graph: Keras' optimizer makes tensors of Python numbers in it, which a recording refuses."""
    import torch

    variables, others = trainer.variables, trainer.others

    def step(X: Any, Y: Any) -> Any:
        loss, after = trainer.loss([v.value for v in variables], [v.value for v in others], X, Y)
        gradients = torch.autograd.grad(loss, [v.value for v in variables])
        with torch.no_grad():
            trainer.optimizer.apply(list(gradients), variables)
            if trainer.steps is None:
                for variable, value in zip(others, after, strict=True):
                    variable.assign(value)
        return loss.detach()

    def predict(X: Any) -> Any:
        with torch.no_grad():
            return trainer.model(X, training=False)

    return lambda epochs, X, Y: torch.stack([step(X, Y) for _ in range(epochs)]), predict


PROGRAMS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
