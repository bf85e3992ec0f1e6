"""`autograder bench grading`: who is in the class, what they hand in, and the arithmetic. tests/nbgrader/test_bench.py runs it."""

from __future__ import annotations

import json
import sys
from collections import Counter

import nbformat
import pytest

from autograder.cli import bench_class, bench_figures, bench_measure
from autograder.cli.bench_class import ABOUT, ATTACKS, Desk, Student
from autograder.cli.bench_figures import Measured
from autograder.cli.bench_grading import MIX
from autograder.cli.bench_sides import Ours, Run, Stock
from autograder.course import samples
from autograder.course.answers import collected
from autograder.course.catalog import nbgrader_facts
from autograder.errors import CourseError
from autograder.results import Result, Verdict

MIXED = bench_class.read_mix(MIX)
# What the issue of this command asked for; others read it.
KEYS = {
    "students", "lessons", "jobs", "stock_s", "ours_s", "ratio", "stock_with_feedback_s", "ours_with_feedback_s", "ratio_with_feedback",
    "ours_by_phase", "page_bytes",
}  # fmt: skip


# -- the class --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 5, 7, 20, 100, 1000])
def test_a_class_has_as_many_as_it_should_in_the_shares_of_the_mix(number):
    counts = Counter(student.kind for student in bench_class.students(number, MIXED))
    assert counts.total() == number
    for kind, part in MIXED.items():
        assert abs(counts[kind] - number * part / 100) < 1


def test_everybody_has_a_name_and_the_kinds_are_spread():
    whole = bench_class.students(200, MIXED)
    assert [student.name for student in whole] == [f"student-{number:04d}" for number in range(1, 201)]
    for half in (whole[:100], whole[100:]):
        assert all(abs(count - MIXED[kind]) <= 1 for kind, count in Counter(student.kind for student in half).items())


def test_a_sample_is_of_the_class_and_has_its_mix():
    whole = bench_class.students(100, MIXED)
    part = bench_class.sample(whole, 20, MIXED)
    assert Counter(student.kind for student in part) == {"right": 11, "partly": 6, "blank": 2, "slow": 1, "hostile": 1}
    many = bench_class.sample(bench_class.students(400, MIXED), 20, MIXED)
    assert {student.attack(0) for student in many if student.kind == "hostile"} == set(bench_class.ATTACKS)
    assert set(part) < set(whole)
    assert bench_class.sample(whole, 100, MIXED) == whole


def test_a_mix_is_read():
    assert bench_class.read_mix("hostile=2, right=1") == {"right": 1, "hostile": 2}
    assert set(MIXED) == set(ABOUT) and sum(MIXED.values()) == 100


@pytest.mark.parametrize("text", ["right", "clever=1", "right=many", "right=0", ""])
def test_what_is_no_mix_is_refused_with_what_one_is(text):
    with pytest.raises(CourseError, match="right"):
        bench_class.read_mix(text)


def answers_of(text: str) -> dict[str, str]:
    cells = nbformat.reads(text, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in cells if nbgrader_facts(cell).get("solution")}


