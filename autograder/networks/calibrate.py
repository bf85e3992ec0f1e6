"""Measures how right and wrong networks do on the photos of the loss threshold, and sets each photo's threshold between them.

`autograder calibrate` runs it and writes `assets/calibration.json` and `assets/calibration.png`. It takes about half an hour on two cores.
"""

from __future__ import annotations

import concurrent.futures
import json
import math
import multiprocessing
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checks.reference import reference_namespace
from autograder.course import catalog
from autograder.course.markers import SENTINEL
from autograder.errors import CourseError
from autograder.networks import threshold
from autograder.networks.spec import ALPHA

RUNGS = (1, 10, 100, 200, 500, 1000, 3000)
PORTRAIT = ALPHA.full_photo
# Epochs behind which a learner's weights must be good enough: half of the short ladder.
PORTRAIT_RUNG = 500
# The least ratio of the lowest wrong loss to the highest right one.
APART = 2.0
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Effort:
    """How many first weights are tried: of right and wrong networks; right ones climbing to 3000 epochs (one of the wrong ones); on 400 × 400; looked at untrained."""

    right: int = 100
    wrong: int = 15
    ladder: int = 2
    portrait: int = 6
    untrained: int = 1000


def _alpha(last: str = "tanh") -> Any:
    return reference_namespace(catalog.lesson(ALPHA.lesson))[ALPHA.builder](last)


def right_network() -> Any:
    """The reference network of lesson 4, compiled as it should be."""
    return _compiled(_alpha())


def _compiled(model: Any, rate: float = 1e-3) -> Any:
    import keras

    model.compile(optimizer=keras.optimizers.RMSprop(rate), loss="mean_squared_error")
    return model


def _half_frozen() -> Any:
    model = _alpha()
    for layer in [layer for layer in model.layers if layer.weights][:6]:
        layer.trainable = False
    return _compiled(model)


# Networks that are trained; each makes a fresh one. The target that it is trained on is Y times the second number.
NETWORKS: dict[str, tuple[Callable[[], Any], float]] = {
    "right": (right_network, 1),
    "ReLU at the end": (lambda: _compiled(_alpha("relu")), 1),
    "no /128": (lambda: _compiled(_alpha()), 128),
    "learning rate 0.00001": (lambda: _compiled(_alpha(), 1e-5), 1),
    "first half frozen": (_half_frozen, 1),
}
# What the loss does not tell from right ones; a check of the network's trainable weights does.
NOT_BY_LOSS = ("first half frozen",)
# What is told before a loss is measured: the output has not the shape of the target.
REFUSED = {
    "one channel out": "the output has 1 channel where the target has 2",
    "an up-sampling layer missing": "the output has half the target's sides",
}

# The colours and marks of the networks that are drawn.
DRAWN = {
    "right": ("#0072B2", "o"),
    "untrained": ("#999999", "."),
    "ReLU at the end": ("#D55E00", "s"),
    "no /128": ("#CC79A7", "D"),
    "learning rate 0.00001": ("#E69F00", "v"),
}


def measure(effort: Effort, say: Callable[[str], None], jobs: int = 2) -> dict[str, Any]:
    """All measurements as plain data, as `assets/calibration.json` holds them."""
    tasks = [(name, network, effort) for name in (PORTRAIT, *ALPHA.photos) for network in _networks_for(name)]
    found: dict[str, Any] = {}
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(jobs, mp_context=context) as pool:
        waiting = {pool.submit(_measure_one, *task): task for task in tasks}
        for done in concurrent.futures.as_completed(waiting):
            name, network, _ = waiting[done]
            found.setdefault(name, {})[network] = done.result()
            say(f"{name}: {network}: best of each start {_span(done.result()['best'])}")
    import keras

    photos = {name: _entry(name, found[name]) for name in (*ALPHA.photos, PORTRAIT)}
    return {
        "holds": SENTINEL,
        "side": ALPHA.side,
        "budget": ALPHA.epochs,
        "mark": ALPHA.mark,
        "starts": ALPHA.starts,
        "effort": asdict(effort),
        "measured_with": {
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "python": platform.python_version(),
        },
        "refused": REFUSED,
        "not_by_loss": list(NOT_BY_LOSS),
        "photos": photos,
    }


def _networks_for(name: str) -> list[str]:
    return [*NETWORKS, "untrained"] if name != PORTRAIT else ["right", "untrained"]


