"""A model of the student's own that bears the name of Keras', and computes something else."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5, "says": "a class of your own"}
ANSWERS = {
    "dot": """
import keras
class Sequential(keras.Sequential):
    def call(self, x, training=None, mask=None):
        return 0 * super().call(x)
def dot():
    layers = [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation="tanh")]
    network = Sequential(layers)
    network.compile(optimizer=keras.optimizers.RMSprop(0.02), loss="mse")
    return network
"""
}
