"""Reads `alpha.ladder.npz`, which lesson 4 writes beside its notebook: what a network painted on its way. The file is read as if a stranger had sent it."""

from __future__ import annotations

import io
import math
import re
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.errors import Unreadable
from autograder.safe_text import printable

NAME = "alpha.ladder.npz"
# Bytes of the file and of each array in it, unpacked, sides of a picture, pictures, epochs.
LARGEST, LARGEST_ARRAY, SIDES, MOST_PICTURES, MOST_EPOCHS = 16 * 2**20, 64 * 2**20, (8, 1024), 16, 10**7
DATE = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")
AGAIN = "Run the cell under the heading “The ladder” in lesson 4 again; it writes the file anew."


@dataclass(frozen=True)
class Rung:
    """What a network painted after so many epochs (0: nobody knows): uint8 RGB of shape (H, W, 3), and its loss."""

    epochs: int
    loss: float
    picture: np.ndarray


@dataclass(frozen=True)
class Ladder:
    """What lesson 4 kept of a training.

    Attributes
    ----------
    grey : ndarray of uint8, shape (H, W)
        The grey portrait.
    rungs : list of Rung
        With rising epochs.
    date : str
        When the last one was reached, "2026-03-01 23:59", by the clock of the learner's machine.
    seed : int or None
        Of the run; None where nobody knows it.
    """

    grey: np.ndarray
    rungs: list[Rung]
    date: str
    seed: int | None = None


def read_ladder(path: Path) -> Ladder:
    """Return what a file of lesson 4 holds.

    Raises
    ------
    Unreadable
        With one line that says what is wrong with it, and what helps.
    OSError
        If it is not there or cannot be read.
    """
    name = printable(path.name)
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    try:
        if len(data) > LARGEST:
            raise ValueError(f"it is larger than {LARGEST // 2**20} MB")
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _ladder(packed)
    except zipfile.BadZipFile:
        raise Unreadable(f"{name}: not a file of NumPy's, or not whole. {AGAIN}") from None
    except (ValueError, TypeError, KeyError, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        why = " ".join(str(error).split())[:200]
        raise Unreadable(f"{name}: not what lesson 4 writes ({why}). {AGAIN}") from None


def _ladder(packed: zipfile.ZipFile) -> Ladder:
    grey = _array(packed, "grey", "u1", 2)
    pictures = _array(packed, "pictures", "u1", 4)
    epochs, losses = _array(packed, "epochs", "i8", 1).tolist(), _array(packed, "losses", "f8", 1).tolist()
    date, seed = str(_array(packed, "date", "U", 0)), int(_array(packed, "seed", "i8", 0))
    if not all(SIDES[0] <= side <= SIDES[1] for side in grey.shape):
        raise ValueError(f"a portrait of {grey.shape[1]} × {grey.shape[0]} pixels")
    if pictures.shape[1:] != (*grey.shape, 3) or not 1 <= len(pictures) <= MOST_PICTURES:
        raise ValueError("pictures of another shape than the portrait's")
    if not len(pictures) == len(epochs) == len(losses):
        raise ValueError("not as many epochs and losses as pictures")
    if not all(
        0 < one < other <= MOST_EPOCHS for one, other in zip([*epochs], [*epochs[1:], MOST_EPOCHS], strict=True)
    ):
        raise ValueError("epochs that do not rise")
    if not all(math.isfinite(loss) and 0 <= loss < 1000 for loss in losses):
        raise ValueError("a loss that is none")
    if not DATE.fullmatch(date):
        raise ValueError("no date")
    rungs = [Rung(*each) for each in zip(epochs, losses, pictures, strict=True)]
    return Ladder(grey, rungs, date, seed)


def _array(packed: zipfile.ZipFile, name: str, kind: str, dimensions: int) -> np.ndarray:
    """An array of plain numbers or text. What its header says is looked at before anything of that size is read."""
    try:
        member = packed.getinfo(f"{name}.npy")
    except KeyError:
        raise ValueError(f"`{name}` is missing") from None
    if member.file_size > LARGEST_ARRAY:
        raise ValueError(f"`{name}` is too large")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"`{name}` is packed in another way than NumPy does")
    with packed.open(member) as file:
        major, _ = np.lib.format.read_magic(file)
        if major not in (1, 2):
            raise ValueError(f"`{name}` is of another version")
        read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        try:
            shape, by_columns, dtype = read(file)
        except (SyntaxError, tokenize.TokenError):  # NumPy reads it as Python text
            raise ValueError(f"`{name}` has no header") from None
        right = dtype.kind == "U" if kind == "U" else dtype == np.dtype(kind)
        if not right or len(shape) != dimensions or (by_columns and dimensions > 1):
            raise ValueError(f"`{name}` has another type or shape")
        size = math.prod(shape) * dtype.itemsize
        data = file.read(min(size, member.file_size))
    if len(data) != size:
        raise ValueError(f"`{name}` is cut off")
    return np.frombuffer(data, dtype).reshape(shape)
