"""Random submissions, random answers of kernels, random descriptions of networks: each ends in a verdict and a plain sentence, none in a crash.

A short run of each stands in `make test`, always the same; `make test-all` has 10,000 and more, new ones each time.
"""

from __future__ import annotations

import copy
import functools
import json
import os
import tempfile
from functools import partial
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.checks import expect
from autograder.course import catalog, samples
from autograder.course.catalog import nbgrader_facts
from autograder.errors import StudentError, Unreadable
from autograder.kernel import codec
from autograder.kernel.client import Student
from autograder.kernel.models import SerializedModel
from autograder.kernel.outputs import Output
from autograder.networks import rebuilding
from autograder.networks.spec import ALPHA
from autograder.reports import cards
from autograder.results import CellResult, CheckResult, Verdict
from autograder.settings import limits
from autograder.submission.rebuild import open_submission
from tests.support.descriptions import layer

LESSON = catalog.lessons()[0]


def tries(claim, strategy, examples: int) -> None:
    """Let hypothesis look for an example that refutes a claim; a short look is the same each time."""

    @settings(
        max_examples=examples,
        derandomize=examples < 1000,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def look(example):
        claim(example)

    look()


def short_and_long(short: int, long: int = 10_000):
    return pytest.mark.parametrize("examples", [short, pytest.param(long, marks=pytest.mark.slow)])


# -- what things are made of --------------------------------------------------------------------------------------------

LETTERS = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("#✏️🔎:`$<>&\\\n\r\t\x00\x1b[]()%!?\u202e"), max_size=30
)


WORDS = st.sampled_from(
    [
        *(exercise.id for exercise in LESSON.exercises()),
        *(
            "cells",
            "metadata",
            "nbgrader",
            "grade_id",
            "source",
            "id",
            "cell_type",
            "outputs",
            "code",
            "markdown",
            "raw",
        ),
        *("# ✏️ Answer: mix", "# 🔎 Check: mix", "raise NotImplementedError", "def f():\n  return (", "%%time", "'''"),
        *(
            "ok",
            "raised",
            "missing",
            "not_callable",
            "names",
            "message",
            "line",
            "array",
            "list",
            "dict",
            "float",
            "int",
        ),
        *(
            "str",
            "tuple",
            "scalar",
            "model",
            "other",
            "none",
            "bool",
            "uint8",
            "float64",
            "nan",
            "inf",
            "0x1p3",
            "AAAA",
        ),
        *(
            "class_name",
            "config",
            "layers",
            "Conv2D",
            "keras.layers",
            "module",
            "Lambda",
            "Sequential",
            "registered_name",
        ),
    ]
)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers()
    | st.floats(allow_nan=True)
    | st.sampled_from([10**400, -(10**4000), 2**64, 1e308])
    | LETTERS
    | WORDS
)


JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(LETTERS | WORDS, inner, max_size=4),
    max_leaves=12,
)


CHANGES = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from(["replace", "delete", "double", "wrap", "swap"]), JSON), max_size=6
)


def places(tree, path=()) -> list[tuple]:
    """The ways to every part of a JSON tree."""
    found = [path] if path else []
    if isinstance(tree, dict):
        found += [way for key in tree for way in places(tree[key], (*path, key))]
    if isinstance(tree, list):
        found += [way for index in range(len(tree)) for way in places(tree[index], (*path, index))]
    return found


def changed(tree, changes):
    """A copy of a JSON tree with some parts of it changed."""
    tree = copy.deepcopy(tree)
    for number, how, value in changes:
        ways = places(tree)
        if not ways:
            return tree
        *way, last = ways[number % len(ways)]
        holder = tree
        for step in way:
            holder = holder[step]
        if how == "replace":
            holder[last] = value
        elif how == "delete":
            del holder[last]
        elif how == "wrap":
            holder[last] = [holder[last]]
        elif how == "double" and isinstance(holder, list):
            holder.insert(last, copy.deepcopy(holder[last]))
        elif how == "swap" and isinstance(holder, list):
            holder.append(holder.pop(last))
    return tree


