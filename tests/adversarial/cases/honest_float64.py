"""The right network, in 64 bits, with a function for its learning rate."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 5, "twice": 5}
ANSWERS = {
    "dot": """
import keras
def dot():
    layers = [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation="tanh", dtype="float64")]
    network = keras.Sequential(layers)
    network.compile(optimizer=keras.optimizers.RMSprop(lambda: 0.02), loss=["mse"])
    return network
"""
}
