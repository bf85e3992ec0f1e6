"""The loss threshold: right networks stay below it, wrong ones above."""

from __future__ import annotations

import dataclasses
import json

import keras
import pytest

from autograder import settings
from autograder.errors import StudentError
from autograder.networks import calibrate, threshold
from autograder.networks.spec import ALPHA
from tests.support.training import compiled, conv, network, through_the_protocol

# -- the threshold --------------------------------------------------------------------------------------------------


ONE_START = dataclasses.replace(ALPHA, starts=1)


def trained(model, name="portrait-gbr", scale=1, spec=ALPHA):
    X, Y = threshold.pair(threshold.photo(name))
    limit = threshold.limits()[name]
    return threshold.train(through_the_protocol(model), "the model", limit, X, Y * scale, (X, Y), seed=5, spec=spec)


@pytest.mark.parametrize("name", ALPHA.photos)
def test_the_reference_network_reaches_every_threshold(name):
    assert trained(calibrate.right_network(), name).reached


@pytest.mark.parametrize("name", ALPHA.photos)
def test_no_threshold_can_be_reached_with_one_colour_or_without_negative_numbers(name):
    limit = threshold.limits()[name]
    floors = threshold.floors(threshold.pair(threshold.photo(name))[1])
    assert set(floors) == set(limit.floors) and floors == pytest.approx(limit.floors, rel=1e-3)
    assert limit.threshold < min(floors.values()) * 0.8


@pytest.mark.parametrize("mistake", ["ReLU at the end", "no /128", "learning rate 0.00001"])
def test_wrong_networks_stay_above(mistake):
    make, scale = calibrate.NETWORKS[mistake]
    done = trained(make(), scale=scale, spec=ONE_START)
    assert not done.reached and done.best > done.limit.threshold


def test_a_network_that_holds_its_weights_back_stays_above():
    """It looks like the right one, layer by layer, and cannot learn: its training is that of `fit`, with all that it was given."""
    serialized = through_the_protocol(calibrate.right_network())
    tree = json.loads(serialized.config)
    for layer in tree["config"]["layers"]:
        if layer["class_name"] == "Conv2D":
            layer["config"]["kernel_regularizer"] = keras.saving.serialize_keras_object(keras.regularizers.L2(10))
            layer["config"]["kernel_constraint"] = keras.saving.serialize_keras_object(keras.constraints.MaxNorm(0.001))
    serialized.config = json.dumps(tree)
    X, Y = threshold.pair(threshold.photo("portrait-gbr"))
    done = threshold.train(serialized, "the model", threshold.limits()["portrait-gbr"], X, Y, (X, Y), 5, ONE_START)
    assert not done.reached


def test_one_channel_and_a_missing_up_sampling_layer_are_refused_with_both_shapes():
    half = compiled(network(conv(4, strides=2)))
    with pytest.raises(StudentError, match="could not be trained"):
        trained(half)
    one = compiled(keras.Sequential([keras.Input((None, None, 1)), conv(1)]))
    with pytest.raises(StudentError, match=r"\(1, 64, 64, 1\)"):
        trained(one)


def test_the_calibration_says_how_sure_it_is():
    data = json.loads(settings.calibration_file().read_text("utf-8"))
    for entry in data["photos"].values():
        right = entry["networks"]["right"]["best"]
        assert max(right) * 1.2 < entry["threshold"] < entry["lowest_wrong"][1] / 1.2
        assert len(right) == entry["right_starts"]
    for name in ALPHA.photos:
        assert data["photos"][name]["one_start_fails_below"] ** ALPHA.starts < 1e-3
