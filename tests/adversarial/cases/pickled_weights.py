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


FROZEN = """
import json
class Network:
    layers, optimizer = [], type("O", (), {"get_config": lambda self: {"learning_rate": 0.0}})()
    def get_compile_config(self): return {"loss": "mse"}
    def get_weights(self): return [np.zeros((3, 3, 1, 2), "float32"), np.zeros(2, "float32")]
    def to_json(self):
        layer = {"module": "keras.layers", "class_name": "Conv2D", "registered_name": None, "config": {"filters": 2, "kernel_size": [3, 3], "padding": "same"}}
        first = {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None, "config": {"batch_shape": [None, None, None, 1]}}
        return json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [first, layer]}})
Network.optimizer.__class__.__name__ = "RMSprop"
dot = Network
"""
ANSWERS = {"dot": FROZEN}


def place(folder):
    for name in ("alpha.weights.h5", "weights.npz", "weights.pkl"):
        (folder / name).write_bytes(pickle.dumps(Evil()))
