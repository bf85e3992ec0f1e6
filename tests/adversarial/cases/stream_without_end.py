"""Batches without end, and a layer of the student's own."""

LESSON = "03_streams"
EXPECT = {"net": 0, "stream": 0, "says": "more than 10000 items"}
STOCK = "nbgrader has no training on batches to try it with"
ANSWERS = {
    "net": """
import keras
class Conv2D(keras.layers.Layer):
    def call(self, x):
        return keras.ops.concatenate([x, x], -1)
def net():
    return keras.Sequential([keras.Input((None, None, 1)), Conv2D()])
""",
    "stream": """
def stream(X, Y, seed):
    while True:
        yield X[:1, :1, :1], Y[:1, :1, :1]
""",
}
