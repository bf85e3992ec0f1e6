"""Right numbers in a value of another class: what the visible check of an exercise lets pass, the hidden ones read."""

from __future__ import annotations

import array
import collections
import contextlib
import decimal
import fractions
import io
import warnings

import numpy as np
import pytest

from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import judge
from autograder.course import catalog
from autograder.kernel.client import live

LESSONS = [
    lesson for lesson in catalog.lessons() if "alpha" not in lesson.name
]  # its answers are networks and pictures
# The answers of lessons 5 and 6 that are networks, or are called with one.
NETWORKS = (
    "build_beta", "train_beta", "build_classifier", "train_classifier", "build_fusion", "colour_with", "build_final",
)  # fmt: skip
EXERCISES = [
    (lesson, exercise.id) for lesson in LESSONS for exercise in lesson.exercises() if exercise.id not in NETWORKS
]
KEY = bytes([3]) * 32


def is_number(value) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def is_row(value) -> bool:
    return isinstance(value, list | tuple) and len(value) > 0


def are_numbers(value) -> bool:
    return is_row(value) and all(map(is_number, value))


def is_array(value) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "iuf"


def exactly(value):
    return fractions.Fraction(float(value))


def is_line(value) -> bool:
    return (is_array(value) and value.ndim == 1) or are_numbers(value)


def typed(value):
    whole = all(isinstance(item, int | np.integer) for item in value)
    return array.array("q", map(int, value)) if whole else array.array("d", map(float, value))


# By name: which results can be of the class, and how they become one.
CLASSES = {
    "deque": (is_row, collections.deque),
    "UserList": (is_row, collections.UserList),
    "generator": (is_row, lambda value: (item for item in value)),
    "map": (is_row, lambda value: map(lambda item: item, value)),
    "dict.values()": (is_row, lambda value: dict(enumerate(value)).values()),
    "namedtuple": (lambda v: is_row(v) and len(v) < 20, lambda v: collections.namedtuple("Row", [f"f{i}" for i in range(len(v))])(*v)),
    "array of objects": (is_row, lambda value: np.array(value, object)),
    "array.array": (is_line, typed),
    "bytearray": (lambda v: is_array(v) and v.ndim == 1 and v.dtype == np.uint8, lambda v: bytearray(v.tolist())),
    "memoryview": (is_array, lambda value: memoryview(np.ascontiguousarray(value))),
    "rows in a deque": (is_array, collections.deque),
    "rows in a list": (is_array, list),
    "array of Python's numbers": (is_array, lambda value: value.astype(object)),
    "array of fractions": (lambda v: is_array(v) and v.size < 500 and v.dtype == np.float64, lambda v: np.array([exactly(x) for x in v.ravel()], object).reshape(v.shape)),
    "masked array": (is_array, np.ma.masked_array),
    "record array": (is_array, lambda value: value.view(np.recarray)),
    "complex": (lambda value: is_number(value) or is_array(value), lambda value: value + 0j),
    "Fraction": (is_number, exactly),
    "Decimal": (is_number, lambda value: decimal.Decimal(float(value))),
    "Fractions": (are_numbers, lambda value: type(value)(map(exactly, value))),
    "Decimals": (are_numbers, lambda value: type(value)(decimal.Decimal(float(item)) for item in value)),
    "NumPy numbers": (are_numbers, lambda value: type(value)(map(np.float64, value))),
}  # fmt: skip
QUICK = ("deque", "array.array", "Fractions", "memoryview", "rows in a list")


def outcomes(lesson, exercise: str, name: str) -> tuple[bool, list[str]] | None:
    """Whether the visible check lets the class pass, and what the hidden ones say against it; None if no result can be of it."""
    fits, into = CLASSES[name]
    namespace, used = dict(reference_namespace(lesson)), []
    right = namespace[exercise]

    def answer(*args, **kwargs):
        result = right(*args, **kwargs)
        if not fits(result):
            return result
        used.append(True)
        return into(result)

    namespace[exercise] = answer
    check = next(cell for cell in lesson.read_release().cells if cell.id == f"{exercise}_check")
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run_cell(check.source, dict(namespace), check.id)
        passes = True
    except Exception:
        passes = False
    if not used:
        return None
    results = judge(lesson, lambda _: live(namespace), KEY, exercises={exercise}) if passes else []
    return passes, [result.message for result in results if not result.passed]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in CLASSES]
)
@pytest.mark.parametrize("pair", EXERCISES, ids=lambda pair: f"{pair[0].name[:2]}-{pair[1]}")
def test_what_passes_the_visible_check_passes_the_hidden_ones(pair, name):
    found = outcomes(*pair, name)
    if found is not None and found[0]:
        assert found[1] == []


def test_the_classes_are_met_where_it_matters():
    lesson = LESSONS[0]
    assert outcomes(lesson, "measure", "deque") == (True, [])
    assert outcomes(lesson, "measure", "Fractions") == (True, [])
    assert outcomes(lesson, "pixel_at", "array.array") == (True, [])
