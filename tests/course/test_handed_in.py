"""Weights handed in beside the notebook: what a lesson's check says of a file that its training wrote, and of one that another lesson's wrote."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks import test_04_alpha_model, test_05_beta, test_06_final
from autograder.checks.reference import reference_namespace, run_cell
from autograder.course import catalog
from autograder.kernel.client import live
from autograder.networks import worlds
from autograder.networks.spec import ALPHA, BETA, FUSION, SPECS

# Another lesson's network, and what its builder is given.
OTHERS = {"alpha": (BETA, (16,)), "beta": (ALPHA, ()), "fusion": (BETA, (16,))}
SIDE = 48  # of the lessons' own pictures


def said_of(spec, files):
    """The loss with weights that were handed in, and what is said of them, by the lesson's own check. files: by their names."""
    names = reference_namespace(catalog.lesson(spec.lesson))
    student = live(names)
    if spec is ALPHA:
        return test_04_alpha_model.shown_by(files.get, student.call("build_alpha"), "what build_alpha() returns", 0.005)
    if spec is BETA:
        return test_05_beta.shown_with_weights(student, files.get, *worlds.pairs(worlds.draw(24, 5, BETA)[0], 128))
    return test_06_final.shown_by_weights(files.get, student, 5)


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

    from autograder.networks import learning

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
