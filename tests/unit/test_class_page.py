"""What is made of a class's results: numbers in the place of names, and a wall of what networks painted."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from bs4 import BeautifulSoup

from autograder.networks.painting import painting_of
from autograder.networks.threshold import Limit, Training, pair, photo
from autograder.reports.anonymous import hiding, numbers_of, without_name
from autograder.reports.class_page import class_of, page
from autograder.reports.statistics import Entry
from autograder.results import CellResult, CheckResult, Outcome, Result, Verdict

LIMIT = Limit("portrait-bgr", 0.01, {})


def painting(mirrored=False, change=0.0, made=None):
    picture = photo(LIMIT.photo)
    picture = picture[:, ::-1] if mirrored else picture
    Y = pair(picture)[1] + change if made is None else made
    return painting_of(picture, Training(LIMIT, abs(change), 1, Y), mirrored)


def entry(student: str, message: str = "", **painted) -> Entry:
    check = CheckResult("c", "x", "A check", 1.0, Outcome.FAILED, message, painting=painting(**painted))
    cell = CellResult("x", "Exercise 4.8", Verdict.GRADED, 1.0, 2.0, message, [check])
    return Entry(student, Result("04", student, Verdict.GRADED, 1.0, 2.0, 0.1, "none", cells=[cell]), 1.0)


def test_the_painting_of_right_colours_is_the_photo_and_hangs_upright():
    assert painting().difference < 0.5
    assert painting(mirrored=True).png == painting().png
    assert painting(change=0.1).difference > 2


def test_a_loss_just_below_the_wanted_one_is_reached():
    Y = pair(photo(LIMIT.photo))[1]
    assert painting_of(photo(LIMIT.photo), Training(LIMIT, LIMIT.threshold - 1e-9, 1, Y)).reached


@pytest.mark.parametrize("made", [np.full((1, 64, 64, 2), np.nan), np.zeros((1, 8, 8, 2)), np.zeros(3)])
def test_what_is_no_picture_is_not_painted(made):
    assert painting(made=made) is None
    assert painting_of(photo(LIMIT.photo), Training(LIMIT, np.inf, 3)) is None


def test_a_painting_is_kept_with_the_checks_and_stands_in_no_graded_notebook():
    result = entry("ana").result
    assert Result.restored(json.loads(json.dumps(result.stored()))) == result
    assert result.cells[0].checks[0].painting.png not in json.dumps([result.stored(checks=False), result.as_json()])
    older = result.stored()
    del older["cells"][0]["checks"][0]["painting"]
    assert Result.restored(older).cells[0].checks[0].painting is None
    assert len(result.cells[0].checks[0].painting.png) < 16_000


def test_the_wall_shows_who_reached_the_loss_and_who_did_not():
    evil = '"><script>alert(1)</script>'
    lesson = class_of("04", "Lesson 4", [entry("a", change=0.1), entry(evil)], lambda name: ("Z3JleQ==", "dHJ1ZQ=="))
    text = page([lesson], title="t", made="now")
    assert evil not in text
    wall = BeautifulSoup(text, "html.parser").find("ul", class_="wall")
    said = [figure.get_text(" ", strip=True) for figure in wall.find_all("figcaption")]
    assert said[0].startswith("what it sees") and said[1].startswith("the photo")
    assert evil in said[2] and said[2].endswith("✓ reached") and said[3].endswith("✗ not reached")
    assert all(image["alt"] and image["src"].startswith("data:image/png;base64,") for image in wall.find_all("img"))


def test_numbers_stand_for_names_wherever_they_are_said():
    names = {"ana-1": "Ana Sample", "bob": "Bob", "x": "X"}
    called = numbers_of(names, b"secret")
    assert set(called.values()) == {"student 1", "student 2", "student 3"}
    assert called == numbers_of(reversed(names), b"secret")
    assert len({numbers_of(names, bytes([i]))["bob"] for i in range(9)}) > 1, "the order says nothing"
    said = replace(entry("ana-1", "submitted/ana-1/04: Sample and bob; bobbin, X = 3"))
    found = without_name(said, called, hiding(called, names))
    mine = found.result.cells[0].checks[0].message
    assert mine == f"submitted/{called['ana-1']}/04: {called['ana-1']} and {called['bob']}; bobbin, X = 3"
    assert found.student == called["ana-1"] and found.result.notebook == ""
    assert hiding(called, names, shortest=1)("x, 04: not graded yet") == f"{called['x']}, 04: not graded yet"
