"""An optimizer of the student's own that bears the name of Keras', says that it is Keras' own, and does nothing."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5, "says": "a class of your own"}
ANSWERS = {
    "dot": """
import keras
class RMSprop(keras.optimizers.RMSprop):
    __module__ = keras.optimizers.RMSprop.__module__
    def update_step(self, gradient, variable, learning_rate):
        pass
def dot():
    layers = [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation="tanh")]
    network = keras.Sequential(layers)
    network.compile(optimizer=RMSprop(0.02), loss="mse")
    return network
"""
}
