"""The picture at the end: made of what the lesson itself writes, honest about what it is, and not to be broken by the file it is made of."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2lab

from autograder import settings
from autograder.cli import certificate
from autograder.course import catalog
from autograder.errors import Unreadable
from autograder.grading import one_file
from autograder.hosts.alone import ladder
from autograder.hosts.alone.certificate import HEIGHT, WHAT_IT_IS, WIDTH, Certificate
from autograder.hosts.alone.ladder import Ladder, Rung, read_ladder
from autograder.networks.threshold import portrait
from autograder.settings import Settings
from tests.support import canned, tiny

LESSON = catalog.lesson("04_alpha_model")
# By epochs: a colour that its picture has all over.
PAINTED = {1: (90, 90, 120), 10: (160, 120, 90), 100: (200, 90, 60), 500: (70, 110, 60), 1000: (40, 60, 200)}


def pictures(*epochs: int) -> dict[int, np.ndarray]:
    return {each: np.full((400, 400, 3), PAINTED.get(each, (9, 9, 9)), np.uint8) for each in epochs}


def written_by_the_lesson(folder: Path, *epochs: int) -> None:
    """Let the lesson's own cell write the files of a training, without the training."""
    (source,) = [cell.source for cell in LESSON.read_release().cells if "def keep_rungs" in cell.source]
    names: dict = {"np": np, "os": os, "time": time}
    exec(source, names)

    class Model:
        def save_weights(self, name: str) -> None:
            Path(name).write_bytes(b"")

    with __import__("contextlib").chdir(folder):
        made = pictures(*epochs)
        names["keep_rungs"](Model(), np.full((400, 400), 50.0), made, dict.fromkeys(made, 0.0123), 7)


def arrays(**changed) -> dict:
    made = {
        "grey": np.zeros((16, 16), np.uint8),
        "pictures": np.zeros((2, 16, 16, 3), np.uint8),
        "epochs": np.array([1, 10]),
        "losses": np.array([0.3, 0.02]),
        "date": "2026-03-01 23:59",
        "seed": 7,
    }
    return {name: value for name, value in {**made, **changed}.items() if value is not None}


def packed(**changed) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays(**changed))
    return file.getvalue()


def bomb() -> bytes:
    """A member that says that it is an array of 4 TB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "|u1", "fortran_order": False, "shape": (2_000_000, 2_000_000)}
        )
        made.writestr("grey.npy", header.getvalue())
    return file.getvalue()


def packed_otherwise(method: int) -> bytes:
    """With a method that NumPy does not use, and whose errors are its own."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed())) as found, zipfile.ZipFile(file, "w", method) as made:
        for name in found.namelist():
            made.writestr(name, found.read(name))
    return file.getvalue()


