"""What Keras says of a slip in a network is followed by what it means: with the errors of the Keras that is installed."""

from __future__ import annotations

import keras
import pytest
from keras import layers

from autograder.keras_errors import explain_keras


def grid():
    return keras.Input(shape=(None, None, 1))


# By a few words of the sentence: what is written by mistake.
SLIPS = {
    "made and not called": lambda: keras.Model(grid(), layers.Conv2D(4, 3)),
    "what `keras.Input` returned": lambda: keras.Model(layers.Conv2D(4, 3), grid()),
    "as *one* list: square brackets": lambda: keras.Sequential(grid(), layers.Conv2D(4, 3)),
    "wants the shape by its name": lambda: keras.Input(None, None, 1),
    "the paddings": lambda: layers.Conv2D(4, 3, padding="samee"),
    "has no channels": lambda: keras.Sequential([keras.Input(shape=(None, None)), layers.Conv2D(4, 3)]),
    "`//` a whole number": lambda: keras.Sequential([grid(), layers.Conv2D(8 / 2, 3)]),
    "made with the first pair of brackets and called": lambda: layers.Conv2D(4, 3)(layers.Conv2D(4, 3)),
}


@pytest.mark.parametrize("words", SLIPS)
def test_a_slip_in_a_network_is_explained(words):
    with pytest.raises((TypeError, ValueError)) as caught:
        SLIPS[words]()
    assert words in explain_keras(f"{type(caught.value).__name__}: {caught.value}")
