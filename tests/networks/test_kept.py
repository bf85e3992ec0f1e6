"""Compiled trainings are kept from one network to the next of the same description, and nothing else is."""

from __future__ import annotations

import dataclasses
import json

import keras
import numpy as np
import pytest

from autograder.errors import StudentTimeout, StudentTooMuch, TaskFault
from autograder.kernel.models import SerializedModel
from autograder.networks import calibrate, kept, rebuilding, threshold, time_limit, worker
from autograder.networks.spec import ALPHA
from autograder.networks.training import Trainer
from tests.support.nets import X, Y, conv, network, serialized
from tests.support.training import compiled

layers = keras.layers
SHORT = dataclasses.replace(ALPHA, name="short", epochs=6, mark=3)
SECONDS = 100.0
BODIES = {
    "a chain": lambda: [conv(4, strides=2), layers.UpSampling2D()],
    "with running means": lambda: [conv(4), layers.BatchNormalization()],
    "with chance": lambda: [conv(4), layers.Dropout(0.3), layers.GaussianNoise(0.1)],
    "held back": lambda: [conv(4, kernel_constraint="max_norm")],
    "half frozen": lambda: [conv(4, trainable=False), conv(3)],
}


@pytest.fixture
def trainers(monkeypatch):
    """Trainers are kept in this process, with a short training."""
    monkeypatch.setattr(kept, "trainers", kept.KeptTrainers(3))
    monkeypatch.setitem(threshold.SPECS, SHORT.name, SHORT)
    return kept.trainers


@pytest.fixture
def built(monkeypatch):
    """How many programs were compiled."""
    models = []
    compile_ = kept._compiled
    monkeypatch.setattr(kept, "_compiled", lambda *arguments: models.append(1) or compile_(*arguments))
    return models


def train(model, X=X, Y=Y, seed=1, goal=0.0):
    best, starts, made = threshold.train_here(
        serialized(model), "a network", goal, X, Y, X, Y, seed, 2, SECONDS, SHORT.name
    )
    return best, starts, made.tolist()


@pytest.mark.parametrize("optimizer", ["rmsprop", keras.optimizers.Adam(0.01, amsgrad=True)], ids=["rmsprop", "adam"])
@pytest.mark.parametrize("body", BODIES)
def test_whatever_lies_in_a_kept_trainer_is_gone_when_it_is_renewed(body, optimizer):
    def fresh():
        keras.utils.set_random_seed(5)
        kind = keras.optimizers.get(optimizer)
        return compiled(network(*BODIES[body]()), type(kind).from_config(kind.get_config()))

    alone, used = Trainer(fresh(), X, Y), Trainer(fresh(), X, Y)
    used.run(3)
    for variable in [*used.variables, *used.optimizer.variables, *used.model.variables]:
        marker = 7 if "int" in keras.backend.standardize_dtype(variable.dtype) else np.nan
        variable.assign(np.full(variable.shape, marker))
    used._batch = tuple(part * np.nan for part in used._batch)
    used.renew(fresh(), X, Y)
    assert used.run(2) + used.run(3) == alone.run(2) + alone.run(3)
    assert np.array_equal(used.predict(X), alone.predict(X))
    for one, other in zip(used.model.variables, alone.model.variables, strict=True):
        assert np.array_equal(one, other), one.path
    for one, other in zip(used.optimizer.variables, alone.optimizer.variables, strict=True):
        assert np.array_equal(one, other), one.path


def test_only_the_same_description_and_shape_renews_a_trainer():
    trainer = Trainer(network(conv(4)), X, Y)
    with pytest.raises(ValueError, match="another description"):
        trainer.renew(network(conv(5)), X, Y)
    with pytest.raises(ValueError, match=r"\(1, 8, 8, 1\)"):
        trainer.renew(network(conv(4)), X[:, :8, :8], Y[:, :8, :8])


def test_a_kept_trainer_holds_no_earlier_batch(trainers):
    train(network(conv(4)))
    (trainer,) = trainers._trainers.values()
    assert not any(np.any(part) for part in trainer._batch)


def test_a_program_is_compiled_once_for_a_description_whatever_its_layers_are_called(trainers, built):
    first, again = network(conv(4, name="one")), network(conv(4, name="another"))
    again.optimizer.iterations.assign(9)
    assert train(first) == train(again) == train(first)
    assert len(built) == 1


OTHERS = {
    "filters": lambda: network(conv(5)),
    "activation": lambda: network(conv(4, activation="relu")),
    "regularizer": lambda: network(conv(4, kernel_regularizer="l2")),
    "frozen": lambda: network(conv(4, trainable=False)),
    "learning rate": lambda: compiled(network(conv(4)), keras.optimizers.RMSprop(0.002)),
    "optimizer": lambda: compiled(network(conv(4)), "adam"),
    "loss": lambda: compiled(network(conv(4)), "rmsprop", "mae"),
    "a setting of the loss": lambda: compiled(network(conv(4)), "rmsprop", keras.losses.MeanSquaredError("sum")),
}


