"""Weights that are a pickle with code in it, under the name of an HDF5 file and under those of NumPy's."""

import pickle

LESSON = "02_dots"
EXPECT = {
    "verdict": "GRADED",
    "dot": 2.5,
    "twice": 5,
    "says": "is not an HDF5 file",
    "repaired": "weights.npz: not taken along",
}


class Evil:
    def __reduce__(self):
        return (open, ("/tmp/adversarial-file", "w"))


# A network that learns nothing here, so that the weights decide.
SLOW = """
def dot():
    import keras
    layers = [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation="tanh")]
    network = keras.Sequential(layers)
    network.compile(optimizer=keras.optimizers.RMSprop(1e-9), loss="mse")
    return network
"""
ANSWERS = {"dot": SLOW}


def place(folder):
    for name in ("alpha.weights.h5", "weights.npz", "weights.pkl"):
        (folder / name).write_bytes(pickle.dumps(Evil()))
