"""The right network with a second output beside the first."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5, "says": "several outputs"}
ANSWERS = {
    "dot": """
import keras
def dot():
    picture = keras.Input(shape=(None, None, 1))
    colours = keras.layers.Conv2D(2, 3, padding="same", activation="tanh")(picture)
    network = keras.Model(picture, [colours, colours])
    network.compile(optimizer=keras.optimizers.RMSprop(0.02), loss="mse")
    return network
"""
}
