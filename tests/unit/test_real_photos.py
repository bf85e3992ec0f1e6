"""The optional last part of lessons 5 and 6: a folder of photos, or a download, comes whole, or a sentence says why not."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage.util import img_as_ubyte

from autograder import settings
from autograder.course.pasted import fill as paste
from autograder.course.pasted import read_shared
from autograder.course.percent import read_script


@pytest.fixture
def lesson():
    """The names of the two fragments, each time anew."""
    names = {
        "np": np, "Path": Path, "Image": Image, "ImageOps": ImageOps, "img_as_ubyte": img_as_ubyte, "warnings": warnings,
        "io": io, "contextlib": contextlib, "socket": socket, "threading": threading,
    }  # fmt: skip
    for fragment in ("own_picture", "real_photos"):
        exec(read_shared(settings.root())[fragment], names)
    return names


def fill(folder: Path, count: int) -> None:
    """Photos, wide ones and tall ones, red in the middle."""
    for number in range(count):
        size = (60, 40) if number % 2 else (40, 60)
        picture = Image.new("RGB", size, (0, 0, 255))
        picture.paste((255, 0, 0), (size[0] // 2 - 20, size[1] // 2 - 20, size[0] // 2 + 20, size[1] // 2 + 20))
        picture.save(folder / f"{number:02}.{'PNG' if number % 3 else 'jpg'}")


def test_a_folder_of_photos_becomes_squares_of_one_size(lesson, tmp_path, capsys):
    fill(tmp_path, 20)
    photos = lesson["photos_in"](tmp_path, side=16)
    assert photos.dtype == np.uint8 and photos.shape == (20, 16, 16, 3)
    assert (photos[..., 0] > 200).all() and (photos[..., 2] < 60).all(), "only the middle is red"
    assert capsys.readouterr().out == f"{tmp_path}: 20 photos, each cut to the square in its middle and made 16 × 16.\n"


def test_what_cannot_be_read_is_skipped_with_a_sentence(lesson, tmp_path, capsys):
    fill(tmp_path, 20)
    for number in range(5):
        (tmp_path / f"broken{number}.jpg").write_bytes(b"no photo")
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "more").mkdir()
    assert len(lesson["photos_in"](tmp_path, side=16)) == 20
    said = capsys.readouterr().out
    assert "broken0.jpg cannot be read as a photo" in said and "broken3.jpg" not in said and "another photo" not in said
    assert "Skipped: 2 more that cannot be read; neither JPEG nor PNG: 1." in said
    assert lesson["photos_in"](tmp_path, side=16, least=30) is None
    assert "too few to learn from: 30 are the least" in capsys.readouterr().out
    assert len(lesson["photos_in"](tmp_path, side=16, least=1, most=7)) == 7
    assert "; 18 beyond the first 7." in capsys.readouterr().out


def test_no_folder_is_a_sentence(lesson, tmp_path, capsys):
    assert lesson["photos_in"](tmp_path / "none") is None
    assert "There is no folder" in capsys.readouterr().out


def test_a_host_that_is_not_reached_costs_three_seconds_at_most(lesson, monkeypatch, capsys):
    """A name look-up knows no time limit of its own."""
    over, ended = threading.Event(), []

    def look_up(*args, **kwargs):
        over.wait(5)
        ended.append(True)
        raise OSError

    monkeypatch.setattr(
        threading.Thread, "join", lambda self, timeout, join=threading.Thread.join: join(self, timeout / 30)
    )
    monkeypatch.setattr(socket, "create_connection", look_up)
    assert lesson["fetched"]("The photos", "photos.invalid", lambda: pytest.fail("it was fetched all the same")) is None
    assert not ended, "it waited for the look-up"
    over.set()
    assert capsys.readouterr().out == (
        "The photos would come from photos.invalid, which this computer does not reach. The lesson is whole without.\n"
    )


def test_a_download_that_breaks_is_a_sentence_and_a_silent_one_ends(lesson, monkeypatch, capsys):
    lesson["reachable"] = lambda host: True

    def broken():
        assert socket.getdefaulttimeout() == 20
        raise Exception("URL fetch failure")

    assert lesson["fetched"]("The photos", "photos.invalid", broken) is None
    assert "did not come whole from photos.invalid (Exception: URL fetch failure)" in capsys.readouterr().out
    assert socket.getdefaulttimeout() is None
    assert lesson["fetched"]("The photos", "photos.invalid", lambda: 7) == 7


def optional_part(lesson: str) -> list[str]:
    """The code of the part that needs real photos, with what the build pastes."""
    cells = read_script(settings.root() / "solutions" / f"{lesson}.py").cells
    begin = next(place for place, cell in enumerate(cells) if "Optional:" in cell.source.split("\n")[0])
    end = next(place for place, cell in enumerate(cells) if cell.source.startswith("## Score yourself"))
    return [
        paste(cell.source, read_shared(settings.root()), lesson)
        for cell in cells[begin:end]
        if cell.cell_type == "code"
    ]


@pytest.mark.parametrize("lesson", ["05_beta", "06_final"])
@pytest.mark.parametrize(("wanted", "graded", "asked"), [(False, False, 0), (True, True, 0), (True, False, 1)])
def test_a_lesson_asks_for_nothing_unless_it_is_told_to_and_is_whole_without(
    monkeypatch, tmp_path, capsys, lesson, wanted, graded, asked
):
    knocks = []

    def refused(address, **options):
        knocks.append(address)
        raise OSError

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket, "create_connection", refused)
    names = {
        "np": np,
        "Path": Path,
        "Image": Image,
        "ImageOps": ImageOps,
        "warnings": warnings,
        "GRADED": graded,
        "GPU": False,
        # Of lesson 5, above its last part: what says that an answer is missing, and answers.
        "must_be_trained": lambda network: None,
        "colour_by_brightness": lambda X, Y: None,
        "training_pairs": lambda pictures: (pictures, pictures),
        "pictures": np.zeros(2),
        "beta": None,
        "build_fusion": lambda width, classes, side: None,  # of lesson 6
    }
    for code in optional_part(lesson):
        exec(code.replace("REAL_PHOTOS = False", f"REAL_PHOTOS = {wanted}"), names)
    assert len(knocks) == asked
    said = capsys.readouterr().out
    assert (
        "The lesson is whole without." in said
        if asked
        else "Real photos are left out, and the lesson is whole without" in said
    )
    assert said.endswith("There are no real photos to learn from here.\n")
