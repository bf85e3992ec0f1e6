"""Checks that train networks: what they say of weights handed in beside the notebook, of the lesson's own training or of another's, and what they exhibit."""

from __future__ import annotations

import functools
import inspect
import runpy
from unittest import mock

import numpy as np
import pytest

from autograder.checks.draws import draw_for
from autograder.checks.reference import reference_namespace, run_cell
from autograder.course import catalog
from autograder.kernel.client import live
from autograder.networks import learning, worlds
from autograder.networks.spec import ALPHA, BETA, FUSION, SPECS

# Another lesson's network, and what its builder is given.
OTHERS = {"alpha": (BETA, (16,)), "beta": (ALPHA, ()), "fusion": (BETA, (16,))}
SIDE = 48  # of the lessons' own pictures


@functools.cache
def checks_of(lesson):
    with mock.patch.object(pytest, "mark", pytest.MarkGenerator(_ispytest=True)):  # a check file has markers of its own
        return runpy.run_path(str(lesson.checks))


def said_of(spec, files):
    """The loss with weights that were handed in, and what is said of them, by the lesson's own check. files: by their names."""
    lesson = catalog.lesson(spec.lesson)
    checks, student = checks_of(lesson), live(reference_namespace(lesson))
    if spec is ALPHA:
        return checks["shown_by"](files.get, student.call("build_alpha"), "what build_alpha() returns", 0.005)
    if spec is BETA:
        return checks["shown_with_weights"](student, files.get, *worlds.pairs(worlds.draw(24, 5, BETA)[0], BETA.scale))
    return checks["shown_by_weights"](files.get, student, 5)


def built(spec, *args):
    return reference_namespace(catalog.lesson(spec.lesson))[spec.builder](*args)


@pytest.mark.parametrize("name", OTHERS)
def test_weights_of_another_lesson_are_told_whose_they_are_and_what_to_hand_in(name, tmp_path):
    spec, (other, args) = SPECS[name], OTHERS[name]
    file = tmp_path / spec.weights_file
    built(other, *args).save_weights(file)
    loss, said = said_of(spec, {file.name: file})
    assert loss == np.inf
    assert (
        f"{file.name} holds the weights of {other.name}, a network of lesson {int(other.lesson[:2])}, not of {name}."
        in said
    )
    assert f"Hand in the file that the training in lesson {int(spec.lesson[:2])} writes." in said
    loss, said = said_of(spec, {other.weights_file: file})
    assert loss == np.inf and f"No {file.name} was handed in" in said
    assert f"{other.weights_file} holds the weights of a network of lesson {int(other.lesson[:2])}." in said


def test_beta_of_another_width_is_told_so(tmp_path):
    file = tmp_path / BETA.weights_file
    built(BETA, 8).save_weights(file)
    loss, said = said_of(BETA, {file.name: file})
    assert loss == np.inf and "61,150 numbers" in said and "243,834" in said and "writes them anew" in said


@pytest.mark.parametrize("spec", [BETA, FUSION], ids=lambda spec: spec.name)
def test_what_a_lessons_own_training_writes_is_a_second_way(spec, tmp_path):
    """The network of the lesson's width, trained for a while on pictures of the lesson's side."""
    import keras

    keras.utils.set_random_seed(1)
    names = reference_namespace(catalog.lesson(spec.lesson))
    pictures, numbers = names["draw_world"](240, 3, side=SIDE, moods=spec.moods)
    X, Y = worlds.pairs(pictures, spec.scale)
    inputs, args = (X, (16,)) if spec is BETA else ([X, worlds.one_hot(numbers, 4)], (16, 4))
    model = built(spec, *args)
    model.compile(keras.optimizers.RMSprop(1e-3), "mean_squared_error")
    model.fit(inputs, Y, batch_size=8, epochs=20, verbose=0)
    model.optimizer.learning_rate = 2e-4
    model.fit(inputs, Y, batch_size=8, epochs=4, verbose=0)
    file = tmp_path / spec.weights_file
    model.save_weights(file)
    loss, said = said_of(spec, {file.name: file})
    assert loss < learning.limit(spec).threshold, said
    assert f"{loss:.4f}" in said


def test_in_lesson_5_a_file_of_another_lesson_is_not_loaded_and_stays(tmp_path, monkeypatch):
    lesson = catalog.lesson(BETA.lesson)
    (cell,) = [c.source for c in lesson.read_release().cells if c.source.startswith("if beta is None and Path(")]
    monkeypatch.chdir(tmp_path)
    built(ALPHA).save_weights(BETA.weights_file)
    before = (tmp_path / BETA.weights_file).read_bytes()
    names = {**reference_namespace(lesson), "beta": None, "GRADED": False}
    with pytest.raises(NotImplementedError, match=r"another lesson's.*give it another name first"):
        run_cell(cell, names, "the cell that loads")
    assert names["beta"] is None and (tmp_path / BETA.weights_file).read_bytes() == before


@pytest.mark.parametrize(("spec", "keep"), [(BETA, "keep_beta"), (FUSION, "keep_fusion")])
def test_weights_that_cannot_be_written_are_said_so_and_the_old_file_stays(spec, keep, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = reference_namespace(catalog.lesson(spec.lesson))
    model = built(spec, *((8,) if spec is BETA else (8, 4)))
    names[keep](model)
    before = (tmp_path / spec.weights_file).read_bytes()
    (tmp_path / f"{spec.name}.part.weights.h5").mkdir()
    names[keep](model)
    assert f"{spec.weights_file} could not be written" in capsys.readouterr().out
    assert before and (tmp_path / spec.weights_file).read_bytes() == before


TRAINS = {BETA: "test_the_pipeline_colours_an_unseen_world", FUSION: "test_it_learns_what_no_local_network_can"}


@pytest.mark.parametrize(("spec", "carried", "shown"), [(BETA, (), 1), (BETA, ("build_beta",), 0), (FUSION, (), 1)])
def test_the_check_exhibits_what_a_students_own_network_painted(monkeypatch, spec, carried, shown):
    """Whatever the training comes to; the course's own network paints nobody's picture."""

    def learn(network, what, epochs, unseen, seed, spec, *, others=(), **_):
        return learning.Learned(0.5, 0.5, 1, 1, unseen[1], [worlds.one_hot(len(x) * [0], 4) for (x,) in others], 0.01)

    monkeypatch.setattr(learning, "learn", learn)
    lesson, painted = catalog.lesson(spec.lesson), []
    reference = live(reference_namespace(lesson))
    student = live(reference_namespace(lesson)).with_stand_ins(carried, reference)
    given = {
        "student": student,
        "reference": reference,
        "draw": draw_for(bytes(32), lesson.name, TRAINS[spec]),
        "handed_in": {}.get,
        "exhibit": painted.append,
    }
    check = checks_of(lesson)[TRAINS[spec]]
    with pytest.raises(AssertionError, match=f"No {spec.weights_file} was handed in"):
        check(**{name: given[name] for name in inspect.signature(check).parameters})
    assert [(one.photo, one.loss, one.difference, one.own) for one in painted] == shown * [(spec.name, 0.5, 0, True)]
