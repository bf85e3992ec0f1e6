"""Draws lesson_4.png, the picture at the top of lesson 4: the portrait on the ladder from 1 to 3000 epochs. Trains the network: two to five minutes."""

import io
import os
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from PIL import Image
from skimage import data
from skimage.color import lab2rgb, rgb2lab
from skimage.transform import resize

from autograder.networks.training import Trainer

SEED, RUNGS, BITE = 2, (1, 10, 100, 500, 1000, 3000), 25
SIDE, GAP = 114, 6  # pixels
WIDTH, HEIGHT, DPI = 960, 150, 100
INK = "#222222"


def ladder(photo: np.ndarray) -> dict[int, np.ndarray]:
    """By rung, the picture that goes with the lowest loss so far."""
    lab = rgb2lab(photo).astype(np.float32)[np.newaxis]
    keras.utils.set_random_seed(SEED)
    network = alpha()
    network.compile(optimizer="rmsprop", loss="mean_squared_error")
    trainer = Trainer(network, lab[..., :1], lab[..., 1:] / 128)
    found, passed, best = {}, 0, (np.inf, None)
    for rung in RUNGS:
        while passed < rung:
            bite = min(BITE, rung - passed)
            trainer.run(bite)
            passed += bite
            ab = trainer.predict(lab[..., :1])
            loss = float(np.mean((ab - lab[..., 1:] / 128) ** 2))
            best = min(best, (loss, ab[0]), key=lambda pair: pair[0])
        found[rung] = lab2rgb(np.dstack([lab[0, ..., 0], 128 * best[1]]))
    return found


def alpha() -> keras.Model:
    """The network of the lesson."""
    usual = {"padding": "same", "activation": "relu"}
    stack = [keras.Input(shape=(None, None, 1))]
    stack += [layers.Conv2D(n, 3, strides=s, **usual) for n, s in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2))]
    for filters, activation in ((32, "relu"), (16, "relu"), (2, "tanh")):
        stack += [layers.UpSampling2D(), layers.Conv2D(filters, 3, padding="same", activation=activation)]
    return keras.Sequential(stack)


def lesson_4() -> plt.Figure:
    """Return the figure: grey, the rungs, the photo. No losses: the lesson asks for a guess at them first."""
    photo = data.astronaut()[0:400, 20:420]
    grey = lab2rgb(rgb2lab(photo) * (1, 0, 0))
    steps = ladder(photo)
    columns = [("the input: L", grey)]
    columns += [(f"{rung} epoch{'s' if rung > 1 else ''}", picture) for rung, picture in steps.items()]
    columns += [("the photo", photo / 255)]

    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")
    for place, (title, picture) in enumerate(columns):
        left = (WIDTH - 8 * SIDE - 7 * GAP) / 2 + place * (SIDE + GAP)
        axis = figure.add_axes((left / WIDTH, 6 / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT))
        axis.imshow(resize(picture, (SIDE, SIDE), anti_aliasing=True), interpolation="nearest")
        axis.set_title(title, fontsize=10.5, color=INK, fontweight="bold", pad=6)
        axis.axis("off")
    return figure


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")
    drawn = io.BytesIO()
    lesson_4().savefig(drawn, facecolor="white")
    full = Image.open(drawn).convert("RGB")
    palette = full.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=4)
    few = full.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(Path(__file__).with_name("lesson_4.png"), optimize=True)
