"""Batches of objects, and a network that runs code."""

LESSON = "03_streams"
EXPECT = {"verdict": "GRADED", "net": 0, "stream": 0, "says": "Lambda"}
STOCK = "nbgrader has no training on batches to try it with"
ANSWERS = {
    "net": """
import keras
def net():
    spy = keras.layers.Lambda(lambda x: (open("/tmp/adversarial-file", "w").close(), keras.ops.concatenate([x, x], -1))[1], output_shape=(None, None, 2))
    return keras.Sequential([keras.Input((None, None, 1)), spy])
""",
    "stream": """
class Any:
    def __eq__(self, other):
        return True
    def __float__(self):
        return 0.0
def stream(X, Y, seed):
    things = np.empty(X.shape, dtype=object)
    things[:] = Any()
    return [(things, Y)]
""",
}
