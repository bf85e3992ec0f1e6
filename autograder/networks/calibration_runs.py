"""What one training of a calibration came to, and the file in which each is written down as soon as it is done."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import CourseError

# A network, a case of it, and which training of that case.
Task = tuple[str, str, int]


@dataclass(frozen=True)
class Run:
    """One training, epoch by epoch.

    Attributes
    ----------
    scores : list of float
        On unseen pictures, behind each epoch.
    trained : list of float
        The mean loss of the batches of each epoch; empty where nothing was trained.
    delta_e : list of float
        The mean ΔE on unseen pictures, behind each epoch; empty for a network that says a class.
    """

    scores: list[float]
    trained: list[float] = field(default_factory=list)
    delta_e: list[float] = field(default_factory=list)

    def until(self, epochs: int) -> Run:
        """The same training, had it ended behind so many epochs."""
        return Run(self.scores[:epochs], self.trained[:epochs], self.delta_e[:epochs])

    @property
    def score(self) -> float:
        """The lowest one."""
        return min(self.scores)

    @property
    def epoch(self) -> int:
        """Behind which epoch it was lowest, from 1."""
        return self.scores.index(self.score) + 1

    @property
    def ratio(self) -> float:
        """How many times as large the score was there as the loss on the pictures that were learned; 0 where nothing says that."""
        return self.score / max(self.trained[self.epoch - 1], 1e-9) if self.delta_e and self.trained else 0.0

    @property
    def colour(self) -> float:
        """The mean ΔE there; 0 for a network that says a class."""
        return self.delta_e[self.epoch - 1] if self.delta_e else 0.0


def written(path: Path | None, epochs: dict[str, int]) -> dict[Task, Run]:
    """Return the trainings that a file holds and that are as long as each network's are now; longer ones are cut.

    Raises
    ------
    CourseError
        Where a line of the file cannot be read.
    """
    found: dict[Task, Run] = {}
    for where, facts in _lines(path):
        with _readable(where):
            if "caught" in facts:
                continue
            task = (str(facts["network"]), str(facts["case"]), int(facts["number"]))
            run = Run(*([float(value) for value in facts[name]] for name in ("scores", "trained", "delta_e")))
            # What is not trained has one score only.
            if len(run.scores) >= epochs[task[0]] or not run.trained:
                found[task] = run.until(epochs[task[0]])
    return found


def drawn(path: Path | None) -> dict[Task, bool]:
    """Return for each wrong answer (in the place of a case) and each draw that a file holds, whether it was caught."""
    found: dict[Task, bool] = {}
    for where, facts in _lines(path):
        with _readable(where):
            if "caught" in facts:
                found[str(facts["network"]), str(facts["answer"]), int(facts["number"])] = bool(facts["caught"])
    return found


def write_down(path: Path | None, task: Task, done: Run | bool) -> None:
    """Add a training to the file, if there is one; or whether a wrong answer was caught."""
    if path is None:
        return
    facts = dict(zip(("network", "answer" if isinstance(done, bool) else "case", "number"), task, strict=True))
    if isinstance(done, bool):
        facts["caught"] = done
    else:
        facts |= {name: list(_figures(values)) for name, values in dataclasses.asdict(done).items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(facts, ensure_ascii=False) + "\n")


def _lines(path: Path | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """What stands in each line, and where that is."""
    if path is None or not path.exists():
        return
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        where = f"{path}, line {number}"
        with _readable(where):
            facts = dict(json.loads(line))
        yield where, facts


@contextlib.contextmanager
def _readable(where: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{where}: this is nothing that `autograder calibrate` wrote down ({error!r}). Take the line out, or name another file."
        ) from error


def _figures(values: list[float]) -> Iterator[float]:
    return (float(f"{value:.4g}") if math.isfinite(value) else value for value in values)
