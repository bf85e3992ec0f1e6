"""Draws lesson_6_trap.png: what a classifier trained on ImageNet says of five grey photos, with the range it expects and with 0 to 1. See pretrained.py."""

import matplotlib.pyplot as plt
import numpy as np
from drawn_world import DPI, INK, WIDTH, save
from matplotlib.cbook import get_sample_data
from pretrained import SIDE, efficientnet_lite0, names
from skimage import data
from skimage.color import lab2rgb, rgb2lab
from skimage.io import imread
from skimage.transform import resize

FIRST, HEIGHT, COLUMN, LEFT = 3, 330, 158, 130  # pixels, but for the first
RIGHT_BAR, TRAP_BAR = "#9ecae9", "#f3b87e"


def photos() -> dict[str, np.ndarray]:
    """The squares of the course's photos, grey, 224 × 224 × 3, from 0 to 1."""
    squares = {
        "astronaut": data.astronaut()[0:400, 20:420],
        "coffee": data.coffee()[:, 100:500],
        "cat": data.chelsea()[:, 75:375],
        "rocket": data.rocket()[0:400, 120:520],
        "hopper": imread(get_sample_data("grace_hopper.jpg", asfileobj=False))[0:400, 56:456],
    }
    small = {name: resize(square, (SIDE, SIDE), anti_aliasing=True) for name, square in squares.items()}
    return {name: np.clip(lab2rgb(rgb2lab(square) * (1, 0, 0)), 0, 1) for name, square in small.items()}


def prepared(pictures: np.ndarray) -> np.ndarray:
    """The preprocessing of this network: 0 to 255 becomes nearly -1 to 1."""
    return (pictures - 127) / 128


def lesson_6_trap() -> plt.Figure:
    """Return the figure, and print what is in it."""
    grey, known, network = photos(), names(), efficientnet_lite0()
    stack = np.stack(list(grey.values()))
    answers = [network.predict(prepared(pictures), verbose=0) for pictures in (255 * stack, stack)]
    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")
    for column, (name, picture) in enumerate(grey.items()):
        left = LEFT + column * (COLUMN + 8)
        axis = figure.add_axes((left / WIDTH, 200 / HEIGHT, COLUMN / WIDTH, 124 / HEIGHT))
        axis.imshow(picture)
        axis.axis("off")
        for foot, probabilities, colour in ((104, answers[0], RIGHT_BAR), (8, answers[1], TRAP_BAR)):
            order = np.argsort(probabilities[column])[::-1][:FIRST]
            shares = probabilities[column][order]
            axis = figure.add_axes((left / WIDTH, foot / HEIGHT, COLUMN / WIDTH, 84 / HEIGHT))
            axis.barh(range(FIRST), shares, color=colour, height=0.82)
            for place, (number, share) in enumerate(zip(order, shares, strict=True)):
                axis.text(0.02, place, f"{known[number]}  {share:.0%}", va="center", fontsize=9.5, color=INK)
            axis.set(xlim=(0, 1), ylim=(FIRST - 0.5, -0.5))
            axis.axis("off")
            print(name, [(known[number], round(float(share), 3)) for number, share in zip(order, shares, strict=True)])
    for height, words in ((146, "given\n0 to 255,\nas it expects"), (50, "given\n0 to 1:\nthe trap")):
        figure.text(
            (LEFT - 10) / WIDTH,
            height / HEIGHT,
            words,
            ha="right",
            va="center",
            fontsize=10.5,
            weight="bold",
            color=INK,
        )
    for given, told in zip((255 * stack, stack), answers, strict=True):
        pairs = [(a, b) for a in range(len(told)) for b in range(a)]
        apart = [np.abs(told[a] - told[b]).sum() / 2 for a, b in pairs]
        print(
            f"prepared: {prepared(given).min():.3f} to {prepared(given).max():.3f}; the answers differ by {np.mean(apart):.3f} of 1 on average"
        )
    return figure


if __name__ == "__main__":
    save(lesson_6_trap(), "lesson_6_trap.png")
