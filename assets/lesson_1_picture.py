"""Draws lesson_1.png, the picture at the top of lesson 1: the task, from one grey grid to three colour grids."""

import io
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import ConnectionPatch, Rectangle
from PIL import Image
from skimage import data
from skimage.color import rgb2gray
from skimage.transform import resize

SIDE = 192  # pixels of a picture; larger ones make the notebook that carries them heavy
CARD = 118  # pixels of one colour grid
WIDTH, HEIGHT, DPI = 960, 268, 100
EYE = (slice(97, 104), slice(181, 188))  # rows and columns of the part that shows its numbers
INK = "#222222"
FRAME = "#ffb000"


def lesson_1() -> plt.Figure:
    """Return the figure: the numbers of an eye, the grey portrait, f, its three colour grids, the colour portrait."""
    full = data.astronaut()[0:400, 20:420]
    grey = np.rint(255 * rgb2gray(full)).astype(np.uint8)
    portrait = resize(full, (SIDE, SIDE), anti_aliasing=True)
    small_grey = rgb2gray(portrait)

    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")

    eye = grey[EYE]
    numbers = _axes(figure, 8, 58, 148)
    numbers.imshow(eye, cmap="gray", vmin=0, vmax=255)
    for row, column in np.ndindex(*eye.shape):
        ink = "black" if eye[row, column] > 115 else "white"
        numbers.text(column, row, eye[row, column], ha="center", va="center", fontsize=7, color=ink)
    numbers.add_patch(Rectangle((-0.5, -0.5), 7, 7, fill=False, edgecolor=FRAME, linewidth=3))
    _label(numbers, "numbers", "0 black … 255 white")

    given = _axes(figure, 184, 36, SIDE)
    given.imshow(small_grey, cmap="gray", vmin=0, vmax=1)
    scale = SIDE / 400
    top, left, side = EYE[0].start * scale, EYE[1].start * scale, 7 * scale
    given.add_patch(Rectangle((left - 1, top - 1), side + 2, side + 2, fill=False, edgecolor=FRAME, linewidth=1.4))
    for corner, edge in ((-0.5, top - 1), (6.5, top + side + 1)):
        line = ConnectionPatch((6.5, corner), (left - 1, edge), "data", "data", axesA=numbers, axesB=given)
        line.set(color=FRAME, linewidth=1.2)
        figure.add_artist(line)
    _label(given, "one grey grid", "H × W · given")

    figure.text(408 / WIDTH, 146 / HEIGHT, "f", fontsize=20, style="italic", ha="center", va="bottom", color=INK)
    arrow = _axes(figure, 384, 112, 48)
    arrow.annotate(
        "",
        (1, 0.5),
        (0, 0.5),
        "axes fraction",
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "mutation_scale": 16},
    )

    _colour_grids(figure, portrait)

    figure.text(728 / WIDTH, 132 / HEIGHT, "=", fontsize=20, ha="center", va="center", color=INK)
    photo = _axes(figure, 752, 36, SIDE)
    photo.imshow(portrait)
    _label(photo, "a colour photo", "H × W × 3")
    return figure


def _colour_grids(figure: plt.Figure, portrait: np.ndarray) -> None:
    """Draw the three grids of a photo as cards, each in its colour, and what they are."""
    for place, name in enumerate("RGB"):
        card = _axes(figure, 446 + 65 * place, 104 - 34 * place, CARD)
        alone = np.zeros_like(portrait)
        alone[:, :, place] = portrait[:, :, place]
        card.imshow(resize(alone, (CARD, CARD), anti_aliasing=True))
        card.add_patch(Rectangle((0, 0), 1, 1, transform=card.transAxes, fill=False, edgecolor="white", linewidth=4))
        card.text(
            0.04,
            0.96,
            name,
            transform=card.transAxes,
            ha="left",
            va="top",
            color="white",
            fontsize=12,
            fontweight="bold",
        )
    middle = (446 + 65 + CARD / 2) / WIDTH
    figure.text(
        middle, 234 / HEIGHT, "three colour grids", ha="center", va="bottom", fontsize=12, color=INK, fontweight="bold"
    )
    figure.text(middle, 27 / HEIGHT, "H × W × 3 · to be predicted", ha="center", va="top", fontsize=9.5, color=INK)


def _axes(figure: plt.Figure, left: float, bottom: float, side: float) -> plt.Axes:
    """A square of `side` pixels without ticks or frame."""
    axis = figure.add_axes((left / WIDTH, bottom / HEIGHT, side / WIDTH, side / HEIGHT))
    axis.axis("off")
    return axis


def _label(axis: plt.Axes, title: str, note: str) -> None:
    """A bold name above a picture and its shape below."""
    axis.set_title(title, fontsize=12, color=INK, fontweight="bold", pad=6)
    axis.annotate(
        note, (0.5, 0), (0, -9), "axes fraction", "offset points", ha="center", va="top", fontsize=9.5, color=INK
    )


if __name__ == "__main__":
    drawn = io.BytesIO()
    lesson_1().savefig(drawn, facecolor="white")
    full = Image.open(drawn).convert("RGB")
    palette = full.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=4)
    few = full.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(Path(__file__).with_name("lesson_1.png"), optimize=True)