def own_cells(text: str) -> list[str]:
    cells = nbformat.reads(text, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code" and cell.id.startswith("own-")]


def same(found: str, source: str) -> bool:
    """Whether a cell holds an answer, with or without the marker line."""
    return found == source or found.split("\n", 1)[1] == source


def test_students_hand_in_what_their_kind_says(lesson):
    desk, known = Desk(lesson, 0), collected(lesson)
    blank = answers_of(nbformat.writes(lesson.read_release()))
    right = {name: [source] for name, source in samples.solutions(lesson).items()}
    for answer in known:
        if not answer.wrong:
            right[answer.exercise].append(answer.source)
    for student in bench_class.students(20, MIXED):
        text = desk.text(student)
        nbformat.validate(nbformat.reads(text, as_version=4))
        answers = answers_of(text)
        good = {name for name, source in answers.items() if any(same(source, each) for each in right[name])}
        if student.kind == "blank":
            assert answers == blank
        elif student.kind == "partly":
            assert 0 < len(good) < len(answers)
        else:
            assert good == set(answers)
        computes, attacks = bench_class.COMPUTES in own_cells(text), [own for own in own_cells(text) if own in ATTACKS.values()]  # fmt: skip
        assert computes == (student.kind == "slow") and bool(attacks) == (student.kind == "hostile")


def test_no_two_submissions_are_the_same_and_the_same_class_is_made_again(first):
    whole, desk, again = bench_class.students(20, MIXED), Desk(first, 0), Desk(first, 0)
    made = [desk.text(student) for student in whole]
    assert len(set(made)) == len(whole)
    assert made[:6] == [again.text(student) for student in whole[:6]]


def test_hostile_students_take_each_attack_in_turn():
    by_lesson = [Student("student-0001", "hostile", 0).attack(place) for place in range(3)]
    by_student = [Student("student-0001", "hostile", number).attack(0) for number in range(3)]
    assert set(by_lesson) == set(by_student) == set(ATTACKS)


def test_lessons_are_found_by_number_and_by_name():
    names = [lesson.name for lesson in bench_measure.chosen_lessons(["01,3", "01_rgb_grids"])]
    assert names == ["01_rgb_grids", "03_normalization"]
    with pytest.raises(CourseError, match=r"no lesson '7'.*01_rgb_grids"):
        bench_measure.chosen_lessons(["7"])


# -- the two sides ----------------------------------------------------------------------------------------------------


def test_the_stock_side_has_nothing_of_ours_and_the_same_limit(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SANDBOX", "none")
    side = Stock(tmp_path / "stock")
    text = (side.folder / "nbgrader_config.py").read_text("utf-8")
    assert "autograder" not in text and "Execute.timeout = 30" in text
    assert not [name for name in side.environment() if name.startswith("AUTOGRADER")]
    ours = Ours(tmp_path / "ours", 3)
    assert "autograder.hosts.nbgrader" in (ours.folder / "nbgrader_config.py").read_text("utf-8")
    assert ours.environment()["AUTOGRADER_JOBS"] == "3"


def test_a_command_is_watched(tmp_path):
    side = Stock(tmp_path / "stock")
    program = (
        "import time; much = b'x' * 100_000_000; print('grading student-0001', flush=True); time.sleep(0.7); "
        "print('/student-0002/ and student-0001', flush=True); time.sleep(0.2); raise SystemExit(4)"
    )
    run = side.run([sys.executable, "-c", program])
    assert run.status == 4
    assert list(run.began) == ["student-0001", "student-0002"]
    assert run.start_s + sum(run.spans().values()) == pytest.approx(run.seconds)
    assert run.start_s < run.began["student-0002"] < run.seconds
    assert run.peak_bytes > 100_000_000
    assert "student-0002" in side.last_words()


# -- the arithmetic ---------------------------------------------------------------------------------------------------


def test_stocks_seconds_are_scaled_by_kind():
    whole = [Student(f"student-{n:04d}", kind, n) for n, kind in enumerate(["right"] * 6 + ["slow"] * 3 + ["blank"], 1)]
    part = [whole[0], whole[1], whole[6]]
    run = Run(seconds=2 + 4 + 6 + 10, began={"student-0001": 2.0, "student-0002": 6.0, "student-0007": 12.0})
    # Four more of 5 s, two more of 10 s, and a kind that was not measured: the mean of all, 20 / 3. The start counts once.
    assert bench_figures.scaled(run, part, whole) == pytest.approx(22 + 4 * 5 + 2 * 10 + 20 / 3)
    assert bench_figures.scaled(run, whole, whole) == 22


def result(seconds: float, verdict: Verdict = Verdict.GRADED, **timings: float) -> Result:
    return Result("01_rgb_grids", "x", verdict, 5.0, 10.0, seconds, "namespaces", timings=timings)


@pytest.fixture
def measured(first) -> Measured:
    """Two students, both graded by either side."""
    whole = bench_class.students(2, {"right": 1, "hostile": 1})
    found = Measured([first], {"right": 1, "hostile": 1}, whole, whole, jobs=2)
    began = {"student-0001": 1.0, "student-0002": 9.0}
    for side, step, seconds in (("stock", "grades", 41.0), ("stock", "feedback", 9.0), ("ours", "grades", 4.0), ("ours", "feedback", 1.0)):  # fmt: skip
        found.runs[side, step, first.name] = Run(seconds, began=began if side == "stock" else {"student-0001": 0.5}, processor_s=0.3)  # fmt: skip
    found.results = {(first.name, "student-0001"): result(2.0, cells=1.5, checks=0.25), (first.name, "student-0002"): result(3.0, cells=2.5)}  # fmt: skip
    found.pages = {"ours": [1000, 3000], "stock": [5000]}
    return found


def test_the_object_has_the_keys_that_were_asked_for(measured):
    values = bench_figures.figures(measured)
    assert set(values) >= KEYS
    assert json.loads(json.dumps(values)) == values
    assert (values["stock_s"], values["ours_s"], values["ratio"]) == (41.0, 4.0, 10.25)
    assert (values["stock_with_feedback_s"], values["ours_with_feedback_s"], values["ratio_with_feedback"]) == (
        50,
        5,
        10,
    )
    assert values["page_bytes"] == 3000


def test_our_seconds_are_given_by_phase(measured):
    assert bench_figures.phases(measured) == {
        "start": 0.5, "cells": 4.0, "checks": 0.25, "rest of a job": 0.75, "not in a job": 1.0, "main process": 0.3, "pictures": 0.0,
    }  # fmt: skip


def test_what_is_drawn_behind_the_grades_is_told_apart(tmp_path):
    side = Ours(tmp_path / "ours", 1)
    text = "import time; print('INFO Grading x', flush=True); time.sleep(0.4); print('INFO 01: drawing the pictures of 3 submissions', flush=True); time.sleep(0.7)"
    run = side.run([sys.executable, "-c", text])
    assert 0.6 < run.drawing_s < run.seconds - 0.3


def test_the_share_of_each_kind_is_given_on_both_sides(measured):
    kinds = bench_figures.by_kind(measured)
    assert kinds["hostile"]["stock_mean_s"] == 32 and kinds["hostile"]["stock_share"] == 0.8
    assert kinds["hostile"]["ours_mean_s"] == 3 and kinds["hostile"]["ours_share"] == 0.6
    assert kinds["right"]["ours_share_of_points"] == 0.5
    measured.part = measured.part[:1]
    measured.runs["stock", "grades", measured.lessons[0].name].began.pop("student-0002")
    kinds = bench_figures.by_kind(measured)
    assert kinds["hostile"]["stock_share"] is None and kinds["right"]["stock_share"] == 1


def test_who_got_no_grade_is_named_but_for_those_whose_kernel_ends_on_stocks_side(measured, first):
    measured.part = measured.whole = [Student("student-0001", "right", 0), Student("student-0002", "hostile", 2)]
    assert measured.whole[1].attack(0) == bench_class.EXIT
    measured.ungraded = {"stock": [f"student-0002/{first.name}"], "ours": []}
    assert measured.failed == []
    measured.ungraded["stock"].append(f"student-0001/{first.name}")
    measured.ungraded["ours"].append(f"student-0002/{first.name}")
    measured.results[first.name, "student-0001"] = result(1.0, Verdict.INFRA)
    assert measured.failed == [f"stock: student-0001/{first.name}", f"ours: student-0002/{first.name}", f"ours: student-0001/{first.name}"]  # fmt: skip


def test_with_one_side_there_is_no_ratio(measured):
    measured.part = []
    measured.runs = {key: run for key, run in measured.runs.items() if key[0] == "ours"}
    values = bench_figures.figures(measured)
    assert (values["stock_s"], values["ratio"], values["ratio_with_feedback"]) == (None, None, None)
    assert values["ours_with_feedback_s"] == 5


def test_what_was_measured_is_shown(measured, capsys):
    from rich.console import Console

    bench_measure.show(bench_figures.figures(measured), Console(width=200, soft_wrap=True))
    said = capsys.readouterr().out
    for part in ("10.25", "a cell may take 30 s", "start 0.5, cells 4.0", "80%", "60%", "0.00 MB"):
        assert part in said
