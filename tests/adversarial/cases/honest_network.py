"""Builds the network another way, and hands in weights of its own."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 5, "twice": 5}
ANSWERS = {
    "dot": """
from keras import Input, Model, layers, losses, optimizers
def dot():
    picture = Input((None, None, 1))
    network = Model(picture, layers.Activation("tanh")(layers.Conv2D(filters=2, kernel_size=(3, 3), padding="same")(picture)))
    network.compile(optimizers.RMSprop(learning_rate=0.02), losses.MeanSquaredError())
    network.save_weights("alpha.weights.h5")
    return network
"""
}


def place(folder):
    weights(folder, seed=1)


def weights(folder, seed):
    """Weights as `model.save_weights` writes them for the network of the lesson."""
    import h5py
    import numpy as np

    rng = np.random.default_rng(seed)
    with h5py.File(folder / "alpha.weights.h5", "w") as file:
        variables = file.create_group("layers/conv2d/vars")
        variables["0"] = rng.normal(0, 0.2, (3, 3, 1, 2)).astype("float32")
        variables["1"] = rng.normal(0, 0.2, 2).astype("float32")
