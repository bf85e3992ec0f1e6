"""A learner's own photo, whatever it is: the helper of the lessons takes it, or says in a sentence why not and takes another one."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage.util import img_as_ubyte

from autograder import settings
from autograder.course.pasted import read_shared

INSTEAD = np.zeros((16, 24, 3), np.uint8)
SAND = (200, 150, 100)


@pytest.fixture(scope="module")
def own_picture():
    names = {
        "np": np,
        "Path": Path,
        "Image": Image,
        "ImageOps": ImageOps,
        "img_as_ubyte": img_as_ubyte,
        "warnings": warnings,
    }
    exec(read_shared(settings.root())["own_picture"], names)
    return names["own_picture"]


def upright(size: tuple[int, int] = (120, 80), mode: str = "RGB") -> Image.Image:
    """Sand, with a black bar at the top."""
    picture = Image.new("RGB", size, SAND)
    picture.paste((0, 0, 0), (0, 0, size[0], size[1] // 10))
    return picture.convert(mode)


@pytest.mark.parametrize(
    ("mode", "name"),
    [("RGB", "a.png"), ("L", "a.png"), ("LA", "a.png"), ("RGBA", "a.png"), ("P", "a.gif"), ("1", "a.png"), ("CMYK", "a.jpg")],
)  # fmt: skip
def test_a_photo_of_any_kind_is_rgb(own_picture, tmp_path, capsys, mode, name):
    upright(mode=mode).save(tmp_path / name)
    found = own_picture(tmp_path / name, INSTEAD)
    assert found.dtype == np.uint8 and found.shape == (80, 120, 3)
    assert found[:4].mean() < 20 < found[40:].mean()
    assert f"{name}: 120 × 80 pixels, {mode}. Taken as 120 × 80, as it is." in capsys.readouterr().out.replace(
        "put on white where it was transparent", "as it is"
    )


def test_what_is_transparent_stands_on_white(own_picture, tmp_path, capsys):
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert (own_picture(tmp_path / "a.png", INSTEAD) == 255).all()
    assert "put on white where it was transparent" in capsys.readouterr().out


def test_a_photo_from_a_phone_held_sideways_is_turned(own_picture, tmp_path, capsys):
    exif = Image.Exif()
    exif[0x0112] = 6
    upright().rotate(90, expand=True).save(tmp_path / "a.jpg", exif=exif)
    found = own_picture(tmp_path / "a.jpg", INSTEAD)
    assert found.shape == (80, 120, 3) and found[:4].mean() < 20
    assert "turned as its EXIF tag says" in capsys.readouterr().out


def test_fifty_megapixels_are_scaled_down(own_picture, tmp_path, capsys):
    upright((8192, 6144)).save(tmp_path / "a.jpg")
    found = own_picture(tmp_path / "a.jpg", INSTEAD, multiple=8)
    assert found.shape == (296, 400, 3)
    assert "8192 × 6144 pixels, RGB. Taken as 400 × 296, scaled down, cut to multiples of 8." in capsys.readouterr().out


@pytest.mark.parametrize("times", [1, 90])
def test_sixteen_bits_go_from_black_to_white(own_picture, tmp_path, times):
    """Also where it is many times too large."""
    levels = np.linspace(1000, 3000, 30 * 20).astype(np.uint16).reshape(20, 30)
    Image.fromarray(levels.repeat(times, 0).repeat(times, 1)).save(tmp_path / "a.png")
    found = own_picture(tmp_path / "a.png", INSTEAD)
    assert found.min() == 0 and found.max() == 255 and found.shape != INSTEAD.shape


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: None, "There is no file a.png beside this notebook."),
        (lambda path: path.write_text("no photo"), "a.png cannot be read as a photo (UnidentifiedImageError)."),
        (lambda path: path.write_bytes(b""), "a.png cannot be read as a photo (UnidentifiedImageError)."),
        (lambda path: Image.new("RGB", (300, 2)).save(path), "a.png is 300 × 2, too small or too narrow"),
        (lambda path: path.mkdir(), "There is no file a.png beside this notebook."),
    ],
)
def test_what_cannot_be_taken_is_said_and_another_photo_is_there(
    own_picture, tmp_path, monkeypatch, capsys, make, says
):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "a.png")
    assert own_picture("a.png", INSTEAD) is INSTEAD
    said = capsys.readouterr().out
    assert said.startswith(says) and "Here is another photo." in said


def test_a_file_that_is_cut_off_is_said(own_picture, tmp_path, capsys):
    upright((300, 300)).save(tmp_path / "a.jpg")
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(whole[: len(whole) // 2])
    assert own_picture(tmp_path / "a.jpg", INSTEAD) is INSTEAD
    assert "a.jpg cannot be read as a photo (OSError)." in capsys.readouterr().out
