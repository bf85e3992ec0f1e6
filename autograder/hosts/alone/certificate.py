"""Draws the picture at the end of the course: the grey portrait, and what a learner's own network made of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from autograder.hosts.alone.ladder import Ladder, Rung
from autograder.words import counted

# The rungs that are shown, beside the last one.
SHOWN = (10, 100, 1000)
SIZE = WIDTH, HEIGHT = 2000, 1250
MARGIN, GAP, BASE = 110, 44, 905
# How much larger each picture is than the one before; the height of none is more than `TALLEST`.
GROWTH, TALLEST = 1.32, 600
# A wall of a museum: a grey without a tint, so that no colour of a picture looks other than it is.
WALL, INK, QUIET, FAINT = (32, 32, 32), (240, 240, 240), (176, 176, 176), (130, 130, 130)
FONTS = {"plain": "STIXGeneral.ttf", "italic": "STIXGeneralItalic.ttf", "bold": "STIXGeneralBol.ttf"}
TITLE = "Grey, then colour"
WEIGHTS = "the saved weights"
# The hues, each with the angle at which it ends, in degrees from +a towards +b; and from which distance to grey on a pixel has one.
HUES = {
    "red": 40,
    "orange": 80,
    "yellow": 110,
    "green": 170,
    "blue-green": 240,
    "blue": 307,
    "violet": 340,
    "pink": 360,
}
COLOURFUL = 12
WHAT_IT_IS = "Made on the learner’s own machine, from the files of their own training. It is no proof of a grade."


@dataclass(frozen=True)
class Certificate:
    """What the picture is of.

    Attributes
    ----------
    ladder : Ladder
    points : str
        "33 / 35 points", where the notebook was checked for it, else "".
    name : str
        Whose network it was, or "".
    """

    ladder: Ladder
    points: str = ""
    name: str = ""

    @property
    def rungs(self) -> list[Rung]:
        """Those that are shown: after 10, 100 and 1000 epochs as far as these were reached, and the last one."""
        last = self.ladder.rungs[-1]
        return [*(rung for rung in self.ladder.rungs[:-1] if rung.epochs in SHOWN), last]

    @property
    def alt(self) -> str:
        """The picture in words."""
        whose = f"the network of {self.name}" if self.name else "a learner's own network"
        when = [f"after {_epochs(rung)}" if rung.epochs else f"with {WEIGHTS}" for rung in self.rungs]
        steps = ", ".join(f"{one}, loss {rung.loss:.4f}" for one, rung in zip(when, self.rungs, strict=True))
        return (
            f"{TITLE}: {_subject(self.ladder.grey)}, and beside it, larger each time, what {whose} painted of it: {steps}."
            f"{_baselines(self.ladder.grey)} {' '.join(_colours(rung) for rung in self.rungs)}"
            " Below them a ribbon of the colours in the last picture, in the order of the rainbow."
            f" {self._facts.replace(' ·', ',')}. {WHAT_IT_IS}"
        )

    @property
    def _facts(self) -> str:
        seed = f" · seed {self.ladder.seed}" if self.ladder.seed is not None else ""
        checked = f" · lesson 4, checked for this picture: {self.points}" if self.points else ""
        what = "Trained" if self.rungs[-1].epochs else "Weights saved"
        return f"{what} {self.ladder.date}{seed}{checked}"

    def png(self) -> bytes:
        """Return it as a PNG file, with its description in words in it."""
        canvas = Image.new("RGB", SIZE, WALL)
        pen = ImageDraw.Draw(canvas)
        self._pictures(canvas, pen)
        self._title(pen)
        _ribbon(canvas, self.rungs[-1].picture)
        pen.text((MARGIN, 1120), self._facts, QUIET, _font("plain", 30), anchor="ls")
        pen.text((MARGIN, 1168), WHAT_IT_IS, FAINT, _font("italic", 27), anchor="ls")
        about = PngInfo()
        about.add_itxt("Title", TITLE)
        about.add_itxt("Description", self.alt)
        about.add_itxt("Software", "autograder certificate")
        file = io.BytesIO()
        canvas.save(file, "PNG", pnginfo=about)
        return file.getvalue()

    def _title(self, pen: ImageDraw.ImageDraw) -> None:
        pen.text((MARGIN - 4, 196), TITLE, INK, _font("plain", 104), anchor="ls")
        by = f"painted by the network of {self.name}" if self.name else "painted by a network of one’s own"
        pen.text((MARGIN, 256), by, QUIET, _font("italic", 42), anchor="ls")

    def _pictures(self, canvas: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        """The pictures on one base line, each larger than the one before."""
        grey = np.repeat(self.ladder.grey[..., None], 3, axis=2)
        shown = [(grey, "grey", "what went in")]
        shown += [(rung.picture, _epochs(rung), f"loss {rung.loss:.4f}") for rung in self.rungs]
        high, wide = self.ladder.grey.shape
        sizes = _sizes(len(shown), high / wide)
        left = WIDTH - MARGIN - sum(sizes) - GAP * (len(sizes) - 1)
        for (picture, title, note), width in zip(shown, sizes, strict=True):
            height = round(width * high / wide)
            scaled = Image.fromarray(np.ascontiguousarray(picture)).resize((width, height), Image.Resampling.LANCZOS)
            canvas.paste(scaled, (left, BASE - height))
            pen.text((left, BASE + 46), title, INK, _font("plain", 34), anchor="ls")
            pen.text((left, BASE + 84), note, QUIET, _font("italic", 30), anchor="ls")
            left += width + GAP


def missing_signs(name: str) -> str:
    """Return the characters of a name for which the picture's font has no sign."""
    from matplotlib.ft2font import FT2Font

    font = FT2Font(_font_file("italic"))
    return "".join(dict.fromkeys(sign for sign in name if not font.get_char_index(ord(sign))))


