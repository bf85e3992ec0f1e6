"""Batches of gigabytes, and a network of billions of cells between two small ones."""

LESSON = "03_streams"
EXPECT = {"net": 2.5, "stream": 0, "says": "far more memory or time"}
STOCK = "nbgrader has no training on batches to try it with"
ANSWERS = {
    "net": """
import keras
def net():
    layers, picture = keras.layers, keras.Input((None, None, 1))
    seen = layers.GlobalMaxPooling2D()(picture)
    x = layers.Reshape((40_000, 40_000, 1))(layers.RepeatVector(1_600_000_000)(seen))
    x = layers.GlobalMaxPooling2D(keepdims=True)(x)
    return keras.Model(picture, layers.Conv2D(2, 1)(layers.Add()([picture, x])))
""",
    "stream": """
def stream(X, Y, seed):
    return [(np.broadcast_to(X[:1, :1, :1], (64, 4096, 4096, 1)), np.broadcast_to(Y[:1, :1, :1], (64, 4096, 4096, 2)))] * 9
""",
}