def headed(text: bytes) -> bytes:
    """A member whose header is another text than NumPy's."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("grey.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text)
    return file.getvalue()


def test_what_the_lesson_writes_is_what_is_read(tmp_path):
    written_by_the_lesson(tmp_path, 1, 10, 100)
    found = read_ladder(tmp_path / ladder.NAME)
    assert [(rung.epochs, rung.loss) for rung in found.rungs] == [(1, 0.0123), (10, 0.0123), (100, 0.0123)]
    assert (found.grey == 127).mean() + (found.grey == 128).mean() == 1 and found.seed == 7
    assert tuple(found.rungs[2].picture[0, 0]) == PAINTED[100]


HOSTILE = {
    "no zip": b"hello",
    "empty": b"",
    "cut off": packed()[:300],
    "pickled": packed(grey=np.array([[{"an": "object"}]], dtype=object)),
    "a bomb": bomb(),
    "LZMA": packed_otherwise(zipfile.ZIP_LZMA),
    "an open bracket": headed(b"{'descr': '|u1', 'shape': ("),
    "lines that are indented": headed(b"\t1\n  2\n 3"),
    "no grey": packed(grey=None),
    "floats": packed(pictures=np.zeros((2, 16, 16, 3))),
    "another shape": packed(pictures=np.zeros((2, 8, 16, 3), np.uint8)),
    "no picture": packed(pictures=np.zeros((0, 16, 16, 3), np.uint8), epochs=np.array([], int), losses=np.array([])),
    "other numbers": packed(epochs=np.array([1, 10, 100])),
    "epochs that fall": packed(epochs=np.array([10, 1])),
    "a loss that is none": packed(losses=np.array([0.1, np.nan])),
    "no date": packed(date="yesterday\x1b[31m"),
    "a wide portrait": packed(grey=np.zeros((4, 4), np.uint8), pictures=np.zeros((2, 4, 4, 3), np.uint8)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_is_another_is_one_sentence_with_what_helps(tmp_path, kind):
    path = tmp_path / ladder.NAME
    path.write_bytes(HOSTILE[kind])
    with pytest.raises(
        Unreadable, match=r"alpha\.ladder\.npz: .*\. Run the cell under the heading “The ladder”"
    ) as told:
        read_ladder(path)
    assert "\n" not in str(told.value) and str(told.value).isprintable()


def test_what_would_fill_the_memory_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(ladder, "LARGEST_ARRAY", 1000)
    (tmp_path / ladder.NAME).write_bytes(packed())
    with pytest.raises(Unreadable, match="`pictures` is too large"):
        read_ladder(tmp_path / ladder.NAME)
    monkeypatch.setattr(ladder, "LARGEST", 100)
    with pytest.raises(Unreadable, match="it is larger than"):
        read_ladder(tmp_path / ladder.NAME)


def shown(*epochs: int, **more) -> Certificate:
    grey = np.full((400, 400), 128, np.uint8)
    rungs = [Rung(each, 0.5 / each, picture) for each, picture in pictures(*epochs).items()]
    return Certificate(Ladder(grey, rungs, "2026-03-01 23:59", 7), **more)


@pytest.mark.parametrize(
    ("epochs", "on_it"),
    [
        ((1, 10, 100, 500, 1000), [10, 100, 1000]),
        ((1, 10, 100, 500), [10, 100, 500]),
        ((1,), [1]),
        ((1, 10, 100, 500, 1000, 3000), [10, 100, 1000, 3000]),
    ],
)
def test_it_shows_what_there_is_each_larger_than_the_one_before(epochs, on_it):
    made = shown(*epochs)
    assert [rung.epochs for rung in made.rungs] == on_it
    canvas = np.asarray(Image.open(io.BytesIO(made.png())))
    assert canvas.shape == (HEIGHT, WIDTH, 3)
    areas = [int((canvas == made.rungs[place].picture[0, 0]).all(axis=-1).sum()) for place in range(len(on_it))]
    assert areas == sorted(areas) and areas[0] > 150**2


def test_it_says_in_words_what_it_shows_and_what_it_is():
    made = shown(1, 10, 100, 1000, points="33 / 35 points", name="Ada")
    told = Image.open(io.BytesIO(made.png())).text["Description"]
    assert told == made.alt
    for part in (
        "the network of Ada",
        "after 10 epochs, loss 0.0500",
        "after 1,000 epochs, loss 0.0005",
        "2026-03-01 23:59",
    ):
        assert part in told
    assert "33 / 35 points" in told and told.endswith(WHAT_IT_IS) and "no proof of a grade" in WHAT_IT_IS
    assert "points" not in shown(1).alt


def test_its_words_name_the_colours_of_each_picture():
    orange, blue = (np.full((16, 16, 3), colour, np.uint8) for colour in ((230, 110, 40), (40, 60, 200)))
    blue[:4] = 128
    told = Certificate(
        Ladder(orange[..., 0], [Rung(10, 0.02, orange), Rung(20, 0.01, blue)], "2026-03-01 23:59", 7)
    ).alt
    assert "10 epochs: strong colours; by hue, 100% orange." in told
    assert "20 epochs: strong colours; by hue, 75% blue, 25% grey." in told
    assert "23:59, seed 7." in told and "·" not in told and "always grey" not in told
    assert (
        "always grey has 0.0304, one colour everywhere 0.0192"
        in Certificate(
            Ladder(
                np.rint(2.55 * rgb2lab(portrait())[..., 0]).astype(np.uint8),
                [Rung(10, 0.02, portrait())],
                "2026-03-01 23:59",
            )
        ).alt
    )


# -- the command ------------------------------------------------------------------------------------------------------


def full_marks() -> None:
    """In the command's process: the check of the notebook is a canned one."""
    canned.use()  # no sandbox is proved
    one_file.grade = canned.report
    one_file.must_be_fit = lambda lesson: Settings.load()


def run(folder: Path, *arguments: str):
    environment = {**tiny.environment(settings.root()), "XDG_STATE_HOME": str(folder)}
    return tiny.WARM.run(["certificate", *arguments], folder, environment, 300, [full_marks], "autograder")


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "my lesson.ipynb").write_text(nbformat.writes(LESSON.read_release()), "utf-8")
    return tmp_path