def _sizes(number: int, shape: float) -> list[int]:
    """The widths of so many pictures that fill the wall, each larger than the one before. shape: height by width."""
    growth = np.power(GROWTH, np.arange(number))
    room = WIDTH - 2 * MARGIN - (number - 1) * GAP
    ends = np.cumsum(growth) * min(room / growth.sum(), TALLEST / shape / growth[-1])
    return np.diff(np.rint(ends).astype(int), prepend=0).tolist()


def _epochs(rung: Rung) -> str:
    return counted(rung.epochs, "epoch") if rung.epochs else WEIGHTS


def _subject(grey: np.ndarray) -> str:
    """Whose portrait it is: a learner may have put another photo into the lesson."""
    return "the grey portrait of the astronaut Eileen Collins" if _is_the_portrait(grey) else "a grey picture"


def _is_the_portrait(grey: np.ndarray) -> bool:
    from skimage.color import rgb2lab

    from autograder.networks.threshold import portrait

    lesson = 2.55 * rgb2lab(portrait())[..., 0]
    return grey.shape == lesson.shape and bool(np.abs(grey - lesson).mean() < 3)


def _baselines(grey: np.ndarray) -> str:
    """What the losses are compared with, where the picture is the lesson's portrait."""
    if not _is_the_portrait(grey):
        return ""
    from autograder.networks.threshold import floors, pair, portrait

    known = floors(pair(portrait())[1])
    return f" For comparison: always grey has {known['grey picture']:.4f}, one colour everywhere {known['constant colour']:.4f}."


def _colours(rung: Rung) -> str:
    """The colours of a picture in words: how strong they are, and the share of each hue."""
    from skimage.color import rgb2lab

    a, b = np.moveaxis(rgb2lab(rung.picture)[..., 1:], -1, 0)
    chroma = np.hypot(a, b)
    mean = chroma.mean()
    how = "still almost grey" if mean < 4 else "soft colours" if mean < 14 else "strong colours"
    hues = np.searchsorted([*HUES.values()][:-1], np.degrees(np.arctan2(b, a)) % 360, side="right")
    shares = {"grey": np.mean(chroma < COLOURFUL)}
    shares |= {name: np.mean((hues == place) & (chroma >= COLOURFUL)) for place, name in enumerate(HUES)}
    told = [f"{share:.0%} {name}" for name, share in sorted(shares.items(), key=lambda one: -one[1]) if share >= 0.01]
    return f"{_epochs(rung).capitalize()}: {how}; by hue, {', '.join(told)}."


def _ribbon(canvas: Image.Image, picture: np.ndarray) -> None:
    """The colours of a picture that are not grey, by hue, as a band along the wall; nothing where all is grey."""
    from skimage.color import rgb2lab

    colours = picture.reshape(-1, 3)
    a, b = np.moveaxis(rgb2lab(picture)[..., 1:], -1, 0).reshape(2, -1)
    colourful = np.hypot(a, b) > COLOURFUL
    if colourful.sum() < 50:
        return
    order = np.argsort(np.arctan2(b, a)[colourful], kind="stable")
    parts = np.array_split(colours[colourful][order], min(240, len(order)))
    band = np.array([[np.median(part, axis=0) for part in parts]]).astype(np.uint8)
    width = WIDTH - 2 * MARGIN
    canvas.paste(Image.fromarray(band).resize((width, 12), Image.Resampling.BILINEAR), (MARGIN, 1044))


def _font_file(kind: str) -> str:
    import matplotlib

    return str(Path(matplotlib.get_data_path(), "fonts", "ttf", FONTS[kind]))


def _font(kind: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_font_file(kind), size)
