"""Measures how right and wrong networks of lessons 5 and 6 do on worlds that they never saw, and sets each network's threshold between them.

`autograder calibrate beta` (or `classifier`, or `fusion`) runs it and writes `assets/calibration_beta.json` and its picture.
Each network is trained as in the grader: on one drawn world from several first weights, of which the best one counts, judged on another world.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import math
import multiprocessing
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checks.reference import reference_namespace
from autograder.course import catalog
from autograder.course.markers import SENTINEL
from autograder.errors import CourseError
from autograder.networks import worlds
from autograder.networks.calibrate import CONFIDENCE
from autograder.networks.calibration_answers import ANSWERS, caught
from autograder.networks.calibration_cases import (
    APART,
    BY_HEART,
    CASES,
    NOT_BY_LOSS,
    Case,
    Epoch,
    Pairs,
    in_their_order,
    shuffled,
)
from autograder.networks.calibration_runs import Run, Task, drawn, write_down, written
from autograder.networks.spec import BETA, CLASSIFIER, SPECS, WorldSpec

# The chance that a right network may be called wrong.
MISSED = 1e-3
# Trainings that share a world: whether it is the first weights that decide, or the world, can be seen.
SHARED = 3
# Draws that the hidden checks are asked about at once.
AT_ONCE = 20
# A classifier that is worse than this is started again before a fusion is told what it says.
GOOD = 0.2


@dataclass(frozen=True)
class Effort:
    """How many first weights are tried: of right networks; of wrong ones; looked at untrained. On how many draws checks must catch wrong answers."""

    right: int = 120
    wrong: int = 9
    untrained: int = 30
    draws: int = 200


# -- measuring --------------------------------------------------------------------------------------------------------


def builder(spec: WorldSpec) -> Any:
    """The network of a lesson, as its solution builds it for the grader's pictures."""
    make = reference_namespace(catalog.lesson(spec.lesson))[spec.builder]
    if spec is BETA:
        return make(spec.width)
    return make(spec.classes) if spec is CLASSIFIER else make(spec.width, spec.classes, spec.side)


def measure(
    spec: WorldSpec, effort: Effort, say: Callable[[str], None], jobs: int = 2, kept: Path | None = None
) -> dict[str, Any]:
    """All measurements of one network as plain data, as its file in `assets` holds them.

    kept: a file that holds trainings which need not be made again, and gets those that are made.
    """
    tasks = [(spec.name, case, number) for case in CASES[spec.name] for number in range(_count(case, effort))]
    found = written(kept, {name: each.epochs for name, each in SPECS.items()})
    missing = [task for task in tasks if task not in found]
    if len(missing) < len(tasks):
        say(f"{spec.name}: {len(tasks) - len(missing)} of {len(tasks)} trainings are in {kept} already")
    for task, run in _each(missing, jobs):
        found[task] = run
        write_down(kept, task, run)
        of_case = [found.get((spec.name, task[1], number)) for number in range(_count(task[1], effort))]
        if all(of_case):
            say(f"{spec.name}: {task[1]}: lowest score of each training {_span([r.score for r in of_case if r])}")
    runs = {case: [found[task] for task in tasks if task[1] == case] for case in CASES[spec.name]}
    return collected(spec, effort, runs) | {"caught": _caught(spec, effort.draws, say, kept)}


def _caught(spec: WorldSpec, draws: int, say: Callable[[str], None], kept: Path | None) -> dict[str, dict[str, int]]:
    """On how many draws the hidden checks catch each wrong answer that they must catch on all."""
    before, counts = drawn(kept), {}
    for name in ANSWERS[spec.name]:
        seen = {
            number: before[spec.name, name, number] for number in range(draws) if (spec.name, name, number) in before
        }
        missing = [number for number in range(draws) if number not in seen]
        for some in (missing[start : start + AT_ONCE] for start in range(0, len(missing), AT_ONCE)):
            for number, is_caught in zip(some, caught(spec, name, some), strict=True):
                seen[number] = is_caught
                write_down(kept, (spec.name, name, number), is_caught)
        counts[name] = {"draws": draws, "caught": sum(seen.values())}
        say(f"{spec.name}: {name}: caught on {sum(seen.values())} of {draws} draws")
    return counts


def collected(spec: WorldSpec, effort: Effort, runs: dict[str, list[Run]]) -> dict[str, Any]:
    """What was measured, with what it was measured with."""
    import keras

    return {
        "holds": SENTINEL,
        "network": spec.name,
        "side": spec.side,
        "budget": spec.epochs,
        "starts": spec.starts,
        "pictures": spec.pictures,
        "unseen": spec.unseen,
        "effort": dataclasses.asdict(effort),
        "measured_with": {
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "python": platform.python_version(),
        },
        "not_by_loss": list(NOT_BY_LOSS[spec.name]),
        **entry(spec, runs),
    }


