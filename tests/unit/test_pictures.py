"""A picture of a student's that would be gigabytes for a browser is not shown."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

from autograder.course import catalog
from autograder.grading.beside import in_words
from autograder.hosts.nbgrader.pictures import are_cut_short
from autograder.kernel import pictures
from autograder.kernel.runner import NotebookRun
from autograder.reports.cards import About
from autograder.sandbox import backend


def encoded(kind: str, width: int, height: int, **options) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "orange").save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def bomb(side: int) -> str:
    """A PNG of a few kilobytes and side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    line = b"\0" * (1 + (side + 7) // 8)
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(line * side, 9)), chunk(b"IEND", b"")]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


@pytest.mark.parametrize("size", [(1, 1), (640, 480), (3, 5000)])
def test_the_size_of_a_picture_is_read_from_its_head(size):
    assert pictures.size_of("image/png", encoded("PNG", *size)) == size
    for options in ({}, {"progressive": True}, {"exif": b"Exif\0\0" + bytes(3000)}, {"quality": 5}):
        assert pictures.size_of("image/jpeg", encoded("JPEG", *size, **options)) == size
    wrapped = "\n".join(encoded("PNG", *size)[at : at + 76] for at in range(0, 200, 76))
    assert pictures.size_of("image/png", wrapped) == size


@pytest.mark.parametrize("text", ["", "AAAA", "x", base64.b64encode(b"\xff\xd8" + b"\xff" * 5000).decode(), base64.b64encode(b"\xff\xd8\xff\xe0\0\0").decode(), encoded("JPEG", 9, 9)])  # fmt: skip
def test_what_is_no_png_is_said_to_be_none(text):
    assert pictures.why_not_shown("image/png", text) == "(a picture that cannot be read)"


def test_a_head_that_goes_on_for_ever_is_left():
    text = "AAAA" * 1_000_000
    assert pictures.size_of("image/jpeg", base64.b64encode(b"\xff\xd8" + b"\xff\xe0\0\x02" * 500_000).decode()) is None
    assert pictures.size_of("image/png", text) is None


@pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine")
def test_a_picture_bomb_does_not_come_through_and_an_ordinary_picture_does(tmp_path):
    source = (
        "from IPython.display import display\n"
        f"display({{'image/png': {bomb(23_000)!r}, 'text/plain': 'a bomb'}}, raw=True)\n"
        f"display({{'image/png': {encoded('PNG', 40, 30)!r}}}, raw=True)"
    )
    notebook = new_notebook(cells=[new_code_cell(source)])
    with NotebookRun(notebook, tmp_path) as run:
        run.finish()
    first, second = notebook.cells[0].outputs
    assert first.data == {
        "text/plain": "a bomb (a picture of 23,000 × 23,000 pixels is not shown: at most 20,000,000 are)"
    }
    assert set(second.data) == {"image/png"}


@pytest.mark.parametrize(
    ("alt", "words"),
    [
        ("A leaf on white, in 2 rows.", "A leaf on white, in 2 rows."),
        ("A photo. Its colours: cup 63,855, rocket 22,693, noise 159,276", "A photo. Its colours."),
        ("Bars for the layers: layer 1 80, layer 2 584; the others zero.", "Bars for the layers."),
        ("Faded by 0, 0.5, 1 and 1.5: grey, faded, natural, vivid.", "Faded by 0, 0.5, 1 and 1.5: grey, faded, natural, vivid."),
        ("The suit. It had L 52, a +42, b +28; flipped L 53, a -20, b -16. It looks the same.", "The suit. It looks the same."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_right_picture_is_described_without_the_numbers_that_the_answers_gave(alt, words):
    assert in_words(alt) == words


# -- what a page says of them ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", catalog.lessons(), ids=lambda one: one.name)
def test_a_page_says_where_the_lesson_cuts_trainings_short(lesson):
    """By the course's own code; what a student writes into an answer says nothing."""
    notebook, trains = lesson.read_release(), int(lesson.name[:2]) >= 4
    next(cell for cell in notebook.cells if catalog.is_written(cell)).source += "\nprint(GRADED)"
    assert are_cut_short(notebook) == trains
    said = " ".join(About(student="s", cut_short=trains).facts)
    assert ("long trainings are cut short" in said) == trains
