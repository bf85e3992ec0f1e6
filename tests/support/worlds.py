"""Networks that learn from drawn worlds, as the lessons have them, and pictures for them."""

from __future__ import annotations

import keras

layers = keras.layers


def conv(filters, x, stride=1, size=3, activation="relu"):
    return layers.Conv2D(filters, size, strides=stride, padding="same", activation=activation)(x)


def beta(width=8, last="tanh"):
    """The tutorial's network, scaled."""
    picture = x = keras.Input((None, None, 1))
    for filters, stride in ((1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 2), (8, 1), (4, 1), (2, 1)):
        x = conv(filters * width, x, stride)
    x = conv(width, layers.UpSampling2D()(x))
    x = conv(width // 2, layers.UpSampling2D()(x))
    x = conv(2, x, activation=last)
    return keras.Model(picture, layers.UpSampling2D()(x))


def classifier(classes=4, pooling=layers.GlobalMaxPooling2D):
    picture = keras.Input((None, None, 1))
    x = layers.Rescaling(1 / 25, -2)(picture)
    for filters in (8, 16, 32):
        x = conv(filters, x, 2)
    x = layers.Dense(16, activation="relu")(pooling()(x))
    return keras.Model(picture, layers.Dense(classes, activation="softmax")(x))


def fusion(width=16, classes=4, side=32):
    picture, told = keras.Input((side, side, 1)), keras.Input((classes,))
    x = conv(2 * width, conv(width, conv(width, picture), 2))
    grid = layers.Reshape((side // 2, side // 2, classes))(layers.RepeatVector((side // 2) ** 2)(told))
    x = conv(2 * width, layers.Concatenate()([x, grid]), size=1)
    x = conv(2, layers.UpSampling2D()(conv(width, x)), activation="tanh")
    return keras.Model([picture, told], x)
