"""The thresholds of lessons 5 and 6 lie between right and wrong networks, and the command says where they do not."""

from __future__ import annotations

import dataclasses
import json
import sys

import pytest
from typer.testing import CliRunner

from autograder import settings
from autograder.cli.app import app
from autograder.errors import CourseError
from autograder.networks import (
    calibrate,
    calibrate_worlds,
    calibration_answers,
    calibration_cases,
    calibration_picture,
    learning,
)
from autograder.networks.calibrate_worlds import Effort, Run
from autograder.networks.calibration_runs import write_down, written
from autograder.networks.spec import BETA, CLASSIFIER, FUSION
from autograder.settings import Settings

WORLDS = [BETA, CLASSIFIER, FUSION]


def runs_of(spec, right, wrong):
    """Runs of every case of a network, all right ones and all wrong ones with these scores."""
    found = {
        case: [run_of([score, score * 1.1], 3.0) for score in wrong] for case in calibration_cases.CASES[spec.name]
    }
    return {**found, "right": [run_of([score * 2, score], 1.0) for score in right]}


def run_of(scores, ratio):
    return Run(scores, [score / ratio for score in scores], [1000 * score for score in scores])


@pytest.mark.parametrize("spec", WORLDS, ids=lambda spec: spec.name)
def test_the_calibration_of_a_network_says_how_sure_it_is(spec):
    data = json.loads(settings.calibration_file(spec.name).read_text("utf-8"))
    threshold = learning.limit(spec).threshold
    best = {case: facts["best"] for case, facts in data["networks"].items()}
    wrong = [value for case in best if case not in ("right", *data["not_by_loss"]) for value in best[case]]
    assert data["edge_of_right"] * 1.07 < threshold < min([*wrong, *data["floors"].values()]) / 1.07
    shared = calibrate_worlds.SHARED
    of_worlds = [best["right"][start : start + shared] for start in range(0, len(best["right"]), shared)]
    assert max(min(scores) for scores in of_worlds) < threshold
    shown = {name: data[name] for name in ("side", "starts", "pictures", "unseen")}
    assert {**shown, "budget": data["budget"]} == {
        **{name: getattr(spec, name) for name in shown},
        "budget": spec.epochs,
    }
    assert data["right_fails_below"] < 1e-3
    assert sum(score >= spec.far * threshold for score in best["right"]) == data["right_starts_far"]
    assert set(best) == set(calibration_cases.CASES[spec.name])


@pytest.mark.parametrize("spec", WORLDS, ids=lambda spec: spec.name)
def test_the_hidden_checks_catch_what_they_must_on_every_draw(spec):
    data = json.loads(settings.calibration_file(spec.name).read_text("utf-8"))
    counts, draws = data["caught"], data["effort"]["draws"]
    assert counts == {name: {"draws": draws, "caught": draws} for name in calibration_answers.ANSWERS[spec.name]}


def test_a_threshold_is_half_way_between_right_and_wrong_networks(tmp_path):
    right = [0.0148, *[0.01] * 149]
    spec = dataclasses.replace(BETA, few=2)
    data = calibrate_worlds.collected(spec, Effort(150, 2, 2), runs_of(spec, right, [0.02, 0.03]))
    assert (data["edge_of_right"], data["lowest_wrong"][1]) == (0.01, 0.02)
    assert data["threshold"] == pytest.approx(0.01 * 2**0.5, rel=1e-2)
    assert data["by_heart"] == pytest.approx(3**0.5, rel=1e-3)
    assert (data["right_starts_above"], data["right_starts_far"]) == (1, 0)
    assert data["one_start_fails_below"] == pytest.approx(0.0312, abs=1e-4)
    # Three starts above the threshold, or two far above it.
    assert data["right_fails_below"] == pytest.approx(0.0312**3 + 0.0198**2, rel=0.03)
    assert data["networks"]["right"]["delta_e"][:2] == pytest.approx([14.8, 10])
    (tmp_path / "assets").mkdir()
    with settings.using(Settings(tmp_path, tmp_path, settings.Limits())):
        calibrate.write(data, settings.calibration_file("beta"))
        limit = learning.limit(BETA)
        assert limit.threshold == data["threshold"]
        done = learning.Learned(0.01, 0.009, 1, 3, None, [], limit.threshold)
        assert limit.holds(done) and not limit.holds(dataclasses.replace(done, trained=0.004))
        with pytest.raises(CourseError, match="autograder calibrate fusion"):
            learning.limit(FUSION)
    calibration_picture.draw(data, tmp_path / "beta.png")
    assert (tmp_path / "beta.png").read_bytes().startswith(b"\x89PNG")


