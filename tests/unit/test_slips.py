"""What the checks say of the kind of a slip is so, and what they say of a library's error fits what the library says today."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from autograder import calling, settings, slips
from autograder.calling import attempt
from autograder.course.pasted import slips_text
from autograder.keras_errors import KERAS_ERRORS, explain_keras
from autograder.library_errors import LIBRARY_ERRORS, explain, one_line
from autograder.slips import difference, name_the_slip, same

PHOTO = "photo = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)\n"

# A line that a student writes, and words of the course's sentence on the error that it ends with.
REAL_ERRORS = {
    "red, green, blue = photo": "along its *first* axis",
    "red, green, blue = photo[:2]": "fewer parts than names",
    "np.ones((2, 3)) * np.ones((3, 3))": "a side has another length",
    "photo * photo[:, :, 0]": "do not fit each other",
    "photo[:, :, :2] = photo": "stand 3 layers, and the place on the left has 2",
    "photo[:, :, 0] = photo": "one layer on the right, too, or a slice of 3",
    "photo[:, :, 0] = photo[0]": "one row, or one column, of a photo",
    "photo[0] = photo[:2, :2]": "The two must fit",
    "np.stack([photo, photo[:3]])": "the shapes here differ",
    "np.concatenate([photo, photo[:3]], axis=2)": "Along axis 0, one of the arrays that are joined has",
    "np.concatenate([photo, photo[:, :, 0]], axis=2)": "same number of axes",
    "photo.reshape(7, 7)": "`x.shape`",
    "photo[0, 0, 0, 0]": "more indices (4) than the array has axes (3)",
    "photo[7]": "no place 7",
    "photo.mean(axis=3)": "There is no axis 3",
    "range([1, 2])": "A whole number is wanted",
    "photo[np.ones((5, 4), bool)]": "The mask and the array",
    "photo.shape[3]": "fewer items",
    "photo[0.5]": "An index is a whole number",
    "photo[np.array([0.5])]": "holds whole numbers",
    "photo[..., 0, ...]": "may stand once",
    "photo[0, 0, 0] = [1, 2]": "where one belongs",
    "np.array([[1, 2], [3]])": "where one belongs",
    "photo @ photo": "multiply matrices",
    "min(photo, 255)": "`np.minimum`",
    "photo[0] in [photo[1]]": "`.any()`",
    "photo > 3 and photo < 5": "`.any()`",
    "{photo}": "cannot hold",
    "__import__('math').sqrt(photo)": "One plain number is wanted",
    "round(photo)": "`np.rint`",
    "photo /= 255": "Without the `=`",
    "photo + 300": "does not fit into uint8",
    "np.zeros(4, 5, 3)": "A shape is *one* argument",
    "photo.setflags(write=False); photo += 1": "must stay as it is",
    "np.dstack(photo, photo, photo)": "want *one* list",
    "np.clip(photo, 0, 1, max=2)": "its ends twice",
    "np.mean(photo, axes=0)": "spelled as in the text",
    "np.stack([photo], 0, axis=1)": "twice",
    "np.reshape()": "was called without",
    "nothing[0]": "without `return`",
    "None + 1": "without `return`",
    "photo(0)": "Square brackets pick",
    "np.zeros[3]": "called with round ones",
    "photo.ndim[0]": "stands where an array",
    "(3).shape": "plain int has none",
    "[3].astype(int)": "not an array",
    "photo.clamp(0)": "Arrays have no `clamp`",
    "np.liftup(photo)": "`numpy` has no `liftup`",
    "np.arctan_h(photo)": "Is `arctanh` meant?",
    "grey": "Python knows no `grey`",
    "[1, 2] - 1": "has to become an array",
    "[1, 2] * 0.5": "does not multiply its items",
    "1 / 0": "divided by zero",
    "open('nowhere/file.png')": "was the folder made",
    "import pathlib; pathlib.Path('x') + '/y'": "For paths, `/` does",
    "if 1 = 2: pass": "`==` asks",
    "f(1": "never closed",
    "f(1))": "bracket `)` too many",
    "'a": "no end",
    "return 3": "outside the function",
    "if True": "A colon is missing",
    "if True:\nx = 1": "indented by",
    "a b": "Python cannot read",
    "import itertools as np; f = lambda: f(); f()": "calls itself",
    "from skimage.color import rgb2lab; rgb2lab(photo[:, :, :2])": "must have length 3",
    "from skimage.metrics import structural_similarity as s; s(photo, photo)": "Which axis counts the layers",
    "from skimage.metrics import structural_similarity as s; s(np.ones((9, 9, 3)), np.ones((9, 9, 3)), channel_axis=-1)": "`data_range`",
    "from skimage.util import img_as_ubyte; img_as_ubyte(photo * 1.0)": "go beyond",
}


def error_of(line: str) -> str:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        exec(PHOTO + line, {"np": np, "nothing": None})
    return f"{type(caught.value).__name__}: {caught.value}"


@pytest.mark.parametrize("line", REAL_ERRORS)
def test_an_error_of_a_library_is_explained(line):
    text = error_of(line)
    assert REAL_ERRORS[line] in explain(text), f"{text!r} gives {explain(text)!r}"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("return min(photo, 255)", "Python's `min` compares single numbers"),
        ("if photo > 3:", "`if` wants a single one"),
        ("if pixel not in seen: seen.append(pixel)", "Tuples can be looked for"),
        ("both = a and b", "`&` and `|` join arrays"),
        ("value = photo > 3 or 1", "`or` joins two"),
        ("x = f(photo)", "`and`, `or`"),
    ],
)
def test_the_students_line_tells_which_of_several_causes_it_is(line, words):
    text = error_of("photo > 3 and photo < 5")
    assert words in explain(f"{text} (at the line `{line}`)")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Path('there').mkdir()", "`exist_ok=True`"),
        ("os.mkdir('there')", "`exist_ok=True`"),
        ("open('there/file', 'x')", "There is such a file"),
        ("Path('new/below').mkdir()", "`parents=True`"),
        ("os.mkdir('new/below')", "`parents=True`"),
        ("open('new/file')", "was the folder made before?"),
    ],
)
def test_an_error_on_a_folder_names_what_is_missing(line, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    with pytest.raises(OSError) as caught:  # noqa: PT011
        exec(line, {"Path": Path, "os": os})
    assert words in explain(f"{type(caught.value).__name__}: {caught.value} (at the line `{line}`)")


def test_sentences_are_filled_in_whatever_the_groups():
    for pattern, sentence in (*KERAS_ERRORS, *LIBRARY_ERRORS):
        groups = ["x"] * re.compile(pattern).groups
        assert "{" not in sentence.format(*groups)


def test_an_unknown_error_has_no_sentence():
    assert explain("ValueError: height 1: too small") == ""
    assert explain("") == ""


def test_colours_of_a_terminal_are_gone():
    assert one_line("\x1b[1mInvalid\x1b[0m\n  input") == "Invalid input"


def test_of_a_long_error_of_keras_the_words_that_matter_are_left():
    text = (
        'ValueError: Exception encountered when calling Sequential.call().\n\n\x1b[1mInvalid input shape for input Tensor("data:0",'
        " shape=(16, 16, 1), dtype=float32) with name 'input_layer_63' and path ''. Expected shape (None, None, None, 1), but input has"
        " incompatible shape (16, 16, 1)\x1b[0m\n\nArguments received by Sequential.call():\n  • inputs=tf.Tensor(shape=(16, 16, 1))"
    )
    short = (
        "ValueError: Invalid input shape for input of shape (16, 16, 1)."
        " Expected shape (None, None, None, 1), but input has incompatible shape (16, 16, 1)"
    )
    assert one_line(text) == short
    assert "what it got has the shape (16, 16, 1)" in explain(short)
    assert len(one_line("x" * 1000)) == 300


# -- kinds of wrong arrays ------------------------------------------------------------------------------------------

WANTED = np.random.default_rng(4).uniform(-90, 300, (6, 6, 3))
PAIRS = np.random.default_rng(5).uniform(-90, 90, (5, 6, 2))
KINDS = {
    "zero everywhere": (WANTED * 0, WANTED),
    "opposite order": (WANTED[..., ::-1], WANTED),
    "The two have changed places": (PAIRS[..., ::-1], PAIRS),
    "Rows and columns have changed places": (WANTED.swapaxes(0, 1), WANTED),
    "upside down": (WANTED[::-1], WANTED),
    "signs are flipped": (-WANTED, WANTED),
    "minus signs are lost": (abs(WANTED), WANTED),
    "What should be negative is zero": (np.maximum(WANTED, 0), WANTED),
    "clipped to 0 to 255": (np.clip(WANTED, 0, 255), WANTED),
    "clipped to -1 to 1": (np.clip(PAIRS, -1, 1), PAIRS),
    "as in uint8": (np.trunc(WANTED).astype(int).astype(np.uint8), WANTED),
    "fractions are cut off": (WANTED.astype(int), WANTED),
    "rounded to whole numbers": (np.rint(WANTED), WANTED),
    "255 times too small": (WANTED / 255, WANTED),
    "128 times too large": (WANTED * 128, WANTED),
    "256 times too small": (WANTED / 256, WANTED),
    "twice that": (WANTED * 2, WANTED),
    "in the wrong places": (np.roll(WANTED, 1, axis=1), WANTED),
    "An axis is missing": (WANTED[:, :, 0], WANTED[:, :, :1]),
    "one axis too many": (WANTED[np.newaxis], WANTED),
    "in a different order": (np.ones((3, 6, 5)), np.ones((6, 5, 3))),
    "another shape": (WANTED.reshape(-1, 3), WANTED),
    "One single number": (3.0, WANTED),
    "square root": (np.sqrt(0.3), 0.3),
    "square of it": (0.09, 0.3),
    "NaN": (np.where(WANTED > 0, WANTED, np.nan), WANTED),
}


@pytest.mark.parametrize("words", KINDS)
def test_a_kind_of_slip_is_recognised(words):
    got, wanted = KINDS[words]
    assert words in name_the_slip(got, wanted)


def test_what_fits_no_kind_is_not_named():
    odd = WANTED + np.random.default_rng(6).normal(0, 30, WANTED.shape)
    assert name_the_slip(odd, WANTED) == ""
    assert difference(odd, WANTED, "x", why="Which?").endswith("Which?")


def test_the_right_answer_is_nothing_to_speak_of():
    assert difference(WANTED.tolist(), WANTED, "x") == ""
    assert difference(WANTED + 0.5, WANTED, "x", atol=0.6) == ""
    assert name_the_slip(WANTED, WANTED, slips={"Never.": WANTED}, given=[WANTED]) == ""


def test_a_slip_that_was_foreseen_comes_before_a_general_kind():
    slip = {"Impossible.": lambda: 1 / 0, "Divided twice.": lambda: WANTED / 255}
    assert name_the_slip(WANTED / 255, WANTED, slips=slip) == "Divided twice."
    assert name_the_slip(PAIRS, PAIRS + 1, given=[PAIRS]) == "That is what went in, unchanged."


def test_a_message_begins_with_what_was_wanted_and_what_came():
    with pytest.raises(AssertionError, match=r"^The pair should be \[2, 3\]; yours is \[3, 2\]\. The two"):
        same([3, 2], [2, 3], "The pair")
    with pytest.raises(AssertionError, match=r"^x should have the shape \(6, 6, 3\); yours has \(6, 6\)"):
        same(WANTED[..., 0], WANTED, "x")
    for odd in (None, "text", [[1], [2, 3]], len):
        with pytest.raises(AssertionError, match=r"^x should be an array of shape \(6, 6, 3\); what came is"):
            same(odd, WANTED, "x")


@pytest.mark.parametrize("value", [np.int8(-128), np.array(-128, np.int8), -128])
def test_the_lowest_number_of_a_dtype_is_not_written_as_0(value):
    """abs() of it does not fit into the dtype."""
    assert slips.short(value) == "-128"


# -- calling an answer ----------------------------------------------------------------------------------------------


def test_what_is_no_array_is_said_with_the_way_to_one():
    slips.must_be_array(np.zeros(2), "The grey photo")
    with pytest.raises(
        AssertionError,
        match=r"The grey photo should be a NumPy array; what came is a list of 2\. `np\.array\(…\)` makes one",
    ):
        slips.must_be_array([[1], [2]], "The grey photo")


def test_no_lesson_says_in_its_own_words_what_the_shared_text_says():
    for script in sorted((settings.root() / "solutions").glob("0*.py")):
        assert "makes one of a list of rows" not in script.read_text("utf-8"), f"{script}: must_be_array says that"


def test_an_answer_gets_copies():
    photo = np.ones((2, 2))

    def answer(grid):
        grid *= 2
        return grid

    assert attempt(answer, photo).sum() == 8
    assert photo.sum() == 4
    with pytest.raises(AssertionError, match="`answer` changed the array"):
        attempt(answer, photo, untouched=True)


def test_nothing_that_comes_back_is_said():
    with pytest.raises(AssertionError, match="Nothing came back from `answer`"):
        attempt(lambda_named("answer", None))
    assert attempt(lambda_named("answer", None), returns=False) is None


def lambda_named(name, value):
    def answer():
        return value

    answer.__name__ = name
    return answer


def test_an_exercise_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(calling, "EXERCISES", {"earlier": "3.8", "later": "3.9"})

    def earlier():
        raise NotImplementedError

    def later():
        return earlier()

    with pytest.raises(NotImplementedError, match=r"needs exercise 3\.8, which is not answered yet"):
        attempt(later)
    with pytest.raises(NotImplementedError, match="In `earlier` the line `raise NotImplementedError` is still there"):
        attempt(earlier)

    def earlier():
        return [1] * 0.5

    with pytest.raises(AssertionError, match=r"`later` stopped, in `earlier` of exercise 3\.8, with an error"):
        attempt(later)


def test_an_error_of_a_network_is_explained_in_lessons_that_say_so():
    text = "TypeError: Expected an integer value for `n`, got <class 'float'>."
    assert "`//` a whole number" in explain_keras(text)
    assert explain_keras("ValueError: height 1: too small") == explain(text) == ""
    for keras, words in ((True, "`//` a whole number"), (False, "")):
        namespace: dict = {}
        exec(slips_text({"mse": "3.8"}, keras=keras), namespace)
        assert words in namespace["explain"](text)
        assert ("KERAS_ERRORS" in namespace) == keras


def test_what_the_build_pastes_runs_by_itself():
    namespace: dict = {}
    exec(slips_text({"mse": "3.8"}), namespace)
    assert namespace["EXERCISES"] == {"mse": "3.8"}
    with pytest.raises(AssertionError, match="255 times too small"):
        namespace["same"](WANTED / 255, WANTED, "x")


class Box:
    """An object without words of its own."""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Box(), "a Box"),
        ([Box()], "a list of 1"),
        (2.5, "2.5 (float)"),
        ({"loss": 1}, "{'loss': 1} (dict)"),
        ("red", "'red' (str)"),
    ],
)
def test_what_came_is_called_by_its_kind_once_and_never_by_an_address(value, words):
    assert slips.describe(value) == words
