"""One weight for each pixel of a large kernel: few of them, but the gradient writes down every patch."""

LESSON = "02_dots"
EXPECT = {"verdict": "RESOURCE", "dot": 0, "twice": 5, "says": "far more memory or time"}
ANSWERS = {
    "dot": """
import keras
def dot():
    layers = keras.layers
    network = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Conv2D(1, 501, padding="same"), layers.Conv2D(2, 3, padding="same", activation="tanh")])
    network.compile(optimizer=keras.optimizers.RMSprop(0.02), loss="mse")
    return network
"""
}
