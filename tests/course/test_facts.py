"""FACTS.md lists what the lessons have to teach, and for each row the cell that does: it is there, under that heading."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest

from autograder.course import catalog

TABLE = Path(__file__).with_name("FACTS.md").read_text("utf-8")
ROW = re.compile(r"^\| ([TCBF]\d+) \| (.+?) \| (\d\d?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = [match.groups() for match in ROW.finditer(TABLE)]
HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)


def plain(text: str) -> str:
    """A text without line breaks and emphasis: what a reader sees."""
    return re.sub(r"\s+", " ", text.replace("*", "").replace("`", ""))


@functools.cache
def parts_under_headings(lesson: catalog.Lesson) -> list[tuple[str, str]]:
    """Of each cell of the release, or of each part of it that begins with a heading: the last heading at or above it, and its text."""
    heading, found = "", []
    for cell in lesson.read_release().cells:
        parts = (
            re.split(r"^(?=#{1,3} )", cell.source, flags=re.MULTILINE)
            if cell.cell_type == "markdown"
            else [cell.source]
        )
        for part in parts:
            here = HEADING.match(part) if cell.cell_type == "markdown" else None
            heading = here[1] if here else heading
            found.append((plain(heading), plain(part)))
    return found


def test_no_row_is_missing():
    """T and C are the whole tutorial's first version; B (beta) and F (final) are numbered without a gap."""
    last = {letter: sum(row[0][0] == letter for row in ROWS) for letter in "TCBF"}
    assert [row[0] for row in ROWS] == [f"{letter}{n}" for letter in "TCBF" for n in range(1, last[letter] + 1)]
    assert (last["T"], last["C"]) == (17, 11)
    assert last["F"] >= 15


@pytest.mark.parametrize(("row", "idea", "lesson", "heading", "words"), ROWS, ids=[row[0] for row in ROWS])
def test_the_cell_that_is_named_teaches_the_row(row, idea, lesson, heading, words):
    (found,) = [one for one in catalog.lessons() if one.name.startswith(f"{int(lesson):02}_")]
    cells = [text for above, text in parts_under_headings(found) if above == plain(heading)]
    assert cells, f"{row}: {found.name} has no heading {heading!r}"
    for part in words.split(" … "):
        assert any(plain(part) in text for text in cells), f"{row}, {idea}: {part!r} is not under {heading!r}"


def test_what_lesson_6_says_of_real_photos_was_measured():
    """Its table and the words of its chart have the figures of assets/lesson_6_real.json."""
    measured = json.loads((catalog.PACKAGE.parent / "assets" / "lesson_6_real.json").read_text("utf-8"))
    text = next(
        text for above, text in parts_under_headings(catalog.lesson("06_final")) if "Optional: a class" in above
    )
    table = [tuple(map(float, row)) for row in re.findall(r"\| \**(0\.\d+)\** \| \**(\d+\.\d+)\** \|", text)]
    rows = {name: (answer["loss"], answer["ΔE"]) for name, answer in measured["judged"].items()}
    assert table == [rows[name] for name in ("grey", "untold", "small", "large", "true")]
    for loss, apart in rows.values():
        assert f"{loss:.5f} and {apart:.2f}" in text
    for classifier in measured["classifiers"].values():
        assert f"right for {100 * classifier['right']:.0f}" in text
