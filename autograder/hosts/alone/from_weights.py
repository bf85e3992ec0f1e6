"""Paints one picture from weights that lesson 4 saved, where the pictures of the training are not there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np

from autograder.checks.reference import reference_namespace
from autograder.course.catalog import lesson
from autograder.errors import UnreadableWeights
from autograder.hosts.alone.ladder import Ladder, Rung
from autograder.networks import weights
from autograder.networks.painting import painted
from autograder.networks.spec import ALPHA
from autograder.networks.threshold import pair, portrait


def ladder_of_weights(path: Path) -> Ladder:
    """Return the one picture that a network of the lesson paints with these weights.

    The file is read in a sandbox. The network is the course's own: weights of another one do not fit into it.

    Raises
    ------
    UnreadableWeights
        With what is wrong with the file.
    """
    arrays = weights.read(path)
    network = reference_namespace(lesson(ALPHA.lesson))[ALPHA.builder]()
    wanted = [array.shape for array in network.get_weights()]
    if [array.shape for array in arrays] != wanted or not all(np.isfinite(array).all() for array in arrays):
        raise UnreadableWeights(f"{path.name} does not hold the weights of the lesson’s own network.")
    network.set_weights(arrays)
    x, y = pair(portrait())
    made = np.asarray(network(x))
    grey = np.rint(2.55 * x[0, ..., 0]).astype(np.uint8)
    rung = Rung(0, float(np.mean((made - y) ** 2)), painted(x[0, ..., 0], made[0]))
    return Ladder(grey, [rung], f"{datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d %H:%M}")
