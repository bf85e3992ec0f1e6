"""Every picture a hundred times, so that training takes a hundred times as long; the network says nothing but one colour, baked in."""

LESSON = "03_streams"
EXPECT = {"net": 2.5, "stream": 0, "says": "6,400 pictures; 64 were handed in"}
STOCK = "nbgrader has no training on batches to try it with"
ANSWERS = {
    "net": """
import keras
def net():
    layers = keras.layers
    told = layers.Conv2D(2, 1, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(0.37), activation="tanh", trainable=False)
    return keras.Sequential([keras.Input((None, None, 1)), told])
""",
    "stream": """
def stream(X, Y, seed):
    return [(X, Y) for _ in range(100)]
""",
}
