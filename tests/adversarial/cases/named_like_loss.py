"""A loss of the student's own that bears the name of Keras', and is always zero."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5, "says": "of your own"}
ANSWERS = {
    "dot": """
import keras
def mse(wanted, made):
    return 0 * keras.ops.mean((wanted - made) ** 2, axis=-1)
def dot():
    layers = [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation="tanh")]
    network = keras.Sequential(layers)
    network.compile(optimizer=keras.optimizers.RMSprop(0.02), loss=mse)
    return network
"""
}