# -- submissions ---------------------------------------------------------------------------------------------------------


@functools.cache
def right_submission() -> dict:
    """A finished lesson as JSON, with short texts: the pictures of the course say nothing here."""
    notebook = json.loads(nbformat.writes(samples.submission(LESSON, samples.solutions(LESSON))))
    for cell in notebook["cells"]:
        cell.pop("attachments", None)
        if cell["cell_type"] == "markdown":
            cell["source"] = ["".join(cell["source"])[:40]]
    return notebook


NOTEBOOKS = st.builds(changed, st.just(right_submission()), CHANGES)


TEXTS = (
    NOTEBOOKS.map(lambda data: json.dumps(data).encode())
    | st.tuples(NOTEBOOKS, st.integers(0, 10**6), st.binary(max_size=6)).map(
        lambda parts: (
            lambda text, place, bytes_: text[: place % len(text)] + bytes_ + text[(place + len(bytes_)) % len(text) :]
        )(json.dumps(parts[0]).encode(), parts[1], parts[2])
    )
    | JSON.map(lambda data: json.dumps(data).encode())
    | st.binary(max_size=200)
)


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        yield Path(folder) / f"{LESSON.name}.ipynb"


@short_and_long(60)
def test_any_file_is_rebuilt_on_the_release_or_refused_in_one_line(place, examples):
    release = LESSON.read_release()
    graded = [cell.id for cell in release.cells if nbgrader_facts(cell).get("grade")]
    fixed = {c.id: c.source for c in release.cells if not nbgrader_facts(c).get("solution")}

    def claim(text: bytes) -> None:
        place.write_bytes(text)
        try:
            submission = open_submission(place)
        except Unreadable as error:
            said = str(error)
        else:
            said = ""
        if said:
            assert "\n" not in said
            assert len(said) < 400
            assert "Traceback" not in said
            return
        cells = submission.notebook.cells
        assert [cell.id for cell in cells if nbgrader_facts(cell).get("grade")] == graded
        assert {cell.id: cell.source for cell in cells if cell.id in fixed} == fixed, "a cell of the course was changed"
        assert len({cell.id for cell in cells}) == len(cells)
        nbformat.validate(submission.notebook)
        json.dumps(submission.notebook).encode()
        "".join(submission.repairs).encode()

    tries(claim, TEXTS, examples)


# -- answers of kernels -----------------------------------------------------------------------------------------------

ENCODED = st.builds(
    changed,
    st.sampled_from(
        [
            {"ok": codec.encode(np.arange(6.0).reshape(2, 3))},
            {"ok": codec.encode((np.ones((2, 2, 3), np.uint8), [1.5, "x"], {"a": None, 3: True}))},
            {"ok": codec.encode(np.float32(2.5))},
            {"ok": ["dict", [[["str", "img_result.png"], codec.encode(np.zeros(9, np.uint8))]]]},
            {"raised": {"names": ["ValueError", "Exception"], "message": "too dark", "line": "x = 1"}},
            {
                "ok": [
                    "model",
                    '{"class_name": "Sequential", "config": {"layers": []}}',
                    [codec.encode(np.ones(3))],
                    None,
                ]
            },
        ]
    ),
    CHANGES,
)


REPLIES = (ENCODED | JSON).map(json.dumps) | LETTERS | st.integers(1, 20_000).map(lambda deep: "[" * deep)