def entry(spec: WorldSpec, runs: dict[str, list[Run]]) -> dict[str, Any]:
    """The part of the data that says the threshold: half-way, on a log scale, between the edge of the right scores and the lowest wrong one."""
    least = 0.5 / spec.unseen if spec.says_class else 0.0
    best = {case: [max(run.score, least) for run in found] for case, found in runs.items()}
    right, floors = sorted(best["right"], reverse=True), _floors(spec)
    edge = right[_may_miss(len(right), spec)]
    wrong = {
        case: min(values) for case, values in best.items() if case != "right" and case not in NOT_BY_LOSS[spec.name]
    }
    nearest, lowest = min((wrong | floors).items(), key=lambda item: item[1])
    if lowest < APART[spec.name] * edge:
        raise CourseError(
            f"{spec.name}: right networks reach up to {edge:.5f} and {nearest!r} comes down to {lowest:.5f}: no threshold fits between."
        )
    threshold = float(f"{math.sqrt(edge * lowest):.3g}")
    together = [min(best["right"][place : place + SHARED]) for place in range(0, len(right), SHARED)]
    above, far = (sum(value >= times * threshold for value in right) for times in (1, spec.far))
    fails = _fails_below(above, far, len(right), spec)
    if fails > MISSED:
        raise CourseError(
            f"{spec.name}: from {len(right)} right starts it only follows that a right network fails with a chance below {fails:.2g}, and {MISSED:g} is wanted. Measure more of them (`--seeds`)."
        )
    return {
        "least": least or 1e-6,
        "threshold": threshold,
        "floors": {name: _figure(value) for name, value in floors.items()},
        "by_heart": _by_heart(runs),
        "edge_of_right": _figure(edge),
        "lowest_wrong": [nearest, _figure(lowest)],
        "right_starts": len(right),
        "right_starts_above": above,
        "right_starts_far": far,
        "one_start_fails_below": float(f"{highest_share(above, len(right)):.3g}"),
        "right_fails_below": float(f"{fails:.2g}"),
        "highest_of_the_best_starts": _figure(max(together)),
        "networks": {case: _facts(found) for case, found in runs.items()},
    }


def _may_miss(count: int, spec: WorldSpec) -> int:
    """How many of so many right starts may lie above the edge, so that a right network fails in the grader with a chance below `MISSED`."""
    found = 0
    while found + 1 < count and _fails_below(found + 1, 0, count, spec) < MISSED:
        found += 1
    return found


def _fails_below(above: int, far: int, count: int, spec: WorldSpec) -> float:
    """The chance below which a right network fails: all of its starts end above the threshold, or the first few far above it."""
    soon = highest_share(far, count) ** spec.few if spec.few < spec.starts else 0.0
    return highest_share(above, count) ** spec.starts + soon


def highest_share(seen: int, count: int) -> float:
    """The share below which a thing happens, at the confidence of `calibrate`, if it was seen so often in so many trials (Clopper and Pearson)."""
    from scipy.stats import beta

    return float(beta.ppf(CONFIDENCE, seen + 1, count - seen))


def _facts(found: list[Run]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "best": [_figure(run.score) for run in found],
        "ratio": [_figure(run.ratio) for run in found if run.ratio],
        "delta_e": [_figure(run.colour) for run in found if run.colour],
        "epochs": [run.epoch for run in found],
    }
    return {name: values for name, values in facts.items() if values}


def _by_heart(runs: dict[str, list[Run]]) -> float | None:
    """The ratio half-way, on a log scale, between the highest of right networks and the lowest of one that learns a few pictures by heart."""
    few, highest = [run.ratio for run in runs.get(BY_HEART, [])], max(run.ratio for run in runs["right"])
    return _figure(math.sqrt(highest * min(few))) if few and min(few) > highest else None


def _floors(spec: WorldSpec) -> dict[str, float]:
    """The mean score, over some worlds, of answers that understand no picture."""
    if spec.says_class:
        return {"chance": 1 - 1 / spec.classes}
    found: dict[str, list[float]] = {"grey picture": [], "constant colour": [], "mean colour by brightness": []}
    for number in range(10):
        X, Y = worlds.pairs(worlds.draw(spec.unseen, 1001 + 2 * number, spec)[0], spec.scale)
        step = np.clip(X[..., 0] // 5, 0, 19).astype(int)
        means = np.stack([Y[step == s].mean(axis=0) if (step == s).any() else Y.mean((0, 1, 2)) for s in range(20)])
        found["grey picture"].append(float(np.mean(Y**2)))
        found["constant colour"].append(float(np.mean((Y - Y.mean(axis=(0, 1, 2))) ** 2)))
        found["mean colour by brightness"].append(float(np.mean((Y - means[step]) ** 2)))
    return {name: float(np.mean(values)) for name, values in found.items()}


def _count(case: str, effort: Effort) -> int:
    return {"right": effort.right, "untrained": effort.untrained}.get(case, effort.wrong)


def _each(tasks: list[Task], jobs: int) -> Iterator[tuple[Task, Run]]:
    if jobs == 1:
        yield from ((task, measure_one(*task)) for task in tasks)
        return
    with concurrent.futures.ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(measure_one, *task): task for task in tasks}
        for done in concurrent.futures.as_completed(waiting):
            yield waiting[done], done.result()


