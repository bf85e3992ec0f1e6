"""Draws portrait.gif and portrait.png, the portrait of the README: grey, and as lesson 4's network paints it while it learns.

Trains the network of `lesson_4_picture.py` for 3000 epochs: two to five minutes.
"""

import warnings
from pathlib import Path

import keras
import numpy as np
from lesson_4_picture import alpha
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont
from skimage import data
from skimage.color import lab2rgb, rgb2lab
from skimage.transform import resize

from autograder.networks.training import Trainer

SEED, BITE = 2, 25
EPOCHS = (1, 2, 4, 7, 12, 20, 35, 60, 90, 130, 180, 240, 310, 400, 500, 620, 760, 1000, 1300, 1700, 2200, 3000)
SIDE, GAP, CAPTION = 320, 8, 44  # pixels
WIDTH, HEIGHT = 2 * SIDE + GAP, SIDE + CAPTION
PAPER, INK, FAINT, BAR = "#ffffff", "#222222", "#d9d9d9", "#b3541e"
COLOURS = 256
GREY_MS, FRAME_MS, LAST_MS = 1200, 260, 3500


def paintings(photo: np.ndarray) -> list[tuple[int, float, np.ndarray]]:
    """Train; return for each of EPOCHS the lowest loss so far and the picture (H, W, 3), floats from 0 to 1, that goes with it."""
    lab = rgb2lab(photo).astype(np.float32)[np.newaxis]
    X, Y = lab[..., :1], lab[..., 1:] / 128
    keras.utils.set_random_seed(SEED)
    network = alpha()
    network.compile(optimizer="rmsprop", loss="mean_squared_error")
    trainer, passed, best, found = Trainer(network, X, Y), 0, (np.inf, Y[0]), []
    for wanted in EPOCHS:
        while passed < wanted:
            bite = min(BITE, wanted - passed)
            trainer.run(bite)
            passed += bite
            ab = trainer.predict(X)[0]
            best = min(best, (float(np.mean((ab - Y[0]) ** 2)), ab), key=lambda pair: pair[0])
        found.append((wanted, best[0], lab2rgb(np.dstack([lab[0, ..., 0], 128 * best[1]]))))
    return found


def frame(grey: Image.Image, painted: np.ndarray, epoch: int, loss: float | None, start: float) -> Image.Image:
    """One picture of the animation: grey on the left, the painting on the right, and how far the loss has come down below."""
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 15)
    page = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    page.paste(grey, (0, 0))
    page.paste(shrunk(painted), (SIDE + GAP, 0))
    draw = ImageDraw.Draw(page)
    draw.text((0, SIDE + 8), "what it is given", INK, font)
    words = "before it has learnt anything" if loss is None else f"after {epoch:,} epoch{'s' if epoch > 1 else ''}"
    draw.text((SIDE + GAP, SIDE + 8), words, INK, font)
    if loss is not None:
        figure = f"loss {loss:.4f}"
        draw.text((WIDTH - draw.textlength(figure, font), SIDE + 8), figure, INK, font)
        share = 1 - np.log(loss / 0.0005) / np.log(start / 0.0005)
        draw.rectangle((SIDE + GAP, SIDE + 32, WIDTH - 1, SIDE + 37), FAINT)
        draw.rectangle((SIDE + GAP, SIDE + 32, SIDE + GAP + round(share * (SIDE - 1)), SIDE + 37), BAR)
    return page


def shrunk(picture: np.ndarray) -> Image.Image:
    """A picture of floats from 0 to 1 at the size of the page."""
    small = resize(picture, (SIDE, SIDE), anti_aliasing=True)
    return Image.fromarray(np.rint(255 * np.clip(small, 0, 1)).astype(np.uint8))


def main() -> None:
    """Write portrait.gif and portrait.png beside this file."""
    photo = data.astronaut()[0:400, 20:420]
    grey_photo = lab2rgb(rgb2lab(photo) * (1, 0, 0))
    grey = shrunk(grey_photo)
    found = paintings(photo)
    start = found[0][1]
    frames = [frame(grey, grey_photo, 0, None, start)]
    frames += [frame(grey, painted, epoch, loss, start) for epoch, loss, painted in found]
    frames[-1].save(Path(__file__).with_name("portrait.png"), optimize=True)
    # One palette for all frames: what does not change is stored once. The last picture stays longest, and counts more.
    seen = [*frames, *frames[-1:] * 12]
    sheet = Image.new("RGB", (SIDE, len(seen) * SIDE))
    for place, page in enumerate(seen):
        sheet.paste(page.crop((SIDE + GAP, 0, WIDTH, SIDE)), (0, place * SIDE))
    palette = sheet.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=8)
    values = np.array(palette.getpalette()).reshape(-1, 3)
    values[values.sum(axis=1).argmax()] = 255  # the page stays white
    palette.putpalette(values.ravel().tolist())
    drawn = [page.quantize(palette=palette, dither=Image.Dither.NONE) for page in frames]
    times = [GREY_MS] + [FRAME_MS] * (len(drawn) - 2) + [LAST_MS]
    drawn[0].save(
        Path(__file__).with_name("portrait.gif"),
        save_all=True,
        append_images=drawn[1:],
        duration=times,
        loop=0,
        optimize=False,
        disposal=1,
    )


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")
    main()
