"""Figures become small pictures that look as they did, and keep the text for those who cannot see them."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from autograder.kernel import figures
from autograder.kernel.outputs import _cleaned


def figure(layout: str | None):
    made = Figure(figsize=(4, 3), layout=layout, facecolor="white")
    axis = made.add_subplot()
    axis.bar([0, 1, 2], [3, 1, 2])
    axis.set_title("Three bars")
    FigureCanvasAgg(made)
    return made


def photo(side=200):
    return np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)


def opened(kind_and_data):
    kind, data = kind_and_data
    picture = Image.open(io.BytesIO(data))
    assert picture.format == kind
    return picture


def test_a_chart_becomes_a_png_with_a_palette_that_looks_the_same():
    pixels = figures.pixels_of(figure("constrained"))
    picture = opened(figures.packed(pixels))
    assert (picture.format, picture.mode) == ("PNG", "P")
    difference = np.asarray(picture.convert("RGB"), int) - pixels
    assert np.mean(difference**2) <= figures.CLOSE


def test_a_photo_becomes_a_jpeg_whose_chroma_is_as_fine_as_its_lightness():
    picture = opened(figures.packed(photo()))
    assert picture.format == "JPEG"
    assert {(h, v) for _, h, v, _ in picture.layer} == {(1, 1)}
    assert picture.size == (200, 200)


@pytest.mark.parametrize("layout", ["constrained", None])
def test_a_figure_is_drawn_whole_within_a_small_margin(layout):
    pixels = figures.pixels_of(figure(layout))
    empty = (pixels == 255).all(axis=2)
    rows, columns = np.flatnonzero(~empty.all(axis=1)), np.flatnonzero(~empty.all(axis=0))
    for first, last, length in ((rows[0], rows[-1], len(empty)), (columns[0], columns[-1], empty.shape[1])):
        assert 0 < first <= figures.MARGIN + 4
        assert length - 1 - last <= figures.MARGIN + 4


def test_an_empty_picture_is_left_as_it_is():
    assert figures.cropped(np.full((5, 7, 3), 9, np.uint8)).shape == (5, 7, 3)


def test_what_is_transparent_lies_on_white():
    pixels = np.zeros((1, 2, 4), np.uint8)
    pixels[0, 1, 3] = 128
    assert figures.on_white(pixels).tolist() == [[[255] * 3, [127] * 3]]


def test_of_png_and_jpeg_one_is_asked_for_and_the_other_is_none():
    drawing = figures.Drawing()
    assert drawing.as_png(figure("constrained"))
    assert drawing.as_jpeg(None) is None
    full = Figure(figsize=(3, 3), layout="constrained")
    FigureCanvasAgg(full)
    full.add_subplot().imshow(photo())
    assert drawing.as_png(full) is None
    assert drawing.as_jpeg(full)
    assert drawing.as_jpeg(full) is None, "it is of this figure alone"


def test_what_is_said_of_a_png_is_said_of_the_jpeg_in_its_place():
    jpeg = io.BytesIO()
    Image.fromarray(photo(20)).save(jpeg, "JPEG")
    text = base64.b64encode(jpeg.getvalue()).decode()
    about = {"image/png": {"alt": "a cat"}}
    clean = _cleaned("display_data", {"data": {"image/jpeg": text}, "metadata": about})
    assert clean["metadata"]["image/jpeg"] == {"alt": "a cat"}
    assert "image/jpeg" not in _cleaned("display_data", {"data": {"text/plain": "x"}, "metadata": about})["metadata"]