def measure_one(name: str, case: str, number: int) -> Run:
    """One training on a world of its own, judged on another one."""
    spec, how = SPECS[name], CASES[name][case]
    assert isinstance(spec, WorldSpec)
    inputs, target, unseen = _data(spec, how, number)
    return _run(spec, case, how, how.epochs(inputs, target, number // SHARED), unseen, number)


def _data(spec: WorldSpec, how: Case, number: int) -> tuple[list[np.ndarray], np.ndarray, Pairs]:
    """What a training learns from and what it is judged on, from two worlds that no other training of this network has."""
    world = 1000 + 2 * (number // SHARED)
    pictures, numbers = worlds.draw(spec.pictures, world, spec)
    if how.epochs is in_their_order:
        order = np.argsort(numbers, kind="stable")
        pictures, numbers = pictures[order], numbers[order]
    new, new_numbers = worlds.draw(spec.unseen, world + 1, spec)
    (X, Y), (x, y) = worlds.pairs(pictures, spec.scale), worlds.pairs(new, spec.scale)
    if spec.says_class:
        return [X], worlds.one_hot(numbers, spec.classes), ([x], worlds.one_hot(new_numbers, spec.classes))
    if not spec.classes:
        return [X], Y, ([x], y)
    E, e = _told(how.told, X, numbers, x, number)
    return [X, E], Y, ([x, e], y)


def _told(how: str, X: np.ndarray, numbers: np.ndarray, x: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """What a fusion is told of the pictures that it learns from, and of the unseen ones."""
    if how == "nothing":
        return np.full((len(X), CLASSIFIER.classes), 0.25, np.float32), np.full(
            (len(x), CLASSIFIER.classes), 0.25, np.float32
        )
    trainer = _trainer(CLASSIFIER, "right", CASES[CLASSIFIER.name]["right"], number)
    if how != "untrained classifier":
        from autograder.networks.streaming import climb

        target = worlds.one_hot(numbers, CLASSIFIER.classes)
        for start in range(CLASSIFIER.starts):
            *_, (wrong, _, _) = climb(trainer, _packed(shuffled([X], target, number)), [X], target, CLASSIFIER)
            if wrong < GOOD:
                break
            trainer = _trainer(CLASSIFIER, "right", CASES[CLASSIFIER.name]["right"], number + 1000 * (start + 1))
    E, e = trainer.show([X]), trainer.show([x])
    if how == "other pictures":
        rng = np.random.default_rng(number)
        E, e = rng.permutation(E), rng.permutation(e)
    return E, e


def _packed(epochs: list[Epoch]) -> list[list[list[np.ndarray]]]:
    return [[[*inputs, target] for inputs, target in epoch] for epoch in epochs]


_trainers: dict[tuple[str, str], Any] = {}


def _trainer(spec: WorldSpec, case: str, how: Case, number: int) -> Any:
    """A trainer with fresh weights; its compiled program is kept for the next training of the case."""
    import keras

    from autograder.networks.calibrate import _use_one_core
    from autograder.networks.streaming import StreamTrainer

    if not _trainers:
        _use_one_core()
    keras.utils.set_random_seed(number)
    model = how.change(builder(spec))
    rate = how.rate or spec.rate
    model.compile(optimizer=getattr(keras.optimizers, spec.optimizer)(rate), loss=spec.loss)
    trainer = _trainers.get((spec.name, case))
    if trainer is None:
        trainer = _trainers[spec.name, case] = StreamTrainer(model)
    else:
        trainer.renew(model)
    return trainer


def _run(spec: WorldSpec, case: str, how: Case, epochs: list[Epoch], unseen: Pairs, number: int) -> Run:
    from autograder.networks.streaming import climb, score

    trainer = _trainer(spec, case, how, number)
    if how.rate == 0:
        return Run([score(trainer.show(unseen[0]), unseen[1], spec)])
    found = Run([])
    for value, trained, made in climb(trainer, _packed(epochs), *unseen, spec):
        found.scores.append(value)
        found.trained.append(trained)
        if not spec.says_class:
            found.delta_e.append(_delta_e(unseen[0][0], made, unseen[1], spec.scale))
    return found


def _delta_e(L: np.ndarray, made: np.ndarray, target: np.ndarray, scale: float) -> float:
    """The mean difference of the colours, CIEDE2000."""
    from skimage.color import deltaE_ciede2000

    one, other = (np.concatenate([L, scale * ab], axis=-1, dtype=np.float64) for ab in (made, target))
    return float(deltaE_ciede2000(one, other).mean())


def _figure(value: float) -> float:
    return float(f"{value:.4g}")


def _span(values: list[float]) -> str:
    return f"{min(values):.5f} to {max(values):.5f} ({len(values)})"
