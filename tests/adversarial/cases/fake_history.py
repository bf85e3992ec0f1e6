"""A network that cannot learn, with a history of wonderful losses."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 2.5, "twice": 5, "says": "its lowest loss was"}
EXTRA = ["loss = 0.0\nhistory = {'loss': [0.5, 0.0]}\nprint('final loss 0.000000')"]
ANSWERS = {
    "dot": """
import keras
def dot():
    network = keras.Sequential([keras.Input((None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation="tanh", trainable=False)])
    network.compile(keras.optimizers.RMSprop(0.02), "mse")
    network.fit = lambda *a, **k: type("H", (), {"history": {"loss": [0.0]}})()
    network.evaluate = lambda *a, **k: 0.0
    return network
"""
}
