"""Draws lesson_6.png, the picture at the top of lesson 6: landscapes with moods, coloured without and with fusion. Trains three networks: a few minutes."""

import keras
import numpy as np
from drawn_world import answer, conv, drawn_world, learn, painted, pairs, save, sheet
from keras import layers

SEED, LEARNED, UNSEEN, SIDE = 6, 400, 64, 48
PASSES_CLASSIFIER, PASSES = 15, 30


def classifier(classes: int) -> keras.Model:
    """The classifier of lesson 6."""
    stack = [keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 25, -2)]
    stack += [conv(8, strides=2), conv(16, strides=2), conv(32, strides=2), layers.GlobalMaxPooling2D()]
    return keras.Sequential([*stack, layers.Dense(16, activation="relu"), layers.Dense(classes, activation="softmax")])


def colourer(width: int, classes: int = 0, side: int = SIDE) -> keras.Model:
    """The network of lesson 6 with fusion, or, with no classes, the local one without."""
    L = keras.Input(shape=(side, side, 1))
    features, given = conv(2 * width)(conv(width, strides=2)(conv(width)(L))), [L]
    if classes:
        embedding = keras.Input(shape=(classes,))
        cells = layers.RepeatVector(side * side // 4)(embedding)
        grid = layers.Reshape((side // 2, side // 2, classes))(cells)
        features, given = layers.Concatenate()([features, grid]), [L, embedding]
    hidden = layers.UpSampling2D()(conv(width)(conv(2 * width, kernel=1)(features)))
    return keras.Model(given, conv(2, activation="tanh")(hidden))


def lesson_6():
    """Return the figure: grey, without fusion, with fusion, the truth."""
    world = drawn_world()
    pictures, numbers = world.draw_world(LEARNED, SEED, side=SIDE, moods=True)
    unseen, actual = world.draw_world(UNSEEN, SEED + 1, side=SIDE, moods=True)
    (X, Y), (x, y) = pairs(pictures), pairs(unseen)
    keras.utils.set_random_seed(SEED)
    eye, local, fused = classifier(4), colourer(16), colourer(16, classes=4)
    eye.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    eye.fit(X, numbers, batch_size=8, epochs=PASSES_CLASSIFIER, verbose=0)
    said, probabilities = answer(eye, [X]), answer(eye, [x])
    print("right scenes, of unseen landscapes:", np.mean(probabilities.argmax(axis=1) == actual))
    print("without fusion:", learn(local, [X], Y, PASSES, unseen=([x], y)))
    print("with fusion:", learn(fused, [X, said], Y, PASSES, unseen=([x, probabilities], y)))
    shown = np.concatenate([np.flatnonzero(actual == scene)[:2] for scene in range(4)])
    x, y, probabilities = x[shown], y[shown], probabilities[shown]
    return sheet(
        {
            "the input: L": painted(x, 0 * y),
            "without fusion": painted(x, answer(local, [x])),
            "with fusion": painted(x, answer(fused, [x, probabilities])),
            "the truth": painted(x, y),
        }
    )


if __name__ == "__main__":
    save(lesson_6(), "lesson_6.png")
