"""Trains a network on one batch after another, as `model.train_on_batch` does, in the process for networks; `learning` is the grader's end of it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from autograder.errors import StudentError
from autograder.networks import kept, rebuilding
from autograder.networks.spec import SPECS, WorldSpec
from autograder.networks.time_limit import must_end_within
from autograder.networks.training import Trainer

# Pictures that a network is shown at once where nothing is trained: a program is compiled for one shape only.
PIECE = 32

Batch = tuple[list[np.ndarray], np.ndarray]


class StreamTrainer(Trainer):
    """A model, and batches that come one after another. Its inputs are a list of arrays, one for each input of the model."""

    def __init__(self, model: keras.Model) -> None:
        super().__init__(model, np.empty(0), np.empty(0))

    def step(self, inputs: list[Any], target: Any) -> Any:
        """Do one step, and return the loss before it, as a tensor of one number."""
        # Everything is frozen.
        if not self.variables:
            return ops.reshape(self._measure(self._model(_given(inputs)), target), (1,))
        self._finished = False
        return self._program(1, _given(inputs), target)

    def show(self, inputs: list[np.ndarray]) -> np.ndarray:
        """Return the model's output for any number of pictures, as it is after the last step."""
        self.finish()
        return shown(self._predict, inputs)

    def renew(self, model: keras.Model, X: Any = None, Y: Any = None) -> None:
        """Take over all values of a fresh model of the same description, and a fresh optimizer."""
        if [v.shape for v in model.variables] != [v.shape for v in self._model.variables]:
            raise ValueError("a model of another description")
        for variable, fresh in zip(self._model.variables, model.variables, strict=True):
            variable.assign(fresh.value)
        self._begin()

    def let_go(self) -> None:
        """There is nothing to let go: a batch is held no longer than its step takes."""

    def _set_batch(self, X: Any, Y: Any) -> None:
        """Batches come with each step."""


def _given(inputs: list[Any]) -> Any:
    """A model's inputs as it takes them: one tensor, or a list of several."""
    tensors = [ops.convert_to_tensor(part) for part in inputs]
    return tensors[0] if len(tensors) == 1 else tensors


def shown(predict: Callable[[Any], Any], inputs: list[np.ndarray]) -> np.ndarray:
    """Return the output for any number of pictures, piece by piece; the last piece is filled up with zeros."""
    count, found = len(inputs[0]), []
    for start in range(0, count, PIECE):
        piece = [np.asarray(part[start : start + PIECE], np.float32) for part in inputs]
        missing = PIECE - len(piece[0])
        filled = (
            [np.concatenate([p, np.zeros((missing, *p.shape[1:]), np.float32)]) for p in piece] if missing else piece
        )
        found.append(ops.convert_to_numpy(ops.cast(predict(_given(filled)), "float32")))
    return np.concatenate(found)[:count]


def learn_here(
    serialized: Any,
    what: str,
    epochs: list[list[list[np.ndarray]]],
    inputs: list[np.ndarray],
    target: np.ndarray,
    others: list[list[np.ndarray]],
    seed: int,
    goal: float | None,
    seconds: float,
    name: str,
    turns: list[int],
) -> list[Any]:
    """Do what `learning.learn` asks for, in this process. turns: epochs, first weights that are tried, and those behind which a score far from the goal ends it.

    Returns [the lowest score, the mean training loss in its epoch, first weights tried, epochs until then, what came of `inputs` and of each of `others`].
    """
    spec = SPECS[name]
    assert isinstance(spec, WorldSpec)
    spec = dataclasses.replace(spec, epochs=turns[0], starts=turns[1], few=turns[2])
    shapes = [[part.shape for part in batch] for batch in epochs[0][:1]]
    key = (rebuilding.plan(serialized), spec, str(shapes))
    key, trainer = kept.trainers.take_made(key, lambda: _compiled(serialized, what, epochs[0][0], spec))
    look = must_end_within(seconds, what)
    goal = -np.inf if goal is None else goal
    best, at_best = [np.inf, np.inf, 0], None
    start = 0
    for start in range(spec.starts):
        keras.utils.set_random_seed((seed + start) % 2**31)
        trainer.renew(_model(serialized, what, spec))
        for number, (found, loss, _) in enumerate(climb(trainer, epochs, inputs, target, spec, look), start=1):
            if found < best[0]:
                best, at_best = [found, loss, number], trainer.model.get_weights()
            if best[0] < goal:
                break
        if _is_decided(best[0], goal, start + 1, spec):
            break
    made = []
    if at_best is not None:
        trainer.start_again(at_best)
        made = [trainer.show(part) for part in (inputs, *others)]
    kept.trainers.give_back(key, trainer)
    return [float(best[0]), float(best[1]), start + 1, best[2], made]