def test_where_right_and_wrong_networks_touch_there_is_no_threshold():
    with pytest.raises(CourseError, match=r"beta: right networks reach up to 0.01900 and .* comes down to 0.02000"):
        calibrate_worlds.entry(BETA, runs_of(BETA, [0.019] * 6, [0.02, 0.03]))


def test_with_few_right_networks_nothing_is_claimed():
    with pytest.raises(CourseError, match=r"from 60 right starts .* below 0.0025, and 0.001 is wanted.*--seeds"):
        calibrate_worlds.entry(dataclasses.replace(BETA, few=2), runs_of(BETA, [0.01] * 60, [0.02, 0.03]))


def test_a_training_that_was_written_down_is_not_made_again(tmp_path, monkeypatch):
    keep, made = tmp_path / "made.jsonl", []
    monkeypatch.setattr(calibrate_worlds, "measure_one", lambda *task: made.append(task) or run_of([0.01] * 18, 1.0))
    monkeypatch.setattr(calibrate_worlds, "collected", lambda spec, effort, runs: runs)
    monkeypatch.setattr(calibrate_worlds, "caught", lambda spec, name, numbers: [n != 1 for n in numbers])
    cases, answers = calibration_cases.CASES["beta"], calibration_answers.ANSWERS["beta"]
    first = calibrate_worlds.measure(BETA, Effort(3, 1, 1, 1), lambda line: None, 1, keep)
    assert len(made) == 2 + len(cases) and first["caught"]["no /128"] == {"draws": 1, "caught": 1}
    monkeypatch.setattr(calibrate_worlds, "measure_one", lambda *task: pytest.fail("trained again"))
    monkeypatch.setattr(calibrate_worlds, "caught", lambda spec, name, numbers: [False for n in numbers if n != 0])
    again = calibrate_worlds.measure(BETA, Effort(2, 1, 1, 3), lambda line: None, 1, keep)
    assert again["right"] == first["right"][:2]
    assert again["caught"] == {name: {"draws": 3, "caught": 1} for name in answers}
    write_down(keep, ("beta", "right", 9), run_of([0.01] * 17, 1.0))
    assert ("beta", "right", 9) not in written(keep, {"beta": 18})
    assert len(written(keep, {"beta": 10})["beta", "right", 9].scores) == 10
    keep.write_text(keep.read_text("utf-8") + "spam\n", "utf-8")
    with pytest.raises(CourseError, match=r"made.jsonl, line \d+: .*Take the line out"):
        calibrate_worlds.measure(BETA, Effort(3, 1, 1, 1), lambda line: None, 1, keep)


def test_a_network_that_is_not_there_is_named_with_those_that_are():
    done = CliRunner().invoke(app, ["calibrate", "gamma"])
    assert done.exit_code == 2 and all(name in done.output for name in ("'gamma'", "alpha", "beta", "fusion"))


@pytest.mark.slow
def test_the_command_measures_the_networks_that_the_lessons_build():
    for spec in WORLDS:
        runs = [calibrate_worlds.measure_one(spec.name, case, 0) for case in ("right", "untrained")]
        assert runs[0].score < learning.limit(spec).threshold < runs[1].score
    assert runs[0].colour > 0


def test_the_hidden_checks_catch_a_wrong_answer(monkeypatch):
    plain = [finder for finder in sys.meta_path if type(finder).__name__ != "AssertionRewritingHook"]
    monkeypatch.setattr(sys, "meta_path", plain)
    assert list(calibration_answers.caught(FUSION, "joined along the height", [0, 1])) == [True, True]
    monkeypatch.setattr(
        calibration_answers, "ANSWERS", {"beta": {"no mistake": calibration_answers.Wrong("split", "")}}
    )
    monkeypatch.setattr(calibration_answers, "changed", lambda text, change, where: text)
    assert list(calibration_answers.caught(BETA, "no mistake", [0, 1])) == [False, False]
