"""The thresholds of lessons 5 and 6 lie between right and wrong networks, and the command says where they do not."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from autograder import settings
from autograder.cli.app import app
from autograder.errors import CourseError
from autograder.networks import calibrate, calibrate_worlds, calibration_cases, calibration_picture, learning
from autograder.networks.calibrate_worlds import Effort, Run
from autograder.networks.spec import BETA, CLASSIFIER, FUSION
from autograder.settings import Settings

WORLDS = [BETA, CLASSIFIER, FUSION]


def runs_of(spec, right, wrong):
    """Runs of every case of a network, all right ones and all wrong ones with these scores."""
    found = {case: [Run([score, score * 1.1], 3.0) for score in wrong] for case in calibration_cases.CASES[spec.name]}
    return {**found, "right": [Run([score * 2, score], 1.0) for score in right]}


@pytest.mark.parametrize("spec", WORLDS, ids=lambda spec: spec.name)
def test_the_calibration_of_a_network_says_how_sure_it_is(spec):
    data = json.loads(settings.calibration_file(spec.name).read_text("utf-8"))
    threshold = learning.limit(spec).threshold
    best = {case: facts["best"] for case, facts in data["networks"].items()}
    wrong = [value for case in best if case not in ("right", *data["not_by_loss"]) for value in best[case]]
    assert data["edge_of_right"] * 1.07 < threshold < min([*wrong, *data["floors"].values()]) / 1.07
    assert np.reshape(best["right"], (-1, spec.starts)).min(axis=1).max() < threshold
    shown = {name: data[name] for name in ("side", "starts", "pictures", "unseen")}
    assert {**shown, "budget": data["budget"]} == {
        **{name: getattr(spec, name) for name in shown},
        "budget": spec.epochs,
    }
    assert data["one_start_fails_below"] ** spec.starts < 1e-3
    assert set(best) == set(calibration_cases.CASES[spec.name])


def test_a_threshold_is_half_way_between_right_and_wrong_networks(tmp_path):
    right = [0.01, 0.05, *[0.008] * 58]
    data = calibrate_worlds.collected(BETA, Effort(60, 2, 2), runs_of(BETA, right, [0.02, 0.03]))
    assert (data["edge_of_right"], data["lowest_wrong"][1]) == (0.01, 0.02)
    assert data["threshold"] == pytest.approx(0.01 * 2**0.5, rel=1e-2)
    assert data["right_starts_above"] == 1 and data["by_heart"] == pytest.approx(3**0.5, rel=1e-3)
    assert data["one_start_fails_below"] == pytest.approx(1 - 0.923, abs=2e-3)
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


def test_a_network_that_is_not_there_is_named_with_those_that_are():
    done = CliRunner().invoke(app, ["calibrate", "gamma"])
    assert done.exit_code == 2 and all(name in done.output for name in ("'gamma'", "alpha", "beta", "fusion"))


@pytest.mark.slow
def test_the_command_measures_the_networks_that_the_lessons_build():
    for spec in WORLDS:
        runs = [calibrate_worlds.measure_one(spec.name, case, 0) for case in ("right", "untrained")]
        assert min(runs[0].scores) < learning.limit(spec).threshold < runs[1].scores[0]
    assert dataclasses.asdict(runs[0])["delta_e"] > 0
