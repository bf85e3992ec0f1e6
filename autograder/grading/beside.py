"""The course's own pictures, small, as they stand beside a student's that is not right yet: what it should look like, and nothing else of the answer."""

from __future__ import annotations

import ast
import base64
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from nbformat import NotebookNode
from PIL import Image

from autograder.course import cell_code
from autograder.course.drawn import answer_of
from autograder.grading.drawing import PICTURES

# Pixels of a picture, and the quality of a JPEG of 100: enough to compare with, and a fifth of the bytes.
PIXELS, QUALITY = 110_000, 50
# So many numbers in a sentence are a list of what was measured; a reader of the text needs what is seen.
LIST = 3
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
SENTENCES = re.compile(r"(?<=[.!?]) +")
# From how many heights a width is wide: such pictures stand one below the other.
WIDE = 1.8


def small_pictures(
    solution: NotebookNode, outputs: Mapping[str, Sequence[Any]], behind: Mapping[str, list[str]]
) -> dict[str, dict[str, str]]:
    """Return by the ids of cells the first picture that each shows with the course's answers, small: its "kind", "shape", "data" (base64) and "alt".

    Text is never among it. Left out is a cell that depends on an answer which is no function of something: its picture could show the answer.

    Parameters
    ----------
    solution : NotebookNode
        A lesson with the course's own answers.
    outputs : mapping
        What the cells show, by their ids.
    behind : mapping
        On which answers each depends.
    """
    functions = {answer_of(cell) for cell in solution.cells if answer_of(cell) and _is_function(cell.source)}
    found = {}
    for cell, shown in outputs.items():
        picture = next(filter(None, map(picture_of, shown)), None)
        if picture and behind.get(cell) and functions.issuperset(behind[cell]):
            found[cell] = _small(picture)
    return found


def picture_of(output: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the picture that an output of a cell is: its "kind", "data" (base64) and "alt"; None for another output."""
    for kind in PICTURES:
        data = output.get("data", {}).get(kind)
        if data and kind.startswith("image/") and "svg" not in kind:
            texts = [about["alt"] for about in output.get("metadata", {}).values() if _has_alt(about)]
            joined = "".join(data) if isinstance(data, list) else data
            return {"kind": kind, "data": "".join(joined.split()), "alt": texts[0] if texts else ""}
    return None


def _has_alt(about: Any) -> bool:
    return isinstance(about, dict) and isinstance(about.get("alt"), str)


def _is_function(source: str) -> bool:
    """Whether an answer only defines functions of at least one argument."""
    try:
        body = cell_code.read(source).body
    except (SyntaxError, cell_code.Unreadable):
        return False
    return bool(body) and all(
        isinstance(node, ast.FunctionDef) and bool(node.args.posonlyargs or node.args.args or node.args.kwonlyargs)
        for node in body
    )


def _small(picture: dict[str, str]) -> dict[str, str]:
    image = Image.open(io.BytesIO(base64.b64decode(picture["data"]))).convert("RGB")
    width, height = image.size
    smaller = min(1.0, (PIXELS / (width * height)) ** 0.5)
    image = image.resize((max(1, round(width * smaller)), max(1, round(height * smaller))), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY, optimize=True)
    shape = "wide" if width > WIDE * height else "square"
    data = base64.b64encode(file.getvalue()).decode()
    return {**picture, "kind": "image/jpeg", "shape": shape, "data": data, "alt": in_words(picture["alt"])}


def in_words(alt: str) -> str:
    """Return the description of a picture without the lists of numbers that the course's answers gave: what there is to see stays.

    Of a sentence with such a list the part before its colon is kept. Without a colon it is left out, unless it is the first.
    """
    kept: list[str] = []
    for sentence in SENTENCES.split(alt):
        head, colon, tail = sentence.partition(": ")
        if len(NUMBER.findall(sentence)) < LIST or (colon and len(NUMBER.findall(tail)) < LIST and not kept):
            kept.append(sentence)
        elif colon and len(NUMBER.findall(head)) < LIST:
            kept.append(f"{head}.")
        elif not kept:
            kept.append(sentence)
    return " ".join(kept)
