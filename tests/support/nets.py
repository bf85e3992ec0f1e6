"""Small networks for tests."""

from __future__ import annotations

import json

import keras

from autograder.course import catalog
from autograder.kernel.codec import decode, encode
from autograder.kernel.models import SerializedModel
from autograder.networks import threshold

layers = keras.layers
LESSON = catalog.lesson("04_alpha_model")
X, Y = threshold.pair(threshold.photo("portrait-grb")[:32, :32])
# Of alpha's layers but the last: filters and stride; (0, 0) is an UpSampling2D.
BEFORE_THE_LAST = ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2), (0, 0), (32, 1), (0, 0), (16, 1), (0, 0))
LIMIT = threshold.Limit("a photo", 0.0, {})  # nobody gets below


def conv(filters, size=3, **settings):
    return layers.Conv2D(filters, size, padding="same", **settings)


def network(*body):
    model = keras.Sequential([keras.Input((None, None, 1)), *body, conv(2, activation="tanh")])
    model.compile(optimizer="rmsprop", loss="mse")
    return model


def functional(wire):
    picture = keras.Input((None, None, 1))
    return keras.Model(picture, wire(picture))


def serialized(model) -> SerializedModel:
    return decode(json.loads(json.dumps(encode(model))))
