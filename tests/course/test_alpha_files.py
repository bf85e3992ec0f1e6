"""Lesson 4: what a photo of the learner's own becomes, whatever it is, and the files that the ladder leaves."""

from __future__ import annotations

import ast
import os
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage.util import img_as_ubyte

from autograder.course import catalog

LESSON = catalog.lesson("04_alpha_model")


def function(name: str):
    """A function of the released notebook's set-up, as it stands there."""
    for cell in LESSON.read_release().cells:
        if cell.cell_type == "code" and f"def {name}(" in cell.source:
            tree = ast.parse(cell.source)
            (found,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
            known = {"Image": Image, "ImageOps": ImageOps, "Path": Path, "img_as_ubyte": img_as_ubyte}
            known |= {"np": np, "os": os, "time": time, "warnings": warnings}
            exec(compile(ast.Module([found], []), name, "exec"), known)
            return known[name]
    raise AssertionError(f"the lesson has no {name}")


def picture(height: int, width: int) -> Image.Image:
    """Red grows to the right, green downwards."""
    red, green = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.dstack([red, green, np.full(red.shape, 60)]).astype(np.uint8))


def turned(image: Image.Image, path: str) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    image.rotate(90, expand=True).save(path, exif=tags, quality=95)


def transparent(image: Image.Image, path: str) -> None:
    image.putalpha(0)
    image.save(path)


FILES = {
    "plain.png": ((296, 400), lambda path: picture(296, 400).save(path), "as it is"),
    "odd.png": ((96, 96), lambda path: picture(101, 103).save(path), "cut to multiples of 8"),
    "wide.jpg": ((200, 400), lambda path: picture(1000, 2000).save(path), "scaled down"),
    "turned.jpg": ((200, 400), lambda path: turned(picture(200, 400), path), "turned as its EXIF tag says"),
    "clear.png": ((80, 80), lambda path: transparent(picture(80, 80), path), "put on white"),
    "print.jpg": ((80, 80), lambda path: picture(80, 80).convert("CMYK").save(path), "CMYK"),
    "grey.png": ((80, 80), lambda path: picture(80, 80).convert("L").save(path), "80 × 80 pixels, L"),
    "few.gif": ((80, 80), lambda path: picture(80, 80).convert("P").save(path), "P"),
    "deep.png": ((80, 80), lambda path: Image.fromarray(np.full((80, 80), 40_000, np.uint16)).save(path), "I;16"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_photo_of_any_kind_becomes_one_that_alpha_takes(name, tmp_path, capsys):
    shape, save, says = FILES[name]
    save(str(tmp_path / name))
    got = function("own_picture")(str(tmp_path / name))
    assert got.shape == (*shape, 3) and got.dtype == np.uint8
    assert says in capsys.readouterr().out
    if name == "clear.png":
        assert got.min() == 255
    elif name in ("plain.png", "wide.jpg", "turned.jpg", "print.jpg"):
        assert got[:, -8:, 0].mean() > 200 > 60 > got[:, :8, 0].mean()
        assert got[-8:, :, 1].mean() > 200 > 60 > got[:8, :, 1].mean()


def test_fifty_megapixels_are_scaled_down(tmp_path, capsys):
    Image.new("L", (8200, 6200), 90).save(tmp_path / "big.jpg")
    assert function("own_picture")(tmp_path / "big.jpg").shape == (296, 400, 3)
    assert "8200 × 6200 pixels, L. Taken as 400 × 296, scaled down, cut to multiples of 8." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no file"),
        (b"", "cannot be read as a photo"),
        (b"\x00\x00\x00\x18ftypheic", "a phone's HEIC"),
        ((3000, 3), "too small or too narrow"),
        ((20_000, 10_000), "more pixels than Pillow reads"),
    ],
)
def test_what_is_no_photo_is_said_and_stops_nothing(content, says, tmp_path, capsys):
    path = tmp_path / "my_photo.png"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content:
        Image.new("1", content).save(path)
    assert function("own_picture")(path) is None
    said = capsys.readouterr().out
    assert says in said and "my_photo.png" in said and "Here is a cup of coffee." in said


class Model:
    """What the ladder asks of a network."""

    def save_weights(self, path):
        Path(path).write_text("weights")


def test_the_ladder_leaves_its_pictures_and_weights_and_nothing_half(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    keep, L = function("keep_rungs"), np.linspace(0, 100, 64).reshape(8, 8)
    pictures, losses = {1: np.full((8, 8, 3), 9, np.uint8)}, {1: 0.5}
    keep(Model(), L, pictures, losses, 7)
    keep(Model(), L, {**pictures, 10: np.zeros((8, 8, 3), np.uint8)}, {**losses, 10: 0.02}, 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alpha.ladder.npz", "alpha.weights.h5"]
    with np.load("alpha.ladder.npz", allow_pickle=False) as file:
        assert set(file) == {"grey", "pictures", "epochs", "losses", "date", "seed"}
        assert file["grey"].dtype == np.uint8 and file["grey"][-1, -1] == 255
        assert file["pictures"].shape == (2, 8, 8, 3) and file["pictures"].dtype == np.uint8
        assert file["epochs"].tolist() == [1, 10] and file["losses"].tolist() == [0.5, 0.02]
        time.strptime(str(file["date"]), "%Y-%m-%d %H:%M")
    before = Path("alpha.ladder.npz").read_bytes()
    keep(Model(), L, {1: "no picture"}, losses, 7)
    assert "could not be written" in capsys.readouterr().out
    assert Path("alpha.ladder.npz").read_bytes() == before
