"""A Lambda layer: code of the student's own that would run wherever the model is loaded."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 0, "twice": 5, "says": "Lambda"}
ANSWERS = {
    "dot": """
import keras
def dot():
    spy = keras.layers.Lambda(lambda x: (open("/tmp/adversarial-file", "w").close(), keras.ops.concatenate([x, x], -1))[1], output_shape=(None, None, 2))
    network = keras.Sequential([keras.Input((None, None, 1)), spy])
    network.compile("rmsprop", "mse")
    return network
"""
}
