"""A cell that would take long to be taken apart is refused soon."""

from __future__ import annotations

import contextlib
import json
import time

import nbformat
import pytest

from autograder.course import samples
from autograder.errors import Unreadable
from autograder.submission.cells import MOST_PARSED
from autograder.submission.rebuild import open_submission

# -- what takes long ---------------------------------------------------------------------------------------------------

LONG = 1_000_000


FILLED = {
    "statements": "();", "lines": "();\n", "brackets": "(", "lists": "[]\n", "continued lines": "\\\n", "f-strings": "f'{a}';", "open f-strings": "f'{",
    "a name of marks": "\u0301\u0316", "letters that become many": "\ufdfa", "a number": "9", "a hexadecimal number": "f", "minus": "-", "not": "not ",
    "plus": "a+", "calls": "()", "blanks": " ", "tabs": "\t", "blank lines": " \n", "returns": "\r", "zeros": "\0", "surrogates": "\ud800",
    "magics": "%a\n", "questions": "a?", "a long word": "a", "strings": "'a' ", "lambdas": "lambda:", "comparisons": "a<",
    "markers": "# Answer: mix\n", "nearly markers": "#Answer:\n", "no markers": "#" * 500 + "Answer" + " " * 500 + "\n", "a line of #": "#", "# and blanks": "# ",
    "open links": "](", "links": "](h", "ticks": "`", "fences": "``` \n", "fences and blanks": "``` ", "tildes": "~`", "entities": "&" + "a" * 31, "ampersands": "&",
    "tags": "<a", "pictures": "![", "TeX": "\\css", "colons": "[:", "dollars": "$",
}  # fmt: skip


def seconds(path) -> float:
    """Processor time to read and rebuild a file, or to refuse it."""
    began = time.process_time()
    with contextlib.suppress(Unreadable):
        open_submission(path)
    return time.process_time() - began


@pytest.fixture(scope="module")
def honest_pace(tmp_path_factory):
    """Seconds for each character of an honest notebook."""
    from tests.conftest import LESSONS

    path = tmp_path_factory.mktemp("honest") / f"{LESSONS[0].name}.ipynb"
    path.write_text(nbformat.writes(samples.submission(LESSONS[0], samples.solutions(LESSONS[0]))), "utf-8")
    characters = sum(len(cell.source) for cell in nbformat.read(path, 4).cells)
    return min(seconds(path) for _ in range(3)) / characters


@pytest.mark.parametrize("kind", FILLED)
def test_a_long_cell_takes_no_longer_for_each_character_than_an_honest_one(
    kind, honest_pace, first, finished, tmp_path
):
    """As the tail of an answer, of two answers in one cell (then it is refused or parsed), and as text."""
    one, two = (exercise.id for exercise in first.exercises()[:2])
    tail = (FILLED[kind] * (LONG // len(FILLED[kind])))[:LONG]
    path = tmp_path / f"{first.name}.ipynb"
    for source in (
        f"# Answer: {one}\nx = 1\n# Answer: {two}\nx = a{tail[: MOST_PARSED // 2 - 100]}",
        f"# Answer: {one}\nx = 0x{tail}",
        tail,
    ):
        cells = [nbformat.v4.new_code_cell(source), nbformat.v4.new_markdown_cell(source)]
        notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [*finished.cells, *cells]}
        path.write_bytes(json.dumps(notebook).encode())
        assert seconds(path) < 10 * honest_pace * 2 * len(source) + 1


def test_cells_of_several_answers_that_parse_slowly_are_refused_at_once(rebuilt, first, finished):
    one, two = (exercise.id for exercise in first.exercises()[:2])
    slow = f"# Answer: {one}\nx = 1\n# Answer: {two}\n" + "();" * 330_000
    finished.cells += [nbformat.v4.new_code_cell(slow) for _ in range(7)]
    began = time.process_time()
    with pytest.raises(Unreadable, match="too long to be taken apart"):
        rebuilt(finished)
    assert time.process_time() - began < 3


def test_many_merged_cells_share_one_bound(rebuilt, first, finished):
    one, two = (exercise.id for exercise in first.exercises()[:2])
    merged = f"# Answer: {one}\nx = 1\n# Answer: {two}\n" + "x = 1\n" * 600
    finished.cells += [nbformat.v4.new_code_cell(merged) for _ in range(60)]
    with pytest.raises(Unreadable, match="too long to be taken apart"):
        rebuilt(finished)


def test_more_text_than_anybody_writes_is_for_a_human(rebuilt, finished):
    finished.cells += [nbformat.v4.new_code_cell("x" * LONG) for _ in range(9)]
    with pytest.raises(Unreadable, match="more than 8 million"):
        rebuilt(finished)
