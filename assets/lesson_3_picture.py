"""Draws lesson_3.png, the picture at the top of lesson 3: X goes into a network that ends in tanh, Y should come out."""

import io
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from PIL import Image
from skimage import data
from skimage.color import lab2rgb, rgb2lab
from skimage.transform import resize

SIDE = 168  # pixels of a picture; larger ones make the notebook that carries them heavy
SMALL = 108  # of the two grids of Y
WIDTH, HEIGHT, DPI = 960, 276, 100
FOOT = 54  # pixels below the large pictures
INK = "#222222"


def lab_colours(*stops: tuple[float, float, float]) -> LinearSegmentedColormap:
    """Return a colour map through a few Lab colours."""
    return LinearSegmentedColormap.from_list("lab_colours", lab2rgb(np.array([stops], dtype=float))[0])


GREEN_TO_RED = lab_colours((45, -45, 5), (62, 0, 0), (67, 68, 48))
BLUE_TO_YELLOW = lab_colours((45, 5, -65), (65, 0, 0), (90, -3, 80))


def lesson_3() -> plt.Figure:
    """Return the figure: X, the curve of tanh with the reach of real colours, Y, the photo."""
    portrait = resize(data.astronaut()[0:400, 20:420], (SIDE, SIDE), anti_aliasing=True)
    lab = rgb2lab(portrait)
    Y = lab[:, :, 1:] / 128

    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")
    _picture(figure, 8, FOOT, SIDE, lab[:, :, 0], "X", "L, 0 to 100\n(1, H, W, 1)", cmap="gray", vmin=0, vmax=100)
    _tanh(figure.add_axes((256 / WIDTH, FOOT / HEIGHT, 196 / WIDTH, SIDE / HEIGHT)))
    figure.text(
        354 / WIDTH,
        (FOOT + SIDE + 8) / HEIGHT,
        "a network that ends in tanh",
        fontsize=11,
        ha="center",
        va="bottom",
        color=INK,
    )
    for place, (grid, cmap, note) in enumerate(
        ((Y[:, :, 0], GREEN_TO_RED, "a / 128"), (Y[:, :, 1], BLUE_TO_YELLOW, "b / 128"))
    ):
        bottom = HEIGHT - 30 - SMALL - place * (SMALL + 6)
        drawn = _picture(figure, 506, bottom, SMALL, grid, "" if place else "Y", "", cmap=cmap, vmin=-0.6, vmax=0.6)
        bar = figure.add_axes((620 / WIDTH, (bottom + 6) / HEIGHT, 7 / WIDTH, (SMALL - 12) / HEIGHT))
        figure.colorbar(drawn, cax=bar, ticks=[-0.5, 0, 0.5]).ax.tick_params(labelsize=8, length=2, colors=INK)
        figure.text(
            671 / WIDTH,
            (bottom + SMALL / 2) / HEIGHT,
            note,
            fontsize=9.5,
            rotation=90,
            ha="center",
            va="center",
            color=INK,
        )
    figure.text(584 / WIDTH, 8 / HEIGHT, "ab / 128, (1, H, W, 2)", fontsize=9.5, ha="center", va="bottom", color=INK)
    _picture(figure, WIDTH - SIDE - 8, FOOT, SIDE, portrait, "photo", "L from X, and 128 × Y")
    for left, right, text in ((186, 218, ""), (458, 496, ""), (700, 774, "× 128")):
        figure.add_artist(
            plt.Annotation(
                "", (right / WIDTH, (FOOT + SIDE / 2) / HEIGHT), (left / WIDTH, (FOOT + SIDE / 2) / HEIGHT),
                xycoords="figure fraction", textcoords="figure fraction", arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2},
            )
        )  # fmt: skip
        figure.text(
            (left + right) / 2 / WIDTH, (FOOT + SIDE / 2 + 10) / HEIGHT, text, fontsize=11, ha="center", color=INK
        )
    return figure


def _picture(figure: plt.Figure, left: int, bottom: int, side: int, picture: np.ndarray, title: str, note: str, **how):
    axis = figure.add_axes((left / WIDTH, bottom / HEIGHT, side / WIDTH, side / HEIGHT))
    drawn = axis.imshow(picture, interpolation="nearest", **how)
    axis.set_title(title, fontsize=12, color=INK, fontweight="bold", pad=6)
    axis.text(0.5, -0.05, note, transform=axis.transAxes, ha="center", va="top", fontsize=9.5, color=INK)
    axis.axis("off")
    return drawn


def _tanh(axis: plt.Axes) -> None:
    """The curve, with the span of all a and b of sRGB divided by 128."""
    low, high = -107.86 / 128, 98.23 / 128
    x = np.linspace(-3.2, 3.2, 300)
    axis.axhspan(low, high, color="#e4e4e4")
    axis.plot(x, np.tanh(x), color=INK, linewidth=2)
    axis.text(-3.1, 0.3, "all colours\nof a screen", fontsize=8.5, va="center", color=INK)
    axis.set(xlim=(-3.2, 3.2), ylim=(-1.08, 1.08), xticks=[], yticks=[-1, 0, 1])
    axis.set_yticks([-1, 0, 1], ["−1", "0", "1"])
    axis.tick_params(labelsize=9, length=2, colors=INK)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")
    drawn = io.BytesIO()
    lesson_3().savefig(drawn, facecolor="white")
    full = Image.open(drawn).convert("RGB")
    palette = full.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=4)
    few = full.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    few.save(Path(__file__).with_name("lesson_3.png"), optimize=True)
