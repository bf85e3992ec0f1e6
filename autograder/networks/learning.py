"""Train a student's network in the grader on what the student's pipeline made, and look at what it does with pictures that it never saw.

A guide for hidden checks. All data are plain arrays or lists of them, as `student.call` returns them; nothing here imports Keras. What is
the student's fault is a `StudentError` whose text goes on the card, so a check just lets it pass::

    BUILT = "what build_beta(8) returns"
    pictures, _ = reference.call("draw_world", BETA.pictures, seed, BETA.side)
    X, Y = student.call("training_pairs", pictures)
    epochs = [student.call("epoch", X, Y, BETA.batch, seed) for seed in range(4)]        # fewer than BETA.epochs: they go round
    limit = learning.limit(BETA)
    done = learning.learn(
        student.call("build_beta", BETA.width), BUILT, epochs, (x, y), seed, BETA, goal=limit.threshold, data="the batches of epoch()"
    )
    assert limit.holds(done), f"… {done.score:.4f} …"
    done.outputs        # what it makes of x, where its score was lowest; None if it never was a number

- An epoch is a list of batches, a batch is a pair (inputs, target). A network of two inputs gets a list of two arrays as its inputs:
  `([L, embedding], ab)`, and so do `unseen` and `others`: `([l, e], y)`.
- It is compiled with the spec's optimizer, learning rate and loss, whatever the student's `compile` says (it need not be compiled), and its
  first weights are fresh. It is trained for `spec.epochs`, from up to `spec.starts` first weights, until its score is below `goal`; from
  `spec.few` only, if it is then still above `spec.far` times the goal.
- The score is measured on `unseen`, behind each epoch: the mean squared error, or for a network that says a class the share of pictures for which
  it says a wrong one. The lowest one counts.
- `others=[inputs, …]`: more inputs whose outputs are wanted, of the network as it was where its score was lowest: a classifier's probabilities
  for the pictures that a fusion learns from and for those that it is judged on, as `done.others[0]`, `done.others[1]`.
- Weights that were handed in: `arrays = weights.read(path)`, then `learning.outputs_with(network, what, arrays, inputs, spec)`. With None for
  the arrays, the weights that the network came with.
- The same training, asked for again by another check of the submission, is not made again: its inputs come from `draw.shared(name)`.
- For shapes and numbers of weights nothing has to be trained or built: `budget.made(network, what, [(1, 32, 32, 1), (1, 4)])` and
  `budget.cost_of(network, what, shapes).weights`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder import settings
from autograder.checks.expect import describe
from autograder.errors import CourseError, StudentError, StudentTooMuch
from autograder.networks import budget, rebuilding, weights
from autograder.networks.spec import WorldSpec

Batch = tuple[list[np.ndarray], np.ndarray]
# Numbers of all batches together; batches.
MAX_DATA = 24_000_000
MAX_BATCHES = 6_000
# Different shapes of batches: for each one the training is compiled.
MAX_SHAPES = 4
# Times as many pictures in an epoch as the grader hands in.
MAX_TIMES = 2
# Trainings that are remembered, for another check that asks for the same one.
REMEMBERED = 2


@dataclass(frozen=True)
class Learned:
    """How a training in the grader went.

    Attributes
    ----------
    score : float
        The lowest one on the unseen pictures, behind any epoch of any start; infinity if it never was a number.
    trained : float
        The mean loss of the batches in that epoch, each before its step: what is to be compared with the loss on unseen pictures.
    starts : int
        First weights that were tried.
    epochs : int
        Behind how many epochs it was lowest.
    outputs : ndarray or None
        What the network made of the unseen inputs there.
    others : list of ndarray
        What it made of the other inputs there; empty if its score never was a number.
    goal : float or None
    """

    score: float
    trained: float
    starts: int
    epochs: int
    outputs: np.ndarray | None
    others: list[np.ndarray]
    goal: float | None

    @property
    def reached(self) -> bool:
        """Whether the score is below the goal."""
        return self.goal is not None and self.score < self.goal

    @property
    def ratio(self) -> float:
        """How many times as large the error on unseen pictures is as on those that it learned from: much more than 1 if it learns these by heart."""
        return self.score / max(self.trained, 1e-9)


@dataclass(frozen=True)
class Limit:
    """What was calibrated for a network.

    Attributes
    ----------
    threshold : float
        A score that right networks stay below and wrong ones do not reach: the goal of `learn`.
    floors : dict
        By its name, the mean score of an answer that understands no picture, such as the best constant colour.
    by_heart : float or None
        From this `Learned.ratio` on, a network has learned its own pictures by heart.
    """

    threshold: float
    floors: dict[str, float]
    by_heart: float | None

    def holds(self, done: Learned) -> bool:
        """Whether a training came below the threshold, and not by heart."""
        return done.score < self.threshold and not self.is_by_heart(done)

    def is_by_heart(self, done: Learned) -> bool:
        """Whether a network learned its own pictures and not what they have in common with others."""
        return self.by_heart is not None and done.ratio > self.by_heart


def limit(spec: WorldSpec) -> Limit:
    """Return what was calibrated for a network.

    Raises
    ------
    CourseError
        If the calibration cannot be read.
    """
    path = settings.calibration_file(spec.name)
    try:
        facts = json.loads(path.read_text("utf-8"))
        return Limit(facts["threshold"], facts["floors"], facts["by_heart"])
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(
            f"{path}: the calibration cannot be read ({error!r}). Run `autograder calibrate {spec.name}`."
        ) from error


def learn(
    serialized: Any,
    what: str,
    epochs: Any,
    unseen: tuple[Any, Any],
    seed: int,
    spec: WorldSpec,
    *,
    goal: float | None = None,
    others: Sequence[Any] = (),
    data: str = "the batches",
) -> Learned:
    """Rebuild a serialized model and train it on the student's batches, in the process for networks.

    Parameters
    ----------
    serialized : SerializedModel
        What came from the student's builder.
    what : str
        How messages call it.
    epochs : list
        Of epochs: lists of (inputs, target). They come from the student, and may be anything.
    unseen : tuple
        (inputs, target) of pictures that are not trained on: the grader's own.
    seed : int
        Of the first weights.
    spec : WorldSpec
    goal : float, optional
        Training stops below this score.
    others : sequence
        More inputs whose outputs are wanted.
    data : str
        How messages call the batches.

    Raises
    ------
    StudentError
        That says why it cannot be trained so.
    """
    from autograder.networks import worker

    read = _epochs_in(epochs, data, spec)
    _must_be_trainable(serialized, what, read, data, spec)
    inputs, target = _batch_in(unseen, "the unseen pictures", spec)
    _must_fit(
        budget.made(serialized, what, [a.shape for a in inputs]), inputs, target, what, "the unseen pictures", spec
    )
    asked = [_inputs_in(other, "the other pictures", spec) for other in others]
    packed = [[[*ins, out] for ins, out in epoch] for epoch in read]
    facts = [
        packed,
        inputs,
        target,
        asked,
        seed,
        goal,
        settings.limits().training,
        spec.name,
        [spec.epochs, spec.starts, spec.few],
    ]
    key = _digest(rebuilding.plan(serialized), facts)
    if key not in _remembered:
        score, trained, starts, behind, made = worker.run("learn", serialized, what, *facts)
        outputs, *rest = made or [None]
        _remembered[key] = Learned(score, trained, starts, behind, outputs, rest, goal)
    # The one that was asked for last stands at the end.
    done = _remembered[key] = _remembered.pop(key)
    while len(_remembered) > REMEMBERED:
        del _remembered[next(iter(_remembered))]
    return done


# By all that a training depends on.
_remembered: dict[str, Learned] = {}


def _digest(*parts: Any) -> str:
    digest = hashlib.sha256()
    for piece in _bytes_of(parts):
        digest.update(piece)
    return digest.hexdigest()


def _bytes_of(part: Any) -> Iterator[Any]:
    """What is in nested lists of arrays, numbers and texts, so that no two of them give the same."""
    if isinstance(part, np.ndarray):
        yield f"{part.dtype}{part.shape}".encode()
        yield np.ascontiguousarray(part)
    elif isinstance(part, (list, tuple)):
        yield f"[{len(part)}".encode()
        for inner in part:
            yield from _bytes_of(inner)
    else:
        yield f"{part!r},".encode("utf-8", "surrogatepass")


def outputs_with(
    serialized: Any, what: str, arrays: list[np.ndarray] | None, inputs: Any, spec: WorldSpec, file: str | None = None
) -> np.ndarray:
    """Return what a serialized model with these weights makes of inputs, in the process for networks.

    Parameters
    ----------
    serialized : SerializedModel
    what : str
        How messages call it.
    arrays : list of ndarray or None
        What `weights.read` returned; None for the weights that it came with.
    inputs : ndarray, or list of ndarray
        The grader's own.
    spec : WorldSpec
    file : str, optional
        How messages call the arrays, by default by the spec's file.

    Raises
    ------
    StudentError
        If the weights do not fit, or if the model cannot be rebuilt.
    """
    from autograder.networks import worker

    read = _inputs_in(inputs, "the pictures", spec)
    budget.made(serialized, what, [a.shape for a in read])
    budget.must_be_affordable(serialized, what, spec=spec)
    fit = arrays is None or len(arrays) == len(serialized.weights)
    if arrays is not None and not fit and (theirs := weights.of_another(arrays, spec, file)):
        raise StudentError(theirs)
    return np.asarray(worker.run("outputs", serialized, what, arrays, read, file or spec.weights_file, spec.name))


# -- what comes from the student --------------------------------------------------------------------------------------


def _epochs_in(epochs: Any, data: str, spec: WorldSpec) -> list[list[Batch]]:
    if not isinstance(epochs, (list, tuple)) or not len(epochs):
        raise StudentError(
            f"{data} should be lists of pairs (X, Y), one list for each epoch; there is {describe(epochs)}."
        )
    found: list[list[Batch]] = []
    numbers = batches = 0
    for epoch in epochs:
        if not isinstance(epoch, (list, tuple)):
            raise StudentError(
                f"{data} should be a list of pairs (X, Y) for one epoch; what came is {describe(epoch)}."
            )
        if not len(epoch):
            raise StudentError(f"{data}: an epoch holds no batch.")
        batches += len(epoch)
        if batches > MAX_BATCHES:
            raise StudentTooMuch(f"{data}: there are more than {MAX_BATCHES:,}, which takes too long.")
        read = [_batch_in(batch, data, spec) for batch in epoch]
        pictures = sum(len(target) for _, target in read)
        if pictures > MAX_TIMES * spec.pictures:
            raise StudentTooMuch(f"{data}: one epoch has {pictures:,} pictures; {spec.pictures} were handed in.")
        numbers += sum(target.size + sum(a.size for a in inputs) for inputs, target in read)
        if numbers > MAX_DATA:
            raise StudentTooMuch(f"{data} hold more than {MAX_DATA:,} numbers, which takes too much memory.")
        found.append(read)
    shapes = {tuple(a.shape for a in (*inputs, target)) for epoch in found for inputs, target in epoch}
    if len(shapes) > MAX_SHAPES:
        shown = ", ".join(sorted({str(shape[0]) for shape in shapes})[:3])
        raise StudentError(
            f"{data} have {len(shapes)} different shapes, such as {shown}. All should have one size, but for the last one of an epoch."
        )
    return found[: spec.epochs]


def _batch_in(batch: Any, data: str, spec: WorldSpec) -> Batch:
    if not isinstance(batch, (list, tuple)) or len(batch) != 2:
        raise StudentError(f"{data}: each batch should be a pair (X, Y); there is {describe(batch)}.")
    inputs, target = _inputs_in(batch[0], data, spec), _array_in(batch[1], data, "target")
    for array in inputs:
        if len(array) != len(target):
            raise StudentError(
                f"{data}: a batch has {len(array)} pictures and {len(target)} targets (shapes {array.shape} and {target.shape}). Both go through the same steps."
            )
    return inputs, target


def _inputs_in(value: Any, data: str, spec: WorldSpec) -> list[np.ndarray]:
    count = len(spec.inputs())
    parts = list(value) if isinstance(value, (list, tuple)) else [value]
    if len(parts) not in (1, count):
        raise StudentError(
            f"{data}: a batch should have {count} {'input' if count == 1 else 'inputs'}; there are {len(parts)}."
        )
    read = [_array_in(part, data, "input") for part in parts]
    if len({len(array) for array in read}) > 1:
        raise StudentError(f"{data}: the inputs of a batch are of {' and '.join(str(len(a)) for a in read)} pictures.")
    return read


def _array_in(value: Any, data: str, part: str) -> np.ndarray:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise StudentError(f"{data}: the {part} of a batch should be an array of numbers; there is {describe(value)}.")
    if not value.ndim or not value.size:
        raise StudentError(f"{data}: the {part} of a batch is empty, its shape is {value.shape}.")
    array = np.ascontiguousarray(value, np.float32)
    if not np.isfinite(array).all():
        raise StudentError(f"{data}: the {part} of a batch holds NaN or infinity.")
    return array


# -- whether it can be trained ----------------------------------------------------------------------------------------


def _must_be_trainable(serialized: Any, what: str, epochs: list[list[Batch]], data: str, spec: WorldSpec) -> None:
    """Refuse a network that does not fit its batches, or whose training takes far more than the lesson's."""
    work: dict[Any, int] = {}
    total = 0
    for number in range(spec.epochs):
        for inputs, target in epochs[number % len(epochs)]:
            shapes = [a.shape for a in inputs]
            key = (*shapes, target.shape)
            if key not in work:
                _must_fit(budget.made(serialized, what, shapes), inputs, target, what, data, spec)
                budget.must_be_affordable(serialized, what, shapes, spec)
                work[key] = budget.cost_of(serialized, what, shapes, training=True).work
            total += work[key]
    if total > spec.max_training:
        raise StudentTooMuch(budget.too_large(what, spec))


def _must_fit(
    made: tuple[int, ...], inputs: list[np.ndarray], target: np.ndarray, what: str, data: str, spec: WorldSpec
) -> None:
    if made == target.shape:
        return
    more = ""
    if spec.says_class and target.ndim == 1:
        more = " One-hot numbers are wanted: a row for each picture."
    elif len(made) == 4 and math.prod(made[1:3]) != math.prod(inputs[0].shape[1:3]):
        more = " Do the halvings and the doublings cancel?"
    raise StudentError(
        f"{what} makes an array of the shape {made} of {' and '.join(str(a.shape) for a in inputs)}; the target of {data} has {target.shape}.{more}"
    )