def _pair(name: str) -> tuple[np.ndarray, np.ndarray]:
    return threshold.pair(threshold.portrait() if name == PORTRAIT else threshold.photo(name))


def _span(values: list[float]) -> str:
    return f"{min(values):.5f} to {max(values):.5f} ({len(values)})"


def _measure_one(name: str, network: str, effort: Effort) -> dict[str, Any]:
    """One network on one photo: the loss at each rung and the best at any mark up to the budget, for each first weights."""
    import keras

    from autograder.networks.training import Trainer

    _use_one_core()
    X, Y = _pair(name)
    if network == "untrained":
        model = _compiled(_alpha())
        trainer = Trainer(model, X, Y)
        losses = []
        for seed in range(min(effort.untrained, 50) if name == PORTRAIT else effort.untrained):
            keras.utils.set_random_seed(seed)
            model.set_weights(_fresh_weights(model))
            losses.append(_loss(trainer, X, Y))
        return {"best": _rounded(losses), "rungs": {}}
    make, scale = NETWORKS[network]
    trainer = Trainer(make(), X, Y * scale)
    portrait = name == PORTRAIT
    count = effort.portrait if portrait else effort.right if network == "right" else effort.wrong
    budget = PORTRAIT_RUNG if portrait else ALPHA.epochs
    best: list[float] = []
    rungs: dict[str, list[float]] = {str(rung): [] for rung in RUNGS}
    for seed in range(count):
        keras.utils.set_random_seed(seed)
        trainer.start_again(make().get_weights())
        last = max(RUNGS) if seed < (effort.ladder if network == "right" else 1) else budget
        lowest = math.inf
        for epoch, loss in _climb(trainer, X, Y, last):
            if epoch <= budget and epoch % ALPHA.mark == 0:
                lowest = min(lowest, loss)
            if epoch in RUNGS:
                rungs[str(epoch)].append(float(f"{loss:.5g}"))
        best.append(lowest)
    return {"best": _rounded(best), "rungs": rungs}


def _fresh_weights(model: Any) -> list[np.ndarray]:
    """What Keras would start this model with: Glorot's uniform kernels and biases of zero."""
    import keras

    glorot = keras.initializers.GlorotUniform()
    return [np.array(glorot(w.shape)) if len(w.shape) > 1 else np.zeros(w.shape, np.float32) for w in model.weights]


def _climb(trainer: Any, X: np.ndarray, Y: np.ndarray, last: int) -> Iterator[tuple[int, float]]:
    """(epoch, loss after it) at every mark up to the budget and at every rung."""
    epoch = 0
    for stop in sorted({*RUNGS, *range(ALPHA.mark, PORTRAIT_RUNG + 1, ALPHA.mark)}):
        if stop > last:
            return
        trainer.run(stop - epoch)
        epoch = stop
        yield epoch, _loss(trainer, X, Y)


def _loss(trainer: Any, X: np.ndarray, Y: np.ndarray) -> float:
    loss = float(np.mean((trainer.predict(X) - Y) ** 2))
    return loss if math.isfinite(loss) else math.inf


def _use_one_core() -> None:
    """Several small trainings side by side are faster than one on all cores."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        try:
            tf.config.threading.set_intra_op_parallelism_threads(1)
            tf.config.threading.set_inter_op_parallelism_threads(1)
        except RuntimeError:
            # Already at work in this process.
            pass


def _rounded(values: list[float]) -> list[float]:
    return [float(f"{value:.5g}") for value in values]


def _entry(name: str, networks: dict[str, Any]) -> dict[str, Any]:
    """One photo's part of the data: its threshold half-way, on a log scale, between the highest right and the lowest wrong loss."""
    _, Y = _pair(name)
    floors = threshold.floors(Y)
    if name == PORTRAIT:
        # On this photo hardly anything is negative: the loss cannot tell.
        del floors["no negative numbers"]
    right = networks["right"]["best"]
    wrong = {n: min(v["best"]) for n, v in networks.items() if n != "right" and n not in NOT_BY_LOSS} | floors
    highest, (nearest, lowest) = max(right), min(wrong.items(), key=lambda item: item[1])
    if lowest < APART * highest:
        raise CourseError(
            f"{name}: right networks reach up to {highest:.5f} and {nearest!r} comes down to {lowest:.5f}: no threshold fits between."
        )
    limit = float(f"{math.sqrt(highest * lowest):.3g}")
    logs = np.log(right)
    tail = (math.log(limit) - logs.mean()) / logs.std(ddof=1)
    return {
        "threshold": limit,
        "floors": {key: float(f"{value:.5g}") for key, value in floors.items()},
        "highest_right": highest,
        "lowest_wrong": [nearest, float(f"{lowest:.5g}")],
        "right_starts": len(right),
        "one_start_fails_below": float(f"{1 - (1 - CONFIDENCE) ** (1 / len(right)):.3g}"),
        "standard_deviations_to_threshold": float(f"{tail:.3g}"),
        "networks": {key: networks[key] for key in _networks_for(name)},
    }


