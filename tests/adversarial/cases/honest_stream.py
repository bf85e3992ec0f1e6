"""Builds the network and the batches another way."""

LESSON = "03_streams"
EXPECT = {"verdict": "GRADED", "net": 5, "stream": 5}
STOCK = "nbgrader has no training on batches to try it with"
ANSWERS = {
    "net": """
from keras import Input, Model, layers
def net():
    picture = Input((None, None, 1))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.Rescaling(1 / 100)(picture))
    return Model(inputs=[picture], outputs=[layers.Conv2D(2, 3, padding="same")(x)])
""",
    "stream": """
def stream(X, Y, seed):
    numbers = np.arange(len(X))
    np.random.default_rng(seed).shuffle(numbers)
    for part in np.array_split(numbers, len(X) // 8):
        yield X[part], Y[part].astype(np.float64)
""",
}
