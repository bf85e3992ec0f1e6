"""The batches are the student's own, whose colours are those of other pictures; the network has the weights of another one beside it."""

LESSON = "03_streams"
EXPECT = {
    "verdict": "GRADED",
    "net": 2.5,
    "stream": 0,
    "says": "holds the weights of alpha, a network of lesson 4, not of beta",
}
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
    rng = np.random.default_rng(seed)
    X = rng.uniform(0, 100, X.shape)
    return [(X[:8], Y[rng.permutation(len(Y))[:8]]) for _ in range(8)]
""",
}


def place(folder):
    import h5py
    import numpy as np

    with h5py.File(folder / "beta.weights.h5", "w") as file:
        for number in range(9):
            variables = file.create_group(f"layers/conv2d_{number}/vars")
            variables["0"] = np.zeros((3, 3, 4, 4), np.float32)
            variables["1"] = np.zeros(4, np.float32)