def write(data: dict[str, Any], path: Path) -> None:
    """Write the data as JSON, one line for each list of numbers."""
    text = json.dumps(data, indent=1, ensure_ascii=False)
    lines: list[str] = []
    inside = False
    # A list of numbers on one line.
    for line in text.split("\n"):
        plain = line.strip().rstrip(",").replace(".", "").replace("-", "").replace("e", "")
        number = plain.isdigit() or plain in ("Infinity", "]")
        if number and inside:
            lines[-1] += (" " if plain != "]" and not lines[-1].endswith("[") else "") + line.strip()
        else:
            lines.append(line)
        inside = lines[-1].endswith("[") or (inside and number and plain != "]")
    path.write_text("\n".join(lines) + "\n", "utf-8")


def draw(data: dict[str, Any], path: Path) -> None:
    """Draw the two clouds and the threshold between them, a row for each photo.

    Parameters
    ----------
    data : dict
        What `measure` returned.
    path : Path
        Of the PNG file.
    """
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    photos = data["photos"]
    figure, axes = plt.subplots(
        len(photos),
        2,
        figsize=(11, 1.02 * len(photos) + 1.3),
        width_ratios=(1, 12),
        layout="constrained",
        facecolor="white",
    )
    rng = np.random.default_rng(0)
    for (picture, axis), (name, entry) in zip(axes, photos.items(), strict=True):
        picture.imshow(threshold.portrait() if name == PORTRAIT else threshold.photo(name))
        picture.axis("off")
        _draw_clouds(axis, entry["networks"], rng)
        _draw_limits(axis, entry)
        _set_axis(axis, name)
        if axis is not axes[-1][1]:
            axis.tick_params(labelbottom=False)
    axes[-1][1].set_xlabel(
        f"lowest loss up to {data['budget']} epochs on 64 × 64 pixels (last row: up to {PORTRAIT_RUNG} on 400 × 400), log scale"
    )
    figure.suptitle(
        "Right networks learn each photo far below the threshold, wrong ones stay far above it", fontsize=13
    )
    handles, labels = axes[0][1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, fontsize=8.5, frameon=False)
    figure.savefig(path, dpi=80, facecolor="white")
    plt.close(figure)
    fewer_colours(path)


def _draw_clouds(axis: Any, networks: dict[str, Any], rng: np.random.Generator) -> None:
    """A mark for each training of the networks that are drawn."""
    for network, (colour, mark) in DRAWN.items():
        if network not in networks:
            continue
        values = [value for value in networks[network]["best"] if math.isfinite(value)]
        jitter = rng.uniform(-0.3, 0.3, len(values))
        label = f"{network} ({len(values)})"
        axis.plot(values, jitter, mark, ms=3.5, alpha=0.55, color=colour, mec="none", label=label)


def _draw_limits(axis: Any, entry: dict[str, Any]) -> None:
    """The threshold of a photo, and the losses that need no picture to be understood."""
    for (floor, value), style in zip(entry["floors"].items(), (":", "--", "-."), strict=False):
        axis.axvline(value, color="#444444", ls=style, lw=1.2, label=f"{floor}: no lower")
    axis.axvline(entry["threshold"], color="black", lw=2, label="threshold")
    axis.annotate(
        f"{entry['threshold']:.4f}",
        (entry["threshold"], 0.42),
        xytext=(4, 0),
        textcoords="offset points",
        fontsize=9,
        va="top",
        fontweight="bold",
    )


def _set_axis(axis: Any, name: str) -> None:
    axis.set(xscale="log", xlim=(8e-4, 2), ylim=(-0.45, 0.45), yticks=[])
    axis.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
    axis.grid(axis="x", which="both", color="#eeeeee", lw=0.6)
    axis.set_axisbelow(True)


def fewer_colours(path: Path) -> None:
    """A picture file of a third of the size."""
    from PIL import Image

    Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
