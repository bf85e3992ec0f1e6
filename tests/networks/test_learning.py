"""A network learns from a student's batches in the grader, and is judged on pictures that it never saw."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pytest

from autograder.errors import StudentError, StudentTimeout, StudentTooMuch
from autograder.kernel.codec import Unsupported
from autograder.networks import budget, kept, learning, streaming, weights, worker, worlds
from autograder.networks.spec import ALPHA, BETA, CLASSIFIER, FUSION, SPECS, WorldSpec
from tests.support import worlds as nets
from tests.support.training import compiled, conv, through_the_protocol

layers = keras.layers
WHAT = "the network"
RNG = np.random.default_rng(0)
SHORT = dataclasses.replace(BETA, epochs=3, starts=2)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    monkeypatch.setattr(learning, "REMEMBERED", 0)
    with worker.here():
        yield


def pairs(count):
    """Pictures of 8 × 8 whose colours are their lightness, turned round."""
    X = RNG.uniform(0, 100, (count, 8, 8, 1)).astype(np.float32)
    return X, np.concatenate([X / 200, -X / 200], -1)


X, Y = pairs(24)
UNSEEN = pairs(10)
EPOCHS = [worlds.batches([X], Y, 8, seed) for seed in range(2)]


def small(width=2):
    return keras.Sequential(
        [keras.Input((None, None, 1)), layers.Rescaling(0.01), conv(width), conv(2, activation="tanh")]
    )


def learn(network, epochs=EPOCHS, spec=SHORT, unseen=UNSEEN, **more):
    return learning.learn(through_the_protocol(network), WHAT, epochs, unseen, 3, spec, **more)


def named(x, y):
    """A fusion of which each input has the name that it is given."""
    return keras.Model({"L": x, "told": y}, conv(2)(x))


# -- learning -------------------------------------------------------------------------------------------------------


def test_a_network_learns_by_the_recipe_whatever_it_was_compiled_with():
    first = learn(small())
    assert first == dataclasses.replace(
        learn(compiled(small(), keras.optimizers.SGD(0.0), "mae")), outputs=first.outputs
    )
    assert first.starts == SHORT.starts and 1 <= first.epochs <= SHORT.epochs and not first.reached
    assert first.outputs.shape == UNSEEN[1].shape
    assert first.score == pytest.approx(np.mean((first.outputs - UNSEEN[1]) ** 2), rel=1e-5)
    assert first.score < learn(small(), spec=dataclasses.replace(SHORT, epochs=1)).score
    assert first.ratio == pytest.approx(1, abs=0.7)


def test_training_stops_at_the_goal_and_says_what_becomes_of_other_pictures():
    done = learn(small(), goal=10.0, others=[X, UNSEEN[0]])
    assert (done.reached, done.starts, done.epochs) == (True, 1, 1)
    assert [part.shape for part in done.others] == [Y.shape, UNSEEN[1].shape]
    np.testing.assert_allclose(done.others[1], done.outputs, atol=1e-6)


def test_steps_are_those_of_train_on_batch():
    model, twin = compiled(small(), keras.optimizers.RMSprop(1e-3)), keras.models.clone_model(small())
    twin.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mse")
    twin.set_weights(model.get_weights())
    trainer = streaming.StreamTrainer(model)
    for inputs, target in EPOCHS[0]:
        one = float(trainer.step(inputs, keras.ops.convert_to_tensor(target))[0])
        assert one == pytest.approx(twin.train_on_batch(inputs[0], target), rel=1e-4)
    for ours, theirs in zip(trainer.model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_network_that_is_frozen_is_judged_as_it_is():
    still = keras.Sequential([keras.Input((None, None, 1)), conv(2, trainable=False)])
    done = learn(still)
    assert done.outputs.shape == UNSEEN[1].shape and done.starts == SHORT.starts
    trainer = streaming.StreamTrainer(compiled(still))
    packed = [[[*inputs, target] for inputs, target in epoch] for epoch in EPOCHS]
    assert len(list(streaming.climb(trainer, packed, [UNSEEN[0]], UNSEEN[1], SHORT))) == 1


def test_a_kept_training_holds_nothing_of_the_one_before(monkeypatch):
    monkeypatch.setattr(kept, "trainers", kept.KeptTrainers(kept.MOST))
    first, between, again = learn(small()), learn(small(), [[([X], Y * 2)]]), learn(small())
    assert len(kept.trainers._trainers) == 2
    assert first.score == again.score != between.score


@pytest.mark.parametrize(("times", "starts"), [(0.5, 2), (0.95, 3)], ids=["far from the goal", "near it"])
def test_a_third_start_is_tried_only_near_the_goal(times, starts):
    spec = dataclasses.replace(BETA, epochs=1, few=2)
    best = min(learn(small(), spec=dataclasses.replace(spec, starts=number)).score for number in (2, 3))
    assert learn(small(), spec=spec, goal=times * best).starts == starts
    assert learn(small(), spec=dataclasses.replace(spec, starts=1), goal=times * best).starts == 1


def test_the_same_training_is_made_once(monkeypatch):
    monkeypatch.setattr(learning, "REMEMBERED", 2)
    asked, run = [], worker.run
    monkeypatch.setattr(worker, "run", lambda *args: asked.append(args) or run(*args))
    first = learn(small(), goal=10.0)
    assert learn(small(), goal=10.0) is first and len(asked) == 1
    for number, again in enumerate((dict(goal=9.0), dict(goal=10.0, epochs=EPOCHS[:1]), dict(goal=9.0, others=[X])), 2):
        assert learn(small(), **again) is not first and len(asked) == number
    assert learn(small(), goal=10.0) is not first and len(learning._remembered) == 2


def test_a_classifier_is_judged_by_the_share_of_wrong_answers():
    spec = dataclasses.replace(CLASSIFIER, epochs=1, starts=1)
    kinds = worlds.one_hot(np.arange(24) % 4, 4)
    done = learn(nets.classifier(), [worlds.batches([X], kinds, 8, 0)], spec, (X, kinds))
    assert done.outputs.sum(axis=-1) == pytest.approx(1, abs=1e-4)
    assert done.score == np.mean(done.outputs.argmax(-1) != kinds.argmax(-1))
    with pytest.raises(StudentError, match="One-hot"):
        learn(nets.classifier(), [[(X, np.arange(24) % 4)]], spec, (X, kinds))


def test_a_network_of_two_inputs_is_rebuilt_costed_and_trained():
    E = worlds.one_hot(np.arange(24) % 4, 4)
    network = nets.fusion(4, side=8)
    serialized = through_the_protocol(network)
    assert budget.made(serialized, WHAT, FUSION.inputs(5, 8)) == (5, 8, 8, 2)
    assert budget.cost_of(serialized, WHAT, FUSION.inputs(5, 8)).weights == network.count_params()
    spec = dataclasses.replace(FUSION, epochs=2, starts=1)
    done = learn(network, [worlds.batches([X, E], Y, 8, 0)], spec, ([X, E], Y), others=[[X[:3], E[:3]]])
    assert done.outputs.shape == Y.shape and np.allclose(done.others[0], done.outputs[:3], atol=1e-6)


@pytest.mark.parametrize("spec", [s for s in SPECS.values() if isinstance(s, WorldSpec)], ids=lambda s: s.name)
def test_what_is_known_of_a_network_is_what_the_lesson_builds(spec):
    network = {"beta": nets.beta, "classifier": nets.classifier, "fusion": nets.fusion}[spec.name]()
    assert network.count_params() == spec.weights and len(network.weights) == spec.arrays
    learning._must_be_trainable(
        through_the_protocol(network),
        WHAT,
        [
            [
                (
                    [np.zeros(s, np.float32) for s in spec.inputs(spec.batch)],
                    np.zeros(
                        network.compute_output_shape(
                            spec.inputs(spec.batch) if len(spec.inputs()) > 1 else spec.inputs(spec.batch)[0]
                        ),
                        np.float32,
                    ),
                )
            ]
            * (spec.pictures // spec.batch)
        ],
        "the batches",
        spec,
    )


# -- what is refused ------------------------------------------------------------------------------------------------

NAN = np.where(np.arange(24).reshape(-1, 1, 1, 1) == 3, np.nan, X)
REFUSED = {
    "no list": (None, "list of pairs|lists of pairs"),
    "no epoch": ([], "lists of pairs"),
    "no batch": ([[]], "holds no batch"),
    "one array": ([X], "a list of pairs"),
    "arrays without their pair": ([[X, Y]], "should be a pair"),
    "an empty batch": ([[(X[:0], Y[:0])]], "is empty"),
    "NaN": ([[(NAN, Y)]], "NaN"),
    "texts": ([[("L", Y)]], "an array of numbers"),
    "what does not travel": ([[(Unsupported("an array of dtype object"), Y)]], "dtype object"),
    "truth values": ([[(X > 50, Y)]], "an array of numbers"),
    "other counts": ([[(X, Y[:5])]], "24 pictures and 5 targets"),
    "a target of one channel": ([[(X, Y[..., :1])]], r"target of the batches has \(24, 8, 8, 1\)"),
    "no channel": ([[(X[..., 0], Y)]], r"takes the shape \(N, None, None, 1\)"),
    "two inputs": ([[([X, X], Y)]], "1 input; there are 2"),
    "all sizes": ([[(X[:n], Y[:n]) for n in range(1, 9)]], "8 different shapes"),
    "too many pictures": (
        [[(np.tile(X, (50, 1, 1, 1)), np.tile(Y, (50, 1, 1, 1)))]],
        "1,200 pictures; 240 were handed in",
    ),
    "gigantic": (
        [[(np.zeros((8, 1024, 1024, 1), np.uint8), np.zeros((8, 1024, 1024, 2), np.uint8))]],
        "too much memory",
    ),
    "far too many": ([[(X[:1], Y[:1])]] * 6001, "too long"),
}


@pytest.mark.parametrize(("epochs", "says"), REFUSED.values(), ids=REFUSED)
def test_batches_that_nobody_can_learn_from_are_refused_with_the_cause(epochs, says):
    with pytest.raises(StudentError, match=says):
        learn(small(), epochs)


def endless(told):
    """A picture of 8 × 8 again, by way of one of 40,000 × 40,000."""
    grid = layers.Reshape((40_000, 40_000, 4))(layers.RepeatVector(1_600_000_000)(told))
    return conv(2)(layers.UpSampling2D(8)(layers.GlobalMaxPooling2D(keepdims=True)(grid)))


TWO = [keras.Input((8, 8, 1)), keras.Input((4,))]
NETWORKS = {
    "one input": (small, "has 1 input; wanted: 2 inputs, in a list"),
    "inputs in a dict": (lambda: named(*TWO), "in a dict"),
    "inputs the other way round": (
        lambda: keras.Model(TWO[::-1], conv(2)(TWO[0])),
        r"takes the shape \(N, 4\) as its input 1 of 2.*have changed places",
    ),
    "another side": (lambda: nets.fusion(2, side=16), r"takes the shape \(N, 16, 16, 1\)"),
    "two outputs": (lambda: keras.Model(TWO, [conv(2)(TWO[0]), conv(2)(TWO[0])]), "one output"),
    "far too large": (lambda: nets.fusion(450, side=8), "far larger|too large to be looked at"),
    "repeated without end": (lambda: keras.Model(TWO, endless(TWO[1])), "far larger"),
}


@pytest.mark.parametrize(("make", "says"), NETWORKS.values(), ids=NETWORKS)
def test_networks_that_do_not_fit_two_inputs_are_refused_with_the_cause(make, says):
    E = worlds.one_hot(np.arange(24) % 4, 4)
    with pytest.raises(StudentError, match=says):
        learn(make(), [[([X, E], Y)]], FUSION, ([X, E], Y))


@pytest.mark.parametrize("first", [layers.Dense(2), layers.Flatten(), layers.Reshape((2,))], ids=lambda one: one.name)
def test_what_nothing_comes_into_is_no_fault_of_the_graders(first):
    """A Sequential that says no input, where two inputs are asked for."""
    unbuilt = through_the_protocol(keras.Sequential([first]))
    with pytest.raises(StudentError, match=r"layer 1, .*: nothing comes in, for it is no input of the model"):
        budget.cost_of(unbuilt, WHAT, FUSION.inputs())


def test_a_network_that_never_gives_a_number_has_no_outputs_and_passes_nothing():
    explodes = keras.Sequential(
        [keras.Input((None, None, 1)), layers.Rescaling(1e30), conv(2, activation=None), layers.Rescaling(1e30)]
    )
    done = learn(explodes)
    assert (done.score, done.outputs, done.others) == (np.inf, None, [])
    assert not learning.limit(BETA).holds(done)


def test_a_training_that_takes_too_long_ends_behind_a_step():
    """As the process for networks does it; of its first step as well."""
    packed = [[[*inputs, target] for inputs, target in epoch] for epoch in EPOCHS]
    facts = (packed, [UNSEEN[0]], UNSEEN[1], [], 3, None, 0.0, BETA.name, [3, 2, 2])
    with pytest.raises(StudentTimeout, match="the network takes too long to train: more than 0 s"):
        streaming.learn_here(through_the_protocol(small()), WHAT, *facts)


def test_a_training_of_far_more_work_than_the_lessons_is_refused_before_it_begins():
    X, Y = np.zeros((240, 32, 32, 1), np.float32), np.zeros((240, 32, 32, 2), np.float32)
    with pytest.raises(StudentTooMuch, match="far larger"):
        learn(nets.beta(40), [worlds.batches([X], Y, 8, 0)], BETA, (X, Y))


# -- weights that were handed in ------------------------------------------------------------------------------------


def mixed():
    """Layers of several kinds, not in the order of the alphabet."""
    body = [layers.Dense(3), conv(4), layers.BatchNormalization(), conv(3), layers.Dense(2)]
    return keras.Sequential([keras.Input((None, None, 1)), *body])


def test_weights_from_a_file_are_given_to_the_layers_that_they_are_of(tmp_path):
    model = mixed()
    model.set_weights([RNG.normal(size=w.shape) ** 2 for w in model.get_weights()])
    model.save_weights(tmp_path / "beta.weights.h5")
    arrays = weights.arrays_of(tmp_path / "beta.weights.h5")
    found = learning.outputs_with(through_the_protocol(mixed()), WHAT, arrays, X, BETA)
    np.testing.assert_allclose(found, model.predict(X, verbose=0), rtol=1e-4)
    np.testing.assert_allclose(
        learning.outputs_with(through_the_protocol(model), WHAT, None, X, BETA), found, rtol=1e-4
    )


def test_where_no_weights_of_a_network_were_handed_in_those_of_another_are_named():
    there = {"alpha.weights.h5": Path("alpha.weights.h5")}
    assert weights.missing(there.get, BETA).endswith(
        "No beta.weights.h5 was handed in, which would be a second way to show it. alpha.weights.h5 holds the weights of a network of lesson 4."
    )
    assert "alpha" not in weights.missing({}.get, BETA)


def test_weights_of_another_network_are_called_what_they_are():
    alpha = [np.zeros(1, np.float32)] * ALPHA.arrays
    said = r"beta\.weights\.h5 holds the weights of alpha, a network of lesson 4, not of beta\. Hand in the file that the training in lesson 5 writes"
    with pytest.raises(StudentError, match=said):
        learning.outputs_with(through_the_protocol(nets.beta()), WHAT, alpha, X, BETA)
    assert "alpha.weights.h5 holds the weights of beta" in weights.of_another([np.zeros(1)] * BETA.arrays, ALPHA)
    assert weights.of_another([np.zeros(1)] * 3, ALPHA) == weights.of_another(alpha, ALPHA) == ""
    wide = nets.beta(16)
    assert wide.count_params() == 243_834 < weights.MAX_NUMBERS
    with pytest.raises(StudentError, match=r"do not fit the network: they are 243,834 numbers in 24 arrays.*anew"):
        learning.outputs_with(through_the_protocol(nets.beta()), WHAT, wide.get_weights(), X, BETA)
