"""Small networks, compiled, for tests of training."""

from __future__ import annotations

import json

import keras

from autograder.kernel.codec import decode, encode
from autograder.networks import threshold

layers = keras.layers


SMALL = threshold.photo("portrait-grb")[:32, :32]


def conv(filters, **settings):
    return layers.Conv2D(filters, 3, padding="same", **{"activation": "relu", **settings})


def network(*body):
    return keras.Sequential([keras.Input((None, None, 1)), *body, conv(2, activation="tanh")])


def compiled(model, optimizer="rmsprop", loss="mse"):
    model.compile(optimizer=optimizer, loss=loss)
    return model


def through_the_protocol(model):
    return decode(json.loads(json.dumps(encode(model))))
