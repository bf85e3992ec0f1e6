"""The table of what was found names a test for every row, and every test and every wrong answer that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from autograder.course import catalog
from autograder.course.answers import collected

HERE = Path(__file__).parent.parent
TABLE = (HERE / "FOUND.md").read_text("utf-8")
ROWS = {match[1]: match[0] for match in re.finditer(r"^\| ([A-F]\d+) \|.*$", TABLE, re.MULTILINE)}


def test_no_row_is_missing():
    wanted = {*(f"A{n}" for n in range(1, 9)), *(f"B{n}" for n in range(1, 9)), *(f"C{n}" for n in range(1, 12))}
    wanted |= {*(f"D{n}" for n in range(1, 13)), *(f"E{n}" for n in range(1, 6)), *(f"F{n}" for n in range(1, 18))}
    assert set(ROWS) == wanted


def test_every_row_names_tests_that_are_there():
    for row, text in ROWS.items():
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", text)
        assert named, row
        for file, test in named:
            (path,) = HERE.rglob(file)
            assert f"def {test}(" in path.read_text("utf-8"), f"{row}: {file}::{test}"


def test_every_case_that_is_named_is_there():
    for row, text in ROWS.items():
        for cases in re.findall(r"cases? ((?:`\w+`(?:, )?)+)", text.rpartition("|")[0].rpartition("|")[2]):
            for case in re.findall(r"`(\w+)`", cases):
                assert (HERE / "adversarial" / "cases" / f"{case}.py").exists(), f"{row}: {case}"


def test_every_wrong_answer_that_is_named_is_there():
    wrong = [answer for lesson in catalog.lessons() for answer in collected(lesson) if answer.wrong]
    named = [(row, *found) for row, text in ROWS.items() for found in re.findall(r"`(\w+)` “(.+?)”", text)]
    assert named
    for row, exercise, words in named:
        texts = [(a.source, *a.visible, *a.card, *a.lines) for a in wrong if a.exercise == exercise]
        assert any(words in text for answer in texts for text in answer), f"{row}: {exercise} “{words}”"
