"""A network whose weights are far from fitting, with empty batches and NaN."""

LESSON = "03_streams"
EXPECT = {"verdict": "GRADED", "net": 2.5, "stream": 0, "says": "do not fit"}
STOCK = "nbgrader has no training on batches to try it with"
ANSWERS = {
    "net": """
import keras
def net():
    layers = keras.layers
    still = layers.Conv2D(2, 3, padding="same", activation="tanh", trainable=False)
    return keras.Sequential([keras.Input((None, None, 1)), layers.Rescaling(0.01), still])
""",
    "stream": """
def stream(X, Y, seed):
    return [(X[:8] * np.nan, Y[:8]), (X[:0], Y[:0])]
""",
}


def place(folder):
    import h5py
    import numpy as np

    with h5py.File(folder / "beta.weights.h5", "w") as file:
        variables = file.create_group("layers/conv2d/vars")
        variables["0"] = np.full((5, 5, 1, 2), np.inf, np.float32)
        variables["1"] = np.zeros(2, np.float32)