def _is_decided(score: float, goal: float, starts: int, spec: WorldSpec) -> bool:
    """Whether the goal is reached, or still so far away behind some starts that another one is of no use."""
    return score < goal or (starts >= spec.few and score > spec.far * goal > -np.inf)


def climb(
    trainer: StreamTrainer,
    epochs: list[list[list[np.ndarray]]],
    inputs: list[np.ndarray],
    target: np.ndarray,
    spec: WorldSpec,
    look: Callable[[], None] = lambda: None,
) -> Iterator[tuple[float, float, np.ndarray]]:
    """Train on for the spec's epochs, and behind each give the score on (inputs, target), the mean loss of its batches, and what comes of the inputs.

    look: called after each step; what it raises ends the training.
    """
    # Where nothing can be learned, all epochs are alike.
    for number in range(spec.epochs if trainer.variables else 1):
        losses = []
        for *part, wanted in epochs[number % len(epochs)]:
            losses.append(trainer.step(part, ops.convert_to_tensor(wanted)))
            look()
        made = trainer.show(inputs)
        yield score(made, target, spec), float(np.mean(ops.convert_to_numpy(ops.stack(losses)))), made


def score(made: np.ndarray, target: np.ndarray, spec: WorldSpec) -> float:
    """Return what a network is judged by: the mean squared error, or the share of pictures whose class is wrong; infinity if there is a NaN."""
    if not np.isfinite(made).all():
        return np.inf
    if spec.says_class:
        return float(np.mean(made.argmax(-1) != target.argmax(-1)))
    return float(np.mean((made - target) ** 2))


def _model(serialized: Any, what: str, spec: WorldSpec) -> keras.Model:
    """The student's network with fresh weights, compiled as the spec says."""
    model = rebuilding.rebuild(serialized, what, weights=False, spec=spec)
    model.compile(optimizer=getattr(keras.optimizers, spec.optimizer)(spec.rate), loss=spec.loss)
    return model


def _compiled(serialized: Any, what: str, batch: list[np.ndarray], spec: WorldSpec) -> StreamTrainer:
    *inputs, target = batch
    model = _model(serialized, what, spec)
    try:
        trainer = StreamTrainer(model)
        trainer.step(inputs, ops.convert_to_tensor(target))
        trainer.show(inputs)
    except (ValueError, TypeError) as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise StudentError(f"{what} could not be trained: {reason}") from None
    return trainer


def outputs_here(
    serialized: Any, what: str, arrays: list[np.ndarray] | None, inputs: list[np.ndarray], file: str, name: str
) -> np.ndarray:
    """Do what `learning.outputs_with` asks for, in this process."""
    model = rebuilding.rebuild(serialized, what, weights=arrays is None, spec=SPECS[name])
    if arrays is not None:
        take_weights(model, arrays, what, file)
    return shown(lambda X: model(X, training=False), inputs)


def take_weights(model: keras.Model, arrays: list[np.ndarray], what: str, file: str) -> None:
    """Set a model's weights from the arrays of a weights file, which lie there by the kind of their layer.

    Raises
    ------
    StudentError
        If they do not fit.
    """
    counts: dict[str, int] = {}
    held = []
    for layer in model.layers:
        # "Conv2D" is "conv2d" in a file, "GlobalMaxPooling2D" is "global_max_pooling2d".
        kind = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"\W+", "", type(layer).__name__)).lower()
        counts[kind] = counts.get(kind, 0) + 1
        held.append((kind, counts[kind], layer.weights))
    variables = [weight for _, _, own in sorted(held, key=lambda item: item[:2]) for weight in own]
    if [array.shape for array in arrays] != [tuple(v.shape) for v in variables]:
        raise StudentError(
            f"the weights in {file} do not fit {what}: they are {sum(a.size for a in arrays):,} numbers in {len(arrays)} arrays,"
            f" and it has {sum(int(np.prod(v.shape)) for v in variables):,} in {len(variables)}, or in other shapes."
            " Was the network changed after its training? The lesson's training writes them anew."
        )
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
