"""Draws lesson_5.png, the picture at the top of lesson 5: landscapes that no network saw, as alpha and beta colour them. Trains both: a few minutes."""

import keras
from drawn_world import answer, conv, drawn_world, learn, painted, pairs, save, sheet
from keras import layers

SEED, LEARNED, UNSEEN, SHOWN = 5, 400, 64, 8
PASSES_ALPHA, PASSES_BETA = 600, 30


def alpha() -> keras.Model:
    """The network of lesson 4."""
    stack = [keras.Input(shape=(None, None, 1))]
    stack += [conv(n, strides=s) for n, s in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2))]
    stack += [layers.UpSampling2D(), conv(32), layers.UpSampling2D(), conv(16)]
    return keras.Sequential([*stack, layers.UpSampling2D(), conv(2, activation="tanh")])


def beta(width: int) -> keras.Model:
    """The network of lesson 5."""
    stack = [keras.Input(shape=(None, None, 1))]
    encoder = ((64, 1), (64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (256, 1), (128, 1))
    stack += [conv(n * width // 64, strides=s) for n, s in encoder]
    stack += [layers.UpSampling2D(), conv(width), layers.UpSampling2D(), conv(width // 2)]
    return keras.Sequential([*stack, conv(2, activation="tanh"), layers.UpSampling2D()])


def lesson_5():
    """Return the figure: grey; alpha, that knows one landscape by heart; beta, that learned from 400; the truth."""
    draw = drawn_world().draw_world
    X, Y = pairs(draw(LEARNED, SEED)[0])
    x, y = pairs(draw(UNSEEN, SEED + 1)[0])
    keras.utils.set_random_seed(SEED)
    small, large = alpha(), beta(16)
    print("alpha, on its one landscape:", learn(small, [X[:1]], Y[:1], PASSES_ALPHA, unseen=([X[:1]], Y[:1])))
    print("beta, on unseen landscapes:", learn(large, [X], Y, PASSES_BETA, unseen=([x], y)))
    x, y = x[:SHOWN], y[:SHOWN]
    return sheet(
        {
            "the input: L": painted(x, 0 * y),
            "alpha, after\none picture": painted(x, answer(small, [x])),
            f"beta, after\n{LEARNED} pictures": painted(x, answer(large, [x])),
            "the truth": painted(x, y),
        }
    )


if __name__ == "__main__":
    save(lesson_5(), "lesson_5.png")
