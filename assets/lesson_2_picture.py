"""Draws lesson_2.png, the picture at the top of lesson 2: a portrait taken apart into L and ab, and the map of ab."""

import io
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from skimage import data
from skimage.color import lab2rgb, rgb2lab
from skimage.transform import resize

SIDE = 192  # pixels of a picture; larger ones make the notebook that carries them heavy
WIDTH, HEIGHT, DPI = 960, 268, 100
LIGHTNESS = 68  # of the picture that has lost its L, and of the map where a screen can show it
REACH = 128  # of the map's axes
INK = "#222222"


def lesson_2() -> plt.Figure:
    """Return the figure: photo = L + ab, and every a and b that a screen can show."""
    portrait = resize(data.astronaut()[0:400, 20:420], (SIDE, SIDE), anti_aliasing=True)
    lab = rgb2lab(portrait)
    flat = lab.copy()
    flat[:, :, 0] = LIGHTNESS

    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")
    pictures = (
        (portrait, "photo", "H × W × 3"),
        (lab[:, :, 0], "L, its lightness", "H × W · given"),
        (lab2rgb(flat), "ab, its colour", "H × W × 2 · to be predicted"),
    )
    for place, (picture, title, note) in enumerate(pictures):
        left = 6 + place * (SIDE + 34)
        axis = figure.add_axes((left / WIDTH, 36 / HEIGHT, SIDE / WIDTH, SIDE / HEIGHT))
        axis.imshow(picture, cmap="gray", vmin=0, vmax=100, interpolation="nearest")
        axis.set_title(title, fontsize=12, color=INK, fontweight="bold", pad=6)
        axis.text(0.5, -0.05, note, transform=axis.transAxes, ha="center", va="top", fontsize=9.5, color=INK)
        axis.axis("off")
        if place:
            figure.text(
                (left - 17) / WIDTH,
                (36 + SIDE / 2) / HEIGHT,
                "=+"[place - 1],
                fontsize=20,
                ha="center",
                va="center",
                color=INK,
            )

    side = 252
    _ab_map(figure.add_axes(((WIDTH - side - 12) / WIDTH, 8 / HEIGHT, side / WIDTH, side / HEIGHT)))
    return figure


def _ab_map(axis: plt.Axes) -> None:
    """Each (a, b) that sRGB can show, as near to LIGHTNESS as it can."""
    steps = np.linspace(-REACH, REACH, 253)
    a, b = np.meshgrid(steps, steps)
    low, high = np.full_like(a, np.inf), np.full_like(a, -np.inf)
    for lightness in np.arange(1, 100, 1.0):
        wanted = np.dstack([np.full_like(a, lightness), a, b])
        shown = np.abs(rgb2lab(lab2rgb(wanted)) - wanted).max(axis=2) < 0.5
        low, high = np.where(shown, np.minimum(low, lightness), low), np.where(shown, np.maximum(high, lightness), high)
    inside = high >= low
    nearest = np.clip(LIGHTNESS, np.where(inside, low, 0), np.where(inside, high, 100))
    axis.imshow(
        np.dstack([lab2rgb(np.dstack([nearest, a, b])), inside]), origin="lower", extent=(-REACH, REACH, -REACH, REACH)
    )
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
    for end in ((REACH, 0), (-REACH, 0), (0, REACH), (0, -REACH)):
        axis.annotate("", end, (0, 0), arrowprops=arrow)
    labels = (
        (REACH, 6, "+a", "right", "bottom"), (REACH, -6, "red", "right", "top"),
        (-REACH, 6, "−a", "left", "bottom"), (-REACH, -6, "green", "left", "top"),
        (6, REACH - 2, "+b yellow", "left", "top"), (-6, -REACH + 4, "−b blue", "right", "bottom"),
    )  # fmt: skip
    for x, y, text, side, edge in labels:
        axis.text(x, y, text, ha=side, va=edge, fontsize=10, color=INK)
    axis.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH))
    axis.axis("off")


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")
    drawn = io.BytesIO()
    lesson_2().savefig(drawn, facecolor="white")
    full = Image.open(drawn).convert("RGB")
    palette = full.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=4)
    few = full.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(Path(__file__).with_name("lesson_2.png"), optimize=True)
