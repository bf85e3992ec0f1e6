"""Draws a notebook's figures quickly and small. The text of this module runs in the kernel as it starts, so it imports nothing of the course.

matplotlib's own way in a notebook lays a figure out twice and packs every picture as a PNG of all colours. Here a figure with a layout of its own
is laid out once and its empty margin cut off, which looks the same; a picture of few colours becomes a PNG with a palette, and one of many, such
as a photo, a JPEG that keeps colour as fine as lightness.
"""

import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

# Pixels around what is drawn, as wide as matplotlib's own margin at 90 dots an inch.
MARGIN = 9
# Of a JPEG, of 100.
QUALITY = 80
# Bytes of a PNG up to which a JPEG is not tried.
SMALL = 25_000
# Numbers of colours that are tried for a palette, and the mean square of the difference, in levels of 255, up to which they do.
COLOURS, CLOSE = (64, 256), 2.0


class Drawing:
    """Makes the picture of a figure when its PNG is asked for, and remembers it for when its JPEG is."""

    def __init__(self):
        self.jpeg = None

    def as_png(self, figure):
        """Return the PNG of a figure, or None where a JPEG is the better picture."""
        kind, data = packed(pixels_of(figure))
        self.jpeg = data if kind == "JPEG" else None
        return data if kind == "PNG" else None

    def as_jpeg(self, figure):
        """Return the JPEG of the figure that was drawn last, if it is one."""
        data, self.jpeg = self.jpeg, None
        return data


def pixels_of(figure):
    """Return what a figure looks like, within a small margin: uint8 of shape (H, W, 3)."""
    if figure.get_layout_engine() is not None and hasattr(figure.canvas, "buffer_rgba"):
        figure.canvas.draw()
        pixels = np.asarray(figure.canvas.buffer_rgba())
        return cropped(on_white(pixels))
    file = io.BytesIO()
    options = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor(), "dpi": figure.dpi}
    figure.canvas.print_figure(
        file, format="png", bbox_inches="tight", pad_inches=0.1, pil_kwargs={"compress_level": 1}, **options
    )
    return on_white(np.asarray(Image.open(file).convert("RGBA")))


def on_white(pixels):
    """Return the colours of pixels (H, W, 4) that may be transparent, on white ground: (H, W, 3)."""
    colours, alpha = pixels[:, :, :3], pixels[:, :, 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(colours)
    cover = alpha / 255
    return np.rint(colours * cover + 255 * (1 - cover)).astype(np.uint8)


def cropped(pixels):
    """Return a picture without its empty margin, up to a few pixels. Empty is what has the colour of the first pixel."""
    differs = (pixels != pixels[0, 0]).any(axis=2)
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return pixels
    height, width = differs.shape
    top, bottom = max(rows[0] - MARGIN, 0), min(rows[-1] + MARGIN + 1, height)
    left, right = max(columns[0] - MARGIN, 0), min(columns[-1] + MARGIN + 1, width)
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def packed(pixels):
    """Return ("PNG", bytes) or ("JPEG", bytes): with a palette where that looks the same and is not large, as a JPEG else."""
    png, jpeg = io.BytesIO(), io.BytesIO()
    # A palette for many colours takes ten times as long as a JPEG, so a part of the pixels says first whether it can do.
    if _with_palette(pixels[::3, ::3]) and (few := _with_palette(pixels)):
        few.save(png, "PNG", compress_level=9)
        if png.tell() <= SMALL:
            return "PNG", png.getvalue()
    Image.fromarray(pixels).save(jpeg, "JPEG", quality=QUALITY, subsampling=0, optimize=True, progressive=True)
    return ("PNG", png.getvalue()) if 0 < png.tell() <= jpeg.tell() else ("JPEG", jpeg.getvalue())


def _with_palette(pixels):
    """Return a picture with a palette that looks the same, or None."""
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    for colours in COLOURS:
        few = picture.quantize(colours, dither=Image.Dither.NONE)
        difference = np.asarray(few.convert("RGB"), np.int16) - pixels
        if float(np.mean(np.square(difference))) <= CLOSE:
            return few
    return None


def install(shell):
    """Have a kernel's shell draw figures below cells, with this module."""
    shell.enable_matplotlib("inline")
    drawing, formatters = Drawing(), shell.display_formatter.formatters
    formatters["image/png"].for_type(Figure, drawing.as_png)
    formatters["image/jpeg"].for_type(Figure, drawing.as_jpeg)
