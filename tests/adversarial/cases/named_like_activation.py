"""An activation of the student's own that bears the name of Keras', says that it is Keras' own, and paints nothing."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5, "says": "'tanh' of your own"}
ANSWERS = {
    "dot": """
import keras
def tanh(x):
    return 0 * x
tanh.__module__ = keras.activations.tanh.__module__
def dot():
    layers = [keras.Input(shape=(None, None, 1)), keras.layers.Conv2D(2, 3, padding="same", activation=tanh)]
    network = keras.Sequential(layers)
    network.compile(optimizer=keras.optimizers.RMSprop(0.02), loss="mse")
    return network
"""
}
