"""What is made of a class's results: numbers in the place of names, and a wall of what networks painted."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import runpy
from dataclasses import replace

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from autograder.cli.report import _network_of as network_of
from autograder.course import catalog
from autograder.networks import rebuilding, threshold, worlds
from autograder.networks.learning import Learned
from autograder.networks.painting import painting_of, unseen_of
from autograder.networks.spec import ALPHA, BETA, FUSION
from autograder.networks.threshold import Limit, Training, pair, photo
from autograder.reports.anonymous import numbers_of, without_name
from autograder.reports.class_data import as_csv, as_json
from autograder.reports.class_page import class_of, page
from autograder.reports.name_search import finder
from autograder.reports.statistics import NOT_GRADED, Entry, ForReview, alike, line_of
from autograder.reports.wall import Network, Photo, wall
from autograder.results import CellResult, CheckResult, Outcome, Result, Verdict

LIMIT = Limit("portrait-bgr", 0.01, {})
NETWORK = Network("build_alpha", "compile_alpha", lambda name: Photo(f"The photo {name}", "Z3JleQ==", "dHJ1ZQ=="))


def painting(mirrored=False, change=0.0, made=None):
    picture = photo(LIMIT.photo)
    picture = picture[:, ::-1] if mirrored else picture
    Y = pair(picture)[1] + change if made is None else made
    return painting_of(picture, Training(LIMIT, abs(change), 1, Y), mirrored)


def check(exercise: str, outcome=Outcome.FAILED, message="", painting=None, carried=()) -> CheckResult:
    return CheckResult(f"c_{exercise}", exercise, "A check", 1.0, outcome, message, carried=carried, painting=painting)


def of(student: str, *checks: CheckResult) -> Entry:
    cells = [
        CellResult(c.exercise, f"Exercise 4.{i} · A title", Verdict.GRADED, 1.0, 2.0, c.message, [c])
        for i, c in enumerate(checks, 1)
    ]
    return Entry(student, Result("04", student, Verdict.GRADED, 1.0, 2.0, 0.1, "none", cells=cells), 1.0)


def entry(student: str, message: str = "", **painted) -> Entry:
    return of(student, check("compile_alpha", message=message, painting=painting(**painted)))


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


@pytest.mark.parametrize("loss", [np.nan, np.inf])
def test_what_has_a_loss_that_is_no_number_is_not_painted_and_does_not_hang(loss):
    Y = pair(photo(LIMIT.photo))[1]
    assert painting_of(photo(LIMIT.photo), Training(LIMIT, loss, 1, Y)) is None
    kept = of("ana", check("compile_alpha", painting=replace(painting(), loss=loss)))
    assert not wall([kept], NETWORK).panels
    assert (
        as_json([class_of("04", "t", [kept], NETWORK)], {"ana": "ana"})["lessons"][0]["students"][0]["painting"] is None
    )


def drawn(change=0.0, made=None, score=0.01, spec=BETA):
    """What a network paints whose colours are off by so much, on four drawn pictures."""
    L, Y = worlds.pairs(worlds.draw(4, 3, spec)[0], spec.scale)
    done = Learned(score, score, 1, 9, Y + change if made is None else made, [], 0.02)
    return unseen_of(L, Y, done, 0.02, spec)


def picture_in(painting):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(painting.png))))


def test_of_a_drawn_world_a_picture_hangs_between_its_grey_and_its_true_colours():
    grey, painted, true = (picture_in(drawn())[:, 34 * part : 34 * part + 32, :3].astype(int) for part in range(3))
    assert np.ptp(grey, axis=-1).max() <= 1 and np.ptp(true, axis=-1).max() > 60
    assert np.array_equal(painted, true) and drawn().difference == 0
    other = picture_in(drawn(0.1))
    assert not np.array_equal(other[:, 34:66, :3], true) and np.array_equal(other[:, 68:, :3], true)
    assert drawn(0.1).difference > 2 and len(drawn().png) < 16_000


@pytest.mark.parametrize("how", [{"made": np.zeros((4, 8, 8, 2))}, {"change": np.nan}, {"score": np.inf}])
def test_of_a_drawn_world_what_is_no_picture_is_not_painted(how):
    assert drawn(**how) is None


@pytest.mark.parametrize(("name", "spec"), [("05_beta", BETA), ("06_final", FUSION)])
def test_the_networks_of_drawn_worlds_have_a_wall_too(name, spec):
    painted = drawn(score=0.03)
    mine = of("ana", check(spec.trained_in, painting=painted))
    text = page([class_of(name, "A lesson", [mine], network_of(name))], title="t", made="now")
    wall = BeautifulSoup(text, "html.parser").find("ul", class_="wall")
    (image,) = wall.find_all("img")
    assert image["src"].endswith(painted.png) and "as the network of ana colours it" in image["alt"]
    assert "loss 0.0300" in wall.get_text() and "✗ not reached" in wall.get_text()
    assert "A loss below 0.0200 is wanted" in text


def test_each_photo_has_a_title_for_people():
    titles = {threshold.title_of(name) for name in ALPHA.photos}
    assert len(titles) == len(ALPHA.photos)
    assert all(title[0].isupper() and "-" not in title for title in titles)


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
    lesson = class_of("04", "Lesson 4", [entry("a", change=0.1), entry(evil)], NETWORK)
    text = page([lesson], title="t", made="now")
    assert evil not in text
    wall = BeautifulSoup(text, "html.parser").find("ul", class_="wall")
    said = [figure.get_text(" ", strip=True) for figure in wall.find_all("figcaption")]
    assert said[0].startswith("what it sees") and said[1].startswith("the photo")
    assert evil in said[2] and said[2].endswith("✓ reached") and said[3].endswith("✗ not reached")
    assert all(image["alt"] and image["src"].startswith("data:image/png;base64,") for image in wall.find_all("img"))
    assert wall.find_previous("h4").get_text() == "The photo portrait-bgr"


OWN, COURSES = painting(change=0.1), replace(painting(), own=False)
CARRIED = {"carried": ("build_alpha",)}


@pytest.mark.parametrize(
    ("built", "trained", "shown"),
    [
        (Outcome.FAILED, check("compile_alpha", Outcome.PASSED, painting=COURSES, **CARRIED), "No network that can be trained: build_alpha did not pass."),
        (Outcome.FAILED, check("compile_alpha", Outcome.PASSED, painting=OWN, **CARRIED), "✗ not reached"),
        (Outcome.PASSED, check("compile_alpha", Outcome.PASSED, painting=replace(OWN, own=False)), "✓ passed with the weights handed in"),
        (Outcome.PASSED, check("compile_alpha", Outcome.PASSED, painting=painting(), carried=("training_pair",)), "✓ reached"),
        (Outcome.BLANK, check("compile_alpha", Outcome.PASSED, painting=COURSES, **CARRIED), "No network: build_alpha is not answered."),
        (Outcome.PASSED, check("compile_alpha", Outcome.BLANK), "Not trained: compile_alpha is not answered."),
        (Outcome.PASSED, check("compile_alpha", Outcome.TIMEOUT), "Training took too long."),
        (Outcome.PASSED, check("compile_alpha"), "Not trained: compile_alpha did not pass."),
        (Outcome.PASSED, check("compile_alpha", Outcome.PASSED), "This grade kept no pictures."),
    ],
)  # fmt: skip
def test_only_what_a_students_own_network_painted_hangs_on_the_wall(built, trained, shown):
    lesson = class_of("04", "Lesson 4", [of("ana", check("build_alpha", built), trained)], NETWORK)
    text = page([lesson], title="t", made="now")
    assert COURSES.png not in text or trained.painting.own
    (mine,) = [one for one in BeautifulSoup(text, "html.parser").select(".wall figcaption") if "ana" in one.get_text()]
    assert mine.get_text(" ", strip=True).endswith(shown)
    (facts,) = as_json([lesson], {"ana": "ana"})["lessons"][0]["students"]
    assert (facts["painting"] is None) == ("✓" not in shown and "✗" not in shown)


@pytest.mark.parametrize(("stood_in", "shown"), [(set(), 1), ({"training_pair"}, 1), ({"build_alpha"}, 0)])
def test_the_check_exhibits_nothing_that_the_courses_network_painted(monkeypatch, stood_in, shown):
    class Student:
        def placeholder(self, name):
            return name

        def call(self, name, *args):
            return threshold.pair(args[0]) if name == "training_pair" else None

    def train(serialized, what, limit, X, Y, truth, seed):
        return Training(limit, 0.0, 1, truth[1])

    monkeypatch.setattr(pytest, "mark", pytest.MarkGenerator(_ispytest=True))  # a check file has markers of its own
    monkeypatch.setattr(rebuilding, "summarize", lambda *_: None)
    monkeypatch.setattr(threshold, "train", train)
    student, draw, painted = Student(), type("Draw", (), {"rng": np.random.default_rng(0)}), []
    student.stood_in = stood_in
    checks = runpy.run_path(str(catalog.lesson("04_alpha_model").checks))
    checks["test_the_network_reaches_the_threshold"](student, draw, lambda name: None, painted.append)
    assert len(painted) == shown and all(one.own for one in painted)


def test_ids_stand_wherever_names_do():
    lesson = class_of("04", "Lesson 4", [entry("s1"), entry("s2"), of("s3", check("build_alpha"))], NETWORK)
    names = dict.fromkeys(("s1", "s2", "s3", "s4"), "Maria Silva")
    waiting = [ForReview("s4", "04", "INFRA", "The grader failed: `x`", "Run `y`.", left_out=True)]
    text = page([lesson], title="t", made="now", names=names, waiting=waiting)
    shown = BeautifulSoup(text, "html.parser").find("main")
    assert len(re.findall("Maria Silva", str(shown))) == len(re.findall(r"\bs[1-4]\b", str(shown))) >= 10
    data = as_json([lesson], names, waiting)
    assert [one["student_id"] for one in data["lessons"][0]["students"]] == ["s1", "s2", "s3"]
    assert (data["waiting"][0]["student_id"], data["waiting"][0]["student"]) == ("s4", "Maria Silva")
    head, *rows = csv.reader(io.StringIO(as_csv([lesson], names)["students.csv"]))
    assert {row[head.index("student_id")] for row in rows} == {"s1", "s2", "s3"}


def test_who_waits_comes_first_with_the_reason_and_what_to_do():
    waiting = [ForReview("s4", "04", "INFRA", "The grader failed: <b>.", "Run `autograder grade 04`.")]
    text = page([class_of("04", "Lesson 4", [entry("s1")])], title="t", made="now", waiting=waiting)
    first, second = BeautifulSoup(text, "html.parser").find_all("section")[:2]
    assert first.find(id="waiting") and second.find(id="help")
    (one,) = first.find_all("li")
    assert one.get_text(" ", strip=True) == "INFRA s4 · Lesson 4 The grader failed: <b>. Run autograder grade 04 ."
    assert not BeautifulSoup(page([], title="t", made="now"), "html.parser").find(id="waiting")


def test_a_class_of_which_the_most_is_not_graded_yet_hides_nobody_who_needs_a_decision():
    new = [
        ForReview(f"s{i:02}", "04", NOT_GRADED, "It is not graded yet.", "Run it.", left_out=True) for i in range(14)
    ]
    waiting = [*new, ForReview("z", "04", "REVIEW", "Its time cannot be read.", "Give points.")]
    text = page([class_of("04", "Lesson 4", [entry("z")])], title="t", made="now", waiting=waiting)
    first, second = BeautifulSoup(text, "html.parser").select(".waiting > li")
    assert "REVIEW z" in first.get_text(" ", strip=True)
    assert "s00 , s01" in second.get_text(" ", strip=True) and "s11 and 2 more" in second.get_text(" ", strip=True)
    (_, line) = [line_of(students, one) for students, one in alike(waiting)]
    assert line.endswith("s11, and 2 more, 04: It is not graded yet. Run it.")


def test_a_class_of_300_is_a_page_that_a_browser_can_hold():
    """Each with a portrait of its own, of nine thousand characters or so: the page has little beside them."""
    one = entry("x", change=0.05)
    entries = [replace(one, student=f"s{i:03}") for i in range(300)]
    lesson = class_of("04", "Lesson 4", entries, NETWORK)
    text = page([lesson], title="t", made="now")
    assert len(text) < 300 * (len(OWN.png) + 2000) < 6e6
    shown = BeautifulSoup(text, "html.parser")
    assert len(shown.select("#help ~ .needs > li")) == 20 and len(shown.select("details .needs > li")) == 280
    assert "scroll" in shown.find("table").parent["class"] and "position: sticky" in text


def test_numbers_stand_for_names_wherever_they_are_said():
    names = {"ana-1": "Ana Sample", "bob": "Bob", "x": "X"}
    called = numbers_of(names, b"secret")
    assert set(called.values()) == {"student 1", "student 2", "student 3"}
    assert called == numbers_of(reversed(names), b"secret")
    assert len({numbers_of(names, bytes([i]))["bob"] for i in range(9)}) > 1, "the order says nothing"
    said = replace(entry("ana-1", "submitted/ana-1/04: Sample and bob; bobbin, X = 3"))
    hide = finder(called, {student: {name} for student, name in names.items()})
    found = without_name(said, called, hide)
    mine = found.result.cells[0].checks[0].message
    assert mine == f"submitted/{called['ana-1']}/04: {called['ana-1']} and {called['bob']}; bobbin, X = 3"
    assert found.student == called["ana-1"] and found.result.notebook == ""
