"""Wrong answers of lessons 5 and 6 that the hidden checks must catch whatever they draw: `calibrate_worlds` counts on how many draws they do.

What the loss alone does not tell is here, and what is told at less cost before anything is trained.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import Request, judge_each
from autograder.course import catalog
from autograder.course.answers import changed
from autograder.course.samples import solutions
from autograder.errors import CourseError
from autograder.kernel.client import live
from autograder.networks.spec import BETA, CLASSIFIER, FUSION, WorldSpec
from autograder.results import Outcome


@dataclass(frozen=True)
class Wrong:
    """The course's own answer to an exercise with a mistake in it.

    Attributes
    ----------
    exercise : str
    change : str
        As in the files of collected answers (`course.answers.changed`).
    check : str
        The one hidden check that is asked; "" for all of the exercise.
    """

    exercise: str
    change: str
    check: str = ""


_BATCHES = "# -     return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]\n"
_LAST = '     model.add(layers.Conv2D(2, 3, padding="same", activation="{}"))'
ANSWERS: dict[str, dict[str, Wrong]] = {
    BETA.name: {
        "an epoch of 8 pictures, again and again": Wrong(
            "epoch", _BATCHES + "# +     return [(X[:8], Y[:8]) for _ in range(-(-len(X) // size))]"
        ),
        "a leak between train and test": Wrong(
            "split", "# -     return shuffled[size:], shuffled[:size]\n# +     return shuffled, shuffled[:size]"
        ),
        "not shuffled": Wrong(
            "epoch",
            _BATCHES
            + "# +     return [(X[start : start + size], Y[start : start + size]) for start in range(0, len(X), size)]",
        ),
        "augmentation that changes colour": Wrong(
            "epoch",
            _BATCHES
            + "# +     tint = np.random.default_rng(seed).normal(0, 0.1, (len(Y), 1, 1, 2)).astype(np.float32)\n"
            + "# +     return [(X[numbers], (Y + tint)[numbers]) for numbers in batches(len(X), size, seed)]",
        ),
        "ReLU at the end": Wrong(
            "build_beta",
            f"# -{_LAST.format('tanh')}\n# +{_LAST.format('relu')}",
            "test_every_line_of_the_table",
        ),
        "no /128": Wrong(
            "training_pairs",
            "# -     return lab[..., :1], lab[..., 1:] / 128\n# +     return lab[..., :1], lab[..., 1:]",
        ),
    },
    CLASSIFIER.name: {
        "never trained": Wrong(
            "train_classifier",
            "# -     history = model.fit(X, target, batch_size=8, epochs=epochs, verbose=0)\n"
            "# +     fresh = model.get_weights()\n"
            "# +     history = model.fit(X, target, batch_size=8, epochs=epochs, verbose=0)\n"
            "# +     model.set_weights(fresh)",
            "test_the_model_itself_learns",
        ),
    },
    FUSION.name: {
        "joined along the height": Wrong(
            "fuse",
            "# -     return np.concatenate([features, grid], axis=-1)\n"
            "# +     rows = np.broadcast_to(embedding[:, :, None, None], (pictures, embedding.shape[1], *features.shape[2:]))\n"
            "# +     return np.concatenate([features, rows], axis=1)",
        ),
        "joined along the width": Wrong(
            "fuse",
            "# -     return np.concatenate([features, grid], axis=-1)\n"
            "# +     shape = (pictures, height, embedding.shape[1], features.shape[3])\n"
            "# +     return np.concatenate([features, np.broadcast_to(embedding[:, None, :, None], shape)], axis=2)",
        ),
        "an embedding that is ignored": Wrong(
            "build_fusion",
            "# -     x = layers.Concatenate()([x, told])\n"
            "# +     x = layers.Concatenate()([x, layers.Rescaling(0.0)(told)])",
            "test_what_it_is_told_changes_the_whole_picture",
        ),
    },
}


def names_with(lesson: catalog.Lesson, changes: dict[str, str]) -> dict[str, Any]:
    """The names of a session in which all is answered rightly but these exercises, which have a change in them."""
    names = {
        name: value.copy() if isinstance(value, np.ndarray) else value
        for name, value in reference_namespace(lesson).items()
    }
    for exercise, change in changes.items():
        run_cell(changed(solutions(lesson)[exercise], change, exercise), names, exercise)
    return names


def caught(spec: WorldSpec, name: str, numbers: list[int]) -> Iterator[bool]:
    """Whether the hidden checks catch a wrong answer, on each of these draws.

    Raises
    ------
    CourseError
        If a check could not look at it.
    """
    lesson, wrong = catalog.lesson(spec.lesson), ANSWERS[spec.name][name]
    names = names_with(lesson, {wrong.exercise: wrong.change})
    asked = {wrong.check} if wrong.check else None
    keys = [hashlib.sha256(f"{spec.name}, {name}, {number}".encode()).digest() for number in numbers]
    each = judge_each(lesson, [Request(lambda _: live(names), key, {wrong.exercise}, asked) for key in keys])
    for said in each:
        outcomes = {result.outcome for result in said}
        if not outcomes <= {Outcome.PASSED, Outcome.FAILED}:
            raise CourseError(f"{spec.name}: {name}: the hidden checks say {', '.join(sorted(outcomes))}.")
        yield Outcome.FAILED in outcomes
