"""Compiled trainings, kept for the next network of the very same description.

The network of a lesson comes once from each student, and compiling its training takes as long as the training. What is kept is the
compiled program with the variables that it works on. Nothing of an earlier network is left in them: each training begins with
`Trainer.renew`, which sets every one of them, in a fresh process as well. A program whose training did not end as it should is
thrown away, and so is one that took long to compile (`COMPILED_WITHIN`): whether it was kept is nothing that a limit could feel.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import StudentError
from autograder.networks import rebuilding
from autograder.networks.spec import NetworkSpec

# Programs that are kept at a time.
MOST = 8
# Seconds. A task has more than that beyond the time for its training (`worker.GRACE`).
COMPILED_WITHIN = 5.0


class KeptTrainers:
    """Trainers by the full text of what they were made from. `most`: how many; 0 in a process that is somebody's own."""

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self._trainers: OrderedDict[tuple[Any, ...], Any] = OrderedDict()

    def take(self, serialized: Any, what: str, X: np.ndarray, Y: np.ndarray, spec: NetworkSpec) -> tuple[Any, Any]:
        """Return a key and a compiled Trainer, which is the caller's alone until it is given back. `renew` it before it is used.

        Raises
        ------
        StudentError
            If the network cannot be rebuilt or trained.
        """
        key = (rebuilding.identity(serialized, what), spec.name, np.shape(X), np.shape(Y))
        return self.take_made(key, lambda: _compiled(serialized, what, X, Y, spec))

    def take_made(self, key: tuple[Any, ...], make: Callable[[], Any]) -> tuple[Any, Any]:
        """Return a key and a trainer: the one that is kept under this key, or one that `make` makes and compiles."""
        if (kept := self._trainers.pop(key, None)) is not None:
            return key, kept
        began = time.monotonic()
        trainer = make()
        return key if time.monotonic() - began < COMPILED_WITHIN else None, trainer

    def give_back(self, key: Any, trainer: Any) -> None:
        """Keep a trainer whose training has ended as it should."""
        if key is None or not self.most:
            return
        trainer.let_go()
        self._trainers[key] = trainer
        while len(self._trainers) > self.most:
            self._trainers.popitem(last=False)


def _compiled(serialized: Any, what: str, X: np.ndarray, Y: np.ndarray, spec: NetworkSpec) -> Any:
    from autograder.networks.training import Trainer

    model = rebuilding.rebuild(serialized, what, weights=False, compiled=True, spec=spec)
    try:
        trainer = Trainer(model, X, Y)
    except ValueError as error:
        raise StudentError(f"{what} could not be trained: {error}.") from None
    trainer.run(1)
    trainer.predict(X)
    return trainer


trainers = KeptTrainers()