@pytest.mark.parametrize("other", OTHERS)
def test_another_description_has_a_program_of_its_own(other):
    def identity(model):
        return rebuilding.identity(serialized(model), "a network")

    assert identity(OTHERS[other]()) != identity(network(conv(4))) == identity(network(conv(4)))


def test_programs_of_other_shapes_and_specs_are_others_and_only_a_few_are_kept(trainers, built):
    train(network(conv(4)))
    train(network(conv(4)), X[:, :16, :16], Y[:, :16, :16])
    train(network(conv(4)))
    assert len(built) == 2
    for filters in (5, 6, 7):
        train(network(conv(filters)))
    assert len(trainers._trainers) == 3
    train(network(conv(4)))
    assert len(built) == 6


class Late:
    """A clock on which every training is late."""

    def __init__(self, *_) -> None:
        self.clock = iter((0.0, 2 * SECONDS)).__next__


def test_what_was_cut_off_or_took_long_to_compile_is_not_kept(trainers, built, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(time_limit, "Waiting", Late)
        with pytest.raises(StudentTimeout):
            train(network(conv(4)))
    assert not trainers._trainers
    monkeypatch.setattr(kept, "COMPILED_WITHIN", 0.0)
    train(network(conv(4)))
    assert not trainers._trainers


def test_in_a_learners_own_session_nothing_is_kept():
    with worker.here():
        worker.run("train", serialized(network(conv(4))), "a network", 9.0, X, Y, X, Y, 1, 1, SECONDS)
    assert not kept.trainers._trainers


# -- the process for networks -----------------------------------------------------------------------------------------


def ask(model, X=X, Y=Y, seed=3, starts=1, goal=0.0):
    """Train in the process for networks; nobody gets below 0."""
    return worker.run("train", model, "a network", goal, X, Y, X, Y, seed, starts, SECONDS)


def marked(model: SerializedModel) -> SerializedModel:
    """The same description with a marker in all of it that is not built: names, steps made, weights."""
    tree = json.loads(model.config)
    tree["config"]["name"] = "marker"
    for number, layer in enumerate(tree["config"]["layers"]):
        layer["config"]["name"] = f"marker_{number}"
    facts = {**json.loads(model.compiled), "iterations": 10**6}
    return SerializedModel(json.dumps(tree), [np.full_like(a, np.nan) for a in model.weights], json.dumps(facts))


VICTIMS = {"the lesson's": calibrate.right_network, "with chance": lambda: network(*BODIES["with chance"]())}


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_network_is_trained_to_the_same_bits_in_a_fresh_process_and_after_others(victim):
    """The others plant markers in all that a submission reaches: description, weights, pictures, and what they do to the process."""
    model = serialized(VICTIMS[victim]())
    assert rebuilding.identity(marked(model), "it") == rebuilding.identity(model, "it")
    worker.end()
    fresh = ask(model, starts=2)
    worker.end()
    worker.start()
    process = worker._current
    worker.forget()
    ask(marked(model), np.full_like(X, 1e30), np.full_like(Y, np.nan), seed=12345)
    worker.forget()
    for other in ("learning rate", "frozen", "regularizer"):
        ask(serialized(OTHERS[other]()), X * -1, Y * -1, seed=12345, goal=9.0)
        worker.forget()
    assert process.others and worker._current is process
    again = ask(model, starts=2)
    assert again[:2] == fresh[:2] and again[2].tobytes() == fresh[2].tobytes()
    assert worker._current is process, "it was the warm one"


def spoiled(error):
    """An `ask` that ends with an error in a process that has worked for others."""
    real = worker._Process.ask

    def ask(self, *arguments):
        if self.others:
            raise error
        return real(self, *arguments)

    return ask


@pytest.mark.parametrize(
    "error", [StudentTooMuch("memory"), StudentTimeout("time"), TaskFault("KeyError", "?"), worker._Died(-9)], ids=repr
)
def test_what_may_be_due_to_others_is_asked_again_in_a_fresh_process(monkeypatch, error):
    model = serialized(network(conv(4)))
    look = rebuilding.summarize(model, "a network", (1, 8, 8, 1))
    process = worker._current
    worker.forget()
    monkeypatch.setattr(worker._Process, "ask", spoiled(error))
    assert rebuilding.summarize(model, "a network", (1, 8, 8, 1)) == look
    assert worker._current is not process and not worker._current.others
    assert not worker._ended