def test_points_stand_on_it_only_from_a_check_of_this_command(folder):
    written_by_the_lesson(folder, 1, 10)
    done = run(folder, "my lesson.ipynb", "--name", "Ada")
    assert done.returncode == 0, done.stderr
    whole = sum(exercise.points for exercise in LESSON.exercises())
    assert f"checked for this picture: 0 / {whole:g} points" in done.stdout and "of Ada painted" in done.stdout
    assert "Your network has not come to 1000 epochs yet" in done.stdout
    words = Image.open(folder / "alpha.certificate.png").text["Description"]
    assert words in done.stdout
    assert "alpha.certificate.png, " in done.stdout and "alpha.certificate.txt: written." in done.stdout
    done = run(folder, "my lesson.ipynb", "--no-check", "--output", "other.png")
    assert done.returncode == 0 and "points" not in done.stdout and (folder / "other.png").is_file()


def test_without_a_notebook_it_is_made_of_the_folder_s_files(folder):
    """As on Colab, where the notebook lies in no folder of the session."""
    (folder / "my lesson.ipynb").unlink()
    written_by_the_lesson(folder, 1, 10, 100, 500, 1000)
    done = run(folder)
    assert done.returncode == 0, done.stderr
    assert "No notebook is named, so no points stand on the picture." in done.stdout
    words = Image.open(folder / "alpha.certificate.png").text["Description"]
    assert "points" not in words
    assert (folder / "alpha.certificate.txt").read_text("utf-8") == f"{words}\n"
    assert run(folder).returncode == 0, "made once more, over the one of before"


def without_the_grader_s_packages() -> None:
    """In the command's process: the course's package was installed alone."""
    import sys

    for package, name in (("grading", "one_file"), ("grading", "job"), ("checks", "warm_judge")):
        sys.modules.pop(f"autograder.{package}.{name}", None)
        vars(sys.modules.get(f"autograder.{package}", sys)).pop(name, None)
    sys.modules["greenlet"] = None  # type: ignore[assignment]


def test_where_nothing_can_be_checked_there_is_the_picture_without_points(folder):
    written_by_the_lesson(folder, 1, 10)
    environment = {**tiny.environment(settings.root()), "XDG_STATE_HOME": str(folder)}
    done = tiny.WARM.run(
        ["certificate", "my lesson.ipynb"], folder, environment, 300, [without_the_grader_s_packages], "autograder"
    )
    assert done.returncode == 0, done.stderr
    assert "no points stand on the picture. The package greenlet is not installed here." in done.stderr
    assert "points" not in Image.open(folder / "alpha.certificate.png").text["Description"]


WRONG = {
    "no ladder": ([], "alpha.ladder.npz is not beside the notebook. The cell under the heading “The ladder” in lesson 4 writes it"),
    "no png": (["--output", "a.jpg"], "a.jpg: the picture is a PNG file."),
    "a text of one's own": (["--output", "mine.png"], "mine.txt would hold the picture’s words, and holds something else."),
    "a long name": (["--name", "x" * 41], "--name: 41 characters"),
    "a name in other letters": (["--name", "李"], "have no sign for \\u674e"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_drawn_is_one_line(folder, kind):
    arguments, says = WRONG[kind]
    if arguments:
        written_by_the_lesson(folder, 1)
        (folder / "alpha.weights.h5").unlink()
    (folder / "mine.txt").write_text("My notes.")
    done = run(folder, "my lesson.ipynb", "--no-check", *arguments)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1
    assert not list(folder.glob("*.png"))
    assert [(text.name, text.read_text()) for text in folder.glob("*.txt")] == [("mine.txt", "My notes.")]


def test_a_file_that_cannot_be_read_is_not_called_missing(tmp_path):
    (tmp_path / ladder.NAME).mkdir()
    with pytest.raises(Unreadable, match=rf"{ladder.NAME}: Is a directory\."):
        certificate._ladder(None, tmp_path)


def test_it_is_made_of_lesson_4(folder):
    other = catalog.lessons()[0]
    (folder / "one.ipynb").write_text(nbformat.writes(other.read_release()), "utf-8")
    done = run(folder, "one.ipynb")
    assert done.returncode == 2 and f"This is a notebook of {other.name}." in done.stderr


def test_where_only_the_weights_are_there_they_paint_one_picture(folder):
    from autograder.checks.reference import reference_namespace

    reference_namespace(LESSON)["build_alpha"]().save_weights(folder / "alpha.weights.h5")
    done = run(folder, "my lesson.ipynb", "--no-check")
    assert done.returncode == 0, done.stderr
    assert "Until then there is one picture, of alpha.weights.h5." in done.stdout
    assert "painted of it: with the saved weights, loss 0." in done.stdout