@short_and_long(200)
def test_any_reply_is_a_value_or_no_evidence_and_can_be_said_on_a_card(examples):
    exercise = LESSON.exercises()[0]

    def claim(reply: str) -> None:
        student = Student(lambda _: reply)
        asks = (
            lambda: student.call("f", 1), lambda: student.value("x"), lambda: student.error("f"),
            lambda: student.arguments_after("f", np.ones(3)), lambda: student.files_from("f"),
        )  # fmt: skip
        for ask in asks:
            try:
                value = ask()
            except StudentError as error:
                said = str(error)
            else:
                said = expect.describe(value)
                for look in (
                    partial(expect.array, shape=(None, 3), kind="number", low=0, high=1),
                    partial(expect.number, low=0),
                    partial(expect.near, wanted=0.5, atol=0.1),
                ):
                    try:
                        look(value, what="it")
                    except AssertionError as error:
                        said = str(error)
            said.encode()
            check = CheckResult("test_x", exercise.id, "Title", 1, "failed", said)
            card = cards.card_html(
                CellResult(exercise.check_id, exercise.title, Verdict.GRADED, 0.0, 1.0, said, [check], visible=said)
            )
            assert "<script" not in card
            card.encode()

    tries(claim, REPLIES, examples)


MESSAGES = st.builds(
    changed,
    st.sampled_from(
        [
            {"msg_type": "stream", "content": {"name": "stdout", "text": "x"}},
            {"msg_type": "error", "content": {"ename": "E", "evalue": "v", "traceback": ["a", "b"]}},
            {
                "msg_type": "display_data",
                "content": {
                    "data": {"text/plain": "x", "image/png": "AAAA", "text/html": "<b>"},
                    "metadata": {"image/png": {"alt": "a picture", "width": 3}},
                    "transient": {"display_id": "d"},
                },
            },
            {
                "msg_type": "execute_result",
                "content": {"data": {"text/plain": "x"}, "metadata": {}, "execution_count": 1},
            },
            {"msg_type": "clear_output", "content": {"wait": False}},
        ]
    ),
    CHANGES,
).filter(lambda message: isinstance(message, dict)) | st.dictionaries(
    st.sampled_from(["msg_type", "content", "header"]), JSON
)


@short_and_long(100)
def test_any_message_of_a_kernel_is_an_output_or_nothing(examples):
    shown = {"stream", "error", "display_data", "execute_result"}

    def claim(message: dict) -> None:
        kept = Output(limits()).keep({"parent_header": {}, "header": {}, **message}, 0)
        if kept is None or kept["msg_type"] not in shown:
            return
        output = nbformat.v4.output_from_msg({**kept, "header": {"msg_type": kept["msg_type"]}})
        cell = nbformat.v4.new_code_cell("", outputs=[output])
        nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))
        json.dumps(output, ensure_ascii=False).encode()
        assert set(output.get("data", {})) <= {"text/plain", "image/png", "image/jpeg"}

    tries(claim, MESSAGES, examples)


# -- networks ---------------------------------------------------------------------------------------------------------


SMALL_NETWORK = {
    "class_name": "Sequential",
    "config": {
        "name": "small",
        "layers": [
            layer("InputLayer", batch_shape=[None, None, None, 1]),
            layer("Conv2D", filters=2, kernel_size=[3, 3], strides=[1, 1], padding="same", activation="tanh"),
            layer("UpSampling2D", size=[2, 2]),
        ],
    },
}


COMPILED = {"optimizer": "RMSprop", "settings": {"learning_rate": 0.001}, "loss": "mse"}


@short_and_long(30, 2_000)
def test_any_description_of_a_network_is_rebuilt_or_refused(examples):
    def claim(parts) -> None:
        config, compiled, weights = parts
        sealed = SerializedModel(
            json.dumps(config), [np.ones(shape, np.float32) for shape in weights], json.dumps(compiled)
        )
        for how in ({"weights": True}, {"weights": False, "compiled": True}):
            try:
                network = rebuilding.rebuild(sealed, "what f() returns", **how)
            except StudentError as error:
                str(error).encode()
            else:
                assert network.count_params() <= ALPHA.max_weights

    shapes = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), max_size=2) | st.just([(3, 3, 1, 2), (2,)])
    strategy = st.tuples(
        st.builds(changed, st.just(SMALL_NETWORK), CHANGES), st.builds(changed, st.just(COMPILED), CHANGES), shapes
    )
    tries(claim, strategy, examples)
